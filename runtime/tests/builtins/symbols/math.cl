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

#define BOTH(DO, name)                  \
	EACH_WIDTH(DO, float, name)     \
	EACH_WIDTH(DO, double, name)
#define BOTH_VECTORS(DO, name)          \
	EACH_VECTOR(DO, float, name)    \
	EACH_VECTOR(DO, double, name)
#define FAST(DO, name)                          \
	EACH_WIDTH(DO, float, half_##name)      \
	EACH_WIDTH(DO, float, native_##name)

BOTH(UNARY, acos)
BOTH(UNARY, acosh)
BOTH(UNARY, acospi)
BOTH(UNARY, asin)
BOTH(UNARY, asinh)
BOTH(UNARY, asinpi)
BOTH(UNARY, atan)
BOTH(UNARY, atanh)
BOTH(UNARY, atanpi)
BOTH(UNARY, cbrt)
BOTH(UNARY, ceil)
BOTH(UNARY, cos)
BOTH(UNARY, cosh)
BOTH(UNARY, cospi)
BOTH(UNARY, erf)
BOTH(UNARY, erfc)
BOTH(UNARY, exp)
BOTH(UNARY, exp10)
BOTH(UNARY, exp2)
BOTH(UNARY, expm1)
BOTH(UNARY, fabs)
BOTH(UNARY, floor)
BOTH(UNARY, lgamma)
BOTH(UNARY, log)
BOTH(UNARY, log10)
BOTH(UNARY, log1p)
BOTH(UNARY, log2)
BOTH(UNARY, logb)
BOTH(UNARY, rint)
BOTH(UNARY, round)
BOTH(UNARY, rsqrt)
BOTH(UNARY, sin)
BOTH(UNARY, sinh)
BOTH(UNARY, sinpi)
BOTH(UNARY, sqrt)
BOTH(UNARY, tan)
BOTH(UNARY, tanh)
BOTH(UNARY, tanpi)
BOTH(UNARY, tgamma)
BOTH(UNARY, trunc)

BOTH(BINARY, atan2)
BOTH(BINARY, atan2pi)
BOTH(BINARY, copysign)
BOTH(BINARY, fdim)
BOTH(BINARY, fmax)
BOTH(BINARY, fmin)
BOTH(BINARY, fmod)
BOTH(BINARY, hypot)
BOTH(BINARY, maxmag)
BOTH(BINARY, minmag)
BOTH(BINARY, nextafter)
BOTH(BINARY, pow)
BOTH(BINARY, powr)
BOTH(BINARY, remainder)
BOTH_VECTORS(WITH_SCALAR, fmax)
BOTH_VECTORS(WITH_SCALAR, fmin)

BOTH(TERNARY, fma)
BOTH(TERNARY, mad)

BOTH(WITH_INT, ldexp)
BOTH(WITH_INT, pown)
BOTH(WITH_INT, rootn)
BOTH_VECTORS(WITH_SCALAR_INT, ldexp)
BOTH(TO_INT, ilogb)
EACH_WIDTH(NAN_OF, float, uint)
EACH_WIDTH(NAN_OF, double, ulong)

BOTH(OUT_REALS, fract)
BOTH(OUT_REALS, modf)
BOTH(OUT_REALS, sincos)
BOTH(OUT_INTS, frexp)
BOTH(OUT_INTS, lgamma_r)
BOTH(BINARY_OUT_INTS, remquo)

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
