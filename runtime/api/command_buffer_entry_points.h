// SPDX-License-Identifier: MIT
/*
 * The functions of cl_khr_command_buffer and cl_khr_command_buffer_mutable_dispatch, as the
 * newest revisions have them: older headers declare some otherwise, or not at all. Those
 * that record commands are given, one way or the other, what the clEnqueue* function is.
 */
#ifndef TANDEM_API_COMMAND_BUFFER_ENTRY_POINTS_H
#define TANDEM_API_COMMAND_BUFFER_ENTRY_POINTS_H

#include "util/new_names.h"

cl_command_buffer_khr tandem_clCreateCommandBufferKHR(cl_uint num_queues,
						      const cl_command_queue *queues,
						      const cl_properties *properties,
						      cl_int *errcode_ret);
cl_int tandem_clRetainCommandBufferKHR(cl_command_buffer_khr buffer);
cl_int tandem_clReleaseCommandBufferKHR(cl_command_buffer_khr buffer);
cl_int tandem_clFinalizeCommandBufferKHR(cl_command_buffer_khr buffer);
cl_int tandem_clEnqueueCommandBufferKHR(cl_uint num_queues, cl_command_queue *queues,
					cl_command_buffer_khr buffer, cl_uint num_events,
					const cl_event *events, cl_event *event);
cl_int tandem_clGetCommandBufferInfoKHR(cl_command_buffer_khr buffer,
					cl_command_buffer_info_khr name, size_t size, void *value,
					size_t *size_ret);

cl_int tandem_clCommandBarrierWithWaitListKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
					      const cl_properties *properties, cl_uint num_points,
					      const cl_sync_point_khr *points,
					      cl_sync_point_khr *point,
					      cl_mutable_command_khr *handle);
cl_int tandem_clCommandCopyBufferKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				     const cl_properties *properties, cl_mem source, cl_mem target,
				     size_t source_offset, size_t target_offset, size_t size,
				     cl_uint num_points, const cl_sync_point_khr *points,
				     cl_sync_point_khr *point, cl_mutable_command_khr *handle);
cl_int tandem_clCommandCopyBufferRectKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
					 const cl_properties *properties, cl_mem source,
					 cl_mem target, const size_t *source_origin,
					 const size_t *target_origin, const size_t *region,
					 size_t source_row_pitch, size_t source_slice_pitch,
					 size_t target_row_pitch, size_t target_slice_pitch,
					 cl_uint num_points, const cl_sync_point_khr *points,
					 cl_sync_point_khr *point, cl_mutable_command_khr *handle);
cl_int tandem_clCommandCopyBufferToImageKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
					    const cl_properties *properties, cl_mem source,
					    cl_mem target, size_t offset, const size_t *origin,
					    const size_t *region, cl_uint num_points,
					    const cl_sync_point_khr *points,
					    cl_sync_point_khr *point,
					    cl_mutable_command_khr *handle);
cl_int tandem_clCommandCopyImageKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				    const cl_properties *properties, cl_mem source, cl_mem target,
				    const size_t *source_origin, const size_t *target_origin,
				    const size_t *region, cl_uint num_points,
				    const cl_sync_point_khr *points, cl_sync_point_khr *point,
				    cl_mutable_command_khr *handle);
cl_int tandem_clCommandCopyImageToBufferKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
					    const cl_properties *properties, cl_mem source,
					    cl_mem target, const size_t *origin,
					    const size_t *region, size_t offset, cl_uint num_points,
					    const cl_sync_point_khr *points,
					    cl_sync_point_khr *point,
					    cl_mutable_command_khr *handle);
cl_int tandem_clCommandFillBufferKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				     const cl_properties *properties, cl_mem target,
				     const void *pattern, size_t pattern_size, size_t offset,
				     size_t size, cl_uint num_points,
				     const cl_sync_point_khr *points, cl_sync_point_khr *point,
				     cl_mutable_command_khr *handle);
cl_int tandem_clCommandFillImageKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				    const cl_properties *properties, cl_mem image,
				    const void *color, const size_t *origin, const size_t *region,
				    cl_uint num_points, const cl_sync_point_khr *points,
				    cl_sync_point_khr *point, cl_mutable_command_khr *handle);
cl_int tandem_clCommandNDRangeKernelKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
					const cl_properties *properties, cl_kernel kernel,
					cl_uint work_dim, const size_t *global_offset,
					const size_t *global_size, const size_t *local_size,
					cl_uint num_points, const cl_sync_point_khr *points,
					cl_sync_point_khr *point, cl_mutable_command_khr *handle);
cl_int tandem_clCommandSVMMemcpyKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				    const cl_properties *properties, void *target,
				    const void *source, size_t size, cl_uint num_points,
				    const cl_sync_point_khr *points, cl_sync_point_khr *point,
				    cl_mutable_command_khr *handle);
cl_int tandem_clCommandSVMMemFillKHR(cl_command_buffer_khr buffer, cl_command_queue queue,
				     const cl_properties *properties, void *pointer,
				     const void *pattern, size_t pattern_size, size_t size,
				     cl_uint num_points, const cl_sync_point_khr *points,
				     cl_sync_point_khr *point, cl_mutable_command_khr *handle);

/* @types: TANDEM_STRUCTURE_TYPE_*, and of what type each of @configs is. */
cl_int tandem_clUpdateMutableCommandsKHR(cl_command_buffer_khr buffer, cl_uint num_configs,
					 const cl_uint *types, const void **configs);
cl_int tandem_clGetMutableCommandInfoKHR(cl_mutable_command_khr command,
					 cl_mutable_command_info_khr name, size_t size, void *value,
					 size_t *size_ret);

#endif
