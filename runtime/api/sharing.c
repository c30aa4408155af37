// SPDX-License-Identifier: MIT
/* Sharing with OpenGL and EGL: not supported, see entry_points.h. */
#include "api.h"

static cl_mem no_memory(cl_context handle, cl_int *errcode_ret)
{
	cl_int code = context_of(handle) ? CL_INVALID_OPERATION : CL_INVALID_CONTEXT;

	set_code(errcode_ret, fail(code, "sharing is not supported"));
	return NULL;
}

static cl_int no_command(cl_command_queue handle)
{
	cl_int code = queue_of(handle) ? CL_INVALID_OPERATION : CL_INVALID_COMMAND_QUEUE;

	return fail(code, "sharing is not supported");
}

static cl_event no_event(cl_context handle, cl_int *errcode_ret)
{
	no_memory(handle, errcode_ret);
	return NULL;
}

cl_mem tandem_clCreateFromGLBuffer(cl_context context, cl_mem_flags flags, cl_GLuint buffer,
				   cl_int *errcode_ret)
{
	ENTRY_POINT;

	return no_memory(context, errcode_ret);
}

cl_mem tandem_clCreateFromGLTexture(cl_context context, cl_mem_flags flags, cl_GLenum target,
				    cl_GLint level, cl_GLuint texture, cl_int *errcode_ret)
{
	ENTRY_POINT;

	return no_memory(context, errcode_ret);
}

cl_mem tandem_clCreateFromGLTexture2D(cl_context context, cl_mem_flags flags, cl_GLenum target,
				      cl_GLint level, cl_GLuint texture, cl_int *errcode_ret)
{
	ENTRY_POINT;

	return no_memory(context, errcode_ret);
}

cl_mem tandem_clCreateFromGLTexture3D(cl_context context, cl_mem_flags flags, cl_GLenum target,
				      cl_GLint level, cl_GLuint texture, cl_int *errcode_ret)
{
	ENTRY_POINT;

	return no_memory(context, errcode_ret);
}

cl_mem tandem_clCreateFromGLRenderbuffer(cl_context context, cl_mem_flags flags,
					 cl_GLuint renderbuffer, cl_int *errcode_ret)
{
	ENTRY_POINT;

	return no_memory(context, errcode_ret);
}

cl_int tandem_clGetGLObjectInfo(cl_mem memory, cl_gl_object_type *type, cl_GLuint *name)
{
	ENTRY_POINT;

	return fail(CL_INVALID_GL_OBJECT, "sharing is not supported");
}

cl_int tandem_clGetGLTextureInfo(cl_mem memory, cl_gl_texture_info name, size_t size, void *value,
				 size_t *size_ret)
{
	ENTRY_POINT;

	return fail(CL_INVALID_GL_OBJECT, "sharing is not supported");
}

cl_int tandem_clEnqueueAcquireGLObjects(cl_command_queue queue, cl_uint count,
					const cl_mem *objects, cl_uint num_events,
					const cl_event *events, cl_event *event)
{
	ENTRY_POINT;

	return no_command(queue);
}

cl_int tandem_clEnqueueReleaseGLObjects(cl_command_queue queue, cl_uint count,
					const cl_mem *objects, cl_uint num_events,
					const cl_event *events, cl_event *event)
{
	ENTRY_POINT;

	return no_command(queue);
}

cl_int tandem_clGetGLContextInfoKHR(const cl_context_properties *properties,
				    cl_gl_context_info name, size_t size, void *value,
				    size_t *size_ret)
{
	ENTRY_POINT;

	return fail(CL_INVALID_OPERATION, "sharing is not supported");
}

cl_event tandem_clCreateEventFromGLsyncKHR(cl_context context, cl_GLsync sync, cl_int *errcode_ret)
{
	ENTRY_POINT;

	return no_event(context, errcode_ret);
}

cl_mem tandem_clCreateFromEGLImageKHR(cl_context context, CLeglDisplayKHR display,
				      CLeglImageKHR image, cl_mem_flags flags,
				      const cl_egl_image_properties_khr *properties,
				      cl_int *errcode_ret)
{
	ENTRY_POINT;

	return no_memory(context, errcode_ret);
}

cl_int tandem_clEnqueueAcquireEGLObjectsKHR(cl_command_queue queue, cl_uint count,
					    const cl_mem *objects, cl_uint num_events,
					    const cl_event *events, cl_event *event)
{
	ENTRY_POINT;

	return no_command(queue);
}

cl_int tandem_clEnqueueReleaseEGLObjectsKHR(cl_command_queue queue, cl_uint count,
					    const cl_mem *objects, cl_uint num_events,
					    const cl_event *events, cl_event *event)
{
	ENTRY_POINT;

	return no_command(queue);
}

cl_event tandem_clCreateEventFromEGLSyncKHR(cl_context context, CLeglSyncKHR sync,
					    CLeglDisplayKHR display, cl_int *errcode_ret)
{
	ENTRY_POINT;

	return no_event(context, errcode_ret);
}
