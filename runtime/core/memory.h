// SPDX-License-Identifier: MIT
/*
 * Memory objects: buffers and sub-buffers, and what images (image.h) have in common with
 * them. A buffer is a range of memory that host
 * and devices reach at one address: its own, in the SVM arena, or the application's
 * (CL_MEM_USE_HOST_PTR), SVM allocations among it. Mapping it costs nothing.
 */
#ifndef TANDEM_CORE_MEMORY_H
#define TANDEM_CORE_MEMORY_H

#include "context.h"

#define TANDEM_MOST_MEMORY_PROPERTIES 3

/* A box of bytes in memory: rows of region[0] bytes, slices of region[1] rows. */
struct tandem_box {
	char *start;
	size_t row_pitch;
	size_t slice_pitch;
};

/* Such a box with its region. */
struct tandem_part {
	struct tandem_box box;
	size_t region[TANDEM_DIMENSIONS];
};

typedef void(CL_CALLBACK *tandem_memory_destructor)(cl_mem, void *);

struct tandem_memory {
	struct tandem_object object;
	struct tandem_context *context;
	cl_mem_object_type type;
	struct tandem_memory *parent; /* what a sub-buffer or an image is a part of, or NULL */
	_Atomic unsigned int children; /* such parts: the object is not deleted before them */
	_Atomic unsigned int watchers; /* the object itself, and kernels that it is an argument of */
	size_t origin; /* in bytes, of a sub-buffer in its parent; 0 for images */
	cl_mem_flags flags;
	size_t bytes;
	char *address;
	void *host_pointer; /* with CL_MEM_USE_HOST_PTR, else NULL */
	bool owns_memory; /* address was allocated for this object */
	bool uses_svm; /* host_pointer is SVM of this context */
	bool tells_address; /* the application may ask for its address in kernels */
	cl_mem_properties properties[TANDEM_MOST_MEMORY_PROPERTIES];
	unsigned int property_count;
	/* The short lock guards what is below. */
	struct tandem_mapping *mappings; /* without a parent: of all parts as well */
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
 * What creating memory objects of other types is made of. tandem_memory_init makes a
 * memory object of what tandem_new_object has given, with a reference of the
 * application's. tandem_memory_provide then lets it have the memory at @host_pointer, where
 * @flags and the devices allow that, or memory of its own, without contents: -ENOSPC.
 * tandem_memory_attach makes it a part of @parent instead, from @origin on.
 */
void tandem_memory_init(struct tandem_memory *memory, struct tandem_context *context,
			cl_mem_object_type type, cl_mem_flags flags, size_t bytes);
int tandem_memory_provide(struct tandem_memory *memory, void *host_pointer, bool is_svm);
void tandem_memory_attach(struct tandem_memory *memory, struct tandem_memory *parent,
			  size_t origin);

/* What the object is, at last, a part of; itself where it is none. */
struct tandem_memory *tandem_memory_root(struct tandem_memory *memory);

/*
 * Whether two parts have a byte in common. Parts with different pitches are taken for all that
 * lies between their ends.
 */
bool tandem_parts_overlap(const struct tandem_part *one, const struct tandem_part *other);

/*
 * Notes that the application was given @part of the object's host view by a map command,
 * to write there where @writes. -ENOMEM; -EBUSY where some of it is mapped for
 * writing already, and is to be again.
 */
int tandem_memory_add_mapping(struct tandem_memory *memory, const struct tandem_part *part,
			      bool writes);

/*
 * Takes the note of a part that begins at @pointer back. False where there is none.
 * @written, where it is not NULL: what was mapped for writing; a region of zeros if nothing.
 */
bool tandem_memory_remove_mapping(struct tandem_memory *memory, const void *pointer,
				  struct tandem_part *written);

/*
 * What the driver of @device keeps for the memory object, made at the first call; NULL
 * where it keeps nothing. Any thread may call. -ENOMEM, and what the driver says.
 */
int tandem_memory_resource(struct tandem_memory *memory, struct tandem_device_core *device,
			   void **resource);

/*
 * Where the application sees the object when it maps it: the object's own memory,
 * or the memory that it gave with CL_MEM_USE_HOST_PTR, which a device that reaches
 * the arena only cannot use.
 */
char *tandem_memory_host_view(const struct tandem_memory *memory);

/* The number of such notes. */
cl_uint tandem_memory_map_count(struct tandem_memory *memory);

#endif
