// SPDX-License-Identifier: MIT
/*
 * fmod, remainder, remquo (OpenCL C 6.15.2), which are exact: a remainder of two
 * numbers has no more digits than they have, and so fused multiply-add gives it if
 * the quotient fits a double. Larger quotients are found in pieces.
 */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_remainder.cl"
#include "builtins.h"
#include "math_pointers.h"
#include "for_each_real.h"
#else

#if IS_SCALAR

/* The exponent of a positive number. */
HELPER int exponent_of_size(TYPE x)
{
	return ilogb(x);
}

/* Digits of the quotient that one step finds. */
#define STEP_DIGITS (BITS == 32 ? 20 : 50)

/*
 * x modulo y, and the low seven bits of the quotient, for finite x >= y > 0. Each
 * step takes a multiple of y * 2^shift from x, so that what is left is smaller than
 * that; a quotient that was rounded up leaves less than nothing and is corrected.
 */
HELPER TYPE reduce_by_steps(TYPE x, TYPE y, uint *quotient)
{
	int shift = exponent_of_size(x) - exponent_of_size(y);

	shift = shift > STEP_DIGITS ? shift - STEP_DIGITS : 0;
	for (;;) {
		TYPE shifted = ldexp(y, shift);
		TYPE part = __builtin_elementwise_trunc(x / shifted);
		TYPE rest = FMA(-part, shifted, x);
		bool is_over = rest < 0;

		x = is_over ? rest + shifted : rest;
		part = is_over ? part - 1 : part;
		*quotient = shift < 7 ? *quotient + ((uint)(ulong)part << shift) : *quotient;
		if (shift == 0)
			return x;
		shift = shift > STEP_DIGITS ? shift - STEP_DIGITS : 0;
	}
}

HELPER TYPE fmod_of_sizes(TYPE x, TYPE y, uint *quotient)
{
	*quotient = 0;
	return x < y ? x : reduce_by_steps(x, y, quotient);
}

HELPER bool has_remainder(TYPE x, TYPE y)
{
	return __builtin_elementwise_abs(x) < (TYPE)INFINITY && y == y && y != 0;
}

BUILTIN TYPE fmod(TYPE x, TYPE y)
{
	uint quotient;
	TYPE rest;

	if (!has_remainder(x, y))
		return NAN;
	rest = fmod_of_sizes(__builtin_elementwise_abs(x), __builtin_elementwise_abs(y),
			     &quotient);
	return __builtin_elementwise_copysign(rest, x);
}

HELPER TYPE remainder_and_quotient(TYPE x, TYPE y, int *quotient)
{
	TYPE size_y = __builtin_elementwise_abs(y);
	bool is_negative = AS(SIGNED, x) < 0;
	uint bits;
	TYPE rest;

	*quotient = 0;
	if (!has_remainder(x, y))
		return NAN;
	rest = fmod_of_sizes(__builtin_elementwise_abs(x), size_y, &bits);
	/* To the nearer multiple, and to the even one between two. */
	if (size_y < (TYPE)INFINITY &&
	    (rest > size_y - rest || (rest == size_y - rest && (bits & 1)))) {
		rest -= size_y;
		bits++;
	}
	*quotient = (int)(bits & 0x7f);
	if (is_negative != (y < 0))
		*quotient = -*quotient;
	return is_negative ? -rest : rest;
}

BUILTIN TYPE remainder(TYPE x, TYPE y)
{
	int quotient;

	return remainder_and_quotient(x, y, &quotient);
}

#define REMQUO(space)                                               \
	BUILTIN TYPE remquo(TYPE x, TYPE y, space int *quotient)    \
	{                                                           \
		int result;                                         \
		TYPE rest = remainder_and_quotient(x, y, &result);  \
                                                                    \
		*quotient = result;                                 \
		return rest;                                        \
	}
FOR_EACH_POINTER(REMQUO)

#undef STEP_DIGITS

#else /* !IS_SCALAR */

BUILTIN V(TYPE) fmod(V(TYPE) x, V(TYPE) y)
{
	V(TYPE) result;

	_Pragma("unroll") for (int i = 0; i < WIDTH; i++)
		result[i] = fmod(x[i], y[i]);
	return result;
}

BUILTIN V(TYPE) remainder(V(TYPE) x, V(TYPE) y)
{
	V(TYPE) result;

	_Pragma("unroll") for (int i = 0; i < WIDTH; i++)
		result[i] = remainder(x[i], y[i]);
	return result;
}

#define REMQUO(space)                                                              \
	BUILTIN V(TYPE) remquo(V(TYPE) x, V(TYPE) y, space V(int) * quotient)      \
	{                                                                          \
		V(TYPE) result;                                                    \
		V(int) quotients;                                                  \
                                                                                   \
		_Pragma("unroll") for (int i = 0; i < WIDTH; i++)                  \
		{                                                                  \
			int element;                                               \
                                                                                   \
			result[i] = remquo(x[i], y[i], (__private int *)&element); \
			quotients[i] = element;                                    \
		}                                                                  \
		*quotient = quotients;                                             \
		return result;                                                     \
	}
FOR_EACH_POINTER(REMQUO)

#endif

#undef REMQUO

#endif
