// SPDX-License-Identifier: MIT
/*
 * Work-group functions take work-items in the order of their ids, in whatever order
 * these come: behind loops that they leave in different turns, at different exits, or
 * that only some of them go through.
 */
#include "fixture.h"

#define ITEMS 64

/* What each work-item does before it comes to the function; s is its value. */
static const char *const ways[] = {
	"for (j = 0; j < n; j++) { s += in[i + j]; if (s > 150) { s = s * 3 + j; break; } }\n"
	"s += j;",
	"for (j = 0; j < n; j++) { s += in[i + j];\n"
	"if ((s > 150) != flip) { aside[i] = s; s = s * 3 + j; goto m; } }\n"
	"aside[i + 64] = s; s = (s + 7) * 5; m:;",
	"if (in[i] & 1) { for (j = 0; j < n; j++) s += in[i + j]; s *= 3; aside[i] = s; }\n"
	"else { for (j = 0; j < n; j++) s ^= in[i + j]; s += 5; aside[i + 64] = s; }",
	"s = helper(in, i, n);",
	"switch (in[i] & 3) { case 0: for (j = 0; j < n; j++) s += in[i + j]; break;\n"
	"case 1: s = 9; break; case 2: s = in[i] * 5; case 3: s++; }",
};

static const char source[] =
	"int helper(global const int *in, int i, int n) { int s = 0;\n"
	"for (int j = 0; j < n; j++) { s += in[i + j]; if (s > 150) return s * 3 + j; }\n"
	"return s - 7; }\n"
	"kernel void k(global const int *in, global int *out, global int *aside, int n,\n"
	"int flip) { int i = get_local_linear_id(), s = 0, j = 0;\n"
	"%s\n"
	"out[i] = s;\n"
	"out[i + 64] = work_group_scan_inclusive_add(s);\n"
	"out[i + 128] = work_group_scan_exclusive_max(s);\n"
	"for (j = 0; j < (i & 3); j++) s += in[j];\n"
	"out[i + 192] = s;\n"
	"out[i + 256] = work_group_reduce_add(s);\n"
	"out[i + 320] = work_group_broadcast(s, 5, 2 %% get_local_size(1));\n"
	"out[i + 384] = work_group_scan_inclusive_min(s); }\n";

struct memory {
	int *in, *out, *aside;
};

/* @width: of the group's rows. */
static void compare(const struct memory *memory, const char *what, size_t width)
{
	const int *first = memory->out, *second = memory->out + 192;
	size_t source_item = 5 + (ITEMS / width > 1 ? 2 * width : 0);
	int sum = 0, most = -2147483647 - 1, least = 2147483647, total = 0;

	for (int i = 0; i < ITEMS; i++)
		total += second[i];
	for (int i = 0; i < ITEMS; i++) {
		sum += first[i];
		least = second[i] < least ? second[i] : least;
		if (!check(memory->out[i + 64] == sum && memory->out[i + 128] == most &&
				   memory->out[i + 256] == total &&
				   memory->out[i + 320] == second[source_item] &&
				   memory->out[i + 384] == least,
			   "%s, rows of %zu, item %d: %d %d %d %d %d, not %d %d %d %d %d", what,
			   width, i, memory->out[i + 64], memory->out[i + 128],
			   memory->out[i + 256], memory->out[i + 320], memory->out[i + 384], sum,
			   most, total, second[source_item], least))
			return;
		most = first[i] > most ? first[i] : most;
	}
}

static void test(struct fixture *fixture, const struct memory *memory, const char *way)
{
	static const size_t widths[] = { 64, 16, 8 };
	char text[3000];
	cl_program program;

	snprintf(text, sizeof(text), source, way);
	program = fixture_build(fixture, text, "-cl-std=CL3.0");
	for (int variant = 0; variant < 12; variant++) {
		size_t width = widths[variant / 4], size[] = { width, ITEMS / width };
		cl_int flip = variant & 1, n = 4;
		const struct fixture_argument arguments[] = {
			fixture_svm(memory->in), fixture_svm(memory->out),
			fixture_svm(memory->aside), fixture_value(n), fixture_value(flip)
		};
		const struct fixture_launch launch = { .kernel = "k",
						       .dimensions = 2,
						       .global = size,
						       .local = size,
						       .arguments = arguments,
						       .argument_count = 5 };

		for (int i = 0; i < 2 * ITEMS; i++)
			memory->in[i] = i * 7919 % 97;
		/* The first one leaves early, or not. */
		memory->in[0] = variant & 2 ? 1000 : 0;
		fixture_run(fixture, program, &launch);
		compare(memory, way, width);
	}
	clReleaseProgram(program);
}

int main(void)
{
	struct fixture fixture;
	struct memory memory;

	fixture_open(&fixture);
	memory.in = fixture_alloc(&fixture, 2 * ITEMS * sizeof(int));
	memory.out = fixture_alloc(&fixture, 7 * ITEMS * sizeof(int));
	memory.aside = fixture_alloc(&fixture, 2 * ITEMS * sizeof(int));
	for (size_t i = 0; i < FIXTURE_COUNT(ways); i++)
		test(&fixture, &memory, ways[i]);
	fixture_free(&fixture, memory.in);
	fixture_free(&fixture, memory.out);
	fixture_free(&fixture, memory.aside);
	fixture_close(&fixture);
	return check_result();
}
