// SPDX-License-Identifier: MIT
/*
 * Command buffers and others at the same time: the host and its threads on the same words of
 * SVM, several enqueues of one buffer, several threads that record and enqueue.
 */
#include <pthread.h>

#include "command_buffers.h"

/* @count atomic words of fine-grain SVM, all 0; NULL where the device has none. */
static _Atomic int *words(const struct buffers_fixture *fixture, size_t count)
{
	_Atomic int *svm = clSVMAlloc(fixture->base.context,
				      CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS,
				      count * sizeof(*svm), 0);

	for (size_t i = 0; svm && i < count; i++)
		atomic_store(&svm[i], 0);
	return svm;
}

/* ---- SVM ---- */

#define HOST_TIMES 20000

static void *count_on_host(void *argument)
{
	_Atomic int *word = argument;

	for (int i = 0; i < HOST_TIMES; i++)
		atomic_fetch_add(word, 1);
	return NULL;
}

/* SVM commands around kernels whose atomics are on a word that threads of the host count on. */
static void test_atomics(const struct buffers_fixture *fixture, _Atomic int *svm)
{
	enum { ITEMS = 64, LAUNCHES = 20, ROUNDS = 5, THREADS = 2 };
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_command_buffer_khr buffer = create_buffer(fixture, fixture->base.queue, 0);
	cl_kernel kernel = test_kernel(fixture->program, "count");
	const cl_int times = 10, pattern = 0x01020304;
	pthread_t threads[THREADS];

	test_step("atomics of recorded kernels and of host threads");
	check_success(clSetKernelArgSVMPointer(kernel, 0, (void *)&svm[0]));
	check_success(clSetKernelArg(kernel, 1, sizeof(times), &times));
	check_success(cl->clCommandSVMMemFillKHR(buffer, NULL, NULL, (void *)&svm[4], &pattern, 4,
						 16, 0, NULL, NULL, NULL));
	for (int i = 0; i < LAUNCHES; i++)
		record_launch(fixture, buffer, kernel, ITEMS, 4);
	check_success(cl->clCommandSVMMemcpyKHR(buffer, NULL, NULL, (void *)&svm[8],
						(const void *)&svm[4], 16, 0, NULL, NULL, NULL));
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	for (int i = 0; i < THREADS; i++)
		check_equal(0, pthread_create(&threads[i], NULL, count_on_host, (void *)&svm[0]));
	for (int i = 0; i < ROUNDS; i++)
		enqueue_buffer(fixture, buffer);
	check_success(clFinish(fixture->base.queue));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	check_equal(ROUNDS * LAUNCHES * ITEMS * times + THREADS * HOST_TIMES, svm[0]);
	for (int i = 8; i < 12; i++)
		check_equal(pattern, svm[i]);
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(kernel));
}

/* A recorded kernel and the host answer each other, behind and before other commands. */
static void test_dialogue(const struct buffers_fixture *fixture, _Atomic int *svm)
{
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_command_buffer_khr buffer = create_buffer(fixture, fixture->base.queue, 0);
	cl_kernel kernel = test_kernel(fixture->program, "answer");
	const cl_int last = 500, zero = 0;

	test_step("a dialogue of host and recorded kernel");
	check_success(clSetKernelArgSVMPointer(kernel, 0, (void *)&svm[0]));
	check_success(clSetKernelArgSVMPointer(kernel, 1, (void *)&svm[1]));
	check_success(clSetKernelArg(kernel, 2, sizeof(last), &last));
	check_success(cl->clCommandSVMMemFillKHR(buffer, NULL, NULL, (void *)&svm[2], &zero, 4, 4,
						 0, NULL, NULL, NULL));
	record_launch(fixture, buffer, kernel, 1, 1);
	check_success(cl->clCommandSVMMemcpyKHR(buffer, NULL, NULL, (void *)&svm[2],
						(const void *)&svm[1], 4, 0, NULL, NULL, NULL));
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	atomic_store(&svm[0], 0);
	atomic_store(&svm[1], 0);
	atomic_store(&svm[2], -1);
	enqueue_buffer(fixture, buffer);
	check_success(clFlush(fixture->base.queue));
	for (cl_int i = 1; i <= last; i++) {
		atomic_store(&svm[0], i);
		test_await(&svm[1], i);
	}
	check_success(clFinish(fixture->base.queue));
	check_equal(last, svm[2]);
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_success(clReleaseKernel(kernel));
}

/* ---- several enqueues ---- */

/* One buffer, enqueued again and again out of order: each enqueue does all of it. */
static void test_simultaneous_use(const struct buffers_fixture *fixture, _Atomic int *svm)
{
	enum { ENQUEUES = 50, LAUNCHES = 10, ITEMS = 32 };
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_command_queue queue = test_queue(&fixture->base, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
	cl_command_buffer_khr buffer =
		create_buffer(fixture, queue, CL_COMMAND_BUFFER_SIMULTANEOUS_USE_KHR);
	cl_kernel kernel = test_kernel(fixture->program, "count");
	const cl_int once = 1;

	test_step("enqueues of one buffer at the same time");
	atomic_store(&svm[0], 0);
	check_success(clSetKernelArgSVMPointer(kernel, 0, (void *)&svm[0]));
	check_success(clSetKernelArg(kernel, 1, sizeof(once), &once));
	for (int i = 0; i < LAUNCHES; i++)
		record_launch(fixture, buffer, kernel, ITEMS, i % 2 ? 1 : ITEMS);
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	for (int i = 0; i < ENQUEUES; i++)
		enqueue_buffer(fixture, buffer);
	check_success(cl->clReleaseCommandBufferKHR(buffer));
	check_success(clFinish(queue));
	check_equal(ENQUEUES * LAUNCHES * ITEMS, svm[0]);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseCommandQueue(queue));
}

#define RECORDERS      4
#define RECORDED_TIMES 50

struct recorder {
	const struct buffers_fixture *fixture;
	cl_command_buffer_khr buffer;
	_Atomic int *word;
	cl_command_queue queue; /* to enqueue in; NULL for one that records */
};

static void *record_or_enqueue(void *argument)
{
	const struct recorder *recorder = argument;
	const struct buffers_fixture *fixture = recorder->fixture;
	cl_kernel kernel = test_kernel(fixture->program, "count");
	cl_command_queue queue = recorder->queue;
	const cl_int once = 1;

	check_success(clSetKernelArgSVMPointer(kernel, 0, (void *)recorder->word));
	check_success(clSetKernelArg(kernel, 1, sizeof(once), &once));
	for (int i = 0; i < RECORDED_TIMES; i++) {
		if (queue)
			check_success(fixture->cl.clEnqueueCommandBufferKHR(
				1, &queue, recorder->buffer, 0, NULL, NULL));
		else
			record_launch(fixture, recorder->buffer, kernel, 1, 1);
	}
	if (queue)
		check_success(clFinish(queue));
	check_success(clReleaseKernel(kernel));
	return NULL;
}

static void run_recorders(struct recorder *recorders)
{
	pthread_t threads[RECORDERS];

	for (int i = 0; i < RECORDERS; i++)
		check_equal(0, pthread_create(&threads[i], NULL, record_or_enqueue, &recorders[i]));
	for (int i = 0; i < RECORDERS; i++)
		pthread_join(threads[i], NULL);
}

/* Threads record into one buffer, and then enqueue it, each in a queue of its own. */
static void test_threads(const struct buffers_fixture *fixture, _Atomic int *svm)
{
	const struct command_buffer_functions *cl = &fixture->cl;
	cl_command_buffer_khr buffer =
		create_buffer(fixture, fixture->base.queue, CL_COMMAND_BUFFER_SIMULTANEOUS_USE_KHR);
	struct recorder recorders[RECORDERS];

	test_step("threads that record and enqueue");
	atomic_store(&svm[0], 0);
	for (int i = 0; i < RECORDERS; i++)
		recorders[i] = (struct recorder){ fixture, buffer, &svm[0], NULL };
	run_recorders(recorders);
	check_success(cl->clFinalizeCommandBufferKHR(buffer));
	for (int i = 0; i < RECORDERS; i++)
		recorders[i].queue = test_queue(&fixture->base, 0);
	run_recorders(recorders);
	check_equal(RECORDERS * RECORDED_TIMES * RECORDERS * RECORDED_TIMES, svm[0]);
	for (int i = 0; i < RECORDERS; i++)
		check_success(clReleaseCommandQueue(recorders[i].queue));
	check_success(cl->clReleaseCommandBufferKHR(buffer));
}

int main(void)
{
	struct buffers_fixture fixture = open_fixture();
	_Atomic int *svm = words(&fixture, 16);

	if (!svm)
		check_skip("the device has no SVM atomics\n");
	test_atomics(&fixture, svm);
	test_dialogue(&fixture, svm);
	test_simultaneous_use(&fixture, svm);
	test_threads(&fixture, svm);
	clSVMFree(fixture.base.context, (void *)svm);
	close_fixture(&fixture);
	return check_result();
}
