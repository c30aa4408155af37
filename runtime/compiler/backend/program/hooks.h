// SPDX-License-Identifier: MIT
/*
 * What built-in functions know of the work-item and its group (runtime/builtins: work_item.cl,
 * address_space.cl).
 *
 * They read it from placeholders, variables in constant memory that are declared only and
 * stand for the arguments of an item function. Once everything is inlined, each item
 * function replaces them by its own arguments.
 */
#ifndef TANDEM_COMPILER_BACKEND_HOOKS_H
#define TANDEM_COMPILER_BACKEND_HOOKS_H

#include "ir.h"

/* The placeholders, in the order in which item functions take them behind the kernel's arguments. */
enum tandem_item_value {
	TANDEM_ITEM_LOCAL_ID, /* three of each */
	TANDEM_ITEM_LOCAL_SIZE = 3,
	TANDEM_ITEM_ENQUEUED_LOCAL_SIZE = 6,
	TANDEM_ITEM_GROUP_COUNT = 9,
	TANDEM_ITEM_GROUP_ID = 12,
	TANDEM_ITEM_GROUP_START = 15,
	TANDEM_ITEM_GLOBAL_SIZE = 18,
	TANDEM_ITEM_GLOBAL_OFFSET = 21,
	TANDEM_ITEM_WORK_DIMENSIONS = 24,
	TANDEM_ITEM_ARENA, /* these and the windows: of devices with windows only, see windows.h */
	TANDEM_ITEM_ARENA_BYTES,
	TANDEM_ITEM_NOWHERE,
	TANDEM_ITEM_THREAD,
	TANDEM_ITEM_LOCAL_MEMORY, /* pointers, from here on */
	TANDEM_ITEM_LOCAL_MEMORY_END,
	TANDEM_ITEM_ITEM_STATE,
	TANDEM_ITEM_ITEM_STATE_END,
	TANDEM_ITEM_PRIVATE_LOW,
	TANDEM_ITEM_PRIVATE_HIGH,
	TANDEM_ITEM_SCRATCH,
	TANDEM_ITEM_PLAIN_WINDOW,
	TANDEM_ITEM_ATOMIC_WINDOW,
	TANDEM_ITEM_CONTEXT, /* const struct tandem_group_context * */
	TANDEM_ITEM_VALUES,
};

/* The placeholder's name. */
const char *tandem_item_value_name(enum tandem_item_value value);

/* Offset in struct tandem_group_context of a value that is uniform; -1 of the others. */
int tandem_item_value_offset(enum tandem_item_value value);

/*
 * One more placeholder a dimension: the work-item's place in the index space, its
 * group's start and its local id together. It is no argument of its own, but apart
 * from the two, so that they tell whether a kernel asks for more.
 */
const char *tandem_global_index_name(unsigned int dimension);

/* The placeholder in the compilation's module, declared there where it was not. */
LLVMValueRef tandem_item_placeholder(struct tandem_compilation *compilation,
				     enum tandem_item_value value);

/* Whether a variable's name is that of a placeholder. */
bool tandem_is_placeholder(const char *name);

/* The function that work-items meet in: programs reach it by the built-in barriers. */
#define TANDEM_BARRIER "__tandem_barrier"

#endif
