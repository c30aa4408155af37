// SPDX-License-Identifier: MIT
/* Queues: order, markers, barriers, user events, launches of nothing, life time. */
#include <string.h>

#include "harness.h"

#define LAUNCHES 200

extern const char queues_cl[];

struct fixture {
	struct test_setup base;
	cl_command_queue loose; /* out of order */
	cl_program program;
};

/* ---- queries ---- */

typedef cl_command_queue create_queue(cl_context, cl_device_id, const cl_queue_properties *,
				      cl_int *);

static void check_property_list(create_queue *create, const struct test_setup *setup,
				const cl_queue_properties *wanted, size_t count)
{
	cl_queue_properties seen[8] = { 0 };
	size_t bytes = 7;
	cl_int code;
	cl_command_queue queue = create(setup->context, setup->device, wanted, &code);

	check_success_fatal(code);
	check_success(clGetCommandQueueInfo(queue, CL_QUEUE_PROPERTIES_ARRAY, sizeof(seen), seen,
					    &bytes));
	check_equal(count * sizeof(seen[0]), bytes);
	check(!count || !memcmp(seen, wanted, bytes), "other properties");
	check_success(clReleaseCommandQueue(queue));
}

/* Hints are kept with the other properties, in the order that they were given in. */
static void test_hints(const struct fixture *fixture)
{
	static const char *const names[] = { "cl_khr_priority_hints", "cl_khr_throttle_hints",
					     "cl_khr_create_command_queue" };
	static const cl_queue_properties levels[] = { CL_QUEUE_PRIORITY_HIGH_KHR,
						      CL_QUEUE_PRIORITY_MED_KHR,
						      CL_QUEUE_PRIORITY_LOW_KHR };
	char extensions[4096] = "";

	test_step("hints");
	check_success(clGetDeviceInfo(fixture->base.device, CL_DEVICE_EXTENSIONS,
				      sizeof(extensions), extensions, NULL));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check(strstr(extensions, names[i]), "no %s in '%s'", names[i], extensions);
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		const cl_queue_properties list[] = { CL_QUEUE_THROTTLE_KHR,
						     levels[i],
						     CL_QUEUE_PROPERTIES,
						     CL_QUEUE_PROFILING_ENABLE,
						     CL_QUEUE_PRIORITY_KHR,
						     levels[i],
						     0 };

		check_property_list(clCreateCommandQueueWithProperties, &fixture->base, list, 7);
	}
}

/* The extension's function makes the same queues as the core's. */
static void test_extension(const struct fixture *fixture)
{
	const cl_queue_properties list[] = { CL_QUEUE_PROPERTIES,
					     CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, 0 };
	create_queue *create;

	test_step("clCreateCommandQueueWithPropertiesKHR");
	*(void **)&create = clGetExtensionFunctionAddressForPlatform(
		fixture->base.platform, "clCreateCommandQueueWithPropertiesKHR");
	check_fatal(create, "the function is not there");
	check_property_list(create, &fixture->base, NULL, 0);
	check_property_list(create, &fixture->base, list, 3);
}

static void test_queries(const struct fixture *fixture)
{
	const struct test_setup *setup = &fixture->base;
	const cl_queue_properties none[] = { 0 };
	const cl_queue_properties both[] = { CL_QUEUE_PROPERTIES,
					     CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE |
						     CL_QUEUE_PROFILING_ENABLE,
					     0 };
	cl_command_queue_properties flags = 0;
	cl_context context = NULL;
	cl_device_id device = NULL;
	cl_command_queue queue = test_queue(setup, both[1]);
	cl_uint count = 0;

	test_step("queries");
	check_property_list(clCreateCommandQueueWithProperties, setup, NULL, 0);
	check_property_list(clCreateCommandQueueWithProperties, setup, none, 1);
	check_property_list(clCreateCommandQueueWithProperties, setup, both, 3);
	check_success(
		clGetCommandQueueInfo(queue, CL_QUEUE_PROPERTIES, sizeof(flags), &flags, NULL));
	check_equal(both[1], flags);
	check_success(
		clGetCommandQueueInfo(queue, CL_QUEUE_CONTEXT, sizeof(context), &context, NULL));
	check(context == setup->context, "%p", (void *)context);
	check_success(clGetCommandQueueInfo(queue, CL_QUEUE_DEVICE, sizeof(device), &device, NULL));
	check(device == setup->device, "%p", (void *)device);
	check_success(clRetainCommandQueue(queue));
	check_success(clGetCommandQueueInfo(queue, CL_QUEUE_REFERENCE_COUNT, sizeof(count), &count,
					    NULL));
	check_equal(2, count);
	check_success(clReleaseCommandQueue(queue));
	check_success(clReleaseCommandQueue(queue));
}

/* ---- order ---- */

static void test_in_order(const struct fixture *fixture)
{
	const size_t items = 64, local = 8;
	cl_int list[LAUNCHES + 1] = { 0 };
	cl_kernel kernel = test_kernel(fixture->program, "append");
	cl_mem buffer = test_buffer(fixture->base.context, sizeof(list), list);

	test_step("an in-order queue");
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	for (cl_int i = 0; i < LAUNCHES; i++) {
		check_success(clSetKernelArg(kernel, 1, sizeof(i), &i));
		check_success(clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &items,
						     &local, 0, NULL, NULL));
	}
	check_success(clEnqueueReadBuffer(fixture->base.queue, buffer, CL_TRUE, 0, sizeof(list),
					  list, 0, NULL, NULL));
	check_equal(LAUNCHES, list[0]);
	for (cl_int i = 0; i < LAUNCHES; i++)
		check(list[i + 1] == i, "launch %d ran as number %d", list[i + 1], i);
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
}

/*
 * In an out-of-order queue a command that waits for what a later one does gets it:
 * all commands that are ready run.
 */
static void test_out_of_order(const struct fixture *fixture)
{
	const size_t one = 1;
	cl_kernel waiting = test_kernel(fixture->program, "wait_for");
	cl_kernel setting = test_kernel(fixture->program, "set");
	_Atomic int *flags = clSVMAlloc(fixture->base.context,
					CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS,
					2 * sizeof(*flags), 0);

	test_step("an out-of-order queue");
	check_fatal(flags, "no SVM");
	atomic_store(&flags[0], 0);
	atomic_store(&flags[1], 0);
	check_success(clSetKernelArgSVMPointer(waiting, 0, flags));
	check_success(clSetKernelArgSVMPointer(setting, 0, flags));
	check_success(clEnqueueNDRangeKernel(fixture->loose, waiting, 1, NULL, &one, NULL, 0, NULL,
					     NULL));
	check_success(clEnqueueNDRangeKernel(fixture->loose, setting, 1, NULL, &one, NULL, 0, NULL,
					     NULL));
	check_success(clFinish(fixture->loose));
	check_equal(1, flags[1]);
	clSVMFree(fixture->base.context, flags);
	check_success(clReleaseKernel(waiting));
	check_success(clReleaseKernel(setting));
}

/* ---- launches ---- */

/* Launches of no work-items succeed, and their events come after their wait lists. */
static void test_empty_launches(const struct fixture *fixture)
{
	const size_t none = 0, plane[2] = { 4, 0 };
	const cl_int zero = 0;
	cl_int seen = -1, code;
	cl_kernel kernel = test_kernel(fixture->program, "count");
	cl_mem buffer = test_buffer(fixture->base.context, sizeof(zero), &zero);
	cl_command_queue queue = fixture->loose;
	cl_event gate = clCreateUserEvent(fixture->base.context, &code), event;

	test_step("launches of nothing");
	check_success_fatal(code);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, NULL, NULL, 0, NULL, NULL));
	check_success(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &none, NULL, 0, NULL, NULL));
	check_success(
		clEnqueueNDRangeKernel(queue, kernel, 2, NULL, plane, NULL, 1, &gate, &event));
	check_success(clFlush(queue));
	check(test_event_status(event) > CL_COMPLETE, "complete before its wait list");
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	check_success(clWaitForEvents(1, &event));
	check_equal(CL_COMMAND_NDRANGE_KERNEL, test_event_info(event, CL_EVENT_COMMAND_TYPE));
	check_success(clFinish(queue));
	check_success(
		clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, sizeof(seen), &seen, 0, NULL, NULL));
	check_equal(0, seen);
	check_success(clReleaseEvent(event));
	check_success(clReleaseEvent(gate));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
}

/* More work-items than numbers for them: an error, not a launch of what is left over. */
static void test_huge_launch(const struct fixture *fixture)
{
	const size_t huge[3] = { (size_t)1 << 40, (size_t)1 << 40, 4 };
	const size_t one[3] = { 1, 1, 1 };
	cl_kernel kernel = test_kernel(fixture->program, "count");
	cl_mem buffer = test_buffer(fixture->base.context, sizeof(cl_int), NULL);
	cl_event event = NULL;

	test_step("a launch of 2^82 work-items");
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_equal(CL_INVALID_GLOBAL_WORK_SIZE,
		    clEnqueueNDRangeKernel(fixture->base.queue, kernel, 3, NULL, huge, one, 0, NULL,
					   &event));
	check_equal(CL_INVALID_GLOBAL_WORK_SIZE,
		    clEnqueueNDRangeKernel(fixture->base.queue, kernel, 3, NULL, huge, NULL, 0,
					   NULL, &event));
	check(!event, "%p", (void *)event);
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
}

/* ---- life time ---- */

/* Releasing the queue flushes it; its commands run, and keep what they need. */
static void test_release(const struct fixture *fixture)
{
	const size_t items = 1000;
	_Atomic int *counter = clSVMAlloc(fixture->base.context,
					  CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS,
					  sizeof(*counter), 0);
	cl_command_queue queue = test_queue(&fixture->base, 0);
	cl_kernel kernel = test_kernel(fixture->program, "count");
	cl_int code;
	cl_mem buffer;

	test_step("releasing a queue with commands in it");
	check_fatal(counter, "no SVM");
	atomic_store(counter, 0);
	buffer = clCreateBuffer(fixture->base.context, CL_MEM_USE_HOST_PTR, sizeof(*counter),
				(void *)counter, &code);
	check_success_fatal(code);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseCommandQueue(queue));
	test_await(counter, (int)items);
	/* The queue's last command may be on its way out still. */
	check_success(clFinish(fixture->base.queue));
	clSVMFree(fixture->base.context, (void *)counter);
}

/* ---- user events ---- */

static void CL_CALLBACK add_one(void *arguments)
{
	_Atomic int *counter;

	memcpy(&counter, arguments, sizeof(counter));
	atomic_fetch_add(counter, 1);
}

/* Commands of every kind of queue wait for a user event, and for nothing else. */
static void test_user_events(const struct fixture *fixture)
{
	static _Atomic int counter;
	_Atomic int *address = &counter;
	cl_command_queue queues[] = { fixture->base.queue, fixture->loose };
	cl_event gate, events[2];
	cl_int code;

	test_step("user events");
	gate = clCreateUserEvent(fixture->base.context, &code);
	check_success_fatal(code);
	check_equal(CL_SUBMITTED, test_event_status(gate));
	for (int i = 0; i < 2; i++) {
		check_success(clEnqueueNativeKernel(queues[i], add_one, &address, sizeof(address),
						    0, NULL, NULL, 1, &gate, &events[i]));
		check_success(clFlush(queues[i]));
	}
	/* Behind the gate in its queue, but not waiting for it. */
	check_success(clEnqueueNativeKernel(fixture->loose, add_one, &address, sizeof(address), 0,
					    NULL, NULL, 0, NULL, NULL));
	check_success(clFlush(fixture->loose));
	test_await(&counter, 1);
	for (int i = 0; i < 2; i++)
		check(test_event_status(events[i]) > CL_RUNNING, "it runs");
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	check_success(clWaitForEvents(2, events));
	check_equal(3, counter);
	check_equal(CL_COMPLETE, test_event_status(gate));
	for (int i = 0; i < 2; i++)
		check_success(clReleaseEvent(events[i]));
	check_success(clReleaseEvent(gate));
}

/* ---- markers and barriers ---- */

static void test_barrier_holds(const struct fixture *fixture)
{
	static _Atomic int counter;
	_Atomic int *address = &counter;
	cl_event gate, barrier, held, before;
	cl_int code;

	test_step("a barrier with a list");
	gate = clCreateUserEvent(fixture->base.context, &code);
	check_success_fatal(code);
	check_success(clEnqueueBarrierWithWaitList(fixture->loose, 1, &gate, &barrier));
	check_success(clEnqueueNativeKernel(fixture->loose, add_one, &address, sizeof(address), 0,
					    NULL, NULL, 0, NULL, &held));
	check_success(clEnqueueMarkerWithWaitList(fixture->base.queue, 0, NULL, &before));
	check_success(clFlush(fixture->loose));
	check_success(clWaitForEvents(1, &before));
	check(test_event_status(held) > CL_RUNNING, "the barrier does not hold");
	check_equal(0, counter);
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	check_success(clWaitForEvents(1, &held));
	check_equal(CL_COMPLETE, test_event_status(barrier));
	check_equal(1, counter);
	check_success(clReleaseEvent(gate));
	check_success(clReleaseEvent(barrier));
	check_success(clReleaseEvent(held));
	check_success(clReleaseEvent(before));
}

/* A marker with a list does not wait for other commands of its out-of-order queue. */
static void test_marker_passes(const struct fixture *fixture)
{
	cl_event gate, stuck, marker;
	cl_int code;

	test_step("a marker with a list");
	gate = clCreateUserEvent(fixture->base.context, &code);
	check_success_fatal(code);
	check_success(clEnqueueMarkerWithWaitList(fixture->loose, 1, &gate, &stuck));
	check_success(clEnqueueMarkerWithWaitList(fixture->base.queue, 0, NULL, &marker));
	check_success(clWaitForEvents(1, &marker));
	check_success(clReleaseEvent(marker));
	check_success(clEnqueueMarkerWithWaitList(fixture->loose, 0, NULL, &marker));
	check_success(clFlush(fixture->loose));
	check(test_event_status(marker) > CL_RUNNING, "a marker of all passes what is not done");
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	check_success(clWaitForEvents(1, &marker));
	check_equal(CL_COMPLETE, test_event_status(stuck));
	check_success(clReleaseEvent(gate));
	check_success(clReleaseEvent(stuck));
	check_success(clReleaseEvent(marker));
}

int main(void)
{
	struct fixture fixture = { .base = test_open() };

	fixture.loose = test_queue(&fixture.base, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
	fixture.program = test_build(fixture.base.context, queues_cl, "-cl-std=CL3.0");
	test_queries(&fixture);
	test_hints(&fixture);
	test_extension(&fixture);
	test_in_order(&fixture);
	test_out_of_order(&fixture);
	test_empty_launches(&fixture);
	test_huge_launch(&fixture);
	test_release(&fixture);
	test_user_events(&fixture);
	test_barrier_holds(&fixture);
	test_marker_passes(&fixture);
	check_success(clReleaseProgram(fixture.program));
	check_success(clReleaseCommandQueue(fixture.loose));
	test_close(&fixture.base);
	return check_result();
}
