// SPDX-License-Identifier: MIT
/*
 * clGetKernelSuggestedLocalWorkSize, by both of its names: its answer can be launched with, and is what a
 * kernel that asks for its group's size finds where it is launched without one.
 */
#include <string.h>

#include "harness.h"

static const char *const source =
	"kernel void blind(global int *out) { out[0] = 1; }\n"
	"kernel void seeing(global ulong *out)\n"
	"{ for (uint i = 0; i < 3; i++) out[i] = get_enqueued_local_size(i); }\n"
	"kernel __attribute__((reqd_work_group_size(4, 2, 1))) void required(global int *out)\n"
	"{ out[0] = 1; }\n";

static clGetKernelSuggestedLocalWorkSizeKHR_fn suggest;

static const size_t sizes[][3] = {
	{ 1, 1, 1 },	{ 17, 1, 1 },  { 1000, 1, 1 },	 { 65536, 4, 1 },
	{ 1009, 3, 5 }, { 6, 10, 14 }, { 100003, 1, 1 },
};

static void check_sizes(const struct test_setup *setup, cl_kernel kernel, bool sees_groups)
{
	cl_mem buffer = test_buffer(setup->context, 64, NULL);

	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t suggested[3] = { 0 };
		cl_ulong seen[3] = { 0 };

		check_success(suggest(setup->queue, kernel, 3, NULL, sizes[i], suggested));
		check_success(clEnqueueNDRangeKernel(setup->queue, kernel, 3, NULL, sizes[i],
						     suggested, 0, NULL, NULL));
		check_success(clEnqueueNDRangeKernel(setup->queue, kernel, 3, NULL, sizes[i], NULL,
						     0, NULL, NULL));
		check_success(clEnqueueReadBuffer(setup->queue, buffer, CL_TRUE, 0, sizeof(seen),
						  seen, 0, NULL, NULL));
		for (int k = 0; k < 3 && sees_groups; k++)
			check_equal(seen[k], suggested[k]);
	}
	check_success(clReleaseMemObject(buffer));
}

/* @code: what comes of a size that the required one does not divide. */
static void check_required(const struct test_setup *setup, cl_kernel kernel, cl_int code)
{
	cl_mem buffer = test_buffer(setup->context, 64, NULL);
	const size_t size[3] = { 64, 64, 1 }, uneven[3] = { 63, 64, 1 };
	size_t suggested[3] = { 0 };

	check_equal(CL_INVALID_KERNEL_ARGS,
		    suggest(setup->queue, kernel, 3, NULL, size, suggested));
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(suggest(setup->queue, kernel, 3, NULL, size, suggested));
	check(suggested[0] == 4 && suggested[1] == 2 && suggested[2] == 1, "%zu, %zu, %zu",
	      suggested[0], suggested[1], suggested[2]);
	check_equal(code, suggest(setup->queue, kernel, 3, NULL, uneven, suggested));
	check_success(clReleaseMemObject(buffer));
}

static void check_errors(const struct test_setup *setup, cl_kernel kernel)
{
	const size_t size[3] = { 64, 64, 0 }, offset = SIZE_MAX - 8;
	cl_command_queue queue = setup->queue;
	size_t suggested[3];

	check_equal(CL_INVALID_COMMAND_QUEUE, suggest(NULL, kernel, 1, NULL, size, suggested));
	check_equal(CL_INVALID_KERNEL, suggest(queue, NULL, 1, NULL, size, suggested));
	check_equal(CL_INVALID_WORK_DIMENSION, suggest(queue, kernel, 0, NULL, size, suggested));
	check_equal(CL_INVALID_WORK_DIMENSION, suggest(queue, kernel, 4, NULL, size, suggested));
	check_equal(CL_INVALID_GLOBAL_WORK_SIZE, suggest(queue, kernel, 1, NULL, NULL, suggested));
	check_equal(CL_INVALID_GLOBAL_WORK_SIZE, suggest(queue, kernel, 3, NULL, size, suggested));
	check_equal(CL_INVALID_GLOBAL_OFFSET, suggest(queue, kernel, 1, &offset, size, suggested));
	check_equal(CL_INVALID_VALUE, suggest(queue, kernel, 1, NULL, size, NULL));
}

/* All kernels of a program with these options, of which required launches end with @code. */
static void check_program(const struct test_setup *setup, const char *options, cl_int code)
{
	cl_program program = test_build(setup->context, source, options);
	cl_kernel blind = test_kernel(program, "blind");
	cl_kernel seeing = test_kernel(program, "seeing");
	cl_kernel required = test_kernel(program, "required");

	test_step(options);
	check_sizes(setup, blind, false);
	check_sizes(setup, seeing, true);
	check_required(setup, required, code);
	check_errors(setup, blind);
	check_success(clReleaseKernel(required));
	check_success(clReleaseKernel(seeing));
	check_success(clReleaseKernel(blind));
	check_success(clReleaseProgram(program));
}

int main(void)
{
	struct test_setup setup = test_open();
	static const char *const names[] = { "clGetKernelSuggestedLocalWorkSize",
					     "clGetKernelSuggestedLocalWorkSizeKHR" };
	char extensions[4096] = "";
	cl_bool takes_uneven = CL_FALSE;

	test_step("finding the function");
	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_EXTENSIONS, sizeof(extensions),
				      extensions, NULL));
	check(strstr(extensions, "cl_khr_suggested_local_work_size"), "'%s'", extensions);
	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_NON_UNIFORM_WORK_GROUP_SUPPORT,
				      sizeof(takes_uneven), &takes_uneven, NULL));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		*(void **)&suggest =
			clGetExtensionFunctionAddressForPlatform(setup.platform, names[i]);
		check_fatal(suggest, "there is no %s", names[i]);
		check_program(&setup, "-cl-std=CL3.0",
			      takes_uneven ? CL_SUCCESS : CL_INVALID_WORK_GROUP_SIZE);
		check_program(&setup, "-cl-std=CL3.0 -cl-uniform-work-group-size",
			      CL_INVALID_WORK_GROUP_SIZE);
	}
	test_close(&setup);
	return check_result();
}
