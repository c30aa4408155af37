/* SPDX-License-Identifier: MIT */
/*
 * Atomic operations on a group's own memory.
 *
 * All work-items of a group run on one thread (groups/work_group.h), and no other thread sees its
 * local memory. So an atomic operation there is a load, what is computed, and a store, which cost a
 * tenth of an instruction that locks the memory. They stay atomic accesses, which LLVM neither
 * moves past each other nor joins; what an operation's memory order asks of other accesses is asked
 * of the compiler alone, since a thread sees its own accesses in their order.
 */
#ifndef TANDEM_COMPILER_BACKEND_LOCAL_ATOMICS_H
#define TANDEM_COMPILER_BACKEND_LOCAL_ATOMICS_H

#include "ir.h"

/* Whether an atomic operation is certain to be on local memory, and becomes accesses. */
bool tandem_local_atomics_is_one(LLVMValueRef instruction);

/* Makes accesses of such operations in all functions: behind all passes. */
void tandem_local_atomics_expand(struct tandem_compilation *compilation);

#endif
