// SPDX-License-Identifier: MIT
/* Calls every math function in every form. */
#include "each.h"

#define UNARY(type, width, name)                   \
	TEST type##width test_##name(type##width a) \
	{                                          \
		return name(a);                    \
	}
#define BINARY(type, width, name)                                  \
	TEST type##width test_##name(type##width a, type##width b) \
	{                                                          \
		return name(a, b);                                 \
	}
#define TERNARY(type, width, name)                                                \
	TEST type##width test_##name(type##width a, type##width b, type##width c) \
	{                                                                         \
		return name(a, b, c);                                             \
	}
#define WITH_INT(type, width, name)                                \
	TEST type##width test_##name(type##width a, int##width n)  \
	{                                                          \
		return name(a, n);                                 \
	}
#define TO_INT(type, width, name)                  \
	TEST int##width test_##name(type##width a) \
	{                                          \
		return name(a);                    \
	}
#define WITH_SCALAR(type, width, name)                      \
	TEST type##width test_##name(type##width a, type b) \
	{                                                   \
		return name(a, b);                          \
	}
#define WITH_SCALAR_INT(type, width, name)                 \
	TEST type##width test_##name(type##width a, int n) \
	{                                                  \
		return name(a, n);                         \
	}
#define OUT_REAL(space, type, width, name)                                        \
	TEST type##width test_##name(type##width a, space type##width *p)         \
	{                                                                         \
		return name(a, p);                                                \
	}
#define OUT_INT(space, type, width, name)                                         \
	TEST type##width test_##name(type##width a, space int##width *p)          \
	{                                                                         \
		return name(a, p);                                                \
	}
#define BINARY_OUT_INT(space, type, width, name)                                           \
	TEST type##width test_##name(type##width a, type##width b, space int##width *p)    \
	{                                                                                  \
		return name(a, b, p);                                                      \
	}
#define OUT_REALS(type, width, name) EACH_SPACE(OUT_REAL, type, width, name)
#define OUT_INTS(type, width, name) EACH_SPACE(OUT_INT, type, width, name)
#define BINARY_OUT_INTS(type, width, name) EACH_SPACE(BINARY_OUT_INT, type, width, name)
#define NAN_OF(type, width, bits)                       \
	TEST type##width test_nan(bits##width a)        \
	{                                               \
		return nan(a);                          \
	}

#define EACH_FORM(DO, name)             \
	EACH_WIDTH(DO, half, name)      \
	EACH_WIDTH(DO, float, name)     \
	EACH_WIDTH(DO, double, name)
#define EACH_VECTOR_FORM(DO, name)      \
	EACH_VECTOR(DO, half, name)     \
	EACH_VECTOR(DO, float, name)    \
	EACH_VECTOR(DO, double, name)
#define FAST(DO, name)                          \
	EACH_WIDTH(DO, float, half_##name)      \
	EACH_WIDTH(DO, float, native_##name)

EACH_FORM(UNARY, acos)
EACH_FORM(UNARY, acosh)
EACH_FORM(UNARY, acospi)
EACH_FORM(UNARY, asin)
EACH_FORM(UNARY, asinh)
EACH_FORM(UNARY, asinpi)
EACH_FORM(UNARY, atan)
EACH_FORM(UNARY, atanh)
EACH_FORM(UNARY, atanpi)
EACH_FORM(UNARY, cbrt)
EACH_FORM(UNARY, ceil)
EACH_FORM(UNARY, cos)
EACH_FORM(UNARY, cosh)
EACH_FORM(UNARY, cospi)
EACH_FORM(UNARY, erf)
EACH_FORM(UNARY, erfc)
EACH_FORM(UNARY, exp)
EACH_FORM(UNARY, exp10)
EACH_FORM(UNARY, exp2)
EACH_FORM(UNARY, expm1)
EACH_FORM(UNARY, fabs)
EACH_FORM(UNARY, floor)
EACH_FORM(UNARY, lgamma)
EACH_FORM(UNARY, log)
EACH_FORM(UNARY, log10)
EACH_FORM(UNARY, log1p)
EACH_FORM(UNARY, log2)
EACH_FORM(UNARY, logb)
EACH_FORM(UNARY, rint)
EACH_FORM(UNARY, round)
EACH_FORM(UNARY, rsqrt)
EACH_FORM(UNARY, sin)
EACH_FORM(UNARY, sinh)
EACH_FORM(UNARY, sinpi)
EACH_FORM(UNARY, sqrt)
EACH_FORM(UNARY, tan)
EACH_FORM(UNARY, tanh)
EACH_FORM(UNARY, tanpi)
EACH_FORM(UNARY, tgamma)
EACH_FORM(UNARY, trunc)

EACH_FORM(BINARY, atan2)
EACH_FORM(BINARY, atan2pi)
EACH_FORM(BINARY, copysign)
EACH_FORM(BINARY, fdim)
EACH_FORM(BINARY, fmax)
EACH_FORM(BINARY, fmin)
EACH_FORM(BINARY, fmod)
EACH_FORM(BINARY, hypot)
EACH_FORM(BINARY, maxmag)
EACH_FORM(BINARY, minmag)
EACH_FORM(BINARY, nextafter)
EACH_FORM(BINARY, pow)
EACH_FORM(BINARY, powr)
EACH_FORM(BINARY, remainder)
EACH_VECTOR_FORM(WITH_SCALAR, fmax)
EACH_VECTOR_FORM(WITH_SCALAR, fmin)

EACH_FORM(TERNARY, fma)
EACH_FORM(TERNARY, mad)

EACH_FORM(WITH_INT, ldexp)
EACH_FORM(WITH_INT, pown)
EACH_FORM(WITH_INT, rootn)
EACH_VECTOR_FORM(WITH_SCALAR_INT, ldexp)
EACH_FORM(TO_INT, ilogb)
EACH_WIDTH(NAN_OF, half, ushort)
EACH_WIDTH(NAN_OF, float, uint)
EACH_WIDTH(NAN_OF, double, ulong)

EACH_FORM(OUT_REALS, fract)
EACH_FORM(OUT_REALS, modf)
EACH_FORM(OUT_REALS, sincos)
EACH_FORM(OUT_INTS, frexp)
EACH_FORM(OUT_INTS, lgamma_r)
EACH_FORM(BINARY_OUT_INTS, remquo)

FAST(UNARY, cos)
FAST(UNARY, exp)
FAST(UNARY, exp10)
FAST(UNARY, exp2)
FAST(UNARY, log)
FAST(UNARY, log10)
FAST(UNARY, log2)
FAST(UNARY, recip)
FAST(UNARY, rsqrt)
FAST(UNARY, sin)
FAST(UNARY, sqrt)
FAST(UNARY, tan)
FAST(BINARY, divide)
FAST(BINARY, powr)
