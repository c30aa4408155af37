// SPDX-License-Identifier: MIT
/* Atomic loads and stores: no value is torn, none gets older. And flags. */
#include "atomics.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#define COUNT  256
#define PAIRS  1 /* more would need more than two compute units to meet */
#define GROUPS 16
#define STEPS  60000 /* patterns of 32 bits have room for no more */
/* The CPU lets others run so often: on a busy machine the device may need its processor. */
#define YIELD_STEPS   4000
#define SPREAD	      32 /* elements between the words of two pairs */
#define MOST_ROUNDS   300
#define CONTROL_BYTES 512
#define DEVICE_WRITES 1
#define DEVICE_READS  2

extern const char load_store_cl[];
extern const char flags_cl[];

struct load_store_row {
	struct atomics_row base;
	const char *load_order, *store_order;
	unsigned int roles; /* DEVICE_*; what is missing is the CPU's */
};

static cl_program build(struct svm_run *run, const struct load_store_row *row)
{
	const struct atomics_type *type = row->base.type;
	bool wide = type->bytes == 8;

	/* The first half is such that no pattern is a denormal number or none at all. */
	return svm_build(
		run, load_store_cl,
		"-DTYPE=%s -DATOMIC=%s -DBITS=%s -DAS_TYPE=as_%s -DAS_BITS=as_%s "
		"-DHALF_BITS=%u -DFIRST_HALF=%s -DSPREAD=%u -DPAIRS=%u -DLOAD_ORDER=memory_order_%s "
		"-DSTORE_ORDER=memory_order_%s -DSCOPE=%s%s",
		type->name, type->atomic, wide ? "ulong" : "uint", type->name,
		wide ? "ulong" : "uint", 4 * type->bytes, wide ? "0x10000000" : "0x1000", SPREAD,
		PAIRS, row->load_order, row->store_order,
		row->base.scope ? row->base.scope : "SVM_SCOPE", wide ? " -DNEEDS_INT64" : "");
}

static uint64_t pattern(const struct atomics_type *type, uint32_t number)
{
	uint64_t half = number + (type->bytes == 8 ? 0x10000000u : 0x1000u);

	return half << 4 * type->bytes | half;
}

static void load_store_values(struct svm_run *run)
{
	const struct load_store_row *row = run->test->row;
	const struct atomics_type *type = row->base.type;
	cl_program program = build(run, row);
	cl_kernel kernel = svm_kernel(program, "values");
	void *words = svm_any(run, COUNT * type->bytes);
	void *operands = svm_any(run, COUNT * type->bytes);
	void *returned = svm_any(run, COUNT * type->bytes);

	svm_map(run, operands, COUNT * type->bytes);
	for (unsigned int i = 0; i < COUNT; i++)
		atomics_set(type, operands, i,
			    pattern(type, (uint32_t)svm_random_below(&run->random, 1 << 14)));
	svm_unmap(run, operands);
	svm_arg_pointer(kernel, 0, words);
	svm_arg_pointer(kernel, 1, operands);
	svm_arg_pointer(kernel, 2, returned);
	svm_launch(run->queue, kernel, COUNT, 0);
	svm_finish(run->queue, "storing and loading");
	svm_map(run, words, COUNT * type->bytes);
	svm_map(run, returned, COUNT * type->bytes);
	svm_map(run, operands, COUNT * type->bytes);
	for (unsigned int i = 0; i < COUNT; i++) {
		svm_iteration(i);
		svm_expect_equal(atomics_get(type, operands, i), atomics_get(type, words, i));
		svm_expect_equal(atomics_get(type, operands, i), atomics_get(type, returned, i));
	}
	svm_unmap(run, words);
	svm_unmap(run, returned);
	svm_unmap(run, operands);
	clSVMFree(run->context, words);
	clSVMFree(run->context, operands);
	clSVMFree(run->context, returned);
	svm_success(clReleaseKernel(kernel));
	svm_success(clReleaseProgram(program));
}

/* ---- readers and writers ---- */

struct meeting {
	struct svm_run *run;
	const struct load_store_row *row;
	void *words;
	uint32_t *failures;
	_Atomic cl_uint *control;
	uint32_t torn, older, different; /* seen by the CPU */
};

static void cpu_write(struct meeting *meeting, void *word)
{
	const struct atomics_type *type = meeting->row->base.type;

	for (uint32_t i = 0; i < STEPS; i++) {
		if (type->bytes == 4)
			__atomic_store_n((uint32_t *)word, (uint32_t)pattern(type, i),
					 __ATOMIC_RELEASE);
		else
			__atomic_store_n((uint64_t *)word, pattern(type, i), __ATOMIC_RELEASE);
		if (i % YIELD_STEPS == 0)
			sched_yield();
	}
}

static void cpu_read(struct meeting *meeting, const void *word)
{
	const struct atomics_type *type = meeting->row->base.type;
	uint64_t seen, before = pattern(type, 0);

	for (uint32_t i = 0;
	     before != pattern(type, STEPS - 1) && !atomic_load(&meeting->control[0]); i++) {
		if (i % YIELD_STEPS == 0)
			sched_yield();
		if (type->bytes == 4)
			seen = __atomic_load_n((const uint32_t *)word, __ATOMIC_ACQUIRE);
		else
			seen = __atomic_load_n((const uint64_t *)word, __ATOMIC_ACQUIRE);
		if (seen >> 4 * type->bytes != (seen & (((uint64_t)1 << 4 * type->bytes) - 1)))
			meeting->torn++;
		else if (seen < before)
			meeting->older++;
		else if (seen > before)
			meeting->different++;
		before = seen;
	}
}

static void *cpu_work(void *argument)
{
	struct meeting *meeting = argument;

	while (!atomic_load(&meeting->control[32]) && !atomic_load(&meeting->control[0]))
		sched_yield();
	atomic_store(&meeting->control[64], 1);
	/* The first pair's word, of which the device has the other side. */
	if (meeting->row->roles == DEVICE_READS)
		cpu_write(meeting, meeting->words);
	else
		cpu_read(meeting, meeting->words);
	return NULL;
}

static void prepare(struct meeting *meeting)
{
	const struct atomics_type *type = meeting->row->base.type;

	svm_map(meeting->run, meeting->words, PAIRS * SPREAD * type->bytes);
	for (unsigned int i = 0; i < PAIRS; i++)
		atomics_set(type, meeting->words, i * SPREAD, pattern(type, 0));
	svm_unmap(meeting->run, meeting->words);
	svm_map(meeting->run, (void *)meeting->control, CONTROL_BYTES);
	for (unsigned int i = 32; i < CONTROL_BYTES / 4; i++)
		atomic_store(&meeting->control[i], 0);
	svm_unmap(meeting->run, (void *)meeting->control);
	svm_map(meeting->run, meeting->failures, 3 * sizeof(uint32_t));
	memset(meeting->failures, 0, 3 * sizeof(uint32_t));
	svm_unmap(meeting->run, meeting->failures);
	meeting->different = 0;
}

/* Returns whether a reader saw values change while it read: more than once. */
static bool meet(struct meeting *meeting, cl_kernel kernel)
{
	const bool with_cpu = meeting->row->roles != (DEVICE_WRITES | DEVICE_READS);
	bool changed;
	pthread_t thread;

	prepare(meeting);
	if (with_cpu)
		svm_expect(!pthread_create(&thread, NULL, cpu_work, meeting), "no thread");
	svm_launch(meeting->run->queue, kernel, GROUPS, 1);
	svm_finish(meeting->run->queue, "the device reads or writes");
	svm_step("the CPU reads or writes");
	if (with_cpu)
		pthread_join(thread, NULL);
	svm_map(meeting->run, meeting->failures, 3 * sizeof(uint32_t));
	svm_expect(!meeting->failures[0], "the device saw %u torn values", meeting->failures[0]);
	svm_expect(!meeting->failures[1], "the device saw %u values after newer ones",
		   meeting->failures[1]);
	changed = meeting->failures[2] + meeting->different > (with_cpu ? 1 : PAIRS);
	svm_unmap(meeting->run, meeting->failures);
	svm_expect(!meeting->torn, "the CPU saw %u torn values", meeting->torn);
	svm_expect(!meeting->older, "the CPU saw %u values after newer ones", meeting->older);
	return changed;
}

static void load_store_meet(struct svm_run *run)
{
	const struct load_store_row *row = run->test->row;
	struct meeting meeting = { .run = run, .row = row };
	cl_program program = build(run, row);
	cl_kernel kernel = svm_kernel(program, "read_and_write");
	const bool with_cpu = row->roles != (DEVICE_WRITES | DEVICE_READS);
	void *(*allocate)(struct svm_run *, size_t) = with_cpu ? svm_atomic : svm_any;
	bool met = false;

	meeting.words = allocate(run, PAIRS * SPREAD * row->base.type->bytes);
	meeting.failures = allocate(run, 3 * sizeof(uint32_t));
	meeting.control = allocate(run, CONTROL_BYTES);
	if (with_cpu)
		svm_stop_word(meeting.control);
	svm_arg_pointer(kernel, 0, meeting.words);
	svm_arg_uint(kernel, 1, STEPS);
	svm_arg_uint(kernel, 2, row->roles);
	svm_arg_pointer(kernel, 3, meeting.failures);
	svm_arg_pointer(kernel, 4, (void *)meeting.control);
	for (uint64_t i = 0; svm_more(run, i, 4) || (!met && i < MOST_ROUNDS); i++)
		met |= meet(&meeting, kernel);
	svm_stop_word(NULL);
	clSVMFree(run->context, meeting.words);
	clSVMFree(run->context, meeting.failures);
	clSVMFree(run->context, (void *)meeting.control);
	svm_success(clReleaseKernel(kernel));
	svm_success(clReleaseProgram(program));
	if (!met)
		svm_skip("no reader ever ran at the same time as a writer, in %u rounds",
			 MOST_ROUNDS);
}

/* ---- flags ---- */

SVM_CASE(atomics_flag_values, SVM_ANY_SVM | SVM_C_ATOMICS, "C 6.15.12.7.7, 6.15.12.7.8 (flags)",
	 "test_and_set returns what the flag was and sets it; clear clears it.")
{
	cl_program program = svm_build(run, flags_cl, " ");
	cl_kernel clear = svm_kernel(program, "clear"), test = svm_kernel(program, "test_and_set");
	void *flags = svm_any(run, COUNT * 16);
	uint32_t *returned = svm_any(run, COUNT * sizeof(*returned));

	svm_arg_pointer(clear, 0, flags);
	svm_arg_pointer(test, 0, flags);
	svm_arg_pointer(test, 1, returned);
	svm_launch(run->queue, clear, COUNT, 0);
	for (unsigned int round = 0; round < 4; round++) {
		svm_launch(run->queue, test, COUNT, 0);
		svm_map(run, returned, COUNT * sizeof(*returned));
		for (unsigned int i = 0; i < COUNT; i++)
			svm_expect_equal(round % 2, returned[i]);
		svm_unmap(run, returned);
		if (round == 1)
			svm_launch(run->queue, clear, COUNT, 0);
	}
	svm_finish(run->queue, "flags");
	clSVMFree(run->context, flags);
	clSVMFree(run->context, returned);
	svm_success(clReleaseKernel(clear));
	svm_success(clReleaseKernel(test));
	svm_success(clReleaseProgram(program));
}

SVM_CASE(atomics_flag_device, SVM_ANY_SVM | SVM_C_ATOMICS, "C 6.15.12.7.7 (flags)",
	 "Of many work-items that set a flag exactly one finds it clear.")
{
	cl_program program = svm_build(run, flags_cl, " ");
	cl_kernel clear = svm_kernel(program, "clear"), win = svm_kernel(program, "win");
	void *flags = svm_any(run, COUNT * 16);
	uint32_t *wins = svm_any(run, COUNT * sizeof(*wins));

	svm_arg_pointer(clear, 0, flags);
	svm_arg_pointer(win, 0, flags);
	svm_arg_uint(win, 1, COUNT);
	svm_arg_pointer(win, 2, wins);
	for (uint64_t i = 0; svm_more(run, i, 20); i++) {
		svm_launch(run->queue, clear, COUNT, 0);
		svm_launch(run->queue, win, 64, 8);
		svm_map(run, wins, COUNT * sizeof(*wins));
		for (unsigned int flag = 0; flag < COUNT; flag++)
			svm_expect_equal(i + 1, wins[flag]);
		svm_unmap(run, wins);
	}
	svm_finish(run->queue, "flags");
	clSVMFree(run->context, flags);
	clSVMFree(run->context, wins);
	svm_success(clReleaseKernel(clear));
	svm_success(clReleaseKernel(win));
	svm_success(clReleaseProgram(program));
}

SVM_CASE(atomics_init_device, SVM_ANY_SVM | SVM_C_ATOMICS, "C 6.15.12.2 (atomic_init)",
	 "atomic_init gives an atomic object its value.")
{
	cl_program program = svm_build(run, flags_cl, " ");
	cl_kernel init = svm_kernel(program, "init");
	int32_t *words = svm_any(run, COUNT * sizeof(*words));
	int32_t *seen = svm_any(run, COUNT * sizeof(*seen));

	svm_arg_pointer(init, 0, words);
	svm_arg_pointer(init, 1, seen);
	svm_launch(run->queue, init, COUNT, 0);
	svm_map(run, words, COUNT * sizeof(*words));
	svm_map(run, seen, COUNT * sizeof(*seen));
	for (int32_t i = 0; i < COUNT; i++) {
		svm_expect_equal(3 * i + 1, words[i]);
		svm_expect_equal(3 * i + 1, seen[i]);
	}
	svm_unmap(run, words);
	svm_unmap(run, seen);
	clSVMFree(run->context, words);
	clSVMFree(run->context, seen);
	svm_success(clReleaseKernel(init));
	svm_success(clReleaseProgram(program));
}

/* ---- the table ---- */

static const struct svm_case values_case = {
	.claim = "A load returns what was stored before.",
	.section = "C 6.15.12",
	.needs = SVM_ANY_SVM | SVM_C_ATOMICS,
	.run = load_store_values,
};

static const struct svm_case meet_case = {
	.claim = "Readers of a word that is being written see whole values, in the order written.",
	.section = "C 6.15.12; API 3.3.9",
	.run = load_store_meet,
};

static void add(const struct load_store_row *row, const char *suffix)
{
	static const char *const sides[] = { "", "device_to_cpu", "cpu_to_device", "device" };
	bool with_cpu = row->roles != (DEVICE_WRITES | DEVICE_READS);
	struct svm_case made = meet_case;

	made.needs = row->base.type->needs | row->base.order->needs | SVM_C_ATOMICS;
	made.needs |= with_cpu ? SVM_ATOMICS | SVM_ALL_DEVICES : SVM_ANY_SVM | SVM_TWO_UNITS;
	svm_register_row(&made, row, "atomics_load_store_%s_%s%s", row->base.type->name,
			 sides[row->roles], suffix);
}

__attribute__((constructor)) static void register_load_store(void)
{
	static struct load_store_row rows[64];
	unsigned int count = 0;

	for (unsigned int i = 0; i < atomics_type_count; i++) {
		struct svm_case made = values_case;

		for (unsigned int roles = 1; roles <= 3; roles++) {
			struct load_store_row *row = &rows[count++];

			*row = (struct load_store_row){
				.base = { .type = &atomics_types[i], .order = &atomics_orders[0] },
				.load_order = "relaxed",
				.store_order = "relaxed",
				.roles = roles,
			};
			add(row, "");
		}
		made.needs |= atomics_types[i].needs;
		svm_register_row(&made, &rows[count - 1], "atomics_load_store_%s_values",
				 atomics_types[i].name);
	}
	for (unsigned int roles = 1; roles <= 3; roles++) {
		rows[count] = rows[0];
		rows[count].roles = roles;
		rows[count].base.order = &atomics_orders[3];
		rows[count].load_order = "acquire";
		rows[count].store_order = "release";
		add(&rows[count++], "_acquire_release");
		rows[count] = rows[0];
		rows[count].roles = roles;
		rows[count].base.order = &atomics_orders[4];
		rows[count].load_order = "seq_cst";
		rows[count].store_order = "seq_cst";
		add(&rows[count++], "_seq_cst");
	}
}
