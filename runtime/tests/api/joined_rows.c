// SPDX-License-Identifier: MIT
/*
 * What is told of kernels with sub-groups holds for groups of every shape: of kernels that are
 * just not too large to have sub-groups of several work-items, and of those that keep so much
 * over a barrier that a little more makes groups smaller.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define LINE_BYTES 80
#define MOST_LINES 1000

static struct test_setup setup;

static cl_kernel build(const char *source)
{
	cl_program program = test_build(setup.context, source, "-cl-std=CL3.0");
	cl_kernel kernel = test_kernel(program, "k");

	check_success(clReleaseProgram(program));
	return kernel;
}

static size_t sub_group_size(cl_kernel kernel)
{
	const size_t local[] = { 4, 4 };
	size_t size = 0;

	check_success(clGetKernelSubGroupInfo(kernel, setup.device,
					      CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE,
					      sizeof(local), local, sizeof(size), &size, NULL));
	return size;
}

static size_t group_size(cl_kernel kernel)
{
	size_t size = 0;

	check_success(clGetKernelWorkGroupInfo(kernel, setup.device, CL_KERNEL_WORK_GROUP_SIZE,
					       sizeof(size), &size, NULL));
	return size;
}

/* Launches one group of @rows. The first of what its work-items write. */
static cl_uint launch(cl_kernel kernel, size_t row, size_t rows)
{
	const size_t size[] = { row, rows };
	cl_uint value = 0;
	cl_mem buffer = test_buffer(setup.context, row * rows * sizeof(value), NULL);

	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(
		clEnqueueNDRangeKernel(setup.queue, kernel, 2, NULL, size, size, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(setup.queue, buffer, CL_TRUE, 0, sizeof(value), &value, 0,
					  NULL, NULL));
	check_success(clReleaseMemObject(buffer));
	return value;
}

/* ---- long kernels ---- */

static cl_kernel build_long(int lines)
{
	static char source[MOST_LINES * LINE_BYTES];
	int length = sprintf(source, "kernel void k(global uint *o) { uint a = get_local_id(0), "
				     "b = get_local_id(1);\n");

	for (int i = 0; i < lines; i++)
		length += sprintf(source + length, "a = rotate(a, %du) ^ (b + %d); b += a * %d;\n",
				  i % 31 + 1, i * 7, i * 2 + 3);
	sprintf(source + length,
		"a += sub_group_reduce_add(b);\n"
		"o[get_global_linear_id()] = a == 1 ? 1 : get_max_sub_group_size(); }\n");
	return build(source);
}

/* The longest kernel that has sub-groups of several has them in every shape. */
static void check_long(void)
{
	int fits = 0, fails = MOST_LINES;
	cl_kernel kernel = build_long(fits);
	size_t size = sub_group_size(kernel);

	check_success(clReleaseKernel(kernel));
	if (size == 1) {
		test_close(&setup);
		check_skip("sub-groups have one work-item");
	}
	while (fails - fits > 1) {
		int lines = (fits + fails) / 2;

		kernel = build_long(lines);
		*(sub_group_size(kernel) > 1 ? &fits : &fails) = lines;
		check_success(clReleaseKernel(kernel));
	}
	kernel = build_long(fits);
	size = sub_group_size(kernel);
	check_equal(size, launch(kernel, 64, 1));
	check_equal(size, launch(kernel, 4, 4));
	check_equal(size, launch(kernel, 5, 3));
	check_success(clReleaseKernel(kernel));
}

/* ---- large work-items ---- */

static cl_kernel build_large(int words)
{
	char source[700];

	snprintf(
		source, sizeof(source),
		"kernel void k(global uint *o) { uint a[%d]; uint l = get_local_linear_id();\n"
		"for (int i = 0; i < %d; i++) a[i] = i * l + get_local_id(1);\n"
		"barrier(CLK_LOCAL_MEM_FENCE); uint s = 0;\n"
		"for (int i = 0; i < %d; i++) s += a[(i * 7 + l) %% %d];\n"
		"s = sub_group_reduce_add(s + get_local_id(0) * get_local_id(1));\n"
		"o[get_global_linear_id()] = s == 1 ? 1 : get_local_size(0) * get_local_size(1); }\n",
		words, words, words, words);
	return build(source);
}

/* The largest group can be launched in every shape, also just before it gets smaller. */
static void check_large(void)
{
	int fits = 1000, fails = 4000;
	cl_kernel kernel = build_large(fits);
	const size_t most = group_size(kernel);

	check_success(clReleaseKernel(kernel));
	while (fails - fits > 1) {
		int words = (fits + fails) / 2;

		kernel = build_large(words);
		*(group_size(kernel) == most ? &fits : &fails) = words;
		check_success(clReleaseKernel(kernel));
	}
	for (int words = fits; words <= fails; words++) {
		kernel = build_large(words);
		check_equal(group_size(kernel), launch(kernel, group_size(kernel), 1));
		check_equal(group_size(kernel), launch(kernel, 4, group_size(kernel) / 4));
		check_success(clReleaseKernel(kernel));
	}
}

int main(void)
{
	char extensions[8192] = "";

	setup = test_open();
	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_EXTENSIONS, sizeof(extensions),
				      extensions, NULL));
	if (!strstr(extensions, "cl_khr_subgroup_shuffle")) {
		test_close(&setup);
		check_skip("the device has no sub-groups");
	}
	check_long();
	check_large();
	test_close(&setup);
	return check_result();
}
