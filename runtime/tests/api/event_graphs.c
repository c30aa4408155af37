// SPDX-License-Identifier: MIT
/*
 * Random graphs of commands in several queues, in order and out of order: each
 * command must begin after all that it depends on have ended.
 *
 * Every command stamps its begin and its end with a counter that all share. What
 * each depends on follows from wait lists, the order of in-order queues, markers
 * and barriers, and is worked out beside the runtime.
 */
#include <pthread.h>
#include <string.h>

#include "harness.h"

#define MOST_COMMANDS 300
#define QUEUES	      4
#define GATES	      8
#define WORDS	      ((MOST_COMMANDS + 63) / 64)

extern const char event_graphs_cl[];

enum kind {
	NATIVE,
	KERNEL,
	MARKER, /* with a list */
	MARKER_OF_ALL,
	BARRIER, /* with a list */
	BARRIER_OF_ALL,
	KINDS,
};

struct command {
	enum kind kind;
	int queue;
	cl_event event;
	_Atomic int *first, *last; /* stamps; none for markers and barriers */
	uint64_t after[WORDS]; /* the commands that must have ended before */
};

struct graph {
	const struct test_setup *setup;
	struct test_random random;
	uint64_t seed;
	cl_command_queue queues[QUEUES];
	bool in_order[QUEUES];
	cl_kernel kernel;
	cl_event gates[GATES]; /* user events */
	struct command commands[MOST_COMMANDS];
	int count;
	_Atomic int *stamps; /* SVM: the counter, then two for each command */
};

static void add_after(struct command *command, const struct graph *graph, int earlier)
{
	command->after[earlier / 64] |= (uint64_t)1 << (earlier % 64);
	for (int i = 0; i < WORDS; i++)
		command->after[i] |= graph->commands[earlier].after[i];
}

static bool is_after(const struct command *command, int earlier)
{
	return command->after[earlier / 64] >> (earlier % 64) & 1;
}

/* What the queue itself demands of a command that is enqueued now. */
static void add_queue_order(struct graph *graph, struct command *command)
{
	bool of_all = command->kind == MARKER_OF_ALL || command->kind == BARRIER_OF_ALL;

	for (int i = 0; i < graph->count; i++) {
		const struct command *earlier = &graph->commands[i];

		if (earlier->queue != command->queue)
			continue;
		if (graph->in_order[command->queue] || of_all || earlier->kind == BARRIER ||
		    earlier->kind == BARRIER_OF_ALL)
			add_after(command, graph, i);
	}
}

struct native_arguments {
	_Atomic int *clock, *first, *last;
};

static void CL_CALLBACK stamp_natively(void *arguments)
{
	const struct native_arguments *native = arguments;

	atomic_store(native->first, atomic_fetch_add(native->clock, 1));
	atomic_store(native->last, atomic_fetch_add(native->clock, 1));
}

static cl_int enqueue_stamp(struct graph *graph, struct command *command, cl_uint count,
			    const cl_event *events)
{
	cl_command_queue queue = graph->queues[command->queue];
	struct native_arguments native = { graph->stamps, command->first, command->last };
	const size_t local = 2, global = local * (1 + test_random_below(&graph->random, 6));

	if (command->kind == NATIVE)
		return clEnqueueNativeKernel(queue, stamp_natively, &native, sizeof(native), 0,
					     NULL, NULL, count, events, &command->event);
	check_success(clSetKernelArgSVMPointer(graph->kernel, 0, graph->stamps));
	check_success(clSetKernelArgSVMPointer(graph->kernel, 1, command->first));
	check_success(clSetKernelArgSVMPointer(graph->kernel, 2, command->last));
	return clEnqueueNDRangeKernel(queue, graph->kernel, 1, NULL, &global, &local, count, events,
				      &command->event);
}

static cl_int enqueue(struct graph *graph, struct command *command, cl_uint count,
		      const cl_event *events)
{
	cl_command_queue queue = graph->queues[command->queue];

	switch (command->kind) {
	case NATIVE:
	case KERNEL:
		return enqueue_stamp(graph, command, count, events);
	case MARKER:
		return clEnqueueMarkerWithWaitList(queue, count, events, &command->event);
	case MARKER_OF_ALL:
		return clEnqueueMarkerWithWaitList(queue, 0, NULL, &command->event);
	case BARRIER:
		return clEnqueueBarrierWithWaitList(queue, count, events, &command->event);
	default:
		return clEnqueueBarrierWithWaitList(queue, 0, NULL, &command->event);
	}
}

static enum kind random_kind(struct graph *graph)
{
	uint64_t number = test_random_below(&graph->random, 20);

	/* Mostly commands that stamp. */
	return number < 8 ? NATIVE : number < 16 ? KERNEL : (enum kind)(MARKER + number % 4);
}

static void add_command(struct graph *graph)
{
	struct command *command = &graph->commands[graph->count];
	cl_event events[6];
	cl_uint count = 0;

	*command = (struct command){ .kind = random_kind(graph) };
	command->queue = (int)test_random_below(&graph->random, QUEUES);
	command->first = graph->stamps + 1 + 2 * graph->count;
	command->last = command->first + 1;
	atomic_store(command->first, INT32_MAX);
	atomic_store(command->last, -1);
	if (command->kind != MARKER_OF_ALL && command->kind != BARRIER_OF_ALL) {
		uint64_t wanted = test_random_below(&graph->random, 4);

		for (; graph->count && count < wanted; count++) {
			int earlier = (int)test_random_below(&graph->random, graph->count);

			events[count] = graph->commands[earlier].event;
			add_after(command, graph, earlier);
		}
		if (!test_random_below(&graph->random, 10))
			events[count++] = graph->gates[test_random_below(&graph->random, GATES)];
		/* Without a list these wait for all. */
		if (!count && command->kind == MARKER)
			command->kind = MARKER_OF_ALL;
		if (!count && command->kind == BARRIER)
			command->kind = BARRIER_OF_ALL;
	}
	add_queue_order(graph, command);
	check_success_fatal(enqueue(graph, command, count, count ? events : NULL));
	graph->count++;
	if (!test_random_below(&graph->random, 30))
		check_success(clFlush(graph->queues[command->queue]));
}

static void *open_gates(void *argument)
{
	struct graph *graph = argument;

	for (int i = 0; i < GATES; i++)
		check_success(clSetUserEventStatus(graph->gates[i], CL_COMPLETE));
	return NULL;
}

static bool stamps(const struct command *command)
{
	return command->kind == NATIVE || command->kind == KERNEL;
}

static void check_order(const struct graph *graph)
{
	for (int i = 0; i < graph->count; i++) {
		const struct command *later = &graph->commands[i];

		if (!stamps(later))
			continue;
		check(*later->first <= *later->last, "seed %llu: command %d did not run",
		      (unsigned long long)graph->seed, i);
		for (int j = 0; j < i; j++) {
			const struct command *earlier = &graph->commands[j];

			if (stamps(earlier) && is_after(later, j))
				check(*earlier->last < *later->first,
				      "seed %llu: command %d (kind %d, queue %d) began at %d, before "
				      "command %d (kind %d, queue %d) ended at %d",
				      (unsigned long long)graph->seed, i, later->kind, later->queue,
				      *later->first, j, earlier->kind, earlier->queue,
				      *earlier->last);
		}
	}
}

/* Ends the graph in a random way of waiting. */
static void wait_for_all(struct graph *graph)
{
	if (test_random_below(&graph->random, 2)) {
		for (int i = QUEUES - 1; i >= 0; i--)
			check_success(clFinish(graph->queues[i]));
	} else {
		for (int i = graph->count - 1; i >= 0; i--)
			check_success(clWaitForEvents(1, &graph->commands[i].event));
	}
	for (int i = 0; i < graph->count; i++) {
		struct command *command = &graph->commands[i];

		check_equal(CL_COMPLETE, test_event_status(command->event));
		check_success(clReleaseEvent(command->event));
	}
}

static void test_graph(struct graph *graph, uint64_t seed)
{
	int commands;
	pthread_t thread;
	cl_int code;

	graph->seed = seed;
	graph->random.state = seed;
	graph->count = 0;
	atomic_store(graph->stamps, 0);
	for (int i = 0; i < GATES; i++) {
		graph->gates[i] = clCreateUserEvent(graph->setup->context, &code);
		check_success_fatal(code);
	}
	commands = 20 + (int)test_random_below(&graph->random, MOST_COMMANDS - 20);
	for (int i = 0; i < commands / 2; i++)
		add_command(graph);
	check_equal(0, pthread_create(&thread, NULL, open_gates, graph));
	for (int i = commands / 2; i < commands; i++)
		add_command(graph);
	wait_for_all(graph);
	check_equal(0, pthread_join(thread, NULL));
	check_order(graph);
	for (int i = 0; i < GATES; i++)
		check_success(clReleaseEvent(graph->gates[i]));
}

int main(void)
{
	static struct graph graph;
	struct test_setup setup = test_open();
	cl_program program = test_build(setup.context, event_graphs_cl, "-cl-std=CL3.0");
	uint64_t seed = test_seed(1);
	static char step[64];

	graph.setup = &setup;
	graph.kernel = test_kernel(program, "stamp");
	graph.stamps = clSVMAlloc(setup.context, CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS,
				  (1 + 2 * MOST_COMMANDS) * sizeof(*graph.stamps), 0);
	check_fatal(graph.stamps, "no SVM");
	for (int i = 0; i < QUEUES; i++) {
		graph.in_order[i] = i % 2;
		graph.queues[i] = test_queue(
			&setup, graph.in_order[i] ? 0 : CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
	}
	for (uint64_t i = 0; i < (uint64_t)test_rounds(150); i++) {
		snprintf(step, sizeof(step), "the graph of seed %llu",
			 (unsigned long long)(seed + i));
		test_step(step);
		test_graph(&graph, seed + i);
	}
	for (int i = 0; i < QUEUES; i++)
		check_success(clReleaseCommandQueue(graph.queues[i]));
	clSVMFree(setup.context, graph.stamps);
	check_success(clReleaseKernel(graph.kernel));
	check_success(clReleaseProgram(program));
	test_close(&setup);
	return check_result();
}
