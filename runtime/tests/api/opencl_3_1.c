// SPDX-License-Identifier: MIT
/*
 * What is new in OpenCL 3.1: the platform's version and the device's, with all that this makes
 * mandatory, names of the core, and arguments of no local memory.
 * opencl_3_1 --without-spirv: the environment leaves no translator, so that the device is of 3.0.
 */
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "mandatory_3_1.h"
#include "util/new_names.h"

#define ITEMS 64

static struct test_setup setup;

/* ---- versions ---- */

static void check_platform(void)
{
	char version[64] = "";
	cl_version number = 0;

	check_success(clGetPlatformInfo(setup.platform, CL_PLATFORM_VERSION, sizeof(version),
					version, NULL));
	check(!strncmp(version, "OpenCL 3.1 Tandem ", strlen("OpenCL 3.1 Tandem ")), "'%s'",
	      version);
	check_success(clGetPlatformInfo(setup.platform, CL_PLATFORM_NUMERIC_VERSION, sizeof(number),
					&number, NULL));
	check_equal(CL_MAKE_VERSION(3, 1, 0), number);
}

static void query_text(cl_device_info query, char *text, size_t room)
{
	text[0] = 0;
	check_success(clGetDeviceInfo(setup.device, query, room, text, NULL));
}

/* Whether @text has a word, between spaces. */
static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *found = text; (found = strstr(found, word)); found += length) {
		if ((found == text || found[-1] == ' ') && (!found[length] || found[length] == ' '))
			return true;
	}
	return false;
}

static bool has_c_version(cl_version version)
{
	cl_name_version versions[16];
	size_t bytes = 0;

	check_success_fatal(clGetDeviceInfo(setup.device, CL_DEVICE_OPENCL_C_ALL_VERSIONS,
					    sizeof(versions), versions, &bytes));
	for (size_t i = 0; i < bytes / sizeof(versions[0]); i++) {
		if (versions[i].version == version && !strcmp(versions[i].name, "OpenCL C"))
			return true;
	}
	return false;
}

/* Section 4.2.1 of the specification, and those that are named with single queries. */
static void check_mandatory(void)
{
	static const char *const extensions[] = { MANDATORY_OF_DEVICES, MANDATORY_EVERYWHERE };
	static const char *const ils[] = { "SPIR-V_1.0", "SPIR-V_1.1", "SPIR-V_1.2", "SPIR-V_1.3",
					   "SPIR-V_1.4" };
	cl_device_integer_dot_product_capabilities products = 0;
	cl_uint sub_groups = 0;
	char text[8192];

	query_text(CL_DEVICE_EXTENSIONS, text, sizeof(text));
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		check(has_word(text, extensions[i]), "no %s", extensions[i]);
	query_text(CL_DEVICE_IL_VERSION, text, sizeof(text));
	for (size_t i = 0; i < sizeof(ils) / sizeof(ils[0]); i++)
		check(has_word(text, ils[i]), "no %s", ils[i]);
	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_MAX_NUM_SUB_GROUPS,
				      sizeof(sub_groups), &sub_groups, NULL));
	check(sub_groups, "no sub-groups");
	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_INTEGER_DOT_PRODUCT_CAPABILITIES,
				      sizeof(products), &products, NULL));
	check(products & CL_DEVICE_INTEGER_DOT_PRODUCT_INPUT_4x8BIT_PACKED, "no packed vectors");
	check(has_c_version(CL_MAKE_VERSION(3, 1, 0)), "no OpenCL C 3.1");
}

/* Of what OpenCL C a program is that names no version. */
static void check_default(void)
{
	const char *const source = "#if __OPENCL_C_VERSION__ != 120\n"
				   "#error another version\n#endif\nkernel void f(void) { }";
	char text[64];

	query_text(CL_DEVICE_OPENCL_C_VERSION, text, sizeof(text));
	check(!strncmp(text, "OpenCL C 1.2 ", strlen("OpenCL C 1.2 ")), "'%s'", text);
	check_success(clReleaseProgram(test_build(setup.context, source, NULL)));
}

static void check_device(bool is_3_1)
{
	const char *expected = is_3_1 ? "OpenCL 3.1 Tandem " : "OpenCL 3.0 Tandem ";
	cl_version number = 0;
	char version[64];

	query_text(CL_DEVICE_VERSION, version, sizeof(version));
	check(!strncmp(version, expected, strlen(expected)), "'%s'", version);
	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_NUMERIC_VERSION, sizeof(number),
				      &number, NULL));
	check_equal(CL_MAKE_VERSION(3, is_3_1, 0), number);
	for (cl_uint minor = 0; minor <= 2; minor++)
		check(has_c_version(CL_MAKE_VERSION(1, minor, 0)), "no OpenCL C 1.%u", minor);
	check(has_c_version(CL_MAKE_VERSION(3, 0, 0)), "no OpenCL C 3.0");
	if (is_3_1)
		check_mandatory();
}

/* ---- names of the core ---- */

/* Those of 3.1 have the numbers of what they were called before. */
static void check_names(void)
{
	static const struct {
		cl_device_info name, former;
		cl_uint number;
	} queries[] = {
		{ CL_DEVICE_MAX_WORK_GROUP_SIZES, CL_DEVICE_MAX_WORK_ITEM_SIZES, 0x1005 },
		{ CL_DEVICE_UUID, CL_DEVICE_UUID_KHR, 0x106a },
		{ CL_DRIVER_UUID, CL_DRIVER_UUID_KHR, 0x106b },
		{ CL_DEVICE_LUID_VALID, CL_DEVICE_LUID_VALID_KHR, 0x106c },
		{ CL_DEVICE_LUID, CL_DEVICE_LUID_KHR, 0x106d },
		{ CL_DEVICE_NODE_MASK, CL_DEVICE_NODE_MASK_KHR, 0x106e },
		{ CL_DEVICE_INTEGER_DOT_PRODUCT_CAPABILITIES,
		  CL_DEVICE_INTEGER_DOT_PRODUCT_CAPABILITIES_KHR, 0x1073 },
		{ CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_8BIT,
		  CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_8BIT_KHR, 0x1074 },
		{ CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_4x8BIT_PACKED,
		  CL_DEVICE_INTEGER_DOT_PRODUCT_ACCELERATION_PROPERTIES_4x8BIT_PACKED_KHR, 0x1075 },
		{ CL_DEVICE_SPIRV_EXTENDED_INSTRUCTION_SETS,
		  CL_DEVICE_SPIRV_EXTENDED_INSTRUCTION_SETS_KHR, 0x12b9 },
		{ CL_DEVICE_SPIRV_EXTENSIONS, CL_DEVICE_SPIRV_EXTENSIONS_KHR, 0x12ba },
		{ CL_DEVICE_SPIRV_CAPABILITIES, CL_DEVICE_SPIRV_CAPABILITIES_KHR, 0x12bb },
	};

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		check_equal(queries[i].number, queries[i].name);
		check_equal(queries[i].number, queries[i].former);
		check_success(clGetDeviceInfo(setup.device, queries[i].name, 0, NULL, NULL));
	}
}

static void check_group_sizes(void)
{
	size_t sizes[3] = { 0 }, most = 0;

	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof(most),
				      &most, NULL));
	check_success(clGetDeviceInfo(setup.device, CL_DEVICE_MAX_WORK_GROUP_SIZES, sizeof(sizes),
				      sizes, NULL));
	for (int i = 0; i < 3; i++)
		check(sizes[i] && sizes[i] <= most, "%zu of %zu", sizes[i], most);
}

/* ---- no local memory ---- */

static const char *const source =
	"kernel void sums(global uint *out, local uint *unused, local uint *used)\n"
	"{ size_t i = get_local_id(0); used[i] = i + 1; barrier(CLK_LOCAL_MEM_FENCE);\n"
	"out[get_global_id(0)] = used[get_local_size(0) - 1 - i] + (unused == used); }\n"
	"kernel void alone(global uint *out, local uint *unused)\n"
	"{ out[get_global_id(0)] = get_local_size(0) - get_local_id(0); }\n";

static cl_ulong local_bytes(cl_kernel kernel)
{
	cl_ulong bytes = 0;

	check_success(clGetKernelWorkGroupInfo(kernel, setup.device, CL_KERNEL_LOCAL_MEM_SIZE,
					       sizeof(bytes), &bytes, NULL));
	return bytes;
}

static void check_run(cl_kernel kernel, size_t group, cl_uint added)
{
	cl_mem buffer = test_buffer(setup.context, ITEMS * sizeof(cl_uint), NULL);
	const size_t items = ITEMS;
	cl_uint values[ITEMS] = { 0 };

	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clEnqueueNDRangeKernel(setup.queue, kernel, 1, NULL, &items, &group, 0, NULL,
					     NULL));
	check_success(clEnqueueReadBuffer(setup.queue, buffer, CL_TRUE, 0, sizeof(values), values,
					  0, NULL, NULL));
	for (size_t i = 0; i < ITEMS; i++)
		check_equal(group - i % group + added, values[i]);
	check_success(clReleaseMemObject(buffer));
}

static void check_no_local(void)
{
	cl_program program = test_build(setup.context, source, NULL);
	cl_kernel sums = test_kernel(program, "sums"), alone = test_kernel(program, "alone"), copy;
	cl_ulong bytes;
	cl_int code;

	check_success(clSetKernelArg(alone, 1, 0, NULL));
	check_run(alone, 8, 0);
	check_success(clSetKernelArg(sums, 2, 16 * sizeof(cl_uint), NULL));
	check_success(clSetKernelArg(sums, 1, 64, NULL));
	bytes = local_bytes(sums);
	check_run(sums, 16, 0);
	/* Set again to nothing, it takes nothing. What is set so is set. */
	check_success(clSetKernelArg(sums, 1, 0, NULL));
	check(local_bytes(sums) < bytes, "%llu of %llu bytes",
	      (unsigned long long)local_bytes(sums), (unsigned long long)bytes);
	copy = clCloneKernel(sums, &code);
	check_success(code);
	/* Memory of no bytes may be where another is. */
	check_equal(CL_INVALID_ARG_VALUE, clSetKernelArg(copy, 1, 0, &bytes));
	check_run(copy, 16, 1);
	check_success(clReleaseKernel(copy));
	check_success(clReleaseKernel(sums));
	check_success(clReleaseKernel(alone));
	check_success(clReleaseProgram(program));
}

int main(int count, char **arguments)
{
	bool has_spirv = count < 2 || strcmp(arguments[1], "--without-spirv") != 0;
	char ils[256];

	setup = test_open();
	query_text(CL_DEVICE_IL_VERSION, ils, sizeof(ils));
	if (has_spirv && !ils[0])
		check_skip("the device takes no SPIR-V");
	test_step("versions");
	check_platform();
	check_device(has_spirv);
	check_default();
	test_step("names");
	check_names();
	check_group_sizes();
	test_step("no local memory");
	check_no_local();
	test_close(&setup);
	return check_result();
}
