// SPDX-License-Identifier: MIT
/* What holds for every SVM command: events, wait lists, and how they are refused. */
#include <sched.h>
#include <string.h>

#include "harness/suite.h"

#define BYTES	4096
#define SECTION "API 5.6, 5.11"

struct fixture {
	struct svm_run *run;
	unsigned char *target, *source;
	_Atomic cl_uint freed; /* how often the callback of the free command was called */
};

struct command {
	const char *name;
	cl_command_type type;
	cl_int (*enqueue)(struct fixture *fixture, cl_command_queue queue, cl_uint count,
			  const cl_event *wait, cl_event *event);
	bool (*has_happened)(const struct fixture *fixture); /* NULL: nothing to see */
};

/* ---- the commands ---- */

static cl_int enqueue_memcpy(struct fixture *fixture, cl_command_queue queue, cl_uint count,
			     const cl_event *wait, cl_event *event)
{
	return clEnqueueSVMMemcpy(queue, CL_FALSE, fixture->target, fixture->source, BYTES, count,
				  wait, event);
}

static cl_int enqueue_fill(struct fixture *fixture, cl_command_queue queue, cl_uint count,
			   const cl_event *wait, cl_event *event)
{
	const unsigned char pattern[4] = { 0x5c, 0x5c, 0x5c, 0x5c };

	return clEnqueueSVMMemFill(queue, fixture->target, pattern, sizeof(pattern), BYTES, count,
				   wait, event);
}

static cl_int enqueue_map(struct fixture *fixture, cl_command_queue queue, cl_uint count,
			  const cl_event *wait, cl_event *event)
{
	return clEnqueueSVMMap(queue, CL_FALSE, CL_MAP_READ, fixture->target, BYTES, count, wait,
			       event);
}

static cl_int enqueue_unmap(struct fixture *fixture, cl_command_queue queue, cl_uint count,
			    const cl_event *wait, cl_event *event)
{
	return clEnqueueSVMUnmap(queue, fixture->target, count, wait, event);
}

static cl_int enqueue_migrate(struct fixture *fixture, cl_command_queue queue, cl_uint count,
			      const cl_event *wait, cl_event *event)
{
	const void *pointers[] = { fixture->target };
	const size_t sizes[] = { BYTES };

	return clEnqueueSVMMigrateMem(queue, 1, pointers, sizes, 0, count, wait, event);
}

static void CL_CALLBACK count_free(cl_command_queue queue, cl_uint count, void *pointers[],
				   void *data)
{
	struct fixture *fixture = data;

	atomic_fetch_add(&fixture->freed, 1);
}

static cl_int enqueue_free(struct fixture *fixture, cl_command_queue queue, cl_uint count,
			   const cl_event *wait, cl_event *event)
{
	void *pointers[] = { fixture->target };

	/* The callback frees nothing: the fixture does. */
	return clEnqueueSVMFree(queue, 1, pointers, count_free, fixture, count, wait, event);
}

static bool target_is_filled(const struct fixture *fixture)
{
	return ((volatile unsigned char *)fixture->target)[0] == 0x5c &&
	       ((volatile unsigned char *)fixture->target)[BYTES - 1] == 0x5c;
}

static bool is_freed(const struct fixture *fixture)
{
	return atomic_load(&fixture->freed);
}

static const struct command commands[] = {
	{ "memcpy", CL_COMMAND_SVM_MEMCPY, enqueue_memcpy, target_is_filled },
	{ "fill", CL_COMMAND_SVM_MEMFILL, enqueue_fill, target_is_filled },
	{ "map", CL_COMMAND_SVM_MAP, enqueue_map, NULL },
	{ "unmap", CL_COMMAND_SVM_UNMAP, enqueue_unmap, NULL },
	{ "migrate", CL_COMMAND_SVM_MIGRATE_MEM, enqueue_migrate, NULL },
	{ "free", CL_COMMAND_SVM_FREE, enqueue_free, is_freed },
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* ---- fixture ---- */

static void open_fixture(struct svm_run *run, struct fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	fixture->run = run;
	/* Fine-grain: what a command has done is looked at without another command. */
	fixture->target = svm_fine(run, BYTES);
	fixture->source = svm_fine(run, BYTES);
	memset(fixture->source, 0x5c, BYTES);
	/* An unmap command needs something mapped. */
	svm_success(clEnqueueSVMMap(run->queue, CL_TRUE, CL_MAP_READ, fixture->target, BYTES, 0,
				    NULL, NULL));
}

static void close_fixture(struct fixture *fixture)
{
	svm_finish(fixture->run->queue, "finishing");
	clSVMFree(fixture->run->context, fixture->target);
	clSVMFree(fixture->run->context, fixture->source);
}

static cl_event make_gate(cl_context context)
{
	cl_int code;
	cl_event gate = clCreateUserEvent(context, &code);

	svm_success(code);
	return gate;
}

/* Time for a command that does not wait to show itself: commands of another queue end. */
static void let_others_run(struct svm_run *run)
{
	cl_command_queue other = svm_queue(run, 0);

	for (unsigned int i = 0; i < 200; i++) {
		svm_success(clEnqueueMarkerWithWaitList(other, 0, NULL, NULL));
		svm_finish(other, "commands of another queue");
		sched_yield();
	}
	svm_success(clReleaseCommandQueue(other));
}

static void expect_happened(const struct command *command, const struct fixture *fixture,
			    bool happened)
{
	if (command->has_happened)
		svm_expect(command->has_happened(fixture) == happened, "the command has%s run",
			   happened ? " not" : "");
}

/* ---- the rules ---- */

static void check_type(struct svm_run *run)
{
	const struct command *command = run->test->row;
	struct fixture fixture;
	cl_event event = NULL;

	open_fixture(run, &fixture);
	svm_success(command->enqueue(&fixture, run->queue, 0, NULL, &event));
	svm_expect(event, "no event");
	svm_expect_equal(command->type, svm_event_type(event));
	svm_step("waiting for the command");
	svm_success(clWaitForEvents(1, &event));
	svm_expect_equal(CL_COMPLETE, svm_event_status(event));
	expect_happened(command, &fixture, true);
	svm_success(clReleaseEvent(event));
	close_fixture(&fixture);
}

static void check_without_event(struct svm_run *run)
{
	const struct command *command = run->test->row;
	struct fixture fixture;

	open_fixture(run, &fixture);
	svm_success(command->enqueue(&fixture, run->queue, 0, NULL, NULL));
	svm_finish(run->queue, "a command without an event");
	expect_happened(command, &fixture, true);
	close_fixture(&fixture);
}

static void check_waits(struct svm_run *run)
{
	const struct command *command = run->test->row;
	struct fixture fixture;
	cl_event gates[2], event = NULL;

	open_fixture(run, &fixture);
	gates[0] = make_gate(run->context);
	gates[1] = make_gate(run->context);
	svm_success(command->enqueue(&fixture, run->queue, 2, gates, &event));
	svm_success(clFlush(run->queue));
	svm_success(clSetUserEventStatus(gates[1], CL_COMPLETE));
	let_others_run(run);
	expect_happened(command, &fixture, false);
	svm_expect(svm_event_status(event) > CL_COMPLETE, "complete before its wait list");
	svm_success(clSetUserEventStatus(gates[0], CL_COMPLETE));
	svm_step("waiting for the command");
	svm_success(clWaitForEvents(1, &event));
	expect_happened(command, &fixture, true);
	svm_success(clReleaseEvent(gates[0]));
	svm_success(clReleaseEvent(gates[1]));
	svm_success(clReleaseEvent(event));
	close_fixture(&fixture);
}

static void check_failed_event(struct svm_run *run)
{
	const struct command *command = run->test->row;
	cl_command_queue queue = svm_queue(run, 0);
	struct fixture fixture;
	cl_event gate, event = NULL;

	open_fixture(run, &fixture);
	gate = make_gate(run->context);
	svm_success(command->enqueue(&fixture, queue, 1, &gate, &event));
	svm_success(clFlush(queue));
	svm_success(clSetUserEventStatus(gate, -5));
	svm_step("waiting for a command that fails");
	svm_expect_code(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, clWaitForEvents(1, &event));
	svm_expect(svm_event_status(event) < 0, "status %d", svm_event_status(event));
	expect_happened(command, &fixture, false);
	svm_success(clReleaseEvent(gate));
	svm_success(clReleaseEvent(event));
	svm_success(clReleaseCommandQueue(queue));
	close_fixture(&fixture);
}

static void check_refused_queue(struct svm_run *run)
{
	const struct command *command = run->test->row;
	struct fixture fixture;

	open_fixture(run, &fixture);
	svm_expect_code(CL_INVALID_COMMAND_QUEUE, command->enqueue(&fixture, NULL, 0, NULL, NULL));
	close_fixture(&fixture);
}

static void check_refused_wait_list(struct svm_run *run)
{
	const struct command *command = run->test->row;
	struct fixture fixture;
	cl_event gate = make_gate(run->context), none = NULL;

	open_fixture(run, &fixture);
	svm_expect_code(CL_INVALID_EVENT_WAIT_LIST,
			command->enqueue(&fixture, run->queue, 0, &gate, NULL));
	svm_expect_code(CL_INVALID_EVENT_WAIT_LIST,
			command->enqueue(&fixture, run->queue, 1, NULL, NULL));
	svm_expect_code(CL_INVALID_EVENT_WAIT_LIST,
			command->enqueue(&fixture, run->queue, 1, &none, NULL));
	svm_success(clSetUserEventStatus(gate, CL_COMPLETE));
	svm_success(clReleaseEvent(gate));
	close_fixture(&fixture);
}

static void check_refused_context(struct svm_run *run)
{
	const struct command *command = run->test->row;
	struct fixture fixture;
	cl_event gate;
	cl_int code;
	cl_context other = clCreateContext(NULL, 1, &run->device.handle, NULL, NULL, &code);

	svm_success(code);
	open_fixture(run, &fixture);
	gate = make_gate(other);
	svm_expect_code(CL_INVALID_CONTEXT, command->enqueue(&fixture, run->queue, 1, &gate, NULL));
	svm_success(clSetUserEventStatus(gate, CL_COMPLETE));
	svm_success(clReleaseEvent(gate));
	close_fixture(&fixture);
	svm_success(clReleaseContext(other));
}

/* In an in-order queue a later command comes after an earlier one that waits. */
static void check_in_order(struct svm_run *run)
{
	const struct command *command = run->test->row;
	struct fixture fixture;
	cl_event gate, event = NULL;

	open_fixture(run, &fixture);
	gate = make_gate(run->context);
	svm_success(clEnqueueMarkerWithWaitList(run->queue, 1, &gate, NULL));
	svm_success(command->enqueue(&fixture, run->queue, 0, NULL, &event));
	svm_success(clFlush(run->queue));
	let_others_run(run);
	expect_happened(command, &fixture, false);
	svm_expect(svm_event_status(event) > CL_COMPLETE, "complete before the command before it");
	svm_success(clSetUserEventStatus(gate, CL_COMPLETE));
	svm_finish(run->queue, "an in-order queue");
	expect_happened(command, &fixture, true);
	svm_success(clReleaseEvent(gate));
	svm_success(clReleaseEvent(event));
	close_fixture(&fixture);
}

static void CL_CALLBACK count_callback(cl_event event, cl_int status, void *data)
{
	atomic_fetch_add((_Atomic cl_uint *)data, status == CL_COMPLETE ? 1 : 100);
}

static void check_callback(struct svm_run *run)
{
	const struct command *command = run->test->row;
	static _Atomic cl_uint calls;
	struct fixture fixture;
	cl_event gate, event = NULL;

	open_fixture(run, &fixture);
	gate = make_gate(run->context);
	svm_success(command->enqueue(&fixture, run->queue, 1, &gate, &event));
	svm_success(clSetEventCallback(event, CL_COMPLETE, count_callback, (void *)&calls));
	svm_success(clFlush(run->queue));
	svm_expect_equal(0, atomic_load(&calls));
	svm_success(clSetUserEventStatus(gate, CL_COMPLETE));
	svm_await_at_least(&calls, 1, "the callback of the command's event");
	svm_expect_equal(1, atomic_load(&calls));
	expect_happened(command, &fixture, true);
	svm_success(clReleaseEvent(gate));
	svm_success(clReleaseEvent(event));
	close_fixture(&fixture);
}

/* clFlush() is enough for a command to run: nobody has to wait. */
static void check_flush(struct svm_run *run)
{
	const struct command *command = run->test->row;
	static _Atomic cl_uint calls;
	struct fixture fixture;
	cl_event event = NULL;

	open_fixture(run, &fixture);
	svm_success(command->enqueue(&fixture, run->queue, 0, NULL, &event));
	svm_success(clSetEventCallback(event, CL_COMPLETE, count_callback, (void *)&calls));
	svm_success(clFlush(run->queue));
	svm_await_at_least(&calls, 1, "a command that was flushed");
	expect_happened(command, &fixture, true);
	svm_success(clReleaseEvent(event));
	close_fixture(&fixture);
}

static const struct {
	const char *name;
	const char *claim;
	void (*run)(struct svm_run *run);
} rules[] = {
	{ "event", "The event has the command's type, and is complete when it has run.",
	  check_type },
	{ "without_event", "The command needs no event.", check_without_event },
	{ "waits_for_events", "The command runs only once all events it waits for are complete.",
	  check_waits },
	{ "after_failed_event", "After an event that failed the command fails and does not run.",
	  check_failed_event },
	{ "refused_queue", "Without a queue: CL_INVALID_COMMAND_QUEUE.", check_refused_queue },
	{ "refused_wait_list", "A wait list that is none: CL_INVALID_EVENT_WAIT_LIST.",
	  check_refused_wait_list },
	{ "refused_context", "An event of another context: CL_INVALID_CONTEXT.",
	  check_refused_context },
	{ "in_order", "In an in-order queue the command runs after those before it.",
	  check_in_order },
	{ "callback", "The event's callback is called once, when the command has run.",
	  check_callback },
	{ "flush", "A command that was flushed runs though nobody waits for it.", check_flush },
};

__attribute__((constructor)) static void register_rules(void)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		for (size_t j = 0; j < sizeof(rules) / sizeof(rules[0]); j++) {
			const struct svm_case made = {
				.claim = rules[j].claim,
				.section = SECTION,
				.needs = SVM_FINE,
				.run = rules[j].run,
			};

			svm_register_row(&made, &commands[i], "commands_%s_%s", commands[i].name,
					 rules[j].name);
		}
	}
}
