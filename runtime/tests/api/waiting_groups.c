// SPDX-License-Identifier: MIT
/* Groups of a launch that wait for others, more of them than compute units. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define MOST_GROUPS 128
#define ROUNDS	    2
#define GROUP_SIZE  8

extern const char waiting_groups_cl[];

struct fixture {
	struct test_setup base;
	cl_program program;
};

static void run(const struct fixture *fixture, cl_command_queue queue, cl_kernel kernel,
		size_t groups)
{
	const size_t items = groups * GROUP_SIZE, local = GROUP_SIZE;

	check_success(
		clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, &local, 0, NULL, NULL));
	check_success(clFinish(queue));
}

static void read_all(cl_command_queue queue, cl_mem buffer, cl_int *seen, size_t count)
{
	check_success(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, count * sizeof(*seen), seen, 0,
					  NULL, NULL));
}

static void test_chain(const struct fixture *fixture, cl_command_queue queue, size_t groups)
{
	static const cl_int zeros[MOST_GROUPS];
	static cl_int order[MOST_GROUPS];
	cl_kernel kernel = test_kernel(fixture->program, "chain");
	cl_mem done = test_buffer(fixture->base.context, sizeof(zeros), zeros);
	cl_mem numbers = test_buffer(fixture->base.context, sizeof(zeros), zeros);

	test_step("groups that wait for the next one");
	check_success(clSetKernelArg(kernel, 0, sizeof(done), &done));
	check_success(clSetKernelArg(kernel, 1, sizeof(numbers), &numbers));
	run(fixture, queue, kernel, groups);
	read_all(queue, numbers, order, groups);
	for (size_t i = 0; i < groups; i++)
		check_equal(groups - i, order[i]);
	check_success(clReleaseMemObject(done));
	check_success(clReleaseMemObject(numbers));
	check_success(clReleaseKernel(kernel));
}

static void test_grid_barrier(const struct fixture *fixture, cl_command_queue queue, size_t groups)
{
	const cl_int zeros[ROUNDS] = { 0 }, rounds = ROUNDS;
	cl_int sums[ROUNDS], failures = -1;
	cl_kernel kernel = test_kernel(fixture->program, "grid_barrier");
	cl_mem arrived = test_buffer(fixture->base.context, sizeof(cl_int), zeros);
	cl_mem totals = test_buffer(fixture->base.context, sizeof(zeros), zeros);
	cl_mem failed = test_buffer(fixture->base.context, sizeof(cl_int), zeros);

	test_step("a barrier of all groups");
	check_success(clSetKernelArg(kernel, 0, sizeof(arrived), &arrived));
	check_success(clSetKernelArg(kernel, 1, sizeof(totals), &totals));
	check_success(clSetKernelArg(kernel, 2, sizeof(rounds), &rounds));
	check_success(clSetKernelArg(kernel, 3, sizeof(failed), &failed));
	run(fixture, queue, kernel, groups);
	read_all(queue, totals, sums, ROUNDS);
	read_all(queue, failed, &failures, 1);
	check_equal(0, failures);
	for (int i = 0; i < ROUNDS; i++)
		check_equal(groups, sums[i]);
	check_success(clReleaseMemObject(arrived));
	check_success(clReleaseMemObject(totals));
	check_success(clReleaseMemObject(failed));
	check_success(clReleaseKernel(kernel));
}

/* Far more groups than run at once: each pair is inside one thread's share. */
static void test_pairs(const struct fixture *fixture, cl_command_queue queue)
{
	static const cl_int zeros[MOST_GROUPS];
	static cl_int seen[MOST_GROUPS];
	cl_kernel kernel = test_kernel(fixture->program, "pairs");
	cl_mem done = test_buffer(fixture->base.context, sizeof(zeros), zeros);

	test_step("pairs of groups that wait for each other");
	check_success(clSetKernelArg(kernel, 0, sizeof(done), &done));
	run(fixture, queue, kernel, MOST_GROUPS);
	read_all(queue, done, seen, MOST_GROUPS);
	for (size_t i = 0; i < MOST_GROUPS; i++)
		check_equal(1, seen[i]);
	check_success(clReleaseMemObject(done));
	check_success(clReleaseKernel(kernel));
}

static void test_two_units(const struct fixture *fixture, cl_command_queue queue)
{
	test_chain(fixture, queue, 8);
	test_chain(fixture, queue, 64);
	test_grid_barrier(fixture, queue, 64);
	test_pairs(fixture, queue);
}

/* A device of one compute unit has one thread for all groups. */
static void test_one_unit(const struct fixture *fixture)
{
	const cl_device_partition_property one_each[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	cl_device_id parts[2];
	cl_int code;
	struct fixture part = *fixture;

	if (clCreateSubDevices(fixture->base.device, one_each, 2, parts, NULL) != CL_SUCCESS)
		return;
	part.base.context = clCreateContext(NULL, 1, parts, NULL, NULL, &code);
	check_success_fatal(code);
	part.base.queue =
		clCreateCommandQueueWithProperties(part.base.context, parts[0], NULL, &code);
	check_success_fatal(code);
	part.program = test_build(part.base.context, waiting_groups_cl, "-cl-std=CL3.0");
	test_chain(&part, part.base.queue, 16);
	test_grid_barrier(&part, part.base.queue, 16);
	check_success(clReleaseProgram(part.program));
	test_close(&part.base);
	check_success(clReleaseDevice(parts[0]));
	check_success(clReleaseDevice(parts[1]));
}

int main(void)
{
	struct fixture fixture;

	/* Before the first call: the device has two compute units, on any machine. */
	setenv("TANDEM_THREADS", "2", 1);
	fixture.base = test_open();
	fixture.program = test_build(fixture.base.context, waiting_groups_cl, "-cl-std=CL3.0");
	test_two_units(&fixture, fixture.base.queue);
	test_one_unit(&fixture);
	check_success(clReleaseProgram(fixture.program));
	test_close(&fixture.base);
	return check_result();
}
