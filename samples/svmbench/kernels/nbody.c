// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <math.h>

#define BODIES	    2048
#define MANY_BODIES 16384
#define NEIGHBOURS  16

KERNEL_DECLARE_SOURCE(nbody);

static void reference(void *const *memory)
{
	const float(*bodies)[4] = memory[0];
	float(*accelerations)[4] = memory[1];
	size_t i, j;
	int axis;

	for (i = 0; i < BODIES; i++) {
		float sum[3] = { 0 };

		for (j = 0; j < BODIES; j++) {
			float away[3], square = 0.01f, factor;

			for (axis = 0; axis < 3; axis++) {
				away[axis] = bodies[j][axis] - bodies[i][axis];
				square += away[axis] * away[axis];
			}
			factor = bodies[j][3] / (square * sqrtf(square));
			for (axis = 0; axis < 3; axis++)
				sum[axis] += away[axis] * factor;
		}
		for (axis = 0; axis < 3; axis++)
			accelerations[i][axis] = sum[axis] / BODIES;
	}
}

static void fill_neighbours(void *memory, size_t elements)
{
	uint32_t *others = memory;
	size_t i;

	for (i = 0; i < elements; i++)
		others[i] = kernel_random((uint32_t)i) % MANY_BODIES;
}

static void neighbours_reference(void *const *memory)
{
	const float(*bodies)[4] = memory[0];
	const uint32_t *others = memory[1];
	float(*forces)[4] = memory[2];
	size_t self, i;
	int axis;

	for (self = 0; self < MANY_BODIES; self++) {
		for (i = 0; i < NEIGHBOURS; i++) {
			const float *other = bodies[others[i * MANY_BODIES + self]];
			float away[3], square, inverse;

			for (axis = 0; axis < 3; axis++)
				away[axis] = bodies[self][axis] - other[axis];
			square = away[0] * away[0] + away[1] * away[1] + away[2] * away[2];
			if (square >= 0.5f)
				continue;
			inverse = 1 / (square + 0.1f);
			for (axis = 0; axis < 3; axis++)
				forces[self][axis] +=
					away[axis] * inverse * inverse * (inverse - 0.5f);
		}
	}
}

const struct kernel_case kernel_nbody = {
	KERNEL_SOURCE(nbody),
	.function = "nbody",
	.dimensions = 1,
	.global = { BODIES },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, BODIES * 4, .low = 0, .high = 1 },
		{ KERNEL_OUT, KERNEL_FLOAT, BODIES * 4, .tolerance = 1e-4 },
		{ KERNEL_NUMBER, .number = BODIES },
	},
	.reference = reference,
	.by_hand = BY_HAND_NBODY,
};

const struct kernel_case kernel_neighbours = {
	KERNEL_SOURCE(nbody),
	.function = "neighbours",
	.dimensions = 1,
	.global = { MANY_BODIES },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, MANY_BODIES * 4, .low = 0, .high = 1 },
		{ KERNEL_IN, KERNEL_UINT, MANY_BODIES * NEIGHBOURS, .fill = fill_neighbours },
		{ KERNEL_OUT, KERNEL_FLOAT, MANY_BODIES * 4, .tolerance = 1e-4 },
		{ KERNEL_NUMBER, .number = NEIGHBOURS },
	},
	.reference = neighbours_reference,
};
