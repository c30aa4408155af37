// SPDX-License-Identifier: MIT
/*
 * One kernel object on two devices for which it was built differently: arguments hold for
 * both, and each device gets them in the form that its own kernel has.
 */
#include <string.h>

#include "harness.h"

extern const char device_differences_cl[];

enum { GROUP = 32, COUNT = 4 * GROUP };

struct fixture {
	struct test_pair pair;
	cl_program program;
};

static void build(struct fixture *fixture, const char *const *options)
{
	const char *source = device_differences_cl;
	cl_int code;

	fixture->program =
		clCreateProgramWithSource(fixture->pair.context, 1, &source, NULL, &code);
	check_success_fatal(code);
	for (int i = 0; i < TEST_PAIR; i++)
		check_success_fatal(clBuildProgram(fixture->program, 1, &fixture->pair.devices[i],
						   options[i], NULL, NULL));
}

static cl_ulong local_bytes(const struct fixture *fixture, cl_kernel kernel, int device)
{
	cl_ulong bytes = 0;

	check_success(clGetKernelWorkGroupInfo(kernel, fixture->pair.devices[device],
					       CL_KERNEL_LOCAL_MEM_SIZE, sizeof(bytes), &bytes,
					       NULL));
	return bytes;
}

/* Runs the kernel with its arguments as they are on one device. */
static void run(const struct fixture *fixture, cl_kernel kernel, int device, cl_int *data)
{
	const size_t count = COUNT, group = GROUP;
	bool wrong = false;

	for (int i = 0; i < COUNT; i++)
		data[i] = i;
	check_success(clEnqueueNDRangeKernel(fixture->pair.queues[device], kernel, 1, NULL, &count,
					     &group, 0, NULL, NULL));
	check_success(clFinish(fixture->pair.queues[device]));
	for (int i = 0; i < COUNT && !wrong; i++) {
		int mirrored = GROUP - 1 - i % GROUP;

		wrong = data[i] != i / GROUP * GROUP + mirrored + 1000 * mirrored + 1000000;
		check(!wrong, "device %d: item %d has %d", device, i, data[i]);
	}
}

/* The kernel's own variables take more on one of the devices. */
static void test_local_memory(struct fixture *fixture, const char *const *options)
{
	cl_int *data = clSVMAlloc(fixture->pair.context, CL_MEM_SVM_FINE_GRAIN_BUFFER,
				  COUNT * sizeof(*data), 0);
	cl_kernel kernel, clone;
	cl_int code;

	test_step(options[0]);
	build(fixture, options);
	kernel = test_kernel(fixture->program, "reverse");
	check_fatal(data, "no SVM");
	check_success(clSetKernelArgSVMPointer(kernel, 0, data));
	check_success(clSetKernelArg(kernel, 2, GROUP * sizeof(cl_long), NULL));
	check_success(clSetKernelArg(kernel, 1, GROUP * sizeof(cl_int), NULL));
	check(local_bytes(fixture, kernel, 0) != local_bytes(fixture, kernel, 1),
	      "the devices do not differ");
	clone = clCloneKernel(kernel, &code);
	check_success_fatal(code);
	for (int i = 0; i < TEST_PAIR; i++) {
		run(fixture, kernel, i, data);
		run(fixture, clone, i, data);
	}
	/* Sizes that nothing can have are no small ones. */
	check_success(clSetKernelArg(kernel, 1, SIZE_MAX, NULL));
	check_success(clSetKernelArg(kernel, 2, SIZE_MAX / 2 + 1, NULL));
	check_equal(CL_OUT_OF_RESOURCES,
		    clEnqueueNDRangeKernel(fixture->pair.queues[0], kernel, 1, NULL,
					   &(size_t){ COUNT }, NULL, 0, NULL, NULL));
	check_success(clReleaseKernel(clone));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(fixture->program));
	clSVMFree(fixture->pair.context, data);
}

int main(void)
{
	static const char *const larger_later[] = { "-DOWN=16", "-DOWN=1000" };
	static const char *const larger_first[] = { "-DOWN=1000", "-DOWN=16" };
	struct fixture fixture = { .pair = test_open_pair() };

	test_local_memory(&fixture, larger_later);
	test_local_memory(&fixture, larger_first);
	test_close_pair(&fixture.pair);
	return check_result();
}
