// SPDX-License-Identifier: MIT
#include "kernels.h"

#define ELEMENTS (1u << 19)

KERNEL_DECLARE_SOURCE(moves);

/* Each position once: an odd factor gives a permutation. */
static void fill_positions(void *memory, size_t elements)
{
	uint32_t *positions = memory;
	size_t i;

	for (i = 0; i < elements; i++)
		positions[i] = (uint32_t)i * 2654435761u % (uint32_t)elements;
}

static void gather_reference(void *const *memory)
{
	const uint32_t *in = memory[0], *from = memory[1];
	uint32_t *out = memory[2];
	size_t i;

	for (i = 0; i < ELEMENTS; i++)
		out[i] = in[from[i]];
}

static void scatter_reference(void *const *memory)
{
	const uint32_t *in = memory[0], *to = memory[1];
	uint32_t *out = memory[2];
	size_t i;

	for (i = 0; i < ELEMENTS; i++)
		out[to[i]] = in[i];
}

const struct kernel_case kernel_gather = {
	KERNEL_SOURCE(moves),
	.function = "gather",
	.dimensions = 1,
	.global = { ELEMENTS },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, ELEMENTS, .high = 0x1p32 },
		{ KERNEL_IN, KERNEL_UINT, ELEMENTS, .fill = fill_positions },
		{ KERNEL_OUT, KERNEL_UINT, ELEMENTS },
	},
	.reference = gather_reference,
};

const struct kernel_case kernel_scatter = {
	KERNEL_SOURCE(moves),
	.function = "scatter",
	.dimensions = 1,
	.global = { ELEMENTS },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, ELEMENTS, .high = 0x1p32 },
		{ KERNEL_IN, KERNEL_UINT, ELEMENTS, .fill = fill_positions },
		{ KERNEL_OUT, KERNEL_UINT, ELEMENTS },
	},
	.reference = scatter_reference,
};
