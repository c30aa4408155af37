// SPDX-License-Identifier: MIT
/* Kernels: creating, arguments, queries. Launching them is in launch.c. */
#include "launch.h"
#include "memory_flags.h"

#include <errno.h>

static cl_int kernel_creation_code(int error, const char *name)
{
	if (error == -ENOENT)
		return fail(CL_INVALID_KERNEL_NAME, "the program has no kernel '%s'", name);
	if (error == -EINVAL)
		return fail(CL_INVALID_KERNEL_DEFINITION,
			    "the arguments of '%s' differ between devices", name);
	if (error == -ENOEXEC)
		return fail(CL_OUT_OF_RESOURCES,
			    "'%s' cannot be compiled: the program's build log says why", name);
	return result(error);
}

static cl_int create_kernel(cl_program handle, const char *name, struct tandem_kernel **kernel)
{
	struct tandem_program *program = program_of(handle);
	int error;

	if (!program)
		return fail(CL_INVALID_PROGRAM, "%p is no program", (void *)handle);
	if (!name)
		return fail(CL_INVALID_VALUE, "no name");
	tandem_long_lock_take(&program->lock);
	if (!tandem_program_has_executable(program)) {
		tandem_long_lock_give(&program->lock);
		return fail(CL_INVALID_PROGRAM_EXECUTABLE, "the program was not built");
	}
	error = tandem_kernel_create(program, name, kernel);
	tandem_long_lock_give(&program->lock);
	return kernel_creation_code(error, name);
}

cl_kernel tandem_clCreateKernel(cl_program program, const char *name, cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_kernel *kernel = NULL;

	set_code(errcode_ret, create_kernel(program, name, &kernel));
	return kernel_handle(kernel);
}

static cl_int create_all_locked(struct tandem_program *program, cl_uint room, cl_kernel *kernels,
				cl_uint *count)
{
	const struct tandem_loaded_program *loaded = tandem_program_kernels(program);

	if (!loaded)
		return fail(CL_INVALID_PROGRAM_EXECUTABLE, "the program was not built");
	if (kernels && room < loaded->kernel_count)
		return fail(CL_INVALID_VALUE, "%u kernels, room for %u", loaded->kernel_count,
			    room);
	/* All at once; what goes wrong does so again with the kernel that it is about. */
	for (unsigned int i = 0; kernels && i < program->build_count; i++) {
		struct tandem_program_build *build = &program->builds[i];

		if (build->loaded)
			tandem_program_prepare_locked(build, 0, build->loaded->kernel_count);
	}
	for (uint32_t i = 0; kernels && i < loaded->kernel_count; i++) {
		struct tandem_kernel *kernel;
		int error = tandem_kernel_create(program, loaded->kernels[i].name, &kernel);

		if (error) {
			for (uint32_t made = 0; made < i; made++)
				tandem_object_unref(&kernel_of(kernels[made])->object);
			return kernel_creation_code(error, loaded->kernels[i].name);
		}
		kernels[i] = kernel_handle(kernel);
	}
	if (count)
		*count = loaded->kernel_count;
	return CL_SUCCESS;
}

cl_int tandem_clCreateKernelsInProgram(cl_program handle, cl_uint num_kernels, cl_kernel *kernels,
				       cl_uint *num_kernels_ret)
{
	ENTRY_POINT;
	struct tandem_program *program = program_of(handle);
	cl_int code;

	if (!program)
		return fail(CL_INVALID_PROGRAM, "%p is no program", (void *)handle);
	tandem_long_lock_take(&program->lock);
	code = create_all_locked(program, num_kernels, kernels, num_kernels_ret);
	tandem_long_lock_give(&program->lock);
	return code;
}

static cl_int clone_kernel(cl_kernel handle, struct tandem_kernel **clone)
{
	struct tandem_kernel *kernel = kernel_of(handle);

	if (!kernel)
		return fail(CL_INVALID_KERNEL, "%p is no kernel", (void *)handle);
	return result(tandem_kernel_clone(kernel, clone));
}

cl_kernel tandem_clCloneKernel(cl_kernel source, cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_kernel *kernel = NULL;

	set_code(errcode_ret, clone_kernel(source, &kernel));
	return kernel_handle(kernel);
}

RETAIN_AND_RELEASE(Kernel, kernel, cl_kernel, CL_INVALID_KERNEL, "kernel", LEND_OBJECT,
		   RELEASE_OBJECT)

/* ---- arguments ---- */

/* Whether the kernel says that it may write there. */
static bool may_write(const struct tandem_kernel *kernel, cl_uint index)
{
	const struct tandem_kernel_argument *argument = &kernel->info->arguments[index];

	return argument->kind == TANDEM_ARGUMENT_GLOBAL && kernel->info->tells_const &&
	       !(argument->type_qualifier & CL_KERNEL_ARG_TYPE_CONST);
}

static cl_int set_memory(struct tandem_kernel *kernel, cl_uint index, size_t size,
			 const void *value)
{
	struct tandem_memory *memory;
	cl_mem handle;

	if (size != sizeof(cl_mem))
		return fail(CL_INVALID_ARG_SIZE, "argument %u is a memory object, size %zu", index,
			    size);
	if (value)
		memcpy(&handle, value, sizeof(handle));
	if (!value || !handle) {
		tandem_kernel_set_pointer(kernel, index, NULL, NULL);
		return CL_SUCCESS;
	}
	memory = buffer_of(handle);
	if (!memory)
		return fail(CL_INVALID_MEM_OBJECT, "argument %u: %p is no buffer", index,
			    (void *)handle);
	if (memory->context != kernel->program->context)
		return fail(CL_INVALID_CONTEXT, "argument %u is a buffer of another context",
			    index);
	if (memory->flags & CL_MEM_IMMUTABLE_EXT && may_write(kernel, index))
		return fail(CL_INVALID_ARG_VALUE,
			    "argument %u leads to what is not const, the buffer is immutable",
			    index);
	tandem_kernel_set_pointer(kernel, index, memory->address, memory);
	return CL_SUCCESS;
}

static cl_int set_image(struct tandem_kernel *kernel, cl_uint index, size_t size, const void *value)
{
	const struct tandem_kernel_argument *argument = &kernel->info->arguments[index];
	const bool reads = argument->access_qualifier != CL_KERNEL_ARG_ACCESS_WRITE_ONLY;
	const bool writes = argument->access_qualifier != CL_KERNEL_ARG_ACCESS_READ_ONLY;
	struct tandem_image *image;
	cl_mem handle = NULL;

	if (size != sizeof(cl_mem))
		return fail(CL_INVALID_ARG_SIZE, "argument %u is an image, size %zu", index, size);
	if (value)
		memcpy(&handle, value, sizeof(handle));
	image = image_of(handle);
	if (!image)
		return fail(CL_INVALID_MEM_OBJECT, "argument %u: %p is no image", index,
			    (void *)handle);
	if (image->memory.context != kernel->program->context)
		return fail(CL_INVALID_CONTEXT, "argument %u is an image of another context",
			    index);
	if (image->memory.type != argument->image_type ||
	    (image->format->name.image_channel_order == CL_DEPTH) != argument->is_depth)
		return fail(CL_INVALID_MEM_OBJECT, "argument %u is an image of another type",
			    index);
	if ((reads && image->memory.flags & CL_MEM_WRITE_ONLY) ||
	    (writes && image->memory.flags & (CL_MEM_READ_ONLY | CL_MEM_IMMUTABLE_EXT)))
		return fail(CL_INVALID_ARG_VALUE,
			    "argument %u: the image's flags 0x%llx do not allow it", index,
			    (unsigned long long)image->memory.flags);
	return result(tandem_kernel_set_image(kernel, index, image));
}

static cl_int set_sampler(struct tandem_kernel *kernel, cl_uint index, size_t size,
			  const void *value)
{
	const struct tandem_sampler *sampler;
	cl_sampler handle = NULL;

	if (size != sizeof(cl_sampler))
		return fail(CL_INVALID_ARG_SIZE, "argument %u is a sampler, size %zu", index, size);
	if (value)
		memcpy(&handle, value, sizeof(handle));
	sampler = sampler_of(handle);
	if (!sampler)
		return fail(CL_INVALID_SAMPLER, "argument %u: %p is no sampler", index,
			    (void *)handle);
	if (sampler->context != kernel->program->context)
		return fail(CL_INVALID_CONTEXT, "argument %u is a sampler of another context",
			    index);
	return result(tandem_kernel_set_sampler(kernel, index, sampler));
}

static cl_int set_value(struct tandem_kernel *kernel, cl_uint index, size_t size, const void *value)
{
	int error = tandem_kernel_set_value(kernel, index, value, size);

	if (!error)
		return CL_SUCCESS;
	if (error == -EINVAL)
		return fail(CL_INVALID_ARG_SIZE, "argument %u cannot be set to %zu bytes", index,
			    size);
	return result(error);
}

cl_int tandem_api_set_argument(struct tandem_kernel *kernel, cl_uint index, size_t size,
			       const void *value)
{
	const struct tandem_kernel_argument *argument;

	if (index >= kernel->info->argument_count)
		return fail(CL_INVALID_ARG_INDEX, "'%s' has %u arguments, not %u",
			    kernel->info->name, kernel->info->argument_count, index + 1);
	argument = &kernel->info->arguments[index];
	switch (argument->kind) {
	case TANDEM_ARGUMENT_LOCAL:
		if (value)
			return fail(CL_INVALID_ARG_VALUE,
				    "argument %u is local memory, it has a size only", index);
		tandem_kernel_set_local(kernel, index, size);
		return CL_SUCCESS;
	case TANDEM_ARGUMENT_GLOBAL:
	case TANDEM_ARGUMENT_CONSTANT:
		return set_memory(kernel, index, size, value);
	case TANDEM_ARGUMENT_IMAGE:
		return set_image(kernel, index, size, value);
	case TANDEM_ARGUMENT_SAMPLER:
		return set_sampler(kernel, index, size, value);
	default:
		if (!value)
			return fail(CL_INVALID_ARG_VALUE, "argument %u has no value", index);
		return set_value(kernel, index, size, value);
	}
}

cl_int tandem_clSetKernelArg(cl_kernel handle, cl_uint index, size_t size, const void *value)
{
	ENTRY_POINT;
	struct tandem_kernel *kernel = kernel_of(handle);

	if (!kernel)
		return fail(CL_INVALID_KERNEL, "%p is no kernel", (void *)handle);
	return tandem_api_set_argument(kernel, index, size, value);
}

cl_int tandem_api_set_svm_argument(struct tandem_kernel *kernel, cl_uint index, const void *value)
{
	enum tandem_argument_kind kind;

	if (!tandem_context_svm_supports(kernel->program->context,
					 CL_DEVICE_SVM_COARSE_GRAIN_BUFFER))
		return fail(CL_INVALID_OPERATION, "not all devices have SVM");
	if (index >= kernel->info->argument_count)
		return fail(CL_INVALID_ARG_INDEX, "'%s' has %u arguments, not %u",
			    kernel->info->name, kernel->info->argument_count, index + 1);
	kind = kernel->info->arguments[index].kind;
	if (kind != TANDEM_ARGUMENT_GLOBAL && kind != TANDEM_ARGUMENT_CONSTANT)
		return fail(CL_INVALID_ARG_VALUE,
			    "argument %u is no pointer to global or constant memory", index);
	tandem_kernel_set_pointer(kernel, index, value, NULL);
	return CL_SUCCESS;
}

cl_int tandem_clSetKernelArgSVMPointer(cl_kernel handle, cl_uint index, const void *value)
{
	ENTRY_POINT;
	struct tandem_kernel *kernel = kernel_of(handle);

	if (!kernel)
		return fail(CL_INVALID_KERNEL, "%p is no kernel", (void *)handle);
	return tandem_api_set_svm_argument(kernel, index, value);
}

cl_int tandem_clSetKernelArgDevicePointerEXT(cl_kernel handle, cl_uint index,
					     cl_mem_device_address_ext value)
{
	ENTRY_POINT;
	struct tandem_kernel *kernel = kernel_of(handle);

	if (!kernel)
		return fail(CL_INVALID_KERNEL, "%p is no kernel", (void *)handle);
	if (!tandem_context_has_unified_memory(kernel->program->context))
		return fail(CL_INVALID_OPERATION, "no device tells addresses of buffers");
	if (index >= kernel->info->argument_count ||
	    kernel->info->arguments[index].kind != TANDEM_ARGUMENT_GLOBAL)
		return fail(CL_INVALID_ARG_INDEX,
			    "'%s' has no argument %u that is a global pointer", kernel->info->name,
			    index);
	tandem_kernel_set_pointer(kernel, index, (const void *)value, NULL);
	return CL_SUCCESS;
}

static cl_int set_svm_pointers(struct tandem_kernel *kernel, size_t size, const void *value)
{
	void *const *pointers = value;

	/* No pointers clear what was set before. */
	if (!value && size)
		return fail(CL_INVALID_VALUE, "%zu bytes of pointers at NULL", size);
	if (size % sizeof(void *))
		return fail(CL_INVALID_VALUE, "%zu bytes are no whole pointers", size);
	return result(tandem_kernel_set_svm_pointers(kernel, pointers, size / sizeof(void *)));
}

static cl_int check_flag(size_t size, const void *value)
{
	if (!value || size != sizeof(cl_bool))
		return fail(CL_INVALID_VALUE, "%zu bytes at %p are no boolean", size, value);
	return CL_SUCCESS;
}

static cl_int set_svm_system(struct tandem_kernel *kernel, size_t size, const void *value)
{
	cl_int code = check_flag(size, value);
	cl_bool system;

	if (code != CL_SUCCESS)
		return code;
	memcpy(&system, value, sizeof(system));
	if (system &&
	    !tandem_context_svm_supports(kernel->program->context, CL_DEVICE_SVM_FINE_GRAIN_SYSTEM))
		return fail(CL_INVALID_OPERATION, "not all devices have fine-grain system SVM");
	kernel->svm_system = system;
	return CL_SUCCESS;
}

/* Kernels reach all unified shared memory and all buffers of devices that have it, said or not. */
static cl_int check_unified_info(const struct tandem_kernel *kernel, cl_kernel_exec_info name,
				 size_t size, const void *value)
{
	bool is_list = name == CL_KERNEL_EXEC_INFO_USM_PTRS_INTEL ||
		       name == CL_KERNEL_EXEC_INFO_DEVICE_PTRS_EXT;

	if (!tandem_context_has_unified_memory(kernel->program->context))
		return fail(CL_INVALID_OPERATION, "no device has unified shared memory");
	if (!is_list)
		return check_flag(size, value);
	if (size % sizeof(void *) || (!value && size))
		return fail(CL_INVALID_VALUE, "%zu bytes at %p for information 0x%x", size, value,
			    name);
	return CL_SUCCESS;
}

cl_int tandem_api_set_exec_info(struct tandem_kernel *kernel, cl_kernel_exec_info name, size_t size,
				const void *value)
{
	if (!tandem_context_svm_supports(kernel->program->context,
					 CL_DEVICE_SVM_COARSE_GRAIN_BUFFER))
		return fail(CL_INVALID_OPERATION, "not all devices have SVM");
	switch (name) {
	case CL_KERNEL_EXEC_INFO_SVM_PTRS:
		return set_svm_pointers(kernel, size, value);
	case CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM:
		return set_svm_system(kernel, size, value);
	case CL_KERNEL_EXEC_INFO_SVM_INDIRECT_ACCESS_KHR:
		return check_flag(size, value);
	case CL_KERNEL_EXEC_INFO_USM_PTRS_INTEL:
	case CL_KERNEL_EXEC_INFO_DEVICE_PTRS_EXT:
	case CL_KERNEL_EXEC_INFO_INDIRECT_HOST_ACCESS_INTEL:
	case CL_KERNEL_EXEC_INFO_INDIRECT_DEVICE_ACCESS_INTEL:
	case CL_KERNEL_EXEC_INFO_INDIRECT_SHARED_ACCESS_INTEL:
		return check_unified_info(kernel, name, size, value);
	default:
		return fail(CL_INVALID_VALUE, "no execution information 0x%x", name);
	}
}

cl_int tandem_clSetKernelExecInfo(cl_kernel handle, cl_kernel_exec_info name, size_t size,
				  const void *value)
{
	ENTRY_POINT;
	struct tandem_kernel *kernel = kernel_of(handle);

	if (!kernel)
		return fail(CL_INVALID_KERNEL, "%p is no kernel", (void *)handle);
	return tandem_api_set_exec_info(kernel, name, size, value);
}

/* ---- queries ---- */

cl_int tandem_clGetKernelInfo(cl_kernel handle, cl_kernel_info name, size_t size, void *value,
			      size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	struct tandem_kernel *kernel = kernel_of(handle);

	if (!kernel)
		return fail(CL_INVALID_KERNEL, "%p is no kernel", (void *)handle);
	switch (name) {
	case CL_KERNEL_FUNCTION_NAME:
		return answer_string(&answer, kernel->info->name);
	case CL_KERNEL_NUM_ARGS:
		return answer_value(&answer, cl_uint, kernel->info->argument_count);
	case CL_KERNEL_REFERENCE_COUNT:
		return answer_value(&answer, cl_uint,
				    atomic_load(&kernel->object.application_references));
	case CL_KERNEL_CONTEXT:
		return answer_value(&answer, cl_context, context_shown(kernel->program->context));
	case CL_KERNEL_PROGRAM:
		return answer_value(&answer, cl_program, program_shown(kernel->program));
	case CL_KERNEL_ATTRIBUTES:
		return answer_string(&answer, kernel->info->attributes);
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

static cl_kernel_arg_address_qualifier address_qualifier(enum tandem_argument_kind kind)
{
	switch (kind) {
	case TANDEM_ARGUMENT_GLOBAL:
	case TANDEM_ARGUMENT_IMAGE:
		return CL_KERNEL_ARG_ADDRESS_GLOBAL;
	case TANDEM_ARGUMENT_CONSTANT:
		return CL_KERNEL_ARG_ADDRESS_CONSTANT;
	case TANDEM_ARGUMENT_LOCAL:
		return CL_KERNEL_ARG_ADDRESS_LOCAL;
	default:
		return CL_KERNEL_ARG_ADDRESS_PRIVATE;
	}
}

/*
 * Whether the program was built with -cl-kernel-arg-info: without it arguments have
 * no names.
 */
static bool has_argument_information(const struct tandem_kernel_info *info)
{
	for (uint32_t i = 0; i < info->argument_count; i++) {
		if (info->arguments[i].name[0])
			return true;
	}
	return false;
}

cl_int tandem_clGetKernelArgInfo(cl_kernel handle, cl_uint index, cl_kernel_arg_info name,
				 size_t size, void *value, size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	struct tandem_kernel *kernel = kernel_of(handle);
	const struct tandem_kernel_argument *argument;

	if (!kernel)
		return fail(CL_INVALID_KERNEL, "%p is no kernel", (void *)handle);
	if (index >= kernel->info->argument_count)
		return fail(CL_INVALID_ARG_INDEX, "'%s' has %u arguments, not %u",
			    kernel->info->name, kernel->info->argument_count, index + 1);
	if (!has_argument_information(kernel->info))
		return fail(CL_KERNEL_ARG_INFO_NOT_AVAILABLE,
			    "the program was built without -cl-kernel-arg-info");
	argument = &kernel->info->arguments[index];
	switch (name) {
	case CL_KERNEL_ARG_ADDRESS_QUALIFIER:
		return answer_value(&answer, cl_kernel_arg_address_qualifier,
				    address_qualifier(argument->kind));
	case CL_KERNEL_ARG_ACCESS_QUALIFIER:
		return answer_value(&answer, cl_kernel_arg_access_qualifier,
				    argument->access_qualifier);
	case CL_KERNEL_ARG_TYPE_NAME:
		return answer_string(&answer, argument->type_name);
	case CL_KERNEL_ARG_TYPE_QUALIFIER:
		return answer_value(&answer, cl_kernel_arg_type_qualifier,
				    argument->type_qualifier);
	case CL_KERNEL_ARG_NAME:
		return answer_string(&answer, argument->name);
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

/* The device that a query is about: the one given, or the only one the kernel is built for. */
static const struct tandem_device *queried_device(const struct tandem_kernel *kernel,
						  cl_device_id handle)
{
	const struct tandem_program *program = kernel->program;
	const struct tandem_device *only = NULL;

	if (handle)
		return device_of(handle);
	for (unsigned int i = 0; i < program->build_count; i++) {
		if (!program->builds[i].loaded)
			continue;
		if (only)
			return NULL;
		only = program->builds[i].device;
	}
	return only;
}

cl_int tandem_api_find_queried(cl_kernel handle, cl_device_id device_handle,
			       struct tandem_kernel **kernel, const struct tandem_device **device,
			       const struct tandem_kernel_info **info)
{
	struct tandem_loaded_program *loaded;

	*kernel = kernel_of(handle);
	if (!*kernel)
		return fail(CL_INVALID_KERNEL, "%p is no kernel", (void *)handle);
	*device = queried_device(*kernel, device_handle);
	*info = *device ? tandem_kernel_on(*kernel, *device, &loaded) : NULL;
	if (!*info)
		return fail(CL_INVALID_DEVICE, "the kernel is not built for device %p",
			    (void *)device_handle);
	return CL_SUCCESS;
}

cl_int tandem_clGetKernelWorkGroupInfo(cl_kernel handle, cl_device_id device_handle,
				       cl_kernel_work_group_info name, size_t size, void *value,
				       size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	const struct tandem_kernel_info *info;
	const struct tandem_device *device;
	size_t required[TANDEM_DIMENSIONS];
	struct tandem_kernel *kernel;
	cl_int code = tandem_api_find_queried(handle, device_handle, &kernel, &device, &info);

	if (code != CL_SUCCESS)
		return code;
	switch (name) {
	case CL_KERNEL_WORK_GROUP_SIZE:
		return answer_value(&answer, size_t, info->max_group);
	case CL_KERNEL_COMPILE_WORK_GROUP_SIZE:
		for (int i = 0; i < TANDEM_DIMENSIONS; i++)
			required[i] = info->required_group[i];
		return answer_bytes(&answer, required, sizeof(required));
	case CL_KERNEL_LOCAL_MEM_SIZE:
		return answer_value(&answer, cl_ulong,
				    tandem_kernel_local_bytes(kernel, device, info));
	case CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE:
		return answer_value(&answer, size_t, info->preferred_group_multiple);
	case CL_KERNEL_PRIVATE_MEM_SIZE:
		return answer_value(&answer, cl_ulong, info->private_bytes);
	case CL_KERNEL_SPILL_MEM_SIZE_INTEL:
		/* Registers are kept on the stack, among the private memory. */
		return answer_value(&answer, cl_ulong, 0);
	case CL_KERNEL_GLOBAL_WORK_SIZE:
		return fail(CL_INVALID_VALUE, "neither a custom device nor a built-in kernel");
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}
