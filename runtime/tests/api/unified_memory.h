/* SPDX-License-Identifier: MIT */
/*
 * What the tests of cl_intel_unified_shared_memory and of cl_khr_unified_svm share: the functions,
 * which only their names lead to, and kernels for memory that host and device know by one address.
 */
#ifndef TANDEM_TESTS_API_UNIFIED_MEMORY_H
#define TANDEM_TESTS_API_UNIFIED_MEMORY_H

#include "api/entry_points.h"
#include "harness.h"

#define FUNCTION(name) __typeof__(name) *name;
struct unified_memory_functions {
	TANDEM_UNIFIED_MEMORY_ENTRY_POINTS(FUNCTION)
};

struct unified_svm_functions {
	TANDEM_UNIFIED_SVM_ENTRY_POINTS(FUNCTION)
};
#undef FUNCTION

/* Each ends the test where a function is missing. */
#define LOAD(name)                                                                       \
	*(void **)&cl->name = clGetExtensionFunctionAddressForPlatform(platform, #name); \
	check_fatal(cl->name, "no %s", #name);

static inline void load_unified_memory(cl_platform_id platform, struct unified_memory_functions *cl)
{
	TANDEM_UNIFIED_MEMORY_ENTRY_POINTS(LOAD)
}

static inline void load_unified_svm(cl_platform_id platform, struct unified_svm_functions *cl)
{
	TANDEM_UNIFIED_SVM_ENTRY_POINTS(LOAD)
}
#undef LOAD

/* For "-cl-std=CL3.0". */
#define UNIFIED_SOURCE                                                            \
	"kernel void add(global uint *a, global const uint *b)\n"                 \
	"{ a[get_global_id(0)] += b[get_global_id(0)]; }\n"                       \
	"struct node { global struct node *next; uint value; };\n"                \
	"kernel void walk(global const struct node *first, global uint *sum)\n"   \
	"{ for (; first; first = first->next) *sum += first->value; }\n"          \
	"kernel void count(global atomic_uint *word, uint turns)\n"               \
	"{ for (uint i = 0; i < turns; i++) atomic_fetch_add_explicit(word, 1,\n" \
	"      memory_order_relaxed, memory_scope_all_svm_devices); }\n"

struct node {
	struct node *next;
	cl_uint value;
};

static inline void launch(const struct test_setup *setup, cl_kernel kernel, size_t items)
{
	check_success(
		clEnqueueNDRangeKernel(setup->queue, kernel, 1, NULL, &items, NULL, 0, NULL, NULL));
}

/* The host and four work-items count in the word at @memory; @set gives a kernel a pointer. */
static inline void check_counting(const struct test_setup *setup, cl_program program,
				  __typeof__(clSetKernelArgSVMPointer) *set, void *memory)
{
	_Atomic cl_uint *word = memory;
	const cl_uint turns = 20000;
	cl_kernel kernel = test_kernel(program, "count");

	atomic_init(word, 0);
	check_success(set(kernel, 0, memory));
	check_success(clSetKernelArg(kernel, 1, sizeof(turns), &turns));
	launch(setup, kernel, 4);
	check_success(clFlush(setup->queue));
	for (cl_uint i = 0; i < turns; i++)
		atomic_fetch_add_explicit(word, 1, memory_order_relaxed);
	check_success(clFinish(setup->queue));
	check_equal(5 * turns, atomic_load(word));
	check_success(clReleaseKernel(kernel));
}

#endif
