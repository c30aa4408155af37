// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <math.h>

#define MANDELBROT_WIDTH 512
#define MANDELBROT_TURNS 256
#define RAY_WIDTH	 256
#define RAY_STEPS	 96
#define IMAGE_WIDTH	 512

KERNEL_DECLARE_SOURCE(pictures);

static void mandelbrot_reference(void *const *memory)
{
	uint32_t *turns = memory[0], turn;
	float real, imaginary, x, y, old_x;
	size_t i, column, row;

	for (i = 0; i < (size_t)MANDELBROT_WIDTH * MANDELBROT_WIDTH; i++) {
		column = i % MANDELBROT_WIDTH;
		row = i / MANDELBROT_WIDTH;
		real = (float)column * (3.0f / 512) - 2;
		imaginary = (float)row * (3.0f / 512) - 1.5f;
		x = y = 0;
		for (turn = 0; turn < MANDELBROT_TURNS && x * x + y * y <= 4; turn++) {
			old_x = x;
			x = x * x - y * y + real;
			y = 2 * old_x * y + imaginary;
		}
		turns[i] = turn;
	}
}

static float scene_distance(float x, float y, float z)
{
	static const float balls[4][3] = {
		{ -1, -1, 0.6f }, { 1, -1, 0.7f }, { -1, 1, 0.8f }, { 1, 1, 0.9f }
	};
	float distance = z, dx, dy;
	int i;

	for (i = 0; i < 4; i++) {
		dx = x - balls[i][0];
		dy = y - balls[i][1];
		distance = fminf(distance, sqrtf(dx * dx + dy * dy + z * z) - balls[i][2]);
	}
	return distance;
}

static void march_rays_reference(void *const *memory)
{
	float *depths = memory[0], way, distance;
	size_t i, column, row;
	int step;

	for (i = 0; i < (size_t)RAY_WIDTH * RAY_WIDTH; i++) {
		column = i % RAY_WIDTH;
		row = i / RAY_WIDTH;
		way = 0;
		for (step = 0; step < RAY_STEPS; step++) {
			distance = scene_distance((float)column * (4.0f / 256) - 2,
						  (float)row * (4.0f / 256) - 2, 3 - way);
			if (distance < 1e-5f)
				break;
			way += distance;
		}
		depths[i] = way;
	}
}

static int pixel(const uint8_t *image, int x, int y, int channel)
{
	x = x < 0 ? 0 : x >= IMAGE_WIDTH ? IMAGE_WIDTH - 1 : x;
	y = y < 0 ? 0 : y >= IMAGE_WIDTH ? IMAGE_WIDTH - 1 : y;
	return image[(y * IMAGE_WIDTH + x) * 4 + channel];
}

static void sharpen_reference(void *const *memory)
{
	const uint8_t *in = memory[0];
	uint8_t *out = memory[1];
	int x, y, channel, sum;

	for (y = 0; y < IMAGE_WIDTH; y++) {
		for (x = 0; x < IMAGE_WIDTH; x++) {
			for (channel = 0; channel < 4; channel++) {
				sum = 5 * pixel(in, x, y, channel) - pixel(in, x - 1, y, channel) -
				      pixel(in, x + 1, y, channel) - pixel(in, x, y - 1, channel) -
				      pixel(in, x, y + 1, channel);
				*out++ = (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
			}
		}
	}
}

const struct kernel_case kernel_mandelbrot = {
	KERNEL_SOURCE(pictures),
	.function = "mandelbrot",
	.dimensions = 2,
	.global = { MANDELBROT_WIDTH, MANDELBROT_WIDTH },
	.arguments = {
		{ KERNEL_OUT, KERNEL_UINT, MANDELBROT_WIDTH * MANDELBROT_WIDTH },
		{ KERNEL_NUMBER, .number = MANDELBROT_WIDTH },
		{ KERNEL_NUMBER, .number = MANDELBROT_TURNS },
	},
	.reference = mandelbrot_reference,
	.by_hand = BY_HAND_MANDELBROT,
};

/* Where a ray grazes a ball, a step is hit or missed by a rounding. */
const struct kernel_case kernel_march_rays = {
	KERNEL_SOURCE(pictures),
	.function = "march_rays",
	.dimensions = 2,
	.global = { RAY_WIDTH, RAY_WIDTH },
	.arguments = {
		{ KERNEL_OUT, KERNEL_FLOAT, RAY_WIDTH * RAY_WIDTH, .tolerance = 0.01 },
		{ KERNEL_NUMBER, .number = RAY_WIDTH },
	},
	.reference = march_rays_reference,
};

const struct kernel_case kernel_sharpen = {
	KERNEL_SOURCE(pictures),
	.function = "sharpen",
	.dimensions = 2,
	.global = { IMAGE_WIDTH, IMAGE_WIDTH },
	.arguments = {
		{ KERNEL_IN, KERNEL_UCHAR, IMAGE_WIDTH * IMAGE_WIDTH * 4, .high = 256 },
		{ KERNEL_OUT, KERNEL_UCHAR, IMAGE_WIDTH * IMAGE_WIDTH * 4 },
	},
	.reference = sharpen_reference,
};
