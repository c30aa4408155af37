// SPDX-License-Identifier: MIT
/* Steps: kernels' arguments and launches, right ones and wrong ones. */
#include "world.h"

#include <string.h>

#define ALL_ARGUMENTS 7u
#define LOCAL_LIMIT   (256u << 10)

/* ---- arguments ---- */

static void set_memory(struct world *world, struct object *kernel, cl_uint index,
		       struct object **buffer, size_t *bytes)
{
	struct svm *svm = &world->svm[chance(world, MOST_SVM)];
	cl_mem handle = NULL;

	*buffer = any_of_context(world, BUFFER, kernel->context);
	if (svm->pointer && svm->context->context == kernel->context) {
		*buffer = NULL;
		*bytes = svm->bytes;
		expect_success(world,
			       clSetKernelArgSVMPointer(kernel->handle, index, svm->pointer));
		return;
	}
	if (*buffer)
		handle = (*buffer)->handle;
	*bytes = *buffer ? (*buffer)->bytes : 0;
	expect_success(world, clSetKernelArg(kernel->handle, index, sizeof(handle), &handle));
}

/* All arguments, so that the kernel stays inside of what it is given. */
static void set_arguments(struct world *world, struct object *kernel)
{
	static const size_t sizes[] = { 64, 1024, LOCAL_LIMIT };
	struct object *in;
	size_t bytes = 0, in_bytes = 0;

	if (kernel->function == NOTHING) {
		kernel->arguments_set = ALL_ARGUMENTS;
		kernel->is_safe = true;
		return;
	}
	set_memory(world, kernel, 0, &kernel->target, &bytes);
	kernel->value = chance(world, UINT32_MAX);
	kernel->local_too_large = false;
	if (kernel->function == FILL) {
		expect_success(world, clSetKernelArg(kernel->handle, 2, sizeof(kernel->value),
						     &kernel->value));
	} else if (kernel->function == ADD) {
		set_memory(world, kernel, 2, &in, &in_bytes);
		bytes = in_bytes < bytes ? in_bytes : bytes;
	} else {
		expect_success(world,
			       clSetKernelArg(kernel->handle, 2, sizes[chance(world, 3)], NULL));
	}
	kernel->limit = (uint32_t)(bytes / sizeof(uint32_t));
	expect_success(world,
		       clSetKernelArg(kernel->handle, 1, sizeof(kernel->limit), &kernel->limit));
	kernel->arguments_set = ALL_ARGUMENTS;
	kernel->is_safe = true;
}

static void set_all(struct world *world)
{
	struct object *kernel = any_object(world, KERNEL);

	if (kernel)
		set_arguments(world, kernel);
}

/* Local memory of any size, 0 too; there may be too much of it for a launch. */
static void set_local(struct world *world)
{
	struct object *kernel = any_object(world, KERNEL);
	size_t size = odd_size(world, LOCAL_LIMIT);

	if (!kernel || kernel->function != SUM)
		return;
	expect_success(world, clSetKernelArg(kernel->handle, 2, size, NULL));
	kernel->arguments_set |= 1u << 2;
	kernel->local_too_large = size > LOCAL_LIMIT;
	/* The kernel uses 64 bytes. */
	kernel->is_safe &= size >= 64;
}

static void set_wrongly(struct world *world)
{
	struct object *kernel = any_object(world, KERNEL), *event = any_object(world, EVENT);
	const uint32_t value = 1;
	void *handle = event ? event->handle : NULL;

	if (!kernel)
		return;
	expect_code(world, CL_INVALID_ARG_INDEX,
		    clSetKernelArg(kernel->handle, chance(world, 2) ? 3 : UINT32_MAX, 4, &value));
	if (kernel->function == NOTHING)
		return;
	expect_code(world, CL_INVALID_ARG_SIZE,
		    clSetKernelArg(kernel->handle, 1, once_in(world, 2) ? 3 : SIZE_MAX, &value));
	expect_code(world, CL_INVALID_ARG_VALUE,
		    clSetKernelArg(kernel->handle, 1, sizeof(value), NULL));
	expect_code(world, CL_INVALID_ARG_SIZE, clSetKernelArg(kernel->handle, 0, 1, &handle));
	if (handle)
		expect_code(world, CL_INVALID_MEM_OBJECT,
			    clSetKernelArg(kernel->handle, 0, sizeof(handle), &handle));
	expect_code(world, CL_INVALID_ARG_VALUE,
		    clSetKernelArgSVMPointer(kernel->handle, 1, &value));
	if (kernel->function == SUM)
		expect_code(world, CL_INVALID_ARG_VALUE,
			    clSetKernelArg(kernel->handle, 2, 64, &value));
	expect_code(world, CL_INVALID_VALUE,
		    clSetKernelExecInfo(kernel->handle, CL_KERNEL_EXEC_INFO_SVM_PTRS, 3, &value));
}

/* ---- launches ---- */

static cl_int enqueue_launch(struct world *world, struct object *queue, struct object *kernel,
			     struct events *events)
{
	cl_uint dimensions = 1 + chance(world, 3);
	size_t offset[3], global[3], local[3];

	for (int i = 0; i < 3; i++) {
		local[i] = 1 + chance(world, i ? 2 : 16);
		global[i] = local[i] * chance(world, i ? 3 : 16);
		offset[i] = chance(world, 4);
	}
	return clEnqueueNDRangeKernel(queue->handle, kernel->handle, dimensions,
				      once_in(world, 2) ? offset : NULL, global,
				      once_in(world, 2) ? local : NULL, event_list(events),
				      event_place(events));
}

static void launch(struct world *world)
{
	struct object *queue = any_object(world, QUEUE), *kernel = any_object(world, KERNEL);
	bool has_arguments;
	struct events events;
	cl_int code;

	if (!queue || !kernel)
		return;
	has_arguments = kernel->function == NOTHING || kernel->arguments_set == ALL_ARGUMENTS;
	if (queue->context == kernel->context && has_arguments && !kernel->local_too_large &&
	    !kernel->is_safe)
		set_arguments(world, kernel);
	choose_events(world, queue->context, &events);
	code = enqueue_launch(world, queue, kernel, &events);
	if (queue->context != kernel->context) {
		expect(world, code == CL_INVALID_CONTEXT || code == CL_INVALID_PROGRAM_EXECUTABLE,
		       "code %d", code);
	} else if (!has_arguments) {
		expect_code(world, CL_INVALID_KERNEL_ARGS, code);
	} else if (kernel->local_too_large) {
		expect_code(world, CL_OUT_OF_RESOURCES, code);
	} else {
		expect_success(world, code);
		note_command(world, queue->context, &events);
		if (kernel->target)
			kernel->target->storage->known = false;
	}
}

/* One that is waited for, and whose results are known. */
static void launch_fill(struct world *world)
{
	struct object *queue = any_object(world, QUEUE), *kernel, *target;
	const size_t global = 1 + chance(world, 600);
	unsigned char *expected;

	kernel = queue ? any_of_context(world, KERNEL, queue->context) : NULL;
	if (!kernel || kernel->function != FILL)
		return;
	settle(world);
	set_arguments(world, kernel);
	target = kernel->target;
	expect_success(world, clEnqueueNDRangeKernel(queue->handle, kernel->handle, 1, NULL,
						     &global, NULL, 0, NULL, NULL));
	let_go_on(world);
	expect_success(world, clFinish(queue->handle));
	if (!target || target->shared)
		return;
	expected = target->storage->expected + target->origin;
	for (uint32_t i = 0; i < global && i < kernel->limit; i++) {
		const uint32_t value = kernel->value + i;

		memcpy(expected + i * sizeof(value), &value, sizeof(value));
	}
}

static void launch_wrongly(struct world *world)
{
	struct object *queue = any_object(world, QUEUE), *kernel;
	const size_t zero[3] = { 0 }, few[3] = { 4, 4, 4 }, three[3] = { 3, 1, 1 };
	const size_t most[3] = { SIZE_MAX, SIZE_MAX, SIZE_MAX }, one[3] = { 1, 1, 1 };
	const size_t large[3] = { 4097, 1, 1 };
	cl_command_queue handle;

	kernel = queue ? any_of_context(world, KERNEL, queue->context) : NULL;
	if (!kernel || kernel->function != NOTHING)
		return;
	handle = queue->handle;
	expect_code(world, CL_INVALID_WORK_DIMENSION,
		    clEnqueueNDRangeKernel(handle, kernel->handle, once_in(world, 2) ? 0 : 4, NULL,
					   few, NULL, 0, NULL, NULL));
	expect_code(world, CL_INVALID_WORK_GROUP_SIZE,
		    clEnqueueNDRangeKernel(handle, kernel->handle, 3, NULL, few,
					   once_in(world, 2) ? zero : three, 0, NULL, NULL));
	expect_code(world, CL_INVALID_GLOBAL_OFFSET,
		    clEnqueueNDRangeKernel(handle, kernel->handle, 1, most, few, NULL, 0, NULL,
					   NULL));
	expect_code(world, CL_INVALID_GLOBAL_WORK_SIZE,
		    clEnqueueNDRangeKernel(handle, kernel->handle, 3, NULL, most, one, 0, NULL,
					   NULL));
	expect_code(world, CL_INVALID_WORK_ITEM_SIZE,
		    clEnqueueNDRangeKernel(handle, kernel->handle, 1, NULL, large, large, 0, NULL,
					   NULL));
}

/* Its argument is released before it is launched. */
static void launch_with_released(struct world *world)
{
	struct object *queue = any_object(world, QUEUE), *kernel, *context;
	const size_t one = 1;
	cl_int code = 1;
	cl_mem buffer;

	kernel = queue ? any_of_context(world, KERNEL, queue->context) : NULL;
	context = kernel ? context_of_object(world, kernel) : NULL;
	if (!context || kernel->function == NOTHING)
		return;
	set_arguments(world, kernel);
	buffer = clCreateBuffer(context->handle, 0, 64, NULL, &code);
	expect_success(world, code);
	expect_success(world, clSetKernelArg(kernel->handle, 0, sizeof(buffer), &buffer));
	expect_success(world, clReleaseMemObject(buffer));
	kernel->is_safe = false;
	expect_code(world, CL_INVALID_KERNEL_ARGS,
		    clEnqueueNDRangeKernel(queue->handle, kernel->handle, 1, NULL, &one, NULL, 0,
					   NULL, NULL));
}

/* The program is built, and released, while a launch of its only kernel is held up. */
static void build_behind_launch(struct world *world)
{
	struct object *program = any_object(world, PROGRAM), *queue, *context;
	const size_t one = 1;
	cl_event event;
	cl_kernel kernel;
	cl_int code = 1;

	context = program ? context_of_object(world, program) : NULL;
	queue = context ? any_of_context(world, QUEUE, context->context) : NULL;
	if (!queue || !program->built)
		return;
	kernel = clCreateKernel(program->handle, "nothing", &code);
	expect_success(world, code);
	event = clCreateUserEvent(context->handle, &code);
	expect_success(world, code);
	expect_success(world, clEnqueueNDRangeKernel(queue->handle, kernel, 1, NULL, &one, NULL, 1,
						     &event, NULL));
	world->is_settled = false;
	expect_success(world, clReleaseKernel(kernel));
	expect_code(world, CL_INVALID_OPERATION,
		    clBuildProgram(program->handle, 0, NULL, NULL, NULL, NULL));
	if (once_in(world, 2))
		expect_success(world, clSetUserEventStatus(event, CL_COMPLETE));
	/* Otherwise it fails now. */
	expect_success(world, clReleaseEvent(event));
}

const struct step launch_steps[] = {
	{ "set-arguments", 10, set_all },
	{ "set-local", 4, set_local },
	{ "set-wrongly", 8, set_wrongly },
	{ "launch", 30, launch },
	{ "launch-fill", 6, launch_fill },
	{ "launch-wrongly", 4, launch_wrongly },
	{ "launch-with-released", 4, launch_with_released },
	{ "build-behind-launch", 2, build_behind_launch },
	{ NULL, 0, NULL },
};
