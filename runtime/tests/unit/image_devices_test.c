// SPDX-License-Identifier: MIT
/*
 * Devices without images, or with others: what is built and launched for them. The device is
 * made one while the program, its kernel and its image are there.
 */
#include <stdlib.h>
#include <string.h>

#include "api/entry_points.h"
#include "api/handles.h"
#include "check.h"
#include "driver/native.h"
#include "util/alloc.h"

static const char images_source[] = "kernel void f(read_only image2d_t from, global uint *out)"
				    "{ *out = read_imageui(from, (int2)(0)).x; }";
static const char samplers_source[] = "kernel void f(sampler_t sampler, global uint *out) { }";

struct world {
	cl_device_id device;
	struct tandem_native_device *native;
	cl_context context;
	cl_command_queue queue;
};

static void world_init(struct world *world)
{
	cl_platform_id platform;
	cl_int code;

	check_fatal(!tandem_clGetPlatformIDs(1, &platform, NULL), "no platform");
	check_fatal(!tandem_clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &world->device, NULL),
		    "no device");
	world->native = tandem_container_of(device_of(world->device)->core,
					    struct tandem_native_device, core);
	if (!world->native->core.properties.images.supported)
		check_skip("the device has no images");
	world->context = tandem_clCreateContext(NULL, 1, &world->device, NULL, NULL, &code);
	check_equal(CL_SUCCESS, code);
	world->queue = tandem_clCreateCommandQueue(world->context, world->device, 0, &code);
	check_equal(CL_SUCCESS, code);
}

static void world_finish(struct world *world)
{
	check_equal(CL_SUCCESS, tandem_clReleaseCommandQueue(world->queue));
	check_equal(CL_SUCCESS, tandem_clReleaseContext(world->context));
}

static cl_program create_program(const struct world *world, const char *source)
{
	cl_int code;
	cl_program program =
		tandem_clCreateProgramWithSource(world->context, 1, &source, NULL, &code);

	check_equal(CL_SUCCESS, code);
	return program;
}

static cl_int launch(const struct world *world, cl_kernel kernel)
{
	static const size_t one = 1;

	return tandem_clEnqueueNDRangeKernel(world->queue, kernel, 1, NULL, &one, NULL, 0, NULL,
					     NULL);
}

static void check_launches(struct world *world)
{
	const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = 4,
				     .image_height = 4 };
	struct tandem_image_properties *images = &world->native->core.properties.images;
	const struct tandem_image_properties usual = *images;
	cl_program program = create_program(world, images_source);
	cl_kernel kernel;
	cl_mem image, out;
	cl_int code;

	check_equal(CL_SUCCESS, tandem_clBuildProgram(program, 0, NULL, "", NULL, NULL));
	kernel = tandem_clCreateKernel(program, "f", &code);
	check_equal(CL_SUCCESS, code);
	image = tandem_clCreateImage(world->context, 0, &format, &desc, NULL, &code);
	check_equal(CL_SUCCESS, code);
	out = tandem_clCreateBuffer(world->context, 0, sizeof(cl_uint), NULL, &code);
	check_equal(CL_SUCCESS, code);
	check_equal(CL_SUCCESS, tandem_clSetKernelArg(kernel, 0, sizeof(image), &image));
	check_equal(CL_SUCCESS, tandem_clSetKernelArg(kernel, 1, sizeof(out), &out));
	images->max_2d[1] = 3;
	check_equal(CL_INVALID_IMAGE_SIZE, launch(world, kernel));
	*images = usual;
	images->format_count = 0;
	check_equal(CL_IMAGE_FORMAT_NOT_SUPPORTED, launch(world, kernel));
	*images = (struct tandem_image_properties){ 0 };
	check_equal(CL_INVALID_OPERATION, launch(world, kernel));
	*images = usual;
	check_equal(CL_SUCCESS, launch(world, kernel));
	check_equal(CL_SUCCESS, tandem_clFinish(world->queue));
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(image));
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(out));
	check_equal(CL_SUCCESS, tandem_clReleaseKernel(kernel));
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(program));
}

static void check_build(const struct world *world, const char *source, const char *options)
{
	cl_program program = create_program(world, source);
	char log[1024] = "";

	check_equal(CL_BUILD_PROGRAM_FAILURE,
		    tandem_clBuildProgram(program, 0, NULL, options, NULL, NULL));
	check_equal(CL_SUCCESS,
		    tandem_clGetProgramBuildInfo(program, world->device, CL_PROGRAM_BUILD_LOG,
						 sizeof(log), log, NULL));
	check(strstr(log, "kernel 'f' has images or samplers"), "%s: %s", options, log);
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(program));
}

static void check_builds(struct world *world)
{
	world->native->target.has_images = false;
	check_build(world, images_source, "-cl-std=CL1.2");
	check_build(world, samplers_source, "-cl-std=CL1.2");
	check_build(world, images_source, "-cl-std=CL2.0");
	world->native->target.has_images = true;
}

int main(void)
{
	struct world world;

	world_init(&world);
	check_launches(&world);
	check_builds(&world);
	world_finish(&world);
	return check_result();
}
