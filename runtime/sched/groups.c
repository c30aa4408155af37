// SPDX-License-Identifier: MIT
/*
 * The groups of a launch, shared out among threads. See scheduler.h.
 *
 * The groups are cut into as many ranges as threads may take part: neighbours are
 * run by one thread, so that threads don't contend for what groups side by side
 * have in common. A thread begins the first range that none has begun, and runs
 * it from its start, a share at a time. When no range is left to begin, it takes
 * the second half of what is left of another thread's range.
 *
 * So every group that is not done, and comes before one that is being run, is in
 * a range that some thread is working through from its start: the lowest of them
 * is being run. A kernel whose groups wait for the host, which serves them in
 * their order, gets on.
 */
#include "scheduler_private.h"

#include <stdlib.h>

#include "util/alloc.h"
#include "util/cpu_x86_64.h"
#include "util/fault.h"

/* Shares a thread takes of a launch, on average: small enough that they end together. */
#define SHARES_PER_THREAD 16
#define CACHE_LINE_BYTES  64

/* The shares from the low half of the word to the high half, without the latter. */
struct tandem_group_range {
	_Alignas(CACHE_LINE_BYTES) _Atomic uint64_t shares;
};

static uint64_t pack(uint32_t next, uint32_t end)
{
	return (uint64_t)end << 32 | next;
}

static uint32_t next_of(uint64_t shares)
{
	return (uint32_t)shares;
}

static uint32_t end_of(uint64_t shares)
{
	return (uint32_t)(shares >> 32);
}

struct tandem_group_run *tandem_sched_join_run_locked(struct tandem_scheduler *scheduler,
						      struct tandem_task *target)
{
	struct tandem_group_run *run;

	TAILQ_FOREACH(run, &scheduler->runs, link) {
		if (run->active >= run->most || atomic_load(&run->exhausted))
			continue;
		if (target && !tandem_sched_may_help_locked(run->task, target))
			continue;
		run->active++;
		return run;
	}
	return NULL;
}

/* Takes the first share of a range. */
static bool take_first(struct tandem_group_range *range, uint32_t *share)
{
	uint64_t shares = atomic_load(&range->shares);

	do {
		if (next_of(shares) >= end_of(shares))
			return false;
	} while (!atomic_compare_exchange_weak(&range->shares, &shares,
					       pack(next_of(shares) + 1, end_of(shares))));
	*share = next_of(shares);
	return true;
}

/* Takes the second half of what is left of a range: all of it, where that is one share. */
static bool take_half(struct tandem_group_range *range, uint64_t *half)
{
	uint64_t shares = atomic_load(&range->shares);
	uint32_t middle;

	do {
		if (next_of(shares) >= end_of(shares))
			return false;
		middle = next_of(shares) + (end_of(shares) - next_of(shares)) / 2;
	} while (!atomic_compare_exchange_weak(&range->shares, &shares,
					       pack(next_of(shares), middle)));
	*half = pack(middle, end_of(shares));
	return true;
}

/* Finds a range to work through: one to begin, or, put into @own, half of another thread's. */
static struct tandem_group_range *find_range(struct tandem_group_run *run,
					     struct tandem_group_range *own)
{
	uint32_t index = atomic_load(&run->next_range);
	uint64_t half;

	while (index < run->most) {
		if (atomic_compare_exchange_weak(&run->next_range, &index, index + 1))
			return &run->ranges[index];
	}
	/* Its own is among them, and empty. A thread without one has nowhere to put a half. */
	for (uint32_t i = 0; own && i < run->most; i++) {
		if (take_half(&run->ranges[i], &half)) {
			atomic_store(&own->shares, half);
			return own;
		}
	}
	return NULL;
}

/* Runs a share. False where that ends the launch. */
static bool run_share(struct tandem_group_run *run, uint32_t share, struct tandem_worker *worker)
{
	struct tandem_device_core *device = run->task->queue->device;
	uint64_t first = share * run->share;
	int error = device->ops->run_groups(device, run->launch, worker, first,
					    tandem_min_u64(run->share, run->total - first));

	if (tandem_fault(group_twice) && !share)
		device->ops->run_groups(device, run->launch, worker, 0, 1);
	if (error)
		atomic_store(&run->error, error);
	return !error;
}

static void take_shares(struct tandem_group_run *run, struct tandem_worker *worker)
{
	struct tandem_group_range *own = NULL;
	uint32_t share;

	if (!run->ranges) {
		run_share(run, 0, worker);
		return;
	}
	while ((own = find_range(run, own))) {
		while (take_first(own, &share)) {
			/* Groups that are running elsewhere go on; no share is begun. */
			if (atomic_load_explicit(&run->error, memory_order_relaxed) ||
			    !run_share(run, share, worker))
				return;
		}
	}
}

void tandem_sched_run_groups(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
			     struct tandem_worker *worker)
{
	struct tandem_device_core *device = run->task->queue->device;
	uint32_t saved = tandem_cpu_enter_kernel();
	bool last = true;

	take_shares(run, worker);
	tandem_cpu_leave_kernel(saved);
	if (run->ranges) {
		pthread_mutex_lock(&scheduler->lock);
		atomic_store(&run->exhausted, true);
		if (run->published) {
			run->published = false;
			TAILQ_REMOVE(&scheduler->runs, run, link);
		}
		last = --run->active == 0;
		pthread_mutex_unlock(&scheduler->lock);
	}
	if (!last)
		return;
	free(run->ranges);
	device->ops->end_launch(device, run->launch);
	tandem_sched_end_task(run->task, atomic_load(&run->error));
}

/* Cuts the launch into ranges for several threads, if that makes sense. */
static void cut_into_ranges(struct tandem_group_run *run)
{
	uint64_t shares;

	if (tandem_fault(group_lost) && run->total > 1)
		run->total--;
	run->most = (uint32_t)tandem_min_u64(run->total, run->task->queue->most_threads);
	run->share = run->total;
	if (run->most < 2)
		return;
	run->ranges = aligned_alloc(CACHE_LINE_BYTES, run->most * sizeof(*run->ranges));
	/* Without memory one thread does it all. */
	if (!run->ranges)
		return;
	run->share = tandem_max_u64(1, run->total / ((uint64_t)run->most * SHARES_PER_THREAD));
	shares = (run->total + run->share - 1) / run->share;
	for (uint64_t i = 0; i < run->most; i++)
		atomic_init(&run->ranges[i].shares, pack((uint32_t)(shares * i / run->most),
							 (uint32_t)(shares * (i + 1) / run->most)));
}

/* Shares the launch out, and takes part. */
static void start_run(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
		      struct tandem_worker *worker)
{
	struct tandem_device_core *device = run->task->queue->device;
	int error = device->ops->begin_launch(device, run->launch);

	if (error) {
		tandem_sched_end_task(run->task, error);
		return;
	}
	cut_into_ranges(run);
	if (run->ranges) {
		pthread_mutex_lock(&scheduler->lock);
		run->active = 1;
		run->published = true;
		TAILQ_INSERT_TAIL(&scheduler->runs, run, link);
		tandem_sched_call_workers_locked(scheduler, run->most - 1, false);
		pthread_mutex_unlock(&scheduler->lock);
	}
	tandem_sched_run_groups(scheduler, run, worker);
}

void tandem_sched_run_task(struct tandem_scheduler *scheduler, struct tandem_task *task,
			   struct tandem_worker *worker)
{
	if (atomic_load(&task->dependency_failed) && !tandem_fault(failure_ignored)) {
		tandem_sched_end_task(task, TANDEM_TASK_DEPENDENCY_FAILED);
		return;
	}
	tandem_task_advance(task, tandem_fault(event_early) ? TANDEM_TASK_COMPLETE :
							      TANDEM_TASK_RUNNING);
	if (task->groups)
		start_run(scheduler, task->groups, worker);
	else
		tandem_sched_end_task(task, task->ops->execute(task));
}
