// SPDX-License-Identifier: MIT
/*
 * A program as applications have them, of many things a little: compiled while the compiler is
 * built, to see which functions of clang and LLVM a compilation calls.
 */
#define WIDTH 16
#define SQUARE(x) ((x) * (x))

typedef struct {
	float4 place, speed;
	int kind;
	uchar flags[4];
} body;

enum kind { FIXED, MOVING, GONE = 7 };

constant float weights[5] = { 0.06f, 0.24f, 0.4f, 0.24f, 0.06f };
constant sampler_t nearest = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP_TO_EDGE |
			     CLK_FILTER_NEAREST;

uint rotate_right(uint value, uint count)
{
	return (value >> count) | (value << (32 - count));
}

static float4 attraction(float4 a, float4 b, float softening)
{
	float4 way = b - a;
	float distance = dot(way.xyz, way.xyz) + softening;
	float inverse = native_rsqrt(distance);

	return way * (b.w * inverse * inverse * inverse);
}

kernel void add(global const float *a, global const float *b, global float *c, const int count)
{
	int i = get_global_id(0);

	if (i < count)
		c[i] = a[i] + b[i] * 2.5f;
}

kernel void bodies(global body *all, global float4 *out, uint count, float softening)
{
	size_t i = get_global_id(0);
	float4 sum = (float4)(0.0f, 0.0f, 0.0f, 1.0f);

	for (uint j = 0; j < count; j++) {
		if (all[j].kind == GONE)
			continue;
		sum += attraction(all[i].place, all[j].place, softening);
	}
	switch (all[i].kind) {
	case FIXED:
		sum = 0.0f;
		break;
	case MOVING:
		sum.x = fma(sum.y, 0.5f, sum.z);
		break;
	default:
		sum.w = all[i].flags[i & 3];
	}
	out[i] = normalize(sum) + convert_float4(as_int4(all[i].speed) & 255);
}

kernel void multiply(global const float *restrict a, global const float *restrict b,
		     global float *restrict c, int n)
{
	local float tile_a[WIDTH][WIDTH], tile_b[WIDTH][WIDTH];
	int column = get_local_id(0), row = get_local_id(1);
	int x = get_group_id(0) * WIDTH + column, y = get_group_id(1) * WIDTH + row;
	float sum = 0;

	for (int first = 0; first < n; first += WIDTH) {
		tile_a[row][column] = a[y * n + first + column];
		tile_b[row][column] = b[(first + row) * n + x];
		barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
		for (int k = 0; k < WIDTH; k++)
			sum += tile_a[row][k] * tile_b[k][column];
		barrier(CLK_LOCAL_MEM_FENCE);
	}
	c[y * n + x] = sum;
}

kernel void reduce(global const int *values, global int *result, local int *partial, uint count)
{
	uint item = get_local_id(0), size = get_local_size(0);
	int sum = 0;

	for (uint i = get_global_id(0); i < count; i += get_global_size(0))
		sum += values[i];
	partial[item] = sum;
	for (uint half_size = size / 2; half_size; half_size >>= 1) {
		barrier(CLK_LOCAL_MEM_FENCE);
		if (item < half_size)
			partial[item] += partial[item + half_size];
	}
	if (item == 0)
		atomic_add(result, partial[0]);
}

kernel void histogram(global const uchar *bytes, volatile global uint *bins, uint count)
{
	local uint counts[256];

	for (uint i = get_local_id(0); i < 256; i += get_local_size(0))
		counts[i] = 0;
	barrier(CLK_LOCAL_MEM_FENCE);
	for (uint i = get_global_id(0); i < count; i += get_global_size(0))
		atomic_inc(&counts[bytes[i]]);
	barrier(CLK_LOCAL_MEM_FENCE);
	for (uint i = get_local_id(0); i < 256; i += get_local_size(0))
		atomic_add(&bins[i], counts[i]);
}

kernel void rounds(global const uint *words, global uint *digests)
{
	uint w[32], a = 0x6a09e667, b = 0xbb67ae85;
	size_t i = get_global_id(0);

	for (int t = 0; t < 16; t++)
		w[t] = words[i * 16 + t];
	for (int t = 16; t < 32; t++)
		w[t] = rotate_right(w[t - 2], 17) ^ (w[t - 7] + w[t - 16]);
	for (int t = 0; t < 32; t++) {
		uint next = bitselect(a, b, w[t]) + rotate(b, 5u) + 0x5a827999u;

		b = a;
		a = next;
	}
	digests[i] = a ^ b;
}

kernel void search(global const int *sorted, global const int *keys, global int *found, int n)
{
	int low = 0, high = n - 1, key = keys[get_global_id(0)], at = -1;

	while (low <= high) {
		int middle = (low + high) / 2;

		if (sorted[middle] == key) {
			at = middle;
			break;
		}
		if (sorted[middle] < key)
			low = middle + 1;
		else
			high = middle - 1;
	}
	found[get_global_id(0)] = at;
}

kernel void blur(read_only image2d_t from, write_only image2d_t to)
{
	int2 at = (int2)(get_global_id(0), get_global_id(1));
	float4 sum = 0;

	for (int i = -2; i <= 2; i++)
		sum += read_imagef(from, nearest, at + (int2)(i, 0)) * weights[i + 2];
	write_imagef(to, at, clamp(sum, 0.0f, 1.0f));
}

kernel void waves(global float *out, global double *precise, global const uchar4 *pixels, float t)
{
	size_t i = get_global_id(0);
	float cosine, sine = sincos(t * i, &cosine);
	uchar4 pixel = pixels[i];
	float3 color = convert_float3(pixel.xyz) / 255.0f;

	out[i] = pow(sine, 2.0f) + exp(cosine) + SQUARE(color.x) + fmax(color.y, color.z);
	precise[i] = sqrt(precise[i]) + log(1.0 + (double)t);
	if (isnan(out[i]))
		printf("item %d has no wave at %f\n", (int)i, t);
	vstore4(vload4(i, out) * (float4)(1, 2, 3, 4), i, out);
	out[i] += select(1.0f, -1.0f, isgreater(t, 0.5f)) + convert_int_sat_rte(t);
	out[i] += (float)(popcount((uint)i) + clz((int)i) + (long)i % 7 + mul24((int)i, 3));
}

kernel void count_all(volatile global atomic_int *counter, global int *items, int end)
{
	int i;

	do {
		i = atomic_fetch_add_explicit(counter, 1, memory_order_relaxed,
					      memory_scope_device);
		if (i < end)
			items[i] = i;
	} while (i < end);
}
