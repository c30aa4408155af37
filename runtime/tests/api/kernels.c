// SPDX-License-Identifier: MIT
/* Kernels: what they tell of themselves, their arguments, clones. */
#include <string.h>

#include "harness.h"

extern const char kernels_cl[];

struct fixture {
	struct test_setup base;
	cl_program program;
};

struct pair {
	cl_int first;
	cl_float second;
};

static uint64_t argument_number(cl_kernel kernel, cl_uint index, cl_kernel_arg_info name,
				size_t bytes)
{
	uint64_t value = 0;
	size_t seen = 0;

	check_success(clGetKernelArgInfo(kernel, index, name, sizeof(value), &value, &seen));
	check_equal(bytes, seen);
	return value;
}

static void check_argument_text(cl_kernel kernel, cl_uint index, cl_kernel_arg_info name,
				const char *wanted)
{
	char text[64] = "";
	size_t bytes = 0;

	check_success(clGetKernelArgInfo(kernel, index, name, sizeof(text), text, &bytes));
	check(!strcmp(text, wanted) && bytes == strlen(wanted) + 1,
	      "argument %u: '%s', %zu bytes, expected '%s'", index, text, bytes, wanted);
}

/* ---- information ---- */

static void test_argument_info(const struct fixture *fixture)
{
	static const struct {
		const char *name, *type;
		cl_kernel_arg_address_qualifier address;
		cl_kernel_arg_type_qualifier qualifier;
	} arguments[] = {
		{ "plain", "int*", CL_KERNEL_ARG_ADDRESS_GLOBAL, CL_KERNEL_ARG_TYPE_NONE },
		{ "in", "float*", CL_KERNEL_ARG_ADDRESS_GLOBAL,
		  CL_KERNEL_ARG_TYPE_CONST | CL_KERNEL_ARG_TYPE_RESTRICT },
		{ "out", "uint*", CL_KERNEL_ARG_ADDRESS_GLOBAL, CL_KERNEL_ARG_TYPE_VOLATILE },
		{ "table", "short4*", CL_KERNEL_ARG_ADDRESS_CONSTANT, CL_KERNEL_ARG_TYPE_CONST },
		{ "scratch", "double*", CL_KERNEL_ARG_ADDRESS_LOCAL, CL_KERNEL_ARG_TYPE_NONE },
		{ "number", "uint", CL_KERNEL_ARG_ADDRESS_PRIVATE, CL_KERNEL_ARG_TYPE_NONE },
		{ "wide", "float16", CL_KERNEL_ARG_ADDRESS_PRIVATE, CL_KERNEL_ARG_TYPE_NONE },
		{ "pair", "named_pair", CL_KERNEL_ARG_ADDRESS_PRIVATE, CL_KERNEL_ARG_TYPE_NONE },
		{ "small", "uchar", CL_KERNEL_ARG_ADDRESS_PRIVATE, CL_KERNEL_ARG_TYPE_NONE },
	};
	const cl_uint count = sizeof(arguments) / sizeof(arguments[0]);
	cl_kernel kernel = test_kernel(fixture->program, "described");
	cl_uint seen = 0;

	test_step("information on arguments");
	check_success(clGetKernelInfo(kernel, CL_KERNEL_NUM_ARGS, sizeof(seen), &seen, NULL));
	check_equal(count, seen);
	for (cl_uint i = 0; i < count; i++) {
		check_argument_text(kernel, i, CL_KERNEL_ARG_NAME, arguments[i].name);
		check_argument_text(kernel, i, CL_KERNEL_ARG_TYPE_NAME, arguments[i].type);
		check_equal(arguments[i].address,
			    argument_number(kernel, i, CL_KERNEL_ARG_ADDRESS_QUALIFIER, 4));
		check_equal(CL_KERNEL_ARG_ACCESS_NONE,
			    argument_number(kernel, i, CL_KERNEL_ARG_ACCESS_QUALIFIER, 4));
		check_equal(arguments[i].qualifier,
			    argument_number(kernel, i, CL_KERNEL_ARG_TYPE_QUALIFIER, 8));
	}
	check_success(clReleaseKernel(kernel));
}

/* The information goes along with an object that is linked, and with a binary. */
static void test_linked_info(const struct fixture *fixture)
{
	const char *source = kernels_cl;
	cl_program object, linked;
	cl_kernel kernel;
	cl_int code;

	test_step("information on arguments of a linked program");
	object = clCreateProgramWithSource(fixture->base.context, 1, &source, NULL, &code);
	check_success_fatal(code);
	check_success(clCompileProgram(object, 0, NULL, "-cl-kernel-arg-info", 0, NULL, NULL, NULL,
				       NULL));
	linked = clLinkProgram(fixture->base.context, 0, NULL, NULL, 1, &object, NULL, NULL, &code);
	check_success_fatal(code);
	kernel = test_kernel(linked, "described");
	check_argument_text(kernel, 5, CL_KERNEL_ARG_NAME, "number");
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(linked));
	check_success(clReleaseProgram(object));
}

static void check_attributes(const struct fixture *fixture, const char *name,
			     const char *const *wanted, const size_t *required)
{
	cl_kernel kernel = test_kernel(fixture->program, name);
	char text[256] = "";
	size_t sizes[3] = { 7, 7, 7 };

	check_success(clGetKernelInfo(kernel, CL_KERNEL_ATTRIBUTES, sizeof(text), text, NULL));
	for (int i = 0; wanted[i]; i++)
		check(strstr(text, wanted[i]), "%s: '%s' is not in '%s'", name, wanted[i], text);
	check(wanted[0] || !text[0], "%s: '%s'", name, text);
	check_success(clGetKernelWorkGroupInfo(kernel, fixture->base.device,
					       CL_KERNEL_COMPILE_WORK_GROUP_SIZE, sizeof(sizes),
					       sizes, NULL));
	for (int i = 0; i < 3; i++)
		check(sizes[i] == required[i], "%s: required size %d is %zu", name, i, sizes[i]);
	check_success(clReleaseKernel(kernel));
}

static void test_attributes(const struct fixture *fixture)
{
	static const char *const none[] = { NULL };
	static const char *const required[] = { "reqd_work_group_size(8,2,1)", NULL };
	static const char *const hinted[] = { "work_group_size_hint(16,1,1)",
					      "vec_type_hint(float4)", NULL };
	static const size_t any[3] = { 0, 0, 0 }, eight[3] = { 8, 2, 1 };

	test_step("attributes");
	check_attributes(fixture, "described", none, any);
	check_attributes(fixture, "required", required, eight);
	check_attributes(fixture, "hinted", hinted, any);
}

static void test_queries(const struct fixture *fixture)
{
	cl_kernel kernel = test_kernel(fixture->program, "combine");
	cl_ulong before = 0, after = 0, private_bytes = 0;
	cl_program program = NULL;
	cl_context context = NULL;
	size_t most = 0, multiple = 0;
	cl_uint count = 0;
	char name[16] = "";

	test_step("queries");
	check_success(clGetKernelInfo(kernel, CL_KERNEL_FUNCTION_NAME, sizeof(name), name, NULL));
	check(!strcmp(name, "combine"), "'%s'", name);
	check_success(clGetKernelInfo(kernel, CL_KERNEL_PROGRAM, sizeof(program), &program, NULL));
	check(program == fixture->program, "%p", (void *)program);
	check_success(clGetKernelInfo(kernel, CL_KERNEL_CONTEXT, sizeof(context), &context, NULL));
	check(context == fixture->base.context, "%p", (void *)context);
	check_success(clRetainKernel(kernel));
	check_success(
		clGetKernelInfo(kernel, CL_KERNEL_REFERENCE_COUNT, sizeof(count), &count, NULL));
	check_equal(2, count);
	check_success(clReleaseKernel(kernel));

	/* NULL is the only device. */
	check_success(clGetKernelWorkGroupInfo(kernel, NULL, CL_KERNEL_WORK_GROUP_SIZE,
					       sizeof(most), &most, NULL));
	check_success(clGetKernelWorkGroupInfo(kernel, fixture->base.device,
					       CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE,
					       sizeof(multiple), &multiple, NULL));
	check(most >= 1 && multiple >= 1, "%zu, %zu", most, multiple);
	check_success(clGetKernelWorkGroupInfo(kernel, fixture->base.device,
					       CL_KERNEL_PRIVATE_MEM_SIZE, sizeof(private_bytes),
					       &private_bytes, NULL));
	check_success(clGetKernelWorkGroupInfo(kernel, fixture->base.device,
					       CL_KERNEL_LOCAL_MEM_SIZE, sizeof(before), &before,
					       NULL));
	check_success(clSetKernelArg(kernel, 6, 1000, NULL));
	check_success(clGetKernelWorkGroupInfo(kernel, fixture->base.device,
					       CL_KERNEL_LOCAL_MEM_SIZE, sizeof(after), &after,
					       NULL));
	check(after >= before + 1000, "%llu, %llu", (unsigned long long)before,
	      (unsigned long long)after);
	check_success(clReleaseKernel(kernel));
}

static void test_all_kernels(const struct fixture *fixture)
{
	cl_kernel kernels[8];
	cl_uint count = 0;

	test_step("all kernels of a program");
	check_success(clCreateKernelsInProgram(fixture->program, 0, NULL, &count));
	check_equal(5, count);
	check_success(clCreateKernelsInProgram(fixture->program, 8, kernels, NULL));
	for (cl_uint i = 0; i < count; i++) {
		char name[32] = "";

		check_success(clGetKernelInfo(kernels[i], CL_KERNEL_FUNCTION_NAME, sizeof(name),
					      name, NULL));
		check(name[0], "a kernel without a name");
		for (cl_uint j = 0; j < i; j++)
			check(kernels[i] != kernels[j], "a kernel twice");
		check_success(clReleaseKernel(kernels[i]));
	}
}

/* ---- arguments ---- */

static void set_combine(const struct fixture *fixture, cl_kernel kernel, cl_mem out, cl_int a)
{
	const struct pair pair = { 1000, 20000.0f };
	const cl_float4 d = { { 0, 0, 0, 100 } };
	const cl_char b = -2;
	const cl_long c = 10;

	check_success(clSetKernelArg(kernel, 0, sizeof(out), &out));
	check_success(clSetKernelArg(kernel, 1, sizeof(a), &a));
	check_success(clSetKernelArg(kernel, 2, sizeof(b), &b));
	check_success(clSetKernelArg(kernel, 3, sizeof(c), &c));
	check_success(clSetKernelArg(kernel, 4, sizeof(d), &d));
	check_success(clSetKernelArg(kernel, 5, sizeof(pair), &pair));
	check_success(clSetKernelArg(kernel, 6, 8 * sizeof(cl_int), NULL));
}

static void check_combine(const struct fixture *fixture, cl_kernel kernel, cl_mem out,
			  cl_int wanted)
{
	const size_t items = 8;
	cl_int seen[8] = { 0 };

	check_success(clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &items, &items,
					     0, NULL, NULL));
	check_success(clEnqueueReadBuffer(fixture->base.queue, out, CL_TRUE, 0, sizeof(seen), seen,
					  0, NULL, NULL));
	for (int i = 0; i < 8; i++)
		check_equal(wanted, seen[i]);
}

/* A launch has the arguments as they were when it was enqueued. */
static void test_arguments_at_launch(const struct fixture *fixture)
{
	cl_kernel kernel = test_kernel(fixture->program, "combine");
	cl_mem outs[4];
	cl_event gate;
	cl_int code;

	test_step("arguments that change after a launch");
	gate = clCreateUserEvent(fixture->base.context, &code);
	check_success_fatal(code);
	for (cl_int i = 0; i < 4; i++) {
		const size_t items = 8;

		outs[i] = test_buffer(fixture->base.context, 8 * sizeof(cl_int), NULL);
		set_combine(fixture, kernel, outs[i], i);
		check_success(clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &items,
						     &items, 1, &gate, NULL));
	}
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	for (cl_int i = 0; i < 4; i++) {
		cl_int seen[8];

		check_success(clEnqueueReadBuffer(fixture->base.queue, outs[i], CL_TRUE, 0,
						  sizeof(seen), seen, 0, NULL, NULL));
		check_equal(21108 + i, seen[7]);
		check_success(clReleaseMemObject(outs[i]));
	}
	check_success(clReleaseEvent(gate));
	check_success(clReleaseKernel(kernel));
}

/* Sizes of local memory that no device has, also where their sum would be a small number. */
static void test_too_much_local_memory(const struct fixture *fixture)
{
	static const size_t sizes[] = { (size_t)1 << 32, SIZE_MAX / 2 + 1, SIZE_MAX - 127,
					SIZE_MAX };
	cl_kernel kernel = test_kernel(fixture->program, "combine");
	cl_mem out = test_buffer(fixture->base.context, 8 * sizeof(cl_int), NULL);
	const size_t items = 8;

	test_step("too much local memory");
	set_combine(fixture, kernel, out, 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		cl_ulong bytes = 0;

		check_success(clSetKernelArg(kernel, 6, sizes[i], NULL));
		check_equal(CL_OUT_OF_RESOURCES,
			    clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &items,
						   &items, 0, NULL, NULL));
		check_success(clGetKernelWorkGroupInfo(kernel, fixture->base.device,
						       CL_KERNEL_LOCAL_MEM_SIZE, sizeof(bytes),
						       &bytes, NULL));
		check(bytes >= (cl_ulong)1 << 32, "%llu bytes", (unsigned long long)bytes);
	}
	check_success(clReleaseMemObject(out));
	check_success(clReleaseKernel(kernel));
}

/* A call that fails leaves the argument as it was. */
static void test_failed_set(const struct fixture *fixture)
{
	cl_kernel kernel = test_kernel(fixture->program, "combine");
	cl_mem out = test_buffer(fixture->base.context, 8 * sizeof(cl_int), NULL);
	const cl_long wrong = -1;

	test_step("arguments that could not be set");
	set_combine(fixture, kernel, out, 5);
	check_equal(CL_INVALID_ARG_SIZE, clSetKernelArg(kernel, 1, sizeof(wrong), &wrong));
	check_equal(CL_INVALID_ARG_VALUE, clSetKernelArg(kernel, 2, 1, NULL));
	check_equal(CL_INVALID_MEM_OBJECT,
		    clSetKernelArg(kernel, 0, sizeof(cl_mem), &fixture->base.queue));
	check_combine(fixture, kernel, out, 21113);
	check_success(clReleaseMemObject(out));
	check_success(clReleaseKernel(kernel));
}

static void test_null_pointers(const struct fixture *fixture)
{
	const size_t one = 1;
	const cl_mem none = NULL;
	cl_kernel kernel = test_kernel(fixture->program, "null_pointers");
	cl_mem out = test_buffer(fixture->base.context, sizeof(cl_int), NULL);
	cl_int seen;

	test_step("buffers that are NULL");
	check_success(clSetKernelArg(kernel, 0, sizeof(out), &out));
	for (int i = 0; i < 4; i++) {
		const cl_mem *first = i & 1 ? &out : &none, *second = i & 2 ? &out : NULL;

		check_success(clSetKernelArg(kernel, 1, sizeof(cl_mem), first));
		check_success(clSetKernelArg(kernel, 2, sizeof(cl_mem), second));
		check_success(clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &one,
						     NULL, 0, NULL, NULL));
		check_success(clEnqueueReadBuffer(fixture->base.queue, out, CL_TRUE, 0,
						  sizeof(seen), &seen, 0, NULL, NULL));
		check_equal(i, seen);
	}
	check_success(clReleaseMemObject(out));
	check_success(clReleaseKernel(kernel));
}

/* ---- buffers that were released ---- */

static cl_int launch_one(const struct fixture *fixture, cl_kernel kernel)
{
	const size_t one = 1;

	return clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &one, NULL, 0, NULL,
				      NULL);
}

/*
 * A launch never takes what lies where the buffer was; others keep their contents. The
 * kernel works again once it is given another buffer.
 */
static void test_released_buffers(const struct fixture *fixture)
{
	cl_kernel kernel = test_kernel(fixture->program, "null_pointers"), clone;
	cl_mem out = test_buffer(fixture->base.context, 4096, NULL), others[8];
	const cl_int mark = 77;
	cl_int seen, code;

	test_step("arguments that were released");
	for (cl_uint i = 0; i < 3; i++)
		check_success(clSetKernelArg(kernel, i, sizeof(out), &out));
	clone = clCloneKernel(kernel, &code);
	check_success_fatal(code);
	check_success(launch_one(fixture, clone));
	check_success(clFinish(fixture->base.queue));
	check_success(clReleaseMemObject(out));
	for (int i = 0; i < 8; i++) {
		others[i] = test_buffer(fixture->base.context, 4096, NULL);
		check_success(clEnqueueFillBuffer(fixture->base.queue, others[i], &mark,
						  sizeof(mark), 0, 4096, 0, NULL, NULL));
		check_equal(CL_INVALID_KERNEL_ARGS, launch_one(fixture, kernel));
		check_equal(CL_INVALID_KERNEL_ARGS, launch_one(fixture, clone));
	}
	for (int i = 0; i < 8; i++) {
		check_success(clEnqueueReadBuffer(fixture->base.queue, others[i], CL_TRUE, 0,
						  sizeof(seen), &seen, 0, NULL, NULL));
		check_equal(mark, seen);
	}
	for (cl_uint i = 0; i < 3; i++)
		check_success(clSetKernelArg(kernel, i, sizeof(cl_mem), &others[0]));
	check_success(launch_one(fixture, kernel));
	check_equal(CL_INVALID_KERNEL_ARGS, launch_one(fixture, clone));
	for (int i = 0; i < 8; i++)
		check_success(clReleaseMemObject(others[i]));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseKernel(clone));
}

/* Sub-buffers keep their buffer, which is no argument any more when the last is gone. */
static void test_released_parents(const struct fixture *fixture)
{
	const cl_buffer_region region = { 0, 1024 };
	cl_kernel kernel = test_kernel(fixture->program, "null_pointers");
	cl_mem out = test_buffer(fixture->base.context, 4096, NULL), part;
	cl_int code;

	test_step("arguments whose sub-buffers were released");
	part = clCreateSubBuffer(out, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
	check_success_fatal(code);
	check_success(clSetKernelArg(kernel, 0, sizeof(out), &out));
	check_success(clSetKernelArg(kernel, 1, sizeof(part), &part));
	check_success(clSetKernelArg(kernel, 2, sizeof(part), &part));
	check_success(clReleaseMemObject(out));
	check_success(launch_one(fixture, kernel));
	check_success(clFinish(fixture->base.queue));
	check_success(clReleaseMemObject(part));
	check_equal(CL_INVALID_KERNEL_ARGS, launch_one(fixture, kernel));
	check_success(clReleaseKernel(kernel));
}

/* ---- clones ---- */

static void test_clones(const struct fixture *fixture)
{
	cl_kernel kernel = test_kernel(fixture->program, "combine"), clone, empty;
	cl_mem out = test_buffer(fixture->base.context, 8 * sizeof(cl_int), NULL);
	const size_t items = 8;
	cl_int number = 7, code;
	cl_uint count = 0;

	test_step("clones");
	empty = clCloneKernel(kernel, &code);
	check_success_fatal(code);
	set_combine(fixture, kernel, out, 1);
	clone = clCloneKernel(kernel, &code);
	check_success_fatal(code);
	check_success(
		clGetKernelInfo(clone, CL_KERNEL_REFERENCE_COUNT, sizeof(count), &count, NULL));
	check_equal(1, count);
	check_success(
		clGetKernelInfo(kernel, CL_KERNEL_REFERENCE_COUNT, sizeof(count), &count, NULL));
	check_equal(1, count);
	check_success(clSetKernelArg(clone, 1, sizeof(number), &number));
	check_combine(fixture, kernel, out, 21109);
	check_combine(fixture, clone, out, 21115);
	number = 0;
	check_success(clSetKernelArg(kernel, 1, sizeof(number), &number));
	check_combine(fixture, clone, out, 21115);
	check_success(clReleaseKernel(kernel));
	check_combine(fixture, clone, out, 21115);
	check_equal(CL_INVALID_KERNEL_ARGS,
		    clEnqueueNDRangeKernel(fixture->base.queue, empty, 1, NULL, &items, NULL, 0,
					   NULL, NULL));
	check_success(clReleaseKernel(clone));
	check_success(clReleaseKernel(empty));
	check_success(clReleaseMemObject(out));
}

int main(void)
{
	struct fixture fixture = { .base = test_open() };

	fixture.program = test_build(fixture.base.context, kernels_cl, "-cl-kernel-arg-info");
	test_argument_info(&fixture);
	test_linked_info(&fixture);
	test_attributes(&fixture);
	test_queries(&fixture);
	test_all_kernels(&fixture);
	test_arguments_at_launch(&fixture);
	test_too_much_local_memory(&fixture);
	test_failed_set(&fixture);
	test_null_pointers(&fixture);
	test_released_buffers(&fixture);
	test_released_parents(&fixture);
	test_clones(&fixture);
	check_success(clReleaseProgram(fixture.program));
	test_close(&fixture.base);
	return check_result();
}
