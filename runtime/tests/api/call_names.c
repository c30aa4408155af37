// SPDX-License-Identifier: MIT
/*
 * The log names the call that the application made, also where it makes calls from
 * callbacks: those by their own names, and the call around them by its name again
 * afterwards. That every entry point is named is for api-errors.
 */
#include <pthread.h>
#include <string.h>

#include "harness.h"
#include "log_capture.h"

/* The next failure that was logged is one of @name. */
static void check_next(const char **log, const char *name)
{
	const char *seen = "";
	int length = 0, code;

	if (!check(log_capture_next_failure(log, &seen, &length, &code), "no %s was logged", name))
		return;
	check(strlen(name) == (size_t)length && !memcmp(name, seen, length), "%.*s, expected %s",
	      length, seen, name);
}

static void check_end(const char *log)
{
	const char *seen = "";
	int length = 0, code;

	check(!log_capture_next_failure(&log, &seen, &length, &code), "%.*s too", length, seen);
}

static pthread_t main_thread;
static bool destroyed_here; /* by the main thread, which alone makes calls that log */

/* Calls that fail, with a handle of another kind. */

static void CL_CALLBACK fail_in_build(cl_program program, void *user_data)
{
	check_equal(CL_INVALID_KERNEL, clRetainKernel((cl_kernel)program));
}

static void CL_CALLBACK fail_in_destructor(cl_mem memory, void *user_data)
{
	if (!pthread_equal(pthread_self(), main_thread))
		return;
	destroyed_here = true;
	check_equal(CL_INVALID_COMMAND_QUEUE, clFlush((cl_command_queue)user_data));
}

static void test_in_build(const struct test_setup *setup)
{
	const char *broken = "kernel void f(void) { nothing }";
	cl_int code;
	cl_program program = clCreateProgramWithSource(setup->context, 1, &broken, NULL, &code);
	const char *log;

	test_step("a callback of clBuildProgram");
	check_success(code);
	log_capture_take();
	check_equal(CL_BUILD_PROGRAM_FAILURE,
		    clBuildProgram(program, 0, NULL, NULL, fail_in_build, NULL));
	check_equal(CL_INVALID_EVENT, clRetainEvent((cl_event)program));
	log = log_capture_take();
	check_next(&log, "clBuildProgram");
	check_next(&log, "clRetainKernel");
	check_next(&log, "clRetainEvent");
	check_end(log);
	check_success(clReleaseProgram(program));
}

static void test_in_destructor(const struct test_setup *setup)
{
	cl_mem buffer = test_buffer(setup->context, 16, NULL);
	const char *log;

	test_step("a callback of clReleaseMemObject");
	check_success(clSetMemObjectDestructorCallback(buffer, fail_in_destructor, setup->context));
	log_capture_take();
	check_success(clReleaseMemObject(buffer));
	check_equal(CL_INVALID_CONTEXT, clRetainContext((cl_context)setup->queue));
	log = log_capture_take();
	check_next(&log, "clFlush");
	check_next(&log, "clRetainContext");
	check_end(log);
}

/*
 * A thread that waits may run the command itself, and so be the one that lets go of the
 * command's buffer, which the application has released. Then the wait fails.
 */
static void test_in_wait(const struct test_setup *setup)
{
	cl_int code, word = 1;
	cl_event events[2] = { NULL, clCreateUserEvent(setup->context, &code) };
	unsigned int here = 0;

	test_step("a callback during clWaitForEvents");
	check_success(code);
	check_success(clSetUserEventStatus(events[1], -1));
	for (int i = 0; i < 100; i++) {
		cl_mem buffer = test_buffer(setup->context, sizeof(word), NULL);
		const char *log;

		check_success(clSetMemObjectDestructorCallback(buffer, fail_in_destructor,
							       setup->context));
		check_success(clEnqueueWriteBuffer(setup->queue, buffer, CL_FALSE, 0, sizeof(word),
						   &word, 0, NULL, &events[0]));
		check_success(clReleaseMemObject(buffer));
		destroyed_here = false;
		log_capture_take();
		check_equal(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
			    clWaitForEvents(2, events));
		log = log_capture_take();
		if (destroyed_here)
			check_next(&log, "clFlush");
		check_next(&log, "clWaitForEvents");
		check_end(log);
		here += destroyed_here;
		check_success(clReleaseEvent(events[0]));
	}
	printf("%u of 100 on the waiting thread\n", here);
	check_success(clReleaseEvent(events[1]));
}

int main(void)
{
	struct test_setup setup;

	main_thread = pthread_self();
	log_capture_start("api");
	setup = test_open();
	test_in_build(&setup);
	test_in_destructor(&setup);
	test_in_wait(&setup);
	test_close(&setup);
	return check_result();
}
