// SPDX-License-Identifier: MIT
/*
 * cl_khr_initialize_memory: in a context that asks for it, local and private memory hold
 * zeros when a kernel begins, whatever ran before.
 */
#include <string.h>

#include "harness.h"

#ifndef CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR
#define CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR	 (1 << 0)
#define CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR (1 << 1)
#endif
#define LOCAL_AND_PRIVATE \
	(CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR | CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR)

#define ITEMS 512
#define GROUP 16
#define WORDS 500

extern const char zeroed_memory_cl[];

struct fixture {
	cl_context context;
	cl_command_queue queue;
	cl_mem buffer;
};

static cl_uint run(const struct fixture *fixture, cl_program program, const char *name)
{
	cl_kernel kernel = test_kernel(program, name);
	const size_t items = ITEMS, group = GROUP;
	cl_uint seen[2 * ITEMS], found = 0;

	check_success(clSetKernelArg(kernel, 0, sizeof(cl_mem), &fixture->buffer));
	check_success(clSetKernelArg(kernel, 1, WORDS * sizeof(cl_uint), NULL));
	check_success(clEnqueueNDRangeKernel(fixture->queue, kernel, 1, NULL, &items, &group, 0,
					     NULL, NULL));
	check_success(clEnqueueReadBuffer(fixture->queue, fixture->buffer, CL_TRUE, 0, sizeof(seen),
					  seen, 0, NULL, NULL));
	check_success(clReleaseKernel(kernel));
	for (int i = 0; i < 2 * ITEMS; i++)
		found += seen[i] != 0;
	return found;
}

static void check_zeros(const struct fixture *fixture, cl_program program, cl_bitfield memory,
			const char *options)
{
	static const struct {
		const char *kernel;
		cl_bitfield memory;
	} looks[] = {
		{ "look_at_local", CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR },
		{ "look_at_private", CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR },
	};

	for (int i = 0; i < 2; i++) {
		cl_uint found;

		if (!(memory & looks[i].memory))
			continue;
		check_equal(0, run(fixture, program, "soil"));
		found = run(fixture, program, looks[i].kernel);
		check(!found, "%s with '%s': %u times there was other than zeros", looks[i].kernel,
		      options, found);
	}
}

/* The source compiled and linked. */
static cl_program link_program(const struct fixture *fixture, const char *options)
{
	const char *source = zeroed_memory_cl;
	cl_int code;
	cl_program object = clCreateProgramWithSource(fixture->context, 1, &source, NULL, &code),
		   linked;

	check_success_fatal(code);
	check_success_fatal(clCompileProgram(object, 0, NULL, options, 0, NULL, NULL, NULL, NULL));
	linked = clLinkProgram(fixture->context, 0, NULL, "", 1, &object, NULL, NULL, &code);
	check_success_fatal(code);
	check_success(clReleaseProgram(object));
	return linked;
}

static void check_context(const struct test_setup *setup, cl_bitfield memory)
{
	static const char *const options[] = { "", "-cl-std=CL3.0", "-cl-opt-disable" };
	const cl_context_properties properties[] = { CL_CONTEXT_MEMORY_INITIALIZE_KHR,
						     (cl_context_properties)memory, 0 };
	static const cl_uint zeros[2 * ITEMS];
	struct fixture fixture;
	cl_int code;

	fixture.context = clCreateContext(properties, 1, &setup->device, NULL, NULL, &code);
	check_success_fatal(code);
	fixture.queue =
		clCreateCommandQueueWithProperties(fixture.context, setup->device, NULL, &code);
	check_success_fatal(code);
	fixture.buffer = test_buffer(fixture.context, sizeof(zeros), zeros);
	for (int i = 0; i < 3; i++) {
		cl_program programs[] = {
			test_build(fixture.context, zeroed_memory_cl, options[i]),
			link_program(&fixture, options[i]),
		};

		for (int k = 0; k < 2; k++) {
			check_zeros(&fixture, programs[k], memory, options[i]);
			check_success(clReleaseProgram(programs[k]));
		}
	}
	check_success(clReleaseMemObject(fixture.buffer));
	check_success(clReleaseCommandQueue(fixture.queue));
	check_success(clReleaseContext(fixture.context));
}

static void check_error(const struct test_setup *setup, const cl_context_properties *properties)
{
	cl_int code = CL_SUCCESS;
	cl_context context = clCreateContext(properties, 1, &setup->device, NULL, NULL, &code);

	check(!context, "there is a context");
	check_equal(CL_INVALID_PROPERTY, code);
	context = clCreateContextFromType(properties, CL_DEVICE_TYPE_ALL, NULL, NULL, &code);
	check(!context, "there is a context");
	check_equal(CL_INVALID_PROPERTY, code);
}

static void check_errors(const struct test_setup *setup)
{
	const cl_context_properties platform = (cl_context_properties)setup->platform;
	const cl_context_properties other[] = { CL_CONTEXT_PLATFORM, platform,
						CL_CONTEXT_MEMORY_INITIALIZE_KHR, 4, 0 };
	const cl_context_properties twice[] = { CL_CONTEXT_PLATFORM,
						platform,
						CL_CONTEXT_MEMORY_INITIALIZE_KHR,
						1,
						CL_CONTEXT_MEMORY_INITIALIZE_KHR,
						1,
						0 };

	check_error(setup, other);
	check_error(setup, twice);
}

int main(void)
{
	struct test_setup setup = test_open();
	char extensions[8192] = "";

	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_EXTENSIONS, sizeof(extensions),
				      extensions, NULL));
	if (!strstr(extensions, "cl_khr_initialize_memory"))
		check_skip("the device has no cl_khr_initialize_memory");
	test_step("local memory");
	check_context(&setup, CL_CONTEXT_MEMORY_INITIALIZE_LOCAL_KHR);
	test_step("private memory");
	check_context(&setup, CL_CONTEXT_MEMORY_INITIALIZE_PRIVATE_KHR);
	test_step("both");
	check_context(&setup, LOCAL_AND_PRIVATE);
	test_step("neither");
	check_context(&setup, 0);
	test_step("errors");
	check_errors(&setup);
	test_close(&setup);
	return check_result();
}
