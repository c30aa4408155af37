// SPDX-License-Identifier: MIT
/* Images and samplers of all types, for il-kernels: the names of images say what their pixels are. */

constant sampler_t nearest = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP | CLK_FILTER_NEAREST;

#define HERE ((int)get_global_id(0))

kernel void read_1d(read_only image1d_t real, read_only image1d_array_t signed_array,
		    read_only image1d_buffer_t unsigned_buffer, global float4 *out)
{
	out[3 * HERE] = read_imagef(real, nearest, HERE % 8);
	out[3 * HERE + 1] =
		convert_float4(read_imagei(signed_array, nearest, (int2)(HERE % 8, HERE / 8)));
	out[3 * HERE + 2] = convert_float4(read_imageui(unsigned_buffer, HERE % 8));
}

kernel void read_2d(read_only image2d_t unsigned_image, read_only image2d_array_t real_array,
		    read_only image2d_depth_t depth, read_only image2d_array_depth_t depth_array,
		    global float4 *out)
{
	int2 place = (int2)(HERE % 8, HERE / 8);
	int4 far = (int4)(place, HERE % 3, 0);

	out[4 * HERE] = convert_float4(read_imageui(unsigned_image, place));
	out[4 * HERE + 1] = read_imagef(real_array, nearest, far);
	out[4 * HERE + 2] = (float4)(read_imagef(depth, nearest, place));
	out[4 * HERE + 3] = (float4)(read_imagef(depth_array, nearest, far));
}

kernel void read_3d(read_only image3d_t signed_image, sampler_t sampler, global int4 *out)
{
	out[HERE] = read_imagei(signed_image, sampler, (float4)(HERE % 8, HERE / 8, HERE % 4, 0));
}

kernel void sample(read_only image2d_t real, sampler_t sampler, global float4 *out)
{
	out[HERE] = read_imagef(real, sampler, (float2)(HERE * 0.37f, HERE * 0.21f));
}

kernel void write_1d(write_only image1d_t real, write_only image1d_array_t signed_array,
		     write_only image1d_buffer_t unsigned_buffer)
{
	if (HERE >= 8)
		return;
	write_imagef(real, HERE, (float4)(HERE * 0.125f, 1, 0, 0.5f));
	write_imagei(signed_array, (int2)(HERE, HERE % 4), (int4)(HERE, -HERE, 7, -7));
	write_imageui(unsigned_buffer, HERE, (uint4)(HERE, 2 * HERE, 3 * HERE, 4));
}

kernel void write_2d(write_only image2d_t unsigned_image, write_only image2d_array_t real_array,
		     write_only image2d_depth_t depth)
{
	int2 place = (int2)(HERE % 8, HERE / 8);

	write_imageui(unsigned_image, place, (uint4)(HERE, 1, 2, 3));
	write_imagef(real_array, (int4)(place, HERE % 4, 0), (float4)(HERE / 64.0f));
	write_imagef(depth, place, HERE / 32.0f);
}

kernel void write_3d(write_only image3d_t real)
{
	write_imagef(real, (int4)(HERE % 8, HERE / 8, HERE % 4, 0), (float4)(0.25f * (HERE % 4)));
}

kernel void change(read_write image2d_t unsigned_image)
{
	int2 place = (int2)(HERE % 8, HERE / 8);

	write_imageui(unsigned_image, place, read_imageui(unsigned_image, place).wzyx);
}

/* Not what pixels are, as clang takes SPIR-V's numbers for OpenCL's. */
kernel void ask(read_only image2d_t real, read_only image2d_array_t signed_array,
		read_only image3d_t unsigned_image, write_only image1d_array_t real_array,
		global int *out)
{
	if (HERE)
		return;
	out[0] = get_image_width(real);
	out[1] = get_image_height(real);
	out[2] = get_image_array_size(signed_array);
	out[3] = get_image_depth(unsigned_image);
	out[4] = get_image_dim(unsigned_image).z;
	out[5] = get_image_dim(real).y;
	out[6] = get_image_array_size(real_array);
}

/* Handed on to a function that is no part of the kernel. */
__attribute__((noinline)) float4 sum(read_only image2d_t image, sampler_t sampler, int width)
{
	float4 all = 0;

	for (int i = 0; i < width; i++)
		all += read_imagef(image, sampler, (int2)(i, i));
	return all;
}

kernel void hand_on(read_only image2d_t real, read_only image2d_t real_other, sampler_t sampler,
		    global float4 *out)
{
	out[HERE] = sum(real, sampler, HERE % 9) + sum(real_other, sampler, 3);
}

/* What it gets is read by none. */
kernel void leave(read_only image2d_t real, sampler_t sampler, global int *out)
{
	out[HERE] = HERE;
}
