// SPDX-License-Identifier: MIT
/* Context, queue, device code and memory. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

cl_int sample_session_init(struct sample_session *session)
{
	const cl_context_properties properties[] = {
		CL_CONTEXT_PLATFORM, (cl_context_properties)session->device.platform, 0
	};
	cl_int error;

	session->queue = NULL;
	session->context =
		clCreateContext(properties, 1, &session->device.device, NULL, NULL, &error);
	if (error != CL_SUCCESS)
		return error;
	if (session->device.version_major >= 2)
		session->queue = clCreateCommandQueueWithProperties(
			session->context, session->device.device, NULL, &error);
	else
		session->queue =
			clCreateCommandQueue(session->context, session->device.device, 0, &error);
	if (error != CL_SUCCESS)
		clReleaseContext(session->context);
	return error;
}

void sample_session_finish(struct sample_session *session)
{
	clReleaseCommandQueue(session->queue);
	clReleaseContext(session->context);
}

static void print_build_log(cl_program program, cl_device_id device)
{
	size_t bytes = 0;
	char *text;

	if (clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes) !=
	    CL_SUCCESS)
		return;
	text = calloc(1, bytes + 1);
	if (text && clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, bytes, text,
					  NULL) == CL_SUCCESS)
		fprintf(stderr, "%s\n", text);
	free(text);
}

cl_int sample_build(struct sample_session *session, const char *source, size_t source_bytes,
		    const char *options, cl_program *program)
{
	const struct sample_device *device = &session->device;
	char all_options[512];
	const char *standard;
	cl_int error;

	standard = device->version_major >= 3 ? "-cl-std=CL3.0 " :
		   device->version_major == 2 ? "-cl-std=CL2.0 " :
						"";
	snprintf(all_options, sizeof(all_options), "%s-DSVM_SCOPE=%s %s", standard,
		 sample_scope(device), options);

	*program = clCreateProgramWithSource(session->context, 1, &source, &source_bytes, &error);
	if (error != CL_SUCCESS)
		return error;
	error = clBuildProgram(*program, 1, &device->device, all_options, NULL, NULL);
	if (error == CL_SUCCESS)
		return CL_SUCCESS;
	fprintf(stderr, "The device code does not build (%s; options %s):\n",
		sample_error_name(error), all_options);
	print_build_log(*program, device->device);
	clReleaseProgram(*program);
	*program = NULL;
	return error;
}

/* --- programs that end at the first error --- */

void sample_open(struct sample_session *session)
{
	sample_check(sample_session_init(session), "clCreateContext or clCreateCommandQueue");
}

cl_program sample_program(struct sample_session *session, const char *source, size_t source_bytes,
			  const char *options)
{
	cl_program program;

	sample_check(sample_build(session, source, source_bytes, options, &program),
		     "clBuildProgram");
	return program;
}

cl_kernel sample_kernel(cl_program program, const char *name)
{
	cl_kernel kernel;
	cl_int error;

	kernel = clCreateKernel(program, name, &error);
	sample_check(error, "clCreateKernel");
	return kernel;
}

void *sample_svm_alloc(struct sample_session *session, size_t bytes, bool atomics)
{
	cl_svm_mem_flags flags = CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER;
	void *memory;

	if (atomics)
		flags |= CL_MEM_SVM_ATOMICS;
	memory = clSVMAlloc(session->context, flags, bytes, 0);
	if (!memory) {
		fprintf(stderr, "clSVMAlloc of %zu bytes%s failed\n", bytes,
			atomics ? " with atomics" : "");
		exit(SAMPLE_FAILED);
	}
	/* Fine-grain memory needs no mapping: the CPU may use it at once. */
	memset(memory, 0, bytes);
	return memory;
}
