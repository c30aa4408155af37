// SPDX-License-Identifier: MIT
#include "command.h"

#include <errno.h>
#include <string.h>

#include "driver/native.h"
#include "error.h"
#include "program/sub_groups.h"
#include "sequence.h"
#include "svm/svm.h"
#include "util/alloc.h"
#include "util/log.h"

#define BLOCK_ALIGNMENT 128

static struct tandem_command *command_of(struct tandem_task *task)
{
	return (struct tandem_command *)tandem_event_of_task(task);
}

static void let_go(struct tandem_command *command)
{
	if (command->ops)
		command->ops->clean_up(command);
	command->ops = NULL;
	while (command->held_count)
		tandem_object_unref(command->held[--command->held_count]);
}

static void destroy_command(struct tandem_object *object)
{
	struct tandem_event *event = tandem_container_of(object, struct tandem_event, object);

	/* One that was submitted has done so. */
	let_go((struct tandem_command *)event);
	tandem_event_finish(event);
	tandem_object_free(object);
}

static int execute(struct tandem_task *task)
{
	struct tandem_command *command = command_of(task);

	return command->ops->run(command);
}

static bool next(struct tandem_task *task, int *error)
{
	struct tandem_command *command = command_of(task);

	return command->ops->next && command->ops->next(command, error);
}

static int finish(struct tandem_task *task, int error)
{
	let_go(command_of(task));
	return tandem_error_code(error);
}

static void release(struct tandem_task *task)
{
	tandem_object_unref(&tandem_event_of_task(task)->object);
}

static const struct tandem_task_ops task_ops = {
	.execute = execute,
	.next = next,
	.finish = finish,
	.notify = tandem_event_task_notify,
	.release = release,
};

int tandem_command_create(struct tandem_queue *queue, cl_command_type type,
			  const struct tandem_wait_list *wait, unsigned int held_limit,
			  size_t block_bytes, struct tandem_command **out)
{
	size_t edges_bytes = wait->count * sizeof(struct tandem_task_edge);
	size_t held_bytes = held_limit * sizeof(struct tandem_object *);
	size_t bytes = sizeof(struct tandem_command) + edges_bytes + held_bytes;
	struct tandem_command *command;
	char *behind;

	if (block_bytes)
		bytes += block_bytes + BLOCK_ALIGNMENT;
	command = tandem_object_allocate(bytes);
	if (!command)
		return -ENOMEM;
	tandem_event_init(&command->event, queue, type, &task_ops, destroy_command);
	behind = (char *)command->edges + edges_bytes;
	command->held = (struct tandem_object **)behind;
	if (block_bytes)
		command->block =
			(void *)tandem_align_up((uintptr_t)(behind + held_bytes), BLOCK_ALIGNMENT);
	command->wait = *wait;
	*out = command;
	return 0;
}

void tandem_command_abandon(struct tandem_command *command)
{
	tandem_object_unref(&command->event.object);
}

void tandem_command_hold(struct tandem_command *command, struct tandem_object *object)
{
	tandem_object_ref(object);
	command->held[command->held_count++] = object;
}

/* Ties the command to what it waits for: only now, since from here on it is sure to run. */
static void add_dependencies(struct tandem_command *command)
{
	const struct tandem_wait_list *wait = &command->wait;

	for (unsigned int i = 0; i < wait->count; i++) {
		struct tandem_event *event = wait->events[i];

		tandem_task_wait_for(&command->event.task, &event->task, &command->edges[i]);
		/* Who waits for a command of another queue wants that to get going. */
		if (event->queue != command->event.queue)
			tandem_event_query_status(event);
	}
}

cl_int tandem_command_submit(struct tandem_command *command, bool blocking,
			     struct tandem_event **event)
{
	struct tandem_task *task = &command->event.task;
	struct tandem_queue *queue = command->event.queue;
	cl_int status;

	add_dependencies(command);
	if (event) {
		tandem_object_lend(&command->event.object);
		*event = &command->event;
	}
	if (!blocking) {
		tandem_sched_enqueue(&queue->sched, task);
		return CL_SUCCESS;
	}
	tandem_object_ref(&command->event.object);
	tandem_sched_enqueue(&queue->sched, task);
	tandem_sched_wait(task);
	status = tandem_task_status(task);
	tandem_object_unref(&command->event.object);
	return status;
}

static void clean_up_nothing(struct tandem_command *command)
{
}

/* ---- memory ---- */

static int run_copy(struct tandem_command *command)
{
	/* Source and target may be the same memory where a buffer stands for SVM. */
	memmove(command->copy.target, command->copy.source, command->copy.bytes);
	return 0;
}

static const struct tandem_command_ops copy_ops = { run_copy, clean_up_nothing };

void tandem_command_set_copy(struct tandem_command *command, void *target, const void *source,
			     size_t bytes)
{
	command->ops = &copy_ops;
	command->copy = (struct tandem_copy_work){ target, source, bytes };
}

static int run_box_copy(struct tandem_command *command)
{
	const struct tandem_box_work *box = &command->box;

	for (size_t slice = 0; slice < box->region[2]; slice++) {
		char *target = box->target.start + slice * box->target.slice_pitch;
		const char *source = box->source.start + slice * box->source.slice_pitch;

		for (size_t row = 0; row < box->region[1]; row++) {
			memmove(target, source, box->region[0]);
			target += box->target.row_pitch;
			source += box->source.row_pitch;
		}
	}
	return 0;
}

static const struct tandem_command_ops box_copy_ops = { run_box_copy, clean_up_nothing };

void tandem_command_set_box_copy(struct tandem_command *command, const struct tandem_box *target,
				 const struct tandem_box *source, const size_t *region)
{
	command->ops = &box_copy_ops;
	command->box.target = *target;
	command->box.source = *source;
	memcpy(command->box.region, region, sizeof(command->box.region));
}

static void fill_row(char *target, size_t bytes, const struct tandem_fill_work *fill)
{
	size_t done;

	if (fill->pattern_bytes == 1) {
		memset(target, fill->pattern[0], bytes);
		return;
	}
	if (!bytes)
		return;
	memcpy(target, fill->pattern, fill->pattern_bytes);
	/* What is filled already is copied behind itself, twice as much each time. */
	for (done = fill->pattern_bytes; done < bytes;) {
		size_t next = tandem_min_u64(done, bytes - done);

		/* From a few pages on the source stays in the cache. */
		next = tandem_min_u64(next, 16384 - 16384 % fill->pattern_bytes);
		memcpy(target + done, target, next);
		done += next;
	}
}

static int run_fill(struct tandem_command *command)
{
	const struct tandem_fill_work *fill = &command->fill;
	const struct tandem_box *box = &fill->target.box;
	const size_t *region = fill->target.region;

	for (size_t slice = 0; slice < region[2]; slice++) {
		for (size_t row = 0; row < region[1]; row++)
			fill_row(box->start + slice * box->slice_pitch + row * box->row_pitch,
				 region[0], fill);
	}
	return 0;
}

static const struct tandem_command_ops fill_ops = { run_fill, clean_up_nothing };

void tandem_command_set_box_fill(struct tandem_command *command, const struct tandem_part *target,
				 const void *pattern, size_t pattern_bytes)
{
	command->ops = &fill_ops;
	command->fill.target = *target;
	command->fill.pattern_bytes = pattern_bytes;
	memcpy(command->fill.pattern, pattern, pattern_bytes);
}

void tandem_command_set_fill(struct tandem_command *command, void *target, size_t bytes,
			     const void *pattern, size_t pattern_bytes)
{
	const struct tandem_part part = { { target, bytes, bytes }, { bytes, 1, 1 } };

	tandem_command_set_box_fill(command, &part, pattern, pattern_bytes);
}

/* ---- order ---- */

static int run_nothing(struct tandem_command *command)
{
	return 0;
}

static const struct tandem_command_ops marker_ops = { run_nothing, clean_up_nothing };

void tandem_command_set_marker(struct tandem_command *command, bool waits_for_all, bool holds_later)
{
	command->ops = &marker_ops;
	command->event.task.waits_for_all = waits_for_all;
	command->event.task.holds_later = holds_later;
}

/* ---- native kernels ---- */

static int run_native(struct tandem_command *command)
{
	command->native.function(command->native.arguments);
	return 0;
}

static void clean_up_native(struct tandem_command *command)
{
	free(command->native.arguments);
}

static const struct tandem_command_ops native_ops = { run_native, clean_up_native };

void tandem_command_set_native(struct tandem_command *command, tandem_native_kernel function,
			       void *arguments)
{
	command->ops = &native_ops;
	command->event.task.runs_user_code = true;
	command->native = (struct tandem_native_work){ function, arguments };
}

/* ---- SVM ---- */

static int run_svm_free(struct tandem_command *command)
{
	const struct tandem_svm_free_work *work = &command->svm_free;
	struct tandem_queue *queue = command->event.queue;

	if (work->notify) {
		/* The callback may use the queue, though the application has released it. */
		tandem_object_lend(&queue->object);
		work->notify((cl_command_queue)queue, work->count, work->pointers, work->user_data);
		tandem_queue_release(queue);
		return 0;
	}
	for (cl_uint i = 0; i < work->count; i++) {
		if (work->pointers[i])
			tandem_svm_free(&queue->context->svm, work->pointers[i]);
	}
	return 0;
}

static void clean_up_svm_free(struct tandem_command *command)
{
	free(command->svm_free.pointers);
}

static const struct tandem_command_ops svm_free_ops = { run_svm_free, clean_up_svm_free };

static void **copy_pointers(const void *const *pointers, cl_uint count)
{
	void **copy = tandem_new_array(copy, count + 1);

	if (copy && count)
		memcpy(copy, pointers, count * sizeof(*copy));
	return copy;
}

int tandem_command_set_svm_free(struct tandem_command *command, tandem_svm_free_notify notify,
				void *user_data, void *const *pointers, cl_uint count)
{
	void **copy = copy_pointers((const void *const *)pointers, count);

	if (!copy)
		return -ENOMEM;
	command->ops = &svm_free_ops;
	command->event.task.runs_user_code = notify;
	command->svm_free = (struct tandem_svm_free_work){ notify, user_data, copy, count };
	return 0;
}

static int run_svm_migrate(struct tandem_command *command)
{
	const struct tandem_svm_migrate_work *work = &command->svm_migrate;
	struct tandem_queue *queue = command->event.queue;
	struct tandem_device_core *device = queue->device->core;

	for (cl_uint i = 0; i < work->count; i++) {
		struct tandem_svm_allocation *allocation =
			tandem_svm_find(&queue->context->svm, work->pointers[i]);
		char *start = work->pointers[i];
		size_t bytes = work->bytes ? work->bytes[i] : 0;

		if (!allocation)
			continue;
		/* Size 0 means the whole allocation that the pointer is in. */
		if (!bytes) {
			start = allocation->address;
			bytes = allocation->bytes;
		}
		/* A hint: where it cannot be followed nothing is lost. */
		if (device->ops->migrate_svm &&
		    device->ops->migrate_svm(device, start, bytes, work->to_host))
			tandem_log(TANDEM_LOG_SVM, "migration of %zu bytes at %p did not happen",
				   bytes, (void *)start);
	}
	return 0;
}

static void clean_up_svm_migrate(struct tandem_command *command)
{
	free(command->svm_migrate.pointers);
	free(command->svm_migrate.bytes);
}

static const struct tandem_command_ops svm_migrate_ops = { run_svm_migrate, clean_up_svm_migrate };

int tandem_command_set_svm_migrate(struct tandem_command *command, const void *const *pointers,
				   const size_t *bytes, cl_uint count, bool to_host)
{
	void **pointers_copy = copy_pointers(pointers, count);
	size_t *bytes_copy = NULL;

	if (!pointers_copy)
		return -ENOMEM;
	if (bytes) {
		bytes_copy = tandem_new_array(bytes_copy, count + 1);
		if (!bytes_copy) {
			free(pointers_copy);
			return -ENOMEM;
		}
		memcpy(bytes_copy, bytes, count * sizeof(*bytes));
	}
	command->ops = &svm_migrate_ops;
	command->svm_migrate =
		(struct tandem_svm_migrate_work){ pointers_copy, bytes_copy, count, to_host };
	return 0;
}

static int run_memory_migrate(struct tandem_command *command)
{
	struct tandem_device_core *device = command->event.queue->device->core;

	for (unsigned int i = 0; device->ops->migrate_memory && i < command->held_count; i++) {
		const struct tandem_memory *memory =
			tandem_container_of(command->held[i], struct tandem_memory, object);

		/* A hint, as for SVM. */
		if (device->ops->migrate_memory(device, memory->address, memory->bytes,
						command->memory_migrate.to_host))
			tandem_log(TANDEM_LOG_SVM, "migration of %zu bytes at %p did not happen",
				   memory->bytes, (void *)memory->address);
	}
	return 0;
}

static const struct tandem_command_ops memory_migrate_ops = { run_memory_migrate,
							      clean_up_nothing };

void tandem_command_set_memory_migrate(struct tandem_command *command, bool to_host)
{
	command->ops = &memory_migrate_ops;
	command->memory_migrate.to_host = to_host;
}

/* ---- launches ---- */

void tandem_index_space_choose_groups(struct tandem_index_space *space,
				      const struct tandem_device *device,
				      const struct tandem_kernel_info *info, bool uneven)
{
	struct tandem_device_core *core = device->core;

	if (info->required_group[0]) {
		for (cl_uint i = 0; i < space->dimensions; i++)
			space->local_size[i] = info->required_group[i];
	} else if (info->required_sub_groups) {
		if (!tandem_sub_groups_find_local(info, space->dimensions, space->global_size,
						  info->allows_uneven_groups, space->local_size)) {
			for (cl_uint i = 0; i < space->dimensions; i++)
				space->local_size[i] = 1;
		}
	} else if (core->ops->choose_local_size) {
		core->ops->choose_local_size(core, info, device->compute_units, space->dimensions,
					     space->global_size, uneven, space->local_size);
	} else {
		tandem_native_choose_local_size(info, device->compute_units, space->dimensions,
						space->global_size, uneven, space->local_size);
	}
}

/* The launch has ended: says why, where that was no good end. */
static void report_end(const struct tandem_queue *queue, struct tandem_launch *launch)
{
	const struct tandem_context *context = queue->context;
	char *failure = launch->failure;

	if (!failure)
		return;
	launch->failure = NULL;
	tandem_warn("%s: %s", queue->device->core->properties.name, failure);
	if (context->notify)
		context->notify(failure, NULL, 0, context->notify_data);
	free(failure);
}

static void clean_up_launch(struct tandem_command *command)
{
	tandem_program_remove_user(command->launch.program);
	report_end(command->event.queue, &command->launch.launch);
}

static const struct tandem_command_ops launch_ops = { run_nothing, clean_up_launch };

/* -ESTALE where a buffer among them was released. */
static int hold_arguments(struct tandem_command *command, const struct tandem_kernel *kernel)
{
	for (uint32_t i = 0; i < kernel->info->argument_count; i++) {
		struct tandem_memory *memory = kernel->settings[i].memory;

		if (!memory)
			continue;
		if (!tandem_memory_ref_watched(memory))
			return -ESTALE;
		command->held[command->held_count++] = &memory->object;
	}
	return 0;
}

/* An error of the driver's, where it keeps something for the arguments. */
static int set_launch(struct tandem_command *command, const struct tandem_kernel *kernel,
		      const struct tandem_kernel_info *info, struct tandem_loaded_program *loaded,
		      const struct tandem_index_space *space)
{
	struct tandem_device_core *core = command->event.queue->device->core;
	struct tandem_launch *launch = &command->launch.launch;
	struct tandem_group_run *groups = &command->launch.groups;
	int error;

	launch->program = loaded;
	launch->kernel = info;
	launch->dimensions = space->dimensions;
	error = tandem_kernel_hand_over(kernel, command->event.queue->device, launch,
					command->block);
	if (error)
		return error;
	groups->total = 1;
	for (int i = 0; i < TANDEM_DIMENSIONS; i++) {
		launch->global_offset[i] = space->global_offset[i];
		launch->global_size[i] = space->global_size[i];
		launch->local_size[i] = space->local_size[i];
		launch->group_count[i] = tandem_index_space_groups(space, i);
		groups->total *= launch->group_count[i];
	}
	if (groups->total && core->ops->choose_form &&
	    (kernel->has_images || info->has_whole_groups_only || info->has_whole_rows_only))
		error = core->ops->choose_form(core, launch, kernel->values);
	if (error)
		return error;
	groups->launch = launch;
	groups->task = &command->event.task;
	command->ops = &launch_ops;
	command->launch.program = kernel->program;
	tandem_program_add_user(kernel->program);
	/* Without groups nothing runs, and the command is like a marker. */
	if (groups->total)
		command->event.task.groups = groups;
	command->event.task.stack_bytes = launch->kernel->stack_bytes;
	return 0;
}

int tandem_command_create_launch(struct tandem_queue *queue, struct tandem_kernel *kernel,
				 const struct tandem_index_space *space,
				 const struct tandem_wait_list *wait, cl_command_type type,
				 struct tandem_command **out)
{
	static const struct tandem_wait_list nothing;
	struct tandem_loaded_program *loaded;
	const struct tandem_kernel_info *info = tandem_kernel_on(kernel, queue->device, &loaded);
	struct tandem_command *command;
	size_t block_bytes;
	int error;

	if (!info)
		return -ENODEV;
	block_bytes = tandem_kernel_block_bytes(kernel, queue->device, info);
	error = tandem_command_create(queue, type, wait ? wait : &nothing, info->argument_count,
				      tandem_max_u64(block_bytes, 1), &command);
	if (error)
		return error;
	command->launch.launch.is_recorded = !wait;
	error = hold_arguments(command, kernel);
	if (!error)
		error = set_launch(command, kernel, info, loaded, space);
	if (error) {
		tandem_command_abandon(command);
		return error;
	}
	*out = command;
	return 0;
}

/* ---- sequences ---- */

/* Lets the command run a launch that was recorded. */
static void replay_launch(struct tandem_command *command, const struct tandem_launch_work *recorded)
{
	struct tandem_replay_work *replay = &command->replay;

	replay->launch = recorded->launch;
	replay->groups = (struct tandem_group_run){
		.launch = &replay->launch,
		.total = recorded->groups.total,
		.task = &command->event.task,
	};
	command->event.task.groups = &replay->groups;
}

/* Does what was recorded up to the next launch. */
static bool replay_next(struct tandem_command *command, int *error)
{
	struct tandem_replay_work *replay = &command->replay;
	const struct tandem_sequence *sequence = replay->sequence;

	report_end(command->event.queue, &replay->launch);
	while (!*error && replay->next < sequence->count) {
		struct tandem_command *recorded = sequence->commands[replay->next++];

		if (recorded->event.task.groups) {
			replay_launch(command, &recorded->launch);
			return true;
		}
		*error = recorded->ops->run(recorded);
	}
	return false;
}

static void clean_up_replay(struct tandem_command *command)
{
	tandem_sequence_unref(command->replay.sequence);
}

static const struct tandem_command_ops replay_ops = {
	.run = run_nothing,
	.clean_up = clean_up_replay,
	.next = replay_next,
};

void tandem_command_set_replay(struct tandem_command *command, struct tandem_sequence *sequence)
{
	tandem_sequence_ref(sequence);
	command->ops = &replay_ops;
	command->replay.sequence = sequence;
	command->event.task.stack_bytes = sequence->stack_bytes;
}
