// SPDX-License-Identifier: MIT
/* The functions of what there is not: they fail as the specification says. */
#include "entry_points.h"

static const cl_image_format format = { CL_RGBA, CL_FLOAT };
static const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				    .image_width = 4,
				    .image_height = 4 };
static const size_t zero[3] = { 0, 0, 0 };
static const size_t region[3] = { 1, 1, 1 };

/* A call that must return NULL and @expected. */
#define ABSENT(expected, ...)                     \
	do {                                      \
		cl_int code = CL_SUCCESS;         \
		const void *made = (__VA_ARGS__); \
                                                  \
		check(!made, "%p", made);         \
		check_equal(expected, code);      \
	} while (0)

static void tour_no_images(struct tour *tour)
{
	cl_context context = tour->context;
	cl_uint count = 1;
	size_t value = 0;

	ABSENT(CL_INVALID_OPERATION, CALL(clCreateImage, context, 0, &format, &desc, NULL, &code));
	ABSENT(CL_INVALID_OPERATION,
	       CALL(clCreateImageWithProperties, context, NULL, 0, &format, &desc, NULL, &code));
	ABSENT(CL_INVALID_OPERATION,
	       CALL(clCreateImage2D, context, 0, &format, 4, 4, 0, NULL, &code));
	ABSENT(CL_INVALID_OPERATION,
	       CALL(clCreateImage3D, context, 0, &format, 4, 4, 4, 0, 0, NULL, &code));
	GOOD(clGetSupportedImageFormats, context, CL_MEM_READ_WRITE, CL_MEM_OBJECT_IMAGE2D, 0, NULL,
	     &count);
	check_equal(0, count);
	check_equal(CL_INVALID_MEM_OBJECT, CALL(clGetImageInfo, tour->buffer, CL_IMAGE_WIDTH,
						sizeof(value), &value, NULL));
}

static void tour_no_image_commands(struct tour *tour)
{
	cl_command_queue queue = tour->queue;
	cl_mem buffer = tour->buffer;
	static cl_float pixel[4];

	check_equal(CL_INVALID_MEM_OBJECT, CALL(clEnqueueReadImage, queue, buffer, CL_TRUE, zero,
						region, 0, 0, pixel, 0, NULL, NULL));
	check_equal(CL_INVALID_MEM_OBJECT, CALL(clEnqueueWriteImage, queue, buffer, CL_TRUE, zero,
						region, 0, 0, pixel, 0, NULL, NULL));
	check_equal(CL_INVALID_MEM_OBJECT,
		    CALL(clEnqueueFillImage, queue, buffer, pixel, zero, region, 0, NULL, NULL));
	check_equal(CL_INVALID_MEM_OBJECT, CALL(clEnqueueCopyImage, queue, buffer, buffer, zero,
						zero, region, 0, NULL, NULL));
	check_equal(CL_INVALID_MEM_OBJECT, CALL(clEnqueueCopyImageToBuffer, queue, buffer, buffer,
						zero, region, 0, 0, NULL, NULL));
	check_equal(CL_INVALID_MEM_OBJECT, CALL(clEnqueueCopyBufferToImage, queue, buffer, buffer,
						0, zero, region, 0, NULL, NULL));
	ABSENT(CL_INVALID_MEM_OBJECT, CALL(clEnqueueMapImage, queue, buffer, CL_TRUE, CL_MAP_READ,
					   zero, region, NULL, NULL, 0, NULL, NULL, &code));
}

static void tour_no_samplers(struct tour *tour)
{
	cl_sampler none = (cl_sampler)tour->queue;
	cl_context context = tour->context;
	cl_uint value = 0;

	ABSENT(CL_INVALID_OPERATION,
	       CALL(clCreateSampler, context, CL_TRUE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST, &code));
	ABSENT(CL_INVALID_OPERATION, CALL(clCreateSamplerWithProperties, context, NULL, &code));
	check_equal(CL_INVALID_SAMPLER, CALL(clRetainSampler, none));
	check_equal(CL_INVALID_SAMPLER, CALL(clReleaseSampler, none));
	check_equal(CL_INVALID_SAMPLER, CALL(clGetSamplerInfo, none, CL_SAMPLER_FILTER_MODE,
					     sizeof(value), &value, NULL));
}

static void tour_images_or_none(struct tour *tour)
{
	cl_bool has_images = CL_FALSE;

	GOOD(clGetDeviceInfo, tour->device, CL_DEVICE_IMAGE_SUPPORT, sizeof(has_images),
	     &has_images, NULL);
	if (has_images) {
		tour_images(tour);
		return;
	}
	tour_no_images(tour);
	tour_no_image_commands(tour);
	tour_no_samplers(tour);
}

static void tour_pipes(struct tour *tour)
{
	cl_uint value = 0;

	ABSENT(CL_INVALID_OPERATION, CALL(clCreatePipe, tour->context, 0, 4, 4, NULL, &code));
	check_equal(CL_INVALID_MEM_OBJECT, CALL(clGetPipeInfo, tour->buffer, CL_PIPE_PACKET_SIZE,
						sizeof(value), &value, NULL));
}

static void CL_CALLBACK ignore_program(cl_program program, void *user_data)
{
}

void tour_absent(struct tour *tour)
{
	cl_ulong times[2];

	tour_images_or_none(tour);
	tour_pipes(tour);
	ABSENT(CL_INVALID_VALUE, CALL(clCreateProgramWithBuiltInKernels, tour->context, 1,
				      &tour->device, "copy", &code));
	check_equal(CL_INVALID_OPERATION,
		    CALL(clSetProgramReleaseCallback, tour->program, ignore_program, NULL));
	check_equal(CL_INVALID_OPERATION,
		    CALL(clGetDeviceAndHostTimer, tour->device, &times[0], &times[1]));
	check_equal(CL_INVALID_OPERATION, CALL(clGetHostTimer, tour->device, &times[0]));
	check_equal(CL_INVALID_OPERATION,
		    CALL(clSetDefaultDeviceCommandQueue, tour->context, tour->device, tour->queue));
}

/* ---- sharing with other interfaces ---- */

static void tour_gl(struct tour *tour)
{
	cl_context context = tour->context;
	cl_command_queue queue = tour->queue;
	cl_gl_object_type type;
	cl_GLuint name;
	size_t value = 0;

	ABSENT(CL_INVALID_OPERATION, CALL(clCreateFromGLBuffer, context, 0, 1, &code));
	ABSENT(CL_INVALID_OPERATION, CALL(clCreateFromGLTexture, context, 0, 0, 0, 1, &code));
	ABSENT(CL_INVALID_OPERATION, CALL(clCreateFromGLTexture2D, context, 0, 0, 0, 1, &code));
	ABSENT(CL_INVALID_OPERATION, CALL(clCreateFromGLTexture3D, context, 0, 0, 0, 1, &code));
	ABSENT(CL_INVALID_OPERATION, CALL(clCreateFromGLRenderbuffer, context, 0, 1, &code));
	ABSENT(CL_INVALID_OPERATION, CALL(clCreateEventFromGLsyncKHR, context, NULL, &code));
	check_equal(CL_INVALID_GL_OBJECT, CALL(clGetGLObjectInfo, tour->buffer, &type, &name));
	check_equal(CL_INVALID_GL_OBJECT, CALL(clGetGLTextureInfo, tour->buffer,
					       CL_GL_TEXTURE_TARGET, sizeof(value), &value, NULL));
	check_equal(CL_INVALID_OPERATION,
		    CALL(clEnqueueAcquireGLObjects, queue, 1, &tour->buffer, 0, NULL, NULL));
	check_equal(CL_INVALID_OPERATION,
		    CALL(clEnqueueReleaseGLObjects, queue, 1, &tour->buffer, 0, NULL, NULL));
	check_equal(CL_INVALID_OPERATION,
		    CALL(clGetGLContextInfoKHR, NULL, CL_CURRENT_DEVICE_FOR_GL_CONTEXT_KHR,
			 sizeof(value), &value, NULL));
}

static void tour_egl(struct tour *tour)
{
	cl_context context = tour->context;
	cl_command_queue queue = tour->queue;

	ABSENT(CL_INVALID_OPERATION,
	       CALL(clCreateFromEGLImageKHR, context, NULL, NULL, 0, NULL, &code));
	ABSENT(CL_INVALID_OPERATION, CALL(clCreateEventFromEGLSyncKHR, context, NULL, NULL, &code));
	check_equal(CL_INVALID_OPERATION,
		    CALL(clEnqueueAcquireEGLObjectsKHR, queue, 1, &tour->buffer, 0, NULL, NULL));
	check_equal(CL_INVALID_OPERATION,
		    CALL(clEnqueueReleaseEGLObjectsKHR, queue, 1, &tour->buffer, 0, NULL, NULL));
}

/* Of Direct3D the table has no types on Linux, only addresses. */
#define DIRECT(type, name)                                                      \
	(tour->called[offsetof(cl_icd_dispatch, name) / sizeof(void *)] = true, \
	 ((type(*)(void))tour->cl->name)())

static void tour_direct3d(struct tour *tour)
{
	check_equal(CL_INVALID_OPERATION, DIRECT(cl_int, clGetDeviceIDsFromD3D10KHR));
	check_equal(CL_INVALID_OPERATION, DIRECT(cl_int, clEnqueueAcquireD3D10ObjectsKHR));
	check_equal(CL_INVALID_OPERATION, DIRECT(cl_int, clEnqueueReleaseD3D10ObjectsKHR));
	check_equal(CL_INVALID_OPERATION, DIRECT(cl_int, clGetDeviceIDsFromD3D11KHR));
	check_equal(CL_INVALID_OPERATION, DIRECT(cl_int, clEnqueueAcquireD3D11ObjectsKHR));
	check_equal(CL_INVALID_OPERATION, DIRECT(cl_int, clEnqueueReleaseD3D11ObjectsKHR));
	check_equal(CL_INVALID_OPERATION, DIRECT(cl_int, clGetDeviceIDsFromDX9MediaAdapterKHR));
	check_equal(CL_INVALID_OPERATION, DIRECT(cl_int, clEnqueueAcquireDX9MediaSurfacesKHR));
	check_equal(CL_INVALID_OPERATION, DIRECT(cl_int, clEnqueueReleaseDX9MediaSurfacesKHR));
	check(!DIRECT(void *, clCreateFromD3D10BufferKHR), "a buffer");
	check(!DIRECT(void *, clCreateFromD3D10Texture2DKHR), "a texture");
	check(!DIRECT(void *, clCreateFromD3D10Texture3DKHR), "a texture");
	check(!DIRECT(void *, clCreateFromD3D11BufferKHR), "a buffer");
	check(!DIRECT(void *, clCreateFromD3D11Texture2DKHR), "a texture");
	check(!DIRECT(void *, clCreateFromD3D11Texture3DKHR), "a texture");
	check(!DIRECT(void *, clCreateFromDX9MediaSurfaceKHR), "a surface");
}

void tour_sharing(struct tour *tour)
{
	tour_gl(tour);
	tour_egl(tour);
	tour_direct3d(tour);
}
