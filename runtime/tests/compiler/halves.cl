// SPDX-License-Identifier: MIT
/* Half precision in all that a kernel may have it in. */
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
#pragma OPENCL EXTENSION cl_khr_fp64 : enable

struct mixed {
	char first;
	half value;
	half4 vector;
	int last;
};

constant half table[] = { 0.5h, 1.25h, -2.0h, 0x1p-14h };
global half kept = 3.0h;

kernel void arguments(half a, half4 b, struct mixed c, local half *scratch, constant half *numbers,
		      global half *out)
{
	half array[4] = { a, b.w, c.value, c.vector.s2 };
	int i = (int)get_local_id(0);

	scratch[i] = array[i & 3] + table[i & 3];
	barrier(CLK_LOCAL_MEM_FENCE);
	out[get_global_id(0)] = scratch[i ^ 1] * numbers[0] + kept + c.last;
}

/* Five results of each pair of numbers, each rounded to half. */
kernel void operations(global const half *a, global const half *b, global half *out)
{
#pragma OPENCL FP_CONTRACT OFF
	size_t i = get_global_id(0);
	half x = a[i], y = b[i];

	out[5 * i] = (x + y) - x;
	out[5 * i + 1] = x * y + x;
	out[5 * i + 2] = x / y;
	out[5 * i + 3] = -x * x + y * y;
	out[5 * i + 4] = x < y ? x - 1 : y++ * (half)3.3f;
}

kernel void conversions(global const double *a, global const long *b, global half *out)
{
	size_t i = get_global_id(0);

	out[6 * i] = (half)a[i];
	out[6 * i + 1] = (half)b[i];
	out[6 * i + 2] = (half)(ulong)b[i];
	out[6 * i + 3] = (half)(int)b[i];
	out[6 * i + 4] = (half)(uint)b[i];
	out[6 * i + 5] = (half)(float)a[i];
}

kernel void from_half(global const half *a, global double *reals, global long *integers)
{
	size_t i = get_global_id(0);

	reals[2 * i] = a[i];
	reals[2 * i + 1] = (float)a[i];
	integers[5 * i] = (long)a[i];
	integers[5 * i + 1] = (int)a[i];
	integers[5 * i + 2] = a[i] == 0;
	integers[5 * i + 3] = (bool)a[i];
	integers[5 * i + 4] = as_short(-a[i]);
}

kernel void limits(global half *out)
{
	const half all[] = { HALF_MAX, HALF_MIN, HALF_EPSILON, (half)HUGE_VALF, M_PI_H, M_SQRT1_2_H };

	for (int i = 0; i < 6; i++)
		out[i] = all[i];
	out[6] = HALF_DIG + HALF_MANT_DIG + HALF_MAX_EXP + HALF_MIN_EXP + HALF_MAX_10_EXP +
		 HALF_MIN_10_EXP + HALF_RADIX;
}
