// SPDX-License-Identifier: MIT
/* Built-in functions and features that SPIR-V has instructions of its own for. */

#define I get_global_id(0)

/* A few of each kind: what they compute is for other tests. */
kernel void unary(global float *out, global const float *in)
{
	float x = in[I] / 8.0f;

	x += sin(x) + exp2(x) + sqrt(x) + native_recip(1 + x) + half_sqrt(x);
	x += floor(x) + ceil(x) + trunc(x) + rint(x) + round(x) + fabs(x);
	out[I] = x + degrees(x) + radians(x) + sign(x) + logb(1 + x);
}

kernel void binary(global float2 *out, global const float2 *in)
{
	float2 x = in[I], y = in[I + 1] + 1;

	x += fmin(x, y) + fmax(x, 1.0f) + fdim(x, y) + copysign(x, y) + nextafter(x, y);
	x += fma(x, y, y) + mad(x, y, y) + mix(x, y, 0.5f) + clamp(x, 0.0f, 9.0f) + step(x, y);
	x += smoothstep(x, x + 1, y) + maxmag(x, y) + ldexp(y, convert_int2(in[I]));
	out[I] = x;
}

kernel void by_pointer(global float2 *out, global int2 *numbers, global const float2 *in)
{
	float2 x = in[I] + 0.5f, part, rest;
	int2 exponent;

	rest = fract(x, &part) + modf(x, &part) + frexp(x, &exponent);
	out[I] = rest + part;
	numbers[I] = exponent;
}

kernel void geometry(global float *out, global const float4 *in)
{
	float4 x = in[I] + 1, y = in[I + 1] + 2;

	out[I] = dot(x, y) + fast_length(x) + cross(x, y).z;
}

kernel void integers(global uint2 *out, global const uint2 *in)
{
	uint2 x = in[I] * 0x9e3779b9u, y = in[I + 1] * 0x85ebca6bu;
	int2 z = as_int2(x);

	x += clz(x) + popcount(x) + rotate(x, y) + mul_hi(x, y) + mad_hi(x, y, x);
	x += add_sat(x, y) + sub_sat(x, y) + hadd(x, y) + rhadd(x, y) + abs_diff(x, y);
	x += mul24(x, y) + mad24(x, y, x) + min(x, y) + max(x, y) + clamp(x, y, y + 1) + abs(z);
	x += as_uint2(mul_hi(z, z) + add_sat(z, z) + min(z, 3) + (z >> 3));
	out[I] = x;
}

kernel void longs(global long *out, global const long *in)
{
	long x = in[I] * 0x9e3779b97f4a7c15;

	out[I] = mul_hi(x, x) + add_sat(x, x) + (long)abs(x) + clz(x) + x / (in[I] + 1) +
		 upsample((int)x, (uint)(x >> 32)) + rotate(x, 7L) + (x >> 5) + x % 1000;
}

kernel void conversions(global int4 *out, global const float4 *in)
{
	float4 x = in[I] * 100 - 250;

	out[I] = convert_int4_sat(x) + convert_int4_rte(x) + convert_int4_rtz(x) +
		 convert_int4_rtp(x) + convert_int4(convert_uchar4_sat(x)) +
		 convert_int4(convert_double4(x)) + convert_int4(convert_long4(x)) +
		 convert_int4(convert_float4_rtz(convert_double4(x)));
}

kernel void relations(global int4 *out, global const float4 *in)
{
	float4 x = in[I], y = in[I + 1];
	int4 truth = isnan(x) | isinf(y) | isfinite(x) | isnormal(x) | signbit(y) | isequal(x, y) |
		     isless(x, y) | isgreaterequal(x, y) | isordered(x, y) | islessgreater(x, y);

	truth += select(truth, as_int4(x), x > y) + bitselect(truth, as_int4(y), as_int4(x));
	out[I] = truth + isnan(x.x) + shuffle(truth, (uint4)(3, 2, 1, 0));
}

kernel void loads(global float *out, global const float *in, constant float *c)
{
	float4 x = vload4(I, in) + vload4(I, c);
	float3 y = vload3(I, in);

	vstore4(x, I, out);
	vstore2(y.xy, I, out + 4 * get_global_size(0));
	vstore_half_rtz(x.x, I, (global half *)(out + 6 * get_global_size(0)));
	vstore4(vload_half4(I, (const global half *)in), I, out + 8 * get_global_size(0));
}

kernel void old_atomics(global int *out, global uint *numbers, local int *shared)
{
	if (get_local_id(0) == 0)
		*shared = 0;
	barrier(CLK_LOCAL_MEM_FENCE);
	atomic_add(shared, (int)I);
	atomic_add(out, 2);
	atomic_sub(out + 1, 3);
	atomic_inc(out + 2);
	atomic_dec(out + 3);
	atomic_min(numbers, (uint)I);
	atomic_max(numbers + 1, (uint)I);
	atomic_and(out + 4, 6);
	atomic_or(out + 5, (int)I);
	atomic_xor(out + 6, (int)I);
	out[8 + I] = atomic_xchg(out + 64 + I, 7) + atomic_cmpxchg(out + 128 + I, 3, 9);
	barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
	out[256 + I] = *shared;
}

kernel void new_atomics(global atomic_int *out, global atomic_long *longs,
			global atomic_uint *numbers)
{
	int expected = 3;

	atomic_fetch_add_explicit(out, 2, memory_order_relaxed, memory_scope_device);
	atomic_fetch_sub(out + 1, 3);
	atomic_fetch_or(out + 2, (int)I);
	atomic_fetch_and(out + 3, 6);
	atomic_fetch_xor(out + 4, (int)I);
	atomic_fetch_min(out + 5, (int)I);
	atomic_fetch_max(numbers, (uint)I);
	atomic_fetch_add(longs, (long)I);
	atomic_store(out + 64 + I, atomic_exchange(out + 128 + I, 5) + atomic_load(out + 6));
	atomic_store(out + 256 + I, atomic_compare_exchange_strong(out + 192 + I, &expected, 8));
	atomic_work_item_fence(CLK_GLOBAL_MEM_FENCE, memory_order_acq_rel, memory_scope_device);
}

kernel void groups(global int *out, global const int *in)
{
	int x = in[I];

	out[I] = work_group_reduce_add(x) + work_group_scan_inclusive_max(x) +
		 work_group_scan_exclusive_add(x) + work_group_broadcast(x, 3) + work_group_all(x) +
		 work_group_any(x);
}

kernel void copies(global int *out, global const int *in, local int *shared)
{
	event_t event = async_work_group_copy(shared, in, 64, 0);

	event = async_work_group_strided_copy(shared + 64, in, 16, 3, event);
	wait_group_events(1, &event);
	prefetch(in, 16);
	out[I] = shared[I] + shared[63 - I] + shared[64 + I % 16];
	event = async_work_group_copy(out + 64, shared, 64, 0);
	wait_group_events(1, &event);
}

constant int table[4] = { 3, 1, 4, 1 };
global int counter = 5;

typedef struct {
	int first;
	float second;
	char third[3];
} record;

static int through_generic(int *place)
{
	*place += 3;
	return *place;
}

kernel void spaces(global int *out, local int *shared)
{
	record mine = { (int)I, 0.5f, { 1, 2, 3 } };
	int own = (int)I;

	shared[I] = table[I & 3];
	out[I] =
		through_generic(shared + I) + through_generic(&own) + through_generic(out + 64 + I);
	out[I] += mine.first + mine.third[I % 3] + (int)(2 * mine.second) + counter;
	out[128 + I] = to_global(out + I) != 0;
}

kernel void numbers(global ulong *out)
{
	out[I] = get_local_linear_id() + 10 * get_global_linear_id() + get_enqueued_local_size(0) +
		 get_work_dim() + get_num_groups(0) + get_global_offset(0) + get_group_id(0) +
		 get_global_size(1) + get_local_size(0);
}
