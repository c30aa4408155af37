// SPDX-License-Identifier: MIT
/* Host and device wait for each other, and both get on. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/suite.h"

#define SECTION	      "API 3.3.9, 5.6.2"
#define NEEDS	      (SVM_ATOMICS | SVM_C_ATOMICS | SVM_ALL_DEVICES | SVM_ACQ_REL)
#define CONTROL_BYTES 1024
#define ROUNDS	      2000

extern const char sync_cl[];

struct meeting {
	struct svm_run *run;
	cl_program program;
	cl_kernel kernel;
	_Atomic cl_uint *control;
};

static struct meeting open_meeting(struct svm_run *run, const char *kernel)
{
	struct meeting meeting = { .run = run, .program = svm_build(run, sync_cl, " ") };

	meeting.kernel = svm_kernel(meeting.program, kernel);
	meeting.control = svm_atomic(run, CONTROL_BYTES);
	svm_stop_word(meeting.control);
	svm_arg_pointer(meeting.kernel, 0, (void *)meeting.control);
	return meeting;
}

static void close_meeting(struct meeting *meeting)
{
	svm_finish(meeting->run->queue, "the kernel ends");
	svm_stop_word(NULL);
	clSVMFree(meeting->run->context, (void *)meeting->control);
	svm_success(clReleaseKernel(meeting->kernel));
	svm_success(clReleaseProgram(meeting->program));
}

/* Starts the kernel; clFlush() must be enough. */
static void begin(struct meeting *meeting, size_t items, size_t group)
{
	svm_launch(meeting->run->queue, meeting->kernel, items, group);
	svm_success(clFlush(meeting->run->queue));
}

static void reset(struct meeting *meeting)
{
	memset((void *)meeting->control, 0, CONTROL_BYTES);
}

/* ---- flags ---- */

SVM_CASE(progress_host_waits_for_device, NEEDS, SECTION,
	 "The host sees a flag that a kernel sets, after clFlush() alone.")
{
	struct meeting meeting = open_meeting(run, "set");

	svm_arg_uint(meeting.kernel, 1, 32);
	for (cl_uint i = 1; i <= 200; i++) {
		svm_iteration(i);
		svm_arg_uint(meeting.kernel, 2, i);
		begin(&meeting, 1, 1);
		svm_await(&meeting.control[32], i, "the host waits for the device's flag");
	}
	close_meeting(&meeting);
}

SVM_CASE(progress_device_waits_for_host, NEEDS, SECTION,
	 "A running kernel sees a flag that the host sets.")
{
	struct meeting meeting = open_meeting(run, "hold");

	for (uint64_t i = 0; svm_more(run, i, 100); i++) {
		reset(&meeting);
		begin(&meeting, 1, 1);
		svm_await(&meeting.control[32], 1, "a kernel starts");
		svm_expect_equal(0, atomic_load(&meeting.control[96]));
		atomic_store(&meeting.control[64], 1);
		svm_await(&meeting.control[96], 1, "the kernel sees the host's flag");
		svm_finish(run->queue, "the kernel ends");
	}
	close_meeting(&meeting);
}

SVM_CASE(progress_event_of_waiting_kernel, NEEDS, "API 5.11",
	 "The event of a kernel that waits for the host says that it runs, not that it is complete.")
{
	struct meeting meeting = open_meeting(run, "hold");
	cl_event event = svm_launch_event(run->queue, meeting.kernel, 1, 0, NULL);

	svm_success(clFlush(run->queue));
	svm_await(&meeting.control[32], 1, "a kernel starts");
	svm_expect_equal(CL_RUNNING, svm_event_status(event));
	atomic_store(&meeting.control[64], 1);
	svm_step("waiting for the kernel");
	svm_success(clWaitForEvents(1, &event));
	svm_expect_equal(CL_COMPLETE, svm_event_status(event));
	svm_expect_equal(1, atomic_load(&meeting.control[96]));
	svm_success(clReleaseEvent(event));
	close_meeting(&meeting);
}

SVM_CASE(progress_device_sees_host_data, NEEDS, SECTION,
	 "A running kernel sees plain data that the host wrote before a release.")
{
	enum { COUNT = 500 };
	struct meeting meeting = open_meeting(run, "receive");
	cl_uint *data = svm_fine(run, COUNT * sizeof(*data)), *sum = svm_fine(run, sizeof(*sum));

	svm_arg_pointer(meeting.kernel, 1, data);
	svm_arg_uint(meeting.kernel, 2, COUNT);
	svm_arg_pointer(meeting.kernel, 3, sum);
	for (uint64_t round = 0; svm_more(run, round, 50); round++) {
		cl_uint wanted = 0;

		reset(&meeting);
		begin(&meeting, 1, 1);
		svm_await(&meeting.control[96], 1, "a kernel starts");
		for (cl_uint i = 0; i < COUNT; i++) {
			data[i] = (cl_uint)svm_random_below(&run->random, 1000);
			wanted += data[i];
		}
		atomic_store_explicit(&meeting.control[64], 1, memory_order_release);
		svm_finish(run->queue, "the kernel reads the host's data");
		svm_expect_equal(wanted, *sum);
	}
	close_meeting(&meeting);
	clSVMFree(run->context, data);
	clSVMFree(run->context, sum);
}

/* ---- ping-pong ---- */

static int by_value(const void *one, const void *other)
{
	double first = *(const double *)one, second = *(const double *)other;

	return (first > second) - (first < second);
}

static void report_latencies(double *latencies_us, unsigned int count)
{
	double percent[SVM_SERIES_POINTS], curve[SVM_SERIES_POINTS];

	qsort(latencies_us, count, sizeof(*latencies_us), by_value);
	/* Percentiles 0 to 98: the last is the longest preemption, and would hide the rest. */
	for (unsigned int i = 0; i < SVM_SERIES_POINTS; i++) {
		percent[i] = 100.0 * i / (SVM_SERIES_POINTS + 1);
		curve[i] = latencies_us[(uint64_t)i * count / (SVM_SERIES_POINTS + 1)];
	}
	svm_axes("round trips that take no longer (%)", "time (us)");
	svm_series(0, "round trip CPU - device - CPU", percent, curve, SVM_SERIES_POINTS);
}

SVM_CASE(progress_host_asks, NEEDS, SECTION,
	 "A kernel answers each of the host's numbers: neither side stalls.")
{
	static double latencies_us[ROUNDS];
	struct meeting meeting = open_meeting(run, "answer");

	svm_arg_uint(meeting.kernel, 1, ROUNDS);
	begin(&meeting, 1, 1);
	for (cl_uint i = 1; i <= ROUNDS; i++) {
		uint64_t began_ns = svm_now_ns();

		svm_iteration(i);
		atomic_store(&meeting.control[32], i);
		svm_await(&meeting.control[64], i, "the host waits for the answer");
		latencies_us[i - 1] = (double)(svm_now_ns() - began_ns) / 1e3;
	}
	close_meeting(&meeting);
	report_latencies(latencies_us, ROUNDS);
}

SVM_CASE(progress_device_asks, NEEDS, SECTION,
	 "The host answers each of a kernel's numbers: neither side stalls.")
{
	struct meeting meeting = open_meeting(run, "ask");

	svm_arg_uint(meeting.kernel, 1, ROUNDS);
	begin(&meeting, 1, 1);
	for (cl_uint i = 1; i <= ROUNDS; i++) {
		svm_iteration(i);
		svm_await(&meeting.control[32], i, "the host waits for the question");
		atomic_store(&meeting.control[64], i);
	}
	close_meeting(&meeting);
}

/* ---- compare-exchange until all have won ---- */

struct cpu_winner {
	pthread_t thread;
	_Atomic cl_uint *control;
	cl_uint wins;
};

static void *win_on_cpu(void *argument)
{
	struct cpu_winner *self = argument;
	cl_uint won = 0;

	while (won < self->wins && !atomic_load(&self->control[0])) {
		cl_uint seen = atomic_load(&self->control[32]);

		won += atomic_compare_exchange_strong(&self->control[32], &seen, seen + 1);
	}
	return NULL;
}

struct winners_row {
	const char *name;
	cl_uint items, threads, wins;
};

static void check_winners(struct svm_run *run)
{
	const struct winners_row *row = run->test->row;
	struct meeting meeting = open_meeting(run, "win");
	struct cpu_winner winners[4];

	svm_arg_uint(meeting.kernel, 1, row->wins);
	for (uint64_t round = 0; svm_more(run, round, 5); round++) {
		reset(&meeting);
		begin(&meeting, row->items, 1);
		for (cl_uint i = 0; i < row->threads; i++) {
			winners[i].control = meeting.control;
			winners[i].wins = row->wins;
			svm_expect(!pthread_create(&winners[i].thread, NULL, win_on_cpu,
						   &winners[i]),
				   "no thread");
		}
		svm_finish(run->queue, "each work-item goes on until it has won");
		svm_step("each CPU thread goes on until it has won");
		for (cl_uint i = 0; i < row->threads; i++)
			pthread_join(winners[i].thread, NULL);
		svm_expect_equal((row->items + row->threads) * row->wins,
				 atomic_load(&meeting.control[32]));
	}
	close_meeting(&meeting);
}

static const struct svm_case winners_case = {
	.claim = "Each participant's compare-exchange wins in the end.",
	.section = SECTION,
	.needs = NEEDS,
	.run = check_winners,
};

static const struct winners_row winners_rows[] = {
	{ "work_items", 64, 0, 200 },
	{ "one_and_one", 1, 1, 5000 },
	{ "many", 32, 3, 500 },
};

/* ---- rings ---- */

struct ring_row {
	const char *name;
	cl_uint slots;
	bool device_produces;
};

static void produce_on_cpu(_Atomic cl_uint *control, cl_uint *ring, cl_uint slots, cl_uint count)
{
	for (cl_uint i = 0; i < count; i++) {
		svm_iteration(i);
		if (i >= slots)
			svm_await_at_least(&control[64], i - slots + 1, "a free slot of the ring");
		ring[i % slots] = i * 7 + 3;
		atomic_store_explicit(&control[32], i + 1, memory_order_release);
	}
}

static void consume_on_cpu(_Atomic cl_uint *control, const cl_uint *ring, cl_uint slots,
			   cl_uint count)
{
	for (cl_uint i = 0; i < count; i++) {
		svm_iteration(i);
		svm_await_at_least(&control[32], i + 1, "an element of the ring");
		svm_expect_equal(i * 7 + 3, ring[i % slots]);
		atomic_store_explicit(&control[64], i + 1, memory_order_release);
	}
}

static void check_ring(struct svm_run *run)
{
	const struct ring_row *row = run->test->row;
	const cl_uint count = row->slots == 1 ? ROUNDS : 10 * ROUNDS;
	struct meeting meeting = open_meeting(run, row->device_produces ? "produce" : "consume");
	cl_uint *ring = svm_fine(run, row->slots * sizeof(*ring)), *wrong = svm_fine(run, 4);

	svm_arg_pointer(meeting.kernel, 1, ring);
	svm_arg_uint(meeting.kernel, 2, row->slots);
	svm_arg_uint(meeting.kernel, 3, count);
	if (!row->device_produces)
		svm_arg_pointer(meeting.kernel, 4, wrong);
	begin(&meeting, 1, 1);
	if (row->device_produces)
		consume_on_cpu(meeting.control, ring, row->slots, count);
	else
		produce_on_cpu(meeting.control, ring, row->slots, count);
	svm_finish(run->queue, "the kernel ends");
	svm_expect_equal(0, *wrong);
	close_meeting(&meeting);
	clSVMFree(run->context, ring);
	clSVMFree(run->context, wrong);
}

static const struct svm_case ring_case = {
	.claim = "A ring between host and device loses nothing, and neither side stalls.",
	.section = SECTION,
	.needs = NEEDS,
	.run = check_ring,
};

static const struct ring_row ring_rows[] = {
	{ "to_device", 64, false },
	{ "to_host", 64, true },
	{ "to_device_one_slot", 1, false },
	{ "to_host_one_slot", 1, true },
};

/* ---- kernels that stay ---- */

SVM_CASE(progress_persistent_kernel, NEEDS, SECTION,
	 "A kernel that stays serves the host's requests until it is told to end.")
{
	struct meeting meeting = open_meeting(run, "serve");
	volatile cl_uint *request = svm_fine(run, 4), *reply = svm_fine(run, 4);

	svm_arg_pointer(meeting.kernel, 1, (void *)request);
	svm_arg_pointer(meeting.kernel, 2, (void *)reply);
	begin(&meeting, 1, 1);
	for (cl_uint i = 1; i <= ROUNDS; i++) {
		cl_uint value = i == ROUNDS ? 0 :
					      1 + (cl_uint)svm_random_below(&run->random, 60000);

		svm_iteration(i);
		*request = value;
		atomic_store(&meeting.control[32], i);
		svm_await(&meeting.control[64], i, "the host waits for a reply");
		svm_expect_equal(value * value + 1, *reply);
	}
	close_meeting(&meeting);
	clSVMFree(run->context, (void *)request);
	clSVMFree(run->context, (void *)reply);
}

SVM_CASE(progress_host_works_meanwhile, NEEDS, SECTION,
	 "While a kernel waits, the host allocates, frees and uses other memory.")
{
	struct meeting meeting = open_meeting(run, "hold");

	begin(&meeting, 1, 1);
	svm_await(&meeting.control[32], 1, "a kernel starts");
	svm_step("the host works while a kernel waits");
	for (unsigned int i = 0; i < 300; i++) {
		cl_int *memory = svm_fine(run, 4096), *atomic = svm_atomic(run, 4096);

		memory[7] = (cl_int)i;
		atomic[7] = memory[7];
		svm_expect_equal(i, atomic[7]);
		clSVMFree(run->context, memory);
		clSVMFree(run->context, atomic);
	}
	svm_expect_equal(0, atomic_load(&meeting.control[96]));
	atomic_store(&meeting.control[64], 1);
	close_meeting(&meeting);
}

SVM_CASE(progress_other_queue_runs, NEEDS | SVM_TWO_UNITS, "API 3.2.2, 5.1",
	 "A command of another queue ends the wait of a running kernel.")
{
	struct meeting meeting = open_meeting(run, "hold");
	cl_kernel set = svm_kernel(meeting.program, "set");
	cl_command_queue other = svm_queue(run, 0);

	svm_arg_pointer(set, 0, (void *)meeting.control);
	svm_arg_uint(set, 1, 64);
	svm_arg_uint(set, 2, 1);
	for (unsigned int round = 0; round < 50; round++) {
		svm_iteration(round);
		reset(&meeting);
		begin(&meeting, 1, 1);
		svm_await(&meeting.control[32], 1, "a kernel starts");
		svm_launch(other, set, 1, 1);
		svm_finish(other, "a kernel of another queue");
		svm_finish(run->queue, "the waiting kernel ends");
		svm_expect_equal(1, atomic_load(&meeting.control[96]));
	}
	svm_success(clReleaseKernel(set));
	svm_success(clReleaseCommandQueue(other));
	close_meeting(&meeting);
}

SVM_CASE(progress_out_of_order_commands, NEEDS | SVM_OUT_OF_ORDER | SVM_TWO_UNITS, "API 5.14",
	 "A later command of an out-of-order queue ends the wait of an earlier one.")
{
	struct meeting meeting = open_meeting(run, "hold");
	cl_kernel set = svm_kernel(meeting.program, "set");
	cl_command_queue loose = svm_queue(run, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);

	svm_arg_pointer(set, 0, (void *)meeting.control);
	svm_arg_uint(set, 1, 64);
	svm_arg_uint(set, 2, 1);
	svm_launch(loose, meeting.kernel, 1, 1);
	svm_success(clFlush(loose));
	svm_await(&meeting.control[32], 1, "a kernel starts");
	svm_launch(loose, set, 1, 1);
	svm_finish(loose, "both commands of an out-of-order queue");
	svm_expect_equal(1, atomic_load(&meeting.control[96]));
	svm_success(clReleaseKernel(set));
	svm_success(clReleaseCommandQueue(loose));
	close_meeting(&meeting);
}

SVM_CASE(progress_many_threads_wait, NEEDS, SECTION,
	 "Several host threads wait for flags of one kernel each.")
{
	enum { COUNT = 3 };
	struct meeting meeting = open_meeting(run, "set");
	cl_command_queue queues[COUNT];

	for (unsigned int i = 0; i < COUNT; i++)
		queues[i] = svm_queue(run, 0);
	for (cl_uint round = 1; round <= 50; round++) {
		svm_iteration(round);
		for (unsigned int i = 0; i < COUNT; i++) {
			svm_arg_uint(meeting.kernel, 1, 32 + 32 * i);
			svm_arg_uint(meeting.kernel, 2, round);
			svm_launch(queues[i], meeting.kernel, 1, 1);
			svm_success(clFlush(queues[i]));
		}
		for (unsigned int i = 0; i < COUNT; i++)
			svm_await(&meeting.control[32 + 32 * i], round, "a flag of each queue");
	}
	for (unsigned int i = 0; i < COUNT; i++) {
		svm_finish(queues[i], "finishing");
		svm_success(clReleaseCommandQueue(queues[i]));
	}
	close_meeting(&meeting);
}

/* ---- a lock ---- */

SVM_CASE(progress_ticket_lock, NEEDS, SECTION,
	 "A ticket lock between host and device keeps a plain counter whole.")
{
	enum { TIMES = 3000 };
	struct meeting meeting = open_meeting(run, "ticket");
	volatile cl_uint *counter = svm_fine(run, 64);

	svm_arg_pointer(meeting.kernel, 1, (void *)counter);
	svm_arg_uint(meeting.kernel, 2, TIMES);
	begin(&meeting, 1, 1);
	for (unsigned int i = 0; i < TIMES; i++) {
		cl_uint mine = atomic_fetch_add(&meeting.control[32], 1);

		svm_iteration(i);
		svm_await(&meeting.control[64], mine, "the host's turn at the lock");
		(*counter)++;
		atomic_store_explicit(&meeting.control[64], mine + 1, memory_order_release);
	}
	svm_finish(run->queue, "the kernel ends");
	svm_expect_equal(2 * TIMES, *counter);
	close_meeting(&meeting);
	clSVMFree(run->context, (void *)counter);
}

/* ---- both sides ---- */

#define WANTED 200000

static void *count_on_cpu(void *argument)
{
	_Atomic cl_uint *control = argument;

	while (atomic_load(&control[64]) < WANTED && !atomic_load(&control[0])) {
		atomic_fetch_add(&control[64], 1);
		/* On the device's line too. */
		atomic_fetch_add(&control[33], 1);
	}
	return NULL;
}

SVM_CASE(progress_both_sides, NEEDS, SECTION,
	 "Host and device apply atomics to one page at the same time, and both get on.")
{
	struct meeting meeting = open_meeting(run, "count_together");
	double time_ms[SVM_SERIES_POINTS], cpu[SVM_SERIES_POINTS], device[SVM_SERIES_POINTS];
	unsigned int points = 0;
	uint64_t start_ns;
	pthread_t thread;

	svm_arg_uint(meeting.kernel, 1, WANTED);
	begin(&meeting, 1, 1);
	svm_await_at_least(&meeting.control[32], 1, "a kernel starts");
	svm_expect(!pthread_create(&thread, NULL, count_on_cpu, (void *)meeting.control),
		   "no thread");
	svm_step("host and device count");
	start_ns = svm_now_ns();
	while (atomic_load(&meeting.control[64]) < WANTED) {
		if (points < SVM_SERIES_POINTS) {
			time_ms[points] = (double)(svm_now_ns() - start_ns) / 1e6;
			cpu[points] = atomic_load(&meeting.control[64]);
			device[points++] = atomic_load(&meeting.control[32]);
		}
		/* The distance of two points of the plot, or more. */
		usleep(1000);
	}
	pthread_join(thread, NULL);
	svm_finish(run->queue, "the kernel ends");
	svm_expect_equal(WANTED, atomic_load(&meeting.control[64]));
	svm_expect(atomic_load(&meeting.control[32]) >= WANTED, "the device counted to %u",
		   atomic_load(&meeting.control[32]));
	svm_axes("time (ms)", "atomic operations so far");
	svm_series(0, "CPU", time_ms, cpu, points);
	svm_series(1, "device", time_ms, device, points);
	close_meeting(&meeting);
}

__attribute__((constructor)) static void register_progress(void)
{
	for (size_t i = 0; i < sizeof(winners_rows) / sizeof(winners_rows[0]); i++)
		svm_register_row(&winners_case, &winners_rows[i], "progress_compare_exchange_%s",
				 winners_rows[i].name);
	for (size_t i = 0; i < sizeof(ring_rows) / sizeof(ring_rows[0]); i++)
		svm_register_row(&ring_case, &ring_rows[i], "progress_ring_%s", ring_rows[i].name);
}
