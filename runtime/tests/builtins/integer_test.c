// SPDX-License-Identifier: MIT
/* Integer functions of every type and width against the host's 128-bit arithmetic. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "values.h"

/* Divisible by each width. */
#define POINTS 960
#define SEED   1

typedef __int128 reference(enum value_type type, __int128 a, __int128 b, __int128 c);

static unsigned int bits_of(enum value_type type)
{
	return (unsigned int)(8 * value_types[type].size_bytes);
}

/* The low bits, as a number of the unsigned type. */
static unsigned __int128 pattern(enum value_type type, __int128 a)
{
	return (unsigned __int128)a & (((unsigned __int128)1 << bits_of(type)) - 1);
}

static __int128 saturate(enum value_type type, __int128 a)
{
	if (a < value_least(type))
		return value_least(type);
	return a > value_greatest(type) ? value_greatest(type) : a;
}

/* Rounds down, which a division does not for negative numbers. */
static __int128 half_down(__int128 a)
{
	return a >> 1;
}

static __int128 ref_abs(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	return a < 0 ? -a : a;
}

static __int128 ref_abs_diff(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	return a > b ? a - b : b - a;
}

static __int128 ref_add_sat(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	return saturate(type, a + b);
}

static __int128 ref_sub_sat(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	return saturate(type, a - b);
}

static __int128 ref_hadd(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	return half_down(a + b);
}

static __int128 ref_rhadd(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	return half_down(a + b + 1);
}

static __int128 ref_max(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	return a > b ? a : b;
}

static __int128 ref_min(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	return a < b ? a : b;
}

/* Only where the bounds are in order. */
static __int128 ref_clamp(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	__int128 low = b < c ? b : c;
	__int128 high = b < c ? c : b;

	return a < low ? low : a > high ? high : a;
}

static __int128 ref_clz(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	unsigned int count = 0;

	while (count < bits_of(type) && !(pattern(type, a) >> (bits_of(type) - 1 - count) & 1))
		count++;
	return count;
}

static __int128 ref_ctz(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	unsigned int count = 0;

	while (count < bits_of(type) && !(pattern(type, a) >> count & 1))
		count++;
	return count;
}

static __int128 ref_popcount(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < bits_of(type); i++)
		count += (unsigned int)(pattern(type, a) >> i & 1);
	return count;
}

/* 64-bit unsigned products need all 128 bits. */
static __int128 ref_mul_hi(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	if (type == TYPE_ULONG)
		return (__int128)((unsigned __int128)a * (unsigned __int128)b >> 64);
	return a * b >> bits_of(type);
}

static __int128 ref_mad_hi(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	return ref_mul_hi(type, a, b, 0) + c;
}

static __int128 ref_mad_sat(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	if (type == TYPE_ULONG && ref_mul_hi(type, a, b, 0) != 0)
		return value_greatest(type);
	return saturate(type, a * b + c);
}

static __int128 ref_rotate(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	unsigned int bits = bits_of(type);
	unsigned int count = (unsigned int)pattern(type, b) & (bits - 1);

	return (__int128)(pattern(type, a) << count | pattern(type, a) >> (bits - count));
}

/* Results of 24 bits and less only. */
static __int128 ref_mul24(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	__int128 low = value_types[type].is_signed ? -0x800000 : 0;

	a = ((a - low) & 0xffffff) + low;
	b = ((b - low) & 0xffffff) + low;
	return a * b;
}

static __int128 ref_mad24(enum value_type type, __int128 a, __int128 b, __int128 c)
{
	return ref_mul24(type, a, b, c) + c;
}

struct integer_function {
	const char *name;
	/* In terms of a, b, c and, for arguments of 24 bits, a24 and b24. */
	const char *call;
	reference *expected;
	bool needs_version_2;
	bool is_32_bit;
	/* The result has the unsigned type. */
	bool is_unsigned;
};

static const struct integer_function functions[] = {
	{ "abs", "abs(a)", ref_abs, .is_unsigned = true },
	{ "abs_diff", "abs_diff(a, b)", ref_abs_diff, .is_unsigned = true },
	{ "add_sat", "add_sat(a, b)", ref_add_sat },
	{ "sub_sat", "sub_sat(a, b)", ref_sub_sat },
	{ "hadd", "hadd(a, b)", ref_hadd },
	{ "rhadd", "rhadd(a, b)", ref_rhadd },
	{ "max", "max(a, b)", ref_max },
	{ "min", "min(a, b)", ref_min },
	{ "clamp", "clamp(a, min(b, c), max(b, c))", ref_clamp },
	{ "clz", "clz(a)", ref_clz },
	{ "ctz", "ctz(a)", ref_ctz, .needs_version_2 = true },
	{ "popcount", "popcount(a)", ref_popcount },
	{ "mul_hi", "mul_hi(a, b)", ref_mul_hi },
	{ "mad_hi", "mad_hi(a, b, c)", ref_mad_hi },
	{ "mad_sat", "mad_sat(a, b, c)", ref_mad_sat },
	{ "rotate", "rotate(a, b)", ref_rotate },
	{ "mul24", "mul24(a24, b24)", ref_mul24, .is_32_bit = true },
	{ "mad24", "mad24(a24, b24, c)", ref_mad24, .is_32_bit = true },
};

#define FUNCTION_COUNT (sizeof(functions) / sizeof(functions[0]))

static bool applies(const struct integer_function *function, enum value_type type, bool has_ctz)
{
	return (!function->needs_version_2 || has_ctz) &&
	       (!function->is_32_bit || value_types[type].size_bytes == 4);
}

/* One store for each function; results of the functions follow each other. */
static void write_source(char *source, size_t size_bytes, enum value_type type, int width,
			 bool has_ctz)
{
	const char *name = value_types[type].name;
	char vector[32];
	size_t length;

	if (width == 1)
		snprintf(vector, sizeof(vector), "%s", name);
	else
		snprintf(vector, sizeof(vector), "%s%d", name, width);
	length = (size_t)snprintf(
		source, size_bytes,
		"#define LOW_24 %s\n"
		"kernel void test(global const %s *A, global const %s *B, global const %s *C,\n"
		"\t\tglobal %s *R)\n{\n"
		"\tsize_t i = get_global_id(0);\n",
		value_types[type].is_signed ? "-0x800000" : "0", name, name, name, name);
	if (width == 1)
		length += (size_t)snprintf(source + length, size_bytes - length,
					   "\t%s a = A[i], b = B[i], c = C[i];\n", vector);
	else
		length += (size_t)snprintf(
			source + length, size_bytes - length,
			"\t%s a = vload%d(i, A), b = vload%d(i, B), c = vload%d(i, C);\n", vector,
			width, width, width);
	if (value_types[type].size_bytes == 4)
		length += (size_t)snprintf(source + length, size_bytes - length,
					   "\t%s low = LOW_24, a24 = ((a - low) & 0xffffff) + low,"
					   " b24 = ((b - low) & 0xffffff) + low;\n",
					   vector);
	for (size_t f = 0; f < FUNCTION_COUNT; f++) {
		if (!applies(&functions[f], type, has_ctz))
			continue;
		if (width == 1)
			length += (size_t)snprintf(source + length, size_bytes - length,
						   "\tR[%zu + i] = (%s)%s;\n", f * POINTS, vector,
						   functions[f].call);
		else
			length += (size_t)snprintf(source + length, size_bytes - length,
						   "\tvstore%d(as_%s(%s), i, R + %zu);\n", width,
						   vector, functions[f].call, f * POINTS);
	}
	snprintf(source + length, size_bytes - length, "}\n");
}

static size_t check_results(enum value_type type, int width, const void *a, const void *b,
			    const void *c, const char *results, bool has_ctz)
{
	size_t size_bytes = value_types[type].size_bytes;
	size_t checks = 0;

	for (size_t f = 0; f < FUNCTION_COUNT; f++) {
		if (!applies(&functions[f], type, has_ctz))
			continue;
		for (size_t i = 0; i < POINTS; i++) {
			const void *seen = results + (f * POINTS + i) * size_bytes;
			char expected[8];
			char texts[5][40];

			value_set_integer(type, expected, 0,
					  functions[f].expected(type, value_integer(type, a, i),
								value_integer(type, b, i),
								value_integer(type, c, i)));
			checks++;
			if (value_is_same(type, seen, expected))
				continue;
			value_print(type, (const char *)a + i * size_bytes, texts[0], 40);
			value_print(type, (const char *)b + i * size_bytes, texts[1], 40);
			value_print(type, (const char *)c + i * size_bytes, texts[2], 40);
			value_print(type, seen, texts[3], 40);
			value_print(type, expected, texts[4], 40);
			value_fail(
				"%s of %s, width %d, a = %s, b = %s, c = %s: %s, expected %s (seed %d)",
				functions[f].name, value_types[type].name, width, texts[0],
				texts[1], texts[2], texts[3], texts[4], SEED);
		}
	}
	return checks;
}

static size_t test_type(const struct tandem_session *session, enum value_type type, int width,
			bool has_ctz)
{
	struct tandem_random random = { .state = SEED };
	static char source[16384];
	static char a[POINTS * 8], b[POINTS * 8], c[POINTS * 8];
	static char results[FUNCTION_COUNT * POINTS * 8];
	size_t bytes = POINTS * value_types[type].size_bytes;
	const struct value_buffer buffers[] = {
		{ a, bytes }, { b, bytes }, { c, bytes }, { results, FUNCTION_COUNT * bytes }
	};

	value_fill(type, a, POINTS, &random);
	value_fill(type, b, POINTS, &random);
	value_fill(type, c, POINTS, &random);
	memset(results, 0, sizeof(results));
	write_source(source, sizeof(source), type, width, has_ctz);
	if (!value_run(session, source, has_ctz ? "-cl-std=CL3.0" : "", "test", buffers, 4,
		       POINTS / (size_t)width, 0))
		return 0;
	return check_results(type, width, a, b, c, results, has_ctz);
}

int main(void)
{
	struct tandem_session session;
	size_t checks = 0;
	bool has_ctz;

	tandem_session_open(&session);
	/* ctz came with OpenCL C 2.0; a device with features has version 3.0. */
	has_ctz = tandem_session_has_feature(&session, "__opencl_c_int64");
	for (int type = 0; type < TYPE_HALF; type++) {
		for (int w = 0; w < VALUE_WIDTHS; w++)
			checks += test_type(&session, (enum value_type)type, value_widths[w],
					    has_ctz);
	}
	tandem_session_close(&session);
	return value_finish(checks);
}
