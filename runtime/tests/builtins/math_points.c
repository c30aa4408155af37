// SPDX-License-Identifier: MIT
#include "math_points.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "half_number.h"
#include "random.h"

#define PI	   3.14159265358979323846
#define MOST_LEAST 12 /* times the least number */

struct generator {
	const struct math_function *function;
	const struct math_format *format;
	struct tandem_random random;
	struct math_points *points;
	size_t capacity;
};

/* Positive numbers around which functions change their ways. */
static const double landmarks[] = {
	0.25,
	1.0 / 3,
	0.5,
	0.6931471805599453,
	0.7071067811865476,
	0.75,
	1.0,
	1.25,
	1.4142135623730951,
	1.5,
	PI / 4,
	PI / 2,
	2.0,
	2.5,
	M_E,
	3.0,
	PI,
	3.5,
	4.0,
	5.0,
	7.0,
	10.0,
	16.0,
	31.0,
	35.04,
	64.0,
	88.7228,
	88.722839,
	89.4159,
	100.0,
	103.972,
	127.0,
	128.0,
	149.0,
	150.0,
	170.6243,
	171.6243,
	255.0,
	709.782,
	709.782712893384,
	710.4758,
	745.13,
	1000.0,
	1023.0,
	1024.0,
	1074.0,
	1075.0,
	4096.0,
	65535.0,
	65536.0,
	0x1p22,
	0x1p23 - 0.5,
	0x1p23,
	0x1p23 + 1,
	0x1p24,
	0x1p24 + 1,
	0x1p31,
	0x1p32,
	0x1p51,
	0x1p52 - 0.5,
	0x1p52,
	0x1p53 - 1,
	0x1p53,
	0x1p62,
	0x1p63,
	0x1p64,
	1e20,
	1e30,
	1e-3,
	1e-10,
	0x1p-12,
	0x1p-24,
	0x1p-27,
	0x1p-53,
	0x1p-60,
	0x1p-100,
};

/* A shorter list for functions of several arguments. */
static const double corners[] = {
	0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 0x1p24 - 1, 0x1p24, 0x1p53 - 1, 0x1p53, 1e-10, 1e10,
};

static const int integers[] = {
	0,    1,    2,	  3,	4,    5,    6,	  7,	 10,	15,	     16,      23,   24,
	31,   32,   52,	  53,	63,   64,   100,  101,	 125,	126,	     127,     128,  148,
	149,  150,  151,  152,	200,  255,  256,  276,	 277,	1021,	     1022,    1023, 1024,
	1073, 1074, 1075, 1076, 2097, 2098, 2099, 10001, 65536, INT_MAX - 1, INT_MAX,
};

/* x in the format. Signalling NaNs become quiet: OpenCL knows no others. */
static double fit(const struct math_format *format, double x)
{
	if (isnan(x))
		return (double)NAN;
	if (format->is_half)
		return half_value(half_bits(x, 0));
	return format->is_double ? x : (double)(float)x;
}

static double from_bits(const struct math_format *format, uint64_t bits)
{
	uint32_t low = (uint32_t)bits;
	double as_double;
	float as_float;

	if (format->is_half)
		return half_value((uint16_t)bits);
	if (format->is_double) {
		memcpy(&as_double, &bits, sizeof(as_double));
		return as_double;
	}
	memcpy(&as_float, &low, sizeof(as_float));
	return (double)as_float;
}

static double next(const struct math_format *format, double x, double towards)
{
	if (format->is_half)
		return half_next(x, towards);
	return format->is_double ? nextafter(x, towards) :
				   (double)nextafterf((float)x, (float)towards);
}

/* x moved by a few units in the last place. */
static double near(struct generator *generator, double x)
{
	uint64_t steps = tandem_random_below(&generator->random, 4);
	double towards = tandem_random_bits(&generator->random) & 1 ? INFINITY : -INFINITY;

	x = fit(generator->format, x);
	for (uint64_t i = 0; i < steps; i++)
		x = next(generator->format, x, towards);
	return x;
}

static double with_sign(struct generator *generator, double x)
{
	return tandem_random_bits(&generator->random) & 1 ? -x : x;
}

/* Any size between 2^low and 2^high, equally likely. */
static double of_size(struct generator *generator, double low, double high)
{
	double exponent = tandem_random_between(&generator->random, low, high);

	return ldexp(tandem_random_between(&generator->random, 1, 2), (int)floor(exponent));
}

static void add(struct generator *generator, double a, double b, double c, int n)
{
	struct math_points *points = generator->points;
	size_t i = points->count;

	if (i == generator->capacity) {
		fprintf(stderr, "math_points: more points than there is room for\n");
		abort();
	}
	points->real[0][i] = fit(generator->format, a);
	points->real[1][i] = fit(generator->format, b);
	points->real[2][i] = fit(generator->format, c);
	points->integer[i] = n;
	points->count++;
}

/* Writes the values of the format that every function must get right: at most 16
 * and twice count_extra. */
static size_t special_values(const struct math_format *format, const double *extra,
			     size_t extra_count, double *values)
{
	double least = ldexp(1.0, format->min_exponent - format->digits + 1);
	double normal = ldexp(1.0, format->min_exponent);
	double most = ldexp(2 - ldexp(1.0, 1 - format->digits), format->max_exponent);
	const double ends[] = { 0.0,	least, 3 * least, normal / 2, normal - least,
				normal, most,  INFINITY };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		values[count++] = ends[i];
		values[count++] = -ends[i];
	}
	for (size_t i = 0; i < extra_count; i++) {
		values[count++] = fit(format, extra[i]);
		values[count++] = -fit(format, extra[i]);
	}
	values[count++] = NAN;
	return count;
}

#define MAX_SPECIAL (17 + 2 * (sizeof(landmarks) / sizeof(landmarks[0])))
#define MAX_CORNER  (17 + 2 * (sizeof(corners) / sizeof(corners[0])))

static void add_special_unary(struct generator *generator)
{
	const struct math_format *format = generator->format;
	double values[MAX_SPECIAL];
	size_t count =
		special_values(format, landmarks, sizeof(landmarks) / sizeof(landmarks[0]), values);

	for (size_t i = 0; i < count; i++) {
		add(generator, values[i], 0, 0, 0);
		add(generator, next(format, values[i], INFINITY), 0, 0, 0);
		add(generator, next(format, values[i], -INFINITY), 0, 0, 0);
	}
}

static void add_special_with_int(struct generator *generator)
{
	double values[MAX_CORNER];
	size_t count = special_values(generator->format, corners,
				      sizeof(corners) / sizeof(corners[0]), values);

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < sizeof(integers) / sizeof(integers[0]); j++) {
			add(generator, values[i], 0, 0, integers[j]);
			add(generator, values[i], 0, 0, -integers[j]);
		}
		add(generator, values[i], 0, 0, INT_MIN);
	}
}

/* What there is just above zero: products with constants have few digits there. */
static void add_least_pairs(struct generator *generator)
{
	const struct math_format *format = generator->format;
	double least = ldexp(1.0, format->min_exponent - format->digits + 1);

	for (int i = -MOST_LEAST; i <= MOST_LEAST; i++) {
		for (int j = -MOST_LEAST; j <= MOST_LEAST; j++)
			add(generator, i * least, j * least, 0, 0);
	}
}

static void add_special_binary(struct generator *generator)
{
	double values[MAX_CORNER];
	size_t count = special_values(generator->format, corners,
				      sizeof(corners) / sizeof(corners[0]), values);

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++)
			add(generator, values[i], values[j], 0, 0);
	}
	add_least_pairs(generator);
}

/* Without most of the corners: all combinations of 23 values. */
static void add_special_ternary(struct generator *generator)
{
	double values[MAX_CORNER];
	size_t count = special_values(generator->format, corners, 3, values);

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			for (size_t k = 0; k < count; k++)
				add(generator, values[i], values[j], values[k], 0);
		}
	}
}

static double random_exponent(struct generator *generator, double largest_float,
			      double largest_double)
{
	double largest = generator->format->is_double ? largest_double : largest_float;

	switch (tandem_random_below(&generator->random, 4)) {
	case 0:
		return tandem_random_between(&generator->random, -1, 1);
	case 1:
		return with_sign(generator, of_size(generator, -30, 0));
	default:
		return tandem_random_between(&generator->random, -1.2 * largest, largest);
	}
}

static double random_angle(struct generator *generator)
{
	switch (tandem_random_below(&generator->random, 4)) {
	case 0:
		return tandem_random_between(&generator->random, -7, 7);
	case 1:
		return near(generator,
			    PI / 2 * (double)tandem_random_below(&generator->random, 100000));
	case 2:
		return near(generator,
			    PI / 2 * floor(of_size(generator, 0, generator->format->digits)));
	default:
		return with_sign(generator,
				 of_size(generator, -5, generator->format->max_exponent + 1));
	}
}

static double random_half_turns(struct generator *generator)
{
	double halves = floor(of_size(generator, 0, generator->format->digits + 2)) / 2;

	switch (tandem_random_below(&generator->random, 4)) {
	case 0:
		return tandem_random_between(&generator->random, -4, 4);
	case 1:
		return with_sign(generator, of_size(generator, -30, 30));
	default:
		return with_sign(generator, near(generator, halves));
	}
}

static double random_positive(struct generator *generator)
{
	switch (tandem_random_below(&generator->random, 4)) {
	case 0:
		return tandem_random_between(&generator->random, 0.5, 2);
	case 1:
		return 1 + with_sign(generator, of_size(generator, -generator->format->digits, -2));
	case 2:
		return tandem_random_between(&generator->random, 0, 20);
	default:
		return of_size(generator,
			       generator->format->min_exponent - generator->format->digits,
			       generator->format->max_exponent + 1);
	}
}

static double random_gamma(struct generator *generator)
{
	double most = generator->format->is_double ? 172 : 36;
	double least = generator->format->is_double ? -185 : -43;

	switch (tandem_random_below(&generator->random, 4)) {
	case 0:
		return tandem_random_between(&generator->random, -4, 4);
	case 1:
		return near(generator,
			    floor(tandem_random_between(&generator->random, least, most)));
	case 2:
		return tandem_random_between(&generator->random, 0, most);
	default:
		return tandem_random_between(&generator->random, least, 0);
	}
}

/* The first (or only) argument for the function's domain. */
static double random_argument(struct generator *generator)
{
	const struct math_format *format = generator->format;
	struct tandem_random *random = &generator->random;

	switch (generator->function->domain) {
	case DOMAIN_UNIT:
		return tandem_random_below(random, 2) ?
			       tandem_random_between(random, -1, 1) :
			       with_sign(generator, 1 - of_size(generator, -format->digits, -1));
	case DOMAIN_EXPONENT:
		return random_exponent(generator, 89, 710);
	case DOMAIN_EXPONENT_2:
		return random_exponent(generator, 128, 1024);
	case DOMAIN_EXPONENT_10:
		return random_exponent(generator, 38.6, 308.3);
	case DOMAIN_POSITIVE:
		return random_positive(generator);
	case DOMAIN_NEAR_ZERO:
		return tandem_random_below(random, 2) ?
			       tandem_random_between(random, -5, 5) :
			       with_sign(generator, of_size(generator, -30, 30));
	case DOMAIN_ANGLE:
		return random_angle(generator);
	case DOMAIN_HALF_TURNS:
		return random_half_turns(generator);
	case DOMAIN_GAMMA:
		return random_gamma(generator);
	case DOMAIN_ERF:
		return tandem_random_below(random, 2) ?
			       tandem_random_between(random, -6, format->is_double ? 28 : 11) :
			       tandem_random_between(random, -2, 2);
	default:
		return of_size(generator, format->min_exponent, format->max_exponent + 1);
	}
}

/* Numbers whose power neither overflows nor underflows by much. */
static void add_power(struct generator *generator)
{
	const struct math_format *format = generator->format;
	struct tandem_random *random = &generator->random;
	double x = random_positive(generator);
	double exponent = tandem_random_between(random, 1.15 * format->min_exponent,
						1.02 * format->max_exponent);
	double y = exponent / log2(x);
	double n = fmin(fmax(y, -2e9), 2e9);

	switch (generator->function->domain) {
	case DOMAIN_INTEGER_POWER:
		if (tandem_random_below(random, 2)) {
			n = with_sign(generator, (double)tandem_random_below(random, 200));
			x = exp2(exponent / (n ? n : 1));
		}
		add(generator, with_sign(generator, x), 0, 0, (int)n);
		break;
	case DOMAIN_ROOT:
		n = with_sign(generator, floor(of_size(generator, 0, 31)));
		x = tandem_random_below(random, 2) ? x : exp2(exponent);
		add(generator, with_sign(generator, x), 0, 0, (int)n);
		break;
	default:
		if (tandem_random_below(random, 4) == 0) {
			y = floor(tandem_random_between(random, -100, 100)) / 2;
			x = with_sign(generator, exp2(exponent / (y ? y : 1)));
		}
		add(generator, x, y, 0, 0);
	}
}

static void add_in_domain(struct generator *generator)
{
	const struct math_format *format = generator->format;
	struct tandem_random *random = &generator->random;
	double a = random_argument(generator);
	double b = a * of_size(generator, -8, 8);
	int shift = (int)tandem_random_between(random, -30, 40);
	/* How large or small factors and terms are. */
	double far = format->is_half ? 12 : 60;

	switch (generator->function->domain) {
	case DOMAIN_POWER:
	case DOMAIN_INTEGER_POWER:
	case DOMAIN_ROOT:
		add_power(generator);
		break;
	case DOMAIN_SCALE:
		add(generator, with_sign(generator, a), 0, 0,
		    format->min_exponent + shift - format->digits - ilogb(a));
		break;
	case DOMAIN_REMAINDER:
		if (tandem_random_below(random, 3) == 0)
			b = near(generator, a / (double)(1 + tandem_random_below(random, 1000)));
		else if (tandem_random_below(random, 2))
			b = a * of_size(generator, -60, 2);
		add(generator, with_sign(generator, a), with_sign(generator, b), 0, 0);
		break;
	case DOMAIN_CANCEL:
		a = with_sign(generator, of_size(generator, -far, far));
		b = with_sign(generator, of_size(generator, -far, far));
		add(generator, a, b, near(generator, -fit(format, a) * fit(format, b)), 0);
		break;
	default:
		add(generator, with_sign(generator, a), with_sign(generator, near(generator, b)),
		    with_sign(generator, of_size(generator, -far, far)), shift);
	}
}

static void add_any_bits(struct generator *generator)
{
	const struct math_format *format = generator->format;
	struct tandem_random *random = &generator->random;
	double a = from_bits(format, tandem_random_bits(random));
	double b = from_bits(format, tandem_random_bits(random));
	double c = from_bits(format, tandem_random_bits(random));
	int n = (int)(uint32_t)tandem_random_bits(random) >> tandem_random_below(random, 32);

	add(generator, a, b, c, n);
}

static void add_all_halves(struct generator *generator)
{
	for (unsigned int bits = 0; bits < HALF_COUNT; bits++)
		add(generator, half_value((uint16_t)bits), 0, 0, 0);
}

static void add_unary_random(struct generator *generator)
{
	enum math_domain domain = generator->function->domain;

	if (domain == DOMAIN_ANY || tandem_random_below(&generator->random, 3) == 0)
		add_any_bits(generator);
	else
		add(generator, random_argument(generator), 0, 0, 0);
}

void math_points_init(struct math_points *points, const struct math_function *function,
		      const struct math_format *format, size_t wanted, uint64_t seed)
{
	struct generator generator = { .function = function, .format = format, .points = points };
	bool is_unary = math_real_arguments(function->signature) == 1 &&
			!math_has_int_argument(function->signature);

	generator.random.state = seed;
	generator.capacity = wanted + HALF_COUNT + 20000;
	memset(points, 0, sizeof(*points));
	for (int i = 0; i < 3; i++)
		points->real[i] = calloc(generator.capacity, sizeof(*points->real[i]));
	points->integer = calloc(generator.capacity, sizeof(*points->integer));
	if (!points->real[0] || !points->real[1] || !points->real[2] || !points->integer)
		abort();
	if (is_unary && format->is_half)
		add_all_halves(&generator);
	else if (is_unary)
		add_special_unary(&generator);
	else if (math_has_int_argument(function->signature))
		add_special_with_int(&generator);
	else if (math_real_arguments(function->signature) == 2)
		add_special_binary(&generator);
	else
		add_special_ternary(&generator);
	while (points->count < wanted) {
		if (is_unary)
			add_unary_random(&generator);
		else if (tandem_random_below(&generator.random, 3) == 0)
			add_any_bits(&generator);
		else
			add_in_domain(&generator);
	}
}

void math_points_finish(struct math_points *points)
{
	for (int i = 0; i < 3; i++)
		free(points->real[i]);
	free(points->integer);
}
