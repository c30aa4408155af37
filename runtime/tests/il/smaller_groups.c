// SPDX-License-Identifier: MIT
/*
 * il-smaller-groups FOLDER: a kernel from SPIR-V that requires a size, in groups that are
 * smaller. Code for these is made by another process once a launch has some: where that cannot be
 * started the launch fails, and the next one finds nothing amiss.
 */
#include <string.h>
#include <sys/resource.h>

#include "il.h"

#define ITEMS 100
#define GROUP 64

static struct test_setup setup;

static cl_int launch(cl_kernel kernel, size_t items)
{
	const size_t group = GROUP;

	return clEnqueueNDRangeKernel(setup.queue, kernel, 1, NULL, &items, &group, 0, NULL, NULL);
}

static void check_sizes(cl_mem buffer, size_t items)
{
	cl_uint seen[ITEMS];

	check_success(clEnqueueReadBuffer(setup.queue, buffer, CL_TRUE, 0, sizeof(seen), seen, 0,
					  NULL, NULL));
	for (size_t i = 0; i < items; i++) {
		size_t left = items - i / GROUP * GROUP;

		if (!check(seen[i] == (left < GROUP ? left : GROUP),
			   "%zu work-items: %u in the group of %zu", items, seen[i], i))
			break;
	}
}

static void check_launches(cl_kernel kernel, cl_mem buffer)
{
	struct rlimit few, usual;

	check_success(launch(kernel, GROUP));
	check_sizes(buffer, GROUP);
	check_fatal(!getrlimit(RLIMIT_NOFILE, &usual), "no limit");
	few = (struct rlimit){ 0, usual.rlim_max };
	test_step("no pipe to another process");
	check_fatal(!setrlimit(RLIMIT_NOFILE, &few), "no other limit");
	check_equal(CL_OUT_OF_RESOURCES, launch(kernel, ITEMS));
	check_success(launch(kernel, GROUP));
	check_success(clFinish(setup.queue));
	check_fatal(!setrlimit(RLIMIT_NOFILE, &usual), "no usual limit");
	test_step("smaller groups");
	check_success(launch(kernel, ITEMS));
	check_sizes(buffer, ITEMS);
	/* What is there needs nothing more. */
	check_fatal(!setrlimit(RLIMIT_NOFILE, &few), "no other limit");
	check_success(launch(kernel, ITEMS - 1));
	check_sizes(buffer, ITEMS - 1);
	check_fatal(!setrlimit(RLIMIT_NOFILE, &usual), "no usual limit");
}

int main(int count, char **arguments)
{
	struct il_file module;
	cl_program program;
	cl_kernel kernel;
	cl_mem buffer;

	if (count < 2)
		check_skip("the modules are not made: spirv-as is missing");
	setup = test_open();
	il_require(setup.device);
	module = il_read_module(arguments[1], "required");
	program = il_program(setup.context, &module);
	il_build(program, setup.device);
	kernel = test_kernel(program, "sizes");
	buffer = test_buffer(setup.context, ITEMS * sizeof(cl_uint), NULL);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_launches(kernel, buffer);
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	il_free(&module);
	test_close(&setup);
	return check_result();
}
