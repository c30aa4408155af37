// SPDX-License-Identifier: MIT
/* What the files of the scheduler share with each other. */
#ifndef TANDEM_SCHED_SCHEDULER_PRIVATE_H
#define TANDEM_SCHED_SCHEDULER_PRIVATE_H

#include <time.h>

#include "driver/worker.h"
#include "scheduler.h"

/* Threads of one scheduler, workers and standbys: the bound of the progress guarantee. */
#define TANDEM_SCHED_MAX_THREADS 256

TAILQ_HEAD(tandem_sched_queue_list, tandem_sched_queue);
TAILQ_HEAD(tandem_group_run_list, tandem_group_run);

/* The number of a seat that is lent to waiting threads. */
#define TANDEM_SCHED_NO_NUMBER UINT32_MAX

/* A thread's place to run groups in: a worker's own, or lent to a thread that waits. */
struct tandem_sched_seat {
	struct tandem_worker worker;
	uint32_t number; /* of the worker: the range that it would have of a launch */
	struct tandem_scheduler *scheduler; /* of a further thread of a launch */
	bool spinning; /* scheduler's lock, and so below */
	TAILQ_ENTRY(tandem_sched_seat) run_link; /* of the launch that it takes part in */
	struct tandem_group_run *given; /* the launch whose first range it begins next */
	struct tandem_sched_seat *next; /* in spare_seats */
};

struct tandem_scheduler {
	uint32_t worker_limit;
	/* Changes with every new piece of work: what a thread that spins looks at. */
	_Atomic unsigned int work_sequence;
	_Atomic bool threadless; /* there is no thread, and none could be started */

	pthread_mutex_t queues_lock; /* guards queues */
	struct tandem_sched_queue_list queues; /* all of them */

	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t work; /* idle workers */
	pthread_cond_t standby_work; /* the idle standby */
	pthread_cond_t thread_ended;
	pthread_cond_t settled; /* no thread is inside a task */
	struct tandem_sched_queue_list ready_queues;
	struct tandem_group_run_list runs;
	struct tandem_task_list cancelled; /* by a fork, in the child */
	struct tandem_sched_seat *spare_seats;
	struct tandem_sched_seat *first_seat; /* of worker 0; NULL before it runs */
	uint32_t next_number; /* of a worker */
	uint32_t workers; /* started and not ended */
	uint32_t idle; /* workers asleep that nobody has called yet */
	uint32_t calls; /* workers called that have not woken yet */
	uint32_t beginning; /* workers that were started and have not come to the lock yet */
	uint32_t spinning;
	uint32_t threads; /* workers and standbys */
	uint32_t busy; /* threads inside a task */
	uint32_t group_threads; /* among them, the further threads of launches */
	uint32_t group_thread_limit;
	struct tandem_group_run_list watched; /* launches of several groups, until their end */
	pthread_cond_t watch; /* the thread that watches over them */
	bool watching; /* that thread exists */
	bool watch_wanted; /* the worker that begins next starts that thread */
	bool watch_asleep; /* until it is called: there was no launch for a while */
	bool standby_idle;
	bool standby_called;
	bool stopping;
	bool warned; /* that no thread could be started */
	bool device_lost; /* set while there are no threads: launches fail */
	uint64_t tasks_taken;
};

/* Threads that run tasks, or will when they are free. */
static inline uint32_t tandem_sched_runners_locked(const struct tandem_scheduler *scheduler)
{
	return scheduler->threads - scheduler->group_threads - scheduler->watching;
}

/* The scheduler that the calling thread belongs to, or NULL, and as what. */
extern _Thread_local struct tandem_scheduler *tandem_sched_thread_of;
extern _Thread_local bool tandem_sched_thread_is_worker;

/* When it is @duration_ns later, for the scheduler's conditions. */
struct timespec tandem_sched_time_after(uint64_t duration_ns);

void tandem_sched_init_conditions(struct tandem_scheduler *scheduler);

/*
 * Takes the next ready task. @target: what a helping thread waits for, and then
 * only a task that this wait depends on; NULL for a worker.
 */
struct tandem_task *tandem_sched_take_task_locked(struct tandem_scheduler *scheduler,
						  struct tandem_task *target);

/* Joins a published launch with groups left; @target as above. */
struct tandem_group_run *tandem_sched_join_run_locked(struct tandem_scheduler *scheduler,
						      struct tandem_sched_seat *seat,
						      struct tandem_task *target);

/* Joins a launch as a further thread, beyond those that its queue allows. */
void tandem_sched_join_further_locked(struct tandem_group_run *run, struct tandem_sched_seat *seat);

/* Takes that back. */
void tandem_sched_leave_further_locked(struct tandem_group_run *run,
				       struct tandem_sched_seat *seat);

/* Takes part in a launch as a further thread, which joined. No lock. */
void tandem_sched_run_further(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
			      struct tandem_sched_seat *seat);

/* Groups of the launch that no thread has begun. */
uint64_t tandem_sched_groups_left_locked(struct tandem_group_run *run);

/* A number that changes when the launch's threads begin groups. */
uint64_t tandem_sched_progress_locked(struct tandem_group_run *run);

/* Begins to watch over a launch for which workers were called, see further_threads.c. */
void tandem_sched_watch_locked(struct tandem_scheduler *scheduler, struct tandem_group_run *run);

/* Starts the thread that watches. */
void tandem_sched_start_watch_locked(struct tandem_scheduler *scheduler);

/* Starts a thread that counts among the scheduler's; false where none can be had. */
bool tandem_sched_start_thread_locked(struct tandem_scheduler *scheduler, void *(*run)(void *),
				      void *argument, size_t stack_bytes);

/* @seat's thread ends: the last that the scheduler hears of it. Releases the lock. */
void tandem_sched_end_thread_locked(struct tandem_scheduler *scheduler);

/* Whether a thread that waits for @target may run @task meanwhile. */
bool tandem_sched_may_help_locked(const struct tandem_task *task, const struct tandem_task *target);

/* Runs a task that was taken, until it is complete or others go on with it. No lock. */
void tandem_sched_run_task(struct tandem_scheduler *scheduler, struct tandem_task *task,
			   struct tandem_sched_seat *seat);

/* Takes part in a launch that was joined. No lock. */
void tandem_sched_join_groups(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
			      struct tandem_sched_seat *seat);

/* Takes part in the launch that was given to the seat. No lock. */
void tandem_sched_run_given(struct tandem_scheduler *scheduler, struct tandem_group_run *run,
			    struct tandem_sched_seat *seat);

/* Ends a task whose work has ended with @error. No lock. */
void tandem_sched_end_task(struct tandem_task *task, int error);

/*
 * Sees to it that @count threads look for work. @must_run: a task is ready, so
 * where no worker is free a standby thread has to watch over it.
 */
void tandem_sched_call_workers_locked(struct tandem_scheduler *scheduler, uint32_t count,
				      bool must_run);

/*
 * Where the scheduler has no threads and gets none, runs what is ready on the calling
 * thread. No lock.
 */
void tandem_sched_stand_in(struct tandem_scheduler *scheduler);

/* A seat for a thread that is no worker; NULL without memory. */
struct tandem_sched_seat *tandem_sched_borrow_seat(struct tandem_scheduler *scheduler);
struct tandem_sched_seat *tandem_sched_borrow_seat_locked(struct tandem_scheduler *scheduler);
void tandem_sched_return_seat_locked(struct tandem_scheduler *scheduler,
				     struct tandem_sched_seat *seat);

#endif
