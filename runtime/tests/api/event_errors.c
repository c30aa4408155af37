// SPDX-License-Identifier: MIT
/*
 * Errors that travel along wait lists: what waits for a command that failed is not
 * run, and ends with CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST.
 */
#include <string.h>

#include "harness.h"

#define CHAIN 10000

static const cl_int wait_error = CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;
static _Atomic int ran;

static void CL_CALLBACK count_run(void *arguments)
{
	atomic_fetch_add(&ran, 1);
}

static cl_event new_gate(cl_context context)
{
	cl_int code;
	cl_event gate = clCreateUserEvent(context, &code);

	check_success_fatal(code);
	return gate;
}

static void enqueue_run(cl_command_queue queue, cl_event after, cl_event *event)
{
	check_success(
		clEnqueueNativeKernel(queue, count_run, NULL, 0, 0, NULL, NULL, 1, &after, event));
}

/*
 * A chain of commands over two queues, each of which waits for the one before; the
 * first waits for a user event, which is set to @status.
 */
static void test_chain(const struct test_setup *setup, cl_command_queue_properties flags,
		       cl_int status)
{
	static cl_event events[CHAIN];
	cl_command_queue queues[2] = { test_queue(setup, flags), test_queue(setup, flags) };
	cl_event gate = new_gate(setup->context);
	cl_int wanted = status < 0 ? wait_error : CL_COMPLETE;

	atomic_store(&ran, 0);
	for (int i = 0; i < CHAIN; i++)
		enqueue_run(queues[i % 2], i ? events[i - 1] : gate, &events[i]);
	check_success(clFlush(queues[0]));
	check_success(clFlush(queues[1]));
	check_success(clSetUserEventStatus(gate, status));
	check_equal(wanted, clWaitForEvents(1, &events[CHAIN - 1]));
	check_success(clFinish(queues[0]));
	check_success(clFinish(queues[1]));
	for (int i = 0; i < CHAIN; i++) {
		check_equal(wanted, test_event_status(events[i]));
		check_success(clReleaseEvent(events[i]));
	}
	check_equal(status < 0 ? 0 : CHAIN, ran);
	check_success(clReleaseEvent(gate));
	check_success(clReleaseCommandQueue(queues[0]));
	check_success(clReleaseCommandQueue(queues[1]));
}

/* Commands that are enqueued when the error is there already fail as well. */
static void test_late(const struct test_setup *setup)
{
	cl_event gate = new_gate(setup->context), first, second;

	atomic_store(&ran, 0);
	check_success(clSetUserEventStatus(gate, -77));
	check_equal(-77, test_event_status(gate));
	enqueue_run(setup->queue, gate, &first);
	check_equal(wait_error, clWaitForEvents(1, &first));
	enqueue_run(setup->queue, first, &second);
	check_equal(wait_error, clWaitForEvents(1, &second));
	check_equal(wait_error, clWaitForEvents(1, &gate));
	check_equal(0, ran);
	check_success(clReleaseEvent(gate));
	check_success(clReleaseEvent(first));
	check_success(clReleaseEvent(second));
}

/* One bad event among good ones is enough, and all are waited for. */
static void test_one_of_many(const struct test_setup *setup)
{
	cl_command_queue loose = test_queue(setup, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
	cl_event gates[3], event;

	atomic_store(&ran, 0);
	for (int i = 0; i < 3; i++)
		gates[i] = new_gate(setup->context);
	check_success(
		clEnqueueNativeKernel(loose, count_run, NULL, 0, 0, NULL, NULL, 3, gates, &event));
	check_success(clFlush(loose));
	check_success(clSetUserEventStatus(gates[1], -1));
	check(test_event_status(event) > CL_COMPLETE, "ended before all of its list");
	check_success(clSetUserEventStatus(gates[2], CL_COMPLETE));
	check_success(clSetUserEventStatus(gates[0], CL_COMPLETE));
	check_equal(wait_error, clWaitForEvents(1, &event));
	check_equal(0, ran);
	check_success(clReleaseEvent(event));
	for (int i = 0; i < 3; i++)
		check_success(clReleaseEvent(gates[i]));
	check_success(clReleaseCommandQueue(loose));
}

/* Every kind of command takes part. */
static void test_kinds(const struct test_setup *setup)
{
	cl_event gate = new_gate(setup->context), events[8];
	cl_mem buffer = test_buffer(setup->context, 64, NULL);
	const cl_uchar pattern = 1;
	cl_uchar bytes[64] = { 0 };
	cl_uint count = 0;
	cl_int code;
	void *mapped;

	check_success(clEnqueueWriteBuffer(setup->queue, buffer, CL_FALSE, 0, 64, bytes, 1, &gate,
					   &events[count++]));
	check_success(clEnqueueReadBuffer(setup->queue, buffer, CL_FALSE, 0, 64, bytes, 1, &gate,
					  &events[count++]));
	check_success(clEnqueueFillBuffer(setup->queue, buffer, &pattern, 1, 0, 64, 1, &gate,
					  &events[count++]));
	mapped = clEnqueueMapBuffer(setup->queue, buffer, CL_FALSE, CL_MAP_READ, 0, 64, 1, &gate,
				    &events[count++], &code);
	check_success(code);
	check_success(
		clEnqueueUnmapMemObject(setup->queue, buffer, mapped, 1, &gate, &events[count++]));
	check_success(clEnqueueMarkerWithWaitList(setup->queue, 1, &gate, &events[count++]));
	check_success(clEnqueueBarrierWithWaitList(setup->queue, 1, &gate, &events[count++]));
	check_success(clEnqueueMigrateMemObjects(setup->queue, 1, &buffer, 0, 1, &gate,
						 &events[count++]));
	check_success(clFlush(setup->queue));
	check_success(clSetUserEventStatus(gate, -3));
	check_equal(wait_error, clWaitForEvents(count, events));
	for (cl_uint i = 0; i < count; i++) {
		check_equal(wait_error, test_event_status(events[i]));
		check_success(clReleaseEvent(events[i]));
	}
	/* The queue goes on. */
	check_success(clEnqueueFillBuffer(setup->queue, buffer, &pattern, 1, 0, 64, 0, NULL, NULL));
	check_success(
		clEnqueueReadBuffer(setup->queue, buffer, CL_TRUE, 0, 64, bytes, 0, NULL, NULL));
	check_equal(1, bytes[63]);
	check_success(clReleaseEvent(gate));
	check_success(clReleaseMemObject(buffer));
}

/* Wait lists and events of one context mean nothing to another. */
static void test_other_context(const struct test_setup *setup)
{
	cl_event gate, marker, list[2];
	cl_context context;
	cl_int code;

	context = clCreateContext(NULL, 1, &setup->device, NULL, NULL, &code);
	check_success_fatal(code);
	gate = new_gate(context);
	check_equal(CL_INVALID_CONTEXT,
		    clEnqueueMarkerWithWaitList(setup->queue, 1, &gate, &marker));
	check_success(clEnqueueMarkerWithWaitList(setup->queue, 0, NULL, &marker));
	list[0] = marker;
	list[1] = gate;
	check_equal(CL_INVALID_CONTEXT, clWaitForEvents(2, list));
	check_success(clWaitForEvents(1, &marker));
	check_success(clReleaseEvent(marker));
	check_success(clReleaseEvent(gate));
	check_success(clReleaseContext(context));
}

int main(void)
{
	struct test_setup setup = test_open();

	test_step("a chain that fails, in order");
	test_chain(&setup, 0, -5);
	test_step("a chain that fails, out of order");
	test_chain(&setup, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, -5);
	test_step("a chain that succeeds, in order");
	test_chain(&setup, 0, CL_COMPLETE);
	test_step("a chain that succeeds, out of order");
	test_chain(&setup, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, CL_COMPLETE);
	test_step("commands behind an error");
	test_late(&setup);
	test_step("an error among several events");
	test_one_of_many(&setup);
	test_step("commands of every kind");
	test_kinds(&setup);
	test_step("events of another context");
	test_other_context(&setup);
	test_close(&setup);
	return check_result();
}
