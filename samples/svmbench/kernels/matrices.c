// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <string.h>

#define SGEMM_SIZE     384
#define TRANSPOSE_SIZE 1024
#define PRODUCTS_SIZE  1024
#define RANK_2K_SIZE   256
#define TILE	       16
#define LU_BLOCKS      1024
#define SPARSE_ROWS    32768
#define SPARSE_MEAN    16 /* elements of a row */

KERNEL_DECLARE_SOURCE(matrices);

static void sgemm_reference(void *const *memory)
{
	const float(*a)[SGEMM_SIZE] = memory[0], (*b)[SGEMM_SIZE] = memory[1];
	float(*c)[SGEMM_SIZE] = memory[2], row[SGEMM_SIZE];
	size_t i, j, k;

	for (i = 0; i < SGEMM_SIZE; i++) {
		memset(row, 0, sizeof(row));
		for (k = 0; k < SGEMM_SIZE; k++) {
			for (j = 0; j < SGEMM_SIZE; j++)
				row[j] += a[i][k] * b[k][j];
		}
		memcpy(c[i], row, sizeof(row));
	}
}

static void transpose_reference(void *const *memory)
{
	const float *in = memory[0];
	float *out = memory[1];
	size_t i, j;

	for (i = 0; i < TRANSPOSE_SIZE; i++) {
		for (j = 0; j < TRANSPOSE_SIZE; j++)
			out[j * TRANSPOSE_SIZE + i] = in[i * TRANSPOSE_SIZE + j];
	}
}

/* Blocks with a large diagonal, which need no pivots. */
static void fill_blocks(void *memory, size_t elements)
{
	float *blocks = memory;
	size_t i;

	for (i = 0; i < elements; i++) {
		blocks[i] = (float)kernel_random((uint32_t)i) * 0x1p-32f;
		if (i / TILE % TILE == i % TILE)
			blocks[i] += TILE;
	}
}

static void lu_reference(void *const *memory)
{
	float(*block)[TILE] = memory[1];
	size_t i, j, k, number;

	memcpy(memory[1], memory[0], (size_t)LU_BLOCKS * TILE * TILE * sizeof(float));
	for (number = 0; number < LU_BLOCKS; number++, block += TILE) {
		for (k = 0; k < TILE; k++) {
			for (i = k + 1; i < TILE; i++) {
				block[i][k] /= block[k][k];
				for (j = k + 1; j < TILE; j++)
					block[i][j] -= block[i][k] * block[k][j];
			}
		}
	}
}

/* Rows of 0 to twice SPARSE_MEAN elements, SPARSE_MEAN on average. */
static void fill_row_starts(void *memory, size_t elements)
{
	uint32_t *starts = memory;
	size_t i;

	starts[0] = 0;
	for (i = 1; i < elements; i += 2) {
		starts[i] = starts[i - 1] + kernel_random((uint32_t)i) % (2 * SPARSE_MEAN + 1);
		if (i + 1 < elements)
			starts[i + 1] = starts[i - 1] + 2 * SPARSE_MEAN;
	}
}

static void sparse_reference(void *const *memory)
{
	const uint32_t *starts = memory[0], *columns = memory[1];
	const float *values = memory[2], *x = memory[3];
	float *y = memory[4];
	uint32_t row, i;

	for (row = 0; row < SPARSE_ROWS; row++) {
		for (i = starts[row]; i < starts[row + 1]; i++)
			y[row] += values[i] * x[columns[i]];
	}
}

static void row_products_reference(void *const *memory)
{
	const float *matrix = memory[0], *x = memory[1];
	float *y = memory[2];
	size_t row, i;

	for (row = 0; row < PRODUCTS_SIZE; row++) {
		for (i = 0; i < PRODUCTS_SIZE; i++)
			y[row] += matrix[row * PRODUCTS_SIZE + i] * x[i];
	}
}

static void rank_2k_reference(void *const *memory)
{
	const float *a = memory[0], *b = memory[1];
	float *c = memory[2];
	size_t row, column, i;

	for (row = 0; row < RANK_2K_SIZE; row++) {
		for (column = 0; column < RANK_2K_SIZE; column++) {
			float sum = 0;

			for (i = 0; i < RANK_2K_SIZE; i++)
				sum += a[row * RANK_2K_SIZE + i] * b[column * RANK_2K_SIZE + i] +
				       b[row * RANK_2K_SIZE + i] * a[column * RANK_2K_SIZE + i];
			c[row * RANK_2K_SIZE + column] = sum;
		}
	}
}

#define SGEMM_ARGUMENTS \
	.arguments = {                                                                    \
		{ KERNEL_IN, KERNEL_FLOAT, SGEMM_SIZE * SGEMM_SIZE, .high = 1 },          \
		{ KERNEL_IN, KERNEL_FLOAT, SGEMM_SIZE * SGEMM_SIZE, .high = 1 },          \
		{ KERNEL_OUT, KERNEL_FLOAT, SGEMM_SIZE * SGEMM_SIZE, .tolerance = 1e-4 }, \
		{ KERNEL_NUMBER, .number = SGEMM_SIZE },                                  \
	},                                                                                \
	.reference = sgemm_reference, .by_hand = BY_HAND_SGEMM

const struct kernel_case kernel_sgemm_naive = {
	KERNEL_SOURCE(matrices), .function = "sgemm_naive",
	.dimensions = 2,	 .global = { SGEMM_SIZE, SGEMM_SIZE },
	SGEMM_ARGUMENTS,
};

const struct kernel_case kernel_sgemm_tiled = {
	KERNEL_SOURCE(matrices), .function = "sgemm_tiled",
	.dimensions = 2,	 .global = { SGEMM_SIZE, SGEMM_SIZE },
	.local = { TILE, TILE }, SGEMM_ARGUMENTS,
};

const struct kernel_case kernel_sgemm_blocks = {
	KERNEL_SOURCE(matrices), .function = "sgemm_blocks",
	.dimensions = 2,	 .global = { SGEMM_SIZE / 4, SGEMM_SIZE / 4 },
	.local = { 16, 16 },	 SGEMM_ARGUMENTS,
};

#define TRANSPOSE_ARGUMENTS \
	.arguments = {                                                                   \
		{ KERNEL_IN, KERNEL_FLOAT, TRANSPOSE_SIZE * TRANSPOSE_SIZE, .high = 1 }, \
		{ KERNEL_OUT, KERNEL_FLOAT, TRANSPOSE_SIZE * TRANSPOSE_SIZE },           \
		{ KERNEL_NUMBER, .number = TRANSPOSE_SIZE },                             \
	},                                                                               \
	.reference = transpose_reference

const struct kernel_case kernel_transpose = {
	KERNEL_SOURCE(matrices), .function = "transpose",
	.dimensions = 2,	 .global = { TRANSPOSE_SIZE, TRANSPOSE_SIZE },
	TRANSPOSE_ARGUMENTS,
};

const struct kernel_case kernel_transpose_tiled = {
	KERNEL_SOURCE(matrices), .function = "transpose_tiled",
	.dimensions = 2,	 .global = { TRANSPOSE_SIZE, TRANSPOSE_SIZE },
	.local = { TILE, TILE }, TRANSPOSE_ARGUMENTS,
};

const struct kernel_case kernel_lu_blocks = {
	KERNEL_SOURCE(matrices),
	.function = "lu_blocks",
	.dimensions = 1,
	.global = { LU_BLOCKS * TILE },
	.local = { TILE },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, LU_BLOCKS * TILE * TILE, .fill = fill_blocks },
		{ KERNEL_OUT, KERNEL_FLOAT, LU_BLOCKS * TILE * TILE, .tolerance = 1e-4 },
	},
	.reference = lu_reference,
};

const struct kernel_case kernel_sparse_multiply = {
	KERNEL_SOURCE(matrices),
	.function = "sparse_multiply",
	.dimensions = 1,
	.global = { SPARSE_ROWS },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, SPARSE_ROWS + 1, .fill = fill_row_starts },
		{ KERNEL_IN, KERNEL_UINT, SPARSE_ROWS * SPARSE_MEAN, .high = SPARSE_ROWS },
		{ KERNEL_IN, KERNEL_FLOAT, SPARSE_ROWS * SPARSE_MEAN, .high = 1 },
		{ KERNEL_IN, KERNEL_FLOAT, SPARSE_ROWS, .high = 1 },
		{ KERNEL_OUT, KERNEL_FLOAT, SPARSE_ROWS, .tolerance = 1e-5 },
	},
	.reference = sparse_reference,
};

const struct kernel_case kernel_row_products = {
	KERNEL_SOURCE(matrices),
	.function = "row_products",
	.dimensions = 1,
	.global = { PRODUCTS_SIZE },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, PRODUCTS_SIZE * PRODUCTS_SIZE, .high = 1 },
		{ KERNEL_IN, KERNEL_FLOAT, PRODUCTS_SIZE, .high = 1 },
		{ KERNEL_OUT, KERNEL_FLOAT, PRODUCTS_SIZE, .tolerance = 1e-4 },
		{ KERNEL_NUMBER, .number = PRODUCTS_SIZE },
	},
	.reference = row_products_reference,
};

const struct kernel_case kernel_rank_2k = {
	KERNEL_SOURCE(matrices),
	.function = "rank_2k",
	.dimensions = 2,
	.global = { RANK_2K_SIZE, RANK_2K_SIZE },
	.local = { 32, 8 },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, RANK_2K_SIZE * RANK_2K_SIZE, .high = 1 },
		{ KERNEL_IN, KERNEL_FLOAT, RANK_2K_SIZE * RANK_2K_SIZE, .high = 1 },
		{ KERNEL_OUT, KERNEL_FLOAT, RANK_2K_SIZE * RANK_2K_SIZE, .tolerance = 1e-4 },
		{ KERNEL_NUMBER, .number = RANK_2K_SIZE },
	},
	.reference = rank_2k_reference,
};
