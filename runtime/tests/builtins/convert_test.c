// SPDX-License-Identifier: MIT
/*
 * convert_type[_sat][_rounding] between all types, in all widths, against MPFR. What
 * is out of range without _sat is anyone's choice and not compared.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mpfr.h>

#include "half_number.h"
#include "values.h"

/* Divisible by each width. */
#define POINTS 480
/* Of half, as scalars, all numbers. */
#define MOST_POINTS HALF_COUNT
#define SEED	    1
#define ROUNDINGS   5

static const char *const rounding_names[ROUNDINGS] = { "", "_rte", "_rtz", "_rtp", "_rtn" };

/* MPFR's rounding; without a suffix to integers it is towards zero. */
static mpfr_rnd_t rounding_mode(int rounding, bool to_real)
{
	static const mpfr_rnd_t modes[ROUNDINGS] = { MPFR_RNDN, MPFR_RNDN, MPFR_RNDZ, MPFR_RNDU,
						     MPFR_RNDD };

	return rounding == 0 && !to_real ? MPFR_RNDZ : modes[rounding];
}

static void read_value(mpfr_t value, enum value_type type, const void *from)
{
	if (value_types[type].is_real)
		mpfr_set_d(value, value_real(type, from, 0), MPFR_RNDN);
	else if (value_types[type].is_signed)
		mpfr_set_si(value, (long)value_integer(type, from, 0), MPFR_RNDN);
	else
		mpfr_set_ui(value, (unsigned long)value_integer(type, from, 0), MPFR_RNDN);
}

static void round_to_integer(mpfr_t value, mpfr_rnd_t mode)
{
	if (mode == MPFR_RNDN)
		mpfr_rint_roundeven(value, value, MPFR_RNDN);
	else if (mode == MPFR_RNDU)
		mpfr_rint_ceil(value, value, MPFR_RNDN);
	else if (mode == MPFR_RNDD)
		mpfr_rint_floor(value, value, MPFR_RNDN);
	else
		mpfr_rint_trunc(value, value, MPFR_RNDN);
}

/* What a number becomes as an integer. False if nothing is specified. */
static bool expect_integer(mpfr_t value, enum value_type to, bool saturates, mpfr_rnd_t mode,
			   void *expected)
{
	mpfr_t limit;
	bool is_below;
	bool is_above;

	if (mpfr_nan_p(value)) {
		value_set_integer(to, expected, 0, 0);
		return saturates;
	}
	round_to_integer(value, mode);
	mpfr_init2(limit, 128);
	mpfr_set_si(limit, (long)value_least(to), MPFR_RNDN);
	is_below = mpfr_cmp(value, limit) < 0;
	mpfr_set_ui(limit, (unsigned long)value_greatest(to), MPFR_RNDN);
	is_above = mpfr_cmp(value, limit) > 0;
	mpfr_clear(limit);
	if (is_below)
		value_set_integer(to, expected, 0, value_least(to));
	else if (is_above)
		value_set_integer(to, expected, 0, value_greatest(to));
	else if (value_types[to].is_signed)
		value_set_integer(to, expected, 0, mpfr_get_si(value, MPFR_RNDN));
	else
		value_set_integer(to, expected, 0, (__int128)mpfr_get_ui(value, MPFR_RNDN));
	return saturates || !(is_below || is_above);
}

static bool expect(enum value_type from, const void *argument, enum value_type to, bool saturates,
		   int rounding, void *expected)
{
	mpfr_rnd_t mode = rounding_mode(rounding, value_types[to].is_real);
	bool is_specified = true;
	mpfr_t value;

	mpfr_init2(value, 64);
	read_value(value, from, argument);
	/* Integers keep the low bits. */
	if (!value_types[to].is_real && !value_types[from].is_real && saturates == false) {
		value_set_integer(to, expected, 0, value_integer(from, argument, 0));
	} else if (to == TYPE_HALF) {
		/* An integer that is no double is far beyond the largest half. */
		*(uint16_t *)expected = half_bits(mpfr_get_d(value, MPFR_RNDZ), rounding);
	} else if (to == TYPE_FLOAT) {
		*(float *)expected = mpfr_get_flt(value, mode);
	} else if (to == TYPE_DOUBLE) {
		*(double *)expected = mpfr_get_d(value, mode);
	} else {
		is_specified = expect_integer(value, to, saturates, mode, expected);
	}
	mpfr_clear(value);
	return is_specified;
}

/* The conversions of one type to another: its roundings, and again with _sat. */
static int conversions(enum value_type to)
{
	return value_types[to].is_real ? ROUNDINGS : 2 * ROUNDINGS;
}

static void write_source(char *source, size_t size_bytes, enum value_type from, enum value_type to,
			 int width, int points)
{
	const char *to_name = value_types[to].name;
	size_t length;
	char suffix[16] = "";

	if (width > 1)
		snprintf(suffix, sizeof(suffix), "%d", width);
	length = (size_t)snprintf(source, size_bytes,
				  "#ifdef cl_khr_fp16\n"
				  "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
				  "#endif\n"
				  "#ifdef cl_khr_fp64\n"
				  "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
				  "#endif\n"
				  "kernel void test(global const %s *A, global %s *R)\n{\n"
				  "\tsize_t i = get_global_id(0);\n",
				  value_types[from].name, to_name);
	if (width == 1)
		length += (size_t)snprintf(source + length, size_bytes - length, "\t%s a = A[i];\n",
					   value_types[from].name);
	else
		length += (size_t)snprintf(source + length, size_bytes - length,
					   "\t%s%d a = vload%d(i, A);\n", value_types[from].name,
					   width, width);
	for (int c = 0; c < conversions(to); c++) {
		const char *rounding = rounding_names[c % ROUNDINGS];
		const char *saturation = c < ROUNDINGS ? "" : "_sat";

		if (width == 1)
			length += (size_t)snprintf(source + length, size_bytes - length,
						   "\tR[%d + i] = convert_%s%s%s(a);\n", c * points,
						   to_name, saturation, rounding);
		else
			length += (size_t)snprintf(source + length, size_bytes - length,
						   "\tvstore%d(convert_%s%s%s%s(a), i, R + %d);\n",
						   width, to_name, suffix, saturation, rounding,
						   c * points);
	}
	snprintf(source + length, size_bytes - length, "}\n");
}

static size_t check_results(enum value_type from, enum value_type to, int width, size_t points,
			    const char *arguments, const char *results)
{
	size_t from_bytes = value_types[from].size_bytes;
	size_t to_bytes = value_types[to].size_bytes;
	size_t checks = 0;

	for (size_t i = 0; i < (size_t)conversions(to) * points; i++) {
		const char *argument = arguments + i % points * from_bytes;
		int conversion = (int)(i / points);
		bool saturates = conversion >= ROUNDINGS;
		char expected[8];
		char texts[3][40];

		if (!expect(from, argument, to, saturates, conversion % ROUNDINGS, expected))
			continue;
		checks++;
		if (value_is_same(to, results + i * to_bytes, expected))
			continue;
		value_print(from, argument, texts[0], 40);
		value_print(to, results + i * to_bytes, texts[1], 40);
		value_print(to, expected, texts[2], 40);
		value_fail("convert_%s%s%s of %s %s, width %d: %s, expected %s (seed %d)",
			   value_types[to].name, saturates ? "_sat" : "",
			   rounding_names[conversion % ROUNDINGS], value_types[from].name, texts[0],
			   width, texts[1], texts[2], SEED);
	}
	return checks;
}

static bool rounds_widely(enum value_type from, enum value_type to)
{
	if (from == TYPE_HALF || to == TYPE_HALF)
		return value_types[from].is_real && value_types[to].is_real;
	return value_types[from].is_real || value_types[to].is_real;
}

static size_t test_pair(const struct tandem_session *session, enum value_type from,
			enum value_type to, int width)
{
	struct tandem_random random = { .state = SEED };
	static char source[8192];
	static char arguments[MOST_POINTS * 8];
	static char results[2 * ROUNDINGS * MOST_POINTS * 8];
	bool takes_all = from == TYPE_HALF && width == 1;
	size_t points = takes_all ? MOST_POINTS : POINTS;
	const struct value_buffer buffers[] = {
		{ arguments, points * value_types[from].size_bytes },
		{ results, (size_t)conversions(to) * points * value_types[to].size_bytes },
	};

	value_fill(from, arguments, points, &random);
	for (size_t i = 0; i < points && takes_all; i++)
		((uint16_t *)arguments)[i] = (uint16_t)i;
	memset(results, 0, sizeof(results));
	write_source(source, sizeof(source), from, to, width, (int)points);
	if (!value_run(session, source, "", "test", buffers, 2, points / (size_t)width, 0))
		return 0;
	return check_results(from, to, width, points, arguments, results);
}

int main(void)
{
	struct tandem_session session;
	size_t checks = 0;

	tandem_session_open(&session);
	for (enum value_type from = 0; from < TYPE_COUNT; from++) {
		for (enum value_type to = 0; to < TYPE_COUNT; to++) {
			if (!value_type_is_there(&session, from) ||
			    !value_type_is_there(&session, to))
				continue;
			/* Scalars and one width more, a different one for each pair; all
			 * widths where numbers are rounded, but for halves and integers,
			 * between which conversions go by float or double. */
			for (int w = 0; w < VALUE_WIDTHS; w++) {
				if (w != 0 && w != 1 + (int)(from + to) % (VALUE_WIDTHS - 1) &&
				    !rounds_widely(from, to))
					continue;
				checks += test_pair(&session, from, to, value_widths[w]);
			}
		}
	}
	tandem_session_close(&session);
	return value_finish(checks);
}
