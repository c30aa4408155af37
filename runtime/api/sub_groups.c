// SPDX-License-Identifier: MIT
/* What kernels' sub-groups are (clGetKernelSubGroupInfo). */
#include "launch.h"

#include "program/sub_groups.h"
#include "util/alloc.h"

/* An input of sizes, of which @count are given. Those that are not are 1. */
static cl_int read_sizes(const void *input, size_t bytes, uint64_t local[TANDEM_DIMENSIONS])
{
	const size_t *sizes = input;

	if (!input || !bytes || bytes % sizeof(size_t) ||
	    bytes / sizeof(size_t) > TANDEM_DIMENSIONS)
		return fail(CL_INVALID_VALUE,
			    "an input of %zu bytes at %p is not the sizes of a group", bytes,
			    input);
	for (size_t i = 0; i < TANDEM_DIMENSIONS; i++) {
		local[i] = i < bytes / sizeof(size_t) ? sizes[i] : 1;
		if (!local[i])
			return fail(CL_INVALID_VALUE, "size %zu is 0", i);
	}
	return CL_SUCCESS;
}

/* A group with @count sub-groups, as one row where the kernel requires no other. */
static bool find_sizes(const struct tandem_kernel_info *info, uint64_t count, size_t dimensions,
		       uint64_t local[TANDEM_DIMENSIONS])
{
	for (unsigned int i = 0; i < TANDEM_DIMENSIONS; i++)
		local[i] = info->required_group[0] ? info->required_group[i] : 1;
	if (!count || count > tandem_most_sub_groups(info) ||
	    (info->required_sub_groups && count != info->required_sub_groups))
		return false;
	if (info->required_group[0])
		return tandem_sub_group_count(info, local) == count &&
		       (dimensions > 1 || local[1] == 1) && (dimensions > 2 || local[2] == 1);
	local[0] = tandem_min_u64(count * info->sub_group_lanes, info->max_group);
	return true;
}

static cl_int answer_sizes(const struct tandem_answer *answer,
			   const struct tandem_kernel_info *info, const void *input,
			   size_t input_bytes)
{
	/* Without room for the answer its size is asked for. */
	size_t dimensions = answer->target ? answer->room / sizeof(size_t) : TANDEM_DIMENSIONS;
	size_t sizes[TANDEM_DIMENSIONS] = { 0 };
	uint64_t local[TANDEM_DIMENSIONS];

	if (!input || input_bytes != sizeof(size_t))
		return fail(CL_INVALID_VALUE, "an input of %zu bytes at %p is not a size_t",
			    input_bytes, input);
	if (!dimensions)
		return fail(CL_INVALID_VALUE, "room for %zu bytes, less than a size_t",
			    answer->room);
	if (dimensions > TANDEM_DIMENSIONS)
		dimensions = TANDEM_DIMENSIONS;
	if (find_sizes(info, *(const size_t *)input, dimensions, local)) {
		for (size_t i = 0; i < dimensions; i++)
			sizes[i] = local[i];
	}
	return answer_bytes(answer, sizes, dimensions * sizeof(*sizes));
}

static cl_int answer_query(const struct tandem_answer *answer,
			   const struct tandem_kernel_info *info, cl_kernel_sub_group_info name,
			   const void *input, size_t input_bytes)
{
	uint64_t local[TANDEM_DIMENSIONS];
	cl_int code = CL_SUCCESS;

	switch (name) {
	case CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE:
	case CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE:
		code = read_sizes(input, input_bytes, local);
		if (code)
			return code;
		return answer_value(answer, size_t,
				    name == CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE ?
					    tandem_sub_group_count(info, local) :
					    (uint64_t)info->sub_group_lanes);
	case CL_KERNEL_LOCAL_SIZE_FOR_SUB_GROUP_COUNT:
		return answer_sizes(answer, info, input, input_bytes);
	case CL_KERNEL_MAX_NUM_SUB_GROUPS:
		return answer_value(answer, size_t,
				    info->required_sub_groups ? info->required_sub_groups :
								tandem_most_sub_groups(info));
	case CL_KERNEL_COMPILE_NUM_SUB_GROUPS:
		return answer_value(answer, size_t, info->required_sub_groups);
	case CL_KERNEL_COMPILE_SUB_GROUP_SIZE_INTEL:
		return answer_value(answer, size_t, info->required_sub_group);
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

static cl_int answer_for(cl_kernel handle, cl_device_id device_handle,
			 cl_kernel_sub_group_info name, size_t input_bytes, const void *input,
			 const struct tandem_answer *answer)
{
	const struct tandem_kernel_info *info;
	const struct tandem_device *device;
	struct tandem_kernel *kernel;
	cl_int code = tandem_api_find_queried(handle, device_handle, &kernel, &device, &info);

	if (code != CL_SUCCESS)
		return code;
	if (!info->sub_group_lanes)
		return fail(CL_INVALID_OPERATION, "the device has no sub-groups");
	return answer_query(answer, info, name, input, input_bytes);
}

cl_int tandem_clGetKernelSubGroupInfo(cl_kernel kernel, cl_device_id device,
				      cl_kernel_sub_group_info name, size_t input_size,
				      const void *input, size_t size, void *value, size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };

	return answer_for(kernel, device, name, input_size, input, &answer);
}

/* The two queries that the extension has. */
cl_int tandem_clGetKernelSubGroupInfoKHR(cl_kernel kernel, cl_device_id device,
					 cl_kernel_sub_group_info name, size_t input_size,
					 const void *input, size_t size, void *value,
					 size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };

	return answer_for(kernel, device, name, input_size, input, &answer);
}
