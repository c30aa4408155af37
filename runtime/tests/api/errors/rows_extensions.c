// SPDX-License-Identifier: MIT
/*
 * Rows of the functions of extensions that the dispatch table has: other names for
 * functions of the core, and sharing with OpenGL and EGL, which no device has.
 */
#include "errors.h"

#include <CL/cl_egl.h>
#include <CL/cl_gl.h>

static void rows_aliases(struct error_world *world)
{
	static const size_t none = 0;
	static const cl_device_partition_property_ext equally[] = { CL_DEVICE_PARTITION_EQUALLY_EXT,
								    1, 0 };
	const cl_icd_dispatch *cl = world->cl;
	cl_device_id device = world->base.device;
	struct error_outputs *out = &world->out;

	error_entry_point("clCreateSubDevicesEXT");
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
		 cl->clCreateSubDevicesEXT(bad, equally, 8, out->devices, &out->number));
	ROW(CL_INVALID_OPERATION, "the device does not report cl_ext_device_fission",
	    cl->clCreateSubDevicesEXT(device, equally, 8, out->devices, &out->number));

	error_entry_point("clRetainDeviceEXT");
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE, cl->clRetainDeviceEXT(bad));

	error_entry_point("clReleaseDeviceEXT");
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE, cl->clReleaseDeviceEXT(bad));

	error_entry_point("clGetKernelSubGroupInfoKHR");
#define INFO(kernel, in_device)                                                                  \
	cl->clGetKernelSubGroupInfoKHR(kernel, in_device,                                        \
				       CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE, sizeof(size_t), \
				       out->sizes, sizeof(out->bytes), out->bytes, &out->size)
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL, INFO(bad, device));
	if (error_has_sub_groups(device)) {
		error_not_provocable(world, CL_INVALID_OPERATION, "the device has no sub-groups",
				     "a device that has them");
		ROW(CL_INVALID_VALUE, "a size of the group is 0",
		    cl->clGetKernelSubGroupInfoKHR(
			    world->ready, device, CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE,
			    sizeof(none), &none, sizeof(out->bytes), out->bytes, &out->size));
	} else {
		ROW(CL_INVALID_OPERATION, "the device has no sub-groups",
		    INFO(world->ready, device));
	}
#undef INFO
}

/* An entry point that makes something in a context, which @call has as bad. */
#define ROWS_SHARED_OBJECT(name, call)                                                          \
	do {                                                                                    \
		error_entry_point(#name);                                                       \
		ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT, cl->name call);  \
		{                                                                               \
			cl_context bad = world->base.context;                                   \
                                                                                                \
			ROW_CREATE(CL_INVALID_OPERATION,                                        \
				   "no device of the context supports sharing", cl->name call); \
		}                                                                               \
	} while (0)

/* A command that hands objects over. */
#define ROWS_SHARED_COMMAND(name)                                                                \
	do {                                                                                     \
		error_entry_point(#name);                                                        \
		ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,                \
			 cl->name(bad, 1, &world->buffer, 0, NULL, &world->out.event));          \
		ROW(CL_INVALID_OPERATION, "the device does not support sharing",                 \
		    cl->name(world->base.queue, 1, &world->buffer, 0, NULL, &world->out.event)); \
	} while (0)

static void rows_gl(struct error_world *world)
{
	static const cl_context_properties none[] = { 0 };
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;

	ROWS_SHARED_OBJECT(clCreateFromGLBuffer, (bad, 0, 1, errcode));
	ROWS_SHARED_OBJECT(clCreateFromGLTexture, (bad, 0, 0, 0, 1, errcode));
	ROWS_SHARED_OBJECT(clCreateFromGLTexture2D, (bad, 0, 0, 0, 1, errcode));
	ROWS_SHARED_OBJECT(clCreateFromGLTexture3D, (bad, 0, 0, 0, 1, errcode));
	ROWS_SHARED_OBJECT(clCreateFromGLRenderbuffer, (bad, 0, 1, errcode));
	ROWS_SHARED_OBJECT(clCreateEventFromGLsyncKHR, (bad, NULL, errcode));
	ROWS_SHARED_COMMAND(clEnqueueAcquireGLObjects);
	ROWS_SHARED_COMMAND(clEnqueueReleaseGLObjects);
	error_entry_point("clGetGLObjectInfo");
	ROW(CL_INVALID_GL_OBJECT, "the memory object was not made of one of OpenGL",
	    cl->clGetGLObjectInfo(world->buffer, &out->number, &out->number));
	error_entry_point("clGetGLTextureInfo");
	ROW(CL_INVALID_GL_OBJECT, "the memory object was not made of one of OpenGL",
	    cl->clGetGLTextureInfo(world->buffer, CL_GL_TEXTURE_TARGET, sizeof(out->bytes),
				   out->bytes, &out->size));
	error_entry_point("clGetGLContextInfoKHR");
	ROW(CL_INVALID_OPERATION, "the platform does not support sharing",
	    cl->clGetGLContextInfoKHR(none, CL_DEVICES_FOR_GL_CONTEXT_KHR, sizeof(out->bytes),
				      out->bytes, &out->size));
}

static void rows_egl(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;

	ROWS_SHARED_OBJECT(clCreateFromEGLImageKHR, (bad, NULL, NULL, 0, NULL, errcode));
	ROWS_SHARED_OBJECT(clCreateEventFromEGLSyncKHR, (bad, NULL, NULL, errcode));
	ROWS_SHARED_COMMAND(clEnqueueAcquireEGLObjectsKHR);
	ROWS_SHARED_COMMAND(clEnqueueReleaseEGLObjectsKHR);
}

void error_rows_extensions(struct error_world *world)
{
	rows_aliases(world);
	rows_gl(world);
	rows_egl(world);
}
