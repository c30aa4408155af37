// SPDX-License-Identifier: MIT
/* sinh, cosh, tanh and their inverses (OpenCL C 6.15.2). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_hyperbolic.cl"
#include "builtins.h"
#include "math_exp_tables.h"
#include "math_log_tables.h"
#include "for_each_real.h"
#else

#include "horner.h"
#include "math_exp.h"
#include "math_log.h"

/* TANH_ONE: from here on tanh is one, whose argument is doubled. ONE_IS_LOST: for
 * larger x, x^2 + 1 is x^2, and more. */
#if BITS == 32
#define SINH_MOST   89.5f
#define TANH_ONE    20.0f
#define ONE_IS_LOST 0x1p+14f
#define LN2	    0x1.62e43p-1f
#else
#define SINH_MOST   710.6
#define TANH_ONE    44.0
#define ONE_IS_LOST 0x1p+30
#define LN2	    0x1.62e42fefa39efp-1
#endif

/* exp(size) / 4, which does not overflow where sinh and cosh do not, and
 * (exp(size) - 1) / 4. */
HELPER V(TYPE) exp_quarter(V(TYPE) size, V(TYPE) * less_one)
{
	V(SIGNED) n;
	V(TYPE) within = clamp_or_nan(size, 0, SINH_MOST);
	V(TYPE) e = exp_minus_one(reduce_exponent(within, &n));
	V(TYPE) power = power_of_two(n - (V(SIGNED))(2));

	*less_one = multiply_add(power, e, power - (V(TYPE))(R(0.25)));
	return multiply_add(power, e, power);
}

BUILTIN V(TYPE) sinh(V(TYPE) x)
{
	V(TYPE) size = __builtin_elementwise_abs(x);
	V(TYPE) less_one;
	V(TYPE) result;

	exp_quarter(size, &less_one);
	result = 2 * (less_one + R(0.25) * (less_one / (less_one + R(0.25))));
	result = size < (V(TYPE))(EXP_TINY) ? size : result;
	return __builtin_elementwise_copysign(result, x);
}

BUILTIN V(TYPE) cosh(V(TYPE) x)
{
	V(TYPE) less_one;
	V(TYPE) quarter = exp_quarter(__builtin_elementwise_abs(x), &less_one);

	return 2 * (quarter + R(0.0625) / quarter);
}

BUILTIN V(TYPE) tanh(V(TYPE) x)
{
	V(TYPE) size = __builtin_elementwise_abs(x);
	V(TYPE) less_one = expm1_in_range(clamp_or_nan(size + size, 0, TANH_ONE));

	return __builtin_elementwise_copysign(less_one / (less_one + 2), x);
}

BUILTIN V(TYPE) asinh(V(TYPE) x)
{
	V(TYPE) size = __builtin_elementwise_abs(x);
	V(SIGNED) is_large = MASK(SIGNED, size > (V(TYPE))(ONE_IS_LOST));
	V(TYPE) square = size * size;
	V(TYPE) root = __builtin_elementwise_sqrt(square + 1);
	V(TYPE) result = log1p_in_range(is_large ? size - 1 : size + square / (root + 1));

	result += is_large ? (V(TYPE))(LN2) : (V(TYPE))(0);
	return __builtin_elementwise_copysign(size < (V(TYPE))(INFINITY) ? result : size, x);
}

BUILTIN V(TYPE) acosh(V(TYPE) x)
{
	V(SIGNED) is_large = MASK(SIGNED, x > (V(TYPE))(ONE_IS_LOST));
	V(TYPE) above_one = x - 1;
	V(TYPE) root = __builtin_elementwise_sqrt(above_one * (above_one + 2));
	V(TYPE) result = log1p_in_range(is_large ? above_one : above_one + root);

	result += is_large ? (V(TYPE))(LN2) : (V(TYPE))(0);
	result = x < (V(TYPE))(INFINITY) ? result : x;
	return x < (V(TYPE))(1) ? (V(TYPE))(NAN) : result;
}

BUILTIN V(TYPE) atanh(V(TYPE) x)
{
	V(TYPE) size = __builtin_elementwise_abs(x);
	V(TYPE) result = R(0.5) * log1p_in_range((size + size) / (1 - size));

	result = size == (V(TYPE))(1) ? (V(TYPE))(INFINITY) : result;
	result = size > (V(TYPE))(1) ? (V(TYPE))(NAN) : result;
	return __builtin_elementwise_copysign(result, x);
}

#undef SINH_MOST
#undef TANH_ONE
#undef ONE_IS_LOST
#undef LN2
#include "math_exp_end.h"
#include "math_log_end.h"

#endif
