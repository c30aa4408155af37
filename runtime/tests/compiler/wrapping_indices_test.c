// SPDX-License-Identifier: MIT
/* Indices that wrap around in fewer bits than they have, in loops with others that do not. */
#include "fixture.h"

#define ITEMS	  64
#define MOST_STEP 64
#define MOST_TURN 300

/* Filled in with the element's type, the condition, the row's length and the index. */
static const char source[] =
	"kernel void k(global const char *p, global const %s *b, global int *out, int n)\n"
	"{\n"
	"	uint i = get_global_id(0);\n"
	"	uint x = 0;\n"
	"	for (int j = 0; j < n; j++)\n"
	"		x += %s ? 1 : b[i * %d + %s];\n"
	"	out[i] = x;\n"
	"}\n";

static const char *const types[] = { "short", "uchar", "int" };
static const char *const conditions[] = { "(p[i] > p[i + j])", "(p[j] > 3)", "0" };
static const struct {
	const char *text;
	int mask;
} indices[] = {
	{ "(j & 3)", 3 },
	{ "(j & 1)", 1 },
	{ "(j & 15)", 15 },
	{ "((uint)j % 8)", 7 },
	{ "((j << 28) >> 28 & 7)", 7 },
	{ "((uchar)j & 31)", 31 },
	{ "(uchar)(j << 3) / 8", 31 },
};

struct memory {
	signed char *p;
	void *b;
	int *out;
};

static int element(const struct memory *memory, size_t type, int at)
{
	switch (type) {
	case 0:
		return ((const short *)memory->b)[at];
	case 1:
		return ((const unsigned char *)memory->b)[at];
	default:
		return ((const int *)memory->b)[at];
	}
}

static int expect(const struct memory *memory, const size_t *choice, int step, int n, int i)
{
	unsigned int x = 0;

	for (int j = 0; j < n; j++) {
		int at = i * step + (j & indices[choice[2]].mask);
		bool holds = choice[1] == 0 ? memory->p[i] > memory->p[i + j] :
			     choice[1] == 1 ? memory->p[j] > 3 :
					      false;

		x += (unsigned int)(holds ? 1 : element(memory, choice[0], at));
	}
	return (int)x;
}

/* ---- beside counters that the loop ends by ---- */

static const char counted_source[] = "kernel void k(global const int *b, global int *out, %s n) {\n"
				     "	ulong i = get_global_id(0), k = 0; uint x = 0;\n"
				     "	for (%s c = 1; c < n; c++, k++)\n"
				     "		x += b[i * 40 + (k & 3)];\n"
				     "	out[i] = x; }\n";

static void test_counter(struct fixture *fixture, const struct memory *memory, const char *counter,
			 const char *limit, size_t limit_bytes)
{
	static const cl_ulong limits[] = { 4, 6, 9, 17, 100 };
	char text[1000];
	cl_program program;

	snprintf(text, sizeof(text), counted_source, limit, counter);
	program = fixture_build(fixture, text, "");
	for (size_t t = 0; t < FIXTURE_COUNT(limits); t++) {
		const struct fixture_argument arguments[] = { fixture_svm(memory->b),
							      fixture_svm(memory->out),
							      { &limits[t], limit_bytes, false } };

		fixture_run_1d(fixture, program, "k", ITEMS, ITEMS, arguments, 3);
		for (int i = 0; i < ITEMS; i++) {
			unsigned int expected = 0;

			for (int k = 0; k < (int)limits[t] - 1; k++)
				expected += (unsigned int)element(memory, 2, i * 40 + (k & 3));
			if (!check(memory->out[i] == (int)expected,
				   "counter %s up to %s %d, item %d: %d, not %d", counter, limit,
				   (int)limits[t], i, memory->out[i], (int)expected))
				break;
		}
	}
	clReleaseProgram(program);
}

/* ---- beside other indices ---- */

/* @choice: a type, a condition and an index. */
static void test(struct fixture *fixture, const struct memory *memory, const size_t *choice,
		 int step)
{
	static const cl_int turns[] = { 4, 5, 8, 9, 16, 33, MOST_TURN };
	cl_program program;
	char text[1000];

	snprintf(text, sizeof(text), source, types[choice[0]], conditions[choice[1]], step,
		 indices[choice[2]].text);
	program = fixture_build(fixture, text, "");
	for (size_t t = 0; t < FIXTURE_COUNT(turns); t++) {
		const struct fixture_argument arguments[] = { fixture_svm(memory->p),
							      fixture_svm(memory->b),
							      fixture_svm(memory->out),
							      fixture_value(turns[t]) };

		fixture_run_1d(fixture, program, "k", ITEMS, ITEMS, arguments, 4);
		for (int i = 0; i < ITEMS; i++) {
			int expected = expect(memory, choice, step, turns[t], i);

			if (!check(memory->out[i] == expected,
				   "%s, %s, %s, %d apart, %d turns, item %d: %d, not %d",
				   types[choice[0]], conditions[choice[1]], indices[choice[2]].text,
				   step, turns[t], i, memory->out[i], expected))
				break;
		}
	}
	clReleaseProgram(program);
}

int main(void)
{
	static const int steps[] = { 40, 32, MOST_STEP };
	struct fixture fixture;
	struct memory memory;
	unsigned int number = 1;

	fixture_open(&fixture);
	memory.p = fixture_alloc(&fixture, ITEMS + MOST_TURN);
	memory.b = fixture_alloc(&fixture, ITEMS * (MOST_STEP + 1) * sizeof(int));
	memory.out = fixture_alloc(&fixture, ITEMS * sizeof(int));
	for (int i = 0; i < ITEMS + MOST_TURN; i++)
		memory.p[i] = (signed char)((number = number * 1103515245 + 12345) >> 24);
	for (int i = 0; i < ITEMS * (MOST_STEP + 1); i++)
		((int *)memory.b)[i] = (int)(number = number * 1103515245 + 12345);
	for (size_t index = 0; index < FIXTURE_COUNT(indices); index++) {
		for (size_t condition = 0; condition < FIXTURE_COUNT(conditions); condition++) {
			for (size_t type = 0; type < FIXTURE_COUNT(types); type++) {
				size_t choice[] = { type, condition, index };

				test(&fixture, &memory, choice,
				     steps[(index + condition + type) % FIXTURE_COUNT(steps)]);
			}
		}
	}
	test_counter(&fixture, &memory, "uint", "ulong", 8);
	test_counter(&fixture, &memory, "int", "int", 4);
	test_counter(&fixture, &memory, "uchar", "ulong", 8);
	test_counter(&fixture, &memory, "ushort", "uint", 4);
	test_counter(&fixture, &memory, "ulong", "uint", 4);
	fixture_free(&fixture, memory.p);
	fixture_free(&fixture, memory.b);
	fixture_free(&fixture, memory.out);
	fixture_close(&fixture);
	return check_result();
}
