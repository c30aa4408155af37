// SPDX-License-Identifier: MIT
#include "callbacks.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/clock.h"
#include "util/log.h"

/* How long the end of the process waits for a callback that does not return. */
#define FINISH_NS 200000000

static struct {
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t due;
	pthread_cond_t ended;
	struct tandem_callback *first;
	struct tandem_callback **last;
	bool running; /* the thread exists */
	bool stopping;
} callbacks = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.due = PTHREAD_COND_INITIALIZER,
	.ended = PTHREAD_COND_INITIALIZER,
	.last = &callbacks.first,
};

static void *callbacks_main(void *unused)
{
	pthread_setname_np(pthread_self(), "tandem-callback");
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
	sigset_t every, before;
	pthread_t thread;
	int error;

	if (callbacks.running)
		return true;
	sigfillset(&every);
	pthread_sigmask(SIG_SETMASK, &every, &before);
	error = pthread_create(&thread, NULL, callbacks_main, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error) {
		tandem_warn("no thread for callbacks could be started");
		return false;
	}
	pthread_detach(thread);
	callbacks.running = true;
	return true;
}

void tandem_callbacks_post(struct tandem_callback *callback)
{
	bool started;

	callback->next = NULL;
	pthread_mutex_lock(&callbacks.lock);
	started = start_locked();
	if (started) {
		*callbacks.last = callback;
		callbacks.last = &callback->next;
		pthread_cond_signal(&callbacks.due);
	}
	pthread_mutex_unlock(&callbacks.lock);
	if (!started)
		callback->call(callback);
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
