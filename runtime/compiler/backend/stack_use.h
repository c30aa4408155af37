/* SPDX-License-Identifier: MIT */
/* How much stack machine code takes, for those who run it. */
#ifndef TANDEM_COMPILER_BACKEND_STACK_USE_H
#define TANDEM_COMPILER_BACKEND_STACK_USE_H

#include "ir.h"
#include "pointer_map.h"

/*
 * Bytes of a function's variables on the stack, after optimisation, and of those that it calls.
 * @known: the bytes that were found for each function, plus one; those that are not defined here count if
 * they are among them.
 */
uint64_t tandem_stack_use(struct tandem_compilation *compilation, LLVMValueRef function,
			  struct tandem_pointer_map *known);

#endif
