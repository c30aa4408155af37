// SPDX-License-Identifier: MIT
/* Programs: creating and queries. Building is in build.c. */
#include "api.h"

#include <errno.h>

static cl_int create_with_source(cl_context handle, cl_uint count, const char **strings,
				 const size_t *lengths, struct tandem_program **program)
{
	struct tandem_context *context = context_of(handle);

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	if (!count || !strings)
		return fail(CL_INVALID_VALUE, "%u strings at %p", count, (const void *)strings);
	for (cl_uint i = 0; i < count; i++) {
		if (!strings[i])
			return fail(CL_INVALID_VALUE, "string %u is NULL", i);
	}
	return result(tandem_program_create_with_source(context, strings, lengths, count, program));
}

cl_program tandem_clCreateProgramWithSource(cl_context context, cl_uint count, const char **strings,
					    const size_t *lengths, cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_program *program = NULL;

	set_code(errcode_ret, create_with_source(context, count, strings, lengths, &program));
	return program_handle(program);
}

/* The devices of a list, all of them the context's and each once. */
static cl_int check_devices(const struct tandem_context *context, cl_uint count,
			    const cl_device_id *handles)
{
	if (!count || !handles)
		return fail(CL_INVALID_VALUE, "%u devices at %p", count, (const void *)handles);
	for (cl_uint i = 0; i < count; i++) {
		const struct tandem_device *device = device_of(handles[i]);

		if (!device || !tandem_context_has(context, device))
			return fail(CL_INVALID_DEVICE, "device %u is none of the context's", i);
		for (cl_uint j = 0; j < i; j++) {
			if (handles[j] == handles[i])
				return fail(CL_INVALID_DEVICE, "device %u is device %u again", i,
					    j);
		}
	}
	return CL_SUCCESS;
}

/* Takes over the binaries. A status for each goes to @statuses where that is not NULL. */
static cl_int set_binaries(struct tandem_program *program, const size_t *lengths,
			   const unsigned char **binaries, cl_int *statuses)
{
	cl_int code = CL_SUCCESS;

	for (unsigned int i = 0; i < program->build_count; i++) {
		const struct tandem_binary binary = { (void *)binaries[i], lengths[i] };
		cl_int status = CL_INVALID_VALUE;

		if (binaries[i] && lengths[i]) {
			int error = tandem_program_set_binary(program, i, &binary);

			status = error ? CL_INVALID_BINARY : CL_SUCCESS;
			if (error == -ENOMEM)
				return fail(CL_OUT_OF_HOST_MEMORY, "no memory");
		}
		if (statuses)
			statuses[i] = status;
		if (status != CL_SUCCESS)
			code = fail(status, "binary %u of %zu bytes at %p is not usable", i,
				    lengths[i], (const void *)binaries[i]);
	}
	return code;
}

static cl_int create_with_binary(cl_context handle, cl_uint count, const cl_device_id *devices,
				 const size_t *lengths, const unsigned char **binaries,
				 cl_int *statuses, struct tandem_program **out)
{
	struct tandem_context *context = context_of(handle);
	struct tandem_program *program;
	cl_int code;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	code = check_devices(context, count, devices);
	if (code != CL_SUCCESS)
		return code;
	if (!lengths || !binaries)
		return fail(CL_INVALID_VALUE, "no lengths or no binaries");
	/* Handles are pointers to the objects, see handles.h. */
	code = result(tandem_program_create_empty(
		context, (struct tandem_device *const *)(const void *)devices, count, &program));
	if (code != CL_SUCCESS)
		return code;
	code = set_binaries(program, lengths, binaries, statuses);
	if (code != CL_SUCCESS) {
		tandem_object_unref(&program->object);
		return code;
	}
	*out = program;
	return CL_SUCCESS;
}

cl_program tandem_clCreateProgramWithBinary(cl_context context, cl_uint num_devices,
					    const cl_device_id *device_list, const size_t *lengths,
					    const unsigned char **binaries, cl_int *binary_status,
					    cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_program *program = NULL;

	set_code(errcode_ret, create_with_binary(context, num_devices, device_list, lengths,
						 binaries, binary_status, &program));
	return program_handle(program);
}

static cl_int create_with_built_in(cl_context handle, cl_uint count, const cl_device_id *devices,
				   const char *names)
{
	struct tandem_context *context = context_of(handle);
	cl_int code;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	code = check_devices(context, count, devices);
	if (code != CL_SUCCESS)
		return code;
	return fail(CL_INVALID_VALUE, "no device has built-in kernels '%s'", names ? names : "");
}

cl_program tandem_clCreateProgramWithBuiltInKernels(cl_context context, cl_uint num_devices,
						    const cl_device_id *device_list,
						    const char *kernel_names, cl_int *errcode_ret)
{
	ENTRY_POINT;

	set_code(errcode_ret,
		 create_with_built_in(context, num_devices, device_list, kernel_names));
	return NULL;
}

/* Whether one of the program's, or the context's, devices can be built for from IL. */
static bool any_takes_il(struct tandem_device *const *devices, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (devices[i]->core->properties.takes_spirv)
			return true;
	}
	return false;
}

static cl_int create_with_il(cl_context handle, const void *il, size_t length,
			     struct tandem_program **program)
{
	struct tandem_context *context = context_of(handle);
	int error;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	if (!any_takes_il(context->devices, context->device_count))
		return fail(CL_INVALID_OPERATION,
			    "no device of the context takes an intermediate language");
	if (!il || !length)
		return fail(CL_INVALID_VALUE, "%zu bytes at %p", length, il);
	error = tandem_program_create_with_il(context, il, length, program);
	if (error == -EINVAL)
		return fail(CL_INVALID_VALUE,
			    "the %zu bytes are no module of SPIR-V 1.0 to 1.%d, or not all of it",
			    length, TANDEM_SPIRV_MINOR);
	return result(error);
}

cl_program tandem_clCreateProgramWithIL(cl_context context, const void *il, size_t length,
					cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_program *program = NULL;

	set_code(errcode_ret, create_with_il(context, il, length, &program));
	return program_handle(program);
}

cl_program tandem_clCreateProgramWithILKHR(cl_context context, const void *il, size_t length,
					   cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_program *program = NULL;

	set_code(errcode_ret, create_with_il(context, il, length, &program));
	return program_handle(program);
}

cl_int tandem_clSetProgramSpecializationConstant(cl_program handle, cl_uint id, size_t size,
						 const void *value)
{
	ENTRY_POINT;
	struct tandem_program *program = program_of(handle);
	int error;

	if (!program)
		return fail(CL_INVALID_PROGRAM, "%p is no program", (void *)handle);
	if (!any_takes_il(program->context->devices, program->context->device_count))
		return fail(CL_INVALID_OPERATION,
			    "no device of the program takes an intermediate language");
	if (!program->il)
		return fail(CL_INVALID_PROGRAM, "the program was not made of IL");
	if (!value)
		return fail(CL_INVALID_VALUE, "no value");
	tandem_long_lock_take(&program->lock);
	error = tandem_spirv_specialize(&program->spirv, id, size, value);
	tandem_long_lock_give(&program->lock);
	if (error == -ENOENT)
		return fail(CL_INVALID_SPEC_ID, "the IL has no specialization constant %u", id);
	if (error)
		return fail(CL_INVALID_VALUE, "specialization constant %u is not of %zu bytes", id,
			    size);
	return CL_SUCCESS;
}

cl_int tandem_clSetProgramReleaseCallback(cl_program handle,
					  void(CL_CALLBACK *pfn_notify)(cl_program, void *),
					  void *user_data)
{
	ENTRY_POINT;

	if (!program_of(handle))
		return fail(CL_INVALID_PROGRAM, "%p is no program", (void *)handle);
	return fail(CL_INVALID_OPERATION, "programs have no global constructors");
}

RETAIN_AND_RELEASE(Program, program, cl_program, CL_INVALID_PROGRAM, "program", LEND_OBJECT,
		   RELEASE_OBJECT)

/* ---- queries ---- */

static cl_int answer_devices(const struct tandem_program *program,
			     const struct tandem_answer *answer)
{
	cl_device_id *devices = tandem_new_array(devices, program->build_count);
	cl_int code;

	if (!devices)
		return fail(CL_OUT_OF_HOST_MEMORY, "no memory");
	for (unsigned int i = 0; i < program->build_count; i++)
		devices[i] = device_shown(program->builds[i].device);
	code = answer_bytes(answer, devices, program->build_count * sizeof(*devices));
	free(devices);
	return code;
}

/* The binary of the program's build @index, or the one that its device uses without it. */
static const struct tandem_binary *binary_of(struct tandem_program *program, unsigned int index)
{
	const struct tandem_program_build *own = &program->builds[index];
	const struct tandem_program_build *used = tandem_program_find_used(program, own->device);

	return own->binary.length || !used ? &own->binary : &used->binary;
}

static cl_int answer_binary_sizes(struct tandem_program *program,
				  const struct tandem_answer *answer)
{
	size_t *sizes = tandem_new_array(sizes, program->build_count);
	cl_int code;

	if (!sizes)
		return fail(CL_OUT_OF_HOST_MEMORY, "no memory");
	for (unsigned int i = 0; i < program->build_count; i++)
		sizes[i] = binary_of(program, i)->length;
	code = answer_bytes(answer, sizes, program->build_count * sizeof(*sizes));
	free(sizes);
	return code;
}

/* The caller gives an array of pointers to where the binaries go; NULL ones are left out. */
static cl_int answer_binaries(struct tandem_program *program, const struct tandem_answer *answer)
{
	const size_t bytes = program->build_count * sizeof(unsigned char *);
	unsigned char **targets = answer->target;

	if (targets) {
		if (answer->room < bytes)
			return fail(CL_INVALID_VALUE, "room for %zu bytes of pointers, not %zu",
				    answer->room, bytes);
		for (unsigned int i = 0; i < program->build_count; i++) {
			const struct tandem_binary *binary = binary_of(program, i);

			if (targets[i] && binary->length)
				memcpy(targets[i], binary->bytes, binary->length);
		}
	}
	if (answer->size)
		*answer->size = bytes;
	return CL_SUCCESS;
}

static cl_int answer_kernel_names(struct tandem_program *program,
				  const struct tandem_answer *answer)
{
	const struct tandem_loaded_program *loaded = tandem_program_kernels(program);
	struct tandem_text names = { 0 };
	cl_int code;

	if (!loaded)
		return fail(CL_INVALID_PROGRAM_EXECUTABLE, "the program was not built");
	for (uint32_t i = 0; i < loaded->kernel_count; i++)
		tandem_text_print(&names, i ? ";%s" : "%s", loaded->kernels[i].name);
	code = names.failed ? fail(CL_OUT_OF_HOST_MEMORY, "no memory") :
			      answer_string(answer, tandem_text_string(&names));
	tandem_text_finish(&names);
	return code;
}

static cl_int answer_program(struct tandem_program *program, cl_program_info name,
			     const struct tandem_answer *answer)
{
	const struct tandem_loaded_program *loaded;

	switch (name) {
	case CL_PROGRAM_REFERENCE_COUNT:
		return answer_value(answer, cl_uint,
				    atomic_load(&program->object.application_references));
	case CL_PROGRAM_CONTEXT:
		return answer_value(answer, cl_context, context_shown(program->context));
	case CL_PROGRAM_NUM_DEVICES:
		return answer_value(answer, cl_uint, program->build_count);
	case CL_PROGRAM_DEVICES:
		return answer_devices(program, answer);
	case CL_PROGRAM_SOURCE:
		return answer_string(answer, program->source ? program->source : "");
	case CL_PROGRAM_IL:
		return answer_bytes(answer, program->il, program->il_length);
	case CL_PROGRAM_BINARY_SIZES:
		return answer_binary_sizes(program, answer);
	case CL_PROGRAM_BINARIES:
		return answer_binaries(program, answer);
	case CL_PROGRAM_NUM_KERNELS:
		loaded = tandem_program_kernels(program);
		if (!loaded)
			return fail(CL_INVALID_PROGRAM_EXECUTABLE, "the program was not built");
		return answer_value(answer, size_t, loaded->kernel_count);
	case CL_PROGRAM_KERNEL_NAMES:
		return answer_kernel_names(program, answer);
	case CL_PROGRAM_SCOPE_GLOBAL_CTORS_PRESENT:
	case CL_PROGRAM_SCOPE_GLOBAL_DTORS_PRESENT:
		return answer_value(answer, cl_bool, CL_FALSE);
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

cl_int tandem_clGetProgramInfo(cl_program handle, cl_program_info name, size_t size, void *value,
			       size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	struct tandem_program *program = program_of(handle);
	cl_int code;

	if (!program)
		return fail(CL_INVALID_PROGRAM, "%p is no program", (void *)handle);
	tandem_long_lock_take(&program->lock);
	code = answer_program(program, name, &answer);
	tandem_long_lock_give(&program->lock);
	return code;
}

static cl_int answer_build(const struct tandem_program_build *build, cl_program_build_info name,
			   const struct tandem_answer *answer)
{
	switch (name) {
	case CL_PROGRAM_BUILD_STATUS:
		return answer_value(answer, cl_build_status, build->status);
	case CL_PROGRAM_BUILD_OPTIONS:
		return answer_string(answer, build->options ? build->options : "");
	case CL_PROGRAM_BUILD_LOG:
		return answer_string(answer, tandem_text_string(&build->log));
	case CL_PROGRAM_BINARY_TYPE:
		return answer_value(answer, cl_program_binary_type, build->type);
	case CL_PROGRAM_BUILD_GLOBAL_VARIABLE_TOTAL_SIZE:
		return answer_value(answer, size_t,
				    build->loaded ? build->loaded->global_variable_bytes : 0);
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

cl_int tandem_clGetProgramBuildInfo(cl_program handle, cl_device_id device_handle,
				    cl_program_build_info name, size_t size, void *value,
				    size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	struct tandem_program *program = program_of(handle);
	const struct tandem_program_build *own, *used;
	cl_int code;

	if (!program)
		return fail(CL_INVALID_PROGRAM, "%p is no program", (void *)handle);
	own = tandem_program_find(program, device_of(device_handle));
	if (!own)
		return fail(CL_INVALID_DEVICE, "the program is not for device %p",
			    (void *)device_handle);
	tandem_long_lock_take(&program->lock);
	used = tandem_program_find_used(program, own->device);
	code = answer_build(used ? used : own, name, &answer);
	tandem_long_lock_give(&program->lock);
	return code;
}
