// SPDX-License-Identifier: MIT
/*
 * What the first work-items of a row do between barriers, in groups of one to three dimensions:
 * all that have something to do are run, and what they pass on is there. Conditions are on places
 * in the group, on sub-groups, and on how far a tree of sums has come.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"

#include "../sample.h"

#define MOST_ITEMS 320

typedef unsigned char uchar;
typedef unsigned int uint;
typedef unsigned long ulong;

struct place {
	ulong id[2], linear;
	uint sub_group, sub_groups;
};

/* Of the ids x, y, z, the linear id l, the sub-group s of k, and a limit n. */
#define CONDITIONS(X)                              \
	X(l < n)                                   \
	X(l <= 20)                                 \
	X(l < n * 0x100000001ul)                   \
	X(l / 4 < n)                               \
	X(l >> 3 == 0)                             \
	X((uint)l >> (n & 3) < 5)                  \
	X((l + 5) / 16 < n)                        \
	X((uint)l + n < 40)                        \
	X(l + n < 40)                              \
	X((int)l < (int)(n - 2))                   \
	X((int)x <= (int)n)                        \
	X(x < n)                                   \
	X(x < n && y == 0)                         \
	X(x == 0 && y < n)                         \
	X(y == 1)                                  \
	X(n > 3 && x < n)                          \
	X(n > 3 ? x < n : x < 2)                   \
	X((n & 1) && x == 0)                       \
	X((n & 1) || x < 6)                        \
	X(y + 3 * x < n)                           \
	X((uchar)x < n)                            \
	X((uchar)x == 0)                           \
	X((uchar)(x + 250) < 9)                    \
	X((short)(x + 0x7ff0) < (short)n)          \
	X((int)((uint)x + 0x7ffffff0u) < (int)n)   \
	X(x >> (n & 63) < 2)                       \
	X(x + y < n)                               \
	X((x + (y << 33)) >> 1 < n)                \
	X((uint)((x + ((ulong)n << 32)) >> 1) < 3) \
	X((uint)(x + ((ulong)n << 31)) < 9)        \
	X(s == 0)                                  \
	X(s < n)                                   \
	X(s <= 1)                                  \
	X(s != 0)                                  \
	X(s + 1 == k)                              \
	X(s == 0 && x < n)                         \
	X(s < 2 || n == 5)

enum { FIRST_CONDITION = __COUNTER__ + 1 };

static bool holds(size_t condition, const struct place *place, uint n)
{
	ulong x = place->id[0], y = place->id[1], l = place->linear;
	uint s = place->sub_group, k = place->sub_groups;

	switch (condition) {
#define LOOK(...)                           \
	case __COUNTER__ - FIRST_CONDITION: \
		return __VA_ARGS__;
		CONDITIONS(LOOK)
#undef LOOK
	default:
		return false;
	}
}

#define TEXT(...) #__VA_ARGS__,
static const char *const conditions[] = { CONDITIONS(TEXT) };

/*
 * As the loop vectoriser can do it; as it cannot, so that it is done in bundles; in sub-groups; and
 * where only every other work-item asks, and those between them something else.
 */
static const char *const kernels[] = { "plain", "looping", "grouped", "parting" };

static const char source_text[] =
	"#define KERNEL(name, DO) \\\n"
	"kernel void name(global uint *out, global uint *groups, uint n) \\\n"
	"{ \\\n"
	"	local uint shared[MOST_ITEMS]; \\\n"
	"	size_t x = get_local_id(0), y = get_local_id(1), l = get_local_linear_id(); \\\n"
	"	uint s = get_sub_group_id(), k = get_num_sub_groups(); \\\n"
	"	size_t g = (get_group_id(0) + get_group_id(1) * get_num_groups(0)) * MOST_ITEMS + l; \\\n"
	"	shared[l] = out[g]; \\\n"
	"	groups[g] = s | k << 16; \\\n"
	"	barrier(CLK_LOCAL_MEM_FENCE); \\\n"
	"	DO \\\n"
	"	barrier(CLK_LOCAL_MEM_FENCE); \\\n"
	"	out[g] = shared[l]; \\\n"
	"}\n"
	"uint leading(uint number) { while (number > 2) number /= 3; return number; }\n"
	"#define COUNT(count) shared[l] = shared[l] * 2 + (count)\n"
	"KERNEL(plain, if (CONDITION) COUNT(1);)\n"
	"KERNEL(looping, if (CONDITION) COUNT(leading(shared[l]));)\n"
	"KERNEL(grouped, if (CONDITION) COUNT(sub_group_any(l < MOST_ITEMS));)\n"
	"KERNEL(parting, if (x & 1) { if (CONDITION) COUNT(leading(shared[l])); }\\\n"
	"		else if (x < 6) shared[l] = leading(shared[l]);)\n";

static uint leading(uint number)
{
	while (number > 2)
		number /= 3;
	return number;
}

static uint expected_value(const char *kernel, uint value, const struct place *place, bool does)
{
	bool counts = !strcmp(kernel, "plain") || !strcmp(kernel, "grouped");

	if (!strcmp(kernel, "parting") && !(place->id[0] & 1))
		return place->id[0] < 6 ? leading(value) : value;
	return does ? 2 * value + (counts ? 1 : leading(value)) : value;
}

static const size_t shapes[][3] = { { 1, 1, 1 },	  { 7, 1, 1 },	 { 64, 1, 1 },
				    { MOST_ITEMS, 1, 1 }, { 16, 16, 1 }, { 5, 9, 1 },
				    { 48, 3, 2 },	  { 2, 8, 16 },	 { 1, 64, 1 } };

static void check_launch(struct fixture *fixture, cl_program program, size_t condition,
			 const char *kernel, const size_t *shape, uint n)
{
	const size_t global[3] = { 2 * shape[0], shape[1], shape[2] };
	const size_t items = shape[0] * shape[1] * shape[2];
	uint *values = fixture_alloc(fixture, 4 * MOST_ITEMS * sizeof(*values));
	uint *groups = values + 2 * MOST_ITEMS;
	const struct fixture_argument arguments[] = { fixture_svm(values), fixture_svm(groups),
						      fixture_value(n) };
	const struct fixture_launch launch = {
		.kernel = kernel,
		.dimensions = 3,
		.global = global,
		.local = shape,
		.arguments = arguments,
		.argument_count = FIXTURE_COUNT(arguments),
	};

	for (uint i = 0; i < 2 * MOST_ITEMS; i++)
		values[i] = 10 * i;
	fixture_run(fixture, program, &launch);
	for (uint i = 0; i < 2 * MOST_ITEMS; i++) {
		struct place place = { .linear = i % MOST_ITEMS };
		uint expected;

		if (place.linear >= items)
			continue;
		place.id[0] = place.linear % shape[0];
		place.id[1] = place.linear / shape[0] % shape[1];
		place.sub_group = groups[i] & 0xffff;
		place.sub_groups = groups[i] >> 16;
		expected = expected_value(kernel, 10 * i, &place, holds(condition, &place, n));
		check(values[i] == expected,
		      "%s, '%s', %zu x %zu x %zu, n %u: item %u has %u, not %u", kernel,
		      conditions[condition], shape[0], shape[1], shape[2], n, i, values[i],
		      expected);
	}
	fixture_free(fixture, values);
}

static void check_condition(struct fixture *fixture, size_t condition)
{
	static const uint limits[] = { 0, 1, 2, 5, 16, 19, 0x7fffffff, 0x80000001, 0xffffffff };
	char source[4096];
	cl_program program;

	snprintf(source, sizeof(source), "#define CONDITION (%s)\n#define MOST_ITEMS %d\n%s",
		 conditions[condition], MOST_ITEMS, source_text);
	program = fixture_build(fixture, source, "-cl-std=CL3.0");
	for (size_t i = 0; i < FIXTURE_COUNT(shapes); i++) {
		for (size_t k = 0; k < FIXTURE_COUNT(limits); k++) {
			for (size_t j = 0; j < FIXTURE_COUNT(kernels); j++)
				check_launch(fixture, program, condition, kernels[j], shapes[i],
					     limits[k]);
		}
	}
	clReleaseProgram(program);
}

/* ---- trees of sums ---- */

/* What counts down, and is compared with ids of the same type. */
static const char *const trees[][2] = {
	{ "uint", "half_of(get_local_size(0))" },
	{ "int", "half_of(get_local_size(0))" },
	{ "size_t", "half_of(get_local_size(0))" },
	{ "ushort", "half_of(get_local_size(0))" },
	{ "uint", "256" },
	{ "int", "256" },
};

/* With a number that is the same for all, and one that is not, kept over all steps. */
static const char tree_text[] =
	"size_t half_of(size_t size) { return size < 2 ? 0 : 1ul << (63 - clz(size - 1)); }\n"
	"kernel void tree(global uint *out, global const uint *in)\n"
	"{\n"
	"	local uint shared[MOST_ITEMS];\n"
	"	TYPE l = get_local_id(0), size = get_local_size(0);\n"
	"	uint steps = 0, own = in[get_global_id(0)];\n"
	"	shared[l] = own;\n"
	"	barrier(CLK_LOCAL_MEM_FENCE);\n"
	"	for (TYPE n = START; n > 0; n /= 2) {\n"
	"		if (l < n && l + n < size)\n"
	"			shared[l] += shared[l + n];\n"
	"		steps += n;\n"
	"		barrier(CLK_LOCAL_MEM_FENCE);\n"
	"	}\n"
	"	if (l == 0)\n"
	"		out[get_group_id(0)] = shared[0];\n"
	"	out[GROUPS + get_global_id(0)] = steps KEPT;\n"
	"}\n";

#define GROUPS 3

static void check_sums(struct fixture *fixture, cl_program program, const char *type,
		       const char *start, uint local, bool keeps)
{
	const uint items = GROUPS * local;
	uint *in = fixture_alloc(fixture, 2 * (items + GROUPS) * sizeof(*in));
	uint *out = in + items + GROUPS, first = 1;
	const struct fixture_argument arguments[] = { fixture_svm(out), fixture_svm(in) };

	while (2 * first < local)
		first *= 2;
	if (local == 1)
		first = 0;
	if (!strcmp(start, "256"))
		first = 256;
	for (uint i = 0; i < items; i++)
		in[i] = i * i + 3;
	fixture_run_1d(fixture, program, "tree", items, local, arguments, FIXTURE_COUNT(arguments));
	for (uint group = 0; group < GROUPS; group++) {
		uint sum = 0;

		for (uint i = group * local; i < (group + 1) * local; i++) {
			uint steps = first ? 2 * first - 1 : 0, last = out[GROUPS + i];

			sum += in[i];
			check(last == steps + (keeps ? in[i] : 0),
			      "%s from %s, local size %u: item %u ends with %u", type, start, local,
			      i, last);
		}
		check(out[group] == sum, "%s from %s, local size %u: group %u has %u, not %u", type,
		      start, local, group, out[group], sum);
	}
	fixture_free(fixture, in);
}

static void check_tree(struct fixture *fixture, const char *type, const char *start, bool keeps)
{
	static const uint locals[] = { 1, 2, 3, 7, 16, 31, 64, 200, 256, MOST_ITEMS };
	char source[4096];
	cl_program program;

	snprintf(source, sizeof(source),
		 "#define TYPE %s\n#define START %s\n#define KEPT %s\n#define GROUPS %d\n"
		 "#define MOST_ITEMS %d\n%s",
		 type, start, keeps ? "+ own" : "", GROUPS, MOST_ITEMS, tree_text);
	program = fixture_build(fixture, source, "-cl-std=CL3.0");
	for (size_t i = 0; i < FIXTURE_COUNT(locals); i++)
		check_sums(fixture, program, type, start, locals[i], keeps);
	clReleaseProgram(program);
}

int main(void)
{
	struct fixture fixture;

	fixture_open(&fixture);
	for (size_t i = 0; i < FIXTURE_COUNT(conditions); i += test_sample())
		check_condition(&fixture, i);
	for (size_t i = 0; i < FIXTURE_COUNT(trees); i += test_sample()) {
		check_tree(&fixture, trees[i][0], trees[i][1], false);
		check_tree(&fixture, trees[i][0], trees[i][1], true);
	}
	fixture_close(&fixture);
	return check_result();
}
