// SPDX-License-Identifier: MIT
/*
 * Loops that store under conditions on what they have looked up: what they leave in memory is
 * what unoptimised code leaves there, to the byte, and nothing else is accessed.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

#define ITEMS 37
#define WORDS 64 /* of each array of a work-item */
#define TURNS 90

/*
 * What a turn does: t is the place that it has looked up. The work-item has the arrays flags,
 * of 0 and 1; places, of places below WORDS, and far off where flags has 0; values; and out and
 * sums, of WORDS each, which are compared.
 */
static const char *const shapes[] = {
	/* Where it holds, where it does not, and with other conditions. */
	"if (flags[t]) out[t] = j;",
	"if (!flags[t]) out[t] = j;",
	"if (values[t] > 0.5f) out[t] = j;",
	"if (flags[t] && values[t] > 0.3f) out[t] = j;",
	"if ((flags[t] ^ j) & 1) out[t] = j + 1;",
	"if (places[t] == j % WORDS) out[t] = t;",
	"if (flags[t]) if (values[j % WORDS] > 0.5f) out[t] = j;",
	/* Places that are there only where the condition holds. */
	"if (flags[t]) out[places[t]] = j;",
	"if (places[t] < WORDS) out[places[t]] = out[places[t]] + j;",
	"if (flags[t]) sums[places[t]] += values[places[t]];",
	"if (!flags[t]) out[t] = j; else sums[places[t]] = j;",
	/* Two stores, to one place or two, and of other types. */
	"if (flags[t]) { out[t] = j; sums[t] = values[t]; }",
	"if (flags[t]) { out[t] = j; out[(t + 1) % WORDS] = 7; }",
	"if (flags[t]) { out[t] = j; out[j % WORDS] = 9; }",
	"if (flags[t]) ((global uchar *)out)[t] = (uchar)j;",
	"if (flags[t]) ((global ushort *)out)[t] = (ushort)(j * 3);",
	"if (flags[t]) ((global ulong *)out)[t / 2] = j * 0x100000001ul;",
	"if (flags[t]) ((global double *)sums)[t / 2] = j * 0.25;",
	"if (flags[t]) { ((global uchar *)out)[t] = 1; ((global ulong *)sums)[t / 2] = j; }",
	/* What it loads, which the turns before may have stored. */
	"if (flags[t]) out[t] = out[j % WORDS] + 1;",
	"if (flags[t]) { out[t] = out[j % WORDS] + 1; out[j % WORDS] = t; }",
	"if (flags[t]) { out[t] = j; sums[t] += out[(t + 3) % WORDS]; }",
	"if (flags[out[t] % WORDS]) out[t] = out[t] * 3 + j;",
	/* What is known behind it. */
	"uint last = 5; if (flags[t]) { out[t] = j; last = out[(t + 1) % WORDS]; } sums[t] += last;",
	"uint last = t; if (flags[t]) { out[t] = j; last = j; } sums[last % WORDS] = j;",
	"float last = 0; if (flags[t]) { out[t] = j; last = values[t]; } sums[t] += last;",
	"if (flags[t]) { out[t] = count; count++; } sums[t] = count;",
	"if (flags[t]) { out[t] = j; end -= end > 40; }",
	"if (flags[t]) { out[t] = j; from = places[t]; } sums[from] += 1;",
	/* The loop is left, or goes on, behind it. */
	"if (flags[t]) { out[t] = j; continue; } sums[t] = j;",
	"if (values[t] > 0.9f) { out[t] = j; break; }",
	"if (flags[t]) { out[t] = j; } if (values[t] > 0.95f) break;",
	"for (uint i = 0; i < 3; i++) if (flags[(t + i) % WORDS]) out[t] = i;",
	/* More than pays, or what must not be done in vain. */
	"if (flags[t]) { out[t] = j; out[(t + 1) % WORDS] = 1; sums[t] = 2; }",
	"if (places[t] < WORDS) out[t] = 1000 / (WORDS - places[t]);",
	"if (flags[t]) out[t] = 1000 / flags[t];",
	"if (flags[t]) *(volatile global uint *)&out[t] = j;",
	"if (flags[t]) atomic_add(&out[t], j);",
	"if (flags[t]) out[t] = popcount(j) + abs((int)j - 40);",
	"if (flags[t]) vstore4((float4)(1, 2, 3, j), t / 4, sums);",
	/* Private and local memory. */
	"if (flags[t]) own[t] = j; out[t] = own[j % WORDS];",
	"if (flags[t]) shared[t] += j; out[t] = shared[j % WORDS];",
};

static const char source[] =
	"kernel void k(global const uchar *all_flags, global const uint *all_places,\n"
	"	       global const float *all_values, global uint *all_out, global float *all_sums,\n"
	"	       local uint *all_shared, uint turns) {\n"
	"	size_t item = get_global_id(0);\n"
	"	global const uchar *flags = all_flags + item * WORDS;\n"
	"	global const uint *places = all_places + item * WORDS;\n"
	"	global const float *values = all_values + item * WORDS;\n"
	"	global uint *out = all_out + item * WORDS;\n"
	"	global float *sums = all_sums + item * WORDS;\n"
	"	local uint *shared = all_shared + get_local_id(0) * WORDS;\n"
	"	uint own[WORDS], count = 0, end = turns, from = 0;\n"
	"	for (uint j = 0; j < WORDS; j++) { own[j] = j; shared[j] = j; }\n"
	"	for (uint j = 0; j < end; j++) {\n"
	"		uint t = (places[j %% WORDS] ^ j) %% WORDS;\n"
	"		%s\n"
	"	}\n"
	"}\n";

struct memory {
	cl_uchar *flags;
	cl_uint *places, *out[2], *sums[2]; /* sums are floats */
	cl_float *values;
};

static void fill(const struct memory *memory)
{
	for (cl_uint i = 0; i < ITEMS * WORDS; i++) {
		cl_uint random = (i + 1) * 2654435761u ^ (i * 40503u << 9);

		memory->flags[i] = random >> 13 & 1;
		memory->places[i] = memory->flags[i] ? (random >> 20) % WORDS :
						       0xf0000000u + random;
		memory->values[i] = (cl_float)(random >> 8 & 0xffff) / 0xffff;
	}
}

static void run(struct fixture *fixture, cl_program program, const struct memory *memory, int i)
{
	const cl_uint turns = TURNS;
	const struct fixture_argument arguments[] = {
		fixture_svm(memory->flags),   fixture_svm(memory->places),
		fixture_svm(memory->values),  fixture_svm(memory->out[i]),
		fixture_svm(memory->sums[i]), fixture_local(ITEMS * WORDS * sizeof(cl_uint)),
		fixture_value(turns),
	};

	memset(memory->out[i], 0, ITEMS * WORDS * sizeof(cl_uint));
	memset(memory->sums[i], 0, ITEMS * WORDS * sizeof(cl_uint));
	fixture_run_1d(fixture, program, "k", ITEMS, ITEMS, arguments, FIXTURE_COUNT(arguments));
}

static void test(struct fixture *fixture, const char *shape, const struct memory *memory)
{
	static const char *const options[] = { "-cl-std=CL3.0 -DWORDS=64 -cl-opt-disable",
					       "-cl-std=CL3.0 -DWORDS=64" };
	char text[3000];

	snprintf(text, sizeof(text), source, shape);
	for (int i = 0; i < 2; i++) {
		cl_program program = fixture_build(fixture, text, options[i]);

		run(fixture, program, memory, i);
		clReleaseProgram(program);
	}
	check(!memcmp(memory->out[0], memory->out[1], ITEMS * WORDS * sizeof(cl_uint)) &&
		      !memcmp(memory->sums[0], memory->sums[1], ITEMS * WORDS * sizeof(cl_uint)),
	      "%s: the bytes differ", shape);
}

int main(void)
{
	struct fixture fixture;
	struct memory memory;

	fixture_open(&fixture);
	memory.flags = fixture_alloc(&fixture, ITEMS * WORDS);
	memory.places = fixture_alloc(&fixture, ITEMS * WORDS * sizeof(cl_uint));
	memory.values = fixture_alloc(&fixture, ITEMS * WORDS * sizeof(cl_float));
	for (int i = 0; i < 2; i++) {
		memory.out[i] = fixture_alloc(&fixture, ITEMS * WORDS * sizeof(cl_uint));
		memory.sums[i] = fixture_alloc(&fixture, ITEMS * WORDS * sizeof(cl_uint));
	}
	fill(&memory);
	for (unsigned int i = 0; i < FIXTURE_COUNT(shapes); i++)
		test(&fixture, shapes[i], &memory);
	for (int i = 0; i < 2; i++) {
		fixture_free(&fixture, memory.out[i]);
		fixture_free(&fixture, memory.sums[i]);
	}
	fixture_free(&fixture, memory.flags);
	fixture_free(&fixture, memory.places);
	fixture_free(&fixture, memory.values);
	fixture_close(&fixture);
	return check_result();
}
