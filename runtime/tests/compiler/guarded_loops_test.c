// SPDX-License-Identifier: MIT
/*
 * What work-items do on a condition on their local id: the loop over them ends where the
 * condition does, and what they subtract from it does not wrap around where that is sure. Limits are 0, within the group, its size, and far beyond it.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"

#define MOST_ITEMS 300

/* Conditions on a local id l and a limit n, for the device and for the host. */
#define CONDITIONS(X)       \
	X(l < n)            \
	X(l <= n)           \
	X(l > n)            \
	X(l >= n)           \
	X(l == 0)           \
	X(l != 0)           \
	X(l == 3)           \
	X(l < 5)            \
	X(l <= 5)           \
	X(l > 5)            \
	X(l < 300)          \
	X(l < 0x80000000u)  \
	X(l <= 0xffffffffu) \
	X((int)l < (int)n)  \
	X((int)l >= (int)n) \
	X((uchar)l < n)     \
	X((uchar)l < 5)     \
	X((ulong)l < n)     \
	X((long)l < (int)n) \
	X(l - 3 < n)        \
	X(l + 3 < n)        \
	X(l * 2 < n)        \
	X(l < n && l != 7)  \
	X(l < n || l == 40)

typedef uint8_t uchar;
typedef unsigned int uint;
typedef unsigned long ulong;

static bool holds(size_t condition, uint l, uint n)
{
	size_t number = 0;

#define LOOK(...)                  \
	if (number++ == condition) \
		return __VA_ARGS__;
	CONDITIONS(LOOK)
#undef LOOK
	return false;
}

#define TEXT(...) #__VA_ARGS__,
static const char *const conditions[] = { CONDITIONS(TEXT) };

/*
 * Alone; between barriers, where neighbours' numbers are passed on; there with something that all
 * others store; and there in sub-groups, which are as large as all of them have counted before.
 */
static const char *const kernels[] = { "alone", "between", "otherwise", "grouped" };
static const char kernels_source[] =
	"kernel void alone(global uint *out, uint n, global uint *other)\n"
	"{\n"
	"	uint l = get_local_id(0), g = get_global_id(0);\n"
	"	if (CONDITION)\n"
	"		out[g] = out[g] * 2 + 1;\n"
	"}\n"
	"#define BETWEEN(size, ...) \\\n"
	"{ \\\n"
	"	local uint shared[MOST_ITEMS]; \\\n"
	"	uint l = get_local_id(0), g = get_global_id(0), expected = size, k = 0; \\\n"
	"	shared[l] = out[g]; \\\n"
	"	barrier(CLK_LOCAL_MEM_FENCE); \\\n"
	"	if (CONDITION) \\\n"
	"		__VA_ARGS__; \\\n"
	"	barrier(CLK_LOCAL_MEM_FENCE); \\\n"
	"	out[g] = shared[l]; \\\n"
	"}\n"
	"kernel void between(global uint *out, uint n, global uint *other)\n"
	"BETWEEN(1, shared[l] = shared[l] * 2 + 1)\n"
	"kernel void otherwise(global uint *out, uint n, global uint *other)\n"
	"BETWEEN(1, shared[l] = shared[l] * 2 + 1; else *other = 7)\n"
	"kernel void grouped(global uint *out, uint n, global uint *other)\n"
	"BETWEEN(sub_group_reduce_add(1u), {\n"
	"	while (k < get_sub_group_size() && out[k] != UINT_MAX)\n"
	"		k++;\n"
	"	shared[l] = shared[l] * 2 + (k == expected);\n"
	"})\n";

static void check_launch(struct fixture *fixture, cl_program program, size_t condition,
			 const char *kernel, uint local, uint limit)
{
	const uint items = 3 * local;
	uint *values = fixture_alloc(fixture, (items + 1) * sizeof(*values));
	const struct fixture_argument arguments[] = { fixture_svm(values), fixture_value(limit),
						      fixture_svm(values + items) };
	bool has_others = false;

	values[items] = 0;
	for (uint i = 0; i < items; i++)
		values[i] = 10 * i;
	fixture_run_1d(fixture, program, kernel, items, local, arguments, FIXTURE_COUNT(arguments));
	for (uint i = 0; i < items; i++) {
		bool does = holds(condition, i % local, limit);
		uint expected = does ? 20 * i + 1 : 10 * i;

		has_others |= !does;
		check(values[i] == expected,
		      "%s, '%s', local size %u, n %u: item %u has %u, not %u", kernel,
		      conditions[condition], local, limit, i, values[i], expected);
	}
	check(values[items] == (has_others && !strcmp(kernel, "otherwise") ? 7 : 0),
	      "%s, '%s', local size %u, n %u: others stored %u", kernel, conditions[condition],
	      local, limit, values[items]);
	fixture_free(fixture, values);
}

static void check_condition(struct fixture *fixture, size_t condition)
{
	static const uint locals[] = { 1, 7, 64, MOST_ITEMS };
	static const uint limits[] = { 0, 1, 5, 16, 63, 64, 299, 4096, 0x7fffffff, 0xffffffff };
	char source[4096];
	cl_program program;

	snprintf(source, sizeof(source), "#define CONDITION %s\n#define MOST_ITEMS %d\n%s",
		 conditions[condition], MOST_ITEMS, kernels_source);
	program = fixture_build(fixture, source, "-cl-std=CL3.0");
	for (size_t i = 0; i < FIXTURE_COUNT(locals); i++) {
		for (size_t k = 0; k < FIXTURE_COUNT(limits); k++) {
			for (size_t n = 0; n < FIXTURE_COUNT(kernels); n++)
				check_launch(fixture, program, condition, kernels[n], locals[i],
					     limits[k]);
		}
	}
	clReleaseProgram(program);
}

/* What is subtracted from a local id l, and the condition: some results wrap around. */
#define DIFFERENCES(X)            \
	X(l >= 16, 16)            \
	X(l >= 15, 16)            \
	X(l >= 17, 16)            \
	X(l > 15, 16)             \
	X(l > 14, 16)             \
	X(l != 0, 1)              \
	X(l != 0, 2)              \
	X(l == 0, 1)              \
	X(l >= 5, 16)             \
	X(l < 16, 16)             \
	X(l <= 16, 16)            \
	X(l >= 300, 200)          \
	X(l >= 20 && l != 30, 20) \
	X(l >= 20 || l == 3, 20)

#define DIFFERENCE_TEXT(condition, number) { #condition, #number },
static const char *const differences[][2] = { DIFFERENCES(DIFFERENCE_TEXT) };

static ulong expected_difference(size_t difference, uint l)
{
	size_t index = 0;

#define LOOK(condition, number)    \
	if (index++ == difference) \
		return (condition) ? (ulong)(l - (number)) * 3 : 0;
	DIFFERENCES(LOOK)
#undef LOOK
	return 0;
}

/* A number with its upper half, which is stored where the condition holds. */
static void check_difference(struct fixture *fixture, size_t difference)
{
	ulong *values = fixture_alloc(fixture, MOST_ITEMS * sizeof(*values));
	const struct fixture_argument arguments[] = { fixture_svm(values) };
	char source[512];
	cl_program program;

	snprintf(source, sizeof(source),
		 "kernel void difference(global ulong *out)\n"
		 "{\n"
		 "	uint l = get_local_id(0);\n"
		 "	if (%s)\n"
		 "		out[l] = (ulong)(l - %s) * 3;\n"
		 "}\n",
		 differences[difference][0], differences[difference][1]);
	program = fixture_build(fixture, source, "-cl-std=CL3.0");
	fixture_run_1d(fixture, program, "difference", MOST_ITEMS, MOST_ITEMS, arguments,
		       FIXTURE_COUNT(arguments));
	for (uint l = 0; l < MOST_ITEMS; l++)
		check(values[l] == expected_difference(difference, l),
		      "'%s', l - %s: item %u has %lu, not %lu", differences[difference][0],
		      differences[difference][1], l, values[l], expected_difference(difference, l));
	clReleaseProgram(program);
	fixture_free(fixture, values);
}

int main(void)
{
	struct fixture fixture;

	fixture_open(&fixture);
	for (size_t i = 0; i < FIXTURE_COUNT(conditions); i++)
		check_condition(&fixture, i);
	for (size_t i = 0; i < FIXTURE_COUNT(differences); i++)
		check_difference(&fixture, i);
	fixture_close(&fixture);
	return check_result();
}
