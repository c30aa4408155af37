// SPDX-License-Identifier: MIT
/*
 * The size of groups of kernels that require a number of sub-groups: what is found has as many,
 * and there is none where all sizes, looked at one by one, have other numbers.
 */
#include "check.h"
#include "program/sub_groups.h"

enum { MOST_ITEMS = 64, EDGE = 14 };

static bool divides(const uint64_t *global_size, const uint64_t *local)
{
	for (int i = 0; i < TANDEM_DIMENSIONS; i++) {
		if (global_size[i] % local[i])
			return false;
	}
	return true;
}

static bool fits(const struct tandem_kernel_info *info, const uint64_t *local)
{
	return local[0] * local[1] * local[2] <= info->max_group &&
	       tandem_sub_group_count(info, local) == info->required_sub_groups;
}

/* Whether there is any, of those that divide @global_size or of all. */
static bool exists(const struct tandem_kernel_info *info, unsigned int dimensions,
		   const uint64_t *global_size, bool dividing)
{
	const uint64_t most = info->max_group;
	uint64_t local[TANDEM_DIMENSIONS];

	for (local[2] = 1; local[2] <= (dimensions > 2 ? most : 1); local[2]++) {
		for (local[1] = 1; local[1] <= (dimensions > 1 ? most / local[2] : 1); local[1]++) {
			for (local[0] = 1; local[0] <= most / local[2] / local[1]; local[0]++) {
				if (fits(info, local) && (!dividing || divides(global_size, local)))
					return true;
			}
		}
	}
	return false;
}

static void check_sizes(const struct tandem_kernel_info *info, unsigned int dimensions,
			const uint64_t *global_size)
{
	bool dividing = exists(info, dimensions, global_size, true);

	for (int uneven = 0; uneven <= 1; uneven++) {
		uint64_t local[TANDEM_DIMENSIONS] = { 1, 1, 1 };
		bool found =
			tandem_sub_groups_find_local(info, dimensions, global_size, uneven, local);

		check_equal(dividing || (uneven && exists(info, dimensions, global_size, false)),
			    found);
		if (found)
			check(fits(info, local) &&
				      (divides(global_size, local) || (uneven && !dividing)),
			      "%u sub-groups of %u: %u, %u, %u of %u, %u, %u",
			      info->required_sub_groups, info->sub_group_lanes,
			      (unsigned int)local[0], (unsigned int)local[1],
			      (unsigned int)local[2], (unsigned int)global_size[0],
			      (unsigned int)global_size[1], (unsigned int)global_size[2]);
		for (unsigned int i = dimensions; i < TANDEM_DIMENSIONS; i++)
			check_equal(1, local[i]);
	}
}

static void check_kernel(uint32_t lanes, uint32_t count)
{
	const struct tandem_kernel_info info = { .max_group = MOST_ITEMS,
						 .sub_group_lanes = lanes,
						 .required_sub_groups = count };
	uint64_t global_size[TANDEM_DIMENSIONS] = { 0, 1, 1 };

	for (global_size[0] = 0; global_size[0] <= 2 * MOST_ITEMS; global_size[0]++)
		check_sizes(&info, 1, global_size);
	for (global_size[0] = 1; global_size[0] < EDGE; global_size[0]++) {
		for (global_size[1] = 0; global_size[1] < EDGE; global_size[1]++) {
			global_size[2] = 1;
			check_sizes(&info, 2, global_size);
			global_size[2] = global_size[0] * global_size[1] % 7;
			check_sizes(&info, 3, global_size);
		}
	}
}

int main(void)
{
	for (uint32_t lanes = 1; lanes <= 16; lanes *= 4) {
		for (uint32_t count = 0; count <= 6; count++)
			check_kernel(lanes, count);
		check_kernel(lanes, MOST_ITEMS);
		check_kernel(lanes, MOST_ITEMS + 1);
		check_kernel(lanes, UINT32_MAX);
	}
	return check_result();
}
