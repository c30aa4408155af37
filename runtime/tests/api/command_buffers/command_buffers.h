// SPDX-License-Identifier: MIT
/*
 * What the tests of command buffers share: the extension's functions, which loaders do not
 * export, and a device to use them on.
 */
#ifndef TANDEM_TESTS_API_COMMAND_BUFFERS_H
#define TANDEM_TESTS_API_COMMAND_BUFFERS_H

#include "../harness.h"
#include "api/entry_points.h"

#define FUNCTION(name) __typeof__(tandem_##name) *name;
struct command_buffer_functions {
	TANDEM_COMMAND_BUFFER_ENTRY_POINTS(FUNCTION)
};
#undef FUNCTION

struct buffers_fixture {
	struct test_setup base;
	struct command_buffer_functions cl;
	cl_program program;
};

/* Ends the test where a function is missing. */
static inline void load_functions(cl_platform_id platform, struct command_buffer_functions *cl)
{
#define LOAD(name)                                                                       \
	*(void **)&cl->name = clGetExtensionFunctionAddressForPlatform(platform, #name); \
	check_fatal(cl->name, "no %s", #name);
	TANDEM_COMMAND_BUFFER_ENTRY_POINTS(LOAD)
#undef LOAD
}

extern const char command_buffers_cl[];

static inline struct buffers_fixture open_fixture(void)
{
	struct buffers_fixture fixture = { .base = test_open() };

	load_functions(fixture.base.platform, &fixture.cl);
	fixture.program = test_build(fixture.base.context, command_buffers_cl, "-cl-std=CL3.0");
	return fixture;
}

static inline void close_fixture(struct buffers_fixture *fixture)
{
	check_success(clReleaseProgram(fixture->program));
	test_close(&fixture->base);
}

/* A command buffer of @queue, with these CL_COMMAND_BUFFER_*_KHR. */
static inline cl_command_buffer_khr create_buffer(const struct buffers_fixture *fixture,
						  cl_command_queue queue, cl_properties flags)
{
	const cl_properties properties[] = { CL_COMMAND_BUFFER_FLAGS_KHR, flags, 0 };
	cl_int code = CL_SUCCESS;
	cl_command_buffer_khr buffer =
		fixture->cl.clCreateCommandBufferKHR(1, &queue, flags ? properties : NULL, &code);

	check_success_fatal(code);
	return buffer;
}

/* Records a launch of one dimension, without anything else. */
static inline void record_launch(const struct buffers_fixture *fixture,
				 cl_command_buffer_khr buffer, cl_kernel kernel, size_t global,
				 size_t local)
{
	check_success(fixture->cl.clCommandNDRangeKernelKHR(buffer, NULL, NULL, kernel, 1, NULL,
							    &global, local ? &local : NULL, 0, NULL,
							    NULL, NULL));
}

static inline void enqueue_buffer(const struct buffers_fixture *fixture,
				  cl_command_buffer_khr buffer)
{
	check_success(fixture->cl.clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, NULL));
}

static inline cl_uint buffer_state(const struct buffers_fixture *fixture,
				   cl_command_buffer_khr buffer)
{
	cl_uint state = ~0u;

	check_success(fixture->cl.clGetCommandBufferInfoKHR(buffer, CL_COMMAND_BUFFER_STATE_KHR,
							    sizeof(state), &state, NULL));
	return state;
}

/* Kernel @name with its first two arguments: a buffer, and a number. */
static inline cl_kernel kernel_with(const struct buffers_fixture *fixture, const char *name,
				    cl_mem memory, cl_int number)
{
	cl_kernel kernel = test_kernel(fixture->program, name);

	check_success(clSetKernelArg(kernel, 0, sizeof(memory), &memory));
	check_success(clSetKernelArg(kernel, 1, sizeof(number), &number));
	return kernel;
}

/* Reads @count numbers, after all that was enqueued before. */
static inline void read_numbers(cl_command_queue queue, cl_mem memory, cl_int *numbers,
				size_t count)
{
	check_success_fatal(clEnqueueReadBuffer(queue, memory, CL_TRUE, 0, count * sizeof(*numbers),
						numbers, 0, NULL, NULL));
}

#endif
