// SPDX-License-Identifier: MIT
/* Math functions on exponents: frexp, ldexp, ilogb, logb (OpenCL C 6.15.2). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_scale.cl"
#include "builtins.h"
#include "math_pointers.h"
#include "for_each_real.h"
#else

#if BITS == 32
#define MANTISSA_BITS 23
#define EXPONENT_BIAS 127
#define SMALLEST      0x1p-126f
#define SIGN_AND_MANTISSA 0x807fffff
#else
#define MANTISSA_BITS 52
#define EXPONENT_BIAS 1023
#define SMALLEST      0x1p-1022
#define SIGN_AND_MANTISSA 0x800fffffffffffff
#endif
#define EXPONENT_MASK ((V(UNSIGNED))(2 * EXPONENT_BIAS + 1))

/* Numbers too small to have their exponent in their bits are made larger first. */
HELPER V(SIGNED) rescue_subnormal(V(TYPE) x, V(TYPE) * rescued)
{
	V(SIGNED) is_small = MASK(SIGNED, __builtin_elementwise_abs(x) < (V(TYPE))(SMALLEST));

	*rescued = is_small ? x * (TYPE)(1ul << (MANTISSA_BITS + 1)) : x;
	return is_small & (V(SIGNED))(MANTISSA_BITS + 1);
}

HELPER V(SIGNED) exponent_of(V(TYPE) x)
{
	V(TYPE) rescued;
	V(SIGNED) shift = rescue_subnormal(x, &rescued);
	V(UNSIGNED) bits = AS(UNSIGNED, rescued) >> (V(UNSIGNED))(MANTISSA_BITS);

	return AS(SIGNED, bits & EXPONENT_MASK) - (V(SIGNED))(EXPONENT_BIAS) - shift;
}

BUILTIN V(int) ilogb(V(TYPE) x)
{
	V(int) exponent = CONVERT(int, exponent_of(x));
	V(int) is_finite = MASK(int, __builtin_elementwise_abs(x) < (V(TYPE))(INFINITY));

	exponent = MASK(int, x == (V(TYPE))(0)) ? (V(int))(FP_ILOGB0) : exponent;
	/* FP_ILOGBNAN is what infinity gives as well. */
	return is_finite ? exponent : (V(int))(INT_MAX);
}

BUILTIN V(TYPE) logb(V(TYPE) x)
{
	V(TYPE) size = __builtin_elementwise_abs(x);
	V(TYPE) exponent = CONVERT(TYPE, exponent_of(x));

	exponent = size == (V(TYPE))(0) ? (V(TYPE))(-INFINITY) : exponent;
	return size < (V(TYPE))(INFINITY) ? exponent : size;
}

HELPER V(TYPE) frexp_parts(V(TYPE) x, V(int) * exponent)
{
	const V(UNSIGNED) kept = (V(UNSIGNED))(SIGN_AND_MANTISSA);
	V(TYPE) size = __builtin_elementwise_abs(x);
	V(SIGNED) has_parts = MASK(SIGNED, (size > (V(TYPE))(0)) & (size < (V(TYPE))(INFINITY)));
	V(TYPE) rescued;
	V(SIGNED) shift = rescue_subnormal(x, &rescued);
	V(TYPE) mantissa = AS(TYPE, (AS(UNSIGNED, rescued) & kept) | AS(UNSIGNED, (V(TYPE))(R(0.5))));

	*exponent = CONVERT(int, (exponent_of(rescued) + (V(SIGNED))(1) - shift) & has_parts);
	return has_parts ? mantissa : x;
}

#define FREXP(space)                                                   \
	BUILTIN V(TYPE) frexp(V(TYPE) x, space V(int) * exponent)      \
	{                                                              \
		V(int) result;                                         \
		V(TYPE) mantissa = frexp_parts(x, &result);            \
                                                                       \
		*exponent = result;                                    \
		return mantissa;                                       \
	}
FOR_EACH_POINTER(FREXP)

#if BITS == 32
/* A double has room for every exponent: only its conversion to float rounds. */
BUILTIN V(float) ldexp(V(float) x, V(int) n)
{
	V(int) low = __builtin_elementwise_max(n, (V(int))(-300));
	V(int) within = __builtin_elementwise_min(low, (V(int))(300));
	V(long) power = (CONVERT(long, within) + (V(long))(1023)) << (V(long))(52);

	return CONVERT(float, CONVERT(double, x) * AS(double, power));
}
#else
/*
 * One of at most two steps towards 2^n, where that is no normal number. After a step
 * down at least 2^-54 is left, so that what it rounded, to a subnormal number, is zero in
 * the end: the result is rounded once.
 */
HELPER V(double) take_large_power(V(double) x, V(int) * n)
{
	V(int) is_below = MASK(int, *n < (V(int))(-1022));
	V(int) is_above = MASK(int, *n > (V(int))(1023));
	V(double) up = CONVERT(long, is_above) ? (V(double))(0x1p+1023) : (V(double))(1);

	*n -= (is_below & (V(int))(-969)) + (is_above & (V(int))(1023));
	return x * (CONVERT(long, is_below) ? (V(double))(0x1p-969) : up);
}

/* Nothing here but the products depends on x: n is often the same for all. */
BUILTIN V(double) ldexp(V(double) x, V(int) n)
{
	V(double) first = take_large_power(x, &n);
	V(double) second = take_large_power(first, &n);
	V(int) low = __builtin_elementwise_max(n, (V(int))(-1022));
	V(int) within = __builtin_elementwise_min(low, (V(int))(1023));

	return second * AS(double, (CONVERT(long, within) + (V(long))(1023)) << (V(long))(52));
}
#endif

#if !IS_SCALAR
BUILTIN V(TYPE) ldexp(V(TYPE) x, int n)
{
	return ldexp(x, (V(int))(n));
}
#endif

#undef FREXP
#undef MANTISSA_BITS
#undef EXPONENT_BIAS
#undef EXPONENT_MASK
#undef SMALLEST
#undef SIGN_AND_MANTISSA

#endif
