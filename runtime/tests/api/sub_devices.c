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

/* A root device, a sub-device, and a sub-device of that, in one context. */
struct family {
	cl_device_id devices[3];
	cl_context context;
};

static struct family open_family(cl_device_id device)
{
	const cl_device_partition_property twos[] = { CL_DEVICE_PARTITION_BY_COUNTS, 2, 0, 0 };
	const cl_device_partition_property ones[] = { CL_DEVICE_PARTITION_BY_COUNTS, 1, 0, 0 };
	struct family family = { .devices = { device } };
	cl_device_id made[MOST];
	cl_int code;

	check_equal(1, partition(device, twos, made));
	family.devices[1] = made[0];
	check_equal(1, partition(family.devices[1], ones, made));
	family.devices[2] = made[0];
	family.context = clCreateContext(NULL, 3, family.devices, NULL, NULL, &code);
	check_success_fatal(code);
	return family;
}

static void close_family(struct family *family)
{
	check_success(clReleaseContext(family->context));
	check_success(clReleaseDevice(family->devices[2]));
	check_success(clReleaseDevice(family->devices[1]));
}

#define SET_SOURCE "kernel void set(global int *n) { n[get_global_id(0)] = 5; }"

static cl_int launch_set(const struct family *family, cl_device_id device, cl_kernel kernel)
{
	const size_t items = 4;
	cl_int numbers[4] = { 0 };
	cl_command_queue queue;
	cl_mem buffer;
	cl_int code, outcome;

	queue = clCreateCommandQueue(family->context, device, 0, &code);
	check_success_fatal(code);
	buffer = test_buffer(family->context, sizeof(numbers), numbers);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	outcome = clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL);
	check_success(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, sizeof(numbers), numbers, 0,
					  NULL, NULL));
	for (int i = 0; i < 4; i++)
		check_equal(outcome == CL_SUCCESS ? 5 : 0, numbers[i]);
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseCommandQueue(queue));
	return outcome;
}

static void check_runs_on_all(const struct family *family, cl_program program)
{
	cl_kernel kernel = test_kernel(program, "set");

	for (int i = 0; i < 3; i++)
		check_success(launch_set(family, family->devices[i], kernel));
	check_success(clReleaseKernel(kernel));
}

static cl_build_status build_status(cl_program program, cl_device_id device)
{
	cl_build_status status = CL_BUILD_NONE;

	check_success(clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_STATUS,
					    sizeof(status), &status, NULL));
	return status;
}

/* All run what was built for all. */
static void test_shared_context(cl_device_id device)
{
	struct family family = open_family(device);
	cl_program program;

	test_step("a root device and its sub-devices in one context");
	program = test_build(family.context, SET_SOURCE, NULL);
	check_runs_on_all(&family, program);
	check_success(clReleaseProgram(program));
	close_family(&family);
}

/* What was built for a device is what those that come of it tell and run. */
static void test_built_for_parent(cl_device_id device)
{
	struct family family = open_family(device);
	const char *source = SET_SOURCE;
	size_t lengths[3] = { 0 }, group = 0;
	cl_program program, linked;
	cl_kernel kernel;
	cl_int code;

	test_step("programs built for the parent");
	program = clCreateProgramWithSource(family.context, 1, &source, NULL, &code);
	check_success_fatal(code);
	check_success_fatal(clBuildProgram(program, 1, &family.devices[1], NULL, NULL, NULL));
	check_equal(CL_BUILD_NONE, build_status(program, family.devices[0]));
	check_equal(CL_BUILD_SUCCESS, build_status(program, family.devices[1]));
	check_equal(CL_BUILD_SUCCESS, build_status(program, family.devices[2]));
	check_success(
		clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof(lengths), lengths, NULL));
	check_equal(0, lengths[0]);
	check(lengths[1], "no binary");
	check_equal(lengths[1], lengths[2]);
	kernel = test_kernel(program, "set");
	/* Not the other way round. */
	check_equal(CL_INVALID_PROGRAM_EXECUTABLE, launch_set(&family, family.devices[0], kernel));
	check_success(launch_set(&family, family.devices[1], kernel));
	check_success(launch_set(&family, family.devices[2], kernel));
	check_success(clGetKernelWorkGroupInfo(kernel, family.devices[2], CL_KERNEL_WORK_GROUP_SIZE,
					       sizeof(group), &group, NULL));
	check(group, "no group");
	check_success(clReleaseKernel(kernel));

	/* A build of its own that failed is a sub-device's, too. */
	check_equal(CL_INVALID_BUILD_OPTIONS,
		    clBuildProgram(program, 1, &family.devices[2], "--no-such", NULL, NULL));
	check_equal(CL_BUILD_ERROR, build_status(program, family.devices[2]));
	kernel = test_kernel(program, "set");
	check_equal(CL_INVALID_PROGRAM_EXECUTABLE, launch_set(&family, family.devices[2], kernel));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));

	program = clCreateProgramWithSource(family.context, 1, &source, NULL, &code);
	check_success_fatal(code);
	check_success_fatal(
		clCompileProgram(program, 1, family.devices, NULL, 0, NULL, NULL, NULL, NULL));
	linked = clLinkProgram(family.context, 0, NULL, NULL, 1, &program, NULL, NULL, &code);
	check_success_fatal(code);
	check_runs_on_all(&family, linked);
	check_success(clReleaseProgram(linked));
	check_success(clReleaseProgram(program));
	close_family(&family);
}

/* More sub-devices than any list of a fixed length would have room for. */
static void test_many(void)
{
	enum { UNITS = 300 };
	const cl_device_partition_property equally[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	cl_device_partition_property *by_counts = calloc(UNITS + 3, sizeof(*by_counts));
	cl_device_id *devices = calloc(UNITS, sizeof(*devices));
	struct test_setup setup = test_open();
	cl_uint count = 0;

	test_step("many compute units");
	check_fatal(by_counts && devices, "no memory");
	check_equal(UNITS, device_number(setup.device, CL_DEVICE_MAX_COMPUTE_UNITS));
	check_equal(UNITS, device_number(setup.device, CL_DEVICE_PARTITION_MAX_SUB_DEVICES));
	by_counts[0] = CL_DEVICE_PARTITION_BY_COUNTS;
	for (int i = 1; i <= UNITS; i++)
		by_counts[i] = 1;
	for (int scheme = 0; scheme < 2; scheme++) {
		check_success(clCreateSubDevices(setup.device, scheme ? equally : by_counts, UNITS,
						 devices, &count));
		check_equal(UNITS, count);
		for (cl_uint i = 0; i < count; i++) {
			check_equal(1, device_number(devices[i], CL_DEVICE_MAX_COMPUTE_UNITS));
			check_success(clReleaseDevice(devices[i]));
		}
	}
	free(devices);
	free(by_counts);
	test_close(&setup);
}

/* With the argument --many: the environment gives the device 300 compute units. */
int main(int argc, char **argv)
{
	struct test_setup setup;
	cl_uint units;

	if (argc > 1 && !strcmp(argv[1], "--many")) {
		test_many();
		return check_result();
	}
	/* Groups that wait for others get threads beyond the compute units otherwise. */
	check_fatal(!setenv("TANDEM_GROUP_THREADS", "0", 1), "no memory");
	setup = test_open();
	units = device_number(setup.device, CL_DEVICE_MAX_COMPUTE_UNITS);
	if (units < 4)
		check_skip("%u compute units, four are needed", units);
	test_partitions(setup.device, units);
	test_short_list(setup.device);
	test_nested(setup.device);
	test_reference_counts(setup.device);
	test_threads(setup.device);
	test_shared_context(setup.device);
	test_built_for_parent(setup.device);
	test_close(&setup);
	return check_result();
}
