// SPDX-License-Identifier: MIT
/*
 * Unified shared memory: what the types of it are for, that kernels and the host see the same,
 * what queries say of it, and that it outlives the commands that use it. What its functions
 * refuse is in errors/rows_unified_memory.c.
 */
#include "unified_memory.h"

#include <string.h>

#define WORDS 1024
#define BYTES (WORDS * sizeof(cl_uint))

struct world {
	struct test_setup setup;
	struct unified_memory_functions cl;
	cl_program program;
};

static cl_bitfield capability(const struct world *w, cl_device_info name)
{
	cl_bitfield capabilities = 0;

	check_success(
		clGetDeviceInfo(w->setup.device, name, sizeof(capabilities), &capabilities, NULL));
	return capabilities;
}

static void *shared(const struct world *w, size_t bytes)
{
	cl_int code = CL_INVALID_VALUE;
	void *pointer = w->cl.clSharedMemAllocINTEL(w->setup.context, w->setup.device, NULL, bytes,
						    0, &code);

	check_success_fatal(code);
	return pointer;
}

static void release(const struct world *w, void *pointer)
{
	check_success(w->cl.clMemFreeINTEL(w->setup.context, pointer));
}

/* ---- queries ---- */

#define CHECK_INFO(w, pointer, name, type, wanted)                                              \
	do {                                                                                    \
		type seen_;                                                                     \
		size_t size_ = 0;                                                               \
                                                                                                \
		check_success((w)->cl.clGetMemAllocInfoINTEL((w)->setup.context, pointer, name, \
							     sizeof(seen_), &seen_, &size_));   \
		check_equal(sizeof(seen_), size_);                                              \
		check(seen_ == (type)(wanted), #name);                                          \
	} while (0)

static void check_info(const struct world *w, char *pointer, size_t bytes, cl_uint type,
		       cl_device_id device, cl_mem_alloc_flags_intel flags)
{
	const size_t places[] = { 0, bytes / 3, bytes / 2, bytes - 1 };

	for (size_t i = 0; pointer && i < sizeof(places) / sizeof(places[0]); i++) {
		CHECK_INFO(w, pointer + places[i], CL_MEM_ALLOC_TYPE_INTEL,
			   cl_unified_shared_memory_type_intel, type);
		CHECK_INFO(w, pointer + places[i], CL_MEM_ALLOC_BASE_PTR_INTEL, void *, pointer);
		CHECK_INFO(w, pointer + places[i], CL_MEM_ALLOC_SIZE_INTEL, size_t, bytes);
		CHECK_INFO(w, pointer + places[i], CL_MEM_ALLOC_DEVICE_INTEL, cl_device_id, device);
		CHECK_INFO(w, pointer + places[i], CL_MEM_ALLOC_FLAGS_INTEL,
			   cl_mem_alloc_flags_intel, flags);
	}
}

/* Of what is no unified shared memory: nothing, and of an SVM allocation likewise. */
static void check_unknown(const struct world *w, const void *pointer)
{
	CHECK_INFO(w, pointer, CL_MEM_ALLOC_TYPE_INTEL, cl_unified_shared_memory_type_intel,
		   CL_MEM_TYPE_UNKNOWN_INTEL);
	CHECK_INFO(w, pointer, CL_MEM_ALLOC_BASE_PTR_INTEL, void *, NULL);
	CHECK_INFO(w, pointer, CL_MEM_ALLOC_SIZE_INTEL, size_t, 0);
	CHECK_INFO(w, pointer, CL_MEM_ALLOC_DEVICE_INTEL, cl_device_id, NULL);
	CHECK_INFO(w, pointer, CL_MEM_ALLOC_FLAGS_INTEL, cl_mem_alloc_flags_intel, 0);
}

static void test_queries(const struct world *w)
{
	const cl_mem_properties_intel hint[] = { CL_MEM_ALLOC_FLAGS_INTEL,
						 CL_MEM_ALLOC_INITIAL_PLACEMENT_HOST_INTEL, 0 };
	const cl_mem_properties_intel combined[] = { CL_MEM_ALLOC_FLAGS_INTEL,
						     CL_MEM_ALLOC_WRITE_COMBINED_INTEL, 0 };
	cl_context context = w->setup.context;
	cl_device_id device = w->setup.device;
	void *host = w->cl.clHostMemAllocINTEL(context, combined, 100, 0, NULL);
	void *own = w->cl.clDeviceMemAllocINTEL(context, device, NULL, BYTES, 128, NULL);
	void *one = w->cl.clSharedMemAllocINTEL(context, device, hint, 5000, 64, NULL);
	void *any = w->cl.clSharedMemAllocINTEL(context, NULL, NULL, 1, 1, NULL);
	void *svm = clSVMAlloc(context, 0, 64, 0);

	check(host && own && one && any && svm, "no memory");
	check(!((uintptr_t)own % 128) && !((uintptr_t)one % 64), "alignment");
	check_info(w, host, 100, CL_MEM_TYPE_HOST_INTEL, NULL, CL_MEM_ALLOC_WRITE_COMBINED_INTEL);
	check_info(w, own, BYTES, CL_MEM_TYPE_DEVICE_INTEL, device, 0);
	check_info(w, one, 5000, CL_MEM_TYPE_SHARED_INTEL, device,
		   CL_MEM_ALLOC_INITIAL_PLACEMENT_HOST_INTEL);
	check_info(w, any, 1, CL_MEM_TYPE_SHARED_INTEL, NULL, 0);
	check_unknown(w, NULL);
	check_unknown(w, &own);
	check_unknown(w, svm);
	check_unknown(w, (char *)host + 100);
	check_equal(CL_INVALID_VALUE, w->cl.clMemFreeINTEL(context, svm));
	check_equal(CL_INVALID_VALUE, w->cl.clMemFreeINTEL(context, (char *)one + 1));
	release(w, host);
	check_unknown(w, host);
	check_equal(CL_INVALID_VALUE, w->cl.clMemFreeINTEL(context, host));
	release(w, own);
	release(w, one);
	release(w, any);
	release(w, NULL);
	clSVMFree(context, svm);
}

/* Of few bytes and of many, with every alignment up to a page, which applications ask for. */
static void test_alignments(const struct world *w)
{
	static const size_t sizes[] = { 1, 100, 3000, 5000, 100000 };
	cl_context context = w->setup.context;

	for (cl_uint alignment = 1; alignment <= 4096; alignment *= 2) {
		for (int i = 0; i < 5; i++) {
			void *host =
				w->cl.clHostMemAllocINTEL(context, NULL, sizes[i], alignment, NULL);
			void *own = w->cl.clDeviceMemAllocINTEL(context, w->setup.device, NULL,
								sizes[i], alignment, NULL);

			check(host && !((uintptr_t)host % alignment), "host: %p", host);
			check(own && !((uintptr_t)own % alignment), "device: %p", own);
			check_info(w, own, sizes[i], CL_MEM_TYPE_DEVICE_INTEL, w->setup.device, 0);
			release(w, host);
			release(w, own);
		}
	}
}

static void test_capabilities(const struct world *w)
{
	const cl_bitfield both = CL_UNIFIED_SHARED_MEMORY_CONCURRENT_ACCESS_INTEL |
				 CL_UNIFIED_SHARED_MEMORY_CONCURRENT_ATOMIC_ACCESS_INTEL;
	cl_device_svm_capabilities svm = 0;
	cl_bitfield one;

	check_success(clGetDeviceInfo(w->setup.device, CL_DEVICE_SVM_CAPABILITIES, sizeof(svm),
				      &svm, NULL));
	one = capability(w, CL_DEVICE_SINGLE_DEVICE_SHARED_MEM_CAPABILITIES_INTEL);
	check_equal(one, capability(w, CL_DEVICE_HOST_MEM_CAPABILITIES_INTEL));
	check_equal(one, capability(w, CL_DEVICE_CROSS_DEVICE_SHARED_MEM_CAPABILITIES_INTEL));
	check(one & CL_UNIFIED_SHARED_MEMORY_ACCESS_INTEL, "no access");
	check_equal(!(svm & CL_DEVICE_SVM_ATOMICS), (one & both) != both);
	check(capability(w, CL_DEVICE_DEVICE_MEM_CAPABILITIES_INTEL) &
		      CL_UNIFIED_SHARED_MEMORY_ACCESS_INTEL,
	      "no memory of the device's");
	check_equal(!(svm & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM),
		    !capability(w, CL_DEVICE_SHARED_SYSTEM_MEM_CAPABILITIES_INTEL));
}

/* ---- kernels and commands ---- */

/* Memory of the device's is filled and copied to and from by commands, the rest by the host. */
static void test_commands(const struct world *w)
{
	cl_command_queue queue = w->setup.queue;
	cl_kernel kernel = test_kernel(w->program, "add");
	cl_uint *a = shared(w, BYTES), seen[WORDS];
	void *b = w->cl.clDeviceMemAllocINTEL(w->setup.context, w->setup.device, NULL, BYTES, 0,
					      NULL);
	const cl_uint pattern[2] = { 7, 9 };
	cl_event events[4];

	for (cl_uint i = 0; i < WORDS; i++)
		a[i] = i;
	check_success(w->cl.clEnqueueMemFillINTEL(queue, b, pattern, sizeof(pattern), BYTES, 0,
						  NULL, &events[0]));
	check_success(w->cl.clEnqueueMigrateMemINTEL(queue, a, BYTES, 0, 1, events, &events[1]));
	check_success(w->cl.clEnqueueMemAdviseINTEL(queue, a, BYTES, 0, 0, NULL, &events[2]));
	check_success(w->cl.clSetKernelArgMemPointerINTEL(kernel, 0, a + 8));
	check_success(w->cl.clSetKernelArgMemPointerINTEL(kernel, 1, b));
	launch(&w->setup, kernel, WORDS - 8);
	check_success(
		w->cl.clEnqueueMemcpyINTEL(queue, CL_TRUE, seen, b, BYTES, 0, NULL, &events[3]));
	for (cl_uint i = 0; i < WORDS; i++) {
		check(a[i] == i + (i < 8 ? 0 : pattern[i & 1]), "a[%u] is %u", i, a[i]);
		check(seen[i] == pattern[i & 1], "b[%u] is %u", i, seen[i]);
	}
	check_equal(CL_COMMAND_MEMFILL_INTEL, test_event_info(events[0], CL_EVENT_COMMAND_TYPE));
	check_equal(CL_COMMAND_MIGRATEMEM_INTEL, test_event_info(events[1], CL_EVENT_COMMAND_TYPE));
	check_equal(CL_COMMAND_MEMADVISE_INTEL, test_event_info(events[2], CL_EVENT_COMMAND_TYPE));
	check_equal(CL_COMMAND_MEMCPY_INTEL, test_event_info(events[3], CL_EVENT_COMMAND_TYPE));
	for (int i = 0; i < 4; i++)
		check_success(clReleaseEvent(events[i]));
	release(w, a);
	release(w, b);
	check_success(clReleaseKernel(kernel));
}

/* A kernel follows pointers from one allocation to others, which it is told of, or of all. */
static void test_indirect(const struct world *w)
{
	const cl_bool yes = CL_TRUE;
	cl_kernel kernel = test_kernel(w->program, "walk");
	struct node *nodes[10];
	cl_uint *sum = w->cl.clHostMemAllocINTEL(w->setup.context, NULL, sizeof(*sum), 0, NULL);

	check_fatal(sum, "no memory of the host's");
	for (cl_uint i = 0; i < 10; i++) {
		nodes[i] = i & 1 ? shared(w, sizeof(**nodes)) :
				   w->cl.clHostMemAllocINTEL(w->setup.context, NULL,
							     sizeof(**nodes), 0, NULL);
		*nodes[i] = (struct node){ i ? nodes[i - 1] : NULL, 1u << i };
	}
	check_success(w->cl.clSetKernelArgMemPointerINTEL(kernel, 0, nodes[9]));
	check_success(w->cl.clSetKernelArgMemPointerINTEL(kernel, 1, sum));
	check_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_USM_PTRS_INTEL, sizeof(nodes),
					  nodes));
	check_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_INDIRECT_HOST_ACCESS_INTEL,
					  sizeof(yes), &yes));
	check_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_INDIRECT_DEVICE_ACCESS_INTEL,
					  sizeof(yes), &yes));
	check_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_INDIRECT_SHARED_ACCESS_INTEL,
					  sizeof(yes), &yes));
	*sum = 0;
	launch(&w->setup, kernel, 1);
	check_success(clFinish(w->setup.queue));
	check_equal(1023, *sum);
	for (int i = 0; i < 10; i++)
		release(w, nodes[i]);
	release(w, sum);
	check_success(clReleaseKernel(kernel));
}

static void test_counting(const struct world *w)
{
	cl_context context = w->setup.context;
	void *memory[3];

	/* All types say the same: test_capabilities(). */
	if (!(capability(w, CL_DEVICE_HOST_MEM_CAPABILITIES_INTEL) &
	      CL_UNIFIED_SHARED_MEMORY_CONCURRENT_ATOMIC_ACCESS_INTEL))
		return;
	memory[0] = shared(w, sizeof(cl_uint));
	memory[1] = w->cl.clHostMemAllocINTEL(context, NULL, sizeof(cl_uint), 0, NULL);
	memory[2] = w->cl.clSharedMemAllocINTEL(context, NULL, NULL, BYTES, 0, NULL);
	for (int i = 0; i < 3; i++) {
		check_fatal(memory[i], "no memory");
		check_counting(&w->setup, w->program, w->cl.clSetKernelArgMemPointerINTEL,
			       memory[i]);
		release(w, memory[i]);
	}
}

/* ---- freeing ---- */

static void CL_CALLBACK open_gate(cl_event event, cl_int status, void *gate)
{
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
}

/*
 * A blocking free waits for the commands of all queues of the context: one in each waits for
 * what a callback does, which another queue's marker calls.
 */
static void test_blocking_free(const struct world *w)
{
	cl_command_queue queues[3];
	const size_t part = WORDS / 3;
	cl_uint *memory = shared(w, BYTES), pattern = 5;
	cl_event gate = clCreateUserEvent(w->setup.context, NULL), fills[3], marker;

	for (int i = 0; i < 3; i++) {
		queues[i] =
			test_queue(&w->setup, i & 1 ? CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE : 0);
		check_success(w->cl.clEnqueueMemFillINTEL(queues[i], memory + i * part, &pattern,
							  sizeof(pattern), part * sizeof(pattern),
							  1, &gate, &fills[i]));
	}
	/* The application lets go of one, whose command is still to come. */
	check_success(clReleaseCommandQueue(queues[2]));
	check_success(clEnqueueMarkerWithWaitList(w->setup.queue, 0, NULL, &marker));
	check_success(clSetEventCallback(marker, CL_COMPLETE, open_gate, gate));
	check_success(clFlush(w->setup.queue));
	check_success(w->cl.clMemBlockingFreeINTEL(w->setup.context, memory));
	for (int i = 0; i < 3; i++) {
		check_equal(CL_COMPLETE, test_event_status(fills[i]));
		check_success(clReleaseEvent(fills[i]));
		if (i < 2)
			check_success(clReleaseCommandQueue(queues[i]));
	}
	check_success(clReleaseEvent(marker));
	check_success(clReleaseEvent(gate));
	check_success(w->cl.clMemBlockingFreeINTEL(w->setup.context, NULL));
}

/* The first queue waits for what the second does, of which nobody has said that it may begin. */
static void test_blocking_free_unflushed(const struct world *w)
{
	cl_command_queue queues[2] = { test_queue(&w->setup, 0), test_queue(&w->setup, 0) };
	cl_uint *memory = shared(w, BYTES), pattern = 5;
	cl_event gate = clCreateUserEvent(w->setup.context, NULL), fill, marker;

	check_success(w->cl.clEnqueueMemFillINTEL(queues[0], memory, &pattern, sizeof(pattern),
						  BYTES, 1, &gate, &fill));
	check_success(clEnqueueMarkerWithWaitList(queues[1], 0, NULL, &marker));
	check_success(clSetEventCallback(marker, CL_COMPLETE, open_gate, gate));
	check_success(w->cl.clMemBlockingFreeINTEL(w->setup.context, memory));
	check_equal(CL_COMPLETE, test_event_status(fill));
	check_equal(CL_COMPLETE, test_event_status(marker));
	check_success(clReleaseEvent(fill));
	check_success(clReleaseEvent(marker));
	check_success(clReleaseEvent(gate));
	for (int i = 0; i < 2; i++)
		check_success(clReleaseCommandQueue(queues[i]));
}

int main(void)
{
	struct world w = { .setup = test_open() };

	if (!capability(&w, CL_DEVICE_DEVICE_MEM_CAPABILITIES_INTEL)) {
		test_close(&w.setup);
		check_skip("the device has no unified shared memory");
	}
	load_unified_memory(w.setup.platform, &w.cl);
	test_step("building");
	w.program = test_build(w.setup.context, UNIFIED_SOURCE, "-cl-std=CL3.0");
	test_step("asking");
	test_capabilities(&w);
	test_queries(&w);
	test_alignments(&w);
	test_step("running commands");
	test_commands(&w);
	test_indirect(&w);
	test_step("counting");
	test_counting(&w);
	test_step("freeing");
	test_blocking_free(&w);
	test_step("freeing while queues were not flushed");
	test_blocking_free_unflushed(&w);
	check_success(clReleaseProgram(w.program));
	test_close(&w.setup);
	return check_result();
}
