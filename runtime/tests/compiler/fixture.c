// SPDX-License-Identifier: MIT
#include "fixture.h"

#include <stdio.h>
#include <unistd.h>

void fixture_open(struct fixture *fixture)
{
	cl_int code = clGetPlatformIDs(1, &fixture->platform, NULL);

	if (code != CL_SUCCESS)
		check_skip("no OpenCL platform: code %d", code);
	code = clGetDeviceIDs(fixture->platform, CL_DEVICE_TYPE_ALL, 1, &fixture->device, NULL);
	check_fatal(code == CL_SUCCESS, "clGetDeviceIDs: %d", code);
	fixture->context = clCreateContext(NULL, 1, &fixture->device, NULL, NULL, &code);
	check_fatal(code == CL_SUCCESS, "clCreateContext: %d", code);
	fixture->queue =
		clCreateCommandQueueWithProperties(fixture->context, fixture->device, NULL, &code);
	check_fatal(code == CL_SUCCESS, "clCreateCommandQueueWithProperties: %d", code);
}

void fixture_close(struct fixture *fixture)
{
	clReleaseCommandQueue(fixture->queue);
	clReleaseContext(fixture->context);
}

static cl_program create_program(struct fixture *fixture, const char *source)
{
	cl_program program;
	cl_int code;

	program = clCreateProgramWithSource(fixture->context, 1, &source, NULL, &code);
	check_fatal(code == CL_SUCCESS, "clCreateProgramWithSource: %d", code);
	return program;
}

static void read_log(struct fixture *fixture, cl_program program, char *log, size_t room)
{
	if (clGetProgramBuildInfo(program, fixture->device, CL_PROGRAM_BUILD_LOG, room, log, NULL))
		snprintf(log, room, "(the log is longer than %zu bytes)", room);
}

cl_program fixture_build(struct fixture *fixture, const char *source, const char *options)
{
	cl_program program = create_program(fixture, source);
	char log[16384] = "";
	cl_int code = clBuildProgram(program, 1, &fixture->device, options, NULL, NULL);

	if (code != CL_SUCCESS)
		read_log(fixture, program, log, sizeof(log));
	check_fatal(code == CL_SUCCESS, "clBuildProgram: %d\n%s", code, log);
	return program;
}

cl_program fixture_build_noted(struct fixture *fixture, const char *source, const char *options,
			       char *notes, size_t room)
{
	int error_stream = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	cl_program program;

	check_fatal(file && error_stream >= 0, "no temporary file");
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	program = fixture_build(fixture, source, options);
	fflush(stderr);
	dup2(error_stream, STDERR_FILENO);
	close(error_stream);
	rewind(file);
	notes[fread(notes, 1, room - 1, file)] = 0;
	fclose(file);
	return program;
}

cl_int fixture_build_error(struct fixture *fixture, const char *source, const char *options,
			   char *log, size_t room)
{
	cl_program program = create_program(fixture, source);
	cl_int code = clBuildProgram(program, 1, &fixture->device, options, NULL, NULL);

	read_log(fixture, program, log, room);
	clReleaseProgram(program);
	return code;
}

void *fixture_alloc(struct fixture *fixture, size_t bytes)
{
	void *pointer = clSVMAlloc(fixture->context,
				   CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS, bytes, 0);

	check_fatal(pointer, "clSVMAlloc of %zu bytes", bytes);
	memset(pointer, 0, bytes);
	return pointer;
}

void fixture_free(struct fixture *fixture, void *pointer)
{
	clSVMFree(fixture->context, pointer);
}

void fixture_run(struct fixture *fixture, cl_program program, const struct fixture_launch *launch)
{
	cl_int code;
	cl_kernel kernel = clCreateKernel(program, launch->kernel, &code);

	check_fatal(code == CL_SUCCESS, "clCreateKernel %s: %d", launch->kernel, code);
	for (cl_uint i = 0; i < launch->argument_count; i++) {
		const struct fixture_argument *argument = &launch->arguments[i];

		if (argument->is_svm)
			code = clSetKernelArgSVMPointer(kernel, i, argument->value);
		else
			code = clSetKernelArg(kernel, i, argument->bytes, argument->value);
		check_fatal(code == CL_SUCCESS, "argument %u of %s: %d", i, launch->kernel, code);
	}
	code = clEnqueueNDRangeKernel(fixture->queue, kernel, launch->dimensions, launch->offset,
				      launch->global, launch->local, 0, NULL, NULL);
	check_fatal(code == CL_SUCCESS, "clEnqueueNDRangeKernel %s: %d", launch->kernel, code);
	code = clFinish(fixture->queue);
	check_fatal(code == CL_SUCCESS, "clFinish: %d", code);
	clReleaseKernel(kernel);
}

void fixture_run_1d(struct fixture *fixture, cl_program program, const char *kernel, size_t global,
		    size_t local, const struct fixture_argument *arguments, cl_uint argument_count)
{
	const struct fixture_launch launch = {
		.kernel = kernel,
		.dimensions = 1,
		.global = &global,
		.local = local ? &local : NULL,
		.arguments = arguments,
		.argument_count = argument_count,
	};

	fixture_run(fixture, program, &launch);
}
