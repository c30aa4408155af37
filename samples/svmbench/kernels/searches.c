// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <string.h>

#define SORTED	     65536
#define PARTICLES    2048
#define TREE_KEYS    64 /* of a node, and work-items of a group */
#define TREE_HEIGHT  2 /* above the leaves */
#define TREE_NODES   (1 + TREE_KEYS + TREE_KEYS * TREE_KEYS)
#define QUERIES	     4096
#define BUCKETS	     1024
#define BUCKET_GROUP 128
#define BUCKET_PART  4096 /* elements of a group */
#define BUCKETED     (64 * BUCKET_PART)

KERNEL_DECLARE_SOURCE(searches);

static void fill_sorted(void *memory, size_t elements)
{
	uint32_t *sorted = memory;
	size_t i;

	for (i = 0; i < elements; i++)
		sorted[i] = (uint32_t)i * 3;
}

static void binary_reference(void *const *memory)
{
	const uint32_t *wanted = memory[1];
	uint32_t *positions = memory[2];
	size_t i;

	for (i = 0; i < SORTED; i++)
		positions[i] = (wanted[i] + 2) / 3;
}

/* Exact sums, from above 0 to 1. */
static void fill_sums(void *memory, size_t elements)
{
	float *sums = memory;
	size_t i;

	for (i = 0; i < elements; i++)
		sums[i] = (float)(i + 1) / (float)elements;
}

static void find_index_reference(void *const *memory)
{
	const float *sums = memory[0], *drawn = memory[1], *x = memory[2];
	float *new_x = memory[3];
	size_t i, index;

	for (i = 0; i < PARTICLES; i++) {
		for (index = 0; index < PARTICLES - 1 && sums[index] < drawn[i]; index++)
			;
		new_x[i] = x[index];
	}
}

struct tree_node {
	uint32_t keys[TREE_KEYS + 1];
	uint32_t children[TREE_KEYS];
};

/* The leaves have all keys from 0 on; the value of a key is key * 5 + 1. */
static void fill_tree(void *memory, size_t words)
{
	struct tree_node *nodes = memory;
	uint32_t level_first = 0, level_nodes = 1, span = TREE_KEYS * TREE_KEYS, node, i, key;
	unsigned int level;

	for (level = 0; level <= TREE_HEIGHT; level++) {
		for (node = 0; node < level_nodes; node++) {
			for (i = 0; i <= TREE_KEYS; i++) {
				key = (node * TREE_KEYS + i) * span;
				nodes[level_first + node].keys[i] = key;
				if (i == TREE_KEYS)
					break;
				nodes[level_first + node].children[i] =
					level == TREE_HEIGHT ?
						key * 5 + 1 :
						level_first + level_nodes + node * TREE_KEYS + i;
			}
		}
		level_first += level_nodes;
		level_nodes *= TREE_KEYS;
		span /= TREE_KEYS;
	}
}

static void find_key_reference(void *const *memory)
{
	const uint32_t *wanted = memory[1];
	uint32_t *values = memory[2];
	size_t i;

	for (i = 0; i < QUERIES; i++)
		values[i] = wanted[i] * 5 + 1;
}

static void fill_pivots(void *memory, size_t elements)
{
	float *pivots = memory;
	size_t i;

	for (i = 0; i < elements; i++)
		pivots[i] = (float)(i + 1) / (float)elements;
}

static void bucket_count_reference(void *const *memory)
{
	const float *elements = memory[0];
	uint32_t *buckets = memory[2], *counts = memory[3];
	size_t i;

	for (i = 0; i < BUCKETED; i++) {
		buckets[i] = (uint32_t)(elements[i] * BUCKETS);
		counts[i / BUCKET_PART * BUCKETS + buckets[i]]++;
	}
}

const struct kernel_case kernel_binary_search = {
	KERNEL_SOURCE(searches),
	.function = "binary_search",
	.dimensions = 1,
	.global = { SORTED },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, SORTED, .fill = fill_sorted },
		{ KERNEL_IN, KERNEL_UINT, SORTED, .high = SORTED * 3 },
		{ KERNEL_OUT, KERNEL_UINT, SORTED },
		{ KERNEL_NUMBER, .number = SORTED },
	},
	.reference = binary_reference,
	.by_hand = BY_HAND_BINARY_SEARCH,
};

const struct kernel_case kernel_find_index = {
	KERNEL_SOURCE(searches),
	.function = "find_index",
	.dimensions = 1,
	.global = { PARTICLES },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, PARTICLES, .fill = fill_sums },
		{ KERNEL_IN, KERNEL_FLOAT, PARTICLES, .high = 1 },
		{ KERNEL_IN, KERNEL_FLOAT, PARTICLES, .high = 1 },
		{ KERNEL_OUT, KERNEL_FLOAT, PARTICLES },
		{ KERNEL_NUMBER, .number = PARTICLES },
	},
	.reference = find_index_reference,
};

const struct kernel_case kernel_find_key = {
	KERNEL_SOURCE(searches),
	.function = "find_key",
	.dimensions = 1,
	.global = { QUERIES * TREE_KEYS },
	.local = { TREE_KEYS },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, TREE_NODES * sizeof(struct tree_node) / 4,
		  .fill = fill_tree },
		{ KERNEL_IN, KERNEL_UINT, QUERIES, .high = TREE_KEYS * TREE_KEYS * TREE_KEYS },
		{ KERNEL_OUT, KERNEL_UINT, QUERIES },
		{ KERNEL_NUMBER, .number = TREE_HEIGHT },
	},
	.reference = find_key_reference,
};

const struct kernel_case kernel_bucket_count = {
	KERNEL_SOURCE(searches),
	.function = "bucket_count",
	.dimensions = 1,
	.global = { BUCKETED / BUCKET_PART * BUCKET_GROUP },
	.local = { BUCKET_GROUP },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, BUCKETED, .high = 0.999 },
		{ KERNEL_IN, KERNEL_FLOAT, BUCKETS, .fill = fill_pivots },
		{ KERNEL_OUT, KERNEL_UINT, BUCKETED },
		{ KERNEL_OUT, KERNEL_UINT, BUCKETED / BUCKET_PART * BUCKETS },
	},
	.reference = bucket_count_reference,
};
