// SPDX-License-Identifier: MIT
/* What a case calls in its own process: verdicts, steps, waiting, chance. */
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

static struct svm_result *current;
static unsigned int await_limit_s;
static _Atomic(_Atomic cl_uint *) stop_word;
static uint64_t rounds_began_ns;

uint64_t svm_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- the end ---- */

void svm_stop_word(_Atomic cl_uint *word)
{
	atomic_store(&stop_word, word);
}

void svm_child_stop(void)
{
	_Atomic cl_uint *word = atomic_load(&stop_word);

	if (word)
		atomic_store(word, 1);
}

static void on_terminate(int signal_number)
{
	svm_child_stop();
}

void svm_child_begin(struct svm_result *result, unsigned int timeout_s)
{
	struct sigaction action = { .sa_handler = on_terminate, .sa_flags = SA_RESTART };

	current = result;
	/* Sooner than the parent's bound, and as much later on a slow device. */
	await_limit_s = (timeout_s + 1) / 2;
	sigaction(SIGTERM, &action, NULL);
}

_Noreturn static void end(enum svm_status status)
{
	current->status = status;
	fflush(NULL);
	svm_child_stop();
	/* Not exit(): a driver may wait there for what will never end. */
	_exit(status == SVM_STATUS_FAIL ? SVM_EXIT_FAILED : SVM_EXIT_SKIPPED);
}

_Noreturn void svm_fail(const char *file, int line, const char *format, ...)
{
	const char *slash = strrchr(file, '/');
	va_list arguments;
	int length;

	length = snprintf(current->message, sizeof(current->message),
			  "%s:%d: ", slash ? slash + 1 : file, line);
	va_start(arguments, format);
	vsnprintf(current->message + length, sizeof(current->message) - (size_t)length, format,
		  arguments);
	va_end(arguments);
	end(SVM_STATUS_FAIL);
}

_Noreturn void svm_skip(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(current->message, sizeof(current->message), format, arguments);
	va_end(arguments);
	end(SVM_STATUS_SKIP);
}

void svm_check_equal(const char *file, int line, int64_t expected, int64_t seen, const char *text)
{
	if (expected != seen)
		svm_fail(file, line, "%s: expected %lld, seen %lld", text, (long long)expected,
			 (long long)seen);
}

void svm_check_code(const char *file, int line, cl_int expected, cl_int seen, const char *call)
{
	if (expected != seen)
		svm_fail(file, line, "%.300s: expected %s, seen %s (%d)", call,
			 svm_error_name(expected), svm_error_name(seen), seen);
}

/* ---- where it is ---- */

void svm_step(const char *what)
{
	snprintf(current->step, sizeof(current->step), "%s", what);
}

void svm_iteration(uint64_t iteration)
{
	current->iteration = iteration;
	current->has_iteration = true;
}

bool svm_more(const struct svm_run *run, uint64_t iteration, uint64_t rounds)
{
	if (!iteration)
		rounds_began_ns = svm_now_ns();
	svm_iteration(iteration);
	if (!iteration || iteration < rounds / run->sample)
		return true;
	return svm_now_ns() - rounds_began_ns < (uint64_t)run->seconds * 1000000000u;
}

void svm_axes(const char *x, const char *y)
{
	snprintf(current->axes[0], sizeof(current->axes[0]), "%s", x);
	snprintf(current->axes[1], sizeof(current->axes[1]), "%s", y);
}

void svm_series(unsigned int index, const char *name, const double *x, const double *y,
		unsigned int count)
{
	struct svm_curve *curve = &current->curves[index];

	snprintf(curve->name, sizeof(curve->name), "%s", name);
	curve->count = count < SVM_SERIES_POINTS ? count : SVM_SERIES_POINTS;
	memcpy(curve->x, x, curve->count * sizeof(*x));
	memcpy(curve->y, y, curve->count * sizeof(*y));
}

/* ---- waiting ---- */

static void await(_Atomic cl_uint *word, cl_uint wanted, bool exactly, const char *what)
{
	uint64_t began_ns = svm_now_ns();
	cl_uint seen;

	svm_step(what);
	while ((seen = atomic_load(word)) != wanted && (exactly || seen < wanted)) {
		svm_expect(svm_now_ns() - began_ns < await_limit_s * 1000000000ull,
			   "%s: expected %u, seen %u after %u s", what, wanted, seen,
			   await_limit_s);
		sched_yield();
	}
}

void svm_await(_Atomic cl_uint *word, cl_uint wanted, const char *what)
{
	await(word, wanted, true, what);
}

void svm_await_at_least(_Atomic cl_uint *word, cl_uint wanted, const char *what)
{
	await(word, wanted, false, what);
}

/* ---- chance: SplitMix64 ---- */

uint64_t svm_random_next(struct svm_random *random)
{
	uint64_t mixed = (random->state += 0x9e3779b97f4a7c15u);

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
	return mixed ^ (mixed >> 31);
}

uint64_t svm_random_below(struct svm_random *random, uint64_t limit)
{
	return svm_random_next(random) % limit;
}
