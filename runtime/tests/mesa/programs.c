// SPDX-License-Identifier: MIT
/* Programs that Mesa compiles: options, logs, what kernels tell, linking. */
#include <string.h>

#include "api/harness.h"

extern const char programs_cl[];

static cl_program from_source(cl_context context, const char *source)
{
	cl_int code;
	cl_program program = clCreateProgramWithSource(context, 1, &source, NULL, &code);

	check_success_fatal(code);
	return program;
}

static const char *log_of(const struct test_setup *setup, cl_program program)
{
	static char log[65536];

	log[0] = 0;
	check_success(clGetProgramBuildInfo(program, setup->device, CL_PROGRAM_BUILD_LOG,
					    sizeof(log), log, NULL));
	return log;
}

/* ---- options ---- */

static void run_first(const struct test_setup *setup, cl_program program, cl_int *out)
{
	const size_t one = 1;
	cl_kernel kernel = test_kernel(program, "first");
	cl_mem buffer = test_buffer(setup->context, 2 * sizeof(*out), NULL);

	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(
		clEnqueueNDRangeKernel(setup->queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(setup->queue, buffer, CL_TRUE, 0, 2 * sizeof(*out), out,
					  0, NULL, NULL));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
}

static void test_options(const struct test_setup *setup)
{
	/* Spaces and quotes in values, and words of one character, among them. */
	static const struct {
		const char *options;
		int value, text_bytes;
	} rows[] = {
		{ "", 1, 5 },
		{ "-DVALUE=7", 7, 5 },
		{ "-D VALUE=7", 7, 5 },
		{ "-D VALUE", 1, 5 },
		{ "-D N -U N -D VALUE=9", 9, 5 },
		{ "\"-DVALUE=3 + 4\"", 7, 5 },
		{ "-DVALUE=3\\ *\\ 4 -w", 12, 5 },
		{ "-D \"VALUE=(1 + 1)\" -cl-mad-enable", 2, 5 },
		{ "-DTEXT=\\\"abc\\\"", 1, 4 },
		{ "'-DTEXT=\"a b c d e\"' -cl-opt-disable -cl-std=CL1.2", 1, 10 },
		{ "-I . -I /tmp -g -Werror -DVALUE=5", 5, 5 },
	};

	test_step("options");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cl_program program = test_build(setup->context, programs_cl, rows[i].options);
		cl_int out[2] = { -1, -1 };

		run_first(setup, program, out);
		check(out[0] == rows[i].value && out[1] == rows[i].text_bytes,
		      "options %s: %d and %d, expected %d and %d", rows[i].options, out[0], out[1],
		      rows[i].value, rows[i].text_bytes);
		check_success(clReleaseProgram(program));
	}
}

static void test_bad_options(const struct test_setup *setup)
{
	static const char *const rows[] = { "-cl-no-such-option", "-D", "-create-library",
					    "-I \"a folder\"", "-cl-std=CL9.9" };

	test_step("options that do not exist");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cl_program program = from_source(setup->context, programs_cl);
		cl_int code = clBuildProgram(program, 0, NULL, rows[i], NULL, NULL);

		check(code == CL_INVALID_BUILD_OPTIONS, "options %s: code %d", rows[i], code);
		check(*log_of(setup, program), "options %s: no log", rows[i]);
		check_success(clReleaseProgram(program));
	}
}

/* ---- errors ---- */

static void test_errors(const struct test_setup *setup)
{
	static const char source[] = "kernel void wrong(global int *out)\n"
				     "{\n"
				     "	out[0] = not_declared;\n"
				     "}\n";
	cl_program program = from_source(setup->context, source);
	cl_build_status status = CL_BUILD_NONE;
	cl_int code;

	test_step("errors in the source");
	/* Definitions that are put in front of the source do not move its lines. */
	check_equal(CL_BUILD_PROGRAM_FAILURE,
		    clBuildProgram(program, 0, NULL, "\"-DA=1 + 2\" -DB", NULL, NULL));
	check(strstr(log_of(setup, program), "not_declared"), "log: %s", log_of(setup, program));
	check(strstr(log_of(setup, program), ":3:"), "log: %s", log_of(setup, program));
	check_success(clGetProgramBuildInfo(program, setup->device, CL_PROGRAM_BUILD_STATUS,
					    sizeof(status), &status, NULL));
	check_equal(CL_BUILD_ERROR, status);
	clCreateKernel(program, "wrong", &code);
	check_equal(CL_INVALID_PROGRAM_EXECUTABLE, code);
	check_equal(CL_COMPILE_PROGRAM_FAILURE,
		    clCompileProgram(program, 0, NULL, "", 0, NULL, NULL, NULL, NULL));
	check(strstr(log_of(setup, program), "not_declared"), "log: %s", log_of(setup, program));
	check_success(clReleaseProgram(program));
}

static void test_unsupported_arguments(const struct test_setup *setup)
{
	cl_program program = from_source(
		setup->context, "kernel void draw(write_only image2d_t image)"
				"{ write_imagef(image, (int2)(0, 0), (float4)(1, 1, 1, 1)); }");

	test_step("an image");
	check_equal(CL_BUILD_PROGRAM_FAILURE,
		    clBuildProgram(program, 0, NULL, "-cl-std=CL3.0", NULL, NULL));
	check(strstr(log_of(setup, program), "image2d_t"), "log: %s", log_of(setup, program));
	check_success(clReleaseProgram(program));
}

/* ---- kernels ---- */

static void test_kernel_information(const struct test_setup *setup)
{
	static const char source[] =
		"kernel __attribute__((reqd_work_group_size(4, 2, 1))) "
		"void told(global const float *restrict in, local int *scratch, uint number) {}";
	cl_kernel_arg_type_qualifier qualifier = 0;
	cl_program program;
	cl_kernel kernel;
	char text[256] = "";

	test_step("what a kernel tells");
	program = test_build(setup->context, source, "-cl-kernel-arg-info");
	kernel = test_kernel(program, "told");
	check_success(clGetKernelArgInfo(kernel, 0, CL_KERNEL_ARG_NAME, sizeof(text), text, NULL));
	check(!strcmp(text, "in"), "name '%s'", text);
	check_success(
		clGetKernelArgInfo(kernel, 2, CL_KERNEL_ARG_TYPE_NAME, sizeof(text), text, NULL));
	check(!strcmp(text, "uint"), "type '%s'", text);
	check_success(clGetKernelArgInfo(kernel, 0, CL_KERNEL_ARG_TYPE_QUALIFIER, sizeof(qualifier),
					 &qualifier, NULL));
	check_equal(CL_KERNEL_ARG_TYPE_CONST | CL_KERNEL_ARG_TYPE_RESTRICT, qualifier);
	check_success(clGetKernelInfo(kernel, CL_KERNEL_ATTRIBUTES, sizeof(text), text, NULL));
	check(!strcmp(text, "reqd_work_group_size(4,2,1)"), "attributes '%s'", text);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	/* Mesa tells it in any case; the application gets what it asked for. */
	program = test_build(setup->context, source, "");
	kernel = test_kernel(program, "told");
	check_equal(CL_KERNEL_ARG_INFO_NOT_AVAILABLE,
		    clGetKernelArgInfo(kernel, 0, CL_KERNEL_ARG_NAME, sizeof(text), text, NULL));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
}

/* ---- linking ---- */

static cl_program compile(const struct test_setup *setup, const char *source, const char *header)
{
	cl_program program = from_source(setup->context, source);
	cl_program headers[] = { from_source(setup->context, header) };
	const char *names[] = { "value.h" };
	cl_int code = clCompileProgram(program, 0, NULL, "", 1, headers, names, NULL, NULL);

	check(code == CL_SUCCESS, "code %d, log: %s", code, log_of(setup, program));
	check_success(clReleaseProgram(headers[0]));
	return program;
}

static void test_linking(const struct test_setup *setup)
{
	cl_program object = compile(setup,
				    "#include \"value.h\"\n"
				    "kernel void first(global int *out) { out[0] = VALUE; }",
				    "#define VALUE 23\n");
	cl_program missing =
		compile(setup,
			"#include \"value.h\"\n"
			"kernel void second(global int *out) { out[0] = elsewhere(); }",
			"int elsewhere(void);\n");
	cl_int out[2] = { -1, -1 }, code;
	cl_program linked;

	test_step("linking");
	linked = clLinkProgram(setup->context, 0, NULL, "", 1, &object, NULL, NULL, &code);
	check_success_fatal(code);
	run_first(setup, linked, out);
	check_equal(23, out[0]);
	check_success(clReleaseProgram(linked));
	linked = clLinkProgram(setup->context, 0, NULL, "", 1, &missing, NULL, NULL, &code);
	check_equal(CL_LINK_PROGRAM_FAILURE, code);
	check_fatal(linked, "no program to ask for its log");
	check(strstr(log_of(setup, linked), "elsewhere"), "log: %s", log_of(setup, linked));
	check_success(clReleaseProgram(linked));
	linked = clLinkProgram(setup->context, 0, NULL, "-create-library", 1, &object, NULL, NULL,
			       &code);
	check_success(code);
	check_success(clReleaseProgram(linked));
	check_success(clReleaseProgram(object));
	check_success(clReleaseProgram(missing));
}

int main(void)
{
	struct test_setup setup = test_open();

	test_options(&setup);
	test_bad_options(&setup);
	test_errors(&setup);
	test_unsupported_arguments(&setup);
	test_kernel_information(&setup);
	test_linking(&setup);
	test_close(&setup);
	return check_result();
}
