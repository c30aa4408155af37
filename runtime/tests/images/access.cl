// SPDX-License-Identifier: MIT
/* Halves, layers of depths, and what work-items of a group see of each other's pixels. */
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

#define X ((int)get_global_id(0))
#define Y ((int)get_global_id(1))
#define Z ((int)get_global_id(2))

#ifdef cl_khr_fp16
kernel void halves(read_only image2d_t from, write_only image2d_t to)
{
	write_imageh(to, (int2)(X, Y), read_imageh(from, (int2)(X, Y)));
}
#endif

kernel void depths(read_only image2d_array_depth_t from, write_only image2d_array_depth_t to)
{
	write_imagef(to, (int4)(X, Y, Z, 0), read_imagef(from, (int4)(X, Y, Z, 0)));
}

kernel void handed_on(read_write image2d_t image)
{
	int last = (int)get_local_size(0) - 1;
	uint4 colour;

	write_imageui(image, (int2)(X, Y), (uint4)((uint)X, (uint)Y, 3, 4));
	atomic_work_item_fence(CLK_IMAGE_MEM_FENCE, memory_order_acq_rel, memory_scope_work_item);
	colour = read_imageui(image, (int2)(X, Y));
	write_imageui(image, (int2)(X, Y), colour + 1);
	work_group_barrier(CLK_IMAGE_MEM_FENCE);
	colour = read_imageui(image, (int2)(last - X, Y));
	work_group_barrier(CLK_IMAGE_MEM_FENCE);
	write_imageui(image, (int2)(X, Y), colour);
}

/* Of coordinates with more components than dimensions the rest is nothing. */
kernel void behind(read_only image3d_t box, read_only image2d_array_t layers,
		   read_only image2d_array_depth_t depths, sampler_t sampler, int4 at,
		   global float4 *colours)
{
	colours[0] = read_imagef(box, sampler, at);
	colours[1] = read_imagef(layers, sampler, at);
	colours[2] = (float4)(read_imagef(depths, sampler, at));
	colours[3] = read_imagef(box, sampler, convert_float4(at));
	colours[4] = read_imagef(layers, at);
}

/* Functions that are not those of the format; both arguments are one image. */
kernel void unfit_f(write_only image2d_t to, read_only image2d_t from, int2 at, global uint *colour)
{
	write_imagef(to, at, (float4)(1, 2, 3, 4));
	*colour = as_uint(read_imagef(from, at).x);
}

kernel void unfit_i(write_only image2d_t to, read_only image2d_t from, int2 at, global uint *colour)
{
	write_imagei(to, at, (int4)(1, 2, 3, 4));
	*colour = as_uint(read_imagei(from, at).x);
}

kernel void unfit_ui(write_only image2d_t to, read_only image2d_t from, int2 at,
		     global uint *colour)
{
	write_imageui(to, at, (uint4)(1, 2, 3, 4));
	*colour = read_imageui(from, at).x;
}
