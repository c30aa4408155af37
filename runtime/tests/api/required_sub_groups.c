// SPDX-License-Identifier: MIT
/*
 * cl_intel_required_subgroup_size: kernels have sub-groups of each size that the device reports,
 * and programs that require another do not build.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* Of a launch, at most. */
#define ITEMS 320
/* No device has sub-groups of this size, or larger ones. */
#define MOST_SIZE 64

static const char *const source =
	"#ifdef SHARES\n"
	"global int shared = 1;\n"
	"kernel void g(global int *a) { a[0] = shared; }\n"
	"#endif\n"
	"#ifndef GROUP\n"
	"#define GROUP\n"
	"#endif\n"
	"kernel __attribute__((intel_reqd_sub_group_size(SIZE))) GROUP\n"
	"void f(global uint *sizes, global uint *sums)\n"
	"{ size_t i = (get_group_id(2) * get_enqueued_local_size(2) + get_local_id(2)) * get_global_size(1)"
	" + get_global_id(1);\n"
	"i = i * get_global_size(0) + get_global_id(0); uint sum = 0;\n"
	"for (uint n = 1; n < get_local_size(0) * get_local_size(1); n *= 2)\n"
	"barrier(CLK_LOCAL_MEM_FENCE);\n"
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

/*
 * Sizes of ranges and of their groups: some whole sub-groups and a part of one, in a row, in rows
 * that are whole ones, and in such that are none.
 */
static const struct {
	size_t global[3], local[3];
} ranges[] = {
	{ { 100, 1, 1 }, { 100, 1, 1 } }, { { 64, 2, 1 }, { 32, 2, 1 } },
	{ { 8, 8, 1 }, { 4, 4, 1 } },	  { { 10, 15, 1 }, { 5, 3, 1 } },
	{ { 6, 6, 4 }, { 2, 3, 4 } },	  { { 9, 7, 2 }, { 4, 4, 2 } },
	{ { 40, 4, 1 }, { 32, 3, 1 } },
};

/* How many work-items are in the group of a place, and which of them that is. */
static size_t place_in_group(const size_t *global, const size_t *local, size_t place, size_t *items)
{
	size_t first[3], index = 0;

	*items = 1;
	for (int i = 2; i >= 0; i--) {
		size_t before = i ? global[0] * (i > 1 ? global[1] : 1) : 1;
		size_t id = place / before % global[i];
		size_t length;

		first[i] = id / local[i] * local[i];
		length = global[i] - first[i] < local[i] ? global[i] - first[i] : local[i];
		index = index * length + id - first[i];
		*items *= length;
	}
	return index;
}

static void check_launch(const struct test_setup *setup, cl_kernel kernel, size_t size,
			 const size_t *global, const size_t *local)
{
	size_t count = global[0] * global[1] * global[2];
	cl_uint sizes[ITEMS], sums[ITEMS];
	cl_mem buffers[2];

	for (cl_uint i = 0; i < 2; i++) {
		buffers[i] = test_buffer(setup->context, sizeof(sizes), NULL);
		check_success(clSetKernelArg(kernel, i, sizeof(cl_mem), &buffers[i]));
	}
	check_success(clEnqueueNDRangeKernel(setup->queue, kernel, 3, NULL, global, local, 0, NULL,
					     NULL));
	check_success(clEnqueueReadBuffer(setup->queue, buffers[0], CL_TRUE, 0, sizeof(sizes),
					  sizes, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(setup->queue, buffers[1], CL_TRUE, 0, sizeof(sums), sums,
					  0, NULL, NULL));
	for (size_t i = 0; i < count; i++) {
		size_t items, place = place_in_group(global, local, i, &items);
		size_t left = items - place / size * size, lanes = left < size ? left : size;

		check_equal(lanes, sizes[i]);
		check_equal(lanes * (lanes + 1) / 2, sums[i]);
	}
	for (int i = 0; i < 2; i++)
		check_success(clReleaseMemObject(buffers[i]));
}

static void check_launches(const struct test_setup *setup, cl_kernel kernel, size_t size)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		check_launch(setup, kernel, size, ranges[i].global, ranges[i].local);
}

/* The same where the program cannot be compiled once more, and where the group is known. */
static void check_forms(const struct test_setup *setup, size_t size)
{
	static const size_t required[][3] = { { 4, 4, 1 }, { 5, 3, 1 }, { 32, 3, 1 } };
	char options[100];
	cl_program program;
	cl_kernel kernel;
	cl_int code;

	program = build(setup, size, "-DSHARES", &code);
	check_success(code);
	kernel = test_kernel(program, "f");
	check_launches(setup, kernel, size);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		const size_t *local = required[i], global[] = { local[0] + 3, local[1] * 3, 1 };

		snprintf(options, sizeof(options),
			 "-DGROUP=__attribute__((reqd_work_group_size(%zu,%zu,1)))", local[0],
			 local[1]);
		program = build(setup, size, options, &code);
		check_success(code);
		kernel = test_kernel(program, "f");
		check_launch(setup, kernel, size, local, local);
		check_launch(setup, kernel, size, global, local);
		check_success(clReleaseKernel(kernel));
		check_success(clReleaseProgram(program));
	}
}

/* What the host is told of a group, of which the rows are no whole sub-groups. */
static void check_queries(const struct test_setup *setup, cl_kernel kernel, size_t size)
{
	const size_t local[] = { 5, 3, 2 }, items = 5 * 3 * 2;
	size_t value = 0, most = 0, sizes[3] = { 0 };

	check_success(clGetKernelSubGroupInfo(kernel, setup->device,
					      CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE,
					      sizeof(local), local, sizeof(value), &value, NULL));
	check_equal(size, value);
	check_success(clGetKernelSubGroupInfo(kernel, setup->device,
					      CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE, sizeof(local),
					      local, sizeof(value), &value, NULL));
	check_equal((items + size - 1) / size, value);
	check_success(clGetKernelSubGroupInfo(kernel, setup->device, CL_KERNEL_MAX_NUM_SUB_GROUPS,
					      0, NULL, sizeof(most), &most, NULL));
	check_success(clGetKernelSubGroupInfo(kernel, setup->device,
					      CL_KERNEL_LOCAL_SIZE_FOR_SUB_GROUP_COUNT,
					      sizeof(most), &most, sizeof(sizes), sizes, NULL));
	check_equal(most, (sizes[0] * sizes[1] * sizes[2] + size - 1) / size);
	most++;
	check_success(clGetKernelSubGroupInfo(kernel, setup->device,
					      CL_KERNEL_LOCAL_SIZE_FOR_SUB_GROUP_COUNT,
					      sizeof(most), &most, sizeof(sizes), sizes, NULL));
	check_equal(0, sizes[0]);
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
	check_queries(setup, kernel, size);
	check_launches(setup, kernel, size);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	check_forms(setup, size);
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
