// SPDX-License-Identifier: MIT
/*
 * check_trace FILE [empty]
 * Whether a recording of a program in which CPU threads and a GPU fight for pages is JSON,
 * and has all that belongs in it, on one time line. With "empty", whether it is JSON.
 */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "trace_json.h"

#define MOST_THREADS 256

struct threads {
	long long tids[MOST_THREADS];
	size_t count;
};

static void add_thread(struct threads *threads, long long tid)
{
	for (size_t i = 0; i < threads->count; i++) {
		if (threads->tids[i] == tid)
			return;
	}
	if (threads->count < MOST_THREADS)
		threads->tids[threads->count++] = tid;
}

static bool has_name(const struct trace *trace, const char *kind, long long pid, long long tid,
		     const char *part)
{
	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_event *event = &trace->events[i];

		if (event->ph == 'M' && !strcmp(event->name, kind) && event->pid == pid &&
		    event->tid == tid && strstr(event->named, part))
			return true;
	}
	return false;
}

/* Whether a launch of that process was under way at that time. */
static bool is_in_launch(const struct trace *trace, double ts_us)
{
	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_event *event = &trace->events[i];

		if (event->ph == 'X' && !strcmp(event->cat, "launch") && event->ts_us <= ts_us &&
		    event->ts_us + event->dur_us >= ts_us)
			return true;
	}
	return false;
}

struct seen {
	unsigned int faults, grants, revocations, without_cause, kernels, on_kernel_tracks;
	unsigned int taken, taken_in_launch, held_begins, held_ends, counters, unnamed;
	struct threads takers, workers;
};

static void look_at(const struct trace *trace, const struct trace_event *event, struct seen *seen)
{
	bool is_revocation = event->cause[0] && !strcmp(event->cat, "exclusive");

	check(event->ph && event->name[0] && event->pid > 0, "an event without ph, name or pid");
	check(event->ph == 'M' || event->ts_us >= 0, "'%s' without a time", event->name);
	seen->faults += !strcmp(event->name, "fault");
	seen->grants += !strcmp(event->name, "grant");
	seen->revocations += is_revocation;
	seen->without_cause += is_revocation && strcmp(event->cause, event->name) != 0;
	seen->held_begins += event->ph == 'b';
	seen->held_ends += event->ph == 'e';
	seen->counters += event->ph == 'C';
	if (event->ph == 'i' && event->tid)
		seen->unnamed += !has_name(trace, "thread_name", event->pid, event->tid, "");
	if (event->ph == 'X') {
		check(event->dur_us >= 0, "a slice of %f us", event->dur_us);
		seen->kernels++;
		if (has_name(trace, "thread_name", event->pid, event->tid, "kernels on"))
			seen->on_kernel_tracks++;
		else
			add_thread(&seen->workers, event->tid);
	}
	if (!strcmp(event->cat, "cpu")) {
		seen->taken++;
		seen->taken_in_launch += is_in_launch(trace, event->ts_us);
		add_thread(&seen->takers, event->tid);
	}
}

int main(int argc, char **argv)
{
	struct trace trace;
	struct seen seen = { 0 };
	bool gpu_named = false;

	check_fatal(argc >= 2, "no file is named");
	check_fatal(trace_read_file(argv[1], &trace), "it is no trace");
	if (argc > 2)
		return check_result();
	for (size_t i = 0; i < trace.count; i++) {
		look_at(&trace, &trace.events[i], &seen);
		gpu_named |= trace.events[i].ph == 'M' &&
			     !strncmp(trace.events[i].named, "GPU ", 4);
	}
	printf("%zu events: %u faults, %u grants, %u revocations, %u kernel slices, %u times taken "
	       "by %zu threads, %u of them during a launch\n",
	       trace.count, seen.faults, seen.grants, seen.revocations, seen.kernels, seen.taken,
	       seen.takers.count, seen.taken_in_launch);
	check(seen.faults && seen.grants && seen.revocations, "faults, grants or revocations lack");
	check_equal(0, seen.without_cause);
	check(seen.on_kernel_tracks, "no kernel on a track of its device");
	check(seen.workers.count >= 1, "no thread that works on a kernel");
	check(seen.takers.count >= 2, "%zu threads take pages", seen.takers.count);
	/* The clocks of kernel and runtime are one. */
	check(seen.taken_in_launch, "no page is taken while a kernel runs");
	check(seen.held_begins && seen.held_begins == seen.held_ends, "%u slices of pages, %u ends",
	      seen.held_begins, seen.held_ends);
	check(seen.counters, "no count of exclusive pages");
	check_equal(0, seen.unnamed);
	check(gpu_named, "no GPU is named");
	trace_finish(&trace);
	return check_result();
}
