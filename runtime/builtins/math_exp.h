// SPDX-License-Identifier: MIT
/*
 * For a body of for_each_real.h: the parts of exponential functions,
 * exp(x) = 2^n * (1 + e), e = exp(r) - 1, r = x - n * ln(2).
 */
#if BITS == 32
#define ROUNDER	  0x1.8p+23f
#define LOG2_E	  0x1.715476p+0f
#define LN2_HIGH  0x1.62e4p-1f
#define LN2_LOW	  0x1.7f7d1cp-20f
#define EXP_TABLE exp_table_float
#else
#define ROUNDER	  0x1.8p+52
#define LOG2_E	  0x1.71547652b82fep+0
#define LN2_HIGH  0x1.62e42feep-1
#define LN2_LOW	  0x1.a39ef35793c76p-33
#define EXP_TABLE exp_table_double
#endif

/* The integer that adding ROUNDER has rounded to, from the bits of the sum: this
 * is no conversion that a NaN could make undefined. */
HELPER V(SIGNED) rounded_integer(V(TYPE) sum)
{
	return AS(SIGNED, sum) - AS(SIGNED, (V(TYPE))(ROUNDER));
}

/* 2^n for normal numbers. */
HELPER V(TYPE) power_of_two(V(SIGNED) n)
{
	const V(SIGNED) bias = (V(SIGNED))(BITS == 32 ? 127 : 1023);
	const V(SIGNED) mantissa_bits = (V(SIGNED))(BITS == 32 ? 23 : 52);

	return AS(TYPE, (n + bias) << mantissa_bits);
}

/* x * 2^n, for n up to twice what a normal number has, rounded once if x * 2^(n/2)
 * is normal. */
HELPER V(TYPE) scale_by_power(V(TYPE) x, V(SIGNED) n)
{
	V(SIGNED) first = n >> (V(SIGNED))(1);

	return x * power_of_two(first) * power_of_two(n - first);
}

/* x between two numbers, or NaN. */
HELPER V(TYPE) clamp_or_nan(V(TYPE) x, TYPE low, TYPE high)
{
	V(TYPE) above = x < (V(TYPE))(low) ? (V(TYPE))(low) : x;

	return above > (V(TYPE))(high) ? (V(TYPE))(high) : above;
}

/* n and r for |x| below 2^21 (float) or 2^50. */
HELPER V(TYPE) reduce_exponent(V(TYPE) x, V(SIGNED) * n)
{
	V(TYPE) sum = multiply_add(x, (V(TYPE))(LOG2_E), (V(TYPE))(ROUNDER));
	V(TYPE) whole = sum - (V(TYPE))(ROUNDER);
	V(TYPE) high = multiply_add(whole, (V(TYPE))(-LN2_HIGH), x);

	*n = rounded_integer(sum);
	return multiply_add(whole, (V(TYPE))(-LN2_LOW), high);
}

/* e for the r of reduce_exponent(). */
HELPER V(TYPE) exp_minus_one(V(TYPE) r)
{
	return multiply_add(r * r, HORNER(r, EXP_TABLE), r);
}

/* Below this, exp(x) - 1 and sinh(x) are x. */
#if BITS == 32
#define EXP_TINY 0x1p-26f
#else
#define EXP_TINY 0x1p-55
#endif

/* exp(x) - 1, where that neither overflows nor is -1. */
HELPER V(TYPE) expm1_in_range(V(TYPE) x)
{
	V(SIGNED) n;
	V(TYPE) e = exp_minus_one(reduce_exponent(x, &n));
	/* Half of it, as 2^n may be too large where the result is not. */
	V(TYPE) half_power = power_of_two(n - (V(SIGNED))(1));
	V(TYPE) result = 2 * multiply_add(half_power, e, half_power - (V(TYPE))(R(0.5)));

	return __builtin_elementwise_abs(x) < (V(TYPE))(EXP_TINY) ? x : result;
}
