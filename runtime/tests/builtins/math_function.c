// SPDX-License-Identifier: MIT
#include "math_function.h"

#include <math.h>

#define HALF_LARGEST 65504.0

const struct math_format math_half = {
	.name = "half",
	.digits = 11,
	.min_exponent = -14,
	.max_exponent = 15,
	.size_bytes = 2,
	.is_half = true,
	.reference_bits = 80,
};

const struct math_format math_float = {
	.name = "float",
	.digits = 24,
	.min_exponent = -126,
	.max_exponent = 127,
	.size_bytes = 4,
	.is_double = false,
	.reference_bits = 80,
};

const struct math_format math_double = {
	.name = "double",
	.digits = 53,
	.min_exponent = -1022,
	.max_exponent = 1023,
	.size_bytes = 8,
	.is_double = true,
	.reference_bits = 130,
};

int math_real_arguments(enum math_signature signature)
{
	switch (signature) {
	case MATH_BINARY:
	case MATH_BINARY_INT_OUT:
		return 2;
	case MATH_TERNARY:
		return 3;
	default:
		return 1;
	}
}

bool math_has_int_argument(enum math_signature signature)
{
	return signature == MATH_REAL_INT;
}

bool math_has_real_out(enum math_signature signature)
{
	return signature == MATH_UNARY_REAL_OUT;
}

bool math_has_int_out(enum math_signature signature)
{
	return signature == MATH_UNARY_INT_OUT || signature == MATH_BINARY_INT_OUT;
}

void math_expected_init(const struct math_format *format, struct math_expected *expected)
{
	mpfr_init2(expected->value, format->reference_bits);
	mpfr_init2(expected->other, format->reference_bits);
}

void math_expected_finish(struct math_expected *expected)
{
	mpfr_clear(expected->value);
	mpfr_clear(expected->other);
}

/* The nearest half, by its last place. */
static double round_to_half(const mpfr_t expected)
{
	const struct math_format *format = &math_half;
	long exponent = mpfr_get_exp(expected) - 1;
	mpfr_t quanta;
	double rounded;

	if (!mpfr_regular_p(expected))
		return mpfr_get_d(expected, MPFR_RNDN);
	if (exponent > format->max_exponent)
		return copysign(INFINITY, mpfr_sgn(expected));
	if (exponent < format->min_exponent)
		exponent = format->min_exponent;
	exponent -= format->digits - 1;
	mpfr_init2(quanta, mpfr_get_prec(expected));
	mpfr_mul_2si(quanta, expected, -exponent, MPFR_RNDN);
	mpfr_rint_roundeven(quanta, quanta, MPFR_RNDN);
	rounded = ldexp(mpfr_get_d(quanta, MPFR_RNDN), (int)exponent);
	mpfr_clear(quanta);
	return fabs(rounded) > HALF_LARGEST ? copysign(INFINITY, rounded) : rounded;
}

double math_round(const struct math_format *format, const mpfr_t expected)
{
	if (format->is_half)
		return round_to_half(expected);
	if (format->is_double)
		return mpfr_get_d(expected, MPFR_RNDN);
	return (double)mpfr_get_flt(expected, MPFR_RNDN);
}

static bool is_power_of_two(const mpfr_t x)
{
	mpfr_t power;
	bool is_power;

	mpfr_init2(power, 2);
	mpfr_set_ui_2exp(power, 1, mpfr_get_exp(x) - 1, MPFR_RNDN);
	is_power = mpfr_cmpabs(power, x) == 0;
	mpfr_clear(power);
	return is_power;
}

double math_error_ulp(const struct math_format *format, const mpfr_t expected, double seen)
{
	long exponent = format->min_exponent;
	mpfr_t difference;
	double error;

	if (mpfr_nan_p(expected) || isnan(seen))
		return mpfr_nan_p(expected) && isnan(seen) ? 0.0 : INFINITY;
	if (mpfr_inf_p(expected))
		return seen == mpfr_get_d(expected, MPFR_RNDN) ? 0.0 : INFINITY;
	if (isinf(seen) && math_round(format, expected) == seen)
		return 0.0;
	if (!mpfr_zero_p(expected)) {
		long own = mpfr_get_exp(expected) - (is_power_of_two(expected) ? 2 : 1);

		if (own > exponent)
			exponent = own;
	}
	mpfr_init2(difference, format->reference_bits + 64);
	/* An overflow is as far off as the number after the largest would be. */
	if (isinf(seen))
		mpfr_set_si_2exp(difference, seen > 0 ? 1 : -1, format->max_exponent + 1,
				 MPFR_RNDN);
	else
		mpfr_set_d(difference, seen, MPFR_RNDN);
	mpfr_sub(difference, difference, expected, MPFR_RNDN);
	mpfr_mul_2si(difference, difference, format->digits - 1 - exponent, MPFR_RNDN);
	error = mpfr_get_d(difference, MPFR_RNDN);
	mpfr_clear(difference);
	return error;
}
