// SPDX-License-Identifier: MIT
#include "kernels.h"

#define GROUP		 256
#define REDUCE_ITEMS	 16384
#define REDUCE_ELEMENTS	 (1u << 21)
#define SCAN_ELEMENTS	 (1u << 19)
#define BINS		 256
#define HISTOGRAM_PART	 8192 /* bytes of a group */
#define HISTOGRAM_GROUPS 64
#define HISTOGRAM_BYTES	 (HISTOGRAM_PART * HISTOGRAM_GROUPS)

KERNEL_DECLARE_SOURCE(sums);

static void reduce_reference(void *const *memory)
{
	const float *in = memory[0];
	float *sums = memory[1];
	double exact[REDUCE_ITEMS / GROUP] = { 0 };
	size_t i;

	for (i = 0; i < REDUCE_ELEMENTS; i++)
		exact[i / 4 % REDUCE_ITEMS / GROUP] += (double)in[i];
	for (i = 0; i < REDUCE_ITEMS / GROUP; i++)
		sums[i] = (float)exact[i];
}

static void scan_reference(void *const *memory)
{
	const uint32_t *in = memory[0];
	uint32_t *out = memory[1];
	size_t i;

	for (i = 0; i < SCAN_ELEMENTS; i++)
		out[i] = i % GROUP ? out[i - 1] + in[i - 1] : 0;
}

static void histogram_local_reference(void *const *memory)
{
	const uint8_t *in = memory[0];
	uint32_t *counts = memory[1];
	size_t i;

	for (i = 0; i < HISTOGRAM_BYTES; i++)
		counts[i / HISTOGRAM_PART * BINS + in[i]]++;
}

static void histogram_global_reference(void *const *memory)
{
	const uint8_t *in = memory[0];
	uint32_t *counts = memory[1];
	size_t i;

	for (i = 0; i < HISTOGRAM_BYTES; i++)
		counts[in[i]]++;
}

const struct kernel_case kernel_reduce_float4 = {
	KERNEL_SOURCE(sums),
	.function = "reduce_float4",
	.dimensions = 1,
	.global = { REDUCE_ITEMS },
	.local = { GROUP },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, REDUCE_ELEMENTS, .high = 1 },
		{ KERNEL_OUT, KERNEL_FLOAT, REDUCE_ITEMS / GROUP, .tolerance = 1e-5 },
		{ KERNEL_NUMBER, .number = REDUCE_ELEMENTS / 4 },
	},
	.reference = reduce_reference,
};

const struct kernel_case kernel_scan = {
	KERNEL_SOURCE(sums),
	.function = "scan",
	.dimensions = 1,
	.global = { SCAN_ELEMENTS },
	.local = { GROUP },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, SCAN_ELEMENTS, .high = 0x1p32 },
		{ KERNEL_OUT, KERNEL_UINT, SCAN_ELEMENTS },
	},
	.reference = scan_reference,
};

const struct kernel_case kernel_histogram_local = {
	KERNEL_SOURCE(sums),
	.function = "histogram_local",
	.dimensions = 1,
	.global = { HISTOGRAM_GROUPS * GROUP },
	.local = { GROUP },
	.arguments = {
		{ KERNEL_IN, KERNEL_UCHAR, HISTOGRAM_BYTES, .high = BINS },
		{ KERNEL_OUT, KERNEL_UINT, HISTOGRAM_GROUPS * BINS },
		{ KERNEL_NUMBER, .number = HISTOGRAM_PART },
	},
	.reference = histogram_local_reference,
};

const struct kernel_case kernel_histogram_global = {
	KERNEL_SOURCE(sums),
	.function = "histogram_global",
	.dimensions = 1,
	.global = { HISTOGRAM_BYTES },
	.arguments = {
		{ KERNEL_IN, KERNEL_UCHAR, HISTOGRAM_BYTES, .high = BINS },
		{ KERNEL_OUT, KERNEL_UINT, BINS, .zeroed = true, .adds = true },
	},
	.reference = histogram_global_reference,
};
