// SPDX-License-Identifier: MIT
/*
 * Command buffers (cl_khr_command_buffer), and the launches in them that can be changed
 * (cl_khr_command_buffer_mutable_dispatch).
 *
 * Overview
 *	A command buffer holds a sequence of recorded commands (sequence.h). What is enqueued
 *	replays the sequence as it is at that time: a change comes in a copy where replays
 *	have not ended.
 *
 *	A launch that can be changed keeps a kernel of its own, with the arguments it has. A
 *	change is made to a draft, and its launch built anew; only where all drafts of a call
 *	were built do they take the place of what was there.
 *
 * Locking
 *	Commands may be recorded by several threads at once, and the buffer be enqueued: the
 *	short lock of the buffer guards what is marked. Finalizing and changes are not to be
 *	called by several at once, says OpenCL.
 */
#ifndef TANDEM_CORE_COMMAND_BUFFER_H
#define TANDEM_CORE_COMMAND_BUFFER_H

#include "sequence.h"
#include "util/new_names.h"

/* Entries of the longest property lists, with the zero at the end. */
#define TANDEM_MOST_BUFFER_PROPERTIES  5
#define TANDEM_MOST_COMMAND_PROPERTIES 5

struct tandem_command_buffer {
	struct tandem_object object;
	struct tandem_queue *queue; /* a reference */
	cl_bitfield flags; /* CL_COMMAND_BUFFER_*_KHR */
	cl_bitfield asserts; /* CL_MUTABLE_DISPATCH_ASSERT_*_KHR */
	cl_properties properties[TANDEM_MOST_BUFFER_PROPERTIES];
	unsigned int property_count; /* with the zero; 0 for a buffer made without a list */
	bool finalized; /* short lock, and so below */
	struct tandem_sequence *sequence;
	struct tandem_mutable_command *mutable_commands;
};

/* What a launch is recorded as, beside its kernel and arguments. */
struct tandem_recorded_launch {
	struct tandem_index_space space;
	bool has_local_size; /* the application's */
	cl_bitfield fields; /* CL_MUTABLE_DISPATCH_*_KHR that can be changed */
	cl_properties properties[TANDEM_MOST_COMMAND_PROPERTIES];
	unsigned int property_count; /* as of a buffer */
};

/* A launch that the application has a handle of. It lives as long as its buffer. */
struct tandem_mutable_command {
	struct tandem_object object;
	struct tandem_command_buffer *buffer; /* no reference */
	unsigned int index; /* in the sequence */
	struct tandem_kernel *recorded; /* the application's, a reference */
	struct tandem_kernel *kernel; /* with the arguments; NULL where nothing can be changed */
	struct tandem_recorded_launch launch;
	struct tandem_draft *draft; /* of a change that is being made; the changing thread's */
	struct tandem_mutable_command *next;
};

/* What a mutable command is to become. */
struct tandem_draft {
	struct tandem_mutable_command *target;
	struct tandem_kernel *kernel; /* a reference */
	struct tandem_index_space space;
	bool has_local_size;
	struct tandem_command *command; /* NULL until it is built, or where arguments are unset */
	struct tandem_draft **list; /* of the call that it belongs to */
	struct tandem_draft *next;
};

/* @properties: @property_count entries, kept for queries. -ENOMEM. */
int tandem_command_buffer_create(struct tandem_queue *queue, cl_bitfield flags, cl_bitfield asserts,
				 const cl_properties *properties, unsigned int property_count,
				 struct tandem_command_buffer **buffer);

/*
 * Adds a command, the buffer's from here on where that succeeds, and gives its number.
 * -EBUSY where the buffer was finalized, -ENOMEM, -EOVERFLOW.
 */
int tandem_command_buffer_record(struct tandem_command_buffer *buffer,
				 struct tandem_command *command, unsigned int *index);

/*
 * The same of a launch of @kernel, whose arguments need not all be set. @handle: where
 * a mutable command of it goes, or NULL. Beside the above what creating a launch returns.
 */
int tandem_command_buffer_record_launch(struct tandem_command_buffer *buffer,
					struct tandem_kernel *kernel,
					const struct tandem_recorded_launch *launch,
					unsigned int *index,
					struct tandem_mutable_command **handle);

/* -EBUSY where it was before. */
int tandem_command_buffer_finalize(struct tandem_command_buffer *buffer);

/* CL_COMMAND_BUFFER_STATE_*_KHR, and the number of commands recorded. */
cl_uint tandem_command_buffer_state(struct tandem_command_buffer *buffer);
unsigned int tandem_command_buffer_count(struct tandem_command_buffer *buffer);

/*
 * A command for @queue that does what the buffer's commands are now. -EBUSY where the
 * buffer is not to be executed, -ENOMEM.
 */
int tandem_command_buffer_create_replay(struct tandem_command_buffer *buffer,
					struct tandem_queue *queue,
					const struct tandem_wait_list *wait,
					struct tandem_command **command);

/* ---- changes ---- */

/*
 * The draft of @target, put in front of *@drafts where there was none: as the command is,
 * with a kernel to change. -ENOMEM.
 */
int tandem_draft_get(struct tandem_mutable_command *target, struct tandem_draft **drafts,
		     struct tandem_draft **draft);

/* Builds the launch of what the draft is. What creating a launch returns. */
int tandem_draft_build(struct tandem_draft *draft);

/* Puts all that was built in the place of what there was; frees the drafts. -ENOMEM: nothing. */
int tandem_drafts_apply(struct tandem_command_buffer *buffer, struct tandem_draft *drafts);

/* Frees drafts, and changes nothing. */
void tandem_drafts_drop(struct tandem_draft *drafts);

#endif
