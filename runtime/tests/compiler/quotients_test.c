// SPDX-License-Identifier: MIT
/*
 * Quotients and remainders of integers where a little more or less would give another: of
 * multiples and what is next to them, by one divisor for all work-items and by each its own,
 * with and without some that do not divide.
 */
#include "fixture.h"

#include <stdint.h>

#define ITEMS 256
/* Into how many parts out[] is divided: see the source. */
#define PARTS 5

/* Of a type T: from x and d. Work-items that do not divide leave what is there. */
#define DIVIDE                                                    \
	"	size_t i = get_global_id(0), n = get_global_size(0);\n" \
	"	T x = a[i];\n"                                          \
	"	out[i] = x / d;\n"                                      \
	"	out[n + i] = x % d;\n"                                  \
	"	if (i % 3)\n"                                           \
	"		out[2 * n + i] = x / d;\n"                             \
	"	out[3 * n + i] = (x / d) * d + x % d;\n"                \
	"	for (int k = 0; k < (int)(i & 3); k++)\n"               \
	"		out[4 * n + i] = (T)(x - (T)k) / d;\n"

static const char source[] = "kernel void by_one(global const T *a, global T *out, T d)\n"
			     "{\n" DIVIDE "}\n"
			     "kernel void by_each(global const T *a, global T *out,\n"
			     "		    global const T *b)\n"
			     "{\n"
			     "	T d = b[get_global_id(0)];\n" DIVIDE "}\n"
			     "kernel void by_power(global const T *a, global T *out, int shift)\n"
			     "{\n"
			     "	T d = (T)1 << shift;\n" DIVIDE "}\n"
			     "kernel void of_power(global T *out, int shift)\n"
			     "{\n"
			     "	size_t i = get_global_id(0), n = get_global_size(0);\n"
			     "	T d = (T)1 << shift;\n"
			     "	out[i] = d / d;\n"
			     "	out[n + i] = d % d;\n"
			     "	out[2 * n + i] = (T)(d * 3) / d;\n"
			     "}\n";

/* Divisors of every size, in 64 bits: narrower types have their low bits. */
static const uint64_t divisors[] = {
	1,
	2,
	3,
	5,
	7,
	10,
	60,
	127,
	128,
	255,
	641,
	1000,
	32767,
	32768,
	46341,
	65535,
	65537,
	0x7ffffff,
	0x7fffffff,
	0x80000000,
	0x80000001,
	0xfffffffe,
	0xffffffff,
	0x100000001,
	0x3ffffffffff1,
	0x3fffffffffff,
	0x400000000000,
	0x400000000001,
	0x1fffffffffffff,
	0x7fffffffffffffff,
	0x8000000000000000,
	0xfffffffffffffffd,
	0xffffffffffffffff,
};

struct type {
	const char *name;
	unsigned int bits;
	bool is_signed;
};

static const struct type types[] = {
	{ "char", 8, true }, { "uchar", 8, false }, { "short", 16, true }, { "ushort", 16, false },
	{ "int", 32, true }, { "uint", 32, false }, { "long", 64, true },  { "ulong", 64, false },
};

/* ---- numbers of a type ---- */

static int64_t extended(const struct type *type, uint64_t number)
{
	unsigned int unused = 64 - type->bits;

	return type->is_signed ? (int64_t)(number << unused) >> unused :
				 (int64_t)(number << unused >> unused);
}

static void put(const struct type *type, void *array, size_t i, uint64_t number)
{
	memcpy((char *)array + i * type->bits / 8, &number, type->bits / 8);
}

static int64_t get(const struct type *type, const void *array, size_t i)
{
	uint64_t number = 0;

	memcpy(&number, (const char *)array + i * type->bits / 8, type->bits / 8);
	return extended(type, number);
}

static bool is_defined(const struct type *type, int64_t dividend, int64_t divisor)
{
	int64_t least = extended(type, UINT64_C(1) << (type->bits - 1));

	return divisor && !(type->is_signed && divisor == -1 && dividend == least);
}

static int64_t quotient(const struct type *type, int64_t dividend, int64_t divisor)
{
	return type->is_signed ? dividend / divisor :
				 (int64_t)((uint64_t)dividend / (uint64_t)divisor);
}

static int64_t rest(const struct type *type, int64_t dividend, int64_t divisor)
{
	return extended(type, (uint64_t)dividend - (uint64_t)quotient(type, dividend, divisor) *
							   (uint64_t)divisor);
}

/* Numbers where quotients by @divisor change, and others; @small: that 46 bits can hold. */
static uint64_t dividend(size_t i, uint64_t divisor, bool small)
{
	static uint64_t state = 88172645463325252u;
	uint64_t number;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	number = state >> (i * 7 % 64);
	if (i % 4 == 1)
		number = (uint64_t)0 - number;
	if (i % 4 > 1)
		number = number / (divisor ? divisor : 1) * divisor + i / 4 % 3 - 1;
	if (i < 8)
		number = (UINT64_C(1) << (i < 4 ? 31 : 63)) + i % 4 - 1;
	return small ? number & 0x3fffffffffff : number;
}

/* ---- checking ---- */

struct memory {
	void *a, *b, *out;
};

static void check_item(const struct type *type, const struct memory *memory, const char *kernel,
		       size_t i, int64_t divisor)
{
	int64_t x = get(type, memory->a, i), last = extended(type, (uint64_t)x - ((i & 3) - 1));
	const int64_t expected[PARTS] = {
		is_defined(type, x, divisor) ? quotient(type, x, divisor) : 0,
		is_defined(type, x, divisor) ? rest(type, x, divisor) : 0,
		is_defined(type, x, divisor) && i % 3 ? quotient(type, x, divisor) : 0,
		x,
		i & 3 && is_defined(type, last, divisor) ? quotient(type, last, divisor) : 0,
	};

	for (size_t part = 0; part < PARTS; part++) {
		int64_t dividend = part == 4 ? last : x, seen;

		if (!is_defined(type, dividend, divisor))
			continue;
		seen = get(type, memory->out, part * ITEMS + i);
		check(seen == expected[part],
		      "%s of %s, part %zu, item %zu: %lld by %lld gives %lld", kernel, type->name,
		      part, i, (long long)dividend, (long long)divisor, (long long)seen);
	}
}

static void run(struct fixture *fixture, const struct type *type, const struct memory *memory,
		cl_program program, const char *kernel, struct fixture_argument divisor)
{
	const struct fixture_argument arguments[] = { fixture_svm(memory->a),
						      fixture_svm(memory->out), divisor };

	memset(memory->out, 0, PARTS * ITEMS * sizeof(uint64_t));
	fixture_run_1d(fixture, program, kernel, ITEMS, ITEMS, arguments, 3);
}

static void test_divisor(struct fixture *fixture, const struct type *type,
			 const struct memory *memory, cl_program program, uint64_t divisor)
{
	run(fixture, type, memory, program, "by_one",
	    (struct fixture_argument){ &divisor, type->bits / 8, false });
	for (size_t i = 0; i < ITEMS; i++)
		check_item(type, memory, "by one", i, extended(type, divisor));
	run(fixture, type, memory, program, "by_each",
	    (struct fixture_argument)fixture_svm(memory->b));
	for (size_t i = 0; i < ITEMS; i++)
		check_item(type, memory, "by each", i, get(type, memory->b, i));
}

/* More bits than a number has are as many less those that it has; of an int for narrower ones. */
static void test_powers(struct fixture *fixture, const struct type *type,
			const struct memory *memory, cl_program program)
{
	for (cl_int shift = 0; shift < 80; shift++) {
		uint64_t power = UINT64_C(1) << (shift & (type->bits == 64 ? 63 : 31));

		for (size_t i = 0; i < ITEMS; i++)
			put(type, memory->a, i, dividend(i, power, false));
		run(fixture, type, memory, program, "by_power",
		    (struct fixture_argument)fixture_value(shift));
		for (size_t i = 0; i < ITEMS; i++)
			check_item(type, memory, "by a power", i, extended(type, power));
	}
}

/* Powers are divided by themselves, too. */
static void test_power_by_itself(struct fixture *fixture, const struct type *type,
				 const struct memory *memory, cl_program program)
{
	const cl_int shift = (cl_int)type->bits - 4;
	const struct fixture_argument arguments[] = { fixture_svm(memory->out),
						      fixture_value(shift) };

	fixture_run_1d(fixture, program, "of_power", ITEMS, ITEMS, arguments, 2);
	for (size_t i = 0; i < ITEMS; i++)
		check(get(type, memory->out, i) == 1 && get(type, memory->out, ITEMS + i) == 0 &&
			      get(type, memory->out, 2 * ITEMS + i) == 3,
		      "a power of %s by itself, item %zu", type->name, i);
}

static void test(struct fixture *fixture, const struct type *type, const struct memory *memory)
{
	char options[40];
	cl_program program;

	snprintf(options, sizeof(options), "-D T=%s", type->name);
	program = fixture_build(fixture, source, options);
	for (size_t k = 0; k < 2 * FIXTURE_COUNT(divisors); k++) {
		uint64_t divisor = divisors[k / 2];

		for (size_t i = 0; i < ITEMS; i++) {
			put(type, memory->a, i, dividend(i, divisor, k % 2));
			put(type, memory->b, i,
			    i % 2 ? divisor : divisors[(i + k) % FIXTURE_COUNT(divisors)]);
		}
		test_divisor(fixture, type, memory, program, divisor);
	}
	test_powers(fixture, type, memory, program);
	test_power_by_itself(fixture, type, memory, program);
	clReleaseProgram(program);
}

int main(void)
{
	struct fixture fixture;
	struct memory memory;

	fixture_open(&fixture);
	memory.a = fixture_alloc(&fixture, ITEMS * sizeof(uint64_t));
	memory.b = fixture_alloc(&fixture, ITEMS * sizeof(uint64_t));
	memory.out = fixture_alloc(&fixture, PARTS * ITEMS * sizeof(uint64_t));
	for (size_t i = 0; i < FIXTURE_COUNT(types); i++)
		test(&fixture, &types[i], &memory);
	fixture_free(&fixture, memory.a);
	fixture_free(&fixture, memory.b);
	fixture_free(&fixture, memory.out);
	fixture_close(&fixture);
	return check_result();
}
