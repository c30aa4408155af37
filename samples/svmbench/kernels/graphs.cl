// SPDX-License-Identifier: MIT

/* Whether the way from one place to another is shorter by way of place number pass. */
kernel void floyd_warshall_step(global const uint *in, global uint *out, uint size, uint pass)
{
	uint to = get_global_id(0), from = get_global_id(1);
	uint known = in[from * size + to], other = in[from * size + pass] + in[pass * size + to];

	out[from * size + to] = other < known ? other : known;
}

/* From the places of the last level to their neighbours that have not been visited. */
kernel void bfs_step(global const uint *first_edges, global const uint *edges,
		     global const uchar *at_level, global const uchar *visited, global uint *costs,
		     global uchar *next_level, uint count, uint level)
{
	uint self = get_global_id(0), i, target;

	if (self < count && at_level[self]) {
		for (i = first_edges[self]; i < first_edges[self + 1]; i++) {
			target = edges[i];
			if (!visited[target]) {
				costs[target] = level + 1;
				next_level[target] = 1;
			}
		}
	}
}

/* Contraction could make another cluster the nearest. */
#pragma OPENCL FP_CONTRACT OFF

/* The nearest of the clusters for each point; features of all points are together. */
kernel void kmeans_assign(global const float *features, global const float *clusters,
			  global uint *nearest, uint points, uint cluster_count,
			  uint feature_count)
{
	uint self = get_global_id(0), best = 0, i, j;
	float best_distance = FLT_MAX;

	for (i = 0; i < cluster_count; i++) {
		float distance = 0;

		for (j = 0; j < feature_count; j++) {
			float away = features[j * points + self] - clusters[i * feature_count + j];

			distance += away * away;
		}
		if (distance < best_distance) {
			best_distance = distance;
			best = i;
		}
	}
	nearest[self] = best;
}
