// SPDX-License-Identifier: MIT
/*
 * Children of a process that uses OpenCL: they use it too, with the parent's objects or
 * their own, or just end; also where the fork comes in the midst of kernels.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define ITEMS 4096

/* ThreadSanitizer ends a child that starts threads; AddressSanitizer makes each fork slow. */
#ifdef __SANITIZE_THREAD__
#define CHILDREN_HAVE_THREADS false
#define ROUNDS		      100
#elif defined(__SANITIZE_ADDRESS__)
#define CHILDREN_HAVE_THREADS true
#define ROUNDS		      60
#else
#define CHILDREN_HAVE_THREADS true
#define ROUNDS		      1000
#endif

static bool is_child;

/*
 * LeakSanitizer asks this when a process ends. A child lacks the parent's threads, and so
 * the stacks that what these had allocated is known from.
 */
__attribute__((visibility("default"))) int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return is_child;
}

struct fixture {
	struct test_setup base;
	cl_program program;
};

/* What a child does, and with what it ends: 0 for good. */
typedef int (*child_work)(const struct fixture *fixture);

static void run_child(const struct fixture *fixture, child_work work, bool handlers)
{
	int status = -1;
	pid_t child;

	fflush(stdout);
	child = fork();
	check_fatal(child >= 0, "no child");
	if (!child) {
		is_child = true;
		/* Far below the bound on the parent's step, so that it is the child's fault. */
		alarm(300);
		status = work(fixture);
		if (handlers)
			exit(status);
		_exit(status);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	check(WIFEXITED(status) && !WEXITSTATUS(status), "the child ended with 0x%x%s", status,
	      WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? ", it hung" : "");
}

static int end(const struct fixture *fixture)
{
	return 0;
}

/* Of a device that is the parent's alone a child is told so, at once. */
static bool is_the_parents(cl_device_id device)
{
	cl_bool is_available = CL_TRUE;

	clGetDeviceInfo(device, CL_DEVICE_AVAILABLE, sizeof(is_available), &is_available, NULL);
	return is_child && !is_available;
}

static int look_at_lost_device(const struct fixture *fixture)
{
	const size_t items = ITEMS;
	cl_kernel kernel = clCreateKernel(fixture->program, "store", NULL);
	cl_device_id device = fixture->base.device;
	cl_int code;

	if (clCreateContext(NULL, 1, &device, NULL, NULL, &code) || code != CL_DEVICE_NOT_AVAILABLE)
		return 40;
	if (clCreateCommandQueueWithProperties(fixture->base.context, device, NULL, &code) ||
	    code != CL_DEVICE_NOT_AVAILABLE)
		return 41;
	if (clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &items, NULL, 0, NULL,
				   NULL) != CL_OUT_OF_RESOURCES)
		return 42;
	return clReleaseKernel(kernel) ? 43 : 0;
}

/* Launches, reads back, and waits for what only a thread of the child's can do. */
static int use(cl_context context, cl_device_id device, cl_program program)
{
	const size_t items = ITEMS;
	const cl_int number = getpid();
	cl_int seen[ITEMS] = { 0 }, status = CL_QUEUED, code;
	cl_command_queue queue = clCreateCommandQueueWithProperties(context, device, NULL, &code);
	cl_kernel kernel = clCreateKernel(program, "store", &code);
	cl_mem buffer = clCreateBuffer(context, 0, sizeof(seen), NULL, &code);
	cl_event event;

	if (!queue || !kernel || !buffer)
		return 10;
	clSetKernelArg(kernel, 0, sizeof(buffer), &buffer);
	clSetKernelArg(kernel, 1, sizeof(number), &number);
	for (int i = 0; i < 4; i++) {
		if (clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL))
			return 11;
	}
	if (clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, sizeof(seen), seen, 0, NULL, NULL))
		return 12;
	for (int i = 0; i < ITEMS; i++) {
		if (seen[i] != number)
			return 13;
	}
	if (clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL, &event) ||
	    clFlush(queue))
		return 14;
	while (status > 0) {
		if (clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(status),
				   &status, NULL))
			return 15;
		usleep(100);
	}
	clReleaseEvent(event);
	clReleaseMemObject(buffer);
	clReleaseKernel(kernel);
	clReleaseCommandQueue(queue);
	return status ? 16 : 0;
}

static int use_parents_context(const struct fixture *fixture)
{
	if (is_the_parents(fixture->base.device))
		return look_at_lost_device(fixture);
	return use(fixture->base.context, fixture->base.device, fixture->program);
}

static int use_new_context(const struct fixture *fixture)
{
	const char *source = "kernel void store(global int *out, int number)"
			     "{ out[get_global_id(0)] = number; }";
	cl_context context;
	cl_program program;
	cl_int code;
	int result;

	if (is_the_parents(fixture->base.device))
		return look_at_lost_device(fixture);
	context = clCreateContext(NULL, 1, &fixture->base.device, NULL, NULL, &code);
	program = clCreateProgramWithSource(context, 1, &source, NULL, &code);
	if (clBuildProgram(program, 0, NULL, NULL, NULL, NULL))
		return 20;
	result = use(context, fixture->base.device, program);
	clReleaseProgram(program);
	clReleaseContext(context);
	return result;
}

static int use_all(const struct fixture *fixture)
{
	int result = use_parents_context(fixture);

	return result ? result : use_new_context(fixture);
}

static void test_idle(const struct fixture *fixture)
{
	for (int handlers = 0; handlers < 2; handlers++) {
		test_step("children of a process whose commands have ended");
		run_child(fixture, end, handlers);
		if (!CHILDREN_HAVE_THREADS)
			continue;
		run_child(fixture, use_parents_context, handlers);
		run_child(fixture, use_new_context, handlers);
	}
	check_equal(0, use_all(fixture));
}

/* ---- pending commands ---- */

static cl_event pending_launch, pending_gate;

/* What is the parent's has failed for the child, at once. */
static int look_at_pending(const struct fixture *fixture)
{
	cl_int status = 1;

	if (clWaitForEvents(1, &pending_launch) != CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST)
		return 30;
	if (clGetEventInfo(pending_launch, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(status),
			   &status, NULL) ||
	    status != CL_OUT_OF_RESOURCES)
		return 31;
	if (clFinish(fixture->base.queue) || clSetUserEventStatus(pending_gate, CL_COMPLETE))
		return 32;
	return CHILDREN_HAVE_THREADS ? use_all(fixture) : 0;
}

static void test_pending(const struct fixture *fixture)
{
	const size_t items = ITEMS;
	const cl_int number = 9;
	cl_kernel kernel = test_kernel(fixture->program, "store");
	cl_mem buffer = test_buffer(fixture->base.context, ITEMS * sizeof(cl_int), NULL);
	cl_int seen = 0, code;

	test_step("children of a process with pending commands");
	pending_gate = clCreateUserEvent(fixture->base.context, &code);
	check_success_fatal(code);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clSetKernelArg(kernel, 1, sizeof(number), &number));
	check_success(clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &items, NULL, 1,
					     &pending_gate, &pending_launch));
	run_child(fixture, look_at_pending, false);
	check_success(clFlush(fixture->base.queue));
	run_child(fixture, look_at_pending, true);
	/* The parent goes on as if nothing had been. */
	check_success(clSetUserEventStatus(pending_gate, CL_COMPLETE));
	check_success(clEnqueueReadBuffer(fixture->base.queue, buffer, CL_TRUE, 0, sizeof(seen),
					  &seen, 0, NULL, NULL));
	check_equal(number, seen);
	check_success(clReleaseEvent(pending_gate));
	check_success(clReleaseEvent(pending_launch));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(buffer));
}

/* ---- in the midst of kernels ---- */

static _Atomic int calls;

static void CL_CALLBACK count_call(cl_event event, cl_int status, void *unused)
{
	calls++;
}

static void CL_CALLBACK free_all(cl_command_queue queue, cl_uint count, void *pointers[],
				 void *context)
{
	for (cl_uint i = 0; i < count; i++)
		clSVMFree(context, pointers[i]);
}

/* Commands of all kinds, some of which run on when this returns. Returns the callbacks to come. */
static int keep_busy(const struct fixture *fixture, cl_kernel kernel, cl_command_queue queue)
{
	const size_t items = 65536;
	cl_mem buffer = test_buffer(fixture->base.context, items * sizeof(cl_int), NULL);
	cl_event event;
	int expected = 0;

	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	for (int i = 0; i < 3; i++) {
		void *memory = clSVMAlloc(fixture->base.context, CL_MEM_READ_WRITE, 5000, 0);

		check_success(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL,
						     &event));
		check_success(clSetEventCallback(event, CL_COMPLETE, count_call, NULL));
		expected++;
		check_success(clReleaseEvent(event));
		if (memory)
			check_success(clEnqueueSVMFree(queue, 1, &memory, free_all,
						       fixture->base.context, 0, NULL, NULL));
	}
	check_success(clFlush(queue));
	check_success(clReleaseMemObject(buffer));
	return expected;
}

static void test_busy(const struct fixture *fixture)
{
	struct test_random random = { test_seed(1) };
	cl_kernel kernel = test_kernel(fixture->program, "store");
	cl_command_queue queues[2] = { test_queue(&fixture->base, 0),
				       test_queue(&fixture->base,
						  CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE) };
	const cl_int number = 1;
	int expected = 0;

	check_success(clSetKernelArg(kernel, 1, sizeof(number), &number));
	for (int round = 0; round < ROUNDS; round++) {
		child_work work = !CHILDREN_HAVE_THREADS || round % 4 ? end : use_parents_context;

		test_step("children of a process in the midst of kernels");
		expected += keep_busy(fixture, kernel, queues[round % 2]);
		usleep((useconds_t)test_random_below(&random, 200));
		run_child(fixture, work, round % 8 < 6);
		if (round % 16 == 15)
			check_success(clFinish(queues[0]));
	}
	for (int i = 0; i < 2; i++) {
		check_success(clFinish(queues[i]));
		check_success(clReleaseCommandQueue(queues[i]));
	}
	test_await(&calls, expected);
	check_success(clReleaseKernel(kernel));
}

/* ---- from the runtime's threads ---- */

static const struct fixture *native_fixture;

static void CL_CALLBACK fork_natively(void *unused)
{
	run_child(native_fixture, end, true);
	if (CHILDREN_HAVE_THREADS)
		run_child(native_fixture, use_parents_context, true);
}

static _Atomic int callback_forked;

static void CL_CALLBACK fork_in_callback(cl_event event, cl_int status, void *unused)
{
	fork_natively(NULL);
	callback_forked = 1;
}

static void test_own_threads(const struct fixture *fixture)
{
	cl_event event;

	test_step("children of native kernels and callbacks");
	native_fixture = fixture;
	check_success(clEnqueueNativeKernel(fixture->base.queue, fork_natively, NULL, 0, 0, NULL,
					    NULL, 0, NULL, &event));
	check_success(clSetEventCallback(event, CL_COMPLETE, fork_in_callback, NULL));
	check_success(clFinish(fixture->base.queue));
	test_await(&callback_forked, 1);
	check_success(clReleaseEvent(event));
}

int main(void)
{
	struct fixture fixture = { .base = test_open() };

	fixture.program = test_build(fixture.base.context,
				     "kernel void store(global int *out, int number)"
				     "{ out[get_global_id(0)] = number; }",
				     NULL);
	test_idle(&fixture);
	test_pending(&fixture);
	test_busy(&fixture);
	test_own_threads(&fixture);
	check_success(clReleaseProgram(fixture.program));
	test_close(&fixture.base);
	return check_result();
}
