/* SPDX-License-Identifier: MIT */
/*
 * The math functions under test: what they take, how far they may be off and
 * what they should give, which MPFR says.
 */
#ifndef TANDEM_TEST_MATH_FUNCTION_H
#define TANDEM_TEST_MATH_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>

#include <mpfr.h>

/* The limits of functions that must be correctly rounded, and of those whose
 * error is the implementation's choice. */
#define MATH_EXACT    0.0
#define MATH_NO_LIMIT (-1.0)

enum math_signature {
	MATH_UNARY, /* real (real) */
	MATH_BINARY, /* real (real, real) */
	MATH_TERNARY, /* real (real, real, real) */
	MATH_REAL_INT, /* real (real, int) */
	MATH_TO_INT, /* int (real) */
	MATH_UNARY_REAL_OUT, /* real (real, real *) */
	MATH_UNARY_INT_OUT, /* real (real, int *) */
	MATH_BINARY_INT_OUT, /* real (real, real, int *) */
};

/* Where to look besides everywhere: what arguments are interesting. */
enum math_domain {
	DOMAIN_ANY,
	DOMAIN_UNIT, /* -1 to 1 */
	DOMAIN_EXPONENT, /* what exp() neither overflows nor flushes */
	DOMAIN_EXPONENT_2, /* the same for exp2 */
	DOMAIN_EXPONENT_10,
	DOMAIN_POSITIVE, /* the logarithms, near one above all */
	DOMAIN_NEAR_ZERO, /* functions that are close to their argument there */
	DOMAIN_ANGLE, /* multiples of pi/2, up to the largest numbers */
	DOMAIN_HALF_TURNS, /* multiples of one half */
	DOMAIN_GAMMA,
	DOMAIN_ERF,
	DOMAIN_POWER, /* powers that neither overflow nor underflow */
	DOMAIN_INTEGER_POWER,
	DOMAIN_ROOT,
	DOMAIN_SCALE, /* ldexp */
	DOMAIN_RATIO, /* numbers of the same size */
	DOMAIN_REMAINDER,
	DOMAIN_CANCEL, /* a * b close to -c */
};

/* A floating-point format. */
struct math_format {
	const char *name; /* of the OpenCL C type */
	int digits; /* of the significand */
	int min_exponent; /* of the smallest normal number */
	int max_exponent; /* of the largest number */
	size_t size_bytes;
	bool is_half;
	bool is_double;
	mpfr_prec_t reference_bits;
};

extern const struct math_format math_half;
extern const struct math_format math_float;
extern const struct math_format math_double;

/* Floats are given as doubles of the same value. */
struct math_arguments {
	double real[3];
	int integer;
};

struct math_expected {
	mpfr_t value;
	mpfr_t other; /* *real result */
	int integer; /* int or *int result */
	int integer_or; /* another one that is as good */
	bool integer_is_bits; /* only the low 7 bits and the sign count */
	bool is_any; /* nothing is specified */
	bool other_is_any;
};

typedef void math_evaluate(const struct math_format *format, const struct math_arguments *arguments,
			   struct math_expected *expected);

struct math_function {
	const char *name;
	/* The call in OpenCL C, with arguments a, b, c, n and results in *p; NULL: name(...) */
	const char *expression;
	enum math_signature signature;
	enum math_domain domain;
	double half_limit_ulp; /* NAN: not there for half */
	double float_limit_ulp;
	double double_limit_ulp; /* NAN: not there for double */
	math_evaluate *evaluate;
	/* Subnormal numbers may be taken for zero (half_ and native_ functions). */
	bool may_flush;
	/* Results of larger ones need not be good (half_sin and the like); 0: no bound. */
	double largest_argument;
	/* But of numbers they are numbers, no larger in size than this; 0: they may be anything. */
	double most_beyond;
	/* Needs -cl-fp32-correctly-rounded-divide-sqrt. */
	bool exact_divide;
};

extern const struct math_function math_functions[];
extern const size_t math_function_count;

/* Number of real arguments. */
int math_real_arguments(enum math_signature signature);
bool math_has_int_argument(enum math_signature signature);
bool math_has_real_out(enum math_signature signature);
bool math_has_int_out(enum math_signature signature);

void math_expected_init(const struct math_format *format, struct math_expected *expected);
void math_expected_finish(struct math_expected *expected);

/*
 * How far seen is from expected, in units in the last place of expected, as the
 * Khronos tests count them. Infinite where they have nothing in common.
 */
double math_error_ulp(const struct math_format *format, const mpfr_t expected, double seen);

/* expected rounded to nearest in the format. */
double math_round(const struct math_format *format, const mpfr_t expected);

#endif
