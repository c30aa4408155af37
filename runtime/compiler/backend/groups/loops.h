// SPDX-License-Identifier: MIT
/* The loops among the blocks of an item function (struct tandem_slots). */
#ifndef TANDEM_COMPILER_BACKEND_LOOPS_H
#define TANDEM_COMPILER_BACKEND_LOOPS_H

#include "slots.h"

struct tandem_loops {
	bool *is_header; /* for each block: a loop begins here */
	bool *is_exit; /* control comes here from inside a loop, and leaves it */
	bool *is_inside; /* some loop goes through this block */
	bool are_structured; /* each loop is entered at its header only */
	bool any;
};

/* -ENOMEM. */
int tandem_loops_find(struct tandem_loops *loops, const struct tandem_slots *slots);
void tandem_loops_finish(struct tandem_loops *loops);

#endif
