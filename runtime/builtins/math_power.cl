// SPDX-License-Identifier: MIT
/* pow, pown, powr, rootn (OpenCL C 6.15.2; their edge cases: 7.5.1 and C99 F.9.4.4). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_power.cl"
#include "builtins.h"
#include "math_pow_tables.h"
#include "for_each_real.h"
#else

#include "horner.h"
#include "math_pow.h"

/* size^y and size^(1 / n) for size >= 0 or NaN; NaN where the product is. */
#if BITS == 32

HELPER V(float) power_of_size(V(float) size, V(double) y)
{
	return exp2_for_pow(log2_for_pow(size) * y);
}

HELPER V(float) root_of_size(V(float) size, V(double) n)
{
	return exp2_for_pow(log2_for_pow(size) / n);
}

#else

HELPER V(double) power_of_size(V(double) size, V(double) y)
{
	V(double) low;
	V(double) log = log2_for_pow(size, &low);
	V(double) product = log * y;

	return exp2_for_pow(product, FMA(log, y, -product) + low * y);
}

HELPER V(double) root_of_size(V(double) size, V(double) n)
{
	V(double) low;
	V(double) log = log2_for_pow(size, &low);
	V(double) ratio = log / n;

	return exp2_for_pow(ratio, (FMA(-ratio, n, log) + low) / n);
}

#endif

HELPER V(SIGNED) sign_bit_of(V(TYPE) x)
{
	return AS(SIGNED, x) & AS(SIGNED, (V(TYPE))(R(-0.0)));
}

HELPER V(SIGNED) is_odd_number(V(TYPE) y, V(SIGNED) is_integer)
{
	V(TYPE) halved = R(0.5) * y;

	return is_integer & MASK(SIGNED, __builtin_elementwise_rint(halved) != halved);
}

BUILTIN V(TYPE) pow(V(TYPE) x, V(TYPE) y)
{
	V(TYPE) size = __builtin_elementwise_abs(x);
	V(TYPE) size_y = __builtin_elementwise_abs(y);
	V(SIGNED) is_integer = MASK(SIGNED, __builtin_elementwise_rint(y) == y);
	V(SIGNED) is_odd = is_odd_number(y, is_integer);
	V(SIGNED) is_finite_negative = MASK(SIGNED, (x < (V(TYPE))(0)) &
							     (size < (V(TYPE))(INFINITY)));
	V(SIGNED) is_one = MASK(SIGNED, (x == (V(TYPE))(1)) | (y == (V(TYPE))(0)) |
						((size == (V(TYPE))(1)) &
						 (size_y == (V(TYPE))(INFINITY))));
	V(TYPE) result = power_of_size(size, CONVERT(double, y));

	result = AS(TYPE, AS(SIGNED, result) ^ (sign_bit_of(x) & is_odd));
	result = is_finite_negative & ~is_integer ? (V(TYPE))(NAN) : result;
	return is_one ? (V(TYPE))(1) : result;
}

BUILTIN V(TYPE) powr(V(TYPE) x, V(TYPE) y)
{
	V(TYPE) size = __builtin_elementwise_abs(x);
	V(TYPE) result = power_of_size(size, CONVERT(double, y));

	return x < (V(TYPE))(0) ? (V(TYPE))(NAN) : result;
}

BUILTIN V(TYPE) pown(V(TYPE) x, V(int) n)
{
	V(SIGNED) is_odd = MASK(SIGNED, (n & (V(int))(1)) != (V(int))(0));
	V(SIGNED) is_zero = MASK(SIGNED, n == (V(int))(0));
	V(TYPE) result = power_of_size(__builtin_elementwise_abs(x), CONVERT(double, n));

	result = AS(TYPE, AS(SIGNED, result) ^ (sign_bit_of(x) & is_odd));
	return is_zero ? (V(TYPE))(1) : result;
}

BUILTIN V(TYPE) rootn(V(TYPE) x, V(int) n)
{
	V(SIGNED) is_odd = MASK(SIGNED, (n & (V(int))(1)) != (V(int))(0));
	V(SIGNED) is_zero = MASK(SIGNED, n == (V(int))(0));
	V(SIGNED) is_negative = MASK(SIGNED, x < (V(TYPE))(0));
	V(TYPE) result = root_of_size(__builtin_elementwise_abs(x), CONVERT(double, n));

	result = AS(TYPE, AS(SIGNED, result) ^ (sign_bit_of(x) & is_odd));
	return is_zero | (is_negative & ~is_odd) ? (V(TYPE))(NAN) : result;
}

#include "math_pow_end.h"

#endif
