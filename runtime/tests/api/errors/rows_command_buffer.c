// SPDX-License-Identifier: MIT
/*
 * Rows of cl_khr_command_buffer and cl_khr_command_buffer_mutable_dispatch, whose functions
 * only their names lead to.
 */
#include "../command_buffers/command_buffers.h"

#include "errors.h"

static const size_t zero[3] = { 0, 0, 0 }, region[3] = { 4, 4, 1 }, global = 16;

struct state {
	struct command_buffer_functions cl;
	cl_command_buffer_khr recording, finalized;
	cl_command_buffer_khr mutable_recording, mutable_buffer; /* the latter finalized */
	cl_command_buffer_khr incomplete; /* the same, with an argument that is not set */
	cl_command_buffer_khr asserted; /* that there will be no further work-groups */
	cl_mutable_command_khr command; /* of mutable_buffer */
	cl_mutable_command_khr fixed; /* of the same: nothing can be changed */
	cl_mutable_command_khr fixed_buffer_command; /* of finalized */
	cl_mem image, other_image; /* of base.context and of other_context; NULL without images */
};

static const cl_properties no_fields[] = { CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR, 0, 0 };
static const cl_properties late_arguments[] = { CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR,
						CL_MUTABLE_DISPATCH_ARGUMENTS_KHR, 0 };
static const cl_properties unknown[] = { 0x7fff, 1, 0 };

/* ---- what the rows are about ---- */

static cl_command_buffer_khr create(const struct state *state, cl_command_queue queue,
				    cl_properties name, cl_properties value)
{
	const cl_properties properties[] = { name, value, 0 };
	cl_int code = CL_SUCCESS;
	cl_command_buffer_khr buffer =
		state->cl.clCreateCommandBufferKHR(1, &queue, properties, &code);

	check_success_fatal(code);
	return buffer;
}

static cl_mutable_command_khr launch(const struct state *state, cl_command_buffer_khr buffer,
				     const cl_properties *properties, cl_kernel kernel)
{
	cl_mutable_command_khr command = NULL;

	check_success_fatal(state->cl.clCommandNDRangeKernelKHR(buffer, NULL, properties, kernel, 1,
								NULL, &global, &global, 0, NULL,
								NULL, &command));
	return command;
}

static cl_mem create_image(const struct error_world *world, cl_context context)
{
	const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = 4,
				     .image_height = 4 };
	cl_bool support = CL_FALSE;

	check_success(world->cl->clGetDeviceInfo(world->base.device, CL_DEVICE_IMAGE_SUPPORT,
						 sizeof(support), &support, NULL));
	return support ? world->cl->clCreateImage(context, 0, &format, &desc, NULL, NULL) : NULL;
}

static void open_state(struct error_world *world, struct state *state)
{
	cl_command_queue queue = world->base.queue;
	cl_command_buffer_khr released;
	cl_mutable_command_khr gone;

	load_functions(world->base.platform, &state->cl);
	state->recording = create(state, queue, 0, 0);
	state->finalized = create(state, queue, 0, 0);
	state->mutable_recording =
		create(state, queue, CL_COMMAND_BUFFER_FLAGS_KHR, CL_COMMAND_BUFFER_MUTABLE_KHR);
	state->mutable_buffer =
		create(state, queue, CL_COMMAND_BUFFER_FLAGS_KHR, CL_COMMAND_BUFFER_MUTABLE_KHR);
	state->incomplete =
		create(state, queue, CL_COMMAND_BUFFER_FLAGS_KHR, CL_COMMAND_BUFFER_MUTABLE_KHR);
	state->asserted = create(state, queue, CL_COMMAND_BUFFER_MUTABLE_DISPATCH_ASSERTS_KHR,
				 CL_MUTABLE_DISPATCH_ASSERT_NO_ADDITIONAL_WORK_GROUPS_KHR);
	state->command = launch(state, state->mutable_buffer, NULL, world->ready);
	state->fixed = launch(state, state->mutable_buffer, no_fields, world->ready);
	state->fixed_buffer_command = launch(state, state->finalized, NULL, world->ready);
	launch(state, state->incomplete, late_arguments, world->unset);
	check_success(state->cl.clFinalizeCommandBufferKHR(state->finalized));
	check_success(state->cl.clFinalizeCommandBufferKHR(state->mutable_buffer));
	check_success(state->cl.clFinalizeCommandBufferKHR(state->incomplete));
	state->image = create_image(world, world->base.context);
	state->other_image = create_image(world, world->other_context);
	released = create(state, queue, 0, 0);
	gone = launch(state, released, NULL, world->ready);
	check_success(state->cl.clReleaseCommandBufferKHR(released));
	world->bad_handles[ERROR_COMMAND_BUFFER][2] = released;
	world->bad_handles[ERROR_MUTABLE_COMMAND][2] = gone;
}

static void close_state(struct error_world *world, struct state *state)
{
	check_success(state->cl.clReleaseCommandBufferKHR(state->recording));
	check_success(state->cl.clReleaseCommandBufferKHR(state->finalized));
	check_success(state->cl.clReleaseCommandBufferKHR(state->mutable_recording));
	check_success(state->cl.clReleaseCommandBufferKHR(state->mutable_buffer));
	check_success(state->cl.clReleaseCommandBufferKHR(state->incomplete));
	check_success(state->cl.clReleaseCommandBufferKHR(state->asserted));
	if (state->image) {
		check_success(world->cl->clReleaseMemObject(state->image));
		check_success(world->cl->clReleaseMemObject(state->other_image));
	}
}

/* ---- command buffers ---- */

static void rows_create(struct error_world *world, const struct state *state)
{
	const cl_properties bad_flags[] = { CL_COMMAND_BUFFER_FLAGS_KHR, 1 << 20, 0 };
	const cl_properties bad_asserts[] = { CL_COMMAND_BUFFER_MUTABLE_DISPATCH_ASSERTS_KHR, 2,
					      0 };
	const cl_properties twice[] = { CL_COMMAND_BUFFER_FLAGS_KHR, 0, CL_COMMAND_BUFFER_FLAGS_KHR,
					0, 0 };
	const cl_command_queue *queue = &world->base.queue;

#define CREATE(count, queues, properties) \
	state->cl.clCreateCommandBufferKHR(count, queues, properties, errcode)

	error_entry_point("clCreateCommandBufferKHR");
	ROWS_BAD_CREATE(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
			CREATE(1, &bad, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "num_queues is 0", CREATE(0, queue, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "num_queues is not 1", CREATE(2, queue, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "queues is NULL", CREATE(1, NULL, NULL));
	ROW_CREATE(CL_INVALID_VALUE, "an unknown property", CREATE(1, queue, unknown));
	ROW_CREATE(CL_INVALID_VALUE, "unknown flags", CREATE(1, queue, bad_flags));
	ROW_CREATE(CL_INVALID_VALUE, "unknown asserts", CREATE(1, queue, bad_asserts));
	ROW_CREATE(CL_INVALID_VALUE, "a property twice", CREATE(1, queue, twice));
	error_not_provocable(world, CL_INVALID_PROPERTY, "a property that the device lacks",
			     "all devices have all of them");
	error_resources(world);
#undef CREATE
}

static void rows_life(struct error_world *world, const struct state *state)
{
	const struct command_buffer_functions *cl = &state->cl;

	error_entry_point("clRetainCommandBufferKHR");
	ROWS_BAD(ERROR_COMMAND_BUFFER, cl_command_buffer_khr, CL_INVALID_COMMAND_BUFFER_KHR,
		 cl->clRetainCommandBufferKHR(bad));
	error_entry_point("clReleaseCommandBufferKHR");
	ROWS_BAD(ERROR_COMMAND_BUFFER, cl_command_buffer_khr, CL_INVALID_COMMAND_BUFFER_KHR,
		 cl->clReleaseCommandBufferKHR(bad));
	error_entry_point("clFinalizeCommandBufferKHR");
	ROWS_BAD(ERROR_COMMAND_BUFFER, cl_command_buffer_khr, CL_INVALID_COMMAND_BUFFER_KHR,
		 cl->clFinalizeCommandBufferKHR(bad));
	ROW(CL_INVALID_OPERATION, "it was finalized before",
	    cl->clFinalizeCommandBufferKHR(state->finalized));

#define INFO(buffer) cl->clGetCommandBufferInfoKHR(buffer, name, size, value, size_ret)
	error_entry_point("clGetCommandBufferInfoKHR");
	ROWS_BAD(ERROR_COMMAND_BUFFER, cl_command_buffer_khr, CL_INVALID_COMMAND_BUFFER_KHR,
		 cl->clGetCommandBufferInfoKHR(bad, CL_COMMAND_BUFFER_STATE_KHR,
					       sizeof(world->out.bytes), world->out.bytes,
					       &world->out.size));
	ROWS_QUERY(CL_COMMAND_BUFFER_STATE_KHR, INFO(state->recording));
	ROWS_QUERY(CL_COMMAND_BUFFER_QUEUES_KHR, INFO(state->recording));
	ROWS_QUERY(CL_COMMAND_BUFFER_PROPERTIES_ARRAY_KHR, INFO(state->recording));
#undef INFO
}

static void rows_enqueue(struct error_world *world, const struct state *state)
{
	cl_command_queue queue = world->base.queue;
	cl_command_queue other = world->other_queue;

#define ENQUEUE(count, queues, buffer) \
	state->cl.clEnqueueCommandBufferKHR(count, queues, buffer, 0, NULL, &world->out.event)

	error_entry_point("clEnqueueCommandBufferKHR");
	ROWS_BAD(ERROR_COMMAND_BUFFER, cl_command_buffer_khr, CL_INVALID_COMMAND_BUFFER_KHR,
		 ENQUEUE(0, NULL, bad));
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 ENQUEUE(1, &bad, state->finalized));
	ROW(CL_INVALID_OPERATION, "it was not finalized", ENQUEUE(0, NULL, state->recording));
	ROW(CL_INVALID_OPERATION, "an argument is not set", ENQUEUE(0, NULL, state->incomplete));
	ROW(CL_INVALID_VALUE, "queues is NULL and num_queues is not 0",
	    ENQUEUE(1, NULL, state->finalized));
	ROW(CL_INVALID_VALUE, "queues is not NULL and num_queues is 0",
	    ENQUEUE(0, &queue, state->finalized));
	ROW(CL_INVALID_VALUE, "num_queues is not that of the buffer",
	    ENQUEUE(2, &queue, state->finalized));
	ROW(CL_INVALID_CONTEXT, "the queue is of another context",
	    ENQUEUE(1, &other, state->finalized));
	if (world->sub_device) {
		cl_command_queue of_part = world->cl->clCreateCommandQueue(
			world->base.context, world->sub_device, 0, NULL);

		if (of_part) {
			ROW(CL_INVALID_DEVICE, "the queue is for another device",
			    ENQUEUE(1, &of_part, state->finalized));
			check_success(world->cl->clReleaseCommandQueue(of_part));
		}
	}
	error_not_provocable(world, CL_INCOMPATIBLE_COMMAND_QUEUE_KHR,
			     "the queue has properties that are not supported, or lacks some",
			     "all properties are supported, and none is required");
	ROWS_WAIT(ROW, state->cl.clEnqueueCommandBufferKHR(0, NULL, state->finalized, count, list,
							   &world->out.event));
	error_resources(world);
#undef ENQUEUE
}

/* ---- recording ---- */

/*
 * The rows that all functions that record have; @call has buffer, queue, properties, count,
 * list, point and handle. Without @plain the last may be had.
 */
#define ROWS_RECORDING(plain, call)                                                           \
	do {                                                                                  \
		cl_command_buffer_khr buffer = state->recording;                              \
		cl_mutable_command_khr *handle = NULL;                                        \
		const cl_properties *properties = NULL;                                       \
		cl_sync_point_khr *point = &world->out.number, points_[1] = { 0 };            \
		const cl_sync_point_khr *list = NULL;                                         \
		cl_command_queue queue = NULL;                                                \
		cl_uint count = 0;                                                            \
                                                                                              \
		for (unsigned int i_ = 0; i_ < 3; i_++) {                                     \
			buffer = world->bad_handles[ERROR_COMMAND_BUFFER][i_];                \
			ROW(CL_INVALID_COMMAND_BUFFER_KHR, "no command buffer", call);        \
		}                                                                             \
		buffer = state->finalized;                                                    \
		ROW(CL_INVALID_OPERATION, "it was finalized", call);                          \
		buffer = state->recording;                                                    \
		queue = world->base.queue;                                                    \
		ROW(CL_INVALID_COMMAND_QUEUE, "command_queue is not NULL", call);             \
		queue = NULL;                                                                 \
		properties = unknown;                                                         \
		ROW(CL_INVALID_VALUE, "an unknown property", call);                           \
		properties = NULL;                                                            \
		count = 1;                                                                    \
		ROW(CL_INVALID_SYNC_POINT_WAIT_LIST_KHR,                                      \
		    "sync_point_wait_list is NULL, and its number is not 0", call);           \
		list = points_;                                                               \
		ROW(CL_INVALID_SYNC_POINT_WAIT_LIST_KHR, "a sync point is 0", call);          \
		points_[0] = 1000000;                                                         \
		ROW(CL_INVALID_SYNC_POINT_WAIT_LIST_KHR, "a sync point is not of the buffer", \
		    call);                                                                    \
		count = 0;                                                                    \
		ROW(CL_INVALID_SYNC_POINT_WAIT_LIST_KHR,                                      \
		    "sync_point_wait_list is not NULL, and its number is 0", call);           \
		list = NULL;                                                                  \
		handle = (cl_mutable_command_khr *)&world->out.event;                         \
		if (plain)                                                                    \
			ROW(CL_INVALID_VALUE, "mutable_handle is not NULL", call);            \
		error_resources(world);                                                       \
	} while (0)

static void rows_buffers(struct error_world *world, const struct state *state)
{
	const struct command_buffer_functions *cl = &state->cl;
	cl_mem from = world->buffer, to = world->write_only, other = world->other_buffer;
	const cl_uint pattern = 1;

	error_entry_point("clCommandBarrierWithWaitListKHR");
	ROWS_RECORDING(true, cl->clCommandBarrierWithWaitListKHR(buffer, queue, properties, count,
								 list, point, handle));

#define COPY(source, target, offset)                                                         \
	cl->clCommandCopyBufferKHR(buffer, queue, properties, source, target, offset, 0, 16, \
				   count, list, point, handle)
#define RECT(source, target, origin)                                                            \
	cl->clCommandCopyBufferRectKHR(buffer, queue, properties, source, target, origin, zero, \
				       region, 0, 0, 0, 0, count, list, point, handle)
#define FILL(target, bytes)                                                                   \
	cl->clCommandFillBufferKHR(buffer, queue, properties, target, &pattern, bytes, 0, 16, \
				   count, list, point, handle)
	error_entry_point("clCommandCopyBufferKHR");
	ROWS_RECORDING(true, COPY(from, to, 0));
	error_entry_point("clCommandCopyBufferRectKHR");
	ROWS_RECORDING(true, RECT(from, to, zero));
	error_entry_point("clCommandFillBufferKHR");
	ROWS_RECORDING(true, FILL(to, 4));
	{
		cl_command_buffer_khr buffer = state->recording;
		cl_mutable_command_khr *handle = NULL;
		const cl_properties *properties = NULL;
		cl_sync_point_khr *point = &world->out.number;
		const cl_sync_point_khr *list = NULL;
		cl_command_queue queue = NULL;
		cl_uint count = 0;

		error_entry_point("clCommandCopyBufferKHR");
		ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, COPY(bad, to, 0));
		ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, COPY(from, bad, 0));
		ROW(CL_INVALID_CONTEXT, "src_buffer is of another context", COPY(other, to, 0));
		ROW(CL_INVALID_CONTEXT, "dst_buffer is of another context", COPY(from, other, 0));
		ROW(CL_INVALID_VALUE, "src_offset is outside", COPY(from, to, ERROR_BUFFER_BYTES));
		ROW(CL_MEM_COPY_OVERLAP, "the regions overlap", COPY(from, from, 8));
		error_entry_point("clCommandCopyBufferRectKHR");
		ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, RECT(bad, to, zero));
		ROW(CL_INVALID_CONTEXT, "dst_buffer is of another context",
		    RECT(from, other, zero));
		ROW(CL_INVALID_VALUE, "src_origin is NULL", RECT(from, to, NULL));
		ROW(CL_MEM_COPY_OVERLAP, "the regions overlap", RECT(from, from, zero));
		error_entry_point("clCommandFillBufferKHR");
		ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, FILL(bad, 4));
		ROW(CL_INVALID_CONTEXT, "buffer is of another context", FILL(other, 4));
		ROW(CL_INVALID_VALUE, "pattern_size is no power of two", FILL(to, 3));
	}
#undef COPY
#undef RECT
#undef FILL
}

static void rows_svm(struct error_world *world, const struct state *state)
{
	const struct command_buffer_functions *cl = &state->cl;
	cl_command_buffer_khr recording = state->recording;
	cl_sync_point_khr *number = &world->out.number;
	char *svm = world->svm;
	const cl_uint pattern = 1;

	error_entry_point("clCommandSVMMemcpyKHR");
	ROWS_RECORDING(true, cl->clCommandSVMMemcpyKHR(buffer, queue, properties, svm, svm + 64, 16,
						       count, list, point, handle));
#define COPY(target, source) \
	cl->clCommandSVMMemcpyKHR(recording, NULL, NULL, target, source, 16, 0, NULL, number, NULL)
	ROW(CL_INVALID_VALUE, "dst_ptr is NULL", COPY(NULL, svm));
	ROW(CL_INVALID_VALUE, "src_ptr is NULL", COPY(svm, NULL));
	ROW(CL_INVALID_VALUE, "the range exceeds the allocation",
	    COPY(svm + ERROR_SVM_BYTES - 8, svm));
	ROW(CL_MEM_COPY_OVERLAP, "source and target overlap", COPY(svm, svm + 8));
#undef COPY

	error_entry_point("clCommandSVMMemFillKHR");
	ROWS_RECORDING(true, cl->clCommandSVMMemFillKHR(buffer, queue, properties, svm, &pattern, 4,
							16, count, list, point, handle));
#define FILL(pointer, from, bytes)                                                           \
	cl->clCommandSVMMemFillKHR(recording, NULL, NULL, pointer, from, bytes, 16, 0, NULL, \
				   number, NULL)
	ROW(CL_INVALID_VALUE, "svm_ptr is NULL", FILL(NULL, &pattern, 4));
	ROW(CL_INVALID_VALUE, "svm_ptr is not aligned", FILL(svm + 2, &pattern, 4));
	ROW(CL_INVALID_VALUE, "pattern is NULL", FILL(svm, NULL, 4));
	ROW(CL_INVALID_VALUE, "pattern_size is 0", FILL(svm, &pattern, 0));
#undef FILL
}

static void rows_images(struct error_world *world, const struct state *state)
{
	const struct command_buffer_functions *cl = &state->cl;
	cl_mem image = state->image, memory = world->buffer;
	cl_command_buffer_khr recording = state->recording;
	cl_sync_point_khr *number = &world->out.number;
	const cl_uint color[4] = { 0 };
	const size_t far[3] = { 4, 0, 0 };

	error_entry_point("clCommandCopyImageKHR");
	ROWS_RECORDING(true,
		       cl->clCommandCopyImageKHR(buffer, queue, properties, image, image, zero,
						 zero, region, count, list, point, handle));
	error_entry_point("clCommandCopyBufferToImageKHR");
	ROWS_RECORDING(true, cl->clCommandCopyBufferToImageKHR(buffer, queue, properties, memory,
							       image, 0, zero, region, count, list,
							       point, handle));
	error_entry_point("clCommandCopyImageToBufferKHR");
	ROWS_RECORDING(true, cl->clCommandCopyImageToBufferKHR(buffer, queue, properties, image,
							       memory, zero, region, 0, count, list,
							       point, handle));
	error_entry_point("clCommandFillImageKHR");
	ROWS_RECORDING(true, cl->clCommandFillImageKHR(buffer, queue, properties, image, color,
						       zero, region, count, list, point, handle));
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT,
		 cl->clCommandFillImageKHR(recording, NULL, NULL, bad, color, zero, region, 0, NULL,
					   number, NULL));
	if (!image)
		return;
	ROW(CL_INVALID_CONTEXT, "image is of another context",
	    cl->clCommandFillImageKHR(recording, NULL, NULL, state->other_image, color, zero,
				      region, 0, NULL, number, NULL));
	ROW(CL_INVALID_VALUE, "the region is outside",
	    cl->clCommandFillImageKHR(recording, NULL, NULL, image, color, far, region, 0, NULL,
				      number, NULL));
	error_entry_point("clCommandCopyImageKHR");
	ROW(CL_MEM_COPY_OVERLAP, "the regions overlap",
	    cl->clCommandCopyImageKHR(recording, NULL, NULL, image, image, zero, zero, region, 0,
				      NULL, number, NULL));
	error_entry_point("clCommandCopyBufferToImageKHR");
	ROW(CL_INVALID_CONTEXT, "src_buffer is of another context",
	    cl->clCommandCopyBufferToImageKHR(recording, NULL, NULL, world->other_buffer, image, 0,
					      zero, region, 0, NULL, number, NULL));
	error_entry_point("clCommandCopyImageToBufferKHR");
	ROW(CL_INVALID_VALUE, "dst_offset is outside",
	    cl->clCommandCopyImageToBufferKHR(recording, NULL, NULL, image, memory, zero, region,
					      ERROR_BUFFER_BYTES, 0, NULL, number, NULL));
}

static void rows_launch(struct error_world *world, const struct state *state)
{
	const struct command_buffer_functions *cl = &state->cl;
	const cl_properties bad_fields[] = { CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR, 1 << 10, 0 };
	const cl_properties bad_asserts[] = { CL_MUTABLE_DISPATCH_ASSERTS_KHR, 2, 0 };
	const cl_properties asserts[] = { CL_MUTABLE_DISPATCH_ASSERTS_KHR,
					  CL_MUTABLE_DISPATCH_ASSERT_NO_ADDITIONAL_WORK_GROUPS_KHR,
					  0 };
	const size_t uneven = 3;

#define LAUNCH(in_buffer, properties, kernel, dimensions, local)                             \
	cl->clCommandNDRangeKernelKHR(in_buffer, NULL, properties, kernel, dimensions, NULL, \
				      &global, local, 0, NULL, &world->out.number,           \
				      (cl_mutable_command_khr *)&world->out.event)

	error_entry_point("clCommandNDRangeKernelKHR");
	ROWS_RECORDING(false, cl->clCommandNDRangeKernelKHR(buffer, queue, properties, world->ready,
							    1, NULL, &global, NULL, count, list,
							    point, handle));
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
		 LAUNCH(state->recording, NULL, bad, 1, NULL));
	ROW(CL_INVALID_CONTEXT, "kernel is of another context",
	    LAUNCH(state->recording, NULL, world->other_kernel, 1, NULL));
	ROW(CL_INVALID_KERNEL_ARGS, "an argument is not set",
	    LAUNCH(state->recording, NULL, world->unset, 1, NULL));
	ROW(CL_INVALID_KERNEL_ARGS, "an argument is not set, and cannot be changed",
	    LAUNCH(state->mutable_recording, no_fields, world->unset, 1, NULL));
	ROW(CL_INVALID_WORK_DIMENSION, "work_dim is 0",
	    LAUNCH(state->recording, NULL, world->ready, 0, NULL));
	ROW(CL_INVALID_WORK_GROUP_SIZE, "local_work_size does not divide global_work_size",
	    LAUNCH(state->recording, NULL, world->ready, 1, &uneven));
	ROW(CL_INVALID_VALUE, "unknown fields",
	    LAUNCH(state->recording, bad_fields, world->ready, 1, NULL));
	ROW(CL_INVALID_VALUE, "unknown asserts",
	    LAUNCH(state->recording, bad_asserts, world->ready, 1, NULL));
	ROW(CL_INVALID_VALUE, "asserts without local_work_size",
	    LAUNCH(state->recording, asserts, world->ready, 1, NULL));
	ROW(CL_INVALID_VALUE, "asserts of the buffer without local_work_size",
	    LAUNCH(state->asserted, NULL, world->ready, 1, NULL));
	error_not_provocable(world, CL_INVALID_OPERATION, "the kernel has what the device lacks",
			     "printf may be recorded, and kernels enqueue nothing");
#undef LAUNCH
}

/* ---- changes ---- */

static cl_int update(const struct state *state, cl_mutable_command_khr command,
		     struct tandem_mutable_dispatch_config config)
{
	const cl_uint type = TANDEM_STRUCTURE_TYPE_MUTABLE_DISPATCH_CONFIG;
	const void *pointer = &config;

	config.command = command;
	return state->cl.clUpdateMutableCommandsKHR(state->mutable_buffer, 1, &type, &pointer);
}

#define UPDATE(command, ...) \
	update(state, command, (struct tandem_mutable_dispatch_config){ __VA_ARGS__ })

static void rows_update(struct error_world *world, const struct state *state)
{
	const struct tandem_mutable_dispatch_config nothing = { .command = state->command };
	const cl_uint type = TANDEM_STRUCTURE_TYPE_MUTABLE_DISPATCH_CONFIG, bad_type = 0x7fff;
	const void *pointer = &nothing, *none = NULL;

#define CALL(buffer, count, types, configs) \
	state->cl.clUpdateMutableCommandsKHR(buffer, count, types, configs)

	error_entry_point("clUpdateMutableCommandsKHR");
	ROWS_BAD(ERROR_COMMAND_BUFFER, cl_command_buffer_khr, CL_INVALID_COMMAND_BUFFER_KHR,
		 CALL(bad, 1, &type, &pointer));
	ROW(CL_INVALID_OPERATION, "it was not finalized",
	    CALL(state->mutable_recording, 1, &type, &pointer));
	ROW(CL_INVALID_OPERATION, "it was not made to be changed",
	    CALL(state->finalized, 1, &type, &pointer));
	ROW(CL_INVALID_VALUE, "config_types is NULL",
	    CALL(state->mutable_buffer, 1, NULL, &pointer));
	ROW(CL_INVALID_VALUE, "configs is NULL", CALL(state->mutable_buffer, 1, &type, NULL));
	ROW(CL_INVALID_VALUE, "num_configs is 0", CALL(state->mutable_buffer, 0, &type, &pointer));
	ROW(CL_INVALID_VALUE, "an unknown type",
	    CALL(state->mutable_buffer, 1, &bad_type, &pointer));
	ROW(CL_INVALID_VALUE, "a config is NULL", CALL(state->mutable_buffer, 1, &type, &none));
	ROWS_BAD(ERROR_MUTABLE_COMMAND, cl_mutable_command_khr, CL_INVALID_MUTABLE_COMMAND_KHR,
		 UPDATE(bad, NULL));
	ROW(CL_INVALID_MUTABLE_COMMAND_KHR, "the command is of another buffer",
	    UPDATE(state->fixed_buffer_command, NULL));
	error_resources(world);
#undef CALL
}

static void rows_config(struct error_world *world, const struct state *state)
{
	const struct tandem_mutable_dispatch_arg number = { 0, 1, "" }, none = { 1000, 1, "" };
	const struct tandem_mutable_dispatch_exec_info info = { 0x7fff, 1, "" };
	const size_t one = 1, uneven = 3, huge = SIZE_MAX;
	cl_mutable_command_khr command = state->command, fixed = state->fixed;

	ROW(CL_INVALID_OPERATION, "work_dim is another one", UPDATE(command, .work_dim = 2));
	ROW(CL_INVALID_OPERATION, "global_work_offset cannot be changed",
	    UPDATE(fixed, .global_work_offset = &one));
	ROW(CL_INVALID_OPERATION, "global_work_size cannot be changed",
	    UPDATE(fixed, .global_work_size = &one));
	ROW(CL_INVALID_OPERATION, "local_work_size cannot be changed",
	    UPDATE(fixed, .local_work_size = &one));
	ROW(CL_INVALID_OPERATION, "arguments cannot be changed",
	    UPDATE(fixed, .num_args = 1, .arg_list = &number));
	ROW(CL_INVALID_OPERATION, "arguments of SVM cannot be changed",
	    UPDATE(fixed, .num_svm_args = 1, .arg_svm_list = &number));
	ROW(CL_INVALID_OPERATION, "execution information cannot be changed",
	    UPDATE(fixed, .num_exec_infos = 1, .exec_info_list = &info));
	ROW(CL_INVALID_VALUE, "arg_list is NULL", UPDATE(command, .num_args = 1));
	ROW(CL_INVALID_VALUE, "num_args is 0", UPDATE(command, .arg_list = &number));
	ROW(CL_INVALID_VALUE, "arg_svm_list is NULL", UPDATE(command, .num_svm_args = 1));
	ROW(CL_INVALID_VALUE, "num_svm_args is 0", UPDATE(command, .arg_svm_list = &number));
	ROW(CL_INVALID_VALUE, "exec_info_list is NULL", UPDATE(command, .num_exec_infos = 1));
	ROW(CL_INVALID_VALUE, "num_exec_infos is 0", UPDATE(command, .exec_info_list = &info));
	ROW(CL_INVALID_ARG_INDEX, "there is no such argument",
	    UPDATE(command, .num_args = 1, .arg_list = &none));
	ROW(CL_INVALID_ARG_INDEX, "there is no such argument of SVM",
	    UPDATE(command, .num_svm_args = 1, .arg_svm_list = &none));
	ROW(CL_INVALID_ARG_SIZE, "the argument has another size",
	    UPDATE(command, .num_args = 1, .arg_list = &number));
	ROW(CL_INVALID_VALUE, "unknown execution information",
	    UPDATE(command, .num_exec_infos = 1, .exec_info_list = &info));
	ROW(CL_INVALID_WORK_GROUP_SIZE, "local_work_size does not divide global_work_size",
	    UPDATE(command, .local_work_size = &uneven));
	ROW(CL_INVALID_GLOBAL_OFFSET, "global_work_offset + global_work_size exceeds size_t",
	    UPDATE(command, .global_work_offset = &huge));
}

static void rows_mutable_info(struct error_world *world, const struct state *state)
{
#define INFO(command) state->cl.clGetMutableCommandInfoKHR(command, name, size, value, size_ret)
	error_entry_point("clGetMutableCommandInfoKHR");
	ROWS_BAD(ERROR_MUTABLE_COMMAND, cl_mutable_command_khr, CL_INVALID_MUTABLE_COMMAND_KHR,
		 state->cl.clGetMutableCommandInfoKHR(bad, CL_MUTABLE_DISPATCH_DIMENSIONS_KHR,
						      sizeof(world->out.bytes), world->out.bytes,
						      &world->out.size));
	ROWS_QUERY(CL_MUTABLE_DISPATCH_DIMENSIONS_KHR, INFO(state->command));
	ROWS_QUERY(CL_MUTABLE_DISPATCH_GLOBAL_WORK_SIZE_KHR, INFO(state->command));
	ROWS_QUERY(CL_MUTABLE_COMMAND_PROPERTIES_ARRAY_KHR, INFO(state->fixed));
#undef INFO
}

void error_rows_command_buffer(struct error_world *world)
{
	struct state state = { 0 };

	open_state(world, &state);
	rows_create(world, &state);
	rows_life(world, &state);
	rows_enqueue(world, &state);
	rows_buffers(world, &state);
	rows_svm(world, &state);
	rows_images(world, &state);
	rows_launch(world, &state);
	rows_update(world, &state);
	rows_config(world, &state);
	rows_mutable_info(world, &state);
	close_state(world, &state);
}
