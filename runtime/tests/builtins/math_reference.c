// SPDX-License-Identifier: MIT
#include "math_reference.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "half_number.h"

#define UNARY(name, function)                                               \
	void reference_##name(const struct math_format *format,             \
			      const struct math_arguments *arguments,       \
			      struct math_expected *expected)               \
	{                                                                   \
		mpfr_set_d(expected->other, arguments->real[0], MPFR_RNDN); \
		function(expected->value, expected->other, MPFR_RNDN);      \
	}

#define BINARY(name, function)                                                          \
	void reference_##name(const struct math_format *format,                         \
			      const struct math_arguments *arguments,                   \
			      struct math_expected *expected)                           \
	{                                                                               \
		mpfr_set_d(expected->value, arguments->real[0], MPFR_RNDN);             \
		mpfr_set_d(expected->other, arguments->real[1], MPFR_RNDN);             \
		function(expected->value, expected->value, expected->other, MPFR_RNDN); \
	}

#define DEFINE(name)                                                  \
	void reference_##name(const struct math_format *format,       \
			      const struct math_arguments *arguments, \
			      struct math_expected *expected)

MATH_UNARY_REFERENCES(UNARY)
MATH_BINARY_REFERENCES(BINARY)

static bool is_odd(int n)
{
	return n & 1;
}

static void set(mpfr_t value, double x)
{
	mpfr_set_d(value, x, MPFR_RNDN);
}

DEFINE(copysign)
{
	set(expected->value, copysign(arguments->real[0], arguments->real[1]));
}

DEFINE(degrees)
{
	mpfr_const_pi(expected->other, MPFR_RNDN);
	mpfr_ui_div(expected->other, 180, expected->other, MPFR_RNDN);
	mpfr_mul_d(expected->value, expected->other, arguments->real[0], MPFR_RNDN);
}

DEFINE(radians)
{
	mpfr_const_pi(expected->other, MPFR_RNDN);
	mpfr_div_ui(expected->other, expected->other, 180, MPFR_RNDN);
	mpfr_mul_d(expected->value, expected->other, arguments->real[0], MPFR_RNDN);
}

DEFINE(fdim)
{
	double a = arguments->real[0];
	double b = arguments->real[1];

	set(expected->value, a);
	set(expected->other, b);
	if (a > b || isnan(a) || isnan(b))
		mpfr_sub(expected->value, expected->value, expected->other, MPFR_RNDN);
	else
		set(expected->value, 0.0);
}

/* Rounded to odd in more bits than the format has: rounding once more is right. */
DEFINE(fma)
{
	mpfr_t b;
	mpfr_t c;
	int inexact;

	mpfr_init2(b, 53);
	mpfr_init2(c, 53);
	set(expected->value, arguments->real[0]);
	set(b, arguments->real[1]);
	set(c, arguments->real[2]);
	inexact = mpfr_fma(expected->value, expected->value, b, c, MPFR_RNDZ);
	if (inexact && mpfr_min_prec(expected->value) < format->reference_bits) {
		if (mpfr_sgn(expected->value) > 0)
			mpfr_nextabove(expected->value);
		else
			mpfr_nextbelow(expected->value);
	}
	mpfr_clear(b);
	mpfr_clear(c);
}

/* Which zero comes out of two is left open. */
static bool are_opposite_zeros(double a, double b)
{
	return a == 0 && b == 0 && signbit(a) != signbit(b);
}

DEFINE(fmax)
{
	set(expected->value, fmax(arguments->real[0], arguments->real[1]));
	expected->is_any = are_opposite_zeros(arguments->real[0], arguments->real[1]);
}

DEFINE(fmin)
{
	set(expected->value, fmin(arguments->real[0], arguments->real[1]));
	expected->is_any = are_opposite_zeros(arguments->real[0], arguments->real[1]);
}

/* The fraction is below one even where x is closer to the next integer. */
DEFINE(fract)
{
	double x = arguments->real[0];
	double limit = 1 - ldexp(1, -format->digits);

	if (isnan(x)) {
		set(expected->value, x);
		set(expected->other, x);
		return;
	}
	set(expected->other, floor(x));
	if (isinf(x)) {
		set(expected->value, copysign(0.0, x));
		return;
	}
	set(expected->value, x);
	mpfr_sub(expected->value, expected->value, expected->other, MPFR_RNDN);
	if (mpfr_zero_p(expected->value))
		set(expected->value, copysign(0.0, x));
	if (mpfr_cmp_d(expected->value, limit) > 0)
		set(expected->value, limit);
	/* The sign of a zero fraction of other numbers is not specified. */
	if (mpfr_zero_p(expected->value) && x != 0)
		mpfr_abs(expected->value, expected->value, MPFR_RNDN);
}

DEFINE(modf)
{
	double x = arguments->real[0];

	set(expected->other, trunc(x));
	set(expected->value, isinf(x) ? copysign(0.0, x) : copysign(x - trunc(x), x));
}

DEFINE(frexp)
{
	double x = arguments->real[0];
	int exponent = 0;

	set(expected->value, frexp(x, &exponent));
	expected->integer = isfinite(x) ? exponent : 0;
	expected->integer_or = expected->integer;
}

DEFINE(ilogb)
{
	double x = arguments->real[0];

	if (x == 0) {
		expected->integer = INT_MIN;
		expected->integer_or = -INT_MAX;
	} else if (isnan(x)) {
		expected->integer = INT_MAX;
		expected->integer_or = INT_MIN;
	} else {
		expected->integer = isinf(x) ? INT_MAX : ilogb(x);
		expected->integer_or = expected->integer;
	}
}

DEFINE(logb)
{
	set(expected->value, logb(arguments->real[0]));
}

DEFINE(ldexp)
{
	set(expected->value, arguments->real[0]);
	mpfr_mul_2si(expected->value, expected->value, arguments->integer, MPFR_RNDN);
}

DEFINE(lgamma)
{
	int sign;

	set(expected->other, arguments->real[0]);
	mpfr_lgamma(expected->value, &sign, expected->other, MPFR_RNDN);
}

DEFINE(lgamma_r)
{
	double x = arguments->real[0];
	int sign = 0;

	set(expected->other, x);
	mpfr_lgamma(expected->value, &sign, expected->other, MPFR_RNDN);
	if (x == 0 || (x < 0 && isfinite(x) && x == floor(x)))
		sign = 0;
	expected->integer = sign;
	/* Nothing is said of infinities and NaN. */
	expected->integer_or = sign;
	if (!isfinite(x)) {
		expected->integer = 1;
		expected->integer_or = 0;
	}
}

DEFINE(maxmag)
{
	double a = arguments->real[0];
	double b = arguments->real[1];

	set(expected->value, fabs(a) > fabs(b) ? a : fabs(b) > fabs(a) ? b : fmax(a, b));
	expected->is_any = are_opposite_zeros(a, b);
}

DEFINE(minmag)
{
	double a = arguments->real[0];
	double b = arguments->real[1];

	set(expected->value, fabs(a) < fabs(b) ? a : fabs(b) < fabs(a) ? b : fmin(a, b));
	expected->is_any = are_opposite_zeros(a, b);
}

DEFINE(nan)
{
	mpfr_set_nan(expected->value);
}

DEFINE(nextafter)
{
	double a = arguments->real[0];
	double b = arguments->real[1];

	if (format->is_half)
		set(expected->value, isnan(b) || a == b ? b : half_next(a, b));
	else if (format->is_double)
		set(expected->value, nextafter(a, b));
	else
		set(expected->value, (double)nextafterf((float)a, (float)b));
}

DEFINE(pown)
{
	set(expected->other, arguments->real[0]);
	mpfr_pow_si(expected->value, expected->other, arguments->integer, MPFR_RNDN);
}

DEFINE(powr)
{
	double x = arguments->real[0];
	double y = arguments->real[1];

	set(expected->value, x);
	set(expected->other, y);
	if (isnan(x) || isnan(y) || x < 0 || (x == 0 && y == 0) || (isinf(x) && y == 0) ||
	    (x == 1 && isinf(y))) {
		mpfr_set_nan(expected->value);
		return;
	}
	mpfr_abs(expected->value, expected->value, MPFR_RNDN);
	mpfr_pow(expected->value, expected->value, expected->other, MPFR_RNDN);
}

DEFINE(recip)
{
	set(expected->other, arguments->real[0]);
	mpfr_ui_div(expected->value, 1, expected->other, MPFR_RNDN);
}

/* The quotient's sign and its low seven bits are asked for. */
DEFINE(remquo)
{
	double x = arguments->real[0];
	double y = arguments->real[1];
	long quotient = 0;

	set(expected->value, x);
	set(expected->other, y);
	mpfr_remquo(expected->value, &quotient, expected->value, expected->other, MPFR_RNDN);
	if (isnan(x) || isnan(y) || isinf(x) || y == 0)
		quotient = 0;
	expected->integer = (int)(labs(quotient) & 0x7f);
	if (quotient < 0)
		expected->integer = -expected->integer;
	expected->integer_or = expected->integer;
	expected->integer_is_bits = true;
}

DEFINE(rootn)
{
	double x = arguments->real[0];
	int n = arguments->integer;

	set(expected->other, x);
	if (n == 0 || (x < 0 && !is_odd(n)) || isnan(x))
		mpfr_set_nan(expected->value);
	else if (x == 0)
		set(expected->value,
		    n < 0 ? (is_odd(n) ? 1 / x : INFINITY) : (is_odd(n) ? x : 0.0));
	else
		mpfr_rootn_si(expected->value, expected->other, n, MPFR_RNDN);
}

DEFINE(rsqrt)
{
	double x = arguments->real[0];

	set(expected->other, x);
	mpfr_rec_sqrt(expected->value, expected->other, MPFR_RNDN);
	/* Whether the reciprocal of -0 is -infinity is left open. */
	if (x == 0)
		set(expected->value, INFINITY);
	expected->is_any = x == 0 && signbit(x);
}

DEFINE(sign)
{
	double x = arguments->real[0];

	set(expected->value, isnan(x) ? 0.0 : x == 0 ? x : copysign(1.0, x));
}

DEFINE(sincos)
{
	mpfr_t angle;

	mpfr_init2(angle, 53);
	set(angle, arguments->real[0]);
	mpfr_sin(expected->value, angle, MPFR_RNDN);
	mpfr_cos(expected->other, angle, MPFR_RNDN);
	mpfr_clear(angle);
}

DEFINE(step)
{
	set(expected->value, arguments->real[1] < arguments->real[0] ? 0.0 : 1.0);
}
