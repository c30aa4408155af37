// SPDX-License-Identifier: MIT
/* Buffers and shared virtual memory. */
#include "entry_points.h"

static cl_mem new_buffer(struct tour *tour)
{
	cl_int code;
	cl_mem buffer =
		CALL(clCreateBuffer, tour->context, CL_MEM_READ_WRITE, TOUR_BYTES, NULL, &code);

	check_success_fatal(code);
	return buffer;
}

/* Checks that all of a buffer is @wanted. */
static void check_buffer(struct tour *tour, cl_mem buffer, cl_int wanted)
{
	cl_int seen[TOUR_INTS];

	GOOD(clEnqueueReadBuffer, tour->queue, buffer, CL_TRUE, 0, TOUR_BYTES, seen, 0, NULL, NULL);
	for (size_t i = 0; i < TOUR_INTS; i++)
		check(seen[i] == wanted, "int %zu is %d, expected %d", i, seen[i], wanted);
}

static _Atomic int buffers_destroyed;

static void CL_CALLBACK count_buffer(cl_mem buffer, void *user_data)
{
	atomic_fetch_add(&buffers_destroyed, 1);
}

static void tour_objects(struct tour *tour)
{
	const cl_mem_properties none[] = { 0 };
	const cl_buffer_region region = { 128, 64 };
	cl_mem buffer, sub_buffer;
	size_t bytes = 0;
	cl_int code;

	buffer = CALL(clCreateBufferWithProperties, tour->context, none, CL_MEM_READ_ONLY,
		      TOUR_BYTES, NULL, &code);
	check_success_fatal(code);
	sub_buffer =
		CALL(clCreateSubBuffer, buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
	check_success_fatal(code);
	GOOD(clGetMemObjectInfo, sub_buffer, CL_MEM_SIZE, sizeof(bytes), &bytes, NULL);
	check_equal(64, bytes);
	GOOD(clSetMemObjectDestructorCallback, buffer, count_buffer, NULL);
	GOOD(clRetainMemObject, buffer);
	GOOD(clReleaseMemObject, buffer);
	GOOD(clReleaseMemObject, buffer);
	/* The sub-buffer needs it still. */
	check_equal(0, buffers_destroyed);
	GOOD(clReleaseMemObject, sub_buffer);
	check_equal(1, buffers_destroyed);
}

static void tour_transfers(struct tour *tour)
{
	const size_t zero[3] = { 0, 0, 0 }, region[3] = { 16, 4, 2 };
	const cl_int one = 1, two = 2;
	cl_int numbers[TOUR_INTS];

	for (size_t i = 0; i < TOUR_INTS; i++)
		numbers[i] = 7;
	GOOD(clEnqueueWriteBuffer, tour->queue, tour->buffer, CL_TRUE, 0, TOUR_BYTES, numbers, 0,
	     NULL, NULL);
	check_buffer(tour, tour->buffer, 7);
	GOOD(clEnqueueFillBuffer, tour->queue, tour->target, &one, sizeof(one), 0, TOUR_BYTES, 0,
	     NULL, NULL);
	check_buffer(tour, tour->target, 1);
	GOOD(clEnqueueCopyBuffer, tour->queue, tour->buffer, tour->target, 0, 0, TOUR_BYTES, 0,
	     NULL, NULL);
	check_buffer(tour, tour->target, 7);
	GOOD(clEnqueueFillBuffer, tour->queue, tour->buffer, &two, sizeof(two), 0, TOUR_BYTES, 0,
	     NULL, NULL);

	/* Boxes of 16 bytes, 4 rows and 2 slices are half of the buffer. */
	GOOD(clEnqueueReadBufferRect, tour->queue, tour->buffer, CL_TRUE, zero, zero, region, 0, 0,
	     0, 0, numbers, 0, NULL, NULL);
	check_equal(2, numbers[0]);
	check_equal(2, numbers[TOUR_INTS / 2 - 1]);
	check_equal(7, numbers[TOUR_INTS / 2]);
	GOOD(clEnqueueWriteBufferRect, tour->queue, tour->target, CL_TRUE, zero, zero, region, 0, 0,
	     0, 0, numbers, 0, NULL, NULL);
	GOOD(clEnqueueCopyBufferRect, tour->queue, tour->target, tour->buffer, zero, zero, region,
	     0, 0, 0, 0, 0, NULL, NULL);
	check_buffer(tour, tour->buffer, 2);
}

static void tour_maps(struct tour *tour)
{
	cl_int code, *mapped;

	mapped = CALL(clEnqueueMapBuffer, tour->queue, tour->buffer, CL_TRUE, CL_MAP_WRITE, 0,
		      TOUR_BYTES, 0, NULL, NULL, &code);
	check_success_fatal(code);
	for (size_t i = 0; i < TOUR_INTS; i++)
		mapped[i] = 3;
	GOOD(clEnqueueUnmapMemObject, tour->queue, tour->buffer, mapped, 0, NULL, NULL);
	check_buffer(tour, tour->buffer, 3);
	GOOD(clEnqueueMigrateMemObjects, tour->queue, 1, &tour->buffer, CL_MIGRATE_MEM_OBJECT_HOST,
	     0, NULL, NULL);
	check_buffer(tour, tour->buffer, 3);
}

void tour_memory(struct tour *tour)
{
	tour->buffer = new_buffer(tour);
	tour->target = new_buffer(tour);
	tour_objects(tour);
	tour_transfers(tour);
	tour_maps(tour);
}

static void CL_CALLBACK free_svm(cl_command_queue queue, cl_uint count, void *pointers[],
				 void *user_data)
{
	struct tour *tour = user_data;

	for (cl_uint i = 0; i < count; i++)
		tour->cl->clSVMFree(tour->context, pointers[i]);
}

void tour_svm(struct tour *tour)
{
	const size_t sizes[1] = { 0 };
	const cl_int four = 4;
	const void *ranges[1];
	void *others[2];
	int *copy;

	tour->svm = CALL(clSVMAlloc, tour->context,
			 CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS, TOUR_BYTES, 0);
	copy = CALL(clSVMAlloc, tour->context, CL_MEM_READ_WRITE, TOUR_BYTES, 0);
	check_fatal(tour->svm && copy, "no SVM");
	GOOD(clEnqueueSVMMemFill, tour->queue, tour->svm, &four, sizeof(four), TOUR_BYTES, 0, NULL,
	     NULL);
	GOOD(clEnqueueSVMMemcpy, tour->queue, CL_TRUE, copy, tour->svm, TOUR_BYTES, 0, NULL, NULL);
	GOOD(clEnqueueSVMMap, tour->queue, CL_TRUE, CL_MAP_READ, copy, TOUR_BYTES, 0, NULL, NULL);
	for (size_t i = 0; i < TOUR_INTS; i++)
		check(copy[i] == 4, "int %zu is %d, expected 4", i, copy[i]);
	GOOD(clEnqueueSVMUnmap, tour->queue, copy, 0, NULL, NULL);
	ranges[0] = copy;
	GOOD(clEnqueueSVMMigrateMem, tour->queue, 1, ranges, sizes, 0, 0, NULL, NULL);

	others[0] = copy;
	others[1] = CALL(clSVMAlloc, tour->context, CL_MEM_READ_WRITE, TOUR_BYTES, 0);
	GOOD(clEnqueueSVMFree, tour->queue, 2, others, free_svm, tour, 0, NULL, NULL);
	others[0] = CALL(clSVMAlloc, tour->context, CL_MEM_READ_WRITE, TOUR_BYTES, 0);
	GOOD(clEnqueueSVMFree, tour->queue, 1, others, NULL, NULL, 0, NULL, NULL);
	GOOD(clFinish, tour->queue);
}
