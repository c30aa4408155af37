// SPDX-License-Identifier: MIT
/* Rows of the platform, of devices and of contexts: section 4 of the specification. */
#include "errors.h"

static void rows_platforms(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;

	error_entry_point("clGetPlatformIDs");
	ROW(CL_INVALID_VALUE, "num_entries is 0 and platforms is not NULL",
	    cl->clGetPlatformIDs(0, out->platforms, &out->number));
	ROW(CL_INVALID_VALUE, "num_platforms and platforms are NULL",
	    cl->clGetPlatformIDs(1, NULL, NULL));
	error_not_provocable(world, CL_PLATFORM_NOT_FOUND_KHR, "no platform is available",
			     "there is one; api-dispatch runs without");
	error_not_provocable(world, CL_OUT_OF_HOST_MEMORY,
			     "there is a failure to allocate resources on the host",
			     "the platform exists already");

	error_entry_point("clGetPlatformInfo");
	ROWS_BAD(ERROR_PLATFORM, cl_platform_id, CL_INVALID_PLATFORM,
		 cl->clGetPlatformInfo(bad, CL_PLATFORM_NAME, sizeof(out->bytes), out->bytes,
				       &out->size));
	ROWS_QUERY(CL_PLATFORM_NAME,
		   cl->clGetPlatformInfo(world->base.platform, name, size, value, size_ret));
	error_resources(world);

	error_entry_point("clUnloadPlatformCompiler");
	ROWS_BAD(ERROR_PLATFORM, cl_platform_id, CL_INVALID_PLATFORM,
		 cl->clUnloadPlatformCompiler(bad));

	error_entry_point("clUnloadCompiler");
	error_not_provocable(world, CL_SUCCESS, "always returns CL_SUCCESS", "it has no errors");
}

static void rows_loader_functions(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;
	__typeof__(clIcdGetPlatformIDsKHR) *get_platforms;

	/* They return no code; NULL is their error. */
	error_entry_point("clGetExtensionFunctionAddress");
	ROW(0, "no function of the name exists",
	    cl->clGetExtensionFunctionAddress("clNoSuchFunction") != NULL);
	if (world->direct)
		ROW(0, "func_name is NULL", cl->clGetExtensionFunctionAddress(NULL) != NULL);

	error_entry_point("clGetExtensionFunctionAddressForPlatform");
	ROW(0, "no function of the name exists",
	    cl->clGetExtensionFunctionAddressForPlatform(world->base.platform,
							 "clNoSuchFunction") != NULL);
	ROW(0, "func_name is NULL",
	    cl->clGetExtensionFunctionAddressForPlatform(world->base.platform, NULL) != NULL);
	ROWS_BAD(ERROR_PLATFORM, cl_platform_id, 0,
		 cl->clGetExtensionFunctionAddressForPlatform(bad, "clGetPlatformIDs") != NULL);

	error_entry_point("clIcdGetPlatformIDsKHR");
	*(void **)&get_platforms = clGetExtensionFunctionAddressForPlatform(
		world->base.platform, "clIcdGetPlatformIDsKHR");
	check_fatal(get_platforms, "no clIcdGetPlatformIDsKHR");
	ROW(CL_INVALID_VALUE, "num_entries is 0 and platforms is not NULL",
	    get_platforms(0, out->platforms, &out->number));
	ROW(CL_INVALID_VALUE, "num_platforms and platforms are NULL", get_platforms(1, NULL, NULL));
	error_not_provocable(world, CL_PLATFORM_NOT_FOUND_KHR, "no platform is available",
			     "there is one; api-dispatch runs without");
}

void error_rows_platform(struct error_world *world)
{
	rows_platforms(world);
	rows_loader_functions(world);
}

/* ---- devices ---- */

static void rows_find_devices(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;
	cl_platform_id platform = world->base.platform;

	error_entry_point("clGetDeviceIDs");
	ROWS_BAD(ERROR_PLATFORM, cl_platform_id, CL_INVALID_PLATFORM,
		 cl->clGetDeviceIDs(bad, CL_DEVICE_TYPE_ALL, 1, out->devices, &out->number));
	ROW(CL_INVALID_DEVICE_TYPE, "device_type is 0",
	    cl->clGetDeviceIDs(platform, 0, 1, out->devices, &out->number));
	ROW(CL_INVALID_DEVICE_TYPE, "device_type has a bit that is no type",
	    cl->clGetDeviceIDs(platform, 1u << 20, 1, out->devices, &out->number));
	ROW(CL_INVALID_VALUE, "num_entries is 0 and devices is not NULL",
	    cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, out->devices, &out->number));
	ROW(CL_INVALID_VALUE, "num_devices and devices are NULL",
	    cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, NULL, NULL));
	/* Applications read the number also then: 0 is written. */
	error_row_begin(world, CL_DEVICE_NOT_FOUND, "no device of the type was found");
	error_row_may_write();
	error_row_end(world, cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_CUSTOM, 1, out->devices,
						&out->number));
	check_equal(0, out->number);
	error_resources(world);

	error_entry_point("clGetDeviceInfo");
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
		 cl->clGetDeviceInfo(bad, CL_DEVICE_NAME, sizeof(out->bytes), out->bytes,
				     &out->size));
	ROWS_QUERY(CL_DEVICE_NAME,
		   cl->clGetDeviceInfo(world->base.device, name, size, value, size_ret));
	ROW(CL_INVALID_VALUE, "param_name is of an extension that the device does not support",
	    cl->clGetDeviceInfo(world->base.device, CL_DEVICE_SPIR_VERSIONS, sizeof(out->bytes),
				out->bytes, &out->size));
	error_resources(world);

	error_entry_point("clGetDeviceAndHostTimer");
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
		 cl->clGetDeviceAndHostTimer(bad, &out->times[0], &out->times[1]));
	ROW(CL_INVALID_OPERATION, "the platform does not support the timers",
	    cl->clGetDeviceAndHostTimer(world->base.device, &out->times[0], &out->times[1]));
	error_not_provocable(world, CL_INVALID_VALUE, "host_timestamp or device_timestamp is NULL",
			     "there are no timers, CL_INVALID_OPERATION comes first");
	error_resources(world);

	error_entry_point("clGetHostTimer");
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
		 cl->clGetHostTimer(bad, &out->times[0]));
	ROW(CL_INVALID_OPERATION, "the platform does not support the timers",
	    cl->clGetHostTimer(world->base.device, &out->times[0]));
	error_not_provocable(world, CL_INVALID_VALUE, "host_timestamp is NULL",
			     "there are no timers, CL_INVALID_OPERATION comes first");
	error_resources(world);
}

static cl_uint compute_units(cl_device_id device)
{
	cl_uint units = 0;

	check_success_fatal(
		clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof(units), &units, NULL));
	return units;
}

/* @count sub-devices of one compute unit each; to be freed. */
static cl_device_partition_property *ones_by_counts(cl_uint count)
{
	cl_device_partition_property *properties = calloc(count + 3, sizeof(*properties));

	check_fatal(properties, "no memory");
	properties[0] = CL_DEVICE_PARTITION_BY_COUNTS;
	for (cl_uint i = 1; i <= count; i++)
		properties[i] = 1;
	return properties;
}

static const cl_device_partition_property ones[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
static const cl_device_partition_property by_domain[] = { CL_DEVICE_PARTITION_BY_AFFINITY_DOMAIN,
							  CL_DEVICE_AFFINITY_DOMAIN_NUMA, 0 };

#define PARTITION(device, properties, room) \
	cl->clCreateSubDevices(device, properties, room, out->devices, &out->number)

/* Schemes that are none, or not the device's. */
static void rows_partition_scheme(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;
	cl_device_id device = world->base.device;
	const cl_device_partition_property none[] = { 0 };
	const cl_device_partition_property unknown[] = { 0x7fff, 1, 0 };
	const cl_device_partition_property two_schemes[] = { CL_DEVICE_PARTITION_EQUALLY, 1,
							     CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	const cl_device_partition_property empty[] = { CL_DEVICE_PARTITION_BY_COUNTS, 0, 0 };
	const cl_device_partition_property zero[] = { CL_DEVICE_PARTITION_EQUALLY, 0, 0 };

	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE, PARTITION(bad, ones, 8));
	ROW(CL_INVALID_VALUE, "properties is NULL", PARTITION(device, NULL, 8));
	ROW(CL_INVALID_VALUE, "properties is empty", PARTITION(device, none, 8));
	ROW(CL_INVALID_VALUE, "properties has no valid scheme", PARTITION(device, unknown, 8));
	ROW(CL_INVALID_VALUE, "the scheme is not supported by the device",
	    PARTITION(device, by_domain, 8));
	ROW(CL_INVALID_VALUE, "properties has two schemes", PARTITION(device, two_schemes, 8));
	ROW(CL_INVALID_VALUE, "equal parts of no compute units", PARTITION(device, zero, 8));
	ROW(CL_INVALID_VALUE, "an empty list of counts", PARTITION(device, empty, 8));
	ROW(CL_INVALID_VALUE, "num_devices is less than the number of sub-devices",
	    PARTITION(device, ones, 1));
}

/* Parts that the device's compute units do not make. */
static void rows_partition_count(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;
	cl_device_id device = world->base.device;
	const cl_uint units = compute_units(device);
	const cl_device_partition_property large[] = { CL_DEVICE_PARTITION_BY_COUNTS, 100000, 0,
						       0 };
	const cl_device_partition_property negative[] = { CL_DEVICE_PARTITION_BY_COUNTS, -1, 0, 0 };
	const cl_device_partition_property all[] = { CL_DEVICE_PARTITION_EQUALLY,
						     (cl_device_partition_property)units, 0 };
	const cl_device_partition_property above[] = { CL_DEVICE_PARTITION_EQUALLY,
						       (cl_device_partition_property)units + 1, 0 };
	cl_device_partition_property *many = ones_by_counts(units + 1);

	ROW(CL_INVALID_DEVICE_PARTITION_COUNT,
	    "the total of the compute units exceeds CL_DEVICE_MAX_COMPUTE_UNITS",
	    PARTITION(device, large, 8));
	ROW(CL_INVALID_DEVICE_PARTITION_COUNT, "a count of compute units is less than 0",
	    PARTITION(device, negative, 8));
	ROW(CL_INVALID_DEVICE_PARTITION_COUNT,
	    "the number of sub-devices exceeds CL_DEVICE_PARTITION_MAX_SUB_DEVICES",
	    PARTITION(device, many, 8));
	ROW(CL_INVALID_DEVICE_PARTITION_COUNT,
	    "equal parts of more compute units than the device has", PARTITION(device, above, 8));
	ROW(CL_DEVICE_PARTITION_FAILED, "one part of all compute units", PARTITION(device, all, 8));
	free(many);
}

static void rows_partition_sub_device(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;

	if (!world->sub_device) {
		error_not_provocable(world, CL_DEVICE_PARTITION_FAILED,
				     "the device cannot be further partitioned",
				     "there is no sub-device: one compute unit");
		return;
	}
	ROW(CL_DEVICE_PARTITION_FAILED, "the device cannot be further partitioned",
	    PARTITION(world->sub_device, ones, 8));
	/* A scheme that is not there is not valid, whatever the device. */
	ROW(CL_INVALID_VALUE, "the scheme is not supported by the device",
	    PARTITION(world->sub_device, by_domain, 8));
}

#undef PARTITION

static void rows_partition(struct error_world *world)
{
	error_entry_point("clCreateSubDevices");
	rows_partition_scheme(world);
	rows_partition_count(world);
	rows_partition_sub_device(world);
	error_resources(world);
}

static void rows_device_references(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;

	error_entry_point("clRetainDevice");
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE, cl->clRetainDevice(bad));
	error_resources(world);

	error_entry_point("clReleaseDevice");
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE, cl->clReleaseDevice(bad));
	error_resources(world);
}

void error_rows_device(struct error_world *world)
{
	rows_find_devices(world);
	rows_partition(world);
	rows_device_references(world);
}

/* ---- contexts ---- */

static const cl_context_properties unknown_property[] = { 0x7fff, 1, 0 };

static void rows_create_context(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_platform_id platform = world->base.platform;
	const cl_device_id *device = &world->base.device;
	cl_device_id bad_list[2] = { *device, NULL };
	const cl_context_properties platform_twice[] = { CL_CONTEXT_PLATFORM,
							 (cl_context_properties)platform,
							 CL_CONTEXT_PLATFORM,
							 (cl_context_properties)platform, 0 };
	const cl_context_properties bad_boolean[] = { CL_CONTEXT_INTEROP_USER_SYNC, 7, 0 };
	cl_context_properties bad_platform[] = { CL_CONTEXT_PLATFORM, 0, 0 };

	error_entry_point("clCreateContext");
	ROWS_BAD_CREATE(ERROR_PLATFORM, cl_platform_id, CL_INVALID_PLATFORM,
			(bad_platform[1] = (cl_context_properties)bad,
			 cl->clCreateContext(bad_platform, 1, device, NULL, NULL, errcode)));
	ROW_CREATE(CL_INVALID_PROPERTY, "a property name is not supported",
		   cl->clCreateContext(unknown_property, 1, device, NULL, NULL, errcode));
	ROW_CREATE(CL_INVALID_PROPERTY, "the value of a property is not valid",
		   cl->clCreateContext(bad_boolean, 1, device, NULL, NULL, errcode));
	ROW_CREATE(CL_INVALID_PROPERTY, "a property name is specified more than once",
		   cl->clCreateContext(platform_twice, 1, device, NULL, NULL, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "devices is NULL",
		   cl->clCreateContext(NULL, 1, NULL, NULL, NULL, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "num_devices is 0",
		   cl->clCreateContext(NULL, 0, device, NULL, NULL, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "pfn_notify is NULL and user_data is not",
		   cl->clCreateContext(NULL, 1, device, NULL, world, errcode));
	ROWS_BAD_CREATE(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
			(bad_list[1] = bad,
			 cl->clCreateContext(NULL, 2, bad_list, NULL, NULL, errcode)));
	error_not_provocable(world, CL_DEVICE_NOT_AVAILABLE, "a device is not available",
			     "devices here are always available");
	error_resources(world);
}

static void rows_create_context_from_type(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_platform_id platform = world->base.platform;
	const cl_context_properties good[] = { CL_CONTEXT_PLATFORM, (cl_context_properties)platform,
					       0 };
	const cl_context_properties unknown[] = { CL_CONTEXT_PLATFORM,
						  (cl_context_properties)platform, 0x7fff, 1, 0 };
	const cl_context_properties twice[] = { CL_CONTEXT_PLATFORM,
						(cl_context_properties)platform,
						CL_CONTEXT_PLATFORM,
						(cl_context_properties)platform, 0 };
	const cl_context_properties bad_boolean[] = { CL_CONTEXT_PLATFORM,
						      (cl_context_properties)platform,
						      CL_CONTEXT_INTEROP_USER_SYNC, 7, 0 };
	cl_context_properties bad_platform[] = { CL_CONTEXT_PLATFORM, 0, 0 };

	error_entry_point("clCreateContextFromType");
	ROWS_BAD_CREATE(ERROR_PLATFORM, cl_platform_id, CL_INVALID_PLATFORM,
			(bad_platform[1] = (cl_context_properties)bad,
			 cl->clCreateContextFromType(bad_platform, CL_DEVICE_TYPE_ALL, NULL, NULL,
						     errcode)));
	ROW_CREATE(CL_INVALID_PROPERTY, "a property name is not supported",
		   cl->clCreateContextFromType(unknown, CL_DEVICE_TYPE_ALL, NULL, NULL, errcode));
	ROW_CREATE(CL_INVALID_PROPERTY, "the value of a property is not valid",
		   cl->clCreateContextFromType(bad_boolean, CL_DEVICE_TYPE_ALL, NULL, NULL,
					       errcode));
	ROW_CREATE(CL_INVALID_PROPERTY, "a property name is specified more than once",
		   cl->clCreateContextFromType(twice, CL_DEVICE_TYPE_ALL, NULL, NULL, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "pfn_notify is NULL and user_data is not",
		   cl->clCreateContextFromType(good, CL_DEVICE_TYPE_ALL, NULL, world, errcode));
	ROW_CREATE(CL_INVALID_DEVICE_TYPE, "device_type is not valid",
		   cl->clCreateContextFromType(good, 1u << 20, NULL, NULL, errcode));
	ROW_CREATE(CL_INVALID_DEVICE_TYPE, "device_type is 0",
		   cl->clCreateContextFromType(good, 0, NULL, NULL, errcode));
	ROW_CREATE(CL_DEVICE_NOT_FOUND, "no device of the type was found",
		   cl->clCreateContextFromType(good, CL_DEVICE_TYPE_CUSTOM, NULL, NULL, errcode));
	error_not_provocable(world, CL_DEVICE_NOT_AVAILABLE, "no device is available",
			     "devices here are always available");
	error_resources(world);
}

static void CL_CALLBACK ignore_context(cl_context context, void *user_data)
{
}

void error_rows_context(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;

	rows_create_context(world);
	rows_create_context_from_type(world);

	error_entry_point("clRetainContext");
	ROWS_BAD(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT, cl->clRetainContext(bad));
	error_resources(world);

	error_entry_point("clReleaseContext");
	ROWS_BAD(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT, cl->clReleaseContext(bad));
	error_resources(world);

	error_entry_point("clGetContextInfo");
	ROWS_BAD(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
		 cl->clGetContextInfo(bad, CL_CONTEXT_NUM_DEVICES, sizeof(out->bytes), out->bytes,
				      &out->size));
	ROWS_QUERY(CL_CONTEXT_NUM_DEVICES,
		   cl->clGetContextInfo(world->base.context, name, size, value, size_ret));
	error_resources(world);

	error_entry_point("clSetContextDestructorCallback");
	ROWS_BAD(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
		 cl->clSetContextDestructorCallback(bad, ignore_context, NULL));
	ROW(CL_INVALID_VALUE, "pfn_notify is NULL",
	    cl->clSetContextDestructorCallback(world->base.context, NULL, NULL));
	error_resources(world);
}
