// SPDX-License-Identifier: MIT
/*
 * Item functions: a kernel's body, with the place in the index space as further arguments
 * (program/hooks.h).
 */
#ifndef TANDEM_COMPILER_BACKEND_ITEM_FUNCTION_H
#define TANDEM_COMPILER_BACKEND_ITEM_FUNCTION_H

#include "work_group.h"

/* Declares the item function and fills it with a call of the kernel. */
void tandem_item_function_add(struct tandem_compilation *compilation,
			      struct tandem_work_group *work_group);

/*
 * Says of @function, whose parameters begin as the item function's do, which ids and sizes its
 * group can have.
 */
void tandem_item_function_limit_values(struct tandem_compilation *compilation,
				       const struct tandem_work_group *work_group,
				       LLVMValueRef function);

/*
 * Once everything is inlined: puts the item function's arguments for the
 * placeholders, and lays out the kernel's local memory.
 */
void tandem_item_function_bind(struct tandem_compilation *compilation,
			       struct tandem_work_group *work_group);

/* What is known of a value's limits, so that narrower integers need not wrap around. */
bool tandem_item_value_has_limits(const struct tandem_compilation *compilation,
				  enum tandem_item_value value, uint64_t *least, uint64_t *end);

/* Whether a kernel has local memory, as variables or arguments, once it is laid out. */
bool tandem_uses_local_memory(const struct tandem_kernel_info *info);

#endif
