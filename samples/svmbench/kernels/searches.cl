// SPDX-License-Identifier: MIT

kernel void binary_search(global const uint *sorted, global const uint *wanted,
			  global uint *positions, uint count)
{
	uint needle = wanted[get_global_id(0)], low = 0, high = count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (sorted[middle] < needle)
			low = middle + 1;
		else
			high = middle;
	}
	positions[get_global_id(0)] = low;
}

/* A particle filter draws particles again: each takes the first whose sum is large enough. */
kernel void find_index(global const float *sums, global const float *drawn,
		       global const float *x, global float *new_x, uint count)
{
	size_t self = get_global_id(0);
	int index = -1;
	uint i;

	for (i = 0; i < count; i++) {
		if (sums[i] >= drawn[self]) {
			index = i;
			break;
		}
	}
	if (index == -1)
		index = count - 1;
	new_x[self] = x[index];
}

#define TREE_KEYS 64

struct tree_node {
	uint keys[TREE_KEYS + 1]; /* the last one is above all */
	uint children[TREE_KEYS]; /* of a leaf: values */
};

/*
 * A group looks one key up in a tree of nodes with many keys; each work-item looks at one
 * of a node's keys.
 */
kernel __attribute__((reqd_work_group_size(TREE_KEYS, 1, 1))) void
find_key(global const struct tree_node *nodes, global const uint *wanted, global uint *values,
	 uint height)
{
	local uint node, next;
	uint self = get_local_id(0), key = wanted[get_group_id(0)], level;

	if (self == 0)
		node = next = 0;
	barrier(CLK_LOCAL_MEM_FENCE);
	for (level = 0; level < height; level++) {
		if (nodes[node].keys[self] <= key && nodes[node].keys[self + 1] > key)
			next = nodes[node].children[self];
		barrier(CLK_LOCAL_MEM_FENCE);
		if (self == 0)
			node = next;
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	if (nodes[node].keys[self] == key)
		values[get_group_id(0)] = nodes[node].children[self];
}

#define BUCKETS	      1024
#define BUCKET_GROUP  128
#define BUCKET_PART   4096

/* Finds each element's bucket among pivots, and counts a group's elements in buckets. */
kernel __attribute__((reqd_work_group_size(BUCKET_GROUP, 1, 1))) void
bucket_count(global const float *elements, global const float *pivots, global uint *buckets,
	     global uint *counts)
{
	local uint group_counts[BUCKETS];
	local float group_pivots[BUCKETS];
	uint first = get_group_id(0) * BUCKET_PART, i;

	for (i = get_local_id(0); i < BUCKETS; i += BUCKET_GROUP) {
		group_counts[i] = 0;
		group_pivots[i] = pivots[i];
	}
	barrier(CLK_LOCAL_MEM_FENCE);
	for (i = get_local_id(0); i < BUCKET_PART; i += BUCKET_GROUP) {
		float element = elements[first + i];
		uint index = BUCKETS / 2 - 1, jump;

		for (jump = BUCKETS / 4; jump >= 1; jump /= 2)
			index = element < group_pivots[index] ? index - jump : index + jump;
		if (element >= group_pivots[index])
			index++;
		buckets[first + i] = index;
		atomic_inc(&group_counts[index]);
	}
	barrier(CLK_LOCAL_MEM_FENCE);
	for (i = get_local_id(0); i < BUCKETS; i += BUCKET_GROUP)
		counts[get_group_id(0) * BUCKETS + i] = group_counts[i];
}
