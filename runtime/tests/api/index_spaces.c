// SPDX-License-Identifier: MIT
/*
 * Index spaces: each work-item runs once and knows where it is, for sizes that groups
 * divide and sizes that they don't, with a local size and without.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define MOST_ITEMS   (1 << 18)
#define RANDOM_TURNS 40

extern const char index_spaces_cl[];

struct fixture {
	struct test_setup base;
	cl_program program;
	cl_uint *marks;
	cl_mem marks_buffer, wrong_buffer;
};

struct space {
	cl_uint dimensions;
	size_t size[3];
	size_t local[3]; /* zeros: none */
};

static size_t item_count(const struct space *space)
{
	size_t count = 1;

	for (cl_uint i = 0; i < space->dimensions; i++)
		count *= space->size[i];
	return count;
}

/* The items that were not marked once. */
static size_t count_unmarked(const struct fixture *fixture, size_t items)
{
	size_t unmarked = 0;

	check_success(clEnqueueReadBuffer(fixture->base.queue, fixture->marks_buffer, CL_TRUE, 0,
					  items * sizeof(cl_uint), fixture->marks, 0, NULL, NULL));
	for (size_t i = 0; i < items; i++)
		unmarked += fixture->marks[i] != 1;
	return unmarked;
}

static void run(const struct fixture *fixture, cl_kernel kernel, const struct space *space,
		const size_t *offset)
{
	const cl_uint zero = 0;
	cl_ulong4 offsets = { { 0 } }, sizes = { { 1, 1, 1, 0 } };
	size_t items = item_count(space), unmarked;
	cl_uint wrong = 0;
	char name[32] = "";

	for (cl_uint i = 0; i < space->dimensions; i++) {
		offsets.s[i] = offset ? offset[i] : 0;
		sizes.s[i] = space->size[i];
	}
	check_success(clSetKernelArg(kernel, 2, sizeof(offsets), &offsets));
	check_success(clSetKernelArg(kernel, 3, sizeof(sizes), &sizes));
	check_success(clEnqueueFillBuffer(fixture->base.queue, fixture->marks_buffer, &zero,
					  sizeof(zero), 0, items * sizeof(cl_uint), 0, NULL, NULL));
	check_success(clEnqueueFillBuffer(fixture->base.queue, fixture->wrong_buffer, &zero,
					  sizeof(zero), 0, sizeof(zero), 0, NULL, NULL));
	check_success(clEnqueueNDRangeKernel(fixture->base.queue, kernel, space->dimensions, offset,
					     space->size, space->local[0] ? space->local : NULL, 0,
					     NULL, NULL));
	check_success(clEnqueueReadBuffer(fixture->base.queue, fixture->wrong_buffer, CL_TRUE, 0,
					  sizeof(wrong), &wrong, 0, NULL, NULL));
	unmarked = count_unmarked(fixture, items);
	check_success(clGetKernelInfo(kernel, CL_KERNEL_FUNCTION_NAME, sizeof(name), name, NULL));
	check(!wrong && !unmarked,
	      "%s, %u dimensions, %zu x %zu x %zu: %u items wrong about their place, %zu not run "
	      "once",
	      name, space->dimensions, (size_t)sizes.s[0], (size_t)sizes.s[1], (size_t)sizes.s[2],
	      wrong, unmarked);
}

static void run_all(const struct fixture *fixture, cl_kernel kernel)
{
	static const size_t offset[3] = { 1001, 7, 77777 };
	static const struct space spaces[] = {
		{ 1, { 1 }, { 0 } },	       { 1, { 2 }, { 0 } },
		{ 1, { 15 }, { 0 } },	       { 1, { 16 }, { 0 } },
		{ 1, { 17 }, { 0 } },	       { 1, { 1009 }, { 0 } },
		{ 1, { 4096 }, { 0 } },	       { 1, { 4097 }, { 0 } },
		{ 1, { 65536 }, { 0 } },       { 1, { 65537 }, { 0 } },
		{ 1, { 100003 }, { 0 } },      { 1, { 2 * 50021 }, { 0 } },
		{ 1, { 1000 }, { 8 } },	       { 1, { 1009 }, { 1 } },
		{ 1, { 1009 }, { 1009 } },     { 2, { 1921, 7 }, { 0 } },
		{ 2, { 17, 1009 }, { 0 } },    { 2, { 1, 997 }, { 0 } },
		{ 2, { 997, 1 }, { 0 } },      { 2, { 256, 256 }, { 0 } },
		{ 2, { 60, 61 }, { 20, 61 } }, { 3, { 7, 11, 13 }, { 0 } },
		{ 3, { 31, 1, 37 }, { 0 } },   { 3, { 1009, 3, 5 }, { 0 } },
		{ 3, { 16, 16, 16 }, { 0 } },  { 3, { 6, 10, 14 }, { 3, 5, 7 } },
	};

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		run(fixture, kernel, &spaces[i], NULL);
		run(fixture, kernel, &spaces[i], offset);
	}
}

static void run_random(const struct fixture *fixture, cl_kernel kernel, struct test_random *random)
{
	for (int turn = 0; turn < test_rounds(RANDOM_TURNS); turn++) {
		struct space space = { .dimensions = 1 + (cl_uint)test_random_below(random, 3) };
		size_t offset[3], room = MOST_ITEMS;

		for (cl_uint i = 0; i < space.dimensions; i++) {
			/* Small sizes more often. */
			size_t limit = 1 + test_random_below(random, room);

			space.size[i] = 1 + test_random_below(random, limit);
			offset[i] = test_random_below(random, 1000);
			room /= space.size[i];
		}
		run(fixture, kernel, &space, offset);
	}
}

int main(void)
{
	static const char *const names[] = { "mark", "mark_by_turns", "mark_in_groups",
					     "mark_together" };
	struct test_random random = { test_seed(20) };
	struct fixture fixture = { .base = test_open() };
	const cl_uint zero = 0;

	fixture.program = test_build(fixture.base.context, index_spaces_cl,
				     "-cl-std=CL3.0 -cl-uniform-work-group-size");
	fixture.marks = calloc(MOST_ITEMS, sizeof(*fixture.marks));
	check_fatal(fixture.marks, "no memory");
	fixture.marks_buffer =
		test_buffer(fixture.base.context, MOST_ITEMS * sizeof(cl_uint), fixture.marks);
	fixture.wrong_buffer = test_buffer(fixture.base.context, sizeof(zero), &zero);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cl_kernel kernel = test_kernel(fixture.program, names[i]);

		test_step(names[i]);
		check_success(clSetKernelArg(kernel, 0, sizeof(cl_mem), &fixture.marks_buffer));
		check_success(clSetKernelArg(kernel, 1, sizeof(cl_mem), &fixture.wrong_buffer));
		run_all(&fixture, kernel);
		run_random(&fixture, kernel, &random);
		check_success(clReleaseKernel(kernel));
	}
	check_success(clReleaseMemObject(fixture.wrong_buffer));
	check_success(clReleaseMemObject(fixture.marks_buffer));
	free(fixture.marks);
	check_success(clReleaseProgram(fixture.program));
	test_close(&fixture.base);
	return check_result();
}
