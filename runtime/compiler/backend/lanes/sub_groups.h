// SPDX-License-Identifier: MIT
/*
 * Sub-groups: the work-items of a bundle, where a kernel asks for those.
 *
 * Overview
 *	The built-in functions of sub-groups (builtins/sub_group.cl) are made of calls of a few
 *	functions that have no body. In a bundle function these become operations on
 *	vectors: a lane is a work-item of the sub-group, the mask says which are here.
 *
 *	So all that has such a call must run in bundles, whatever that costs, and no work-item is
 *	left to run by itself: a bundle function of such code takes the number of lanes that
 *	there are as one more argument, for what is left at the end of a row. It runs where
 *	indices wrap around as well: what could be wrong for it is not taken for granted.
 *
 *	Where bundles cannot run some part of a program, because of what it has (refusals.h) or of
 *	how it is compiled, all its sub-groups have one work-item, and the calls become
 *	what they are for that. Then the program is compiled once more.
 *
 * Limits
 *	Where work-items may be at different barriers there are no bundles, and so sub-groups of one.
 *
 *	What is done on the way out of a loop, as in "if (is_mine) { x = call(); break; }", LLVM
 *	takes for code behind the loop: lanes that leave it in different turns come to the call
 *	together. Where they are not to, the call must be one that a next turn may follow.
 */
#ifndef TANDEM_COMPILER_BACKEND_LANES_SUB_GROUPS_H
#define TANDEM_COMPILER_BACKEND_LANES_SUB_GROUPS_H

#include "ir.h"

enum tandem_lanes_call {
	TANDEM_LANES_NONE, /* another instruction */
	TANDEM_LANES_NUMBER, /* of the lane */
	TANDEM_LANES_COUNT,
	TANDEM_LANES_BALLOT,
	TANDEM_LANES_READ,
	TANDEM_LANES_FILL,
	TANDEM_LANES_BARRIER,
};

/* Which of the calls above an instruction is. */
enum tandem_lanes_call tandem_lanes_call_of(LLVMValueRef instruction);

/* Whether a function has such calls; not by functions that it calls. */
bool tandem_lanes_are_used_in(LLVMValueRef function);

/* Whether such calls are of @function. */
bool tandem_lanes_have_function(LLVMValueRef function);

/*
 * Finds how many work-items a sub-group of a kernel has, at most: as many as it requires. An error
 * where it cannot have them.
 */
void tandem_sub_groups_choose(struct tandem_compilation *compilation,
			      struct tandem_kernel_info *info);

/* Makes of the calls in a function what they are for a single work-item. */
void tandem_lanes_make_single(struct tandem_compilation *compilation, LLVMValueRef function);

/*
 * The kernel being built cannot have sub-groups of several work-items, for @reason. Fails, so
 * that the program is compiled again; if it requires them, with an error. @name: what refuses.
 */
void tandem_sub_groups_refuse(struct tandem_compilation *compilation, const char *name,
			      const char *reason);

#endif
