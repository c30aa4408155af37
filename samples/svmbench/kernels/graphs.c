// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <float.h>

#define PLACES	 512
#define PASS	 77
#define NODES	 131072
#define DEGREE	 8
#define LEVEL	 5
#define POINTS	 32768
#define FEATURES 8
#define CLUSTERS 16

KERNEL_DECLARE_SOURCE(graphs);

static void floyd_warshall_reference(void *const *memory)
{
	const uint32_t *in = memory[0];
	uint32_t *out = memory[1], other;
	size_t from, to;

	for (from = 0; from < PLACES; from++) {
		for (to = 0; to < PLACES; to++) {
			other = in[from * PLACES + PASS] + in[PASS * PLACES + to];
			out[from * PLACES + to] = in[from * PLACES + to];
			if (other < out[from * PLACES + to])
				out[from * PLACES + to] = other;
		}
	}
}

static void fill_first_edges(void *memory, size_t elements)
{
	uint32_t *first = memory;
	size_t i;

	for (i = 0; i < elements; i++)
		first[i] = i % 2 ? (uint32_t)i * DEGREE - kernel_random((uint32_t)i) % DEGREE :
				   (uint32_t)i * DEGREE;
}

/* Every second place is of the level, in no order. */
static void fill_level(void *memory, size_t elements)
{
	uint8_t *at_level = memory;
	size_t i;

	for (i = 0; i < elements; i++)
		at_level[i] = kernel_random((uint32_t)i) & 1;
}

static void bfs_reference(void *const *memory)
{
	const uint32_t *first = memory[0], *edges = memory[1];
	const uint8_t *at_level = memory[2], *visited = memory[3];
	uint32_t *costs = memory[4], node, i;
	uint8_t *next_level = memory[5];

	for (node = 0; node < NODES; node++) {
		for (i = first[node]; i < first[node + 1] && at_level[node]; i++) {
			if (visited[edges[i]])
				continue;
			costs[edges[i]] = LEVEL + 1;
			next_level[edges[i]] = 1;
		}
	}
}

static void kmeans_reference(void *const *memory)
{
	const float *features = memory[0], *clusters = memory[1];
	float distance, best, away;
	uint32_t *nearest = memory[2];
	size_t point, i, j;

	for (point = 0; point < POINTS; point++) {
		best = FLT_MAX;
		for (i = 0; i < CLUSTERS; i++) {
			distance = 0;
			for (j = 0; j < FEATURES; j++) {
				away = features[j * POINTS + point] - clusters[i * FEATURES + j];
				distance += away * away;
			}
			if (distance < best) {
				best = distance;
				nearest[point] = (uint32_t)i;
			}
		}
	}
}

const struct kernel_case kernel_floyd_warshall = {
	KERNEL_SOURCE(graphs),
	.function = "floyd_warshall_step",
	.dimensions = 2,
	.global = { PLACES, PLACES },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, PLACES * PLACES, .low = 1, .high = 1000 },
		{ KERNEL_OUT, KERNEL_UINT, PLACES * PLACES },
		{ KERNEL_NUMBER, .number = PLACES },
		{ KERNEL_NUMBER, .number = PASS },
	},
	.reference = floyd_warshall_reference,
};

const struct kernel_case kernel_bfs_step = {
	KERNEL_SOURCE(graphs),
	.function = "bfs_step",
	.dimensions = 1,
	.global = { NODES },
	.local = { 256 },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, NODES + 1, .fill = fill_first_edges },
		{ KERNEL_IN, KERNEL_UINT, NODES * DEGREE, .high = NODES },
		{ KERNEL_IN, KERNEL_UCHAR, NODES, .fill = fill_level },
		{ KERNEL_IN, KERNEL_UCHAR, NODES, .high = 2 },
		{ KERNEL_OUT, KERNEL_UINT, NODES, .zeroed = true },
		{ KERNEL_OUT, KERNEL_UCHAR, NODES, .zeroed = true },
		{ KERNEL_NUMBER, .number = NODES },
		{ KERNEL_NUMBER, .number = LEVEL },
	},
	.reference = bfs_reference,
};

const struct kernel_case kernel_kmeans_assign = {
	KERNEL_SOURCE(graphs),
	.function = "kmeans_assign",
	.dimensions = 1,
	.global = { POINTS },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, POINTS * FEATURES, .high = 1 },
		{ KERNEL_IN, KERNEL_FLOAT, CLUSTERS * FEATURES, .high = 1 },
		{ KERNEL_OUT, KERNEL_UINT, POINTS },
		{ KERNEL_NUMBER, .number = POINTS },
		{ KERNEL_NUMBER, .number = CLUSTERS },
		{ KERNEL_NUMBER, .number = FEATURES },
	},
	.reference = kmeans_reference,
};
