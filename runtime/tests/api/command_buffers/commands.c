// SPDX-License-Identifier: MIT
/*
 * Command buffers: what recorded commands do, in which order, how often, and beside whom. What
 * they refuse is in errors/rows_command_buffer.c.
 */
#include <string.h>

#include "command_buffers.h"

#define NUMBERS 256

/* ---- values ---- */

/* Each kind of command on buffers does what the enqueued one does. */
static void test_buffer_commands(const struct buffers_fixture *fixture)
{
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_command_buffer_khr buffer = create_buffer(fixture, fixture->base.queue, 0);
	cl_mem one = test_buffer(fixture->base.context, NUMBERS * 4, NULL);
	cl_mem other = test_buffer(fixture->base.context, NUMBERS * 4, NULL);
	const size_t from[3] = { 0, 0, 0 }, to[3] = { 16, 1, 0 }, region[3] = { 16, 4, 1 };
	const cl_int seven = 7, zero = 0;
	cl_kernel kernel = kernel_with(fixture, "add", one, 5);
	cl_int numbers[NUMBERS];

	test_step("commands on buffers");
	check_success(cl->clCommandFillBufferKHR(buffer, NULL, NULL, one, &seven, 4, 0, NUMBERS * 4,
						 0, NULL, NULL, NULL));
	check_success(cl->clCommandFillBufferKHR(buffer, NULL, NULL, other, &zero, 4, 0,
						 NUMBERS * 4, 0, NULL, NULL, NULL));
	record_launch(fixture, buffer, kernel, NUMBERS, 0);
	check_success(cl->clCommandBarrierWithWaitListKHR(buffer, NULL, NULL, 0, NULL, NULL, NULL));
	check_success(cl->clCommandCopyBufferKHR(buffer, NULL, NULL, one, other, 0, 512, 64, 0,
						 NULL, NULL, NULL));
	check_success(cl->clCommandCopyBufferRectKHR(buffer, NULL, NULL, one, other, from, to,
						     region, 64, 0, 64, 0, 0, NULL, NULL, NULL));
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	for (int round = 0; round < 3; round++) {
		memset(numbers, -1, sizeof(numbers));
		check_success(clEnqueueWriteBuffer(fixture->base.queue, other, CL_TRUE, 0,
						   sizeof(numbers), numbers, 0, NULL, NULL));
		enqueue_buffer(fixture, buffer);
		read_numbers(fixture->base.queue, other, numbers, NUMBERS);
		for (int i = 0; i < NUMBERS; i++) {
			int row = i / 16, column = i % 16;
			bool in_rect = row >= 1 && row < 5 && column >= 4 && column < 8;
			bool in_copy = i >= 128 && i < 144;

			if (!check_equal(in_rect || in_copy ? 12 : 0, numbers[i]))
				break;
		}
	}
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(one));
	check_success(clReleaseMemObject(other));
}

static cl_mem create_image(const struct buffers_fixture *fixture, size_t width, size_t height)
{
	const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = width,
				     .image_height = height };
	cl_int code = CL_SUCCESS;
	cl_mem image = clCreateImage(fixture->base.context, CL_MEM_READ_WRITE, &format, &desc, NULL,
				     &code);

	check_success_fatal(code);
	return image;
}

static bool has_images(const struct buffers_fixture *fixture)
{
	cl_bool support = CL_FALSE;

	check_success(clGetDeviceInfo(fixture->base.device, CL_DEVICE_IMAGE_SUPPORT,
				      sizeof(support), &support, NULL));
	return support;
}

/* The commands on images: buffer to image, to another image, a part filled, back, and a kernel. */
static void test_image_commands(const struct buffers_fixture *fixture)
{
	enum { SIDE = 8, PIXELS = SIDE * SIDE };
	const struct command_buffer_functions *cl = &fixture->cl;
	const size_t origin[3] = { 0 }, region[3] = { SIDE, SIDE, 1 }, part[3] = { 2, 3, 1 };
	const size_t corner[3] = { 1, 2, 0 }, global[2] = { SIDE, SIDE };
	const cl_uint color[4] = { 9, 8, 7, 6 };
	cl_command_buffer_khr buffer;
	cl_int pixels[PIXELS], seen[PIXELS], wide[4 * PIXELS];
	cl_mem source, target, widened, one, other;
	cl_kernel kernel;

	test_step("commands on images");
	if (!has_images(fixture))
		return;
	for (int i = 0; i < PIXELS; i++)
		pixels[i] = i * 0x01020304;
	buffer = create_buffer(fixture, fixture->base.queue, 0);
	source = test_buffer(fixture->base.context, sizeof(pixels), pixels);
	target = test_buffer(fixture->base.context, sizeof(pixels), NULL);
	widened = test_buffer(fixture->base.context, sizeof(wide), NULL);
	one = create_image(fixture, SIDE, SIDE);
	other = create_image(fixture, SIDE, SIDE);
	kernel = test_kernel(fixture->program, "read_pixels");
	check_success(clSetKernelArg(kernel, 0, sizeof(other), &other));
	check_success(clSetKernelArg(kernel, 1, sizeof(widened), &widened));
	check_success(cl->clCommandCopyBufferToImageKHR(buffer, NULL, NULL, source, one, 0, origin,
							region, 0, NULL, NULL, NULL));
	check_success(cl->clCommandCopyImageKHR(buffer, NULL, NULL, one, other, origin, origin,
						region, 0, NULL, NULL, NULL));
	check_success(cl->clCommandFillImageKHR(buffer, NULL, NULL, other, color, corner, part, 0,
						NULL, NULL, NULL));
	check_success(cl->clCommandCopyImageToBufferKHR(buffer, NULL, NULL, other, target, origin,
							region, 0, 0, NULL, NULL, NULL));
	check_success(cl->clCommandNDRangeKernelKHR(buffer, NULL, NULL, kernel, 2, NULL, global,
						    NULL, 0, NULL, NULL, NULL));
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	enqueue_buffer(fixture, buffer);
	read_numbers(fixture->base.queue, target, seen, PIXELS);
	read_numbers(fixture->base.queue, widened, wide, 4 * PIXELS);
	for (int i = 0; i < PIXELS; i++) {
		int x = i % SIDE, y = i / SIDE;
		bool filled = x >= 1 && x < 3 && y >= 2 && y < 5;

		check_equal(filled ? 0x06070809 : pixels[i], seen[i]);
		check_equal(seen[i] & 0xff, wide[4 * i]);
	}
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(source));
	check_success(clReleaseMemObject(target));
	check_success(clReleaseMemObject(widened));
	check_success(clReleaseMemObject(one));
	check_success(clReleaseMemObject(other));
}

/* ---- order ---- */

/* Launches of one group and of many, and copies between them, in the order of recording. */
static void test_order(const struct buffers_fixture *fixture)
{
	enum { STEPS = 1000 };
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_command_buffer_khr buffer = create_buffer(fixture, fixture->base.queue, 0);
	/* Of the first, of the last, and of those between. */
	cl_uint first = 1, last = 1, others = 1;
	cl_int numbers[NUMBERS];
	cl_mem memory;
	cl_kernel kernel;

	test_step("a thousand commands in order");
	for (int i = 0; i < NUMBERS; i++)
		numbers[i] = 1;
	memory = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	kernel = kernel_with(fixture, "step", memory, 0);
	for (cl_uint i = 0; i < STEPS; i++) {
		bool all = i % 3 == 0;

		/* What the kernel is set to later does not count. */
		check_success(clSetKernelArg(kernel, 1, sizeof(i), &i));
		record_launch(fixture, buffer, kernel, all ? NUMBERS : 1, all ? 4 : 1);
		first = first * 3 + i;
		last = all ? last * 3 + i : last;
		others = all ? others * 3 + i : others;
		if (i % 100)
			continue;
		last = first;
		check_success(cl->clCommandCopyBufferKHR(buffer, NULL, NULL, memory, memory, 0,
							 (NUMBERS - 1) * 4, 4, 0, NULL, NULL,
							 NULL));
	}
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	check_equal(CL_COMMAND_BUFFER_STATE_EXECUTABLE_KHR, buffer_state(fixture, buffer));
	enqueue_buffer(fixture, buffer);
	read_numbers(fixture->base.queue, memory, numbers, NUMBERS);
	check_equal(first, (cl_uint)numbers[0]);
	check_equal(last, (cl_uint)numbers[NUMBERS - 1]);
	for (int i = 1; i < NUMBERS - 1; i++)
		check_equal(others, (cl_uint)numbers[i]);
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(memory));
}

/* Of an out-of-order queue: what sync points and barriers say holds. */
static void test_sync_points(const struct buffers_fixture *fixture)
{
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_command_queue queue = test_queue(&fixture->base, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
	cl_command_buffer_khr buffer = create_buffer(fixture, queue, 0);
	cl_mem memory = test_buffer(fixture->base.context, NUMBERS * 4, NULL);
	cl_mem copy = test_buffer(fixture->base.context, NUMBERS * 4, NULL);
	cl_kernel one = kernel_with(fixture, "step", memory, 1);
	cl_kernel two = kernel_with(fixture, "step", memory, 2);
	const size_t global = NUMBERS;
	const cl_int start = 1;
	cl_sync_point_khr points[4] = { 0 };
	cl_int numbers[NUMBERS];
	cl_event event;

	test_step("sync points");
	check_success(cl->clCommandFillBufferKHR(buffer, NULL, NULL, memory, &start, 4, 0,
						 NUMBERS * 4, 0, NULL, &points[0], NULL));
	check_success(cl->clCommandNDRangeKernelKHR(buffer, NULL, NULL, one, 1, NULL, &global, NULL,
						    1, &points[0], &points[1], NULL));
	check_success(cl->clCommandNDRangeKernelKHR(buffer, NULL, NULL, two, 1, NULL, &global, NULL,
						    2, points, &points[2], NULL));
	check_success(cl->clCommandBarrierWithWaitListKHR(buffer, NULL, NULL, 1, &points[2],
							  &points[3], NULL));
	check_success(cl->clCommandCopyBufferKHR(buffer, NULL, NULL, memory, copy, 0, 0,
						 NUMBERS * 4, 0, NULL, NULL, NULL));
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	for (int i = 0; i < 4; i++) {
		for (int k = 0; k < i; k++)
			check(points[i] != points[k], "points %d and %d are %u", i, k, points[i]);
	}
	check_success(cl->clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, &event));
	check_success(clWaitForEvents(1, &event));
	read_numbers(queue, copy, numbers, NUMBERS);
	for (int i = 0; i < NUMBERS; i++)
		check_equal((1 * 3 + 1) * 3 + 2, numbers[i]);
	check_success(clReleaseEvent(event));
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(one));
	check_success(clReleaseKernel(two));
	check_success(clReleaseMemObject(memory));
	check_success(clReleaseMemObject(copy));
	check_success(clReleaseCommandQueue(queue));
}

/* ---- events and queues ---- */

/* The event is the enqueue's: its type, its times, and what it waits for. */
static void test_event(const struct buffers_fixture *fixture)
{
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_command_queue queue = test_queue(&fixture->base, CL_QUEUE_PROFILING_ENABLE);
	cl_command_buffer_khr buffer = create_buffer(fixture, fixture->base.queue, 0);
	cl_int start = 0, number = -1, code = CL_SUCCESS;
	cl_mem memory = test_buffer(fixture->base.context, 4, &start);
	cl_kernel kernel = kernel_with(fixture, "add", memory, 1);
	cl_event gate = clCreateUserEvent(fixture->base.context, &code), event;
	cl_ulong times[4] = { 0 };

	test_step("the event of an enqueue, on another queue");
	record_launch(fixture, buffer, kernel, 1, 1);
	record_launch(fixture, buffer, kernel, 1, 1);
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	check_success(cl->clEnqueueCommandBufferKHR(1, &queue, buffer, 1, &gate, &event));
	check_success(clFlush(queue));
	check_equal(CL_COMMAND_COMMAND_BUFFER_KHR, test_event_info(event, CL_EVENT_COMMAND_TYPE));
	read_numbers(fixture->base.queue, memory, &number, 1);
	check_equal(0, number);
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	check_success(clWaitForEvents(1, &event));
	read_numbers(fixture->base.queue, memory, &number, 1);
	check_equal(2, number);
	for (cl_uint i = 0; i < 4; i++)
		check_success(clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_QUEUED + i,
						      sizeof(times[i]), &times[i], NULL));
	check(times[0] && times[0] <= times[1] && times[1] <= times[2] && times[2] < times[3],
	      "%llu %llu %llu %llu", (unsigned long long)times[0], (unsigned long long)times[1],
	      (unsigned long long)times[2], (unsigned long long)times[3]);
	check_success(clReleaseEvent(event));
	check_success(clReleaseEvent(gate));
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(memory));
	check_success(clReleaseCommandQueue(queue));
}

/* Nothing is done where what it waits for fails. */
static void test_failed_wait(const struct buffers_fixture *fixture)
{
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_command_buffer_khr buffer = create_buffer(fixture, fixture->base.queue, 0);
	cl_int start = 0, number = -1, code = CL_SUCCESS;
	cl_mem memory = test_buffer(fixture->base.context, 4, &start);
	cl_kernel kernel = kernel_with(fixture, "add", memory, 1);
	cl_event gate = clCreateUserEvent(fixture->base.context, &code), event;

	test_step("a wait list that fails");
	record_launch(fixture, buffer, kernel, 1, 1);
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	check_success(cl->clEnqueueCommandBufferKHR(0, NULL, buffer, 1, &gate, &event));
	check_success(clSetUserEventStatus(gate, -5));
	check_equal(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, clWaitForEvents(1, &event));
	check(test_event_status(event) < 0, "status %d", test_event_status(event));
	read_numbers(fixture->base.queue, memory, &number, 1);
	check_equal(0, number);
	enqueue_buffer(fixture, buffer);
	read_numbers(fixture->base.queue, memory, &number, 1);
	check_equal(1, number);
	check_success(clReleaseEvent(event));
	check_success(clReleaseEvent(gate));
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(memory));
}

static void test_empty(const struct buffers_fixture *fixture)
{
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_command_buffer_khr buffer = create_buffer(fixture, fixture->base.queue, 0);
	const size_t global = 0;
	cl_mem memory = test_buffer(fixture->base.context, 4, NULL);
	cl_kernel kernel = kernel_with(fixture, "add", memory, 1);
	cl_event event;

	test_step("a command buffer that does nothing");
	check_equal(CL_COMMAND_BUFFER_STATE_RECORDING_KHR, buffer_state(fixture, buffer));
	check_success(cl->clCommandNDRangeKernelKHR(buffer, NULL, NULL, kernel, 1, NULL, &global,
						    NULL, 0, NULL, NULL, NULL));
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	check_success(cl->clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, &event));
	check_success(clWaitForEvents(1, &event));
	check_success(clReleaseEvent(event));
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	buffer = create_buffer(fixture, fixture->base.queue, 0);
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	enqueue_buffer(fixture, buffer);
	check_success(clFinish(fixture->base.queue));
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(memory));
}

/* ---- lives ---- */

/* All that was recorded lives until the last enqueue has ended. */
static void test_release_in_the_midst(const struct buffers_fixture *fixture)
{
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_command_queue queue = test_queue(&fixture->base, 0);
	cl_command_buffer_khr buffer = create_buffer(fixture, queue, 0);
	cl_program program = test_build(fixture->base.context, command_buffers_cl, "-cl-std=CL3.0");
	cl_int numbers[NUMBERS] = { 0 }, code = CL_SUCCESS;
	cl_mem from = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	cl_mem to = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	cl_kernel kernel = test_kernel(program, "add");
	cl_event gate = clCreateUserEvent(fixture->base.context, &code);
	const cl_int seven = 7;

	test_step("everything is released while an enqueue waits");
	check_success(clSetKernelArg(kernel, 0, sizeof(from), &from));
	check_success(clSetKernelArg(kernel, 1, sizeof(seven), &seven));
	record_launch(fixture, buffer, kernel, NUMBERS, 8);
	check_success(cl->clCommandCopyBufferKHR(buffer, NULL, NULL, from, to, 0, 0,
						 sizeof(numbers), 0, NULL, NULL, NULL));
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	for (int i = 0; i < 3; i++)
		check_success(cl->clEnqueueCommandBufferKHR(0, NULL, buffer, 1, &gate, NULL));
	check_success(clFlush(queue));
	check_success(cl->clRetainCommandBufferKHR(buffer));
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_equal(CL_INVALID_COMMAND_BUFFER_KHR, cl->clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	check_success(clReleaseMemObject(from));
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	read_numbers(queue, to, numbers, NUMBERS);
	for (int i = 0; i < NUMBERS; i++)
		check_equal(3 * 7, numbers[i]);
	check_success(clReleaseEvent(gate));
	check_success(clReleaseMemObject(to));
	check_success(clReleaseCommandQueue(queue));
}

/* A command buffer keeps its queue, which the application has let go, working. */
static void test_released_queue(const struct buffers_fixture *fixture)
{
	cl_command_queue queue = test_queue(&fixture->base, 0);
	cl_command_buffer_khr buffer = create_buffer(fixture, queue, 0);
	_Atomic int *word = clSVMAlloc(fixture->base.context,
				       CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS,
				       sizeof(*word), 0);
	cl_kernel kernel = test_kernel(fixture->program, "tell");

	test_step("a released queue");
	check_fatal(word, "no SVM with atomics");
	atomic_init(word, 0);
	check_success(clSetKernelArgSVMPointer(kernel, 0, (void *)word));
	record_launch(fixture, buffer, kernel, 1, 1);
	check_success(fixture->cl.clFinalizeCommandBufferKHR(buffer));
	check_success(clReleaseCommandQueue(queue));
	check_success(fixture->cl.clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, NULL));
	test_await(word, 7);
	check_success(fixture->cl.clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(kernel));
	clSVMFree(fixture->base.context, (void *)word);
}

static void check_info(const struct buffers_fixture *fixture, cl_command_buffer_khr buffer,
		       cl_uint name, const void *wanted, size_t bytes)
{
	char seen[64];
	size_t size = 0;

	check_success(
		fixture->cl.clGetCommandBufferInfoKHR(buffer, name, sizeof(seen), seen, &size));
	check_equal(bytes, size);
	check(!bytes || !memcmp(seen, wanted, bytes), "query 0x%x", name);
}

static void test_queries(const struct buffers_fixture *fixture)
{
	const cl_properties properties[] = { CL_COMMAND_BUFFER_FLAGS_KHR,
					     CL_COMMAND_BUFFER_SIMULTANEOUS_USE_KHR,
					     CL_COMMAND_BUFFER_MUTABLE_DISPATCH_ASSERTS_KHR, 0, 0 };
	cl_command_queue queue = fixture->base.queue;
	cl_command_buffer_khr buffer;
	const cl_uint one = 1;
	cl_int code = CL_SUCCESS;

	test_step("queries");
	buffer = fixture->cl.clCreateCommandBufferKHR(1, &queue, properties, &code);
	check_success_fatal(code);
	check_info(fixture, buffer, CL_COMMAND_BUFFER_NUM_QUEUES_KHR, &one, sizeof(one));
	check_info(fixture, buffer, CL_COMMAND_BUFFER_QUEUES_KHR, &queue, sizeof(queue));
	check_info(fixture, buffer, CL_COMMAND_BUFFER_REFERENCE_COUNT_KHR, &one, sizeof(one));
	check_info(fixture, buffer, CL_COMMAND_BUFFER_CONTEXT_KHR, &fixture->base.context,
		   sizeof(cl_context));
	check_info(fixture, buffer, CL_COMMAND_BUFFER_PROPERTIES_ARRAY_KHR, properties,
		   sizeof(properties));
	check_success(fixture->cl.clReleaseCommandBufferKHR(buffer));
	buffer = create_buffer(fixture, queue, 0);
	check_info(fixture, buffer, CL_COMMAND_BUFFER_PROPERTIES_ARRAY_KHR, NULL, 0);
	check_success(fixture->cl.clReleaseCommandBufferKHR(buffer));
}

int main(void)
{
	struct buffers_fixture fixture = open_fixture();

	test_buffer_commands(&fixture);
	test_image_commands(&fixture);
	test_order(&fixture);
	test_sync_points(&fixture);
	test_event(&fixture);
	test_failed_wait(&fixture);
	test_empty(&fixture);
	test_release_in_the_midst(&fixture);
	test_released_queue(&fixture);
	test_queries(&fixture);
	close_fixture(&fixture);
	return check_result();
}
