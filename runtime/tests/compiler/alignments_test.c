// SPDX-License-Identifier: MIT
/* Alignments that programs ask for, and memory of their own that is more than there is. */
#include "fixture.h"

#define ITEMS 64

extern const char alignments_cl[];

static void expect(const int *out, const char *what, unsigned int alignment, int first, int step,
		   int period)
{
	for (int i = 0; i < ITEMS; i++) {
		int expected = first + step * (i % period);

		if (!check(out[i] == expected, "%s, aligned to %u, item %d: %d, not %d", what,
			   alignment, i, out[i], expected))
			return;
	}
}

static void test_variables(struct fixture *fixture, unsigned int alignment, int *out)
{
	cl_int n = 1;
	const struct fixture_argument arguments[] = { fixture_svm(out), fixture_value(n),
						      fixture_local(ITEMS * sizeof(int)) };
	char options[80];
	cl_program program;

	snprintf(options, sizeof(options), "-cl-std=CL3.0 -D ALIGNMENT=%u", alignment);
	program = fixture_build(fixture, alignments_cl, options);
	fixture_run_1d(fixture, program, "in_program", ITEMS, ITEMS, arguments, 2);
	for (int i = 0; i < ITEMS; i++)
		out[i] -= i % 4 + i % 2;
	expect(out, "in_program", alignment, 5 + 9 + 3 + 2 + 1, 0, 1);
	/* Groups of one are where there is the least room. */
	for (size_t group = 1; group <= ITEMS; group *= ITEMS) {
		fixture_run_1d(fixture, program, "kept", ITEMS, group, arguments, 2);
		expect(out, "kept", alignment, 1 + 1, 1, (int)group);
	}
	fixture_run_1d(fixture, program, "in_local", ITEMS, ITEMS, arguments, 3);
	expect(out, "in_local", alignment, 2 + 100 + 1 + 5, 1, ITEMS);
	fixture_run_1d(fixture, program, "less", ITEMS, ITEMS, arguments, 2);
	expect(out, "less", alignment, ITEMS, -1, ITEMS);
	clReleaseProgram(program);
}

static void test_by_value(struct fixture *fixture, unsigned int alignment, int *out)
{
	struct {
		float x, y, z, w, unused[28];
	} structure = { 1, 2, 3, 4, { 0 } };
	size_t bytes = alignment > 16 ? alignment : 16;
	cl_int n = 1;
	cl_char c = 5;
	const struct fixture_argument arguments[] = { fixture_value(n),
						      { &structure, bytes, false },
						      fixture_value(c),
						      { &structure, bytes, false },
						      fixture_svm(out) };
	char options[80];
	cl_program program;

	snprintf(options, sizeof(options), "-D BY_VALUE -D ALIGNMENT=%u", alignment);
	program = fixture_build(fixture, alignments_cl, options);
	fixture_run_1d(fixture, program, "by_value", ITEMS, ITEMS, arguments, 5);
	expect(out, "by_value", alignment, 1 + 40 + 200 + 1 + 5, 0, 1);
	clReleaseProgram(program);
}

/* @expected: a part of what the build's log says. */
static void test_refused(struct fixture *fixture, const char *source, const char *options,
			 const char *expected)
{
	char log[2000] = "";

	check_equal(CL_BUILD_PROGRAM_FAILURE,
		    fixture_build_error(fixture, source, options, log, sizeof(log)));
	check(strstr(log, expected), "the log does not say '%s' but '%s'", expected, log);
}

int main(void)
{
	struct fixture fixture;
	int *out;

	fixture_open(&fixture);
	out = fixture_alloc(&fixture, ITEMS * sizeof(int));
	for (unsigned int alignment = 8; alignment <= 16384; alignment *= alignment < 256 ? 2 : 8)
		test_variables(&fixture, alignment, out);
	for (unsigned int alignment = 4; alignment <= 128; alignment *= 2)
		test_by_value(&fixture, alignment, out);
	test_refused(&fixture, alignments_cl, "-D BY_VALUE -D ALIGNMENT=256",
		     "argument 1 of kernel 'by_value' is aligned to 256 bytes");
	test_refused(&fixture,
		     "kernel void k(global int *out, int n) { int a[1 << 23];\n"
		     "for (int i = 0; i < n; i++) a[i * n] = i; out[0] = a[n]; }",
		     "", "kernel 'k' has private variables of 335544");
	test_refused(&fixture,
		     "kernel __attribute__((reqd_work_group_size(1024, 1, 1)))\n"
		     "void k(global int *out, int n) { int a[1 << 16]; a[n] = n;\n"
		     "barrier(CLK_LOCAL_MEM_FENCE); out[0] = a[n + out[1]]; }",
		     "", "kernel 'k' requires groups of 1024 work-items");
	fixture_free(&fixture, out);
	fixture_close(&fixture);
	return check_result();
}
