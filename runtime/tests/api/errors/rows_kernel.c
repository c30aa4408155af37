// SPDX-License-Identifier: MIT
/* Rows of kernels, section 5.9. */
#include "errors.h"

#include "util/new_names.h"

static void rows_create(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;

	error_entry_point("clCreateKernel");
	ROWS_BAD_CREATE(ERROR_PROGRAM, cl_program, CL_INVALID_PROGRAM,
			cl->clCreateKernel(bad, "many", errcode));
	ROW_CREATE(CL_INVALID_PROGRAM_EXECUTABLE, "program was not built",
		   cl->clCreateKernel(world->unbuilt, "many", errcode));
	ROW_CREATE(CL_INVALID_PROGRAM_EXECUTABLE, "program is a binary that was not built",
		   cl->clCreateKernel(world->from_binary, "many", errcode));
	ROW_CREATE(CL_INVALID_PROGRAM_EXECUTABLE, "program is a compiled object",
		   cl->clCreateKernel(world->object, "doubled", errcode));
	ROW_CREATE(CL_INVALID_PROGRAM_EXECUTABLE, "program is a library",
		   cl->clCreateKernel(world->library, "doubled", errcode));
	ROW_CREATE(CL_INVALID_PROGRAM_EXECUTABLE, "the build of program has failed",
		   cl->clCreateKernel(world->broken, "broken", errcode));
	ROW_CREATE(CL_INVALID_KERNEL_NAME, "kernel_name is not in program",
		   cl->clCreateKernel(world->built, "absent", errcode));
	ROW_CREATE(CL_INVALID_KERNEL_NAME, "kernel_name is a function that is no kernel",
		   cl->clCreateKernel(world->linked, "twice", errcode));
	error_not_provocable(world, CL_INVALID_KERNEL_DEFINITION,
			     "the definitions differ between the devices of the executable",
			     "a context of one device");
	ROW_CREATE(CL_INVALID_VALUE, "kernel_name is NULL",
		   cl->clCreateKernel(world->built, NULL, errcode));
	error_resources(world);

	error_entry_point("clCreateKernelsInProgram");
	ROWS_BAD(ERROR_PROGRAM, cl_program, CL_INVALID_PROGRAM,
		 cl->clCreateKernelsInProgram(bad, 8, out->kernels, &out->number));
	ROW(CL_INVALID_PROGRAM_EXECUTABLE, "program was not built",
	    cl->clCreateKernelsInProgram(world->unbuilt, 8, out->kernels, &out->number));
	ROW(CL_INVALID_VALUE, "num_kernels is less than the number of kernels",
	    cl->clCreateKernelsInProgram(world->built, 1, out->kernels, &out->number));
	error_resources(world);

	error_entry_point("clCloneKernel");
	ROWS_BAD_CREATE(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
			cl->clCloneKernel(bad, errcode));
	error_resources(world);

	error_entry_point("clRetainKernel");
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL, cl->clRetainKernel(bad));
	error_resources(world);

	error_entry_point("clReleaseKernel");
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL, cl->clReleaseKernel(bad));
	error_resources(world);
}

static void rows_set_argument(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_kernel kernel = world->ready;
	const cl_int value = 1;
	cl_mem handle;

#define SET(index, size, pointer) cl->clSetKernelArg(kernel, index, size, pointer)

	/* The arguments of many: global memory, an int, local memory, constant memory. */
	error_entry_point("clSetKernelArg");
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
		 cl->clSetKernelArg(bad, 1, sizeof(value), &value));
	ROW(CL_INVALID_ARG_INDEX, "arg_index is the number of arguments",
	    SET(4, sizeof(value), &value));
	ROW(CL_INVALID_ARG_INDEX, "arg_index is the largest number",
	    SET(UINT32_MAX, sizeof(value), &value));
	ROW(CL_INVALID_ARG_VALUE, "arg_value is NULL for a value", SET(1, sizeof(value), NULL));
	ROW(CL_INVALID_ARG_VALUE, "arg_value is not NULL for local memory", SET(2, 64, &value));
	for (unsigned int i = 0; i < 3; i++) {
		/* NULL is a valid value. */
		handle = world->bad_handles[ERROR_MEMORY][i];
		ROW(CL_INVALID_MEM_OBJECT, "arg_value is no valid memory object",
		    SET(0, sizeof(handle), &handle));
		ROW(CL_INVALID_MEM_OBJECT, "arg_value is no valid memory object, constant",
		    SET(3, sizeof(handle), &handle));
	}
	handle = world->other_buffer;
	ROW(CL_INVALID_CONTEXT, "arg_value is a memory object of another context",
	    SET(0, sizeof(handle), &handle));
	ROW(CL_INVALID_CONTEXT, "arg_value is a memory object of another context, constant",
	    SET(3, sizeof(handle), &handle));
	error_not_provocable(world, CL_INVALID_SAMPLER, "arg_value is no valid sampler",
			     "images-kernels does, where the device has samplers");
	error_not_provocable(world, CL_INVALID_DEVICE_QUEUE, "arg_value is no valid device queue",
			     "there are no device queues");
	ROW(CL_INVALID_ARG_SIZE, "arg_size is less than the size of the type",
	    SET(1, sizeof(value) - 1, &value));
	ROW(CL_INVALID_ARG_SIZE, "arg_size is more than the size of the type",
	    SET(1, sizeof(value) + 1, &value));
	ROW(CL_INVALID_ARG_SIZE, "a memory object, and arg_size is not the size of cl_mem",
	    SET(0, sizeof(handle) - 1, &world->buffer));
	error_not_provocable(world, CL_INVALID_ARG_SIZE, "arg_size is 0 for local memory",
			     "the platform is of OpenCL 3.1");
	error_not_provocable(world, CL_INVALID_ARG_SIZE,
			     "the argument is a sampler, and arg_size is not its size",
			     "images-kernels does, where the device has samplers");
	error_not_provocable(world, CL_MAX_SIZE_RESTRICTION_EXCEEDED,
			     "arg_size exceeds a maximum of the language",
			     "OpenCL C has no such maximum");
	error_not_provocable(world, CL_INVALID_ARG_VALUE, "the access of an image is wrong",
			     "images-kernels does, where the device has images");
	error_resources(world);
#undef SET
}

static void rows_set_svm(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_kernel kernel = world->ready;
	void *pointers[1] = { world->svm };
	const cl_bool yes = CL_TRUE;
	cl_device_svm_capabilities has = 0;

	error_entry_point("clSetKernelArgSVMPointer");
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
		 cl->clSetKernelArgSVMPointer(bad, 0, world->svm));
	error_not_provocable(world, CL_INVALID_OPERATION, "no device supports SVM",
			     "each device does");
	ROW(CL_INVALID_ARG_INDEX, "arg_index is the number of arguments",
	    cl->clSetKernelArgSVMPointer(kernel, 4, world->svm));
	ROW(CL_INVALID_ARG_VALUE, "the argument is no pointer",
	    cl->clSetKernelArgSVMPointer(kernel, 1, world->svm));
	ROW(CL_INVALID_ARG_VALUE, "the argument is a pointer to local memory",
	    cl->clSetKernelArgSVMPointer(kernel, 2, world->svm));
	error_resources(world);

	error_entry_point("clSetKernelExecInfo");
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
		 cl->clSetKernelExecInfo(bad, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(pointers),
					 pointers));
	error_not_provocable(world, CL_INVALID_OPERATION, "no device supports SVM",
			     "each device does");
	ROW(CL_INVALID_VALUE, "param_name is not valid",
	    cl->clSetKernelExecInfo(kernel, 0x7fff, sizeof(pointers), pointers));
	ROW(CL_INVALID_VALUE, "param_value is NULL and param_value_size is not 0",
	    cl->clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(pointers), NULL));
	ROW(CL_INVALID_VALUE, "param_value_size is no multiple of the size of a pointer",
	    cl->clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, 3, pointers));
	ROW(CL_INVALID_VALUE, "param_value_size is not the size of cl_bool",
	    cl->clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM, 1, &yes));
	ROW(CL_INVALID_VALUE, "param_value is NULL for a cl_bool",
	    cl->clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM, sizeof(yes),
				    NULL));
	ROW(CL_INVALID_VALUE, "param_value_size is not the size of cl_bool, for indirect access",
	    cl->clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_INDIRECT_ACCESS_KHR, 1, &yes));
	ROW(CL_INVALID_VALUE, "param_value is NULL, for indirect access",
	    cl->clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_INDIRECT_ACCESS_KHR,
				    sizeof(yes), NULL));
	check_success(clGetDeviceInfo(world->base.device, CL_DEVICE_SVM_CAPABILITIES, sizeof(has),
				      &has, NULL));
	if (has & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM)
		error_not_provocable(world, CL_INVALID_OPERATION,
				     "CL_TRUE, and no device supports fine-grain system SVM",
				     "the device does");
	else
		ROW(CL_INVALID_OPERATION, "CL_TRUE, and no device supports fine-grain system SVM",
		    cl->clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM,
					    sizeof(yes), &yes));
	error_resources(world);
}

static void rows_kernel_info(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;
	cl_kernel kernel = world->ready;

	error_entry_point("clGetKernelInfo");
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
		 cl->clGetKernelInfo(bad, CL_KERNEL_NUM_ARGS, sizeof(out->bytes), out->bytes,
				     &out->size));
	ROWS_QUERY(CL_KERNEL_NUM_ARGS, cl->clGetKernelInfo(kernel, name, size, value, size_ret));
	error_resources(world);

	error_entry_point("clGetKernelArgInfo");
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
		 cl->clGetKernelArgInfo(bad, 0, CL_KERNEL_ARG_NAME, sizeof(out->bytes), out->bytes,
					&out->size));
	ROW(CL_INVALID_ARG_INDEX, "arg_index is not valid",
	    cl->clGetKernelArgInfo(world->described, 4, CL_KERNEL_ARG_NAME, sizeof(out->bytes),
				   out->bytes, &out->size));
	ROWS_QUERY(CL_KERNEL_ARG_NAME,
		   cl->clGetKernelArgInfo(world->described, 0, name, size, value, size_ret));
	ROW(CL_KERNEL_ARG_INFO_NOT_AVAILABLE, "program was built without -cl-kernel-arg-info",
	    cl->clGetKernelArgInfo(kernel, 0, CL_KERNEL_ARG_NAME, sizeof(out->bytes), out->bytes,
				   &out->size));
	error_resources(world);
}

/* What goes in is wrong: the sizes of a group, or how many sub-groups it is to have. */
static void rows_sub_group_input(struct error_world *world)
{
	static const size_t none[] = { 8, 0, 1 }, some[] = { 1, 1, 1, 1 };
	static const struct {
		const char *rule;
		cl_kernel_sub_group_info name;
		const size_t *input;
		size_t bytes;
	} wrong[] = {
		{ "no sizes", CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE, NULL, sizeof(size_t) },
		{ "sizes of no bytes", CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE, some, 0 },
		{ "sizes of some bytes", CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE, some, 9 },
		{ "four sizes", CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE, some, sizeof(some) },
		{ "a size of 0", CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE, none, sizeof(none) },
		{ "no count", CL_KERNEL_LOCAL_SIZE_FOR_SUB_GROUP_COUNT, NULL, sizeof(size_t) },
		{ "two counts", CL_KERNEL_LOCAL_SIZE_FOR_SUB_GROUP_COUNT, some,
		  2 * sizeof(size_t) },
	};
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;
	cl_device_id device = world->base.device;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ROW(CL_INVALID_VALUE, wrong[i].rule,
		    cl->clGetKernelSubGroupInfo(world->ready, device, wrong[i].name, wrong[i].bytes,
						wrong[i].input, sizeof(out->bytes), out->bytes,
						&out->size));
	ROW(CL_INVALID_VALUE, "room for less than a size",
	    cl->clGetKernelSubGroupInfo(world->ready, device,
					CL_KERNEL_LOCAL_SIZE_FOR_SUB_GROUP_COUNT, sizeof(size_t),
					some, sizeof(size_t) - 1, out->bytes, &out->size));
}

static void rows_group_info(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;
	cl_kernel kernel = world->ready;
	cl_device_id device = world->base.device;

	error_entry_point("clGetKernelWorkGroupInfo");
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
		 cl->clGetKernelWorkGroupInfo(bad, device, CL_KERNEL_WORK_GROUP_SIZE,
					      sizeof(out->bytes), out->bytes, &out->size));
	for (unsigned int i = 0; i < 3; i++) {
		cl_device_id bad = world->bad_handles[ERROR_DEVICE][i];

		/* NULL stands for the only device. */
		if (bad)
			ROW(CL_INVALID_DEVICE, "device is not valid",
			    cl->clGetKernelWorkGroupInfo(kernel, bad, CL_KERNEL_WORK_GROUP_SIZE,
							 sizeof(out->bytes), out->bytes,
							 &out->size));
	}
	error_not_provocable(world, CL_INVALID_DEVICE, "device is NULL, and there are several",
			     "a context of one device");
	ROWS_QUERY(CL_KERNEL_WORK_GROUP_SIZE,
		   cl->clGetKernelWorkGroupInfo(kernel, device, name, size, value, size_ret));
	ROW(CL_INVALID_VALUE, "CL_KERNEL_GLOBAL_WORK_SIZE, no custom device, no built-in kernel",
	    cl->clGetKernelWorkGroupInfo(kernel, device, CL_KERNEL_GLOBAL_WORK_SIZE,
					 sizeof(out->bytes), out->bytes, &out->size));
	error_resources(world);
}

static void rows_sub_group_info(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;
	cl_kernel kernel = world->ready;
	cl_device_id device = world->base.device;

	error_entry_point("clGetKernelSubGroupInfo");
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
		 cl->clGetKernelSubGroupInfo(bad, device, CL_KERNEL_MAX_NUM_SUB_GROUPS, 0, NULL,
					     sizeof(out->bytes), out->bytes, &out->size));
	for (unsigned int i = 0; i < 3; i++) {
		cl_device_id bad = world->bad_handles[ERROR_DEVICE][i];

		if (bad)
			ROW(CL_INVALID_DEVICE, "device is not valid",
			    cl->clGetKernelSubGroupInfo(kernel, bad, CL_KERNEL_MAX_NUM_SUB_GROUPS,
							0, NULL, sizeof(out->bytes), out->bytes,
							&out->size));
	}
	error_not_provocable(world, CL_INVALID_DEVICE, "device is NULL, and there are several",
			     "a context of one device");
	if (!error_has_sub_groups(device)) {
		ROW(CL_INVALID_OPERATION, "device does not support sub-groups",
		    cl->clGetKernelSubGroupInfo(kernel, device, CL_KERNEL_MAX_NUM_SUB_GROUPS, 0,
						NULL, sizeof(out->bytes), out->bytes, &out->size));
		error_not_provocable(world, CL_INVALID_VALUE,
				     "param_name, or what goes in or out, is wrong",
				     "no sub-groups, CL_INVALID_OPERATION comes first");
	} else {
		error_not_provocable(world, CL_INVALID_OPERATION,
				     "device does not support sub-groups", "a device that does");
		ROWS_QUERY(CL_KERNEL_MAX_NUM_SUB_GROUPS,
			   cl->clGetKernelSubGroupInfo(kernel, device, name, 0, NULL, size, value,
						       size_ret));
		rows_sub_group_input(world);
	}
	error_resources(world);
}

void error_rows_kernel(struct error_world *world)
{
	rows_create(world);
	rows_set_argument(world);
	rows_set_svm(world);
	rows_kernel_info(world);
	rows_group_info(world);
	rows_sub_group_info(world);
}
