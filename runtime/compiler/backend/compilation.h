/* SPDX-License-Identifier: MIT */
/* How a compilation begins, gives its machine code, and ends. One thread has it. */
#ifndef TANDEM_COMPILER_BACKEND_COMPILATION_H
#define TANDEM_COMPILER_BACKEND_COMPILATION_H

#include "ir.h"

/* It has no module yet. Both others outlive it. It has failed where LLVM has no code generator. */
void tandem_compilation_init(struct tandem_compilation *compilation,
			     const struct tandem_backend_request *request,
			     struct tandem_backend_result *result);
void tandem_compilation_finish(struct tandem_compilation *compilation);

/* Fails where the module is none that LLVM takes: an error in the back end. */
void tandem_compilation_check(struct tandem_compilation *compilation);

/* Adds the module's machine code to the result's object. */
void tandem_compilation_emit(struct tandem_compilation *compilation);

#endif
