// SPDX-License-Identifier: MIT
/* Kernels with barriers, against what the host computes group by group. */
#include "fixture.h"

#define MOST_ITEMS 1024

extern const char barriers_cl[];

/* A group on the host: the values of its items, and its local memory. */
struct group {
	int n;
	int value[MOST_ITEMS];
	int shared[MOST_ITEMS];
};

typedef void (*reference)(struct group *group, const int *parameters);

#define for_items(group, l) for (int l = 0; l < (group)->n; l++)

static void ref_straight(struct group *group, const int *parameters)
{
	memcpy(group->shared, group->value, sizeof(group->value));
	for_items(group, l)
		group->value[l] = group->shared[group->n - 1 - l];
}

static void ref_tree(struct group *group, const int *parameters)
{
	int sum = 0;

	for_items(group, l)
		sum += group->value[l];
	for_items(group, l)
		group->value[l] = sum + l;
}

static void rotate_once(struct group *group, int added)
{
	memcpy(group->shared, group->value, sizeof(group->value));
	for_items(group, l)
		group->value[l] = group->shared[(l + 1) % group->n] + added;
}

static void ref_rotate(struct group *group, const int *parameters)
{
	for (int i = 0; i < parameters[0]; i++)
		rotate_once(group, 0);
}

static void ref_rounds_in_memory(struct group *group, const int *parameters)
{
	for (int i = 0; i < 5; i++)
		rotate_once(group, i);
}

static void ref_nested(struct group *group, const int *parameters)
{
	int kept[MOST_ITEMS];

	for_items(group, l)
		group->value[l] = l;
	for (int i = 0; i < parameters[0]; i++) {
		for_items(group, l)
			kept[l] = group->value[l] * 3;
		for (int k = 0; k < parameters[1]; k++) {
			for_items(group, l)
				group->shared[l] = group->value[l] + k;
			for_items(group, l)
				group->value[l] = group->shared[(l + k + 1) % group->n];
		}
		for_items(group, l)
			group->value[l] += kept[l] + i;
	}
}

static void ref_conditional(struct group *group, const int *parameters)
{
	for_items(group, l)
		group->value[l] =
			l * 7 + (parameters[0] ? group->n - 1 - l : (l + 3) % group->n * 2);
}

static void exchange(struct group *group, int rounds)
{
	for (int i = 0; i <= rounds; i++) {
		memcpy(group->shared, group->value, sizeof(group->value));
		for_items(group, l)
			group->value[l] = group->shared[group->n - 1 - l] + 1;
	}
}

static void ref_in_function(struct group *group, const int *parameters)
{
	int first[MOST_ITEMS];

	for_items(group, l)
		group->value[l] = l;
	exchange(group, 6);
	memcpy(first, group->value, sizeof(first));
	exchange(group, 2);
	for_items(group, l)
		group->value[l] += first[l];
}

static void ref_private_memory(struct group *group, const int *parameters)
{
	for_items(group, l) {
		int number = l * (l % 9) + group->n - 1 - l;
		int last = l % 9 == 8 ? number : l * 8;

		group->value[l] = number + last + (signed char)l + (int)(l * 1000000007l % 1000) +
				  l + 1 + l + (signed char)(l + 2) + (l & 1) + l + 10;
	}
}

static void ref_divergent_between(struct group *group, const int *parameters)
{
	for_items(group, l)
		group->value[l] = 0;
	for (int round = 0; round < 4; round++) {
		for_items(group, l) {
			for (int i = 0; i < l + round; i++)
				group->value[l] += i % 3 == 2 ? 0 : i;
		}
		memcpy(group->shared, group->value, sizeof(group->value));
		for_items(group, l) {
			if (l & 1)
				group->value[l] += group->shared[(l + 1) % group->n];
			else
				group->value[l] -= group->shared[(l + group->n - 1) % group->n];
		}
	}
}

static void ref_with_switch(struct group *group, const int *parameters)
{
	int which = parameters[0];

	for_items(group, l)
		group->value[l] = which == 0 ? 100 + l : which == 5 ? -1 : l;
	if (which == 0 || which == 5)
		return;
	if (which == 1)
		rotate_once(group, 0);
	if (which == 1 || which == 2) {
		memcpy(group->shared, group->value, sizeof(group->value));
		for_items(group, l)
			group->value[l] += group->shared[(l + 2) % group->n];
		return;
	}
	do {
		memcpy(group->shared, group->value, sizeof(group->value));
		for_items(group, l)
			group->value[l] += group->shared[group->n - 1 - l];
	} while (which-- >= 8);
}

static void ref_required(struct group *group, const int *parameters)
{
	ref_tree(group, parameters);
	for_items(group, l)
		group->value[l] -= l;
}

static void ref_long_lived(struct group *group, const int *parameters)
{
	const int *v = group->value;
	int n = group->n, result[MOST_ITEMS];

	for_items(group, l) {
		int a = v[(l + 1) % n], b = v[(l + 2) % n] * 3 + a;

		result[l] = a + b * 2 + (v[l] ^ 0x55) + (int)(v[l] * 0.5f);
	}
	memcpy(group->value, result, sizeof(int) * n);
}

static void ref_global_memory(struct group *group, const int *parameters)
{
	ref_straight(group, parameters);
	rotate_once(group, 0);
}

static const struct barrier_case {
	const char *kernel;
	reference reference;
	bool has_local; /* an argument in local memory */
	int parameter_count;
	int parameters[2];
	bool count_in_memory; /* an SVM pointer to 5 follows */
} cases[] = {
	{ "straight", ref_straight, true },
	{ "tree", ref_tree, true },
	{ "rotate", ref_rotate, true, 1, { 3 } },
	{ "rotate", ref_rotate, true, 1, { 0 } },
	{ "rounds_in_memory", ref_rounds_in_memory, true, .count_in_memory = true },
	{ "nested", ref_nested, true, 2, { 3, 4 } },
	{ "nested", ref_nested, true, 2, { 2, 0 } },
	{ "nested", ref_nested, true, 2, { 0, 2 } },
	{ "conditional", ref_conditional, true, 1, { 0 } },
	{ "conditional", ref_conditional, true, 1, { 1 } },
	{ "in_function", ref_in_function, true },
	{ "private_memory", ref_private_memory, true },
	{ "divergent_between", ref_divergent_between, true },
	{ "with_switch", ref_with_switch, true, 1, { 0 } },
	{ "with_switch", ref_with_switch, true, 1, { 1 } },
	{ "with_switch", ref_with_switch, true, 1, { 2 } },
	{ "with_switch", ref_with_switch, true, 1, { 5 } },
	{ "with_switch", ref_with_switch, true, 1, { 10 } },
	{ "required", ref_required },
	{ "long_lived", ref_long_lived, true },
	{ "global_memory", ref_global_memory },
};

/* What a work-item begins with: 12 bits that look random. */
static int start_value(size_t item)
{
	return (int)((unsigned int)item * 2654435761u >> 20);
}

static void run_case(struct fixture *fixture, cl_program program, const struct barrier_case *test,
		     size_t local, size_t groups)
{
	struct fixture_argument arguments[4];
	size_t items = local * groups;
	int *values = fixture_alloc(fixture, items * sizeof(int));
	int *five = fixture_alloc(fixture, sizeof(int));
	cl_uint count = 0;
	struct group group = { .n = (int)local };

	*five = 5;
	for (size_t i = 0; i < items; i++)
		values[i] = start_value(i);
	arguments[count++] = (struct fixture_argument)fixture_svm(values);
	if (test->has_local)
		arguments[count++] = (struct fixture_argument)fixture_local(local * sizeof(int));
	for (int i = 0; i < test->parameter_count; i++)
		arguments[count++] = (struct fixture_argument)fixture_value(test->parameters[i]);
	if (test->count_in_memory)
		arguments[count++] = (struct fixture_argument)fixture_svm(five);
	fixture_run_1d(fixture, program, test->kernel, items, local, arguments, count);
	for (size_t g = 0; g < groups; g++) {
		for (size_t l = 0; l < local; l++)
			group.value[l] = start_value(g * local + l);
		test->reference(&group, test->parameters);
		for (size_t l = 0; l < local; l++) {
			if (!check(values[g * local + l] == group.value[l],
				   "%s(%d, %d), local size %zu, group %zu, item %zu: %d, not %d",
				   test->kernel, test->parameters[0], test->parameters[1], local, g,
				   l, values[g * local + l], group.value[l]))
				break;
		}
	}
	fixture_free(fixture, values);
	fixture_free(fixture, five);
}

static void test_cases(struct fixture *fixture, cl_program program)
{
	static const size_t sizes[] = { 1, 2, 16, 32, 64, 256, 1024 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool required = !strcmp(cases[i].kernel, "required");

		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			if (!required || sizes[k] == 32)
				run_case(fixture, program, &cases[i], sizes[k], 5);
		}
	}
}

static void test_early_return(struct fixture *fixture, cl_program program)
{
	const int end = 150;
	int *values = fixture_alloc(fixture, 256 * sizeof(int));
	const struct fixture_argument arguments[] = { fixture_svm(values),
						      fixture_local(64 * sizeof(int)),
						      fixture_value(end) };

	for (int i = 0; i < 256; i++)
		values[i] = i * 3;
	fixture_run_1d(fixture, program, "early_return", 256, 64, arguments,
		       FIXTURE_COUNT(arguments));
	for (int i = 0; i < 256; i++)
		check_equal(i < end ? i * 3 + 1 + i % 64 : i * 3, values[i]);
	fixture_free(fixture, values);
}

static void test_three_dimensions(struct fixture *fixture, cl_program program)
{
	const size_t global[] = { 12, 10, 6 }, local[] = { 4, 5, 3 };
	const int nx = 4, ny = 5, nz = 3;
	int *values = fixture_alloc(fixture, 720 * sizeof(int));
	const struct fixture_argument arguments[] = { fixture_svm(values),
						      fixture_local(60 * sizeof(int)) };
	const struct fixture_launch launch = { .kernel = "three_dimensions",
					       .dimensions = 3,
					       .global = global,
					       .local = local,
					       .arguments = arguments,
					       .argument_count = FIXTURE_COUNT(arguments) };

	fixture_run(fixture, program, &launch);
	for (int i = 0; i < 720; i++) {
		int gx = i % 12, gy = i / 12 % 10, gz = i / 120;
		int x = gx % nx, y = gy % ny, z = gz % nz;
		int mx = gx - x + nx - 1 - x, my = gy - y + ny - 1 - y, mz = gz - z + nz - 1 - z;

		check_equal(((mz * 10 + my) * 12 + mx) * 2 + (z * ny + y) * nx + x, values[i]);
	}
	fixture_free(fixture, values);
}

int main(void)
{
	static const char *const options[] = { "-cl-std=CL3.0", "-cl-std=CL3.0 -cl-opt-disable" };
	struct fixture fixture;

	fixture_open(&fixture);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		cl_program program = fixture_build(&fixture, barriers_cl, options[i]);

		test_cases(&fixture, program);
		test_early_return(&fixture, program);
		test_three_dimensions(&fixture, program);
		clReleaseProgram(program);
	}
	fixture_close(&fixture);
	return check_result();
}
