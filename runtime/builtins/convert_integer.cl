// SPDX-License-Identifier: MIT
/* Explicit conversions from integers (OpenCL C 6.4.3). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "convert_integer.cl"
#include "builtins.h"
#include "convert.h"

/* Brings x into the range of the result; the conditions are constants. */
#define TO_INTEGER(to, to_signed, to_min, to_max)                                               \
	HELPER V(to) PASTE_2(saturate_to_, to)(V(TYPE) x)                            \
	{                                                                            \
		if (IS_SIGNED && (long)(to_min) > (long)TYPE_MIN)                    \
			x = __builtin_elementwise_max(x, (V(TYPE))((TYPE)(to_min))); \
		if ((ulong)(to_max) < (ulong)TYPE_MAX)                               \
			x = __builtin_elementwise_min(x, (V(TYPE))((TYPE)(to_max))); \
		return CONVERT(to, x);                                               \
	}                                                                            \
	CONVERSIONS_AS(to, , CONVERT(to, x))                                         \
	CONVERSIONS_AS(to, _sat, PASTE_2(saturate_to_, to)(x))

/*
 * Rounds towards zero by dropping the bits that the result has no room for, so
 * that the machine's conversion is exact; then, where that is asked for, steps
 * to the next number away from zero. precision counts the result's digits.
 */
#define ROUND_DIRECTED(to, to_bits, precision)                                                     \
	HELPER V(to) PASTE_2(round_to_, to)(V(TYPE) x, V(UNSIGNED) away)                           \
	{                                                                                          \
		const V(SIGNED) zero = (V(SIGNED))(0);                                             \
		V(UNSIGNED) size = abs(x);                                                         \
		V(SIGNED) excess = (V(SIGNED))(BITS - precision) - AS(SIGNED, clz(size));          \
		V(UNSIGNED) shift = AS(UNSIGNED, __builtin_elementwise_max(excess, zero));         \
		V(UNSIGNED) kept = (size >> shift) << shift;                                       \
		V(to_bits) bits = AS(to_bits, CONVERT(to, kept));                                  \
		V(to) result;                                                                      \
                                                                                                   \
		bits -= MASK(to_bits, kept != size) & CONVERT(to_bits, away);                      \
		result = AS(to, bits);                                                             \
		return MASK(to_bits, x < (V(TYPE))(0)) ? -result : result;                         \
	}

#define TO_REAL_DIRECTED(to)                                                                       \
	CONVERSION_AS(to, , CONVERT(to, x))                                                        \
	CONVERSION_AS(to, _rte, CONVERT(to, x))                                                    \
	CONVERSION_AS(to, _rtz, PASTE_2(round_to_, to)(x, (V(UNSIGNED))(0)))                       \
	CONVERSION_AS(to, _rtp, PASTE_2(round_to_, to)(x, MASK(UNSIGNED, x > (V(TYPE))(0))))       \
	CONVERSION_AS(to, _rtn, PASTE_2(round_to_, to)(x, MASK(UNSIGNED, x < (V(TYPE))(0))))

#include "for_each_integer.h"
#else

FOR_EACH_INTEGER_RESULT(TO_INTEGER)

#if BITS < 32
CONVERSIONS_AS(float, , CONVERT(float, x))
#else
ROUND_DIRECTED(float, int, 24)
TO_REAL_DIRECTED(float)
#endif

#if BITS < 64
CONVERSIONS_AS(double, , CONVERT(double, x))
#else
ROUND_DIRECTED(double, long, 53)
TO_REAL_DIRECTED(double)
#endif

#endif
