// SPDX-License-Identifier: MIT
/*
 * The groups of a launch, shared out among threads. See scheduler.h.
 *
 * The groups are cut into as many ranges as threads may take part: neighbours are
 * run by one thread, so that threads don't contend for what groups side by side
 * have in common. A thread begins a range, and runs it from its start, a share at
 * a time. Then it begins the first range that none has begun, and when no range is
 * left to begin, it takes the second half of what is left of another thread's.
 *
 * The first range is begun at once: by the thread that starts the launch, or by a
 * worker that spins and is given it. Whoever ends the last group below a range that
 * none has begun looks for a range next, and begins that one. So the lowest group
 * that is not done is being run, or is what some thread turns to next. A kernel
 * whose groups wait for the host, which serves them in their order, gets on.
 *
 * A worker that joins prefers the range of its number, and worker 0 is given the
 * first range where it can be: from launch to launch a worker works on the same
 * part of the index space, which is in its processor's cache.
 *
 * Groups may wait for groups that have not begun. Further threads (further_threads.c)
 * take what no thread has begun: shares of any range, and halves of the shares that
 * others are in the midst of.
 *
 * Where the driver runs launches as a whole there are no ranges, and one thread does
 * nothing but wait for it.
 *
 * A task may be a sequence of launches: the thread that ends one goes on with the next.
 */
#include "scheduler_private.h"

#include <errno.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "util/cpu_x86_64.h"
#include "util/trace.h"

/* Shares a thread takes of a launch, on average: small enough that they end together. */
#define SHARES_PER_THREAD 16
#define CACHE_LINE_BYTES  64

/* The shares from the low half of the word to the high half, without the latter. */
struct tandem_group_range {
	_Alignas(CACHE_LINE_BYTES) _Atomic uint64_t shares;
	_Atomic bool begun;
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

static void join_locked(struct tandem_group_run *run, struct tandem_sched_seat *seat)
{
	run->active++;
	/* Nothing that can be taken from it: what it did before is of another launch. */
	tandem_worker_set_share(&seat->worker, 0, 0);
	TAILQ_INSERT_TAIL(&run->seats, seat, run_link);
}

static void leave_locked(struct tandem_group_run *run, struct tandem_sched_seat *seat)
{
	run->active--;
	TAILQ_REMOVE(&run->seats, seat, run_link);
}

struct tandem_group_run *tandem_sched_join_run_locked(struct tandem_scheduler *scheduler,
						      struct tandem_sched_seat *seat,
						      struct tandem_task *target)
{
	struct tandem_group_run *run;

	TAILQ_FOREACH(run, &scheduler->runs, link) {
		if (run->active >= run->most || atomic_load(&run->exhausted))
			continue;
		if (target && !tandem_sched_may_help_locked(run->task, target))
			continue;
		join_locked(run, seat);
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

static bool begin(struct tandem_group_range *range)
{
	return !atomic_load(&range->begun) && !atomic_exchange(&range->begun, true);
}

/* Begins the range of the number @preferred if none has, or else the first that none has. */
static struct tandem_group_range *begin_range(struct tandem_group_run *run, uint32_t preferred)
{
	if (preferred < run->most && begin(&run->ranges[preferred]))
		return &run->ranges[preferred];
	for (uint32_t i = 0; i < run->most; i++) {
		if (begin(&run->ranges[i]))
			return &run->ranges[i];
	}
	return NULL;
}

/* Finds what to do after @own: a range to begin, or, put into @own, half of another thread's. */
static struct tandem_group_range *find_range(struct tandem_group_run *run,
					     struct tandem_group_range *own)
{
	struct tandem_group_range *next = begin_range(run, 0);
	uint64_t half;

	if (next)
		return next;
	for (uint32_t i = 0; i < run->most; i++) {
		if (take_half(&run->ranges[i], &half)) {
			atomic_store(&own->shares, half);
			return own;
		}
	}
	return NULL;
}

/* Runs @count groups. False where that ends the launch. */
static bool run_some(struct tandem_group_run *run, uint64_t first, uint64_t count,
		     struct tandem_worker *worker)
{
	struct tandem_device_core *device = run->task->queue->device;
	int error;

	if (device->ops->run_launch) {
		error = device->ops->run_launch(device, run->launch);
	} else {
		tandem_worker_set_share(worker, first, count);
		error = device->ops->run_groups(device, run->launch, worker, first, count);
	}
	if (error)
		atomic_store(&run->error, error);
	return !error;
}

static bool run_share(struct tandem_group_run *run, uint32_t share, struct tandem_worker *worker)
{
	uint64_t first = share * run->share;

	return run_some(run, first, tandem_min_u64(run->share, run->total - first), worker);
}

/* Works through @range, which this thread has begun, and what it finds after that. */
static void take_shares(struct tandem_group_run *run, struct tandem_group_range *range,
			struct tandem_worker *worker)
{
	uint32_t share;

	for (; range; range = find_range(run, range)) {
		while (take_first(range, &share)) {
			/* Groups that are running elsewhere go on; no share is begun. */
			if (atomic_load_explicit(&run->error, memory_order_relaxed) ||
			    !run_share(run, share, worker))
				return;
		}
	}
}

/* ---- further threads ---- */

void tandem_sched_join_further_locked(struct tandem_group_run *run, struct tandem_sched_seat *seat)
{
	join_locked(run, seat);
}

void tandem_sched_leave_further_locked(struct tandem_group_run *run, struct tandem_sched_seat *seat)
{
	leave_locked(run, seat);
}

uint64_t tandem_sched_groups_left_locked(struct tandem_group_run *run)
{
	struct tandem_sched_seat *seat;
	uint64_t left = 0;

	for (uint32_t i = 0; i < run->most; i++) {
		uint64_t shares = atomic_load(&run->ranges[i].shares);

		left += (end_of(shares) - next_of(shares)) * run->share;
	}
	TAILQ_FOREACH(seat, &run->seats, run_link)
		left += tandem_worker_groups_left(&seat->worker);
	return left;
}

uint64_t tandem_sched_progress_locked(struct tandem_group_run *run)
{
	struct tandem_sched_seat *seat;
	uint64_t progress = 0;

	for (uint32_t i = 0; i < run->most; i++)
		progress = progress * 31 + atomic_load(&run->ranges[i].shares);
	TAILQ_FOREACH(seat, &run->seats, run_link)
		progress = progress * 31 + atomic_load(&seat->worker.group);
	return progress;
}

static bool take_share_of_any(struct tandem_group_run *run, uint32_t *share)
{
	for (uint32_t i = 0; i < run->most; i++) {
		atomic_store(&run->ranges[i].begun, true);
		if (take_first(&run->ranges[i], share))
			return true;
	}
	return false;
}

/* Takes groups of a share that another thread is in the midst of. */
static bool take_of_share(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
			  uint64_t *first, uint64_t *count)
{
	struct tandem_sched_seat *seat;
	bool taken = false;

	pthread_mutex_lock(&scheduler->lock);
	TAILQ_FOREACH(seat, &run->seats, run_link) {
		if (!tandem_worker_groups_left(&seat->worker))
			continue;
		taken = tandem_worker_cut(&seat->worker, first, count);
		if (taken)
			break;
	}
	pthread_mutex_unlock(&scheduler->lock);
	return taken;
}

static void take_further(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
			 struct tandem_worker *worker)
{
	uint64_t first, count;
	uint32_t share;
	bool good = true;

	while (good && !atomic_load(&run->error)) {
		if (take_share_of_any(run, &share))
			good = run_share(run, share, worker);
		else if (take_of_share(scheduler, run, &first, &count))
			good = run_some(run, first, count, worker);
		else
			break;
	}
}

/* ---- taking part ---- */

/* No share is left: a worker that was given the launch and has not come need not come. */
static void take_back_locked(struct tandem_group_run *run)
{
	if (!run->given_to)
		return;
	run->given_to->given = NULL;
	leave_locked(run, run->given_to);
	run->given_to = NULL;
}

static void begin_part(struct tandem_group_run *run, uint32_t *saved)
{
	*saved = tandem_cpu_enter_kernel();
	tandem_trace(join, run);
}

/* The thread leaves the launch. True where it is the last: the launch has ended, with *@error. */
static bool end_part(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
		     struct tandem_sched_seat *seat, uint32_t saved, int *error)
{
	struct tandem_device_core *device = run->task->queue->device;
	bool last = true;

	tandem_trace(leave, run);
	tandem_cpu_leave_kernel(saved);
	if (run->ranges) {
		pthread_mutex_lock(&scheduler->lock);
		atomic_store(&run->exhausted, true);
		if (run->published) {
			run->published = false;
			TAILQ_REMOVE(&scheduler->runs, run, link);
		}
		take_back_locked(run);
		leave_locked(run, seat);
		last = run->active == 0;
		if (last)
			TAILQ_REMOVE(&scheduler->watched, run, watch_link);
		pthread_mutex_unlock(&scheduler->lock);
	}
	if (!last)
		return false;
	free(run->ranges);
	if (device->ops->end_launch)
		device->ops->end_launch(device, run->launch);
	tandem_trace(end, run);
	*error = atomic_load(&run->error);
	return true;
}

/*
 * Takes part in a launch, beginning with @range, which this thread has begun; NULL
 * where none was left, or where there are none and one thread does it all. Returns what
 * end_part does.
 */
static bool run_groups(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
		       struct tandem_group_range *range, struct tandem_sched_seat *seat, int *error)
{
	uint32_t saved;

	begin_part(run, &saved);
	if (run->ranges)
		take_shares(run, range, &seat->worker);
	else
		run_share(run, 0, &seat->worker);
	return end_part(scheduler, run, seat, saved, error);
}

/* Gives the first range to worker 0, where that is not this thread, but spins. */
static bool give_first_locked(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
			      const struct tandem_sched_seat *seat)
{
	struct tandem_sched_seat *first = scheduler->first_seat;

	if (!first || first == seat || !first->spinning || first->given)
		return false;
	first->given = run;
	run->given_to = first;
	join_locked(run, first);
	/* It comes for the launch now, and no more for a task that nobody else was called for. */
	first->spinning = false;
	scheduler->spinning--;
	if (!TAILQ_EMPTY(&scheduler->ready_queues))
		tandem_sched_call_workers_locked(scheduler, 1, true);
	return true;
}

/* Cuts the launch into ranges for several threads, if that makes sense. */
static void cut_into_ranges(struct tandem_group_run *run)
{
	uint64_t shares;

	run->most = (uint32_t)tandem_min_u64(run->total, run->task->queue->most_threads);
	run->share = run->total;
	if (run->total < 2 || run->task->queue->device->ops->run_launch)
		return;
	run->ranges = aligned_alloc(CACHE_LINE_BYTES, run->most * sizeof(*run->ranges));
	/* Without memory one thread does it all. */
	if (!run->ranges)
		return;
	if (run->most > 1)
		run->share =
			tandem_max_u64(1, run->total / ((uint64_t)run->most * SHARES_PER_THREAD));
	shares = (run->total + run->share - 1) / run->share;
	for (uint64_t i = 0; i < run->most; i++)
		atomic_init(&run->ranges[i].shares, pack((uint32_t)(shares * i / run->most),
							 (uint32_t)(shares * (i + 1) / run->most)));
	for (uint64_t i = 0; i < run->most; i++)
		atomic_init(&run->ranges[i].begun, i == 0);
}

/* Shares the launch out, and takes part. Returns what end_part does. */
static bool start_run(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
		      struct tandem_sched_seat *seat, int *error)
{
	struct tandem_device_core *device = run->task->queue->device;
	bool given = false;

	*error = scheduler->device_lost ? -ENODEV : 0;
	if (!*error && device->ops->begin_launch)
		*error = device->ops->begin_launch(device, run->launch);
	if (*error)
		return true;
	tandem_trace(begin, run, run->launch->kernel->name, device->properties.name);
	cut_into_ranges(run);
	if (run->ranges) {
		pthread_mutex_lock(&scheduler->lock);
		TAILQ_INIT(&run->seats);
		join_locked(run, seat);
		if (run->most > 1) {
			run->published = true;
			TAILQ_INSERT_TAIL(&scheduler->runs, run, link);
			given = give_first_locked(scheduler, run, seat);
			tandem_sched_call_workers_locked(scheduler, run->most - 1, false);
		}
		tandem_sched_watch_locked(scheduler, run);
		pthread_mutex_unlock(&scheduler->lock);
	}
	return run_groups(scheduler, run, given ? begin_range(run, seat->number) : run->ranges,
			  seat, error);
}

/* ---- tasks ---- */

/* A piece of the task's work has ended: goes on until other threads do, or to the end. */
static void go_on(struct tandem_scheduler *scheduler, struct tandem_task *task,
		  struct tandem_sched_seat *seat, int error)
{
	while (task->ops->next && task->ops->next(task, &error)) {
		if (!start_run(scheduler, task->groups, seat, &error))
			return;
	}
	tandem_sched_end_task(task, error);
}

void tandem_sched_run_further(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
			      struct tandem_sched_seat *seat)
{
	struct tandem_task *task = run->task;
	uint32_t saved;
	int error;

	begin_part(run, &saved);
	take_further(scheduler, run, &seat->worker);
	if (end_part(scheduler, run, seat, saved, &error))
		go_on(scheduler, task, seat, error);
}

void tandem_sched_join_groups(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
			      struct tandem_sched_seat *seat)
{
	struct tandem_task *task = run->task;
	int error;

	if (run_groups(scheduler, run, begin_range(run, seat->number), seat, &error))
		go_on(scheduler, task, seat, error);
}

void tandem_sched_run_given(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
			    struct tandem_sched_seat *seat)
{
	struct tandem_task *task = run->task;
	int error;

	if (run_groups(scheduler, run, &run->ranges[0], seat, &error))
		go_on(scheduler, task, seat, error);
}

void tandem_sched_run_task(struct tandem_scheduler *scheduler, struct tandem_task *task,
			   struct tandem_sched_seat *seat)
{
	int error;

	if (atomic_load(&task->dependency_failed)) {
		tandem_sched_end_task(task, TANDEM_TASK_DEPENDENCY_FAILED);
		return;
	}
	tandem_task_advance(task, TANDEM_TASK_RUNNING);
	if (!task->groups)
		error = task->ops->execute(task);
	else if (!start_run(scheduler, task->groups, seat, &error))
		return;
	go_on(scheduler, task, seat, error);
}
