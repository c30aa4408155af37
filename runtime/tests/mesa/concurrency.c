// SPDX-License-Identifier: MIT
/*
 * Several threads and queues on a device of Mesa's. With --waiting: a kernel that waits
 * for the host, which is skipped where the device cannot wait.
 */
#include <pthread.h>
#include <string.h>

#include "api/harness.h"

extern const char concurrency_cl[];

enum { THREADS = 4, LAUNCHES = 200, WORDS = 512 };

struct fixture {
	struct test_setup base;
	cl_program program;
};

/* What one thread does: launches one after the other, on memory of its own. */
struct strand {
	const struct fixture *fixture;
	pthread_t thread;
	cl_uint number;
	cl_uint *words;
	cl_command_queue queue; /* its own, or one for all */
};

static cl_uint wanted_word(cl_uint number, cl_uint index)
{
	cl_uint word = 0;

	for (cl_uint i = 0; i < LAUNCHES; i++)
		word = word * 31 + number * 1000 + i + index;
	return word;
}

static void *launch_many(void *data)
{
	struct strand *strand = data;
	const size_t count = WORDS;
	cl_kernel kernel = test_kernel(strand->fixture->program, "mix_in");
	cl_event event = NULL;

	check_success(clSetKernelArgSVMPointer(kernel, 0, strand->words));
	for (cl_uint i = 0; i < LAUNCHES; i++) {
		cl_uint number = strand->number * 1000 + i;
		cl_event next;

		check_success(clSetKernelArg(kernel, 1, sizeof(number), &number));
		check_success_fatal(clEnqueueNDRangeKernel(strand->queue, kernel, 1, NULL, &count,
							   NULL, event != NULL,
							   event ? &event : NULL, &next));
		if (event)
			check_success(clReleaseEvent(event));
		event = next;
	}
	check_success(clWaitForEvents(1, &event));
	check_equal(CL_COMPLETE, test_event_status(event));
	check_success(clReleaseEvent(event));
	check_success(clReleaseKernel(kernel));
	return NULL;
}

static void test_threads(const struct fixture *fixture, bool one_queue)
{
	const cl_uint bytes = WORDS * sizeof(cl_uint);
	cl_command_queue shared =
		test_queue(&fixture->base, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
	struct strand strands[THREADS] = { 0 };

	test_step(one_queue ? "threads on one queue" : "threads with a queue each");
	for (cl_uint i = 0; i < THREADS; i++) {
		strands[i].fixture = fixture;
		strands[i].number = i;
		strands[i].queue = one_queue ? shared : test_queue(&fixture->base, 0);
		strands[i].words = clSVMAlloc(fixture->base.context, CL_MEM_READ_WRITE, bytes, 0);
		check_fatal(strands[i].words, "no SVM");
		memset(strands[i].words, 0, bytes);
		check_fatal(!pthread_create(&strands[i].thread, NULL, launch_many, &strands[i]),
			    "no thread");
	}
	for (cl_uint i = 0; i < THREADS; i++) {
		pthread_join(strands[i].thread, NULL);
		for (cl_uint j = 0; j < WORDS; j++)
			check_equal(wanted_word(i, j), strands[i].words[j]);
		clSVMFree(fixture->base.context, strands[i].words);
		if (!one_queue)
			check_success(clReleaseCommandQueue(strands[i].queue));
	}
	check_success(clReleaseCommandQueue(shared));
}

/* Queues take turns, tied to each other by events. */
static void test_chain(const struct fixture *fixture)
{
	const size_t count = WORDS;
	cl_kernel kernel = test_kernel(fixture->program, "mix_in");
	cl_command_queue queues[] = { test_queue(&fixture->base, 0),
				      test_queue(&fixture->base, 0) };
	cl_uint *words =
		clSVMAlloc(fixture->base.context, CL_MEM_READ_WRITE, WORDS * sizeof(*words), 0);
	cl_event event = NULL, next;

	test_step("two queues that wait for each other");
	check_fatal(words, "no SVM");
	memset(words, 0, WORDS * sizeof(*words));
	check_success(clSetKernelArgSVMPointer(kernel, 0, words));
	for (cl_uint i = 0; i < LAUNCHES; i++) {
		check_success(clSetKernelArg(kernel, 1, sizeof(i), &i));
		check_success_fatal(clEnqueueNDRangeKernel(queues[i % 2], kernel, 1, NULL, &count,
							   NULL, event != NULL,
							   event ? &event : NULL, &next));
		if (event)
			check_success(clReleaseEvent(event));
		event = next;
	}
	check_success(clWaitForEvents(1, &event));
	for (cl_uint j = 0; j < WORDS; j++)
		check_equal(wanted_word(0, j), words[j]);
	check_success(clReleaseEvent(event));
	clSVMFree(fixture->base.context, words);
	check_success(clReleaseCommandQueue(queues[0]));
	check_success(clReleaseCommandQueue(queues[1]));
	check_success(clReleaseKernel(kernel));
}

/* A launch that waits for the host holds up neither the host nor another queue. */
static void test_waiting(const struct fixture *fixture)
{
	const size_t one = 1;
	cl_kernel kernel = test_kernel(fixture->program, "wait_for_host");
	cl_kernel other = test_kernel(fixture->program, "mix_in");
	cl_command_queue queue = test_queue(&fixture->base, 0);
	_Atomic int *flags = clSVMAlloc(fixture->base.context,
					CL_MEM_READ_WRITE | CL_MEM_SVM_FINE_GRAIN_BUFFER, 1024, 0);
	cl_uint *word = (cl_uint *)&flags[128], number = 5;

	test_step("a kernel that waits for the host");
	check_fatal(flags, "no SVM");
	memset((void *)flags, 0, 1024);
	check_success(clSetKernelArgSVMPointer(kernel, 0, (void *)&flags[0]));
	check_success(clSetKernelArgSVMPointer(kernel, 1, (void *)&flags[64]));
	check_success(clSetKernelArgSVMPointer(other, 0, word));
	check_success(clSetKernelArg(other, 1, sizeof(number), &number));
	check_success_fatal(clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &one, NULL,
						   0, NULL, NULL));
	check_success(clFlush(fixture->base.queue));
	test_await(&flags[64], 1);
	check_success_fatal(
		clEnqueueNDRangeKernel(queue, other, 1, NULL, &one, NULL, 0, NULL, NULL));
	check_success(clFinish(queue));
	check_equal(5, *word);
	check_equal(1, atomic_load(&flags[64]));
	atomic_store(&flags[0], 1);
	check_success(clFinish(fixture->base.queue));
	check_equal(2, atomic_load(&flags[64]));
	clSVMFree(fixture->base.context, (void *)flags);
	check_success(clReleaseCommandQueue(queue));
	check_success(clReleaseKernel(other));
	check_success(clReleaseKernel(kernel));
}

static bool is_llvmpipe(cl_device_id device)
{
	char name[256] = "";

	check_success(clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof(name), name, NULL));
	return strstr(name, "llvmpipe");
}

int main(int count, char **arguments)
{
	struct fixture fixture = { .base = test_open() };
	bool waiting = count > 1 && !strcmp(arguments[1], "--waiting");

	if (waiting && is_llvmpipe(fixture.base.device))
		check_skip("llvmpipe ends each loop after 65,535 turns: no kernel can wait");
	fixture.program = test_build(fixture.base.context, concurrency_cl, "");
	if (waiting) {
		test_waiting(&fixture);
	} else {
		test_threads(&fixture, false);
		test_threads(&fixture, true);
		test_chain(&fixture);
	}
	check_success(clReleaseProgram(fixture.program));
	test_close(&fixture.base);
	return check_result();
}
