// SPDX-License-Identifier: MIT
/* The functions under test and their limits: OpenCL C 7.4, full profile. */
#include "math_function.h"
#include "math_reference.h"

#include <math.h>

/* A function with the same limit for float and double. */
#define ALL(kind, function, where, half_limit, limit)                                              \
	{                                                                                          \
		.name = #function, .signature = kind, .domain = where,                             \
		.half_limit_ulp = half_limit, .float_limit_ulp = limit, .double_limit_ulp = limit, \
		.evaluate = reference_##function,                                                  \
	}
/* An operator or a function whose call is written otherwise. */
#define WRITTEN(kind, label, call, where, limit)                                              \
	{                                                                                     \
		.name = #label, .expression = call, .signature = kind, .domain = where,       \
		.half_limit_ulp = limit, .float_limit_ulp = limit, .double_limit_ulp = limit, \
		.evaluate = reference_##label,                                                \
	}
#define HALF(kind, function, call, where, largest, beyond)                                         \
	{                                                                                          \
		.name = "half_" #function, .expression = call, .signature = kind, .domain = where, \
		.half_limit_ulp = NAN, .float_limit_ulp = 8192, .double_limit_ulp = NAN,           \
		.evaluate = reference_##function, .may_flush = true, .largest_argument = largest,  \
		.most_beyond = beyond,                                                             \
	}
#define NATIVE(kind, function, call, where, largest)                                          \
	{                                                                                     \
		.name = "native_" #function, .expression = call, .signature = kind,           \
		.domain = where, .half_limit_ulp = NAN, .float_limit_ulp = MATH_NO_LIMIT,     \
		.double_limit_ulp = NAN, .evaluate = reference_##function, .may_flush = true, \
		.largest_argument = largest,                                                  \
	}

const struct math_function math_functions[] = {
	WRITTEN(MATH_BINARY, add, "a + b", DOMAIN_RATIO, MATH_EXACT),
	WRITTEN(MATH_BINARY, subtract, "a - b", DOMAIN_RATIO, MATH_EXACT),
	WRITTEN(MATH_BINARY, multiply, "a * b", DOMAIN_ANY, MATH_EXACT),
	{
		.name = "divide",
		.expression = "a / b",
		.signature = MATH_BINARY,
		.domain = DOMAIN_RATIO,
		.half_limit_ulp = MATH_EXACT,
		.float_limit_ulp = 2.5,
		.double_limit_ulp = MATH_EXACT,
		.evaluate = reference_divide,
	},
	{
		.name = "divide_cr",
		.expression = "a / b",
		.signature = MATH_BINARY,
		.domain = DOMAIN_RATIO,
		.half_limit_ulp = NAN,
		.float_limit_ulp = MATH_EXACT,
		.double_limit_ulp = NAN,
		.evaluate = reference_divide,
		.exact_divide = true,
	},
	{
		.name = "recip",
		.expression = "1 / a",
		.signature = MATH_UNARY,
		.half_limit_ulp = MATH_EXACT,
		.float_limit_ulp = 2.5,
		.double_limit_ulp = MATH_EXACT,
		.evaluate = reference_recip,
	},
	{
		.name = "sqrt",
		.signature = MATH_UNARY,
		.domain = DOMAIN_POSITIVE,
		.half_limit_ulp = MATH_EXACT,
		.float_limit_ulp = 3,
		.double_limit_ulp = MATH_EXACT,
		.evaluate = reference_sqrt,
	},
	{
		.name = "sqrt_cr",
		.expression = "sqrt(a)",
		.signature = MATH_UNARY,
		.domain = DOMAIN_POSITIVE,
		.half_limit_ulp = NAN,
		.float_limit_ulp = MATH_EXACT,
		.double_limit_ulp = NAN,
		.evaluate = reference_sqrt,
		.exact_divide = true,
	},
	ALL(MATH_UNARY, acos, DOMAIN_UNIT, 2, 4),
	ALL(MATH_UNARY, acosh, DOMAIN_POSITIVE, 2, 4),
	ALL(MATH_UNARY, acospi, DOMAIN_UNIT, 2, 5),
	ALL(MATH_UNARY, asin, DOMAIN_UNIT, 2, 4),
	ALL(MATH_UNARY, asinh, DOMAIN_NEAR_ZERO, 2, 4),
	ALL(MATH_UNARY, asinpi, DOMAIN_UNIT, 2, 5),
	ALL(MATH_UNARY, atan, DOMAIN_NEAR_ZERO, 2, 5),
	ALL(MATH_BINARY, atan2, DOMAIN_RATIO, 2, 6),
	ALL(MATH_BINARY, atan2pi, DOMAIN_RATIO, 2, 6),
	ALL(MATH_UNARY, atanh, DOMAIN_UNIT, 2, 5),
	ALL(MATH_UNARY, atanpi, DOMAIN_NEAR_ZERO, 2, 5),
	ALL(MATH_UNARY, cbrt, DOMAIN_ANY, 2, 2),
	ALL(MATH_UNARY, ceil, DOMAIN_HALF_TURNS, MATH_EXACT, MATH_EXACT),
	ALL(MATH_BINARY, copysign, DOMAIN_ANY, MATH_EXACT, MATH_EXACT),
	ALL(MATH_UNARY, cos, DOMAIN_ANGLE, 2, 4),
	ALL(MATH_UNARY, cosh, DOMAIN_EXPONENT, 2, 4),
	ALL(MATH_UNARY, cospi, DOMAIN_HALF_TURNS, 2, 4),
	ALL(MATH_UNARY, degrees, DOMAIN_ANY, 2, 2),
	ALL(MATH_UNARY, erf, DOMAIN_ERF, 4, 16),
	ALL(MATH_UNARY, erfc, DOMAIN_ERF, 4, 16),
	ALL(MATH_UNARY, exp, DOMAIN_EXPONENT, 2, 3),
	ALL(MATH_UNARY, exp10, DOMAIN_EXPONENT_10, 2, 3),
	ALL(MATH_UNARY, exp2, DOMAIN_EXPONENT_2, 2, 3),
	ALL(MATH_UNARY, expm1, DOMAIN_EXPONENT, 2, 3),
	ALL(MATH_UNARY, fabs, DOMAIN_ANY, MATH_EXACT, MATH_EXACT),
	ALL(MATH_BINARY, fdim, DOMAIN_RATIO, MATH_EXACT, MATH_EXACT),
	ALL(MATH_UNARY, floor, DOMAIN_HALF_TURNS, MATH_EXACT, MATH_EXACT),
	ALL(MATH_TERNARY, fma, DOMAIN_CANCEL, MATH_EXACT, MATH_EXACT),
	ALL(MATH_BINARY, fmax, DOMAIN_RATIO, MATH_EXACT, MATH_EXACT),
	ALL(MATH_BINARY, fmin, DOMAIN_RATIO, MATH_EXACT, MATH_EXACT),
	ALL(MATH_BINARY, fmod, DOMAIN_REMAINDER, MATH_EXACT, MATH_EXACT),
	ALL(MATH_UNARY_REAL_OUT, fract, DOMAIN_HALF_TURNS, MATH_EXACT, MATH_EXACT),
	ALL(MATH_UNARY_INT_OUT, frexp, DOMAIN_ANY, MATH_EXACT, MATH_EXACT),
	ALL(MATH_BINARY, hypot, DOMAIN_RATIO, 2, 4),
	ALL(MATH_TO_INT, ilogb, DOMAIN_ANY, MATH_EXACT, MATH_EXACT),
	ALL(MATH_REAL_INT, ldexp, DOMAIN_SCALE, MATH_EXACT, MATH_EXACT),
	ALL(MATH_UNARY, lgamma, DOMAIN_GAMMA, MATH_NO_LIMIT, MATH_NO_LIMIT),
	ALL(MATH_UNARY_INT_OUT, lgamma_r, DOMAIN_GAMMA, MATH_NO_LIMIT, MATH_NO_LIMIT),
	ALL(MATH_UNARY, log, DOMAIN_POSITIVE, 2, 3),
	ALL(MATH_UNARY, log10, DOMAIN_POSITIVE, 2, 3),
	ALL(MATH_UNARY, log1p, DOMAIN_NEAR_ZERO, 2, 2),
	ALL(MATH_UNARY, log2, DOMAIN_POSITIVE, 2, 3),
	ALL(MATH_UNARY, logb, DOMAIN_ANY, MATH_EXACT, MATH_EXACT),
	{
		.name = "mad",
		.signature = MATH_TERNARY,
		.domain = DOMAIN_ANY,
		.half_limit_ulp = MATH_NO_LIMIT,
		.float_limit_ulp = MATH_NO_LIMIT,
		.double_limit_ulp = MATH_NO_LIMIT,
		.evaluate = reference_fma,
	},
	ALL(MATH_BINARY, maxmag, DOMAIN_RATIO, MATH_EXACT, MATH_EXACT),
	ALL(MATH_BINARY, minmag, DOMAIN_RATIO, MATH_EXACT, MATH_EXACT),
	ALL(MATH_UNARY_REAL_OUT, modf, DOMAIN_HALF_TURNS, MATH_EXACT, MATH_EXACT),
	WRITTEN(MATH_UNARY, nan, "nan(BITS(a))", DOMAIN_ANY, MATH_EXACT),
	ALL(MATH_BINARY, nextafter, DOMAIN_RATIO, MATH_EXACT, MATH_EXACT),
	ALL(MATH_BINARY, pow, DOMAIN_POWER, 4, 16),
	ALL(MATH_REAL_INT, pown, DOMAIN_INTEGER_POWER, 4, 16),
	ALL(MATH_BINARY, powr, DOMAIN_POWER, 4, 16),
	ALL(MATH_UNARY, radians, DOMAIN_ANY, 2, 2),
	ALL(MATH_BINARY, remainder, DOMAIN_REMAINDER, MATH_EXACT, MATH_EXACT),
	ALL(MATH_BINARY_INT_OUT, remquo, DOMAIN_REMAINDER, MATH_EXACT, MATH_EXACT),
	ALL(MATH_UNARY, rint, DOMAIN_HALF_TURNS, MATH_EXACT, MATH_EXACT),
	ALL(MATH_REAL_INT, rootn, DOMAIN_ROOT, 4, 16),
	ALL(MATH_UNARY, round, DOMAIN_HALF_TURNS, MATH_EXACT, MATH_EXACT),
	ALL(MATH_UNARY, rsqrt, DOMAIN_POSITIVE, 1, 2),
	ALL(MATH_UNARY, sign, DOMAIN_ANY, MATH_EXACT, MATH_EXACT),
	ALL(MATH_UNARY, sin, DOMAIN_ANGLE, 2, 4),
	ALL(MATH_UNARY_REAL_OUT, sincos, DOMAIN_ANGLE, 2, 4),
	ALL(MATH_UNARY, sinh, DOMAIN_EXPONENT, 2, 4),
	ALL(MATH_UNARY, sinpi, DOMAIN_HALF_TURNS, 2, 4),
	ALL(MATH_BINARY, step, DOMAIN_RATIO, MATH_EXACT, MATH_EXACT),
	ALL(MATH_UNARY, tan, DOMAIN_ANGLE, 2, 5),
	ALL(MATH_UNARY, tanh, DOMAIN_NEAR_ZERO, 2, 5),
	ALL(MATH_UNARY, tanpi, DOMAIN_HALF_TURNS, 2, 6),
	ALL(MATH_UNARY, tgamma, DOMAIN_GAMMA, 4, 16),
	ALL(MATH_UNARY, trunc, DOMAIN_HALF_TURNS, MATH_EXACT, MATH_EXACT),
	HALF(MATH_UNARY, cos, NULL, DOMAIN_ANGLE, 0x1p+16, 1),
	HALF(MATH_BINARY, divide, "half_divide(a, b)", DOMAIN_RATIO, 0, 0),
	HALF(MATH_UNARY, exp, NULL, DOMAIN_EXPONENT, 0, 0),
	HALF(MATH_UNARY, exp10, NULL, DOMAIN_EXPONENT_10, 0, 0),
	HALF(MATH_UNARY, exp2, NULL, DOMAIN_EXPONENT_2, 0, 0),
	HALF(MATH_UNARY, log, NULL, DOMAIN_POSITIVE, 0, 0),
	HALF(MATH_UNARY, log10, NULL, DOMAIN_POSITIVE, 0, 0),
	HALF(MATH_UNARY, log2, NULL, DOMAIN_POSITIVE, 0, 0),
	HALF(MATH_BINARY, powr, NULL, DOMAIN_POWER, 0, 0),
	HALF(MATH_UNARY, recip, "half_recip(a)", DOMAIN_ANY, 0, 0),
	HALF(MATH_UNARY, rsqrt, NULL, DOMAIN_POSITIVE, 0, 0),
	HALF(MATH_UNARY, sin, NULL, DOMAIN_ANGLE, 0x1p+16, 1),
	HALF(MATH_UNARY, sqrt, NULL, DOMAIN_POSITIVE, 0, 0),
	HALF(MATH_UNARY, tan, NULL, DOMAIN_ANGLE, 0x1p+16, INFINITY),
	NATIVE(MATH_UNARY, cos, NULL, DOMAIN_ANGLE, 0x1p+16),
	NATIVE(MATH_BINARY, divide, "native_divide(a, b)", DOMAIN_RATIO, 0),
	NATIVE(MATH_UNARY, exp, NULL, DOMAIN_EXPONENT, 0),
	NATIVE(MATH_UNARY, exp10, NULL, DOMAIN_EXPONENT_10, 0),
	NATIVE(MATH_UNARY, exp2, NULL, DOMAIN_EXPONENT_2, 0),
	NATIVE(MATH_UNARY, log, NULL, DOMAIN_POSITIVE, 0),
	NATIVE(MATH_UNARY, log10, NULL, DOMAIN_POSITIVE, 0),
	NATIVE(MATH_UNARY, log2, NULL, DOMAIN_POSITIVE, 0),
	NATIVE(MATH_BINARY, powr, NULL, DOMAIN_POWER, 0),
	NATIVE(MATH_UNARY, recip, "native_recip(a)", DOMAIN_ANY, 0),
	NATIVE(MATH_UNARY, rsqrt, NULL, DOMAIN_POSITIVE, 0),
	NATIVE(MATH_UNARY, sin, NULL, DOMAIN_ANGLE, 0x1p+16),
	NATIVE(MATH_UNARY, sqrt, NULL, DOMAIN_POSITIVE, 0),
	NATIVE(MATH_UNARY, tan, NULL, DOMAIN_ANGLE, 0x1p+16),
};

const size_t math_function_count = sizeof(math_functions) / sizeof(math_functions[0]);
