// SPDX-License-Identifier: MIT
#include "api.h"

static const cl_device_type known_types = CL_DEVICE_TYPE_DEFAULT | CL_DEVICE_TYPE_CPU |
					  CL_DEVICE_TYPE_GPU | CL_DEVICE_TYPE_ACCELERATOR |
					  CL_DEVICE_TYPE_CUSTOM;

cl_int tandem_api_find_devices(const struct tandem_platform *platform, cl_device_type type,
			       cl_uint room, cl_device_id *devices, cl_uint *count)
{
	cl_uint found = 0;

	if (!type || (type != CL_DEVICE_TYPE_ALL && type & ~known_types))
		return fail(CL_INVALID_DEVICE_TYPE, "no device type 0x%llx",
			    (unsigned long long)type);
	if ((!room && devices) || (!devices && !count))
		return fail(CL_INVALID_VALUE, "room for %u devices at %p, their number to %p", room,
			    (void *)devices, (void *)count);
	for (unsigned int i = 0; i < platform->device_count; i++) {
		cl_device_type has = platform->devices[i]->core->properties.type;

		if (!i)
			has |= CL_DEVICE_TYPE_DEFAULT;
		/* Custom devices are not among all. */
		if (!(has & type) && type != CL_DEVICE_TYPE_ALL)
			continue;
		if (devices && found < room)
			devices[found] = device_handle(platform->devices[i]);
		found++;
	}
	if (count)
		*count = found;
	return found ? CL_SUCCESS :
		       fail(CL_DEVICE_NOT_FOUND, "no device of type 0x%llx",
			    (unsigned long long)type);
}

cl_int tandem_clGetDeviceIDs(cl_platform_id handle, cl_device_type type, cl_uint num_entries,
			     cl_device_id *devices, cl_uint *num_devices)
{
	ENTRY_POINT;
	const struct tandem_platform *platform = platform_of(handle);

	if (!platform)
		return fail(CL_INVALID_PLATFORM, "%p is no platform", (void *)handle);
	return tandem_api_find_devices(platform, type, num_entries, devices, num_devices);
}

/* Root devices are not counted. */
static void lend_device(struct tandem_device *device)
{
	if (device->parent)
		tandem_object_lend(&device->object);
}

static void release_device(struct tandem_device *device)
{
	if (device->parent)
		tandem_object_drop(&device->object);
}

RETAIN_AND_RELEASE(Device, device, cl_device_id, CL_INVALID_DEVICE, "device", lend_device,
		   release_device)
RETAIN_AND_RELEASE(DeviceEXT, device, cl_device_id, CL_INVALID_DEVICE, "device", lend_device,
		   release_device)

/* ---- sub-devices ---- */

struct partition {
	uint32_t *counts; /* room for as many as the device has compute units */
	unsigned int count;
	unsigned int property_count; /* with the zeros */
};

static cl_int partition_equally(const struct tandem_device *device,
				cl_device_partition_property units, struct partition *partition)
{
	if (units < 1)
		return fail(CL_INVALID_VALUE, "parts of %ld compute units", (long)units);
	if ((cl_ulong)units > device->compute_units)
		return fail(CL_INVALID_DEVICE_PARTITION_COUNT, "parts of %ld of %u compute units",
			    (long)units, device->compute_units);
	if ((cl_ulong)units == device->compute_units)
		return fail(CL_DEVICE_PARTITION_FAILED, "one part of all %u compute units",
			    device->compute_units);
	partition->count = device->compute_units / (uint32_t)units;
	for (unsigned int i = 0; i < partition->count; i++)
		partition->counts[i] = (uint32_t)units;
	partition->property_count = 3;
	return CL_SUCCESS;
}

static cl_int partition_by_counts(const struct tandem_device *device,
				  const cl_device_partition_property *counts,
				  struct partition *partition)
{
	cl_ulong sum = 0;

	for (; *counts != CL_DEVICE_PARTITION_BY_COUNTS_LIST_END; counts++) {
		if (partition->count == device->compute_units)
			return fail(CL_INVALID_DEVICE_PARTITION_COUNT, "more than %u sub-devices",
				    partition->count);
		if (*counts < 0 || (sum += (cl_ulong)*counts) > device->compute_units)
			return fail(CL_INVALID_DEVICE_PARTITION_COUNT,
				    "more than the %u compute units of the device",
				    device->compute_units);
		if (!*counts)
			return fail(CL_INVALID_DEVICE_PARTITION_COUNT,
				    "a part of no compute units");
		partition->counts[partition->count++] = (uint32_t)*counts;
	}
	if (!partition->count)
		return fail(CL_INVALID_VALUE, "no parts");
	/* The name, the counts, the end of the list, and the zero. */
	partition->property_count = partition->count + 3;
	return CL_SUCCESS;
}

/* @partition has no counts where this fails before they are looked at. */
static cl_int check_partition(const struct tandem_device *device,
			      const cl_device_partition_property *properties,
			      struct partition *partition)
{
	cl_int code;

	if (!properties || !properties[0])
		return fail(CL_INVALID_VALUE, "no partition properties");
	if (properties[0] != CL_DEVICE_PARTITION_EQUALLY &&
	    properties[0] != CL_DEVICE_PARTITION_BY_COUNTS)
		return fail(CL_INVALID_VALUE, "partition scheme 0x%lx is not supported",
			    (unsigned long)properties[0]);
	if (device->compute_units < 2)
		return fail(CL_DEVICE_PARTITION_FAILED, "the device has one compute unit");
	partition->counts = tandem_new_array(partition->counts, device->compute_units);
	if (!partition->counts)
		return fail(CL_OUT_OF_HOST_MEMORY, "no memory");
	if (properties[0] == CL_DEVICE_PARTITION_BY_COUNTS)
		return partition_by_counts(device, properties + 1, partition);
	code = partition_equally(device, properties[1], partition);
	if (code == CL_SUCCESS && properties[2])
		code = fail(CL_INVALID_VALUE, "more than one partition scheme");
	return code;
}

static cl_int make_sub_devices(struct tandem_device *device, const struct partition *partition,
			       const cl_device_partition_property *properties,
			       cl_device_id *handles)
{
	struct tandem_device **made = tandem_new_array(made, partition->count + 1);
	cl_int code;

	if (!made)
		return fail(CL_OUT_OF_HOST_MEMORY, "no memory");
	code = result(tandem_device_partition(device, partition->counts, partition->count,
					      properties, partition->property_count, made));
	for (unsigned int i = 0; code == CL_SUCCESS && i < partition->count; i++)
		handles[i] = device_handle(made[i]);
	free(made);
	return code;
}

cl_int tandem_clCreateSubDevices(cl_device_id handle,
				 const cl_device_partition_property *properties,
				 cl_uint num_devices, cl_device_id *out_devices,
				 cl_uint *num_devices_ret)
{
	ENTRY_POINT;
	struct tandem_device *device = device_of(handle);
	struct partition partition = { 0 };
	cl_int code;

	if (!device)
		return fail(CL_INVALID_DEVICE, "%p is no device", (void *)handle);
	code = check_partition(device, properties, &partition);
	if (code == CL_SUCCESS && device->core->properties.is_indivisible)
		code = fail(CL_INVALID_VALUE, "the device cannot be divided");
	if (code == CL_SUCCESS && out_devices && num_devices < partition.count)
		code = fail(CL_INVALID_VALUE, "%u sub-devices, room for %u", partition.count,
			    num_devices);
	if (code == CL_SUCCESS && out_devices)
		code = make_sub_devices(device, &partition, properties, out_devices);
	free(partition.counts);
	if (code == CL_SUCCESS && num_devices_ret)
		*num_devices_ret = partition.count;
	return code;
}

cl_int tandem_clCreateSubDevicesEXT(cl_device_id handle,
				    const cl_device_partition_property_ext *properties,
				    cl_uint num_entries, cl_device_id *out_devices,
				    cl_uint *num_devices)
{
	ENTRY_POINT;

	if (!device_of(handle))
		return fail(CL_INVALID_DEVICE, "%p is no device", (void *)handle);
	/* The extension's properties have values of their own; the device does not report it. */
	return fail(CL_INVALID_OPERATION, "cl_ext_device_fission is not supported");
}

/* ---- what devices don't have ---- */

cl_int tandem_clSetDefaultDeviceCommandQueue(cl_context context_handle, cl_device_id device_handle,
					     cl_command_queue queue)
{
	ENTRY_POINT;
	const struct tandem_context *context = context_of(context_handle);
	const struct tandem_device *device = device_of(device_handle);

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)context_handle);
	if (!device || !tandem_context_has(context, device))
		return fail(CL_INVALID_DEVICE, "%p is no device of the context",
			    (void *)device_handle);
	return fail(CL_INVALID_OPERATION, "devices have no queues of their own");
}

cl_int tandem_clGetDeviceAndHostTimer(cl_device_id device, cl_ulong *device_timestamp,
				      cl_ulong *host_timestamp)
{
	ENTRY_POINT;

	if (!device_of(device))
		return fail(CL_INVALID_DEVICE, "%p is no device", (void *)device);
	return fail(CL_INVALID_OPERATION, "host timers are not supported");
}

cl_int tandem_clGetHostTimer(cl_device_id device, cl_ulong *host_timestamp)
{
	ENTRY_POINT;

	if (!device_of(device))
		return fail(CL_INVALID_DEVICE, "%p is no device", (void *)device);
	return fail(CL_INVALID_OPERATION, "host timers are not supported");
}
