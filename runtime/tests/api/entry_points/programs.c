// SPDX-License-Identifier: MIT
/* Programs, kernels, events. */
#include "entry_points.h"

#include "../il_module.h"

extern const char entry_points_cl[];
extern const size_t entry_points_cl_size;

static cl_program source_program(struct tour *tour)
{
	const char *source = entry_points_cl;
	cl_int code;
	cl_program program = CALL(clCreateProgramWithSource, tour->context, 1, &source,
				  &entry_points_cl_size, &code);

	check_success_fatal(code);
	return program;
}

static void tour_binary(struct tour *tour)
{
	cl_build_status status = CL_BUILD_NONE;
	cl_int code, loaded = 1;
	unsigned char *bytes;
	cl_program program;
	size_t length = 0;

	GOOD(clGetProgramInfo, tour->program, CL_PROGRAM_BINARY_SIZES, sizeof(length), &length,
	     NULL);
	bytes = malloc(length);
	check_fatal(bytes, "no memory for %zu bytes", length);
	GOOD(clGetProgramInfo, tour->program, CL_PROGRAM_BINARIES, sizeof(bytes), &bytes, NULL);
	program = CALL(clCreateProgramWithBinary, tour->context, 1, &tour->device, &length,
		       (const unsigned char **)&bytes, &loaded, &code);
	free(bytes);
	check_success_fatal(code);
	check_success(loaded);
	GOOD(clBuildProgram, program, 0, NULL, NULL, NULL, NULL);
	GOOD(clGetProgramBuildInfo, program, tour->device, CL_PROGRAM_BUILD_STATUS, sizeof(status),
	     &status, NULL);
	check_equal(CL_BUILD_SUCCESS, status);
	GOOD(clRetainProgram, program);
	GOOD(clReleaseProgram, program);
	GOOD(clReleaseProgram, program);
}

static void tour_link(struct tour *tour)
{
	cl_program object = source_program(tour), linked;
	cl_kernel kernels[2] = { NULL, NULL };
	cl_uint count = 0;
	cl_int code;

	GOOD(clCompileProgram, object, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL);
	linked = CALL(clLinkProgram, tour->context, 0, NULL, NULL, 1, &object, NULL, NULL, &code);
	check_success_fatal(code);
	GOOD(clCreateKernelsInProgram, linked, 2, kernels, &count);
	check_equal(2, count);
	for (cl_uint i = 0; i < count; i++)
		GOOD(clReleaseKernel, kernels[i]);
	GOOD(clReleaseProgram, object);
	GOOD(clReleaseProgram, linked);
}

static void tour_il(struct tour *tour)
{
	const cl_uint value = 3;
	cl_int code;
	cl_program program = CALL(clCreateProgramWithIL, tour->context, test_il_module,
				  sizeof(test_il_module), &code);

	if (!test_takes_il(tour->device)) {
		check_equal(CL_INVALID_OPERATION, code);
		check_equal(CL_INVALID_OPERATION,
			    CALL(clSetProgramSpecializationConstant, tour->program,
				 TEST_IL_CONSTANT, sizeof(value), &value));
		return;
	}
	check_success_fatal(code);
	GOOD(clSetProgramSpecializationConstant, program, TEST_IL_CONSTANT, sizeof(value), &value);
	GOOD(clReleaseProgram, program);
}

void tour_program(struct tour *tour)
{
	tour->program = source_program(tour);
	GOOD(clBuildProgram, tour->program, 1, &tour->device, "-cl-kernel-arg-info", NULL, NULL);
	tour_binary(tour);
	tour_link(tour);
	tour_il(tour);
}

static void tour_kernel_queries(struct tour *tour)
{
	const size_t local = 8;
	char name[16] = "";
	cl_uint count = 0;
	size_t items = 0;
	cl_int code;

	GOOD(clGetKernelInfo, tour->kernel, CL_KERNEL_NUM_ARGS, sizeof(count), &count, NULL);
	check_equal(2, count);
	GOOD(clGetKernelArgInfo, tour->kernel, 1, CL_KERNEL_ARG_NAME, sizeof(name), name, NULL);
	check(!strcmp(name, "number"), "%s", name);
	GOOD(clGetKernelWorkGroupInfo, tour->kernel, tour->device, CL_KERNEL_WORK_GROUP_SIZE,
	     sizeof(items), &items, NULL);
	check(items >= 1, "%zu", items);
	GOOD(clGetDeviceInfo, tour->device, CL_DEVICE_MAX_NUM_SUB_GROUPS, sizeof(count), &count,
	     NULL);
	code = count ? CL_SUCCESS : CL_INVALID_OPERATION;
	check_equal(code, CALL(clGetKernelSubGroupInfo, tour->kernel, tour->device,
			       CL_KERNEL_MAX_NUM_SUB_GROUPS, 0, NULL, sizeof(items), &items, NULL));
	check_equal(code, CALL(clGetKernelSubGroupInfoKHR, tour->kernel, tour->device,
			       CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE_KHR, sizeof(local), &local,
			       sizeof(items), &items, NULL));
	check(items >= 1, "%zu", items);
}

static void CL_CALLBACK set_native(void *arguments)
{
	cl_int *memory;

	memcpy(&memory, arguments, sizeof(memory));
	memory[0] = 100;
}

static void tour_native(struct tour *tour)
{
	void *arguments[1] = { NULL };
	const void *places[1] = { arguments };
	cl_int seen = 0;

	GOOD(clEnqueueNativeKernel, tour->queue, set_native, arguments, sizeof(arguments), 1,
	     &tour->buffer, places, 0, NULL, NULL);
	GOOD(clEnqueueReadBuffer, tour->queue, tour->buffer, CL_TRUE, 0, sizeof(seen), &seen, 0,
	     NULL, NULL);
	check_equal(100, seen);
}

/* Of OpenCL 3.1, at the end of its table: headers may declare it as a pointer to anything. */
static void tour_suggestion(struct tour *tour)
{
#if TANDEM_TABLE_OF_3_1
	const size_t slot =
		offsetof(cl_icd_dispatch, clGetKernelSuggestedLocalWorkSize) / sizeof(void *);
	const size_t items = TOUR_INTS;
	clGetKernelSuggestedLocalWorkSizeKHR_fn suggest;
	size_t size = 0;

	tour->called[slot] = true;
	*(void **)&suggest = ((void *const *)(const void *)tour->cl)[slot];
	check_success(suggest(tour->queue, tour->kernel, 1, NULL, &items, &size));
	check(size, "no size");
#endif
}

void tour_kernel(struct tour *tour)
{
	const size_t items = TOUR_INTS;
	const cl_int six = 6, zero = 0;
	void *pointers[1] = { tour->svm };
	cl_kernel clone, task;
	cl_int code;

	tour->kernel = CALL(clCreateKernel, tour->program, "add", &code);
	check_success_fatal(code);
	GOOD(clSetKernelArgSVMPointer, tour->kernel, 0, tour->svm);
	GOOD(clSetKernelArg, tour->kernel, 1, sizeof(six), &six);
	GOOD(clSetKernelExecInfo, tour->kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(pointers),
	     pointers);
	tour_suggestion(tour);
	clone = CALL(clCloneKernel, tour->kernel, &code);
	check_success_fatal(code);
	GOOD(clSetKernelArg, clone, 1, sizeof(zero), &zero);
	GOOD(clEnqueueNDRangeKernel, tour->queue, tour->kernel, 1, NULL, &items, NULL, 0, NULL,
	     NULL);
	GOOD(clEnqueueNDRangeKernel, tour->queue, clone, 1, NULL, &items, NULL, 0, NULL, NULL);
	GOOD(clFinish, tour->queue);
	for (size_t i = 0; i < items; i++)
		check(tour->svm[i] == 10, "int %zu is %d, expected 10", i, tour->svm[i]);
	GOOD(clRetainKernel, clone);
	GOOD(clReleaseKernel, clone);
	GOOD(clReleaseKernel, clone);

	task = CALL(clCreateKernel, tour->program, "nothing", &code);
	check_success_fatal(code);
	GOOD(clEnqueueTask, tour->queue, task, 0, NULL, NULL);
	GOOD(clReleaseKernel, task);
	tour_kernel_queries(tour);
	tour_native(tour);
}

/* ---- events ---- */

static _Atomic int events_completed;

static void CL_CALLBACK count_event(cl_event event, cl_int status, void *user_data)
{
	check_equal(CL_COMPLETE, status);
	atomic_fetch_add(&events_completed, 1);
}

static void tour_markers(struct tour *tour, cl_event gate)
{
	cl_event events[3] = { NULL, NULL, NULL };

	GOOD(clEnqueueMarkerWithWaitList, tour->queue, 1, &gate, &events[0]);
	GOOD(clEnqueueMarker, tour->queue, &events[1]);
	GOOD(clEnqueueBarrierWithWaitList, tour->queue, 1, &events[0], &events[2]);
	GOOD(clEnqueueBarrier, tour->queue);
	GOOD(clEnqueueWaitForEvents, tour->queue, 1, &events[1]);
	GOOD(clSetEventCallback, events[2], CL_COMPLETE, count_event, NULL);
	check(test_event_status(events[2]) > CL_COMPLETE, "the gate is open already");
	GOOD(clSetUserEventStatus, gate, CL_COMPLETE);
	GOOD(clWaitForEvents, 3, events);
	test_await(&events_completed, 1);
	for (int i = 0; i < 3; i++)
		GOOD(clReleaseEvent, events[i]);
}

void tour_events(struct tour *tour)
{
	cl_ulong start = 0, end = 0;
	cl_command_type type = 0;
	cl_event gate, event;
	cl_int code;

	gate = CALL(clCreateUserEvent, tour->context, &code);
	check_success_fatal(code);
	GOOD(clRetainEvent, gate);
	GOOD(clReleaseEvent, gate);
	GOOD(clGetEventInfo, gate, CL_EVENT_COMMAND_TYPE, sizeof(type), &type, NULL);
	check_equal(CL_COMMAND_USER, type);
	tour_markers(tour, gate);
	GOOD(clReleaseEvent, gate);

	GOOD(clEnqueueMarkerWithWaitList, tour->queue, 0, NULL, &event);
	GOOD(clWaitForEvents, 1, &event);
	GOOD(clGetEventProfilingInfo, event, CL_PROFILING_COMMAND_START, sizeof(start), &start,
	     NULL);
	GOOD(clGetEventProfilingInfo, event, CL_PROFILING_COMMAND_END, sizeof(end), &end, NULL);
	check(start <= end, "from %llu to %llu", (unsigned long long)start,
	      (unsigned long long)end);
	GOOD(clReleaseEvent, event);
}
