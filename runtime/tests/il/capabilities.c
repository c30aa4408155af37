// SPDX-License-Identifier: MIT
/*
 * il-capabilities MODULE...: what of SPIR-V the device says that it takes (cl_khr_spirv_queries).
 * A module uses each capability that is named, and writes a 1 for each work-item where all that it
 * did was right.
 */
#include <stdio.h>
#include <string.h>

#include "il.h"
#include "util/new_names.h"

#define OP_EXTENSION  10
#define OP_CAPABILITY 17
#define HEADER_WORDS  5
#define ITEMS	      64
#define MOST	      128

static struct test_setup setup;

struct list {
	cl_uint numbers[MOST];
	size_t count;
};

static bool contains(const struct list *list, cl_uint number)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->numbers[i] == number)
			return true;
	}
	return false;
}

static struct list query_capabilities(void)
{
	struct list list = { .count = 0 };
	size_t bytes = 0;

	check_success_fatal(
		clGetDeviceInfo(setup.device, CL_DEVICE_SPIRV_CAPABILITIES_KHR, 0, NULL, &bytes));
	check_fatal(bytes && bytes <= sizeof(list.numbers), "%zu bytes", bytes);
	list.count = bytes / sizeof(list.numbers[0]);
	check_equal(CL_INVALID_VALUE,
		    clGetDeviceInfo(setup.device, CL_DEVICE_SPIRV_CAPABILITIES_KHR, bytes - 1,
				    list.numbers, NULL));
	check_success_fatal(clGetDeviceInfo(setup.device, CL_DEVICE_SPIRV_CAPABILITIES_KHR, bytes,
					    list.numbers, NULL));
	return list;
}

/* Whether a list of names has this one. */
static bool has_name(cl_device_info query, const char *name)
{
	const char *names[MOST] = { NULL };
	size_t bytes = 0;

	check_success_fatal(clGetDeviceInfo(setup.device, query, sizeof(names), names, &bytes));
	for (size_t i = 0; i < bytes / sizeof(names[0]); i++) {
		if (!strcmp(names[i], name))
			return true;
	}
	return false;
}

/* ---- modules ---- */

/* What a module declares: @take is called with each such instruction. */
static void for_each(const struct il_file *module, cl_uint operation,
		     void (*take)(const cl_uint *instruction, void *data), void *data)
{
	const cl_uint *words = (const cl_uint *)module->bytes;
	size_t count = module->length / sizeof(*words);

	for (size_t i = HEADER_WORDS; i < count && words[i] >> 16; i += words[i] >> 16) {
		if ((words[i] & 0xffff) == operation)
			take(words + i, data);
	}
}

static void add_number(const cl_uint *instruction, void *data)
{
	struct list *list = data;

	if (list->count < MOST)
		list->numbers[list->count++] = instruction[1];
}

/* The extensions that modules use. */
static struct names {
	char names[MOST][64];
	size_t count;
} extensions;

static void check_extension(const cl_uint *instruction, void *data)
{
	const char *name = (const char *)(instruction + 1);

	check(has_name(CL_DEVICE_SPIRV_EXTENSIONS_KHR, name), "%s uses %s, which is not named",
	      (const char *)data, name);
	if (extensions.count < MOST)
		snprintf(extensions.names[extensions.count++], sizeof(extensions.names[0]), "%s",
			 name);
}

/* Each extension that is named is used by a module. */
static void check_extensions(void)
{
	const char *names[MOST] = { NULL };
	size_t bytes = 0;

	check_success_fatal(clGetDeviceInfo(setup.device, CL_DEVICE_SPIRV_EXTENSIONS_KHR,
					    sizeof(names), names, &bytes));
	for (size_t i = 0; i < bytes / sizeof(names[0]); i++) {
		size_t used = 0;

		while (used < extensions.count && strcmp(extensions.names[used], names[i]) != 0)
			used++;
		check(used < extensions.count, "no module uses %s", names[i]);
	}
}

static void run(const struct il_file *module, const char *path)
{
	cl_program program = il_program(setup.context, module);
	const size_t items = ITEMS;
	cl_uint values[ITEMS] = { 0 };
	cl_mem buffer = test_buffer(setup.context, sizeof(values), values);
	cl_kernel kernel;

	il_build(program, setup.device);
	kernel = test_kernel(program, "check");
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(
		clEnqueueNDRangeKernel(setup.queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(setup.queue, buffer, CL_TRUE, 0, sizeof(values), values,
					  0, NULL, NULL));
	for (int i = 0; i < ITEMS; i++)
		check(values[i] == 1, "%s: item %d has %u", path, i, values[i]);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseProgram(program));
}

/* Runs it where the device takes all that it declares, which is noted as used then. */
static void try_module(const char *path, const struct list *named, struct list *used)
{
	struct il_file module = il_read(path);
	struct list declared = { .count = 0 };
	bool is_taken = true;

	test_step(path);
	for_each(&module, OP_CAPABILITY, add_number, &declared);
	for (size_t i = 0; i < declared.count; i++)
		is_taken &= contains(named, declared.numbers[i]);
	if (is_taken) {
		for_each(&module, OP_CAPABILITY, add_number, used);
		for_each(&module, OP_EXTENSION, check_extension, (void *)path);
		run(&module, path);
	}
	il_free(&module);
}

int main(int count, char **arguments)
{
	struct list named, used = { .count = 0 };

	if (count < 2)
		check_skip("the modules are not made: spirv-as is missing");
	setup = test_open();
	il_require(setup.device);
	check(has_name(CL_DEVICE_SPIRV_EXTENDED_INSTRUCTION_SETS_KHR, "OpenCL.std"),
	      "no OpenCL.std");
	check(!has_name(CL_DEVICE_SPIRV_EXTENSIONS_KHR, ""), "an extension without a name");
	named = query_capabilities();
	for (int i = 1; i < count; i++)
		try_module(arguments[i], &named, &used);
	for (size_t i = 0; i < named.count; i++)
		check(contains(&used, named.numbers[i]), "no module uses capability %u",
		      named.numbers[i]);
	check_extensions();
	test_close(&setup);
	return check_result();
}
