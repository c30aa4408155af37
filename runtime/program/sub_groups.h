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

/* How many sub-groups such a group has. */
static inline uint64_t tandem_sub_group_count(const struct tandem_kernel_info *info,
					      const uint64_t local[TANDEM_DIMENSIONS])
{
	uint64_t items = local[0] * local[1] * local[2];
	uint64_t size = tandem_sub_group_size(info, local);

	return items / size + (items % size != 0);
}

/*
 * Finds a size of groups with as many sub-groups as the kernel requires, as far as there is one:
 * where it can be one that divides @global_size, of @dimensions, in which sizes may be 0, and
 * along the first dimension. Where none divides it and @uneven, one that does not. Sizes of
 * further dimensions are left alone.
 */
bool tandem_sub_groups_find_local(const struct tandem_kernel_info *info, uint32_t dimensions,
				  const uint64_t *global_size, bool uneven, uint64_t *local);

#endif
