// SPDX-License-Identifier: MIT
/*
 * Memory may be read as another type than it was written as, unless a program is
 * built with -cl-strict-aliasing.
 */
#include "fixture.h"

extern const char aliasing_cl[];

static void test_memory(struct fixture *fixture, cl_program program)
{
	cl_uint *out = fixture_alloc(fixture, 16 * sizeof(cl_uint));
	const struct fixture_argument arguments[] = { fixture_svm(out) };

	fixture_run_1d(fixture, program, "private_memory", 1, 1, arguments, 1);
	for (cl_uint i = 0; i < 4; i++)
		check_equal(i + 1, out[i]);
	fixture_run_1d(fixture, program, "global_memory", 1, 1, arguments, 1);
	check_equal(2, out[0]);
	check_equal(0, out[1]);
	check_equal(2, out[2]);
	fixture_run_1d(fixture, program, "structure", 1, 1, arguments, 1);
	check_equal(7, out[0]);
	check_equal(0x3f800000, out[1]);
	fixture_free(fixture, out);
}

static void test_local_memory(struct fixture *fixture, cl_program program)
{
	cl_float *out = fixture_alloc(fixture, 64 * sizeof(cl_float));
	const struct fixture_argument arguments[] = { fixture_svm(out),
						      fixture_local(64 * sizeof(cl_float)) };

	fixture_run_1d(fixture, program, "local_memory", 64, 64, arguments, 2);
	for (int i = 0; i < 64; i++)
		check(out[i] == -3, "item %d: %g", i, out[i]);
	fixture_free(fixture, out);
}

int main(void)
{
	struct fixture fixture;
	cl_program program;

	fixture_open(&fixture);
	program = fixture_build(&fixture, aliasing_cl, "");
	test_memory(&fixture, program);
	test_local_memory(&fixture, program);
	check_equal(CL_SUCCESS, clReleaseProgram(program));
	fixture_close(&fixture);
	return check_result();
}
