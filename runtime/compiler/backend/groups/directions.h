/* SPDX-License-Identifier: MIT */
/*
 * Along which dimension of its index space a kernel goes through memory.
 *
 * Work-items that are neighbours in the first dimension run one after the other, and mostly access
 * neighbouring places. Where they access places that are far from each other, as a transposition
 * stores them, and neighbours in the second dimension are who is near, a group that is long in the
 * first dimension touches a cache line for each work-item, and comes back to none before it is
 * gone. Then groups are better narrow in the first dimension.
 */
#ifndef TANDEM_COMPILER_BACKEND_DIRECTIONS_H
#define TANDEM_COMPILER_BACKEND_DIRECTIONS_H

#include "work_group.h"

/* Whether a kernel has an access as above, to memory that is not the group's own. */
bool tandem_directions_cross(const struct tandem_compilation *compilation,
			     const struct tandem_work_group *work_group);

#endif
