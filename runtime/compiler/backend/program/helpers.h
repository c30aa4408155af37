// SPDX-License-Identifier: MIT
/*
 * Functions that stay functions.
 *
 * Overview
 *	Everything that a kernel calls is inlined, so that all of it is one work-item's
 *	code. Where helpers call helpers several times, that multiplies. In a program
 *	that would become very large, helpers stay functions that compute something of
 *	their arguments and of memory that they get pointers to, and need nothing of the
 *	work-item: no work-item functions, barriers, printf or __local variables. On
 *	devices with windows they also reach no memory that windows show.
 *
 *	So do the built-in functions that are OUTLINED (runtime/builtins/builtins.h), in a
 *	program of any size: those that read and write pixels have a way for each format. These
 *	need no windows, as they get addresses in there. Their names tell which they are, which
 *	no function of the program has by then (drop_unused() in backend.c).
 *
 * Limits
 *	A loop over work-items with a call is not vectorised.
 */
#ifndef TANDEM_COMPILER_BACKEND_HELPERS_H
#define TANDEM_COMPILER_BACKEND_HELPERS_H

#include "ir.h"
#include "pointer_map.h"

/*
 * Fills @kept, which is empty, with the functions that are to stay functions: none but outlined
 * ones where the program is of ordinary size, or recursive. Sets compilation->failed on errors.
 */
void tandem_helpers_find(struct tandem_compilation *compilation, struct tandem_pointer_map *kept);

/* Whether the library says of a function that it is to stay one. */
bool tandem_helpers_is_outlined(LLVMValueRef function);

/* Makes a function one that is called. */
void tandem_helpers_keep(struct tandem_compilation *compilation, LLVMValueRef function);

#endif
