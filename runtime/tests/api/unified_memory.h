/* SPDX-License-Identifier: MIT */
/*
 * The functions of cl_intel_unified_shared_memory and of cl_khr_unified_svm, which only their
 * names lead to.
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

#endif
