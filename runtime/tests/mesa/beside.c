// SPDX-License-Identifier: MIT
/*
 * An application that finds the same device twice, by Tandem's driver mesa and by the
 * loader, and uses both at once. MESA_TEST_VENDORS: the loader's vendor files.
 */
#include <string.h>

#include "api/harness.h"

extern const char launches_cl[];

enum { MOST_PLATFORMS = 8, COUNT = 4096, ROUNDS = 20 };

/* What is used of a platform. */
struct side {
	cl_device_id device;
	cl_context context;
	cl_command_queue queue;
	cl_program program;
	cl_kernel kernel;
	cl_mem source, target;
};

static bool open_side(cl_platform_id platform, struct side *side)
{
	cl_int code;

	if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &side->device, NULL) != CL_SUCCESS)
		return false;
	side->context = clCreateContext(NULL, 1, &side->device, NULL, NULL, &code);
	check_success_fatal(code);
	side->queue = clCreateCommandQueueWithProperties(side->context, side->device, NULL, &code);
	check_success_fatal(code);
	side->program = test_build(side->context, launches_cl, "-cl-std=CL3.0");
	side->kernel = test_kernel(side->program, "add");
	side->source = test_buffer(side->context, COUNT * sizeof(cl_int), NULL);
	side->target = test_buffer(side->context, COUNT * sizeof(cl_int), NULL);
	check_success(clSetKernelArg(side->kernel, 0, sizeof(side->target), &side->target));
	check_success(clSetKernelArg(side->kernel, 1, sizeof(side->source), &side->source));
	return true;
}

static void start(struct side *side, const cl_int *in, cl_int number)
{
	const size_t count = COUNT;

	check_success(clSetKernelArg(side->kernel, 2, sizeof(number), &number));
	check_success(clEnqueueWriteBuffer(side->queue, side->source, CL_FALSE, 0,
					   COUNT * sizeof(*in), in, 0, NULL, NULL));
	check_success(clEnqueueNDRangeKernel(side->queue, side->kernel, 1, NULL, &count, NULL, 0,
					     NULL, NULL));
	check_success(clFlush(side->queue));
}

static void finish(struct side *side, const cl_int *in, cl_int number)
{
	cl_int out[COUNT];

	check_success(clEnqueueReadBuffer(side->queue, side->target, CL_TRUE, 0, sizeof(out), out,
					  0, NULL, NULL));
	for (int i = 0; i < COUNT; i++)
		check_equal(in[i] + number, out[i]);
}

static void close_side(struct side *side)
{
	check_success(clReleaseMemObject(side->target));
	check_success(clReleaseMemObject(side->source));
	check_success(clReleaseKernel(side->kernel));
	check_success(clReleaseProgram(side->program));
	check_success(clReleaseCommandQueue(side->queue));
	check_success(clReleaseContext(side->context));
}

int main(void)
{
	const char *vendors = getenv("MESA_TEST_VENDORS");
	cl_platform_id platforms[MOST_PLATFORMS];
	struct side sides[MOST_PLATFORMS];
	cl_uint platform_count = 0, side_count = 0;
	cl_int in[COUNT];

	test_step("opening both");
	check_fatal(vendors && !setenv("OCL_ICD_VENDORS", vendors, 1), "no vendor files");
	check_success_fatal(clGetPlatformIDs(MOST_PLATFORMS, platforms, &platform_count));
	for (cl_uint i = 0; i < platform_count && i < MOST_PLATFORMS; i++)
		side_count += open_side(platforms[i], &sides[side_count]);
	check_equal(2, side_count);
	test_step("launches on both");
	for (int i = 0; i < COUNT; i++)
		in[i] = 3 * i;
	for (int round = 0; round < ROUNDS; round++) {
		for (cl_uint i = 0; i < side_count; i++)
			start(&sides[i], in, 100 * round + (int)i);
		for (cl_uint i = 0; i < side_count; i++)
			finish(&sides[i], in, 100 * round + (int)i);
	}
	for (cl_uint i = 0; i < side_count; i++)
		close_side(&sides[i]);
	return check_result();
}
