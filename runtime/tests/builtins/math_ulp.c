// SPDX-License-Identifier: MIT
/*
 * math-ulp - measures the error of every math function of a device against MPFR,
 * in units in the last place as the Khronos tests count them, and compares it
 * with what OpenCL C allows in the full profile. Functions of one half are
 * measured at all halves. Exit status: 0 all within their
 * limits, 1 if not, 77 without a device.
 */
#include <getopt.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math_device.h"
#include "math_function.h"
#include "math_points.h"
#include "session.h"

#define THREADS 2

struct options {
	const char *filter;
	size_t points;
	uint64_t seed;
	const char *type;
};

/* The worst result so far, and what it was. */
struct worst {
	double ulp;
	size_t point;
	int width; /* of the vector; 1: scalar */
	double seen;
	double expected;
	int seen_integer;
	int expected_integer;
	size_t failures;
	bool any;
};

struct comparison {
	const struct math_function *function;
	const struct math_format *format;
	const struct math_points *points;
	const struct math_results *results;
	bool are_vectors;
	double limit;
	/* This thread takes every THREADSth result from this one on. */
	size_t first;
	struct worst worst;
};

static bool is_subnormal(const struct math_format *format, double x)
{
	return x != 0 && fabs(x) < ldexp(1.0, format->min_exponent);
}

static bool tiny(const struct math_format *format, const mpfr_t x)
{
	return mpfr_number_p(x) && !mpfr_zero_p(x) && mpfr_get_exp(x) - 1 < format->min_exponent;
}

/* The error of one result; zero for what nobody specified. */
static double value_error(const struct comparison *comparison, const mpfr_t expected, double seen)
{
	const struct math_format *format = comparison->format;

	if (comparison->limit == MATH_EXACT && mpfr_number_p(expected)) {
		double rounded = math_round(format, expected);

		if (seen == rounded && signbit(seen) == signbit(rounded))
			return 0.0;
		if (seen == rounded)
			return INFINITY;
		return math_error_ulp(format, expected, seen);
	}
	if (mpfr_zero_p(expected) && seen == 0 && !mpfr_signbit(expected) != !signbit(seen))
		return INFINITY;
	return math_error_ulp(format, expected, seen);
}

static bool integer_is_right(const struct math_expected *expected, int seen)
{
	if (expected->integer_is_bits) {
		int bits = abs(seen) & 0x7f;

		return (seen < 0 ? -bits : bits) == expected->integer;
	}
	return seen == expected->integer || seen == expected->integer_or;
}

static bool is_tested(const struct comparison *comparison, const struct math_arguments *arguments)
{
	const struct math_function *function = comparison->function;
	int count = math_real_arguments(function->signature);

	for (int i = 0; i < count; i++) {
		if (function->may_flush && is_subnormal(comparison->format, arguments->real[i]))
			return false;
	}
	return true;
}

/* Whether an argument is beyond those that a result has to be good for. */
static bool is_beyond(const struct math_function *function, const struct math_arguments *arguments)
{
	double x = arguments->real[0];

	return function->largest_argument != 0 && fabs(x) > function->largest_argument &&
	       (isfinite(x) || function->most_beyond == 0);
}

static void note(struct comparison *comparison, size_t point, int width, double error, double seen,
		 double expected, int seen_integer, int expected_integer)
{
	struct worst *worst = &comparison->worst;

	error = fabs(error);
	if (comparison->limit >= 0 && error > comparison->limit)
		worst->failures++;
	if (worst->any && !(error > worst->ulp))
		return;
	worst->any = true;
	worst->ulp = error;
	worst->point = point;
	worst->width = width;
	worst->seen = seen;
	worst->expected = expected;
	worst->seen_integer = seen_integer;
	worst->expected_integer = expected_integer;
}

static void compare_one(struct comparison *comparison, struct math_expected *expected,
			size_t result)
{
	const struct math_function *function = comparison->function;
	const struct math_format *format = comparison->format;
	const struct math_points *points = comparison->points;
	const struct math_results *results = comparison->results;
	int width = 1;
	size_t point = comparison->are_vectors ? math_vector_point(points, result, &width) : result;
	struct math_arguments arguments = {
		.real = { points->real[0][point], points->real[1][point], points->real[2][point] },
		.integer = points->integer[point],
	};
	double error;

	if (!is_tested(comparison, &arguments))
		return;
	if (is_beyond(function, &arguments)) {
		double seen = results->value[result];

		if (function->most_beyond != 0)
			note(comparison, point, width,
			     fabs(seen) <= function->most_beyond ? 0 : INFINITY, seen, 0, 0, 0);
		return;
	}
	expected->is_any = false;
	expected->other_is_any = false;
	expected->integer_is_bits = false;
	function->evaluate(format, &arguments, expected);
	if (function->signature == MATH_TO_INT || math_has_int_out(function->signature)) {
		int seen = results->integer[result];

		note(comparison, point, width, integer_is_right(expected, seen) ? 0 : INFINITY, 0,
		     0, seen, expected->integer);
		if (function->signature == MATH_TO_INT)
			return;
	}
	if (!expected->is_any && !(function->may_flush && tiny(format, expected->value))) {
		error = value_error(comparison, expected->value, results->value[result]);
		note(comparison, point, width, error, results->value[result],
		     math_round(format, expected->value), 0, 0);
	}
	if (math_has_real_out(function->signature) && !expected->other_is_any) {
		error = value_error(comparison, expected->other, results->other[result]);
		note(comparison, point, width, error, results->other[result],
		     math_round(format, expected->other), 0, 0);
	}
}

static void *compare(void *data)
{
	struct comparison *comparison = data;
	struct math_expected expected = { 0 };

	math_expected_init(comparison->format, &expected);
	for (size_t i = comparison->first; i < comparison->results->count; i += THREADS)
		compare_one(comparison, &expected, i);
	math_expected_finish(&expected);
	mpfr_free_cache();
	return NULL;
}

static void merge(struct worst *into, const struct worst *from)
{
	size_t failures = into->failures + from->failures;

	if (from->any && (!into->any || from->ulp > into->ulp))
		*into = *from;
	into->failures = failures;
}

static void compare_all(const struct comparison *template, struct worst *worst)
{
	struct comparison comparisons[THREADS];
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		comparisons[i] = *template;
		comparisons[i].first = i;
		if (pthread_create(&threads[i], NULL, compare, &comparisons[i]))
			abort();
	}
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		merge(worst, &comparisons[i].worst);
	}
}

static void print_result(const struct math_function *function, const struct math_format *format,
			 const struct math_points *points, double limit, const struct worst *worst)
{
	int reals = math_real_arguments(function->signature);
	char text[16] = "exact";

	if (limit < 0)
		snprintf(text, sizeof(text), "none");
	else if (limit > 0)
		snprintf(text, sizeof(text), "%g", limit);
	printf("%-14s %-6s %6s %9.3f  %s", function->name, format->name, text, worst->ulp,
	       worst->failures ? "FAIL" : "ok  ");
	for (int i = 0; i < reals; i++)
		printf(" %a", points->real[i][worst->point]);
	if (math_has_int_argument(function->signature))
		printf(" %d", points->integer[worst->point]);
	printf(" -> %a", worst->seen);
	if (worst->failures) {
		printf(", expected %a", worst->expected);
		if (worst->seen_integer != worst->expected_integer)
			printf(", integer %d, expected %d", worst->seen_integer,
			       worst->expected_integer);
		printf(" (%zu results are wrong)", worst->failures);
	}
	if (worst->width > 1)
		printf(" (in a vector of %d)", worst->width);
	printf("\n");
	fflush(stdout);
}

/* True if all results are within the limit. */
static bool test_function(const struct tandem_session *session, const struct options *options,
			  const struct math_function *function, const struct math_format *format,
			  double limit)
{
	struct math_points points;
	struct math_results scalars;
	struct math_results vectors;
	struct worst worst = { 0 };
	struct comparison comparison = {
		.function = function, .format = format, .points = &points, .limit = limit
	};

	math_points_init(&points, function, format, options->points, options->seed);
	if (!math_device_run(session, function, format, &points, &scalars, &vectors)) {
		printf("%-14s %-6s does not build\n", function->name, format->name);
		math_points_finish(&points);
		return false;
	}
	comparison.results = &scalars;
	compare_all(&comparison, &worst);
	comparison.results = &vectors;
	comparison.are_vectors = true;
	compare_all(&comparison, &worst);
	print_result(function, format, &points, limit, &worst);
	math_results_finish(&scalars);
	math_results_finish(&vectors);
	math_points_finish(&points);
	return worst.failures == 0;
}

static void usage(FILE *to)
{
	fprintf(to,
		"usage: math-ulp [--filter NAME] [--type half|float|double] [--points N] [--seed N]\n"
		"  --filter NAME  only functions whose names contain NAME; =NAME: that one\n"
		"  --points N     how many points each function gets (default 20000)\n"
		"  --seed N       of the random points (default 1)\n");
}

static void parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "filter", required_argument, NULL, 'f' },
		{ "points", required_argument, NULL, 'p' },
		{ "seed", required_argument, NULL, 's' },
		{ "type", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (option) {
		case 'f':
			options->filter = optarg;
			break;
		case 'p':
			options->points = strtoul(optarg, NULL, 0);
			break;
		case 's':
			options->seed = strtoull(optarg, NULL, 0);
			break;
		case 't':
			options->type = optarg;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
	}
}

static bool is_wanted(const struct options *options, const char *name)
{
	if (!options->filter)
		return true;
	if (options->filter[0] == '=')
		return !strcmp(name, options->filter + 1);
	return strstr(name, options->filter) != NULL;
}

/* 1 for a function over its limit; a limit of NAN is that of a function that is not there. */
static size_t test_type(const struct tandem_session *session, const struct options *options,
			const struct math_function *function, const struct math_format *format,
			double limit, size_t *tested)
{
	if (isnan(limit) || (options->type && strcmp(options->type, format->name) != 0) ||
	    !tandem_session_takes_next())
		return 0;
	(*tested)++;
	return !test_function(session, options, function, format, limit);
}

int main(int argc, char **argv)
{
	struct options options = { .points = 20000, .seed = 1 };
	struct tandem_session session;
	size_t failures = 0;
	size_t tested = 0;

	parse(argc, argv, &options);
	tandem_session_open(&session);
	printf("device: %s, %zu points a function, seed %llu\n", session.name, options.points,
	       (unsigned long long)options.seed);
	printf("%-14s %-6s %6s %9s\n", "function", "type", "limit", "ulp");
	for (size_t i = 0; i < math_function_count; i++) {
		const struct math_function *function = &math_functions[i];

		if (!is_wanted(&options, function->name) ||
		    (function->exact_divide && !session.has_exact_divide))
			continue;
		failures += test_type(&session, &options, function, &math_half,
				      session.has_half ? function->half_limit_ulp : NAN, &tested);
		failures += test_type(&session, &options, function, &math_float,
				      function->float_limit_ulp, &tested);
		failures += test_type(&session, &options, function, &math_double,
				      session.has_double ? function->double_limit_ulp : NAN,
				      &tested);
	}
	tandem_session_close(&session);
	if (!tested) {
		printf("SKIP: nothing of what is asked for is there\n");
		return TEST_SKIPPED;
	}
	printf("%zu of %zu are over their limits\n", failures, tested);
	return failures ? 1 : 0;
}
