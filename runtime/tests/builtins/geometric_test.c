// SPDX-License-Identifier: MIT
/*
 * Geometric and common functions of half, float and double, against long double and the
 * limits of OpenCL C 7.4; vectors of numbers whose squares overflow or vanish, too.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "values.h"

/* Vectors that each function is tried with. */
#define VECTORS 960
#define SEED	1

struct limits {
	double ulp; /* of the type, next to 1 */
	double dot; /* relative to the sum of the products' sizes, in ulp and for each element */
	double length, distance, normalize; /* ulp */
	double length_each, distance_each, normalize_each; /* and for each element */
};

static const struct limits half_limits = {
	.ulp = 0x1p-10,
	.dot = 1,
	.length = 0.25,
	.length_each = 0.5,
	.distance_each = 2,
	.normalize = 1,
	.normalize_each = 1,
};

static const struct limits float_limits = {
	.ulp = 0x1p-23,
	.dot = 1,
	.length = 2.75,
	.length_each = 0.5,
	.distance = 2.5,
	.distance_each = 2,
	.normalize = 2,
	.normalize_each = 1,
};

static const struct limits double_limits = {
	.ulp = 0x1p-52,
	.dot = 1,
	.length = 5.5,
	.length_each = 1,
	.distance = 5.5,
	.distance_each = 2,
	.normalize = 4.5,
	.normalize_each = 1,
};

/* Results of a work-item: numbers first, then vectors of four elements. */
enum {
	RESULT_DOT,
	RESULT_LENGTH,
	RESULT_DISTANCE,
	RESULT_FAST_LENGTH,
	RESULT_FAST_DISTANCE,
	RESULT_NORMALIZE = 8,
	RESULT_FAST_NORMALIZE = 12,
	RESULT_CROSS = 16,
	RESULT_MIX = 20,
	RESULT_SMOOTHSTEP = 24,
	RESULT_CLAMP = 28,
	RESULT_COUNT = 32,
};

static void put_kernel(struct source_text *source, enum value_type type, int width)
{
	const char *name = value_types[type].name;
	struct source_name vector = source_vector(name, width);
	char store[24] = "*(r + AT) =";

	source_begin(source);
	if (width > 1)
		snprintf(store, sizeof(store), "vstore%d", width);
	source_put(source,
		   "#define PUT(at, value) %s\n"
		   "kernel void test(global const %s *A, global const %s *B, global %s *R)\n{\n"
		   "\tsize_t i = get_global_id(0);\n"
		   "\tglobal %s *r = R + i * %d;\n",
		   width == 1 ? "r[at] = value" : "STORE(value, 0, r + at)", name, name, name, name,
		   RESULT_COUNT);
	source_put(source, "#define STORE %s\n", store);
	source_load(source, name, width, "a", "A");
	source_load(source, name, width, "b", "B");
	source_put(source,
		   "\tr[%d] = dot(a, b);\n\tr[%d] = length(a);\n\tr[%d] = distance(a, b);\n"
		   "\tPUT(%d, normalize(a));\n",
		   RESULT_DOT, RESULT_LENGTH, RESULT_DISTANCE, RESULT_NORMALIZE);
	if (type == TYPE_FLOAT)
		source_put(source,
			   "\tr[%d] = fast_length(a);\n\tr[%d] = fast_distance(a, b);\n"
			   "\tPUT(%d, fast_normalize(a));\n",
			   RESULT_FAST_LENGTH, RESULT_FAST_DISTANCE, RESULT_FAST_NORMALIZE);
	if (width >= 3)
		source_put(source, "\tPUT(%d, cross(a, b));\n", RESULT_CROSS);
	source_put(source,
		   "\tPUT(%d, mix(a, b, (%s)(0.25f)));\n"
		   "\tPUT(%d, smoothstep((%s)(-1.0f), (%s)(2.0f), a));\n"
		   "\tPUT(%d, clamp(a, (%s)(-1.0f), (%s)(0.5f)));\n}\n",
		   RESULT_MIX, vector.text, RESULT_SMOOTHSTEP, vector.text, vector.text,
		   RESULT_CLAMP, vector.text, vector.text);
}

/* The sizes of a vector's elements; all kinds take turns. */
enum sizes {
	SIZES_EQUAL,
	SIZES_NEAR,
	SIZES_HUGE,
	SIZES_TINY,
	SIZES_APART, /* the first of any size, the others so small that units are subnormal */
	SIZES_COUNT,
};

static enum sizes sizes_of(size_t vector)
{
	return vector % SIZES_COUNT;
}

static bool has_products_in_range(size_t vector)
{
	return sizes_of(vector) <= SIZES_NEAR;
}

/* The exponent of @element, where @vector's sizes are apart: the first goes over the type's. */
static int exponent_apart(enum value_type type, size_t vector, int element,
			  struct tandem_random *random)
{
	int far = type == TYPE_HALF ? 11 : type == TYPE_FLOAT ? 120 : 1000;
	int first = (int)(vector * 2 * (size_t)far / VECTORS) - far;

	return element ? first - far - (int)tandem_random_below(random, 30) : first;
}

static double random_element(enum value_type type, size_t vector, int element,
			     struct tandem_random *random)
{
	int far = type == TYPE_HALF ? 11 : type == TYPE_FLOAT ? 100 : 900;
	unsigned int near = type == TYPE_HALF ? 4 : 10;
	double number = tandem_random_between(random, -4, 4);

	switch (sizes_of(vector)) {
	case SIZES_NEAR:
		return ldexp(number, (int)tandem_random_below(random, 2 * near) - (int)near);
	case SIZES_HUGE:
		return ldexp(number, far);
	case SIZES_TINY:
		return ldexp(number, -far);
	case SIZES_APART:
		return ldexp(number, exponent_apart(type, vector, element, random));
	default:
		return number;
	}
}

struct context {
	enum value_type type;
	int width;
	size_t vector;
	const struct limits *limits;
	size_t checks;
};

static void check(struct context *context, const char *name, double seen, long double expected,
		  long double allowed)
{
	context->checks++;
	if (isnan(expected) ? isnan(seen) : seen == expected || fabsl(seen - expected) <= allowed)
		return;
	value_fail("%s of %s, width %d, vector %zu: %a, expected %La, allowed error %Lg (seed %d)",
		   name, value_types[context->type].name, context->width, context->vector, seen,
		   expected, allowed, SEED);
}

/* ulp units in the last place of a number. */
static long double units(const struct context *context, long double number, double ulp)
{
	long double least = context->type == TYPE_HALF	? 0x1p-24L :
			    context->type == TYPE_FLOAT ? 0x1p-149L :
							  0x1p-1074L;

	return fmaxl(fabsl(number) * context->limits->ulp, least) * ulp;
}

static void check_lengths(struct context *context, const double *a, const double *b,
			  const double *r)
{
	const struct limits *limits = context->limits;
	int n = context->width;
	long double dot = 0, sizes = 0, square = 0, difference = 0;

	for (int i = 0; i < n; i++) {
		long double step = (long double)a[i] - b[i];

		dot += (long double)a[i] * b[i];
		sizes += fabsl((long double)a[i] * b[i]);
		square += (long double)a[i] * a[i];
		difference += step * step;
	}
	/* Products beyond the type's range are left out. */
	if (has_products_in_range(context->vector)) {
		check(context, "dot", r[RESULT_DOT], dot, units(context, sizes, n * limits->dot));
		if (context->type == TYPE_FLOAT) {
			check(context, "fast_length", r[RESULT_FAST_LENGTH], sqrtl(square),
			      units(context, sqrtl(square), 8192 + n));
			check(context, "fast_distance", r[RESULT_FAST_DISTANCE], sqrtl(difference),
			      units(context, sqrtl(difference), 8192 + 2 * n));
		}
	}
	check(context, "length", r[RESULT_LENGTH], sqrtl(square),
	      units(context, sqrtl(square), limits->length + n * limits->length_each));
	check(context, "distance", r[RESULT_DISTANCE], sqrtl(difference),
	      units(context, sqrtl(difference), limits->distance + n * limits->distance_each));
	for (int i = 0; i < n; i++) {
		long double unit = a[i] / sqrtl(square);

		check(context, "normalize", r[RESULT_NORMALIZE + i], unit,
		      units(context, unit, limits->normalize + n * limits->normalize_each));
		if (context->type == TYPE_FLOAT && has_products_in_range(context->vector))
			check(context, "fast_normalize", r[RESULT_FAST_NORMALIZE + i], unit,
			      units(context, unit, 8192 + n));
	}
}

static void check_cross(struct context *context, const double *a, const double *b, const double *r)
{
	if (!has_products_in_range(context->vector))
		return;
	for (int i = 0; i < 3; i++) {
		int j = (i + 1) % 3;
		int k = (i + 2) % 3;
		long double first = (long double)a[j] * b[k];
		long double second = (long double)a[k] * b[j];

		check(context, "cross", r[RESULT_CROSS + i], first - second,
		      units(context, fabsl(first) + fabsl(second), 3));
	}
	if (context->width == 4)
		check(context, "cross", r[RESULT_CROSS + 3], 0, 0);
}

static void check_common(struct context *context, const double *a, const double *b, const double *r)
{
	for (int i = 0; i < context->width; i++) {
		long double mixed = a[i] + ((long double)b[i] - a[i]) * 0.25L;
		long double t = (a[i] + 1.0L) / 3.0L;

		t = t < 0 ? 0 : t > 1 ? 1 : t;
		check(context, "mix", r[RESULT_MIX + i], mixed,
		      units(context, fabs(a[i]) + fabs(b[i]), 3));
		check(context, "smoothstep", r[RESULT_SMOOTHSTEP + i], t * t * (3 - 2 * t),
		      units(context, 1, 8));
		check(context, "clamp", r[RESULT_CLAMP + i], fmin(fmax(a[i], -1), 0.5), 0);
	}
}

static size_t test_width(const struct tandem_session *session, enum value_type type, int width)
{
	struct tandem_random random = { .state = SEED };
	size_t size_bytes = value_types[type].size_bytes;
	struct context context = {
		.type = type,
		.width = width,
		.limits = type == TYPE_HALF  ? &half_limits :
			  type == TYPE_FLOAT ? &float_limits :
					       &double_limits,
	};
	static struct source_text source;
	static char a[VECTORS * 4 * 8], b[VECTORS * 4 * 8], r[VECTORS * RESULT_COUNT * 8];
	const struct value_buffer buffers[] = {
		{ a, VECTORS * (size_t)width * size_bytes },
		{ b, VECTORS * (size_t)width * size_bytes },
		{ r, VECTORS * RESULT_COUNT * size_bytes },
	};

	for (size_t i = 0; i < VECTORS * (size_t)width; i++) {
		size_t vector = i / (size_t)width;
		int element = (int)(i % (size_t)width);

		value_set_real(type, a, i, random_element(type, vector, element, &random));
		value_set_real(type, b, i, random_element(type, vector, element, &random));
	}
	put_kernel(&source, type, width);
	if (!value_run(session, source.text, "", "test", buffers, 3, VECTORS, 0))
		return 0;
	for (context.vector = 0; context.vector < VECTORS; context.vector++) {
		double x[4], y[4], results[RESULT_COUNT];

		for (int i = 0; i < width; i++) {
			size_t at = context.vector * (size_t)width + (size_t)i;

			x[i] = value_real(type, a, at);
			y[i] = value_real(type, b, at);
		}
		for (size_t i = 0; i < RESULT_COUNT; i++)
			results[i] = value_real(type, r, context.vector * RESULT_COUNT + i);
		check_lengths(&context, x, y, results);
		check_common(&context, x, y, results);
		if (width >= 3)
			check_cross(&context, x, y, results);
	}
	return context.checks;
}

/* What OpenCL C 7.5.1 says of vectors that have no direction, or an infinite one. */
static size_t test_special_directions(const struct tandem_session *session)
{
	static const char source[] = "kernel void test(global const float *A, global float *R)\n{\n"
				     "\tsize_t i = get_global_id(0);\n"
				     "\tvstore4(normalize(vload4(i, A)), i, R);\n}\n";
	float a[][4] = {
		{ 0, -0.0f, 0, 0 }, { INFINITY, 1, -2, 0 },  { -INFINITY, INFINITY, 0, 0 },
		{ NAN, 1, 2, 3 },   { INFINITY, NAN, 0, 0 }, { 0x1p-149f, 0, 0, 0 },
	};
	float half_root = (float)sqrt(0.5);
	const float expected[][4] = {
		{ 0, -0.0f, 0, 0 },	{ 1, 0, 0, 0 },		{ -half_root, half_root, 0, 0 },
		{ NAN, NAN, NAN, NAN }, { NAN, NAN, NAN, NAN }, { 1, 0, 0, 0 },
	};
	size_t count = sizeof(a) / sizeof(a[0]);
	float results[sizeof(a) / sizeof(float)] = { 0 };
	const struct value_buffer buffers[] = { { a, sizeof(a) }, { results, sizeof(results) } };
	struct context context = { .type = TYPE_FLOAT, .width = 4, .limits = &float_limits };

	if (!value_run(session, source, "", "test", buffers, 2, count, 0))
		return 0;
	for (size_t i = 0; i < 4 * count; i++) {
		context.vector = i / 4;
		check(&context, "normalize (special)", (double)results[i],
		      (long double)expected[i / 4][i % 4], 6 * 0x1p-23L);
	}
	return context.checks;
}

int main(void)
{
	struct tandem_session session;
	size_t checks;

	tandem_session_open(&session);
	checks = test_special_directions(&session);
	for (int width = 1; width <= 4; width++) {
		for (enum value_type type = TYPE_HALF; type < TYPE_COUNT; type++) {
			if (value_type_is_there(&session, type))
				checks += test_width(&session, type, width);
		}
	}
	tandem_session_close(&session);
	return value_finish(checks);
}
