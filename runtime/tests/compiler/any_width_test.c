// SPDX-License-Identifier: MIT
/* Integers of up to 128 bits, which are clang's _BitInt: divisions and conversions. */
#include "fixture.h"

#define ITEMS 64

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 unsigned_wide;

/* What a work-item leaves. */
struct results {
	wide quotient, remainder;
	wide rounded[3]; /* a third by way of double and of float, and what is small by half */
};

static const char any_width_cl[] =
	"#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
	"#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
	"TYPE load(ulong2 words)\n"
	"{\n"
	"	return (TYPE)((unsigned _BitInt(128))words.y << 64 | words.x);\n"
	"}\n"
	"ulong2 words(TYPE number)\n"
	"{\n"
	"	return (ulong2)((ulong)number, (ulong)((_BitInt(128))number >> 64));\n"
	"}\n"
	"kernel void compute(global const ulong2 *a, global const ulong2 *b,\n"
	"		     global const ulong2 *small, global ulong2 *out)\n"
	"{\n"
	"	int i = get_global_id(0);\n"
	"	TYPE x = load(a[i]), y = load(b[i]);\n"
	"	out += 5 * i;\n"
	"	out[0] = words(x / y);\n"
	"	out[1] = words(x % y);\n"
	"	out[2] = words((TYPE)(double)(TYPE)(x / 3));\n"
	"	out[3] = words((TYPE)(float)(TYPE)(x / 3));\n"
	"	out[4] = words((TYPE)(half)load(small[i]));\n"
	"}\n";

/* The lowest bits of a number, with the sign that they have. */
static wide cut(wide number, unsigned int bits, bool is_signed)
{
	unsigned_wide high = (unsigned_wide)number << (128 - bits);

	return is_signed ? (wide)high >> (128 - bits) : (wide)(high >> (128 - bits));
}

static struct results expected(wide x, wide y, wide small, bool is_signed)
{
	unsigned_wide u = (unsigned_wide)x, v = (unsigned_wide)y, unsigned_third = u / 3;
	wide third = x / 3;

	if (is_signed)
		return (struct results){ x / y,
					 x % y,
					 { (wide)(double)third, (wide)(float)third, small } };
	return (struct results){ (wide)(u / v),
				 (wide)(u % v),
				 { (wide)(unsigned_wide)(double)unsigned_third,
				   (wide)(unsigned_wide)(float)unsigned_third, small } };
}

static void check_number(const char *what, unsigned int bits, int item, wide seen, wide right)
{
	check(seen == right, "%s of %u bits, item %d: %llx %016llx, not %llx %016llx", what, bits,
	      item, (unsigned long long)((unsigned_wide)seen >> 64), (unsigned long long)seen,
	      (unsigned long long)((unsigned_wide)right >> 64), (unsigned long long)right);
}

/* With signs of all kinds; every third divides by zero, or out of range, which gives anything. */
static void fill(wide *a, wide *b, wide *small, unsigned int bits, bool is_signed)
{
	for (int i = 0; i < ITEMS; i++) {
		a[i] = (wide)(i % 32 + 1) << (bits - 7) | i;
		b[i] = (wide)1 << i % 5 << bits / 3 | 1;
		small[i] = (wide)31 * i;
		if (i % 4 < 2)
			a[i] = -a[i];
		if (i % 8 < 4)
			b[i] = -b[i];
		if (is_signed && i % 2)
			small[i] = -small[i];
	}
	for (int i = 0; i < ITEMS; i += 3) {
		a[i] = (wide)((unsigned_wide)1 << (bits - 1));
		b[i] = i % 2 ? 0 : -1;
	}
}

static void test_width(struct fixture *fixture, unsigned int bits, bool is_signed,
		       const char *more_options, void *memory)
{
	wide *a = memory, *b = a + ITEMS, *small = b + ITEMS;
	struct results *out = (struct results *)(small + ITEMS);
	const struct fixture_argument arguments[] = { fixture_svm(a), fixture_svm(b),
						      fixture_svm(small), fixture_svm(out) };
	cl_program program;
	char options[80];

	snprintf(options, sizeof(options), "-D \"TYPE=%s _BitInt(%u)\" %s",
		 is_signed ? "signed" : "unsigned", bits, more_options);
	fill(a, b, small, bits, is_signed);
	program = fixture_build(fixture, any_width_cl, options);
	fixture_run_1d(fixture, program, "compute", ITEMS, ITEMS, arguments, 4);
	for (int i = 0; i < ITEMS; i++) {
		struct results right;

		if (i % 3 == 0)
			continue;
		right = expected(cut(a[i], bits, is_signed), cut(b[i], bits, is_signed),
				 cut(small[i], bits, is_signed), is_signed);
		check_number("quotient", bits, i, out[i].quotient, right.quotient);
		check_number("remainder", bits, i, out[i].remainder, right.remainder);
		check_number("double", bits, i, out[i].rounded[0], right.rounded[0]);
		check_number("float", bits, i, out[i].rounded[1], right.rounded[1]);
		check_number("half", bits, i, out[i].rounded[2], right.rounded[2]);
	}
	clReleaseProgram(program);
}

int main(void)
{
	static const unsigned int widths[] = { 13, 24, 60, 65, 100, 128 };
	static const char *const options[] = { "", "-cl-opt-disable" };
	struct fixture fixture;
	void *memory;

	fixture_open(&fixture);
	memory = fixture_alloc(&fixture, ITEMS * (3 * sizeof(wide) + sizeof(struct results)));
	for (size_t i = 0; i < FIXTURE_COUNT(widths) * FIXTURE_COUNT(options); i++) {
		const char *more = options[i % FIXTURE_COUNT(options)];
		unsigned int bits = widths[i / FIXTURE_COUNT(options)];

		test_width(&fixture, bits, true, more, memory);
		test_width(&fixture, bits, false, more, memory);
	}
	fixture_free(&fixture, memory);
	fixture_close(&fixture);
	return check_result();
}
