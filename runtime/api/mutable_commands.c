// SPDX-License-Identifier: MIT
/* Commands of command buffers that can be changed: the changes, and what they are like. */
#include "launch.h"

/* ---- changes ---- */

/* What a change may not touch, and lists that are not there. */
static cl_int check_fields(const struct tandem_mutable_dispatch_config *config,
			   const struct tandem_recorded_launch *launch)
{
	const struct {
		cl_bitfield field;
		bool changed;
		const char *name;
	} changes[] = {
		{ CL_MUTABLE_DISPATCH_GLOBAL_OFFSET_KHR, config->global_work_offset, "offset" },
		{ CL_MUTABLE_DISPATCH_GLOBAL_SIZE_KHR, config->global_work_size, "global size" },
		{ CL_MUTABLE_DISPATCH_LOCAL_SIZE_KHR, config->local_work_size, "local size" },
		{ CL_MUTABLE_DISPATCH_ARGUMENTS_KHR, config->num_args || config->num_svm_args,
		  "arguments" },
		{ CL_MUTABLE_DISPATCH_EXEC_INFO_KHR, config->num_exec_infos,
		  "execution information" },
	};

	if (!config->num_args != !config->arg_list ||
	    !config->num_svm_args != !config->arg_svm_list ||
	    !config->num_exec_infos != !config->exec_info_list)
		return fail(CL_INVALID_VALUE,
			    "%u arguments, %u of SVM, %u of execution, at %p, %p, %p",
			    config->num_args, config->num_svm_args, config->num_exec_infos,
			    (const void *)config->arg_list, (const void *)config->arg_svm_list,
			    (const void *)config->exec_info_list);
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(changes); i++) {
		if (changes[i].changed && !(launch->fields & changes[i].field))
			return fail(CL_INVALID_OPERATION, "the command's %s cannot be changed",
				    changes[i].name);
	}
	if (config->work_dim && config->work_dim != launch->space.dimensions)
		return fail(CL_INVALID_OPERATION, "the command has %u dimensions, not %u",
			    launch->space.dimensions, config->work_dim);
	return CL_SUCCESS;
}

static cl_int set_arguments(const struct tandem_mutable_dispatch_config *config,
			    struct tandem_kernel *kernel)
{
	cl_int code = CL_SUCCESS;

	for (cl_uint i = 0; i < config->num_args && code == CL_SUCCESS; i++)
		code = tandem_api_set_argument(kernel, config->arg_list[i].arg_index,
					       config->arg_list[i].arg_size,
					       config->arg_list[i].arg_value);
	for (cl_uint i = 0; i < config->num_svm_args && code == CL_SUCCESS; i++)
		code = tandem_api_set_svm_argument(kernel, config->arg_svm_list[i].arg_index,
						   config->arg_svm_list[i].arg_value);
	for (cl_uint i = 0; i < config->num_exec_infos && code == CL_SUCCESS; i++)
		code = tandem_api_set_exec_info(kernel, config->exec_info_list[i].param_name,
						config->exec_info_list[i].param_value_size,
						config->exec_info_list[i].param_value);
	return code;
}

/* Whether the application has chosen groups that are not all of one size. */
static bool has_uneven_groups(const struct tandem_index_space *space, bool has_local_size)
{
	for (cl_uint i = 0; has_local_size && i < space->dimensions; i++) {
		if (space->global_size[i] % space->local_size[i])
			return true;
	}
	return false;
}

/* The index space of the draft with what the change has of it. */
static cl_int set_space(const struct tandem_mutable_dispatch_config *config,
			struct tandem_draft *draft)
{
	const struct tandem_index_space old = draft->space;
	const size_t *local_size = draft->has_local_size ? old.local_size : NULL;
	const struct launch_arguments arguments = {
		.dimensions = old.dimensions,
		.offset = config->global_work_offset ? config->global_work_offset :
						       old.global_offset,
		.global_size = config->global_work_size ? config->global_work_size :
							  old.global_size,
		.local_size = config->local_work_size ? config->local_work_size : local_size,
		.uneven = true,
		.deferred = true,
	};
	const bool was_uneven = has_uneven_groups(&old, draft->has_local_size);
	cl_int code = tandem_api_check_launch(draft->target->buffer->queue, draft->kernel,
					      &arguments, &draft->space);

	if (code != CL_SUCCESS)
		return code;
	draft->has_local_size = arguments.local_size;
	if (has_uneven_groups(&draft->space, draft->has_local_size) != was_uneven)
		return fail(CL_INVALID_OPERATION, "work-groups %s of one size",
			    was_uneven ? "become" : "are no more");
	return CL_SUCCESS;
}

/* Makes one change to a draft of its command. */
static cl_int change(const struct tandem_command_buffer *buffer,
		     const struct tandem_mutable_dispatch_config *config,
		     struct tandem_draft **drafts)
{
	struct tandem_mutable_command *target = mutable_command_of(config->command);
	struct tandem_draft *draft;
	cl_int code;

	if (!target || target->buffer != buffer)
		return fail(CL_INVALID_MUTABLE_COMMAND_KHR,
			    "%p is no command of the command buffer that can be changed",
			    (void *)config->command);
	code = check_fields(config, &target->launch);
	if (code == CL_SUCCESS)
		code = result(tandem_draft_get(target, drafts, &draft));
	if (code == CL_SUCCESS)
		code = set_arguments(config, draft->kernel);
	return code == CL_SUCCESS ? set_space(config, draft) : code;
}

static cl_int build(struct tandem_draft *drafts)
{
	cl_int code = CL_SUCCESS;

	for (struct tandem_draft *draft = drafts; draft && code == CL_SUCCESS; draft = draft->next)
		code = result(tandem_draft_build(draft));
	return code;
}

static cl_int check_update(struct tandem_command_buffer *buffer, cl_uint num_configs,
			   const cl_uint *types, const void **configs)
{
	if (tandem_command_buffer_state(buffer) == CL_COMMAND_BUFFER_STATE_RECORDING_KHR)
		return fail(CL_INVALID_OPERATION, "the command buffer was not finalized");
	if (!(buffer->flags & CL_COMMAND_BUFFER_MUTABLE_KHR))
		return fail(CL_INVALID_OPERATION, "the command buffer was not made to be changed");
	if (!num_configs != !types || !num_configs != !configs)
		return fail(CL_INVALID_VALUE, "%u changes at %p, their types at %p", num_configs,
			    (const void *)configs, (const void *)types);
	for (cl_uint i = 0; i < num_configs; i++) {
		if (types[i] != TANDEM_STRUCTURE_TYPE_MUTABLE_DISPATCH_CONFIG || !configs[i])
			return fail(CL_INVALID_VALUE, "change %u: type %u, at %p", i, types[i],
				    configs[i]);
	}
	return CL_SUCCESS;
}

cl_int tandem_clUpdateMutableCommandsKHR(cl_command_buffer_khr handle, cl_uint num_configs,
					 const cl_uint *types, const void **configs)
{
	ENTRY_POINT;
	struct tandem_command_buffer *buffer = command_buffer_of(handle);
	struct tandem_draft *drafts = NULL;
	cl_int code;

	if (!buffer)
		return fail(CL_INVALID_COMMAND_BUFFER_KHR, "%p is no command buffer",
			    (void *)handle);
	code = check_update(buffer, num_configs, types, configs);
	for (cl_uint i = 0; i < num_configs && code == CL_SUCCESS; i++)
		code = change(buffer, configs[i], &drafts);
	if (code == CL_SUCCESS)
		code = build(drafts);
	if (code == CL_SUCCESS)
		code = result(tandem_drafts_apply(buffer, drafts));
	if (code != CL_SUCCESS)
		tandem_drafts_drop(drafts);
	return code;
}

/* ---- queries ---- */

static cl_int answer_sizes(const struct tandem_answer *answer,
			   const struct tandem_index_space *space, const uint64_t *sizes)
{
	return answer_bytes(answer, sizes, space->dimensions * sizeof(size_t));
}

cl_int tandem_clGetMutableCommandInfoKHR(cl_mutable_command_khr handle,
					 cl_mutable_command_info_khr name, size_t size, void *value,
					 size_t *size_ret)
{
	ENTRY_POINT;
	static const uint64_t none[TANDEM_DIMENSIONS];
	const struct tandem_answer answer = { size, value, size_ret };
	const struct tandem_mutable_command *command = mutable_command_of(handle);
	const struct tandem_recorded_launch *launch;

	if (!command)
		return fail(CL_INVALID_MUTABLE_COMMAND_KHR, "%p is no mutable command",
			    (void *)handle);
	launch = &command->launch;
	switch (name) {
	case CL_MUTABLE_COMMAND_COMMAND_QUEUE_KHR:
		return answer_value(&answer, cl_command_queue, queue_shown(command->buffer->queue));
	case CL_MUTABLE_COMMAND_COMMAND_BUFFER_KHR:
		return answer_value(&answer, cl_command_buffer_khr,
				    command_buffer_shown(command->buffer));
	case CL_MUTABLE_COMMAND_COMMAND_TYPE_KHR:
		return answer_value(&answer, cl_command_type, CL_COMMAND_NDRANGE_KERNEL);
	case CL_MUTABLE_COMMAND_PROPERTIES_ARRAY_KHR:
		return answer_bytes(&answer, launch->properties,
				    launch->property_count * sizeof(launch->properties[0]));
	case CL_MUTABLE_DISPATCH_KERNEL_KHR:
		return answer_value(&answer, cl_kernel, kernel_shown(command->recorded));
	case CL_MUTABLE_DISPATCH_DIMENSIONS_KHR:
		return answer_value(&answer, cl_uint, launch->space.dimensions);
	case CL_MUTABLE_DISPATCH_GLOBAL_WORK_OFFSET_KHR:
		return answer_sizes(&answer, &launch->space, launch->space.global_offset);
	case CL_MUTABLE_DISPATCH_GLOBAL_WORK_SIZE_KHR:
		return answer_sizes(&answer, &launch->space, launch->space.global_size);
	case CL_MUTABLE_DISPATCH_LOCAL_WORK_SIZE_KHR:
		return answer_sizes(&answer, &launch->space,
				    launch->has_local_size ? launch->space.local_size : none);
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}
