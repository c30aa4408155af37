// SPDX-License-Identifier: MIT
#include "bench.h"

#include "process.h"
#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Do not grow faster than this from one warm-up run to the next. */
#define GROWTH_MOST 50
/* The iterations that are not counted, as a part of those that are. */
#define PRELUDE_PART 4

struct worker_bench {
	bool prepared;
	enum bench_status status;
	char reason[256]; /* where status is not BENCH_OK */
	void *state;
	uint64_t iterations;
};

struct worker {
	struct bench_session session;
	uint64_t measure_ns;
	struct worker_bench *benches; /* by position, see bench_at() */
};

static size_t bench_position(const struct bench *bench)
{
	size_t position = 0;

	while (bench_at(position) != bench)
		position++;
	return position;
}

static uint64_t grow(uint64_t iterations, uint64_t elapsed_ns, uint64_t measure_ns, uint64_t most)
{
	double growth = (double)measure_ns / (double)(elapsed_ns + 1);

	if (growth > GROWTH_MOST)
		growth = GROWTH_MOST;
	if ((double)iterations * growth >= (double)most)
		return most;
	return (uint64_t)((double)iterations * growth) + 1;
}

/*
 * Warms up, and finds the number of iterations that takes about as long as a round
 * shall. A run that took long enough counts only if it does so again: the first run may
 * have compiled the kernel, and any other may have met a disturbance.
 */
static enum bench_status warm_up(struct worker *worker, const struct bench *bench,
				 struct worker_bench *own)
{
	uint64_t most = bench->most_iterations ? bench->most_iterations : UINT64_MAX;
	unsigned int long_enough = 0;
	struct bench_timing timing;
	enum bench_status status;

	own->iterations = 1;
	while (long_enough < 2) {
		status = bench->run(&worker->session, bench, own->state, own->iterations, &timing);
		if (status || own->iterations == most)
			return status;
		if (timing.elapsed_ns >= worker->measure_ns / 2) {
			long_enough++;
		} else {
			long_enough = 0;
			own->iterations =
				grow(own->iterations, timing.elapsed_ns, worker->measure_ns, most);
		}
	}
	return BENCH_OK;
}

static void prepare(struct worker *worker, const struct bench *bench, struct worker_bench *own)
{
	own->prepared = true;
	own->status = bench->setup(&worker->session, bench, &own->state);
	if (!own->status) {
		own->status = warm_up(worker, bench, own);
		if (own->status)
			bench->teardown(&worker->session, own->state);
	}
	if (own->status)
		memcpy(own->reason, worker->session.reason, sizeof(own->reason));
}

/*
 * One measurement. Another benchmark, or another process, had the processor before: a
 * part of the iterations is done first without being counted.
 */
static enum bench_status run_once(struct worker *worker, const struct bench *bench,
				  struct worker_bench *own, struct bench_timing *timing)
{
	uint64_t prelude = own->iterations / PRELUDE_PART;
	enum bench_status status = BENCH_OK;

	if (prelude)
		status = bench->run(&worker->session, bench, own->state, prelude, timing);
	if (status)
		return status;
	return bench->run(&worker->session, bench, own->state, own->iterations, timing);
}

static void answer(const char *word, const char *text)
{
	char line[512];

	snprintf(line, sizeof(line), "%s %s", word, text);
	process_send(PROCESS_CHILD_FD, line);
}

static void serve(struct worker *worker, const struct bench *bench)
{
	struct worker_bench *own = &worker->benches[bench_position(bench)];
	struct bench_timing timing = { 0 };
	enum bench_status status;
	char text[64];

	if (!own->prepared)
		prepare(worker, bench, own);
	if (own->status) {
		answer(own->status == BENCH_SKIPPED ? "skip" : "fail", own->reason);
		return;
	}
	status = run_once(worker, bench, own, &timing);
	if (status) {
		answer(status == BENCH_SKIPPED ? "skip" : "fail", worker->session.reason);
		return;
	}
	snprintf(text, sizeof(text), "%.9g %.9g", bench_figure(bench->unit, &timing),
		 (double)timing.by_hand_ns / (double)timing.elapsed_ns);
	answer("ok", text);
}

static void finish(struct worker *worker)
{
	const struct bench *bench;
	size_t i;

	for (i = 0; (bench = bench_at(i)); i++) {
		if (worker->benches[i].prepared && !worker->benches[i].status)
			bench->teardown(&worker->session, worker->benches[i].state);
	}
	free(worker->benches);
	sample_session_finish(&worker->session.cl);
}

static bool open_device(struct worker *worker)
{
	struct bench_session *session = &worker->session;
	const struct sample_device *device = &session->cl.device;
	char line[1000];

	if (sample_choose_device(session->wanted_device, 0,
				 CL_DEVICE_SVM_FINE_GRAIN_BUFFER | CL_DEVICE_SVM_ATOMICS,
				 &session->cl.device) ||
	    bench_cl(session, sample_session_init(&session->cl), "clCreateContext")) {
		fputs(session->reason, stderr);
		process_send(PROCESS_CHILD_FD, "none");
		return false;
	}
	snprintf(line, sizeof(line), "device\t%s\t%s\t%s\t%s", device->name, device->platform_name,
		 device->driver_version, device->c_atomics ? sample_scope(device) : "none");
	process_send(PROCESS_CHILD_FD, line);
	return true;
}

int worker_main(const char *wanted_device, const char *scratch_dir, uint64_t measure_ns)
{
	static struct worker worker;
	const struct bench *bench;
	char name[128];
	FILE *requests;

	worker.session.wanted_device = wanted_device;
	worker.session.scratch_dir = scratch_dir;
	worker.measure_ns = measure_ns;
	worker.benches = calloc(bench_count(), sizeof(*worker.benches));
	if (!worker.benches) {
		fputs("No memory\n", stderr);
		return SAMPLE_FAILED;
	}
	if (!open_device(&worker)) {
		free(worker.benches);
		return SAMPLE_UNSUPPORTED;
	}
	requests = fdopen(PROCESS_CHILD_FD, "r");
	while (requests && fgets(name, sizeof(name), requests)) {
		name[strcspn(name, "\n")] = '\0';
		bench = bench_by_name(name);
		if (bench)
			serve(&worker, bench);
		else
			answer("fail", "no such benchmark");
	}
	finish(&worker);
	return SAMPLE_OK;
}
