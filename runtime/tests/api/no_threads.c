// SPDX-License-Identifier: MIT
/* A system that gives the process no thread: all still runs, on the application's own. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

#define ITEMS 4096

static _Atomic bool no_threads;
static _Atomic int refused;

/* In place of the C library's: the runtime finds the program's first. */
__attribute__((visibility("default"))) int pthread_create(pthread_t *thread,
							  const pthread_attr_t *attributes,
							  void *(*run)(void *), void *argument)
{
	static int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	if (no_threads) {
		refused++;
		return EAGAIN;
	}
	if (!create)
		create = (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
				  void *))dlsym(RTLD_NEXT, "pthread_create");
	return create(thread, attributes, run, argument);
}

struct fixture {
	struct test_setup base;
	cl_kernel kernel;
	cl_mem buffer;
};

static cl_event launch(const struct fixture *fixture, cl_command_queue queue)
{
	const size_t items = ITEMS;
	cl_event event = NULL;

	check_success_fatal(clEnqueueNDRangeKernel(queue, fixture->kernel, 1, NULL, &items, NULL, 0,
						   NULL, &event));
	return event;
}

/* Polls for the event: it does not wait, and so helps nobody. */
static void check_completes(cl_event event)
{
	while (test_event_status(event) > 0)
		usleep(1000);
	check_equal(CL_COMPLETE, test_event_status(event));
	check_success(clReleaseEvent(event));
}

static void test_polled(const struct fixture *fixture)
{
	test_step("a launch that is polled for");
	check_completes(launch(fixture, fixture->base.queue));
}

static void test_blocking(const struct fixture *fixture)
{
	cl_command_queue other = test_queue(&fixture->base, 0);
	cl_event event = launch(fixture, other);
	cl_int seen[ITEMS] = { 0 };

	test_step("a blocking read behind another queue's launch");
	check_success(clEnqueueReadBuffer(fixture->base.queue, fixture->buffer, CL_TRUE, 0,
					  sizeof(seen), seen, 1, &event, NULL));
	check_equal(5, seen[ITEMS - 1]);
	check_success(clReleaseEvent(event));
	check_success(clReleaseCommandQueue(other));
}

static void test_user_event(const struct fixture *fixture)
{
	const size_t items = ITEMS;
	cl_event gate, events[3];
	cl_int code;

	test_step("a user event that lets launches go");
	gate = clCreateUserEvent(fixture->base.context, &code);
	check_success_fatal(code);
	for (int i = 0; i < 3; i++)
		check_success_fatal(clEnqueueNDRangeKernel(fixture->base.queue, fixture->kernel, 1,
							   NULL, &items, NULL, 1, &gate,
							   &events[i]));
	check_success(clFlush(fixture->base.queue));
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	for (int i = 0; i < 3; i++)
		check_completes(events[i]);
	check_success(clReleaseEvent(gate));
}

/* ---- who waits for a user event releases it ---- */

#define LATER 64

static cl_event released_gate, later[LATER];
static _Atomic int later_calls;

static void CL_CALLBACK count_later(cl_event event, cl_int status, void *unused)
{
	later_calls++;
}

/* The memory of what is gone becomes that of other events, whose status nobody sets yet. */
static void CL_CALLBACK release_gate(void *arguments)
{
	cl_context context;
	cl_int code;

	memcpy(&context, arguments, sizeof(context));
	check_success(clReleaseEvent(released_gate));
	for (int i = 0; i < LATER; i++) {
		later[i] = clCreateUserEvent(context, &code);
		check_success_fatal(code);
		check_success(clSetEventCallback(later[i], CL_COMPLETE, count_later, NULL));
	}
}

static void test_released_gate(const struct fixture *fixture)
{
	cl_context context = fixture->base.context;
	cl_event done;
	cl_int code;

	test_step("a user event that is released by what it lets go");
	released_gate = clCreateUserEvent(context, &code);
	check_success_fatal(code);
	check_success(clEnqueueNativeKernel(fixture->base.queue, release_gate, &context,
					    sizeof(context), 0, NULL, NULL, 1, &released_gate,
					    &done));
	check_success(clFlush(fixture->base.queue));
	/* Without threads, all of that happens in here. */
	check_success(clSetUserEventStatus(released_gate, CL_COMPLETE));
	check_completes(done);
	check_equal(0, later_calls);
	for (int i = 0; i < LATER; i++) {
		check_equal(CL_SUBMITTED, test_event_status(later[i]));
		check_success(clSetUserEventStatus(later[i], CL_COMPLETE));
		check_success(clReleaseEvent(later[i]));
	}
	check_success(clFinish(fixture->base.queue));
}

/* ---- the application's functions ---- */

static _Atomic int native_calls, event_calls[3], free_calls;

static void CL_CALLBACK native(void *unused)
{
	native_calls++;
}

/* With calls on the queue, whose locks must not be held. */
static void CL_CALLBACK on_event(cl_event event, cl_int status, void *data)
{
	const struct fixture *fixture = data;

	event_calls[status == CL_COMPLETE ? 0 : status]++;
	check_success(clFlush(fixture->base.queue));
}

static void CL_CALLBACK on_free(cl_command_queue queue, cl_uint count, void *pointers[],
				void *context)
{
	for (cl_uint i = 0; i < count; i++)
		clSVMFree(context, pointers[i]);
	free_calls++;
}

static void test_functions(const struct fixture *fixture)
{
	static const cl_int states[] = { CL_SUBMITTED, CL_RUNNING, CL_COMPLETE };
	cl_context context = fixture->base.context;
	void *memory = clSVMAlloc(context, CL_MEM_READ_WRITE, 100, 0);
	cl_event gate, event;
	cl_int code;

	test_step("native kernels and callbacks");
	check_success(clEnqueueNativeKernel(fixture->base.queue, native, NULL, 0, 0, NULL, NULL, 0,
					    NULL, NULL));
	check_success(clFinish(fixture->base.queue));
	check_equal(1, native_calls);
	if (memory) {
		check_success(clEnqueueSVMFree(fixture->base.queue, 1, &memory, on_free, context, 0,
					       NULL, NULL));
		check_success(clFinish(fixture->base.queue));
		check_equal(1, free_calls);
	}
	gate = clCreateUserEvent(context, &code);
	check_success_fatal(code);
	check_success(clEnqueueMarkerWithWaitList(fixture->base.queue, 1, &gate, &event));
	for (int i = 0; i < 3; i++)
		check_success(clSetEventCallback(event, states[i], on_event, (void *)fixture));
	check_success(clFlush(fixture->base.queue));
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	check_completes(event);
	for (int i = 0; i < 3; i++)
		check(event_calls[i] == 1, "callback %d: %d calls", i, event_calls[i]);
	check_success(clReleaseEvent(gate));
}

int main(void)
{
	struct fixture fixture = { .base = test_open() };
	cl_program program = test_build(fixture.base.context,
					"kernel void five(global int *out)"
					"{ out[get_global_id(0)] = 5; }",
					NULL);

	fixture.kernel = test_kernel(program, "five");
	fixture.buffer = test_buffer(fixture.base.context, ITEMS * sizeof(cl_int), NULL);
	check_success(clSetKernelArg(fixture.kernel, 0, sizeof(fixture.buffer), &fixture.buffer));
	no_threads = true;
	test_polled(&fixture);
	test_blocking(&fixture);
	test_user_event(&fixture);
	test_released_gate(&fixture);
	test_functions(&fixture);
	check(refused, "the runtime did not ask for threads");
	/* Threads come when there are some again. */
	no_threads = false;
	test_polled(&fixture);
	test_blocking(&fixture);
	check_success(clReleaseMemObject(fixture.buffer));
	check_success(clReleaseKernel(fixture.kernel));
	check_success(clReleaseProgram(program));
	test_close(&fixture.base);
	return check_result();
}
