// SPDX-License-Identifier: MIT
/*
 * Rows of images and samplers, which not all devices have, and pipes, which none has: sections
 * 5.3, 5.4 and 5.7. What can be wrong with an image is provoked by tests of their own.
 */
#include "errors.h"

/* Where the device has images, images-errors and images-samplers provoke what can be provoked. */
static const char provoked[] = "images-errors does, where something can be done to provoke it";

static bool has_images(const struct error_world *world)
{
	cl_bool has = CL_FALSE;

	check_success(clGetDeviceInfo(world->base.device, CL_DEVICE_IMAGE_SUPPORT, sizeof(has),
				      &has, NULL));
	return has;
}

/* Why a condition has no row of its own here. */
static const char *no_images(const struct error_world *world)
{
	return has_images(world) ? provoked :
				   "no device has images, CL_INVALID_OPERATION comes first";
}

static const char *no_image(const struct error_world *world)
{
	return has_images(world) ? provoked :
				   "there are no images, CL_INVALID_MEM_OBJECT comes first";
}

/* The row of a call that creates something for images. */
#define ROW_WITHOUT_IMAGES(call)                                                              \
	do {                                                                                  \
		if (has_images(world))                                                        \
			error_not_provocable(world, CL_INVALID_OPERATION,                     \
					     "no device supports images", "the device does"); \
		else                                                                          \
			ROW_CREATE(CL_INVALID_OPERATION, "no device supports images", call);  \
	} while (0)

static const cl_image_format format = { CL_RGBA, CL_FLOAT };
static const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				    .image_width = 4,
				    .image_height = 4 };
static const size_t zero[3] = { 0, 0, 0 };
static const size_t region[3] = { 1, 1, 1 };

static void rows_image_values(struct error_world *world)
{
	error_not_provocable(world, CL_INVALID_VALUE, "flags is not valid", no_images(world));
	error_not_provocable(world, CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
			     "image_format is NULL or not valid", no_images(world));
	error_not_provocable(world, CL_INVALID_IMAGE_SIZE, "a dimension is too large",
			     no_images(world));
	error_not_provocable(world, CL_INVALID_HOST_PTR, "host_ptr does not fit flags",
			     no_images(world));
	error_not_provocable(world, CL_IMAGE_FORMAT_NOT_SUPPORTED, "no device supports the format",
			     no_images(world));
	error_not_provocable(world, CL_MEM_OBJECT_ALLOCATION_FAILURE,
			     "there is a failure to allocate memory for the image",
			     no_images(world));
	error_resources(world);
}

static void rows_create_image(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_context context = world->base.context;

	error_entry_point("clCreateImage");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateImage(bad, 0, &format, &desc, NULL, errcode));
	ROW_WITHOUT_IMAGES(cl->clCreateImage(context, 0, &format, &desc, NULL, errcode));
	error_not_provocable(world, CL_INVALID_IMAGE_DESCRIPTOR, "image_desc is NULL or not valid",
			     no_images(world));
	rows_image_values(world);

	error_entry_point("clCreateImageWithProperties");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateImageWithProperties(bad, NULL, 0, &format, &desc, NULL,
							errcode));
	ROW_WITHOUT_IMAGES(
		cl->clCreateImageWithProperties(context, NULL, 0, &format, &desc, NULL, errcode));
	error_not_provocable(world, CL_INVALID_PROPERTY, "a property is not supported",
			     no_images(world));
	error_not_provocable(world, CL_INVALID_IMAGE_DESCRIPTOR, "image_desc is NULL or not valid",
			     no_images(world));
	rows_image_values(world);

	error_entry_point("clCreateImage2D");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateImage2D(bad, 0, &format, 4, 4, 0, NULL, errcode));
	ROW_WITHOUT_IMAGES(cl->clCreateImage2D(context, 0, &format, 4, 4, 0, NULL, errcode));
	rows_image_values(world);

	error_entry_point("clCreateImage3D");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateImage3D(bad, 0, &format, 4, 4, 2, 0, 0, NULL, errcode));
	ROW_WITHOUT_IMAGES(cl->clCreateImage3D(context, 0, &format, 4, 4, 2, 0, 0, NULL, errcode));
	rows_image_values(world);
}

static void rows_image_queries(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_context context = world->base.context;
	struct error_outputs *out = &world->out;

#define FORMATS(in_context, flags, type, room) \
	cl->clGetSupportedImageFormats(in_context, flags, type, room, out->formats, &out->number)

	error_entry_point("clGetSupportedImageFormats");
	ROWS_BAD(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
		 FORMATS(bad, CL_MEM_READ_WRITE, CL_MEM_OBJECT_IMAGE2D, 4));
	ROW(CL_INVALID_VALUE, "flags has a bit that is no flag",
	    FORMATS(context, (cl_mem_flags)1 << 40, CL_MEM_OBJECT_IMAGE2D, 4));
	ROW(CL_INVALID_VALUE, "image_type is no type of images",
	    FORMATS(context, CL_MEM_READ_WRITE, CL_MEM_OBJECT_BUFFER, 4));
	ROW(CL_INVALID_VALUE, "num_entries is 0 and image_formats is not NULL",
	    FORMATS(context, CL_MEM_READ_WRITE, CL_MEM_OBJECT_IMAGE2D, 0));
	error_resources(world);
#undef FORMATS

	error_entry_point("clGetImageInfo");
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT,
		 cl->clGetImageInfo(bad, CL_IMAGE_WIDTH, sizeof(out->bytes), out->bytes,
				    &out->size));
	ROW(CL_INVALID_MEM_OBJECT, "image is a buffer",
	    cl->clGetImageInfo(world->buffer, CL_IMAGE_WIDTH, sizeof(out->bytes), out->bytes,
			       &out->size));
	error_not_provocable(world, CL_INVALID_VALUE, "param_name or param_value_size is wrong",
			     no_image(world));
	error_resources(world);
}

/* What all commands on images list besides queue and image. */
static void rows_image_command(struct error_world *world)
{
	error_not_provocable(world, CL_INVALID_CONTEXT,
			     "the image or an event is of another context", no_image(world));
	error_not_provocable(world, CL_INVALID_VALUE, "the region is out of bounds",
			     no_image(world));
	error_not_provocable(world, CL_INVALID_VALUE, "a pointer is NULL", no_image(world));
	error_not_provocable(world, CL_INVALID_VALUE,
			     "origin or region do not fit the image's type", no_image(world));
	error_not_provocable(world, CL_INVALID_EVENT_WAIT_LIST, "event_wait_list is not valid",
			     no_image(world));
	error_not_provocable(world, CL_INVALID_IMAGE_SIZE, "the device does not support the size",
			     no_image(world));
	error_not_provocable(world, CL_IMAGE_FORMAT_NOT_SUPPORTED,
			     "the device does not support the format", no_image(world));
	error_not_provocable(world, CL_MEM_OBJECT_ALLOCATION_FAILURE,
			     "there is a failure to allocate memory for the image",
			     no_image(world));
	error_not_provocable(world, CL_INVALID_OPERATION, "the device does not support images",
			     no_image(world));
	error_resources(world);
}

static void rows_blocking_image_command(struct error_world *world)
{
	error_not_provocable(world, CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
			     "blocking, and an event of the list has failed", no_image(world));
	error_not_provocable(world, CL_INVALID_OPERATION,
			     "the host access of the image's flags forbids it", no_image(world));
	rows_image_command(world);
}

static void rows_image_transfers(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_mem buffer = world->buffer;
	unsigned char *bytes = world->out.bytes;
	cl_event *event = &world->out.event;
	static const cl_float color[4];

	error_entry_point("clEnqueueReadImage");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueReadImage(bad, buffer, CL_TRUE, zero, region, 0, 0, bytes, 0, NULL,
					event));
	ROW(CL_INVALID_MEM_OBJECT, "image is a buffer",
	    cl->clEnqueueReadImage(queue, buffer, CL_TRUE, zero, region, 0, 0, bytes, 0, NULL,
				   event));
	rows_blocking_image_command(world);

	error_entry_point("clEnqueueWriteImage");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueWriteImage(bad, buffer, CL_TRUE, zero, region, 0, 0, bytes, 0, NULL,
					 event));
	ROW(CL_INVALID_MEM_OBJECT, "image is a buffer",
	    cl->clEnqueueWriteImage(queue, buffer, CL_TRUE, zero, region, 0, 0, bytes, 0, NULL,
				    event));
	rows_blocking_image_command(world);

	error_entry_point("clEnqueueFillImage");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueFillImage(bad, buffer, color, zero, region, 0, NULL, event));
	ROW(CL_INVALID_MEM_OBJECT, "image is a buffer",
	    cl->clEnqueueFillImage(queue, buffer, color, zero, region, 0, NULL, event));
	rows_image_command(world);
}

static void rows_image_copies(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_mem buffer = world->buffer;
	cl_event *event = &world->out.event;

	error_entry_point("clEnqueueCopyImage");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueCopyImage(bad, buffer, buffer, zero, zero, region, 0, NULL, event));
	ROW(CL_INVALID_MEM_OBJECT, "the images are buffers",
	    cl->clEnqueueCopyImage(queue, buffer, buffer, zero, zero, region, 0, NULL, event));
	error_not_provocable(world, CL_IMAGE_FORMAT_MISMATCH, "the formats differ",
			     no_image(world));
	error_not_provocable(world, CL_MEM_COPY_OVERLAP, "source and target overlap",
			     no_image(world));
	rows_image_command(world);

	error_entry_point("clEnqueueCopyImageToBuffer");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueCopyImageToBuffer(bad, buffer, buffer, zero, region, 0, 0, NULL,
						event));
	ROW(CL_INVALID_MEM_OBJECT, "src_image is a buffer",
	    cl->clEnqueueCopyImageToBuffer(queue, buffer, buffer, zero, region, 0, 0, NULL, event));
	error_not_provocable(world, CL_MISALIGNED_SUB_BUFFER_OFFSET,
			     "the offset of a sub-buffer is not aligned", no_image(world));
	rows_image_command(world);

	error_entry_point("clEnqueueCopyBufferToImage");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueCopyBufferToImage(bad, buffer, buffer, 0, zero, region, 0, NULL,
						event));
	ROW(CL_INVALID_MEM_OBJECT, "dst_image is a buffer",
	    cl->clEnqueueCopyBufferToImage(queue, buffer, buffer, 0, zero, region, 0, NULL, event));
	error_not_provocable(world, CL_MISALIGNED_SUB_BUFFER_OFFSET,
			     "the offset of a sub-buffer is not aligned", no_image(world));
	rows_image_command(world);

	error_entry_point("clEnqueueMapImage");
	ROWS_BAD_CREATE(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
			cl->clEnqueueMapImage(bad, buffer, CL_TRUE, CL_MAP_READ, zero, region,
					      &world->out.sizes[0], &world->out.sizes[1], 0, NULL,
					      event, errcode));
	ROW_CREATE(CL_INVALID_MEM_OBJECT, "image is a buffer",
		   cl->clEnqueueMapImage(queue, buffer, CL_TRUE, CL_MAP_READ, zero, region,
					 &world->out.sizes[0], &world->out.sizes[1], 0, NULL, event,
					 errcode));
	error_not_provocable(world, CL_MAP_FAILURE, "the region cannot be mapped", no_image(world));
	error_not_provocable(world, CL_INVALID_OPERATION, "overlapping regions mapped for writing",
			     no_image(world));
	rows_blocking_image_command(world);
}

static void rows_samplers(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_context context = world->base.context;
	struct error_outputs *out = &world->out;

#define CREATE(in_context) \
	cl->clCreateSampler(in_context, CL_FALSE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST, errcode)

	error_entry_point("clCreateSampler");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT, CREATE(bad));
	ROW_WITHOUT_IMAGES(CREATE(context));
	error_not_provocable(world, CL_INVALID_VALUE, "a mode is not valid", no_images(world));
	error_resources(world);
#undef CREATE

	error_entry_point("clCreateSamplerWithProperties");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateSamplerWithProperties(bad, NULL, errcode));
	ROW_WITHOUT_IMAGES(cl->clCreateSamplerWithProperties(context, NULL, errcode));
	error_not_provocable(world, CL_INVALID_VALUE, "a property is not valid or given twice",
			     no_images(world));
	error_resources(world);

	error_entry_point("clRetainSampler");
	ROWS_BAD(ERROR_SAMPLER, cl_sampler, CL_INVALID_SAMPLER, cl->clRetainSampler(bad));
	error_resources(world);

	error_entry_point("clReleaseSampler");
	ROWS_BAD(ERROR_SAMPLER, cl_sampler, CL_INVALID_SAMPLER, cl->clReleaseSampler(bad));
	error_resources(world);

	error_entry_point("clGetSamplerInfo");
	ROWS_BAD(ERROR_SAMPLER, cl_sampler, CL_INVALID_SAMPLER,
		 cl->clGetSamplerInfo(bad, CL_SAMPLER_CONTEXT, sizeof(out->bytes), out->bytes,
				      &out->size));
	error_not_provocable(world, CL_INVALID_VALUE, "param_name or param_value_size is wrong",
			     has_images(world) ?
				     "images-samplers does" :
				     "there are no samplers, CL_INVALID_SAMPLER comes first");
	error_resources(world);
}

static void rows_pipes(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;
	static const char no_pipes[] = "no device has pipes, CL_INVALID_OPERATION comes first";

	error_entry_point("clCreatePipe");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreatePipe(bad, 0, 4, 4, NULL, errcode));
	ROW_CREATE(CL_INVALID_OPERATION, "no device supports pipes",
		   cl->clCreatePipe(world->base.context, 0, 4, 4, NULL, errcode));
	error_not_provocable(world, CL_INVALID_VALUE, "flags is not valid", no_pipes);
	error_not_provocable(world, CL_INVALID_VALUE, "properties is not NULL", no_pipes);
	error_not_provocable(world, CL_INVALID_PIPE_SIZE, "a size is 0 or too large", no_pipes);
	error_not_provocable(world, CL_MEM_OBJECT_ALLOCATION_FAILURE,
			     "there is a failure to allocate memory for the pipe", no_pipes);
	error_resources(world);

	error_entry_point("clGetPipeInfo");
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT,
		 cl->clGetPipeInfo(bad, CL_PIPE_PACKET_SIZE, sizeof(out->bytes), out->bytes,
				   &out->size));
	ROW(CL_INVALID_MEM_OBJECT, "pipe is a buffer",
	    cl->clGetPipeInfo(world->buffer, CL_PIPE_PACKET_SIZE, sizeof(out->bytes), out->bytes,
			      &out->size));
	error_not_provocable(world, CL_INVALID_VALUE, "param_name or param_value_size is wrong",
			     "there are no pipes, CL_INVALID_MEM_OBJECT comes first");
	error_resources(world);
}

void error_rows_absent(struct error_world *world)
{
	rows_create_image(world);
	rows_image_queries(world);
	rows_image_transfers(world);
	rows_image_copies(world);
	rows_samplers(world);
	rows_pipes(world);
}
