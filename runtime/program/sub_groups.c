// SPDX-License-Identifier: MIT
#include "sub_groups.h"

#include "util/alloc.h"

/* What is looked for. */
struct search {
	const uint64_t *global_size;
	bool uneven; /* sizes need not divide the global one */
};

static bool fits(const struct search *search, uint32_t dimension, uint64_t size)
{
	return search->uneven || !(search->global_size[dimension] % size);
}

/* The longest one of a group with @rows that has @least to @most work-items; 0: there is none. */
static uint64_t longest_row(const struct search *search, uint64_t least, uint64_t most,
			    uint64_t rows)
{
	uint64_t length = most / rows;

	while (length * rows >= least && !fits(search, 0, length))
		length--;
	return length * rows >= least ? length : 0;
}

/* One with few rows, of @least to @most work-items. */
static bool find(const struct search *search, uint32_t dimensions, uint64_t least, uint64_t most,
		 uint64_t *local)
{
	const uint64_t most_columns = dimensions > 1 ? most : 1;

	for (uint64_t columns = 1; columns <= most_columns; columns++) {
		uint64_t most_layers = dimensions > 2 ? most / columns : 1;

		if (columns > 1 && !fits(search, 1, columns))
			continue;
		for (uint64_t layers = 1; layers <= most_layers; layers++) {
			if (layers > 1 && !fits(search, 2, layers))
				continue;
			local[0] = longest_row(search, least, most, columns * layers);
			if (dimensions > 1)
				local[1] = columns;
			if (dimensions > 2)
				local[2] = layers;
			if (local[0])
				return true;
		}
	}
	return false;
}

bool tandem_sub_groups_find_local(const struct tandem_kernel_info *info, uint32_t dimensions,
				  const uint64_t *global_size, bool uneven, uint64_t *local)
{
	const uint64_t count = info->required_sub_groups, lanes = info->sub_group_lanes;
	const uint64_t least = (count - 1) * lanes + 1;
	const uint64_t most = tandem_min_u64(count * lanes, info->max_group);
	struct search search = { .global_size = global_size };

	if (!count || least > most)
		return false;
	if (find(&search, dimensions, least, most, local))
		return true;
	search.uneven = uneven;
	return uneven && find(&search, dimensions, least, most, local);
}
