// SPDX-License-Identifier: MIT
/*
 * What the work-items of a sub-group tell each other, however large the device's sub-groups are: in
 * groups of several shapes, in all types, where all are there and where some are.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "sub_group_world.h"

#define SEED   1
#define TURNS  3
#define WIDEST 16 /* components of a vector */

/* ---- calls, and what they give ---- */

enum operation {
	ADD,
	MIN,
	MAX,
	MUL, /* from here on not by the functions that all work-items must call */
	AND, /* from here on of integers */
	OR,
	XOR,
	LOGICAL_AND, /* from here on of int */
	LOGICAL_OR,
	LOGICAL_XOR,
	OPERATIONS,
};

static const char *const operation_names[OPERATIONS] = {
	"add", "min", "max", "mul", "and", "or", "xor", "logical_and", "logical_or", "logical_xor"
};

enum kind {
	REDUCE,
	INCLUSIVE,
	EXCLUSIVE,
	CLUSTERED,
	BROADCAST,
	BROADCAST_FIRST,
	SHUFFLE,
	SHUFFLE_XOR,
	SHUFFLE_UP,
	SHUFFLE_DOWN,
	ROTATE,
	CLUSTERED_ROTATE,
	ALL_EQUAL,
};

struct call {
	enum kind kind;
	enum operation operation;
	unsigned int cluster;
	char text[80]; /* with x, lane, most and turn */
};

struct calls {
	struct call list[64];
	size_t count;
};

struct number {
	__int128 integer;
	double real; /* of half, float and double */
};

static struct number number_of(enum value_type type, const void *array, size_t index)
{
	struct number number = { 0 };

	if (value_types[type].is_real)
		number.real = value_real(type, array, index);
	else
		number.integer = value_integer(type, array, index);
	return number;
}

static void set_number(enum value_type type, void *array, size_t index, struct number number)
{
	if (value_types[type].is_real)
		value_set_real(type, array, index, number.real);
	else
		value_set_integer(type, array, index, number.integer);
}

/* What changes no other number. */
static struct number neutral(enum value_type type, enum operation operation)
{
	bool is_real = value_types[type].is_real;

	switch (operation) {
	case MUL:
	case LOGICAL_AND:
		return (struct number){ 1, 1 };
	case MIN:
		return (struct number){ is_real ? 0 : value_greatest(type), (double)INFINITY };
	case MAX:
		return (struct number){ is_real ? 0 : value_least(type), -(double)INFINITY };
	case AND:
		return (struct number){ -1, 0 };
	default:
		return (struct number){ 0, 0 };
	}
}

static __int128 apply_to_integers(enum operation operation, __int128 a, __int128 b)
{
	switch (operation) {
	case ADD:
		return a + b;
	case MUL:
		/* Of 64 bits each; a product of any may not fit. */
		return (__int128)((unsigned __int128)a * (unsigned __int128)b);
	case MIN:
		return a < b ? a : b;
	case MAX:
		return a > b ? a : b;
	case AND:
		return a & b;
	case OR:
		return a | b;
	case XOR:
		return a ^ b;
	case LOGICAL_AND:
		return a && b;
	case LOGICAL_OR:
		return a || b;
	default:
		return !a != !b;
	}
}

static struct number apply(enum value_type type, enum operation operation, struct number a,
			   struct number b)
{
	if (!value_types[type].is_real)
		return (struct number){ .integer = apply_to_integers(operation, a.integer,
								     b.integer) };
	switch (operation) {
	case ADD:
		return (struct number){ .real = a.real + b.real };
	case MUL:
		return (struct number){ .real = a.real * b.real };
	case MIN:
		return (struct number){ .real = fmin(a.real, b.real) };
	default:
		return (struct number){ .real = fmax(a.real, b.real) };
	}
}

/* The lanes whose values a call puts together: [first, end). */
static void range_of(const struct call *call, unsigned int lane, unsigned int *first,
		     unsigned int *end)
{
	*first = 0;
	*end = MOST_LANES;
	if (call->kind == INCLUSIVE)
		*end = lane + 1;
	else if (call->kind == EXCLUSIVE)
		*end = lane;
	else if (call->kind == CLUSTERED)
		*first = lane / call->cluster * call->cluster, *end = *first + call->cluster;
}

/* The lane whose value a call gives. */
static unsigned int source_of(const struct call *call, const struct place *place, unsigned int turn)
{
	unsigned int lane = place->lane, last = call->cluster - 1;

	switch (call->kind) {
	case BROADCAST:
		return turn;
	case SHUFFLE:
		return (lane * 5 + 3 + turn) % place->most;
	case SHUFFLE_XOR:
		return lane ^ (turn + 1);
	case SHUFFLE_UP:
		return lane - (turn + 1);
	case SHUFFLE_DOWN:
		return lane + turn + 1;
	case ROTATE:
		return (lane + turn * 2 + 1) % place->most;
	default:
		return (lane & ~last) | ((lane - (turn + 1)) & last);
	}
}

static unsigned int first_here(const struct place *place, const bool *here)
{
	unsigned int lane = 0;

	while (!is_here(place, lane, here))
		lane++;
	return lane;
}

/* What a call gives; false where that is not defined. */
static bool expect(const struct call *call, enum value_type type, const void *x,
		   const struct place *place, const bool *here, unsigned int turn,
		   struct number *result)
{
	unsigned int first, end, source = first_here(place, here);
	struct number one = number_of(type, x, place->peers[source]);

	if (call->cluster > place->most)
		return false;
	if (call->kind <= CLUSTERED) {
		range_of(call, place->lane, &first, &end);
		*result = neutral(type, call->operation);
		for (unsigned int lane = first; lane < end; lane++) {
			if (is_here(place, lane, here))
				*result = apply(type, call->operation, *result,
						number_of(type, x, place->peers[lane]));
		}
		return true;
	}
	if (call->kind == ALL_EQUAL) {
		*result = (struct number){ 1, 1 };
		for (unsigned int lane = 0; lane < MOST_LANES; lane++) {
			struct number other;

			if (!is_here(place, lane, here))
				continue;
			other = number_of(type, x, place->peers[lane]);
			if (other.integer != one.integer || other.real != one.real)
				*result = (struct number){ 0, 0 };
		}
		return true;
	}
	if (call->kind != BROADCAST_FIRST)
		source = source_of(call, place, turn);
	if (!is_here(place, source, here))
		return false;
	*result = number_of(type, x, place->peers[source]);
	return true;
}

/* ---- which calls ---- */

static void add_call(struct calls *calls, enum kind kind, enum operation operation,
		     unsigned int cluster, const char *text)
{
	struct call *call = &calls->list[calls->count++];

	*call = (struct call){ .kind = kind, .operation = operation, .cluster = cluster };
	snprintf(call->text, sizeof(call->text), "%s", text);
}

static void add_arithmetic(struct calls *calls, enum kind kind, enum operation operation,
			   const char *prefix)
{
	static const char *const names[] = { "reduce", "scan_inclusive", "scan_exclusive" };
	char text[80];

	snprintf(text, sizeof(text), "%s_%s_%s(x)", prefix, names[kind],
		 operation_names[operation]);
	add_call(calls, kind, operation, 1, text);
}

static bool has_operation(enum value_type type, enum operation operation)
{
	if (operation >= LOGICAL_AND)
		return type == TYPE_INT;
	return operation < AND || !value_types[type].is_real;
}

/* Of what all work-items call. */
static void add_uniform(struct calls *calls)
{
	for (enum operation operation = ADD; operation <= MAX; operation++) {
		for (enum kind kind = REDUCE; kind <= EXCLUSIVE; kind++)
			add_arithmetic(calls, kind, operation, "sub_group");
	}
	add_call(calls, BROADCAST, ADD, 1, "sub_group_broadcast(x, turn)");
}

static void add_some(struct calls *calls, const struct tandem_session *session,
		     enum value_type type)
{
	bool has_clusters =
		tandem_session_has_extension(session, "cl_khr_subgroup_clustered_reduce");
	bool has_arithmetic =
		tandem_session_has_extension(session, "cl_khr_subgroup_non_uniform_arithmetic");

	for (enum operation operation = 0; operation < OPERATIONS; operation++) {
		if (!has_operation(type, operation))
			continue;
		for (enum kind kind = REDUCE; kind <= EXCLUSIVE && has_arithmetic; kind++)
			add_arithmetic(calls, kind, operation, "sub_group_non_uniform");
		for (unsigned int size = 1; size <= 8 && has_clusters; size *= 2) {
			char text[80];

			/* A size for each operation, in turn. */
			if (size != 1u << (operation + type) % 4)
				continue;
			snprintf(text, sizeof(text), "sub_group_clustered_reduce_%s(x, %u)",
				 operation_names[operation], size);
			add_call(calls, CLUSTERED, operation, size, text);
		}
	}
}

static void add_moves(struct calls *calls, const struct tandem_session *session)
{
	if (tandem_session_has_extension(session, "cl_khr_subgroup_non_uniform_vote"))
		add_call(calls, ALL_EQUAL, ADD, 1,
			 "(TYPE)(sub_group_non_uniform_all_equal(x) != 0)");
	if (tandem_session_has_extension(session, "cl_khr_subgroup_ballot")) {
		add_call(calls, BROADCAST, ADD, 1, "sub_group_non_uniform_broadcast(x, turn)");
		add_call(calls, BROADCAST_FIRST, ADD, 1, "sub_group_broadcast_first(x)");
	}
	if (tandem_session_has_extension(session, "cl_khr_subgroup_shuffle")) {
		add_call(calls, SHUFFLE, ADD, 1,
			 "sub_group_shuffle(x, (lane * 5 + 3 + turn) % most)");
		add_call(calls, SHUFFLE_XOR, ADD, 1, "sub_group_shuffle_xor(x, turn + 1)");
	}
	if (tandem_session_has_extension(session, "cl_khr_subgroup_shuffle_relative")) {
		add_call(calls, SHUFFLE_UP, ADD, 1, "sub_group_shuffle_up(x, turn + 1)");
		add_call(calls, SHUFFLE_DOWN, ADD, 1, "sub_group_shuffle_down(x, turn + 1)");
	}
	if (tandem_session_has_extension(session, "cl_khr_subgroup_rotate")) {
		add_call(calls, ROTATE, ADD, 1, "sub_group_rotate(x, (int)turn * 2 + 1)");
		add_call(calls, CLUSTERED_ROTATE, ADD, 4,
			 "sub_group_clustered_rotate(x, -1 - (int)turn, 4)");
		add_call(calls, CLUSTERED_ROTATE, ADD, 1,
			 "sub_group_clustered_rotate(x, -1 - (int)turn, 1)");
	}
}

/* ---- scalars ---- */

/*
 * Sums of these are exact in every order, products too, and few are equal; but of every fourth
 * eight places all are.
 */
static void fill(enum value_type type, void *x, size_t count, struct tandem_random *random)
{
	static const double reals[] = { 1, -1, 1, -1, 2, 0.5, -1, 1 };

	for (size_t i = 0; i < count; i++) {
		struct number number = {
			(__int128)tandem_random_bits(random) - INT32_MAX,
			reals[tandem_random_below(random, 8)],
		};

		if (i / 8 % 4 == 3)
			number = (struct number){ 3, 1 };
		set_number(type, x, i, number);
	}
}

static void put_kernel(struct source_text *source, const char *name, const struct calls *calls)
{
	source_put(source,
		   "kernel void %s(global uint *W, global const TYPE *X, global const uchar *M,"
		   " global TYPE *R)\n{\n\tWHO(W);\n"
		   "\tuint lane = get_sub_group_local_id(), most = get_max_sub_group_size();\n"
		   "\tTYPE x = X[PLACE];\n"
		   "\tfor (uint turn = 0; turn < %d; turn++)\n"
		   "\t\tif (M[PLACE] >> turn & 1) {\n"
		   "\t\t\tglobal TYPE *r = R + (PLACE * %d + turn) * %zu;\n",
		   name, TURNS, TURNS, calls->count);
	for (size_t i = 0; i < calls->count; i++)
		source_put(source, "\t\t\tr[%zu] = %s;\n", i, calls->list[i].text);
	source_put(source, "\t\t}\n}\n");
}

static size_t check_call(const struct call *call, enum value_type type, const struct world *world,
			 const void *x, size_t place, const bool *here, unsigned int turn,
			 const char *seen)
{
	struct number number;
	char texts[2][40];
	char value[8];

	if (!expect(call, type, x, &world->places[place], here, turn, &number))
		return 0;
	set_number(type, value, 0, number);
	if (value_is_same(type, seen, value))
		return 1;
	value_print(type, seen, texts[0], sizeof(texts[0]));
	value_print(type, value, texts[1], sizeof(texts[1]));
	value_fail("%s of %s, turn %u, shape %zu, place %zu (lane %u): %s, expected %s (seed %d)",
		   call->text, value_types[type].name, turn, world->shape, place,
		   world->places[place].lane, texts[0], texts[1], SEED);
	return 1;
}

static size_t run_calls(const struct tandem_session *session, cl_program program, const char *name,
			const struct calls *calls, enum value_type type, size_t shape, bool are_all)
{
	struct tandem_random random = { .state = SEED };
	size_t size_bytes = value_types[type].size_bytes, items = items_of(shape), checks = 0;
	static char x[MOST_ITEMS * 8], results[MOST_ITEMS * TURNS * 64 * 8];
	static unsigned char masks[MOST_ITEMS];
	const struct value_buffer buffers[] = {
		{ x, items * size_bytes },
		{ masks, items },
		{ results, items * TURNS * calls->count * size_bytes },
	};
	static struct world world;
	static bool here[MOST_ITEMS];

	fill(type, x, items, &random);
	for (size_t i = 0; i < items; i++)
		masks[i] = are_all ? 0xff : (unsigned char)tandem_random_bits(&random);
	memset(results, 0x55, buffers[2].size_bytes);
	if (!world_run(session, program, name, shape, buffers, 3, &world))
		return 0;
	for (unsigned int turn = 0; turn < TURNS; turn++) {
		for (size_t i = 0; i < items; i++)
			here[i] = masks[i] >> turn & 1;
		for (size_t i = 0; i < items; i++) {
			const char *seen = results + (i * TURNS + turn) * calls->count * size_bytes;

			for (size_t c = 0; c < calls->count && here[i]; c++)
				checks += check_call(&calls->list[c], type, &world, x, i, here,
						     turn, seen + c * size_bytes);
		}
	}
	return checks;
}

static void begin_source(struct source_text *source, const char *type)
{
	source_begin(source);
	source_put(source, "#define TYPE %s\n%s", type, world_source);
}

static size_t test_type(const struct tandem_session *session, enum value_type type)
{
	static struct source_text source;
	static struct calls calls[3];
	static const char *const names[] = { "all_arithmetic", "arithmetic", "moves" };
	cl_program program;
	size_t checks = 0;

	memset(calls, 0, sizeof(calls));
	add_uniform(&calls[0]);
	add_some(&calls[1], session, type);
	add_moves(&calls[2], session);
	begin_source(&source, value_types[type].name);
	for (size_t i = 0; i < 3; i++)
		put_kernel(&source, names[i], &calls[i]);
	program = world_build(session, source.text);
	for (size_t shape = 0; program && shape < SHAPES; shape++) {
		for (size_t i = 0; i < 3; i++)
			if (calls[i].count)
				checks += run_calls(session, program, names[i], &calls[i], type,
						    shape, i == 0);
	}
	if (program)
		tandem_program_release(program);
	return checks;
}

/* ---- vectors ---- */

/* A vector is made of as many components of one that is read. */
static void put_vectors(struct source_text *source, bool has_non_uniform)
{
	source_put(source,
		   "kernel void vectors(global uint *W, global const TYPE *X, global TYPE *R)\n"
		   "{\n\tWHO(W);\n\tglobal TYPE *r = R + PLACE * 5 * 2 * %d;\n",
		   WIDEST);
	for (int i = 1; i < VALUE_WIDTHS; i++) {
		int n = value_widths[i];

		source_put(source,
			   "\tvstore%d(sub_group_broadcast(vload%d(0, X + PLACE * %d), 1), 0, r +"
			   " %d);\n",
			   n, n, WIDEST, (i - 1) * 2 * WIDEST);
		if (has_non_uniform)
			source_put(source,
				   "\tif (get_sub_group_local_id() %% 2 == 0) vstore%d("
				   "sub_group_non_uniform_broadcast(vload%d(0, X + PLACE * %d), 2),"
				   " 0, r + %d);\n",
				   n, n, WIDEST, ((i - 1) * 2 + 1) * WIDEST);
	}
	source_put(source, "}\n");
}

static size_t check_vectors(const struct world *world, enum value_type type, const char *x,
			    const char *results, bool has_non_uniform)
{
	size_t size_bytes = value_types[type].size_bytes, checks = 0;

	for (size_t i = 0; i < items_of(world->shape) * 5 * 2; i++) {
		unsigned int lane = 1 + i % 2;
		const struct place *place = &world->places[i / 10];
		size_t bytes = (size_t)value_widths[1 + i % 10 / 2] * size_bytes;

		if (place->peers[lane] == NOWHERE ||
		    (lane == 2 && (place->lane % 2 || !has_non_uniform)))
			continue;
		if (memcmp(results + i * WIDEST * size_bytes,
			   x + place->peers[lane] * WIDEST * size_bytes, bytes))
			value_fail("a broadcast of %d %s, shape %zu, place %zu (lane %u)",
				   value_widths[1 + i % 10 / 2], value_types[type].name,
				   world->shape, i / 10, place->lane);
		checks++;
	}
	return checks;
}

static size_t test_vectors(const struct tandem_session *session, enum value_type type)
{
	bool has_non_uniform = tandem_session_has_extension(session, "cl_khr_subgroup_ballot");
	struct tandem_random random = { .state = SEED };
	static char x[MOST_ITEMS * WIDEST * 8], results[sizeof(x) * 5 * 2];
	static struct source_text source;
	static struct world world;
	cl_program program;
	size_t checks = 0;

	begin_source(&source, value_types[type].name);
	put_vectors(&source, has_non_uniform);
	program = world_build(session, source.text);
	value_fill(type, x, MOST_ITEMS * WIDEST, &random);
	for (size_t shape = 0; program && shape < SHAPES; shape++) {
		const struct value_buffer buffers[] = { { x, sizeof(x) },
							{ results, sizeof(results) } };

		if (world_run(session, program, "vectors", shape, buffers, 2, &world))
			checks += check_vectors(&world, type, x, results, has_non_uniform);
	}
	if (program)
		tandem_program_release(program);
	return checks;
}

int main(void)
{
	static const char *const extensions[] = {
		"cl_khr_subgroup_extended_types",   "cl_khr_subgroup_non_uniform_vote",
		"cl_khr_subgroup_ballot",	    "cl_khr_subgroup_non_uniform_arithmetic",
		"cl_khr_subgroup_shuffle",	    "cl_khr_subgroup_shuffle_relative",
		"cl_khr_subgroup_clustered_reduce", "cl_khr_subgroup_rotate",
	};
	struct tandem_session session;
	bool has_small, has_vectors;
	size_t checks = 0;

	world_open(&session);
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		if (!tandem_session_has_extension(&session, extensions[i]))
			printf("SKIP: the device lacks %s\n", extensions[i]);
	}
	has_small = has_vectors = tandem_session_has_extension(&session, extensions[0]);
	for (enum value_type type = 0; type < TYPE_COUNT; type++) {
		if (!value_type_is_there(&session, type) || (type < TYPE_INT && !has_small))
			continue;
		checks += test_type(&session, type);
		if (has_vectors)
			checks += test_vectors(&session, type);
	}
	tandem_session_close(&session);
	return value_finish(checks);
}
