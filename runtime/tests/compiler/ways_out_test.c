// SPDX-License-Identifier: MIT
/*
 * Loops that are left at different turns by different work-items, and behind which something is
 * stored at a place that depends on the turn: what is left in private arrays is what work-items
 * one by one leave there, to the byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define ITEMS  100
#define PLACES 12
#define WORDS  ((size_t)ITEMS * PLACES)

/*
 * What is done with the arrays v and w of PLACES elements, which have been read, and which are
 * written afterwards. n is 0 or more, key an element; t, how many turns loops may have, is
 * uniform.
 */
static const char *const shapes[] = {
	/* A sort, upwards and downwards. */
	"for (int i = 1; i < PLACES; i++) { key = v[i]; int j = i - 1;"
	" for (; j >= 0 && v[j] > key; j--) v[j + 1] = v[j]; v[j + 1] = key; }",
	"for (int i = PLACES - 2; i >= 0; i--) { key = v[i]; int j = i;"
	" for (; j < PLACES - 1 && v[j + 1] > key; j++) v[j] = v[j + 1]; v[j] = key; }",
	/* As many turns as each work-item has, or as are asked for; none at all, too. */
	"for (uint i = 1; i < n; i++) { key = v[i]; uint j = i;"
	" for (; j > 0 && v[j - 1] > key; j--) v[j] = v[j - 1]; v[j] = key; }",
	"int j = min(t, PLACES - 1); for (; j > 0 && v[j - 1] > key; j--) v[j] = v[j - 1]; v[j] = key;",
	"uint j = n; while (j > 0 && v[j - 1] > key) { v[j] = v[j - 1]; j--; } v[j] = key;",
	/* The nearest, with where they were: two arrays, or one and what depends on the turn. */
	"for (int i = 0; i < PLACES; i++) { ELEMENT d = w[i]; if (d >= v[PLACES - 1]) continue;"
	" int j = PLACES - 1; for (; j > 0 && v[j - 1] > d; j--) { v[j] = v[j - 1]; w[j] = w[j - 1]; }"
	" v[j] = d; w[j] = (ELEMENT)i; }",
	"for (int i = 0; i < PLACES; i++) { ELEMENT d = w[i]; int j = PLACES - 1;"
	" for (; j > 0 && v[j - 1] > d; j--) v[j] = v[j - 1]; v[j] = d + (ELEMENT)(j * 3); w[i] = v[j]; }",
	/* Several ways out, each with a place or value of its own. */
	"int j = 0; for (; j < PLACES - 1; j++) { if (v[j] > key) break; if (w[j] == key) { j += 1;"
	" break; } v[j] = w[j]; if (j == n) break; } v[j] = key; w[j] = key;",
	"int j = 0; ELEMENT last = 0; for (; j < PLACES - 1; j++) { if (v[j] < last) break;"
	" last = v[j]; if (w[j] > key) { last = w[j]; break; } } v[j] = last; w[PLACES - 1 - j] = last;",
	/* What is loaded from one place, in the loop and again behind it. */
	"uint j = 0, x = 1; do { for (uint i = 0; i < 7; i++) x *= numbers[i] - 1;"
	" w[j] = (ELEMENT)x; } while (++j < 7 && v[j] > key);"
	" v[0] = (ELEMENT)(x + (uint)(numbers[5] < 1));",
	/* The same from a place that each has from the turn in which it left. */
	"uint j = 0, x = 1, at; do { at = j; for (uint i = 0; i < 7; i++) x *= numbers[at + i] - 1;"
	" w[j] = (ELEMENT)x; } while (++j < 7 && v[j] > key);"
	" v[0] = (ELEMENT)(x + (uint)(numbers[at + 5] < 1) + numbers[at + 3]);",
	/* The store is in a way out, or in some of them. */
	"for (int j = 0; j < PLACES; j++) { if (v[j] > key) { v[j] = key; break; } w[j] = v[j]; }",
	"for (int j = 0; j < PLACES; j++) { if (v[j] > key) { v[j] = key; w[j / 2] = key; break; }"
	" if (w[j] > key) { w[PLACES - 1 - j] = v[j]; break; } }",
	/* One way out, found at the end of a turn. */
	"uint j = 0; do { w[j] = v[j]; j++; } while (j < n); v[j] = key;",
	"uint j = 0; ELEMENT x; do { x = v[j++]; } while (x <= key && j < PLACES - 1); v[j] = x;",
	/* What is read behind it, there and elsewhere. */
	"int j = 0; while (j < PLACES - 1 && v[j] <= key) j++; v[j] = key; w[0] = v[PLACES - 1 - j];"
	" w[1] = v[j]; w[2] = (ELEMENT)j;",
	"int j = 0; while (j < PLACES - 1 && v[j] <= key) j++; w[3] = v[j]; v[j] = key; w[4] += v[j];",
	/* Loops in loops: the outer one goes on, or ends, behind the store. */
	"for (int i = 0; i < PLACES; i++) { int j = i; while (j > 0 && v[j - 1] > w[i]) { v[j] = v[j - 1];"
	" j--; } v[j] = w[i]; if (j == n) break; }",
	"for (int i = 0; i < t; i++) for (int k = 0; k < PLACES - 1; k++) { int j = k;"
	" while (j < PLACES - 1 && v[j] > v[j + 1]) j++; v[j] = w[k]; }",
	"for (int i = 0; i < PLACES; i++) { int j = 0; for (; j < PLACES - 1; j++) { if (v[j] == key)"
	" goto done; if (v[j] > w[i]) break; } v[j] = w[i]; } done: w[0] = key;",
	/* All work-items leave together. */
	"int j = 0; for (; j < t && j < PLACES - 1; j++) v[j] = w[j + 1]; v[j] = key;",
	/* Places that the turn does not tell alone. */
	"int j = 0; while (j < PLACES - 1 && v[j] <= key) j++; v[(j + n) % PLACES] = key;",
	"int j = n; while (j < PLACES - 1 && v[j] <= key) j++; v[j] = key;",
	/* What must not be moved: another order, or memory that others see. */
	"int j = 0; while (j < PLACES - 1 && v[j] <= key) j++; w[5] = v[j]; v[j] = w[6];",
	"volatile ELEMENT u[PLACES]; for (int j = 0; j < PLACES; j++) u[j] = v[j];"
	" int j = 0; while (j < PLACES - 1 && v[j] <= key) j++; u[j] = key;"
	" for (j = 0; j < PLACES; j++) w[j] = u[j];",
	/* Parts of a turn may be gone through by no work-item, before others are. */
	"for (int j = 0; j < PLACES; j++) { if (w[j] > key) { int p = numbers[t * 3 + j];"
	" if (v[p] > key) { v[p] = key; break; } } else { w[j] += 1; } }",
	"for (int j = PLACES - 1; j >= 0; j--) { if (n & 1) { int p = numbers[t * 5 + j];"
	" w[p] += 1; if (v[p] > key) { v[p] = key; break; } } else if (w[j] <= key) { v[j] = w[j];"
	" if (j == 3) break; } }",
	"for (int j = 0; j < PLACES; j++) { if (w[j] > key + 1000) { int p = numbers[t * 3 + j];"
	" if (v[p] > key) { v[p] = key; break; } } w[j] += v[j]; }",
	"for (int j = 0; j < PLACES; j++) { if (w[j] + (ELEMENT)(j / 4 * 30) > key + 40) {"
	" int p = numbers[t * 7 + j * 5]; if (v[p] > key) { v[p] = key; break; } } w[j] += v[j]; }",
	/* Some work-items end, or go elsewhere: those that are left may be none. */
	"int j = 0; for (; j < PLACES - 1; j++) { if (w[j] == key) return; if (v[j] > key) break; }"
	" v[j] = key; w[0] = in[t];",
	"for (int i = 0; i < PLACES; i++) { int j = 0; while (j < PLACES - 1 && v[j] <= key) {"
	" if (w[j] == v[j]) return; j++; } v[j] = w[i]; if (j > n) return; w[1] += in[t + i]; }",
	"int j = 0; for (;; j++) { if (v[j] > key) { v[j] = key; break; } if (j == n || j == PLACES - 1)"
	" goto far; } w[1] = in[t]; for (j = 0; j < t; j++) w[j] += in[j]; far: w[3] = in[t + 1];",
	"int j = 0; for (;; j++) { if (j == n || j == PLACES - 1) goto far; if (v[j] > key) break; }"
	" v[j] = key; w[1] = in[t]; if (in[t] > in[t + 1]) return; far: w[3] = in[t + 1];",
	/* An array that is accessed in pieces, too. */
	"uchar *bytes = (uchar *)v; int j = 0; while (j < PLACES - 1 && v[j] <= key) j++; v[j] = key;"
	" bytes[j] = 1;",
};

static const char source[] =
	"kernel void k(global const ELEMENT *in, global ELEMENT *out, global const uint *numbers,"
	"              int t) {\n"
	"  size_t item = get_global_id(0);\n"
	"  ELEMENT v[PLACES], w[PLACES], key = in[item %% 7];\n"
	"  uint n = numbers[item];\n"
	"  for (int j = 0; j < PLACES; j++) {\n"
	"    v[j] = in[item * PLACES + j];\n"
	"    w[j] = in[(item * PLACES + j * 5) %% (ITEMS * PLACES)];\n"
	"  }\n"
	"  { %s }\n"
	"  for (int j = 0; j < PLACES; j++) {\n"
	"    out[item * PLACES + j] = v[j];\n"
	"    out[(ITEMS + item) * PLACES + j] = w[j];\n"
	"  }\n"
	"}\n";

static const struct {
	const char *name;
	size_t bytes;
} types[] = { { "uint", 4 }, { "float", 4 }, { "long", 8 }, { "ushort", 2 }, { "double", 8 } };

struct memory {
	unsigned char *in, *out, *expected;
	cl_uint *numbers;
};

/* Small numbers, of which some are equal. */
static void fill(const struct memory *memory, size_t type)
{
	for (size_t i = 0; i < WORDS; i++) {
		unsigned int number = (unsigned int)i * 2654435761u >> 27;
		unsigned char *place = memory->in + i * types[type].bytes;
		const float real = (float)number;
		const double wide = number;
		const cl_ulong whole = number;

		if (!strcmp(types[type].name, "float"))
			memcpy(place, &real, sizeof(real));
		else if (!strcmp(types[type].name, "double"))
			memcpy(place, &wide, sizeof(wide));
		else
			memcpy(place, &whole, types[type].bytes);
	}
}

static void run(struct fixture *fixture, cl_program program, const struct memory *memory,
		unsigned char *out, cl_int turns, size_t group)
{
	const struct fixture_argument arguments[] = { fixture_svm(memory->in), fixture_svm(out),
						      fixture_svm(memory->numbers),
						      fixture_value(turns) };

	memset(out, 0, 2 * WORDS * 8);
	fixture_run_1d(fixture, program, "k", ITEMS, group, arguments, 4);
}

static void test(struct fixture *fixture, unsigned int shape, size_t type,
		 const struct memory *memory)
{
	static const size_t groups[] = { ITEMS, 25, 1 };
	char text[3000], options[2][160];
	cl_program programs[2];

	snprintf(text, sizeof(text), source, shapes[shape]);
	for (int i = 0; i < 2; i++) {
		snprintf(options[i], sizeof(options[i]),
			 "-cl-std=CL3.0 -DELEMENT=%s -DPLACES=%d -DITEMS=%d%s", types[type].name,
			 PLACES, ITEMS, i ? "" : " -cl-opt-disable");
		programs[i] = fixture_build(fixture, text, options[i]);
	}
	fill(memory, type);
	for (cl_int turns = 0; turns < 4; turns++) {
		run(fixture, programs[0], memory, memory->expected, turns, 1);
		for (size_t i = 0; i < FIXTURE_COUNT(groups); i++) {
			run(fixture, programs[1], memory, memory->out, turns, groups[i]);
			check(!memcmp(memory->out, memory->expected, 2 * WORDS * 8),
			      "shape %u of %s, groups of %zu, %d turns: the bytes differ", shape,
			      types[type].name, groups[i], turns);
		}
	}
	for (int i = 0; i < 2; i++)
		clReleaseProgram(programs[i]);
}

/*
 * Places where nothing is stored: in no array, in the next one, of which something is kept in
 * registers meanwhile, or not known as no work-item comes to where they are read.
 */
static const char outside[] =
	"kernel void k(global const int *in, global int *out, uint room, global const int *places) {\n"
	"  int i = get_global_id(0), v[12], w[32];\n"
	"  for (int j = 0; j < 12; j++) v[j] = in[i * 12 + j];\n"
	"  for (int j = 0; j < 32; j++) w[j] = in[i * 3 + j];\n"
	"  int key = in[i] + 20, sum = 0;\n"
	"  for (int j = 0; j < 30; j++) {\n"
	"    if ((in[(i * 7 + j) & 2047] > key) & (room < 12)) { v[room] = key; break; }\n"
	"    w[0] += in[(i + j) & 2047];\n"
	"    sum += w[j & 31];\n"
	"  }\n"
	"  for (int j = 0; j < 40; j++) {\n"
	"    if (in[i + j] > key + 1000) {\n"
	"      int place = places[j];\n"
	"      sum += place;\n"
	"      if (v[place & 7] > key) { v[place] = key; break; }\n"
	"    }\n"
	"    sum ^= in[(i + j) & 2047];\n"
	"  }\n"
	"  for (int j = 0; j < 12; j++) out[i * 44 + j] = v[j] + sum;\n"
	"  for (int j = 0; j < 32; j++) out[i * 44 + 12 + j] = w[j];\n"
	"}\n";

#define OUTSIDE_ITEMS 256
#define OUTSIDE_WORDS (OUTSIDE_ITEMS * 44)
#define OUTSIDE_IN    4096

static void test_outside(struct fixture *fixture)
{
	static const cl_uint rooms[] = { 3, 12, 13, 17, 1000, 1u << 30 };
	cl_int *in = fixture_alloc(fixture, OUTSIDE_IN * sizeof(*in));
	cl_int *outs[2], *places = fixture_alloc(fixture, 40 * sizeof(*places));
	cl_program programs[2];

	for (unsigned int i = 0; i < OUTSIDE_IN; i++)
		in[i] = (cl_int)((i * 2654435761u >> 12) % 100);
	for (int i = 0; i < 40; i++)
		places[i] = i * 5 % 12;
	for (int i = 0; i < 2; i++) {
		outs[i] = fixture_alloc(fixture, OUTSIDE_WORDS * sizeof(cl_int));
		programs[i] = fixture_build(fixture, outside,
					    i ? "-cl-std=CL3.0" : "-cl-std=CL3.0 -cl-opt-disable");
	}
	for (size_t k = 0; k < FIXTURE_COUNT(rooms); k++) {
		for (int i = 0; i < 2; i++) {
			const struct fixture_argument arguments[] = { fixture_svm(in),
								      fixture_svm(outs[i]),
								      fixture_value(rooms[k]),
								      fixture_svm(places) };

			fixture_run_1d(fixture, programs[i], "k", OUTSIDE_ITEMS, 64, arguments, 4);
		}
		check(!memcmp(outs[0], outs[1], OUTSIDE_WORDS * sizeof(cl_int)),
		      "place %u: the bytes differ", rooms[k]);
	}
	for (int i = 0; i < 2; i++) {
		clReleaseProgram(programs[i]);
		fixture_free(fixture, outs[i]);
	}
	fixture_free(fixture, in);
	fixture_free(fixture, places);
}

int main(void)
{
	struct fixture fixture;
	struct memory memory;

	fixture_open(&fixture);
	memory.in = fixture_alloc(&fixture, WORDS * 8);
	memory.out = fixture_alloc(&fixture, 2 * WORDS * 8);
	memory.expected = fixture_alloc(&fixture, 2 * WORDS * 8);
	memory.numbers = fixture_alloc(&fixture, ITEMS * sizeof(*memory.numbers));
	for (cl_uint i = 0; i < ITEMS; i++)
		memory.numbers[i] = (i * 2246822519u >> 16) % PLACES;
	/* Types in turn: what is done with one is done with the others. The first has all. */
	for (unsigned int shape = 0; shape < FIXTURE_COUNT(shapes); shape++) {
		test(&fixture, shape, 0, &memory);
		test(&fixture, shape, 1 + shape % (FIXTURE_COUNT(types) - 1), &memory);
	}
	test_outside(&fixture);
	fixture_free(&fixture, memory.in);
	fixture_free(&fixture, memory.out);
	fixture_free(&fixture, memory.expected);
	fixture_free(&fixture, memory.numbers);
	fixture_close(&fixture);
	return check_result();
}
