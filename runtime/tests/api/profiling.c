// SPDX-License-Identifier: MIT
/* Profiling: the times of commands, in order, and plausible to the host's clock. */
#include <string.h>
#include <time.h>

#include "harness.h"

#define SPIN_NS 3000000u

struct times {
	cl_ulong queued, submitted, started, ended, complete;
};

static uint64_t host_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void spin(void)
{
	uint64_t end = host_ns() + SPIN_NS;

	while (host_ns() < end)
		;
}

static void CL_CALLBACK spin_natively(void *arguments)
{
	spin();
}

static cl_ulong time_of(cl_event event, cl_profiling_info name)
{
	cl_ulong value = 0;
	size_t bytes = 0;

	check_success(clGetEventProfilingInfo(event, name, sizeof(value), &value, &bytes));
	check_equal(sizeof(value), bytes);
	return value;
}

/* The times of a command that is complete, which must be in order; releases the event. */
static struct times take_times(cl_event event)
{
	const struct times times = {
		time_of(event, CL_PROFILING_COMMAND_QUEUED),
		time_of(event, CL_PROFILING_COMMAND_SUBMIT),
		time_of(event, CL_PROFILING_COMMAND_START),
		time_of(event, CL_PROFILING_COMMAND_END),
		time_of(event, CL_PROFILING_COMMAND_COMPLETE),
	};

	check(times.queued && times.queued <= times.submitted && times.submitted <= times.started &&
		      times.started <= times.ended && times.ended <= times.complete,
	      "queued %llu, submitted %llu, started %llu, ended %llu, complete %llu",
	      (unsigned long long)times.queued, (unsigned long long)times.submitted,
	      (unsigned long long)times.started, (unsigned long long)times.ended,
	      (unsigned long long)times.complete);
	check_success(clReleaseEvent(event));
	return times;
}

/* A command that takes a known time, between two looks at the host's clock. */
static void test_duration(cl_command_queue queue)
{
	uint64_t before, after;
	struct times times;
	cl_event event;

	test_step("a command of known length");
	before = host_ns();
	check_success(clEnqueueNativeKernel(queue, spin_natively, NULL, 0, 0, NULL, NULL, 0, NULL,
					    &event));
	check_success(clWaitForEvents(1, &event));
	after = host_ns();
	times = take_times(event);
	check(times.ended - times.started >= SPIN_NS, "%llu ns, it spun for %u ns",
	      (unsigned long long)(times.ended - times.started), SPIN_NS);
	check(times.ended - times.queued <= after - before, "%llu ns, of %llu ns on the host",
	      (unsigned long long)(times.ended - times.queued),
	      (unsigned long long)(after - before));
}

/* Time that a command waits counts between its submission and its start. */
static void test_waiting(const struct test_setup *setup, cl_command_queue queue)
{
	cl_event gate, event;
	struct times times;
	cl_int code;

	test_step("a command that waits");
	gate = clCreateUserEvent(setup->context, &code);
	check_success_fatal(code);
	check_success(clEnqueueMarkerWithWaitList(queue, 1, &gate, &event));
	check_success(clFlush(queue));
	spin();
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	check_success(clWaitForEvents(1, &event));
	times = take_times(event);
	check(times.started - times.submitted >= SPIN_NS, "%llu ns, the gate was shut for %u ns",
	      (unsigned long long)(times.started - times.submitted), SPIN_NS);
	check_success(clReleaseEvent(gate));
}

static void test_order(cl_command_queue queue)
{
	cl_event events[20];
	struct times before = { 0 };

	test_step("commands of an in-order queue");
	for (int i = 0; i < 20; i++)
		check_success(clEnqueueMarkerWithWaitList(queue, 0, NULL, &events[i]));
	check_success(clFinish(queue));
	for (int i = 0; i < 20; i++) {
		struct times times = take_times(events[i]);

		check(before.queued <= times.queued && before.ended <= times.started,
		      "command %d started at %llu, the one before ended at %llu", i,
		      (unsigned long long)times.started, (unsigned long long)before.ended);
		before = times;
	}
}

/* Commands of every kind have times. */
static void test_kinds(const struct test_setup *setup, cl_command_queue queue)
{
	const char *source = "kernel void set(global int *n) { n[get_global_id(0)] = 1; }";
	cl_program program = test_build(setup->context, source, NULL);
	cl_kernel kernel = test_kernel(program, "set");
	cl_mem buffer = test_buffer(setup->context, 256, NULL);
	void *svm = clSVMAlloc(setup->context, CL_MEM_READ_WRITE, 256, 0);
	const size_t items = 64;
	const cl_int pattern = 3;
	cl_event events[8];
	cl_int bytes[64];
	cl_uint count = 0;

	test_step("commands of every kind");
	check_fatal(svm, "no SVM");
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL,
					     &events[count++]));
	check_success(clEnqueueReadBuffer(queue, buffer, CL_FALSE, 0, 256, bytes, 0, NULL,
					  &events[count++]));
	check_success(
		clEnqueueFillBuffer(queue, buffer, &pattern, 4, 0, 256, 0, NULL, &events[count++]));
	check_success(clEnqueueBarrierWithWaitList(queue, 0, NULL, &events[count++]));
	check_success(clEnqueueMigrateMemObjects(queue, 1, &buffer, 0, 0, NULL, &events[count++]));
	check_success(clEnqueueSVMMemFill(queue, svm, &pattern, 4, 256, 0, NULL, &events[count++]));
	check_success(clEnqueueSVMFree(queue, 1, &svm, NULL, NULL, 0, NULL, &events[count++]));
	check_success(clFinish(queue));
	while (count--)
		take_times(events[count]);
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
}

int main(void)
{
	struct test_setup setup = test_open();
	cl_command_queue queue = test_queue(&setup, CL_QUEUE_PROFILING_ENABLE);
	size_t resolution = 0;

	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_PROFILING_TIMER_RESOLUTION,
				      sizeof(resolution), &resolution, NULL));
	check(resolution >= 1, "%zu", resolution);
	test_duration(queue);
	test_waiting(&setup, queue);
	test_order(queue);
	test_kinds(&setup, queue);
	check_success(clReleaseCommandQueue(queue));
	test_close(&setup);
	return check_result();
}
