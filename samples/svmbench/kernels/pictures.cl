// SPDX-License-Identifier: MIT
/* Bit for bit what the C reference computes, so that as many turns are made. */
#pragma OPENCL FP_CONTRACT OFF

kernel void mandelbrot(global uint *turns, uint width, uint most)
{
	float real = (float)get_global_id(0) * (3.0f / 512) - 2;
	float imaginary = (float)get_global_id(1) * (3.0f / 512) - 1.5f;
	float x = 0, y = 0, old_x;
	uint turn;

	for (turn = 0; turn < most && x * x + y * y <= 4; turn++) {
		old_x = x;
		x = x * x - y * y + real;
		y = 2 * old_x * y + imaginary;
	}
	turns[get_global_id(1) * width + get_global_id(0)] = turn;
}

#define RAY_STEPS 96

/* How far a point is from the ground or one of four balls that are half in it. */
static float scene_distance(float3 point)
{
	float distance = point.z;
	int i;

	for (i = 0; i < 4; i++) {
		float3 away = point - (float3)(i % 2 * 2 - 1, i / 2 * 2 - 1, 0);

		distance = min(distance, sqrt(dot(away, away)) - 0.6f - 0.1f * i);
	}
	return distance;
}

/* Rays straight down: how far each gets, in steps as long as nothing can be hit. */
kernel void march_rays(global float *depths, uint width)
{
	float3 eye = (float3)(get_global_id(0) * (4.0f / 256) - 2, get_global_id(1) * (4.0f / 256) - 2,
			      3);
	const float3 direction = (float3)(0, 0, -1);
	float way = 0, distance;
	int step;

	for (step = 0; step < RAY_STEPS; step++) {
		distance = scene_distance(eye + direction * way);
		if (distance < 1e-5f)
			break;
		way += distance;
	}
	depths[get_global_id(1) * width + get_global_id(0)] = way;
}

/* Makes edges of an image clearer: pixels of four channels, which saturate. */
kernel void sharpen(global const uchar4 *in, global uchar4 *out)
{
	int x = get_global_id(0), y = get_global_id(1);
	int width = get_global_size(0), height = get_global_size(1);
	int left = max(x - 1, 0), right = min(x + 1, width - 1);
	int above = max(y - 1, 0), below = min(y + 1, height - 1);
	int4 sum = convert_int4(in[y * width + x]) * 5;

	sum -= convert_int4(in[y * width + left]) + convert_int4(in[y * width + right]) +
	       convert_int4(in[above * width + x]) + convert_int4(in[below * width + x]);
	out[y * width + x] = convert_uchar4_sat(sum);
}
