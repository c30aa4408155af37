// SPDX-License-Identifier: MIT
#include "errors.h"

#include <string.h>

extern const char errors_cl[];

static const char broken_source[] =
	"kernel void broken(global int *memory) { memory[0] = missing; }";
static const char object_source[] = "int twice(int x) { return 2 * x; }\n"
				    "kernel void doubled(global int *x) { x[0] = twice(x[0]); }";
static const char undefined_source[] = "int absent(int x);\n"
				       "kernel void uses(global int *x) { x[0] = absent(x[0]); }";

static cl_program program_from(cl_context context, const char *source)
{
	cl_int code;
	cl_program program = clCreateProgramWithSource(context, 1, &source, NULL, &code);

	check_fatal(code == CL_SUCCESS, "no program: %d", code);
	return program;
}

static cl_program compiled_from(cl_context context, const char *source)
{
	cl_program program = program_from(context, source);

	check_success_fatal(clCompileProgram(program, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL));
	return program;
}

static cl_program link_object(struct error_world *world, const char *options)
{
	cl_int code;
	cl_program program = clLinkProgram(world->base.context, 0, NULL, options, 1, &world->object,
					   NULL, NULL, &code);

	check_fatal(code == CL_SUCCESS, "linking with '%s': %d", options, code);
	return program;
}

static cl_program binary_copy(struct error_world *world)
{
	size_t length = 0;
	unsigned char *bytes;
	cl_program program;
	cl_int code;

	check_success_fatal(clGetProgramInfo(world->built, CL_PROGRAM_BINARY_SIZES, sizeof(length),
					     &length, NULL));
	bytes = malloc(length);
	check_fatal(bytes, "no memory");
	check_success_fatal(
		clGetProgramInfo(world->built, CL_PROGRAM_BINARIES, sizeof(bytes), &bytes, NULL));
	program = clCreateProgramWithBinary(world->base.context, 1, &world->base.device, &length,
					    (const unsigned char **)&bytes, NULL, &code);
	check_fatal(code == CL_SUCCESS, "no program from a binary: %d", code);
	free(bytes);
	return program;
}

static void make_programs(struct error_world *world)
{
	cl_context context = world->base.context;

	world->built = test_build(context, errors_cl, NULL);
	world->other_built = test_build(world->other_context, errors_cl, NULL);
	world->unbuilt = program_from(context, errors_cl);
	world->broken = program_from(context, broken_source);
	world->from_binary = binary_copy(world);
	world->object = compiled_from(context, object_source);
	world->undefined_object = compiled_from(context, undefined_source);
	world->library = link_object(world, "-create-library");
	world->linked = link_object(world, NULL);
	world->described_program = test_build(context, errors_cl, "-cl-kernel-arg-info");
}

static void make_kernels(struct error_world *world)
{
	const cl_int value = 1;

	world->unset = test_kernel(world->built, "many");
	world->other_kernel = test_kernel(world->other_built, "many");
	world->required = test_kernel(world->built, "required");
	world->local_user = test_kernel(world->built, "local_user");
	world->described = test_kernel(world->described_program, "many");
	world->ready = test_kernel(world->built, "many");
	check_success(clSetKernelArg(world->ready, 0, sizeof(cl_mem), &world->buffer));
	check_success(clSetKernelArg(world->ready, 1, sizeof(value), &value));
	check_success(clSetKernelArg(world->ready, 2, 64, NULL));
	check_success(clSetKernelArg(world->ready, 3, sizeof(cl_mem), &world->read_only));
	check_success(clSetKernelArg(world->required, 0, sizeof(cl_mem), &world->buffer));
}

static cl_mem buffer_with(cl_context context, cl_mem_flags flags)
{
	cl_int code;
	cl_mem buffer = clCreateBuffer(context, flags, ERROR_BUFFER_BYTES, NULL, &code);

	check_fatal(code == CL_SUCCESS, "no buffer: %d", code);
	return buffer;
}

static cl_mem sub_buffer_of(cl_mem buffer, size_t origin, size_t size)
{
	const cl_buffer_region region = { origin, size };
	cl_int code;
	cl_mem sub_buffer =
		clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);

	check_fatal(code == CL_SUCCESS, "no sub-buffer: %d", code);
	return sub_buffer;
}

static void make_memory(struct error_world *world)
{
	cl_context context = world->base.context;

	world->buffer = buffer_with(context, CL_MEM_READ_WRITE);
	world->other_buffer = buffer_with(world->other_context, CL_MEM_READ_WRITE);
	world->sub_buffer = sub_buffer_of(world->buffer, 0, 1024);
	world->far_sub_buffer = sub_buffer_of(world->buffer, 512, 1024);
	world->write_only = buffer_with(context, CL_MEM_WRITE_ONLY);
	world->read_only = buffer_with(context, CL_MEM_READ_ONLY);
	world->host_write_only = buffer_with(context, CL_MEM_HOST_WRITE_ONLY);
	world->host_read_only = buffer_with(context, CL_MEM_HOST_READ_ONLY);
	world->host_no_access = buffer_with(context, CL_MEM_HOST_NO_ACCESS);
	world->svm = clSVMAlloc(context, CL_MEM_READ_WRITE, ERROR_SVM_BYTES, 0);
	check_fatal(world->svm, "no SVM");
}

static cl_command_queue queue_with(cl_context context, cl_device_id device,
				   cl_command_queue_properties flags)
{
	cl_int code;
	cl_command_queue queue = clCreateCommandQueue(context, device, flags, &code);

	check_fatal(code == CL_SUCCESS, "no queue: %d", code);
	return queue;
}

static cl_event user_event(cl_context context)
{
	cl_int code;
	cl_event event = clCreateUserEvent(context, &code);

	check_fatal(code == CL_SUCCESS, "no user event: %d", code);
	return event;
}

static cl_event finished_marker(cl_command_queue queue)
{
	cl_event event = NULL;

	check_success_fatal(clEnqueueMarkerWithWaitList(queue, 0, NULL, &event));
	check_success_fatal(clWaitForEvents(1, &event));
	return event;
}

static cl_event stuck_marker(struct error_world *world)
{
	cl_event event = NULL;

	check_success_fatal(
		clEnqueueMarkerWithWaitList(world->stuck_queue, 1, &world->gate, &event));
	return event;
}

static void make_events(struct error_world *world)
{
	world->complete = finished_marker(world->profiled_queue);
	world->unprofiled = finished_marker(world->plain_queue);
	world->failed = user_event(world->base.context);
	check_success(clSetUserEventStatus(world->failed, -1));
	world->set_event = user_event(world->base.context);
	check_success(clSetUserEventStatus(world->set_event, CL_COMPLETE));
	world->other_event = user_event(world->other_context);
	world->gate = user_event(world->base.context);
	world->pending = stuck_marker(world);
}

static void make_sub_device(struct error_world *world)
{
	const cl_device_partition_property one_each[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	cl_device_id devices[64];
	cl_uint count = 0;

	if (clCreateSubDevices(world->base.device, one_each, 64, devices, &count) != CL_SUCCESS)
		return;
	world->sub_device = devices[0];
	while (--count)
		check_success(clReleaseDevice(devices[count]));
}

/* ---- handles that are not valid ---- */

/* What a released object is kept by, so that its memory is still there. */
static struct {
	cl_context device_keeper;
	cl_mem context_keeper;
	cl_event queue_keeper;
	cl_mem memory_keeper;
	cl_kernel program_keeper;
} keepers;

static void *released_device(struct error_world *world)
{
	const cl_device_partition_property one_each[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	cl_device_id devices[64];
	cl_uint count = 0;
	cl_int code;

	if (clCreateSubDevices(world->base.device, one_each, 64, devices, &count) != CL_SUCCESS)
		return NULL;
	keepers.device_keeper = clCreateContext(NULL, 1, devices, NULL, NULL, &code);
	check_fatal(code == CL_SUCCESS, "no context on a sub-device: %d", code);
	while (count--)
		check_success(clReleaseDevice(devices[count]));
	return devices[0];
}

static void *released_context(struct error_world *world)
{
	cl_int code;
	cl_context context = clCreateContext(NULL, 1, &world->base.device, NULL, NULL, &code);

	check_fatal(code == CL_SUCCESS, "no context: %d", code);
	keepers.context_keeper = buffer_with(context, CL_MEM_READ_WRITE);
	check_success(clReleaseContext(context));
	return context;
}

static void *released_queue(struct error_world *world)
{
	cl_command_queue queue = queue_with(world->base.context, world->base.device, 0);

	keepers.queue_keeper = finished_marker(queue);
	check_success(clReleaseCommandQueue(queue));
	return queue;
}

static void *released_memory(struct error_world *world)
{
	cl_mem buffer = buffer_with(world->base.context, CL_MEM_READ_WRITE);

	keepers.memory_keeper = sub_buffer_of(buffer, 0, 128);
	check_success(clReleaseMemObject(buffer));
	return buffer;
}

static void *released_program(struct error_world *world)
{
	cl_program program = test_build(world->base.context, errors_cl, NULL);

	keepers.program_keeper = test_kernel(program, "many");
	check_success(clReleaseProgram(program));
	return program;
}

static void *released_event(struct error_world *world)
{
	cl_event event = stuck_marker(world);

	check_success(clReleaseEvent(event));
	return event;
}

static void make_bad_handles(struct error_world *world)
{
	for (int kind = 0; kind < ERROR_KIND_COUNT; kind++) {
		world->bad_handles[kind][0] = world->base.queue;
		world->bad_handles[kind][1] = world->gate;
	}
	world->bad_handles[ERROR_QUEUE][0] = world->base.context;
	world->bad_handles[ERROR_EVENT][1] = world->base.device;
	world->bad_handles[ERROR_DEVICE][2] = released_device(world);
	world->bad_handles[ERROR_CONTEXT][2] = released_context(world);
	world->bad_handles[ERROR_QUEUE][2] = released_queue(world);
	world->bad_handles[ERROR_MEMORY][2] = released_memory(world);
	world->bad_handles[ERROR_PROGRAM][2] = released_program(world);
	world->bad_handles[ERROR_EVENT][2] = released_event(world);
}

/* ---- all ---- */

void error_world_init(struct error_world *world)
{
	cl_int code;

	world->base = test_open();
	test_step("making the objects");
	world->other_context = clCreateContext(NULL, 1, &world->base.device, NULL, NULL, &code);
	check_fatal(code == CL_SUCCESS, "no context: %d", code);
	world->plain_queue = queue_with(world->base.context, world->base.device, 0);
	world->profiled_queue =
		queue_with(world->base.context, world->base.device, CL_QUEUE_PROFILING_ENABLE);
	world->stuck_queue =
		queue_with(world->base.context, world->base.device,
			   CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE | CL_QUEUE_PROFILING_ENABLE);
	world->other_queue = queue_with(world->other_context, world->base.device, 0);
	make_sub_device(world);
	make_memory(world);
	make_programs(world);
	make_kernels(world);
	make_events(world);
	make_bad_handles(world);
}

static void release_memory(struct error_world *world)
{
	cl_mem *const buffers[] = { &world->buffer,	     &world->other_buffer,
				    &world->sub_buffer,	     &world->far_sub_buffer,
				    &world->write_only,	     &world->read_only,
				    &world->host_write_only, &world->host_read_only,
				    &world->host_no_access,  &keepers.context_keeper,
				    &keepers.memory_keeper };

	for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
		check_success(clReleaseMemObject(*buffers[i]));
	clSVMFree(world->base.context, world->svm);
}

static void release_programs(struct error_world *world)
{
	cl_kernel *const kernels[] = { &world->ready,	       &world->unset,
				       &world->other_kernel,   &world->required,
				       &world->local_user,     &world->described,
				       &keepers.program_keeper };
	cl_program *const programs[] = { &world->built,	      &world->other_built,
					 &world->unbuilt,     &world->broken,
					 &world->from_binary, &world->object,
					 &world->library,     &world->undefined_object,
					 &world->linked,      &world->described_program };

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
		check_success(clReleaseKernel(*kernels[i]));
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		check_success(clReleaseProgram(*programs[i]));
}

void error_world_finish(struct error_world *world)
{
	cl_event *const events[] = { &world->complete,	  &world->unprofiled,	&world->failed,
				     &world->other_event, &world->gate,		&world->pending,
				     &world->set_event,	  &keepers.queue_keeper };
	cl_command_queue *const queues[] = { &world->plain_queue, &world->profiled_queue,
					     &world->stuck_queue, &world->other_queue };

	check_success(clSetUserEventStatus(world->gate, CL_COMPLETE));
	check_success(clFinish(world->stuck_queue));
	release_memory(world);
	release_programs(world);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		check_success(clReleaseEvent(*events[i]));
	for (size_t i = 0; i < sizeof(queues) / sizeof(queues[0]); i++)
		check_success(clReleaseCommandQueue(*queues[i]));
	check_success(clReleaseContext(world->other_context));
	if (keepers.device_keeper)
		check_success(clReleaseContext(keepers.device_keeper));
	if (world->sub_device)
		check_success(clReleaseDevice(world->sub_device));
	test_close(&world->base);
}
