// SPDX-License-Identifier: MIT
/*
 * Random kernels full of loops, branches and, every other time, barriers. What
 * they compute must not depend on how work-items are put together: the results
 * without optimisation in groups of one are the reference for all sizes of
 * groups with it. random_loops_test [FIRST_SEED [COUNT]] repeats a case.
 */
#include "fixture.h"

#include <stdarg.h>

#define ITEMS	  480
#define VARIABLES 6
#define ROOM	  65536

struct generator {
	unsigned int seed;
	char text[ROOM];
	size_t length;
	int depth; /* of blocks */
	int loops; /* counters in use */
	int in_loop; /* loops around the current place, for break and continue */
	bool uniform; /* all work-items come to the current place together */
	bool barriers;
};

static unsigned int pick(struct generator *generator, unsigned int count)
{
	return (unsigned int)rand_r(&generator->seed) % count;
}

__attribute__((format(printf, 2, 3))) static void emit(struct generator *generator,
						       const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	generator->length += (size_t)vsnprintf(generator->text + generator->length,
					       ROOM - generator->length, format, arguments);
	va_end(arguments);
	check_fatal(generator->length < ROOM, "the kernel is too long");
}

static void indent(struct generator *generator)
{
	for (int i = 0; i <= generator->depth; i++)
		emit(generator, "\t");
}

static void emit_expression(struct generator *generator, int depth)
{
	static const char *const operators[] = { "+", "-", "*", "^", "&", "|" };

	switch (depth ? pick(generator, 9) : pick(generator, 4)) {
	case 0:
		emit(generator, "v%u", pick(generator, VARIABLES));
		break;
	case 1:
		emit(generator, "%d", (int)pick(generator, 41) - 20);
		break;
	case 2:
		emit(generator, pick(generator, 2) ? "g" : "n");
		break;
	case 3:
		if (generator->loops)
			emit(generator, "i%u", pick(generator, (unsigned int)generator->loops));
		else
			emit(generator, "v0");
		break;
	case 4:
		/* Neighbours, one place for all, and anywhere. */
		emit(generator, "in[%s & 1023]",
		     (const char *[]){ "(g + v1)", "(g + n)", "n",
				       "(v2 * 7)" }[pick(generator, 4)]);
		break;
	case 5:
		emit(generator, "(int)((float)(");
		emit_expression(generator, depth - 1);
		emit(generator, " & 255) * 0.5f)");
		break;
	default:
		emit(generator, "(");
		emit_expression(generator, depth - 1);
		emit(generator, " %s ", operators[pick(generator, 6)]);
		emit_expression(generator, depth - 1);
		emit(generator, ")");
	}
}

/* The same value in all work-items: what barriers may depend on. */
static void emit_uniform_condition(struct generator *generator)
{
	emit(generator, "(n + %u) %% %u < %u", pick(generator, 9), 2 + pick(generator, 4),
	     1 + pick(generator, 3));
}

static void emit_condition(struct generator *generator)
{
	emit(generator, "(");
	emit_expression(generator, 1);
	emit(generator, " & %u) %s %u", 1 + pick(generator, 7), pick(generator, 2) ? "!=" : "<",
	     pick(generator, 4));
}

static void emit_block(struct generator *generator, int statements);

static void emit_body(struct generator *generator, bool uniform)
{
	bool before = generator->uniform;

	generator->uniform = before && uniform;
	generator->depth++;
	emit_block(generator, 1 + (int)pick(generator, 4));
	generator->depth--;
	generator->uniform = before;
}

static void emit_if(struct generator *generator)
{
	bool uniform = pick(generator, 3) == 0;

	emit(generator, "if (");
	if (uniform)
		emit_uniform_condition(generator);
	else
		emit_condition(generator);
	emit(generator, ") {\n");
	emit_body(generator, uniform);
	indent(generator);
	if (pick(generator, 2)) {
		emit(generator, "} else {\n");
		emit_body(generator, uniform);
		indent(generator);
	}
	emit(generator, "}\n");
}

static void emit_loop(struct generator *generator)
{
	int counter = generator->loops++;
	unsigned int kind = pick(generator, 4);
	bool uniform = kind < 2;

	/* Barriers go together with loops that nobody leaves early. */
	generator->in_loop += uniform && generator->uniform && generator->barriers ? 0 : 1;
	switch (kind) {
	case 0:
		emit(generator, "for (int i%d = 0; i%d < %u; i%d++) {\n", counter, counter,
		     1 + pick(generator, 5), counter);
		break;
	case 1:
		emit(generator, "for (int i%d = n & 3; i%d < n %% 7; i%d += %u) {\n", counter,
		     counter, counter, 1 + pick(generator, 2));
		break;
	case 2:
		emit(generator, "for (int i%d = 0; i%d < (v%u & 7); i%d++) {\n", counter, counter,
		     pick(generator, VARIABLES), counter);
		break;
	default:
		emit(generator, "for (int i%d = 0; i%d < 9 && (", counter, counter);
		emit_condition(generator);
		emit(generator, "); i%d++) {\n", counter);
	}
	emit_body(generator, uniform);
	indent(generator);
	emit(generator, "}\n");
	generator->in_loop -= uniform && generator->uniform && generator->barriers ? 0 : 1;
	generator->loops--;
}

/* Each work-item writes its own place, all meet, and each reads another's. */
static void emit_exchange(struct generator *generator)
{
	emit(generator, "shared[l] = v%u;\n", pick(generator, VARIABLES));
	indent(generator);
	emit(generator, "barrier(CLK_LOCAL_MEM_FENCE);\n");
	indent(generator);
	/* Its own, so that the result does not depend on the group's size. */
	emit(generator, "v%u += shared[l] + other[0] * 0;\n", pick(generator, VARIABLES));
	indent(generator);
	emit(generator, "barrier(CLK_LOCAL_MEM_FENCE);\n");
}

static void emit_statement(struct generator *generator)
{
	unsigned int kind = pick(generator, 12);

	indent(generator);
	if (kind < 2 && generator->depth < 4) {
		emit_if(generator);
	} else if (kind < 5 && generator->depth < 4) {
		emit_loop(generator);
	} else if (kind == 5 && generator->barriers && generator->uniform) {
		emit_exchange(generator);
	} else if (kind == 6 && generator->in_loop) {
		emit(generator, "if (");
		emit_condition(generator);
		emit(generator, ")\n");
		indent(generator);
		emit(generator, "\t%s;\n", pick(generator, 2) ? "break" : "continue");
	} else if (kind == 7) {
		emit(generator, "out[g + %u * items] ^= v%u;\n", 1 + pick(generator, 2),
		     pick(generator, VARIABLES));
	} else {
		emit(generator, "v%u %s= ", pick(generator, VARIABLES),
		     (const char *[]){ "", "+", "-", "^" }[pick(generator, 4)]);
		emit_expression(generator, 2);
		emit(generator, ";\n");
	}
}

static void emit_block(struct generator *generator, int statements)
{
	while (statements--)
		emit_statement(generator);
}

static void generate(struct generator *generator, unsigned int seed)
{
	*generator = (struct generator){ .seed = seed, .uniform = true, .barriers = seed % 2 };
	emit(generator, "kernel void k(global int *out, global const int *in, int n, int items,\n"
			"\t      local int *shared, local int *other)\n{\n"
			"\tint g = (int)get_global_id(0), l = (int)get_local_id(0);\n");
	for (int i = 0; i < VARIABLES; i++)
		emit(generator, "\tint v%d = in[(g * %d + n) & 1023] + %d;\n", i, i % 3 ? 1 : i + 1,
		     i);
	emit(generator, "\tother[0] = 0;\n");
	if (pick(generator, 4) == 0 && !generator->barriers)
		emit(generator, "\tif (g %% 5 == 3)\n\t\treturn;\n");
	emit_block(generator, 6);
	emit(generator, "\tout[g] = v0 ^ v1 * 3 ^ v2 * 5 ^ v3 * 7 ^ v4 * 11 ^ v5 * 13;\n}\n");
}

static void run(struct fixture *fixture, cl_program program, size_t local, int *out, const int *in,
		int n)
{
	const int items = ITEMS;
	const struct fixture_argument arguments[] = { fixture_svm(out),
						      fixture_svm(in),
						      fixture_value(n),
						      fixture_value(items),
						      fixture_local(local * sizeof(int)),
						      fixture_local(sizeof(int)) };

	memset(out, 0x55, 3 * ITEMS * sizeof(int));
	fixture_run_1d(fixture, program, "k", ITEMS, local, arguments, FIXTURE_COUNT(arguments));
}

static void test_seed(struct fixture *fixture, unsigned int seed, int *out, const int *in)
{
	static const size_t sizes[] = { 1, 5, 16, 24, 32, 60, 160, 480 };
	static struct generator generator;
	cl_program plain, optimised;
	int expected[3 * ITEMS];

	generate(&generator, seed);
	plain = fixture_build(fixture, generator.text, "-cl-std=CL3.0 -cl-opt-disable");
	optimised = fixture_build(fixture, generator.text, "-cl-std=CL3.0");
	for (int n = 3; n < 12; n += 4) {
		run(fixture, plain, 1, out, in, n);
		memcpy(expected, out, sizeof(expected));
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			int wrong = 0;

			run(fixture, optimised, sizes[i], out, in, n);
			while (wrong < 3 * ITEMS && out[wrong] == expected[wrong])
				wrong++;
			if (!check(wrong == 3 * ITEMS,
				   "seed %u, n %d, groups of %zu: place %d is %d, not %d", seed, n,
				   sizes[i], wrong, out[wrong], expected[wrong])) {
				printf("%s", generator.text);
				goto out;
			}
		}
	}
out:
	clReleaseProgram(plain);
	clReleaseProgram(optimised);
}

int main(int argc, char **argv)
{
	unsigned int first = argc > 1 ? (unsigned int)strtoul(argv[1], NULL, 10) : 1;
	unsigned int count = argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 10) : 40;
	struct fixture fixture;
	int *out, *in;

	fixture_open(&fixture);
	out = fixture_alloc(&fixture, 3 * ITEMS * sizeof(int));
	in = fixture_alloc(&fixture, 1024 * sizeof(int));
	for (int i = 0; i < 1024; i++)
		in[i] = (int)((unsigned int)i * 2654435761u >> 16) - 32768;
	for (unsigned int seed = first; seed < first + count && check_failures < 3; seed++)
		test_seed(&fixture, seed, out, in);
	fixture_free(&fixture, out);
	fixture_free(&fixture, in);
	fixture_close(&fixture);
	return check_result();
}
