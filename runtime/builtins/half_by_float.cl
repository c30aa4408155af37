// SPDX-License-Identifier: MIT
/*
 * Functions of half (cl_khr_fp16) that are computed in float and rounded once more.
 *
 * The functions of float are off by a few units in the last place of a float, so the results
 * are hardly ever not the nearest half. Where the result has to be the nearest (fmod, ldexp and
 * those like them), that of float is exact. No square of a half overflows a float, or loses
 * digits as a subnormal number.
 */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "half_by_float.cl"
#include "builtins.h"
#include "math_pointers.h"

/* Each declares the function of float that it calls. */
#define UNARY(name)                                                     \
	BUILTIN V(float) name(V(float) x);                              \
	BUILTIN V(half) name(V(half) x)                                 \
	{                                                               \
		return CONVERT(half, name(CONVERT(float, x)));          \
	}
#define BINARY(name)                                                                  \
	BUILTIN V(float) name(V(float) x, V(float) y);                                \
	BUILTIN V(half) name(V(half) x, V(half) y)                                    \
	{                                                                             \
		return CONVERT(half, name(CONVERT(float, x), CONVERT(float, y)));     \
	}
#define TERNARY(name)                                                              \
	BUILTIN V(float) name(V(float) x, V(float) y, V(float) z);                 \
	BUILTIN V(half) name(V(half) x, V(half) y, V(half) z)                      \
	{                                                                          \
		return CONVERT(half, name(CONVERT(float, x), CONVERT(float, y),    \
					  CONVERT(float, z)));                     \
	}
#define WITH_INT(name)                                                    \
	BUILTIN V(float) name(V(float) x, V(int) n);                      \
	BUILTIN V(half) name(V(half) x, V(int) n)                         \
	{                                                                 \
		return CONVERT(half, name(CONVERT(float, x), n));         \
	}
/* Results that pointers lead to; floats are kept apart from what they lead to. */
#define OUT_REAL(name, space)                                             \
	BUILTIN V(half) name(V(half) x, space V(half) * other)            \
	{                                                                 \
		V(float) wide;                                            \
		V(half) result = CONVERT(half, name(CONVERT(float, x), &wide)); \
                                                                          \
		*other = CONVERT(half, wide);                             \
		return result;                                            \
	}
#define OUT_INT(name, space)                                              \
	BUILTIN V(half) name(V(half) x, space V(int) * other)             \
	{                                                                 \
		return CONVERT(half, name(CONVERT(float, x), other));     \
	}
#define BINARY_OUT_INT(name, space)                                                          \
	BUILTIN V(half) name(V(half) x, V(half) y, space V(int) * other)                     \
	{                                                                                    \
		return CONVERT(half, name(CONVERT(float, x), CONVERT(float, y), other));     \
	}
#define SINCOS(space)	OUT_REAL(sincos, space)
#define FREXP(space)	OUT_INT(frexp, space)
#define LGAMMA_R(space) OUT_INT(lgamma_r, space)
#define REMQUO(space)	BINARY_OUT_INT(remquo, space)

#define DECLARE_FREXP(space)	BUILTIN V(float) frexp(V(float) x, space V(int) * exponent);
#define DECLARE_LGAMMA_R(space) BUILTIN V(float) lgamma_r(V(float) x, space V(int) * sign);
#define DECLARE_REMQUO(space) \
	BUILTIN V(float) remquo(V(float) x, V(float) y, space V(int) * quotient);

/* Of two vectors, a number. */
#define REDUCTION(name)                                                        \
	BUILTIN float name(V(float) x, V(float) y);                            \
	BUILTIN half name(V(half) x, V(half) y)                                \
	{                                                                      \
		return (half)name(CONVERT(float, x), CONVERT(float, y));       \
	}

#include "for_each_half.h"
#else

/* Math functions (OpenCL C 6.15.2). */
UNARY(acos)
UNARY(acosh)
UNARY(acospi)
UNARY(asin)
UNARY(asinh)
UNARY(asinpi)
UNARY(atan)
UNARY(atanh)
UNARY(atanpi)
UNARY(cbrt)
UNARY(cos)
UNARY(cosh)
UNARY(cospi)
UNARY(erf)
UNARY(erfc)
UNARY(exp)
UNARY(exp10)
UNARY(exp2)
UNARY(expm1)
UNARY(lgamma)
UNARY(log)
UNARY(log10)
UNARY(log1p)
UNARY(log2)
UNARY(logb)
UNARY(rsqrt)
UNARY(sin)
UNARY(sinh)
UNARY(sinpi)
UNARY(tan)
UNARY(tanh)
UNARY(tanpi)
UNARY(tgamma)

BINARY(atan2)
BINARY(atan2pi)
BINARY(fmod)
BINARY(hypot)
BINARY(pow)
BINARY(powr)
BINARY(remainder)

WITH_INT(ldexp)
WITH_INT(pown)
WITH_INT(rootn)
#if !IS_SCALAR
BUILTIN V(half) ldexp(V(half) x, int n)
{
	return ldexp(x, (V(int))(n));
}
#endif

BUILTIN V(int) ilogb(V(float) x);
BUILTIN V(int) ilogb(V(half) x)
{
	return ilogb(CONVERT(float, x));
}

BUILTIN V(float) sincos(V(float) x, __private V(float) * cosine);
FOR_EACH_POINTER(SINCOS)
FOR_EACH_POINTER(DECLARE_FREXP)
FOR_EACH_POINTER(FREXP)
FOR_EACH_POINTER(DECLARE_LGAMMA_R)
FOR_EACH_POINTER(LGAMMA_R)
FOR_EACH_POINTER(DECLARE_REMQUO)
FOR_EACH_POINTER(REMQUO)

/* Common functions (OpenCL C 6.15.4). */
UNARY(degrees)
UNARY(radians)
TERNARY(mix)
TERNARY(smoothstep)
#if !IS_SCALAR
BUILTIN V(half) mix(V(half) x, V(half) y, half a)
{
	return mix(x, y, (V(half))(a));
}

BUILTIN V(half) smoothstep(half edge_0, half edge_1, V(half) x)
{
	return smoothstep((V(half))(edge_0), (V(half))(edge_1), x);
}
#endif

/* Geometric functions (OpenCL C 6.15.5). */
#if WIDTH <= 4
UNARY(normalize)
REDUCTION(dot)
REDUCTION(distance)

BUILTIN float length(V(float) x);
BUILTIN half length(V(half) x)
{
	return (half)length(CONVERT(float, x));
}
#endif
#if WIDTH == 3 || WIDTH == 4
BINARY(cross)
#endif

#endif
