// SPDX-License-Identifier: MIT
/*
 * Does what OpenCL loaders do with the library, and looks at the table they get.
 * With the argument --no-device: the environment leaves no device, and so there
 * must be no platform.
 */
#include <CL/cl_icd.h>
#include <dlfcn.h>
#include <string.h>

#include "api/entry_points.h"
#include "harness.h"

#define SLOT_COUNT (sizeof(cl_icd_dispatch) / sizeof(void *))

/* Loaders of OpenCL 3.1 know one more than older headers. */
#if TANDEM_TABLE_OF_3_1
#define ALL_SLOTS SLOT_COUNT
#else
#define ALL_SLOTS (SLOT_COUNT + 1)
#endif

typedef __typeof__(clGetExtensionFunctionAddress) *get_address_function;
typedef __typeof__(clIcdGetPlatformIDsKHR) *get_platforms_function;

static void *library;

static get_address_function load_library(void)
{
	get_address_function get_address;

	library = dlopen(TANDEM_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	check_fatal(library, "%s", dlerror());
	*(void **)&get_address = dlsym(library, "clGetExtensionFunctionAddress");
	check_fatal(get_address, "%s", dlerror());
	return get_address;
}

static cl_platform_id find_platform(get_address_function get_address)
{
	cl_platform_id platform = NULL;
	get_platforms_function get_platforms;
	cl_uint count = 0;

	*(void **)&get_platforms = get_address("clIcdGetPlatformIDsKHR");
	check_fatal(get_platforms, "no clIcdGetPlatformIDsKHR");
	check_success_fatal(get_platforms(0, NULL, &count));
	check_equal(1, count);
	check_success_fatal(get_platforms(count, &platform, NULL));
	check_fatal(platform, "no platform");
	return platform;
}

/* What the loader asks the platform before it offers it. */
static void check_platform(const cl_icd_dispatch *table, cl_platform_id platform)
{
	char suffix[16] = "", extensions[256] = "";
	cl_bool unloadable = CL_FALSE;
	size_t bytes = 0;

	check_equal(CL_INVALID_VALUE,
		    table->clGetPlatformInfo(platform, 0x0921 /* CL_PLATFORM_UNLOADABLE_KHR */,
					     sizeof(unloadable), &unloadable, NULL));
	check_success(
		table->clGetPlatformInfo(platform, CL_PLATFORM_ICD_SUFFIX_KHR, 0, NULL, &bytes));
	check_equal(sizeof("TANDEM"), bytes);
	check_success(table->clGetPlatformInfo(platform, CL_PLATFORM_ICD_SUFFIX_KHR, bytes, suffix,
					       NULL));
	check(!strcmp(suffix, "TANDEM"), "%s", suffix);
	check_success(table->clGetPlatformInfo(platform, CL_PLATFORM_EXTENSIONS, sizeof(extensions),
					       extensions, NULL));
	check(strstr(extensions, "cl_khr_icd"), "%s", extensions);
}

/* Every slot is a function of the library itself. */
static void check_slots(const cl_icd_dispatch *table)
{
	void *const *slots = (void *const *)(const void *)table;
	Dl_info of_table, of_slot;

	check_fatal(dladdr(table, &of_table), "the table is in no library");
	for (size_t i = 0; i < ALL_SLOTS; i++) {
		if (!check(slots[i], "slot %zu is NULL", i) ||
		    !check(dladdr(slots[i], &of_slot), "slot %zu is in no library", i))
			continue;
		check(of_slot.dli_fbase == of_table.dli_fbase, "slot %zu is in %s", i,
		      of_slot.dli_fname);
	}
}

/* A function has one address, in the table and by its name. */
static void check_addresses(get_address_function get_address, const cl_icd_dispatch *table)
{
#define CHECK(name) \
	check(get_address(#name) == (void *)table->name, "%s: %p", #name, get_address(#name));
	TANDEM_CORE_ENTRY_POINTS(CHECK)
	TANDEM_ALIAS_ENTRY_POINTS(CHECK)
#undef CHECK
	check(get_address("clGetKernelSuggestedLocalWorkSize") ==
		      ((void *const *)(const void *)table)[ALL_SLOTS - 1],
	      "another one");
	/* Not in the table. */
#define CHECK(name) check(get_address(#name), "%s is not found", #name);
	TANDEM_EXTENSION_ENTRY_POINTS(CHECK)
	TANDEM_UNIFIED_MEMORY_ENTRY_POINTS(CHECK)
	TANDEM_COMMAND_BUFFER_ENTRY_POINTS(CHECK)
#undef CHECK
	/* Sharing is not supported, and so it is not found. */
#define CHECK(name) check(!get_address(#name), "%s: %p", #name, get_address(#name));
	TANDEM_SHARING_ENTRY_POINTS(CHECK)
#undef CHECK
}

/* Objects of every kind begin with the table. */
static void check_objects(const cl_icd_dispatch *table, cl_platform_id platform)
{
	const char *source = "kernel void nothing(void) {}";
	const void *objects[7];
	cl_device_id device;
	cl_kernel kernel;
	cl_int code;

	check_success_fatal(table->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL));
	objects[0] = device;
	objects[1] = table->clCreateContext(NULL, 1, &device, NULL, NULL, &code);
	check_success_fatal(code);
	objects[2] = table->clCreateCommandQueue((cl_context)objects[1], device, 0, &code);
	check_success_fatal(code);
	objects[3] = table->clCreateBuffer((cl_context)objects[1], 0, 16, NULL, &code);
	check_success_fatal(code);
	objects[4] = table->clCreateUserEvent((cl_context)objects[1], &code);
	check_success_fatal(code);
	objects[5] =
		table->clCreateProgramWithSource((cl_context)objects[1], 1, &source, NULL, &code);
	check_success_fatal(code);
	check_success_fatal(
		table->clBuildProgram((cl_program)objects[5], 0, NULL, NULL, NULL, NULL));
	kernel = table->clCreateKernel((cl_program)objects[5], "nothing", &code);
	check_success_fatal(code);
	objects[6] = kernel;
	for (int i = 0; i < 7; i++)
		check(*(const void *const *)objects[i] == table, "object %d", i);
	check_success(table->clEnqueueTask((cl_command_queue)objects[2], kernel, 0, NULL, NULL));
	check_success(table->clFinish((cl_command_queue)objects[2]));
	check_success(table->clReleaseKernel(kernel));
	check_success(table->clReleaseProgram((cl_program)objects[5]));
	check_success(table->clReleaseEvent((cl_event)objects[4]));
	check_success(table->clReleaseMemObject((cl_mem)objects[3]));
	check_success(table->clReleaseCommandQueue((cl_command_queue)objects[2]));
	check_success(table->clReleaseContext((cl_context)objects[1]));
}

static void check_no_platform(get_address_function get_address)
{
	get_platforms_function get_platforms;
	cl_platform_id platform = NULL;
	cl_uint count = 7;

	*(void **)&get_platforms = get_address("clIcdGetPlatformIDsKHR");
	check_fatal(get_platforms, "no clIcdGetPlatformIDsKHR");
	check_equal(CL_PLATFORM_NOT_FOUND_KHR, get_platforms(0, NULL, &count));
	check_equal(CL_PLATFORM_NOT_FOUND_KHR, get_platforms(1, &platform, NULL));
	check(!platform && count == 7, "%p, %u", (void *)platform, count);
}

int main(int argc, char **argv)
{
	const cl_icd_dispatch *table;
	get_address_function get_address;
	cl_platform_id platform;

	setvbuf(stdout, NULL, _IOLBF, 0);
	test_step("loading the library");
	get_address = load_library();
	if (argc > 1) {
		check_no_platform(get_address);
		return check_result();
	}
	platform = find_platform(get_address);
	table = *(const cl_icd_dispatch *const *)platform;
	check_platform(table, platform);
	check_slots(table);
	check_addresses(get_address, table);
	check_objects(table, platform);
	/* Loaders load libraries twice, and let one go: threads and platform must stay. */
	check_equal(0, dlclose(library));
	get_address = load_library();
	check(find_platform(get_address) == platform, "another platform");
	check_objects(table, platform);
	check_equal(0, dlclose(library));
	return check_result();
}
