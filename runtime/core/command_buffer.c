// SPDX-License-Identifier: MIT
#include "command_buffer.h"

#include <errno.h>
#include <string.h>

#include "util/alloc.h"
#include "util/short_locks.h"

static void destroy_mutable_command(struct tandem_object *object)
{
	struct tandem_mutable_command *command =
		tandem_container_of(object, struct tandem_mutable_command, object);

	if (command->kernel)
		tandem_object_unref(&command->kernel->object);
	tandem_object_unref(&command->recorded->object);
	tandem_object_free(object);
}

static void destroy_buffer(struct tandem_object *object)
{
	struct tandem_command_buffer *buffer =
		tandem_container_of(object, struct tandem_command_buffer, object);
	struct tandem_mutable_command *command, *next;

	for (command = buffer->mutable_commands; command; command = next) {
		next = command->next;
		tandem_object_unref(&command->object);
	}
	tandem_sequence_unref(buffer->sequence);
	tandem_object_unref(&buffer->queue->object);
	tandem_object_free(object);
}

int tandem_command_buffer_create(struct tandem_queue *queue, cl_bitfield flags, cl_bitfield asserts,
				 const cl_properties *properties, unsigned int property_count,
				 struct tandem_command_buffer **out)
{
	struct tandem_command_buffer *buffer = tandem_new_object(buffer);

	if (!buffer)
		return -ENOMEM;
	buffer->sequence = tandem_sequence_create();
	if (!buffer->sequence) {
		tandem_object_free(&buffer->object);
		return -ENOMEM;
	}
	buffer->queue = queue;
	buffer->flags = flags;
	buffer->asserts = asserts;
	if (property_count)
		memcpy(buffer->properties, properties, property_count * sizeof(*properties));
	buffer->property_count = property_count;
	tandem_object_ref(&queue->object);
	tandem_object_init(&buffer->object, TANDEM_KIND_COMMAND_BUFFER, destroy_buffer);
	*out = buffer;
	return 0;
}

/* ---- recording ---- */

/* Adds a command, and what there is of it for the application; NULL or nothing of either. */
static int add(struct tandem_command_buffer *buffer, struct tandem_command *command,
	       struct tandem_mutable_command *handle, unsigned int *index)
{
	int error;

	tandem_short_lock(buffer);
	error = buffer->finalized ? -EBUSY : tandem_sequence_add(buffer->sequence, command);
	if (!error) {
		*index = buffer->sequence->count - 1;
		if (handle) {
			handle->index = *index;
			handle->next = buffer->mutable_commands;
			buffer->mutable_commands = handle;
		}
	}
	tandem_short_unlock(buffer);
	return error;
}

int tandem_command_buffer_record(struct tandem_command_buffer *buffer,
				 struct tandem_command *command, unsigned int *index)
{
	return add(buffer, command, NULL, index);
}

static int create_mutable_command(struct tandem_command_buffer *buffer,
				  struct tandem_kernel *kernel,
				  const struct tandem_recorded_launch *launch,
				  struct tandem_mutable_command **out)
{
	struct tandem_mutable_command *command = tandem_new_object(command);

	if (!command)
		return -ENOMEM;
	if (buffer->flags & CL_COMMAND_BUFFER_MUTABLE_KHR) {
		int error = tandem_kernel_clone(kernel, &command->kernel);

		if (error) {
			tandem_object_free(&command->object);
			return error;
		}
	}
	command->buffer = buffer;
	command->recorded = kernel;
	command->launch = *launch;
	tandem_object_ref(&kernel->object);
	tandem_object_init_hidden(&command->object, TANDEM_KIND_MUTABLE_COMMAND,
				  destroy_mutable_command);
	/* Queries give it to the application, so to speak. */
	tandem_object_show(&command->object);
	*out = command;
	return 0;
}

/* A launch to be recorded; NULL where not all arguments are set. */
static int create_launch(struct tandem_queue *queue, struct tandem_kernel *kernel,
			 const struct tandem_index_space *space, struct tandem_command **command)
{
	*command = NULL;
	if (kernel->unset)
		return 0;
	return tandem_command_create_launch(queue, kernel, space, NULL, CL_COMMAND_NDRANGE_KERNEL,
					    command);
}

int tandem_command_buffer_record_launch(struct tandem_command_buffer *buffer,
					struct tandem_kernel *kernel,
					const struct tandem_recorded_launch *launch,
					unsigned int *index, struct tandem_mutable_command **out)
{
	struct tandem_mutable_command *handle = NULL;
	struct tandem_command *command;
	int error = create_launch(buffer->queue, kernel, &launch->space, &command);

	if (error)
		return error;
	if (out)
		error = create_mutable_command(buffer, kernel, launch, &handle);
	if (!error)
		error = add(buffer, command, handle, index);
	if (error) {
		if (handle)
			tandem_object_unref(&handle->object);
		if (command)
			tandem_command_abandon(command);
		return error;
	}
	if (out)
		*out = handle;
	return 0;
}

int tandem_command_buffer_finalize(struct tandem_command_buffer *buffer)
{
	int error;

	tandem_short_lock(buffer);
	error = buffer->finalized ? -EBUSY : 0;
	buffer->finalized = true;
	tandem_short_unlock(buffer);
	return error;
}

/* ---- state ---- */

static cl_uint state_locked(const struct tandem_command_buffer *buffer)
{
	if (!buffer->finalized)
		return CL_COMMAND_BUFFER_STATE_RECORDING_KHR;
	return buffer->sequence->incomplete ? CL_COMMAND_BUFFER_STATE_FINALIZED_KHR :
					      CL_COMMAND_BUFFER_STATE_EXECUTABLE_KHR;
}

cl_uint tandem_command_buffer_state(struct tandem_command_buffer *buffer)
{
	cl_uint state;

	tandem_short_lock(buffer);
	state = state_locked(buffer);
	tandem_short_unlock(buffer);
	return state;
}

unsigned int tandem_command_buffer_count(struct tandem_command_buffer *buffer)
{
	unsigned int count;

	tandem_short_lock(buffer);
	count = buffer->sequence->count;
	tandem_short_unlock(buffer);
	return count;
}

int tandem_command_buffer_create_replay(struct tandem_command_buffer *buffer,
					struct tandem_queue *queue,
					const struct tandem_wait_list *wait,
					struct tandem_command **out)
{
	struct tandem_command *command;
	int error =
		tandem_command_create(queue, CL_COMMAND_COMMAND_BUFFER_KHR, wait, 0, 0, &command);

	if (error)
		return error;
	tandem_short_lock(buffer);
	if (state_locked(buffer) == CL_COMMAND_BUFFER_STATE_EXECUTABLE_KHR)
		tandem_command_set_replay(command, buffer->sequence);
	else
		error = -EBUSY;
	tandem_short_unlock(buffer);
	if (error) {
		tandem_command_abandon(command);
		return error;
	}
	*out = command;
	return 0;
}

/* ---- changes ---- */

int tandem_draft_get(struct tandem_mutable_command *target, struct tandem_draft **drafts,
		     struct tandem_draft **out)
{
	struct tandem_draft *draft = target->draft;
	int error;

	/* One of another call was left by the parent of this process. */
	if (!draft || draft->list != drafts) {
		draft = tandem_new(draft);
		if (!draft)
			return -ENOMEM;
		error = tandem_kernel_clone(target->kernel, &draft->kernel);
		if (error) {
			free(draft);
			return error;
		}
		draft->target = target;
		draft->list = drafts;
		draft->space = target->launch.space;
		draft->has_local_size = target->launch.has_local_size;
		draft->next = *drafts;
		*drafts = target->draft = draft;
	}
	*out = draft;
	return 0;
}

int tandem_draft_build(struct tandem_draft *draft)
{
	return create_launch(draft->target->buffer->queue, draft->kernel, &draft->space,
			     &draft->command);
}

void tandem_drafts_drop(struct tandem_draft *drafts)
{
	struct tandem_draft *draft, *next;

	for (draft = drafts; draft; draft = next) {
		next = draft->next;
		if (draft->target->draft == draft)
			draft->target->draft = NULL;
		if (draft->command)
			tandem_command_abandon(draft->command);
		tandem_object_unref(&draft->kernel->object);
		free(draft);
	}
}

/* What was there and is to go is left in the drafts. */
static void swap_in(struct tandem_sequence *sequence, struct tandem_draft *drafts)
{
	for (struct tandem_draft *draft = drafts; draft; draft = draft->next) {
		struct tandem_mutable_command *target = draft->target;
		struct tandem_kernel *kernel = target->kernel;

		target->draft = NULL;
		draft->command = tandem_sequence_replace(sequence, target->index, draft->command);
		target->kernel = draft->kernel;
		draft->kernel = kernel;
		target->launch.space = draft->space;
		target->launch.has_local_size = draft->has_local_size;
	}
}

int tandem_drafts_apply(struct tandem_command_buffer *buffer, struct tandem_draft *drafts)
{
	struct tandem_sequence *old = NULL;

	tandem_short_lock(buffer);
	/* Nobody can take a reference now. */
	if (atomic_load(&buffer->sequence->references) > 1) {
		struct tandem_sequence *copy = tandem_sequence_copy(buffer->sequence);

		if (!copy) {
			tandem_short_unlock(buffer);
			return -ENOMEM;
		}
		old = buffer->sequence;
		buffer->sequence = copy;
	}
	swap_in(buffer->sequence, drafts);
	tandem_short_unlock(buffer);
	/* Without the lock: memory objects may go, and the application be called. */
	if (old)
		tandem_sequence_unref(old);
	tandem_drafts_drop(drafts);
	return 0;
}
