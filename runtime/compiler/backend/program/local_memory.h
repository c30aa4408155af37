// SPDX-License-Identifier: MIT
#ifndef TANDEM_COMPILER_BACKEND_LOCAL_MEMORY_H
#define TANDEM_COMPILER_BACKEND_LOCAL_MEMORY_H

#include "ir.h"

/*
 * Gives each __local variable that @function uses a place in the group's block of
 * local memory at @base. Returns the bytes they take; @alignment gets what the base
 * must be aligned to.
 */
uint64_t tandem_local_memory_place(struct tandem_compilation *compilation, LLVMValueRef function,
				   LLVMValueRef base, uint64_t *alignment);

#endif
