// SPDX-License-Identifier: MIT
/* Images, between two of which a condition chooses where to read. */
constant sampler_t smooth = CLK_NORMALIZED_COORDS_TRUE | CLK_ADDRESS_REPEAT | CLK_FILTER_LINEAR;

kernel void images(read_only image2d_t first, read_only image2d_t second,
		   write_only image2d_t target, global float4 *out)
{
	int i = get_global_id(0);
	int2 size = get_image_dim(first), place = (int2)(i % size.x, i / size.x);
	float4 colour = read_imagef(first, smooth, (float2)(i * 0.3f, i * 0.07f));

	if (i % 3)
		colour += read_imagef(first, place);
	else
		colour += read_imagef(second, place.yx);
	write_imagef(target, place, colour * 0.5f);
	out[i] = colour;
}
