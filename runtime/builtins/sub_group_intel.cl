// SPDX-License-Identifier: MIT
/*
 * What SPIR-V's translators call for the instructions of SPV_INTEL_subgroups, by which front ends
 * of other languages say shuffle: the shuffles, of every type, and reading and writing blocks of
 * buffers (cl_intel_subgroups, and its _char, _short and _long).
 *
 * Not here: blocks of images. So no device reports cl_intel_subgroups, and OpenCL C has none of it.
 */
#ifndef FOR_EACH_BODY
#include "sub_group_lanes.h"

/* ---- blocks ---- */

#define BLOCK(type, suffix)                                                                      \
	BUILTIN type PASTE_2(intel_sub_group_block_read, suffix)(const __global type *block)     \
	{                                                                                        \
		return block[__tandem_lane()];                                                   \
	}                                                                                        \
	BUILTIN void PASTE_2(intel_sub_group_block_write, suffix)(__global type *block, type x)  \
	{                                                                                        \
		block[__tandem_lane()] = x;                                                      \
	}

/* Elements of a lane are as far apart as sub-groups are long, be all of its lanes there or not. */
#define BLOCK_OF_VECTORS(type, suffix, n)                                                   \
	BUILTIN PASTE_2(type, n)                                                            \
		PASTE_3(intel_sub_group_block_read, suffix, n)(const __global type *block)  \
	{                                                                                   \
		uint lane = __tandem_lane(), size = get_max_sub_group_size();               \
		PASTE_2(type, n) x;                                                         \
                                                                                            \
		_Pragma("unroll") for (uint i = 0; i < n; i++)                              \
			x[i] = block[lane + i * size];                                      \
		return x;                                                                   \
	}                                                                                   \
	BUILTIN void PASTE_3(intel_sub_group_block_write, suffix, n)(__global type *block,  \
								     PASTE_2(type, n) x)    \
	{                                                                                   \
		uint lane = __tandem_lane(), size = get_max_sub_group_size();               \
                                                                                            \
		_Pragma("unroll") for (uint i = 0; i < n; i++)                              \
			block[lane + i * size] = x[i];                                      \
	}

#define BLOCKS(type, suffix)              \
	BLOCK(type, suffix)               \
	BLOCK_OF_VECTORS(type, suffix, 2) \
	BLOCK_OF_VECTORS(type, suffix, 4) \
	BLOCK_OF_VECTORS(type, suffix, 8)

BLOCKS(uchar, _uc)
BLOCK_OF_VECTORS(uchar, _uc, 16)
BLOCKS(ushort, _us)
BLOCKS(uint, )
BLOCKS(ulong, _ul)

/* ---- shuffles ---- */

#define FOR_EACH_BODY "sub_group_intel.cl"
#include "for_each_type.h"
#else

BUILTIN V(TYPE) intel_sub_group_shuffle(V(TYPE) x, uint lane)
{
	return read_lane(x, lane);
}

BUILTIN V(TYPE) intel_sub_group_shuffle_xor(V(TYPE) x, uint mask)
{
	return read_lane(x, __tandem_lane() ^ mask);
}

/* Of two sub-groups' values one behind the other. */
BUILTIN V(TYPE) intel_sub_group_shuffle_down(V(TYPE) x, V(TYPE) next, uint delta)
{
	uint size = get_max_sub_group_size(), lane = __tandem_lane() + delta;
	V(TYPE) here = read_lane(x, lane), behind = read_lane(next, lane - size);

	return lane < size ? here : behind;
}

BUILTIN V(TYPE) intel_sub_group_shuffle_up(V(TYPE) before, V(TYPE) x, uint delta)
{
	uint size = get_max_sub_group_size(), lane = __tandem_lane();
	V(TYPE) here = read_lane(x, lane - delta), ahead = read_lane(before, lane - delta + size);

	return lane >= delta ? here : ahead;
}

#endif
