// SPDX-License-Identifier: MIT
/* Images whose pixels are in SVM. A pixel's value follows from where it is. */

uint4 pixel_at(uint x, uint y, uint first)
{
	return (uint4)(first + x, first + 3 * y, x ^ y, first) & 0xffu;
}

__kernel void draw(__write_only image2d_t image, uint first)
{
	int2 at = (int2)((int)get_global_id(0), (int)get_global_id(1));

	write_imageui(image, at, pixel_at((uint)at.x, (uint)at.y, first));
}

/* Counts the pixels that are not as draw() makes them. */
__kernel void compare(__read_only image2d_t image, uint first, __global uint *different)
{
	const sampler_t nearest = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_NONE |
				  CLK_FILTER_NEAREST;
	int2 at = (int2)((int)get_global_id(0), (int)get_global_id(1));
	uint4 wanted = pixel_at((uint)at.x, (uint)at.y, first);

	if (any(read_imageui(image, nearest, at) != wanted))
		atomic_inc(different);
}

/* The same pixels by way of memory, in rows of so many. */
__kernel void draw_memory(__global uchar4 *pixels, uint row, uint first)
{
	uint x = (uint)get_global_id(0), y = (uint)get_global_id(1);

	pixels[y * row + x] = convert_uchar4(pixel_at(x, y, first));
}

__kernel void draw_line(__write_only image1d_buffer_t image, uint first)
{
	int x = (int)get_global_id(0);

	write_imageui(image, x, pixel_at((uint)x, 0, first));
}

__kernel void compare_line(__read_only image1d_buffer_t image, uint first,
			   __global uint *different)
{
	int x = (int)get_global_id(0);

	if (any(read_imageui(image, x) != pixel_at((uint)x, 0, first)))
		atomic_inc(different);
}
