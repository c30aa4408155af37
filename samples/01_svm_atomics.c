// SPDX-License-Identifier: MIT
/*
 * 01_svm_atomics: CPU threads and a kernel change the same words at the same time, and
 * nothing is lost.
 *
 * A device that works behind a bus usually does an atomic operation in its own cache:
 * read, modify, write back. A CPU that writes the word in between loses its update, or
 * makes the device lose one, unless somebody keeps the two apart. An implementation
 * that reports CL_DEVICE_SVM_ATOMICS promises that: for memory from
 *
 *	clSVMAlloc(CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS)
 *
 * the C11 atomics of the CPU and the atomics of OpenCL C with the scope
 * memory_scope_all_svm_devices act on one and the same word.
 *
 * This program holds it to the promise. Each kind of operation has a law that a single
 * lost update breaks for ever, however long the program goes on:
 *
 * increment		The sum of all words equals the number of increments, the
 *			device's plus the CPU's.
 * exchange		There are as many tokens, each a different number, as there are
 *			words and participants (CPU threads and work-items). Every word
 *			and every participant holds one; an exchange swaps two. At the
 *			end each token must be found exactly once. A lost exchange
 *			leaves one token twice and another nowhere, and no later
 *			exchange can bring that one back.
 * compare-exchange	Each participant reads a word and tries to replace it by one
 *			more. The sum of all words equals the number of tries that
 *			reported success.
 *
 * The kernel is launched again and again until the time is over; the CPU threads run
 * from before the first launch until after the last. To know that both sides really
 * worked at the same time, each work-item looks at the CPU threads' progress when it
 * starts and when it ends: "overlap" is the largest number of CPU operations that fell
 * within the launches of one work-item.
 */
#include "common.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORK_ITEMS   256
#define WAIT_LIMIT_S 30
/* A launch is to take long against its own overhead, short against the whole run. */
#define LAUNCH_TARGET_NS 10000000ull
#define ITERATIONS_FIRST 16
#define PATIENCE	 20
#define ITERATIONS_MOST	 (1u << 24)
/* A CPU thread tells its progress in steps of so many operations. */
#define PROGRESS_STEP 64

extern const char svm_atomics_cl[];
extern const size_t svm_atomics_cl_size;

/* Shared with the device; the same structures stand in 01_svm_atomics.cl. */
struct control {
	_Atomic uint32_t stop;
	uint32_t padding[31]; /* keeps the device's polling off the CPU's line */
	_Atomic uint32_t cpu_progress;
};

struct participant {
	uint64_t operations;
	uint64_t cpu_operations_meanwhile; /* filled by work-items only */
	uint32_t token;
	uint32_t padding;
};

struct options {
	const char *device;
	unsigned int words, threads, seconds;
	bool broken;
};

struct experiment {
	struct options options;
	struct sample_session session;
	cl_program program;
	_Atomic uint32_t *words; /* SVM with atomics */
	struct control *control; /* SVM with atomics */
	struct participant *work_items; /* SVM */
	struct cpu_thread *threads;
	_Atomic bool cpu_stop;
	_Atomic unsigned int threads_working;
};

struct cpu_thread {
	struct experiment *experiment;
	void (*step)(struct cpu_thread *self, _Atomic uint32_t *word);
	struct participant participant;
	unsigned int index;
	pthread_t handle;
};

/* What one kind of operation came to. */
struct outcome {
	uint64_t device_operations, cpu_operations, overlap;
	uint64_t expected, seen;
	uint64_t elapsed_ns;
};

struct operation {
	const char *name;
	const char *kernel;
	void (*cpu_step)(struct cpu_thread *self, _Atomic uint32_t *word);
	void (*prepare)(struct experiment *experiment);
	void (*judge)(struct experiment *experiment, struct outcome *outcome);
};

/* --- the CPU's half --- */

static void cpu_increment(struct cpu_thread *self, _Atomic uint32_t *word)
{
	atomic_fetch_add_explicit(word, 1, memory_order_relaxed);
	self->participant.operations++;
}

static void cpu_exchange(struct cpu_thread *self, _Atomic uint32_t *word)
{
	self->participant.token =
		atomic_exchange_explicit(word, self->participant.token, memory_order_relaxed);
	self->participant.operations++;
}

static void cpu_compare_exchange(struct cpu_thread *self, _Atomic uint32_t *word)
{
	uint32_t old = atomic_load_explicit(word, memory_order_relaxed);

	if (atomic_compare_exchange_strong_explicit(word, &old, old + 1, memory_order_relaxed,
						    memory_order_relaxed))
		self->participant.operations++;
}

static void *cpu_work(void *argument)
{
	struct cpu_thread *self = argument;
	struct experiment *experiment = self->experiment;
	unsigned int word = self->index % experiment->options.words;
	unsigned int steps = 0;

	while (!atomic_load_explicit(&experiment->cpu_stop, memory_order_relaxed)) {
		self->step(self, &experiment->words[word]);
		word = word + 1 == experiment->options.words ? 0 : word + 1;
		if (++steps % PROGRESS_STEP == 0)
			atomic_fetch_add_explicit(&experiment->control->cpu_progress, PROGRESS_STEP,
						  memory_order_relaxed);
		if (steps == PROGRESS_STEP)
			atomic_fetch_add(&experiment->threads_working, 1);
	}
	return NULL;
}

static void start_cpu_threads(struct experiment *experiment, const struct operation *operation)
{
	unsigned int i;

	experiment->cpu_stop = false;
	experiment->threads_working = 0;
	for (i = 0; i < experiment->options.threads; i++) {
		struct cpu_thread *thread = &experiment->threads[i];

		thread->experiment = experiment;
		thread->index = i;
		thread->step = operation->cpu_step;
		thread->participant.operations = 0;
		if (pthread_create(&thread->handle, NULL, cpu_work, thread)) {
			fprintf(stderr, "CPU thread %u could not be started\n", i);
			exit(SAMPLE_FAILED);
		}
	}
	sample_wait_begin(WAIT_LIMIT_S, &experiment->control->stop,
			  "The main thread waits for %u CPU threads to do their first operations",
			  experiment->options.threads);
	while (atomic_load(&experiment->threads_working) < experiment->options.threads)
		usleep(100);
	sample_wait_end();
}

static void stop_cpu_threads(struct experiment *experiment)
{
	unsigned int i;

	atomic_store(&experiment->cpu_stop, true);
	sample_wait_begin(WAIT_LIMIT_S, &experiment->control->stop,
			  "The main thread waits for the CPU threads to end");
	for (i = 0; i < experiment->options.threads; i++)
		pthread_join(experiment->threads[i].handle, NULL);
	sample_wait_end();
}

/* --- the device's half --- */

static void launch(struct experiment *experiment, cl_kernel kernel, cl_uint iterations)
{
	const size_t global = WORK_ITEMS;

	sample_check(clSetKernelArg(kernel, 2, sizeof(iterations), &iterations), "clSetKernelArg");
	sample_check(clEnqueueNDRangeKernel(experiment->session.queue, kernel, 1, NULL, &global,
					    NULL, 0, NULL, NULL),
		     "clEnqueueNDRangeKernel");
	sample_wait_begin(WAIT_LIMIT_S, &experiment->control->stop,
			  "The main thread waits for the kernel to do %u operations in each of "
			  "%u work-items",
			  iterations, WORK_ITEMS);
	sample_check(clFinish(experiment->session.queue), "clFinish");
	sample_wait_end();
}

static cl_kernel prepare_kernel(struct experiment *experiment, const struct operation *operation)
{
	const cl_uint word_count = experiment->options.words;
	cl_kernel kernel;

	kernel = sample_kernel(experiment->program, operation->kernel);
	sample_check(clSetKernelArgSVMPointer(kernel, 0, experiment->words),
		     "clSetKernelArgSVMPointer");
	sample_check(clSetKernelArg(kernel, 1, sizeof(word_count), &word_count), "clSetKernelArg");
	sample_check(clSetKernelArgSVMPointer(kernel, 3, experiment->control),
		     "clSetKernelArgSVMPointer");
	sample_check(clSetKernelArgSVMPointer(kernel, 4, experiment->work_items),
		     "clSetKernelArgSVMPointer");
	/* What an implementation does at a first launch only shall not count as working time. */
	launch(experiment, kernel, 0);
	return kernel;
}

/* Whether some work-item saw the CPU threads get on while it ran. */
static bool overlap_is_seen(const struct experiment *experiment)
{
	for (unsigned int i = 0; i < WORK_ITEMS; i++) {
		if (experiment->work_items[i].cpu_operations_meanwhile)
			return true;
	}
	return false;
}

/*
 * Launches until @duration_ns is over, in portions that suit the device's speed. On a
 * machine that has other work both sides may have had turns only one after the other by
 * then: it goes on until they met, at most PATIENCE times as long.
 */
static void launch_for(struct experiment *experiment, cl_kernel kernel, const char *name,
		       uint64_t duration_ns)
{
	uint64_t start_ns = sample_now_ns(), before_ns, now_ns = start_ns;
	cl_uint iterations = ITERATIONS_FIRST;

	while (now_ns - start_ns < duration_ns ||
	       (now_ns - start_ns < PATIENCE * duration_ns && !overlap_is_seen(experiment))) {
		before_ns = now_ns;
		launch(experiment, kernel, iterations);
		now_ns = sample_now_ns();
		if (now_ns - before_ns < LAUNCH_TARGET_NS && iterations < ITERATIONS_MOST)
			iterations *= 2;
		else if (now_ns - before_ns > 4 * LAUNCH_TARGET_NS && iterations > 1)
			iterations /= 2;
		sample_progress("%s: %.1f s of %.1f s", name,
				(double)(now_ns - start_ns) / SAMPLE_NS_PER_S,
				(double)duration_ns / SAMPLE_NS_PER_S);
	}
	sample_progress_end();
}

/* --- the laws --- */

static void prepare_counters(struct experiment *experiment)
{
	memset(experiment->words, 0, experiment->options.words * sizeof(*experiment->words));
}

/*
 * The words are 32 bits wide and may wrap around in a long run. Lost updates are few
 * against 2^32, so that the sum modulo 2^32 tells their number all the same.
 */
static void judge_counters(struct experiment *experiment, struct outcome *outcome)
{
	uint32_t sum = 0;
	unsigned int i;

	for (i = 0; i < experiment->options.words; i++)
		sum += atomic_load(&experiment->words[i]);
	outcome->expected = outcome->device_operations + outcome->cpu_operations;
	outcome->seen = outcome->expected - (int32_t)((uint32_t)outcome->expected - sum);
}

static void prepare_tokens(struct experiment *experiment)
{
	uint32_t token = 0;
	unsigned int i;

	for (i = 0; i < experiment->options.words; i++)
		experiment->words[i] = token++;
	for (i = 0; i < WORK_ITEMS; i++)
		experiment->work_items[i].token = token++;
	for (i = 0; i < experiment->options.threads; i++)
		experiment->threads[i].participant.token = token++;
}

static unsigned int mark_token(bool *found, unsigned int token_count, uint32_t token)
{
	if (token >= token_count || found[token])
		return 0;
	found[token] = true;
	return 1;
}

static void judge_tokens(struct experiment *experiment, struct outcome *outcome)
{
	unsigned int token_count =
		experiment->options.words + WORK_ITEMS + experiment->options.threads;
	bool *found = calloc(token_count, sizeof(*found));
	unsigned int distinct = 0, i;

	if (!found) {
		fprintf(stderr, "No memory for %u tokens\n", token_count);
		exit(SAMPLE_FAILED);
	}
	for (i = 0; i < experiment->options.words; i++)
		distinct += mark_token(found, token_count, atomic_load(&experiment->words[i]));
	for (i = 0; i < WORK_ITEMS; i++)
		distinct += mark_token(found, token_count, experiment->work_items[i].token);
	for (i = 0; i < experiment->options.threads; i++)
		distinct +=
			mark_token(found, token_count, experiment->threads[i].participant.token);
	free(found);
	outcome->expected = token_count;
	outcome->seen = distinct;
}

static const struct operation operations[] = {
	{ "increment", "increment", cpu_increment, prepare_counters, judge_counters },
	{ "exchange", "exchange", cpu_exchange, prepare_tokens, judge_tokens },
	{ "compare-exchange", "compare_exchange", cpu_compare_exchange, prepare_counters,
	  judge_counters },
};
#define OPERATION_COUNT (sizeof(operations) / sizeof(operations[0]))

/* --- the experiment --- */

static struct outcome run_operation(struct experiment *experiment,
				    const struct operation *operation, uint64_t duration_ns)
{
	struct outcome outcome = { 0 };
	uint64_t start_ns;
	cl_kernel kernel;
	unsigned int i;

	memset(experiment->work_items, 0, WORK_ITEMS * sizeof(*experiment->work_items));
	operation->prepare(experiment);
	kernel = prepare_kernel(experiment, operation);
	start_ns = sample_now_ns();
	start_cpu_threads(experiment, operation);
	launch_for(experiment, kernel, operation->name, duration_ns);
	stop_cpu_threads(experiment);
	outcome.elapsed_ns = sample_now_ns() - start_ns;
	clReleaseKernel(kernel);

	for (i = 0; i < WORK_ITEMS; i++) {
		const struct participant *item = &experiment->work_items[i];

		outcome.device_operations += item->operations;
		if (item->cpu_operations_meanwhile > outcome.overlap)
			outcome.overlap = item->cpu_operations_meanwhile;
	}
	for (i = 0; i < experiment->options.threads; i++)
		outcome.cpu_operations += experiment->threads[i].participant.operations;
	operation->judge(experiment, &outcome);
	return outcome;
}

/* Prints one line of the table; returns whether all is well. */
static bool report(const struct operation *operation, const struct outcome *outcome)
{
	int64_t lost = (int64_t)(outcome->expected - outcome->seen);
	double elapsed_s = (double)outcome->elapsed_ns / SAMPLE_NS_PER_S;
	bool both = outcome->device_operations && outcome->cpu_operations && outcome->overlap;

	printf("%-17s %11llu %11llu %11llu %11llu %11llu %s%9lld%s %9.2f %9.2f\n", operation->name,
	       (unsigned long long)outcome->device_operations,
	       (unsigned long long)outcome->cpu_operations, (unsigned long long)outcome->overlap,
	       (unsigned long long)outcome->expected, (unsigned long long)outcome->seen,
	       lost ? sample_red() : sample_green(), (long long)lost, sample_colour_end(),
	       (double)outcome->device_operations / elapsed_s / 1e6,
	       (double)outcome->cpu_operations / elapsed_s / 1e6);
	fflush(stdout);
	if (!both)
		fprintf(stderr,
			"%s: device and CPU did not work at the same time "
			"(device %llu operations, CPU %llu, overlap %llu)\n",
			operation->name, (unsigned long long)outcome->device_operations,
			(unsigned long long)outcome->cpu_operations,
			(unsigned long long)outcome->overlap);
	return !lost && both;
}

static void print_kernel_counts(const struct sample_exclusive_counts *before)
{
	struct sample_exclusive_counts now = sample_exclusive_counts();

	if (now.known)
		printf("\nKernel   %llu faults of the device's atomics; pages: %llu granted to it, "
		       "%llu revoked\n",
		       now.faults - before->faults, now.granted - before->granted,
		       now.revoked - before->revoked);
}

static int run_all(struct experiment *experiment)
{
	struct sample_exclusive_counts before = sample_exclusive_counts();
	uint64_t duration_ns = experiment->options.seconds * SAMPLE_NS_PER_S / OPERATION_COUNT;
	struct outcome outcome;
	bool good = true;
	size_t i;

	sample_print_device(&experiment->session.device);
	printf("Shared   %u words; %u work-items and %u CPU threads, %.1f s for each operation%s\n\n",
	       experiment->options.words, WORK_ITEMS, experiment->options.threads,
	       (double)duration_ns / SAMPLE_NS_PER_S,
	       experiment->options.broken ? "\n         BROKEN: the device uses no atomics" : "");
	printf("%-17s %11s %11s %11s %11s %11s %9s %9s %9s\n", "operation", "device", "CPU",
	       "overlap", "expected", "seen", "lost", "dev M/s", "CPU M/s");
	for (i = 0; i < OPERATION_COUNT; i++) {
		outcome = run_operation(experiment, &operations[i], duration_ns);
		good &= report(&operations[i], &outcome);
	}
	print_kernel_counts(&before);
	if (good)
		printf("\n%sNothing was lost.%s\n", sample_green(), sample_colour_end());
	else
		printf("\n%sFAILED: see 'lost' and the messages above.%s\n", sample_red(),
		       sample_colour_end());
	return good ? SAMPLE_OK : SAMPLE_FAILED;
}

static void allocate(struct experiment *experiment)
{
	struct sample_session *session = &experiment->session;

	experiment->words = sample_svm_alloc(
		session, experiment->options.words * sizeof(*experiment->words), true);
	experiment->control = sample_svm_alloc(session, sizeof(*experiment->control), true);
	experiment->work_items =
		sample_svm_alloc(session, WORK_ITEMS * sizeof(*experiment->work_items), false);
	experiment->threads = calloc(experiment->options.threads, sizeof(*experiment->threads));
	if (!experiment->threads) {
		fprintf(stderr, "No memory for %u threads\n", experiment->options.threads);
		exit(SAMPLE_FAILED);
	}
}

int main(int argc, char **argv)
{
	struct experiment experiment = { .options = { .words = 64, .threads = 2, .seconds = 3 } };
	struct options *options = &experiment.options;
	struct sample_session *session = &experiment.session;
	const struct sample_option table[] = {
		{ "device", SAMPLE_OPTION_TEXT, &options->device, 0, 0, "NAME",
		  "part of a device's or platform's name, or an index" },
		{ "words", SAMPLE_OPTION_NUMBER, &options->words, 1, 1u << 20, "N",
		  "words that both sides work on (default 64)" },
		{ "threads", SAMPLE_OPTION_NUMBER, &options->threads, 1, 1024, "N",
		  "CPU threads (default 2)" },
		{ "seconds", SAMPLE_OPTION_NUMBER, &options->seconds, 1, 86400, "S",
		  "duration of the whole (default 3)" },
		{ "broken", SAMPLE_OPTION_FLAG, &options->broken, 0, 0, NULL,
		  "let the device use plain loads and stores: updates are lost" },
		{ .kind = SAMPLE_OPTION_END },
	};
	int status;

	if (!sample_parse_options(argc, argv,
				  "CPU threads and a kernel increment, exchange and "
				  "compare-exchange the same words\nat the same time. The exit "
				  "status is 0 only if nothing was lost.",
				  "", table, NULL, &status))
		return status;
	status = sample_choose_device(options->device,
				      CL_DEVICE_SVM_FINE_GRAIN_BUFFER | CL_DEVICE_SVM_ATOMICS, 0,
				      &session->device);
	if (status)
		return status;
	sample_open(session);
	experiment.program = sample_program(session, svm_atomics_cl, svm_atomics_cl_size,
					    options->broken ? "-DBROKEN" : "");
	allocate(&experiment);
	status = run_all(&experiment);
	clSVMFree(session->context, (void *)experiment.words);
	clSVMFree(session->context, experiment.control);
	clSVMFree(session->context, experiment.work_items);
	free(experiment.threads);
	clReleaseProgram(experiment.program);
	sample_session_finish(session);
	return status;
}
