// SPDX-License-Identifier: MIT
/*
 * Further threads for launches whose groups wait for each other.
 *
 * A group may spin until another of its launch gets on, a barrier of all groups for
 * example, though OpenCL promises nothing. Where it is for one that has not begun, and
 * all threads of the launch spin like that, no group is ever begun. So a thread looks at
 * the launches from time to time: one of which no group has begun since the last look,
 * while some wait to begin, gets further threads, twice as many at each look, up to a
 * bound and as far as the system gives threads.
 *
 * That thread looks by itself as long as there are launches now and then, so that these
 * need not call it, and sleeps when there were none for a while.
 */
#include "scheduler_private.h"

#include "util/clock.h"
#include "util/stack.h"

#define LOOK_NS 20000000
/* Looks without a launch before the thread sleeps. */
#define IDLE_LOOKS 25
/* The stack of a further thread, besides what the kernel takes. */
#define STACK_BYTES (512u << 10)

static void *further_main(void *argument)
{
	struct tandem_sched_seat *seat = argument;
	struct tandem_scheduler *scheduler = seat->scheduler;
	struct tandem_group_run *run = seat->given;

	pthread_setname_np(pthread_self(), "tandem-group");
	seat->given = NULL;
	tandem_sched_run_further(scheduler, run, seat);
	pthread_mutex_lock(&scheduler->lock);
	tandem_sched_return_seat_locked(scheduler, seat);
	scheduler->group_threads--;
	/* For what the launch's end has made ready nobody was called: see end_task. */
	if (!TAILQ_EMPTY(&scheduler->ready_queues))
		tandem_sched_call_workers_locked(scheduler, 1, true);
	if (!--scheduler->busy)
		pthread_cond_broadcast(&scheduler->settled);
	tandem_sched_end_thread_locked(scheduler);
	return NULL;
}

static bool add_thread_locked(struct tandem_scheduler *scheduler, struct tandem_group_run *run)
{
	struct tandem_sched_seat *seat = tandem_sched_borrow_seat_locked(scheduler);

	if (!seat)
		return false;
	seat->scheduler = scheduler;
	seat->given = run;
	scheduler->group_threads++;
	scheduler->busy++;
	tandem_sched_join_further_locked(run, seat);
	if (tandem_sched_start_thread_locked(scheduler, further_main, seat,
					     run->task->stack_bytes + STACK_BYTES))
		return true;
	tandem_sched_leave_further_locked(run, seat);
	scheduler->busy--;
	scheduler->group_threads--;
	seat->given = NULL;
	tandem_sched_return_seat_locked(scheduler, seat);
	return false;
}

static void add_threads_locked(struct tandem_scheduler *scheduler, struct tandem_group_run *run)
{
	uint64_t left = tandem_sched_groups_left_locked(run);

	for (uint32_t i = 0; i < run->wanted_threads && i < left; i++) {
		if (run->active >= scheduler->group_thread_limit ||
		    scheduler->group_threads >= scheduler->group_thread_limit ||
		    !add_thread_locked(scheduler, run))
			return;
	}
	run->wanted_threads *= 2;
}

static void look_at_locked(struct tandem_scheduler *scheduler, struct tandem_group_run *run)
{
	uint64_t progress = tandem_sched_progress_locked(run);

	if (!run->wanted_threads)
		run->wanted_threads = 1;
	else if (progress == run->seen_progress)
		add_threads_locked(scheduler, run);
	run->seen_progress = progress;
}

static void *watch_main(void *argument)
{
	struct tandem_scheduler *scheduler = argument;
	unsigned int idle_looks = 0;

	pthread_setname_np(pthread_self(), "tandem-watch");
	pthread_mutex_lock(&scheduler->lock);
	while (!scheduler->stopping) {
		struct tandem_group_run *run;
		struct timespec end = tandem_sched_time_after(LOOK_NS);

		if (idle_looks == IDLE_LOOKS) {
			scheduler->watch_asleep = true;
			while (scheduler->watch_asleep && !scheduler->stopping)
				pthread_cond_wait(&scheduler->watch, &scheduler->lock);
			idle_looks = 0;
			continue;
		}
		pthread_cond_timedwait(&scheduler->watch, &scheduler->lock, &end);
		idle_looks = TAILQ_EMPTY(&scheduler->watched) ? idle_looks + 1 : 0;
		TAILQ_FOREACH(run, &scheduler->watched, watch_link)
			look_at_locked(scheduler, run);
	}
	scheduler->watching = false;
	tandem_sched_end_thread_locked(scheduler);
	return NULL;
}

void tandem_sched_start_watch_locked(struct tandem_scheduler *scheduler)
{
	scheduler->watch_wanted = false;
	scheduler->watching = true;
	if (!tandem_sched_start_thread_locked(scheduler, watch_main, scheduler, STACK_BYTES))
		scheduler->watching = false;
}

void tandem_sched_watch_locked(struct tandem_scheduler *scheduler, struct tandem_group_run *run)
{
	run->wanted_threads = 0;
	TAILQ_INSERT_TAIL(&scheduler->watched, run, watch_link);
	if (scheduler->watch_asleep) {
		scheduler->watch_asleep = false;
		pthread_cond_signal(&scheduler->watch);
	} else if (!scheduler->watching && scheduler->group_thread_limit) {
		scheduler->watch_wanted = true;
		/* This thread runs the launch; a worker that is about to begin has the time. */
		if (!scheduler->beginning)
			tandem_sched_start_watch_locked(scheduler);
	}
}
