// SPDX-License-Identifier: MIT
/*
 * Children of a process that uses OpenCL: they use it too, with the parent's objects or
 * their own, or just end; also where the fork comes in the midst of kernels.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command_buffers/command_buffers.h"
#include "harness.h"

#define ITEMS 4096

/*
 * ThreadSanitizer ends a child that starts threads. AddressSanitizer makes each fork slow, and
 * leaves the locks of its allocator to the child as other threads of the parent held them:
 * only where these sleep can a child do more than end.
 */
#ifdef __SANITIZE_THREAD__
#define CHILDREN_HAVE_THREADS false
#define NEED_SLEEPING_THREADS false
#define ROUNDS		      40
#elif defined(__SANITIZE_ADDRESS__)
#define CHILDREN_HAVE_THREADS true
#define NEED_SLEEPING_THREADS true
#define ROUNDS		      60
#else
#define CHILDREN_HAVE_THREADS true
#define NEED_SLEEPING_THREADS false
#define ROUNDS		      1000
#endif

static bool is_child;

/*
 * LeakSanitizer asks this when a process ends. A child lacks the parent's threads, and so
 * the stacks that what these had allocated is known from.
 */
__attribute__((visibility("default"))) int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return is_child;
}

struct fixture {
	struct test_setup base;
	cl_program program;
};

/* What a child does, and with what it ends: 0 for good. */
typedef int (*child_work)(const struct fixture *fixture);

/* ---- a moment at which the other threads sleep ---- */

/* How often thread @name of this process has gone to sleep, or -1 if it is awake. */
static long long sleeps_of(const char *name)
{
	char path[64], line[256], state = 0;
	long long sleeps = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%s/status", name);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		sscanf(line, "State: %c", &state);
		sscanf(line, "voluntary_ctxt_switches: %lld", &sleeps);
	}
	if (file)
		fclose(file);
	return state == 'S' ? sleeps : -1;
}

/* How often the other threads have gone to sleep, or -1 if one is awake. */
static long long sleeps_of_others(void)
{
	DIR *threads = opendir("/proc/self/task");
	long long sum = 0, sleeps;
	struct dirent *entry;

	check_fatal(threads != NULL, "no list of the threads");
	while (sum >= 0 && (entry = readdir(threads))) {
		if (entry->d_name[0] == '.' || atoi(entry->d_name) == gettid())
			continue;
		sleeps = sleeps_of(entry->d_name);
		sum = sleeps < 0 ? -1 : sum + sleeps;
	}
	closedir(threads);
	return sum;
}

/* Until all have been seen asleep, and none has woken meanwhile. */
static void await_sleep_of_others(void)
{
	long long before, now = -1;

	do {
		sched_yield();
		before = now;
		now = sleeps_of_others();
	} while (now < 0 || now != before);
}

/* ---- children ---- */

static int end(const struct fixture *fixture)
{
	return 0;
}

static void run_child(const struct fixture *fixture, child_work work, bool handlers)
{
	int status = -1;
	pid_t child;

	if (NEED_SLEEPING_THREADS && (work != end || handlers))
		await_sleep_of_others();
	fflush(stdout);
	child = fork();
	check_fatal(child >= 0, "no child");
	if (!child) {
		is_child = true;
		/* Below the bound on the parent's step, so that it is the child's fault. */
		signal(SIGALRM, SIG_DFL);
		alarm(TEST_STEP_SECONDS / 2);
		status = work(fixture);
		if (handlers)
			exit(status);
		_exit(status);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	check(WIFEXITED(status) && !WEXITSTATUS(status), "the child ended with 0x%x%s", status,
	      WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? ", it hung" : "");
}

/* Of a device that is the parent's alone a child is told so, at once. */
static bool is_the_parents(cl_device_id device)
{
	cl_bool is_available = CL_TRUE;

	clGetDeviceInfo(device, CL_DEVICE_AVAILABLE, sizeof(is_available), &is_available, NULL);
	return is_child && !is_available;
}

static int look_at_lost_device(const struct fixture *fixture)
{
	const size_t items = ITEMS;
	cl_kernel kernel = clCreateKernel(fixture->program, "store", NULL);
	cl_device_id device = fixture->base.device;
	cl_int code;

	if (clCreateContext(NULL, 1, &device, NULL, NULL, &code) || code != CL_DEVICE_NOT_AVAILABLE)
		return 40;
	if (clCreateCommandQueueWithProperties(fixture->base.context, device, NULL, &code) ||
	    code != CL_DEVICE_NOT_AVAILABLE)
		return 41;
	if (clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &items, NULL, 0, NULL,
				   NULL) != CL_OUT_OF_RESOURCES)
		return 42;
	return clReleaseKernel(kernel) ? 43 : 0;
}

/* Launches, reads back, and waits for what only a thread of the child's can do. */
static int use(cl_context context, cl_device_id device, cl_program program)
{
	const size_t items = ITEMS;
	const cl_int number = getpid();
	cl_int seen[ITEMS] = { 0 }, status = CL_QUEUED, code;
	cl_command_queue queue = clCreateCommandQueueWithProperties(context, device, NULL, &code);
	cl_kernel kernel = clCreateKernel(program, "store", &code);
	cl_mem buffer = clCreateBuffer(context, 0, sizeof(seen), NULL, &code);
	cl_event event;

	if (!queue || !kernel || !buffer)
		return 10;
	clSetKernelArg(kernel, 0, sizeof(buffer), &buffer);
	clSetKernelArg(kernel, 1, sizeof(number), &number);
	for (int i = 0; i < 4; i++) {
		if (clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL))
			return 11;
	}
	if (clEnqueueReadBuffer(queue, buffer, CL_TRUE, 0, sizeof(seen), seen, 0, NULL, NULL))
		return 12;
	for (int i = 0; i < ITEMS; i++) {
		if (seen[i] != number)
			return 13;
	}
	if (clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL, &event) ||
	    clFlush(queue))
		return 14;
	while (status > 0) {
		if (clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(status),
				   &status, NULL))
			return 15;
		usleep(100);
	}
	clReleaseEvent(event);
	clReleaseMemObject(buffer);
	clReleaseKernel(kernel);
	clReleaseCommandQueue(queue);
	return status ? 16 : 0;
}

static int use_parents_context(const struct fixture *fixture)
{
	if (is_the_parents(fixture->base.device))
		return look_at_lost_device(fixture);
	return use(fixture->base.context, fixture->base.device, fixture->program);
}

static int use_new_context(const struct fixture *fixture)
{
	const char *source = "kernel void store(global int *out, int number)"
			     "{ out[get_global_id(0)] = number; }";
	cl_context context;
	cl_program program;
	cl_int code;
	int result;

	if (is_the_parents(fixture->base.device))
		return look_at_lost_device(fixture);
	context = clCreateContext(NULL, 1, &fixture->base.device, NULL, NULL, &code);
	program = clCreateProgramWithSource(context, 1, &source, NULL, &code);
	if (clBuildProgram(program, 0, NULL, NULL, NULL, NULL))
		return 20;
	result = use(context, fixture->base.device, program);
	clReleaseProgram(program);
	clReleaseContext(context);
	return result;
}

static int use_all(const struct fixture *fixture)
{
	int result = use_parents_context(fixture);

	return result ? result : use_new_context(fixture);
}

static void test_idle(const struct fixture *fixture)
{
	for (int handlers = 0; handlers < 2; handlers++) {
		test_step("children of a process whose commands have ended");
		run_child(fixture, end, handlers);
		if (!CHILDREN_HAVE_THREADS)
			continue;
		run_child(fixture, use_parents_context, handlers);
		run_child(fixture, use_new_context, handlers);
	}
	check_equal(0, use_all(fixture));
}

/* ---- pending commands ---- */

static cl_event pending_launch, pending_gate;

/* What is the parent's has failed for the child, at once. */
static int look_at_pending(const struct fixture *fixture)
{
	cl_int status = 1;

	if (clWaitForEvents(1, &pending_launch) != CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST)
		return 30;
	if (clGetEventInfo(pending_launch, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(status),
			   &status, NULL) ||
	    status != CL_OUT_OF_RESOURCES)
		return 31;
	if (clFinish(fixture->base.queue) || clSetUserEventStatus(pending_gate, CL_COMPLETE))
		return 32;
	return CHILDREN_HAVE_THREADS ? use_all(fixture) : 0;
}

static void test_pending(const struct fixture *fixture)
{
	const size_t items = ITEMS;
	const cl_int number = 9;
	cl_kernel kernel = test_kernel(fixture->program, "store");
	cl_mem buffer = test_buffer(fixture->base.context, ITEMS * sizeof(cl_int), NULL);
	cl_int seen = 0, code;

	test_step("children of a process with pending commands");
	pending_gate = clCreateUserEvent(fixture->base.context, &code);
	check_success_fatal(code);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clSetKernelArg(kernel, 1, sizeof(number), &number));
	check_success(clEnqueueNDRangeKernel(fixture->base.queue, kernel, 1, NULL, &items, NULL, 1,
					     &pending_gate, &pending_launch));
	run_child(fixture, look_at_pending, false);
	check_success(clFlush(fixture->base.queue));
	run_child(fixture, look_at_pending, true);
	/* The parent goes on as if nothing had been. */
	check_success(clSetUserEventStatus(pending_gate, CL_COMPLETE));
	check_success(clEnqueueReadBuffer(fixture->base.queue, buffer, CL_TRUE, 0, sizeof(seen),
					  &seen, 0, NULL, NULL));
	check_equal(number, seen);
	check_success(clReleaseEvent(pending_gate));
	check_success(clReleaseEvent(pending_launch));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(buffer));
}

/* ---- in the midst of kernels ---- */

static _Atomic int calls;

static void CL_CALLBACK count_call(cl_event event, cl_int status, void *unused)
{
	calls++;
}

static void CL_CALLBACK free_all(cl_command_queue queue, cl_uint count, void *pointers[],
				 void *context)
{
	for (cl_uint i = 0; i < count; i++)
		clSVMFree(context, pointers[i]);
}

/* Commands of all kinds, some of which run on when this returns. Returns the callbacks to come. */
static int keep_busy(const struct fixture *fixture, cl_kernel kernel, cl_command_queue queue)
{
	const size_t items = 65536;
	cl_mem buffer = test_buffer(fixture->base.context, items * sizeof(cl_int), NULL);
	cl_event event;
	int expected = 0;

	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	for (int i = 0; i < 3; i++) {
		void *memory = clSVMAlloc(fixture->base.context, CL_MEM_READ_WRITE, 5000, 0);

		check_success(clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &items, NULL, 0, NULL,
						     &event));
		check_success(clSetEventCallback(event, CL_COMPLETE, count_call, NULL));
		expected++;
		check_success(clReleaseEvent(event));
		if (memory)
			check_success(clEnqueueSVMFree(queue, 1, &memory, free_all,
						       fixture->base.context, 0, NULL, NULL));
	}
	check_success(clFlush(queue));
	check_success(clReleaseMemObject(buffer));
	return expected;
}

static void test_busy(const struct fixture *fixture)
{
	struct test_random random = { test_seed(1) };
	cl_kernel kernel = test_kernel(fixture->program, "store");
	cl_command_queue queues[2] = { test_queue(&fixture->base, 0),
				       test_queue(&fixture->base,
						  CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE) };
	const cl_int number = 1;
	int expected = 0;

	check_success(clSetKernelArg(kernel, 1, sizeof(number), &number));
	for (int round = 0; round < test_rounds(ROUNDS); round++) {
		child_work work = !CHILDREN_HAVE_THREADS || round % 4 ? end : use_parents_context;

		test_step("children of a process in the midst of kernels");
		expected += keep_busy(fixture, kernel, queues[round % 2]);
		usleep((useconds_t)test_random_below(&random, 200));
		if (NEED_SLEEPING_THREADS)
			run_child(fixture, end, false);
		else
			run_child(fixture, work, round % 8 < 6);
		if (round % 16 == 15)
			check_success(clFinish(queues[0]));
	}
	for (int i = 0; i < 2; i++) {
		check_success(clFinish(queues[i]));
		check_success(clReleaseCommandQueue(queues[i]));
	}
	test_await(&calls, expected);
	check_success(clReleaseKernel(kernel));
}

/* ---- from the runtime's threads ---- */

static const struct fixture *native_fixture;

static void CL_CALLBACK fork_natively(void *unused)
{
	run_child(native_fixture, end, true);
	if (CHILDREN_HAVE_THREADS)
		run_child(native_fixture, use_parents_context, true);
}

static sem_t callback_forked;

static void CL_CALLBACK fork_in_callback(cl_event event, cl_int status, void *unused)
{
	fork_natively(NULL);
	sem_post(&callback_forked);
}

static void test_own_threads(const struct fixture *fixture)
{
	cl_event event;

	test_step("children of native kernels and callbacks");
	native_fixture = fixture;
	sem_init(&callback_forked, 0, 0);
	check_success(clEnqueueNativeKernel(fixture->base.queue, fork_natively, NULL, 0, 0, NULL,
					    NULL, 0, NULL, &event));
	check_success(clSetEventCallback(event, CL_COMPLETE, fork_in_callback, NULL));
	check_success(clFinish(fixture->base.queue));
	while (sem_wait(&callback_forked) && errno == EINTR)
		;
	sem_destroy(&callback_forked);
	check_success(clReleaseEvent(event));
}

/* ---- in the midst of a change to a command buffer ---- */

/* The second of two changes in one call is there only when the child has ended. */
static struct {
	struct command_buffer_functions cl;
	cl_command_buffer_khr buffer;
	cl_mutable_command_khr command;
	struct tandem_mutable_dispatch_config *second;
	size_t page_bytes;
	sem_t begun, go_on;
} changing;

static void wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore) && errno == EINTR)
		;
}

static void hold_change(int number, siginfo_t *info, void *unused)
{
	const uintptr_t page = (uintptr_t)changing.second;

	if ((uintptr_t)info->si_addr - page >= changing.page_bytes) {
		signal(number, SIG_DFL);
		return;
	}
	sem_post(&changing.begun);
	wait_for(&changing.go_on);
	mprotect(changing.second, changing.page_bytes, PROT_READ);
}

static cl_int change_global_size(size_t global, const void *second)
{
	const struct tandem_mutable_dispatch_config config = { .command = changing.command,
							       .global_work_size = &global };
	const cl_uint types[] = { TANDEM_STRUCTURE_TYPE_MUTABLE_DISPATCH_CONFIG,
				  TANDEM_STRUCTURE_TYPE_MUTABLE_DISPATCH_CONFIG };
	const void *configs[] = { &config, second };

	return changing.cl.clUpdateMutableCommandsKHR(changing.buffer, second ? 2 : 1, types,
						      configs);
}

static size_t global_size_now(void)
{
	size_t size = 0;

	changing.cl.clGetMutableCommandInfoKHR(changing.command,
					       CL_MUTABLE_DISPATCH_GLOBAL_WORK_SIZE_KHR,
					       sizeof(size), &size, NULL);
	return size;
}

static void *change_slowly(void *unused)
{
	check_success(change_global_size(ITEMS / 2, changing.second));
	return NULL;
}

/* The parent's change has no effect here. The child's own has, where it has the device. */
static int change_in_child(const struct fixture *fixture)
{
	if (global_size_now() != ITEMS)
		return 50;
	if (is_the_parents(fixture->base.device))
		return change_global_size(ITEMS / 4, NULL) && global_size_now() == ITEMS ? 0 : 53;
	if (change_global_size(ITEMS / 4, NULL) || global_size_now() != ITEMS / 4)
		return 51;
	return change_global_size(ITEMS / 8, NULL) || global_size_now() != ITEMS / 8 ? 52 : 0;
}

static void record_launch_to_change(const struct fixture *fixture, cl_kernel kernel)
{
	const cl_properties properties[] = { CL_COMMAND_BUFFER_FLAGS_KHR,
					     CL_COMMAND_BUFFER_MUTABLE_KHR, 0 };
	const size_t items = ITEMS;
	cl_int code;

	load_functions(fixture->base.platform, &changing.cl);
	changing.buffer =
		changing.cl.clCreateCommandBufferKHR(1, &fixture->base.queue, properties, &code);
	check_success_fatal(code);
	check_success_fatal(changing.cl.clCommandNDRangeKernelKHR(changing.buffer, NULL, NULL,
								  kernel, 1, NULL, &items, NULL, 0,
								  NULL, NULL, &changing.command));
	check_success(changing.cl.clFinalizeCommandBufferKHR(changing.buffer));
}

static void test_change(const struct fixture *fixture)
{
	const struct sigaction action = { .sa_sigaction = hold_change, .sa_flags = SA_SIGINFO };
	const cl_int number = 1;
	cl_kernel kernel = test_kernel(fixture->program, "store");
	cl_mem buffer = test_buffer(fixture->base.context, ITEMS * sizeof(cl_int), NULL);
	struct sigaction before;
	pthread_t thread;

	test_step("a child of a process in the midst of a change to a command buffer");
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	check_success(clSetKernelArg(kernel, 1, sizeof(number), &number));
	record_launch_to_change(fixture, kernel);
	changing.page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	changing.second = mmap(NULL, changing.page_bytes, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check_fatal(changing.second != MAP_FAILED, "no memory");
	changing.second->command = changing.command;
	check_fatal(!mprotect(changing.second, changing.page_bytes, PROT_NONE) &&
			    !sem_init(&changing.begun, 0, 0) && !sem_init(&changing.go_on, 0, 0) &&
			    !sigaction(SIGSEGV, &action, &before) &&
			    !pthread_create(&thread, NULL, change_slowly, NULL),
		    "no thread that changes");
	wait_for(&changing.begun);
	run_child(fixture, change_in_child, false);
	sem_post(&changing.go_on);
	pthread_join(thread, NULL);
	check_equal(ITEMS / 2, global_size_now());
	sigaction(SIGSEGV, &before, NULL);
	munmap(changing.second, changing.page_bytes);
	check_success(changing.cl.clReleaseCommandBufferKHR(changing.buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseMemObject(buffer));
}

/* ---- children that live on ---- */

#define MOST_CHILDREN 500

struct family {
	pid_t children[MOST_CHILDREN];
	int count;
	_Atomic int stop;
};

static void *have_children(void *argument)
{
	struct family *family = argument;

	while (!family->stop && family->count < MOST_CHILDREN) {
		pid_t child = fork();

		if (!child) {
			for (;;)
				pause();
		}
		if (child > 0)
			family->children[family->count++] = child;
		sched_yield();
	}
	return NULL;
}

/*
 * Programs are built while children come to the world that outlive this, with all descriptors
 * that there are at that moment. The compilers must not wait for them.
 */
static void test_builds(const struct fixture *fixture)
{
	struct family family = { .count = 0 };
	pthread_t thread;
	char source[128];

	test_step("builds while children are born that do not end");
	check_fatal(!pthread_create(&thread, NULL, have_children, &family), "no thread");
	for (int i = 0; i < 3; i++) {
		/* what no cache has */
		snprintf(source, sizeof(source),
			 "kernel void k(global int *out) { out[0] = %d + %d; }", (int)getpid(), i);
		check_success(clReleaseProgram(test_build(fixture->base.context, source, NULL)));
	}
	family.stop = 1;
	pthread_join(thread, NULL);
	check(family.count > 0, "no children");
	for (int i = 0; i < family.count; i++) {
		kill(family.children[i], SIGKILL);
		check_equal(family.children[i], waitpid(family.children[i], NULL, 0));
	}
}

int main(void)
{
	struct fixture fixture = { .base = test_open() };

	fixture.program = test_build(fixture.base.context,
				     "kernel void store(global int *out, int number)"
				     "{ out[get_global_id(0)] = number; }",
				     NULL);
	test_idle(&fixture);
	test_pending(&fixture);
	test_busy(&fixture);
	test_own_threads(&fixture);
	test_change(&fixture);
	test_builds(&fixture);
	check_success(clReleaseProgram(fixture.program));
	test_close(&fixture.base);
	return check_result();
}
