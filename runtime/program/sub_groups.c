// SPDX-License-Identifier: MIT
#include "sub_groups.h"

/* What is looked for. */
struct search {
	const struct tandem_kernel_info *info;
	const uint64_t *global_size;
	bool uneven; /* sizes need not divide the global one */
};

static bool fits(const struct search *search, uint32_t dimension, uint64_t size)
{
	return search->uneven || !(search->global_size[dimension] % size);
}

/* The longest row that is a group by itself, of @count sub-groups; 0 where there is none. */
static uint64_t single_row(const struct search *search, uint64_t count)
{
	const uint64_t lanes = search->info->sub_group_lanes;
	uint64_t size = count * lanes;

	if (size > search->info->max_group)
		size = search->info->max_group;
	while (size > (count - 1) * lanes && !fits(search, 0, size))
		size--;
	return size > (count - 1) * lanes ? size : 0;
}

/* The longest one of a group with @rows, of @count sub-groups each, which are whole ones. */
static uint64_t one_of_rows(const struct search *search, uint64_t count, uint64_t rows)
{
	const uint64_t most = search->info->sub_group_lanes;

	for (uint64_t size = most; size; size /= 2) {
		/* Twice as large ones would fill the row as well. */
		bool is_theirs = size == most || count % 2;

		if (is_theirs && count * size * rows <= search->info->max_group &&
		    fits(search, 0, count * size))
			return count * size;
	}
	return 0;
}

static bool find(const struct search *search, uint32_t dimensions, uint64_t *local)
{
	const uint64_t count = search->info->required_sub_groups;
	const uint64_t most_columns = dimensions > 1 ? count : 1;

	for (uint64_t columns = 1; columns <= most_columns; columns++) {
		uint64_t most_layers = dimensions > 2 ? count / columns : 1;

		if (count % columns || (columns > 1 && !fits(search, 1, columns)))
			continue;
		for (uint64_t layers = 1; layers <= most_layers; layers++) {
			uint64_t rows = columns * layers;

			if (count % rows || (layers > 1 && !fits(search, 2, layers)))
				continue;
			local[0] = rows == 1 ? single_row(search, count) :
					       one_of_rows(search, count / rows, rows);
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
	struct search search = { .info = info, .global_size = global_size };

	if (!info->required_sub_groups || info->required_sub_groups > info->max_group)
		return false;
	if (find(&search, dimensions, local))
		return true;
	search.uneven = uneven;
	return uneven && find(&search, dimensions, local);
}
