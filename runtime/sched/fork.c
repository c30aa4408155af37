// SPDX-License-Identifier: MIT
/*
 * A scheduler across fork.
 *
 * The child has none of the parent's threads, so that what they were doing stays undone
 * for ever, and what was waiting is the parent's to run. All of it ends with an error
 * there, without its clean-up: a thread may have been in the middle of that. Then the
 * scheduler begins anew.
 */
#include "scheduler_private.h"

#include "util/futex.h"

void tandem_scheduler_before_fork(struct tandem_scheduler *scheduler)
{
	struct tandem_sched_queue *queue;

	pthread_mutex_lock(&scheduler->queues_lock);
	TAILQ_FOREACH(queue, &scheduler->queues, all_link)
		pthread_mutex_lock(&queue->submit_lock);
	pthread_mutex_lock(&scheduler->lock);
}

void tandem_scheduler_after_fork(struct tandem_scheduler *scheduler)
{
	struct tandem_sched_queue *queue;

	pthread_mutex_unlock(&scheduler->lock);
	TAILQ_FOREACH(queue, &scheduler->queues, all_link)
		pthread_mutex_unlock(&queue->submit_lock);
	pthread_mutex_unlock(&scheduler->queues_lock);
}

/* The task stays in memory: threads that are gone had it in hand, and waiters have its edges. */
static void cancel(struct tandem_scheduler *scheduler, struct tandem_task *task, int status)
{
	task->cancelled = true;
	task->made_ready = true;
	if (tandem_task_status(task) > 0)
		atomic_store(&task->status, status);
	TAILQ_INSERT_TAIL(&scheduler->cancelled, task, queue_link);
	tandem_task_close(task);
}

static void cancel_list(struct tandem_scheduler *scheduler, struct tandem_task_list *list,
			int status)
{
	struct tandem_task *task;

	while ((task = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, task, queue_link);
		cancel(scheduler, task, status);
	}
}

static void empty_queue(struct tandem_sched_queue *queue, int status)
{
	cancel_list(queue->scheduler, &queue->pending, status);
	cancel_list(queue->scheduler, &queue->unflushed, status);
	queue->unflushed_count = 0;
	TAILQ_INIT(&queue->ready);
	queue->first_barrier = NULL;
	queue->listed = false;
}

/* The calling thread may be one of the scheduler's, inside a task: it has forked there. */
static void forget_threads(struct tandem_scheduler *scheduler)
{
	bool own = tandem_sched_thread_of == scheduler;

	scheduler->workers = own && tandem_sched_thread_is_worker;
	scheduler->threads = own;
	scheduler->busy = own;
	scheduler->next_number = 0;
	scheduler->first_seat = NULL;
	scheduler->idle = 0;
	scheduler->calls = 0;
	scheduler->spinning = 0;
	scheduler->group_threads = 0;
	scheduler->beginning = 0;
	scheduler->watching = false;
	scheduler->watch_wanted = false;
	scheduler->watch_asleep = false;
	scheduler->standby_idle = false;
	scheduler->standby_called = false;
	/* Those that waited on them in the parent are still counted in them. */
	tandem_sched_init_conditions(scheduler);
}

void tandem_scheduler_after_fork_in_child(struct tandem_scheduler *scheduler, int status,
					  bool device_lost)
{
	struct tandem_sched_queue *queue;

	TAILQ_FOREACH(queue, &scheduler->queues, all_link)
		empty_queue(queue, status);
	TAILQ_INIT(&scheduler->ready_queues);
	TAILQ_INIT(&scheduler->runs);
	TAILQ_INIT(&scheduler->watched);
	forget_threads(scheduler);
	scheduler->device_lost = device_lost;
	tandem_scheduler_after_fork(scheduler);
}
