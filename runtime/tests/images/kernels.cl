// SPDX-License-Identifier: MIT
/* Copies of images by kernels, and what kernels see of images. */
#define COPIES(name, type, coordinate, vector, place)                  \
	kernel void name##_f(read_only type from, write_only type to)  \
	{                                                              \
		vector i = place;                                      \
		write_imagef(to, i, read_imagef(from, i));             \
	}                                                              \
	kernel void name##_i(read_only type from, write_only type to)  \
	{                                                              \
		vector i = place;                                      \
		write_imagei(to, i, read_imagei(from, i));             \
	}                                                              \
	kernel void name##_ui(read_only type from, write_only type to) \
	{                                                              \
		vector i = place;                                      \
		write_imageui(to, i, read_imageui(from, i));           \
	}

#define X ((int)get_global_id(0))
#define Y ((int)get_global_id(1))
#define Z ((int)get_global_id(2))

COPIES(line, image1d_t, , int, X)
COPIES(lines, image1d_array_t, 2, int2, (int2)(X, Y))
COPIES(flat, image2d_t, 2, int2, (int2)(X, Y))
COPIES(layers, image2d_array_t, 4, int4, (int4)(X, Y, Z, 0))
COPIES(box, image3d_t, 4, int4, (int4)(X, Y, Z, 0))

kernel void depth_f(read_only image2d_depth_t from, write_only image2d_depth_t to)
{
	write_imagef(to, (int2)(X, Y), read_imagef(from, (int2)(X, Y)));
}

kernel void in_place(read_write image2d_t image)
{
	write_imageui(image, (int2)(X, Y), read_imageui(image, (int2)(X, Y)) + 1);
}

kernel void over_buffer(read_only image1d_buffer_t image, global uint4 *pixels)
{
	pixels[X] = read_imageui(image, X);
}

/* Helpers are given images and samplers, too. */
uint4 sample(read_only image2d_t image, sampler_t sampler, float2 at)
{
	return read_imageui(image, sampler, at);
}

constant sampler_t repeating = CLK_NORMALIZED_COORDS_TRUE | CLK_ADDRESS_REPEAT | CLK_FILTER_NEAREST;

kernel void sampled(read_only image2d_t image, sampler_t sampler, global const float2 *at,
		    global uint4 *pixels, global uint4 *repeated)
{
	pixels[X] = sample(image, sampler, at[X]);
	repeated[X] = sample(image, repeating, at[X]);
}

kernel void blended(read_only image2d_t image, sampler_t sampler, global const float2 *at,
		    global float4 *colours)
{
	colours[X] = read_imagef(image, sampler, at[X]);
}

kernel void asked(read_only image3d_t box, write_only image2d_array_t layers, global int *answers)
{
	answers[0] = get_image_width(box);
	answers[1] = get_image_height(box);
	answers[2] = get_image_depth(box);
	answers[3] = get_image_channel_data_type(box);
	answers[4] = get_image_channel_order(box);
	answers[5] = get_image_dim(layers).y;
	answers[6] = (int)get_image_array_size(layers);
}
