// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <math.h>

#define BODIES 2048

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
