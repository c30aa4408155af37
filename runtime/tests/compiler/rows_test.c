// SPDX-License-Identifier: MIT
/*
 * Work-items that each go through a piece of memory of their own: what is loaded and stored is
 * what it is where each work-item and access is by itself, to the byte, whatever the pieces,
 * their elements and the groups are.
 */
#include "fixture.h"

#include <stdio.h>

#include "../sample.h"

#define ITEMS	   84
#define MOST_STEP  20
#define MOST_BYTES ((size_t)ITEMS * MOST_STEP * 8)
#define SHAPES	   10

extern const char rows_cl[];

static const struct {
	const char *name;
	size_t bytes;
	bool is_real;
} types[] = {
	{ "int", 4, false },   { "float", 4, true },  { "long", 8, false },
	{ "double", 8, true }, { "short", 2, false },
};

/* Elements of a row, how many are left out at its beginning, and from one row to the next. */
static const struct {
	int length, first, step;
} rows[] = {
	{ 4, 0, 8 },   { 5, 0, 5 },   { 6, 1, 7 },   { 8, 0, 8 },   { 8, 2, 9 },   { 12, 0, 12 },
	{ 16, 0, 16 }, { 16, 3, 16 }, { 17, 0, 17 }, { 20, 0, 20 }, { 20, 1, 20 },
};

struct memory {
	unsigned char *a, *b, *expected_a, *expected_b;
};

/* Small integers, or numbers from a hundredth on to two: what is computed of them fits. */
static unsigned char byte(size_t i, size_t type)
{
	const size_t place = i % types[type].bytes;

	if (place == types[type].bytes - 1)
		return types[type].is_real ? 0x3f : 0;
	if (types[type].is_real)
		return (unsigned char)(i * 7 % 251);
	return place ? 0 : (unsigned char)(i * 7 / types[type].bytes % 61);
}

static void run(struct fixture *fixture, cl_program program, const char *kernel, unsigned char *a,
		unsigned char *b, size_t type, size_t group)
{
	const cl_int n = 1;
	const struct fixture_argument arguments[] = { fixture_svm(a), fixture_svm(b),
						      fixture_value(n) };

	for (size_t i = 0; i < MOST_BYTES; i++)
		a[i] = byte(i, type);
	memset(b, 0x55, MOST_BYTES);
	fixture_run_1d(fixture, program, kernel, ITEMS, group, arguments, 3);
}

static void test_kernel(struct fixture *fixture, cl_program *programs, const char *kernel,
			const char *options, size_t type, const struct memory *memory)
{
	static const size_t groups[] = { 0, 1, 7, 12, 21, 42, ITEMS };

	run(fixture, programs[0], kernel, memory->expected_a, memory->expected_b, type, 1);
	for (size_t i = 0; i < FIXTURE_COUNT(groups); i++) {
		run(fixture, programs[1], kernel, memory->a, memory->b, type, groups[i]);
		check(!memcmp(memory->a, memory->expected_a, MOST_BYTES) &&
			      !memcmp(memory->b, memory->expected_b, MOST_BYTES),
		      "%s, %s, groups of %zu: the bytes differ", kernel, options, groups[i]);
	}
}

static void test(struct fixture *fixture, int shape, size_t row, size_t type,
		 const struct memory *memory)
{
	char options[160], plain[200];
	cl_program programs[2];

	snprintf(options, sizeof(options),
		 "-cl-std=CL3.0 -DSHAPE=%d -DTYPE=%s -DROW=%d -DFIRST=%d -DSTEP=%d", shape,
		 types[type].name, rows[row].length, rows[row].first, rows[row].step);
	snprintf(plain, sizeof(plain), "%s -cl-opt-disable", options);
	programs[0] = fixture_build(fixture, rows_cl, plain);
	programs[1] = fixture_build(fixture, rows_cl, options);
	test_kernel(fixture, programs, "forwards", options, type, memory);
	test_kernel(fixture, programs, "backwards", options, type, memory);
	for (size_t i = 0; i < FIXTURE_COUNT(programs); i++)
		clReleaseProgram(programs[i]);
}

int main(void)
{
	struct fixture fixture;
	struct memory memory;
	unsigned long tried = 0;

	fixture_open(&fixture);
	memory.a = fixture_alloc(&fixture, MOST_BYTES);
	memory.b = fixture_alloc(&fixture, MOST_BYTES);
	memory.expected_a = fixture_alloc(&fixture, MOST_BYTES);
	memory.expected_b = fixture_alloc(&fixture, MOST_BYTES);
	for (int shape = 0; shape < SHAPES; shape++) {
		for (size_t row = 0; row < FIXTURE_COUNT(rows); row++) {
			if (tried++ % test_sample() != 0)
				continue;
			/* Types in turn: what is done with one is done with the others. */
			test(&fixture, shape, row, tried / test_sample() % FIXTURE_COUNT(types),
			     &memory);
		}
	}
	fixture_free(&fixture, memory.a);
	fixture_free(&fixture, memory.b);
	fixture_free(&fixture, memory.expected_a);
	fixture_free(&fixture, memory.expected_b);
	fixture_close(&fixture);
	return check_result();
}
