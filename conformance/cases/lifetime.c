// SPDX-License-Identifier: MIT
/* Objects end in any order, threads and processes come and go. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/suite.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#define LEAK_ON_PURPOSE() __lsan_disable()
#else
#define LEAK_ON_PURPOSE() ((void)0)
#endif

#define REFERENCE_SECTION "API 2 (reference counts), 5.6"
#define NEEDS		  (SVM_ATOMICS | SVM_C_ATOMICS | SVM_ALL_DEVICES | SVM_ACQ_REL)
#define BYTES		  4096

extern const char basic_cl[];
extern const char sync_cl[];

struct held {
	cl_program program;
	cl_kernel kernel;
	_Atomic cl_uint *control;
};

/* A kernel that runs until word 64 of its control is set. */
static struct held begin_holding(struct svm_run *run, cl_command_queue queue)
{
	struct held held = { .program = svm_build(run, sync_cl, " ") };

	held.kernel = svm_kernel(held.program, "hold");
	held.control = svm_atomic(run, 1024);
	svm_stop_word(held.control);
	svm_arg_pointer(held.kernel, 0, (void *)held.control);
	svm_launch(queue, held.kernel, 1, 1);
	svm_success(clFlush(queue));
	svm_await(&held.control[32], 1, "a kernel starts");
	return held;
}

static void end_holding(struct svm_run *run, struct held *held)
{
	atomic_store(&held->control[64], 1);
	svm_await(&held->control[96], 1, "the kernel sees that it shall end");
}

/* ---- release while a kernel runs ---- */

SVM_CASE(lifetime_kernel_released_while_running, NEEDS, REFERENCE_SECTION,
	 "A kernel that was released runs to its end.")
{
	struct held held = begin_holding(run, run->queue);

	svm_success(clReleaseKernel(held.kernel));
	svm_success(clReleaseProgram(held.program));
	end_holding(run, &held);
	svm_finish(run->queue, "the kernel ends");
	svm_stop_word(NULL);
	clSVMFree(run->context, (void *)held.control);
}

SVM_CASE(lifetime_queue_released_while_running, NEEDS, REFERENCE_SECTION,
	 "The commands of a queue that was released run to their end.")
{
	cl_command_queue queue = svm_queue(run, 0);
	struct held held = begin_holding(run, queue);
	cl_kernel add = svm_build_kernel(run, basic_cl, "add");
	cl_int *memory = svm_fine(run, BYTES), one = 1;
	cl_event event;

	svm_arg_pointer(add, 0, memory);
	svm_arg(add, 1, sizeof(one), &one);
	event = svm_launch_event(queue, add, 16, 0, NULL);
	svm_success(clReleaseCommandQueue(queue));
	end_holding(run, &held);
	svm_step("waiting for an event of a released queue");
	svm_success(clWaitForEvents(1, &event));
	svm_expect_equal(1, memory[15]);
	svm_success(clReleaseEvent(event));
	svm_success(clReleaseKernel(held.kernel));
	svm_success(clReleaseProgram(held.program));
	svm_success(clReleaseKernel(add));
	svm_stop_word(NULL);
	clSVMFree(run->context, (void *)held.control);
	clSVMFree(run->context, memory);
}

SVM_CASE(lifetime_free_other_while_running, NEEDS, "API 5.6 (clSVMFree)",
	 "Memory that a running kernel does not use is freed at once, and its neighbours stay.")
{
	struct held held = begin_holding(run, run->queue);

	svm_step("freeing while a kernel runs");
	for (unsigned int i = 0; i < 100; i++) {
		cl_uint *before = svm_atomic(run, 64), *after = svm_atomic(run, 64);

		before[3] = 4;
		clSVMFree(run->context, after);
		svm_expect_equal(4, before[3]);
		clSVMFree(run->context, before);
	}
	svm_expect_equal(0, atomic_load(&held.control[96]));
	end_holding(run, &held);
	svm_finish(run->queue, "the kernel ends");
	svm_stop_word(NULL);
	svm_success(clReleaseKernel(held.kernel));
	svm_success(clReleaseProgram(held.program));
	clSVMFree(run->context, (void *)held.control);
}

SVM_CASE(lifetime_event_outlives_queue, SVM_FINE, REFERENCE_SECTION,
	 "An event tells its state when its queue is gone.")
{
	cl_command_queue queue = svm_queue(run, 0);
	cl_int *memory = svm_fine(run, BYTES);
	const cl_int pattern = 3;
	cl_event event;

	svm_success(clEnqueueSVMMemFill(queue, memory, &pattern, sizeof(pattern), BYTES, 0, NULL,
					&event));
	svm_finish(queue, "filling");
	svm_success(clReleaseCommandQueue(queue));
	svm_expect_equal(CL_COMPLETE, svm_event_status(event));
	svm_expect_equal(CL_COMMAND_SVM_MEMFILL, svm_event_type(event));
	svm_success(clReleaseEvent(event));
	svm_expect_equal(3, memory[7]);
	clSVMFree(run->context, memory);
}

/* ---- release in any order ---- */

SVM_CASE(lifetime_random_order, SVM_FINE, REFERENCE_SECTION,
	 "Buffers over SVM, events, queues and kernels are released in any order.")
{
	for (uint64_t round = 0; svm_more(run, round, 100); round++) {
		cl_int *memory = svm_fine(run, BYTES), first = 2, code;
		cl_command_queue queue = svm_queue(run, 0);
		cl_kernel kernel = svm_build_kernel(run, basic_cl, "number");
		cl_mem buffer =
			clCreateBuffer(run->context, CL_MEM_USE_HOST_PTR, BYTES, memory, &code);
		const cl_buffer_region region = { 0, 1024 };
		cl_mem part;
		cl_event event;
		unsigned int left = 31;

		svm_success(code);
		part = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
		svm_success(code);
		svm_arg(kernel, 0, sizeof(part), &part);
		svm_arg(kernel, 1, sizeof(first), &first);
		event = svm_launch_event(queue, kernel, 16, 0, NULL);
		svm_success(clFlush(queue));
		while (left) {
			unsigned int chosen = (unsigned int)svm_random_below(&run->random, 5);

			if (!(left >> chosen & 1))
				continue;
			left &= ~(1u << chosen);
			if (chosen == 0)
				svm_success(clReleaseMemObject(buffer));
			else if (chosen == 1)
				svm_success(clReleaseMemObject(part));
			else if (chosen == 2)
				svm_success(clReleaseKernel(kernel));
			else if (chosen == 3)
				svm_success(clReleaseCommandQueue(queue));
			else
				svm_success(clRetainEvent(event));
		}
		svm_step("waiting for the event");
		svm_success(clWaitForEvents(1, &event));
		svm_expect_equal(17, memory[15]);
		svm_success(clReleaseEvent(event));
		svm_success(clReleaseEvent(event));
		clSVMFree(run->context, memory);
	}
}

SVM_CASE(lifetime_context_of_its_own, SVM_ANY_SVM, REFERENCE_SECTION,
	 "A context with SVM comes and goes many times.")
{
	for (uint64_t round = 0; svm_more(run, round, 30); round++) {
		struct svm_run inner = *run;
		cl_int code, *memory;

		inner.context = clCreateContext(NULL, 1, &run->device.handle, NULL, NULL, &code);
		svm_success(code);
		inner.queue = svm_queue(&inner, 0);
		memory = svm_any(&inner, BYTES);
		svm_map(&inner, memory, BYTES);
		memory[0] = 1;
		svm_unmap(&inner, memory);
		clSVMFree(inner.context, memory);
		svm_success(clReleaseCommandQueue(inner.queue));
		svm_success(clReleaseContext(inner.context));
	}
}

SVM_CASE(lifetime_unfreed_at_exit, SVM_ANY_SVM, REFERENCE_SECTION,
	 "A process that frees nothing ends in good order.")
{
	cl_event event;
	cl_int *memory = svm_any(run, BYTES);
	const cl_int pattern = 1;

	LEAK_ON_PURPOSE();
	svm_success(clRetainContext(run->context));
	svm_success(clRetainCommandQueue(run->queue));
	svm_success(clEnqueueSVMMemFill(run->queue, memory, &pattern, sizeof(pattern), BYTES, 0,
					NULL, &event));
}

/* ---- threads ---- */

struct worker {
	pthread_t thread;
	struct svm_run *run;
	cl_int *memory;
	cl_int failure;
};

static void *fill_in_thread(void *argument)
{
	struct worker *self = argument;
	const cl_int pattern = 8;

	/* Not waited for: the thread ends with its command in the queue. */
	self->failure = clEnqueueSVMMemFill(self->run->queue, self->memory, &pattern,
					    sizeof(pattern), BYTES, 0, NULL, NULL);
	return NULL;
}

SVM_CASE(lifetime_thread_ends_before_command, SVM_FINE, "API Appendix A (Multiple Host Threads)",
	 "A command runs though the thread that enqueued it has ended.")
{
	for (uint64_t round = 0; svm_more(run, round, 100); round++) {
		struct worker worker = { .run = run, .memory = svm_fine(run, BYTES) };

		svm_expect(!pthread_create(&worker.thread, NULL, fill_in_thread, &worker),
			   "no thread");
		pthread_join(worker.thread, NULL);
		svm_success(worker.failure);
		svm_finish(run->queue, "a command of an ended thread");
		svm_expect_equal(8, worker.memory[BYTES / 4 - 1]);
		clSVMFree(run->context, worker.memory);
	}
}

static void *alloc_in_thread(void *argument)
{
	struct worker *self = argument;

	self->memory = clSVMAlloc(self->run->context, CL_MEM_SVM_FINE_GRAIN_BUFFER, BYTES, 0);
	if (self->memory)
		self->memory[1] = 21;
	return NULL;
}

SVM_CASE(lifetime_allocation_outlives_thread, SVM_FINE, "API Appendix A (Multiple Host Threads)",
	 "Memory that a thread allocated stays when it ends, and another frees it.")
{
	for (uint64_t round = 0; svm_more(run, round, 100); round++) {
		struct worker worker = { .run = run };

		svm_expect(!pthread_create(&worker.thread, NULL, alloc_in_thread, &worker),
			   "no thread");
		pthread_join(worker.thread, NULL);
		svm_expect(worker.memory, "NULL");
		svm_expect_equal(21, worker.memory[1]);
		clSVMFree(run->context, worker.memory);
	}
}

/* ---- fork ---- */

SVM_CASE(lifetime_fork, NEEDS, REFERENCE_SECTION,
	 "A process that forks goes on: its kernels still reach its memory.")
{
	struct held held = begin_holding(run, run->queue);
	int status = -1;
	pid_t child = fork();

	if (!child)
		_exit(7);
	svm_expect(child > 0, "no child");
	svm_step("waiting for the child process");
	svm_expect(waitpid(child, &status, 0) == child && WIFEXITED(status) &&
			   WEXITSTATUS(status) == 7,
		   "the child ended with 0x%x", (unsigned int)status);
	/* The parent's pages may have been made copy-on-write meanwhile. */
	end_holding(run, &held);
	svm_finish(run->queue, "the kernel ends");
	svm_stop_word(NULL);
	svm_success(clReleaseKernel(held.kernel));
	svm_success(clReleaseProgram(held.program));
	clSVMFree(run->context, (void *)held.control);
}

SVM_CASE(lifetime_fork_copies_stay_apart, NEEDS, REFERENCE_SECTION,
	 "What the parent's kernels write after a fork is not the child's, nor the other way.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "number");
	cl_int *memory = svm_atomic(run, BYTES), first = 1;
	int gate[2], status = -1;
	pid_t child;
	char byte = 0;

	svm_expect(!pipe(gate), "no pipe");
	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(first), &first);
	child = fork();
	if (!child) {
		/* Once the parent's kernel has written. */
		if (read(gate[0], &byte, 1) != 1)
			_exit(1);
		memory[5] = 77;
		_exit(memory[6] == 0 ? 7 : 8);
	}
	svm_expect(child > 0, "no child");
	svm_launch(run->queue, kernel, 64, 0);
	svm_finish(run->queue, "writing after a fork");
	svm_expect(write(gate[1], &byte, 1) == 1, "no write");
	svm_step("waiting for the child process");
	svm_expect(waitpid(child, &status, 0) == child && WIFEXITED(status) &&
			   WEXITSTATUS(status) == 7,
		   "the child ended with 0x%x", (unsigned int)status);
	svm_expect_equal(6, memory[5]);
	close(gate[0]);
	close(gate[1]);
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}
