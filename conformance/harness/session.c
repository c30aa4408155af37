// SPDX-License-Identifier: MIT
/* OpenCL in few words, for cases. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* ---- the session ---- */

void svm_session_open(struct svm_run *run)
{
	const cl_context_properties properties[] = { CL_CONTEXT_PLATFORM,
						     (cl_context_properties)run->device.platform,
						     0 };
	char missing[600];
	cl_int code;

	svm_missing(&run->device, run->test->needs & ~(uint64_t)SVM_NO_DEVICE, missing,
		    sizeof(missing));
	if (missing[0])
		svm_skip("the device lacks %s", missing);
	svm_step("making a context and a queue");
	run->context = clCreateContext(properties, 1, &run->device.handle, NULL, NULL, &code);
	svm_success(code);
	run->queue = svm_queue(run, 0);
}

void svm_session_close(struct svm_run *run)
{
	svm_finish(run->queue, "finishing the queue at the end");
	svm_stop_word(NULL);
	svm_step("releasing queue and context");
	svm_success(clReleaseCommandQueue(run->queue));
	svm_success(clReleaseContext(run->context));
	svm_step("leaving the process");
}

cl_command_queue svm_queue(struct svm_run *run, cl_command_queue_properties flags)
{
	const cl_queue_properties properties[] = { CL_QUEUE_PROPERTIES, flags, 0 };
	cl_command_queue queue;
	cl_int code;

	if (run->device.version_major >= 2)
		queue = clCreateCommandQueueWithProperties(run->context, run->device.handle,
							   properties, &code);
	else
		queue = clCreateCommandQueue(run->context, run->device.handle, flags, &code);
	svm_success(code);
	return queue;
}

/* ---- programs ---- */

static void fail_build(struct svm_run *run, cl_program program, cl_int code, const char *options)
{
	char log[900] = "";
	size_t bytes = 0;
	char *text = NULL;

	clGetProgramBuildInfo(program, run->device.handle, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes);
	text = calloc(1, bytes + 1);
	if (text)
		clGetProgramBuildInfo(program, run->device.handle, CL_PROGRAM_BUILD_LOG, bytes,
				      text, NULL);
	snprintf(log, sizeof(log), "%s", text ? text : "");
	svm_expect(false, "the device code does not build: %s, options %s\n%s",
		   svm_error_name(code), options, log);
}

cl_program svm_build_in(struct svm_run *run, cl_context context, const char *source,
			const char *options)
{
	char all_options[1024];
	cl_program program;
	cl_int code;

	snprintf(all_options, sizeof(all_options), "%s-DSVM_SCOPE=%s %s",
		 run->device.version_major >= 3 ? "-cl-std=CL3.0 " :
		 run->device.version_major == 2 ? "-cl-std=CL2.0 " :
						  "",
		 run->device.has & SVM_ALL_DEVICES ? "memory_scope_all_svm_devices" :
						     "memory_scope_device",
		 options);
	svm_step("building the device code");
	program = clCreateProgramWithSource(context, 1, &source, NULL, &code);
	svm_success(code);
	code = clBuildProgram(program, 0, NULL, all_options, NULL, NULL);
	if (code != CL_SUCCESS)
		fail_build(run, program, code, all_options);
	return program;
}

cl_program svm_build(struct svm_run *run, const char *source, const char *options, ...)
{
	char text[768];
	va_list arguments;

	va_start(arguments, options);
	vsnprintf(text, sizeof(text), options, arguments);
	va_end(arguments);
	return svm_build_in(run, run->context, source, text);
}

cl_kernel svm_kernel(cl_program program, const char *name)
{
	cl_int code;
	cl_kernel kernel = clCreateKernel(program, name, &code);

	svm_expect(code == CL_SUCCESS, "clCreateKernel of %s: %s", name, svm_error_name(code));
	return kernel;
}

cl_kernel svm_build_kernel(struct svm_run *run, const char *source, const char *name)
{
	cl_program program = svm_build(run, source, " ");
	cl_kernel kernel = svm_kernel(program, name);

	svm_success(clReleaseProgram(program));
	return kernel;
}

void svm_arg(cl_kernel kernel, cl_uint index, size_t bytes, const void *value)
{
	svm_success(clSetKernelArg(kernel, index, bytes, value));
}

void svm_arg_uint(cl_kernel kernel, cl_uint index, cl_uint value)
{
	svm_arg(kernel, index, sizeof(value), &value);
}

void svm_arg_pointer(cl_kernel kernel, cl_uint index, const void *pointer)
{
	svm_success(clSetKernelArgSVMPointer(kernel, index, pointer));
}

/* ---- memory ---- */

static void *allocate(struct svm_run *run, cl_svm_mem_flags flags, size_t bytes)
{
	void *memory = clSVMAlloc(run->context, CL_MEM_READ_WRITE | flags, bytes, 0);

	svm_expect(memory, "clSVMAlloc of %zu bytes, flags 0x%llx: NULL", bytes,
		   (unsigned long long)flags);
	if (!(flags & CL_MEM_SVM_FINE_GRAIN_BUFFER))
		svm_map(run, memory, bytes);
	memset(memory, 0, bytes);
	if (!(flags & CL_MEM_SVM_FINE_GRAIN_BUFFER))
		svm_unmap(run, memory);
	return memory;
}

void *svm_coarse(struct svm_run *run, size_t bytes)
{
	return allocate(run, 0, bytes);
}

void *svm_fine(struct svm_run *run, size_t bytes)
{
	return allocate(run, CL_MEM_SVM_FINE_GRAIN_BUFFER, bytes);
}

void *svm_atomic(struct svm_run *run, size_t bytes)
{
	return allocate(run, CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS, bytes);
}

void *svm_any(struct svm_run *run, size_t bytes)
{
	return run->device.has & SVM_FINE ? svm_fine(run, bytes) : svm_coarse(run, bytes);
}

void svm_map(struct svm_run *run, void *pointer, size_t bytes)
{
	svm_success(clEnqueueSVMMap(run->queue, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, pointer, bytes,
				    0, NULL, NULL));
}

void svm_unmap(struct svm_run *run, void *pointer)
{
	svm_success(clEnqueueSVMUnmap(run->queue, pointer, 0, NULL, NULL));
	svm_success(clFinish(run->queue));
}

/* ---- commands ---- */

void svm_launch(cl_command_queue queue, cl_kernel kernel, size_t global, size_t local)
{
	svm_success(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, local ? &local : NULL,
					   0, NULL, NULL));
}

cl_event svm_launch_event(cl_command_queue queue, cl_kernel kernel, size_t global,
			  cl_uint wait_count, const cl_event *wait)
{
	cl_event event = NULL;

	svm_success(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, NULL, wait_count, wait,
					   &event));
	return event;
}

void svm_finish(cl_command_queue queue, const char *what)
{
	svm_step(what);
	svm_success(clFinish(queue));
}

cl_int svm_event_status(cl_event event)
{
	cl_int status = CL_QUEUED;

	svm_success(clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(status),
				   &status, NULL));
	return status;
}

cl_command_type svm_event_type(cl_event event)
{
	cl_command_type type = 0;

	svm_success(clGetEventInfo(event, CL_EVENT_COMMAND_TYPE, sizeof(type), &type, NULL));
	return type;
}
