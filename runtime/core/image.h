// SPDX-License-Identifier: MIT
/*
 * Images: memory objects of pixels. Of whatever type, an image is a box of pixels here,
 * with a stride for each dimension; what a type has not is one pixel long. An array of 1D
 * images has its layers in the second dimension, one of 2D images in the third: as origins
 * and regions of the API have them.
 */
#ifndef TANDEM_CORE_IMAGE_H
#define TANDEM_CORE_IMAGE_H

#include "image/format.h"
#include "image/view.h"
#include "memory.h"

struct tandem_image {
	struct tandem_memory memory; /* first: a handle leads to either */
	const struct tandem_image_format *format;
	size_t extent[TANDEM_DIMENSIONS]; /* in pixels */
	size_t stride[TANDEM_DIMENSIONS]; /* in bytes: of a pixel, a row, a slice */
	size_t row_pitch; /* what queries tell; of a 1D array not the stride of its layers */
};

/* What an image is to be like. */
struct tandem_image_shape {
	cl_mem_object_type type;
	const struct tandem_image_format *format;
	size_t extent[TANDEM_DIMENSIONS]; /* at least 1 each */
	size_t stride[TANDEM_DIMENSIONS]; /* of the application's memory, if that is given */
	size_t row_pitch; /* likewise */
};

/*
 * Completes the strides of @shape, whose type, format and extent are there, from what an
 * application gave, 0 for none: @row_pitch, and @slice_pitch, which counts for arrays and 3D
 * images. -EINVAL where these do not fit, -EOVERFLOW where no such image can be.
 */
int tandem_image_shape_complete(struct tandem_image_shape *shape, size_t row_pitch,
				size_t slice_pitch);

/* Bytes from the first pixel to behind the last slice, with a whole stride for each. */
static inline size_t tandem_image_shape_bytes(const struct tandem_image_shape *shape)
{
	return shape->stride[2] * shape->extent[2];
}

/*
 * An image of its own memory, or that at @host_pointer, which is used or copied as @flags
 * say. @is_svm: it points into an SVM allocation of the context. -ENOMEM; -ENOSPC where
 * there is no device memory left.
 */
int tandem_image_create(struct tandem_context *context, cl_mem_flags flags,
			const struct tandem_image_shape *shape, void *host_pointer, bool is_svm,
			struct tandem_image **image);

/* An image of what @parent, a buffer or an image, has in its memory. -ENOMEM. */
int tandem_image_create_on(struct tandem_memory *parent, cl_mem_flags flags,
			   const struct tandem_image_shape *shape, struct tandem_image **image);

/* What the image is like. */
struct tandem_image_shape tandem_image_shape_of(const struct tandem_image *image);

/* The pitch of layers or slices as the API has it: 0 where the type has none. */
size_t tandem_image_slice_pitch(const struct tandem_image *image);

/* What kernels see of the image. */
struct tandem_image_view tandem_image_view_of(const struct tandem_image *image);

/* How far the pixel at @origin is from the first. */
static inline size_t tandem_image_offset(const struct tandem_image *image, const size_t *origin)
{
	return origin[0] * image->stride[0] + origin[1] * image->stride[1] +
	       origin[2] * image->stride[2];
}

/* The part of @image, whose first pixel is seen at @view, from @origin on, in pixels. */
struct tandem_part tandem_image_part(const struct tandem_image *image, char *view,
				     const size_t *origin, const size_t *region);

#endif
