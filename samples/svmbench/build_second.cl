// SPDX-License-Identifier: MIT
/*
 * Another program to be built: each work-group sorts GROUP numbers by a bitonic network
 * in local memory. UNIQUE is as in build_first.cl.
 */
#define GROUP 64

kernel void work(global const uint *in, global uint *out)
{
	local uint numbers[GROUP];
	uint self = get_local_id(0);
	uint block, distance, partner, mine, other;
	bool ascending, lower;

	numbers[self] = in[get_global_id(0)];
	barrier(CLK_LOCAL_MEM_FENCE);
	for (block = 2; block <= GROUP; block *= 2) {
		for (distance = block / 2; distance > 0; distance /= 2) {
			partner = self ^ distance;
			mine = numbers[self];
			other = numbers[partner];
			ascending = (self & block) == 0;
			lower = self < partner;
			barrier(CLK_LOCAL_MEM_FENCE);
			numbers[self] = ascending == lower ? min(mine, other) : max(mine, other);
			barrier(CLK_LOCAL_MEM_FENCE);
		}
	}
	out[get_global_id(0)] = numbers[self] + UNIQUE;
}
