// SPDX-License-Identifier: MIT
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_JOBS 64

/* Programs that a batch kept from running, to be run in other batches. */
struct again {
	uint64_t *seeds;
	size_t count, room;
};

struct pool {
	struct session *session;
	uint64_t next; /* number of the first program that is in no batch */
	struct again together, alone;
	struct batch batches[MOST_JOBS];
	bool busy[MOST_JOBS];
	int64_t last_line_ms, start_ms;
};

static int remember(struct again *again, uint64_t seed)
{
	if (again->count == again->room) {
		size_t room = again->room ? 2 * again->room : 64;
		uint64_t *more = realloc(again->seeds, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		again->seeds = more;
		again->room = room;
	}
	again->seeds[again->count++] = seed;
	return 0;
}

static int add_failure(struct session *session, uint64_t seed, const struct report *report)
{
	if (session->failure_count == session->failure_room) {
		size_t room = session->failure_room ? 2 * session->failure_room : 64;
		struct failure *more = realloc(session->failures, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		session->failures = more;
		session->failure_room = room;
	}
	session->failures[session->failure_count++] = (struct failure){ seed, *report };
	return 0;
}

/* The next batch; false where there is none for now. */
static bool fill_batch(struct pool *pool, struct batch *batch)
{
	const struct settings *settings = pool->session->settings;

	*batch = (struct batch){ .classes = settings->classes,
				 .options = (1u << OPTIONS_COUNT) - 1,
				 .plant = settings->plant,
				 .seconds = settings->seconds };
	if (pool->alone.count) {
		batch->seeds[batch->count++] = pool->alone.seeds[--pool->alone.count];
		return true;
	}
	while (batch->count < settings->per_batch && pool->together.count)
		batch->seeds[batch->count++] = pool->together.seeds[--pool->together.count];
	while (batch->count < settings->per_batch && pool->next < settings->count)
		batch->seeds[batch->count++] = settings->first + pool->next++;
	/* Most of the time goes into building, which grows with the number. */
	batch->seconds += batch->count * 4;
	return batch->count > 0;
}

/* One that failed in company is run alone before it is believed. */
static int take_results(struct pool *pool, struct batch *batch, bool hung)
{
	struct session *session = pool->session;
	bool blamed = false;
	int error = 0;

	for (int i = 0; i < batch->count; i++)
		blamed |= batch->reports[i].outcome > OUTCOME_INVALID;
	for (int i = 0; i < batch->count && !error; i++) {
		struct report *report = &batch->reports[i];
		uint64_t seed = batch->seeds[i];

		switch (report->outcome) {
		case OUTCOME_RIGHT:
		case OUTCOME_INVALID:
		case OUTCOME_SKIPPED:
			session->counts[report->outcome]++;
			break;
		case OUTCOME_NONE:
			/* Where nobody is to blame, it is one of those that did not run. */
			error = remember(blamed && !hung ? &pool->together : &pool->alone, seed);
			break;
		default:
			if (batch->count > 1) {
				error = remember(&pool->alone, seed);
				break;
			}
			session->counts[report->outcome]++;
			error = add_failure(session, seed, report);
		}
	}
	return error;
}

static void show_progress(struct pool *pool)
{
	const struct session *session = pool->session;
	int64_t now = run_clock_ms();
	bool terminal = isatty(STDERR_FILENO);
	uint64_t done = 0;

	if (now - pool->start_ms < 2000 || now - pool->last_line_ms < (terminal ? 500 : 10000))
		return;
	pool->last_line_ms = now;
	for (int i = 0; i < OUTCOME_COUNT; i++)
		done += session->counts[i];
	fprintf(stderr, "%s%llu of %llu programs, %zu failed%s", terminal ? "\r" : "",
		(unsigned long long)done, (unsigned long long)session->settings->count,
		session->failure_count, terminal ? "  " : "\n");
}

/* Waits until one of the batches has something to say, or has had its time. */
static int wait_for_batches(struct pool *pool)
{
	struct pollfd ready[MOST_JOBS];
	int error = 0;

	for (int i = 0; i < pool->session->settings->jobs; i++)
		ready[i] = (struct pollfd){ .fd = pool->busy[i] ? pool->batches[i].pipe : -1,
					    .events = POLLIN };
	if (poll(ready, (nfds_t)pool->session->settings->jobs, 200) < 0 && errno != EINTR)
		return -errno;
	for (int i = 0; i < pool->session->settings->jobs && !error; i++) {
		struct batch *batch = &pool->batches[i];
		bool over = false, hung;

		if (!pool->busy[i])
			continue;
		if (ready[i].revents)
			over = run_receive(batch);
		hung = !over && run_clock_ms() > batch->deadline_ms;
		if (!over && !hung)
			continue;
		run_finish(batch, hung);
		pool->busy[i] = false;
		error = take_results(pool, batch, hung);
	}
	return error;
}

int session_run(struct session *session)
{
	struct pool *pool = calloc(1, sizeof(*pool));
	int error = 0, busy;

	if (!pool)
		return -ENOMEM;
	pool->session = session;
	pool->start_ms = run_clock_ms();
	do {
		busy = 0;
		for (int i = 0; i < session->settings->jobs && !error; i++) {
			if (!pool->busy[i] && fill_batch(pool, &pool->batches[i])) {
				error = run_start(&pool->batches[i]);
				pool->busy[i] = !error;
			}
			busy += pool->busy[i];
		}
		if (busy && !error)
			error = wait_for_batches(pool);
		show_progress(pool);
	} while (busy && !error);
	for (int i = 0; i < session->settings->jobs; i++) {
		if (pool->busy[i])
			run_finish(&pool->batches[i], true);
	}
	if (isatty(STDERR_FILENO) && pool->last_line_ms)
		fprintf(stderr, "\n");
	free(pool->together.seeds);
	free(pool->alone.seeds);
	free(pool);
	return error;
}
