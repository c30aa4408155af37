// SPDX-License-Identifier: MIT
/* Creating images, section 5.3.1. The commands on them are in image_commands.c. */
#include "image.h"

#include <errno.h>

#include "memory_flags.h"

/* What a call gives that is to create an image. */
struct image_call {
	struct tandem_context *context;
	cl_mem_flags flags;
	const cl_image_format *format;
	const cl_image_desc *desc;
	void *host_pointer;
	struct tandem_memory *parent; /* what the image is to be made of, or NULL */
};

bool tandem_api_has_images(const struct tandem_context *context)
{
	for (unsigned int i = 0; i < context->core_count; i++) {
		if (context->cores[i]->properties.images.supported)
			return true;
	}
	return false;
}

/* ---- what devices allow ---- */

static bool has_room(const struct tandem_image_properties *images,
		     const struct tandem_image_shape *shape)
{
	const size_t *extent = shape->extent;

	switch (shape->type) {
	case CL_MEM_OBJECT_IMAGE1D_BUFFER:
		return extent[0] <= images->max_buffer;
	case CL_MEM_OBJECT_IMAGE1D_ARRAY:
		return extent[0] <= images->max_2d[0] && extent[1] <= images->max_layers;
	case CL_MEM_OBJECT_IMAGE3D:
		return extent[0] <= images->max_3d[0] && extent[1] <= images->max_3d[1] &&
		       extent[2] <= images->max_3d[2];
	case CL_MEM_OBJECT_IMAGE2D_ARRAY:
		return extent[0] <= images->max_2d[0] && extent[1] <= images->max_2d[1] &&
		       extent[2] <= images->max_layers;
	default:
		return extent[0] <= images->max_2d[0] && extent[1] <= images->max_2d[1];
	}
}

cl_int tandem_api_check_image(const struct tandem_device_properties *properties,
			      const struct tandem_image_shape *shape, cl_mem_flags flags)
{
	const struct tandem_image_properties *images = &properties->images;
	const struct tandem_image_format *format;

	if (!images->supported)
		return CL_INVALID_OPERATION;
	if (!has_room(images, shape))
		return CL_INVALID_IMAGE_SIZE;
	format = tandem_image_format_find(images->formats, images->format_count,
					  &shape->format->name);
	if (!format || !tandem_image_format_allows(format, shape->type, flags))
		return CL_IMAGE_FORMAT_NOT_SUPPORTED;
	return CL_SUCCESS;
}

/* One device of the context that can have it is enough. */
static cl_int check_devices(const struct image_call *call, const struct tandem_image_shape *shape)
{
	cl_int code = CL_INVALID_OPERATION;

	for (unsigned int i = 0; i < call->context->core_count; i++) {
		cl_int device_code = tandem_api_check_image(&call->context->cores[i]->properties,
							    shape,
							    tandem_api_format_flags(call->flags));

		if (device_code == CL_SUCCESS)
			return CL_SUCCESS;
		if (device_code != CL_INVALID_OPERATION)
			code = device_code;
	}
	if (code == CL_INVALID_IMAGE_SIZE)
		return fail(code, "%zu x %zu x %zu pixels, more than any device allows",
			    shape->extent[0], shape->extent[1], shape->extent[2]);
	return fail(code,
		    "no device has images of type 0x%x, order 0x%x, data type 0x%x with flags "
		    "0x%llx",
		    shape->type, call->format->image_channel_order,
		    call->format->image_channel_data_type, (unsigned long long)call->flags);
}

/* ---- the descriptor ---- */

/* Sets the extent, with 1 for what images of the type do not have. */
static cl_int read_extent(const cl_image_desc *desc, struct tandem_image_shape *shape)
{
	size_t *extent = shape->extent;

	shape->type = desc->image_type;
	extent[0] = desc->image_width;
	extent[1] = 1;
	extent[2] = 1;
	switch (desc->image_type) {
	case CL_MEM_OBJECT_IMAGE1D:
	case CL_MEM_OBJECT_IMAGE1D_BUFFER:
		break;
	case CL_MEM_OBJECT_IMAGE1D_ARRAY:
		extent[1] = desc->image_array_size;
		break;
	case CL_MEM_OBJECT_IMAGE2D:
		extent[1] = desc->image_height;
		break;
	case CL_MEM_OBJECT_IMAGE2D_ARRAY:
		extent[1] = desc->image_height;
		extent[2] = desc->image_array_size;
		break;
	case CL_MEM_OBJECT_IMAGE3D:
		extent[1] = desc->image_height;
		extent[2] = desc->image_depth;
		break;
	default:
		return fail(CL_INVALID_IMAGE_DESCRIPTOR, "no image type 0x%x", desc->image_type);
	}
	if (!extent[0] || !extent[1] || !extent[2])
		return fail(CL_INVALID_IMAGE_DESCRIPTOR, "an image without pixels");
	return CL_SUCCESS;
}

/* Finds what the image is to be made of. */
static cl_int read_parent(struct image_call *call)
{
	const cl_mem_object_type type = call->desc->image_type;
	const cl_mem handle = call->desc->mem_object;
	struct tandem_memory *memory = memory_of(handle);
	const struct tandem_image *image = image_of(handle);

	if (!handle && type != CL_MEM_OBJECT_IMAGE1D_BUFFER)
		return CL_SUCCESS;
	if (type != CL_MEM_OBJECT_IMAGE1D_BUFFER && type != CL_MEM_OBJECT_IMAGE2D)
		return fail(CL_INVALID_IMAGE_DESCRIPTOR,
			    "images of type 0x%x are made of no memory object", type);
	if (!memory || memory->context != call->context ||
	    (image && (type != CL_MEM_OBJECT_IMAGE2D || memory->type != CL_MEM_OBJECT_IMAGE2D)))
		return fail(CL_INVALID_IMAGE_DESCRIPTOR,
			    "%p is no memory object of the context that the image can be made of",
			    (void *)handle);
	call->parent = memory;
	return CL_SUCCESS;
}

static cl_int check_descriptor(struct image_call *call, struct tandem_image_shape *shape)
{
	const cl_image_desc *desc = call->desc;
	cl_int code;

	if (!desc)
		return fail(CL_INVALID_IMAGE_DESCRIPTOR, "no descriptor");
	code = read_extent(desc, shape);
	if (code == CL_SUCCESS && (desc->num_mip_levels || desc->num_samples))
		code = fail(CL_INVALID_IMAGE_DESCRIPTOR, "%u levels and %u samples, must be 0",
			    desc->num_mip_levels, desc->num_samples);
	if (code == CL_SUCCESS)
		code = read_parent(call);
	if (code == CL_SUCCESS && !call->host_pointer && !call->parent &&
	    (desc->image_row_pitch || desc->image_slice_pitch))
		code = fail(CL_INVALID_IMAGE_DESCRIPTOR, "pitches without a host pointer");
	return code;
}

static cl_int check_format(const struct image_call *call, struct tandem_image_shape *shape)
{
	if (!call->format || !tandem_image_format_is_valid(call->format))
		return fail(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, "no such image format");
	for (unsigned int i = 0; i < call->context->core_count && !shape->format; i++) {
		const struct tandem_image_properties *images =
			&call->context->cores[i]->properties.images;

		shape->format = tandem_image_format_find(images->formats, images->format_count,
							 call->format);
	}
	if (!shape->format)
		return fail(CL_IMAGE_FORMAT_NOT_SUPPORTED,
			    "no device has images of order 0x%x, data type 0x%x",
			    call->format->image_channel_order,
			    call->format->image_channel_data_type);
	return CL_SUCCESS;
}

static cl_int complete_shape(const struct image_call *call, struct tandem_image_shape *shape)
{
	int error = tandem_image_shape_complete(shape, call->desc->image_row_pitch,
						call->desc->image_slice_pitch);

	if (error)
		return fail(CL_INVALID_IMAGE_DESCRIPTOR, "row pitch %zu, slice pitch %zu",
			    call->desc->image_row_pitch, call->desc->image_slice_pitch);
	return CL_SUCCESS;
}

/* ---- images of their own memory ---- */

static cl_int create_alone(const struct image_call *call, const struct tandem_image_shape *shape,
			   struct tandem_image **image)
{
	const cl_mem_flags needs_pointer = CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR;
	const size_t bytes = tandem_image_shape_bytes(shape);
	const struct tandem_svm_allocation *svm = NULL;
	cl_mem_flags flags = call->flags;
	cl_int code = tandem_api_whole_flags(&flags);

	if (code != CL_SUCCESS)
		return code;
	if (!call->host_pointer != !(flags & needs_pointer))
		return fail(CL_INVALID_HOST_PTR, "host pointer %p with flags 0x%llx",
			    call->host_pointer, (unsigned long long)flags);
	if (bytes > tandem_context_max_allocation(call->context))
		return fail(CL_MEM_OBJECT_ALLOCATION_FAILURE, "%zu bytes, the devices allow %llu",
			    bytes,
			    (unsigned long long)tandem_context_max_allocation(call->context));
	if (flags & needs_pointer)
		svm = tandem_svm_find(&call->context->svm, call->host_pointer);
	if (svm && !tandem_svm_contains(svm, call->host_pointer, bytes))
		return fail(CL_INVALID_IMAGE_SIZE, "%zu bytes at %p exceed the SVM allocation",
			    bytes, call->host_pointer);
	return result(
		tandem_image_create(call->context, flags, shape, call->host_pointer, svm, image));
}

/* ---- images of other memory objects ---- */

/* The order that channels of @order are seen in otherwise, section 5.3.1.3; 0 for none. */
static cl_channel_order other_view(cl_channel_order order)
{
	switch (order) {
	case CL_sBGRA:
		return CL_BGRA;
	case CL_BGRA:
		return CL_sBGRA;
	case CL_sRGBA:
		return CL_RGBA;
	case CL_RGBA:
		return CL_sRGBA;
	case CL_sRGB:
		return CL_RGB;
	case CL_RGB:
		return CL_sRGB;
	case CL_sRGBx:
		return CL_RGBx;
	case CL_RGBx:
		return CL_sRGBx;
	case CL_R:
		return CL_DEPTH;
	default:
		return 0;
	}
}

/* The shape of a 2D image as @whole is, of which it is another view. */
static cl_int check_whole_image(const struct image_call *call, const struct tandem_image *whole,
				struct tandem_image_shape *shape)
{
	const cl_image_format *name = &whole->format->name;

	if (call->format->image_channel_data_type != name->image_channel_data_type ||
	    call->format->image_channel_order != other_view(name->image_channel_order))
		return fail(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
			    "an image of order 0x%x is no view of one of order 0x%x",
			    call->format->image_channel_order, name->image_channel_order);
	if (shape->extent[0] != whole->extent[0] || shape->extent[1] != whole->extent[1] ||
	    (call->desc->image_row_pitch && call->desc->image_row_pitch != whole->stride[1]))
		return fail(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
			    "the image that it is made of has another size or pitch");
	memcpy(shape->stride, whole->stride, sizeof(shape->stride));
	shape->row_pitch = whole->row_pitch;
	return CL_SUCCESS;
}

/* The alignments that a 2D image over a buffer must have for some device that has images. */
static bool is_aligned(const struct image_call *call, const struct tandem_image_shape *shape)
{
	const size_t pixel = shape->stride[0];

	for (unsigned int i = 0; i < call->context->core_count; i++) {
		const struct tandem_image_properties *images =
			&call->context->cores[i]->properties.images;

		if (images->supported && !(shape->stride[1] % (images->pitch_alignment * pixel)) &&
		    !((uintptr_t)call->parent->address % (images->base_alignment * pixel)))
			return true;
	}
	return false;
}

static cl_int check_buffer(const struct image_call *call, struct tandem_image_shape *shape)
{
	cl_int code = complete_shape(call, shape);

	if (code != CL_SUCCESS)
		return code;
	if (shape->type == CL_MEM_OBJECT_IMAGE2D && !is_aligned(call, shape))
		return fail(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
			    "the row pitch %zu, or the buffer, is not aligned as devices want it",
			    shape->stride[1]);
	if (tandem_image_shape_bytes(shape) > call->parent->bytes)
		return fail(CL_INVALID_IMAGE_DESCRIPTOR, "%zu bytes of pixels, the buffer has %zu",
			    tandem_image_shape_bytes(shape), call->parent->bytes);
	return CL_SUCCESS;
}

static cl_int create_on(struct image_call *call, struct tandem_image_shape *shape,
			struct tandem_image **image)
{
	const struct tandem_image *whole = image_of(call->desc->mem_object);
	cl_int code = CL_SUCCESS;

	if (call->parent->flags & ~call->flags & CL_MEM_IMMUTABLE_EXT)
		code = fail(CL_INVALID_VALUE,
			    "no CL_MEM_IMMUTABLE_EXT for an image of an immutable object");
	if (code == CL_SUCCESS)
		code = tandem_api_part_flags(call->parent, &call->flags);
	if (code == CL_SUCCESS && call->host_pointer)
		code = fail(CL_INVALID_HOST_PTR, "host pointer %p for an image of another object",
			    call->host_pointer);
	/* Extents that a device allows give no size that cannot be counted. */
	if (code == CL_SUCCESS)
		code = check_devices(call, shape);
	if (code == CL_SUCCESS)
		code = whole ? check_whole_image(call, whole, shape) : check_buffer(call, shape);
	if (code != CL_SUCCESS)
		return code;
	return result(tandem_image_create_on(call->parent, call->flags, shape, image));
}

/* ---- the calls ---- */

static cl_int create_image(cl_context handle, struct image_call *call, struct tandem_image **image)
{
	struct tandem_image_shape shape = { 0 };
	cl_int code;

	call->context = context_of(handle);
	if (!call->context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	if (!tandem_api_has_images(call->context))
		return fail(CL_INVALID_OPERATION, "no device has images");
	code = tandem_api_check_flags(call->flags);
	if (code == CL_SUCCESS)
		code = check_format(call, &shape);
	if (code == CL_SUCCESS)
		code = check_descriptor(call, &shape);
	if (code == CL_SUCCESS && call->parent)
		return create_on(call, &shape, image);
	if (code == CL_SUCCESS)
		code = check_devices(call, &shape);
	if (code == CL_SUCCESS)
		code = complete_shape(call, &shape);
	if (code == CL_SUCCESS)
		code = create_alone(call, &shape, image);
	return code;
}

static cl_mem image_handle(struct tandem_image *image)
{
	return image ? memory_handle(&image->memory) : NULL;
}

cl_mem tandem_clCreateImage(cl_context context, cl_mem_flags flags, const cl_image_format *format,
			    const cl_image_desc *desc, void *host_ptr, cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct image_call call = { NULL, flags, format, desc, host_ptr, NULL };
	struct tandem_image *image = NULL;

	set_code(errcode_ret, create_image(context, &call, &image));
	return image_handle(image);
}

cl_mem tandem_clCreateImageWithProperties(cl_context context, const cl_mem_properties *properties,
					  cl_mem_flags flags, const cl_image_format *format,
					  const cl_image_desc *desc, void *host_ptr,
					  cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct image_call call = { NULL, flags, format, desc, host_ptr, NULL };
	const struct tandem_context *known = context_of(context);
	struct tandem_image *image = NULL;
	cl_int code;

	if (properties && properties[0] && known && tandem_api_has_images(known))
		code = fail(CL_INVALID_PROPERTY, "no image property 0x%llx",
			    (unsigned long long)properties[0]);
	else
		code = create_image(context, &call, &image);
	/* An empty list is told from none by its zero. */
	if (image && properties)
		image->memory.property_count = 1;
	set_code(errcode_ret, code);
	return image_handle(image);
}

/* The calls of OpenCL 1.0 have one code for all that is wrong with sizes and pitches. */
static cl_mem create_old_image(cl_context context, struct image_call *call, cl_int *errcode_ret)
{
	struct tandem_image *image = NULL;
	cl_int code = create_image(context, call, &image);

	set_code(errcode_ret, code == CL_INVALID_IMAGE_DESCRIPTOR ? CL_INVALID_IMAGE_SIZE : code);
	return image_handle(image);
}

cl_mem tandem_clCreateImage2D(cl_context context, cl_mem_flags flags, const cl_image_format *format,
			      size_t width, size_t height, size_t row_pitch, void *host_ptr,
			      cl_int *errcode_ret)
{
	ENTRY_POINT;
	const cl_image_desc desc = {
		.image_type = CL_MEM_OBJECT_IMAGE2D,
		.image_width = width,
		.image_height = height,
		.image_row_pitch = row_pitch,
	};
	struct image_call call = { NULL, flags, format, &desc, host_ptr, NULL };

	return create_old_image(context, &call, errcode_ret);
}

cl_mem tandem_clCreateImage3D(cl_context context, cl_mem_flags flags, const cl_image_format *format,
			      size_t width, size_t height, size_t depth, size_t row_pitch,
			      size_t slice_pitch, void *host_ptr, cl_int *errcode_ret)
{
	ENTRY_POINT;
	/* A depth of 1 was not allowed then. */
	const cl_image_desc desc = {
		.image_type = CL_MEM_OBJECT_IMAGE3D,
		.image_width = width,
		.image_height = height,
		.image_depth = depth > 1 ? depth : 0,
		.image_row_pitch = row_pitch,
		.image_slice_pitch = slice_pitch,
	};
	struct image_call call = { NULL, flags, format, &desc, host_ptr, NULL };

	return create_old_image(context, &call, errcode_ret);
}
