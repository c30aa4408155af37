// SPDX-License-Identifier: MIT

kernel void sgemm_naive(global const float *a, global const float *b, global float *c, uint size)
{
	size_t column = get_global_id(0), row = get_global_id(1);
	float sum = 0;
	uint k;

	for (k = 0; k < size; k++)
		sum += a[row * size + k] * b[k * size + column];
	c[row * size + column] = sum;
}

#define TILE 16

kernel __attribute__((reqd_work_group_size(TILE, TILE, 1))) void
sgemm_tiled(global const float *a, global const float *b, global float *c, uint size)
{
	local float tile_a[TILE][TILE], tile_b[TILE][TILE];
	uint x = get_local_id(0), y = get_local_id(1), tile, k;
	uint column = get_global_id(0), row = get_global_id(1);
	float sum = 0;

	for (tile = 0; tile < size; tile += TILE) {
		tile_a[y][x] = a[row * size + tile + x];
		tile_b[y][x] = b[(tile + y) * size + column];
		barrier(CLK_LOCAL_MEM_FENCE);
		for (k = 0; k < TILE; k++)
			sum += tile_a[y][k] * tile_b[k][x];
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	c[row * size + column] = sum;
}

#define BLOCK 4

/* A work-item computes a block of the product in private arrays. */
kernel void sgemm_blocks(global const float *a, global const float *b, global float *c, uint size)
{
	uint column = get_global_id(0) * BLOCK, row = get_global_id(1) * BLOCK, k, i, j;
	float sums[BLOCK][BLOCK] = { { 0 } }, of_a[BLOCK], of_b[BLOCK];

	for (k = 0; k < size; k++) {
		for (i = 0; i < BLOCK; i++) {
			of_a[i] = a[(row + i) * size + k];
			of_b[i] = b[k * size + column + i];
		}
		for (i = 0; i < BLOCK; i++) {
			for (j = 0; j < BLOCK; j++)
				sums[i][j] += of_a[i] * of_b[j];
		}
	}
	for (i = 0; i < BLOCK; i++) {
		for (j = 0; j < BLOCK; j++)
			c[(row + i) * size + column + j] = sums[i][j];
	}
}

kernel void transpose(global const float *in, global float *out, uint size)
{
	size_t x = get_global_id(0), y = get_global_id(1);

	out[x * size + y] = in[y * size + x];
}

kernel __attribute__((reqd_work_group_size(TILE, TILE, 1))) void
transpose_tiled(global const float *in, global float *out, uint size)
{
	local float tile[TILE][TILE + 1];
	uint x = get_local_id(0), y = get_local_id(1);
	uint tile_x = get_group_id(0) * TILE, tile_y = get_group_id(1) * TILE;

	tile[y][x] = in[(tile_y + y) * size + tile_x + x];
	barrier(CLK_LOCAL_MEM_FENCE);
	out[(tile_x + y) * size + tile_y + x] = tile[x][y];
}

/* A group of as many work-items as a block has rows divides it into L and U. */
kernel __attribute__((reqd_work_group_size(TILE, 1, 1))) void lu_blocks(global const float *in,
									 global float *out)
{
	local float block[TILE][TILE];
	size_t first = get_group_id(0) * TILE * TILE;
	int self = get_local_id(0), i, j;

	for (i = 0; i < TILE; i++)
		block[i][self] = in[first + i * TILE + self];
	barrier(CLK_LOCAL_MEM_FENCE);
	for (i = 0; i < TILE - 1; i++) {
		if (self > i) {
			for (j = 0; j < i; j++)
				block[self][i] -= block[self][j] * block[j][i];
			block[self][i] /= block[i][i];
		}
		barrier(CLK_LOCAL_MEM_FENCE);
		if (self > i) {
			for (j = 0; j < i + 1; j++)
				block[i + 1][self] -= block[i + 1][j] * block[j][self];
		}
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	for (i = 0; i < TILE; i++)
		out[first + i * TILE + self] = block[i][self];
}

/* Of a sparse matrix, a work-item for each row. */
kernel void sparse_multiply(global const uint *row_starts, global const uint *columns,
			    global const float *values, global const float *x, global float *y)
{
	size_t row = get_global_id(0);
	float sum = 0;
	uint i;

	for (i = row_starts[row]; i < row_starts[row + 1]; i++)
		sum += values[i] * x[columns[i]];
	y[row] = sum;
}

/* A matrix times a vector, a work-item for each row. */
kernel void row_products(global const float *matrix, global const float *x, global float *y,
			 uint columns)
{
	size_t row = get_global_id(0);
	float sum = 0;
	uint i;

	for (i = 0; i < columns; i++)
		sum += matrix[row * columns + i] * x[i];
	y[row] = sum;
}

/* A symmetric matrix of the rows of two others: its sums are kept in memory. */
kernel void rank_2k(global const float *a, global const float *b, global float *c, uint size)
{
	size_t column = get_global_id(0), row = get_global_id(1);
	uint i;

	c[row * size + column] = 0;
	for (i = 0; i < size; i++)
		c[row * size + column] += a[row * size + i] * b[column * size + i] +
					  b[row * size + i] * a[column * size + i];
}
