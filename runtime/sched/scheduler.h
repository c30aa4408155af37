// SPDX-License-Identifier: MIT
/*
 * Queues of tasks, and the threads that run them.
 *
 * Overview
 *	A scheduler belongs to a root device and has worker threads, started as they
 *	are needed, one for each compute unit. Its queues hold submitted tasks; a
 *	task is ready once nothing blocks it and its place in the queue allows it:
 *	in an in-order queue it must be the first, behind an incomplete barrier it
 *	must wait. Workers take ready tasks from the queues in turn.
 *
 *	A launch of several groups is published while it runs, and idle workers
 *	join. Each thread works through a stretch of the groups of its own, and takes
 *	over from the others when that is done (groups.c). The lowest group that is
 *	not done is always being run. The last thread to leave completes the task.
 *
 *	A thread that waits for a task helps: it runs ready tasks of that task's
 *	queue, and joins that queue's launches, which all must end before its wait
 *	can. It takes nothing from other queues: a kernel there may wait for what
 *	this thread does later.
 *
 * Progress
 *	A kernel may spin until another command or the host gets on. So a ready task
 *	never waits for long: where all workers stay busy, a standby thread takes it
 *	after a short while. Hence every ready task runs, up to a bound of threads.
 *	Where the system allows no thread at all, whoever submits or unblocks a task
 *	runs it before the call returns.
 *
 * Locking
 *	submit_lock of a queue guards what is enqueued but not flushed. lock of the
 *	scheduler guards the rest, and is taken inside submit_lock. No lock is held
 *	while a task or a callback runs. queues_lock guards the list of queues; a
 *	fork takes it, then the submit_lock of each, then lock.
 */
#ifndef TANDEM_SCHED_SCHEDULER_H
#define TANDEM_SCHED_SCHEDULER_H

#include <pthread.h>

#include "task.h"

struct tandem_scheduler;

struct tandem_sched_queue {
	struct tandem_scheduler *scheduler;
	struct tandem_device_core *device;
	bool in_order;
	bool timed;
	uint32_t most_threads; /* of one launch */

	pthread_mutex_t submit_lock;
	struct tandem_task_list unflushed; /* submit_lock, and so the next */
	unsigned int unflushed_count;

	struct tandem_task_list pending; /* the scheduler's lock, and so all below */
	struct tandem_task_list ready;
	struct tandem_task *first_barrier; /* the first in pending with holds_later */
	uint64_t next_sequence;
	bool listed;
	TAILQ_ENTRY(tandem_sched_queue) ready_link;
	TAILQ_ENTRY(tandem_sched_queue) all_link; /* the scheduler's queues_lock */
};

/* A scheduler with at most @workers threads. Starts none yet. NULL without memory. */
struct tandem_scheduler *tandem_scheduler_create(uint32_t workers);

/* Waits until no thread is inside a task, but not for long: a kernel may run for ever. */
void tandem_scheduler_settle(struct tandem_scheduler *scheduler);

/*
 * Ends the threads. Those inside a task that does not end are left alone, with
 * the scheduler's memory: a kernel may run for ever when the process exits.
 */
void tandem_scheduler_destroy(struct tandem_scheduler *scheduler);

/*
 * Around fork: stops all changes, and lets them go on. In the child every task that was
 * not complete ends with @status, negative, and the scheduler has no threads yet.
 * @device_lost: no launch can run there.
 */
void tandem_scheduler_before_fork(struct tandem_scheduler *scheduler);
void tandem_scheduler_after_fork(struct tandem_scheduler *scheduler);
void tandem_scheduler_after_fork_in_child(struct tandem_scheduler *scheduler, int status,
					  bool device_lost);

int tandem_sched_queue_init(struct tandem_sched_queue *queue, struct tandem_scheduler *scheduler,
			    struct tandem_device_core *device, uint32_t most_threads);

/* The queue must have no tasks left. */
void tandem_sched_queue_finish(struct tandem_sched_queue *queue);

/*
 * Adds a task whose dependencies are set. It runs no earlier than the next
 * flush, which comes by itself after a number of tasks. From here until its
 * release operation is called the scheduler needs the task.
 */
void tandem_sched_enqueue(struct tandem_sched_queue *queue, struct tandem_task *task);

/* Submits what was enqueued; workers start on it at once. */
void tandem_sched_flush(struct tandem_sched_queue *queue);

/* Waits until @task is complete, and helps with its queue meanwhile. */
void tandem_sched_wait(struct tandem_task *task);

/* Takes one blocker from @task, and makes it ready where that was the last. */
void tandem_sched_unblock(struct tandem_task *task);

#endif
