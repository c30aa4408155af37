// SPDX-License-Identifier: MIT
/* The threads of a scheduler. See scheduler.h. */
#include "scheduler_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/alloc.h"
#include "util/clock.h"
#include "util/cpu_x86_64.h"
#include "util/log.h"
#include "util/options.h"
#include "util/stack.h"
#include "util/thread.h"

/* How long an idle worker looks for work before it sleeps: some microseconds. */
#define IDLE_SPINS 400
/* How long a ready task waits for a worker before the standby thread takes it. */
#define STANDBY_PATIENCE_NS 2000000
/* How long the end of the process waits for tasks that are about to end. */
#define SETTLE_NS 200000000

_Thread_local struct tandem_scheduler *tandem_sched_thread_of;
_Thread_local bool tandem_sched_thread_is_worker;

static void *worker_main(void *argument);
static void *standby_main(void *argument);

/* Who finds it taken looks on for a while: it is held for less than it takes to sleep. */
static void init_adaptive_lock(pthread_mutex_t *lock)
{
	pthread_mutexattr_t adaptive;

	pthread_mutexattr_init(&adaptive);
	pthread_mutexattr_settype(&adaptive, PTHREAD_MUTEX_ADAPTIVE_NP);
	pthread_mutex_init(lock, &adaptive);
	pthread_mutexattr_destroy(&adaptive);
}

struct tandem_scheduler *tandem_scheduler_create(uint32_t workers)
{
	struct tandem_scheduler *scheduler = tandem_new(scheduler);

	if (!scheduler)
		return NULL;
	scheduler->worker_limit = workers;
	TAILQ_INIT(&scheduler->queues);
	TAILQ_INIT(&scheduler->ready_queues);
	TAILQ_INIT(&scheduler->runs);
	TAILQ_INIT(&scheduler->watched);
	TAILQ_INIT(&scheduler->cancelled);
	scheduler->group_thread_limit =
		(uint32_t)tandem_option_number(TANDEM_OPTION_GROUP_THREADS, 0, 65536, 256);
	pthread_mutex_init(&scheduler->queues_lock, NULL);
	init_adaptive_lock(&scheduler->lock);
	tandem_sched_init_conditions(scheduler);
	return scheduler;
}

void tandem_sched_init_conditions(struct tandem_scheduler *scheduler)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&scheduler->work, &monotonic);
	pthread_cond_init(&scheduler->standby_work, &monotonic);
	pthread_cond_init(&scheduler->watch, &monotonic);
	pthread_cond_init(&scheduler->thread_ended, &monotonic);
	pthread_cond_init(&scheduler->settled, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

struct timespec tandem_sched_time_after(uint64_t duration_ns)
{
	uint64_t end_ns = tandem_clock_ns() + duration_ns;

	return (struct timespec){ .tv_sec = (time_t)(end_ns / 1000000000),
				  .tv_nsec = (long)(end_ns % 1000000000) };
}

void tandem_scheduler_settle(struct tandem_scheduler *scheduler)
{
	struct timespec end = tandem_sched_time_after(SETTLE_NS);

	pthread_mutex_lock(&scheduler->lock);
	while (scheduler->busy || !TAILQ_EMPTY(&scheduler->ready_queues)) {
		if (pthread_cond_timedwait(&scheduler->settled, &scheduler->lock, &end) ==
		    ETIMEDOUT)
			break;
	}
	pthread_mutex_unlock(&scheduler->lock);
}

void tandem_scheduler_destroy(struct tandem_scheduler *scheduler)
{
	struct tandem_sched_seat *seat, *next;

	pthread_mutex_lock(&scheduler->lock);
	scheduler->stopping = true;
	atomic_fetch_add(&scheduler->work_sequence, 1);
	pthread_cond_broadcast(&scheduler->work);
	pthread_cond_broadcast(&scheduler->standby_work);
	pthread_cond_broadcast(&scheduler->watch);
	while (scheduler->threads > scheduler->busy)
		pthread_cond_wait(&scheduler->thread_ended, &scheduler->lock);
	if (scheduler->threads) {
		tandem_log(TANDEM_LOG_SCHED, "%u threads are still inside a task",
			   scheduler->threads);
		pthread_mutex_unlock(&scheduler->lock);
		return;
	}
	pthread_mutex_unlock(&scheduler->lock);
	for (seat = scheduler->spare_seats; seat; seat = next) {
		next = seat->next;
		tandem_worker_finish(&seat->worker);
		free(seat);
	}
	pthread_cond_destroy(&scheduler->work);
	pthread_cond_destroy(&scheduler->standby_work);
	pthread_cond_destroy(&scheduler->watch);
	pthread_cond_destroy(&scheduler->thread_ended);
	pthread_cond_destroy(&scheduler->settled);
	pthread_mutex_destroy(&scheduler->lock);
	pthread_mutex_destroy(&scheduler->queues_lock);
	free(scheduler);
}

struct tandem_sched_seat *tandem_sched_borrow_seat(struct tandem_scheduler *scheduler)
{
	struct tandem_sched_seat *seat;

	pthread_mutex_lock(&scheduler->lock);
	seat = tandem_sched_borrow_seat_locked(scheduler);
	pthread_mutex_unlock(&scheduler->lock);
	return seat;
}

struct tandem_sched_seat *tandem_sched_borrow_seat_locked(struct tandem_scheduler *scheduler)
{
	struct tandem_sched_seat *seat = scheduler->spare_seats;

	if (seat) {
		scheduler->spare_seats = seat->next;
	} else {
		seat = tandem_new(seat);
		if (seat)
			seat->number = TANDEM_SCHED_NO_NUMBER;
	}
	return seat;
}

void tandem_sched_return_seat_locked(struct tandem_scheduler *scheduler,
				     struct tandem_sched_seat *seat)
{
	seat->next = scheduler->spare_seats;
	scheduler->spare_seats = seat;
}

/* The scheduler counts the thread before it exists, so that the end waits for it. */
bool tandem_sched_start_thread_locked(struct tandem_scheduler *scheduler, void *(*run)(void *),
				      void *argument, size_t stack_bytes)
{
	int error;

	if (scheduler->stopping)
		return false;
	scheduler->threads++;
	error = tandem_thread_start(run, argument, stack_bytes);
	if (error) {
		scheduler->threads--;
		if (!scheduler->warned)
			tandem_warn("no thread could be started: %s", strerror(-error));
		scheduler->warned = true;
	}
	return !error;
}

static bool start_thread_locked(struct tandem_scheduler *scheduler, void *(*run)(void *))
{
	bool started;

	if (scheduler->threads - scheduler->group_threads >= TANDEM_SCHED_MAX_THREADS)
		return false;
	started = tandem_sched_start_thread_locked(scheduler, run, scheduler,
						   TANDEM_WORKER_STACK_BYTES);
	atomic_store(&scheduler->threadless, !started && !tandem_sched_runners_locked(scheduler));
	return started;
}

static void call_standby_locked(struct tandem_scheduler *scheduler)
{
	if (scheduler->standby_called)
		return;
	scheduler->standby_called = true;
	if (scheduler->standby_idle)
		pthread_cond_signal(&scheduler->standby_work);
	else if (!start_thread_locked(scheduler, standby_main))
		scheduler->standby_called = false;
}

void tandem_sched_call_workers_locked(struct tandem_scheduler *scheduler, uint32_t count,
				      bool must_run)
{
	/* Who spins, or was called and is not there yet, finds this work as well. */
	uint32_t coming = scheduler->spinning + scheduler->calls;

	atomic_fetch_add(&scheduler->work_sequence, 1);
	if (coming)
		count = count > coming ? count - coming : 0;
	while (count && scheduler->idle) {
		scheduler->idle--;
		scheduler->calls++;
		pthread_cond_signal(&scheduler->work);
		count--;
	}
	while (count && scheduler->workers < scheduler->worker_limit) {
		if (!start_thread_locked(scheduler, worker_main))
			break;
		scheduler->workers++;
		scheduler->beginning++;
		count--;
	}
	if (count && must_run)
		call_standby_locked(scheduler);
}

/* Runs one piece of work, if there is any. Entered and left with the lock held. */
static bool work_once_locked(struct tandem_scheduler *scheduler, struct tandem_sched_seat *seat,
			     bool tasks_only)
{
	struct tandem_group_run *given = seat->given, *run = NULL;
	struct tandem_task *task = NULL;

	if (given) {
		given->given_to = NULL;
		seat->given = NULL;
	} else {
		task = tandem_sched_take_task_locked(scheduler, NULL);
		if (!task && !tasks_only)
			run = tandem_sched_join_run_locked(scheduler, seat, NULL);
	}
	if (!given && !task && !run)
		return false;
	scheduler->busy++;
	pthread_mutex_unlock(&scheduler->lock);
	if (given)
		tandem_sched_run_given(scheduler, given, seat);
	else if (task)
		tandem_sched_run_task(scheduler, task, seat);
	else
		tandem_sched_join_groups(scheduler, run, seat);
	pthread_mutex_lock(&scheduler->lock);
	if (!--scheduler->busy)
		pthread_cond_broadcast(&scheduler->settled);
	return true;
}

/* Looks out for new work for a short while, without the lock. */
static void spin_locked(struct tandem_scheduler *scheduler, struct tandem_sched_seat *seat)
{
	unsigned int seen = atomic_load(&scheduler->work_sequence);

	scheduler->spinning++;
	seat->spinning = true;
	pthread_mutex_unlock(&scheduler->lock);
	for (int i = 0; i < IDLE_SPINS; i++) {
		if (atomic_load_explicit(&scheduler->work_sequence, memory_order_relaxed) != seen)
			break;
		tandem_cpu_relax();
	}
	pthread_mutex_lock(&scheduler->lock);
	/* Who gave it a launch has taken it out of those that spin. */
	scheduler->spinning -= seat->spinning;
	seat->spinning = false;
}

void tandem_sched_stand_in(struct tandem_scheduler *scheduler)
{
	static _Thread_local bool stands_in;
	struct tandem_sched_seat *seat;
	struct tandem_task *task;

	/* What a task makes ready is for the loop below, however deep it runs. */
	if (!atomic_load_explicit(&scheduler->threadless, memory_order_relaxed) || stands_in)
		return;
	seat = tandem_sched_borrow_seat(scheduler);
	stands_in = true;
	pthread_mutex_lock(&scheduler->lock);
	while (!tandem_sched_runners_locked(scheduler) &&
	       (task = tandem_sched_take_task_locked(scheduler, NULL))) {
		pthread_mutex_unlock(&scheduler->lock);
		if (seat && tandem_stack_has(task->stack_bytes))
			tandem_sched_run_task(scheduler, task, seat);
		else
			tandem_sched_end_task(task, -ENOMEM);
		pthread_mutex_lock(&scheduler->lock);
	}
	if (seat)
		tandem_sched_return_seat_locked(scheduler, seat);
	pthread_mutex_unlock(&scheduler->lock);
	stands_in = false;
}

void tandem_sched_end_thread_locked(struct tandem_scheduler *scheduler)
{
	scheduler->threads--;
	pthread_cond_broadcast(&scheduler->thread_ended);
	pthread_mutex_unlock(&scheduler->lock);
}

static void *worker_main(void *argument)
{
	struct tandem_scheduler *scheduler = argument;
	struct tandem_sched_seat seat = { 0 };
	unsigned int seen;

	pthread_setname_np(pthread_self(), "tandem-worker");
	tandem_sched_thread_of = scheduler;
	tandem_sched_thread_is_worker = true;
	pthread_mutex_lock(&scheduler->lock);
	scheduler->beginning--;
	if (scheduler->watch_wanted)
		tandem_sched_start_watch_locked(scheduler);
	seat.number = scheduler->next_number++;
	if (!seat.number)
		scheduler->first_seat = &seat;
	while (!scheduler->stopping || seat.given) {
		seen = atomic_load(&scheduler->work_sequence);
		if (work_once_locked(scheduler, &seat, false))
			continue;
		spin_locked(scheduler, &seat);
		if (seat.given || atomic_load(&scheduler->work_sequence) != seen)
			continue;
		scheduler->idle++;
		while (!scheduler->calls && !scheduler->stopping)
			pthread_cond_wait(&scheduler->work, &scheduler->lock);
		/* Whoever called has taken this worker out of idle. */
		if (scheduler->calls)
			scheduler->calls--;
	}
	scheduler->workers--;
	if (scheduler->first_seat == &seat)
		scheduler->first_seat = NULL;
	tandem_worker_finish(&seat.worker);
	tandem_sched_end_thread_locked(scheduler);
	return NULL;
}

/* Watches until no worker has taken any task for a while, though some are ready: true. */
static bool watch_locked(struct tandem_scheduler *scheduler)
{
	struct timespec end = tandem_sched_time_after(STANDBY_PATIENCE_NS);
	uint64_t taken = scheduler->tasks_taken;

	while (!scheduler->stopping && !TAILQ_EMPTY(&scheduler->ready_queues)) {
		if (pthread_cond_timedwait(&scheduler->standby_work, &scheduler->lock, &end) !=
		    ETIMEDOUT)
			continue;
		if (scheduler->tasks_taken == taken)
			return !TAILQ_EMPTY(&scheduler->ready_queues);
		taken = scheduler->tasks_taken;
		end = tandem_sched_time_after(STANDBY_PATIENCE_NS);
	}
	return false;
}

/*
 * Takes over a task that no worker comes for. There is one standby at a time
 * that watches; once it has a task to run, the next call makes another.
 */
static void *standby_main(void *argument)
{
	struct tandem_scheduler *scheduler = argument;
	struct tandem_sched_seat seat = { .number = TANDEM_SCHED_NO_NUMBER };
	bool leaves;

	pthread_setname_np(pthread_self(), "tandem-standby");
	tandem_sched_thread_of = scheduler;
	pthread_mutex_lock(&scheduler->lock);
	while (!scheduler->stopping) {
		if (watch_locked(scheduler)) {
			scheduler->standby_called = false;
			/* Others may be stuck as well, once this thread is. */
			work_once_locked(scheduler, &seat, true);
			leaves = scheduler->standby_idle || scheduler->standby_called;
			/* For what that has made ready nobody was called: see end_task. */
			if (!TAILQ_EMPTY(&scheduler->ready_queues))
				tandem_sched_call_workers_locked(scheduler, 1, leaves);
			if (leaves)
				break;
			if (!TAILQ_EMPTY(&scheduler->ready_queues)) {
				scheduler->standby_called = true;
				continue;
			}
		}
		scheduler->standby_called = false;
		scheduler->standby_idle = true;
		while (!scheduler->standby_called && !scheduler->stopping)
			pthread_cond_wait(&scheduler->standby_work, &scheduler->lock);
		scheduler->standby_idle = false;
	}
	tandem_worker_finish(&seat.worker);
	tandem_sched_end_thread_locked(scheduler);
	return NULL;
}
