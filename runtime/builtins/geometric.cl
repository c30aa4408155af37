// SPDX-License-Identifier: MIT
/*
 * Geometric functions (OpenCL C 6.15.5). Lengths are scaled by a power of two
 * where the squares would overflow or lose digits.
 */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "geometric.cl"
#include "builtins.h"
#include "for_each_real.h"
#elif WIDTH <= 4

#if BITS == 32
#define HUGE_SIZE  0x1p+60f
#define TINY_SIZE  0x1p-40f
#define SCALE_DOWN 0x1p-66f
#define SCALE_UP   0x1p+100f
#define MANTISSA_BITS 23
#define EXPONENT_BIAS 127
#define WANTED_EXPONENT 60
#else
#define HUGE_SIZE  0x1p+500
#define TINY_SIZE  0x1p-400
#define SCALE_DOWN 0x1p-528
#define SCALE_UP   0x1p+680
#define MANTISSA_BITS 52
#define EXPONENT_BIAS 1023
#define WANTED_EXPONENT 500
#endif

#if IS_SCALAR
#define FIRST(x) (x)
#else
#define FIRST(x) ((x).s0)
#endif

BUILTIN TYPE dot(V(TYPE) x, V(TYPE) y)
{
	TYPE sum = FIRST(x) * FIRST(y);

#if WIDTH >= 2
	sum = multiply_add(x.s1, y.s1, sum);
#endif
#if WIDTH >= 3
	sum = multiply_add(x.s2, y.s2, sum);
#endif
#if WIDTH >= 4
	sum = multiply_add(x.s3, y.s3, sum);
#endif
	return sum;
}

HELPER TYPE largest_size(V(TYPE) x)
{
	V(TYPE) size = __builtin_elementwise_abs(x);
	TYPE largest = FIRST(size);

#if WIDTH >= 2
	largest = size.s1 > largest ? size.s1 : largest;
#endif
#if WIDTH >= 3
	largest = size.s2 > largest ? size.s2 : largest;
#endif
#if WIDTH >= 4
	largest = size.s3 > largest ? size.s3 : largest;
#endif
	return largest;
}

BUILTIN TYPE length(V(TYPE) x)
{
#if IS_SCALAR
	return __builtin_elementwise_abs(x);
#else
	TYPE size = largest_size(x);
	bool is_huge = size > HUGE_SIZE;
	bool is_tiny = size < TINY_SIZE;
	TYPE scale = is_huge ? SCALE_DOWN : (is_tiny ? SCALE_UP : R(1.0));
	TYPE scale_back = is_huge ? 1 / SCALE_DOWN : (is_tiny ? 1 / SCALE_UP : R(1.0));
	V(TYPE) scaled = x * scale;

	return __builtin_elementwise_sqrt(dot(scaled, scaled)) * scale_back;
#endif
}

BUILTIN TYPE distance(V(TYPE) x, V(TYPE) y)
{
	return length(x - y);
}

#if IS_SCALAR
/*
 * The power of two that brings a size to one of WANTED_EXPONENT, or near it where
 * that takes more than the largest power. So large that no element becomes subnormal
 * of which the direction is not, and so small that squares do not overflow.
 */
HELPER TYPE scale_for_direction(TYPE size)
{
	UNSIGNED exponent = __builtin_astype(size, UNSIGNED) >> MANTISSA_BITS;
	UNSIGNED scale = 2 * EXPONENT_BIAS + WANTED_EXPONENT - exponent;
	const UNSIGNED largest = 2 * EXPONENT_BIAS;

	return __builtin_astype((scale < largest ? scale : largest) << MANTISSA_BITS, TYPE);
}
#endif

BUILTIN V(TYPE) normalize(V(TYPE) x)
{
	TYPE size = largest_size(x);
	V(TYPE) scaled = x * scale_for_direction(size);
	/* What stands for x where an element is infinite; keeps NaN. */
	V(TYPE) directions = __builtin_elementwise_abs(x) == (V(TYPE))(INFINITY) ?
				     __builtin_elementwise_copysign((V(TYPE))(1), x) :
				     (V(TYPE))(0) * x;
	V(TYPE) finite = size == (TYPE)INFINITY ? directions : scaled;
	TYPE square = dot(finite, finite);
	V(TYPE) unit = finite * (1 / __builtin_elementwise_sqrt(square));

	return square == 0 ? x : unit;
}

#if BITS == 32
BUILTIN float fast_length(V(float) x)
{
	return half_sqrt(dot(x, x));
}

BUILTIN float fast_distance(V(float) x, V(float) y)
{
	return fast_length(x - y);
}

BUILTIN V(float) fast_normalize(V(float) x)
{
	float square = dot(x, x);

	return square == 0 ? x : x * half_rsqrt(square);
}
#endif

#if WIDTH == 3
BUILTIN V(TYPE) cross(V(TYPE) x, V(TYPE) y)
{
	return x.s120 * y.s201 - x.s201 * y.s120;
}
#elif WIDTH == 4
BUILTIN V(TYPE) cross(V(TYPE) x, V(TYPE) y)
{
	return (V(TYPE))(x.s120 * y.s201 - x.s201 * y.s120, 0);
}
#endif

#undef FIRST
#undef HUGE_SIZE
#undef TINY_SIZE
#undef SCALE_DOWN
#undef SCALE_UP
#undef MANTISSA_BITS
#undef EXPONENT_BIAS
#undef WANTED_EXPONENT

#endif
