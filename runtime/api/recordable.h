// SPDX-License-Identifier: MIT
/*
 * The commands that can be enqueued and recorded alike: each of these checks its arguments and
 * makes the command, for a call that has a queue. What becomes of it then is the caller's.
 * The errors are those of the clEnqueue* function.
 */
#ifndef TANDEM_API_RECORDABLE_H
#define TANDEM_API_RECORDABLE_H

#include "memory_commands.h"

struct buffer_copy {
	cl_mem source, target;
	size_t source_offset, target_offset, size;
};

struct rect_copy {
	cl_mem source, target;
	const size_t *source_origin, *target_origin, *region;
	size_t source_row_pitch, source_slice_pitch, target_row_pitch, target_slice_pitch;
};

struct buffer_fill {
	cl_mem buffer;
	const void *pattern;
	size_t pattern_size, offset, size;
};

struct image_copy {
	cl_mem source, target;
	const size_t *source_origin, *target_origin, *region;
};

struct image_fill {
	cl_mem image;
	const void *color;
	const size_t *origin, *region;
};

/* Between an image and a buffer. */
struct side_copy {
	cl_mem image, buffer;
	size_t offset; /* in the buffer */
	const size_t *origin, *region;
};

struct svm_copy {
	cl_command_type type;
	void *target;
	const void *source;
	size_t size;
};

struct svm_fill {
	cl_command_type type;
	void *pointer;
	const void *pattern;
	size_t pattern_size, size;
};

cl_int tandem_api_copy_buffer(struct memory_call *call, const struct buffer_copy *copy,
			      struct tandem_command **command);
cl_int tandem_api_copy_rect(struct memory_call *call, const struct rect_copy *copy,
			    struct tandem_command **command);
cl_int tandem_api_fill_buffer(struct memory_call *call, const struct buffer_fill *fill,
			      struct tandem_command **command);
cl_int tandem_api_copy_image(struct memory_call *call, const struct image_copy *copy,
			     struct tandem_command **command);
cl_int tandem_api_fill_image(struct memory_call *call, const struct image_fill *fill,
			     struct tandem_command **command);
cl_int tandem_api_copy_image_to_buffer(struct memory_call *call, const struct side_copy *copy,
				       struct tandem_command **command);
cl_int tandem_api_copy_buffer_to_image(struct memory_call *call, const struct side_copy *copy,
				       struct tandem_command **command);
cl_int tandem_api_copy_svm(struct memory_call *call, const struct svm_copy *copy,
			   struct tandem_command **command);
cl_int tandem_api_fill_svm(struct memory_call *call, const struct svm_fill *fill,
			   struct tandem_command **command);

#endif
