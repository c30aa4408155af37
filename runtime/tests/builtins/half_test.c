// SPDX-License-Identifier: MIT
/*
 * vload_half of every half, and vstore_half of float and double with every rounding,
 * in all widths, packed and aligned, against a conversion written out below.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "half_number.h"
#include "values.h"

/* Divisible by each width, and by each width a vector has in memory. */
#define POINTS	  1920
#define SEED	  1
#define ROUNDINGS 5

static const char *const rounding_names[ROUNDINGS] = { "", "_rte", "_rtz", "_rtp", "_rtn" };

static bool same_half(uint16_t a, uint16_t b)
{
	bool both_nan = half_is_nan(a) && half_is_nan(b);

	return both_nan || a == b;
}

static const char *suffix(int width)
{
	static char text[16];

	snprintf(text, sizeof(text), width == 1 ? "" : "%d", width);
	return text;
}

/* Elements that a vector takes in memory. */
static size_t stride(int width, bool is_aligned)
{
	return is_aligned && width == 3 ? 4 : (size_t)width;
}

/*
 * Where the halves are in the call under test. In local and private memory they lie
 * in an array that the kernel, which runs alone in its group, copies from or to.
 */
static bool is_staged(const char *space)
{
	return !strcmp(space, "local") || !strcmp(space, "private");
}

/* Loads STEP halves of group i into WIDTH floats. */
static const char load_source[] = "kernel void test(DIRECT const half *A, global float *R)\n{\n"
				  "\tsize_t i = get_global_id(0);\n"
				  "#ifdef STAGED\n"
				  "\tSTAGED ushort staged[16] __attribute__((aligned(32)));\n"
				  "\tfor (int k = 0; k < STEP; k++)\n"
				  "\t\tstaged[k] = ((DIRECT const ushort *)A)[i * STEP + k];\n"
				  "\tVECTOR r = FUNCTION(0, (STAGED const half *)staged);\n"
				  "#else\n"
				  "\tVECTOR r = FUNCTION(i, A);\n"
				  "#endif\n"
				  "\tSTORE;\n}\n";

/* Stores WIDTH numbers of group i as STEP halves. */
static const char store_source[] = "#ifdef cl_khr_fp64\n"
				   "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
				   "#endif\n"
				   "kernel void test(global const TYPE *A, global half *R)\n{\n"
				   "\tsize_t i = get_global_id(0);\n"
				   "\tVECTOR a = LOAD;\n"
				   "#ifdef STAGED\n"
				   "\tSTAGED ushort staged[16] __attribute__((aligned(32)));\n"
				   "\tstaged[STEP - 1] = 0xffff;\n"
				   "\tFUNCTION(a, 0, (STAGED half *)staged);\n"
				   "\tfor (int k = 0; k < STEP; k++)\n"
				   "\t\t((global ushort *)R)[i * STEP + k] = staged[k];\n"
				   "#else\n"
				   "\tFUNCTION(a, i, R);\n"
				   "#endif\n"
				   "}\n";

static void staging_options(char *text, size_t size_bytes, const char *space)
{
	if (is_staged(space))
		snprintf(text, size_bytes, "-DDIRECT=global -DSTAGED=%s", space);
	else
		snprintf(text, size_bytes, "-DDIRECT=%s", space);
}

static void check_loads(const char *function, const char *space, int width, size_t step,
			const uint16_t *halves, const float *results, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t from = i / (size_t)width * step + i % (size_t)width;
		float expected = (float)half_value(halves[from]);

		if (!value_is_same(TYPE_FLOAT, &results[i], &expected))
			value_fail("%s of %s %#x: %a, expected %a", function, space, halves[from],
				   (double)results[i], (double)expected);
	}
}

static size_t test_load(const struct tandem_session *session, int width, bool is_aligned,
			const char *space)
{
	size_t step = stride(width, is_aligned);
	/* Every half, and a few over. */
	size_t vectors = 65536 / step + 1;
	size_t count = vectors * (size_t)width;
	uint16_t *halves = calloc(vectors * step, sizeof(*halves));
	float *results = calloc(count, sizeof(*results));
	const struct value_buffer buffers[] = {
		{ halves, vectors * step * sizeof(*halves) },
		{ results, count * sizeof(*results) },
	};
	char function[32];
	char staging[64];
	char store[32] = "R[i]=r";
	char options[512];

	if (!halves || !results)
		abort();
	for (size_t i = 0; i < vectors * step; i++)
		halves[i] = (uint16_t)i;
	snprintf(function, sizeof(function), "vload%s_half%s", is_aligned ? "a" : "",
		 suffix(width));
	if (width > 1)
		snprintf(store, sizeof(store), "vstore%d(r,i,R)", width);
	staging_options(staging, sizeof(staging), space);
	snprintf(options, sizeof(options),
		 "%s -DFUNCTION=%s -DSTEP=%zu -DVECTOR=float%s -DSTORE=%s", staging, function, step,
		 suffix(width), store);
	if (value_run(session, load_source, options, "test", buffers, 2, vectors, 1))
		check_loads(function, space, width, step, halves, results, count);
	else
		count = 0;
	free(halves);
	free(results);
	return count;
}

static void check_stores(const char *function, enum value_type type, const char *space,
			 int rounding, int width, size_t step, const char *numbers,
			 const uint16_t *results)
{
	for (size_t i = 0; i < POINTS; i++) {
		const void *number = numbers + i * value_types[type].size_bytes;
		size_t to = i / (size_t)width * step + i % (size_t)width;
		uint16_t expected = half_bits(value_real(type, number, 0), rounding);
		char text[40];

		if (same_half(results[to], expected))
			continue;
		value_print(type, number, text, sizeof(text));
		value_fail("%s of %s %s to %s: %#x, expected %#x (seed %d)", function,
			   value_types[type].name, text, space, results[to], expected, SEED);
	}
}

static size_t test_store(const struct tandem_session *session, enum value_type type, int width,
			 bool is_aligned, int rounding, const char *space)
{
	struct tandem_random random = { .state = SEED };
	size_t step = stride(width, is_aligned);
	static char numbers[POINTS * 8];
	static uint16_t results[POINTS * 2];
	const struct value_buffer buffers[] = {
		{ numbers, POINTS * value_types[type].size_bytes },
		{ results, POINTS / (size_t)width * step * sizeof(results[0]) },
	};
	const char *name = value_types[type].name;
	char function[40];
	char staging[64];
	char load[32] = "A[i]";
	char options[512];

	value_fill(type, numbers, POINTS, &random);
	memset(results, 0, sizeof(results));
	snprintf(function, sizeof(function), "vstore%s_half%s%s", is_aligned ? "a" : "",
		 suffix(width), rounding_names[rounding]);
	if (width > 1)
		snprintf(load, sizeof(load), "vload%d(i,A)", width);
	staging_options(staging, sizeof(staging), space);
	snprintf(options, sizeof(options),
		 "%s -DFUNCTION=%s -DSTEP=%zu -DTYPE=%s -DVECTOR=%s%s -DLOAD=%s", staging, function,
		 step, name, name, suffix(width), load);
	if (!value_run(session, store_source, options, "test", buffers, 2, POINTS / (size_t)width,
		       1))
		return 0;
	check_stores(function, type, space, rounding, width, step, numbers, results);
	return POINTS;
}

static size_t test_loads(const struct tandem_session *session)
{
	static const char *const spaces[] = { "global", "constant", "local", "private" };
	size_t checks = 0;

	for (int w = 0; w < VALUE_WIDTHS; w++) {
		for (size_t s = 0; s < sizeof(spaces) / sizeof(spaces[0]); s++) {
			checks += test_load(session, value_widths[w], false, spaces[s]);
			if (value_widths[w] > 1)
				checks += test_load(session, value_widths[w], true, spaces[s]);
		}
	}
	return checks;
}

/* Local and private memory are tested with one rounding mode. */
static size_t test_stores(const struct tandem_session *session, enum value_type type)
{
	size_t checks = 0;

	for (int w = 0; w < VALUE_WIDTHS; w++) {
		int width = value_widths[w];

		for (int aligned = 0; aligned < (width > 1 ? 2 : 1); aligned++) {
			for (int r = 0; r < ROUNDINGS; r++)
				checks += test_store(session, type, width, aligned, r, "global");
			checks += test_store(session, type, width, aligned, 2, "local");
			checks += test_store(session, type, width, aligned, 3, "private");
		}
	}
	return checks;
}

int main(void)
{
	struct tandem_session session;
	size_t checks;

	tandem_session_open(&session);
	checks = test_loads(&session);
	checks += test_stores(&session, TYPE_FLOAT);
	if (session.has_double)
		checks += test_stores(&session, TYPE_DOUBLE);
	tandem_session_close(&session);
	return value_finish(checks);
}
