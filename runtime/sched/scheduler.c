// SPDX-License-Identifier: MIT
/* Queues: what is ready, in which order, and waiting for it. See scheduler.h. */
#include "scheduler_private.h"

#include <errno.h>

#include "util/alloc.h"
#include "util/clock.h"
#include "util/cpu_x86_64.h"
#include "util/futex.h"
#include "util/stack.h"

/* A flush comes by itself after so many tasks, so that the device gets going. */
#define UNFLUSHED_LIMIT 32
/* How long a waiting thread looks before it sleeps: about the cost of a wake-up. */
#define WAIT_SPINS 2000

int tandem_sched_queue_init(struct tandem_sched_queue *queue, struct tandem_scheduler *scheduler,
			    struct tandem_device_core *device, uint32_t most_threads)
{
	int error = pthread_mutex_init(&queue->submit_lock, NULL);

	if (error)
		return -error;
	queue->scheduler = scheduler;
	queue->device = device;
	queue->most_threads = most_threads;
	TAILQ_INIT(&queue->unflushed);
	TAILQ_INIT(&queue->pending);
	TAILQ_INIT(&queue->ready);
	pthread_mutex_lock(&scheduler->queues_lock);
	TAILQ_INSERT_TAIL(&scheduler->queues, queue, all_link);
	pthread_mutex_unlock(&scheduler->queues_lock);
	return 0;
}

void tandem_sched_queue_finish(struct tandem_sched_queue *queue)
{
	struct tandem_scheduler *scheduler = queue->scheduler;

	pthread_mutex_lock(&scheduler->queues_lock);
	TAILQ_REMOVE(&scheduler->queues, queue, all_link);
	pthread_mutex_unlock(&scheduler->queues_lock);
	pthread_mutex_destroy(&queue->submit_lock);
}

/* Whether the task's place in its queue lets it run, dependencies apart. */
static bool place_allows_locked(const struct tandem_task *task)
{
	const struct tandem_sched_queue *queue = task->queue;

	if (task->waits_for_all)
		return TAILQ_FIRST(&queue->pending) == task;
	return !queue->first_barrier || task->sequence <= queue->first_barrier->sequence;
}

/* Returns the number of tasks made ready: 1 or 0. */
static uint32_t make_ready_locked(struct tandem_task *task)
{
	struct tandem_sched_queue *queue = task->queue;

	if (task->made_ready || atomic_load(&task->blockers) || !place_allows_locked(task))
		return 0;
	task->made_ready = true;
	TAILQ_INSERT_TAIL(&queue->ready, task, ready_link);
	if (!queue->listed) {
		queue->listed = true;
		TAILQ_INSERT_TAIL(&queue->scheduler->ready_queues, queue, ready_link);
	}
	return 1;
}

void tandem_sched_unblock(struct tandem_task *task)
{
	struct tandem_scheduler *scheduler;
	uint32_t blockers = atomic_load(&task->blockers);

	while (blockers > 1) {
		if (atomic_compare_exchange_weak(&task->blockers, &blockers, blockers - 1))
			return;
	}
	/*
	 * The last one goes under the lock: without it, whoever looks at the queue next
	 * may start the task, and it may have ended before it is touched here.
	 */
	scheduler = task->queue->scheduler;
	pthread_mutex_lock(&scheduler->lock);
	atomic_fetch_sub(&task->blockers, 1);
	if (make_ready_locked(task))
		tandem_sched_call_workers_locked(scheduler, 1, true);
	pthread_mutex_unlock(&scheduler->lock);
	tandem_sched_stand_in(scheduler);
}

static void unlist_if_empty_locked(struct tandem_sched_queue *queue)
{
	if (queue->listed && TAILQ_EMPTY(&queue->ready)) {
		queue->listed = false;
		TAILQ_REMOVE(&queue->scheduler->ready_queues, queue, ready_link);
	}
}

static void take_locked(struct tandem_task *task)
{
	struct tandem_sched_queue *queue = task->queue;
	struct tandem_scheduler *scheduler = queue->scheduler;

	TAILQ_REMOVE(&queue->ready, task, ready_link);
	unlist_if_empty_locked(queue);
	if (queue->listed) {
		/* The other queues first, next time. */
		TAILQ_REMOVE(&scheduler->ready_queues, queue, ready_link);
		TAILQ_INSERT_TAIL(&scheduler->ready_queues, queue, ready_link);
	}
	scheduler->tasks_taken++;
	/* While tasks are ready, somebody is on the way to take the next. */
	if (!TAILQ_EMPTY(&scheduler->ready_queues))
		tandem_sched_call_workers_locked(scheduler, 1, true);
}

bool tandem_sched_may_help_locked(const struct tandem_task *task, const struct tandem_task *target)
{
	if (task->queue != target->queue || task->runs_user_code)
		return false;
	if (task != target && !(target->waits_for_all && task->sequence < target->sequence))
		return false;
	return tandem_stack_has(task->stack_bytes);
}

struct tandem_task *tandem_sched_take_task_locked(struct tandem_scheduler *scheduler,
						  struct tandem_task *target)
{
	struct tandem_task *task;

	if (!target) {
		struct tandem_sched_queue *queue = TAILQ_FIRST(&scheduler->ready_queues);

		task = queue ? TAILQ_FIRST(&queue->ready) : NULL;
	} else {
		TAILQ_FOREACH(task, &target->queue->ready, ready_link) {
			if (tandem_sched_may_help_locked(task, target))
				break;
		}
	}
	if (task)
		take_locked(task);
	return task;
}

/* Makes ready what an ended barrier held back, up to the next one. */
static uint32_t pass_barrier_locked(struct tandem_sched_queue *queue, struct tandem_task *after)
{
	struct tandem_task *task;
	uint32_t made = 0;

	queue->first_barrier = NULL;
	for (task = after; task; task = TAILQ_NEXT(task, queue_link)) {
		if (task->holds_later) {
			queue->first_barrier = task;
			made += make_ready_locked(task);
			break;
		}
		made += make_ready_locked(task);
	}
	return made;
}

/* Takes an ended task out of its queue; returns the number of tasks that became ready. */
static uint32_t leave_queue_locked(struct tandem_task *task)
{
	struct tandem_sched_queue *queue = task->queue;
	struct tandem_task *next = TAILQ_NEXT(task, queue_link);
	bool was_first = TAILQ_FIRST(&queue->pending) == task;
	uint32_t made = 0;

	TAILQ_REMOVE(&queue->pending, task, queue_link);
	if (queue->first_barrier == task)
		made += pass_barrier_locked(queue, next);
	if (was_first && next)
		made += make_ready_locked(next);
	return made;
}

void tandem_sched_end_task(struct tandem_task *task, int error)
{
	struct tandem_scheduler *scheduler = task->queue->scheduler;
	uint32_t made;
	int status;

	if (task->cancelled)
		return;
	status = task->ops->finish(task, error);
	tandem_task_complete(task, status);
	pthread_mutex_lock(&scheduler->lock);
	made = leave_queue_locked(task);
	/* This thread looks for the first by itself. */
	if (made > 1)
		tandem_sched_call_workers_locked(scheduler, made - 1, true);
	pthread_mutex_unlock(&scheduler->lock);
	task->ops->release(task);
}

/*
 * Moves what is unflushed to the scheduler. @helps: the calling thread is about
 * to run the queue's tasks, so that the first needs no worker.
 */
static void flush_locked(struct tandem_sched_queue *queue, bool helps)
{
	struct tandem_scheduler *scheduler = queue->scheduler;
	struct tandem_task *task, *next;
	uint32_t made = 0;

	if (TAILQ_EMPTY(&queue->unflushed))
		return;
	TAILQ_FOREACH(task, &queue->unflushed, queue_link)
		tandem_task_advance(task, TANDEM_TASK_SUBMITTED);
	pthread_mutex_lock(&scheduler->lock);
	for (task = TAILQ_FIRST(&queue->unflushed); task; task = next) {
		next = TAILQ_NEXT(task, queue_link);
		TAILQ_REMOVE(&queue->unflushed, task, queue_link);
		task->sequence = ++queue->next_sequence;
		TAILQ_INSERT_TAIL(&queue->pending, task, queue_link);
		if (task->holds_later && !queue->first_barrier)
			queue->first_barrier = task;
		atomic_fetch_sub(&task->blockers, 1);
		made += make_ready_locked(task);
	}
	queue->unflushed_count = 0;
	if (made > helps)
		tandem_sched_call_workers_locked(scheduler, made - helps, true);
	pthread_mutex_unlock(&scheduler->lock);
}

static void flush(struct tandem_sched_queue *queue, bool helps)
{
	pthread_mutex_lock(&queue->submit_lock);
	flush_locked(queue, helps);
	pthread_mutex_unlock(&queue->submit_lock);
	if (!helps)
		tandem_sched_stand_in(queue->scheduler);
}

void tandem_sched_flush(struct tandem_sched_queue *queue)
{
	flush(queue, false);
}

void tandem_sched_enqueue(struct tandem_sched_queue *queue, struct tandem_task *task)
{
	task->queue = queue;
	task->timed = queue->timed;
	if (task->timed)
		task->queued_ns = tandem_clock_ns();
	if (queue->in_order)
		task->waits_for_all = true;
	pthread_mutex_lock(&queue->submit_lock);
	TAILQ_INSERT_TAIL(&queue->unflushed, task, queue_link);
	if (++queue->unflushed_count >= UNFLUSHED_LIMIT)
		flush_locked(queue, false);
	pthread_mutex_unlock(&queue->submit_lock);
	tandem_sched_stand_in(queue->scheduler);
}

/* Runs one piece of work that @target waits for. False where there is none for this thread. */
static bool help(struct tandem_task *target, struct tandem_sched_seat *seat)
{
	struct tandem_scheduler *scheduler = target->queue->scheduler;
	struct tandem_group_run *run = NULL;
	struct tandem_task *task;

	pthread_mutex_lock(&scheduler->lock);
	task = tandem_sched_take_task_locked(scheduler, target);
	if (!task)
		run = tandem_sched_join_run_locked(scheduler, seat, target);
	pthread_mutex_unlock(&scheduler->lock);
	if (task)
		tandem_sched_run_task(scheduler, task, seat);
	else if (run)
		tandem_sched_join_groups(scheduler, run, seat);
	return task || run;
}

static void sleep_until_complete(struct tandem_task *task)
{
	int status;

	for (int i = 0; i < WAIT_SPINS; i++) {
		if (tandem_task_status(task) <= 0)
			return;
		tandem_cpu_relax();
	}
	atomic_fetch_add(&task->sleepers, 1);
	while ((status = atomic_load(&task->status)) > 0)
		tandem_futex_wait(&task->status, status);
	atomic_fetch_sub(&task->sleepers, 1);
}

/* Helps until the task is complete, or until there is nothing for this thread. */
static void help_until_complete(struct tandem_task *task)
{
	struct tandem_scheduler *scheduler = task->queue->scheduler;
	struct tandem_sched_seat *seat = tandem_sched_borrow_seat(scheduler);

	if (seat) {
		while (tandem_task_status(task) > 0 && help(task, seat))
			;
	}
	pthread_mutex_lock(&scheduler->lock);
	if (seat)
		tandem_sched_return_seat_locked(scheduler, seat);
	/* What this thread made ready, or was expected to run, is now for others. */
	if (!TAILQ_EMPTY(&scheduler->ready_queues))
		tandem_sched_call_workers_locked(scheduler, 1, true);
	pthread_mutex_unlock(&scheduler->lock);
	tandem_sched_stand_in(scheduler);
}

void tandem_sched_wait(struct tandem_task *task)
{
	if (task->queue) {
		flush(task->queue, true);
		if (tandem_task_status(task) > 0)
			help_until_complete(task);
	}
	if (tandem_task_status(task) > 0)
		sleep_until_complete(task);
}
