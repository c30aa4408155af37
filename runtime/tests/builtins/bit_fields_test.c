// SPDX-License-Identifier: MIT
/* cl_khr_extended_bit_ops for every type and width, bit by bit against the host. */
#include <stdio.h>
#include <string.h>

#include "source.h"
#include "values.h"

/* Divisible by each width. */
#define POINTS 960
#define SEED   1

enum bit_function { INSERT, EXTRACT_SIGNED, EXTRACT_UNSIGNED, REVERSE, FUNCTIONS };

/* In terms of vectors a and b, and of a field that all their elements have. */
static const char *const calls[FUNCTIONS] = {
	[INSERT] = "bitfield_insert(a, b, O[i], C[i])",
	[EXTRACT_SIGNED] = "bitfield_extract_signed(a, O[i], C[i])",
	[EXTRACT_UNSIGNED] = "bitfield_extract_unsigned(a, O[i], C[i])",
	[REVERSE] = "bit_reverse(a)",
};

struct points {
	char a[POINTS * 8], b[POINTS * 8];
	cl_uint offsets[POINTS], counts[POINTS]; /* of the vector at the index */
	char results[FUNCTIONS * POINTS * 8];
};

static unsigned int bits_of(enum value_type type)
{
	return (unsigned int)(8 * value_types[type].size_bytes);
}

static bool bit(__int128 value, unsigned int index)
{
	return value >> index & 1;
}

static __int128 expected_insert(__int128 a, __int128 b, unsigned int offset, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		a &= ~((__int128)1 << (offset + i));
		a |= (__int128)bit(b, i) << (offset + i);
	}
	return a;
}

static __int128 expected_extract(__int128 a, unsigned int offset, unsigned int count,
				 bool is_signed)
{
	__int128 field = 0;

	for (unsigned int i = 0; i < count; i++)
		field |= (__int128)bit(a, offset + i) << i;
	if (is_signed && count && bit(field, count - 1))
		field -= (__int128)1 << count;
	return field;
}

static __int128 expected(enum value_type type, enum bit_function function, __int128 a, __int128 b,
			 unsigned int offset, unsigned int count)
{
	__int128 reverse = 0;

	switch (function) {
	case INSERT:
		return expected_insert(a, b, offset, count);
	case EXTRACT_SIGNED:
	case EXTRACT_UNSIGNED:
		return expected_extract(a, offset, count, function == EXTRACT_SIGNED);
	default:
		for (unsigned int i = 0; i < bits_of(type); i++)
			reverse = reverse << 1 | bit(a, i);
		return reverse;
	}
}

static void write_source(struct source_text *source, enum value_type type, int width)
{
	const char *name = value_types[type].name;

	source_begin(source);
	source_put(source,
		   "kernel void test(global const %s *A, global const %s *B,\n"
		   "\t\tglobal const uint *O, global const uint *C, global %s *R)\n{\n"
		   "\tsize_t i = get_global_id(0);\n",
		   name, name, name);
	source_load(source, name, width, "a", "A");
	source_load(source, name, width, "b", "B");
	for (int f = 0; f < FUNCTIONS; f++) {
		char call[128];

		snprintf(call, sizeof(call), "as_%s(%s)", source_vector(name, width).text,
			 calls[f]);
		source_store(source, width, call, "R", (size_t)f * POINTS);
	}
	source_put(source, "}\n");
}

/* Fields within the type: of all bits and of none, too. */
static void fill(struct points *points, enum value_type type)
{
	struct tandem_random random = { .state = SEED };
	unsigned int bits = bits_of(type);

	value_fill(type, points->a, POINTS, &random);
	value_fill(type, points->b, POINTS, &random);
	for (unsigned int i = 0; i < POINTS; i++) {
		points->counts[i] = i <= bits ? i : tandem_random_below(&random, bits + 1);
		points->offsets[i] = tandem_random_below(&random, bits - points->counts[i] + 1);
	}
	/* Where there is no bit, the field may begin behind the last. */
	points->offsets[0] = bits;
}

static void check_result(const struct points *points, enum value_type type, int width,
			 enum bit_function function, size_t i)
{
	size_t bytes = value_types[type].size_bytes, field = i / (size_t)width;
	const char *seen = points->results + ((size_t)function * POINTS + i) * bytes;
	char wanted[8], texts[4][40];

	value_set_integer(type, wanted, 0,
			  expected(type, function, value_integer(type, points->a, i),
				   value_integer(type, points->b, i), points->offsets[field],
				   points->counts[field]));
	if (value_is_same(type, seen, wanted))
		return;
	value_print(type, points->a + i * bytes, texts[0], sizeof(texts[0]));
	value_print(type, points->b + i * bytes, texts[1], sizeof(texts[1]));
	value_print(type, seen, texts[2], sizeof(texts[2]));
	value_print(type, wanted, texts[3], sizeof(texts[3]));
	value_fail("%s of %s, width %d, a = %s, b = %s, offset %u, count %u: %s, expected %s "
		   "(seed %d)",
		   calls[function], value_types[type].name, width, texts[0], texts[1],
		   points->offsets[field], points->counts[field], texts[2], texts[3], SEED);
}

static size_t test_type(const struct tandem_session *session, enum value_type type, int width)
{
	static struct source_text source;
	static struct points points;
	size_t bytes = POINTS * value_types[type].size_bytes, checks = 0;
	const struct value_buffer buffers[] = { { points.a, bytes },
						{ points.b, bytes },
						{ points.offsets, sizeof(points.offsets) },
						{ points.counts, sizeof(points.counts) },
						{ points.results, FUNCTIONS * bytes } };

	fill(&points, type);
	memset(points.results, 0, sizeof(points.results));
	write_source(&source, type, width);
	if (!value_run(session, source.text, "", "test", buffers, 5, POINTS / (size_t)width, 0))
		return 0;
	for (int f = 0; f < FUNCTIONS; f++) {
		for (size_t i = 0; i < POINTS; i++, checks++)
			check_result(&points, type, width, (enum bit_function)f, i);
	}
	return checks;
}

int main(void)
{
	struct tandem_session session;
	size_t checks = 0;

	tandem_session_open(&session);
	if (!tandem_session_has_extension(&session, "cl_khr_extended_bit_ops")) {
		printf("skipped: the device lacks cl_khr_extended_bit_ops\n");
		return TEST_SKIPPED;
	}
	for (int type = 0; type < TYPE_HALF; type++) {
		for (int w = 0; w < VALUE_WIDTHS; w++)
			checks += test_type(&session, (enum value_type)type, value_widths[w]);
	}
	tandem_session_close(&session);
	return value_finish(checks);
}
