// SPDX-License-Identifier: MIT
/* What Mesa tells of a kernel, in the form in which the runtime keeps it. */
#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/*
 * A thread that waits for a launch is deep in Mesa's code, and may translate the
 * kernel there for the size of its groups.
 */
#define STACK_BYTES (256u << 10)

/* What a kernel is read with. */
struct reading {
	const struct tandem_mesa_device *device;
	cl_kernel kernel;
	struct tandem_kernel_info *info;
	struct tandem_text *log;
};

static int argument_info(const struct reading *reading, cl_uint index, cl_kernel_arg_info name,
			 size_t bytes, void *value)
{
	return tandem_mesa_error("clGetKernelArgInfo",
				 reading->device->cl->clGetKernelArgInfo(reading->kernel, index,
									 name, bytes, value, NULL));
}

static int argument_string(const struct reading *reading, cl_uint index, cl_kernel_arg_info name,
			   const char **out)
{
	size_t bytes = 0;
	char *string;
	int error = tandem_mesa_error("clGetKernelArgInfo",
				      reading->device->cl->clGetKernelArgInfo(
					      reading->kernel, index, name, 0, NULL, &bytes));

	if (error)
		return error;
	string = calloc(1, bytes + 1);
	*out = string;
	return string ? argument_info(reading, index, name, bytes, string) : -ENOMEM;
}

static int read_kind(const struct reading *reading, cl_uint address_qualifier,
		     struct tandem_kernel_argument *argument)
{
	/* Images and pipes are what has an access qualifier. */
	if (argument->access_qualifier != CL_KERNEL_ARG_ACCESS_NONE ||
	    !strcmp(argument->type_name, "sampler_t")) {
		tandem_text_print(
			reading->log,
			"error: argument '%s' of kernel '%s': type '%s' is not supported\n",
			argument->name, reading->info->name, argument->type_name);
		return -ENOEXEC;
	}
	switch (address_qualifier) {
	case CL_KERNEL_ARG_ADDRESS_GLOBAL:
		argument->kind = TANDEM_ARGUMENT_GLOBAL;
		return 0;
	case CL_KERNEL_ARG_ADDRESS_CONSTANT:
		argument->kind = TANDEM_ARGUMENT_CONSTANT;
		return 0;
	case CL_KERNEL_ARG_ADDRESS_LOCAL:
		argument->kind = TANDEM_ARGUMENT_LOCAL;
		return 0;
	default:
		break;
	}
	/* How large it is Mesa does not tell before it is set. */
	argument->kind = TANDEM_ARGUMENT_VALUE;
	return 0;
}

static int read_argument(const struct reading *reading, cl_uint index,
			 struct tandem_kernel_argument *argument)
{
	cl_kernel_arg_address_qualifier address = CL_KERNEL_ARG_ADDRESS_PRIVATE;
	cl_kernel_arg_access_qualifier access = CL_KERNEL_ARG_ACCESS_NONE;
	cl_kernel_arg_type_qualifier type = CL_KERNEL_ARG_TYPE_NONE;
	int error;

	error = argument_string(reading, index, CL_KERNEL_ARG_NAME, &argument->name);
	if (!error)
		error = argument_string(reading, index, CL_KERNEL_ARG_TYPE_NAME,
					&argument->type_name);
	if (!error)
		error = argument_info(reading, index, CL_KERNEL_ARG_ADDRESS_QUALIFIER,
				      sizeof(address), &address);
	if (!error)
		error = argument_info(reading, index, CL_KERNEL_ARG_ACCESS_QUALIFIER,
				      sizeof(access), &access);
	if (!error)
		error = argument_info(reading, index, CL_KERNEL_ARG_TYPE_QUALIFIER, sizeof(type),
				      &type);
	if (error)
		return error;
	argument->access_qualifier = access;
	argument->type_qualifier = type;
	return read_kind(reading, address, argument);
}

static int group_info(const struct reading *reading, cl_kernel_work_group_info name, size_t bytes,
		      void *value)
{
	return tandem_mesa_error(
		"clGetKernelWorkGroupInfo",
		reading->device->cl->clGetKernelWorkGroupInfo(reading->kernel, reading->device->id,
							      name, bytes, value, NULL));
}

static int read_sizes(const struct reading *reading)
{
	struct tandem_kernel_info *info = reading->info;
	size_t required[TANDEM_DIMENSIONS] = { 0 };
	size_t most = 0, multiple = 1;
	cl_ulong local = 0, private = 0;
	int error = group_info(reading, CL_KERNEL_WORK_GROUP_SIZE, sizeof(most), &most);

	if (!error)
		error = group_info(reading, CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE,
				   sizeof(multiple), &multiple);
	if (!error)
		error = group_info(reading, CL_KERNEL_COMPILE_WORK_GROUP_SIZE, sizeof(required),
				   required);
	/* While no argument is set it counts the kernel's own variables only. */
	if (!error)
		error = group_info(reading, CL_KERNEL_LOCAL_MEM_SIZE, sizeof(local), &local);
	if (!error)
		error = group_info(reading, CL_KERNEL_PRIVATE_MEM_SIZE, sizeof(private), &private);
	for (int i = 0; i < TANDEM_DIMENSIONS; i++)
		info->required_group[i] = (uint32_t)required[i];
	info->max_group =
		tandem_min_u64(most, reading->device->core.properties.max_work_group_size);
	info->preferred_group_multiple = (uint32_t)multiple;
	info->local_bytes = local;
	info->private_bytes = private;
	info->stack_bytes = STACK_BYTES;
	info->sees_groups = true; /* for all we know */
	return error;
}

static int kernel_string(const struct reading *reading, cl_kernel_info name, char **out)
{
	const cl_icd_dispatch *cl = reading->device->cl;
	size_t bytes = 0;
	int error = tandem_mesa_error("clGetKernelInfo",
				      cl->clGetKernelInfo(reading->kernel, name, 0, NULL, &bytes));

	if (error)
		return error;
	*out = calloc(1, bytes + 1);
	if (!*out)
		return -ENOMEM;
	return tandem_mesa_error("clGetKernelInfo",
				 cl->clGetKernelInfo(reading->kernel, name, bytes, *out, NULL));
}

/* Mesa forgets the attributes in its binaries, but not the size that they require. */
static int read_attributes(const struct reading *reading)
{
	struct tandem_kernel_info *info = reading->info;
	char *attributes = NULL;
	int error = kernel_string(reading, CL_KERNEL_ATTRIBUTES, &attributes);

	if (!error && !*attributes && info->required_group[0]) {
		free(attributes);
		if (asprintf(&attributes, "reqd_work_group_size(%u,%u,%u)", info->required_group[0],
			     info->required_group[1], info->required_group[2]) < 0) {
			attributes = NULL;
			error = -ENOMEM;
		}
	}
	info->attributes = attributes;
	return error;
}

int tandem_mesa_kernel_init(const struct tandem_mesa_device *device, cl_kernel kernel,
			    struct tandem_kernel_info *info, struct tandem_text *log)
{
	const struct reading reading = { device, kernel, info, log };
	struct tandem_kernel_argument *arguments;
	cl_uint count = 0;
	char *name = NULL;
	int error = kernel_string(&reading, CL_KERNEL_FUNCTION_NAME, &name);

	info->name = name;
	if (!error)
		error = tandem_mesa_error("clGetKernelInfo",
					  device->cl->clGetKernelInfo(kernel, CL_KERNEL_NUM_ARGS,
								      sizeof(count), &count, NULL));
	if (!error)
		error = read_sizes(&reading);
	if (!error)
		error = read_attributes(&reading);
	if (error)
		return error;
	arguments = tandem_new_array(arguments, count + 1);
	if (!arguments)
		return -ENOMEM;
	info->arguments = arguments;
	info->argument_count = count;
	for (cl_uint i = 0; i < count && !error; i++)
		error = read_argument(&reading, i, &arguments[i]);
	return error;
}

void tandem_mesa_kernel_forget_names(struct tandem_kernel_info *info)
{
	for (uint32_t i = 0; i < info->argument_count; i++) {
		((char *)info->arguments[i].name)[0] = 0;
		((char *)info->arguments[i].type_name)[0] = 0;
	}
}

void tandem_mesa_kernel_finish(struct tandem_kernel_info *info)
{
	for (uint32_t i = 0; i < info->argument_count; i++) {
		free((char *)info->arguments[i].name);
		free((char *)info->arguments[i].type_name);
	}
	free((void *)info->arguments);
	free((char *)info->attributes);
	free((char *)info->name);
}
