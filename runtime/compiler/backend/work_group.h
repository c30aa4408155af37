// SPDX-License-Identifier: MIT
/*
 * From a kernel, which runs one work-item, to a group function, which runs all of
 * a group (tandem_group_function).
 *
 * Overview
 *	For each kernel there is first an item function: the kernel's body with
 *	everything inlined, and with the work-item's place in the index space as
 *	further arguments (hooks.h). A kernel without barriers becomes three nested
 *	loops around it, the first dimension innermost, whose iterations are marked
 *	as independent for the vectoriser. A kernel with barriers is cut at them
 *	first, see barriers.h.
 */
#ifndef TANDEM_COMPILER_BACKEND_WORK_GROUP_H
#define TANDEM_COMPILER_BACKEND_WORK_GROUP_H

#include "hooks.h"
#include "ir.h"

/* A kernel on its way to a group function. */
struct tandem_work_group {
	struct tandem_kernel_description *description;
	LLVMValueRef kernel; /* until it is inlined into the item function */
	LLVMValueRef item; /* the item function */
	LLVMValueRef group; /* the group function */
	unsigned int parameters; /* of the kernel: the item's come behind them */
	bool has_barrier;
};

/* A nest of loops over the work-items of a group, being built. */
struct tandem_item_loops {
	LLVMBasicBlockRef body; /* where an iteration begins */
	LLVMBasicBlockRef latch; /* where it ends */
	LLVMBasicBlockRef after; /* behind all of them */
	LLVMValueRef local_id[TANDEM_DIMENSIONS];
	LLVMValueRef linear_id;
	LLVMValueRef parallel; /* what marks an access as independent between iterations */
};

/* Declares the item function and fills it with a call of the kernel. */
void tandem_work_group_add_item(struct tandem_compilation *compilation,
				struct tandem_work_group *work_group);

/*
 * Once everything is inlined: puts the item function's arguments for the
 * placeholders, and lays out the kernel's local memory.
 */
void tandem_work_group_bind_item(struct tandem_compilation *compilation,
				 struct tandem_work_group *work_group);

/*
 * Begins the group function: an entry block that loads what is the same for all
 * items. @values gets the arguments of an item function, but for the local ids.
 */
void tandem_work_group_begin(struct tandem_compilation *compilation,
			     struct tandem_work_group *work_group, LLVMValueRef *values);

/* The group function of a kernel without barriers. */
void tandem_work_group_loop(struct tandem_compilation *compilation,
			    struct tandem_work_group *work_group);

/*
 * Builds the loops at the builder's place, which they end; @local_size is what
 * tandem_work_group_begin put into its values. The latch has no terminator that
 * leads to it yet: the caller builds what lies between body and latch.
 */
void tandem_item_loops_build(struct tandem_compilation *compilation, LLVMValueRef function,
			     const LLVMValueRef *local_size, struct tandem_item_loops *loops);

/*
 * Marks a load or store of memory that is not private as one that work-items
 * make independently of each other: with the loop's own mark this is what lets
 * it be vectorised.
 */
void tandem_mark_parallel(struct tandem_compilation *compilation, LLVMValueRef instruction,
			  const struct tandem_item_loops *loops);

#endif
