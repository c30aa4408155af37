// SPDX-License-Identifier: MIT
/* The groups of a launch, shared out among threads. See scheduler.h. */
#include "scheduler_private.h"

#include "util/alloc.h"
#include "util/cpu_x86_64.h"

/* Shares a thread takes of a launch, on average: small enough that they end together. */
#define SHARES_PER_THREAD 16

struct tandem_group_run *tandem_sched_join_run_locked(struct tandem_scheduler *scheduler,
						      struct tandem_task *target)
{
	struct tandem_group_run *run;

	TAILQ_FOREACH(run, &scheduler->runs, link) {
		if (run->active >= run->most || atomic_load(&run->next) >= run->total)
			continue;
		if (target && !tandem_sched_may_help_locked(run->task, target))
			continue;
		run->active++;
		return run;
	}
	return NULL;
}

static void take_shares(struct tandem_group_run *run, struct tandem_worker *worker)
{
	struct tandem_device_core *device = run->task->queue->device;

	for (;;) {
		uint64_t first = atomic_fetch_add(&run->next, run->share);
		uint64_t count;
		int error;

		if (first >= run->total)
			return;
		count = tandem_min_u64(run->share, run->total - first);
		error = device->ops->run_groups(device, run->launch, worker, first, count);
		if (error) {
			atomic_store(&run->error, error);
			/* Nobody takes another share. Groups that are running go on. */
			atomic_store(&run->next, run->total);
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
	if (run->most > 1) {
		pthread_mutex_lock(&scheduler->lock);
		if (run->published) {
			run->published = false;
			TAILQ_REMOVE(&scheduler->runs, run, link);
		}
		last = --run->active == 0;
		pthread_mutex_unlock(&scheduler->lock);
	}
	if (!last)
		return;
	device->ops->end_launch(device, run->launch);
	tandem_sched_end_task(run->task, atomic_load(&run->error));
}

/* Shares the launch out, and takes part. */
static void start_run(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
		      struct tandem_worker *worker)
{
	struct tandem_device_core *device = run->task->queue->device;
	uint64_t most = tandem_min_u64(run->total, run->task->queue->most_threads);
	int error = device->ops->begin_launch(device, run->launch);

	if (error) {
		tandem_sched_end_task(run->task, error);
		return;
	}
	run->most = (uint32_t)most;
	run->share = most > 1 ? tandem_max_u64(1, run->total / (most * SHARES_PER_THREAD)) :
				run->total;
	run->active = 1;
	if (most > 1) {
		pthread_mutex_lock(&scheduler->lock);
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
	if (atomic_load(&task->dependency_failed)) {
		tandem_sched_end_task(task, TANDEM_TASK_DEPENDENCY_FAILED);
		return;
	}
	tandem_task_advance(task, TANDEM_TASK_RUNNING);
	if (task->groups)
		start_run(scheduler, task->groups, worker);
	else
		tandem_sched_end_task(task, task->ops->execute(task));
}
