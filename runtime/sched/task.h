// SPDX-License-Identifier: MIT
/*
 * A unit of work with dependencies: what stands behind every OpenCL event.
 *
 * Overview
 *	A task is blocked by each task it waits for and by not being submitted yet.
 *	With nothing left to block it, its queue decides when it is ready (see
 *	scheduler.h), a thread runs it, and completing it unblocks its dependents. A
 *	user event is a task without a queue, completed from outside.
 *
 * Locking
 *	Dependencies need no lock: a list of edges that new waiters are pushed on,
 *	and that the completing thread closes and takes in one exchange. The edges
 *	belong to the waiters, which cannot go away while they are blocked.
 *	The links of queues are guarded by the scheduler's lock.
 */
#ifndef TANDEM_SCHED_TASK_H
#define TANDEM_SCHED_TASK_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "driver/driver.h"

/* As OpenCL's execution status: it only ever falls; negative is an error code. */
enum tandem_task_status {
	TANDEM_TASK_COMPLETE = 0,
	TANDEM_TASK_RUNNING = 1,
	TANDEM_TASK_SUBMITTED = 2,
	TANDEM_TASK_QUEUED = 3,
};

/* The error a task ends with, unrun, because a task in its wait list failed. */
#define TANDEM_TASK_DEPENDENCY_FAILED (-ECANCELED)

struct tandem_task;
struct tandem_sched_queue;

struct tandem_task_edge {
	struct tandem_task *waiter;
	struct tandem_task_edge *next;
};

struct tandem_task_ops {
	/* Does the work of a task without groups. 0 or a negative errno. No lock is held. */
	int (*execute)(struct tandem_task *task);
	/*
	 * NULL: the work is one piece. A piece has ended with *@error, 0 or negative: does
	 * what comes next without groups. True where the task's groups are to be run then,
	 * which may be others than before; false at the end, with the error of that. No lock
	 * is held.
	 */
	bool (*next)(struct tandem_task *task, int *error);
	/*
	 * The work has ended with @error, 0 or a negative errno: lets go of what it needed.
	 * Returns the status to end with, COMPLETE or negative. No lock is held.
	 */
	int (*finish)(struct tandem_task *task, int error);
	/* The status has changed to @status. The queue's submit_lock may be held. */
	void (*notify)(struct tandem_task *task, int status);
	/* The scheduler needs the task no more. */
	void (*release)(struct tandem_task *task);
};

/*
 * The groups of a launch while threads take shares of them, see groups.c. Lives
 * in the command, next to its task.
 */
struct tandem_group_run {
	struct tandem_launch *launch;
	uint64_t total; /* groups */
	uint64_t share; /* groups taken at once */
	uint32_t most; /* threads that may take part at once */
	struct tandem_group_range *ranges; /* most of them; NULL where one thread does it all */
	_Atomic bool exhausted; /* a thread has found nothing left to take */
	_Atomic int error;
	uint32_t active; /* threads that take part; scheduler's lock, and so below */
	struct tandem_sched_seat *given_to; /* takes part, but has not come yet */
	bool published;
	TAILQ_HEAD(, tandem_sched_seat) seats; /* of those that take part */
	uint64_t seen_progress; /* by who watches over it */
	uint32_t wanted_threads; /* further ones, at the next sign of no progress; 0 before */
	TAILQ_ENTRY(tandem_group_run) watch_link;
	struct tandem_task *task;
	TAILQ_ENTRY(tandem_group_run) link;
};

struct tandem_task {
	_Atomic int status;
	_Atomic int sleepers; /* threads asleep until the status changes */
	_Atomic uint32_t blockers; /* the last is taken under the scheduler's lock */
	_Atomic bool dependency_failed;
	_Atomic(struct tandem_task_edge *) dependents;
	const struct tandem_task_ops *ops;
	struct tandem_sched_queue *queue; /* NULL for a user event */
	struct tandem_group_run *groups; /* NULL for a task that execute does */

	bool waits_for_all; /* for every earlier task of the queue */
	bool holds_later; /* every later task of the queue waits for it */
	bool runs_user_code; /* never run on a thread that only waits */
	bool timed; /* profiling: note the times */
	uint64_t stack_bytes; /* that running it takes, as far as known */

	bool cancelled; /* in the child of a fork: whoever still runs it must not touch it */
	bool made_ready; /* scheduler's lock, and so the two links and the sequence */
	uint64_t sequence;
	TAILQ_ENTRY(tandem_task) queue_link; /* unflushed, then pending */
	TAILQ_ENTRY(tandem_task) ready_link;

	uint64_t queued_ns, submitted_ns, started_ns, ended_ns;
};

TAILQ_HEAD(tandem_task_list, tandem_task);

/* Makes a task of zeroed memory: status QUEUED, blocked by not being submitted. */
void tandem_task_init(struct tandem_task *task, const struct tandem_task_ops *ops);

/*
 * Makes @waiter wait for @dependency through @edge, which must live as long as
 * @waiter is blocked. Nothing where the dependency is complete already. @waiter
 * must not be submitted yet.
 */
void tandem_task_wait_for(struct tandem_task *waiter, struct tandem_task *dependency,
			  struct tandem_task_edge *edge);

/*
 * Sets the last status, COMPLETE or negative, wakes who sleeps, and unblocks the
 * dependents.
 */
void tandem_task_complete(struct tandem_task *task, int status);

/* Lets nothing wait for the task any more: nobody is told. */
void tandem_task_close(struct tandem_task *task);

/* Lowers the status to SUBMITTED or RUNNING, with the time. */
void tandem_task_advance(struct tandem_task *task, int status);

static inline int tandem_task_status(struct tandem_task *task)
{
	return atomic_load_explicit(&task->status, memory_order_acquire);
}

#endif
