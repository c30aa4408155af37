// SPDX-License-Identifier: MIT
/*
 * Memory that reads as zero where a program has not written to it, as contexts may ask for
 * (cl_khr_initialize_memory): enum tandem_zeroed, of the request.
 */
#ifndef TANDEM_COMPILER_BACKEND_ZEROED_MEMORY_H
#define TANDEM_COMPILER_BACKEND_ZEROED_MEMORY_H

#include "ir.h"

/*
 * Private memory, where that is asked for: each variable of the module's functions is zero from
 * the begin of its life on. It is done before anything is optimised, since LLVM makes any value
 * of what was not written.
 */
void tandem_zeroed_variables(struct tandem_compilation *compilation);

/*
 * Local memory, where that is asked for: at the builder's place, which each group comes to
 * first, all from @base to @end becomes zero.
 */
void tandem_zeroed_local_memory(struct tandem_compilation *compilation, LLVMValueRef base,
				LLVMValueRef end);

#endif
