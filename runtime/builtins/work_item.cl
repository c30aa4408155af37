// SPDX-License-Identifier: MIT
/*
 * Work-item functions (OpenCL C 6.15.1).
 *
 * Choices between dimensions are values, never branches: nothing is left of them where
 * the dimension is a constant, and loops over work-items keep to vectors where it is not.
 */
#include "builtins.h"

ITEM_VALUES(local_id);
ITEM_VALUES(local_size);
ITEM_VALUES(enqueued_local_size);
ITEM_VALUES(group_count);
ITEM_VALUES(group_id);
ITEM_VALUES(global_size);
ITEM_VALUES(global_offset);
ITEM_VALUES(global_index);
extern constant ulong work_dimensions __asm__("tandem.work_dimensions");

HELPER size_t choose(uint dimension, ulong x, ulong y, ulong z, ulong otherwise)
{
	ulong value = dimension == 2 ? z : otherwise;

	value = dimension == 1 ? y : value;
	return dimension == 0 ? x : value;
}

#define CHOOSE(dimension, name, otherwise) \
	choose(dimension, name##_0, name##_1, name##_2, otherwise)

BUILTIN uint get_work_dim(void)
{
	return (uint)work_dimensions;
}

BUILTIN size_t get_global_size(uint dimension)
{
	return CHOOSE(dimension, global_size, 1);
}

BUILTIN size_t get_global_offset(uint dimension)
{
	return CHOOSE(dimension, global_offset, 0);
}

BUILTIN size_t get_global_id(uint dimension)
{
	return __tandem_sum(CHOOSE(dimension, global_index, 0),
			    CHOOSE(dimension, global_offset, 0));
}

BUILTIN size_t get_local_size(uint dimension)
{
	return CHOOSE(dimension, local_size, 1);
}

BUILTIN size_t get_enqueued_local_size(uint dimension)
{
	return CHOOSE(dimension, enqueued_local_size, 1);
}

BUILTIN size_t get_local_id(uint dimension)
{
	return CHOOSE(dimension, local_id, 0);
}

BUILTIN size_t get_num_groups(uint dimension)
{
	return CHOOSE(dimension, group_count, 1);
}

BUILTIN size_t get_group_id(uint dimension)
{
	return CHOOSE(dimension, group_id, 0);
}

BUILTIN size_t get_local_linear_id(void)
{
	ulong row = __tandem_sum(__tandem_product(local_id_2, local_size_1), local_id_1);

	return __tandem_sum(__tandem_product(row, local_size_0), local_id_0);
}

/* The number of all work-items may be any, so this one may wrap around. */
BUILTIN size_t get_global_linear_id(void)
{
	return (global_index_2 * global_size_1 + global_index_1) * global_size_0 + global_index_0;
}
