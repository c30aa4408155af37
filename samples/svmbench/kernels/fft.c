// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <math.h>

#define POINTS 256
#define GROUPS 256

KERNEL_DECLARE_SOURCE(fft);

/* The sums that define the transform. */
static void reference(void *const *memory)
{
	const float(*in)[2] = memory[0];
	float(*out)[2] = memory[1];
	double waves[POINTS][2];
	size_t group, i, j;

	for (i = 0; i < POINTS; i++) {
		waves[i][0] = cos(-2 * M_PI * (double)i / POINTS);
		waves[i][1] = sin(-2 * M_PI * (double)i / POINTS);
	}
	for (group = 0; group < GROUPS; group++, in += POINTS, out += POINTS) {
		for (i = 0; i < POINTS; i++) {
			double real = 0, imaginary = 0;

			for (j = 0; j < POINTS; j++) {
				const double *wave = waves[i * j % POINTS];

				real += (double)in[j][0] * wave[0] - (double)in[j][1] * wave[1];
				imaginary +=
					(double)in[j][0] * wave[1] + (double)in[j][1] * wave[0];
			}
			out[i][0] = (float)real;
			out[i][1] = (float)imaginary;
		}
	}
}

#define FFT_CASE(name, bound) \
	const struct kernel_case kernel_##name = {                                             \
		KERNEL_SOURCE(fft),                                                            \
		.function = #name,                                                             \
		.dimensions = 1,                                                               \
		.global = { GROUPS * POINTS / 2 },                                             \
		.local = { POINTS / 2 },                                                       \
		.arguments = {                                                                 \
			{ KERNEL_IN, KERNEL_FLOAT, GROUPS * POINTS * 2, .low = -1, .high = 1 }, \
			{ KERNEL_OUT, KERNEL_FLOAT, GROUPS * POINTS * 2, .tolerance = bound },  \
		},                                                                             \
		.reference = reference,                                                        \
	}

FFT_CASE(fft, 1e-5);
/* Each implementation decides how coarse native functions are. */
FFT_CASE(fft_native, 1e-3);
