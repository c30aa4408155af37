// SPDX-License-Identifier: MIT
#include "callbacks.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/clock.h"
#include "util/log.h"
#include "util/thread.h"

/* How long the end of the process waits for a callback that does not return. */
#define FINISH_NS 200000000

static struct {
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t due;
	pthread_cond_t ended;
	struct tandem_callback *first;
	struct tandem_callback **last;
	struct tandem_callback *parents; /* in the child of a fork: the parent's to call */
	bool running; /* the thread exists */
	bool stopping;
	_Atomic bool stranded; /* some wait, and there is no thread for them */
} callbacks = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.due = PTHREAD_COND_INITIALIZER,
	.ended = PTHREAD_COND_INITIALIZER,
	.last = &callbacks.first,
};

static _Thread_local bool is_callback_thread;

static void *callbacks_main(void *unused)
{
	pthread_setname_np(pthread_self(), "tandem-callback");
	is_callback_thread = true;
	pthread_mutex_lock(&callbacks.lock);
	for (;;) {
		struct tandem_callback *callback = callbacks.first;

		if (callback) {
			callbacks.first = callback->next;
			if (!callbacks.first)
				callbacks.last = &callbacks.first;
			pthread_mutex_unlock(&callbacks.lock);
			callback->call(callback);
			pthread_mutex_lock(&callbacks.lock);
		} else if (callbacks.stopping) {
			break;
		} else {
			pthread_cond_wait(&callbacks.due, &callbacks.lock);
		}
	}
	callbacks.running = false;
	pthread_cond_signal(&callbacks.ended);
	pthread_mutex_unlock(&callbacks.lock);
	return unused;
}

static bool start_locked(void)
{
	if (callbacks.running)
		return true;
	if (tandem_thread_start(callbacks_main, NULL, 0)) {
		tandem_warn("no thread for callbacks could be started");
		return false;
	}
	callbacks.running = true;
	return true;
}

void tandem_callbacks_post(struct tandem_callback *callback)
{
	callback->next = NULL;
	pthread_mutex_lock(&callbacks.lock);
	*callbacks.last = callback;
	callbacks.last = &callback->next;
	if (start_locked())
		pthread_cond_signal(&callbacks.due);
	else
		atomic_store(&callbacks.stranded, true);
	pthread_mutex_unlock(&callbacks.lock);
}

void tandem_callbacks_call_stranded(void)
{
	struct tandem_callback *callback;

	if (!atomic_load_explicit(&callbacks.stranded, memory_order_relaxed))
		return;
	pthread_mutex_lock(&callbacks.lock);
	while (!callbacks.running && (callback = callbacks.first)) {
		callbacks.first = callback->next;
		if (!callbacks.first)
			callbacks.last = &callbacks.first;
		pthread_mutex_unlock(&callbacks.lock);
		callback->call(callback);
		pthread_mutex_lock(&callbacks.lock);
	}
	atomic_store(&callbacks.stranded, false);
	pthread_mutex_unlock(&callbacks.lock);
}

void tandem_callbacks_finish(void)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += FINISH_NS;
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	pthread_mutex_lock(&callbacks.lock);
	callbacks.stopping = true;
	pthread_cond_signal(&callbacks.due);
	while (callbacks.running) {
		if (pthread_cond_timedwait(&callbacks.ended, &callbacks.lock, &end) == ETIMEDOUT)
			break;
	}
	pthread_mutex_unlock(&callbacks.lock);
}

void tandem_callbacks_before_fork(void)
{
	pthread_mutex_lock(&callbacks.lock);
}

void tandem_callbacks_after_fork(void)
{
	pthread_mutex_unlock(&callbacks.lock);
}

void tandem_callbacks_after_fork_in_child(void)
{
	*callbacks.last = callbacks.parents;
	callbacks.parents = callbacks.first;
	callbacks.first = NULL;
	callbacks.last = &callbacks.first;
	/* A callback may have forked: then its thread goes on. */
	callbacks.running = is_callback_thread;
	callbacks.due = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
	callbacks.ended = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
	tandem_callbacks_after_fork();
}
