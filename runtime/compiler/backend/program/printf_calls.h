// SPDX-License-Identifier: MIT
#ifndef TANDEM_COMPILER_BACKEND_PRINTF_CALLS_H
#define TANDEM_COMPILER_BACKEND_PRINTF_CALLS_H

#include "ir.h"

/*
 * Turns each call of printf into stores of its arguments, in a record that
 * tandem_printf_reserve gives room for, and notes its format in the description.
 * What these call of the built-in functions is still to be linked.
 */
void tandem_printf_calls_lower(struct tandem_compilation *compilation);

/* Whether @function makes records. */
bool tandem_printf_calls_in(LLVMValueRef function);

#endif
