// SPDX-License-Identifier: MIT
/* Which functions may wait for what other work-items do. */
#ifndef TANDEM_COMPILER_BACKEND_WAITING_H
#define TANDEM_COMPILER_BACKEND_WAITING_H

#include <llvm-c/Core.h>

#include "pointer_map.h"

/*
 * Whether @function ends whatever other work-items do, and only computes and accesses memory:
 * neither it nor what it calls has atomic or volatile accesses, and all of that is known.
 * @known, which is empty at first, has what is known of functions already.
 */
bool tandem_waits_for_nobody(struct tandem_pointer_map *known, LLVMValueRef function);

#endif
