// SPDX-License-Identifier: MIT
/*
 * The device of the driver mesa, and what it says of itself. With --find it is only
 * looked for: ends as skipped where there is none.
 */
#include <string.h>

#include "api/harness.h"

static cl_ulong number(cl_device_id device, cl_device_info name, size_t bytes)
{
	cl_ulong value = 0;

	check_success(clGetDeviceInfo(device, name, bytes, &value, NULL));
	return value;
}

static bool has_feature(cl_device_id device, const char *name)
{
	cl_name_version features[64];
	size_t bytes = 0;

	check_success(clGetDeviceInfo(device, CL_DEVICE_OPENCL_C_FEATURES, sizeof(features),
				      features, &bytes));
	for (size_t i = 0; i < bytes / sizeof(features[0]); i++) {
		if (!strcmp(features[i].name, name))
			return true;
	}
	return false;
}

/* What the queries say is what the compiler has. */
static void check_features(cl_device_id device)
{
	cl_ulong atomics = number(device, CL_DEVICE_ATOMIC_MEMORY_CAPABILITIES, 8);

	check_equal(has_feature(device, "__opencl_c_atomic_scope_device"),
		    (atomics & CL_DEVICE_ATOMIC_SCOPE_DEVICE) != 0);
	check_equal(has_feature(device, "__opencl_c_atomic_order_seq_cst"),
		    (atomics & CL_DEVICE_ATOMIC_ORDER_SEQ_CST) != 0);
	check_equal(has_feature(device, "__opencl_c_generic_address_space"),
		    number(device, CL_DEVICE_GENERIC_ADDRESS_SPACE_SUPPORT, 4));
	check_equal(has_feature(device, "__opencl_c_work_group_collective_functions"),
		    number(device, CL_DEVICE_WORK_GROUP_COLLECTIVE_FUNCTIONS_SUPPORT, 4));
}

static void check_properties(cl_device_id device)
{
	cl_device_partition_property scheme = 1;
	const cl_device_partition_property halves[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	cl_device_svm_capabilities svm = number(device, CL_DEVICE_SVM_CAPABILITIES, sizeof(svm));
	const cl_device_svm_capabilities wanted = CL_DEVICE_SVM_COARSE_GRAIN_BUFFER |
						  CL_DEVICE_SVM_FINE_GRAIN_BUFFER |
						  CL_DEVICE_SVM_FINE_GRAIN_SYSTEM;
	char extensions[4096] = "", version[256] = "";
	bool has_doubles;

	check((svm & wanted) == wanted, "SVM capabilities 0x%llx", (unsigned long long)svm);
	/* The environment chooses Mesa's software device, which no kernel driver serves. */
	check(!(svm & CL_DEVICE_SVM_ATOMICS), "SVM capabilities 0x%llx", (unsigned long long)svm);
	check(!(number(device, CL_DEVICE_ATOMIC_MEMORY_CAPABILITIES, 8) &
		CL_DEVICE_ATOMIC_SCOPE_ALL_DEVICES),
	      "atomics of all devices' scope without SVM atomics");
	check_success(clGetDeviceInfo(device, CL_DEVICE_EXTENSIONS, sizeof(extensions), extensions,
				      NULL));
	has_doubles = strstr(extensions, "cl_khr_fp64");
	check_equal(has_doubles, number(device, CL_DEVICE_DOUBLE_FP_CONFIG, 8) != 0);
	check_success(clGetDeviceInfo(device, CL_DEVICE_VERSION, sizeof(version), version, NULL));
	check(!strncmp(version, "OpenCL 3.0 Tandem", 17), "version '%s'", version);
	check_equal(0, number(device, CL_DEVICE_PARTITION_MAX_SUB_DEVICES, 4));
	check_success(clGetDeviceInfo(device, CL_DEVICE_PARTITION_PROPERTIES, sizeof(scheme),
				      &scheme, NULL));
	check_equal(0, scheme);
	check_equal(CL_INVALID_VALUE, clCreateSubDevices(device, halves, 0, NULL, NULL));
}

int main(int count, char **arguments)
{
	bool find_only = count > 1 && !strcmp(arguments[1], "--find");
	char name[256] = "";
	cl_platform_id platform;
	cl_device_id device;

	test_step("looking for the device");
	if (clGetPlatformIDs(1, &platform, NULL) != CL_SUCCESS ||
	    clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL) != CL_SUCCESS)
		check_skip("Mesa has no OpenCL device with system SVM here");
	check_success_fatal(clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof(name), name, NULL));
	if (strncmp(name, "mesa: ", 6))
		check_skip("Mesa has no OpenCL device with system SVM here; the first is '%s'",
			   name);
	check(number(device, CL_DEVICE_MAX_COMPUTE_UNITS, 4), "no compute units");
	if (!find_only) {
		check_properties(device);
		check_features(device);
	}
	return check_result();
}
