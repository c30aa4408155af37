// SPDX-License-Identifier: MIT
/* Who sees whose writes, and buffers that stand for SVM. */
#include <stdlib.h>
#include <string.h>

#include "harness/suite.h"

#define GRAIN_SECTION "API 5.6.1 (sharing granularity)"
#define ALIAS_SECTION "API 5.2.1 (CL_MEM_USE_HOST_PTR with SVM)"
#define BYTES	      4096

extern const char basic_cl[];
extern const char sync_cl[];

/* ---- granularity ---- */

struct grain_row {
	cl_uint stride;
};

/* The device writes byte 0 of each stride and the host the others. */
static void check_grain(struct svm_run *run)
{
	const struct grain_row *row = run->test->row;
	/* What is left over at the end is the host's. */
	const cl_uint count = BYTES / row->stride;
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "set_bytes");
	unsigned char *memory = svm_fine(run, BYTES);

	svm_arg_pointer(kernel, 0, memory);
	svm_arg_uint(kernel, 1, row->stride);
	for (uint64_t round = 0; svm_more(run, round, 50); round++) {
		cl_uint turn = (cl_uint)round % row->stride;

		memset(memory, 0, BYTES);
		svm_arg_uint(kernel, 2, turn);
		svm_arg_uint(kernel, 3, (cl_uint)round);
		svm_launch(run->queue, kernel, count, 0);
		svm_success(clFlush(run->queue));
		for (cl_uint i = 0; i < BYTES; i++) {
			if (i % row->stride != turn || i / row->stride >= count)
				((volatile unsigned char *)memory)[i] = (unsigned char)(i * 5 + 1);
		}
		svm_finish(run->queue, "host and device write neighbouring bytes");
		for (cl_uint i = 0; i < BYTES; i++) {
			bool by_device = i % row->stride == turn && i / row->stride < count;
			unsigned char wanted = by_device ?
						       (unsigned char)(round + i / row->stride) :
						       (unsigned char)(i * 5 + 1);

			svm_expect(memory[i] == wanted,
				   "byte %u, written by the %s: expected %u, seen %u", i,
				   by_device ? "device" : "host", wanted, memory[i]);
		}
	}
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

static const struct svm_case grain_case = {
	.claim = "Host and device write different bytes of one buffer at the same time; both stay.",
	.section = GRAIN_SECTION,
	.needs = SVM_FINE,
	.run = check_grain,
};

static const struct grain_row grain_rows[] = { { 2 }, { 3 }, { 4 }, { 8 }, { 64 } };

SVM_CASE(sharing_fine_without_map, SVM_FINE, GRAIN_SECTION,
	 "Fine-grain memory needs no mapping: kernels and host see it between commands.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	cl_int *memory = svm_fine(run, BYTES), one = 1;

	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(one), &one);
	for (cl_int round = 0; round < 50; round++) {
		svm_iteration((uint64_t)round);
		for (unsigned int i = 0; i < 256; i++)
			memory[i] += (cl_int)i;
		svm_launch(run->queue, kernel, 256, 0);
		svm_finish(run->queue, "host and device in turn");
		for (cl_int i = 0; i < 256; i++)
			svm_expect_equal((round + 1) * (i + 1), memory[i]);
	}
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(sharing_coarse_with_map, SVM_COARSE, GRAIN_SECTION,
	 "Coarse-grain memory is seen by the host while mapped, and by kernels while not.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	cl_int *memory = svm_coarse(run, BYTES), one = 1;

	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(one), &one);
	for (cl_int round = 0; round < 50; round++) {
		svm_iteration((uint64_t)round);
		svm_map(run, memory, BYTES);
		for (unsigned int i = 0; i < 256; i++)
			memory[i] += (cl_int)i;
		svm_unmap(run, memory);
		svm_launch(run->queue, kernel, 256, 0);
		svm_map(run, memory, BYTES);
		for (cl_int i = 0; i < 256; i++)
			svm_expect_equal((round + 1) * (i + 1), memory[i]);
		svm_unmap(run, memory);
	}
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(sharing_kernel_to_kernel, SVM_ANY_SVM, "API 3.3.9, 5.6",
	 "A kernel sees what the kernel before it in the queue wrote.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	cl_int *memory = svm_any(run, BYTES), one = 1;

	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(one), &one);
	for (unsigned int i = 0; i < 300; i++)
		svm_launch(run->queue, kernel, 1024, 64);
	svm_map(run, memory, BYTES);
	for (unsigned int i = 0; i < 1024; i++)
		svm_expect_equal(300, memory[i]);
	svm_unmap(run, memory);
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(sharing_event_orders_queues, SVM_ANY_SVM, "API 3.3.9, 5.11",
	 "A kernel sees what a kernel of another queue wrote, when it waits for its event.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	cl_command_queue queues[2] = { run->queue, svm_queue(run, 0) };
	cl_int *memory = svm_any(run, BYTES), one = 1;
	cl_event before = NULL, event;

	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(one), &one);
	for (unsigned int i = 0; i < 100; i++) {
		event = svm_launch_event(queues[i % 2], kernel, 1024, before ? 1 : 0,
					 before ? &before : NULL);
		svm_success(clFlush(queues[i % 2]));
		if (before)
			svm_success(clReleaseEvent(before));
		before = event;
	}
	svm_step("two queues in turn");
	svm_success(clWaitForEvents(1, &before));
	svm_success(clReleaseEvent(before));
	svm_map(run, memory, BYTES);
	for (unsigned int i = 0; i < 1024; i++)
		svm_expect_equal(100, memory[i]);
	svm_unmap(run, memory);
	svm_success(clReleaseCommandQueue(queues[1]));
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(sharing_host_sees_running_kernel,
	 SVM_ATOMICS | SVM_C_ATOMICS | SVM_ALL_DEVICES | SVM_ACQ_REL, "API 3.3.9, 5.6.2",
	 "The host sees plain data that a kernel wrote before a release, while the kernel runs.")
{
	enum { COUNT = 1000 };
	cl_program program = svm_build(run, sync_cl, " ");
	cl_kernel publish = svm_kernel(program, "publish"), hold = svm_kernel(program, "hold");
	_Atomic cl_uint *control = svm_atomic(run, 1024), *other = svm_atomic(run, 1024);
	cl_uint *data = svm_fine(run, COUNT * sizeof(*data));
	cl_command_queue queue = svm_queue(run, 0);

	svm_stop_word(other);
	svm_arg_pointer(hold, 0, (void *)other);
	svm_arg_pointer(publish, 0, (void *)control);
	svm_arg_pointer(publish, 1, data);
	svm_arg_uint(publish, 2, COUNT);
	/* Another kernel keeps the device busy meanwhile. */
	svm_launch(queue, hold, 1, 1);
	svm_success(clFlush(queue));
	svm_await(&other[32], 1, "a kernel holds the device");
	svm_launch(run->queue, publish, 1, 1);
	svm_success(clFlush(run->queue));
	svm_await(&control[32], 1, "a kernel publishes data");
	for (cl_uint i = 0; i < COUNT; i++)
		svm_expect_equal(3 * i + 1, data[i]);
	atomic_store(&other[64], 1);
	svm_finish(queue, "the holding kernel ends");
	svm_finish(run->queue, "the publishing kernel ends");
	svm_stop_word(NULL);
	svm_success(clReleaseCommandQueue(queue));
	clSVMFree(run->context, (void *)control);
	clSVMFree(run->context, (void *)other);
	clSVMFree(run->context, data);
	svm_success(clReleaseKernel(publish));
	svm_success(clReleaseKernel(hold));
	svm_success(clReleaseProgram(program));
}

/* ---- buffers over SVM ---- */

static cl_mem alias(struct svm_run *run, void *memory, size_t bytes)
{
	cl_int code;
	cl_mem buffer = clCreateBuffer(run->context, CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR, bytes,
				       memory, &code);

	svm_success(code);
	return buffer;
}

static cl_mem part(cl_mem buffer, size_t origin, size_t bytes)
{
	const cl_buffer_region region = { origin, bytes };
	cl_int code;
	cl_mem made = clCreateSubBuffer(buffer, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION,
					&region, &code);

	svm_success(code);
	return made;
}

SVM_CASE(sharing_buffer_maps_to_svm, SVM_ANY_SVM, ALIAS_SECTION,
	 "A buffer over SVM maps to the SVM pointer.")
{
	cl_int *memory = svm_any(run, BYTES), code;
	cl_mem buffer = alias(run, memory, BYTES);
	void *mapped = clEnqueueMapBuffer(run->queue, buffer, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE,
					  128, 256, 0, NULL, NULL, &code);

	svm_success(code);
	svm_expect(mapped == (char *)memory + 128, "expected %p, seen %p",
		   (void *)((char *)memory + 128), mapped);
	svm_success(clEnqueueUnmapMemObject(run->queue, buffer, mapped, 0, NULL, NULL));
	svm_finish(run->queue, "unmapping");
	svm_success(clReleaseMemObject(buffer));
	clSVMFree(run->context, memory);
}

SVM_CASE(sharing_buffer_is_svm_for_kernels, SVM_FINE, ALIAS_SECTION,
	 "A kernel that is given the buffer writes to the SVM allocation.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "number");
	cl_int *memory = svm_fine(run, BYTES), first = 10;
	cl_mem buffer = alias(run, memory, BYTES);

	svm_arg(kernel, 0, sizeof(buffer), &buffer);
	svm_arg(kernel, 1, sizeof(first), &first);
	svm_launch(run->queue, kernel, 1024, 0);
	svm_finish(run->queue, "writing to a buffer");
	for (cl_int i = 0; i < 1024; i++)
		svm_expect_equal(10 + i, memory[i]);
	svm_success(clReleaseMemObject(buffer));
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(sharing_buffer_and_pointer_in_one_kernel, SVM_ANY_SVM, ALIAS_SECTION,
	 "A kernel that has the buffer and the pointer sees one memory.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "addresses");
	cl_int *memory = svm_any(run, BYTES);
	cl_ulong *seen = svm_any(run, 4 * sizeof(*seen));
	cl_mem buffer = alias(run, memory, BYTES);

	svm_arg(kernel, 0, sizeof(buffer), &buffer);
	svm_arg_pointer(kernel, 1, memory);
	svm_arg_pointer(kernel, 2, seen);
	svm_launch(run->queue, kernel, 1, 1);
	svm_map(run, seen, 4 * sizeof(*seen));
	svm_expect_equal(seen[1], seen[0]);
	svm_unmap(run, seen);
	svm_success(clReleaseMemObject(buffer));
	clSVMFree(run->context, memory);
	clSVMFree(run->context, seen);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(sharing_buffer_commands_reach_svm, SVM_FINE, ALIAS_SECTION,
	 "Writes, fills and copies of the buffer are seen in the SVM allocation.")
{
	cl_int *memory = svm_fine(run, BYTES), values[4] = { 1, 2, 3, 4 }, five = 5;
	cl_mem buffer = alias(run, memory, BYTES);

	svm_success(clEnqueueWriteBuffer(run->queue, buffer, CL_TRUE, 64, sizeof(values), values, 0,
					 NULL, NULL));
	svm_expect_equal(3, memory[18]);
	svm_success(clEnqueueFillBuffer(run->queue, buffer, &five, sizeof(five), 256, 64, 0, NULL,
					NULL));
	svm_success(clEnqueueCopyBuffer(run->queue, buffer, buffer, 64, 1024, sizeof(values), 0,
					NULL, NULL));
	svm_finish(run->queue, "commands on the buffer");
	svm_expect_equal(5, memory[64]);
	svm_expect_equal(5, memory[79]);
	svm_expect_equal(0, memory[80]);
	svm_expect_equal(4, memory[259]);
	memory[500] = 77;
	svm_success(clEnqueueReadBuffer(run->queue, buffer, CL_TRUE, 2000, sizeof(five), &five, 0,
					NULL, NULL));
	svm_expect_equal(77, five);
	svm_success(clReleaseMemObject(buffer));
	clSVMFree(run->context, memory);
}

SVM_CASE(sharing_sub_buffers_are_svm, SVM_FINE, ALIAS_SECTION,
	 "Sub-buffers of a buffer over SVM are parts of the allocation.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "number");
	cl_int *memory = svm_fine(run, BYTES), first = 50;
	cl_mem buffer = alias(run, memory, BYTES);
	cl_mem parts[2] = { part(buffer, 1024, 1024), part(buffer, 2048, 1024) };

	for (unsigned int i = 0; i < 2; i++, first += 1000) {
		svm_arg(kernel, 0, sizeof(parts[i]), &parts[i]);
		svm_arg(kernel, 1, sizeof(first), &first);
		svm_launch(run->queue, kernel, 256, 0);
	}
	svm_finish(run->queue, "writing to sub-buffers");
	for (cl_int i = 0; i < 256; i++) {
		svm_expect_equal(0, memory[i]);
		svm_expect_equal(50 + i, memory[256 + i]);
		svm_expect_equal(1050 + i, memory[512 + i]);
		svm_expect_equal(0, memory[768 + i]);
	}
	svm_success(clReleaseMemObject(parts[0]));
	svm_success(clReleaseMemObject(parts[1]));
	svm_success(clReleaseMemObject(buffer));
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(sharing_buffer_of_interior_pointer, SVM_FINE, ALIAS_SECTION,
	 "A buffer may begin inside an SVM allocation.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "number");
	cl_int *memory = svm_fine(run, BYTES), first = 1;
	cl_mem buffer = alias(run, memory + 128, BYTES / 2);

	svm_arg(kernel, 0, sizeof(buffer), &buffer);
	svm_arg(kernel, 1, sizeof(first), &first);
	svm_launch(run->queue, kernel, 8, 0);
	svm_finish(run->queue, "writing to a buffer");
	svm_expect_equal(0, memory[127]);
	svm_expect_equal(1, memory[128]);
	svm_expect_equal(8, memory[135]);
	svm_expect_equal(0, memory[136]);
	svm_success(clReleaseMemObject(buffer));
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

static cl_bool uses_svm(cl_mem buffer)
{
	cl_bool uses = 7;

	svm_success(clGetMemObjectInfo(buffer, CL_MEM_USES_SVM_POINTER, sizeof(uses), &uses, NULL));
	return uses;
}

SVM_CASE(sharing_buffer_says_it_uses_svm, SVM_ANY_SVM, "API 5.5.6 (CL_MEM_USES_SVM_POINTER)",
	 "A buffer over SVM, and its sub-buffers, say so; others do not.")
{
	static char plain[BYTES];
	char *memory = svm_any(run, BYTES);
	cl_mem over_svm = alias(run, memory, BYTES), over_plain = alias(run, plain, BYTES);
	cl_mem sub = part(over_svm, 1024, 128);

	svm_expect_equal(CL_TRUE, uses_svm(over_svm));
	svm_expect_equal(CL_TRUE, uses_svm(sub));
	if (!(run->device.svm & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM))
		svm_expect_equal(CL_FALSE, uses_svm(over_plain));
	svm_success(clReleaseMemObject(sub));
	svm_success(clReleaseMemObject(over_svm));
	svm_success(clReleaseMemObject(over_plain));
	clSVMFree(run->context, memory);
}

SVM_CASE(sharing_buffer_too_large, SVM_ANY_SVM, ALIAS_SECTION,
	 "A buffer larger than the SVM allocation it is over is refused.")
{
	char *memory = svm_any(run, BYTES);
	cl_int code = CL_SUCCESS;
	cl_mem buffer = clCreateBuffer(run->context, CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR,
				       2 * BYTES, memory, &code);

	svm_expect_equal(CL_INVALID_BUFFER_SIZE, code);
	svm_expect(!buffer, "a buffer was made");
	clSVMFree(run->context, memory);
}

SVM_CASE(sharing_buffer_released_first, SVM_FINE, ALIAS_SECTION,
	 "Releasing the buffer leaves the SVM allocation as it is.")
{
	cl_int *memory = svm_fine(run, BYTES);

	for (unsigned int i = 0; i < 100; i++) {
		cl_mem buffer = alias(run, memory, BYTES);

		svm_success(clEnqueueWriteBuffer(run->queue, buffer, CL_FALSE, 4 * i, 4, &i, 0,
						 NULL, NULL));
		svm_finish(run->queue, "writing");
		svm_success(clReleaseMemObject(buffer));
	}
	for (cl_int i = 0; i < 100; i++)
		svm_expect_equal(i, memory[i]);
	memory[5] = 1;
	clSVMFree(run->context, memory);
}

__attribute__((constructor)) static void register_sharing(void)
{
	for (size_t i = 0; i < sizeof(grain_rows) / sizeof(grain_rows[0]); i++)
		svm_register_row(&grain_case, &grain_rows[i], "sharing_bytes_stride_%u",
				 grain_rows[i].stride);
}
