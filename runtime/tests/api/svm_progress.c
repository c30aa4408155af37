// SPDX-License-Identifier: MIT
/*
 * Host and kernels that wait for each other through shared virtual memory: all get
 * on, with nothing but a flush to start them.
 */
#include <string.h>

#include "harness.h"

extern const char svm_progress_cl[];

struct fixture {
	struct test_setup base;
	cl_program program;
};

/* @count atomic words of fine-grain SVM, all 0. */
static _Atomic int *words(const struct fixture *fixture, size_t count)
{
	_Atomic int *svm = clSVMAlloc(fixture->base.context,
				      CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS,
				      count * sizeof(*svm), 0);

	check_fatal(svm, "no SVM");
	for (size_t i = 0; i < count; i++)
		atomic_store(&svm[i], 0);
	return svm;
}

static void release_words(const struct fixture *fixture, _Atomic int *svm)
{
	clSVMFree(fixture->base.context, (void *)svm);
}

static cl_kernel kernel_on(const struct fixture *fixture, const char *name, const void *first)
{
	cl_kernel kernel = test_kernel(fixture->program, name);

	check_success(clSetKernelArgSVMPointer(kernel, 0, first));
	return kernel;
}

static void launch(cl_command_queue queue, cl_kernel kernel, size_t global, size_t local)
{
	check_success(
		clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, &local, 0, NULL, NULL));
	check_success(clFlush(queue));
}

/* ---- host and kernel ---- */

/* The host sees what a kernel writes while that runs, and the kernel what the host writes. */
static void test_dialogue(const struct fixture *fixture)
{
	const cl_int last = 2000;
	_Atomic int *svm = words(fixture, 2);
	cl_kernel kernel = kernel_on(fixture, "answer", &svm[0]);

	test_step("a dialogue of host and kernel");
	check_success(clSetKernelArgSVMPointer(kernel, 1, &svm[1]));
	check_success(clSetKernelArg(kernel, 2, sizeof(last), &last));
	launch(fixture->base.queue, kernel, 1, 1);
	for (cl_int i = 1; i <= last; i++) {
		atomic_store(&svm[0], i);
		test_await(&svm[1], i);
	}
	check_success(clFinish(fixture->base.queue));
	check_success(clReleaseKernel(kernel));
	release_words(fixture, svm);
}

/* More groups than threads wait for the host: the first come, and the others after them. */
static void test_waiting_groups(const struct fixture *fixture)
{
	enum { GROUPS = 64 };
	_Atomic int *svm = words(fixture, 2);
	cl_kernel kernel = kernel_on(fixture, "persist", &svm[0]);

	test_step("groups that wait for the host");
	check_success(clSetKernelArgSVMPointer(kernel, 1, &svm[1]));
	launch(fixture->base.queue, kernel, 2 * GROUPS, 2);
	while (!atomic_load(&svm[0]))
		test_await(&svm[1], 0);
	atomic_store(&svm[1], 1);
	check_success(clFinish(fixture->base.queue));
	check_equal(GROUPS, svm[0]);
	check_success(clReleaseKernel(kernel));
	release_words(fixture, svm);
}

/* Groups are begun in their order, so that each may wait for the ones before. */
static void test_groups_in_turn(const struct fixture *fixture)
{
	static const size_t counts[] = { 1, 3, 64, 1000 };
	_Atomic int *svm = words(fixture, 1);
	cl_kernel kernel = kernel_on(fixture, "in_turn", &svm[0]);

	test_step("groups that wait for each other");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		atomic_store(&svm[0], 0);
		launch(fixture->base.queue, kernel, 4 * counts[i], 4);
		check_success(clFinish(fixture->base.queue));
		check_equal(counts[i], svm[0]);
	}
	check_success(clReleaseKernel(kernel));
	release_words(fixture, svm);
}

/* ---- several kernels ---- */

#define PERSISTENT 8

/* Runs ordinary commands, and waits for them, in the ways that there are. */
static void do_ordinary_work(const struct fixture *fixture, cl_command_queue queue)
{
	const size_t items = 1000;
	cl_kernel kernel = test_kernel(fixture->program, "add");
	cl_int numbers[1000] = { 0 };
	cl_mem buffer = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	cl_event event;

	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	for (cl_int i = 1; i <= 20; i++) {
		check_success(clSetKernelArg(kernel, 1, sizeof(i), &i));
		check_success(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL,
						     &event));
		if (i % 3 == 0)
			check_success(clFinish(queue));
		else if (i % 3 == 1)
			check_success(clWaitForEvents(1, &event));
		check_success(clReleaseEvent(event));
	}
	check_success(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, sizeof(numbers), numbers, 0,
					  NULL, NULL));
	for (size_t i = 0; i < items; i++)
		check_equal(210, numbers[i]);
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
}

/*
 * Kernels that run until they are told to stop, in a queue each and more than there
 * are compute units; meanwhile other queues go on. They end in any order.
 */
static void test_persistent(const struct fixture *fixture, cl_command_queue_properties flags)
{
	_Atomic int *svm = words(fixture, 2 * PERSISTENT);
	cl_command_queue queues[PERSISTENT];

	for (int i = 0; i < PERSISTENT; i++) {
		cl_kernel kernel = kernel_on(fixture, "persist", &svm[2 * i]);

		queues[i] = test_queue(&fixture->base, flags);
		check_success(clSetKernelArgSVMPointer(kernel, 1, &svm[2 * i + 1]));
		launch(queues[i], kernel, 1, 1);
		check_success(clReleaseKernel(kernel));
	}
	for (int i = 0; i < PERSISTENT; i++)
		test_await(&svm[2 * i], 1);
	do_ordinary_work(fixture, fixture->base.queue);
	for (int i = 0; i < PERSISTENT; i++) {
		int which = (i * 5 + 3) % PERSISTENT;

		atomic_store(&svm[2 * which + 1], 1);
		check_success(clFinish(queues[which]));
	}
	for (int i = 0; i < PERSISTENT; i++)
		check_success(clReleaseCommandQueue(queues[i]));
	release_words(fixture, svm);
}

/* In one out-of-order queue, persistent kernels and others beside them. */
static void test_one_queue(const struct fixture *fixture)
{
	_Atomic int *svm = words(fixture, 2 * PERSISTENT);
	cl_command_queue queue = test_queue(&fixture->base, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
	cl_kernel add = test_kernel(fixture->program, "add");
	const size_t items = 16;
	const cl_int number = 3;
	cl_int numbers[16] = { 0 };
	cl_mem buffer = test_buffer(fixture->base.context, sizeof(numbers), numbers);
	cl_event event;

	test_step("persistent kernels in one out-of-order queue");
	for (int i = 0; i < PERSISTENT; i++) {
		cl_kernel kernel = kernel_on(fixture, "persist", &svm[2 * i]);

		check_success(clSetKernelArgSVMPointer(kernel, 1, &svm[2 * i + 1]));
		launch(queue, kernel, 1, 1);
		check_success(clReleaseKernel(kernel));
	}
	for (int i = 0; i < PERSISTENT; i++)
		test_await(&svm[2 * i], 1);
	check_success(clSetKernelArg(add, 0, sizeof(buffer), &buffer));
	check_success(clSetKernelArg(add, 1, sizeof(number), &number));
	check_success(clEnqueueNDRangeKernel(queue, add, 1, NULL, &items, NULL, 0, NULL, &event));
	check_success(clWaitForEvents(1, &event));
	check_success(clReleaseEvent(event));
	check_success(clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, sizeof(numbers), numbers, 0,
					  NULL, NULL));
	check_equal(3, numbers[15]);
	for (int i = 0; i < PERSISTENT; i++)
		atomic_store(&svm[2 * i + 1], 1);
	check_success(clFinish(queue));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(add));
	check_success(clReleaseCommandQueue(queue));
	release_words(fixture, svm);
}

/* ---- competition ---- */

/* Host and work-items win compare-exchanges of one word; nothing is lost. */
static void test_compare_exchange(const struct fixture *fixture)
{
	const cl_int times = 1000;
	const size_t items = 64;
	_Atomic int *svm = words(fixture, 1);
	cl_kernel kernel = kernel_on(fixture, "win", &svm[0]);

	test_step("compare-exchanges of host and kernel");
	check_success(clSetKernelArg(kernel, 1, sizeof(times), &times));
	launch(fixture->base.queue, kernel, items, 4);
	for (int i = 0; i < 20000; i++) {
		int seen = atomic_load(&svm[0]);

		while (!atomic_compare_exchange_strong(&svm[0], &seen, seen + 1))
			;
	}
	check_success(clFinish(fixture->base.queue));
	check_equal(20000 + (int)items * times, svm[0]);
	check_success(clReleaseKernel(kernel));
	release_words(fixture, svm);
}

/* Host and kernel write neighbouring bytes at the same time, without atomics. */
static void test_interleaved_bytes(const struct fixture *fixture)
{
	enum { PAIRS = 4096, ROUNDS = 200 };
	const cl_int rounds = ROUNDS;
	_Atomic int *started = words(fixture, 1);
	volatile unsigned char *bytes =
		clSVMAlloc(fixture->base.context, CL_MEM_SVM_FINE_GRAIN_BUFFER, 2 * PAIRS, 0);
	cl_kernel kernel = test_kernel(fixture->program, "write_even");

	test_step("interleaved bytes");
	check_fatal(bytes, "no SVM");
	memset((void *)bytes, 0, 2 * PAIRS);
	check_success(clSetKernelArgSVMPointer(kernel, 0, (const void *)bytes));
	check_success(clSetKernelArgSVMPointer(kernel, 1, started));
	check_success(clSetKernelArg(kernel, 2, sizeof(rounds), &rounds));
	launch(fixture->base.queue, kernel, PAIRS, 64);
	while (!atomic_load(started))
		;
	for (int round = 1; round <= ROUNDS; round++) {
		for (int i = 0; i < PAIRS; i++)
			bytes[2 * i + 1] = (unsigned char)(round + 1);
	}
	check_success(clFinish(fixture->base.queue));
	for (int i = 0; i < PAIRS; i++)
		check(bytes[2 * i] == (unsigned char)ROUNDS &&
			      bytes[2 * i + 1] == (unsigned char)(ROUNDS + 1),
		      "pair %d is %u, %u", i, bytes[2 * i], bytes[2 * i + 1]);
	check_success(clReleaseKernel(kernel));
	clSVMFree(fixture->base.context, (void *)bytes);
	release_words(fixture, started);
}

int main(void)
{
	struct fixture fixture = { .base = test_open() };
	cl_device_svm_capabilities has = 0;

	check_success(clGetDeviceInfo(fixture.base.device, CL_DEVICE_SVM_CAPABILITIES, sizeof(has),
				      &has, NULL));
	if (!(has & CL_DEVICE_SVM_ATOMICS))
		check_skip("the device has no SVM atomics");
	fixture.program = test_build(fixture.base.context, svm_progress_cl, "-cl-std=CL3.0");
	test_dialogue(&fixture);
	test_waiting_groups(&fixture);
	test_groups_in_turn(&fixture);
	test_step("persistent kernels in in-order queues");
	test_persistent(&fixture, 0);
	test_step("persistent kernels in out-of-order queues");
	test_persistent(&fixture, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
	test_one_queue(&fixture);
	test_compare_exchange(&fixture);
	test_interleaved_bytes(&fixture);
	check_success(clReleaseProgram(fixture.program));
	test_close(&fixture.base);
	return check_result();
}
