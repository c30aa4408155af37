// SPDX-License-Identifier: MIT
/* Defines read_lane(x, lane), what another lane of the sub-group has, for each type. */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "sub_group_lanes.h"
#include "builtins.h"
#include "for_each_type.h"
#undef FOR_EACH_BODY
#elif IS_SCALAR

HELPER TYPE read_lane(TYPE x, uint lane)
{
	return AS(TYPE, (UNSIGNED)PASTE_2(__tandem_lanes_read, BITS)(AS(UNSIGNED, x), lane));
}

#else

HELPER V(TYPE) read_lane(V(TYPE) x, uint lane)
{
	V(TYPE) read;

	_Pragma("unroll") for (uint i = 0; i < WIDTH; i++)
		read[i] = read_lane(x[i], lane);
	return read;
}

#endif
