// SPDX-License-Identifier: MIT
/* Programs from source: queries, logs, building again, callbacks. */
#include <string.h>

#include "harness.h"

extern const char programs_cl[];

static cl_program from_source(cl_context context, const char *source)
{
	cl_int code;
	cl_program program = clCreateProgramWithSource(context, 1, &source, NULL, &code);

	check_success_fatal(code);
	return program;
}

static void check_text(const char *seen, const char *wanted)
{
	check(!strcmp(seen, wanted), "'%s', expected '%s'", seen, wanted);
}

static const char *program_text(cl_program program, cl_program_info name)
{
	static char text[8192];

	text[0] = 0;
	check_success(clGetProgramInfo(program, name, sizeof(text), text, NULL));
	return text;
}

static const char *build_text(const struct test_setup *setup, cl_program program,
			      cl_program_build_info name)
{
	static char text[65536];

	text[0] = 0;
	check_success(
		clGetProgramBuildInfo(program, setup->device, name, sizeof(text), text, NULL));
	return text;
}

static int64_t build_number(const struct test_setup *setup, cl_program program,
			    cl_program_build_info name)
{
	cl_int value = 0;

	check_success(
		clGetProgramBuildInfo(program, setup->device, name, sizeof(value), &value, NULL));
	return value;
}

/* What the program's kernel 'first' writes. */
static cl_int run_first(const struct test_setup *setup, cl_program program)
{
	const size_t one = 1;
	cl_kernel kernel = test_kernel(program, "first");
	cl_mem buffer = test_buffer(setup->context, sizeof(cl_int), NULL);
	cl_int seen = -1;

	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(
		clEnqueueNDRangeKernel(setup->queue, kernel, 1, NULL, &one, NULL, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(setup->queue, buffer, CL_TRUE, 0, sizeof(seen), &seen, 0,
					  NULL, NULL));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
	return seen;
}

/* ---- sources ---- */

/* Strings with and without a length; zero characters in them are left out. */
static void test_strings(const struct test_setup *setup)
{
	static const char *const strings[] = { "kernel void first(", "global int *out) {XXXX",
					       " out[0] =\0\0 12;", "", "}" };
	const size_t lengths[] = { 0, 18, 15, 0, 1 };
	static const char whole[] = "kernel void first(global int *out) { out[0] = 12;}";
	cl_program program;
	size_t bytes = 0;
	cl_int code;

	test_step("strings");
	program = clCreateProgramWithSource(setup->context, 5, (const char **)strings, lengths,
					    &code);
	check_success_fatal(code);
	check_text(program_text(program, CL_PROGRAM_SOURCE), whole);
	check_success(clGetProgramInfo(program, CL_PROGRAM_SOURCE, 0, NULL, &bytes));
	check_equal(sizeof(whole), bytes);
	check_success(clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	check_equal(12, run_first(setup, program));
	check_success(clReleaseProgram(program));
}

static void test_queries(const struct test_setup *setup)
{
	cl_program program = from_source(setup->context, programs_cl);
	cl_context context = NULL;
	cl_device_id device = NULL;
	cl_uint count = 0;
	size_t size = 7, kernels = 0;

	test_step("queries");
	check_success(
		clGetProgramInfo(program, CL_PROGRAM_CONTEXT, sizeof(context), &context, NULL));
	check(context == setup->context, "%p", (void *)context);
	check_success(
		clGetProgramInfo(program, CL_PROGRAM_NUM_DEVICES, sizeof(count), &count, NULL));
	check_equal(1, count);
	check_success(clGetProgramInfo(program, CL_PROGRAM_DEVICES, sizeof(device), &device, NULL));
	check(device == setup->device, "%p", (void *)device);
	check_success(
		clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof(size), &size, NULL));
	check_equal(0, size);
	check_success(clGetProgramInfo(program, CL_PROGRAM_IL, sizeof(size), &size, &kernels));
	check_equal(0, kernels);
	check_equal(CL_BUILD_NONE, build_number(setup, program, CL_PROGRAM_BUILD_STATUS));
	check_equal(CL_PROGRAM_BINARY_TYPE_NONE,
		    build_number(setup, program, CL_PROGRAM_BINARY_TYPE));
	check_text(build_text(setup, program, CL_PROGRAM_BUILD_OPTIONS), "");
	check_text(build_text(setup, program, CL_PROGRAM_BUILD_LOG), "");

	check_success(clBuildProgram(program, 0, NULL, "-D  VALUE=3", NULL, NULL));
	check_equal(CL_BUILD_SUCCESS, build_number(setup, program, CL_PROGRAM_BUILD_STATUS));
	check_equal(CL_PROGRAM_BINARY_TYPE_EXECUTABLE,
		    build_number(setup, program, CL_PROGRAM_BINARY_TYPE));
	check_text(build_text(setup, program, CL_PROGRAM_BUILD_OPTIONS), "-D  VALUE=3");
	check_success(
		clGetProgramInfo(program, CL_PROGRAM_NUM_KERNELS, sizeof(kernels), &kernels, NULL));
	check_equal(2, kernels);
	check_text(program_text(program, CL_PROGRAM_KERNEL_NAMES), "first;second");
	check_text(program_text(program, CL_PROGRAM_SOURCE), programs_cl);
	check_success(clRetainProgram(program));
	check_success(
		clGetProgramInfo(program, CL_PROGRAM_REFERENCE_COUNT, sizeof(count), &count, NULL));
	check_equal(2, count);
	check_success(clReleaseProgram(program));
	check_success(clReleaseProgram(program));
}

static void test_global_variables(const struct test_setup *setup)
{
	const char *source = "global int counters[25];\n"
			     "kernel void first(global int *out)\n"
			     "{ counters[3] += 7; out[0] = counters[3]; }";
	cl_program program = from_source(setup->context, source);
	size_t bytes = 0;

	test_step("program scope variables");
	check_success(clBuildProgram(program, 0, NULL, "-cl-std=CL3.0", NULL, NULL));
	check_success(clGetProgramBuildInfo(program, setup->device,
					    CL_PROGRAM_BUILD_GLOBAL_VARIABLE_TOTAL_SIZE,
					    sizeof(bytes), &bytes, NULL));
	check(bytes >= 100, "%zu", bytes);
	/* They live as long as the program. */
	check_equal(7, run_first(setup, program));
	check_equal(14, run_first(setup, program));
	check_success(clReleaseProgram(program));
}

/* ---- building ---- */

static void test_again(const struct test_setup *setup)
{
	cl_program program = from_source(setup->context, programs_cl);
	cl_kernel kernel;

	test_step("building again");
	check_success(clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	check_equal(1, run_first(setup, program));
	check_success(clBuildProgram(program, 1, &setup->device, "-D VALUE=8", NULL, NULL));
	check_equal(8, run_first(setup, program));
	kernel = test_kernel(program, "first");
	check_equal(CL_INVALID_OPERATION, clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	check_equal(8, run_first(setup, program));
	check_success(clReleaseKernel(kernel));
	check_equal(CL_BUILD_PROGRAM_FAILURE,
		    clBuildProgram(program, 0, NULL, "-D VALUE=missing", NULL, NULL));
	check_equal(CL_BUILD_ERROR, build_number(setup, program, CL_PROGRAM_BUILD_STATUS));
	check_success(clBuildProgram(program, 0, NULL, "-D VALUE=9", NULL, NULL));
	check_equal(9, run_first(setup, program));
	check_success(clReleaseProgram(program));
}

/*
 * A launch that has not ended keeps the program's code, though kernel and queue were
 * released; so do launches of one kernel in several queues until the last has ended.
 */
static void test_pending_launches(const struct test_setup *setup)
{
	const size_t one = 1;
	cl_program program = test_build(setup->context, programs_cl, "-D VALUE=5");
	cl_kernel kernel = test_kernel(program, "first");
	cl_mem buffer = test_buffer(setup->context, sizeof(cl_int), NULL);
	cl_command_queue other = test_queue(setup, 0);
	cl_event gates[2], launches[2];
	cl_int seen = 0, code;

	test_step("building while launches are pending");
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	for (int i = 0; i < 2; i++) {
		gates[i] = clCreateUserEvent(setup->context, &code);
		check_success_fatal(code);
		check_success(clEnqueueNDRangeKernel(i ? other : setup->queue, kernel, 1, NULL,
						     &one, NULL, 1, &gates[i], &launches[i]));
	}
	check_success(clFlush(setup->queue));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseCommandQueue(other));
	for (int i = 0; i < 2; i++) {
		check_equal(CL_INVALID_OPERATION,
			    clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
		check_equal(CL_INVALID_OPERATION,
			    clCompileProgram(program, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL));
		check_success(clSetUserEventStatus(gates[i], CL_COMPLETE));
		check_success(clWaitForEvents(1, &launches[i]));
	}
	check_success(clEnqueueReadBuffer(setup->queue, buffer, CL_TRUE, 0, sizeof(seen), &seen, 0,
					  NULL, NULL));
	check_equal(5, seen);
	check_success(clBuildProgram(program, 0, NULL, "-D VALUE=6", NULL, NULL));
	check_equal(6, run_first(setup, program));
	for (int i = 0; i < 2; i++) {
		check_success(clReleaseEvent(gates[i]));
		check_success(clReleaseEvent(launches[i]));
	}
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseProgram(program));
}

/* The same for a launch that fails unrun. */
static void test_failed_launch(const struct test_setup *setup)
{
	const size_t one = 1;
	cl_program program = test_build(setup->context, programs_cl, "-D VALUE=5");
	cl_kernel kernel = test_kernel(program, "first");
	cl_mem buffer = test_buffer(setup->context, sizeof(cl_int), NULL);
	cl_command_queue other = test_queue(setup, 0);
	cl_int code;
	cl_event gate = clCreateUserEvent(setup->context, &code);

	test_step("building after a launch that failed");
	check_success_fatal(code);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clEnqueueNDRangeKernel(other, kernel, 1, NULL, &one, NULL, 1, &gate, NULL));
	check_success(clReleaseKernel(kernel));
	check_equal(CL_INVALID_OPERATION, clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	check_success(clSetUserEventStatus(gate, -1));
	check_success(clFinish(other));
	check_success(clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	check_success(clReleaseCommandQueue(other));
	check_success(clReleaseEvent(gate));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseProgram(program));
}

static void test_logs(const struct test_setup *setup)
{
	const char *source = "kernel void first(global int *out)\n{\n\tout[0] = absent_name;\n}\n";
	const char *warning = "kernel void first(global int *out)\n"
			      "{\n#warning watch out\n\tout[0] = 1;\n}\n";
	cl_program program = from_source(setup->context, source);
	const char *log;

	test_step("logs");
	check_equal(CL_BUILD_PROGRAM_FAILURE, clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	check_equal(CL_BUILD_ERROR, build_number(setup, program, CL_PROGRAM_BUILD_STATUS));
	log = build_text(setup, program, CL_PROGRAM_BUILD_LOG);
	check(strstr(log, "error") && strstr(log, "absent_name") && strstr(log, ":3:"), "'%s'",
	      log);
	check_equal(CL_INVALID_BUILD_OPTIONS,
		    clBuildProgram(program, 0, NULL, "-no-such-option", NULL, NULL));
	log = build_text(setup, program, CL_PROGRAM_BUILD_LOG);
	check(strstr(log, "-no-such-option"), "'%s'", log);
	check_success(clReleaseProgram(program));

	/* Twice: the second build may come of the cache. */
	for (int i = 0; i < 2; i++) {
		program = from_source(setup->context, warning);
		check_success(clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
		log = build_text(setup, program, CL_PROGRAM_BUILD_LOG);
		check(strstr(log, "warning") && strstr(log, "watch out"), "'%s'", log);
		check_success(clReleaseProgram(program));
	}
}

/* ---- callbacks ---- */

static int notified;
static cl_program notified_of;
static cl_build_status notified_status;

static void CL_CALLBACK notify(cl_program program, void *user_data)
{
	const struct test_setup *setup = user_data;

	notified++;
	notified_of = program;
	notified_status = (cl_build_status)build_number(setup, program, CL_PROGRAM_BUILD_STATUS);
}

static void check_notified(cl_program program, cl_build_status status)
{
	check_equal(1, notified);
	check(notified_of == program, "of %p", (void *)notified_of);
	check_equal(status, notified_status);
	notified = 0;
}

/*
 * The callback comes when a build has ended, in either way; where none could begin
 * there is the code alone. It may come before the call returns.
 */
static void test_notification(const struct test_setup *setup)
{
	void *data = (void *)setup;
	cl_program program = from_source(setup->context, programs_cl), linked;
	cl_program broken = from_source(setup->context, "kernel broken");
	cl_kernel kernel;
	cl_int code;

	test_step("callbacks of builds");
	check_success(clCompileProgram(program, 0, NULL, NULL, 0, NULL, NULL, notify, data));
	check_notified(program, CL_BUILD_SUCCESS);
	linked = clLinkProgram(setup->context, 0, NULL, NULL, 1, &program, notify, data, &code);
	check_success_fatal(code);
	check_notified(linked, CL_BUILD_SUCCESS);
	check_success(clReleaseProgram(linked));
	check_success(clBuildProgram(program, 0, NULL, NULL, notify, data));
	check_notified(program, CL_BUILD_SUCCESS);
	check_equal(CL_BUILD_PROGRAM_FAILURE, clBuildProgram(broken, 0, NULL, NULL, notify, data));
	check_notified(broken, CL_BUILD_ERROR);
	check_equal(CL_COMPILE_PROGRAM_FAILURE,
		    clCompileProgram(broken, 0, NULL, NULL, 0, NULL, NULL, notify, data));
	check_notified(broken, CL_BUILD_ERROR);

	check_equal(CL_INVALID_BUILD_OPTIONS,
		    clBuildProgram(program, 0, NULL, "-no-such-option", notify, data));
	check_equal(CL_INVALID_COMPILER_OPTIONS,
		    clCompileProgram(program, 0, NULL, "-no-such-option", 0, NULL, NULL, notify,
				     data));
	check_success(clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	kernel = test_kernel(program, "first");
	check_equal(CL_INVALID_OPERATION, clBuildProgram(program, 0, NULL, NULL, notify, data));
	check_equal(CL_INVALID_OPERATION,
		    clCompileProgram(program, 0, NULL, NULL, 0, NULL, NULL, notify, data));
	check_equal(0, notified);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	check_success(clReleaseProgram(broken));
}

int main(void)
{
	struct test_setup setup = test_open();

	test_strings(&setup);
	test_queries(&setup);
	test_global_variables(&setup);
	test_again(&setup);
	test_pending_launches(&setup);
	test_failed_launch(&setup);
	test_logs(&setup);
	test_notification(&setup);
	test_close(&setup);
	return check_result();
}
