// SPDX-License-Identifier: MIT
#ifndef TANDEM_COMPILER_BACKEND_ADDRESS_SPACES_H
#define TANDEM_COMPILER_BACKEND_ADDRESS_SPACES_H

#include "ir.h"

/*
 * Accesses memory through pointers of the address space that they come from: a
 * chain of element addresses behind a cast to the generic space is built again
 * in front of it. Casts hide from the optimiser how an address follows from the
 * work-item's id, and generic accesses are not known to be shared memory.
 */
void tandem_address_spaces_rebase(struct tandem_compilation *compilation, LLVMValueRef function);

#endif
