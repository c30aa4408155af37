// SPDX-License-Identifier: MIT
/*
 * Atomic operations on local memory, which are no atomic instructions: their results are those of
 * code that is not optimised, where they are, and counters count all. What global memory has of
 * them, by the same program, stays atomic, as vectorised_test.c looks.
 */
#include "fixture.h"

#include <stdlib.h>

#define ITEMS 96
/* Results of a work-item. */
#define WORDS 24

static const char source[] =
	"#define ORDERED(order) memory_order_##order, memory_scope_work_group\n"
	"static int by_generic(atomic_int *word, int value) {\n"
	"  return atomic_fetch_xor_explicit(word, value, ORDERED(acq_rel));\n"
	"}\n"
	"kernel void k(global const int *in, global int *out) {\n"
	"  local int words[96], all[8];\n"
	"  local atomic_int ordered[96];\n"
	"  int l = get_local_id(0), i = get_global_id(0), v = in[i], expected = v & 3, k = 0;\n"
	"  global int *o = out + i * 24;\n"
	"  words[l] = i & 3; atomic_init(&ordered[l], i * 5); for (int j = l; j < 8; j += get_local_size(0)) all[j] = j & 2 ? -1 : 0;\n"
	"  barrier(CLK_LOCAL_MEM_FENCE);\n"
	"  o[k++] = atomic_add(&words[l], v);\n"
	"  o[k++] = atomic_sub(&words[l], 3 * v);\n"
	"  o[k++] = atomic_and(&words[l], v | 255);\n"
	"  o[k++] = atomic_or(&words[l], v << 2);\n"
	"  o[k++] = atomic_xor(&words[l], 1 << (v & 15));\n"
	"  o[k++] = atomic_min(&words[l], v);\n"
	"  o[k++] = atomic_max(&words[l], -v);\n"
	"  o[k++] = atomic_min((local uint *)&words[l], 1u << 31);\n"
	"  o[k++] = atomic_max((local uint *)&words[l], (uint)v);\n"
	"  o[k++] = atomic_xchg(&words[l], i & 3);\n"
	"  o[k++] = atomic_cmpxchg(&words[l], v & 3, 9);\n"
	"  o[k++] = atomic_inc(&words[l]) + (i & 1 ? 0 : atomic_dec(&words[l]));\n"
	"  o[k++] = as_int(atomic_xchg((local float *)&words[l], 1.5f));\n"
	"  o[k++] = words[l];\n"
	"  o[k++] = atomic_fetch_add_explicit(&ordered[l], v, ORDERED(seq_cst));\n"
	"  o[k++] = by_generic(&ordered[l], v);\n"
	"  expected = atomic_load(&ordered[l]) ^ (v & 1);\n"
	"  o[k++] = atomic_compare_exchange_strong_explicit(&ordered[l], &expected, 77,\n"
	"    memory_order_acq_rel, memory_order_acquire, memory_scope_work_group);\n"
	"  o[k++] = expected;\n"
	"  o[k++] = atomic_load_explicit(&ordered[l], ORDERED(acquire));\n"
	/* All that nobody looks at the result of, in loops too. */
	"  for (int j = 0; j < (v & 7); j++) {\n"
	"    atomic_add(&all[0], j);\n"
	"    if ((v ^ j) & 1) atomic_max(&all[1], v + j);\n"
	"    atomic_and(&all[2], ~(1 << ((v + j) & 31)));\n"
	"    atomic_sub(&all[4 + ((v >> j) & 1)], j);\n"
	"  }\n"
	"  barrier(CLK_LOCAL_MEM_FENCE);\n"
	"  for (int j = 0; j < 6; j++) out[96 * 24 + get_group_id(0) * 8 + j] = all[j];\n"
	"}\n";

#define OUT (ITEMS * WORDS + 8 * ITEMS)

static void run(struct fixture *fixture, cl_program program, int *in, int *out, size_t group)
{
	const struct fixture_argument arguments[] = { fixture_svm(in), fixture_svm(out) };

	memset(out, 0, OUT * sizeof(*out));
	fixture_run_1d(fixture, program, "k", ITEMS, group, arguments, 2);
}

int main(void)
{
	static const size_t groups[] = { ITEMS, 48, 32, 16, 3, 1 };
	struct fixture fixture;
	cl_program programs[2];
	int *in, *out, *expected;

	fixture_open(&fixture);
	in = fixture_alloc(&fixture, ITEMS * sizeof(*in));
	out = fixture_alloc(&fixture, OUT * sizeof(*out));
	expected = fixture_alloc(&fixture, OUT * sizeof(*out));
	for (unsigned int i = 0; i < ITEMS; i++)
		in[i] = (int)(i * 2654435761u) >> 12;
	programs[0] = fixture_build(&fixture, source, "-cl-std=CL3.0 -cl-opt-disable");
	programs[1] = fixture_build(&fixture, source, "-cl-std=CL3.0");
	for (size_t g = 0; g < FIXTURE_COUNT(groups); g++) {
		size_t i = 0;

		run(&fixture, programs[0], in, expected, groups[g]);
		run(&fixture, programs[1], in, out, groups[g]);
		while (i < OUT && out[i] == expected[i])
			i++;
		check(i == OUT, "groups of %zu: word %zu of item %zu is %d, expected %d", groups[g],
		      i % WORDS, i / WORDS, out[i], expected[i]);
	}
	clReleaseProgram(programs[0]);
	clReleaseProgram(programs[1]);
	fixture_free(&fixture, in);
	fixture_free(&fixture, out);
	fixture_free(&fixture, expected);
	fixture_close(&fixture);
	return check_result();
}
