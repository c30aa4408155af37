// SPDX-License-Identifier: MIT
#include "jobs.h"

#include <pthread.h>
#include <stdatomic.h>

#include "stack.h"
#include "thread.h"

struct jobs {
	void (*run)(void *argument, uint32_t number);
	void *argument;
	uint32_t count;
	_Atomic uint32_t next; /* that nobody has */
	pthread_mutex_t mutex;
	pthread_cond_t thread_ended;
	unsigned int threads; /* that have not ended; guarded by the mutex */
};

static void do_jobs(struct jobs *jobs)
{
	uint32_t number;

	while ((number = atomic_fetch_add(&jobs->next, 1)) < jobs->count)
		jobs->run(jobs->argument, number);
}

static void *run_thread(void *argument)
{
	struct jobs *jobs = argument;

	do_jobs(jobs);
	pthread_mutex_lock(&jobs->mutex);
	jobs->threads--;
	pthread_cond_signal(&jobs->thread_ended);
	pthread_mutex_unlock(&jobs->mutex);
	return NULL;
}

void tandem_jobs_run(uint32_t count, unsigned int threads,
		     void (*run)(void *argument, uint32_t number), void *argument)
{
	struct jobs jobs = { .run = run,
			     .argument = argument,
			     .count = count,
			     .mutex = PTHREAD_MUTEX_INITIALIZER,
			     .thread_ended = PTHREAD_COND_INITIALIZER };

	pthread_mutex_lock(&jobs.mutex);
	for (unsigned int i = 1; i < threads && i < count; i++)
		jobs.threads += !tandem_thread_start(run_thread, &jobs, TANDEM_WORKER_STACK_BYTES);
	pthread_mutex_unlock(&jobs.mutex);
	do_jobs(&jobs);
	pthread_mutex_lock(&jobs.mutex);
	while (jobs.threads)
		pthread_cond_wait(&jobs.thread_ended, &jobs.mutex);
	pthread_mutex_unlock(&jobs.mutex);
}
