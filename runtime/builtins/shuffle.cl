// SPDX-License-Identifier: MIT
/*
 * shuffle and shuffle2 (OpenCL C 6.15.15). WIDTH is the width of the result and
 * of the mask; the elements come from vectors of 2, 4, 8 or 16.
 */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "shuffle.cl"
#include "builtins.h"

/* Element number index, modulo count, of x. */
#define PICK(x, count, index)	  x[(index) & ((count) - 1)]
/* The same of x followed by y, which have count elements each. */
#define PICK_2(x, y, count, index) ((index) & (count) ? PICK(y, count, index) : PICK(x, count, index))

#define SHUFFLE(count, type, mask_type)                                            \
	BUILTIN V(type) shuffle(type##count x, V(mask_type) mask)                  \
	{                                                                          \
		V(type) result;                                                    \
                                                                                   \
		_Pragma("unroll") for (uint i = 0; i < WIDTH; i++)                 \
			result[i] = PICK(x, count, mask[i]);                       \
		return result;                                                     \
	}                                                                          \
	BUILTIN V(type) shuffle2(type##count x, type##count y, V(mask_type) mask)  \
	{                                                                          \
		V(type) result;                                                    \
                                                                                   \
		_Pragma("unroll") for (uint i = 0; i < WIDTH; i++)                 \
			result[i] = PICK_2(x, y, count, mask[i]);                  \
		return result;                                                     \
	}
#define SHUFFLES(type, mask_type)   \
	SHUFFLE(2, type, mask_type) \
	SHUFFLE(4, type, mask_type) \
	SHUFFLE(8, type, mask_type) \
	SHUFFLE(16, type, mask_type)

#include "for_each_type.h"
#elif WIDTH != 1 && WIDTH != 3

SHUFFLES(TYPE, UNSIGNED)

#endif
