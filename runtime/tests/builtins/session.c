// SPDX-License-Identifier: MIT
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sample.h"

static void check(cl_int error, const char *call)
{
	if (error == CL_SUCCESS)
		return;
	fprintf(stderr, "%s failed: %d\n", call, error);
	exit(2);
}

static _Noreturn void skip(const char *why)
{
	printf("SKIP: %s\n", why);
	exit(TEST_SKIPPED);
}

static char *device_text(cl_device_id device, cl_device_info what)
{
	size_t size_bytes = 0;
	char *text;

	if (clGetDeviceInfo(device, what, 0, NULL, &size_bytes) != CL_SUCCESS)
		size_bytes = 0;
	text = calloc(1, size_bytes + 1);
	if (!text)
		exit(2);
	if (size_bytes)
		check(clGetDeviceInfo(device, what, size_bytes, text, NULL), "clGetDeviceInfo");
	return text;
}

static cl_device_fp_config fp_config(cl_device_id device, cl_device_info what)
{
	cl_device_fp_config config = 0;

	if (clGetDeviceInfo(device, what, sizeof(config), &config, NULL) != CL_SUCCESS)
		return 0;
	return config;
}

bool tandem_session_takes_next(void)
{
	static unsigned long asked;

	return asked++ % test_sample() == 0;
}

void tandem_session_open(struct tandem_session *session)
{
	cl_platform_id platforms[16];
	cl_uint platform_count = 0;
	cl_uint device_count = 0;
	cl_device_fp_config config;
	cl_int error;
	char *name;

	memset(session, 0, sizeof(*session));
	if (clGetPlatformIDs(16, platforms, &platform_count) != CL_SUCCESS || !platform_count)
		skip("no OpenCL platform");
	if (platform_count > 16)
		platform_count = 16;
	for (cl_uint i = 0; i < platform_count && !device_count; i++) {
		if (clGetDeviceIDs(platforms[i], CL_DEVICE_TYPE_ALL, 1, &session->device,
				   &device_count) != CL_SUCCESS)
			device_count = 0;
	}
	if (!device_count)
		skip("no OpenCL device");
	session->context = clCreateContext(NULL, 1, &session->device, NULL, NULL, &error);
	check(error, "clCreateContext");
	session->queue =
		clCreateCommandQueueWithProperties(session->context, session->device, NULL, &error);
	check(error, "clCreateCommandQueueWithProperties");
	name = device_text(session->device, CL_DEVICE_NAME);
	snprintf(session->name, sizeof(session->name), "%s", name);
	free(name);
	session->has_half = tandem_session_has_extension(session, "cl_khr_fp16");
	session->has_double = fp_config(session->device, CL_DEVICE_DOUBLE_FP_CONFIG) != 0;
	config = fp_config(session->device, CL_DEVICE_SINGLE_FP_CONFIG);
	session->has_exact_divide = (config & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0;
}

void tandem_session_close(struct tandem_session *session)
{
	check(clReleaseCommandQueue(session->queue), "clReleaseCommandQueue");
	check(clReleaseContext(session->context), "clReleaseContext");
}

bool tandem_session_has_feature(const struct tandem_session *session, const char *feature)
{
	cl_name_version *features;
	size_t size_bytes = 0;
	bool found = false;

	if (clGetDeviceInfo(session->device, CL_DEVICE_OPENCL_C_FEATURES, 0, NULL, &size_bytes) !=
	    CL_SUCCESS)
		return false;
	features = calloc(1, size_bytes + 1);
	if (!features)
		exit(2);
	check(clGetDeviceInfo(session->device, CL_DEVICE_OPENCL_C_FEATURES, size_bytes, features,
			      NULL),
	      "clGetDeviceInfo");
	for (size_t i = 0; i < size_bytes / sizeof(*features); i++) {
		if (!strcmp(features[i].name, feature))
			found = true;
	}
	free(features);
	return found;
}

bool tandem_session_has_extension(const struct tandem_session *session, const char *extension)
{
	char *extensions = device_text(session->device, CL_DEVICE_EXTENSIONS);
	bool found = strstr(extensions, extension) != NULL;

	free(extensions);
	return found;
}

cl_program tandem_program_build(const struct tandem_session *session, const char *source,
				const char *options)
{
	cl_int error;
	cl_program program = clCreateProgramWithSource(session->context, 1, &source, NULL, &error);
	size_t size_bytes = 0;
	char *log;

	check(error, "clCreateProgramWithSource");
	error = clBuildProgram(program, 1, &session->device, options, NULL, NULL);
	if (error == CL_SUCCESS)
		return program;
	fprintf(stderr, "clBuildProgram failed: %d\n", error);
	check(clGetProgramBuildInfo(program, session->device, CL_PROGRAM_BUILD_LOG, 0, NULL,
				    &size_bytes),
	      "clGetProgramBuildInfo");
	log = calloc(1, size_bytes + 1);
	if (!log)
		exit(2);
	check(clGetProgramBuildInfo(program, session->device, CL_PROGRAM_BUILD_LOG, size_bytes, log,
				    NULL),
	      "clGetProgramBuildInfo");
	fprintf(stderr, "%s\n", log);
	free(log);
	tandem_program_release(program);
	return NULL;
}

void tandem_program_release(cl_program program)
{
	check(clReleaseProgram(program), "clReleaseProgram");
}

cl_kernel tandem_kernel_create(cl_program program, const char *name)
{
	cl_int error;
	cl_kernel kernel = clCreateKernel(program, name, &error);

	check(error, "clCreateKernel");
	return kernel;
}

void tandem_kernel_release(cl_kernel kernel)
{
	check(clReleaseKernel(kernel), "clReleaseKernel");
}

void tandem_kernel_set(cl_kernel kernel, cl_uint index, size_t size_bytes, const void *value)
{
	check(clSetKernelArg(kernel, index, size_bytes, value), "clSetKernelArg");
}

cl_mem tandem_buffer_create(const struct tandem_session *session, size_t size_bytes,
			    const void *content)
{
	cl_int error;
	cl_mem buffer =
		clCreateBuffer(session->context, CL_MEM_READ_WRITE, size_bytes, NULL, &error);

	check(error, "clCreateBuffer");
	if (content)
		check(clEnqueueWriteBuffer(session->queue, buffer, CL_TRUE, 0, size_bytes, content,
					   0, NULL, NULL),
		      "clEnqueueWriteBuffer");
	return buffer;
}

void tandem_buffer_read(const struct tandem_session *session, cl_mem buffer, size_t size_bytes,
			void *content)
{
	check(clEnqueueReadBuffer(session->queue, buffer, CL_TRUE, 0, size_bytes, content, 0, NULL,
				  NULL),
	      "clEnqueueReadBuffer");
}

void tandem_buffer_release(cl_mem buffer)
{
	check(clReleaseMemObject(buffer), "clReleaseMemObject");
}

void tandem_kernel_run(const struct tandem_session *session, cl_kernel kernel, size_t global_size,
		       size_t local_size)
{
	check(clEnqueueNDRangeKernel(session->queue, kernel, 1, NULL, &global_size,
				     local_size ? &local_size : NULL, 0, NULL, NULL),
	      "clEnqueueNDRangeKernel");
	check(clFinish(session->queue), "clFinish");
}

void tandem_kernel_run_3d(const struct tandem_session *session, cl_kernel kernel,
			  const size_t global_size[3], const size_t local_size[3])
{
	check(clEnqueueNDRangeKernel(session->queue, kernel, 3, NULL, global_size, local_size, 0,
				     NULL, NULL),
	      "clEnqueueNDRangeKernel");
	check(clFinish(session->queue), "clFinish");
}
