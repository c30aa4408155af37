// SPDX-License-Identifier: MIT
/* A case whose reference does not do what the kernel does, in one place: for --selftest. */
#include "kernels.h"

#define ELEMENTS 1024

KERNEL_DECLARE_SOURCE(moves);

static void reference(void *const *memory)
{
	const uint32_t *in = memory[0], *from = memory[1];
	uint32_t *out = memory[2];
	size_t i;

	for (i = 0; i < ELEMENTS; i++)
		out[i] = in[from[i]];
	out[1000]++;
}

const struct kernel_case kernel_selftest_wrong = {
	KERNEL_SOURCE(moves),
	.function = "gather",
	.dimensions = 1,
	.global = { ELEMENTS },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, ELEMENTS, .high = 1000 },
		{ KERNEL_IN, KERNEL_UINT, ELEMENTS, .high = ELEMENTS },
		{ KERNEL_OUT, KERNEL_UINT, ELEMENTS },
	},
	.reference = reference,
};
