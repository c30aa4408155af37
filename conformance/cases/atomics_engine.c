// SPDX-License-Identifier: MIT
/* Runs one atomic operation on the device, or on CPU and device. */
#include "atomics.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_COUNT 256
/* Participants of a contest: work-items, in groups, and as many applications each. */
#define ITEMS	    64
#define GROUP_ITEMS 16
#define STEPS	    256
#define CPU_STEPS   8192
#define MOST_ROUNDS 200
/* The CPU lets others run so often: on a busy machine the device may need its processor. */
#define YIELD_STEPS 512
/* Words that all participants share, where the operation allows any number of applications. */
#define FEW_WORDS     4
#define CONTROL_BYTES 512

extern const char atomics_cl[];

cl_program atomics_build(struct svm_run *run, const struct atomics_row *row)
{
	return svm_build(run, atomics_cl,
			 "-DTYPE=%s -DATOMIC=%s -DFUNCTION=%s -D%s%s -DORDER=memory_order_%s "
			 "-DFAILURE_ORDER=memory_order_%s -DSCOPE=%s",
			 row->type->name, row->type->atomic, row->operation->function,
			 row->operation->form, row->type->bytes == 8 ? " -DNEEDS_INT64" : "",
			 row->order->name, row->order->failure,
			 row->scope ? row->scope : "SVM_SCOPE");
}

/* ---- values: a single application to each word ---- */

/* Numbers at the edges of the type, and random ones. */
static uint64_t some_value(struct svm_run *run, const struct atomics_type *type, unsigned int i)
{
	const uint64_t most = type->bytes == 4 ? UINT32_MAX : UINT64_MAX;
	const uint64_t edges[] = { 0, 1, most, most >> 1, (most >> 1) + 1, most - 1 };
	const unsigned int count = sizeof(edges) / sizeof(edges[0]);

	if (type->is_real)
		return atomics_number(type, svm_random_below(&run->random, 1 << 20));
	if (i < count)
		return edges[i];
	return svm_random_next(&run->random) & most;
}

struct value_arrays {
	void *words, *operands, *returned;
	uint64_t first[VALUE_COUNT];
};

static void prepare_values(struct svm_run *run, const struct atomics_type *type,
			   struct value_arrays *arrays)
{
	const size_t bytes = VALUE_COUNT * type->bytes;

	arrays->words = svm_any(run, bytes);
	arrays->operands = svm_any(run, bytes);
	arrays->returned = svm_any(run, bytes);
	svm_map(run, arrays->words, bytes);
	svm_map(run, arrays->operands, bytes);
	for (unsigned int i = 0; i < VALUE_COUNT; i++) {
		arrays->first[i] = some_value(run, type, i % 6);
		if (i >= 36)
			arrays->first[i] = some_value(run, type, i);
		atomics_set(type, arrays->words, i, arrays->first[i]);
		atomics_set(type, arrays->operands, i, some_value(run, type, i / 6));
	}
	svm_unmap(run, arrays->operands);
	svm_unmap(run, arrays->words);
}

static void free_values(struct svm_run *run, struct value_arrays *arrays)
{
	clSVMFree(run->context, arrays->words);
	clSVMFree(run->context, arrays->operands);
	clSVMFree(run->context, arrays->returned);
}

void atomics_values(struct svm_run *run)
{
	const struct atomics_row *row = run->test->row;
	const struct atomics_type *type = row->type;
	cl_program program = atomics_build(run, row);
	cl_kernel kernel = svm_kernel(program, "values");
	struct value_arrays arrays;

	prepare_values(run, type, &arrays);
	svm_arg_pointer(kernel, 0, arrays.words);
	svm_arg_pointer(kernel, 1, arrays.operands);
	svm_arg_pointer(kernel, 2, arrays.returned);
	svm_launch(run->queue, kernel, VALUE_COUNT, 0);
	svm_finish(run->queue, "one application to each word");
	svm_map(run, arrays.words, VALUE_COUNT * type->bytes);
	svm_map(run, arrays.operands, VALUE_COUNT * type->bytes);
	svm_map(run, arrays.returned, VALUE_COUNT * type->bytes);
	for (unsigned int i = 0; i < VALUE_COUNT; i++) {
		uint64_t operand = atomics_get(type, arrays.operands, i);
		uint64_t wanted = atomics_effect(row, arrays.first[i], operand);
		uint64_t made = atomics_get(type, arrays.words, i);
		uint64_t returned = atomics_get(type, arrays.returned, i);

		svm_iteration(i);
		svm_expect(made == wanted, "0x%llx with 0x%llx: expected 0x%llx, seen 0x%llx",
			   (unsigned long long)arrays.first[i], (unsigned long long)operand,
			   (unsigned long long)wanted, (unsigned long long)made);
		svm_expect(returned == arrays.first[i],
			   "0x%llx with 0x%llx: expected the old value, returned 0x%llx",
			   (unsigned long long)arrays.first[i], (unsigned long long)operand,
			   (unsigned long long)returned);
	}
	svm_unmap(run, arrays.words);
	svm_unmap(run, arrays.operands);
	svm_unmap(run, arrays.returned);
	free_values(run, &arrays);
	svm_success(clReleaseKernel(kernel));
	svm_success(clReleaseProgram(program));
}

static void check_exchange(const struct atomics_row *row, unsigned int i, uint64_t first,
			   uint64_t expected, uint64_t desired, uint64_t made, uint64_t seen,
			   bool succeeded)
{
	bool is_weak = strstr(row->operation->name, "weak");

	svm_iteration(i);
	if (expected != first)
		svm_expect(!succeeded, "succeeded though 0x%llx is not 0x%llx",
			   (unsigned long long)first, (unsigned long long)expected);
	else if (!is_weak)
		svm_expect(succeeded, "failed though the word was as expected");
	svm_expect(made == (succeeded ? desired : first),
		   "%s: expected 0x%llx in the word, seen 0x%llx",
		   succeeded ? "succeeded" : "failed",
		   (unsigned long long)(succeeded ? desired : first), (unsigned long long)made);
	svm_expect(seen == first, "*expected became 0x%llx, the word was 0x%llx",
		   (unsigned long long)seen, (unsigned long long)first);
}

void atomics_compare_exchange_values(struct svm_run *run)
{
	const struct atomics_row *row = run->test->row;
	const struct atomics_type *type = row->type;
	cl_program program = atomics_build(run, row);
	cl_kernel kernel = svm_kernel(program, "compare_exchange_once");
	const size_t bytes = VALUE_COUNT * type->bytes;
	uint32_t *succeeded = svm_any(run, VALUE_COUNT * sizeof(*succeeded));
	void *seen = svm_any(run, bytes);
	struct value_arrays arrays;

	prepare_values(run, type, &arrays);
	/* returned stands for what is expected: every second is right. */
	svm_map(run, arrays.returned, bytes);
	for (unsigned int i = 0; i < VALUE_COUNT; i++)
		atomics_set(type, arrays.returned, i,
			    i % 2 ? arrays.first[i] : some_value(run, type, i));
	svm_unmap(run, arrays.returned);
	svm_arg_pointer(kernel, 0, arrays.words);
	svm_arg_pointer(kernel, 1, arrays.returned);
	svm_arg_pointer(kernel, 2, arrays.operands);
	svm_arg_pointer(kernel, 3, seen);
	svm_arg_pointer(kernel, 4, succeeded);
	svm_launch(run->queue, kernel, VALUE_COUNT, 0);
	svm_finish(run->queue, "one compare-exchange of each word");
	svm_map(run, arrays.words, bytes);
	svm_map(run, arrays.operands, bytes);
	svm_map(run, arrays.returned, bytes);
	svm_map(run, seen, bytes);
	svm_map(run, succeeded, VALUE_COUNT * sizeof(*succeeded));
	for (unsigned int i = 0; i < VALUE_COUNT; i++)
		check_exchange(row, i, arrays.first[i], atomics_get(type, arrays.returned, i),
			       atomics_get(type, arrays.operands, i),
			       atomics_get(type, arrays.words, i), atomics_get(type, seen, i),
			       succeeded[i]);
	svm_unmap(run, arrays.words);
	svm_unmap(run, arrays.operands);
	svm_unmap(run, arrays.returned);
	svm_unmap(run, seen);
	svm_unmap(run, succeeded);
	free_values(run, &arrays);
	clSVMFree(run->context, seen);
	clSVMFree(run->context, succeeded);
	svm_success(clReleaseKernel(kernel));
	svm_success(clReleaseProgram(program));
}

/* ---- contests ---- */

struct contest {
	struct svm_run *run;
	const struct atomics_row *row;
	unsigned int device_count, cpu_count, word_count; /* applications, and words */
	uint64_t first; /* in each word */
	void *words, *operands, *returned;
	uint32_t *targets;
	_Atomic cl_uint *control;
	struct atomics_application *sorted; /* by word */
	unsigned int *ends; /* of each word's applications in sorted */
};

static bool uses_bits(enum atomics_effect effect)
{
	return effect == EFFECT_OR || effect == EFFECT_XOR || effect == EFFECT_AND;
}

static void *contest_memory(const struct contest *contest, size_t bytes)
{
	if (contest->row->where == WHERE_BOTH)
		return svm_atomic(contest->run, bytes);
	return svm_any(contest->run, bytes);
}

static void open_contest(struct contest *contest)
{
	const struct atomics_row *row = contest->row;
	unsigned int count;

	contest->device_count = ITEMS * STEPS;
	contest->cpu_count = row->where == WHERE_BOTH ? CPU_STEPS : 0;
	count = contest->device_count + contest->cpu_count;
	contest->word_count = uses_bits(row->operation->effect) ? count / (8 * row->type->bytes) :
								  FEW_WORDS;
	contest->words = contest_memory(contest, contest->word_count * row->type->bytes);
	contest->operands = contest_memory(contest, count * row->type->bytes);
	contest->returned = contest_memory(contest, count * row->type->bytes);
	contest->targets = contest_memory(contest, count * sizeof(*contest->targets));
	contest->control = contest_memory(contest, CONTROL_BYTES);
	contest->sorted = calloc(count, sizeof(*contest->sorted));
	contest->ends = calloc(contest->word_count, sizeof(*contest->ends));
	svm_expect(contest->sorted && contest->ends, "no memory");
}

static void close_contest(struct contest *contest)
{
	cl_context context = contest->run->context;

	svm_stop_word(NULL);
	clSVMFree(context, contest->words);
	clSVMFree(context, contest->operands);
	clSVMFree(context, contest->returned);
	clSVMFree(context, contest->targets);
	clSVMFree(context, (void *)contest->control);
	free(contest->sorted);
	free(contest->ends);
}

static void map_all(const struct contest *contest)
{
	unsigned int count = contest->device_count + contest->cpu_count;
	size_t bytes = contest->row->type->bytes;

	svm_map(contest->run, contest->words, contest->word_count * bytes);
	svm_map(contest->run, contest->operands, count * bytes);
	svm_map(contest->run, contest->returned, count * bytes);
	svm_map(contest->run, contest->targets, count * sizeof(*contest->targets));
	svm_map(contest->run, (void *)contest->control, CONTROL_BYTES);
}

static void unmap_all(const struct contest *contest)
{
	svm_unmap(contest->run, contest->words);
	svm_unmap(contest->run, contest->operands);
	svm_unmap(contest->run, contest->returned);
	svm_unmap(contest->run, contest->targets);
	svm_unmap(contest->run, (void *)contest->control);
}

/* The work-group that application @i belongs to has words of its own where that is asked for. */
static uint32_t pick_target(const struct contest *contest, unsigned int i)
{
	if (contest->row->where == WHERE_GROUPS)
		return i / (GROUP_ITEMS * STEPS) % contest->word_count;
	return (uint32_t)svm_random_below(&contest->run->random, contest->word_count);
}

static uint64_t pick_operand(const struct contest *contest, unsigned int i)
{
	const struct atomics_type *type = contest->row->type;
	/* How far CPU or device has come, about, of STEPS. */
	uint64_t step = i < contest->device_count ?
				(uint64_t)i * STEPS / contest->device_count :
				(i - contest->device_count) * STEPS / contest->cpu_count;

	switch (contest->row->operation->effect) {
	case EFFECT_ADD:
	case EFFECT_SUB:
		if (!strcmp(contest->row->operation->form, "FORM_LEGACY_STEP"))
			return 1;
		/* Few enough that float has all sums. */
		return atomics_number(type, 1 + svm_random_below(&contest->run->random, 1000));
	case EFFECT_MIN:
		return atomics_number(type, (STEPS - step) * 1000 +
						    svm_random_below(&contest->run->random, 3000));
	case EFFECT_MAX:
		return atomics_number(type,
				      step * 1000 + svm_random_below(&contest->run->random, 3000));
	default:
		return atomics_number(type, i + 1);
	}
}

/* Each bit of each word is some application's, in random order. */
static void prepare_bits(struct contest *contest)
{
	unsigned int bits = 8 * contest->row->type->bytes;
	unsigned int count = contest->device_count + contest->cpu_count;
	bool clears = contest->row->operation->effect == EFFECT_AND;

	for (uint32_t i = 0; i < count; i++)
		contest->targets[i] = i;
	for (uint32_t i = count - 1; i > 0; i--) {
		uint32_t other = (uint32_t)svm_random_below(&contest->run->random, i + 1);
		uint32_t swapped = contest->targets[i];

		contest->targets[i] = contest->targets[other];
		contest->targets[other] = swapped;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint64_t bit = (uint64_t)1 << (contest->targets[i] % bits);

		contest->targets[i] /= bits;
		atomics_set(contest->row->type, contest->operands, i, clears ? ~bit : bit);
	}
}

static void prepare_round(struct contest *contest)
{
	const struct atomics_type *type = contest->row->type;
	const enum atomics_effect effect = contest->row->operation->effect;
	unsigned int count = contest->device_count + contest->cpu_count;
	uint64_t first = 0;

	if (effect == EFFECT_MIN)
		first = atomics_number(type, 1 << 20);
	else if (effect == EFFECT_AND)
		first = type->bytes == 4 ? UINT32_MAX : UINT64_MAX;
	contest->first = first;
	memset((void *)contest->control, 0, CONTROL_BYTES);
	memset(contest->returned, 0, count * type->bytes);
	for (unsigned int i = 0; i < contest->word_count; i++)
		atomics_set(type, contest->words, i, first);
	if (uses_bits(effect)) {
		prepare_bits(contest);
		return;
	}
	for (unsigned int i = 0; i < count; i++) {
		contest->targets[i] = pick_target(contest, i);
		atomics_set(type, contest->operands, i, pick_operand(contest, i));
	}
}

static void *cpu_work(void *argument)
{
	const struct contest *contest = argument;
	const struct atomics_type *type = contest->row->type;
	unsigned int end = contest->device_count + contest->cpu_count;

	while (!atomic_load(&contest->control[32]) && !atomic_load(&contest->control[0]))
		sched_yield();
	atomic_store(&contest->control[64], 1);
	for (unsigned int i = contest->device_count; i < end; i++) {
		char *word = (char *)contest->words + contest->targets[i] * type->bytes;
		uint64_t operand = atomics_get(type, contest->operands, i);

		atomics_set(type, contest->returned, i, atomics_apply(contest->row, word, operand));
		if (i % YIELD_STEPS == 0)
			sched_yield();
	}
	return NULL;
}

/* Puts the applications to each word together. */
static void sort_by_word(const struct contest *contest)
{
	const struct atomics_type *type = contest->row->type;
	unsigned int count = contest->device_count + contest->cpu_count, begin = 0;

	memset(contest->ends, 0, contest->word_count * sizeof(*contest->ends));
	for (unsigned int i = 0; i < count; i++)
		contest->ends[contest->targets[i]]++;
	for (unsigned int word = 0; word < contest->word_count; word++) {
		unsigned int found = contest->ends[word];

		contest->ends[word] = begin;
		begin += found;
	}
	/* Each end begins where the word's applications do, and moves on with each. */
	for (unsigned int i = 0; i < count; i++)
		contest->sorted[contest->ends[contest->targets[i]]++] =
			(struct atomics_application){
				.operand = atomics_get(type, contest->operands, i),
				.returned = atomics_get(type, contest->returned, i),
				.by_cpu = i >= contest->device_count,
			};
}

/* Returns whether CPU and device were at a word at the same time. */
static bool check_round(const struct contest *contest)
{
	unsigned int begin = 0;
	bool met = false;

	sort_by_word(contest);
	for (unsigned int word = 0; word < contest->word_count; word++) {
		met |= atomics_check_chain(contest->row, word, contest->first,
					   atomics_get(contest->row->type, contest->words, word),
					   contest->sorted + begin, contest->ends[word] - begin);
		begin = contest->ends[word];
	}
	return met;
}

static void set_contest_arguments(const struct contest *contest, cl_kernel kernel)
{
	svm_arg_pointer(kernel, 0, contest->words);
	svm_arg_pointer(kernel, 1, contest->targets);
	svm_arg_pointer(kernel, 2, contest->operands);
	svm_arg_pointer(kernel, 3, contest->returned);
	svm_arg_uint(kernel, 4, STEPS);
	svm_arg_pointer(kernel, 5, (void *)contest->control);
}

static bool run_round(struct contest *contest, cl_kernel kernel)
{
	const bool both = contest->row->where == WHERE_BOTH;
	bool met;
	pthread_t thread;

	svm_step("preparing a round");
	map_all(contest);
	prepare_round(contest);
	if (!both)
		contest->control[64] = 1;
	unmap_all(contest);
	if (both)
		svm_expect(!pthread_create(&thread, NULL, cpu_work, contest), "no thread");
	svm_launch(contest->run->queue, kernel, ITEMS, GROUP_ITEMS);
	svm_finish(contest->run->queue, "the device applies the operation");
	svm_step("the CPU applies the operation");
	if (both)
		pthread_join(thread, NULL);
	map_all(contest);
	met = check_round(contest);
	unmap_all(contest);
	return met;
}

void atomics_contend(struct svm_run *run)
{
	struct contest contest = { .run = run, .row = run->test->row };
	cl_program program = atomics_build(run, contest.row);
	cl_kernel kernel = svm_kernel(program, "contend");
	const bool both = contest.row->where == WHERE_BOTH;
	bool met = false;

	open_contest(&contest);
	if (both)
		svm_stop_word(contest.control);
	set_contest_arguments(&contest, kernel);
	for (uint64_t i = 0; svm_more(run, i, 4) || (both && !met && i < MOST_ROUNDS); i++)
		met |= run_round(&contest, kernel);
	close_contest(&contest);
	svm_success(clReleaseKernel(kernel));
	svm_success(clReleaseProgram(program));
	if (both && !met)
		svm_skip("CPU and device never worked on a word at the same time, in %u rounds",
			 MOST_ROUNDS);
}
