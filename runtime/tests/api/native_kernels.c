// SPDX-License-Identifier: MIT
/* Native kernels: their arguments, and buffers among them. */
#include <string.h>

#include "harness.h"

#define INTS 64

struct arguments {
	cl_int number;
	cl_int *first; /* where the runtime puts the address of a buffer */
	char text[16];
	cl_int *second;
	cl_int *absent;
	_Atomic int *calls;
};

static _Atomic int wrong;

static void CL_CALLBACK work(void *bytes)
{
	const struct arguments *arguments = bytes;

	if (strcmp(arguments->text, "native"))
		atomic_fetch_or(&wrong, 1);
	if (arguments->absent)
		atomic_fetch_or(&wrong, 2);
	for (int i = 0; i < INTS; i++)
		arguments->second[i] = arguments->first[i] + arguments->number;
	atomic_fetch_add(arguments->calls, 1);
}

/* The arguments are copied, with the addresses of the buffers put where they belong. */
static void test_arguments(const struct test_setup *setup)
{
	static _Atomic int calls;
	struct arguments arguments = { .number = 5, .text = "native", .calls = &calls };
	const void *places[3] = { &arguments.first, &arguments.second, &arguments.absent };
	cl_int numbers[INTS];
	cl_mem objects[3] = { NULL, NULL, NULL };
	cl_event gate, event;
	cl_int code;

	test_step("arguments");
	for (int i = 0; i < INTS; i++)
		numbers[i] = i;
	objects[0] = test_buffer(setup->context, sizeof(numbers), numbers);
	objects[1] = test_buffer(setup->context, sizeof(numbers), NULL);
	arguments.absent = numbers;
	gate = clCreateUserEvent(setup->context, &code);
	check_success_fatal(code);
	check_success(clEnqueueNativeKernel(setup->queue, work, &arguments, sizeof(arguments), 3,
					    objects, places, 1, &gate, &event));
	check_equal(CL_COMMAND_NATIVE_KERNEL, test_event_info(event, CL_EVENT_COMMAND_TYPE));
	/* All of it may go once the call has returned; the buffers stay until it has run. */
	memset(&arguments, 0xff, sizeof(arguments));
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	check_success(clEnqueueReadBuffer(setup->queue, objects[1], CL_TRUE, 0, sizeof(numbers),
					  numbers, 0, NULL, NULL));
	check_equal(1, calls);
	check_equal(0, wrong);
	for (int i = 0; i < INTS; i++)
		check_equal(5 + i, numbers[i]);
	check_success(clWaitForEvents(1, &event));
	check_success(clReleaseEvent(event));
	check_success(clReleaseEvent(gate));
	check_success(clReleaseMemObject(objects[0]));
	check_success(clReleaseMemObject(objects[1]));
}

static void CL_CALLBACK see_nothing(void *arguments)
{
	if (arguments)
		atomic_fetch_or(&wrong, 4);
}

static void test_no_arguments(const struct test_setup *setup)
{
	test_step("no arguments");
	check_success(clEnqueueNativeKernel(setup->queue, see_nothing, NULL, 0, 0, NULL, NULL, 0,
					    NULL, NULL));
	check_success(clFinish(setup->queue));
	check_equal(0, wrong);
}

/* The buffers of a native kernel are kept until it has run, though they are released. */
static void test_released(const struct test_setup *setup)
{
	static _Atomic int calls;
	struct arguments arguments = { .number = 1, .text = "native", .calls = &calls };
	const void *places[2] = { &arguments.first, &arguments.second };
	static cl_int memory[INTS];
	cl_mem objects[2];
	cl_event gate, event;
	cl_int code;

	test_step("released buffers");
	objects[0] = test_buffer(setup->context, sizeof(memory), memory);
	objects[1] =
		clCreateBuffer(setup->context, CL_MEM_USE_HOST_PTR, sizeof(memory), memory, &code);
	check_success_fatal(code);
	gate = clCreateUserEvent(setup->context, &code);
	check_success_fatal(code);
	check_success(clEnqueueNativeKernel(setup->queue, work, &arguments, sizeof(arguments), 2,
					    objects, places, 1, &gate, &event));
	check_success(clReleaseMemObject(objects[0]));
	check_success(clRetainMemObject(objects[1]));
	check_success(clReleaseMemObject(objects[1]));
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	check_success(clWaitForEvents(1, &event));
	check_equal(1, calls);
	/* A device may keep a copy of it. */
	check(clEnqueueMapBuffer(setup->queue, objects[1], CL_TRUE, CL_MAP_READ, 0, sizeof(memory),
				 0, NULL, NULL, &code) == memory,
	      "clEnqueueMapBuffer: %d", code);
	check_equal(1, memory[INTS - 1]);
	check_success(clEnqueueUnmapMemObject(setup->queue, objects[1], memory, 0, NULL, NULL));
	check_success(clFinish(setup->queue));
	check_success(clReleaseMemObject(objects[1]));
	check_success(clReleaseEvent(event));
	check_success(clReleaseEvent(gate));
}

int main(void)
{
	struct test_setup setup = test_open();
	cl_device_exec_capabilities has = 0;

	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_EXECUTION_CAPABILITIES, sizeof(has),
				      &has, NULL));
	if (!(has & CL_EXEC_NATIVE_KERNEL))
		check_skip("the device runs no native kernels");
	test_arguments(&setup);
	test_no_arguments(&setup);
	test_released(&setup);
	test_close(&setup);
	return check_result();
}
