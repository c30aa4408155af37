// SPDX-License-Identifier: MIT
#include "image.h"

#include <errno.h>
#include <string.h>

/* The bytes of a line of @count things, each @stride from the one before. */
static int line_bytes(size_t stride, size_t count, size_t *bytes)
{
	return __builtin_mul_overflow(stride, count, bytes) ? -EOVERFLOW : 0;
}

/* A stride that was given for what takes at least @bytes, or these where none was. */
static int choose_stride(size_t given, size_t bytes, size_t *stride)
{
	if (given && given < bytes)
		return -EINVAL;
	*stride = given ? given : bytes;
	return 0;
}

int tandem_image_shape_complete(struct tandem_image_shape *shape, size_t row_pitch,
				size_t slice_pitch)
{
	const bool has_slices = shape->type == CL_MEM_OBJECT_IMAGE3D ||
				shape->type == CL_MEM_OBJECT_IMAGE2D_ARRAY;
	size_t row_bytes, slice_bytes, bytes;
	int error;

	shape->stride[0] = shape->format->pixel_bytes;
	if (row_pitch % shape->stride[0])
		return -EINVAL;
	error = line_bytes(shape->stride[0], shape->extent[0], &row_bytes);
	if (!error)
		error = choose_stride(row_pitch, row_bytes, &shape->row_pitch);
	shape->stride[1] = shape->row_pitch;
	/* The layers of a 1D array are the rows of the box. */
	if (!error && shape->type == CL_MEM_OBJECT_IMAGE1D_ARRAY && slice_pitch) {
		if (slice_pitch % shape->stride[1])
			return -EINVAL;
		error = choose_stride(slice_pitch, shape->stride[1], &shape->stride[1]);
	}
	if (!error)
		error = line_bytes(shape->stride[1], shape->extent[1], &slice_bytes);
	if (!error)
		error = choose_stride(has_slices ? slice_pitch : 0, slice_bytes, &shape->stride[2]);
	if (!error && shape->stride[2] % shape->stride[1])
		return -EINVAL;
	return error ? error : line_bytes(shape->stride[2], shape->extent[2], &bytes);
}

static struct tandem_image *new_image(struct tandem_context *context, cl_mem_flags flags,
				      const struct tandem_image_shape *shape)
{
	struct tandem_image *image = tandem_new_object(image);

	if (!image)
		return NULL;
	image->format = shape->format;
	memcpy(image->extent, shape->extent, sizeof(image->extent));
	memcpy(image->stride, shape->stride, sizeof(image->stride));
	image->row_pitch = shape->row_pitch;
	tandem_memory_init(&image->memory, context, shape->type, flags,
			   tandem_image_shape_bytes(shape));
	return image;
}

static void copy_pixels(struct tandem_image *image, const struct tandem_image_shape *source,
			const char *pixels)
{
	for (size_t slice = 0; slice < image->extent[2]; slice++) {
		for (size_t row = 0; row < image->extent[1]; row++)
			memcpy(image->memory.address + slice * image->stride[2] +
				       row * image->stride[1],
			       pixels + slice * source->stride[2] + row * source->stride[1],
			       image->extent[0] * image->stride[0]);
	}
}

int tandem_image_create(struct tandem_context *context, cl_mem_flags flags,
			const struct tandem_image_shape *shape, void *host_pointer, bool is_svm,
			struct tandem_image **out)
{
	struct tandem_image_shape own = *shape;
	struct tandem_image *image;
	int error = 0;

	/* Memory that the application sees under its own pointer has the same strides. */
	if (!(flags & CL_MEM_USE_HOST_PTR))
		error = tandem_image_shape_complete(&own, 0, 0);
	if (error)
		return error;
	image = new_image(context, flags, &own);
	if (!image)
		return -ENOMEM;
	error = tandem_memory_provide(&image->memory, host_pointer, is_svm);
	if (error) {
		tandem_object_unref(&image->memory.object);
		return error;
	}
	if (image->memory.owns_memory && host_pointer)
		copy_pixels(image, shape, host_pointer);
	*out = image;
	return 0;
}

int tandem_image_create_on(struct tandem_memory *parent, cl_mem_flags flags,
			   const struct tandem_image_shape *shape, struct tandem_image **out)
{
	struct tandem_image *image = new_image(parent->context, flags, shape);

	if (!image)
		return -ENOMEM;
	tandem_memory_attach(&image->memory, parent, 0);
	*out = image;
	return 0;
}

struct tandem_image_shape tandem_image_shape_of(const struct tandem_image *image)
{
	struct tandem_image_shape shape = {
		.type = image->memory.type,
		.format = image->format,
		.row_pitch = image->row_pitch,
	};

	memcpy(shape.extent, image->extent, sizeof(shape.extent));
	memcpy(shape.stride, image->stride, sizeof(shape.stride));
	return shape;
}

_Static_assert(sizeof(struct tandem_image_view) == TANDEM_IMAGE_VIEW_BYTES,
	       "the compiler makes room for a view in the arguments of kernels");

struct tandem_image_view tandem_image_view_of(const struct tandem_image *image)
{
	const struct tandem_image_format *format = image->format;
	struct tandem_image_view view = {
		.address = (uintptr_t)image->memory.address,
		.strides = { image->stride[1], image->stride[2] },
		.type = format->name.image_channel_data_type,
		.order = format->name.image_channel_order,
		.pixel_bytes = format->pixel_bytes,
		.channels = format->channels,
	};

	for (int i = 0; i < TANDEM_DIMENSIONS; i++)
		view.extent[i] = (int32_t)image->extent[i];
	for (unsigned int i = 0; i < TANDEM_COLOUR_CHANNELS; i++)
		view.sources |= (uint32_t)format->sources[i] << (8 * i);
	return view;
}

size_t tandem_image_slice_pitch(const struct tandem_image *image)
{
	switch (image->memory.type) {
	case CL_MEM_OBJECT_IMAGE1D_ARRAY:
		return image->stride[1];
	case CL_MEM_OBJECT_IMAGE2D_ARRAY:
	case CL_MEM_OBJECT_IMAGE3D:
		return image->stride[2];
	default:
		return 0;
	}
}

struct tandem_part tandem_image_part(const struct tandem_image *image, char *view,
				     const size_t *origin, const size_t *region)
{
	return (struct tandem_part){
		.box = { view + tandem_image_offset(image, origin), image->stride[1],
			 image->stride[2] },
		.region = { region[0] * image->stride[0], region[1], region[2] },
	};
}
