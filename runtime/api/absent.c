// SPDX-License-Identifier: MIT
/*
 * The functions of what the devices don't have: images, samplers, pipes, and
 * sharing with OpenGL and EGL. They check what the specification has them check
 * first, and then fail as it says for devices without the feature.
 */
#include "api.h"

static cl_int check_queue(cl_command_queue handle)
{
	if (!queue_of(handle))
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)handle);
	return CL_SUCCESS;
}

static cl_int no_image(cl_command_queue handle)
{
	cl_int code = check_queue(handle);

	return code != CL_SUCCESS ? code : fail(CL_INVALID_MEM_OBJECT, "there are no images");
}

static cl_int no_creation(cl_context handle, const char *what)
{
	if (!context_of(handle))
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	return fail(CL_INVALID_OPERATION, "no device has %s", what);
}

/* ---- images ---- */

cl_mem tandem_clCreateImage(cl_context context, cl_mem_flags flags, const cl_image_format *format,
			    const cl_image_desc *desc, void *host_ptr, cl_int *errcode_ret)
{
	ENTRY_POINT;

	set_code(errcode_ret, no_creation(context, "images"));
	return NULL;
}

cl_mem tandem_clCreateImageWithProperties(cl_context context, const cl_mem_properties *properties,
					  cl_mem_flags flags, const cl_image_format *format,
					  const cl_image_desc *desc, void *host_ptr,
					  cl_int *errcode_ret)
{
	ENTRY_POINT;

	set_code(errcode_ret, no_creation(context, "images"));
	return NULL;
}

cl_mem tandem_clCreateImage2D(cl_context context, cl_mem_flags flags, const cl_image_format *format,
			      size_t width, size_t height, size_t row_pitch, void *host_ptr,
			      cl_int *errcode_ret)
{
	ENTRY_POINT;

	set_code(errcode_ret, no_creation(context, "images"));
	return NULL;
}

cl_mem tandem_clCreateImage3D(cl_context context, cl_mem_flags flags, const cl_image_format *format,
			      size_t width, size_t height, size_t depth, size_t row_pitch,
			      size_t slice_pitch, void *host_ptr, cl_int *errcode_ret)
{
	ENTRY_POINT;

	set_code(errcode_ret, no_creation(context, "images"));
	return NULL;
}

cl_int tandem_clGetSupportedImageFormats(cl_context handle, cl_mem_flags flags,
					 cl_mem_object_type type, cl_uint num_entries,
					 cl_image_format *formats, cl_uint *num_formats)
{
	ENTRY_POINT;
	const cl_mem_flags known =
		CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY | CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR |
		CL_MEM_ALLOC_HOST_PTR | CL_MEM_COPY_HOST_PTR | CL_MEM_HOST_WRITE_ONLY |
		CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS | CL_MEM_KERNEL_READ_AND_WRITE;

	if (!context_of(handle))
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	if (flags & ~known)
		return fail(CL_INVALID_VALUE, "no image flags 0x%llx", (unsigned long long)flags);
	if (type < CL_MEM_OBJECT_IMAGE2D || type > CL_MEM_OBJECT_IMAGE1D_BUFFER)
		return fail(CL_INVALID_VALUE, "no image type 0x%x", type);
	if (!num_entries && formats)
		return fail(CL_INVALID_VALUE, "room for no formats at %p", (void *)formats);
	if (num_formats)
		*num_formats = 0;
	return CL_SUCCESS;
}

cl_int tandem_clGetImageInfo(cl_mem image, cl_image_info name, size_t size, void *value,
			     size_t *size_ret)
{
	ENTRY_POINT;

	return fail(CL_INVALID_MEM_OBJECT, "%p is no image", (void *)image);
}

cl_int tandem_clEnqueueReadImage(cl_command_queue queue, cl_mem image, cl_bool blocking,
				 const size_t *origin, const size_t *region, size_t row_pitch,
				 size_t slice_pitch, void *ptr, cl_uint num_events,
				 const cl_event *events, cl_event *event)
{
	ENTRY_POINT;

	return no_image(queue);
}

cl_int tandem_clEnqueueWriteImage(cl_command_queue queue, cl_mem image, cl_bool blocking,
				  const size_t *origin, const size_t *region, size_t row_pitch,
				  size_t slice_pitch, const void *ptr, cl_uint num_events,
				  const cl_event *events, cl_event *event)
{
	ENTRY_POINT;

	return no_image(queue);
}

cl_int tandem_clEnqueueFillImage(cl_command_queue queue, cl_mem image, const void *color,
				 const size_t *origin, const size_t *region, cl_uint num_events,
				 const cl_event *events, cl_event *event)
{
	ENTRY_POINT;

	return no_image(queue);
}

cl_int tandem_clEnqueueCopyImage(cl_command_queue queue, cl_mem source, cl_mem target,
				 const size_t *source_origin, const size_t *target_origin,
				 const size_t *region, cl_uint num_events, const cl_event *events,
				 cl_event *event)
{
	ENTRY_POINT;

	return no_image(queue);
}

cl_int tandem_clEnqueueCopyImageToBuffer(cl_command_queue queue, cl_mem source, cl_mem target,
					 const size_t *origin, const size_t *region, size_t offset,
					 cl_uint num_events, const cl_event *events,
					 cl_event *event)
{
	ENTRY_POINT;

	return no_image(queue);
}

cl_int tandem_clEnqueueCopyBufferToImage(cl_command_queue queue, cl_mem source, cl_mem target,
					 size_t offset, const size_t *origin, const size_t *region,
					 cl_uint num_events, const cl_event *events,
					 cl_event *event)
{
	ENTRY_POINT;

	return no_image(queue);
}

void *tandem_clEnqueueMapImage(cl_command_queue queue, cl_mem image, cl_bool blocking,
			       cl_map_flags flags, const size_t *origin, const size_t *region,
			       size_t *row_pitch, size_t *slice_pitch, cl_uint num_events,
			       const cl_event *events, cl_event *event, cl_int *errcode_ret)
{
	ENTRY_POINT;

	set_code(errcode_ret, no_image(queue));
	return NULL;
}

/* ---- samplers ---- */

cl_sampler tandem_clCreateSampler(cl_context context, cl_bool normalized,
				  cl_addressing_mode addressing, cl_filter_mode filter,
				  cl_int *errcode_ret)
{
	ENTRY_POINT;

	set_code(errcode_ret, no_creation(context, "images"));
	return NULL;
}

cl_sampler tandem_clCreateSamplerWithProperties(cl_context context,
						const cl_sampler_properties *properties,
						cl_int *errcode_ret)
{
	ENTRY_POINT;

	set_code(errcode_ret, no_creation(context, "images"));
	return NULL;
}

cl_int tandem_clRetainSampler(cl_sampler sampler)
{
	ENTRY_POINT;

	return fail(CL_INVALID_SAMPLER, "%p is no sampler", (void *)sampler);
}

cl_int tandem_clReleaseSampler(cl_sampler sampler)
{
	ENTRY_POINT;

	return fail(CL_INVALID_SAMPLER, "%p is no sampler", (void *)sampler);
}

cl_int tandem_clGetSamplerInfo(cl_sampler sampler, cl_sampler_info name, size_t size, void *value,
			       size_t *size_ret)
{
	ENTRY_POINT;

	return fail(CL_INVALID_SAMPLER, "%p is no sampler", (void *)sampler);
}

/* ---- pipes ---- */

cl_mem tandem_clCreatePipe(cl_context context, cl_mem_flags flags, cl_uint packet_size,
			   cl_uint max_packets, const cl_pipe_properties *properties,
			   cl_int *errcode_ret)
{
	ENTRY_POINT;

	set_code(errcode_ret, no_creation(context, "pipes"));
	return NULL;
}

cl_int tandem_clGetPipeInfo(cl_mem pipe, cl_pipe_info name, size_t size, void *value,
			    size_t *size_ret)
{
	ENTRY_POINT;

	return fail(CL_INVALID_MEM_OBJECT, "%p is no pipe", (void *)pipe);
}
