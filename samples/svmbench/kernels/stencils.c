// SPDX-License-Identifier: MIT
#include "kernels.h"

#define WIDTH	   1024 /* of the stencil in two dimensions; as high */
#define RADIUS	   2
#define IMAGE	   512 /* width and height of the image of the convolution */
#define CHIP	   128 /* width and height of the chip */
#define LAYERS	   32
#define LATTICE	   256 /* width and height */
#define DIRECTIONS 9
#define CELLS	   (LATTICE * LATTICE)

KERNEL_DECLARE_SOURCE(stencils);

static void stencil_reference(void *const *memory)
{
	const float *in = memory[0];
	float *out = memory[1];
	int x, y, here = 0;

	for (y = 0; y < WIDTH; y++) {
		for (x = 0; x < WIDTH; x++, here++) {
			out[here] = in[here];
			if (x % (WIDTH - 1) && y % (WIDTH - 1))
				out[here] = 0.5f * in[here] +
					    0.125f * (in[here - 1] + in[here + 1] +
						      in[here - WIDTH] + in[here + WIDTH]);
		}
	}
}

static int clamp(int value, int below)
{
	return value < 0 ? 0 : value >= below ? below - 1 : value;
}

static void convolution_reference(void *const *memory)
{
	const float *in = memory[0], *weights = memory[2];
	float *out = memory[1], sum;
	int x, y, i, j;

	for (y = 0; y < IMAGE; y++) {
		for (x = 0; x < IMAGE; x++) {
			sum = 0;
			for (j = -RADIUS; j <= RADIUS; j++) {
				for (i = -RADIUS; i <= RADIUS; i++)
					sum += weights[(j + RADIUS) * (2 * RADIUS + 1) + i + RADIUS] *
					       in[clamp(y + j, IMAGE) * IMAGE + clamp(x + i, IMAGE)];
			}
			*out++ = sum;
		}
	}
}

static float chip_at(const float *in, int x, int y, int z)
{
	return in[(clamp(z, LAYERS) * CHIP + clamp(y, CHIP)) * CHIP + clamp(x, CHIP)];
}

static void hotspot_reference(void *const *memory)
{
	const float *power = memory[0], *in = memory[1];
	float *out = memory[2];
	int x, y, z;

	for (z = 0; z < LAYERS; z++) {
		for (y = 0; y < CHIP; y++) {
			for (x = 0; x < CHIP; x++)
				*out++ = 0.4f * chip_at(in, x, y, z) +
					 0.1f * (chip_at(in, x - 1, y, z) +
						 chip_at(in, x + 1, y, z)) +
					 0.1f * (chip_at(in, x, y - 1, z) +
						 chip_at(in, x, y + 1, z)) +
					 0.1f * (chip_at(in, x, y, z - 1) +
						 chip_at(in, x, y, z + 1)) +
					 0.01f * *power++ + 0.08f;
		}
	}
}

static const int lbm_x[DIRECTIONS] = { 0, 1, 0, -1, 0, 1, -1, -1, 1 };
static const int lbm_y[DIRECTIONS] = { 0, 0, 1, 0, -1, 1, 1, -1, -1 };
static const int lbm_back[DIRECTIONS] = { 0, 3, 4, 1, 2, 7, 8, 5, 6 };

/* What comes to rest in a cell where particles collide. */
static void lbm_collide(float *f)
{
	float density = 0, u = 0, v = 0, along, weight;
	int i;

	for (i = 0; i < DIRECTIONS; i++) {
		density += f[i];
		u += f[i] * (float)lbm_x[i];
		v += f[i] * (float)lbm_y[i];
	}
	u /= density;
	v /= density;
	for (i = 0; i < DIRECTIONS; i++) {
		along = 3 * ((float)lbm_x[i] * u + (float)lbm_y[i] * v);
		weight = (i == 0 ? 16.0f : i < 5 ? 4.0f : 1.0f) / 36;
		f[i] += 0.6f * (weight * density *
					(1 + along + along * along / 2 - 1.5f * (u * u + v * v)) -
				f[i]);
	}
}

static void lbm_reference(void *const *memory)
{
	const float *in = memory[0];
	const uint8_t *walls = memory[2];
	float *out = memory[1], f[DIRECTIONS];
	int cell, i, x, y;

	for (cell = 0; cell < CELLS; cell++) {
		for (i = 0; i < DIRECTIONS; i++) {
			x = (cell % LATTICE - lbm_x[i] + LATTICE) % LATTICE;
			y = (cell / LATTICE - lbm_y[i] + LATTICE) % LATTICE;
			f[i] = in[i * CELLS + y * LATTICE + x];
		}
		if (!walls[cell])
			lbm_collide(f);
		for (i = 0; i < DIRECTIONS; i++)
			out[i * CELLS + cell] = walls[cell] ? f[lbm_back[i]] : f[i];
	}
}

/* A round obstacle. */
static void fill_walls(void *memory, size_t elements)
{
	uint8_t *walls = memory;
	size_t i;
	int x, y;

	for (i = 0; i < elements; i++) {
		x = (int)(i % LATTICE) - LATTICE / 4;
		y = (int)(i / LATTICE) - LATTICE / 2;
		walls[i] = x * x + y * y < LATTICE * LATTICE / 64;
	}
}

const struct kernel_case kernel_stencil_2d = {
	KERNEL_SOURCE(stencils),
	.function = "stencil_2d",
	.dimensions = 2,
	.global = { WIDTH, WIDTH },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, WIDTH * WIDTH, .high = 1 },
		{ KERNEL_OUT, KERNEL_FLOAT, WIDTH * WIDTH, .tolerance = 1e-6 },
		{ KERNEL_NUMBER, .number = WIDTH },
		{ KERNEL_NUMBER, .number = WIDTH },
	},
	.reference = stencil_reference,
};

const struct kernel_case kernel_convolution = {
	KERNEL_SOURCE(stencils),
	.function = "convolution",
	.dimensions = 2,
	.global = { IMAGE, IMAGE },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, IMAGE * IMAGE, .high = 1 },
		{ KERNEL_OUT, KERNEL_FLOAT, IMAGE * IMAGE, .tolerance = 1e-5 },
		{ KERNEL_IN, KERNEL_FLOAT, (2 * RADIUS + 1) * (2 * RADIUS + 1), .low = -1,
		  .high = 1 },
		{ KERNEL_NUMBER, .number = IMAGE },
		{ KERNEL_NUMBER, .number = IMAGE },
	},
	.reference = convolution_reference,
};

const struct kernel_case kernel_hotspot_3d = {
	KERNEL_SOURCE(stencils),
	.function = "hotspot_3d",
	.dimensions = 2,
	.global = { CHIP, CHIP },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, CHIP * CHIP * LAYERS, .high = 1 },
		{ KERNEL_IN, KERNEL_FLOAT, CHIP * CHIP * LAYERS, .low = 70, .high = 90 },
		{ KERNEL_OUT, KERNEL_FLOAT, CHIP * CHIP * LAYERS, .tolerance = 1e-5 },
		{ KERNEL_NUMBER, .number = CHIP },
		{ KERNEL_NUMBER, .number = CHIP },
		{ KERNEL_NUMBER, .number = LAYERS },
	},
	.reference = hotspot_reference,
};

const struct kernel_case kernel_lbm_step = {
	KERNEL_SOURCE(stencils),
	.function = "lbm_step",
	.dimensions = 2,
	.global = { LATTICE, LATTICE },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, DIRECTIONS * CELLS, .low = 0.1, .high = 0.2 },
		{ KERNEL_OUT, KERNEL_FLOAT, DIRECTIONS * CELLS, .tolerance = 1e-5 },
		{ KERNEL_IN, KERNEL_UCHAR, CELLS, .fill = fill_walls },
		{ KERNEL_NUMBER, .number = LATTICE },
		{ KERNEL_NUMBER, .number = LATTICE },
	},
	.reference = lbm_reference,
};
