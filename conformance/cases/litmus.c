// SPDX-License-Identifier: MIT
/*
 * The memory model's shapes. Two to four participants each run a few operations on words
 * that they share, thousands of times with random delays; an outcome that the model
 * forbids must never be seen. Participants are work-groups, or work-groups and
 * CPU threads in turn.
 *
 * A run says something only where the participants were at it at the same time. If
 * each had run through all instances before the next began, all instances would end
 * alike. So a case goes on until it has seen two different outcomes, and is skipped
 * where that does not happen.
 */
#include <pthread.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "litmus_cpu.h"

#define INSTANCES  512
#define BLOCK	   1 /* instances between meetings */
#define STRIDE	   32 /* words: x, y and payload are on lines of their own */
#define MOST_PARTS 4
/*
 * Parts are spread over so many work-groups, most of which do nothing: implementations give
 * neighbouring groups to one thread.
 */
#define GROUPS	    16
#define NO_PART	    4
#define ROUNDS	    150
#define MOST_ROUNDS 300
/* Loads: about the time in which a line goes from one processor to another, and back. */
#define MOST_DELAY    400
#define MEET_LIMIT    3000
#define LINE	      32 /* words of control */
#define CONTROL_BYTES ((1 + MOST_PARTS) * LINE * sizeof(cl_uint))
#define WORDS_BYTES   (INSTANCES * 3 * STRIDE * sizeof(cl_uint))

extern const char litmus_cl[];
extern const char litmus_device_h[];
extern const char litmus_shapes_h[];

struct outcome {
	const cl_uint *r; /* what was read */
	cl_uint x, y; /* what is there in the end */
};

struct shape {
	const char *name;
	unsigned int parts;
	bool (*forbidden)(const struct outcome *outcome);
	const char *claim;
	const char *section;
};

struct litmus_row {
	const struct shape *shape;
	enum litmus_orders orders;
	bool with_cpu;
};

/* ---- what must not be seen ---- */

static bool mp_forbidden(const struct outcome *it)
{
	return it->r[0] == 1 && it->r[1] == 0;
}

static bool release_sequence_forbidden(const struct outcome *it)
{
	return it->r[0] >= 4 && it->r[1] == 0;
}

static bool sb_forbidden(const struct outcome *it)
{
	return it->r[0] == 0 && it->r[1] == 0;
}

static bool lb_forbidden(const struct outcome *it)
{
	return it->r[0] == 1 && it->r[1] == 1;
}

static bool iriw_forbidden(const struct outcome *it)
{
	return it->r[0] == 1 && it->r[1] == 0 && it->r[2] == 1 && it->r[3] == 0;
}

static bool wrc_forbidden(const struct outcome *it)
{
	return it->r[0] == 1 && it->r[1] == 1 && it->r[2] == 0;
}

static bool s_forbidden(const struct outcome *it)
{
	return it->r[0] == 1 && it->x == 2;
}

static bool r_forbidden(const struct outcome *it)
{
	return it->y == 2 && it->r[0] == 0;
}

static bool two_writes_forbidden(const struct outcome *it)
{
	return it->x == 1 && it->y == 1;
}

static bool corr_forbidden(const struct outcome *it)
{
	return it->r[0] > it->r[1];
}

static bool cowr_forbidden(const struct outcome *it)
{
	return it->r[0] == 0 || it->r[1] == 0 || (it->r[0] == 2 && it->r[1] == 1);
}

static bool corw_forbidden(const struct outcome *it)
{
	return it->r[0] == 1 || (it->r[0] == 2 && it->x == 2);
}

/* Whether two reads saw 1 before 2, or 2 before 1, or a value vanish. */
static bool corr2_forbidden(const struct outcome *it)
{
	bool up = it->r[0] == 1 && it->r[1] == 2, down = it->r[0] == 2 && it->r[1] == 1;

	return (it->r[0] && !it->r[1]) || (it->r[2] && !it->r[3]) ||
	       (up && it->r[2] == 2 && it->r[3] == 1) || (down && it->r[2] == 1 && it->r[3] == 2) ||
	       (up && it->x == 1) || (down && it->x == 2);
}

static bool rmw_forbidden(const struct outcome *it)
{
	return it->r[0] == it->r[1] || it->x != 2;
}

static bool rmw_store_forbidden(const struct outcome *it)
{
	/* Either the store came later, or it was read and added to. */
	return it->r[0] == 0 ? it->x != 4 : it->r[0] != 4 || it->x != 5;
}

/* ---- a case ---- */

struct play {
	struct svm_run *run;
	const struct litmus_row *row;
	cl_kernel kernel;
	_Atomic cl_uint *words, *control;
	cl_uint *results, *part_list, *delays;
	bool device_plays[MOST_PARTS];
	struct cpu_part {
		struct play *play;
		cl_uint part;
		pthread_t thread;
	} cpu_parts[MOST_PARTS];
	uint64_t first_outcome;
	bool has_outcome, outcomes_differ;
};

static cl_program build(struct svm_run *run, const struct litmus_row *row)
{
	static const char *const orders[] = { "RELAXED", "ACQ_REL", "SEQ_CST", "FENCES" };
	char *source = NULL;
	cl_program program;

	if (asprintf(&source, "%s%s%s", litmus_device_h, litmus_shapes_h, litmus_cl) < 0)
		svm_expect(false, "no memory");
	program = svm_build(run, source, "-D%s -DNAME=%s -DSTRIDE=%u", orders[row->orders],
			    row->shape->name, STRIDE);
	free(source);
	return program;
}

/* As in litmus.cl. */
static void meet(_Atomic cl_uint *control, cl_uint part, cl_uint parts, cl_uint meetings)
{
	cl_uint come = 0;

	atomic_store_explicit(&control[(1 + part) * LINE], meetings, memory_order_relaxed);
	for (cl_uint i = 0; i < MEET_LIMIT && come < meetings * parts; i += parts) {
		come = 0;
		for (cl_uint other = 0; other < parts; other++)
			come += atomic_load_explicit(&control[(1 + other) * LINE],
						     memory_order_relaxed);
	}
}

static void *play_on_cpu(void *argument)
{
	const struct cpu_part *self = argument;
	const struct play *play = self->play;
	litmus_player player = litmus_cpu_player(play->row->shape->name, play->row->orders);
	const cl_uint parts = play->row->shape->parts;
	cl_uint meetings = 0;

	for (cl_uint i = 0; i < INSTANCES; i++) {
		_Atomic cl_uint *instance = play->words + i * 3 * STRIDE;

		if (i % BLOCK == 0) {
			meetings++;
			meet(play->control, self->part, parts, meetings);
		}
		for (cl_uint j = 0; j < play->delays[i * 4 + self->part]; j++)
			(void)atomic_load_explicit(&play->control[0], memory_order_relaxed);
		player(self->part, instance, instance + STRIDE,
		       (volatile cl_uint *)(instance + 2 * STRIDE), play->results + i * 4);
	}
	return NULL;
}

static void open_play(struct play *play)
{
	struct svm_run *run = play->run;
	void *(*allocate)(struct svm_run *, size_t) = play->row->with_cpu ? svm_atomic : svm_any;

	play->words = allocate(run, WORDS_BYTES);
	play->control = allocate(run, CONTROL_BYTES);
	play->results = allocate(run, INSTANCES * 4 * sizeof(cl_uint));
	play->part_list = allocate(run, GROUPS * sizeof(cl_uint));
	play->delays = allocate(run, INSTANCES * 4 * sizeof(cl_uint));
	svm_arg_pointer(play->kernel, 0, (void *)play->words);
	svm_arg_pointer(play->kernel, 1, play->results);
	svm_arg_pointer(play->kernel, 2, play->part_list);
	svm_arg_pointer(play->kernel, 3, play->delays);
	svm_arg_uint(play->kernel, 4, INSTANCES);
	svm_arg_uint(play->kernel, 5, play->row->shape->parts);
	svm_arg_uint(play->kernel, 6, BLOCK);
	svm_arg_pointer(play->kernel, 7, (void *)play->control);
}

static void map_play(const struct play *play)
{
	svm_map(play->run, (void *)play->words, WORDS_BYTES);
	svm_map(play->run, (void *)play->control, CONTROL_BYTES);
	svm_map(play->run, play->results, INSTANCES * 4 * sizeof(cl_uint));
	svm_map(play->run, play->part_list, GROUPS * sizeof(cl_uint));
	svm_map(play->run, play->delays, INSTANCES * 4 * sizeof(cl_uint));
}

static void unmap_play(const struct play *play)
{
	svm_unmap(play->run, (void *)play->words);
	svm_unmap(play->run, (void *)play->control);
	svm_unmap(play->run, play->results);
	svm_unmap(play->run, play->part_list);
	svm_unmap(play->run, play->delays);
}

/* CPU and device take turns, and change their parts every round. */
static void cast_parts(struct play *play, uint64_t round)
{
	cl_uint parts = play->row->shape->parts, on_device = 0, placed = 0;

	for (cl_uint part = 0; part < parts; part++) {
		play->device_plays[part] = !play->row->with_cpu || (part + round) % 2;
		on_device += play->device_plays[part];
	}
	for (cl_uint i = 0; i < GROUPS; i++)
		play->part_list[i] = NO_PART;
	for (cl_uint part = 0; part < parts; part++) {
		if (play->device_plays[part])
			play->part_list[on_device > 1 ? placed++ * (GROUPS - 1) / (on_device - 1) :
							0] = part;
	}
}

static void prepare(struct play *play, uint64_t round)
{
	memset((void *)play->words, 0, WORDS_BYTES);
	memset((void *)play->control, 0, CONTROL_BYTES);
	memset(play->results, 0, INSTANCES * 4 * sizeof(cl_uint));
	for (cl_uint i = 0; i < INSTANCES * 4; i++)
		play->delays[i] = (cl_uint)svm_random_below(&play->run->random, MOST_DELAY);
	cast_parts(play, round);
}

static void check_instance(struct play *play, cl_uint instance)
{
	const _Atomic cl_uint *words = play->words + instance * 3 * STRIDE;
	const struct outcome outcome = { play->results + instance * 4, atomic_load(&words[0]),
					 atomic_load(&words[STRIDE]) };
	const cl_uint *r = outcome.r;
	uint64_t packed = 0;

	svm_expect(!play->row->shape->forbidden(&outcome),
		   "instance %u: forbidden outcome: read %u %u %u %u, left x=%u y=%u", instance,
		   r[0], r[1], r[2], r[3], outcome.x, outcome.y);
	for (unsigned int i = 0; i < 4; i++)
		packed = packed << 8 | r[i];
	packed = packed << 16 | outcome.x << 8 | outcome.y;
	if (!play->has_outcome)
		play->first_outcome = packed;
	play->has_outcome = true;
	play->outcomes_differ |= packed != play->first_outcome;
}

static void play_round(struct play *play, uint64_t round)
{
	cl_uint parts = play->row->shape->parts;

	svm_step("preparing a round");
	map_play(play);
	prepare(play, round);
	unmap_play(play);
	svm_launch(play->run->queue, play->kernel, GROUPS, 1);
	svm_success(clFlush(play->run->queue));
	for (cl_uint part = 0; part < parts; part++) {
		struct cpu_part *it = &play->cpu_parts[part];

		it->play = play;
		it->part = part;
		if (!play->device_plays[part])
			svm_expect(!pthread_create(&it->thread, NULL, play_on_cpu, it),
				   "no thread");
	}
	svm_finish(play->run->queue, "the device plays its parts");
	svm_step("the CPU plays its parts");
	for (cl_uint part = 0; part < parts; part++) {
		if (!play->device_plays[part])
			pthread_join(play->cpu_parts[part].thread, NULL);
	}
	map_play(play);
	for (cl_uint i = 0; i < INSTANCES; i++)
		check_instance(play, i);
	unmap_play(play);
	/* Of each round by itself: the next one may be played the other way round. */
	play->has_outcome = false;
}

static void litmus(struct svm_run *run)
{
	struct play play = { .run = run, .row = run->test->row };
	cl_program program = build(run, play.row);

	play.kernel = svm_kernel(program, "play");
	open_play(&play);
	for (uint64_t i = 0; svm_more(run, i, ROUNDS) || (!play.outcomes_differ && i < MOST_ROUNDS);
	     i++)
		play_round(&play, i);
	clSVMFree(run->context, (void *)play.words);
	clSVMFree(run->context, (void *)play.control);
	clSVMFree(run->context, play.results);
	clSVMFree(run->context, play.part_list);
	clSVMFree(run->context, play.delays);
	svm_success(clReleaseKernel(play.kernel));
	svm_success(clReleaseProgram(program));
	if (!play.outcomes_differ)
		svm_skip("the participants were never at it at the same time, in %u rounds",
			 MOST_ROUNDS);
}

/* ---- the table ---- */

#define ORDER_SECTION	  "API 3.3.9 (memory ordering rules)"
#define COHERENCE_SECTION "API 3.3.9 (coherence of one atomic object)"

static const struct shape shapes[] = {
	{ "mp", 2, mp_forbidden, "Who has seen the second store sees the first.", ORDER_SECTION },
	{ "mp_plain", 2, mp_forbidden, "A release store publishes plain data written before it.",
	  ORDER_SECTION },
	{ "release_sequence", 3, release_sequence_forbidden,
	  "A read-modify-write of another participant carries a release on.", ORDER_SECTION },
	{ "sb", 2, sb_forbidden, "Of two that store and then read, one sees the other.",
	  ORDER_SECTION },
	{ "lb", 2, lb_forbidden, "Two that read and then store do not both see the other's.",
	  ORDER_SECTION },
	{ "iriw", 4, iriw_forbidden, "Two readers agree on the order of independent stores.",
	  ORDER_SECTION },
	{ "wrc", 3, wrc_forbidden, "What was seen before a store is seen by who sees the store.",
	  ORDER_SECTION },
	{ "s", 2, s_forbidden, "A store after an acquire comes after what the release published.",
	  ORDER_SECTION },
	{ "r", 2, r_forbidden, "All agree on the order of stores and a read.", ORDER_SECTION },
	{ "two_writes", 2, two_writes_forbidden, "Two writers of two words agree on their order.",
	  ORDER_SECTION },
	{ "corr", 2, corr_forbidden, "Two reads of a word do not go back in time.",
	  COHERENCE_SECTION },
	{ "cowr", 2, cowr_forbidden, "A read after one's own store sees nothing older.",
	  COHERENCE_SECTION },
	{ "corw", 2, corw_forbidden, "A store after a read comes after what was read.",
	  COHERENCE_SECTION },
	{ "corr2", 4, corr2_forbidden, "Two readers agree on the order of stores to a word.",
	  COHERENCE_SECTION },
	{ "rmw", 2, rmw_forbidden, "Two read-modify-writes never read the same value.",
	  COHERENCE_SECTION },
	{ "rmw_store", 2, rmw_store_forbidden,
	  "No store is lost between the halves of a read-modify-write.", COHERENCE_SECTION },
};

static const struct {
	const char *shape;
	enum litmus_orders orders;
} table[] = {
	{ "mp", ORDERS_ACQ_REL },
	{ "mp", ORDERS_SEQ_CST },
	{ "mp", ORDERS_FENCES },
	{ "mp_plain", ORDERS_ACQ_REL },
	{ "mp_plain", ORDERS_SEQ_CST },
	{ "mp_plain", ORDERS_FENCES },
	{ "release_sequence", ORDERS_ACQ_REL },
	{ "sb", ORDERS_SEQ_CST },
	{ "sb", ORDERS_FENCES },
	{ "lb", ORDERS_ACQ_REL },
	{ "lb", ORDERS_SEQ_CST },
	{ "lb", ORDERS_FENCES },
	{ "iriw", ORDERS_SEQ_CST },
	{ "wrc", ORDERS_ACQ_REL },
	{ "wrc", ORDERS_SEQ_CST },
	{ "s", ORDERS_ACQ_REL },
	{ "s", ORDERS_SEQ_CST },
	{ "r", ORDERS_SEQ_CST },
	{ "two_writes", ORDERS_SEQ_CST },
	{ "corr", ORDERS_RELAXED },
	{ "cowr", ORDERS_RELAXED },
	{ "corw", ORDERS_RELAXED },
	{ "corr2", ORDERS_RELAXED },
	{ "rmw", ORDERS_RELAXED },
	{ "rmw_store", ORDERS_RELAXED },
};
#define TABLE_COUNT (sizeof(table) / sizeof(table[0]))

static const struct shape *shape_of(const char *name)
{
	const struct shape *shape = shapes;

	while (strcmp(shape->name, name))
		shape++;
	return shape;
}

__attribute__((constructor)) static void register_litmus(void)
{
	static const char *const names[] = { "relaxed", "acq_rel", "seq_cst", "fences" };
	static struct litmus_row rows[2 * TABLE_COUNT];

	for (unsigned int i = 0; i < 2 * TABLE_COUNT; i++) {
		struct litmus_row *row = &rows[i];
		struct svm_case made = { .run = litmus, .needs = SVM_C_ATOMICS | SVM_SEQ_CST };

		row->shape = shape_of(table[i / 2].shape);
		row->orders = table[i / 2].orders;
		row->with_cpu = i % 2;
		made.claim = row->shape->claim;
		made.section = row->shape->section;
		made.needs |= row->orders == ORDERS_ACQ_REL ? SVM_ACQ_REL : 0;
		made.needs |= row->with_cpu ? SVM_ATOMICS | SVM_ALL_DEVICES :
					      SVM_ANY_SVM | SVM_TWO_UNITS;
		svm_register_row(&made, row, "litmus_%s_%s_%s", row->shape->name,
				 names[row->orders], row->with_cpu ? "shared" : "device");
	}
}
