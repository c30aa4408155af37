// SPDX-License-Identifier: MIT

kernel void triad(global float *sum, global const float *left, global const float *right,
		  float factor)
{
	size_t i = get_global_id(0);

	sum[i] = left[i] + factor * right[i];
}
