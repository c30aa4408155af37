// SPDX-License-Identifier: MIT
/*
 * OpenCL's handles are pointers to the runtime's objects. This is the only place
 * where one becomes the other, and each handle from the application is checked
 * here: the result is NULL where it is not a live object of the kind, and of *_held_of
 * also where the application has no reference to it. *_shown is the handle that a query
 * returns.
 */
#ifndef TANDEM_API_HANDLES_H
#define TANDEM_API_HANDLES_H

#include <CL/cl.h>

#include "core/command_buffer.h"
#include "core/context.h"
#include "core/device.h"
#include "core/event.h"
#include "core/image.h"
#include "core/kernel.h"
#include "core/memory.h"
#include "core/program.h"
#include "core/queue.h"
#include "core/sampler.h"

#define TANDEM_HANDLE(name, type, handle_type, kind)                          \
	static inline struct type *name##_of(handle_type handle)              \
	{                                                                     \
		struct type *object = (struct type *)handle;                  \
                                                                              \
		if (!handle || !tandem_object_is(&object->object, kind))      \
			return NULL;                                          \
		return object;                                                \
	}                                                                     \
                                                                              \
	static inline struct type *name##_held_of(handle_type handle)         \
	{                                                                     \
		struct type *object = (struct type *)handle;                  \
                                                                              \
		if (!handle || !tandem_object_is_held(&object->object, kind)) \
			return NULL;                                          \
		return object;                                                \
	}                                                                     \
                                                                              \
	static inline handle_type name##_handle(struct type *object)          \
	{                                                                     \
		return (handle_type)object;                                   \
	}                                                                     \
                                                                              \
	static inline handle_type name##_shown(struct type *object)           \
	{                                                                     \
		if (object)                                                   \
			tandem_object_show(&object->object);                  \
		return name##_handle(object);                                 \
	}

TANDEM_HANDLE(platform, tandem_platform, cl_platform_id, TANDEM_KIND_PLATFORM)
TANDEM_HANDLE(device, tandem_device, cl_device_id, TANDEM_KIND_DEVICE)
TANDEM_HANDLE(context, tandem_context, cl_context, TANDEM_KIND_CONTEXT)
TANDEM_HANDLE(queue, tandem_queue, cl_command_queue, TANDEM_KIND_QUEUE)
TANDEM_HANDLE(memory, tandem_memory, cl_mem, TANDEM_KIND_MEMORY)
TANDEM_HANDLE(program, tandem_program, cl_program, TANDEM_KIND_PROGRAM)
TANDEM_HANDLE(kernel, tandem_kernel, cl_kernel, TANDEM_KIND_KERNEL)
TANDEM_HANDLE(event, tandem_event, cl_event, TANDEM_KIND_EVENT)
TANDEM_HANDLE(sampler, tandem_sampler, cl_sampler, TANDEM_KIND_SAMPLER)
TANDEM_HANDLE(command_buffer, tandem_command_buffer, cl_command_buffer_khr,
	      TANDEM_KIND_COMMAND_BUFFER)
TANDEM_HANDLE(mutable_command, tandem_mutable_command, cl_mutable_command_khr,
	      TANDEM_KIND_MUTABLE_COMMAND)

#undef TANDEM_HANDLE

/* The same of a memory object that is a buffer or a sub-buffer. */
static inline struct tandem_memory *buffer_of(cl_mem handle)
{
	struct tandem_memory *memory = memory_of(handle);

	return memory && memory->type == CL_MEM_OBJECT_BUFFER ? memory : NULL;
}

/* The image that a handle of a memory object stands for, NULL where that is none. */
static inline struct tandem_image *image_of(cl_mem handle)
{
	struct tandem_memory *memory = memory_of(handle);

	if (!memory || memory->type < CL_MEM_OBJECT_IMAGE2D ||
	    memory->type > CL_MEM_OBJECT_IMAGE1D_BUFFER)
		return NULL;
	return (struct tandem_image *)memory;
}

#endif
