// SPDX-License-Identifier: MIT
/* Math functions that are one or a few instructions (OpenCL C 6.15.2). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_basic.cl"
#include "builtins.h"
#include "math_pointers.h"
#include "for_each_half.h"
#include "for_each_real.h"
#else

BUILTIN V(TYPE) fabs(V(TYPE) x)
{
	return __builtin_elementwise_abs(x);
}

BUILTIN V(TYPE) ceil(V(TYPE) x)
{
	return __builtin_elementwise_ceil(x);
}

BUILTIN V(TYPE) floor(V(TYPE) x)
{
	return __builtin_elementwise_floor(x);
}

BUILTIN V(TYPE) rint(V(TYPE) x)
{
	return __builtin_elementwise_rint(x);
}

BUILTIN V(TYPE) round(V(TYPE) x)
{
	return __builtin_elementwise_round(x);
}

BUILTIN V(TYPE) trunc(V(TYPE) x)
{
	return __builtin_elementwise_trunc(x);
}

BUILTIN V(TYPE) copysign(V(TYPE) x, V(TYPE) y)
{
	return __builtin_elementwise_copysign(x, y);
}

BUILTIN V(TYPE) fma(V(TYPE) a, V(TYPE) b, V(TYPE) c)
{
	return FMA(a, b, c);
}

BUILTIN V(TYPE) mad(V(TYPE) a, V(TYPE) b, V(TYPE) c)
{
	return multiply_add(a, b, c);
}

BUILTIN V(TYPE) sqrt(V(TYPE) x)
{
	return __builtin_elementwise_sqrt(x);
}

#if BITS != 16
BUILTIN V(TYPE) rsqrt(V(TYPE) x)
{
	return R(1.0) / __builtin_elementwise_sqrt(x);
}
#endif

/* The other argument where one is NaN. */
BUILTIN V(TYPE) fmax(V(TYPE) x, V(TYPE) y)
{
	V(TYPE) larger = x < y ? y : x;

	return x != x ? y : larger;
}

BUILTIN V(TYPE) fmin(V(TYPE) x, V(TYPE) y)
{
	V(TYPE) smaller = y < x ? y : x;

	return x != x ? y : smaller;
}

#if !IS_SCALAR
BUILTIN V(TYPE) fmax(V(TYPE) x, TYPE y)
{
	return fmax(x, (V(TYPE))(y));
}

BUILTIN V(TYPE) fmin(V(TYPE) x, TYPE y)
{
	return fmin(x, (V(TYPE))(y));
}
#endif

BUILTIN V(TYPE) maxmag(V(TYPE) x, V(TYPE) y)
{
	V(TYPE) size_x = __builtin_elementwise_abs(x);
	V(TYPE) size_y = __builtin_elementwise_abs(y);

	return size_x > size_y ? x : (size_y > size_x ? y : fmax(x, y));
}

BUILTIN V(TYPE) minmag(V(TYPE) x, V(TYPE) y)
{
	V(TYPE) size_x = __builtin_elementwise_abs(x);
	V(TYPE) size_y = __builtin_elementwise_abs(y);

	return size_x < size_y ? x : (size_y < size_x ? y : fmin(x, y));
}

BUILTIN V(TYPE) fdim(V(TYPE) x, V(TYPE) y)
{
	return x <= y ? (V(TYPE))(0) : x - y;
}

BUILTIN V(TYPE) nan(V(UNSIGNED) code)
{
	return AS(TYPE, (V(UNSIGNED))(code | AS(UNSIGNED, (V(TYPE))(NAN))));
}

BUILTIN V(TYPE) nextafter(V(TYPE) x, V(TYPE) y)
{
	const V(SIGNED) one = (V(SIGNED))(1);
	V(SIGNED) bits = AS(SIGNED, x);
	V(SIGNED) sign_y = AS(SIGNED, y) & AS(SIGNED, (V(TYPE))(R(-0.0)));
	/* Away from zero if x and the direction have the same sign. */
	V(SIGNED) upwards = MASK(SIGNED, x < y);
	V(SIGNED) away = upwards ^ (bits >> (V(SIGNED))(BITS - 1));
	V(SIGNED) stepped = bits + (~away | one);
	V(SIGNED) least = sign_y | one;
	V(TYPE) next = x == (V(TYPE))(0) ? AS(TYPE, least) : AS(TYPE, stepped);

	next = x == y ? y : next;
	return ((x != x) | (y != y)) ? x + y : next;
}

/* The parts of x before and after the point, both with its sign. */
HELPER V(TYPE) split_fraction(V(TYPE) x, V(TYPE) whole)
{
	V(TYPE) fraction = __builtin_elementwise_abs(x) == (V(TYPE))(INFINITY) ? (V(TYPE))(0) :
										 x - whole;

	return __builtin_elementwise_copysign(fraction, x);
}

#define MODF(space)                                              \
	BUILTIN V(TYPE) modf(V(TYPE) x, space V(TYPE) * whole)   \
	{                                                        \
		V(TYPE) truncated = __builtin_elementwise_trunc(x); \
                                                                 \
		*whole = truncated;                              \
		return split_fraction(x, truncated);             \
	}
FOR_EACH_POINTER(MODF)

#if BITS == 16
#define LARGEST_BELOW_ONE 0x1.ffcp-1h
#elif BITS == 32
#define LARGEST_BELOW_ONE 0x1.fffffep-1f
#else
#define LARGEST_BELOW_ONE 0x1.fffffffffffffp-1
#endif

/* x - floor(x) may round to one, which the result must not reach. */
HELPER V(TYPE) fraction_above(V(TYPE) x, V(TYPE) below)
{
	const V(TYPE) most_below_one = (V(TYPE))(LARGEST_BELOW_ONE);
	V(TYPE) fraction = x - below;

	fraction = fraction > most_below_one ? most_below_one : fraction;
	fraction = __builtin_elementwise_abs(x) == (V(TYPE))(INFINITY) ?
			   __builtin_elementwise_copysign((V(TYPE))(0), x) :
			   fraction;
	return x == (V(TYPE))(0) ? x : fraction;
}

#define FRACT(space)                                             \
	BUILTIN V(TYPE) fract(V(TYPE) x, space V(TYPE) * below)  \
	{                                                        \
		V(TYPE) floored = __builtin_elementwise_floor(x); \
                                                                 \
		*below = floored;                                \
		return fraction_above(x, floored);               \
	}
FOR_EACH_POINTER(FRACT)

#undef MODF
#undef FRACT
#undef LARGEST_BELOW_ONE

#endif
