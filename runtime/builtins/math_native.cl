// SPDX-License-Identifier: MIT
/*
 * The half_ and native_ functions (OpenCL C 6.15.2). An error of 8192 ulp is allowed
 * for the first, and sines need be good up to 2^16 only, but numbers no larger than one above
 * that; native_ functions may do anything fast. Here both are the same but for that: without
 * large angles for sines, else what the precise functions are, which gain nothing from being
 * less so.
 */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_native.cl"
#include "builtins.h"
#include "math_trig_tables.h"
#include "for_each_real.h"
#elif BITS == 32

#include "horner.h"
#include "math_quadrant.h"
#include "math_trig.h"

#define LARGEST 0x1p+45f

/* The angle, or one whose sine is none too large. */
HELPER V(float) limited(V(float) x)
{
	return __builtin_elementwise_abs(x) <= (V(float))(LARGEST) ? x : x - x;
}

/* Sine and cosine of angles up to LARGEST. */
HELPER V(float) sines_of_small(V(float) x, V(float) * cosine, V(int) * quadrant)
{
	V(double) size = CONVERT(double, __builtin_elementwise_abs(x));
	V(double) sum = size * TWO_OVER_PI + ANGLE_ROUNDER;
	V(double) whole = sum - ANGLE_ROUNDER;
	V(float) r = CONVERT(float, multiply_add(whole, (V(double))(-HALF_PI_HIGH), size));

	*quadrant = CONVERT(int, AS(long, sum));
	*cosine = cos_reduced(r);
	return sin_reduced(r);
}

HELPER V(float) fast_sin(V(float) x)
{
	V(float) cosine;
	V(int) quadrant;
	V(float) sine = sines_of_small(x, &cosine, &quadrant);

	return with_sign_of(change_sign(is_odd(quadrant) ? cosine : sine, quadrant), x);
}

HELPER V(float) fast_cos(V(float) x)
{
	V(float) cosine;
	V(int) quadrant;
	V(float) sine = sines_of_small(x, &cosine, &quadrant);

	return change_sign(is_odd(quadrant) ? sine : cosine, quadrant + (V(int))(1));
}

HELPER V(float) fast_tan(V(float) x)
{
	V(float) cosine;
	V(int) quadrant;
	V(float) sine = sines_of_small(x, &cosine, &quadrant);
	V(int) odd = is_odd(quadrant);

	return with_sign_of((odd ? -cosine : sine) / (odd ? sine : cosine), x);
}

#define ANGLE(name)                                \
	BUILTIN V(float) half_##name(V(float) x)   \
	{                                          \
		return fast_##name(limited(x));    \
	}                                          \
	BUILTIN V(float) native_##name(V(float) x) \
	{                                          \
		return fast_##name(x);             \
	}
#define UNARY(name, result)                                  \
	BUILTIN V(float) half_##name(V(float) x)             \
	{                                                    \
		return result;                               \
	}                                                    \
	BUILTIN V(float) native_##name(V(float) x)           \
	{                                                    \
		return result;                               \
	}
#define BINARY(name, result)                                            \
	BUILTIN V(float) half_##name(V(float) x, V(float) y)            \
	{                                                               \
		return result;                                          \
	}                                                               \
	BUILTIN V(float) native_##name(V(float) x, V(float) y)          \
	{                                                               \
		return result;                                          \
	}

ANGLE(cos)
UNARY(exp, exp(x))
UNARY(exp10, exp10(x))
UNARY(exp2, exp2(x))
UNARY(log, log(x))
UNARY(log10, log10(x))
UNARY(log2, log2(x))
UNARY(recip, 1 / x)
UNARY(rsqrt, 1 / __builtin_elementwise_sqrt(x))
ANGLE(sin)
UNARY(sqrt, __builtin_elementwise_sqrt(x))
ANGLE(tan)
BINARY(divide, x / y)
BINARY(powr, powr(x, y))

#undef ANGLE
#undef UNARY
#undef BINARY
#undef LARGEST
#include "math_trig_end.h"

#endif
