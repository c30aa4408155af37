// SPDX-License-Identifier: MIT
/*
 * Vectors of which one component is read in the end, after their components met each other: a
 * program's own, of many lengths, with components that are moved in many ways, and sub-groups',
 * straight from memory. Kernels compute the same as this program does.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "builtins/source.h"
#include "fixture.h"

#define MOST_COMPONENTS 512

static const struct {
	const char *name;
	unsigned int bytes;
} types[] = { { "uchar", 1 }, { "ushort", 2 }, { "uint", 4 },
	      { "ulong", 8 }, { "float", 4 },  { "double", 8 } };

/* How a step's components are met by others, as a component's number c, the step's k, and n. */
#define MOVES(X)                              \
	X("halves", (c + (n >> (k + 1))) % n) \
	X("next", (c + (1u << k)) % n)        \
	X("pairs", (c ^ (1u << k)) % n)       \
	X("back", (n - 1 - c) % n)            \
	X("one", (3 * k + 1) % n)             \
	X("mixed", (5 * c + k) % n)

static unsigned int moved_from(size_t move, unsigned int c, unsigned int k, unsigned int n)
{
	size_t number = 0;

#define LOOK(name, from)      \
	if (number++ == move) \
		return from;
	MOVES(LOOK)
#undef LOOK
	return 0;
}

#define NAME(name, from) name,
static const char *const moves[] = { MOVES(NAME) };

/* Lengths, those of the first step's and of the others' vectors. */
static const unsigned int lengths[][2] = { { 2, 2 },   { 3, 3 },   { 4, 4 },	{ 5, 5 },
					   { 8, 8 },   { 12, 12 }, { 16, 16 },	{ 31, 31 },
					   { 64, 64 }, { 64, 16 }, { 128, 64 }, { 512, 64 } };

struct shape {
	size_t type, move;
	unsigned int whole, length; /* components: what is loaded, what is computed with */
	bool is_volatile, is_used_beside;
};

static unsigned int steps_of(const struct shape *shape)
{
	unsigned int steps = 0;

	while ((2u << steps) <= shape->length)
		steps++;
	return steps;
}

static void print_source(const struct shape *shape, struct source_text *source)
{
	const char *type = types[shape->type].name;

	source_put(source,
		   "typedef %s whole __attribute__((ext_vector_type(%u), aligned(8)));\n"
		   "typedef %s part __attribute__((ext_vector_type(%u)));\n"
		   "kernel void f(global %s *out, global const %s *in, int beside)\n"
		   "{\n"
		   "	whole w = *(global const %s whole *)in;\n"
		   "	part v = __builtin_shufflevector(w, w",
		   type, shape->whole, type, shape->length, type, type,
		   shape->is_volatile ? "volatile" : "");
	for (unsigned int c = 0; c < shape->length; c++)
		source_put(source, ", %u", c * (shape->whole / shape->length));
	source_put(source, ");\n");
	for (unsigned int k = 0; k < steps_of(shape); k++) {
		source_put(source, "	v = v + v + __builtin_shufflevector(v, v");
		for (unsigned int c = 0; c < shape->length; c++)
			source_put(source, ", %u", moved_from(shape->move, c, k, shape->length));
		source_put(source, ");\n");
		if (shape->is_used_beside && k == 1)
			source_put(source, "	if (beside)\n		out[1] = v[%u];\n",
				   shape->length - 1);
	}
	source_put(source, "	out[0] = v[%u];\n}\n", shape->length > 2 ? 1 : 0);
}

static uint64_t component(const void *vector, size_t type, unsigned int c)
{
	const unsigned char *at = (const unsigned char *)vector + c * types[type].bytes;
	uint64_t integer = 0;
	double real;
	float single;

	if (!strcmp(types[type].name, "float")) {
		memcpy(&single, at, sizeof(single));
		return (uint64_t)single;
	}
	if (!strcmp(types[type].name, "double")) {
		memcpy(&real, at, sizeof(real));
		return (uint64_t)real;
	}
	memcpy(&integer, at, types[type].bytes);
	return integer;
}

static void set_component(void *vector, size_t type, unsigned int c, unsigned int number)
{
	unsigned char *at = (unsigned char *)vector + c * types[type].bytes;
	double real = number;
	float single = (float)number;

	if (!strcmp(types[type].name, "float"))
		memcpy(at, &single, sizeof(single));
	else if (!strcmp(types[type].name, "double"))
		memcpy(at, &real, sizeof(real));
	else
		memcpy(at, &number, types[type].bytes < 4 ? types[type].bytes : 4);
}

/* What the program computes; @beside: the component that is read on the way. */
static uint64_t compute(const struct shape *shape, const void *in, uint64_t *beside)
{
	unsigned int bits = 8 * types[shape->type].bytes;
	uint64_t vector[MOST_COMPONENTS], before[MOST_COMPONENTS];

	*beside = 0;
	for (unsigned int c = 0; c < shape->length; c++)
		vector[c] = component(in, shape->type, c * (shape->whole / shape->length));
	for (unsigned int k = 0; k < steps_of(shape); k++) {
		memcpy(before, vector, sizeof(before));
		for (unsigned int c = 0; c < shape->length; c++) {
			vector[c] = 2 * before[c] +
				    before[moved_from(shape->move, c, k, shape->length)];
			if (bits < 64)
				vector[c] &= (UINT64_C(1) << bits) - 1;
		}
		if (shape->is_used_beside && k == 1)
			*beside = vector[shape->length - 1];
	}
	return vector[shape->length > 2 ? 1 : 0];
}

static void check_shape(struct fixture *fixture, const struct shape *shape)
{
	void *memory = fixture_alloc(fixture, (MOST_COMPONENTS + 2) * sizeof(uint64_t));
	void *out = memory, *in = (char *)memory + 2 * sizeof(uint64_t);
	const struct fixture_argument arguments[] = { fixture_svm(out), fixture_svm(in),
						      fixture_value((int){ 1 }) };
	struct source_text source = { .length = 0 };
	uint64_t expected, beside;
	cl_program program;

	for (unsigned int c = 0; c < shape->whole; c++)
		set_component(in, shape->type, c, (7 * c + 3) % 11);
	expected = compute(shape, in, &beside);
	print_source(shape, &source);
	program = fixture_build(fixture, source.text, "-cl-std=CL3.0");
	fixture_run_1d(fixture, program, "f", 1, 1, arguments, FIXTURE_COUNT(arguments));
	check(component(out, shape->type, 0) == expected,
	      "%s, %u of %u components, %s: %lu, not %lu", types[shape->type].name, shape->length,
	      shape->whole, moves[shape->move], component(out, shape->type, 0), expected);
	check(component(out, shape->type, 1) == beside,
	      "%s, %u components, %s: %lu beside, not %lu", types[shape->type].name, shape->length,
	      moves[shape->move], component(out, shape->type, 1), beside);
	clReleaseProgram(program);
	fixture_free(fixture, memory);
}

/* ---- sub-groups ---- */

#define GROUPS 2
#define ITEMS  200

/* Of n lanes, x of lane l in a: what is done, and how this program does it. */
static const char group_text[] =
	"#pragma OPENCL EXTENSION cl_khr_subgroup_shuffle : enable\n"
	"#define KERNEL(name, value) \\\n"
	"kernel void name(global TYPE *out, global uint *sizes, global const TYPE *in) \\\n"
	"{ \\\n"
	"	size_t g = get_global_id(0); \\\n"
	"	uint n = get_max_sub_group_size(), d = n; \\\n"
	"	TYPE x = in[g], y = value; \\\n"
	"	if (get_sub_group_local_id() == 0) { \\\n"
	"		uint place = get_group_id(0) * ITEMS + get_sub_group_id(); \\\n"
	"		out[place] = y; \\\n"
	"		sizes[place] = get_sub_group_size(); \\\n"
	"	} \\\n"
	"}\n"
	"TYPE down(TYPE x, uint n) {\n"
	"	if (n > 16) x += sub_group_shuffle_xor(x, 16u);\n"
	"	if (n > 8) x += sub_group_shuffle_xor(x, 8u);\n"
	"	if (n > 4) x += sub_group_shuffle_xor(x, 4u);\n"
	"	if (n > 2) x += sub_group_shuffle_xor(x, 2u);\n"
	"	return n > 1 ? x + sub_group_shuffle_xor(x, 1u) : x;\n"
	"}\n"
	"TYPE up(TYPE x, uint n) {\n"
	"	if (n > 1) x += sub_group_shuffle_xor(x, 1u);\n"
	"	if (n > 2) x += sub_group_shuffle_xor(x, 2u);\n"
	"	if (n > 4) x += sub_group_shuffle_xor(x, 4u);\n"
	"	if (n > 8) x += sub_group_shuffle_xor(x, 8u);\n"
	"	return n > 16 ? x + sub_group_shuffle_xor(x, 16u) : x;\n"
	"}\n"
	"KERNEL(sum, sub_group_reduce_add(x))\n"
	"KERNEL(least, sub_group_reduce_min(x))\n"
	"KERNEL(greatest, sub_group_reduce_max(x))\n"
	"KERNEL(down_tree, down(x, n))\n"
	"KERNEL(up_tree, up(x, n))\n"
	"KERNEL(last_of_sum, sub_group_broadcast(down(x, n), n - 1))\n"
	"KERNEL(twice, sub_group_reduce_add(x) + sub_group_reduce_max((TYPE)(x + in[g + 1])))\n"
	"KERNEL(number, sub_group_broadcast((uint)(g * 5 >> ctz(n)), 3))\n";

enum group_kernel { SUM, LEAST, GREATEST, DOWN, UP, LAST, TWICE, NUMBER, GROUP_KERNELS };
static const char *const group_kernels[] = { "sum",	"least",       "greatest", "down_tree",
					     "up_tree", "last_of_sum", "twice",	   "number" };

static uint64_t expected_of(enum group_kernel kernel, const unsigned char *in, unsigned int first,
			    unsigned int size)
{
	uint64_t sum = 0, least = in[first], greatest = in[first], of_two = 0;

	for (unsigned int i = first; i < first + size; i++) {
		sum += in[i];
		least = in[i] < least ? in[i] : least;
		greatest = in[i] > greatest ? in[i] : greatest;
		of_two = in[i] + in[i + 1] > (int)of_two ? (uint64_t)in[i] + in[i + 1] : of_two;
	}
	switch (kernel) {
	case LEAST:
		return least;
	case GREATEST:
		return greatest;
	case TWICE:
		return sum + of_two;
	case NUMBER:
		return (first + 3) * 5 / size;
	default:
		return sum;
	}
}

/* What the sub-groups of all groups have stored. */
struct results {
	unsigned int sizes[GROUPS][ITEMS];
	uint64_t values[GROUPS * ITEMS];
	uint64_t in[GROUPS * ITEMS + 1];
};

static void check_group(const struct results *results, size_t type, enum group_kernel kernel,
			const unsigned char *numbers, unsigned int local, unsigned int group)
{
	const unsigned int *sizes = results->sizes[group];
	unsigned int first = group * local;

	for (unsigned int i = 0; i < local && sizes[i]; i++) {
		uint64_t result = component(results->values, type, group * ITEMS + i);
		uint64_t expected = expected_of(kernel, numbers, first, sizes[i]);

		check(result == expected, "%s, %s, local size %u: %u of group %u has %lu, not %lu",
		      types[type].name, group_kernels[kernel], local, i, group, result, expected);
		first += sizes[i];
	}
	check(first == (group + 1) * local, "%s, %s, local size %u: the sub-groups end at %u",
	      types[type].name, group_kernels[kernel], local, first);
}

static void check_groups(struct fixture *fixture, cl_program program, size_t type,
			 enum group_kernel kernel, unsigned int local)
{
	struct results *results = fixture_alloc(fixture, sizeof(*results));
	const struct fixture_argument arguments[] = { fixture_svm(results->values),
						      fixture_svm(results->sizes),
						      fixture_svm(results->in) };
	unsigned char numbers[GROUPS * ITEMS + 1];

	for (unsigned int i = 0; i <= GROUPS * ITEMS; i++) {
		numbers[i] = (unsigned char)(i * i % 7 + (i % 13 == 5));
		set_component(results->in, type, i, numbers[i]);
	}
	fixture_run_1d(fixture, program, group_kernels[kernel], (size_t)GROUPS * local, local,
		       arguments, FIXTURE_COUNT(arguments));
	for (unsigned int group = 0; group < GROUPS; group++)
		check_group(results, type, kernel, numbers, local, group);
	fixture_free(fixture, results);
}

static void check_group_type(struct fixture *fixture, size_t type)
{
	/* The trees are of whole sub-groups. */
	static const unsigned int locals[] = { 64, 128, 7, 50, 200 };
	char source[sizeof(group_text) + 64];
	cl_program program;

	snprintf(source, sizeof(source), "#define TYPE %s\n#define ITEMS %d\n%s", types[type].name,
		 ITEMS, group_text);
	program = fixture_build(fixture, source, "-cl-std=CL3.0");
	for (size_t i = 0; i < FIXTURE_COUNT(locals); i++) {
		for (int kernel = 0; kernel < GROUP_KERNELS; kernel++) {
			if (i < 2 || kernel <= GREATEST || kernel == TWICE)
				check_groups(fixture, program, type, kernel, locals[i]);
		}
	}
	clReleaseProgram(program);
}

int main(void)
{
	struct fixture fixture;
	unsigned int number = 0;

	fixture_open(&fixture);
	for (size_t length = 0; length < FIXTURE_COUNT(lengths); length++) {
		for (size_t move = 0; move < FIXTURE_COUNT(moves); move++) {
			/* Of the types, those in turn that together are all. */
			for (size_t i = 0; i < 2; i++) {
				const struct shape shape = {
					.type = number++ % FIXTURE_COUNT(types),
					.move = move,
					.whole = lengths[length][0],
					.length = lengths[length][1],
					.is_volatile = number % 5 == 0,
					.is_used_beside = number % 3 == 0,
				};

				check_shape(&fixture, &shape);
			}
		}
	}
	for (size_t type = 0; type < FIXTURE_COUNT(types); type++)
		check_group_type(&fixture, type);
	fixture_close(&fixture);
	return check_result();
}
