// SPDX-License-Identifier: MIT
/*
 * vload and vstore in every address space, shuffle, shuffle2 and upsample, of every
 * type and width.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "values.h"

/* Divisible by each width. */
#define POINTS 960
#define SEED   1

/* Loads and stores begin at an odd element, as they need no alignment. */
static const char copy_source[] =
	"#ifdef cl_khr_fp16\n"
	"#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
	"#endif\n"
	"#ifdef cl_khr_fp64\n"
	"#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
	"#endif\n"
	"kernel void test(DIRECT const TYPE *A, global TYPE *R)\n{\n"
	"\tsize_t i = get_global_id(0);\n"
	"#ifdef STAGED\n"
	"\tSTAGED TYPE in[40];\n"
	"\tSTAGED TYPE out[40];\n"
	"\tfor (int k = 0; k < WIDTH; k++)\n"
	"\t\tin[WIDTH + 1 + k] = A[1 + i * WIDTH + k];\n"
	"\tSTORE(LOAD(1, (POINTER const TYPE *)in + 1), 1, (POINTER TYPE *)out + 1);\n"
	"\tfor (int k = 0; k < WIDTH; k++)\n"
	"\t\tR[1 + i * WIDTH + k] = out[WIDTH + 1 + k];\n"
	"#else\n"
	"\tSTORE(LOAD(i, A + 1), i, R + 1);\n"
	"#endif\n"
	"}\n";

static size_t test_copy(const struct tandem_session *session, enum value_type type, int width,
			const char *space, const char *options)
{
	struct tandem_random random = { .state = SEED };
	size_t bytes = (POINTS + 2) * value_types[type].size_bytes;
	static char a[(POINTS + 2) * 8], results[(POINTS + 2) * 8];
	const struct value_buffer buffers[] = { { a, bytes }, { results, bytes } };
	char all_options[256];

	value_fill(type, a, POINTS + 2, &random);
	/* What is beside the results stays as it was. */
	memcpy(results, a, bytes);
	memset(results + value_types[type].size_bytes, 0x55,
	       bytes - 2 * value_types[type].size_bytes);
	snprintf(all_options, sizeof(all_options),
		 "%s -DTYPE=%s -DWIDTH=%d -DLOAD=vload%d -DSTORE=vstore%d", options,
		 value_types[type].name, width, width, width);
	if (!value_run(session, copy_source, all_options, "test", buffers, 2,
		       POINTS / (size_t)width, 1))
		return 0;
	if (memcmp(a, results, bytes) != 0)
		value_fail("vload%d and vstore%d of %s in %s memory changed what they copied",
			   width, width, value_types[type].name, space);
	return POINTS;
}

static size_t test_copies(const struct tandem_session *session, enum value_type type, int width)
{
	size_t checks = 0;

	checks += test_copy(session, type, width, "global", "-DDIRECT=global");
	checks += test_copy(session, type, width, "constant", "-DDIRECT=constant");
	checks += test_copy(session, type, width, "local",
			    "-DDIRECT=global -DSTAGED=local -DPOINTER=local");
	checks += test_copy(session, type, width, "private",
			    "-DDIRECT=global -DSTAGED=private -DPOINTER=private");
	if (tandem_session_has_feature(session, "__opencl_c_generic_address_space"))
		checks += test_copy(session, type, width, "generic",
				    "-cl-std=CL3.0 -DDIRECT=global -DSTAGED=local -DPOINTER=");
	return checks;
}

static const int shuffle_widths[] = { 2, 4, 8, 16 };

#define SHUFFLE_WIDTHS (sizeof(shuffle_widths) / sizeof(shuffle_widths[0]))
/* Each work-item has vectors of 16 elements, of which the functions take some. */
#define GROUPS	 (POINTS / 16)
#define SHUFFLES (2 * SHUFFLE_WIDTHS * SHUFFLE_WIDTHS)

static void put_shuffles(struct source_text *source, enum value_type type)
{
	const char *name = value_types[type].name;
	const char *mask = value_types[type].unsigned_name;
	size_t result = 0;

	source_begin(source);
	source_put(source,
		   "kernel void test(global const %s *A, global const %s *B, global const %s *M,\n"
		   "\t\tglobal %s *R)\n{\n\tsize_t i = get_global_id(0);\n",
		   name, name, mask, name);
	for (size_t n = 0; n < SHUFFLE_WIDTHS; n++) {
		for (size_t m = 0; m < SHUFFLE_WIDTHS; m++) {
			int to = shuffle_widths[n];
			int from = shuffle_widths[m];

			source_put(
				source,
				"\tvstore%d(shuffle(vload%d(0, A + 16 * i), vload%d(0, M + 16 * i)),"
				" 0, R + %zu + 16 * i);\n",
				to, from, to, result++ * POINTS);
			source_put(
				source,
				"\tvstore%d(shuffle2(vload%d(0, A + 16 * i), vload%d(0, B + 16 * i),"
				" vload%d(0, M + 16 * i)), 0, R + %zu + 16 * i);\n",
				to, from, from, to, result++ * POINTS);
		}
	}
	source_put(source, "}\n");
}

static void check_shuffle(enum value_type type, size_t function, size_t group, const char *a,
			  const char *b, const char *masks, const char *results)
{
	size_t size_bytes = value_types[type].size_bytes;
	int to = shuffle_widths[function / 2 / SHUFFLE_WIDTHS];
	int from = shuffle_widths[function / 2 % SHUFFLE_WIDTHS];
	bool is_second = function % 2;

	for (size_t k = 0; k < (size_t)to; k++) {
		size_t at = group * 16 + k;
		uint64_t mask = 0;
		const char *source;
		size_t index;

		memcpy(&mask, masks + at * size_bytes, size_bytes);
		index = mask % (size_t)(is_second ? 2 * from : from);
		source = index < (size_t)from ? a : b;
		source += (group * 16 + index % (size_t)from) * size_bytes;
		if (!value_is_same(type, source, results + (function * POINTS + at) * size_bytes))
			value_fail("shuffle%s of %s%d by %s%d, element %zu, mask %#llx (seed %d)",
				   is_second ? "2" : "", value_types[type].name, from,
				   value_types[type].unsigned_name, to, k, (unsigned long long)mask,
				   SEED);
	}
}

static size_t test_shuffles(const struct tandem_session *session, enum value_type type)
{
	struct tandem_random random = { .state = SEED };
	size_t bytes = POINTS * value_types[type].size_bytes;
	static struct source_text source;
	static char a[POINTS * 8], b[POINTS * 8], masks[POINTS * 8];
	static char results[SHUFFLES * POINTS * 8];
	const struct value_buffer buffers[] = {
		{ a, bytes }, { b, bytes }, { masks, bytes }, { results, SHUFFLES * bytes }
	};

	value_fill(type, a, POINTS, &random);
	value_fill(type, b, POINTS, &random);
	for (size_t i = 0; i < bytes; i++)
		masks[i] = (char)tandem_random_bits(&random);
	put_shuffles(&source, type);
	if (!value_run(session, source.text, "", "test", buffers, 4, GROUPS, 0))
		return 0;
	for (size_t function = 0; function < SHUFFLES; function++) {
		for (size_t group = 0; group < GROUPS; group++)
			check_shuffle(type, function, group, a, b, masks, results);
	}
	return SHUFFLES * POINTS;
}

/* The type that upsample makes of two of a smaller type. */
static enum value_type upsampled(enum value_type type)
{
	return (enum value_type)((int)type + 2);
}

static size_t test_upsample(const struct tandem_session *session, enum value_type type, int width)
{
	struct tandem_random random = { .state = SEED };
	enum value_type wide = upsampled(type);
	size_t bytes = POINTS * value_types[type].size_bytes;
	static struct source_text source;
	static char high[POINTS * 8], low[POINTS * 8], results[POINTS * 8];
	const struct value_buffer buffers[] = { { high, bytes },
						{ low, bytes },
						{ results, 2 * bytes } };

	value_fill(type, high, POINTS, &random);
	value_fill(type, low, POINTS, &random);
	source_begin(&source);
	source_put(&source,
		   "kernel void test(global const %s *A, global const %s *B, global %s *R)\n{\n"
		   "\tsize_t i = get_global_id(0);\n",
		   value_types[type].name, value_types[type].unsigned_name, value_types[wide].name);
	source_load(&source, value_types[type].name, width, "a", "A");
	source_load(&source, value_types[type].unsigned_name, width, "b", "B");
	source_store(&source, width, "upsample(a, b)", "R", 0);
	source_put(&source, "}\n");
	if (!value_run(session, source.text, "", "test", buffers, 3, POINTS / (size_t)width, 0))
		return 0;
	for (size_t i = 0; i < POINTS; i++) {
		size_t size_bytes = value_types[type].size_bytes;
		uint64_t bits = 0;
		char expected[8];

		memcpy(&bits, low + i * size_bytes, size_bytes);
		value_set_integer(wide, expected, 0,
				  value_integer(type, high, i) * ((__int128)1 << 8 * size_bytes) |
					  bits);
		if (memcmp(expected, results + 2 * i * size_bytes, 2 * size_bytes) != 0)
			value_fail("upsample of %s, width %d, point %zu (seed %d)",
				   value_types[type].name, width, i, SEED);
	}
	return POINTS;
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
			if (value_widths[w] > 1)
				checks += test_copies(&session, type, value_widths[w]);
			if (type < TYPE_LONG)
				checks += test_upsample(&session, type, value_widths[w]);
		}
		checks += test_shuffles(&session, type);
	}
	tandem_session_close(&session);
	return value_finish(checks);
}
