// SPDX-License-Identifier: MIT
/*
 * So large that it is compiled in partitions, and made into a module without names: each half has
 * a variable of the program's of its own.
 */
static global uint first = 3, second = 1000;

#define TURN(variable)                              \
	x = (x ^ (x >> 9)) * 5 + variable;          \
	l[i] = x;                                   \
	barrier(CLK_LOCAL_MEM_FENCE);               \
	x ^= l[(i + 1) % get_local_size(0)] + x / 7; \
	barrier(CLK_LOCAL_MEM_FENCE);
#define FIVE_TURNS(variable) \
	TURN(variable) TURN(variable) TURN(variable) TURN(variable) TURN(variable)
#define HALF(variable)                                                                      \
	FIVE_TURNS(variable) FIVE_TURNS(variable) FIVE_TURNS(variable) FIVE_TURNS(variable) \
	FIVE_TURNS(variable) FIVE_TURNS(variable) FIVE_TURNS(variable) FIVE_TURNS(variable) \
	FIVE_TURNS(variable) FIVE_TURNS(variable) FIVE_TURNS(variable) FIVE_TURNS(variable) \
	FIVE_TURNS(variable)

kernel void divided(global uint *out, global const uint *in)
{
	uint i = get_local_id(0), x = in[get_global_id(0)];
	local uint l[64];

	if (in[0] == UINT_MAX) {
		first = x;
		second = in[1];
	}
	HALF(first)
	HALF(second)
	out[get_global_id(0)] = x;
}
