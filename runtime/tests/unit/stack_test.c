// SPDX-License-Identifier: MIT
/* How much stack is left, on stacks of every kind. */
#include "util/stack.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

#define THREAD_BYTES (4u << 20)
#define LIMIT_BYTES  (4u << 20)

/* ---- other threads ---- */

static void *check_thread(void *unused)
{
	check(tandem_stack_has(THREAD_BYTES / 2), "a thread has no half of its stack");
	check(!tandem_stack_has(THREAD_BYTES), "a thread has all of its stack twice");
	return unused;
}

/* After a fork, the only thread is the first by its number, on the stack it had before. */
static void *fork_in_thread(void *unused)
{
	pid_t child = fork();
	int status;

	if (!child) {
		check_thread(NULL);
		_exit(check_result());
	}
	check_fatal(child > 0, "no process can be made");
	check(waitpid(child, &status, 0) == child && !status,
	      "in a child of another thread: status %d", status);
	return unused;
}

static void run_thread(void *(*function)(void *))
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, THREAD_BYTES);
	check_fatal(!pthread_create(&thread, &attributes, function, NULL), "no thread");
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attributes);
}

/* ---- stacks that nobody knows the size of ---- */

static bool has_little;

static void ask(void)
{
	has_little = tandem_stack_has(1);
}

static void check_coroutine(void)
{
	static ucontext_t here, there;
	char *stack = malloc(THREAD_BYTES);

	check_fatal(stack, "no memory");
	getcontext(&there);
	there.uc_stack.ss_sp = stack;
	there.uc_stack.ss_size = THREAD_BYTES;
	there.uc_link = &here;
	has_little = true;
	makecontext(&there, ask, 0);
	swapcontext(&here, &there);
	check(!has_little, "a coroutine's stack is taken for the thread's");
	free(stack);
}

/* ---- the first thread ---- */

/* With more and more of it in use, the limit is met: neither long before nor behind it. */
static __attribute__((noinline)) bool reaches_limit(unsigned int depth)
{
	volatile char frame[64 << 10];

	frame[0] = frame[sizeof(frame) - 1] = (char)depth;
	if (!tandem_stack_has(sizeof(frame)))
		return depth * sizeof(frame) > LIMIT_BYTES / 2;
	return depth * sizeof(frame) < LIMIT_BYTES && reaches_limit(depth + 1) &&
	       frame[0] == (char)depth;
}

static void check_first(void)
{
	check(tandem_stack_has(LIMIT_BYTES / 2), "the first thread has no half of its limit");
	check(!tandem_stack_has(LIMIT_BYTES), "the first thread has more than its limit");
	check(reaches_limit(0), "the first thread's limit is not met");
}

int main(int count, char **arguments)
{
	const struct rlimit limit = { LIMIT_BYTES, LIMIT_BYTES };

	/* The limit is that of a new process, as for any program that a user limits. */
	if (count == 1) {
		check_fatal(!setrlimit(RLIMIT_STACK, &limit), "no limit can be set");
		execl("/proc/self/exe", arguments[0], "--limited", NULL);
		check_fatal(false, "the program cannot be run again");
	}
	check_first();
	check_coroutine();
	run_thread(check_thread);
	run_thread(fork_in_thread);
	return check_result();
}
