// SPDX-License-Identifier: MIT
/*
 * Kernels with barriers.
 *
 * Overview
 *	The item function is cut at its barriers. A region is what may run from the
 *	function's start, or from behind one barrier, to the next barriers or the
 *	end: a set of blocks, copied for each region that reaches them. The group
 *	function runs a region for all work-items in a loop, in the order of their
 *	local ids, then the region behind the barrier that they have come to. These
 *	loops vectorise like those of kernels without barriers.
 *
 *	A variable that outlives a barrier is kept (slots.h): one for the whole group
 *	where it is uniform, else an array with an element for each work-item, in
 *	the group's item state.
 *
 *	Where it is not certain that all work-items come to the same barrier, each
 *	notes in the item state which region it is to run next. So a kernel in which
 *	some work-items return early does what its author expects, though OpenCL
 *	does not define it.
 *
 * Order
 *	All work-items of a region run on one thread, one after the other; where the
 *	region has no loops, in the order of their local ids. The work-group functions
 *	rely on it, and begin with a barrier.
 */
#ifndef TANDEM_COMPILER_BACKEND_BARRIERS_H
#define TANDEM_COMPILER_BACKEND_BARRIERS_H

#include "work_group.h"

/*
 * The group function of a kernel with barriers, or with loops that are worth
 * running in lockstep (lockstep_plan.h). False where the kernel has neither: then
 * nothing is built.
 */
bool tandem_barriers_split(struct tandem_compilation *compilation,
			   struct tandem_work_group *work_group);

#endif
