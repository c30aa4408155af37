// SPDX-License-Identifier: MIT
/* What samplers read of images of each type. */
#define X get_global_id(0)

#define SAMPLE(name, type, place, colour)                                                 \
	kernel void name(read_only type image, sampler_t sampler, global const float4 *c, \
			 global float4 *colours)                                          \
	{                                                                                 \
		float4 at = c[X];                                                         \
		colours[X] = colour(read_imagef(image, sampler, place));                  \
	}
#define DEPTH(value) (float4)(value, 0, 0, 1)

SAMPLE(line, image1d_t, at.x, )
SAMPLE(lines, image1d_array_t, at.xy, )
SAMPLE(flat, image2d_t, at.xy, )
SAMPLE(layers, image2d_array_t, at, )
SAMPLE(box, image3d_t, at, )
SAMPLE(depth_flat, image2d_depth_t, at.xy, DEPTH)
SAMPLE(depth_layers, image2d_array_depth_t, at, DEPTH)
