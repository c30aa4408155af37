// SPDX-License-Identifier: MIT
/*
 * The half_ and native_ functions (OpenCL C 6.15.2). An error of 8192 ulp is allowed
 * for the first, and sines need be good up to 2^16 only; native_ functions may do
 * anything fast. Here both are the same: without large angles for sines, else what
 * the precise functions are, which gain nothing from being less so.
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

/* Sine and cosine of angles up to 2^45. */
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

UNARY(cos, fast_cos(x))
UNARY(exp, exp(x))
UNARY(exp10, exp10(x))
UNARY(exp2, exp2(x))
UNARY(log, log(x))
UNARY(log10, log10(x))
UNARY(log2, log2(x))
UNARY(recip, 1 / x)
UNARY(rsqrt, 1 / __builtin_elementwise_sqrt(x))
UNARY(sin, fast_sin(x))
UNARY(sqrt, __builtin_elementwise_sqrt(x))
UNARY(tan, fast_tan(x))
BINARY(divide, x / y)
BINARY(powr, powr(x, y))

#undef UNARY
#undef BINARY
#include "math_trig_end.h"

#endif
