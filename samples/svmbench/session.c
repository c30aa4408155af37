// SPDX-License-Identifier: MIT
/* What the benchmarks have in common: the list of all, units, and OpenCL calls that report. */
#include "bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* In the order in which they run in a round. */
static const struct bench_group *const groups[] = {
	&bench_build_group,    &bench_alloc_group,    &bench_memory_group,   &bench_compute_group,
	&bench_kernels_group,  &bench_launch_group,   &bench_recorded_group, &bench_atomics_group,
	&bench_pingpong_group, &bench_selftest_group,
};

const struct bench *bench_at(size_t position)
{
	size_t i;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (position < groups[i]->count)
			return &groups[i]->benches[position];
		position -= groups[i]->count;
	}
	return NULL;
}

size_t bench_count(void)
{
	size_t count = 0;

	while (bench_at(count))
		count++;
	return count;
}

const struct bench *bench_by_name(const char *name)
{
	const struct bench *bench;
	size_t i;

	for (i = 0; (bench = bench_at(i)); i++) {
		if (!strcmp(bench->name, name))
			return bench;
	}
	return NULL;
}

bool bench_is_selftest(const struct bench *bench)
{
	return bench >= bench_selftest_group.benches &&
	       bench < bench_selftest_group.benches + bench_selftest_group.count;
}

const char *bench_unit_name(enum bench_unit unit)
{
	switch (unit) {
	case BENCH_NS:
		return "ns";
	case BENCH_US:
		return "us";
	case BENCH_MS:
		return "ms";
	case BENCH_GB_PER_S:
		return "GB/s";
	case BENCH_MILLION_PER_S:
		return "M/s";
	case BENCH_TIMES:
		return "times";
	}
	return "";
}

bool bench_unit_more_is_better(enum bench_unit unit)
{
	return unit == BENCH_GB_PER_S || unit == BENCH_MILLION_PER_S || unit == BENCH_TIMES;
}

double bench_figure(enum bench_unit unit, const struct bench_timing *timing)
{
	double elapsed_ns = (double)timing->elapsed_ns;

	switch (unit) {
	case BENCH_NS:
	case BENCH_TIMES:
		return elapsed_ns / timing->work;
	case BENCH_US:
		return elapsed_ns / timing->work / 1e3;
	case BENCH_MS:
		return elapsed_ns / timing->work / 1e6;
	case BENCH_GB_PER_S: /* 1e9 bytes in 1e9 ns */
		return timing->work / elapsed_ns;
	case BENCH_MILLION_PER_S:
		return timing->work / elapsed_ns * 1e3;
	}
	return 0;
}

enum bench_status bench_skip(struct bench_session *session, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(session->reason, sizeof(session->reason), format, arguments);
	va_end(arguments);
	return BENCH_SKIPPED;
}

enum bench_status bench_fail(struct bench_session *session, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(session->reason, sizeof(session->reason), format, arguments);
	va_end(arguments);
	return BENCH_FAILED;
}

enum bench_status bench_cl(struct bench_session *session, cl_int error, const char *call)
{
	if (error == CL_SUCCESS)
		return BENCH_OK;
	return bench_fail(session, "%s: %s (%d)", call, sample_error_name(error), error);
}

enum bench_status bench_need_svm(struct bench_session *session, cl_device_svm_capabilities needed)
{
	const struct sample_device *device = &session->cl.device;

	if ((needed & CL_DEVICE_SVM_FINE_GRAIN_BUFFER) &&
	    !(device->svm & CL_DEVICE_SVM_FINE_GRAIN_BUFFER))
		return bench_skip(session, "the device has no fine-grain SVM buffers");
	if ((needed & CL_DEVICE_SVM_ATOMICS) && !(device->svm & CL_DEVICE_SVM_ATOMICS))
		return bench_skip(session, "the device has no SVM atomics");
	if ((needed & CL_DEVICE_SVM_ATOMICS) && !device->c_atomics)
		return bench_skip(session, "the device has no OpenCL C atomics of device scope");
	return BENCH_OK;
}

enum bench_status bench_kernel(struct bench_session *session, const char *source,
			       size_t source_bytes, const char *name, cl_kernel *kernel)
{
	enum bench_status status;
	cl_program program;
	cl_int error;

	status = bench_cl(session, sample_build(&session->cl, source, source_bytes, "", &program),
			  "clBuildProgram");
	if (status)
		return status;
	*kernel = clCreateKernel(program, name, &error);
	clReleaseProgram(program); /* the kernel keeps it */
	return bench_cl(session, error, "clCreateKernel");
}

enum bench_status bench_enqueue(struct bench_session *session, cl_kernel kernel, size_t global,
				size_t local)
{
	return bench_cl(session,
			clEnqueueNDRangeKernel(session->cl.queue, kernel, 1, NULL, &global,
					       local ? &local : NULL, 0, NULL, NULL),
			"clEnqueueNDRangeKernel");
}

enum bench_status bench_finish(struct bench_session *session)
{
	return bench_cl(session, clFinish(session->cl.queue), "clFinish");
}

enum bench_status bench_arg(struct bench_session *session, cl_kernel kernel, cl_uint index,
			    size_t bytes, const void *value)
{
	return bench_cl(session, clSetKernelArg(kernel, index, bytes, value), "clSetKernelArg");
}

enum bench_status bench_arg_svm(struct bench_session *session, cl_kernel kernel, cl_uint index,
				const void *pointer)
{
	return bench_cl(session, clSetKernelArgSVMPointer(kernel, index, pointer),
			"clSetKernelArgSVMPointer");
}

enum bench_status bench_svm_alloc(struct bench_session *session, size_t bytes, bool atomics,
				  void **memory)
{
	cl_svm_mem_flags flags = CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER;

	if (atomics)
		flags |= CL_MEM_SVM_ATOMICS;
	*memory = clSVMAlloc(session->cl.context, flags, bytes, 0);
	if (!*memory)
		return bench_fail(session, "clSVMAlloc of %zu bytes%s gave NULL", bytes,
				  atomics ? " with atomics" : "");
	return BENCH_OK;
}

void bench_svm_free(struct bench_session *session, void *memory)
{
	if (memory)
		clSVMFree(session->cl.context, memory);
}

enum bench_status bench_buffer(struct bench_session *session, size_t bytes, const void *contents,
			       cl_mem *buffer)
{
	enum bench_status status;
	cl_int error;

	*buffer = clCreateBuffer(session->cl.context, CL_MEM_READ_WRITE, bytes, NULL, &error);
	status = bench_cl(session, error, "clCreateBuffer");
	if (status || !contents)
		return status;
	return bench_cl(session,
			clEnqueueWriteBuffer(session->cl.queue, *buffer, CL_TRUE, 0, bytes,
					     contents, 0, NULL, NULL),
			"clEnqueueWriteBuffer");
}

enum bench_status bench_read(struct bench_session *session, cl_mem buffer, size_t bytes,
			     void *contents)
{
	return bench_cl(session,
			clEnqueueReadBuffer(session->cl.queue, buffer, CL_TRUE, 0, bytes, contents,
					    0, NULL, NULL),
			"clEnqueueReadBuffer");
}
