// SPDX-License-Identifier: MIT
/* Event callbacks: when, with what, and what they may do. */
#include <pthread.h>
#include <string.h>

#include "harness.h"

#define MANY 1000

static cl_event new_gate(cl_context context)
{
	cl_int code;
	cl_event gate = clCreateUserEvent(context, &code);

	check_success_fatal(code);
	return gate;
}

/* ---- statuses ---- */

struct seen {
	_Atomic int calls;
	_Atomic int status;
	_Atomic(cl_event) event;
};

static void CL_CALLBACK note(cl_event event, cl_int status, void *user_data)
{
	struct seen *seen = user_data;

	atomic_store(&seen->status, status);
	atomic_store(&seen->event, event);
	atomic_fetch_add(&seen->calls, 1);
}

static const cl_int types[3] = { CL_SUBMITTED, CL_RUNNING, CL_COMPLETE };

static void check_seen(const struct seen *seen, cl_event event, const cl_int *wanted)
{
	for (int i = 0; i < 3; i++) {
		test_await(&seen[i].calls, 1);
		check_equal(wanted[i], seen[i].status);
		check(seen[i].event == event, "for %p", (void *)seen[i].event);
	}
}

/* Each callback gets the status it is for; or, where the command failed, the error. */
static void test_statuses(const struct test_setup *setup)
{
	const cl_int failed[3] = { CL_SUBMITTED, CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
				   CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST };

	test_step("a callback for each status");
	for (int fails = 0; fails < 2; fails++) {
		cl_event gate = new_gate(setup->context), event;
		struct seen seen[3];

		memset(seen, 0, sizeof(seen));
		check_success(clEnqueueMarkerWithWaitList(setup->queue, 1, &gate, &event));
		for (int i = 0; i < 3; i++)
			check_success(clSetEventCallback(event, types[i], note, &seen[i]));
		check_success(clFlush(setup->queue));
		test_await(&seen[0].calls, 1);
		check_equal(0, seen[1].calls + seen[2].calls);
		check_success(clSetUserEventStatus(gate, fails ? -9 : CL_COMPLETE));
		check_seen(seen, event, fails ? failed : types);
		check_success(clReleaseEvent(event));
		check_success(clReleaseEvent(gate));
	}
}

static void test_user_event(const struct test_setup *setup)
{
	test_step("callbacks of user events");
	for (int fails = 0; fails < 2; fails++) {
		const cl_int error = fails ? -1234 : CL_COMPLETE;
		const cl_int wanted[3] = { CL_SUBMITTED, fails ? error : CL_RUNNING, error };
		cl_event gate = new_gate(setup->context);
		struct seen seen[3];

		memset(seen, 0, sizeof(seen));
		for (int i = 0; i < 3; i++)
			check_success(clSetEventCallback(gate, types[i], note, &seen[i]));
		/* It begins as submitted. */
		test_await(&seen[0].calls, 1);
		check_success(clSetUserEventStatus(gate, error));
		check_seen(seen, gate, wanted);
		check_success(clReleaseEvent(gate));
	}
}

/* A callback is waited for as the only thing that is asked of the queue. */
static void test_without_flush(const struct test_setup *setup)
{
	cl_event event;
	struct seen seen[3];

	test_step("callbacks of a command that is not flushed");
	for (int i = 0; i < 3; i++) {
		memset(seen, 0, sizeof(seen));
		check_success(clEnqueueMarkerWithWaitList(setup->queue, 0, NULL, &event));
		check_success(clSetEventCallback(event, types[i], note, &seen[i]));
		test_await(&seen[i].calls, 1);
		check_equal(types[i], seen[i].status);
		check_success(clReleaseEvent(event));
	}
}

/* Callbacks that are registered when the status is there already are called as well. */
static void test_late(const struct test_setup *setup)
{
	struct seen seen[3];
	cl_event event;

	test_step("callbacks registered late");
	memset(seen, 0, sizeof(seen));
	check_success(clEnqueueMarkerWithWaitList(setup->queue, 0, NULL, &event));
	check_success(clWaitForEvents(1, &event));
	for (int i = 0; i < 3; i++)
		check_success(clSetEventCallback(event, types[i], note, &seen[i]));
	check_seen(seen, event, types);
	check_success(clReleaseEvent(event));
}

/* ---- many ---- */

static _Atomic int many_calls[MANY], many_total;

static void CL_CALLBACK count_one(cl_event event, cl_int status, void *user_data)
{
	atomic_fetch_add(&many_calls[(intptr_t)user_data], 1);
	atomic_fetch_add(&many_total, 1);
}

/* Every callback of an event is called once. */
static void test_many(const struct test_setup *setup)
{
	cl_event gate = new_gate(setup->context), event;

	test_step("many callbacks of one event");
	check_success(clEnqueueMarkerWithWaitList(setup->queue, 1, &gate, &event));
	for (intptr_t i = 0; i < MANY; i++) {
		/* Half of them before, half of them while it ends. */
		if (i == MANY / 2) {
			check_success(clFlush(setup->queue));
			check_success(clSetUserEventStatus(gate, CL_COMPLETE));
		}
		check_success(clSetEventCallback(event, CL_COMPLETE, count_one, (void *)i));
	}
	test_await(&many_total, MANY);
	for (int i = 0; i < MANY; i++)
		check_equal(1, many_calls[i]);
	check_success(clReleaseEvent(event));
	check_success(clReleaseEvent(gate));
}

/* ---- life time ---- */

/* The application may let go of the event before its callback is called. */
static void test_released_event(const struct test_setup *setup)
{
	struct seen seen = { 0 };
	cl_event gate = new_gate(setup->context), event;

	test_step("a callback of a released event");
	check_success(clEnqueueMarkerWithWaitList(setup->queue, 1, &gate, &event));
	check_success(clSetEventCallback(event, CL_COMPLETE, note, &seen));
	check_success(clFlush(setup->queue));
	check_success(clReleaseEvent(event));
	check_equal(0, seen.calls);
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	test_await(&seen.calls, 1);
	check_success(clReleaseEvent(gate));
}

static void CL_CALLBACK release_it(cl_event event, cl_int status, void *user_data)
{
	check_equal(CL_COMMAND_MARKER, test_event_info(event, CL_EVENT_COMMAND_TYPE));
	check_success(clReleaseEvent(event));
	atomic_store((_Atomic int *)user_data, 1);
}

/* A callback may release the event that it is called for. */
static void test_release_inside(const struct test_setup *setup)
{
	static _Atomic int done;
	cl_event event;

	test_step("a callback that releases its event");
	check_success(clEnqueueMarkerWithWaitList(setup->queue, 0, NULL, &event));
	check_success(clSetEventCallback(event, CL_COMPLETE, release_it, (void *)&done));
	check_success(clFlush(setup->queue));
	test_await(&done, 1);
	check_success(clFinish(setup->queue));
}

/* ---- what callbacks may do ---- */

struct relay {
	const struct test_setup *setup;
	cl_mem buffer;
	cl_event gate;
	_Atomic int left;
};

/* Enqueues the next command, with this callback again, until none is left. */
static void CL_CALLBACK run_relay(cl_event event, cl_int status, void *user_data)
{
	struct relay *relay = user_data;
	const cl_int pattern = atomic_load(&relay->left);
	cl_event next;

	check_equal(CL_COMPLETE, status);
	check_equal(CL_COMPLETE, test_event_status(event));
	if (pattern == 1)
		check_success(clSetUserEventStatus(relay->gate, CL_COMPLETE));
	check_success(clEnqueueFillBuffer(relay->setup->queue, relay->buffer, &pattern,
					  sizeof(pattern), 0, 64, 0, NULL, &next));
	if (pattern > 1)
		check_success(clSetEventCallback(next, CL_COMPLETE, run_relay, relay));
	check_success(clFlush(relay->setup->queue));
	check_success(clReleaseEvent(next));
	atomic_fetch_sub(&relay->left, 1);
}

static void test_calls_inside(const struct test_setup *setup)
{
	static struct relay relay;
	cl_int seen = 0;
	cl_event start;

	test_step("callbacks that call OpenCL");
	relay.setup = setup;
	relay.buffer = test_buffer(setup->context, 64, NULL);
	relay.gate = new_gate(setup->context);
	relay.left = 50;
	check_success(clEnqueueMarkerWithWaitList(setup->queue, 0, NULL, &start));
	check_success(clSetEventCallback(start, CL_COMPLETE, run_relay, &relay));
	check_success(clFlush(setup->queue));
	check_success(clWaitForEvents(1, &relay.gate));
	test_await(&relay.left, 0);
	check_success(clEnqueueReadBuffer(setup->queue, relay.buffer, CL_TRUE, 0, sizeof(seen),
					  &seen, 0, NULL, NULL));
	check_equal(1, seen);
	check_success(clReleaseEvent(start));
	check_success(clReleaseEvent(relay.gate));
	check_success(clReleaseMemObject(relay.buffer));
}

static pthread_mutex_t application_lock = PTHREAD_MUTEX_INITIALIZER;

static void CL_CALLBACK take_lock(cl_event event, cl_int status, void *user_data)
{
	pthread_mutex_lock(&application_lock);
	pthread_mutex_unlock(&application_lock);
	atomic_store((_Atomic int *)user_data, 1);
}

/*
 * clFinish waits for commands, not for callbacks: one that wants a lock which the
 * application holds meanwhile must not keep either from going on.
 */
static void test_lock(const struct test_setup *setup)
{
	static _Atomic int done;
	cl_event event;

	test_step("a callback that takes a lock held across clFinish");
	pthread_mutex_lock(&application_lock);
	check_success(clEnqueueMarkerWithWaitList(setup->queue, 0, NULL, &event));
	check_success(clSetEventCallback(event, CL_COMPLETE, take_lock, (void *)&done));
	check_success(clFinish(setup->queue));
	check_success(clWaitForEvents(1, &event));
	check_equal(0, done);
	pthread_mutex_unlock(&application_lock);
	test_await(&done, 1);
	check_success(clReleaseEvent(event));
}

static void CL_CALLBACK take_lock_natively(void *arguments)
{
	pthread_mutex_lock(&application_lock);
	pthread_mutex_unlock(&application_lock);
}

/* Nor does a thread that waits run the application's functions, with its locks held. */
static void test_native_lock(const struct test_setup *setup)
{
	cl_event marker, native;
	cl_command_queue other = test_queue(setup, 0);

	test_step("a native kernel that takes a lock held across clFinish");
	pthread_mutex_lock(&application_lock);
	check_success(clEnqueueNativeKernel(other, take_lock_natively, NULL, 0, 0, NULL, NULL, 0,
					    NULL, &native));
	check_success(clFlush(other));
	check_success(clEnqueueMarkerWithWaitList(setup->queue, 0, NULL, &marker));
	check_success(clFinish(setup->queue));
	pthread_mutex_unlock(&application_lock);
	check_success(clWaitForEvents(1, &native));
	check_success(clReleaseEvent(marker));
	check_success(clReleaseEvent(native));
	check_success(clReleaseCommandQueue(other));
}

int main(void)
{
	struct test_setup setup = test_open();

	test_statuses(&setup);
	test_user_event(&setup);
	test_without_flush(&setup);
	test_late(&setup);
	test_many(&setup);
	test_released_event(&setup);
	test_release_inside(&setup);
	test_calls_inside(&setup);
	test_lock(&setup);
	test_native_lock(&setup);
	test_close(&setup);
	return check_result();
}
