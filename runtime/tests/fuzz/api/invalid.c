// SPDX-License-Identifier: MIT
/* Steps: calls that must fail, by handles that are none and by values that there cannot be. */
#include "world.h"

#include <string.h>

/* NULL, or a handle of another kind. */
static void *wrong_handle(struct world *world, enum kind kind)
{
	struct object *object =
		any_object(world, (kind + 1 + chance(world, KIND_COUNT - 1)) % KIND_COUNT);

	return object && once_in(world, 2) ? object->handle : NULL;
}

static void create_by_wrong_handle(struct world *world)
{
	void *handle = wrong_handle(world, CONTEXT);
	const char *text = "";
	cl_int code = 1;

	expect(world, !clCreateBuffer(handle, 0, 64, NULL, &code), "an object");
	expect_code(world, CL_INVALID_CONTEXT, code);
	expect(world, !clCreateUserEvent(handle, &code), "an object");
	expect_code(world, CL_INVALID_CONTEXT, code);
	expect(world, !clCreateCommandQueue(handle, fuzz_device, 0, &code), "an object");
	expect_code(world, CL_INVALID_CONTEXT, code);
	expect(world, !clCreateProgramWithSource(handle, 1, &text, NULL, &code), "an object");
	expect_code(world, CL_INVALID_CONTEXT, code);
	expect(world, !clSVMAlloc(handle, 0, 64, 0), "an object");
	clSVMFree(handle, world);
	handle = wrong_handle(world, PROGRAM);
	expect(world, !clCreateKernel(handle, "fill", &code), "an object");
	expect_code(world, CL_INVALID_PROGRAM, code);
	handle = wrong_handle(world, KERNEL);
	expect(world, !clCloneKernel(handle, &code), "an object");
	expect_code(world, CL_INVALID_KERNEL, code);
}

static void enqueue_by_wrong_handle(struct world *world)
{
	struct object *queue = any_object(world, QUEUE);
	void *handle = wrong_handle(world, QUEUE);
	const size_t one = 1;

	expect_code(world, CL_INVALID_COMMAND_QUEUE, clFinish(handle));
	expect_code(world, CL_INVALID_COMMAND_QUEUE,
		    clEnqueueMarkerWithWaitList(handle, 0, NULL, NULL));
	expect_code(world, CL_INVALID_COMMAND_QUEUE,
		    clEnqueueSVMMemFill(handle, world, "", 1, 1, 0, NULL, NULL));
	if (!queue)
		return;
	handle = wrong_handle(world, BUFFER);
	expect_code(world, CL_INVALID_MEM_OBJECT,
		    clEnqueueReadBuffer(queue->handle, handle, CL_TRUE, 0, 1, world->scratch, 0,
					NULL, NULL));
	expect_code(world, CL_INVALID_MEM_OBJECT,
		    clEnqueueFillBuffer(queue->handle, handle, "", 1, 0, 1, 0, NULL, NULL));
	handle = wrong_handle(world, KERNEL);
	expect_code(world, CL_INVALID_KERNEL,
		    clEnqueueNDRangeKernel(queue->handle, handle, 1, NULL, &one, NULL, 0, NULL,
					   NULL));
}

static void create_wrongly(struct world *world)
{
	struct object *context = any_object(world, CONTEXT);
	const cl_queue_properties list[] = { CL_QUEUE_PROPERTIES, (cl_queue_properties)1 << 40, 0 };
	const char *none = NULL;
	cl_int code = 1;

	expect(world, !clCreateContext(NULL, 0, NULL, NULL, NULL, &code), "an object");
	expect_code(world, CL_INVALID_VALUE, code);
	if (!context)
		return;
	expect(world,
	       !clCreateBuffer(context->handle, 0, once_in(world, 2) ? 0 : SIZE_MAX, NULL, &code),
	       "an object");
	expect_code(world, CL_INVALID_BUFFER_SIZE, code);
	expect(world, !clCreateBuffer(context->handle, CL_MEM_USE_HOST_PTR, 64, NULL, &code),
	       "an object");
	expect_code(world, CL_INVALID_HOST_PTR, code);
	expect(world, !clCreateBuffer(context->handle, UINT64_MAX, 64, NULL, &code), "an object");
	expect_code(world, CL_INVALID_VALUE, code);
	expect(world,
	       !clCreateCommandQueueWithProperties(context->handle, context->device, list, &code),
	       "an object");
	expect_code(world, CL_INVALID_VALUE, code);
	expect(world, !clCreateProgramWithSource(context->handle, 1, &none, NULL, &code),
	       "an object");
	expect_code(world, CL_INVALID_VALUE, code);
}

/* Ranges that are not inside the buffer, also where their ends overflow. */
static void leave_buffer(struct world *world)
{
	struct object *queue = any_object(world, QUEUE), *buffer;
	size_t offset, size;
	cl_int code = 1;

	buffer = queue ? any_of_context(world, BUFFER, queue->context) : NULL;
	if (!buffer)
		return;
	offset = odd_size(world, buffer->bytes);
	size = odd_size(world, buffer->bytes);
	if (offset <= buffer->bytes && size <= buffer->bytes - offset)
		size = buffer->bytes + 1;
	expect_code(world, CL_INVALID_VALUE,
		    clEnqueueReadBuffer(queue->handle, buffer->handle, CL_FALSE, offset, size,
					world->scratch, 0, NULL, NULL));
	expect_code(world, CL_INVALID_VALUE,
		    clEnqueueWriteBuffer(queue->handle, buffer->handle, CL_FALSE, offset, size,
					 world->scratch, 0, NULL, NULL));
	expect_code(world, CL_INVALID_VALUE,
		    clEnqueueFillBuffer(queue->handle, buffer->handle, "", 1, offset, size, 0, NULL,
					NULL));
	expect_code(world, CL_INVALID_VALUE,
		    clEnqueueCopyBuffer(queue->handle, buffer->handle, buffer->handle, offset, 0,
					size, 0, NULL, NULL));
	expect(world,
	       !clEnqueueMapBuffer(queue->handle, buffer->handle, CL_FALSE, CL_MAP_READ, offset,
				   size, 0, NULL, NULL, &code),
	       "a pointer");
	expect_code(world, CL_INVALID_VALUE, code);
	expect_code(world, CL_INVALID_VALUE,
		    clEnqueueUnmapMemObject(queue->handle, buffer->handle, world, 0, NULL, NULL));
}

static void leave_buffer_by_boxes(struct world *world)
{
	struct object *queue = any_object(world, QUEUE), *buffer;
	size_t origin[3], region[3], zero[3] = { 0 };
	size_t row_pitch, slice_pitch;
	cl_int code;

	buffer = queue ? any_of_context(world, BUFFER, queue->context) : NULL;
	if (!buffer)
		return;
	for (int i = 0; i < 3; i++) {
		origin[i] = odd_size(world, 2);
		region[i] = odd_size(world, 2);
	}
	row_pitch = odd_size(world, 8);
	slice_pitch = odd_size(world, 64);
	/* It may even be right; the host's memory is not, so one dimension is too large. */
	region[chance(world, 3)] = once_in(world, 2) ? 0 : buffer->bytes + 1;
	code = clEnqueueReadBufferRect(queue->handle, buffer->handle, CL_FALSE, origin, zero,
				       region, row_pitch, slice_pitch, 0, 0, world->scratch, 0,
				       NULL, NULL);
	expect_code(world, CL_INVALID_VALUE, code);
	code = clEnqueueCopyBufferRect(queue->handle, buffer->handle, buffer->handle, zero, origin,
				       region, row_pitch, slice_pitch, row_pitch, slice_pitch, 0,
				       NULL, NULL);
	expect(world, code == CL_INVALID_VALUE || code == CL_MEM_COPY_OVERLAP, "code %d", code);
}

static void make_sub_buffer_wrongly(struct world *world)
{
	struct object *buffer = any_object(world, BUFFER);
	cl_buffer_region region;
	cl_int code = 1;

	if (!buffer)
		return;
	region.origin = odd_size(world, 128);
	region.size = odd_size(world, buffer->bytes);
	if (region.origin <= buffer->bytes && region.size <= buffer->bytes - region.origin &&
	    region.size && !(region.origin % 128))
		region.origin = buffer->bytes + 1;
	expect(world,
	       !clCreateSubBuffer(buffer->handle, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &code),
	       "an object");
	expect(world,
	       code == CL_INVALID_VALUE || code == CL_INVALID_BUFFER_SIZE ||
		       code == CL_MISALIGNED_SUB_BUFFER_OFFSET ||
		       (code == CL_INVALID_MEM_OBJECT && buffer->is_sub_buffer),
	       "code %d", code);
}

const struct step invalid_steps[] = {
	{ "create-by-wrong-handle", 4, create_by_wrong_handle },
	{ "enqueue-by-wrong-handle", 4, enqueue_by_wrong_handle },
	{ "create-wrongly", 4, create_wrongly },
	{ "leave-buffer", 6, leave_buffer },
	{ "leave-buffer-by-boxes", 6, leave_buffer_by_boxes },
	{ "make-sub-buffer-wrongly", 3, make_sub_buffer_wrongly },
	{ NULL, 0, NULL },
};
