// SPDX-License-Identifier: MIT

kernel void gather(global const uint *in, global const uint *from, global uint *out)
{
	size_t self = get_global_id(0);

	out[self] = in[from[self]];
}

kernel void scatter(global const uint *in, global const uint *to, global uint *out)
{
	size_t self = get_global_id(0);

	out[to[self]] = in[self];
}
