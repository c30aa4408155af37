// SPDX-License-Identifier: MIT
/* A kernel with as many accesses as READS is given, each at another place. */
constant sampler_t constant_sampler = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP_TO_EDGE |
				      CLK_FILTER_LINEAR;

#define READ                                               \
	at.x++;                                            \
	sum += read_imagef(image, constant_sampler, at).x; \
	sum += read_imagef(image, sampler, at).x;          \
	sum += read_imagef(image, convert_int2_rtz(at)).x; \
	write_imagef(out, convert_int2_rtz(at), (float4)(sum));
#define READ_4	READ READ READ READ
#define READ_16 READ_4 READ_4 READ_4 READ_4

kernel void many(read_only image2d_t image, write_only image2d_t out, sampler_t sampler,
		 global float *result)
{
	float2 at = (float2)(get_global_id(0) - 0.5f, 0.5f);
	float sum = 0;

	READS
	result[get_global_id(0)] = sum;
}
