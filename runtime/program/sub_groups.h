// SPDX-License-Identifier: MIT
/*
 * How large a kernel's sub-groups are: info.sub_group_lanes, but for a group's last one, which may
 * be smaller. Kernels find that out themselves when they run (builtins/sub_group.cl).
 */
#ifndef TANDEM_PROGRAM_SUB_GROUPS_H
#define TANDEM_PROGRAM_SUB_GROUPS_H

#include "kernel_info.h"

/* How many sub-groups a group of @local has. All but the last one are whole. */
static inline uint64_t tandem_sub_group_count(const struct tandem_kernel_info *info,
					      const uint64_t local[TANDEM_DIMENSIONS])
{
	uint64_t items = local[0] * local[1] * local[2];

	return items / info->sub_group_lanes + (items % info->sub_group_lanes != 0);
}

/* How many a group has at most. */
static inline uint64_t tandem_most_sub_groups(const struct tandem_kernel_info *info)
{
	const uint64_t largest[TANDEM_DIMENSIONS] = { info->max_group, 1, 1 };

	return tandem_sub_group_count(info, largest);
}

/*
 * Whether a group of @local, of which sizes may be 0, is one row of work-items, or has rows that
 * are whole numbers of sub-groups: of others the rows are joined
 * (compiler/backend/groups/joined_rows.h).
 */
static inline bool tandem_sub_groups_fill_rows(const struct tandem_kernel_info *info,
					       const uint64_t local[TANDEM_DIMENSIONS])
{
	return local[1] * local[2] == 1 || local[0] % info->sub_group_lanes == 0;
}

/*
 * Finds a size of groups with as many sub-groups as the kernel requires, as far as there is one:
 * where it can be one that divides @global_size, of @dimensions, in which sizes may be 0, and
 * with few rows. Where none divides it and @uneven, one that does not. Sizes of further
 * dimensions are left alone.
 */
bool tandem_sub_groups_find_local(const struct tandem_kernel_info *info, uint32_t dimensions,
				  const uint64_t *global_size, bool uneven, uint64_t *local);

#endif
