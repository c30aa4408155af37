// SPDX-License-Identifier: MIT
/*
 * cl_intel_required_subgroup_size: kernels have sub-groups of each size that the device reports,
 * and programs that require another do not build.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define ITEMS 100
/* No device has sub-groups of this size, or larger ones. */
#define MOST_SIZE 64

static const char *const source =
	"kernel __attribute__((intel_reqd_sub_group_size(SIZE)))\n"
	"void f(global uint *sizes, global uint *sums)\n"
	"{ size_t i = get_global_id(0); uint sum = 0;\n"
	"for (uint k = 0; k <= i % 3; k++) sum += get_sub_group_local_id() + 1;\n"
	"sizes[i] = get_sub_group_size(); sums[i] = sub_group_reduce_add(sum / (i % 3 + 1)); }\n"
	"#ifdef WAITS\n"
	"kernel __attribute__((intel_reqd_sub_group_size(SIZE))) void waits(global atomic_int *a)\n"
	"{ while (!atomic_exchange(a, (int)sub_group_elect())) ; }\n"
	"#endif\n";

/* Builds with sub-groups of @size and more @options. */
static cl_program build(const struct test_setup *setup, size_t size, const char *options,
			cl_int *code)
{
	cl_program program =
		clCreateProgramWithSource(setup->context, 1, (const char **)&source, NULL, code);
	char all[200];

	check_success(*code);
	snprintf(all, sizeof(all), "-cl-std=CL3.0 -DSIZE=%zu %s", size, options);
	*code = clBuildProgram(program, 1, &setup->device, all, NULL, NULL);
	return program;
}

static size_t required_size(const struct test_setup *setup, cl_kernel kernel)
{
	size_t size = SIZE_MAX;

	check_success(clGetKernelSubGroupInfo(kernel, setup->device,
					      CL_KERNEL_COMPILE_SUB_GROUP_SIZE_INTEL, 0, NULL,
					      sizeof(size), &size, NULL));
	return size;
}

static size_t reported_size(const struct test_setup *setup, cl_kernel kernel)
{
	const size_t items = ITEMS;
	size_t size = 0;

	check_success(clGetKernelSubGroupInfo(kernel, setup->device,
					      CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE,
					      sizeof(items), &items, sizeof(size), &size, NULL));
	return size;
}

static void check_attributes(cl_kernel kernel, size_t size)
{
	char attributes[200] = "", expected[64];

	snprintf(expected, sizeof(expected), "intel_reqd_sub_group_size(%zu)", size);
	check_success(clGetKernelInfo(kernel, CL_KERNEL_ATTRIBUTES, sizeof(attributes), attributes,
				      NULL));
	check(strstr(attributes, expected), "'%s' without '%s'", attributes, expected);
}

/* A group of some whole sub-groups and a part of one. */
static void check_launch(const struct test_setup *setup, cl_kernel kernel, size_t size)
{
	cl_uint sizes[ITEMS], sums[ITEMS];
	const size_t items = ITEMS;
	cl_mem buffers[2];

	for (cl_uint i = 0; i < 2; i++) {
		buffers[i] = test_buffer(setup->context, sizeof(sizes), NULL);
		check_success(clSetKernelArg(kernel, i, sizeof(cl_mem), &buffers[i]));
	}
	check_success(clEnqueueNDRangeKernel(setup->queue, kernel, 1, NULL, &items, &items, 0, NULL,
					     NULL));
	check_success(clEnqueueReadBuffer(setup->queue, buffers[0], CL_TRUE, 0, sizeof(sizes),
					  sizes, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(setup->queue, buffers[1], CL_TRUE, 0, sizeof(sums), sums,
					  0, NULL, NULL));
	for (size_t i = 0; i < ITEMS; i++) {
		size_t first = i / size * size, count = ITEMS - first < size ? ITEMS - first : size;

		check_equal(count, sizes[i]);
		check_equal(count * (count + 1) / 2, sums[i]);
	}
	for (int i = 0; i < 2; i++)
		check_success(clReleaseMemObject(buffers[i]));
}

static void check_size(const struct test_setup *setup, size_t size)
{
	cl_program program;
	cl_kernel kernel;
	cl_int code;

	program = build(setup, size, "", &code);
	if (!check_success(code))
		exit(1);
	kernel = test_kernel(program, "f");
	check_equal(size, required_size(setup, kernel));
	check_equal(size, reported_size(setup, kernel));
	check_attributes(kernel, size);
	check_launch(setup, kernel, size);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
}

/* The log says which kernel requires what. */
static void check_refusal(const struct test_setup *setup, size_t size, const char *options,
			  const char *name)
{
	char log[1000] = "", expected[100];
	cl_program program;
	cl_int code;

	program = build(setup, size, options, &code);
	check_equal(CL_BUILD_PROGRAM_FAILURE, code);
	check_success(clGetProgramBuildInfo(program, setup->device, CL_PROGRAM_BUILD_LOG,
					    sizeof(log), log, NULL));
	snprintf(expected, sizeof(expected), "kernel '%s' requires sub-groups of %zu", name, size);
	check(strstr(log, expected), "'%s' without '%s'", log, expected);
	check_success(clReleaseProgram(program));
}

static void check_sizes(const struct test_setup *setup)
{
	size_t sizes[16], bytes, count, next = 0;

	check_success(clGetDeviceInfo(setup->device, CL_DEVICE_SUB_GROUP_SIZES_INTEL, sizeof(sizes),
				      sizes, &bytes));
	count = bytes / sizeof(sizes[0]);
	check_fatal(count, "no size");
	for (size_t size = 1; size <= MOST_SIZE; size++) {
		if (next < count && sizes[next] == size) {
			check_size(setup, sizes[next++]);
			/* Work-items that wait for each other are no sub-group of several. */
			if (size > 1)
				check_refusal(setup, size, "-DWAITS", "waits");
		} else if (size <= 9 || size == MOST_SIZE) {
			check_refusal(setup, size, "", "f");
		}
	}
	check_equal(count, next);
	if (count > 1)
		check_refusal(setup, sizes[1], "-cl-opt-disable", "f");
}

int main(void)
{
	struct test_setup setup = test_open();
	char extensions[8192] = "";

	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_EXTENSIONS, sizeof(extensions),
				      extensions, NULL));
	if (!strstr(extensions, "cl_intel_required_subgroup_size")) {
		test_close(&setup);
		check_skip("the device lacks cl_intel_required_subgroup_size");
	}
	check_sizes(&setup);
	test_close(&setup);
	return check_result();
}
