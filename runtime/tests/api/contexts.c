// SPDX-License-Identifier: MIT
/* Contexts: properties, devices, reference counts, destructor callbacks. */
#include <string.h>

#include "harness.h"

static cl_uint reference_count(cl_context context)
{
	cl_uint count = 0;

	check_success(
		clGetContextInfo(context, CL_CONTEXT_REFERENCE_COUNT, sizeof(count), &count, NULL));
	return count;
}

static cl_context new_context(const struct test_setup *setup)
{
	cl_int code;
	cl_context context = clCreateContext(NULL, 1, &setup->device, NULL, NULL, &code);

	check_success_fatal(code);
	return context;
}

/* ---- properties ---- */

static void check_properties(const struct test_setup *setup, const cl_context_properties *wanted,
			     unsigned int count)
{
	cl_context_properties seen[8] = { 0 };
	size_t bytes = 7;
	cl_int code;
	cl_context context = clCreateContext(wanted, 1, &setup->device, NULL, NULL, &code);

	check_success_fatal(code);
	check_success(clGetContextInfo(context, CL_CONTEXT_PROPERTIES, sizeof(seen), seen, &bytes));
	check_equal(count * sizeof(seen[0]), bytes);
	check(!count || !memcmp(seen, wanted, count * sizeof(seen[0])), "other properties");
	check_success(clReleaseContext(context));
}

static void test_properties(const struct test_setup *setup)
{
	const cl_context_properties platform = (cl_context_properties)setup->platform;
	const cl_context_properties none[] = { 0 };
	const cl_context_properties one[] = { CL_CONTEXT_PLATFORM, platform, 0 };
	const cl_context_properties two[] = { CL_CONTEXT_INTEROP_USER_SYNC, CL_TRUE,
					      CL_CONTEXT_PLATFORM, platform, 0 };

	test_step("properties");
	check_properties(setup, NULL, 0);
	check_properties(setup, none, 1);
	check_properties(setup, one, 3);
	check_properties(setup, two, 5);
}

static void test_devices(const struct test_setup *setup)
{
	const cl_device_id twice[] = { setup->device, setup->device };
	cl_device_id seen[4] = { NULL };
	cl_uint count = 0;
	size_t bytes = 0;
	cl_int code;
	cl_context context;

	test_step("devices");
	context = clCreateContext(NULL, 2, twice, NULL, NULL, &code);
	check_success_fatal(code);
	/* A device that is listed twice counts once. */
	check_success(
		clGetContextInfo(context, CL_CONTEXT_NUM_DEVICES, sizeof(count), &count, NULL));
	check_equal(1, count);
	check_success(clGetContextInfo(context, CL_CONTEXT_DEVICES, sizeof(seen), seen, &bytes));
	check_equal(sizeof(seen[0]), bytes);
	check(seen[0] == setup->device, "%p", (void *)seen[0]);
	check_success(clReleaseContext(context));
}

/* ---- life time ---- */

static void test_reference_counts(const struct test_setup *setup)
{
	cl_context context = new_context(setup);

	test_step("reference counts");
	check_equal(1, reference_count(context));
	check_success(clRetainContext(context));
	check_equal(2, reference_count(context));
	check_success(clReleaseContext(context));
	check_equal(1, reference_count(context));
	check_success(clReleaseContext(context));
}

#define CALLBACKS 5

static int order[CALLBACKS];
static int called;
static cl_context called_for;

static void CL_CALLBACK note(cl_context context, void *user_data)
{
	called_for = context;
	if (called < CALLBACKS)
		order[called] = (int)(intptr_t)user_data;
	called++;
}

static void add_callbacks(cl_context context)
{
	called = 0;
	for (intptr_t i = 0; i < CALLBACKS; i++)
		check_success(clSetContextDestructorCallback(context, note, (void *)i));
}

static void check_called(cl_context context)
{
	check_equal(CALLBACKS, called);
	check(called_for == context, "for %p", (void *)called_for);
	for (int i = 0; i < CALLBACKS; i++)
		check(order[i] == CALLBACKS - 1 - i, "call %d was of callback %d", i, order[i]);
}

static void test_callbacks(const struct test_setup *setup)
{
	cl_context context = new_context(setup);

	test_step("destructor callbacks");
	add_callbacks(context);
	check_success(clRetainContext(context));
	check_success(clReleaseContext(context));
	check_equal(0, called);
	check_success(clReleaseContext(context));
	check_called(context);
}

/* An object of each kind keeps its context, which goes with the last of them. */
static void test_objects_keep_the_context(const struct test_setup *setup)
{
	cl_context context = new_context(setup);
	const char *source = "kernel void nothing(void) {}";
	cl_mem buffer = test_buffer(context, 16, NULL);
	cl_program program = test_build(context, source, NULL);
	cl_kernel kernel = test_kernel(program, "nothing");
	cl_command_queue queue;
	cl_event event;
	cl_int code;

	test_step("objects that keep their context");
	add_callbacks(context);
	queue = clCreateCommandQueue(context, setup->device, 0, &code);
	check_success_fatal(code);
	check_success(clEnqueueMarkerWithWaitList(queue, 0, NULL, &event));
	check_success(clFinish(queue));
	check_success(clReleaseContext(context));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseProgram(program));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseCommandQueue(queue));
	check_equal(0, called);
	/* The event's queue, and so the context, are there still. */
	check_equal(CL_COMPLETE, test_event_status(event));
	check_success(clReleaseEvent(event));
	check_called(context);
}

/*
 * A handle that a query has returned may be used and retained while the object lives,
 * though the application has released its own; and is released once for each retain.
 */
static void test_handles_of_queries(const struct test_setup *setup)
{
	const cl_buffer_region region = { 0, 128 };
	cl_context context = new_context(setup), seen_context = NULL;
	cl_program program = test_build(context, "kernel void nothing(void) {}", NULL),
		   seen_program;
	cl_kernel kernel = test_kernel(program, "nothing");
	cl_mem buffer = test_buffer(context, 1024, NULL), part, seen_buffer, more;
	cl_command_queue queue, seen_queue;
	cl_event event;
	cl_int code;

	test_step("handles that queries return");
	queue = clCreateCommandQueue(context, setup->device, 0, &code);
	check_success_fatal(code);
	part = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
	check_success_fatal(code);
	check_success(clEnqueueMarkerWithWaitList(queue, 0, NULL, &event));
	check_success(clFinish(queue));
	add_callbacks(context);
	check_success(clReleaseContext(context));
	check_success(clReleaseProgram(program));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseCommandQueue(queue));

	check_success(
		clGetKernelInfo(kernel, CL_KERNEL_CONTEXT, sizeof(context), &seen_context, NULL));
	more = clCreateBuffer(seen_context, 0, 16, NULL, &code);
	check_success(code);
	check_success(clReleaseMemObject(more));
	/* No reference of the application's is there to release. */
	check_equal(CL_INVALID_CONTEXT, clReleaseContext(seen_context));
	check_success(clRetainContext(seen_context));
	check_equal(1, reference_count(seen_context));
	check_success(
		clGetKernelInfo(kernel, CL_KERNEL_PROGRAM, sizeof(program), &seen_program, NULL));
	check_success(clRetainProgram(seen_program));
	check_success(clGetMemObjectInfo(part, CL_MEM_ASSOCIATED_MEMOBJECT, sizeof(seen_buffer),
					 &seen_buffer, NULL));
	check_success(clRetainMemObject(seen_buffer));
	check_success(clGetEventInfo(event, CL_EVENT_COMMAND_QUEUE, sizeof(seen_queue), &seen_queue,
				     NULL));
	check_success(clRetainCommandQueue(seen_queue));

	/* What kept them goes; the references keep them now. */
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(part));
	check_success(clReleaseEvent(event));
	check_success(clFinish(seen_queue));
	check_success(clReleaseCommandQueue(seen_queue));
	check_success(clReleaseMemObject(seen_buffer));
	check_success(clReleaseProgram(seen_program));
	check_equal(0, called);
	check_success(clReleaseContext(seen_context));
	check_called(seen_context);
}

int main(void)
{
	struct test_setup setup = test_open();

	test_properties(&setup);
	test_devices(&setup);
	test_reference_counts(&setup);
	test_callbacks(&setup);
	test_objects_keep_the_context(&setup);
	test_handles_of_queries(&setup);
	test_close(&setup);
	return check_result();
}
