// SPDX-License-Identifier: MIT
/* What the commands on buffers and those on images have in common. */
#ifndef TANDEM_API_MEMORY_COMMANDS_H
#define TANDEM_API_MEMORY_COMMANDS_H

#include "memory_flags.h"

/* Flags of memory objects with which commands of the host's are refused. */
#define TANDEM_HOST_CANNOT_READ ((cl_mem_flags)CL_MEM_HOST_WRITE_ONLY | CL_MEM_HOST_NO_ACCESS)
#define TANDEM_HOST_CANNOT_WRITE \
	((cl_mem_flags)CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS | CL_MEM_IMMUTABLE_EXT)

/* What a command begins with: the queue, a memory object of its context, the wait list. */
struct memory_call {
	struct tandem_queue *queue;
	struct tandem_memory *memory;
	struct tandem_wait_list wait;
};

/*
 * Whether a handle, of which @memory is what it stands for, as far as the command takes
 * it, may be used in the queue. CL_INVALID_MEM_OBJECT, CL_INVALID_CONTEXT.
 */
cl_int tandem_api_check_memory(const struct tandem_queue *queue, cl_mem handle,
			       const struct tandem_memory *memory);

/* The queue and the wait list of a call, without a memory object yet. CL_INVALID_COMMAND_QUEUE. */
cl_int tandem_api_check_queue(cl_command_queue queue, cl_uint num_events, const cl_event *events,
			      struct memory_call *call);

/* Gives the call its memory object, as tandem_api_check_memory checks it. */
cl_int tandem_api_take_memory(struct memory_call *call, cl_mem handle,
			      struct tandem_memory *memory);

/* All of this. */
cl_int tandem_api_check_call(cl_command_queue queue, cl_mem handle, struct tandem_memory *memory,
			     cl_uint num_events, const cl_event *events, struct memory_call *call);

/* CL_INVALID_OPERATION where the object has one of the flags @forbidden. */
cl_int tandem_api_check_access(const struct tandem_memory *memory, cl_mem_flags forbidden);

/* A command that holds the call's memory object, and can hold one more. */
cl_int tandem_api_create_command(const struct memory_call *call, cl_command_type type,
				 struct tandem_command **command);

/* Whether there are such flags of a map command, and the memory object allows them. */
cl_int tandem_api_check_map(const struct tandem_memory *memory, cl_map_flags flags);

/*
 * Maps @part of the host's view of the call's memory object, with the flags of a map
 * command, which are checked here. Gives its start in *@pointer.
 */
cl_int tandem_api_enqueue_map(const struct memory_call *call, cl_command_type type,
			      const struct tandem_part *part, cl_bool blocking, cl_map_flags flags,
			      cl_event *event, void **pointer);

#define check_memory(queue, handle, memory) tandem_api_check_memory((queue), (handle), (memory))
#define check_queue(queue, num_events, events, call) \
	tandem_api_check_queue((queue), (num_events), (events), (call))
#define take_memory(call, handle, memory) tandem_api_take_memory((call), (handle), (memory))
#define check_call(queue, handle, memory, num_events, events, call) \
	tandem_api_check_call((queue), (handle), (memory), (num_events), (events), (call))
#define check_access(memory, forbidden)	    tandem_api_check_access((memory), (forbidden))
#define create_command(call, type, command) tandem_api_create_command((call), (type), (command))
#define enqueue_map(call, type, part, blocking, flags, event, pointer) \
	tandem_api_enqueue_map((call), (type), (part), (blocking), (flags), (event), (pointer))

#endif
