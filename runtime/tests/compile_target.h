// SPDX-License-Identifier: MIT
/* A device that is nothing but memory, for tests that call the compiler without a driver. */
#ifndef TANDEM_TESTS_COMPILE_TARGET_H
#define TANDEM_TESTS_COMPILE_TARGET_H

#include <stdlib.h>

#include "compiler/compiler.h"

static inline void *test_allocate_variables(size_t bytes)
{
	return calloc(1, bytes);
}

static inline void test_free_variables(void *address, size_t bytes)
{
	free(address);
}

static const struct tandem_device_memory memory = { .allocate = test_allocate_variables,
						    .free = test_free_variables };

static const struct tandem_compile_target target = {
	.memory = &memory,
	.features = "cl_khr_fp64 __opencl_c_fp64 "
		    "__opencl_c_program_scope_global_variables __opencl_c_generic_address_space",
	.max_group = 4096,
};

#endif
