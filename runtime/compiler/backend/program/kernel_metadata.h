// SPDX-License-Identifier: MIT
/* What clang notes beside a kernel: its arguments as written, its attributes. */
#ifndef TANDEM_COMPILER_BACKEND_KERNEL_METADATA_H
#define TANDEM_COMPILER_BACKEND_KERNEL_METADATA_H

#include "ir.h"

/*
 * Fills in the description of @kernel, a function of the module: name, arguments with
 * their places in the argument block, attributes, required group. Everything is freed
 * by tandem_kernel_metadata_finish.
 */
void tandem_kernel_metadata_read(struct tandem_compilation *compilation, LLVMValueRef kernel,
				 struct tandem_kernel_description *description);
void tandem_kernel_metadata_finish(struct tandem_kernel_description *description);

/* Notes at kernels of a module how many sub-groups they require, see TANDEM_SUB_GROUPS_MARK. */
void tandem_kernel_metadata_take_marks(struct tandem_compilation *compilation,
				       LLVMModuleRef module);

/* What of the language's own types, which become others, an argument is said to have. */
enum tandem_own_type { TANDEM_OWN_NONE, TANDEM_OWN_IMAGE, TANDEM_OWN_SAMPLER };

enum tandem_own_type tandem_own_type(struct tandem_compilation *compilation, LLVMValueRef kernel,
				     unsigned int parameter);

/* The type that a parameter passed by value points to; NULL for any other parameter. */
LLVMTypeRef tandem_by_value_type(LLVMValueRef function, unsigned int parameter);

/* Lets the parameter be the pointer itself, of what the function does not change. */
void tandem_pass_by_reference(LLVMValueRef function, unsigned int parameter);

#endif
