// SPDX-License-Identifier: MIT
/* Divisions that trap on processors, and such as are done for some work-items or for none. */
#include "fixture.h"

#define ITEMS 64

extern const char divisions_cl[];

static const struct {
	const char *name;
	unsigned int bytes, lanes;
	bool is_signed;
} types[] = {
	{ "char", 1, 1, true },	     { "uchar", 1, 1, false }, { "short", 2, 1, true },
	{ "ushort", 2, 1, false },   { "int", 4, 1, true },    { "uint", 4, 1, false },
	{ "long", 8, 1, true },	     { "ulong", 8, 1, false }, { "int2", 4, 2, true },
	{ "uchar16", 1, 16, false }, { "long8", 8, 8, true },  { "uint4", 4, 4, false },
};

/* ---- what is not defined ---- */

static long long get(const void *memory, unsigned int bytes, bool is_signed, size_t i)
{
	unsigned long long value = 0;
	unsigned int unused = 64 - 8 * bytes;

	memcpy(&value, (const char *)memory + i * bytes, bytes);
	value <<= unused;
	return is_signed ? (long long)value >> unused : (long long)(value >> unused);
}

static void put(void *memory, unsigned int bytes, size_t i, long long value)
{
	memcpy((char *)memory + i * bytes, &value, bytes);
}

/* Lane by lane: zero, minus one below the least number, and divisors that are fine. */
static void fill(void *a, void *b, unsigned int bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		long long least = (long long)(1ull << (8 * bytes - 1));

		put(a, bytes, i, i % 3 == 1 ? least : (long long)(i % 101));
		put(b, bytes, i, i % 3 == 0 ? 0 : i % 3 == 1 ? -1 : 1 + (long long)(i % 7));
	}
}

static void test_values(struct fixture *fixture, size_t type, const char *options, void *memory)
{
	unsigned int bytes = types[type].bytes, lanes = types[type].lanes;
	size_t count = ITEMS * lanes, item = (size_t)bytes * lanes;
	char *a = memory, *b = a + ITEMS * 64, *out = b + ITEMS * 64, defines[80];
	const struct fixture_argument arguments[] = { fixture_svm(a), fixture_svm(b),
						      fixture_svm(out) };
	const struct fixture_argument two[] = { fixture_svm(a), fixture_svm(out) };
	cl_program program;

	snprintf(defines, sizeof(defines), "-D TYPE=%s %s", types[type].name, options);
	if (lanes == 1)
		snprintf(defines + strlen(defines), sizeof(defines) - strlen(defines),
			 " -D SCALAR");
	program = fixture_build(fixture, divisions_cl, defines);
	fill(a, b, bytes, count);
	fixture_run_1d(fixture, program, "divide", ITEMS, ITEMS, arguments, 3);
	for (size_t i = 2; i < count; i += 3) {
		size_t at = i / lanes * 2 * lanes + i % lanes;
		long long divisor = get(b, bytes, true, i), dividend = get(a, bytes, true, i);

		check_equal(dividend / divisor, get(out, bytes, true, at));
		check_equal(dividend % divisor, get(out, bytes, true, at + lanes));
	}
	fixture_run_1d(fixture, program, "by_constant", ITEMS, ITEMS, two, 2);
	for (size_t i = 0; i < count && types[type].is_signed; i++) {
		long long dividend = get(a, bytes, true, i);

		if (i % 3 != 1)
			check_equal(-dividend,
				    get(out, bytes, true, i / lanes * 2 * lanes + i % lanes));
	}
	if (lanes == 1) {
		fixture_run_1d(fixture, program, "ask_behind", ITEMS, ITEMS, arguments, 3);
		for (size_t i = 0; i < ITEMS; i += 3)
			check_equal(77, get(out, 4, true, i));
	}
	check(item <= 64, "%zu bytes", item);
	clReleaseProgram(program);
}

/* ---- under conditions ---- */

struct arguments {
	int *a, *b;
	long long n, m;
};

static long long modulo(long long n, long long m)
{
	return m ? n % m : 0;
}

/* What is added to b[i] by the kernels, where it is above 0. */
static int addend(const char *kernel, const struct arguments *arguments, int i, int b)
{
	const int *a = arguments->a;
	long long n = arguments->n, m = arguments->m, sum = 0;

	if (!strcmp(kernel, "quotient_in_index"))
		return a[i + (m ? n / m : 0)];
	if (!strcmp(kernel, "remainder_alone") || !strcmp(kernel, "in_local"))
		return a[modulo(n, m)];
	if (!strcmp(kernel, "of_sums"))
		return a[i + (n + 1) / (m + 1)];
	if (!strcmp(kernel, "of_overflow"))
		return a[i + (m ? (n + 1) / m & 1 : 0)];
	if (!strcmp(kernel, "saturated"))
		return a[i + (m ? (n / m > 3 ? n / m - 3 : 0) % m : 0)];
	if (!strcmp(kernel, "in_value"))
		return a[i] * (int)modulo(n, m);
	if (!strcmp(kernel, "one_store"))
		return 0;
	for (long long j = n; !strcmp(kernel, "each_in_loop") && j > 1; j--)
		sum += n % b + j;
	if (!strcmp(kernel, "each_in_loop"))
		return (int)sum;
	if (!strcmp(kernel, "rarely_in_loop"))
		return a[i] + (int)(n * (n + 1) / 2 - 1) + (n % 2 ? 7 : 7 ^ (int)(m % b));
	for (long long j = 0; !strcmp(kernel, "in_loop") && j < n; j++)
		sum += b > j ? a[i + modulo(j, m) + modulo(n, m)] : 0;
	return strcmp(kernel, "in_loop") ? a[i + modulo(n, m)] : (int)sum;
}

static void test_kernel(struct fixture *fixture, cl_program program, const char *kernel,
			unsigned int bytes, const struct arguments *given, int most)
{
	int before[ITEMS], *a = given->a, *b = given->b;
	const struct fixture_argument arguments[] = { fixture_svm(a),
						      fixture_svm(b),
						      { &given->n, bytes, false },
						      { &given->m, bytes, false } };

	for (int i = 0; i < ITEMS; i++)
		b[i] = before[i] = i - most;
	for (int i = 0; i < 4 * ITEMS; i++)
		a[i] = 3 * i + 1;
	fixture_run_1d(fixture, program, kernel, ITEMS, ITEMS, arguments, 4);
	if (!strcmp(kernel, "one_store") && most < ITEMS - 20) {
		check_equal(20, a[modulo(given->n, given->m)]);
		return;
	}
	for (int i = 0; i < ITEMS; i++) {
		int expected = before[i];

		if (expected > 0)
			expected += addend(kernel, given, i, before[i]);
		else if (!strcmp(kernel, "in_value"))
			expected++;
		if (!check(b[i] == expected, "%s of %u bytes, %lld and %lld, item %d: %d, not %d",
			   kernel, bytes, given->n, given->m, i, b[i], expected))
			break;
	}
}

static void test_conditions(struct fixture *fixture, size_t type, int *memory)
{
	static const char *const kernels[] = {
		"remainder_in_index",
		"quotient_in_index",
		"remainder_alone",
		"of_sums",
		"in_value",
		"one_store",
		"early_return",
		"asked_before",
		"in_loop",
		"in_local",
		"of_overflow",
		"saturated",
		"each_in_loop",
		"rarely_in_loop",
	};
	struct arguments arguments = { .a = memory, .b = memory + 4 * ITEMS };
	cl_program program;
	char options[80];

	snprintf(options, sizeof(options), "-D TYPE=%s -D SCALAR", types[type].name);
	program = fixture_build(fixture, divisions_cl, options);
	for (size_t k = 0; k < FIXTURE_COUNT(kernels); k++) {
		arguments.n = 53;
		arguments.m = 10;
		test_kernel(fixture, program, kernels[k], types[type].bytes, &arguments, 16);
		/* Nobody divides. */
		arguments.m = 0;
		test_kernel(fixture, program, kernels[k], types[type].bytes, &arguments, ITEMS);
		if (strcmp(kernels[k], "of_overflow"))
			continue;
		/* The greatest number, and what takes a quotient out of range. */
		arguments.n = (long long)(~0ull >> (65 - 8 * types[type].bytes));
		arguments.m = -1;
		test_kernel(fixture, program, kernels[k], types[type].bytes, &arguments, ITEMS);
	}
	clReleaseProgram(program);
}

int main(void)
{
	struct fixture fixture;
	void *memory;

	fixture_open(&fixture);
	memory = fixture_alloc(&fixture, (size_t)ITEMS * 64 * 4);
	for (size_t i = 0; i < FIXTURE_COUNT(types); i++) {
		test_values(&fixture, i, "", memory);
		test_values(&fixture, i, "-cl-opt-disable", memory);
		if (types[i].lanes == 1)
			test_conditions(&fixture, i, memory);
	}
	fixture_free(&fixture, memory);
	fixture_close(&fixture);
	return check_result();
}
