// SPDX-License-Identifier: MIT
/*
 * Divisions, in types that are given as TYPE: by zero and out of range, which gives some
 * value and has no other effect; and under conditions, for some work-items or none.
 */

/* Of what is not defined no result comes out. */
kernel void divide(global const TYPE *a, global const TYPE *b, global TYPE *out)
{
	size_t i = get_global_id(0);
	TYPE quotient = a[i] / b[i], remainder = a[i] % b[i];

	out[2 * i] = quotient;
	out[2 * i + 1] = remainder;
}

kernel void by_constant(global const TYPE *a, global TYPE *out)
{
	size_t i = get_global_id(0);

	out[2 * i] = a[i] / (TYPE)-1;
	out[2 * i + 1] = a[i] % (TYPE)-1;
}

#ifdef SCALAR
/* Nothing is concluded from a division about its divisor. */
kernel void ask_behind(global const TYPE *a, global const TYPE *b, global int *out)
{
	size_t i = get_global_id(0);
	TYPE quotient = a[i] / b[i];

	out[i] = b[i] == (TYPE)0 ? 77 : quotient != (TYPE)-1;
}

#define UNDER_CONDITION(name, index)                                             \
	kernel void name(global int *a, global int *b, TYPE n, TYPE m)           \
	{                                                                        \
		int i = get_global_id(0);                                        \
                                                                                 \
		if (b[i] > 0)                                                    \
			b[i] += a[index];                                        \
	}

UNDER_CONDITION(remainder_in_index, i + (int)(n % m))
UNDER_CONDITION(quotient_in_index, i + (int)(n / m))
UNDER_CONDITION(remainder_alone, (int)(n % m))
UNDER_CONDITION(of_sums, i + (int)((TYPE)(n + 1) / (TYPE)(m + 1)))

kernel void in_value(global int *a, global int *b, TYPE n, TYPE m)
{
	int i = get_global_id(0);

	b[i] += b[i] > 0 ? a[i] * (int)(n % m) : 1;
}

kernel void one_store(global int *a, global int *b, TYPE n, TYPE m)
{
	int i = get_global_id(0);

	if (b[i] == 20)
		a[(int)(n % m)] = b[i];
}

kernel void early_return(global int *a, global int *b, TYPE n, TYPE m)
{
	int i = get_global_id(0);

	if (b[i] <= 0)
		return;
	b[i] += a[i + (int)(n % m)];
}

/* A sum that nobody asks for may overflow. */
kernel void of_overflow(global int *a, global int *b, TYPE n, TYPE m)
{
	int i = get_global_id(0);

	if (b[i] > 0)
		b[i] += a[i + (int)((n + 1) / m & 1)];
}

kernel void saturated(global int *a, global int *b, TYPE n, TYPE m)
{
	int i = get_global_id(0);

	if (b[i] > 0)
		b[i] += a[i + (int)(sub_sat((TYPE)(n / m), (TYPE)3) % m)];
}

kernel void asked_before(global int *a, global int *b, TYPE n, TYPE m)
{
	int i = get_global_id(0);

	if (m != 0 && b[i] > 0)
		b[i] += a[i + (int)(n % m)];
}

kernel void in_loop(global int *a, global int *b, TYPE n, TYPE m)
{
	int i = get_global_id(0), sum = 0;

	for (TYPE j = 0; j < n; j++) {
		if (b[i] > (int)j)
			sum += a[i + (int)(j % m) + (int)(n % m)];
	}
	b[i] += sum;
}

kernel void each_in_loop(global int *a, global int *b, TYPE n, TYPE m)
{
	int i = get_global_id(0), sum = 0;
	TYPE own = (TYPE)b[i];

	for (TYPE j = n; j > 1; j--) {
		if (b[i] > 0)
			sum += (int)(n % own);
		sum += (int)j;
	}
	b[i] += b[i] > 0 ? sum : 0;
}

/* A bundle divides 64-bit numbers as doubles where these hold them, so hardly ever as they are. */
kernel void rarely_in_loop(global int *a, global int *b, TYPE n, TYPE m)
{
	int i = get_global_id(0), x = 7, y = a[i];
	float f = 0;

	for (int j = (int)n; j > 1; j--) {
		if (b[i] > 0)
			x ^= (int)((ulong)(float)m % (ulong)b[i]);
		y += j;
	}
	for (int j = 0; j < x; j++)
		f = (float)(int)(f - (float)i);
	for (uint j = 0; j < 4; j += 2) {
		if (m)
			break;
		if (n < 1)
			y -= a[0] | (int)f;
	}
	if (b[i] > 0)
		b[i] += x + y;
}

kernel void in_local(global int *a, global int *b, TYPE n, TYPE m)
{
	local int block[64];
	int i = get_global_id(0), l = get_local_id(0);

	block[l] = a[l];
	barrier(CLK_LOCAL_MEM_FENCE);
	if (b[i] > 0)
		b[i] += block[(int)(n % m)];
}
#endif
