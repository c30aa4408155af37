/* SPDX-License-Identifier: MIT */
/*
 * How many of a row's work-items do something in a region: those whose local id, or whose
 * sub-group's number, is below what is the same for all of them, as in each step of a tree
 * of sums.
 */
#ifndef TANDEM_COMPILER_BACKEND_LANES_ROW_LIMITS_H
#define TANDEM_COMPILER_BACKEND_LANES_ROW_LIMITS_H

#include "groups/work_group.h"

/* A region's function for one work-item, which a row is about to be run by. */
struct tandem_row_call {
	const struct tandem_work_group *work_group;
	LLVMValueRef function;
	const LLVMValueRef *arguments; /* of the row's first work-item */
	/* The parameters that differ from work-item to work-item by as much as the first local id. */
	unsigned int id, linear_id;
	/*
	 * From this one on, parameters point to what outlives the region. Where it is stored to
	 * directly, all work-items store the same.
	 */
	unsigned int first_kept;
};

/*
 * Builds, where the builder is, how many of the row's first work-items do something in the
 * region, but for what all of them store: at least the first one is to be run for that. NULL
 * where it may be all of them.
 */
LLVMValueRef tandem_row_limit_build(struct tandem_compilation *compilation,
				    const struct tandem_row_call *call);

#endif
