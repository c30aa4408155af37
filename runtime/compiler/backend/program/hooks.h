// SPDX-License-Identifier: MIT
/*
 * The work-item functions, as LLVM code.
 *
 * They read values of the item from placeholders, global variables that stand
 * for the arguments of an item function. Once everything is inlined, each item
 * function replaces them by its own arguments.
 */
#ifndef TANDEM_COMPILER_BACKEND_HOOKS_H
#define TANDEM_COMPILER_BACKEND_HOOKS_H

#include "ir.h"

/* The placeholders, in the order in which item functions take them behind the kernel's arguments. */
enum tandem_item_value {
	TANDEM_ITEM_LOCAL_ID, /* three of each */
	TANDEM_ITEM_LOCAL_SIZE = 3,
	TANDEM_ITEM_GROUP_COUNT = 6,
	TANDEM_ITEM_GROUP_ID = 9,
	TANDEM_ITEM_GROUP_START = 12,
	TANDEM_ITEM_GLOBAL_SIZE = 15,
	TANDEM_ITEM_GLOBAL_OFFSET = 18,
	TANDEM_ITEM_WORK_DIMENSIONS = 21,
	TANDEM_ITEM_ARENA, /* these and the windows: of devices with windows only, see windows.h */
	TANDEM_ITEM_ARENA_BYTES,
	TANDEM_ITEM_NOWHERE,
	TANDEM_ITEM_SCRATCH,
	TANDEM_ITEM_SCRATCH_END,
	TANDEM_ITEM_PRIVATE_LOW,
	TANDEM_ITEM_PRIVATE_HIGH,
	TANDEM_ITEM_THREAD,
	TANDEM_ITEM_LOCAL_MEMORY, /* pointers, from here on */
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

/* Links the functions into the module. */
void tandem_hooks_add(struct tandem_compilation *compilation);

/* The function that work-items meet in: programs reach it by the built-in barriers. */
#define TANDEM_BARRIER "__tandem_barrier"

#endif
