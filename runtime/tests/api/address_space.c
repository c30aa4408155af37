// SPDX-License-Identifier: MIT
/* Under a limit of the address space (ulimit -v): what fits in what is left of it is had. */
#include <sys/resource.h>

#include "harness.h"

#define SPACE_BYTES  ((size_t)3 << 30)
#define BUFFER_BYTES ((size_t)600 << 20)
/* What the kernel writes lies apart, so that little of the memory is used. */
#define STEP_BYTES ((size_t)4 << 20)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
int main(void)
{
	check_skip("sanitizers take more address space than the limit");
}
#else
static void launch(const struct test_setup *setup, cl_kernel kernel)
{
	const size_t items = BUFFER_BYTES / STEP_BYTES;
	cl_event event;

	check_success_fatal(clEnqueueNDRangeKernel(setup->queue, kernel, 1, NULL, &items, NULL, 0,
						   NULL, &event));
	check_success(clFinish(setup->queue));
	check_equal(CL_COMPLETE, test_event_status(event));
	check_success(clReleaseEvent(event));
}

/* A device with a view of its own knows one stretch of memory, which cannot grow. */
static void skip_without_system_svm(const struct test_setup *setup)
{
	cl_device_svm_capabilities svm = 0;

	check_success(clGetDeviceInfo(setup->device, CL_DEVICE_SVM_CAPABILITIES, sizeof(svm), &svm,
				      NULL));
	if (!(svm & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM))
		check_skip("the device sees no memory but one stretch, which cannot grow");
}

int main(void)
{
	const struct rlimit limit = { SPACE_BYTES, SPACE_BYTES };
	const char *source = "kernel void mark(global uint *words) {"
			     "	size_t i = get_global_id(0); words[i << 20] = (uint)i; }";
	const size_t last = BUFFER_BYTES / STEP_BYTES - 1;
	struct test_setup setup;
	cl_program program;
	cl_kernel kernel;
	cl_mem buffer;
	cl_uint *svm, seen = 0;

	check_fatal(!setrlimit(RLIMIT_AS, &limit), "no limit can be set");
	setup = test_open();
	skip_without_system_svm(&setup);
	test_step("large memory in a limited address space");
	program = test_build(setup.context, source, NULL);
	kernel = test_kernel(program, "mark");

	buffer = test_buffer(setup.context, BUFFER_BYTES, NULL);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	launch(&setup, kernel);
	check_success(clEnqueueReadBuffer(setup.queue, buffer, CL_TRUE, last * STEP_BYTES,
					  sizeof(seen), &seen, 0, NULL, NULL));
	check_equal(last, seen);
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), NULL));
	check_success(clReleaseMemObject(buffer));

	svm = clSVMAlloc(setup.context, CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS,
			 BUFFER_BYTES, 0);
	check_fatal(svm, "no SVM");
	check_success(clSetKernelArgSVMPointer(kernel, 0, svm));
	launch(&setup, kernel);
	check_equal(last, svm[last * STEP_BYTES / sizeof(*svm)]);
	clSVMFree(setup.context, svm);

	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	test_close(&setup);
	return check_result();
}
#endif
