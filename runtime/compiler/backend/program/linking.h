// SPDX-License-Identifier: MIT
/* From the modules of a request to one in which all is defined that kernels need. */
#ifndef TANDEM_COMPILER_BACKEND_LINKING_H
#define TANDEM_COMPILER_BACKEND_LINKING_H

#include "ir.h"

/* Links the request's modules into the compilation's. Errors are in the log. */
void tandem_link_modules(struct tandem_compilation *compilation);

/* Makes a module one for the target. */
void tandem_link_retarget(struct tandem_compilation *compilation, LLVMModuleRef module);

/* Adds the parts of the built-in functions that are called. */
void tandem_link_builtins(struct tandem_compilation *compilation);

/* Reports each function and variable that is used but defined nowhere. */
void tandem_link_check(struct tandem_compilation *compilation);

#endif
