// SPDX-License-Identifier: MIT

/* A single work-group goes through all elements: at most one core works. */
kernel void sinexp_one_group(global const float *in, global float *out, uint elements)
{
	uint i;

	for (i = get_local_id(0); i < elements; i += get_local_size(0))
		out[i] = sin(in[i]) * exp(in[i]);
}

kernel void sinexp_all(global const float *in, global float *out, uint elements)
{
	size_t i = get_global_id(0);

	out[i] = sin(in[i]) * exp(in[i]);
}

#define GROUP 256

/* Each work-group adds up its elements in a tree, with a barrier at each level. */
kernel void reduce(global const uint *in, global uint *sums)
{
	local uint partial[GROUP];
	uint self = get_local_id(0);
	uint width;

	partial[self] = in[get_global_id(0)];
	barrier(CLK_LOCAL_MEM_FENCE);
	for (width = GROUP / 2; width > 0; width /= 2) {
		if (self < width)
			partial[self] += partial[self + width];
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	if (self == 0)
		sums[get_group_id(0)] = partial[0];
}
