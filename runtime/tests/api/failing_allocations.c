// SPDX-License-Identifier: MIT
/*
 * What happens where memory is short: of each call that makes something, the first
 * allocation fails, then the second, and so on, until a round in which none does.
 * The call says so with a code that the specification has for it, or does without
 * the memory; what was made before still works, and nothing is lost: many
 * series of rounds end with about as many live allocations as they began with.
 */
#include "command_buffers/command_buffers.h"
#include "failing_allocator.h"
#include "harness.h"
#include "unified_memory.h"

#define MOST_ROUNDS 2000
#define SERIES	    20
#define INTS	    64

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

int main(void)
{
	check_skip("sanitizers have an allocator of their own");
}

#else

/* ---- what there is before ---- */

static const char source[] = "kernel void add(global int *numbers, int number)\n"
			     "{\n"
			     "	numbers[get_global_id(0)] += number;\n"
			     "}\n"
			     "kernel void nothing(void) {}\n";

/* So many kernels that each is compiled when it is created. */
static const char many_source[] =
	"#define KERNEL(name) __attribute__((reqd_work_group_size(8, 1, 1))) \\\n"
	"	kernel void name(global int *a) { a[get_global_id(0)] += 1; }\n"
	"KERNEL(a) KERNEL(b) KERNEL(c) KERNEL(d) KERNEL(e) KERNEL(f) KERNEL(g) KERNEL(h)\n"
	"KERNEL(i) KERNEL(j) KERNEL(k) KERNEL(l)\n";

static struct world {
	struct test_setup setup;
	cl_program program;
	cl_kernel kernel;
	cl_mem numbers, others;
	cl_int *svm;
	unsigned char *binary;
	size_t binary_bytes;
	unsigned char *many; /* the binary of many_source */
	size_t many_bytes;
	cl_int added; /* what each number should be */
	struct command_buffer_functions buffers;
	struct unified_memory_functions unified;
	/* Of a launch that adds nothing. */
	cl_command_buffer_khr command_buffer;
	cl_mutable_command_khr command;
} world;

static cl_int end_of(cl_int code, const cl_event *event)
{
	cl_int status;

	if (code != CL_SUCCESS)
		return code;
	code = clWaitForEvents(1, event);
	status = test_event_status(*event);
	clReleaseEvent(*event);
	return status < 0 ? status : code;
}

/* In groups that are smaller than the kernel requires, for which there is code then. */
static cl_int launch_smaller(cl_kernel kernel)
{
	const size_t items = 12, group = 8;
	cl_int code = clSetKernelArg(kernel, 0, sizeof(world.others), &world.others);
	cl_event event;

	if (code == CL_SUCCESS)
		code = clEnqueueNDRangeKernel(world.setup.queue, kernel, 1, NULL, &items, &group, 0,
					      NULL, &event);
	return end_of(code, &event);
}

/* Leaves the kernel that is created below in the cache. */
static void fill_many(void)
{
	cl_program program = test_build(world.setup.context, many_source, "-cl-std=CL3.0");
	cl_kernel kernel = test_kernel(program, "h");

	check_success_fatal(launch_smaller(kernel));
	clReleaseKernel(kernel);
	world.many = test_binary(program, &world.many_bytes);
	clReleaseProgram(program);
}

static void fill_command_buffer(void)
{
	const cl_properties properties[] = { CL_COMMAND_BUFFER_FLAGS_KHR,
					     CL_COMMAND_BUFFER_MUTABLE_KHR, 0 };
	const size_t items = INTS;
	const cl_int zero = 0;
	cl_int code;

	load_functions(world.setup.platform, &world.buffers);
	world.command_buffer =
		world.buffers.clCreateCommandBufferKHR(1, &world.setup.queue, properties, &code);
	check_success_fatal(code);
	check_success(clSetKernelArg(world.kernel, 1, sizeof(zero), &zero));
	check_success_fatal(world.buffers.clCommandNDRangeKernelKHR(
		world.command_buffer, NULL, NULL, world.kernel, 1, NULL, &items, NULL, 0, NULL,
		NULL, &world.command));
	check_success(world.buffers.clFinalizeCommandBufferKHR(world.command_buffer));
}

static void fill_world(void)
{
	static const cl_int zeros[INTS];
	const size_t bytes = sizeof(zeros);

	world.setup = test_open();
	world.program = test_build(world.setup.context, source, "");
	world.kernel = test_kernel(world.program, "add");
	world.numbers = test_buffer(world.setup.context, bytes, zeros);
	world.others = test_buffer(world.setup.context, bytes, zeros);
	world.svm = clSVMAlloc(world.setup.context, CL_MEM_READ_WRITE, 4096, 0);
	check_fatal(world.svm, "clSVMAlloc");
	check_success(clSetKernelArg(world.kernel, 0, sizeof(cl_mem), &world.numbers));
	world.binary = test_binary(world.program, &world.binary_bytes);
	fill_many();
	fill_command_buffer();
	load_unified_memory(world.setup.platform, &world.unified);
}

/* Objects made before still work. */
static void check_world(const char *name, long round)
{
	const size_t items = INTS;
	const cl_int one = 1;
	cl_int seen[INTS];

	check_success(clSetKernelArg(world.kernel, 1, sizeof(one), &one));
	check_success(clEnqueueNDRangeKernel(world.setup.queue, world.kernel, 1, NULL, &items, NULL,
					     0, NULL, NULL));
	check_success(clEnqueueReadBuffer(world.setup.queue, world.numbers, CL_TRUE, 0,
					  sizeof(seen), seen, 0, NULL, NULL));
	world.added++;
	check(seen[INTS - 1] == world.added, "%s, round %ld: %d, expected %d", name, round,
	      seen[INTS - 1], world.added);
}

/* ---- calls; each releases what it made ---- */

static void CL_CALLBACK notify_context(cl_context context, void *data)
{
}

static void CL_CALLBACK notify_memory(cl_mem memory, void *data)
{
}

static void CL_CALLBACK notify_event(cl_event event, cl_int status, void *data)
{
}

static cl_int call_context(void)
{
	cl_int code;
	cl_context context = clCreateContext(NULL, 1, &world.setup.device, NULL, NULL, &code);

	if (!context)
		return code;
	code = clSetContextDestructorCallback(context, notify_context, NULL);
	clReleaseContext(context);
	return code;
}

static cl_int call_queue(void)
{
	const cl_queue_properties properties[] = { CL_QUEUE_PROPERTIES,
						   CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, 0 };
	cl_int code;
	cl_command_queue queue = clCreateCommandQueueWithProperties(
		world.setup.context, world.setup.device, properties, &code);

	if (queue)
		clReleaseCommandQueue(queue);
	return code;
}

static cl_int call_buffer(void)
{
	const cl_buffer_region region = { 0, 64 };
	cl_int code;
	cl_mem buffer =
		clCreateBuffer(world.setup.context, CL_MEM_READ_WRITE, 1 << 20, NULL, &code);
	cl_mem part;

	if (!buffer)
		return code;
	code = clSetMemObjectDestructorCallback(buffer, notify_memory, NULL);
	if (code == CL_SUCCESS) {
		part = clCreateSubBuffer(buffer, CL_MEM_READ_ONLY, CL_BUFFER_CREATE_TYPE_REGION,
					 &region, &code);
		if (part)
			clReleaseMemObject(part);
	}
	clReleaseMemObject(buffer);
	return code;
}

static cl_int call_svm_alloc(void)
{
	void *memory[2] = { clSVMAlloc(world.setup.context, CL_MEM_READ_WRITE, 100, 0),
			    clSVMAlloc(world.setup.context,
				       CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS, 9000,
				       0) };

	clSVMFree(world.setup.context, memory[0]);
	clSVMFree(world.setup.context, memory[1]);
	return memory[0] && memory[1] ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
}

static cl_int call_source(void)
{
	const char *text = source;
	cl_int code;
	cl_program program = clCreateProgramWithSource(world.setup.context, 1, &text, NULL, &code);

	if (program)
		clReleaseProgram(program);
	return code;
}

/* From a binary, so that neither clang nor LLVM takes part: LLVM ends a process without memory. */
static cl_int call_binary(void)
{
	const unsigned char *binary = world.binary;
	cl_int code, status;
	cl_program program = clCreateProgramWithBinary(world.setup.context, 1, &world.setup.device,
						       &world.binary_bytes, &binary, &status,
						       &code);
	cl_kernel kernels[2];

	if (!program)
		return code;
	code = clBuildProgram(program, 0, NULL, "", NULL, NULL);
	if (code == CL_SUCCESS)
		code = clCreateKernelsInProgram(program, 2, kernels, NULL);
	if (code == CL_SUCCESS) {
		clReleaseKernel(kernels[0]);
		clReleaseKernel(kernels[1]);
	}
	clReleaseProgram(program);
	return code;
}

static cl_int call_kernel(void)
{
	cl_int code;
	cl_kernel kernel = clCreateKernel(world.program, "add", &code), clone;

	if (!kernel)
		return code;
	code = clSetKernelArg(kernel, 0, sizeof(cl_mem), &world.numbers);
	if (code == CL_SUCCESS)
		code = clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(void *),
					   &world.svm);
	if (code == CL_SUCCESS) {
		clone = clCloneKernel(kernel, &code);
		if (clone)
			clReleaseKernel(clone);
	}
	clReleaseKernel(kernel);
	return code;
}

static cl_int call_event(void)
{
	cl_int code;
	cl_event event = clCreateUserEvent(world.setup.context, &code);

	if (!event)
		return code;
	code = clSetEventCallback(event, CL_COMPLETE, notify_event, NULL);
	clSetUserEventStatus(event, CL_COMPLETE);
	clReleaseEvent(event);
	return code;
}

static cl_int call_sub_devices(void)
{
	const cl_device_partition_property properties[] = { CL_DEVICE_PARTITION_EQUALLY, 2, 0 };
	cl_device_id devices[64];
	cl_uint count;
	cl_int code = clCreateSubDevices(world.setup.device, properties, 64, devices, &count);

	for (cl_uint i = 0; code == CL_SUCCESS && i < count; i++)
		clReleaseDevice(devices[i]);
	return code;
}

/* ---- commands: what they return, or what became of them ---- */

static cl_int call_launch(void)
{
	const size_t items = INTS;
	const cl_int zero = 0;
	cl_event event;
	cl_int code = clSetKernelArg(world.kernel, 1, sizeof(zero), &zero);

	if (code != CL_SUCCESS)
		return code;
	code = clEnqueueNDRangeKernel(world.setup.queue, world.kernel, 1, NULL, &items, NULL, 0,
				      NULL, &event);
	return end_of(code, &event);
}

static cl_int call_read(void)
{
	cl_int numbers[INTS];
	cl_event event;
	cl_int code = clEnqueueReadBuffer(world.setup.queue, world.others, CL_FALSE, 0,
					  sizeof(numbers), numbers, 0, NULL, &event);

	return end_of(code, &event);
}

static cl_int call_write(void)
{
	cl_int numbers[INTS] = { 0 };
	cl_event event;
	cl_int code = clEnqueueWriteBuffer(world.setup.queue, world.others, CL_FALSE, 0,
					   sizeof(numbers), numbers, 0, NULL, &event);

	return end_of(code, &event);
}

static cl_int call_copy(void)
{
	const size_t origin[3] = { 0 }, region[3] = { 16, 2, 2 };
	cl_event event;
	cl_int code = clEnqueueCopyBufferRect(world.setup.queue, world.numbers, world.others,
					      origin, origin, region, 0, 0, 0, 0, 0, NULL, &event);

	return end_of(code, &event);
}

static cl_int call_fill(void)
{
	const cl_int number = 5;
	cl_event event;
	cl_int code = clEnqueueFillBuffer(world.setup.queue, world.others, &number, sizeof(number),
					  0, sizeof(number) * INTS, 0, NULL, &event);

	return end_of(code, &event);
}

/* The kernel is in the cache, and so is its code for smaller groups. */
static cl_int call_deferred_kernel(void)
{
	const unsigned char *binary = world.many;
	cl_int code, status;
	cl_program program = clCreateProgramWithBinary(world.setup.context, 1, &world.setup.device,
						       &world.many_bytes, &binary, &status, &code);
	cl_kernel kernel = NULL;

	if (!program)
		return code;
	code = clBuildProgram(program, 0, NULL, "", NULL, NULL);
	if (code == CL_SUCCESS)
		kernel = clCreateKernel(program, "h", &code);
	if (kernel) {
		code = launch_smaller(kernel);
		clReleaseKernel(kernel);
	}
	clReleaseProgram(program);
	return code;
}

static cl_int call_map(void)
{
	cl_event event;
	cl_int code;
	void *pointer = clEnqueueMapBuffer(world.setup.queue, world.others, CL_TRUE, CL_MAP_READ, 0,
					   64, 0, NULL, NULL, &code);

	if (!pointer)
		return code;
	while ((code = clEnqueueUnmapMemObject(world.setup.queue, world.others, pointer, 0, NULL,
					       &event)) == CL_OUT_OF_HOST_MEMORY)
		;
	return end_of(code, &event);
}

static cl_int call_waits(void)
{
	cl_int code;
	cl_event gate = clCreateUserEvent(world.setup.context, &code), event;

	if (!gate)
		return code;
	code = clEnqueueMarkerWithWaitList(world.setup.queue, 1, &gate, &event);
	clSetUserEventStatus(gate, CL_COMPLETE);
	code = end_of(code, &event);
	if (code == CL_SUCCESS)
		code = end_of(clEnqueueBarrierWithWaitList(world.setup.queue, 1, &gate, &event),
			      &event);
	clReleaseEvent(gate);
	return code;
}

static cl_int call_svm_commands(void)
{
	const void *pointers[] = { world.svm };
	const cl_int number = 3;
	cl_event event;
	cl_int code = clEnqueueSVMMemFill(world.setup.queue, world.svm, &number, sizeof(number),
					  1024, 0, NULL, &event);

	code = end_of(code, &event);
	if (code == CL_SUCCESS)
		code = end_of(clEnqueueSVMMemcpy(world.setup.queue, CL_FALSE, world.svm,
						 world.svm + 512, 512, 0, NULL, &event),
			      &event);
	if (code == CL_SUCCESS)
		code = end_of(clEnqueueSVMMigrateMem(world.setup.queue, 1, pointers, NULL, 0, 0,
						     NULL, &event),
			      &event);
	if (code == CL_SUCCESS)
		code = end_of(clEnqueueSVMMap(world.setup.queue, CL_FALSE, CL_MAP_READ, world.svm,
					      64, 0, NULL, &event),
			      &event);
	if (code == CL_SUCCESS)
		code = end_of(clEnqueueSVMUnmap(world.setup.queue, world.svm, 0, NULL, &event),
			      &event);
	return code;
}

/* ---- command buffers ---- */

#define TRY(code, call)                   \
	do {                              \
		if ((code) == CL_SUCCESS) \
			(code) = (call);  \
	} while (0)

static cl_int record_all(cl_command_buffer_khr buffer)
{
	const struct command_buffer_functions *cl = &world.buffers;
	const size_t origin[3] = { 0 }, region[3] = { 16, 2, 2 }, items = INTS;
	const cl_int number = 5, zero = 0;
	cl_mutable_command_khr command;
	cl_int code = clSetKernelArg(world.kernel, 1, sizeof(zero), &zero);

	TRY(code, cl->clCommandNDRangeKernelKHR(buffer, NULL, NULL, world.kernel, 1, NULL, &items,
						NULL, 0, NULL, NULL, &command));
	TRY(code, cl->clCommandBarrierWithWaitListKHR(buffer, NULL, NULL, 0, NULL, NULL, NULL));
	TRY(code, cl->clCommandCopyBufferKHR(buffer, NULL, NULL, world.numbers, world.others, 0, 0,
					     16, 0, NULL, NULL, NULL));
	TRY(code,
	    cl->clCommandCopyBufferRectKHR(buffer, NULL, NULL, world.numbers, world.others, origin,
					   origin, region, 0, 0, 0, 0, 0, NULL, NULL, NULL));
	TRY(code, cl->clCommandFillBufferKHR(buffer, NULL, NULL, world.others, &number,
					     sizeof(number), 0, 64, 0, NULL, NULL, NULL));
	TRY(code, cl->clCommandSVMMemFillKHR(buffer, NULL, NULL, world.svm, &number, sizeof(number),
					     1024, 0, NULL, NULL, NULL));
	TRY(code, cl->clCommandSVMMemcpyKHR(buffer, NULL, NULL, world.svm, world.svm + 512, 512, 0,
					    NULL, NULL, NULL));
	/* As many that there is no room for them at once. */
	for (int i = 0; i < 40; i++)
		TRY(code,
		    cl->clCommandBarrierWithWaitListKHR(buffer, NULL, NULL, 0, NULL, NULL, NULL));
	return code;
}

static cl_int call_command_buffer(void)
{
	const struct command_buffer_functions *cl = &world.buffers;
	const cl_properties properties[] = { CL_COMMAND_BUFFER_FLAGS_KHR,
					     CL_COMMAND_BUFFER_MUTABLE_KHR, 0 };
	cl_event event;
	cl_int code;
	cl_command_buffer_khr buffer =
		cl->clCreateCommandBufferKHR(1, &world.setup.queue, properties, &code);

	if (!buffer)
		return code;
	code = record_all(buffer);
	TRY(code, cl->clFinalizeCommandBufferKHR(buffer));
	TRY(code, end_of(cl->clEnqueueCommandBufferKHR(0, NULL, buffer, 0, NULL, &event), &event));
	cl->clReleaseCommandBufferKHR(buffer);
	return code;
}

/* While it is still to run as it was. */
static cl_int change_waiting(const cl_event *gate)
{
	const struct command_buffer_functions *cl = &world.buffers;
	const cl_int zero = 0;
	const struct tandem_mutable_dispatch_arg argument = { 1, sizeof(zero), &zero };
	const struct tandem_mutable_dispatch_config config = {
		.command = world.command,
		.num_args = 1,
		.arg_list = &argument,
	};
	const cl_uint type = TANDEM_STRUCTURE_TYPE_MUTABLE_DISPATCH_CONFIG;
	const void *configs[] = { &config };
	cl_event event;
	cl_int code = cl->clEnqueueCommandBufferKHR(0, NULL, world.command_buffer, 1, gate, &event);
	cl_int change;

	if (code != CL_SUCCESS)
		return code;
	change = cl->clUpdateMutableCommandsKHR(world.command_buffer, 1, &type, configs);
	clSetUserEventStatus(*gate, CL_COMPLETE);
	code = end_of(code, &event);
	return change == CL_SUCCESS ? code : change;
}

static cl_int call_change(void)
{
	cl_int code;
	cl_event gate = clCreateUserEvent(world.setup.context, &code);

	if (!gate)
		return code;
	code = change_waiting(&gate);
	clReleaseEvent(gate);
	return code;
}

/* ---- unified shared memory ---- */

static cl_int use_unified_memory(void *own, void *shared)
{
	const struct unified_memory_functions *cl = &world.unified;
	cl_command_queue queue = world.setup.queue;
	const cl_int number = 3;
	cl_event event;
	cl_int code = end_of(cl->clEnqueueMemFillINTEL(queue, own, &number, sizeof(number), 1024, 0,
						       NULL, &event),
			     &event);

	TRY(code,
	    end_of(cl->clEnqueueMemcpyINTEL(queue, CL_FALSE, shared, own, 1024, 0, NULL, &event),
		   &event));
	TRY(code,
	    end_of(cl->clEnqueueMigrateMemINTEL(queue, shared, 1024, 0, 0, NULL, &event), &event));
	TRY(code,
	    end_of(cl->clEnqueueMemAdviseINTEL(queue, shared, 1024, 0, 0, NULL, &event), &event));
	return code;
}

static cl_int call_unified_memory(void)
{
	const struct unified_memory_functions *cl = &world.unified;
	cl_context context = world.setup.context;
	cl_device_id device = world.setup.device;
	cl_int codes[3], code = CL_SUCCESS;
	void *memory[] = {
		cl->clHostMemAllocINTEL(context, NULL, 1024, 0, &codes[0]),
		cl->clDeviceMemAllocINTEL(context, device, NULL, 1024, 0, &codes[1]),
		cl->clSharedMemAllocINTEL(context, device, NULL, 1024, 0, &codes[2]),
	};

	for (int i = 0; i < 3; i++)
		TRY(code, codes[i]);
	TRY(code, use_unified_memory(memory[1], memory[2]));
	cl->clMemFreeINTEL(context, memory[0]);
	cl->clMemFreeINTEL(context, memory[1]);
	TRY(code, cl->clMemBlockingFreeINTEL(context, memory[2]));
	if (code != CL_SUCCESS)
		cl->clMemFreeINTEL(context, memory[2]);
	return code;
}

/* ---- rounds ---- */

static const struct call {
	const char *name;
	cl_int (*function)(void);
} calls[] = {
	{ "context", call_context },
	{ "queue", call_queue },
	{ "buffer and sub-buffer", call_buffer },
	{ "SVM allocation", call_svm_alloc },
	{ "program from source", call_source },
	{ "program from a binary, its kernels", call_binary },
	{ "a kernel of a program of many", call_deferred_kernel },
	{ "kernel and clone", call_kernel },
	{ "user event and callback", call_event },
	{ "sub-devices", call_sub_devices },
	{ "launch", call_launch },
	{ "read", call_read },
	{ "write", call_write },
	{ "copy", call_copy },
	{ "fill", call_fill },
	{ "map and unmap", call_map },
	{ "marker and barrier", call_waits },
	{ "SVM commands", call_svm_commands },
	{ "command buffer", call_command_buffer },
	{ "change to a command buffer", call_change },
	{ "unified shared memory", call_unified_memory },
};

static bool is_shortage(cl_int code)
{
	return code == CL_OUT_OF_HOST_MEMORY || code == CL_OUT_OF_RESOURCES ||
	       code == CL_MEM_OBJECT_ALLOCATION_FAILURE;
}

/* Returns how many rounds had a failure. */
static long run_rounds(const struct call *call)
{
	for (long round = 1; round <= MOST_ROUNDS; round++) {
		bool failed;
		cl_int code;

		failing_allocator_arm(round);
		code = call->function();
		failed = failing_allocator_disarm();
		check(code == CL_SUCCESS || (failed && is_shortage(code)),
		      "%s: allocation %ld %s: code %d", call->name, round,
		      failed ? "failed" : "was not reached", code);
		check_success(clFinish(world.setup.queue));
		check_world(call->name, round);
		if (!failed)
			return round - 1;
	}
	check(false, "%s: allocations without end", call->name);
	return MOST_ROUNDS;
}

static _Atomic int drained;

static void CL_CALLBACK notify_drained(cl_event event, cl_int status, void *data)
{
	drained = 1;
}

/* Callbacks come in order: when this one comes, those before have been done with. */
static void drain_callbacks(void)
{
	cl_int code;
	cl_event event = clCreateUserEvent(world.setup.context, &code);

	check_success_fatal(code);
	drained = 0;
	check_success_fatal(clSetEventCallback(event, CL_COMPLETE, notify_drained, NULL));
	check_success(clSetUserEventStatus(event, CL_COMPLETE));
	check_success(clReleaseEvent(event));
	test_await(&drained, 1);
}

/*
 * What a call loses it loses in each series of rounds. What the runtime keeps, for
 * another time or for a thread that it has started, is less, as are the last
 * callback's remains.
 */
static void check_call(const struct call *call)
{
	long rounds = run_rounds(call), more;

	drain_callbacks();
	more = -failing_allocator_live();
	for (int series = 0; series < SERIES; series++)
		run_rounds(call);
	drain_callbacks();
	more += failing_allocator_live();
	check(more < SERIES, "%s: %d times %ld rounds lose %ld allocations", call->name, SERIES,
	      rounds, more);
	printf("%-36s %3ld allocations\n", call->name, rounds);
}

int main(void)
{
	fill_world();
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		test_step(calls[i].name);
		check_call(&calls[i]);
	}
	check_success(world.buffers.clReleaseCommandBufferKHR(world.command_buffer));
	clSVMFree(world.setup.context, world.svm);
	free(world.binary);
	free(world.many);
	check_success(clReleaseMemObject(world.numbers));
	check_success(clReleaseMemObject(world.others));
	check_success(clReleaseKernel(world.kernel));
	check_success(clReleaseProgram(world.program));
	test_close(&world.setup);
	return check_result();
}

#endif
