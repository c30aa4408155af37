// SPDX-License-Identifier: MIT
/*
 * Launches. Each has a queue of Mesa's and a kernel object to itself while it runs:
 * kernels may wait for each other, and a queue of Mesa's runs one after the other.
 */
#include "device.h"

#include <errno.h>
#include <string.h>

#include "util/alloc.h"
#include "util/log.h"

/* ---- objects that wait for a launch ---- */

void tandem_mesa_store_init(struct tandem_mesa_store *store)
{
	pthread_mutex_init(&store->lock, NULL);
	store->first = NULL;
}

void tandem_mesa_store_finish(struct tandem_mesa_store *store, const cl_icd_dispatch *cl)
{
	struct tandem_mesa_stored *stored;

	while ((stored = store->first)) {
		store->first = stored->next;
		cl->clReleaseKernel(stored->object);
		free(stored);
	}
	pthread_mutex_destroy(&store->lock);
}

static struct tandem_mesa_stored *take(struct tandem_mesa_store *store)
{
	struct tandem_mesa_stored *stored;

	pthread_mutex_lock(&store->lock);
	stored = store->first;
	if (stored)
		store->first = stored->next;
	pthread_mutex_unlock(&store->lock);
	return stored;
}

static void put_back(struct tandem_mesa_store *store, struct tandem_mesa_stored *stored)
{
	pthread_mutex_lock(&store->lock);
	stored->next = store->first;
	store->first = stored;
	pthread_mutex_unlock(&store->lock);
}

static int take_queue(struct tandem_mesa_device *device, struct tandem_mesa_stored **out)
{
	struct tandem_mesa_stored *stored = take(&device->queues);
	cl_int code;

	*out = stored;
	if (stored)
		return 0;
	stored = tandem_new(stored);
	if (!stored)
		return -ENOMEM;
	stored->object = device->cl->clCreateCommandQueue(device->context, device->id, 0, &code);
	if (code != CL_SUCCESS) {
		free(stored);
		return tandem_mesa_error("clCreateCommandQueue", code);
	}
	*out = stored;
	return 0;
}

/* Tells Mesa that the kernel may follow pointers to any memory. */
static cl_int allow_system_svm(const cl_icd_dispatch *cl, cl_kernel kernel)
{
	static const cl_bool yes = CL_TRUE;

	return cl->clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM,
				       sizeof(yes), &yes);
}

static int take_kernel(struct tandem_mesa_device *device, struct tandem_mesa_program *program,
		       size_t index, struct tandem_mesa_stored **out)
{
	struct tandem_mesa_stored *stored = take(&program->instances[index]);
	const cl_icd_dispatch *cl = device->cl;
	cl_int code;

	*out = stored;
	if (stored)
		return 0;
	stored = tandem_new(stored);
	if (!stored)
		return -ENOMEM;
	stored->object = cl->clCreateKernel(program->handle, program->kernels[index].name, &code);
	if (code == CL_SUCCESS) {
		code = allow_system_svm(cl, stored->object);
		if (code != CL_SUCCESS)
			cl->clReleaseKernel(stored->object);
	}
	if (code != CL_SUCCESS) {
		free(stored);
		return tandem_mesa_error("clCreateKernel", code);
	}
	*out = stored;
	return 0;
}

/* ---- arguments ---- */

static cl_int set_argument(const cl_icd_dispatch *cl, cl_kernel kernel, uint32_t index,
			   const struct tandem_argument_value *value)
{
	switch (value->kind) {
	case TANDEM_ARGUMENT_VALUE:
		return cl->clSetKernelArg(kernel, index, value->bytes, value->value);
	case TANDEM_ARGUMENT_LOCAL:
		/* None at all came with OpenCL 3.1. */
		return cl->clSetKernelArg(kernel, index, tandem_max_u64(value->local_bytes, 1),
					  NULL);
	default:
		break;
	}
	if (!value->pointer)
		return cl->clSetKernelArg(kernel, index, sizeof(cl_mem), NULL);
	return cl->clSetKernelArgSVMPointer(kernel, index, value->pointer);
}

static int set_arguments(const cl_icd_dispatch *cl, cl_kernel kernel,
			 const struct tandem_launch *launch)
{
	for (uint32_t i = 0; i < launch->kernel->argument_count; i++) {
		cl_int code = set_argument(cl, kernel, i, &launch->values[i]);

		if (code != CL_SUCCESS)
			return tandem_mesa_error("clSetKernelArg", code);
	}
	return 0;
}

int tandem_mesa_takes_value(struct tandem_device_core *core, struct tandem_loaded_program *base,
			    const struct tandem_kernel_info *info, uint32_t index,
			    const void *value, size_t bytes)
{
	struct tandem_mesa_device *device = tandem_mesa_device(core);
	struct tandem_mesa_program *program = tandem_mesa_program(base);
	size_t kernel = (size_t)(info - program->kernels);
	struct tandem_mesa_stored *stored;
	cl_int code;
	int error = take_kernel(device, program, kernel, &stored);

	if (error)
		return error;
	code = device->cl->clSetKernelArg(stored->object, index, bytes, value);
	put_back(&program->instances[kernel], stored);
	if (code == CL_INVALID_ARG_SIZE)
		return -EINVAL;
	return code == CL_SUCCESS ? 0 : tandem_mesa_error("clSetKernelArg", code);
}

/* ---- running ---- */

/* Waits for Mesa's event, and says how its command has ended. */
static int await(const cl_icd_dispatch *cl, cl_event event)
{
	cl_int code = cl->clWaitForEvents(1, &event), status = CL_COMPLETE;

	/* A command that failed makes the wait fail; its own error says more. */
	if (cl->clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(status), &status,
			       NULL) == CL_SUCCESS &&
	    status < 0)
		code = status;
	cl->clReleaseEvent(event);
	return tandem_mesa_error("the launch", code);
}

static int enqueue_and_wait(const cl_icd_dispatch *cl, cl_command_queue queue, cl_kernel kernel,
			    const struct tandem_launch *launch)
{
	size_t offset[TANDEM_DIMENSIONS], global[TANDEM_DIMENSIONS], local[TANDEM_DIMENSIONS];
	cl_event event = NULL;
	cl_int code;

	for (int i = 0; i < TANDEM_DIMENSIONS; i++) {
		offset[i] = launch->global_offset[i];
		local[i] = launch->local_size[i];
		global[i] = launch->global_size[i];
	}
	code = cl->clEnqueueNDRangeKernel(queue, kernel, launch->dimensions, offset, global, local,
					  0, NULL, &event);
	if (code != CL_SUCCESS)
		return tandem_mesa_error("clEnqueueNDRangeKernel", code);
	return await(cl, event);
}

int tandem_mesa_run_launch(struct tandem_device_core *core, const struct tandem_launch *launch)
{
	struct tandem_mesa_device *device = tandem_mesa_device(core);
	struct tandem_mesa_program *program = tandem_mesa_program(launch->program);
	size_t index = (size_t)(launch->kernel - program->kernels);
	struct tandem_mesa_stored *kernel, *queue;
	int error = take_kernel(device, program, index, &kernel);

	if (error)
		return error;
	error = take_queue(device, &queue);
	if (error) {
		put_back(&program->instances[index], kernel);
		return error;
	}
	error = set_arguments(device->cl, kernel->object, launch);
	if (!error)
		error = enqueue_and_wait(device->cl, queue->object, kernel->object, launch);
	put_back(&device->queues, queue);
	put_back(&program->instances[index], kernel);
	return error;
}
