// SPDX-License-Identifier: MIT
/* Recording commands into command buffers. */
#include <errno.h>

#include "launch.h"
#include "recordable.h"

/* What all functions that record a command are given. */
struct recording {
	cl_command_buffer_khr handle;
	cl_command_queue queue;
	const cl_properties *properties;
	cl_uint num_points;
	const cl_sync_point_khr *points;
	cl_sync_point_khr *point;
	cl_mutable_command_khr *mutable_handle;
	struct tandem_command_buffer *buffer; /* of the handle, when that was checked */
};

static cl_int check_sync_points(const struct recording *recording)
{
	const unsigned int count = tandem_command_buffer_count(recording->buffer);

	if (!recording->num_points != !recording->points)
		return fail(CL_INVALID_SYNC_POINT_WAIT_LIST_KHR, "%u sync points at %p",
			    recording->num_points, (const void *)recording->points);
	/* They are the numbers of the commands, from 1 on. */
	for (cl_uint i = 0; i < recording->num_points; i++) {
		if (!recording->points[i] || recording->points[i] > count)
			return fail(CL_INVALID_SYNC_POINT_WAIT_LIST_KHR,
				    "entry %u of the list, %u, is no sync point", i,
				    recording->points[i]);
	}
	return CL_SUCCESS;
}

/* Checks what all commands have in common. */
static cl_int check_recording(struct recording *recording)
{
	recording->buffer = command_buffer_of(recording->handle);
	if (!recording->buffer)
		return fail(CL_INVALID_COMMAND_BUFFER_KHR, "%p is no command buffer",
			    (void *)recording->handle);
	if (recording->queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "a command buffer has one queue, not %p",
			    (void *)recording->queue);
	if (tandem_command_buffer_state(recording->buffer) != CL_COMMAND_BUFFER_STATE_RECORDING_KHR)
		return fail(CL_INVALID_OPERATION, "the command buffer was finalized");
	return check_sync_points(recording);
}

/* The same for commands that have no properties, and cannot be changed. */
static cl_int check_plain_recording(struct recording *recording, struct memory_call *call)
{
	cl_int code = check_recording(recording);

	if (code != CL_SUCCESS)
		return code;
	if (recording->properties && recording->properties[0])
		return fail(CL_INVALID_VALUE, "no property 0x%llx",
			    (unsigned long long)recording->properties[0]);
	if (recording->mutable_handle)
		return fail(CL_INVALID_VALUE, "the command cannot be changed");
	*call = (struct memory_call){ .queue = recording->buffer->queue };
	return CL_SUCCESS;
}

/* The code of @error, which recording has ended with, as command @index. */
static cl_int end_recording(const struct recording *recording, int error, unsigned int index)
{
	if (error == -EBUSY)
		return fail(CL_INVALID_OPERATION, "the command buffer was finalized");
	if (error)
		return result(error);
	if (recording->point)
		*recording->point = index + 1;
	return CL_SUCCESS;
}

/* Records a command, or drops it. */
static cl_int record(const struct recording *recording, struct tandem_command *command)
{
	unsigned int index = 0;
	int error = tandem_command_buffer_record(recording->buffer, command, &index);

	if (error)
		tandem_command_abandon(command);
	return end_recording(recording, error, index);
}

/* A function's parameters of these names. */
#define RECORDING                                                            \
	{                                                                    \
		buffer, queue, properties, num_points, points, point, handle \
	}

/* Records what @create makes of @arguments. */
#define RECORD(create, arguments)                                            \
	({                                                                   \
		struct recording recording_ = RECORDING;                     \
		struct tandem_command *command_;                             \
		struct memory_call call_;                                    \
		cl_int code_ = check_plain_recording(&recording_, &call_);   \
                                                                             \
		if (code_ == CL_SUCCESS)                                     \
			code_ = (create)(&call_, (arguments), &command_);    \
		code_ == CL_SUCCESS ? record(&recording_, command_) : code_; \
	})

/* ---- order ---- */

static cl_int create_barrier(struct memory_call *call, const void *none,
			     struct tandem_command **command)
{
	cl_int code = result(
		tandem_command_create(call->queue, CL_COMMAND_BARRIER, &call->wait, 0, 0, command));

	/* The order of recording is enough: sequence.h. */
	if (code == CL_SUCCESS)
		tandem_command_set_marker(*command, false, false);
	return code;
}

cl_int tandem_clCommandBarrierWithWaitListKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
					      const cl_properties *properties, cl_uint num_points,
					      const cl_sync_point_khr *points,
					      cl_sync_point_khr *point,
					      cl_mutable_command_khr *handle)
{
	ENTRY_POINT;

	return RECORD(create_barrier, NULL);
}

/* ---- buffers ---- */

cl_int tandem_clCommandCopyBufferKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				     const cl_properties *properties, cl_mem source, cl_mem target,
				     size_t source_offset, size_t target_offset, size_t size,
				     cl_uint num_points, const cl_sync_point_khr *points,
				     cl_sync_point_khr *point, cl_mutable_command_khr *handle)
{
	ENTRY_POINT;
	const struct buffer_copy copy = { source, target, source_offset, target_offset, size };

	return RECORD(tandem_api_copy_buffer, &copy);
}

cl_int tandem_clCommandCopyBufferRectKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
					 const cl_properties *properties, cl_mem source,
					 cl_mem target, const size_t *source_origin,
					 const size_t *target_origin, const size_t *region,
					 size_t source_row_pitch, size_t source_slice_pitch,
					 size_t target_row_pitch, size_t target_slice_pitch,
					 cl_uint num_points, const cl_sync_point_khr *points,
					 cl_sync_point_khr *point, cl_mutable_command_khr *handle)
{
	ENTRY_POINT;
	const struct rect_copy copy = { source,
					target,
					source_origin,
					target_origin,
					region,
					source_row_pitch,
					source_slice_pitch,
					target_row_pitch,
					target_slice_pitch };

	return RECORD(tandem_api_copy_rect, &copy);
}

cl_int tandem_clCommandFillBufferKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				     const cl_properties *properties, cl_mem target,
				     const void *pattern, size_t pattern_size, size_t offset,
				     size_t size, cl_uint num_points,
				     const cl_sync_point_khr *points, cl_sync_point_khr *point,
				     cl_mutable_command_khr *handle)
{
	ENTRY_POINT;
	const struct buffer_fill fill = { target, pattern, pattern_size, offset, size };

	return RECORD(tandem_api_fill_buffer, &fill);
}

/* ---- images ---- */

cl_int tandem_clCommandCopyImageKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				    const cl_properties *properties, cl_mem source, cl_mem target,
				    const size_t *source_origin, const size_t *target_origin,
				    const size_t *region, cl_uint num_points,
				    const cl_sync_point_khr *points, cl_sync_point_khr *point,
				    cl_mutable_command_khr *handle)
{
	ENTRY_POINT;
	const struct image_copy copy = { source, target, source_origin, target_origin, region };

	return RECORD(tandem_api_copy_image, &copy);
}

cl_int tandem_clCommandCopyBufferToImageKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
					    const cl_properties *properties, cl_mem source,
					    cl_mem target, size_t offset, const size_t *origin,
					    const size_t *region, cl_uint num_points,
					    const cl_sync_point_khr *points,
					    cl_sync_point_khr *point,
					    cl_mutable_command_khr *handle)
{
	ENTRY_POINT;
	const struct side_copy copy = { target, source, offset, origin, region };

	return RECORD(tandem_api_copy_buffer_to_image, &copy);
}

cl_int tandem_clCommandCopyImageToBufferKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
					    const cl_properties *properties, cl_mem source,
					    cl_mem target, const size_t *origin,
					    const size_t *region, size_t offset, cl_uint num_points,
					    const cl_sync_point_khr *points,
					    cl_sync_point_khr *point,
					    cl_mutable_command_khr *handle)
{
	ENTRY_POINT;
	const struct side_copy copy = { source, target, offset, origin, region };

	return RECORD(tandem_api_copy_image_to_buffer, &copy);
}

cl_int tandem_clCommandFillImageKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				    const cl_properties *properties, cl_mem image,
				    const void *color, const size_t *origin, const size_t *region,
				    cl_uint num_points, const cl_sync_point_khr *points,
				    cl_sync_point_khr *point, cl_mutable_command_khr *handle)
{
	ENTRY_POINT;
	const struct image_fill fill = { image, color, origin, region };

	return RECORD(tandem_api_fill_image, &fill);
}

/* ---- SVM ---- */

cl_int tandem_clCommandSVMMemcpyKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				    const cl_properties *properties, void *target,
				    const void *source, size_t size, cl_uint num_points,
				    const cl_sync_point_khr *points, cl_sync_point_khr *point,
				    cl_mutable_command_khr *handle)
{
	ENTRY_POINT;
	const struct svm_copy copy = { CL_COMMAND_SVM_MEMCPY, target, source, size };

	return RECORD(tandem_api_copy_svm, &copy);
}

cl_int tandem_clCommandSVMMemFillKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				     const cl_properties *properties, void *pointer,
				     const void *pattern, size_t pattern_size, size_t size,
				     cl_uint num_points, const cl_sync_point_khr *points,
				     cl_sync_point_khr *point, cl_mutable_command_khr *handle)
{
	ENTRY_POINT;
	const struct svm_fill fill = { CL_COMMAND_SVM_MEMFILL, pointer, pattern, pattern_size,
				       size };

	return RECORD(tandem_api_fill_svm, &fill);
}

/* ---- kernels ---- */

static const cl_bitfield all_fields =
	CL_MUTABLE_DISPATCH_GLOBAL_OFFSET_KHR | CL_MUTABLE_DISPATCH_GLOBAL_SIZE_KHR |
	CL_MUTABLE_DISPATCH_LOCAL_SIZE_KHR | CL_MUTABLE_DISPATCH_ARGUMENTS_KHR |
	CL_MUTABLE_DISPATCH_EXEC_INFO_KHR;

/* One property; @seen has those that were there before. */
static cl_int read_property(cl_properties name, cl_properties value, bool *seen,
			    cl_bitfield *fields, cl_bitfield *asserts)
{
	const bool is_fields = name == CL_MUTABLE_DISPATCH_UPDATABLE_FIELDS_KHR;
	const cl_bitfield known =
		is_fields ? all_fields : CL_MUTABLE_DISPATCH_ASSERT_NO_ADDITIONAL_WORK_GROUPS_KHR;

	if (!is_fields && name != CL_MUTABLE_DISPATCH_ASSERTS_KHR)
		return fail(CL_INVALID_VALUE, "no property 0x%llx", (unsigned long long)name);
	if (seen[is_fields])
		return fail(CL_INVALID_VALUE, "property 0x%llx twice", (unsigned long long)name);
	if (value & ~known)
		return fail(CL_INVALID_VALUE, "property 0x%llx cannot be 0x%llx",
			    (unsigned long long)name, (unsigned long long)value);
	seen[is_fields] = true;
	*(is_fields ? fields : asserts) = value;
	return CL_SUCCESS;
}

/* @deferred: arguments may be set later, since the application says that they can be changed. */
static cl_int read_properties(const cl_properties *properties,
			      struct tandem_recorded_launch *launch, cl_bitfield *asserts,
			      bool *deferred)
{
	bool seen[2] = { false };
	cl_int code = CL_SUCCESS;
	unsigned int i = 0;

	launch->fields = all_fields;
	for (; properties && properties[i]; i += 2) {
		code = read_property(properties[i], properties[i + 1], seen, &launch->fields,
				     asserts);
		if (code != CL_SUCCESS)
			return code;
		launch->properties[i] = properties[i];
		launch->properties[i + 1] = properties[i + 1];
	}
	launch->property_count = properties ? i + 1 : 0;
	*deferred = seen[true] && launch->fields & CL_MUTABLE_DISPATCH_ARGUMENTS_KHR;
	return CL_SUCCESS;
}

static cl_int check_launch(const struct recording *recording, cl_kernel kernel,
			   struct launch_arguments *arguments,
			   struct tandem_recorded_launch *launch)
{
	cl_bitfield asserts = recording->buffer->asserts;
	cl_int code =
		read_properties(recording->properties, launch, &asserts, &arguments->deferred);

	if (code != CL_SUCCESS)
		return code;
	if (asserts & CL_MUTABLE_DISPATCH_ASSERT_NO_ADDITIONAL_WORK_GROUPS_KHR &&
	    !arguments->local_size)
		return fail(CL_INVALID_VALUE, "asserted work-groups without a local size");
	if (!kernel_of(kernel))
		return fail(CL_INVALID_KERNEL, "%p is no kernel", (void *)kernel);
	launch->has_local_size = arguments->local_size;
	return tandem_api_check_launch(recording->buffer->queue, kernel_of(kernel), arguments,
				       &launch->space);
}

cl_int tandem_clCommandNDRangeKernelKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
					const cl_properties *properties, cl_kernel kernel,
					cl_uint work_dim, const size_t *global_offset,
					const size_t *global_size, const size_t *local_size,
					cl_uint num_points, const cl_sync_point_khr *points,
					cl_sync_point_khr *point, cl_mutable_command_khr *handle)
{
	ENTRY_POINT;
	struct recording recording = RECORDING;
	struct launch_arguments arguments = { work_dim, global_offset, global_size, local_size,
					      .uneven = true };
	struct tandem_recorded_launch launch = { 0 };
	struct tandem_mutable_command *command = NULL;
	unsigned int index = 0;
	cl_int code = check_recording(&recording);
	int error;

	if (code == CL_SUCCESS)
		code = check_launch(&recording, kernel, &arguments, &launch);
	if (code != CL_SUCCESS)
		return code;
	error = tandem_command_buffer_record_launch(recording.buffer, kernel_of(kernel), &launch,
						    &index, handle ? &command : NULL);
	code = end_recording(&recording, error, index);
	if (code == CL_SUCCESS && handle)
		*handle = mutable_command_handle(command);
	return code;
}
