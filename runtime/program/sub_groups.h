// SPDX-License-Identifier: MIT
/*
 * How large a kernel's sub-groups are. Kernels find that out themselves, when they run
 * (builtins/sub_group.cl) and go through their groups (compiler/backend/lanes/sub_groups.c).
 */
#ifndef TANDEM_PROGRAM_SUB_GROUPS_H
#define TANDEM_PROGRAM_SUB_GROUPS_H

#include "kernel_info.h"

/*
 * Work-items of each sub-group but a group's last, for groups of @local, of which no size is 0.
 * A sub-group lies in a row along the first dimension: where there are several, rows must be
 * whole numbers of sub-groups.
 */
static inline uint64_t tandem_sub_group_size(const struct tandem_kernel_info *info,
					     const uint64_t local[TANDEM_DIMENSIONS])
{
	uint64_t divisor = local[0] & -local[0];

	if (local[1] * local[2] == 1 || divisor > info->sub_group_lanes)
		return info->sub_group_lanes;
	return divisor;
}

#endif
