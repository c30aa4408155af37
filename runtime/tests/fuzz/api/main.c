// SPDX-License-Identifier: MIT
/*
 * api-fuzz: sequences of OpenCL calls made at random, right ones and wrong ones, and what
 * must come of them. world.h tells how.
 */
#include "world.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SKIPPED	     77
#define MOST_THREADS 16
#define ROUND_STEPS  2000

static const char usage_text[] =
	"usage: api-fuzz [OPTION...]\n"
	"Calls OpenCL at random, with seeds, and checks what must hold.\n"
	"\n"
	"  --seed N         the first seed (1)\n"
	"  --steps N        so many steps, of all threads together (20000)\n"
	"  --seconds N      for so long instead\n"
	"  --threads N      on so many threads, which share some objects (1)\n"
	"  --compile N      once in so many steps one that takes the compiler (20000); 0 for none\n"
	"  --patience N     seconds after which a step counts as hanging (120)\n"
	"  --trace          prints the steps as they are taken\n"
	"  --plant FAULT    to test api-fuzz itself: 'difference', 'crash' or 'hang' at step 50\n"
	"  --help           this text\n"
	"\n"
	"After 2000 steps a thread releases everything and begins anew, with the next seed. On\n"
	"one thread a seed takes the same steps each time: what fails prints its seed and step,\n"
	"and 'api-fuzz --seed SEED --steps 2000' takes them again. Ends with 0, with 1 where a\n"
	"result is wrong, by SIGABRT where a step hangs, and with 77 where there is no device.\n"
	"\n"
	"TANDEM_API_FUZZ_SECONDS is --seconds where neither that nor --steps is given.\n";

static struct {
	uint64_t seed, steps, seconds, compile, patience;
	unsigned int threads;
	bool trace;
	const char *fault;
} options = { .seed = 1, .compile = 20000, .patience = 120, .threads = 1 };

struct runner {
	pthread_t thread;
	unsigned int number;
	_Atomic uint64_t seed; /* of the round */
	struct world world;
	unsigned char scratch[MOST_BYTES];
};

cl_platform_id fuzz_platform;
cl_device_id fuzz_device;

static struct runner runners[MOST_THREADS];
static _Atomic uint64_t rounds_begun, steps_taken;
static _Atomic bool is_over;

static pthread_mutex_t end_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t thread_ended = PTHREAD_COND_INITIALIZER;
static unsigned int threads_running; /* guarded by end_lock */

/* ---- what failed ---- */

/* Where all threads are, also from a handler of signals. */
static void say_where(void)
{
	char line[256];

	for (unsigned int i = 0; i < options.threads; i++) {
		struct runner *runner = &runners[i];
		const char *action = runner->world.action;
		int length = snprintf(line, sizeof(line), "thread %u: seed %llu, step %llu: %s\n",
				      i, (unsigned long long)runner->seed,
				      (unsigned long long)runner->world.step,
				      action ? action : "not begun");

		if (write(STDERR_FILENO, line, (size_t)length) != length)
			return;
	}
}

static void handle_signal(int number)
{
	say_where();
	signal(number, SIG_DFL);
	raise(number);
}

/* Called by the sanitizers, where the program has them: their reports end in SIGABRT. */
const char *__asan_default_options(void) __attribute__((visibility("default")));
const char *__asan_default_options(void)
{
	return "abort_on_error=1";
}

const char *__ubsan_default_options(void) __attribute__((visibility("default")));
const char *__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}

/*
 * Commands that the steps leave without an order may use the same bytes at once. That is the
 * application's fault, on purpose here, and does no harm to anything but the bytes.
 */
const char *__tsan_default_suppressions(void) __attribute__((visibility("default")));
const char *__tsan_default_suppressions(void)
{
	return "race:^run_copy$\nrace:^run_box_copy$\nrace:^run_fill$\n";
}

static void prepare_for_faults(void)
{
	static const int numbers[] = { SIGABRT,
#ifndef __SANITIZE_ADDRESS__
				       SIGSEGV, SIGBUS, SIGILL, SIGFPE
#endif
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		signal(numbers[i], handle_signal);
}

void fail_step(const struct world *world, const char *file, int line, const char *what,
	       const char *format, ...)
{
	va_list arguments;

	flockfile(stderr);
	fprintf(stderr, "%s:%d: %s: %s: ", file, line, world->action, what);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\n");
	fflush(stderr);
	say_where();
	_exit(1);
}

/* ---- steps ---- */

static const struct step *const tables[] = {
	object_steps,  buffer_steps, svm_steps,	  event_steps,
	program_steps, launch_steps, query_steps, invalid_steps
};

static const struct step *choose_step(struct world *world)
{
	static _Atomic uint32_t total;
	uint32_t sum = total, place;

	for (size_t t = 0; !total && t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct step *step = tables[t]; step->name; step++)
			sum += step->weight;
	}
	total = sum;
	if (options.compile && once_in(world, (uint32_t)options.compile))
		return compiler_steps;
	place = chance(world, sum);
	for (size_t t = 0;; t++) {
		for (const struct step *step = tables[t]; step->name; step++) {
			if (place < step->weight)
				return step;
			place -= step->weight;
		}
	}
}

#define PLANTED_STEP 50

static void plant_fault(struct world *world)
{
	pthread_mutex_t never_given = PTHREAD_MUTEX_INITIALIZER;

	if (!strcmp(options.fault, "difference"))
		fail_step(world, __FILE__, __LINE__, "planted", "a difference");
	if (!strcmp(options.fault, "crash"))
		raise(SIGSEGV);
	pthread_mutex_lock(&never_given);
	pthread_mutex_lock(&never_given);
}

static bool is_enough(void)
{
	return is_over || (!options.seconds && steps_taken >= options.steps);
}

static void run_round(struct runner *runner, uint64_t seed)
{
	struct world *world = &runner->world;
	uint64_t step;

	/* Not what the watchdog reads. */
	memset(world, 0, offsetof(struct world, step));
	runner->seed = seed;
	seed += (uint64_t)runner->number << 48;
	seed_step(world, seed, 0);
	world_init(world, runner->scratch, options.threads == 1);
	for (step = 1; step <= ROUND_STEPS && !is_enough(); step++) {
		const struct step *chosen;

		seed_step(world, seed, step);
		chosen = choose_step(world);
		world->action = chosen->name;
		if (options.trace)
			printf("%u: %llu.%llu %s\n", runner->number,
			       (unsigned long long)runner->seed, (unsigned long long)step,
			       chosen->name);
		if (options.fault && step == PLANTED_STEP)
			plant_fault(world);
		chosen->take(world);
		steps_taken++;
	}
	world_finish(world);
}

static void *run(void *argument)
{
	struct runner *runner = argument;

	while (!is_enough())
		run_round(runner, options.seed + rounds_begun++);
	pthread_mutex_lock(&end_lock);
	threads_running--;
	pthread_cond_signal(&thread_ended);
	pthread_mutex_unlock(&end_lock);
	return NULL;
}

/* ---- the watchdog ---- */

static uint64_t now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

/* On a terminal one line, written anew each second; elsewhere a line in each minute. */
static void show_progress(uint64_t seconds)
{
	static uint64_t last_minute;
	bool is_terminal = isatty(STDERR_FILENO);

	if (options.trace || seconds < 2 || (!is_terminal && seconds / 60 == last_minute))
		return;
	last_minute = seconds / 60;
	fprintf(stderr, is_terminal ? "\r\x1b[K%llu steps" : "%llu steps",
		(unsigned long long)steps_taken);
	if (options.seconds)
		fprintf(stderr, ", %llu of %llu seconds%s", (unsigned long long)seconds,
			(unsigned long long)options.seconds, is_terminal ? "" : "\n");
	else
		fprintf(stderr, " of %llu, %llu seconds%s", (unsigned long long)options.steps,
			(unsigned long long)seconds, is_terminal ? "" : "\n");
	if (is_terminal && threads_running == 0)
		fprintf(stderr, "\r\x1b[K");
}

/* Until all threads have ended. Aborts where one makes no step for too long. */
static void watch(void)
{
	uint64_t begin = now_seconds(), seen[MOST_THREADS] = { 0 }, since[MOST_THREADS];
	struct timespec limit;

	for (unsigned int i = 0; i < options.threads; i++)
		since[i] = begin;
	pthread_mutex_lock(&end_lock);
	while (threads_running) {
		clock_gettime(CLOCK_REALTIME, &limit);
		limit.tv_sec++;
		pthread_cond_timedwait(&thread_ended, &end_lock, &limit);
		if (options.seconds && now_seconds() - begin >= options.seconds)
			is_over = true;
		show_progress(now_seconds() - begin);
		for (unsigned int i = 0; i < options.threads && threads_running; i++) {
			/* Not the same in the next round. */
			uint64_t at = runners[i].seed * ROUND_STEPS + runners[i].world.step;

			if (at != seen[i]) {
				seen[i] = at;
				since[i] = now_seconds();
			} else if (!is_enough() && now_seconds() - since[i] > options.patience) {
				fprintf(stderr, "thread %u hangs\n", i);
				say_where();
				abort();
			}
		}
	}
	pthread_mutex_unlock(&end_lock);
}

/* ---- begin and end ---- */

static void find_device(void)
{
	cl_uint count = 0;

	if (clGetPlatformIDs(1, &fuzz_platform, &count) != CL_SUCCESS || !count ||
	    clGetDeviceIDs(fuzz_platform, CL_DEVICE_TYPE_ALL, 1, &fuzz_device, &count) !=
		    CL_SUCCESS ||
	    !count) {
		printf("skipped: there is no device\n");
		exit(SKIPPED);
	}
}

static void fail_usage(const char *argument)
{
	fprintf(stderr, "%sapi-fuzz: wrong argument '%s'\n", usage_text, argument);
	exit(2);
}

static void read_options(int count, char **arguments)
{
	const char *seconds = getenv("TANDEM_API_FUZZ_SECONDS");
	uint64_t threads = 1;
	struct {
		const char *name;
		uint64_t *value;
	} numbers[] = { { "--seed", &options.seed },	   { "--steps", &options.steps },
			{ "--seconds", &options.seconds }, { "--threads", &threads },
			{ "--compile", &options.compile }, { "--patience", &options.patience } };
	const size_t number_count = sizeof(numbers) / sizeof(numbers[0]);

	for (int i = 1; i < count; i++) {
		size_t n = 0;
		char *end = NULL;

		if (!strcmp(arguments[i], "--help")) {
			fputs(usage_text, stdout);
			exit(0);
		}
		if (!strcmp(arguments[i], "--trace")) {
			options.trace = true;
			continue;
		}
		if (!strcmp(arguments[i], "--plant") && i + 1 < count) {
			options.fault = arguments[++i];
			if (strcmp(options.fault, "difference") && strcmp(options.fault, "crash") &&
			    strcmp(options.fault, "hang"))
				fail_usage(options.fault);
			continue;
		}
		while (n < number_count && strcmp(arguments[i], numbers[n].name))
			n++;
		if (n == number_count || i + 1 == count)
			fail_usage(arguments[i]);
		*numbers[n].value = strtoull(arguments[++i], &end, 10);
		if (end == arguments[i] || *end)
			fail_usage(arguments[i]);
	}
	if (!threads || threads > MOST_THREADS)
		fail_usage("--threads");
	options.threads = (unsigned int)threads;
	if (!options.steps && !options.seconds && seconds)
		options.seconds = strtoull(seconds, NULL, 10);
	if (!options.steps && !options.seconds)
		options.steps = 20000;
}

int main(int count, char **arguments)
{
	struct timespec begin, end;
	double seconds;

	read_options(count, arguments);
	find_device();
	prepare_for_faults();
	clock_gettime(CLOCK_MONOTONIC, &begin);
	threads_running = options.threads;
	for (unsigned int i = 0; i < options.threads; i++) {
		runners[i].number = i;
		if (pthread_create(&runners[i].thread, NULL, run, &runners[i])) {
			fprintf(stderr, "no thread\n");
			return 1;
		}
	}
	watch();
	for (unsigned int i = 0; i < options.threads; i++)
		pthread_join(runners[i].thread, NULL);
	finish_shared_objects();
	if (!wait_for_callbacks()) {
		fprintf(stderr, "callbacks that were asked for did not come\n");
		say_where();
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	seconds =
		(double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
	printf("%llu steps, %llu rounds from seed %llu, %u threads: %.0f steps a second, no fault\n",
	       (unsigned long long)steps_taken, (unsigned long long)rounds_begun,
	       (unsigned long long)options.seed, options.threads, steps_taken / seconds);
	return 0;
}
