// SPDX-License-Identifier: MIT
/* clBuildProgram, clCompileProgram and clLinkProgram. */
#include "api.h"

#include <errno.h>

/* The code of a build's outcome. @failed: what errors in the source are called. */
static cl_int build_code(int error, cl_int failed, const struct tandem_program_build *build,
			 cl_int bad_options)
{
	cl_int code = error == -ENOEXEC ? failed :
		      error == -EINVAL	? bad_options :
					  tandem_error_code(error);

	if (code != CL_SUCCESS)
		fail(code, "%s", tandem_text_string(&build->log));
	return code;
}

/* Whether a list of devices may be what a program is built for. */
static cl_int check_device_list(cl_uint count, const cl_device_id *devices)
{
	if (!count != !devices)
		return fail(CL_INVALID_VALUE, "%u devices at %p", count, (const void *)devices);
	return CL_SUCCESS;
}

static cl_int check_notify(void(CL_CALLBACK *notify)(cl_program, void *), const void *user_data)
{
	if (!notify && user_data)
		return fail(CL_INVALID_VALUE, "user data without a callback");
	return CL_SUCCESS;
}

/*
 * Whether a call that returns @code has built, well or not: where it could not begin
 * there is nothing to notify of. @failed: the code of errors in the source.
 */
static bool has_ended(cl_int code, cl_int failed)
{
	return code == CL_SUCCESS || code == failed;
}

/*
 * What a call builds: the devices of its list, or all of the program's. The
 * device list must be checked.
 */
static struct tandem_program_build *next_build(struct tandem_program *program, cl_uint count,
					       const cl_device_id *devices, cl_uint i)
{
	if (!count)
		return i < program->build_count ? &program->builds[i] : NULL;
	return i < count ? tandem_program_find(program, device_of(devices[i])) : NULL;
}

static cl_int check_program(struct tandem_program *program, cl_uint count,
			    const cl_device_id *devices)
{
	cl_int code = check_device_list(count, devices);

	for (cl_uint i = 0; code == CL_SUCCESS && i < count; i++) {
		if (!tandem_program_find(program, device_of(devices[i])))
			code = fail(CL_INVALID_DEVICE,
				    "the program is not for device %u of the list", i);
	}
	return code;
}

/* ---- build ---- */

static cl_int build_for_devices_locked(struct tandem_program *program, cl_uint count,
				       const cl_device_id *devices, const char *options)
{
	struct tandem_program_build *build;
	cl_int code = CL_SUCCESS;

	if (program->is_linked)
		return fail(CL_INVALID_OPERATION, "the program was made by clLinkProgram");
	if (program->users)
		return fail(CL_INVALID_OPERATION,
			    "kernel objects or unfinished launches of the program exist");
	for (cl_uint i = 0; (build = next_build(program, count, devices, i)); i++) {
		if (!tandem_program_has_source(program) &&
		    build->type == CL_PROGRAM_BINARY_TYPE_NONE)
			return fail(CL_INVALID_BINARY, "there is neither a source nor a binary");
	}
	for (cl_uint i = 0; (build = next_build(program, count, devices, i)); i++) {
		int error = tandem_program_build_locked(program, build, options);
		cl_int outcome = build_code(error, CL_BUILD_PROGRAM_FAILURE, build,
					    CL_INVALID_BUILD_OPTIONS);

		if (code == CL_SUCCESS)
			code = outcome;
	}
	return code;
}

cl_int tandem_clBuildProgram(cl_program handle, cl_uint num_devices,
			     const cl_device_id *device_list, const char *options,
			     void(CL_CALLBACK *pfn_notify)(cl_program, void *), void *user_data)
{
	ENTRY_POINT;
	struct tandem_program *program = program_of(handle);
	cl_int code;

	if (!program)
		return fail(CL_INVALID_PROGRAM, "%p is no program", (void *)handle);
	code = check_notify(pfn_notify, user_data);
	if (code == CL_SUCCESS)
		code = check_program(program, num_devices, device_list);
	if (code != CL_SUCCESS)
		return code;
	tandem_long_lock_take(&program->lock);
	code = build_for_devices_locked(program, num_devices, device_list, options ? options : "");
	tandem_long_lock_give(&program->lock);
	if (pfn_notify && has_ended(code, CL_BUILD_PROGRAM_FAILURE))
		pfn_notify(handle, user_data);
	return code;
}

/* ---- compile ---- */

/* What is wrong with a header; CL_SUCCESS for nothing. */
static cl_int check_header(const struct tandem_program *program,
			   const struct tandem_program_header *header, cl_uint index)
{
	if (!header->name)
		return fail(CL_INVALID_VALUE, "header %u has no name", index);
	if (!header->program)
		return fail(CL_INVALID_PROGRAM, "header %u is no program", index);
	if (header->program->context != program->context)
		return fail(CL_INVALID_CONTEXT, "header %u is of another context", index);
	if (!header->program->source)
		return fail(CL_INVALID_PROGRAM, "header %u has no source", index);
	return CL_SUCCESS;
}

static cl_int check_headers(const struct tandem_program *program, cl_uint count,
			    const cl_program *programs, const char **names,
			    struct tandem_program_header **headers)
{
	struct tandem_program_header *list;
	cl_int code;

	if (!count != !programs || !count != !names)
		return fail(CL_INVALID_VALUE, "%u headers, programs at %p, names at %p", count,
			    (const void *)programs, (const void *)names);
	list = tandem_new_array(list, count + 1);
	if (!list)
		return fail(CL_OUT_OF_HOST_MEMORY, "no memory");
	for (cl_uint i = 0; i < count; i++) {
		list[i].name = names[i];
		list[i].program = program_of(programs[i]);
		code = check_header(program, &list[i], i);
		if (code != CL_SUCCESS) {
			free(list);
			return code;
		}
	}
	*headers = list;
	return CL_SUCCESS;
}

static cl_int compile_for_devices_locked(struct tandem_program *program, cl_uint count,
					 const cl_device_id *devices, const char *options,
					 const struct tandem_program_header *headers,
					 cl_uint header_count)
{
	struct tandem_program_build *build;
	cl_int code = CL_SUCCESS;

	if (program->users)
		return fail(CL_INVALID_OPERATION,
			    "kernel objects or unfinished launches of the program exist");
	for (cl_uint i = 0; (build = next_build(program, count, devices, i)); i++) {
		int error = tandem_program_compile_locked(program, build, options, headers,
							  header_count);
		cl_int outcome = build_code(error, CL_COMPILE_PROGRAM_FAILURE, build,
					    CL_INVALID_COMPILER_OPTIONS);

		if (code == CL_SUCCESS)
			code = outcome;
	}
	return code;
}

cl_int tandem_clCompileProgram(cl_program handle, cl_uint num_devices,
			       const cl_device_id *device_list, const char *options,
			       cl_uint num_headers, const cl_program *header_programs,
			       const char **header_names,
			       void(CL_CALLBACK *pfn_notify)(cl_program, void *), void *user_data)
{
	ENTRY_POINT;
	struct tandem_program *program = program_of(handle);
	struct tandem_program_header *headers = NULL;
	cl_int code;

	if (!program)
		return fail(CL_INVALID_PROGRAM, "%p is no program", (void *)handle);
	code = check_notify(pfn_notify, user_data);
	if (code == CL_SUCCESS)
		code = check_program(program, num_devices, device_list);
	if (code != CL_SUCCESS)
		return code;
	if (!tandem_program_has_source(program))
		return fail(CL_INVALID_OPERATION, "the program has no source");
	/* IL includes no headers: what is said of them is to be ignored. */
	if (program->il)
		num_headers = 0;
	else
		code = check_headers(program, num_headers, header_programs, header_names, &headers);
	if (code != CL_SUCCESS)
		return code;
	tandem_long_lock_take(&program->lock);
	code = compile_for_devices_locked(program, num_devices, device_list, options ? options : "",
					  headers, num_headers);
	tandem_long_lock_give(&program->lock);
	free(headers);
	if (pfn_notify && has_ended(code, CL_COMPILE_PROGRAM_FAILURE))
		pfn_notify(handle, user_data);
	return code;
}

/* ---- link ---- */

static bool can_be_linked(const struct tandem_program_build *build)
{
	return build && (build->type == CL_PROGRAM_BINARY_TYPE_COMPILED_OBJECT ||
			 build->type == CL_PROGRAM_BINARY_TYPE_LIBRARY);
}

/* What of @program can be linked for @device: its own, or what it uses without it. */
static const struct tandem_program_build *find_input(struct tandem_program *program,
						     const struct tandem_device *device)
{
	const struct tandem_program_build *input = tandem_program_find(program, device);

	if (!can_be_linked(input))
		input = tandem_program_find_used(program, device);
	return can_be_linked(input) ? input : NULL;
}

static cl_int check_link_devices(const struct tandem_context *context, cl_uint count,
				 const cl_device_id *devices)
{
	cl_int code = check_device_list(count, devices);

	for (cl_uint i = 0; code == CL_SUCCESS && i < count; i++) {
		const struct tandem_device *device = device_of(devices[i]);

		if (!device || !tandem_context_has(context, device))
			code = fail(CL_INVALID_DEVICE, "device %u is none of the context's", i);
	}
	return code;
}

static cl_int check_inputs(const struct tandem_context *context, cl_uint count,
			   const cl_program *handles)
{
	if (!count || !handles)
		return fail(CL_INVALID_VALUE, "%u programs at %p", count, (const void *)handles);
	for (cl_uint i = 0; i < count; i++) {
		const struct tandem_program *program = program_of(handles[i]);

		if (!program)
			return fail(CL_INVALID_PROGRAM, "input %u is no program", i);
		if (program->context != context)
			return fail(CL_INVALID_CONTEXT, "input %u is of another context", i);
	}
	return CL_SUCCESS;
}

/* Links for one device. All inputs, or none, must have something to link for it. */
static cl_int link_for_device(struct tandem_program_build *build, cl_uint count,
			      const cl_program *inputs, const char *options)
{
	struct tandem_binary *binaries = tandem_new_array(binaries, count);
	cl_uint found = 0;
	cl_int code;
	int error;

	if (!binaries)
		return fail(CL_OUT_OF_HOST_MEMORY, "no memory");
	for (cl_uint i = 0; i < count; i++) {
		const struct tandem_program_build *input =
			find_input(program_of(inputs[i]), build->device);

		if (input)
			binaries[found++] = input->binary;
	}
	if (found != count) {
		free(binaries);
		if (!found)
			return CL_SUCCESS;
		return fail(CL_INVALID_OPERATION,
			    "%u of %u inputs have an object or a library for the device", found,
			    count);
	}
	error = tandem_program_link_locked(build, options, binaries, count);
	code = build_code(error, CL_LINK_PROGRAM_FAILURE, build, CL_INVALID_LINKER_OPTIONS);
	free(binaries);
	return code;
}

static cl_int link_program(cl_context handle, cl_uint num_devices, const cl_device_id *device_list,
			   const char *options, cl_uint count, const cl_program *inputs,
			   struct tandem_program **out)
{
	struct tandem_context *context = context_of(handle);
	struct tandem_program *program;
	cl_int code;
	bool linked = false;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	code = check_link_devices(context, num_devices, device_list);
	if (code == CL_SUCCESS)
		code = check_inputs(context, count, inputs);
	if (code != CL_SUCCESS)
		return code;
	code = result(tandem_program_create_empty(
		context,
		num_devices ? (struct tandem_device *const *)(const void *)device_list :
			      context->devices,
		num_devices ? num_devices : context->device_count, &program));
	if (code != CL_SUCCESS)
		return code;
	program->is_linked = true;
	for (unsigned int i = 0; code == CL_SUCCESS && i < program->build_count; i++) {
		code = link_for_device(&program->builds[i], count, inputs, options);
		linked |= program->builds[i].status == CL_BUILD_SUCCESS;
	}
	if (code == CL_SUCCESS && !linked)
		code = fail(CL_INVALID_OPERATION, "no input has an object or a library");
	/* A program whose linking failed is returned as well: for its log. */
	if (code == CL_SUCCESS || code == CL_LINK_PROGRAM_FAILURE)
		*out = program;
	else
		tandem_object_unref(&program->object);
	return code;
}

cl_program tandem_clLinkProgram(cl_context context, cl_uint num_devices,
				const cl_device_id *device_list, const char *options,
				cl_uint num_inputs, const cl_program *inputs,
				void(CL_CALLBACK *pfn_notify)(cl_program, void *), void *user_data,
				cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_program *program = NULL;
	cl_int code = check_notify(pfn_notify, user_data);

	if (code == CL_SUCCESS)
		code = link_program(context, num_devices, device_list, options ? options : "",
				    num_inputs, inputs, &program);
	set_code(errcode_ret, code);
	if (pfn_notify && program)
		pfn_notify(program_handle(program), user_data);
	return program_handle(program);
}
