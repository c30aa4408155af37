// SPDX-License-Identifier: MIT
/*
 * il-sub-groups FOLDER: kernels that require a number of sub-groups (SubgroupsPerWorkgroup): what
 * is told of it, which launches there are, which are refused, and that compiled, linked and stored
 * programs keep to it.
 */
#include <string.h>

#include "il.h"
#include "util/new_names.h"

#define ITEMS 4096
#define NONE  0xffffffffu

static const char *folder;
static struct test_setup setup;
static size_t most_sub_groups;

/* ---- what is told ---- */

static size_t told(cl_kernel kernel, cl_kernel_sub_group_info name, size_t input_size,
		   const void *input)
{
	size_t value = SIZE_MAX;

	check_success(clGetKernelSubGroupInfo(kernel, setup.device, name, input_size, input,
					      sizeof(value), &value, NULL));
	return value;
}

static size_t counted(cl_kernel kernel, const size_t *local, cl_uint dimensions)
{
	return told(kernel, CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE, dimensions * sizeof(*local),
		    local);
}

/* The size of groups with so many sub-groups; 0 where there is none. */
static size_t size_for(cl_kernel kernel, size_t count)
{
	return told(kernel, CL_KERNEL_LOCAL_SIZE_FOR_SUB_GROUP_COUNT, sizeof(count), &count);
}

static void check_told(cl_kernel kernel, size_t count)
{
	size_t size = size_for(kernel, count);

	check_equal(count, told(kernel, CL_KERNEL_COMPILE_NUM_SUB_GROUPS, 0, NULL));
	check_equal(count, told(kernel, CL_KERNEL_MAX_NUM_SUB_GROUPS, 0, NULL));
	check(size, "no size for %zu sub-groups", count);
	check_equal(count, counted(kernel, &size, 1));
	check_equal(0, size_for(kernel, count + 1));
	check_equal(0, size_for(kernel, count - 1));
}

/* ---- launches ---- */

static cl_int launch(cl_kernel kernel, cl_uint dimensions, const size_t *global,
		     const size_t *local, cl_event *event)
{
	return clEnqueueNDRangeKernel(setup.queue, kernel, dimensions, NULL, global, local, 0, NULL,
				      event);
}

static cl_mem set_arguments(cl_kernel kernel, size_t row)
{
	const cl_ulong items = row;
	static cl_uint values[ITEMS];
	cl_mem buffer;

	memset(values, 0xff, sizeof(values));
	buffer = test_buffer(setup.context, sizeof(values), values);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clSetKernelArg(kernel, 1, sizeof(items), &items));
	return buffer;
}

/* The first @items have written @count, the others nothing. */
static void check_written(cl_mem buffer, size_t items, size_t count)
{
	cl_uint values[ITEMS] = { 0 };

	check_success(clEnqueueReadBuffer(setup.queue, buffer, CL_TRUE, 0, sizeof(values), values,
					  0, NULL, NULL));
	for (size_t i = 0; i < ITEMS; i++) {
		if (!check_equal(i < items ? count : NONE, values[i]))
			break;
	}
	check_success(clReleaseMemObject(buffer));
}

/* Without a local size, of which there is one that divides the global size. */
static void check_chosen(cl_kernel kernel, size_t count, cl_uint dimensions, const size_t *global)
{
	size_t items = global[0] * (dimensions > 1 ? global[1] : 1);
	cl_mem buffer = set_arguments(kernel, global[0]);

	check_success(launch(kernel, dimensions, global, NULL, NULL));
	check_written(buffer, items, count);
}

/* Refused, and nothing happens. */
static void check_refused(cl_kernel kernel, cl_uint dimensions, const size_t *global,
			  const size_t *local)
{
	cl_mem buffer = set_arguments(kernel, global[0]);
	cl_event event = NULL;

	check_equal(CL_INVALID_WORK_GROUP_SIZE, launch(kernel, dimensions, global, local, &event));
	check(!event, "an event");
	check_success(clFinish(setup.queue));
	check_written(buffer, 0, 0);
}

static void check_suggested(cl_kernel kernel, size_t count, size_t items)
{
	clGetKernelSuggestedLocalWorkSizeKHR_fn suggest =
		(clGetKernelSuggestedLocalWorkSizeKHR_fn)clGetExtensionFunctionAddressForPlatform(
			setup.platform, "clGetKernelSuggestedLocalWorkSizeKHR");
	cl_mem buffer = set_arguments(kernel, items);
	size_t size = 0;

	check_success(suggest(setup.queue, kernel, 1, NULL, &items, &size));
	check_equal(count, counted(kernel, &size, 1));
	check_success(launch(kernel, 1, &items, &size, NULL));
	check_written(buffer, items, count);
}

/* Of @count, with an even number of rows. */
static void check_launches(cl_kernel kernel, size_t count)
{
	const size_t size = size_for(kernel, count), global = 6 * size, one = 1, zero = 0;
	const size_t wide[2] = { 2 * size, 6 }, narrow[2] = { 1, 6 * size };
	const size_t columns[2] = { 1, size }, more_columns[2] = { 1, size + 1 };
	size_t other_size = size + size / count;
	const size_t other_global = 6 * other_size;
	cl_mem buffer;

	check_chosen(kernel, count, 1, &global);
	check_chosen(kernel, count, 2, wide);
	check_chosen(kernel, count, 2, narrow);
	check_suggested(kernel, count, global);
	buffer = set_arguments(kernel, global);
	check_success(launch(kernel, 1, &global, &size, NULL));
	check_written(buffer, global, count);
	buffer = set_arguments(kernel, 1);
	check_success(launch(kernel, 2, narrow, columns, NULL));
	check_written(buffer, 6 * size, count);
	buffer = set_arguments(kernel, 1);
	check_success(launch(kernel, 1, &zero, NULL, NULL));
	check_success(launch(kernel, 1, &zero, &size, NULL));
	check_written(buffer, 0, count);
	check_refused(kernel, 1, &global, &one);
	check_refused(kernel, 1, &other_global, &other_size);
	check_refused(kernel, 2, (const size_t[]){ 1, 6 * (size + 1) }, more_columns);
	check_refused(kernel, 1, &zero, &one);
}

/* A task's group is one work-item. */
static void check_task(cl_kernel kernel)
{
	cl_mem buffer = set_arguments(kernel, 1);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	check_equal(CL_INVALID_WORK_GROUP_SIZE, clEnqueueTask(setup.queue, kernel, 0, NULL, NULL));
#pragma GCC diagnostic pop
	check_success(clFinish(setup.queue));
	check_written(buffer, 0, 0);
}

/* ---- programs ---- */

static void check_kernel(cl_program program, const char *name, size_t count)
{
	cl_kernel kernel = test_kernel(program, name);

	check_told(kernel, count);
	check_launches(kernel, count);
	check_task(kernel);
	check_success(clReleaseKernel(kernel));
}

/* With the size of groups; where sub-groups are of one work-item, all is as for others. */
static void check_fixed(cl_program program)
{
	const size_t global[2] = { 3, 8 }, local[2] = { 1, 4 }, other[2] = { 1, 2 };
	cl_kernel kernel = test_kernel(program, "fixed");
	cl_mem buffer = set_arguments(kernel, global[0]);

	check_equal(4, told(kernel, CL_KERNEL_COMPILE_NUM_SUB_GROUPS, 0, NULL));
	check_success(launch(kernel, 2, global, local, NULL));
	check_written(buffer, global[0] * global[1], 4);
	check_chosen(kernel, 4, 2, global);
	check_refused(kernel, 2, global, other);
	check_success(clReleaseKernel(kernel));
}

static void check_any(cl_program program)
{
	cl_kernel kernel = test_kernel(program, "any");
	const size_t one = 1;
	cl_mem buffer = set_arguments(kernel, 1);
	size_t most = 0;

	check_equal(0, told(kernel, CL_KERNEL_COMPILE_NUM_SUB_GROUPS, 0, NULL));
	check_success(clGetKernelWorkGroupInfo(kernel, setup.device, CL_KERNEL_WORK_GROUP_SIZE,
					       sizeof(most), &most, NULL));
	check_equal(counted(kernel, &most, 1), told(kernel, CL_KERNEL_MAX_NUM_SUB_GROUPS, 0, NULL));
	check_success(launch(kernel, 1, &one, &one, NULL));
	check_written(buffer, 1, 1);
	check_success(clReleaseKernel(kernel));
}

static void check_all(cl_program program, size_t constant)
{
	check_kernel(program, "three", 3);
	check_kernel(program, "constant", constant);
	check_fixed(program);
	check_any(program);
}

static void check_built(void)
{
	struct il_file module = il_read_module(folder, "counted");
	cl_program program = il_program(setup.context, &module);
	const cl_uint five = 5;

	test_step("built");
	il_build(program, setup.device);
	check_all(program, 2);
	check_success(clSetProgramSpecializationConstant(program, 1, sizeof(five), &five));
	il_build(program, setup.device);
	check_all(program, 5);
	check_success(clReleaseProgram(program));
	/* What was stored is found again. */
	program = il_program(setup.context, &module);
	il_build(program, setup.device);
	check_all(program, 2);
	check_success(clReleaseProgram(program));
	il_free(&module);
}

static cl_program copy_of(cl_program program)
{
	size_t length = 0;
	unsigned char *bytes;
	cl_int code, status = 1;
	cl_program copy;

	bytes = test_binary(program, &length);
	copy = clCreateProgramWithBinary(setup.context, 1, &setup.device, &length,
					 (const unsigned char **)&bytes, &status, &code);
	check_success_fatal(code);
	free(bytes);
	return copy;
}

static void check_linked(void)
{
	struct il_file module = il_read_module(folder, "counted");
	cl_program compiled = il_program(setup.context, &module), copy, linked;
	cl_int code;

	test_step("linked");
	check_success_fatal(clCompileProgram(compiled, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL));
	copy = copy_of(compiled);
	linked = clLinkProgram(setup.context, 0, NULL, NULL, 1, &copy, NULL, NULL, &code);
	check_success_fatal(code);
	check_success(clReleaseProgram(copy));
	check_success(clReleaseProgram(compiled));
	check_all(linked, 2);
	copy = copy_of(linked);
	il_build(copy, setup.device);
	check_all(copy, 2);
	check_success(clReleaseProgram(copy));
	check_success(clReleaseProgram(linked));
	il_free(&module);
}

/* ---- what no group can have ---- */

static void check_impossible(cl_uint count, const char *said)
{
	struct il_file module = il_read_module(folder, "counted");
	cl_program program = il_program(setup.context, &module);
	char *log;

	test_step("impossible");
	check_success(clSetProgramSpecializationConstant(program, 1, sizeof(count), &count));
	check_equal(CL_BUILD_PROGRAM_FAILURE, clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	log = il_log(program, setup.device);
	check(strstr(log, said), "'%s' is not in the log: %s", said, log);
	free(log);
	check_success(clReleaseProgram(program));
	il_free(&module);
}

/* The module declares an unneeded capability instead of SubgroupDispatch. */
static void check_undeclared(void)
{
	struct il_file module = il_read_module(folder, "counted");
	const cl_uint dispatch = 58, bytes = 39, word = 12;
	cl_program program;
	cl_uint seen;

	test_step("undeclared");
	memcpy(&seen, module.bytes + word * sizeof(seen), sizeof(seen));
	check_equal(dispatch, seen);
	memcpy(module.bytes + word * sizeof(bytes), &bytes, sizeof(bytes));
	program = il_program(setup.context, &module);
	check_equal(CL_BUILD_PROGRAM_FAILURE, clBuildProgram(program, 0, NULL, NULL, NULL, NULL));
	check_success(clReleaseProgram(program));
	il_free(&module);
}

static void query_device(void)
{
	cl_uint most = 0;

	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_MAX_NUM_SUB_GROUPS, sizeof(most),
				      &most, NULL));
	if (!most)
		check_skip("the device has no sub-groups");
	most_sub_groups = most;
}

int main(int count, char **arguments)
{
	if (count < 2)
		check_skip("the modules are not made: spirv-as is missing");
	folder = arguments[1];
	setup = test_open();
	il_require(setup.device);
	query_device();
	check_built();
	check_linked();
	check_impossible(0, "kernel 'constant' requires groups of no sub-groups");
	check_impossible((cl_uint)most_sub_groups + 1, "kernel 'constant' requires groups of");
	check_impossible(0xffffffff, "kernel 'constant' requires groups of");
	check_undeclared();
	test_close(&setup);
	return check_result();
}
