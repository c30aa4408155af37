// SPDX-License-Identifier: MIT
/*
 * One context with a device of Mesa's and the host device: they take turns on the same
 * SVM, with one kernel object, and neither copies anything.
 */
#include <string.h>

#include "api/harness.h"

extern const char launches_cl[];

enum { COUNT = 1000, ROUNDS = 50 };

struct fixture {
	struct test_pair pair;
	cl_program program;
};

static void test_turns(const struct fixture *fixture)
{
	const size_t count = COUNT;
	cl_int *words = clSVMAlloc(fixture->pair.context, CL_MEM_SVM_FINE_GRAIN_BUFFER,
				   COUNT * sizeof(*words), 0);
	cl_kernel kernel = test_kernel(fixture->program, "add");
	cl_event event = NULL, next;
	cl_int sum = 0;

	test_step("turns on the same memory");
	check_fatal(words, "no SVM");
	memset(words, 0, COUNT * sizeof(*words));
	check_success(clSetKernelArgSVMPointer(kernel, 0, words));
	check_success(clSetKernelArgSVMPointer(kernel, 1, words));
	for (cl_int round = 0; round < ROUNDS; round++) {
		sum += round;
		check_success(clSetKernelArg(kernel, 2, sizeof(round), &round));
		check_success_fatal(clEnqueueNDRangeKernel(
			fixture->pair.queues[round % TEST_PAIR], kernel, 1, NULL, &count, NULL,
			event != NULL, event ? &event : NULL, &next));
		if (event)
			check_success(clReleaseEvent(event));
		event = next;
	}
	check_success(clWaitForEvents(1, &event));
	check_success(clReleaseEvent(event));
	for (int i = 0; i < COUNT; i++)
		check_equal(sum, words[i]);
	clSVMFree(fixture->pair.context, words);
	check_success(clReleaseKernel(kernel));
}

/* Arguments are of the same kinds and sizes for both, or a kernel could not be for both. */
static void test_all_kernels(const struct fixture *fixture)
{
	cl_kernel kernels[16];
	cl_uint count = 0;

	test_step("kernels for both devices");
	check_success(clCreateKernelsInProgram(fixture->program, 16, kernels, &count));
	check_equal(8, count);
	for (cl_uint i = 0; i < count; i++)
		check_success(clReleaseKernel(kernels[i]));
}

static void run(const struct fixture *fixture, cl_kernel kernel, int device, size_t count,
		size_t group)
{
	check_success(clEnqueueNDRangeKernel(fixture->pair.queues[device], kernel, 1, NULL, &count,
					     &group, 0, NULL, NULL));
	check_success(clFinish(fixture->pair.queues[device]));
}

/* The devices place a structure and what is around it each in their own way. */
static void test_values(const struct fixture *fixture)
{
	const struct {
		cl_char small;
		cl_long large;
		cl_short middle;
	} mixed = { -2, 0x123456789abcdef, -345 };
	const cl_long wanted[] = { -1,	 -2,	0x123456789abcdef,  -345, 0x030201,
				   2507, 65432, 0x7edcba9876543210, 52,	  255 };
	const cl_float16 wide = { .s = { [0] = 7, [15] = 25 } };
	cl_kernel kernel = test_kernel(fixture->program, "values");
	cl_long *out =
		clSVMAlloc(fixture->pair.context, CL_MEM_SVM_FINE_GRAIN_BUFFER, sizeof(wanted), 0);

	test_step("values, and a structure among them");
	check_fatal(out, "no SVM");
	check_success(clSetKernelArg(kernel, 0, 1, &(cl_char){ -1 }));
	check_equal(CL_INVALID_ARG_SIZE, clSetKernelArg(kernel, 1, sizeof(mixed) - 8, &mixed));
	check_success(clSetKernelArg(kernel, 1, sizeof(mixed), &mixed));
	check_success(clSetKernelArg(kernel, 2, 4, &(cl_uchar4){ { 1, 2, 3, 99 } }));
	check_success(clSetKernelArg(kernel, 3, sizeof(wide), &wide));
	check_success(clSetKernelArg(kernel, 4, 2, &(cl_ushort){ 65432 }));
	check_success(clSetKernelArgSVMPointer(kernel, 5, out));
	check_success(clSetKernelArg(kernel, 6, 8, &(cl_ulong){ 0x7edcba9876543210 }));
	check_success(clSetKernelArg(kernel, 7, 8, &(cl_float2){ { 4.5f, 7.0f } }));
	check_success(clSetKernelArg(kernel, 8, 1, &(cl_uchar){ 255 }));
	for (int device = 0; device < TEST_PAIR; device++) {
		memset(out, 0, sizeof(wanted));
		run(fixture, kernel, device, 1, 1);
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			check_equal(wanted[i], out[i]);
	}
	clSVMFree(fixture->pair.context, out);
	check_success(clReleaseKernel(kernel));
}

static void test_local_memory(const struct fixture *fixture)
{
	enum { GROUP = 32, ITEMS = 4 * GROUP };
	cl_kernel kernel = test_kernel(fixture->program, "reverse");
	cl_int *data = clSVMAlloc(fixture->pair.context, CL_MEM_SVM_FINE_GRAIN_BUFFER,
				  ITEMS * sizeof(*data), 0);

	test_step("local memory");
	check_fatal(data, "no SVM");
	check_success(clSetKernelArgSVMPointer(kernel, 0, data));
	check_success(clSetKernelArg(kernel, 1, GROUP * sizeof(cl_int), NULL));
	check_success(clSetKernelArg(kernel, 2, GROUP * sizeof(cl_long), NULL));
	for (int device = 0; device < TEST_PAIR; device++) {
		for (int i = 0; i < ITEMS; i++)
			data[i] = i;
		run(fixture, kernel, device, ITEMS, GROUP);
		for (int i = 0; i < ITEMS; i++) {
			int mirrored = GROUP - 1 - i % GROUP;

			check_equal(i / GROUP * GROUP + mirrored + 1000 * mirrored + 1000000,
				    data[i]);
		}
	}
	clSVMFree(fixture->pair.context, data);
	check_success(clReleaseKernel(kernel));
}

/* SVM with atomics is what all devices of a context have. */
static void test_atomics(const struct fixture *fixture)
{
	const cl_svm_mem_flags flags = CL_MEM_SVM_FINE_GRAIN_BUFFER | CL_MEM_SVM_ATOMICS;
	cl_int code;
	cl_context host;
	void *memory;

	test_step("SVM atomics");
	check(!clSVMAlloc(fixture->pair.context, flags, 64, 0),
	      "SVM atomics in both devices' context");
	host = clCreateContext(NULL, 1, &fixture->pair.devices[1], NULL, NULL, &code);
	check_success_fatal(code);
	memory = clSVMAlloc(host, flags, 64, 0);
	check(memory, "no SVM atomics in the host device's context");
	clSVMFree(host, memory);
	check_success(clReleaseContext(host));
}

int main(void)
{
	struct fixture fixture = { .pair = test_open_pair() };

	fixture.program = test_build(fixture.pair.context, launches_cl, "-cl-std=CL3.0");
	test_turns(&fixture);
	test_all_kernels(&fixture);
	test_values(&fixture);
	test_local_memory(&fixture);
	test_atomics(&fixture);
	check_success(clReleaseProgram(fixture.program));
	test_close_pair(&fixture.pair);
	return check_result();
}
