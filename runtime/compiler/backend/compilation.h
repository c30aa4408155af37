/* SPDX-License-Identifier: MIT */
/* How a compilation begins, gives its machine code, and ends. One thread has it. */
#ifndef TANDEM_COMPILER_BACKEND_COMPILATION_H
#define TANDEM_COMPILER_BACKEND_COMPILATION_H

#include "ir.h"

/* Has no module yet. Both others outlive it. Failed where LLVM has nothing for the processor. */
void tandem_compilation_init(struct tandem_compilation *compilation,
			     const struct tandem_backend_request *request,
			     struct tandem_backend_result *result);
void tandem_compilation_finish(struct tandem_compilation *compilation);

/* Adds the module's machine code to the result's object. */
void tandem_compilation_emit(struct tandem_compilation *compilation);

#endif
