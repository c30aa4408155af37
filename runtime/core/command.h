// SPDX-License-Identifier: MIT
/*
 * What queues hold: an event, with the work that it stands for.
 *
 * A command is created with its dependencies, filled in by one of the functions
 * below, and submitted. It holds references to the objects that its work needs
 * until that work has ended; the event may live on.
 *
 * A command that is never submitted, but recorded (sequence.h), is what other commands do:
 * each of these replays a sequence of such.
 */
#ifndef TANDEM_CORE_COMMAND_H
#define TANDEM_CORE_COMMAND_H

#include "event.h"
#include "kernel.h"
#include "memory.h"

/* The events that a command waits for. */
struct tandem_wait_list {
	struct tandem_event *const *events;
	unsigned int count;
};

struct tandem_command;
struct tandem_sequence;

struct tandem_command_ops {
	int (*run)(struct tandem_command *command); /* as execute of struct tandem_task_ops */
	void (*clean_up)(struct tandem_command *command); /* the work has ended, or will not begin */
	/* NULL, or as next of struct tandem_task_ops. */
	bool (*next)(struct tandem_command *command, int *error);
};

typedef void(CL_CALLBACK *tandem_native_kernel)(void *);
typedef void(CL_CALLBACK *tandem_svm_free_notify)(cl_command_queue, cl_uint, void *[], void *);

struct tandem_copy_work {
	char *target;
	const char *source;
	size_t bytes;
};

struct tandem_box_work {
	struct tandem_box target;
	struct tandem_box source;
	size_t region[TANDEM_DIMENSIONS];
};

struct tandem_fill_work {
	struct tandem_part target;
	unsigned char pattern[128];
	size_t pattern_bytes;
};

struct tandem_native_work {
	tandem_native_kernel function;
	void *arguments; /* a copy, or NULL */
};

struct tandem_svm_free_work {
	tandem_svm_free_notify notify;
	void *user_data;
	void **pointers; /* a copy */
	cl_uint count;
};

struct tandem_svm_migrate_work {
	void **pointers; /* a copy */
	size_t *bytes;
	cl_uint count;
	bool to_host;
};

struct tandem_memory_migrate_work {
	bool to_host;
};

struct tandem_launch_work {
	struct tandem_launch launch;
	struct tandem_group_run groups;
	struct tandem_program *program; /* which the command is a user of */
};

struct tandem_replay_work {
	struct tandem_sequence *sequence; /* a reference */
	unsigned int next; /* the command to do next */
	struct tandem_launch launch; /* a copy of the one that runs */
	struct tandem_group_run groups; /* its */
};

struct tandem_command {
	struct tandem_event event; /* first: it is what the application sees */
	const struct tandem_command_ops *ops;
	struct tandem_wait_list wait; /* until it is submitted */
	unsigned int held_count;
	struct tandem_object **held; /* references, behind this structure */
	void *block; /* bytes aligned to 128, behind this structure */
	union {
		struct tandem_copy_work copy;
		struct tandem_box_work box;
		struct tandem_fill_work fill;
		struct tandem_native_work native;
		struct tandem_svm_free_work svm_free;
		struct tandem_svm_migrate_work svm_migrate;
		struct tandem_memory_migrate_work memory_migrate;
		struct tandem_launch_work launch;
		struct tandem_replay_work replay;
	};
	struct tandem_task_edge edges[];
};

/*
 * A command without work yet, that will wait for @wait, whose events must be there
 * until it is submitted. @held_limit objects can be
 * held, and @block_bytes of memory go with it. -ENOMEM.
 */
int tandem_command_create(struct tandem_queue *queue, cl_command_type type,
			  const struct tandem_wait_list *wait, unsigned int held_limit,
			  size_t block_bytes, struct tandem_command **command);

/* Gives up a command that was not submitted. */
void tandem_command_abandon(struct tandem_command *command);

/* Keeps @object until the work has ended. */
void tandem_command_hold(struct tandem_command *command, struct tandem_object *object);

/*
 * Enqueues the command, which is no more the caller's, and gives a reference of
 * the application's in *@event where @event is not NULL. @blocking: returns when
 * the command is complete, with its negative status where it failed, else 0.
 */
cl_int tandem_command_submit(struct tandem_command *command, bool blocking,
			     struct tandem_event **event);

/* Work: one of these for each command. The memory must be held by the caller's doing. */
void tandem_command_set_copy(struct tandem_command *command, void *target, const void *source,
			     size_t bytes);
void tandem_command_set_box_copy(struct tandem_command *command, const struct tandem_box *target,
				 const struct tandem_box *source, const size_t *region);
void tandem_command_set_fill(struct tandem_command *command, void *target, size_t bytes,
			     const void *pattern, size_t pattern_bytes);
/* The bytes of each row of @target are a multiple of the pattern's. */
void tandem_command_set_box_fill(struct tandem_command *command, const struct tandem_part *target,
				 const void *pattern, size_t pattern_bytes);
/* A barrier, or a marker: waits for all earlier commands, where @waits_for_all. */
void tandem_command_set_marker(struct tandem_command *command, bool waits_for_all,
			       bool holds_later);
/* @arguments is from malloc, and the command's from here on. */
void tandem_command_set_native(struct tandem_command *command, tandem_native_kernel function,
			       void *arguments);
/* The commands of @sequence, to which it takes a reference. */
void tandem_command_set_replay(struct tandem_command *command, struct tandem_sequence *sequence);
/* -ENOMEM. @notify may be NULL: then the allocations are freed. */
int tandem_command_set_svm_free(struct tandem_command *command, tandem_svm_free_notify notify,
				void *user_data, void *const *pointers, cl_uint count);
/* -ENOMEM. @bytes may be NULL: then whole allocations. */
int tandem_command_set_svm_migrate(struct tandem_command *command, const void *const *pointers,
				   const size_t *bytes, cl_uint count, bool to_host);
/* Of all that the command holds, which are memory objects. */
void tandem_command_set_memory_migrate(struct tandem_command *command, bool to_host);

/* An index space that was checked. */
struct tandem_index_space {
	cl_uint dimensions;
	uint64_t global_offset[TANDEM_DIMENSIONS];
	uint64_t global_size[TANDEM_DIMENSIONS];
	uint64_t local_size[TANDEM_DIMENSIONS];
};

/* The groups along a dimension, of which the last one may be smaller. */
static inline uint64_t tandem_index_space_groups(const struct tandem_index_space *space,
						 int dimension)
{
	uint64_t size = space->global_size[dimension];

	return size / space->local_size[dimension] + (size % space->local_size[dimension] != 0);
}

/*
 * Chooses the size of the groups, where the application gives none: the one that the
 * kernel requires, or as its driver likes it. @uneven as in choose_local_size. Where the kernel
 * requires a number of sub-groups that no size gives, it is 1.
 */
void tandem_index_space_choose_groups(struct tandem_index_space *space,
				      const struct tandem_device *device,
				      const struct tandem_kernel_info *info, bool uneven);

/*
 * A command that runs @kernel as its arguments are now; all must be set. -ENOMEM,
 * -ENODEV where the kernel cannot run on the queue's device, and -ESTALE where a buffer
 * that is an argument was released. @wait: NULL for one that is recorded.
 */
int tandem_command_create_launch(struct tandem_queue *queue, struct tandem_kernel *kernel,
				 const struct tandem_index_space *space,
				 const struct tandem_wait_list *wait, cl_command_type type,
				 struct tandem_command **command);

#endif
