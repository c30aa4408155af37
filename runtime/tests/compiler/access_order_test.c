// SPDX-License-Identifier: MIT
/* A work-item sees its own accesses in their order, however far apart work-items' places are. */
#include "fixture.h"

#define ITEMS	  84
#define MOST_GAP  9
#define MOST_WORD 8

extern const char access_order_cl[];

static const char *const types[] = { "char", "ushort", "int", "float", "long" };

/* What a shape of the program does to a work-item's elements. */
static int expect(int shape, int gap, int *a)
{
	int s = a[0];

	switch (shape) {
	case 0:
		a[1] = 5;
		return s + 5;
	case 1:
		a[1] = 9;
		a[0] = 11;
		return 9;
	case 2:
		a[0] = 3;
		a[1] = 4;
		return 34;
	default:
		s = 0;
		for (int i = 0; i < gap; i++) {
			a[(i + 1) % gap] = i + 2;
			s += a[i];
		}
		return s;
	}
}

struct memory {
	void *elements;
	int *out, *left;
};

/* @expected: a work-item's elements, the result before them. */
static void compare(const char *what, const struct memory *memory, int gap, const int *expected)
{
	int wrong = 0;

	for (int i = 0; i < ITEMS; i++) {
		wrong += memory->out[i] != expected[0];
		for (int k = 0; k < gap; k++)
			wrong += memory->left[i * gap + k] != expected[1 + k];
	}
	check(!wrong, "%s: %d values differ, the first result is %d, not %d", what, wrong,
	      memory->out[0], expected[0]);
}

static void run(struct fixture *fixture, cl_program program, const char *kernel,
		const struct memory *memory, size_t group)
{
	cl_int n = 1;
	bool is_local = !strcmp(kernel, "in_local"), is_two = !strcmp(kernel, "in_two");
	const struct fixture_argument elements = fixture_svm(memory->elements);
	const struct fixture_argument out = fixture_svm(memory->out);
	const struct fixture_argument left = fixture_svm(memory->left);
	struct fixture_argument arguments[5] = { elements };
	cl_uint count = 1;

	fixture_run_1d(fixture, program, "fill", ITEMS, ITEMS, arguments, 1);
	if (is_two)
		arguments[count++] = elements;
	arguments[count++] = out;
	arguments[count++] = (struct fixture_argument)fixture_value(n);
	if (is_local)
		arguments[count++] =
			(struct fixture_argument)fixture_local(ITEMS * MOST_GAP * MOST_WORD);
	fixture_run_1d(fixture, program, kernel, ITEMS, group, arguments, count);
	arguments[1] = left;
	fixture_run_1d(fixture, program, "read", ITEMS, ITEMS, arguments, 2);
}

static void test(struct fixture *fixture, const struct memory *memory, const char *type, int gap,
		 int shape)
{
	static const char *const kernels[] = { "in_global", "in_local", "in_kept", "in_two" };
	static const size_t groups[] = { ITEMS, 12 };
	int expected[1 + MOST_GAP], expected_two[1 + MOST_GAP];
	cl_program program;
	char options[80], what[120];

	snprintf(options, sizeof(options), "-D TYPE=%s -D GAP=%d -D SHAPE=%d -D ITEMS=%d", type,
		 gap, shape, ITEMS);
	program = fixture_build(fixture, access_order_cl, options);
	for (int k = 0; k < gap; k++)
		expected[1 + k] = expected_two[1 + k] = k + 1;
	expected[0] = expect(shape, gap, expected + 1);
	expected_two[0] = 1 + 5;
	expected_two[1] = 6;
	expected_two[2] = 8;
	for (size_t k = 0; k < FIXTURE_COUNT(kernels); k++) {
		for (size_t g = 0; g < FIXTURE_COUNT(groups); g++) {
			run(fixture, program, kernels[k], memory, groups[g]);
			snprintf(what, sizeof(what), "%s, shape %d, %s %d apart, groups of %zu",
				 kernels[k], shape, type, gap, groups[g]);
			compare(what, memory, gap,
				strcmp(kernels[k], "in_two") ? expected : expected_two);
		}
	}
	clReleaseProgram(program);
}

/* By kernels of which the optimiser has more to find out; work-items are 2 elements apart. */
static void test_hidden(struct fixture *fixture, const struct memory *memory, const char *type)
{
	static const char *const kernels[] = { "by_sum", "by_product", "by_greater", "by_low_bits",
					       "by_difference" };
	cl_int n = 1;
	char options[80];
	cl_program program;

	snprintf(options, sizeof(options), "-D TYPE=%s -D GAP=3 -D SHAPE=0 -D ITEMS=%d", type,
		 ITEMS);
	program = fixture_build(fixture, access_order_cl, options);
	memset(memory->left, 0, ITEMS * sizeof(int));
	for (size_t k = 0; k < FIXTURE_COUNT(kernels); k++) {
		const struct fixture_argument arguments[] = { fixture_svm(memory->elements),
							      fixture_svm(memory->out),
							      fixture_value(n),
							      fixture_svm(memory->left) };

		fixture_run_1d(fixture, program, "fill", ITEMS, ITEMS, arguments, 1);
		fixture_run_1d(fixture, program, kernels[k], ITEMS, ITEMS, arguments, 4);
		/* Elements count 1 to 3 again and again. */
		for (int i = 0; i < ITEMS; i++) {
			int expected = (ITEMS + 2 * i) % 3 + 1 + 5;

			if (!check(memory->out[i] == expected, "%s of %s, item %d: %d, not %d",
				   kernels[k], type, i, memory->out[i], expected))
				break;
		}
	}
	clReleaseProgram(program);
}

int main(void)
{
	struct fixture fixture;
	struct memory memory;

	fixture_open(&fixture);
	memory.elements = fixture_alloc(&fixture, (size_t)ITEMS * MOST_GAP * MOST_WORD);
	memory.out = fixture_alloc(&fixture, ITEMS * sizeof(int));
	memory.left = fixture_alloc(&fixture, ITEMS * MOST_GAP * sizeof(int));
	/* Each type with each shape, and each gap, but not with both. */
	for (int gap = 2; gap <= MOST_GAP; gap++) {
		for (int shape = 0; shape < 4; shape++)
			test(&fixture, &memory, types[(gap + shape) % FIXTURE_COUNT(types)], gap,
			     shape);
	}
	for (size_t i = 0; i < FIXTURE_COUNT(types); i++)
		test_hidden(&fixture, &memory, types[i]);
	fixture_free(&fixture, memory.elements);
	fixture_free(&fixture, memory.out);
	fixture_free(&fixture, memory.left);
	fixture_close(&fixture);
	return check_result();
}
