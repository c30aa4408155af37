// SPDX-License-Identifier: MIT
/*
 * Accesses of a device that cannot be served: the command fails, says which access of
 * which kernel that was, and all else goes on. For devices whose accesses are not
 * simply the process's own.
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "harness.h"

extern const char device_faults_cl[];

#define PAGE_BYTES 4096
#define PAGE_WORDS (PAGE_BYTES / sizeof(int))
/* From an allocation: no other is so far behind it, but the arena still is. */
#define FAR_WORDS (1ul << 24)

struct fixture {
	struct test_setup base;
	cl_program program;
	_Atomic int *svm; /* a page */
};

/* What the context's callback was told last. */
static pthread_mutex_t told_lock = PTHREAD_MUTEX_INITIALIZER;
static char told[512];
static unsigned int told_count;

static void CL_CALLBACK context_told(const char *text, const void *data, size_t bytes, void *user)
{
	pthread_mutex_lock(&told_lock);
	snprintf(told, sizeof(told), "%s", text);
	told_count++;
	pthread_mutex_unlock(&told_lock);
}

static _Atomic int event_status;

static void CL_CALLBACK event_told(cl_event event, cl_int status, void *user)
{
	atomic_store(&event_status, status);
}

static cl_event launch(cl_command_queue queue, cl_kernel kernel, size_t global, size_t local)
{
	cl_event event = NULL;

	check_success_fatal(
		clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, &local, 0, NULL, &event));
	check_success(clFlush(queue));
	return event;
}

static cl_kernel kernel_at(const struct fixture *fixture, const char *name, const void *words,
			   cl_ulong index)
{
	cl_kernel kernel = test_kernel(fixture->program, name);

	check_success(clSetKernelArgSVMPointer(kernel, 0, words));
	check_success(clSetKernelArg(kernel, 1, sizeof(index), &index));
	return kernel;
}

/* The queue still does what it is told. */
static void expect_life(const struct fixture *fixture)
{
	cl_kernel kernel = kernel_at(fixture, "store_at", fixture->svm, 3);
	cl_event event;

	atomic_store(&fixture->svm[3], 0);
	event = launch(fixture->base.queue, kernel, 1, 1);
	check_success(clWaitForEvents(1, &event));
	check_equal(1, fixture->svm[3]);
	check_success(clReleaseEvent(event));
	check_success(clReleaseKernel(kernel));
}

/*
 * A kernel that fails. @address: what the message must name, or NULL. Everybody who
 * wants to know of it does.
 */
static void expect_failure(const struct fixture *fixture, const char *name, const void *words,
			   cl_ulong index, const void *address, const char *access)
{
	cl_kernel kernel = kernel_at(fixture, name, words, index);
	const unsigned int told_before = told_count;
	char number[32];
	cl_event event, after = NULL;

	test_step(name);
	atomic_store(&event_status, 1);
	event = launch(fixture->base.queue, kernel, 1, 1);
	check_success(clSetEventCallback(event, CL_COMPLETE, event_told, NULL));
	check_success(clEnqueueMarkerWithWaitList(fixture->base.queue, 1, &event, &after));
	check_equal(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, clWaitForEvents(1, &event));
	check_equal(CL_OUT_OF_RESOURCES, test_event_status(event));
	test_await(&event_status, CL_OUT_OF_RESOURCES);
	check_equal(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, clWaitForEvents(1, &after));
	check(test_event_status(after) < 0, "%d", test_event_status(after));

	pthread_mutex_lock(&told_lock);
	check_equal(told_before + 1, told_count);
	check(strstr(told, name), "'%s' lacks '%s'", told, name);
	check(strstr(told, access), "'%s' lacks '%s'", told, access);
	snprintf(number, sizeof(number), "0x%llx", (unsigned long long)(uintptr_t)address);
	check(!address || strstr(told, number), "'%s' lacks %s", told, number);
	pthread_mutex_unlock(&told_lock);
	check_success(clReleaseEvent(event));
	check_success(clReleaseEvent(after));
	check_success(clReleaseKernel(kernel));
	expect_life(fixture);
}

static void test_holes(const struct fixture *fixture)
{
	const void *far = (const char *)fixture->svm + FAR_WORDS * sizeof(int);

	expect_failure(fixture, "store_at", (void *)fixture->svm, FAR_WORDS, far, "write");
	expect_failure(fixture, "load_at", (void *)fixture->svm, FAR_WORDS, far, "read");
	expect_failure(fixture, "add_at", (void *)fixture->svm, FAR_WORDS, far, "atomic");
}

static void test_foreign_addresses(const struct fixture *fixture)
{
	int on_the_stack = 5;

	expect_failure(fixture, "store_at", NULL, 0, NULL, "outside");
	expect_failure(fixture, "add_at", NULL, 0, NULL, "outside");
	expect_failure(fixture, "store_at", &on_the_stack, 0, NULL, "outside");
	expect_failure(fixture, "store_generic_at", NULL, 0, NULL, "outside");
	expect_failure(fixture, "store_generic_at", NULL, (cl_ulong)-1, NULL, "outside");
	expect_failure(fixture, "add_generic_at", &on_the_stack, 0, NULL, "outside");
	check_equal(5, on_the_stack);
}

/* As far as indices of 32 bits lead in an array of the largest elements. */
static void test_wild_indices(const struct fixture *fixture)
{
	static const cl_long indices[] = { 1ll << 31, -(1ll << 31), (1ll << 36) - 1, -(1ll << 36) };
	const void *bases[] = { (void *)fixture->svm, NULL };

	for (size_t i = 0; i < sizeof(indices) / sizeof(indices[0]); i++) {
		for (int j = 0; j < 2; j++) {
			expect_failure(fixture, "store_at", bases[j], (cl_ulong)indices[i], NULL,
				       "write");
			expect_failure(fixture, "load_generic_at", bases[j], (cl_ulong)indices[i],
				       NULL, "read");
		}
	}
}

static void test_read_only_memory(const struct fixture *fixture)
{
	char *memory = clSVMAlloc(fixture->base.context,
				  CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS, 3 * PAGE_BYTES,
				  0);
	char *pages = (char *)(((uintptr_t)memory + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1ul));

	check_fatal(memory, "no SVM");
	memset(pages, 0, 2 * PAGE_BYTES);
	check_fatal(!mprotect(pages + PAGE_BYTES, PAGE_BYTES, PROT_READ), "mprotect");
	expect_failure(fixture, "store_at", pages, PAGE_WORDS + 1, pages + PAGE_BYTES + 4, "write");
	expect_failure(fixture, "add_at", pages, PAGE_WORDS + 2, pages + PAGE_BYTES + 8, "atomic");
	check_equal(0, pages[PAGE_BYTES + 4]);
	check_equal(0, pages[PAGE_BYTES + 8]);
	check_fatal(!mprotect(pages + PAGE_BYTES, PAGE_BYTES, PROT_READ | PROT_WRITE), "mprotect");
	clSVMFree(fixture->base.context, memory);
}

/* A core that failed in an atomic operation holds none of the device's locks any more. */
static void test_locks(const struct fixture *fixture)
{
	enum { WORDS = 1 << 16, FAILURES = 32 };
	int *words = clSVMAlloc(fixture->base.context, CL_MEM_READ_WRITE, WORDS * sizeof(int), 0);
	cl_kernel kernel = test_kernel(fixture->program, "add_everywhere");
	cl_event event;

	check_fatal(words, "no SVM");
	memset(words, 0, WORDS * sizeof(int));
	for (cl_ulong i = 0; i < FAILURES; i++)
		expect_failure(fixture, "add_at", (void *)fixture->svm, FAR_WORDS + 37 * i, NULL,
			       "atomic");
	test_step("atomic operations everywhere");
	check_success(clSetKernelArgSVMPointer(kernel, 0, words));
	event = launch(fixture->base.queue, kernel, WORDS, 64);
	check_success(clWaitForEvents(1, &event));
	for (int i = 0; i < WORDS; i++) {
		if (!check_equal(1, words[i]))
			break;
	}
	check_success(clReleaseEvent(event));
	check_success(clReleaseKernel(kernel));
	clSVMFree(fixture->base.context, words);
}

/* Groups that wait, or compute, for ever are stopped where one fails: @how they do it. */
static void test_waiting_groups(const struct fixture *fixture, cl_int how)
{
	cl_kernel kernel =
		kernel_at(fixture, "fail_while_others_wait", (void *)fixture->svm, FAR_WORDS);
	cl_event event;

	test_step("groups that wait for the one that fails");
	check_success(clSetKernelArg(kernel, 2, sizeof(how), &how));
	for (int i = 0; i < 20; i++) {
		atomic_store(&fixture->svm[0], 0);
		atomic_store(&fixture->svm[1], 0);
		event = launch(fixture->base.queue, kernel, 16, 1);
		check_equal(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
			    clWaitForEvents(1, &event));
		check_success(clReleaseEvent(event));
		expect_life(fixture);
	}
	check_success(clReleaseKernel(kernel));
}

/* A kernel of another queue notices nothing. */
static void test_bystander(const struct fixture *fixture)
{
	cl_kernel waiting = test_kernel(fixture->program, "wait_for_host");
	cl_command_queue other = test_queue(&fixture->base, 0);
	cl_event event;

	check_success(clSetKernelArgSVMPointer(waiting, 0, (void *)fixture->svm));
	for (int i = 0; i < 8; i++)
		atomic_store(&fixture->svm[i], 0);
	event = launch(other, waiting, 1, 1);
	test_await(&fixture->svm[1], 1);
	for (int i = 0; i < 20; i++)
		expect_failure(fixture, "store_at", (void *)fixture->svm, FAR_WORDS, NULL, "write");
	check_equal(0, fixture->svm[2]);
	atomic_store(&fixture->svm[0], 1);
	check_success(clWaitForEvents(1, &event));
	check_equal(1, fixture->svm[2]);
	check_success(clReleaseEvent(event));
	check_success(clReleaseKernel(waiting));
	check_success(clReleaseCommandQueue(other));
}

/* Nothing of this is done by signals. */
static void expect_no_handlers(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGUSR1, SIGUSR2 };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct sigaction action;

		check_equal(0, sigaction(signals[i], NULL, &action));
		check(action.sa_handler == SIG_DFL, "signal %d has a handler", signals[i]);
	}
}

int main(void)
{
	struct fixture fixture = { .base = test_open() };
	char name[128];

	check_success(
		clGetDeviceInfo(fixture.base.device, CL_DEVICE_NAME, sizeof(name), name, NULL));
	if (strncmp(name, "vsvm", 4))
		check_skip("the accesses of '%s' are the process's own", name);
	check_success(clReleaseCommandQueue(fixture.base.queue));
	check_success(clReleaseContext(fixture.base.context));
	fixture.base.context =
		clCreateContext(NULL, 1, &fixture.base.device, context_told, NULL, NULL);
	check_fatal(fixture.base.context, "no context");
	fixture.base.queue = test_queue(&fixture.base, 0);
	fixture.program = test_build(fixture.base.context, device_faults_cl, "-cl-std=CL3.0");
	fixture.svm = clSVMAlloc(fixture.base.context,
				 CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS, PAGE_BYTES, 0);
	check_fatal(fixture.svm, "no SVM");
	memset((void *)fixture.svm, 0, PAGE_BYTES);

	test_holes(&fixture);
	test_foreign_addresses(&fixture);
	test_wild_indices(&fixture);
	test_read_only_memory(&fixture);
	test_locks(&fixture);
	for (cl_int how = 0; how < 3; how++)
		test_waiting_groups(&fixture, how);
	test_bystander(&fixture);
	expect_no_handlers();

	clSVMFree(fixture.base.context, (void *)fixture.svm);
	check_success(clReleaseProgram(fixture.program));
	test_close(&fixture.base);
	return check_result();
}
