// SPDX-License-Identifier: MIT
/*
 * Signals of the application. Those that an instruction raises reach its handler on the
 * runtime's threads too: there it may make the memory usable that a kernel reaches. The
 * others do not come there.
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

#define PAGES	   256
#define PAGE_BYTES 4096

static char *memory;
static pthread_t main_thread;
static _Atomic int faults, faults_elsewhere;

static void make_usable(int number, siginfo_t *info, void *context)
{
	size_t offset = (size_t)((char *)info->si_addr - memory);

	if (offset >= (size_t)PAGES * PAGE_BYTES)
		_exit(1);
	faults++;
	if (!pthread_equal(pthread_self(), main_thread))
		faults_elsewhere++;
	mprotect(memory + offset / PAGE_BYTES * PAGE_BYTES, PAGE_BYTES, PROT_READ | PROT_WRITE);
}

static void test_protected_memory(const struct test_setup *setup)
{
	const struct sigaction action = { .sa_sigaction = make_usable, .sa_flags = SA_SIGINFO };
	const char *source = "kernel void touch(global int *out)"
			     "{ out[get_global_id(0) * 1024] = (int)get_global_id(0); }";
	const size_t items = PAGES;
	struct sigaction before;
	cl_program program;
	cl_kernel kernel;
	cl_event event;

	test_step("memory that a handler of SIGSEGV makes usable");
	memory = mmap(NULL, (size_t)PAGES * PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	check_fatal(memory != MAP_FAILED, "no memory");
	sigaction(SIGSEGV, &action, &before);
	program = test_build(setup->context, source, NULL);
	kernel = test_kernel(program, "touch");
	check_success(clSetKernelArgSVMPointer(kernel, 0, memory));
	check_success(clEnqueueNDRangeKernel(setup->queue, kernel, 1, NULL, &items, NULL, 0, NULL,
					     &event));
	check_success(clFlush(setup->queue));
	/* Without a wait, so that none but the runtime's threads runs it. */
	while (test_event_status(event) > 0)
		usleep(1000);
	check_equal(CL_COMPLETE, test_event_status(event));
	check_equal(PAGES, faults);
	check_equal(PAGES, faults_elsewhere);
	for (int i = 0; i < PAGES; i++)
		check_equal(i, *(int *)(memory + (size_t)i * PAGE_BYTES));
	sigaction(SIGSEGV, &before, NULL);
	munmap(memory, (size_t)PAGES * PAGE_BYTES);
	check_success(clReleaseEvent(event));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
}

/* ---- masks ---- */

static sigset_t seen_by_native;

static void CL_CALLBACK look(void *unused)
{
	pthread_sigmask(SIG_SETMASK, NULL, &seen_by_native);
}

static void check_mask(const sigset_t *mask)
{
	static const int open[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS };
	static const int blocked[] = { SIGINT, SIGTERM, SIGALRM, SIGCHLD, SIGUSR1, SIGPROF };

	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		check(!sigismember(mask, open[i]), "%s is blocked", strsignal(open[i]));
	for (size_t i = 0; i < sizeof(blocked) / sizeof(blocked[0]); i++)
		check(sigismember(mask, blocked[i]), "%s is open", strsignal(blocked[i]));
}

static sigset_t seen_by_callback;
static _Atomic int called;

static void CL_CALLBACK look_in_callback(cl_event event, cl_int status, void *unused)
{
	pthread_sigmask(SIG_SETMASK, NULL, &seen_by_callback);
	called = 1;
}

static void test_masks(const struct test_setup *setup)
{
	cl_event event;

	test_step("signal masks");
	check_success(
		clEnqueueNativeKernel(setup->queue, look, NULL, 0, 0, NULL, NULL, 0, NULL, &event));
	check_success(clSetEventCallback(event, CL_COMPLETE, look_in_callback, NULL));
	check_success(clFinish(setup->queue));
	test_await(&called, 1);
	check_mask(&seen_by_native);
	check_mask(&seen_by_callback);
	check_success(clReleaseEvent(event));
}

int main(void)
{
	struct test_setup setup = test_open();
	cl_device_svm_capabilities svm = 0;

	main_thread = pthread_self();
	test_masks(&setup);
	check_success(
		clGetDeviceInfo(setup.device, CL_DEVICE_SVM_CAPABILITIES, sizeof(svm), &svm, NULL));
	if (svm & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM)
		test_protected_memory(&setup);
	test_close(&setup);
	return check_result();
}
