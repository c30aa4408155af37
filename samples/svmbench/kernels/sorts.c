// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

#define PRIVATE_ITEMS	 32768
#define BITONIC_GROUPS	 256
#define BITONIC_ELEMENTS 512 /* of a group of half as many work-items */

KERNEL_DECLARE_SOURCE(sorts);

static int compare(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static void sort_stretches(void *const *memory, size_t stretch, size_t count)
{
	uint32_t *sorted = memory[1];
	size_t i;

	memcpy(sorted, memory[0], stretch * count * sizeof(*sorted));
	for (i = 0; i < count; i++)
		qsort(sorted + i * stretch, stretch, sizeof(*sorted), compare);
}

static void private_reference(void *const *memory)
{
	sort_stretches(memory, 16, PRIVATE_ITEMS);
}

static void bitonic_reference(void *const *memory)
{
	sort_stretches(memory, BITONIC_ELEMENTS, BITONIC_GROUPS);
}

const struct kernel_case kernel_private_sort = {
	KERNEL_SOURCE(sorts),
	.function = "private_sort",
	.dimensions = 1,
	.global = { PRIVATE_ITEMS },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, PRIVATE_ITEMS * 16, .high = 1e9 },
		{ KERNEL_OUT, KERNEL_UINT, PRIVATE_ITEMS * 16 },
	},
	.reference = private_reference,
	.by_hand = BY_HAND_PRIVATE_SORT,
};

const struct kernel_case kernel_bitonic_sort = {
	KERNEL_SOURCE(sorts),
	.function = "bitonic_sort",
	.dimensions = 1,
	.global = { BITONIC_GROUPS * BITONIC_ELEMENTS / 2 },
	.local = { BITONIC_ELEMENTS / 2 },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, BITONIC_GROUPS * BITONIC_ELEMENTS, .high = 1e9 },
		{ KERNEL_OUT, KERNEL_UINT, BITONIC_GROUPS * BITONIC_ELEMENTS },
	},
	.reference = bitonic_reference,
};
