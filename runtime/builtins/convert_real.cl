// SPDX-License-Identifier: MIT
/* Explicit conversions from floating-point types (OpenCL C 6.4.3). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "convert_real.cl"
#include "builtins.h"
#include "convert.h"

/*
 * TYPE has the least value of every integer type, and either its greatest or the
 * number above that, which is out of range as well.
 */
#define TO_INTEGER(to, to_signed, to_min, to_max)                                                  \
	HELPER V(to) PASTE_2(saturate_to_, to)(V(TYPE) x)                                          \
	{                                                                                          \
		V(to_signed) above = MASK(to_signed, x >= (V(TYPE))((TYPE)(to_max)));              \
		V(to_signed) below = MASK(to_signed, x <= (V(TYPE))((TYPE)(to_min)));              \
		V(to_signed) number = MASK(to_signed, x == x);                                     \
		V(to) result = below ? (V(to))((to)(to_min)) : CONVERT(to, x);                     \
                                                                                                   \
		return number ? (above ? (V(to))((to)(to_max)) : result) : (V(to))(0);             \
	} \
	CONVERSION_AS(to, , CONVERT(to, x))                                                 \
	CONVERSION_AS(to, _rte, CONVERT(to, __builtin_elementwise_rint(x)))                 \
	CONVERSION_AS(to, _rtz, CONVERT(to, x))                                             \
	CONVERSION_AS(to, _rtp, CONVERT(to, __builtin_elementwise_ceil(x)))                 \
	CONVERSION_AS(to, _rtn, CONVERT(to, __builtin_elementwise_floor(x)))                \
	CONVERSION_AS(to, _sat, PASTE_2(saturate_to_, to)(x))                               \
	CONVERSION_AS(to, _sat_rte, PASTE_2(saturate_to_, to)(__builtin_elementwise_rint(x))) \
	CONVERSION_AS(to, _sat_rtz, PASTE_2(saturate_to_, to)(x))                           \
	CONVERSION_AS(to, _sat_rtp, PASTE_2(saturate_to_, to)(__builtin_elementwise_ceil(x))) \
	CONVERSION_AS(to, _sat_rtn, PASTE_2(saturate_to_, to)(__builtin_elementwise_floor(x)))

#include "for_each_real.h"
#else

FOR_EACH_INTEGER_RESULT(TO_INTEGER)

#if BITS == 32
CONVERSIONS_AS(float, , x)
CONVERSIONS_AS(double, , CONVERT(double, x))
#else
CONVERSIONS_AS(double, , x)

HELPER V(float) round_to_float_rtz(V(double) x)
{
	V(float) nearest = CONVERT(float, x);
	V(double) back = __builtin_elementwise_abs(CONVERT(double, nearest));
	V(int) outside = MASK(int, back > __builtin_elementwise_abs(x));

	return AS(float, AS(int, nearest) + outside);
}

/* To the next number above, which is away from zero or towards it. */
HELPER V(float) round_to_float_rtp(V(double) x)
{
	V(float) nearest = CONVERT(float, x);
	V(int) step = MASK(int, x < (V(double))(0)) | (V(int))(1);
	V(int) below = MASK(int, CONVERT(double, nearest) < x);

	return AS(float, AS(int, nearest) + (step & below));
}

HELPER V(float) round_to_float_rtn(V(double) x)
{
	return -round_to_float_rtp(-x);
}

CONVERSION_AS(float, , CONVERT(float, x))
CONVERSION_AS(float, _rte, CONVERT(float, x))
CONVERSION_AS(float, _rtz, round_to_float_rtz(x))
CONVERSION_AS(float, _rtp, round_to_float_rtp(x))
CONVERSION_AS(float, _rtn, round_to_float_rtn(x))
#endif

#endif
