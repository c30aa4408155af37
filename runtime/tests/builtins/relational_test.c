// SPDX-License-Identifier: MIT
/*
 * Relational functions: comparisons and classification of half, float and double; any, all,
 * select and bitselect of every type; in every width, against the host.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "values.h"

/* Divisible by each width. */
#define POINTS 960
#define SEED   1

typedef bool relation(enum value_type type, double a, double b);

static double least_normal(enum value_type type)
{
	return type == TYPE_HALF ? 0x1p-14 : type == TYPE_FLOAT ? 0x1p-126 : 0x1p-1022;
}

#define RELATION(name, expression)                                       \
	static bool ref_##name(enum value_type type, double a, double b) \
	{                                                                \
		return expression;                                       \
	}

RELATION(isequal, a == b)
RELATION(isnotequal, a != b)
RELATION(isgreater, isgreater(a, b))
RELATION(isgreaterequal, isgreaterequal(a, b))
RELATION(isless, isless(a, b))
RELATION(islessequal, islessequal(a, b))
RELATION(islessgreater, islessgreater(a, b))
RELATION(isordered, !isunordered(a, b))
RELATION(isunordered, isunordered(a, b))
RELATION(isfinite, isfinite(a))
RELATION(isinf, isinf(a))
RELATION(isnan, isnan(a))
RELATION(isnormal, isnormal(a) && fabs(a) >= least_normal(type))
RELATION(signbit, signbit(a))

static const struct {
	const char *name;
	bool is_binary;
	relation *expected;
} relations[] = {
	{ "isequal", true, ref_isequal },
	{ "isnotequal", true, ref_isnotequal },
	{ "isgreater", true, ref_isgreater },
	{ "isgreaterequal", true, ref_isgreaterequal },
	{ "isless", true, ref_isless },
	{ "islessequal", true, ref_islessequal },
	{ "islessgreater", true, ref_islessgreater },
	{ "isordered", true, ref_isordered },
	{ "isunordered", true, ref_isunordered },
	{ "isfinite", false, ref_isfinite },
	{ "isinf", false, ref_isinf },
	{ "isnan", false, ref_isnan },
	{ "isnormal", false, ref_isnormal },
	{ "signbit", false, ref_signbit },
};

#define RELATION_COUNT (sizeof(relations) / sizeof(relations[0]))

/* Scalars give int; vectors give integers of the size of their elements. */
static enum value_type result_type(enum value_type type, int width)
{
	if (width == 1)
		return TYPE_INT;
	return type == TYPE_HALF ? TYPE_SHORT : type == TYPE_FLOAT ? TYPE_INT : TYPE_LONG;
}

static size_t check_relations(enum value_type type, int width, const char *a, const char *b,
			      const char *results)
{
	enum value_type result = result_type(type, width);

	for (size_t i = 0; i < RELATION_COUNT * POINTS; i++) {
		double x = value_real(type, a, i % POINTS);
		double y = value_real(type, b, i % POINTS);
		bool holds = relations[i / POINTS].expected(type, x, y);
		__int128 seen = value_integer(result, results, i);

		if (seen != (holds ? (width == 1 ? 1 : -1) : 0))
			value_fail("%s of %s, width %d: (%a, %a): %lld (seed %d)",
				   relations[i / POINTS].name, value_types[type].name, width, x, y,
				   (long long)seen, SEED);
	}
	return RELATION_COUNT * POINTS;
}

static size_t test_relations(const struct tandem_session *session, enum value_type type, int width)
{
	struct tandem_random random = { .state = SEED };
	enum value_type result = result_type(type, width);
	const char *name = value_types[type].name;
	static struct source_text source;
	static char a[POINTS * 8], b[POINTS * 8];
	static char results[RELATION_COUNT * POINTS * 8];
	const struct value_buffer buffers[] = {
		{ a, POINTS * value_types[type].size_bytes },
		{ b, POINTS * value_types[type].size_bytes },
		{ results, RELATION_COUNT * POINTS * value_types[result].size_bytes },
	};

	value_fill(type, a, POINTS, &random);
	value_fill(type, b, POINTS, &random);
	/* Some are equal. */
	memcpy(b, a, POINTS / 8 * value_types[type].size_bytes);
	source_begin(&source);
	source_put(&source,
		   "kernel void test(global const %s *A, global const %s *B, global %s *R)\n{\n"
		   "\tsize_t i = get_global_id(0);\n",
		   name, name, value_types[result].name);
	source_load(&source, name, width, "a", "A");
	source_load(&source, name, width, "b", "B");
	for (size_t f = 0; f < RELATION_COUNT; f++) {
		char call[64];

		snprintf(call, sizeof(call), relations[f].is_binary ? "%s(a, b)" : "%s(a)",
			 relations[f].name);
		source_store(&source, width, call, "R", f * POINTS);
	}
	source_put(&source, "}\n");
	if (!value_run(session, source.text, "", "test", buffers, 3, POINTS / (size_t)width, 0))
		return 0;
	return check_relations(type, width, a, b, results);
}

static size_t check_any_all(enum value_type type, int width, const char *a, const int *results)
{
	size_t groups = POINTS / (size_t)width;

	for (size_t i = 0; i < groups; i++) {
		int any = 0;
		int all = 1;

		for (size_t k = 0; k < (size_t)width; k++) {
			bool is_set = value_integer(type, a, i * (size_t)width + k) < 0;

			any |= is_set;
			all &= is_set;
		}
		if (results[i] != any || results[POINTS + i] != all)
			value_fail("any and all of %s, width %d, group %zu: %d, %d, expected %d, %d"
				   " (seed %d)",
				   value_types[type].name, width, i, results[i],
				   results[POINTS + i], any, all, SEED);
	}
	return 2 * groups;
}

static size_t test_any_all(const struct tandem_session *session, enum value_type type, int width)
{
	struct tandem_random random = { .state = SEED };
	const char *name = value_types[type].name;
	static struct source_text source;
	static char a[POINTS * 8];
	static int results[2 * POINTS];
	const struct value_buffer buffers[] = {
		{ a, POINTS * value_types[type].size_bytes },
		{ results, sizeof(results) },
	};

	/* Groups of one sign only, too. */
	value_fill(type, a, POINTS, &random);
	memset(a, 0xff, POINTS / 4 * value_types[type].size_bytes);
	memset(a + POINTS / 4 * value_types[type].size_bytes, 0x7f,
	       POINTS / 4 * value_types[type].size_bytes);
	source_begin(&source);
	source_put(&source,
		   "kernel void test(global const %s *A, global int *R)\n{\n"
		   "\tsize_t i = get_global_id(0);\n",
		   name);
	source_load(&source, name, width, "a", "A");
	source_put(&source, "\tR[i] = any(a);\n\tR[%d + i] = all(a);\n}\n", POINTS);
	if (!value_run(session, source.text, "", "test", buffers, 2, POINTS / (size_t)width, 0))
		return 0;
	return check_any_all(type, width, a, results);
}

/* The integer bits of an element. */
static uint64_t bits_of(enum value_type type, const char *array, size_t index)
{
	size_t size_bytes = value_types[type].size_bytes;
	uint64_t bits = 0;

	memcpy(&bits, array + index * size_bytes, size_bytes);
	return bits;
}

static size_t check_select(enum value_type type, int width, const char *a, const char *b,
			   const char *c, const char *results)
{
	uint64_t top = 1ull << (8 * value_types[type].size_bytes - 1);

	for (size_t i = 0; i < POINTS; i++) {
		uint64_t x = bits_of(type, a, i);
		uint64_t y = bits_of(type, b, i);
		uint64_t mask = bits_of(type, c, i);
		uint64_t chosen = (width == 1 ? mask != 0 : (mask & top) != 0) ? y : x;
		uint64_t mixed = (x & ~mask) | (y & mask);

		if (bits_of(type, results, i) != chosen ||
		    bits_of(type, results, POINTS + i) != chosen ||
		    bits_of(type, results, 2 * POINTS + i) != mixed)
			value_fail("select and bitselect of %s, width %d: (%#llx, %#llx, %#llx):"
				   " %#llx, %#llx, %#llx (seed %d)",
				   value_types[type].name, width, (unsigned long long)x,
				   (unsigned long long)y, (unsigned long long)mask,
				   (unsigned long long)bits_of(type, results, i),
				   (unsigned long long)bits_of(type, results, POINTS + i),
				   (unsigned long long)bits_of(type, results, 2 * POINTS + i),
				   SEED);
	}
	return 3 * POINTS;
}

/* Passes bits as integers, so that no number is changed on its way. */
static size_t test_select(const struct tandem_session *session, enum value_type type, int width)
{
	struct tandem_random random = { .state = SEED };
	const struct value_type_info *info = &value_types[type];
	struct source_name vector = source_vector(info->name, width);
	struct source_name bits = source_vector(info->unsigned_name, width);
	struct source_name signed_bits = source_vector(info->signed_name, width);
	static struct source_text source;
	static char a[POINTS * 8], b[POINTS * 8], c[POINTS * 8], results[3 * POINTS * 8];
	size_t bytes = POINTS * info->size_bytes;
	const struct value_buffer buffers[] = {
		{ a, bytes }, { b, bytes }, { c, bytes }, { results, 3 * bytes }
	};
	char call[128];

	value_fill(type, a, POINTS, &random);
	value_fill(type, b, POINTS, &random);
	value_fill(type, c, POINTS, &random);
	memset(c, 0, bytes / 8);
	source_begin(&source);
	source_put(&source,
		   "#define BITS(x) as_%s(x)\n"
		   "kernel void test(global const %s *A, global const %s *B, global const %s *C,\n"
		   "\t\tglobal %s *R)\n{\n\tsize_t i = get_global_id(0);\n",
		   bits.text, info->unsigned_name, info->unsigned_name, info->unsigned_name,
		   info->unsigned_name);
	source_load(&source, info->unsigned_name, width, "a", "A");
	source_load(&source, info->unsigned_name, width, "b", "B");
	source_load(&source, info->unsigned_name, width, "c", "C");
	source_put(&source, "\t%s x = as_%s(a), y = as_%s(b);\n", vector.text, vector.text,
		   vector.text);
	source_store(&source, width, "BITS(select(x, y, c))", "R", 0);
	snprintf(call, sizeof(call), "BITS(select(x, y, as_%s(c)))", signed_bits.text);
	source_store(&source, width, call, "R", POINTS);
	snprintf(call, sizeof(call), "BITS(bitselect(x, y, as_%s(c)))", vector.text);
	source_store(&source, width, call, "R", (size_t)2 * POINTS);
	source_put(&source, "}\n");
	if (!value_run(session, source.text, "", "test", buffers, 4, POINTS / (size_t)width, 0))
		return 0;
	return check_select(type, width, a, b, c, results);
}

int main(void)
{
	struct tandem_session session;
	size_t checks = 0;

	tandem_session_open(&session);
	for (enum value_type type = 0; type < TYPE_COUNT; type++) {
		if (!value_type_is_there(&session, type))
			continue;
		for (int w = 0; w < VALUE_WIDTHS; w++) {
			if (value_types[type].is_real)
				checks += test_relations(&session, type, value_widths[w]);
			else if (value_types[type].is_signed)
				checks += test_any_all(&session, type, value_widths[w]);
			checks += test_select(&session, type, value_widths[w]);
		}
	}
	tandem_session_close(&session);
	return value_finish(checks);
}
