// SPDX-License-Identifier: MIT
/* What is the same in all work-items of a group, or of a part of it. */
#ifndef TANDEM_COMPILER_BACKEND_UNIFORMITY_H
#define TANDEM_COMPILER_BACKEND_UNIFORMITY_H

#include "slots.h"

struct tandem_uniformity {
	bool *slot_differs; /* for each slot: it may hold different values when work-items meet */
	bool *is_divergent; /* for each block: not all work-items may come here together */
};

/*
 * Analyses work-items that differ in the first @dimensions of their local ids,
 * which are parameters of the item function from @first_local_id on. -ENOMEM.
 */
int tandem_uniformity_find(struct tandem_uniformity *uniformity, const struct tandem_slots *slots,
			   unsigned int first_local_id, unsigned int dimensions);
void tandem_uniformity_finish(struct tandem_uniformity *uniformity);

#endif
