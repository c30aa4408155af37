// SPDX-License-Identifier: MIT
/*
 * Loops in kernels: whether to run neighbouring work-items in lockstep.
 *
 * Overview
 *	A loop inside a work-item keeps the loop over the work-items from being
 *	vectorised. Where all is well, a bundle of work-items that are neighbours in
 *	the first dimension goes through the kernel's loops together: every turn of a
 *	loop is one pass over the bundle, which is vectorised. Work-items that leave
 *	a loop earlier than others wait behind it.
 *
 *	A plan says this for one region (barriers.h): its pieces begin where a loop
 *	begins and where it is left. Lockstep is worth it where memory is accessed in
 *	the loops at neighbouring places, or at one place, by neighbouring
 *	work-items, and where everything in the region has a form for vectors. Lanes that
 *	part cost about as much as a few instructions each, in every piece: then the loops
 *	must compute much.
 */
#ifndef TANDEM_COMPILER_BACKEND_LOCKSTEP_PLAN_H
#define TANDEM_COMPILER_BACKEND_LOCKSTEP_PLAN_H

#include "loops.h"
#include "slots.h"
#include "uniformity.h"

/* What is known of an item function's lanes, the work-items of a bundle. */
struct tandem_lanes {
	struct tandem_loops loops;
	struct tandem_uniformity uniformity; /* between lanes */
	struct tandem_lane_stride *slot_strides; /* for each slot: from a lane to the next */
	unsigned int local_id; /* the parameter that differs */
};

/* What to do in one region. */
struct tandem_lockstep_plan {
	bool is_worthwhile;
	bool diverges; /* lanes may go different ways */
	bool *is_cut; /* for each block: a piece begins here; the region's start does as well */
	bool *is_kept; /* for each slot: it holds something over a cut */
};

/* -ENOMEM. */
int tandem_lanes_init(struct tandem_lanes *lanes, const struct tandem_compilation *compilation,
		      const struct tandem_slots *slots, unsigned int local_id);
void tandem_lanes_finish(struct tandem_lanes *lanes);

/*
 * Plans the region of the blocks that @is_member marks, which begins with block
 * @start. -ENOMEM.
 */
int tandem_lockstep_plan_init(struct tandem_lockstep_plan *plan, const struct tandem_lanes *lanes,
			      const struct tandem_compilation *compilation,
			      const struct tandem_slots *slots, const bool *is_member,
			      unsigned int start);
void tandem_lockstep_plan_finish(struct tandem_lockstep_plan *plan);

#endif
