// SPDX-License-Identifier: MIT
/* Queries of images and of their formats, sections 5.3.2 and 5.3.8. */
#include "image.h"
#include "memory_flags.h"

/* ---- formats ---- */

/* Whether devices before the one with this number have the format too. */
static bool is_known(const struct tandem_context *context, unsigned int device,
		     const struct tandem_image_format *format, cl_mem_object_type type,
		     cl_mem_flags flags)
{
	for (unsigned int i = 0; i < device; i++) {
		const struct tandem_image_properties *images =
			&context->cores[i]->properties.images;
		const struct tandem_image_format *same = tandem_image_format_find(
			images->formats, images->format_count, &format->name);

		if (same && tandem_image_format_allows(same, type, flags))
			return true;
	}
	return false;
}

/* What any device of the context has, each once: as many as there is @room for; how many. */
static cl_uint list_formats(const struct tandem_context *context, cl_mem_object_type type,
			    cl_mem_flags flags, cl_uint room, cl_image_format *formats)
{
	cl_uint count = 0;

	for (unsigned int i = 0; i < context->core_count; i++) {
		const struct tandem_image_properties *images =
			&context->cores[i]->properties.images;

		for (unsigned int k = 0; k < images->format_count; k++) {
			const struct tandem_image_format *format = &images->formats[k];

			if (!tandem_image_format_allows(format, type, flags) ||
			    is_known(context, i, format, type, flags))
				continue;
			if (formats && count < room)
				formats[count] = format->name;
			count++;
		}
	}
	return count;
}

cl_int tandem_clGetSupportedImageFormats(cl_context handle, cl_mem_flags flags,
					 cl_mem_object_type type, cl_uint num_entries,
					 cl_image_format *formats, cl_uint *num_formats)
{
	ENTRY_POINT;
	const struct tandem_context *context = context_of(handle);
	cl_uint count;
	cl_int code;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	code = tandem_api_check_flags(flags & ~(cl_mem_flags)CL_MEM_KERNEL_READ_AND_WRITE);
	if (code != CL_SUCCESS)
		return code;
	if (type < CL_MEM_OBJECT_IMAGE2D || type > CL_MEM_OBJECT_IMAGE1D_BUFFER)
		return fail(CL_INVALID_VALUE, "no image type 0x%x", type);
	if (!num_entries && formats)
		return fail(CL_INVALID_VALUE, "room for no formats at %p", (void *)formats);
	count = list_formats(context, type, tandem_api_format_flags(flags), num_entries, formats);
	if (num_formats)
		*num_formats = count;
	return CL_SUCCESS;
}

/* ---- images ---- */

static bool has_height(const struct tandem_image *image)
{
	return image->memory.type == CL_MEM_OBJECT_IMAGE2D ||
	       image->memory.type == CL_MEM_OBJECT_IMAGE2D_ARRAY ||
	       image->memory.type == CL_MEM_OBJECT_IMAGE3D;
}

static size_t layers(const struct tandem_image *image)
{
	switch (image->memory.type) {
	case CL_MEM_OBJECT_IMAGE1D_ARRAY:
		return image->extent[1];
	case CL_MEM_OBJECT_IMAGE2D_ARRAY:
		return image->extent[2];
	default:
		return 0;
	}
}

static cl_mem buffer_below(const struct tandem_image *image)
{
	struct tandem_memory *parent = image->memory.parent;

	return parent && parent->type == CL_MEM_OBJECT_BUFFER ? memory_shown(parent) : NULL;
}

cl_int tandem_clGetImageInfo(cl_mem handle, cl_image_info name, size_t size, void *value,
			     size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	const struct tandem_image *image = image_of(handle);

	if (!image)
		return fail(CL_INVALID_MEM_OBJECT, "%p is no image", (void *)handle);
	switch (name) {
	case CL_IMAGE_FORMAT:
		return answer_value(&answer, cl_image_format, image->format->name);
	case CL_IMAGE_ELEMENT_SIZE:
		return answer_value(&answer, size_t, image->stride[0]);
	case CL_IMAGE_ROW_PITCH:
		return answer_value(&answer, size_t, image->row_pitch);
	case CL_IMAGE_SLICE_PITCH:
		return answer_value(&answer, size_t, tandem_image_slice_pitch(image));
	case CL_IMAGE_WIDTH:
		return answer_value(&answer, size_t, image->extent[0]);
	case CL_IMAGE_HEIGHT:
		return answer_value(&answer, size_t, has_height(image) ? image->extent[1] : 0);
	case CL_IMAGE_DEPTH:
		return answer_value(&answer, size_t,
				    image->memory.type == CL_MEM_OBJECT_IMAGE3D ? image->extent[2] :
										  0);
	case CL_IMAGE_ARRAY_SIZE:
		return answer_value(&answer, size_t, layers(image));
	case CL_IMAGE_BUFFER:
		return answer_value(&answer, cl_mem, buffer_below(image));
	case CL_IMAGE_NUM_MIP_LEVELS:
	case CL_IMAGE_NUM_SAMPLES:
		return answer_value(&answer, cl_uint, 0);
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}
