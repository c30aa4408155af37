// SPDX-License-Identifier: MIT
/* Sub-devices: partitions, queries, reference counts, and how many threads they run. */
#include <string.h>

#include "harness.h"

#define MOST 64

extern const char sub_devices_cl[];

static cl_uint device_number(cl_device_id device, cl_device_info name)
{
	cl_uint number = 0;

	check_success(clGetDeviceInfo(device, name, sizeof(number), &number, NULL));
	return number;
}

static cl_uint partition(cl_device_id device, const cl_device_partition_property *properties,
			 cl_device_id *devices)
{
	cl_uint count = 0, again = 0;

	check_success(clCreateSubDevices(device, properties, 0, NULL, &again));
	check_success_fatal(clCreateSubDevices(device, properties, MOST, devices, &count));
	check_equal(again, count);
	return count;
}

/* Checks what sub-devices tell of themselves, and releases them. */
static void check_partition(cl_device_id parent, const cl_device_partition_property *properties,
			    size_t property_count, const cl_uint *units, cl_uint wanted)
{
	cl_device_id devices[MOST], seen_parent = NULL;
	cl_device_partition_property seen[MOST];
	cl_uint count = partition(parent, properties, devices);
	size_t bytes = 0;

	check_equal(wanted, count);
	for (cl_uint i = 0; i < count; i++) {
		check_equal(units[i < wanted ? i : 0],
			    device_number(devices[i], CL_DEVICE_MAX_COMPUTE_UNITS));
		check_success(clGetDeviceInfo(devices[i], CL_DEVICE_PARENT_DEVICE,
					      sizeof(seen_parent), &seen_parent, NULL));
		check(seen_parent == parent, "the parent is %p", (void *)seen_parent);
		check_success(clGetDeviceInfo(devices[i], CL_DEVICE_PARTITION_TYPE, sizeof(seen),
					      seen, &bytes));
		check_equal(property_count * sizeof(seen[0]), bytes);
		check(!memcmp(seen, properties, (property_count - 1) * sizeof(seen[0])) &&
			      !seen[property_count - 1],
		      "another partition type");
		check_equal(1, device_number(devices[i], CL_DEVICE_REFERENCE_COUNT));
		check_success(clReleaseDevice(devices[i]));
	}
}

static void test_partitions(cl_device_id device, cl_uint units)
{
	const cl_device_partition_property ones[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	const cl_device_partition_property threes[] = { CL_DEVICE_PARTITION_EQUALLY, 3, 0 };
	const cl_device_partition_property counts[] = { CL_DEVICE_PARTITION_BY_COUNTS, 3, 1,
							CL_DEVICE_PARTITION_BY_COUNTS_LIST_END, 0 };
	const cl_device_partition_property one_count[] = { CL_DEVICE_PARTITION_BY_COUNTS, 2,
							   CL_DEVICE_PARTITION_BY_COUNTS_LIST_END,
							   0 };
	cl_uint each[MOST];

	test_step("partitions");
	for (cl_uint i = 0; i < MOST; i++)
		each[i] = 1;
	check_partition(device, ones, 3, each, units);
	each[0] = 3;
	/* What is left of the compute units is not used. */
	check_partition(device, threes, 3, each, units / 3);
	check_partition(device, counts, 5, each, 2);
	each[0] = 2;
	check_partition(device, one_count, 4, each, 1);
}

/* The end of the counts is the end of the list as well where nothing follows. */
static void test_short_list(cl_device_id device)
{
	cl_device_partition_property *properties = malloc(3 * sizeof(*properties));
	cl_device_id devices[MOST];

	test_step("a list with one end");
	check_fatal(properties, "no memory");
	properties[0] = CL_DEVICE_PARTITION_BY_COUNTS;
	properties[1] = 1;
	properties[2] = 0;
	check_equal(1, partition(device, properties, devices));
	check_success(clReleaseDevice(devices[0]));
	free(properties);
}

static void test_nested(cl_device_id device)
{
	const cl_device_partition_property counts[] = { CL_DEVICE_PARTITION_BY_COUNTS, 2, 0, 0 };
	const cl_device_partition_property ones[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	const cl_uint each[] = { 1, 1 };
	cl_device_id devices[MOST], small[MOST], parent = NULL;

	test_step("sub-devices of sub-devices");
	check_equal(1, partition(device, counts, devices));
	check_partition(devices[0], ones, 3, each, 2);
	/* A sub-device keeps the one that it is of. */
	check_equal(2, partition(devices[0], ones, small));
	check_success(clReleaseDevice(devices[0]));
	check_success(
		clGetDeviceInfo(small[0], CL_DEVICE_PARENT_DEVICE, sizeof(parent), &parent, NULL));
	check(parent == devices[0], "the parent is %p", (void *)parent);
	check_success(clReleaseDevice(small[0]));
	check_success(clReleaseDevice(small[1]));
}

static void test_reference_counts(cl_device_id device)
{
	const cl_device_partition_property counts[] = { CL_DEVICE_PARTITION_BY_COUNTS, 1, 0, 0 };
	cl_device_id devices[MOST];

	test_step("reference counts");
	/* A root device's stays as it is. */
	check_equal(1, device_number(device, CL_DEVICE_REFERENCE_COUNT));
	check_success(clRetainDevice(device));
	check_equal(1, device_number(device, CL_DEVICE_REFERENCE_COUNT));
	check_success(clReleaseDevice(device));
	check_success(clReleaseDevice(device));
	check_equal(1, device_number(device, CL_DEVICE_REFERENCE_COUNT));

	partition(device, counts, devices);
	check_success(clRetainDevice(devices[0]));
	check_equal(2, device_number(devices[0], CL_DEVICE_REFERENCE_COUNT));
	check_success(clReleaseDevice(devices[0]));
	check_success(clReleaseDevice(devices[0]));
}

/* The most groups of a launch that were running at once on a device of @units. */
static cl_uint most_at_once(cl_device_id device, cl_uint units)
{
	const size_t groups = 4 * units + 8, items = 1;
	const cl_uint too_many = units + 1;
	cl_uint words[3] = { 0, 0, 0 };
	cl_command_queue queue;
	cl_context context;
	cl_program program;
	cl_kernel kernel;
	cl_mem buffer;
	cl_int code;

	context = clCreateContext(NULL, 1, &device, NULL, NULL, &code);
	check_success_fatal(code);
	queue = clCreateCommandQueue(context, device, 0, &code);
	check_success_fatal(code);
	program = test_build(context, sub_devices_cl, "-cl-std=CL3.0");
	kernel = test_kernel(program, "crowd");
	buffer = test_buffer(context, sizeof(words), words);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clSetKernelArg(kernel, 1, sizeof(too_many), &too_many));
	check_success(
		clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &groups, &items, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, sizeof(words), words, 0, NULL,
					  NULL));
	check_equal(0, words[0]);
	check_equal(groups, words[2]);
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	check_success(clReleaseCommandQueue(queue));
	check_success(clReleaseContext(context));
	return words[1];
}

static void test_threads(cl_device_id device)
{
	const cl_device_partition_property counts[] = { CL_DEVICE_PARTITION_BY_COUNTS, 1, 2, 0, 0 };
	cl_device_id devices[MOST];

	test_step("kernels on sub-devices");
	partition(device, counts, devices);
	for (cl_uint units = 1; units <= 2; units++) {
		cl_uint most = most_at_once(devices[units - 1], units);

		check(most >= 1 && most <= units, "%u groups ran at once on %u compute units", most,
		      units);
		check_success(clReleaseDevice(devices[units - 1]));
	}
}

/* A sub-device and its root in one context: both run what was built for both. */
static void test_shared_context(cl_device_id device)
{
	const cl_device_partition_property counts[] = { CL_DEVICE_PARTITION_BY_COUNTS, 1, 0, 0 };
	cl_device_id devices[MOST];
	const char *source = "kernel void set(global int *n) { n[get_global_id(0)] = 5; }";
	const size_t items = 4;
	cl_int numbers[4];
	cl_context context;
	cl_program program;
	cl_kernel kernel;
	cl_mem buffer;
	cl_int code;

	test_step("a root device and its sub-device in one context");
	partition(device, counts, &devices[1]);
	devices[0] = device;
	context = clCreateContext(NULL, 2, devices, NULL, NULL, &code);
	check_success_fatal(code);
	program = test_build(context, source, NULL);
	kernel = test_kernel(program, "set");
	for (int i = 0; i < 2; i++) {
		cl_command_queue queue = clCreateCommandQueue(context, devices[i], 0, &code);

		check_success_fatal(code);
		memset(numbers, 0, sizeof(numbers));
		buffer = test_buffer(context, sizeof(numbers), numbers);
		check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
		check_success(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL,
						     NULL));
		check_success(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, sizeof(numbers),
						  numbers, 0, NULL, NULL));
		for (int j = 0; j < 4; j++)
			check_equal(5, numbers[j]);
		check_success(clReleaseMemObject(buffer));
		check_success(clReleaseCommandQueue(queue));
	}
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	check_success(clReleaseContext(context));
	check_success(clReleaseDevice(devices[1]));
}

int main(void)
{
	struct test_setup setup = test_open();
	cl_uint units = device_number(setup.device, CL_DEVICE_MAX_COMPUTE_UNITS);

	if (units < 4)
		check_skip("%u compute units, four are needed", units);
	test_partitions(setup.device, units);
	test_short_list(setup.device);
	test_nested(setup.device);
	test_reference_counts(setup.device);
	test_threads(setup.device);
	test_shared_context(setup.device);
	test_close(&setup);
	return check_result();
}
