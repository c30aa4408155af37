// SPDX-License-Identifier: MIT
#include "thread.h"

#include <pthread.h>
#include <signal.h>

_Thread_local uint32_t tandem_thread_number;

/* All signals but those that an instruction raises: a thread that blocks these dies of them. */
static void block_asynchronous(sigset_t *before)
{
	static const int synchronous[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS };
	sigset_t blocked;

	sigfillset(&blocked);
	for (size_t i = 0; i < sizeof(synchronous) / sizeof(synchronous[0]); i++)
		sigdelset(&blocked, synchronous[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, before);
}

int tandem_thread_start(void *(*run)(void *), void *argument, size_t stack_bytes)
{
	pthread_attr_t attributes;
	sigset_t before;
	pthread_t thread;
	int error = pthread_attr_init(&attributes);

	if (error)
		return -error;
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (stack_bytes)
		pthread_attr_setstacksize(&attributes, stack_bytes);
	block_asynchronous(&before);
	error = pthread_create(&thread, &attributes, run, argument);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -error;
}
