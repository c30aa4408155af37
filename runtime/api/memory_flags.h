// SPDX-License-Identifier: MIT
/* The flags that memory objects are created with, section 5.2.1. */
#ifndef TANDEM_API_MEMORY_FLAGS_H
#define TANDEM_API_MEMORY_FLAGS_H

#include "api.h"

/* Of cl_ext_immutable_memory_objects: not in all headers. */
#ifndef CL_MEM_IMMUTABLE_EXT
#define CL_MEM_IMMUTABLE_EXT (1 << 6)
#endif

#define TANDEM_ACCESS_FLAGS ((cl_mem_flags)CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY | CL_MEM_READ_ONLY)
#define TANDEM_HOST_ACCESS_FLAGS \
	((cl_mem_flags)CL_MEM_HOST_WRITE_ONLY | CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS)
#define TANDEM_POINTER_FLAGS \
	((cl_mem_flags)CL_MEM_USE_HOST_PTR | CL_MEM_ALLOC_HOST_PTR | CL_MEM_COPY_HOST_PTR)

static inline bool tandem_at_most_one(cl_mem_flags flags)
{
	return !(flags & (flags - 1));
}

/* What contradicts CL_MEM_IMMUTABLE_EXT. */
#define TANDEM_CHANGING_FLAGS \
	((cl_mem_flags)CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY | CL_MEM_HOST_WRITE_ONLY)

/* CL_INVALID_VALUE for flags that no buffer and no image may be created with. */
cl_int tandem_api_check_flags(cl_mem_flags flags);

/*
 * Completes the flags of what is no part of another memory object. CL_INVALID_VALUE for an
 * immutable one that has nothing to begin with.
 */
cl_int tandem_api_whole_flags(cl_mem_flags *flags);

/* What flags say of an image's format: an immutable image is for reading only. */
static inline cl_mem_flags tandem_api_format_flags(cl_mem_flags flags)
{
	return flags & CL_MEM_IMMUTABLE_EXT ? flags | CL_MEM_READ_ONLY : flags;
}

/*
 * Completes the flags of what is to be a part of @parent, a sub-buffer or an image, by what
 * it inherits. CL_INVALID_VALUE where they allow more.
 */
cl_int tandem_api_part_flags(const struct tandem_memory *parent, cl_mem_flags *flags);

#endif
