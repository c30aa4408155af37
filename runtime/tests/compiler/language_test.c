// SPDX-License-Identifier: MIT
/* Work-item functions, arguments, variables of all kinds, address spaces, control flow. */
#include "fixture.h"

#include <math.h>

extern const char language_cl[];

static void check_work_item(const cl_ulong *seen, const size_t *offset, const size_t *global,
			    const size_t *local, const size_t *id)
{
	const size_t groups[] = { global[0] / local[0], global[1] / local[1],
				  global[2] / local[2] };
	size_t lid[3];

	for (int d = 0; d < 3; d++) {
		lid[d] = id[d] % local[d];
		check_equal(offset[d] + id[d], seen[d]);
		check_equal(lid[d], seen[4 + d]);
		check_equal(id[d] / local[d], seen[8 + d]);
		check_equal(global[d], seen[12 + d]);
		check_equal(offset[d], seen[16 + d]);
	}
	/* A dimension that there is not. */
	check_equal(0, seen[3]);
	check_equal(0, seen[7]);
	check_equal(0, seen[11]);
	check_equal(1, seen[15]);
	check_equal(0, seen[19]);
	check_equal((lid[2] * local[1] + lid[1]) * local[0] + lid[0], seen[20]);
	check_equal(groups[0] * 10000 + groups[1] * 100 + groups[2], seen[22]);
	check_equal(local[0] * 10000 + local[1] * 100 + 1, seen[23]);
}

static void test_work_items(struct fixture *fixture, cl_program program, cl_uint dimensions)
{
	const size_t offset[] = { 3, dimensions > 1 ? 5 : 0, dimensions > 2 ? 7 : 0 };
	const size_t global[] = { 12, dimensions > 1 ? 6 : 1, dimensions > 2 ? 4 : 1 };
	const size_t local[] = { 4, dimensions > 1 ? 3 : 1, dimensions > 2 ? 2 : 1 };
	size_t items = global[0] * global[1] * global[2];
	cl_ulong *out = fixture_alloc(fixture, items * 24 * sizeof(*out));
	const struct fixture_argument arguments[] = { fixture_svm(out) };
	const struct fixture_launch launch = { "work_items", dimensions, offset, global,
					       local,	     arguments,	 1 };

	fixture_run(fixture, program, &launch);
	for (size_t i = 0; i < items; i++) {
		const size_t id[] = { i % global[0], i / global[0] % global[1],
				      i / global[0] / global[1] };

		check_work_item(out + i * 24, offset, global, local, id);
		check_equal(dimensions, out[i * 24 + 21]);
	}
	fixture_free(fixture, out);
}

struct mixed {
	cl_char c;
	cl_double d;
	cl_short s[3];
	cl_float4 f;
};

static void test_arguments(struct fixture *fixture, cl_program program)
{
	const cl_char c = -1;
	const cl_uchar uc = 200;
	const cl_short s = -300;
	const cl_ushort us = 60000;
	const cl_int i = -70000;
	const cl_uint ui = 4000000000u;
	const cl_long l = -5000000000;
	const cl_ulong ul = 6000000000u;
	const cl_float f = 0.5f;
	const cl_double d = 0.125;
	const cl_float3 f3 = { { 1, 2, 3 } };
	const cl_char16 c16 = { { [15] = 16 } };
	const cl_double16 d16 = { { [15] = 32 } };
	const struct mixed m = { 1, 64, { 0, 5, 0 }, { { 0, 0, 0, 128 } } };
	const cl_long3 l3 = { { 0, 0, 256 } };
	cl_int *table = fixture_alloc(fixture, 4 * sizeof(cl_int));
	cl_double *out = fixture_alloc(fixture, 64 * sizeof(cl_double));
	const struct fixture_argument arguments[] = {
		fixture_svm(out),   fixture_value(c),
		fixture_value(uc),  fixture_value(s),
		fixture_value(us),  fixture_value(i),
		fixture_value(ui),  fixture_value(l),
		fixture_value(ul),  fixture_value(f),
		fixture_value(d),   fixture_value(f3),
		fixture_value(c16), fixture_value(d16),
		fixture_value(m),   fixture_value(l3),
		fixture_svm(table), fixture_local(16 * sizeof(cl_int)),
		fixture_local(16),  fixture_local(16 * sizeof(cl_double)),
	};
	double expected = -1.0 + 200 - 300 + 60000 - 70000 + 4000000000.0 - 5000000000.0 +
			  6000000000.0 + 0.5 + 0.125 + 3 + 16 + 32 + 1 + 65 + 5 + 128 + 256 + 77 +
			  3 + 0.25;

	table[2] = 77;
	fixture_run_1d(fixture, program, "arguments", 64, 16, arguments, FIXTURE_COUNT(arguments));
	for (int g = 0; g < 64; g++) {
		/* Mixed conversions round to float on the way in some places. */
		check(fabs(out[g] - expected - g) < 1024, "item %d: %.17g, not %.17g", g, out[g],
		      expected + g);
		check(out[g] - out[0] == g, "item %d: %.17g beside %.17g", g, out[g], out[0]);
	}
	fixture_free(fixture, table);
	fixture_free(fixture, out);
}

static void test_many_arguments(struct fixture *fixture, cl_program program)
{
	struct fixture_argument arguments[32];
	cl_long *out = fixture_alloc(fixture, sizeof(cl_long));
	cl_int a[11];
	cl_short b[10];
	cl_long c[10], expected = 1000;

	arguments[0] = (struct fixture_argument)fixture_svm(out);
	for (int i = 0; i < 10; i++) {
		a[i] = i * 3 + 1;
		b[i] = (cl_short)-i;
		c[i] = (cl_long)i << 33;
		arguments[1 + 3 * i] = (struct fixture_argument)fixture_value(a[i]);
		arguments[2 + 3 * i] = (struct fixture_argument)fixture_value(b[i]);
		arguments[3 + 3 * i] = (struct fixture_argument)fixture_value(c[i]);
		expected += a[i] * (i + 1) + b[i] + c[i];
	}
	a[10] = 1000;
	arguments[31] = (struct fixture_argument)fixture_value(a[10]);
	fixture_run_1d(fixture, program, "many_arguments", 1, 1, arguments, 32);
	check_equal(expected, out[0]);
	fixture_free(fixture, out);
}

static void test_variables(struct fixture *fixture, cl_program program)
{
	cl_int *out = fixture_alloc(fixture, 5 * sizeof(cl_int)), amount = 37;
	const struct fixture_argument add[] = { fixture_value(amount) };
	const struct fixture_argument read[] = { fixture_svm(out) };
	size_t bytes = 0;

	fixture_run_1d(fixture, program, "variables_add", 8, 4, add, 1);
	fixture_run_1d(fixture, program, "variables_add", 8, 4, add, 1);
	fixture_run_1d(fixture, program, "variables_read", 1, 1, read, 1);
	check_equal(5 + 2 * 37, out[0]);
	check_equal(204, out[1]);
	check_equal(2, out[2]);
	check_equal(30, out[3]);
	check_equal(1, out[4]);
	clGetProgramBuildInfo(program, fixture->device, CL_PROGRAM_BUILD_GLOBAL_VARIABLE_TOTAL_SIZE,
			      sizeof(bytes), &bytes, NULL);
	check(bytes >= 4 + 8 + 16 + 8 + 400, "%zu bytes of variables", bytes);
	fixture_free(fixture, out);
}

static void test_address_spaces(struct fixture *fixture, cl_program program)
{
	/* Value behind the pointer plus one, and: found in global, local, private; fence flags. */
	static const cl_int expected[] = { 72001, 61010, 82100 };
	cl_int *out = fixture_alloc(fixture, 96 * sizeof(cl_int));
	const struct fixture_argument arguments[] = { fixture_svm(out),
						      fixture_local(32 * sizeof(cl_int)) };

	fixture_run_1d(fixture, program, "generic_pointers", 96, 32, arguments, 2);
	for (int g = 0; g < 96; g++)
		check_equal(expected[g % 3], out[g]);
	fixture_run_1d(fixture, program, "private_after_barrier", 96, 32, arguments, 1);
	for (int g = 0; g < 96; g++)
		check_equal(2100 * 1000 + g % 4 + 11, out[g]);
	fixture_free(fixture, out);
}

static void test_local_variables(struct fixture *fixture, cl_program program)
{
	cl_int *out = fixture_alloc(fixture, 64 * sizeof(cl_int));
	const struct fixture_argument arguments[] = { fixture_svm(out) };

	fixture_run_1d(fixture, program, "local_variables", 64, 16, arguments, 1);
	for (int g = 0; g < 64; g++)
		check_equal(28 + 7 + 2 + 2, out[g]);
	fixture_free(fixture, out);
}

static void test_control_flow(struct fixture *fixture, cl_program program)
{
	cl_int *out = fixture_alloc(fixture, 64 * sizeof(cl_int)), limit = 20;
	const struct fixture_argument arguments[] = { fixture_svm(out), fixture_value(limit) };

	fixture_run_1d(fixture, program, "gotos", 64, 8, arguments, 2);
	for (int g = 0; g < 64; g++) {
		int i = 0, sum = 0;

		for (i = 0; i <= limit; i++)
			sum += i % 3 || !i ? i : 0;
		check_equal(sum, out[g]);
	}
	memset(out, 0, 64 * sizeof(cl_int));
	fixture_run_1d(fixture, program, "volatile_steps", 64, 8, arguments, 1);
	for (int g = 0; g < 64; g++)
		check_equal(10, out[g]);
	fixture_run_1d(fixture, program, "calls_a_kernel", 64, 0, arguments, 1);
	for (int g = 0; g < 64; g++)
		check_equal(7, out[g]);
	fixture_run_1d(fixture, program, "no_arguments", 64, 0, NULL, 0);
	fixture_free(fixture, out);
}

static void test_hints(struct fixture *fixture, cl_program program)
{
	cl_int *out = fixture_alloc(fixture, 64 * sizeof(cl_int)), n = 7;
	const struct fixture_argument arguments[] = { fixture_svm(out), fixture_value(n) };

	fixture_run_1d(fixture, program, "hints", 64, 8, arguments, 2);
	for (int g = 0; g < 64; g++)
		check_equal(g % 8 ? g : 0 + 1 + 2 + 3 + 4 - 2, out[g]);
	fixture_free(fixture, out);
}

/* All global sizes, also prime ones, with the local size left to the runtime. */
static void test_triad(struct fixture *fixture, cl_program program)
{
	const cl_uint most = 5000;
	cl_float *a = fixture_alloc(fixture, 3 * most * sizeof(cl_float));
	cl_float *b = a + most, *c = b + most, scale = 3;

	for (cl_uint i = 0; i < most; i++) {
		b[i] = (cl_float)i;
		c[i] = (cl_float)(i % 17);
	}
	for (cl_uint count = 1; count < most; count += count < 70 ? 1 : 239) {
		const struct fixture_argument arguments[] = { fixture_svm(a), fixture_svm(b),
							      fixture_svm(c), fixture_value(scale),
							      fixture_value(count) };
		cl_uint wrong = 0;

		memset(a, 0, most * sizeof(cl_float));
		fixture_run_1d(fixture, program, "triad", count + count % 7, 0, arguments, 5);
		for (cl_uint i = 0; i < most; i++)
			wrong += a[i] != (i < count ? b[i] + scale * c[i] : 0);
		check(!wrong, "triad of %u: %u wrong", count, wrong);
	}
	fixture_free(fixture, a);
}

static void check_argument_string(cl_kernel kernel, cl_uint index, cl_kernel_arg_info name,
				  const char *expected)
{
	char seen[64] = "";
	cl_int code = clGetKernelArgInfo(kernel, index, name, sizeof(seen), seen, NULL);

	check(code == CL_SUCCESS && !strcmp(seen, expected), "'%s', not '%s' (code %d)", seen,
	      expected, code);
}

static void test_kernel_information(cl_program program)
{
	cl_kernel kernel = clCreateKernel(program, "hinted", NULL);
	cl_kernel_arg_type_qualifier qualifier = 0;
	char attributes[128] = "";

	check_fatal(kernel, "clCreateKernel");
	check_argument_string(kernel, 0, CL_KERNEL_ARG_NAME, "in");
	check_argument_string(kernel, 1, CL_KERNEL_ARG_NAME, "out");
	check_argument_string(kernel, 0, CL_KERNEL_ARG_TYPE_NAME, "float*");
	clGetKernelArgInfo(kernel, 0, CL_KERNEL_ARG_TYPE_QUALIFIER, sizeof(qualifier), &qualifier,
			   NULL);
	check_equal(CL_KERNEL_ARG_TYPE_CONST | CL_KERNEL_ARG_TYPE_RESTRICT, qualifier);
	clGetKernelArgInfo(kernel, 1, CL_KERNEL_ARG_TYPE_QUALIFIER, sizeof(qualifier), &qualifier,
			   NULL);
	check_equal(CL_KERNEL_ARG_TYPE_VOLATILE, qualifier);
	clGetKernelInfo(kernel, CL_KERNEL_ATTRIBUTES, sizeof(attributes), attributes, NULL);
	check(strstr(attributes, "vec_type_hint(float4)"), "%s", attributes);
	check(strstr(attributes, "work_group_size_hint(8,2,1)"), "%s", attributes);
	clReleaseKernel(kernel);
}

int main(void)
{
	static const char *const options[] = {
		"-cl-kernel-arg-info -cl-std=CL3.0",
		"-cl-kernel-arg-info -cl-std=CL2.0",
		"-cl-kernel-arg-info -cl-std=CL3.0 -cl-opt-disable",
	};
	struct fixture fixture;

	fixture_open(&fixture);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		cl_program program = fixture_build(&fixture, language_cl, options[i]);

		for (cl_uint dimensions = 1; dimensions <= 3; dimensions++)
			test_work_items(&fixture, program, dimensions);
		test_arguments(&fixture, program);
		test_many_arguments(&fixture, program);
		test_variables(&fixture, program);
		test_address_spaces(&fixture, program);
		test_local_variables(&fixture, program);
		test_control_flow(&fixture, program);
		test_hints(&fixture, program);
		test_triad(&fixture, program);
		test_kernel_information(program);
		clReleaseProgram(program);
	}
	fixture_close(&fixture);
	return check_result();
}
