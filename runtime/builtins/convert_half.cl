// SPDX-License-Identifier: MIT
/*
 * Explicit conversions from and to half (cl_khr_fp16, OpenCL C 6.4.3). A float has every half.
 * Those of integers that it has not are beyond the largest half, and as floats they stay so.
 */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "convert_half.cl"
#include "builtins.h"
#include "convert.h"

#define TO_HALF(suffix, x) CONVERSION_AS(half, suffix, AS(half, PASTE_2(half_bits, suffix)(x)))
#define TO_HALVES(x)     \
	TO_HALF(, x)     \
	TO_HALF(_rte, x) \
	TO_HALF(_rtz, x) \
	TO_HALF(_rtp, x) \
	TO_HALF(_rtn, x)

#define FROM_HALF(to, suffix)                                                             \
	BUILTIN V(to) PASTE_3(convert_, V(to), suffix)(V(float) x);                       \
	CONVERSION_AS(to, suffix, PASTE_3(convert_, V(to), suffix)(CONVERT(float, x)))
#define FROM_HALF_ROUNDED(to, suffix)          \
	FROM_HALF(to, suffix)                  \
	FROM_HALF(to, PASTE_2(suffix, _rte))   \
	FROM_HALF(to, PASTE_2(suffix, _rtz))   \
	FROM_HALF(to, PASTE_2(suffix, _rtp))   \
	FROM_HALF(to, PASTE_2(suffix, _rtn))
#define TO_INTEGER(to, ...)      \
	FROM_HALF_ROUNDED(to, )  \
	FROM_HALF_ROUNDED(to, _sat)

/* The helpers of real numbers serve integers, too. */
#include "for_each_real.h"
#include "for_each_integer.h"
#include "for_each_half.h"
#elif !IS_REAL

#if BITS == 8
CONVERSIONS_AS(half, , CONVERT(half, CONVERT(float, x)))
#else
TO_HALVES(CONVERT(float, x))
#endif

#elif BITS == 16

FOR_EACH_INTEGER_RESULT(TO_INTEGER)
CONVERSIONS_AS(half, , x)
CONVERSIONS_AS(float, , CONVERT(float, x))
CONVERSIONS_AS(double, , CONVERT(double, x))

#else

#include "half_rounding.h"
TO_HALVES(x)

#endif
