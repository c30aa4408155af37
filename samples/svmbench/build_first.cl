// SPDX-License-Identifier: MIT
/*
 * A program to be built: a product of two matrices of SIDE x SIDE by tiles in local
 * memory. The host puts UNIQUE, a number never used before, in front of the source, so
 * that no cache can know it.
 */
#define SIDE 64
#define TILE 8

kernel void work(global const uint *in, global uint *out)
{
	local uint left[TILE][TILE];
	local uint right[TILE][TILE];
	uint column = get_local_id(0) % TILE;
	uint row = get_local_id(0) / TILE;
	uint group_column = get_group_id(0) % (SIDE / TILE);
	uint group_row = get_group_id(0) / (SIDE / TILE);
	uint sum = UNIQUE;
	uint tile, i;

	for (tile = 0; tile < SIDE / TILE; tile++) {
		left[row][column] =
			in[(group_row * TILE + row) * SIDE + tile * TILE + column];
		right[row][column] =
			in[(tile * TILE + row) * SIDE + group_column * TILE + column];
		barrier(CLK_LOCAL_MEM_FENCE);
		for (i = 0; i < TILE; i++)
			sum += left[row][i] * right[i][column];
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	out[(group_row * TILE + row) * SIDE + group_column * TILE + column] = sum;
}
