// SPDX-License-Identifier: MIT
/* clSetKernelExecInfo() and clSetKernelArgSVMPointer(). */
#include <string.h>

#include "harness/suite.h"

#define SECTION "API 5.9.2 (clSetKernelExecInfo)"

extern const char basic_cl[];

struct holder {
	cl_int *place;
	cl_int value;
};

static cl_int set_system(cl_kernel kernel, cl_bool value, size_t bytes)
{
	return clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM, bytes,
				   &value);
}

SVM_CASE(exec_pointers_accepted, SVM_ANY_SVM, SECTION,
	 "Pointers of allocations are accepted, interior ones as well.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	char *one = svm_any(run, 4096), *other = svm_any(run, 64);
	void *const pointers[] = { one, other, one + 100 };

	svm_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(pointers),
					pointers));
	svm_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(void *),
					pointers));
	clSVMFree(run->context, one);
	clSVMFree(run->context, other);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(exec_pointers_cleared, SVM_ANY_SVM, SECTION, "Size 0 with NULL clears the list.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	char *memory = svm_any(run, 4096);
	void *const pointers[] = { memory };

	svm_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(pointers),
					pointers));
	svm_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, 0, NULL));
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

static void store_through(struct svm_run *run, cl_kernel kernel, struct holder *holder,
			  cl_int *place, cl_int value)
{
	svm_map(run, holder, sizeof(*holder));
	holder->place = place;
	holder->value = value;
	svm_unmap(run, holder);
	svm_arg_pointer(kernel, 0, holder);
	svm_launch(run->queue, kernel, 1, 1);
	svm_finish(run->queue, "storing through a pointer in memory");
	svm_map(run, place, sizeof(*place));
	svm_expect_equal(value, *place);
	svm_unmap(run, place);
}

SVM_CASE(exec_pointers_replaced, SVM_ANY_SVM, SECTION, "A new list replaces the old one.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "store_by_struct");
	struct holder *holder = svm_any(run, sizeof(*holder));
	cl_int *places[2] = { svm_any(run, 4096), svm_any(run, 4096) };

	for (cl_int round = 0; round < 20; round++) {
		cl_int *place = places[round % 2];

		svm_iteration((uint64_t)round);
		svm_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(place),
						&place));
		store_through(run, kernel, holder, place, round + 1);
	}
	clSVMFree(run->context, holder);
	clSVMFree(run->context, places[0]);
	clSVMFree(run->context, places[1]);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(exec_pointers_copied, SVM_ANY_SVM, SECTION,
	 "The array of pointers may be changed after the call.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "store_by_struct");
	struct holder *holder = svm_any(run, sizeof(*holder));
	cl_int *place = svm_any(run, 4096);
	void *pointers[] = { place };

	svm_success(clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(pointers),
					pointers));
	memset(pointers, 0xff, sizeof(pointers));
	store_through(run, kernel, holder, place, 9);
	clSVMFree(run->context, holder);
	clSVMFree(run->context, place);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(exec_many_pointers, SVM_ANY_SVM, SECTION, "Hundreds of pointers are accepted.")
{
	enum { COUNT = 700 };
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "store_by_struct");
	struct holder *holder = svm_any(run, sizeof(*holder));
	cl_int *places[COUNT];

	for (unsigned int i = 0; i < COUNT; i++)
		places[i] = svm_any(run, 64);
	svm_success(
		clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS, sizeof(places), places));
	store_through(run, kernel, holder, places[COUNT - 1], 4);
	store_through(run, kernel, holder, places[0], 5);
	for (unsigned int i = 0; i < COUNT; i++)
		clSVMFree(run->context, places[i]);
	clSVMFree(run->context, holder);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(exec_refused_name, SVM_ANY_SVM, SECTION, "An unknown name: CL_INVALID_VALUE.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	void *const pointers[] = { NULL };

	svm_expect_code(CL_INVALID_VALUE,
			clSetKernelExecInfo(kernel, 0x7777, sizeof(pointers), pointers));
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(exec_refused_size, SVM_ANY_SVM, SECTION,
	 "A size that is no multiple of a pointer's: CL_INVALID_VALUE.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	void *memory = svm_any(run, 64);
	void *const pointers[] = { memory, memory };

	svm_expect_code(CL_INVALID_VALUE, clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS,
							      sizeof(void *) + 1, pointers));
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(exec_refused_null_value, SVM_ANY_SVM, SECTION,
	 "No value though there is a size: CL_INVALID_VALUE.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");

	svm_expect_code(CL_INVALID_VALUE, clSetKernelExecInfo(kernel, CL_KERNEL_EXEC_INFO_SVM_PTRS,
							      sizeof(void *), NULL));
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(exec_refused_kernel, SVM_ANY_SVM, SECTION, "No kernel: CL_INVALID_KERNEL.")
{
	void *const pointers[] = { NULL };

	svm_expect_code(CL_INVALID_KERNEL, clSetKernelExecInfo(NULL, CL_KERNEL_EXEC_INFO_SVM_PTRS,
							       sizeof(pointers), pointers));
}

SVM_CASE(exec_system_accepted, SVM_SYSTEM, SECTION,
	 "Fine-grain system SVM may be asked for where the device has it.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");

	svm_success(set_system(kernel, CL_TRUE, sizeof(cl_bool)));
	svm_success(set_system(kernel, CL_FALSE, sizeof(cl_bool)));
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(exec_system_refused, SVM_ANY_SVM, SECTION,
	 "Fine-grain system SVM without the capability: CL_INVALID_OPERATION.")
{
	cl_kernel kernel;

	if (run->device.has & SVM_SYSTEM)
		svm_skip("vacuous: the device has fine-grain system SVM");
	kernel = svm_build_kernel(run, basic_cl, "add");
	svm_expect_code(CL_INVALID_OPERATION, set_system(kernel, CL_TRUE, sizeof(cl_bool)));
	svm_success(clReleaseKernel(kernel));
}

/* ---- pointer arguments ---- */

SVM_CASE(exec_argument_refused_index, SVM_ANY_SVM, "API 5.9.2 (clSetKernelArgSVMPointer)",
	 "An index without an argument: CL_INVALID_ARG_INDEX.")
{
	cl_kernel kernel = svm_build_kernel(run, basic_cl, "add");
	void *memory = svm_any(run, 64);

	svm_expect_code(CL_INVALID_ARG_INDEX, clSetKernelArgSVMPointer(kernel, 2, memory));
	clSVMFree(run->context, memory);
	svm_success(clReleaseKernel(kernel));
}

SVM_CASE(exec_argument_refused_kernel, SVM_ANY_SVM, "API 5.9.2 (clSetKernelArgSVMPointer)",
	 "No kernel: CL_INVALID_KERNEL.")
{
	void *memory = svm_any(run, 64);

	svm_expect_code(CL_INVALID_KERNEL, clSetKernelArgSVMPointer(NULL, 0, memory));
	clSVMFree(run->context, memory);
}

SVM_CASE(exec_clone_keeps_pointers, SVM_ANY_SVM, "API 5.9.3 (clCloneKernel)",
	 "A cloned kernel has the SVM arguments of the original.")
{
	cl_kernel kernel, clone;
	cl_int *memory = svm_any(run, 4096), *other = svm_any(run, 4096), amount = 3, code;

	/* Since OpenCL 2.1. */
	if (run->device.version_major < 3)
		svm_skip("the device lacks OpenCL 3.0");
	kernel = svm_build_kernel(run, basic_cl, "add");
	svm_arg_pointer(kernel, 0, memory);
	svm_arg(kernel, 1, sizeof(amount), &amount);
	clone = clCloneKernel(kernel, &code);
	svm_success(code);
	svm_arg_pointer(kernel, 0, other);
	svm_launch(run->queue, clone, 16, 0);
	svm_map(run, memory, 4096);
	svm_map(run, other, 4096);
	svm_expect_equal(3, memory[15]);
	svm_expect_equal(0, other[15]);
	svm_unmap(run, memory);
	svm_unmap(run, other);
	clSVMFree(run->context, memory);
	clSVMFree(run->context, other);
	svm_success(clReleaseKernel(clone));
	svm_success(clReleaseKernel(kernel));
}
