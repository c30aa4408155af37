// SPDX-License-Identifier: MIT
/*
 * Random commands on a few allocations, with a model that says what must be there.
 * The seed alone determines the commands, so that a failure can be repeated.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "harness/suite.h"

#define ALLOCATIONS 4
#define WORDS	    1024
#define BYTES	    (WORDS * sizeof(cl_int))
#define STEPS	    400
/* Of all launches: some implementations compile a kernel anew for each size of groups. */
#define GROUP	16
#define THREADS 3

extern const char basic_cl[];

struct stress {
	struct svm_run *run;
	cl_command_queue queue;
	struct svm_random random;
	cl_kernel add, copy, number;
	cl_int *memory[ALLOCATIONS];
	cl_int *model[ALLOCATIONS];
	cl_mem buffers[ALLOCATIONS]; /* over the same memory */
	cl_event last; /* in an out-of-order queue each command waits for the one before */
	bool out_of_order, by_hand; /* by_hand: the host reads and writes in between */
	pthread_t thread;
};

struct stress_row {
	const char *name;
	bool out_of_order, by_hand, fine;
	unsigned int threads;
};

static void open_stress(struct stress *stress, struct svm_run *run, const struct stress_row *row,
			cl_program program, unsigned int number)
{
	cl_int code;

	*stress = (struct stress){ .run = run,
				   .out_of_order = row->out_of_order,
				   .by_hand = row->by_hand };
	stress->random.state = svm_random_next(&run->random) + number;
	stress->queue =
		svm_queue(run, row->out_of_order ? CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE : 0);
	stress->add = svm_kernel(program, "add");
	stress->copy = svm_kernel(program, "copy");
	stress->number = svm_kernel(program, "number");
	for (unsigned int i = 0; i < ALLOCATIONS; i++) {
		stress->memory[i] = row->fine ? svm_fine(run, BYTES) : svm_coarse(run, BYTES);
		stress->model[i] = calloc(WORDS, sizeof(cl_int));
		svm_expect(stress->model[i], "no memory");
		stress->buffers[i] = clCreateBuffer(run->context, CL_MEM_USE_HOST_PTR, BYTES,
						    stress->memory[i], &code);
		svm_success(code);
	}
}

static void close_stress(struct stress *stress)
{
	if (stress->last)
		svm_success(clReleaseEvent(stress->last));
	for (unsigned int i = 0; i < ALLOCATIONS; i++) {
		svm_success(clReleaseMemObject(stress->buffers[i]));
		clSVMFree(stress->run->context, stress->memory[i]);
		free(stress->model[i]);
	}
	svm_success(clReleaseKernel(stress->add));
	svm_success(clReleaseKernel(stress->copy));
	svm_success(clReleaseKernel(stress->number));
	svm_success(clReleaseCommandQueue(stress->queue));
}

static size_t below(struct stress *stress, size_t limit)
{
	return (size_t)svm_random_below(&stress->random, limit);
}

/* ---- steps: a command, and the same on the model ---- */

/* What a command waits for, and where its event goes. */
static cl_uint wait_count(const struct stress *stress)
{
	return stress->out_of_order && stress->last ? 1 : 0;
}

static const cl_event *wait_list(const struct stress *stress)
{
	return wait_count(stress) ? &stress->last : NULL;
}

static void follow(struct stress *stress, cl_event event)
{
	if (stress->last)
		svm_success(clReleaseEvent(stress->last));
	stress->last = event;
}

/* A number of work-items, of whole groups, up to @most. */
static size_t some_items(struct stress *stress, size_t most)
{
	return GROUP * (1 + below(stress, most / GROUP));
}

static void launch(struct stress *stress, cl_kernel kernel, size_t items)
{
	const size_t group = GROUP;
	cl_event event;

	svm_success(clEnqueueNDRangeKernel(stress->queue, kernel, 1, NULL, &items, &group,
					   wait_count(stress), wait_list(stress), &event));
	follow(stress, event);
}

static void step_add(struct stress *stress)
{
	size_t which = below(stress, ALLOCATIONS), from = below(stress, WORDS - GROUP);
	size_t count = some_items(stress, WORDS - from);
	cl_int amount = (cl_int)below(stress, 100);

	svm_arg_pointer(stress->add, 0, stress->memory[which] + from);
	svm_arg(stress->add, 1, sizeof(amount), &amount);
	launch(stress, stress->add, count);
	for (size_t i = from; i < from + count; i++)
		stress->model[which][i] += amount;
}

static void step_number_by_buffer(struct stress *stress)
{
	size_t which = below(stress, ALLOCATIONS), count = some_items(stress, WORDS);
	cl_int first = (cl_int)below(stress, 10000);

	svm_arg(stress->number, 0, sizeof(cl_mem), &stress->buffers[which]);
	svm_arg(stress->number, 1, sizeof(first), &first);
	launch(stress, stress->number, count);
	for (size_t i = 0; i < count; i++)
		stress->model[which][i] = first + (cl_int)i;
}

static void step_copy_kernel(struct stress *stress)
{
	size_t from = below(stress, ALLOCATIONS), to = (from + 1) % ALLOCATIONS;
	size_t count = some_items(stress, WORDS);

	svm_arg_pointer(stress->copy, 0, stress->memory[to]);
	svm_arg_pointer(stress->copy, 1, stress->memory[from]);
	launch(stress, stress->copy, count);
	memcpy(stress->model[to], stress->model[from], count * sizeof(cl_int));
}

static void step_memcpy(struct stress *stress)
{
	size_t from = below(stress, ALLOCATIONS), to = (from + 1) % ALLOCATIONS;
	size_t offset = below(stress, BYTES), bytes = 1 + below(stress, BYTES - offset);
	cl_event event;

	svm_success(clEnqueueSVMMemcpy(stress->queue, CL_FALSE, (char *)stress->memory[to] + offset,
				       (char *)stress->memory[from] + offset, bytes,
				       wait_count(stress), wait_list(stress), &event));
	follow(stress, event);
	memcpy((char *)stress->model[to] + offset, (char *)stress->model[from] + offset, bytes);
}

static void step_fill(struct stress *stress)
{
	size_t which = below(stress, ALLOCATIONS), from = below(stress, WORDS);
	size_t count = 1 + below(stress, WORDS - from);
	cl_int pattern = (cl_int)below(stress, 1000);
	cl_event event;

	svm_success(clEnqueueSVMMemFill(stress->queue, stress->memory[which] + from, &pattern,
					sizeof(pattern), count * sizeof(pattern),
					wait_count(stress), wait_list(stress), &event));
	follow(stress, event);
	for (size_t i = from; i < from + count; i++)
		stress->model[which][i] = pattern;
}

static void step_migrate(struct stress *stress)
{
	const void *pointers[] = { stress->memory[below(stress, ALLOCATIONS)] };
	cl_event event;

	svm_success(clEnqueueSVMMigrateMem(stress->queue, 1, pointers, NULL,
					   below(stress, 2) ? CL_MIGRATE_MEM_OBJECT_HOST : 0,
					   wait_count(stress), wait_list(stress), &event));
	follow(stress, event);
}

static void check_allocation(struct stress *stress, size_t which)
{
	cl_int *memory = stress->memory[which];

	svm_success(clEnqueueSVMMap(stress->queue, CL_TRUE, CL_MAP_READ, memory, BYTES,
				    wait_count(stress), wait_list(stress), NULL));
	for (size_t i = 0; i < WORDS; i++)
		svm_expect(memory[i] == stress->model[which][i],
			   "allocation %zu, word %zu: expected %d, seen %d", which, i,
			   stress->model[which][i], memory[i]);
	svm_success(clEnqueueSVMUnmap(stress->queue, memory, 0, NULL, NULL));
	svm_success(clFinish(stress->queue));
}

/* The host's turn: everything before must be visible, and what it writes too. */
static void step_by_hand(struct stress *stress)
{
	size_t which = below(stress, ALLOCATIONS), from = below(stress, WORDS);

	if (!stress->by_hand || below(stress, 4))
		return;
	check_allocation(stress, which);
	svm_success(clEnqueueSVMMap(stress->queue, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE,
				    stress->memory[which], BYTES, 0, NULL, NULL));
	for (size_t i = from; i < WORDS; i += 7) {
		stress->memory[which][i] -= 5;
		stress->model[which][i] -= 5;
	}
	svm_success(clEnqueueSVMUnmap(stress->queue, stress->memory[which], 0, NULL, NULL));
	svm_success(clFinish(stress->queue));
}

static void *run_steps(void *argument)
{
	static void (*const steps[])(struct stress *) = {
		step_add,  step_number_by_buffer, step_copy_kernel, step_memcpy,
		step_fill, step_migrate,	  step_by_hand,
	};
	struct stress *stress = argument;

	for (unsigned int i = 0; i < STEPS; i++)
		steps[below(stress, sizeof(steps) / sizeof(steps[0]))](stress);
	svm_success(clFinish(stress->queue));
	for (size_t i = 0; i < ALLOCATIONS; i++)
		check_allocation(stress, i);
	return NULL;
}

static void check_mix(struct svm_run *run)
{
	const struct stress_row *row = run->test->row;
	cl_program program = svm_build(run, basic_cl, " ");
	struct stress stress[THREADS];

	for (uint64_t round = 0; svm_more(run, round, 5); round++) {
		for (unsigned int i = 0; i < row->threads; i++)
			open_stress(&stress[i], run, row, program, i);
		svm_step("random commands");
		for (unsigned int i = 1; i < row->threads; i++)
			svm_expect(!pthread_create(&stress[i].thread, NULL, run_steps, &stress[i]),
				   "no thread");
		run_steps(&stress[0]);
		for (unsigned int i = 1; i < row->threads; i++)
			pthread_join(stress[i].thread, NULL);
		for (unsigned int i = 0; i < row->threads; i++)
			close_stress(&stress[i]);
	}
	svm_success(clReleaseProgram(program));
}

static const struct svm_case mix_case = {
	.claim = "After any mix of commands the memory holds what a model of them says.",
	.section = "API 5.6, 3.3.9",
	.run = check_mix,
};

static const struct stress_row rows[] = {
	{ "coarse", false, false, false, 1 },
	{ "coarse_with_host", false, true, false, 1 },
	{ "fine", false, false, true, 1 },
	{ "fine_with_host", false, true, true, 1 },
	{ "out_of_order", true, false, true, 1 },
	{ "out_of_order_with_host", true, true, true, 1 },
	{ "threads", false, true, true, THREADS },
	{ "threads_out_of_order", true, true, true, THREADS },
};

/* ---- allocations that come and go under launches ---- */

SVM_CASE(stress_allocations, SVM_FINE, "API 5.6",
	 "Allocations of all sizes come and go between launches that use them.")
{
	enum { SLOTS = 40 };
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "number");
	cl_int *memory[SLOTS] = { 0 }, first[SLOTS] = { 0 };
	size_t count[SLOTS] = { 0 };

	for (uint64_t round = 0; svm_more(run, round, 1500); round++) {
		size_t slot = (size_t)svm_random_below(&run->random, SLOTS);

		if (memory[slot]) {
			for (size_t i = 0; i < count[slot]; i++)
				svm_expect_equal(first[slot] + (cl_int)i, memory[slot][i]);
			clSVMFree(run->context, memory[slot]);
			memory[slot] = NULL;
			continue;
		}
		count[slot] = GROUP *
			      (1 + (size_t)svm_random_below(&run->random, round % 10 ? 12 : 1200));
		first[slot] = (cl_int)round;
		memory[slot] = clSVMAlloc(run->context,
					  CL_MEM_SVM_FINE_GRAIN_BUFFER |
						  (round % 3 || !(run->device.has & SVM_ATOMICS) ?
							   0 :
							   CL_MEM_SVM_ATOMICS),
					  count[slot] * sizeof(cl_int), 0);
		svm_expect(memory[slot], "%zu words: NULL", count[slot]);
		svm_arg_pointer(kernel, 0, memory[slot]);
		svm_arg(kernel, 1, sizeof(first[slot]), &first[slot]);
		svm_launch(run->queue, kernel, count[slot], GROUP);
		svm_finish(run->queue, "numbering an allocation");
	}
	for (size_t slot = 0; slot < SLOTS; slot++)
		clSVMFree(run->context, memory[slot]);
	svm_success(clReleaseKernel(kernel));
}

__attribute__((constructor)) static void register_stress(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct svm_case made = mix_case;

		made.needs = rows[i].fine ? SVM_FINE : SVM_COARSE;
		made.needs |= rows[i].out_of_order ? SVM_OUT_OF_ORDER : 0;
		svm_register_row(&made, &rows[i], "stress_mix_%s", rows[i].name);
	}
}
