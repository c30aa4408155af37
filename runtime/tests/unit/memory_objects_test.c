// SPDX-License-Identifier: MIT
/*
 * Memory objects of other types than buffers: an image must not pass as a buffer, but is a
 * memory object. And what drivers keep for memory objects.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "api/entry_points.h"
#include "api/handles.h"
#include "check.h"
#include "driver/native.h"
#include "util/alloc.h"

static const char source[] = "kernel void f(global int *pointer) { *pointer = 1; }";

struct world {
	cl_device_id device;
	cl_context context;
	cl_command_queue queue;
	cl_program program;
	cl_kernel kernel;
	cl_mem buffer, image;
};

static void world_init(struct world *world)
{
	const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = 4,
				     .image_height = 4 };
	const char *strings[] = { source };
	cl_platform_id platform;
	cl_int code;

	check_fatal(!tandem_clGetPlatformIDs(1, &platform, NULL), "no platform");
	check_fatal(!tandem_clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &world->device, NULL),
		    "no device");
	world->context = tandem_clCreateContext(NULL, 1, &world->device, NULL, NULL, &code);
	check_equal(CL_SUCCESS, code);
	world->queue = tandem_clCreateCommandQueue(world->context, world->device, 0, &code);
	check_equal(CL_SUCCESS, code);
	world->program = tandem_clCreateProgramWithSource(world->context, 1, strings, NULL, &code);
	check_equal(CL_SUCCESS, code);
	check_equal(CL_SUCCESS, tandem_clBuildProgram(world->program, 0, NULL, "", NULL, NULL));
	world->kernel = tandem_clCreateKernel(world->program, "f", &code);
	check_equal(CL_SUCCESS, code);
	world->buffer = tandem_clCreateBuffer(world->context, 0, 64, NULL, &code);
	check_equal(CL_SUCCESS, code);
	world->image = tandem_clCreateImage(world->context, 0, &format, &desc, NULL, &code);
	check_equal(CL_SUCCESS, code);
}

static void world_finish(struct world *world)
{
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(world->image));
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(world->buffer));
	check_equal(CL_SUCCESS, tandem_clReleaseKernel(world->kernel));
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(world->program));
	check_equal(CL_SUCCESS, tandem_clReleaseCommandQueue(world->queue));
	check_equal(CL_SUCCESS, tandem_clReleaseContext(world->context));
}

#define check_refused(call) check_equal(CL_INVALID_MEM_OBJECT, call)

static void check_commands(const struct world *world)
{
	const size_t zero[3] = { 0, 0, 0 }, region[3] = { 8, 1, 1 };
	cl_command_queue queue = world->queue;
	cl_mem buffer = world->buffer, image = world->image;
	cl_int code = CL_SUCCESS;
	char bytes[64] = { 0 };

	check_refused(
		tandem_clEnqueueReadBuffer(queue, image, CL_TRUE, 0, 8, bytes, 0, NULL, NULL));
	check_refused(
		tandem_clEnqueueWriteBuffer(queue, image, CL_TRUE, 0, 8, bytes, 0, NULL, NULL));
	check_refused(tandem_clEnqueueReadBufferRect(queue, image, CL_TRUE, zero, zero, region, 0,
						     0, 0, 0, bytes, 0, NULL, NULL));
	check_refused(tandem_clEnqueueWriteBufferRect(queue, image, CL_TRUE, zero, zero, region, 0,
						      0, 0, 0, bytes, 0, NULL, NULL));
	check_refused(tandem_clEnqueueFillBuffer(queue, image, bytes, 1, 0, 8, 0, NULL, NULL));
	check_refused(tandem_clEnqueueCopyBuffer(queue, image, buffer, 0, 0, 8, 0, NULL, NULL));
	check_refused(tandem_clEnqueueCopyBuffer(queue, buffer, image, 0, 0, 8, 0, NULL, NULL));
	check_refused(tandem_clEnqueueCopyBufferRect(queue, image, buffer, zero, zero, region, 0, 0,
						     0, 0, 0, NULL, NULL));
	check_refused(tandem_clEnqueueCopyBufferRect(queue, buffer, image, zero, zero, region, 0, 0,
						     0, 0, 0, NULL, NULL));
	check(!tandem_clEnqueueMapBuffer(queue, image, CL_TRUE, CL_MAP_READ, 0, 8, 0, NULL, NULL,
					 &code),
	      "mapped");
	check_refused(code);
}

static void CL_CALLBACK do_nothing(void *arguments)
{
}

static void check_uses(const struct world *world)
{
	const cl_buffer_region region = { 0, 8 };
	void *arguments[1] = { NULL };
	const void *places[] = { arguments };
	cl_int code = CL_SUCCESS;

	check(!tandem_clCreateSubBuffer(world->image, 0, CL_BUFFER_CREATE_TYPE_REGION, &region,
					&code),
	      "a sub-buffer");
	check_refused(code);
	check_refused(tandem_clSetKernelArg(world->kernel, 0, sizeof(world->image), &world->image));
	check_refused(tandem_clEnqueueNativeKernel(world->queue, do_nothing, arguments,
						   sizeof(arguments), 1, &world->image, places, 0,
						   NULL, NULL));
}

static void CL_CALLBACK ignore(cl_mem memory, void *user_data)
{
}

/* What memory objects of all types have. */
static void check_common(const struct world *world)
{
	cl_mem_object_type type = 0;

	check_equal(CL_SUCCESS, tandem_clGetMemObjectInfo(world->image, CL_MEM_TYPE, sizeof(type),
							  &type, NULL));
	check_equal(CL_MEM_OBJECT_IMAGE2D, type);
	check_equal(CL_SUCCESS, tandem_clGetMemObjectInfo(world->buffer, CL_MEM_TYPE, sizeof(type),
							  &type, NULL));
	check_equal(CL_MEM_OBJECT_BUFFER, type);
	check_equal(CL_SUCCESS, tandem_clRetainMemObject(world->image));
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(world->image));
	check_equal(CL_SUCCESS,
		    tandem_clSetMemObjectDestructorCallback(world->image, ignore, NULL));
	check_equal(CL_SUCCESS, tandem_clEnqueueMigrateMemObjects(world->queue, 1, &world->image, 0,
								  0, NULL, NULL));
	check_equal(CL_SUCCESS, tandem_clFinish(world->queue));
	/* It is looked at as a memory object, and then was not mapped. */
	check_equal(CL_INVALID_VALUE, tandem_clEnqueueUnmapMemObject(world->queue, world->image,
								     NULL, 0, NULL, NULL));
}

/* ---- what drivers keep ---- */

struct keeper {
	struct tandem_device_core core;
	_Atomic int made, destroyed;
	int error;
	struct tandem_memory_view seen;
};

struct kept {
	struct keeper *keeper;
};

static int create_resource(struct tandem_device_core *core, const struct tandem_memory_view *memory,
			   void **resource)
{
	struct keeper *keeper = tandem_container_of(core, struct keeper, core);
	struct kept *kept = tandem_new(kept);

	if (!kept || keeper->error) {
		free(kept);
		return keeper->error ? keeper->error : -ENOMEM;
	}
	kept->keeper = keeper;
	if (!keeper->made++)
		keeper->seen = *memory;
	*resource = kept;
	return 0;
}

static void destroy_resource(struct tandem_device_core *core, void *resource)
{
	struct keeper *keeper = tandem_container_of(core, struct keeper, core);

	check(((struct kept *)resource)->keeper == keeper, "another device's");
	keeper->destroyed++;
	free(resource);
}

static const struct tandem_device_ops keeping_ops = {
	.create_resource = create_resource,
	.destroy_resource = destroy_resource,
};

static void check_resources(const struct world *world)
{
	static const struct tandem_device_ops plain_ops = { 0 };
	struct tandem_device_core plain = { .ops = &plain_ops };
	struct keeper one = { .core.ops = &keeping_ops }, other = { .core.ops = &keeping_ops };
	cl_mem handle = tandem_clCreateBuffer(world->context, 0, 48, NULL, NULL);
	struct tandem_memory *memory = memory_of(handle);
	void *first = NULL, *again = NULL, *others = NULL, *none = &one;

	check_fatal(memory, "no buffer");
	check_equal(0, tandem_memory_resource(memory, &plain, &none));
	check(!none, "%p is kept", none);
	one.error = -ENODEV;
	check_equal(-ENODEV, tandem_memory_resource(memory, &one.core, &first));
	one.error = 0;
	check_equal(0, tandem_memory_resource(memory, &one.core, &first));
	check_equal(CL_MEM_OBJECT_BUFFER, one.seen.type);
	check_equal(48, one.seen.bytes);
	check(one.seen.address == memory->address, "at %p", one.seen.address);
	check_equal(0, tandem_memory_resource(memory, &one.core, &again));
	check(first && first == again, "%p and %p", first, again);
	check_equal(0, tandem_memory_resource(memory, &other.core, &others));
	check(others && others != first, "%p and %p", first, others);
	check_equal(1, one.made);
	check_equal(0, one.destroyed + other.destroyed);
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(handle));
	check_equal(1, one.destroyed);
	check_equal(1, other.destroyed);
}

#define THREADS 8

struct asking {
	struct tandem_memory *memory;
	struct keeper *keeper;
	pthread_barrier_t *barrier;
	void *resource;
};

static void *ask(void *argument)
{
	struct asking *asking = argument;

	pthread_barrier_wait(asking->barrier);
	check_equal(0, tandem_memory_resource(asking->memory, &asking->keeper->core,
					      &asking->resource));
	return NULL;
}

/* All threads get the same, and what was made in vain is destroyed. */
static void check_threads(const struct world *world)
{
	struct keeper keeper = { .core.ops = &keeping_ops };
	cl_mem handle = tandem_clCreateBuffer(world->context, 0, 48, NULL, NULL);
	struct asking asking[THREADS];
	pthread_t threads[THREADS];
	pthread_barrier_t barrier;

	pthread_barrier_init(&barrier, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		asking[i] = (struct asking){ memory_of(handle), &keeper, &barrier, NULL };
		check_fatal(!pthread_create(&threads[i], NULL, ask, &asking[i]), "no thread");
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		check(asking[i].resource && asking[i].resource == asking[0].resource, "%p and %p",
		      asking[i].resource, asking[0].resource);
	}
	pthread_barrier_destroy(&barrier);
	check_equal(keeper.made - 1, keeper.destroyed);
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(handle));
	check_equal(keeper.made, keeper.destroyed);
}

/* ---- what launches get of it ---- */

/* The device's own operations, and those that keep something put in their place. */
static struct {
	struct tandem_device_ops keeping;
	int made, destroyed, packed;
	int error;
	void *resource; /* of the first argument, as the last launch had it */
} spy;

static int spy_create(struct tandem_device_core *core, const struct tandem_memory_view *memory,
		      void **resource)
{
	if (spy.error)
		return spy.error;
	spy.made++;
	*resource = memory->address;
	return 0;
}

static void spy_destroy(struct tandem_device_core *core, void *resource)
{
	spy.destroyed++;
}

static uint64_t spy_pack(struct tandem_device_core *core, const struct tandem_launch *launch,
			 const struct tandem_argument_value *values, void *block)
{
	spy.packed++;
	spy.resource = launch->resources[0];
	return tandem_native_pack_arguments(core, launch, values, block);
}

static cl_int launch(const struct world *world)
{
	const size_t one = 1;

	return tandem_clEnqueueNDRangeKernel(world->queue, world->kernel, 1, NULL, &one, NULL, 0,
					     NULL, NULL);
}

/* Memory that the kernel has from no memory object. */
static void check_svm(const struct world *world)
{
	cl_int *word = tandem_clSVMAlloc(world->context, CL_MEM_SVM_FINE_GRAIN_BUFFER, 4, 0);

	check_fatal(word, "no SVM");
	check_equal(CL_SUCCESS, tandem_clSetKernelArgSVMPointer(world->kernel, 0, word));
	check_equal(CL_SUCCESS, launch(world));
	check(!spy.resource, "%p for no memory object", spy.resource);
	check_equal(CL_SUCCESS, tandem_clFinish(world->queue));
	tandem_clSVMFree(world->context, word);
}

/* Made for the first launch, the same for later ones; an error of the driver's ends the call. */
static void check_launches(const struct world *world)
{
	struct tandem_device_core *core = device_of(world->device)->core;
	const struct tandem_device_ops *own = core->ops;
	cl_mem buffer = tandem_clCreateBuffer(world->context, 0, 64, NULL, NULL);
	const struct tandem_memory *memory = memory_of(buffer);

	check_fatal(memory, "no buffer");
	check_equal(CL_SUCCESS, tandem_clSetKernelArg(world->kernel, 0, sizeof(buffer), &buffer));
	spy.keeping = *own;
	spy.keeping.create_resource = spy_create;
	spy.keeping.destroy_resource = spy_destroy;
	spy.keeping.pack_arguments = spy_pack;
	core->ops = &spy.keeping;
	spy.error = -ENOMEM;
	check_equal(CL_OUT_OF_HOST_MEMORY, launch(world));
	check_equal(0, spy.packed);
	spy.error = 0;
	for (int i = 1; i <= 2; i++) {
		check_equal(CL_SUCCESS, launch(world));
		check_equal(i, spy.packed);
		check_equal(1, spy.made);
		check(spy.resource == memory->address, "%p", spy.resource);
	}
	check_equal(CL_SUCCESS, tandem_clFinish(world->queue));
	check_equal(1, *(const cl_int *)memory->address);
	check_svm(world);
	check_equal(0, spy.destroyed);
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(buffer));
	check_equal(1, spy.destroyed);
	core->ops = own;
}

int main(void)
{
	struct world world;

	world_init(&world);
	check_commands(&world);
	check_uses(&world);
	check_common(&world);
	check_resources(&world);
	check_threads(&world);
	check_launches(&world);
	world_finish(&world);
	return check_result();
}
