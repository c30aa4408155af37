// SPDX-License-Identifier: MIT
/*
 * Memory objects: buffers and sub-buffers, so far. A buffer is a range of memory that host
 * and devices reach at one address: its own, in the SVM arena, or the application's
 * (CL_MEM_USE_HOST_PTR), SVM allocations among it. Mapping it costs nothing.
 */
#ifndef TANDEM_CORE_MEMORY_H
#define TANDEM_CORE_MEMORY_H

#include "context.h"

#define TANDEM_MOST_MEMORY_PROPERTIES 2

typedef void(CL_CALLBACK *tandem_memory_destructor)(cl_mem, void *);

struct tandem_memory {
	struct tandem_object object;
	struct tandem_context *context;
	cl_mem_object_type type;
	struct tandem_memory *parent; /* of a sub-buffer; NULL for a buffer */
	_Atomic unsigned int children; /* sub-buffers: the buffer is not deleted before them */
	_Atomic unsigned int watchers; /* the object itself, and kernels that it is an argument of */
	size_t origin; /* of a sub-buffer, in its parent */
	cl_mem_flags flags;
	size_t bytes;
	char *address;
	void *host_pointer; /* with CL_MEM_USE_HOST_PTR, else NULL */
	bool owns_memory; /* address was allocated for this buffer */
	bool uses_svm; /* host_pointer is SVM of this context */
	cl_mem_properties properties[TANDEM_MOST_MEMORY_PROPERTIES];
	unsigned int property_count;
	/* The short lock guards what is below. */
	struct tandem_mapping *mappings; /* a buffer's: of its sub-buffers as well */
	struct tandem_memory_callback *callbacks; /* the last registered first */
	struct tandem_memory_resource *resources; /* of drivers, one a device */
};

/*
 * A buffer of @bytes. @host_pointer is used or copied as @flags say. @is_svm: it
 * points into an SVM allocation of the context. -ENOMEM; -ENOSPC where there is
 * no device memory left.
 */
int tandem_buffer_create(struct tandem_context *context, cl_mem_flags flags, size_t bytes,
			 void *host_pointer, bool is_svm, struct tandem_memory **buffer);

/* -ENOMEM. */
int tandem_sub_buffer_create(struct tandem_memory *parent, cl_mem_flags flags, size_t origin,
			     size_t bytes, struct tandem_memory **buffer);

/* -ENOMEM. */
int tandem_memory_add_callback(struct tandem_memory *memory, tandem_memory_destructor function,
			       void *user_data);

/*
 * Kernels hold no references to their arguments, but must not take another buffer for
 * one that was released. Such a note keeps the structure, without what it stands for.
 * NULL is nothing.
 */
void tandem_memory_watch(struct tandem_memory *memory);
void tandem_memory_unwatch(struct tandem_memory *memory);

/* Takes a reference to a buffer that is watched. False where it was released. */
bool tandem_memory_ref_watched(struct tandem_memory *memory);

/*
 * Notes that the application was given the @bytes at @pointer by a map command,
 * to write there where @writes. -ENOMEM; -EBUSY where a part of it is mapped for
 * writing already, and is to be again.
 */
int tandem_memory_add_mapping(struct tandem_memory *memory, char *pointer, size_t bytes,
			      bool writes);

/*
 * Takes such a note back. False where there is none. @written_bytes, where it is not
 * NULL: how much was mapped for writing, or 0.
 */
bool tandem_memory_remove_mapping(struct tandem_memory *memory, const void *pointer,
				  size_t *written_bytes);

/*
 * What the driver of @device keeps for the memory object, made at the first call; NULL
 * where it keeps nothing. Any thread may call. -ENOMEM, and what the driver says.
 */
int tandem_memory_resource(struct tandem_memory *memory, struct tandem_device_core *device,
			   void **resource);

/*
 * Where the application sees the buffer when it maps it: the buffer's own memory,
 * or the memory that it gave with CL_MEM_USE_HOST_PTR, which a device that reaches
 * the arena only cannot use.
 */
char *tandem_memory_host_view(const struct tandem_memory *memory);

/* The number of such notes. */
cl_uint tandem_memory_map_count(struct tandem_memory *memory);

#endif
