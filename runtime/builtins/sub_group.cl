// SPDX-License-Identifier: MIT
/*
 * Sub-group functions (OpenCL C 6.15.17 and the extensions cl_khr_subgroup_*).
 *
 * A sub-group is what runs as one bundle of work-items (backend/lanes/bundles.h), its work-items
 * are lanes. All is made of a few functions that the back end knows (lanes/sub_groups.h): a lane
 * reads what another one has, or is told which lanes are there. Sums and the like read from lanes
 * that are not there as well: these are given a value first that changes nothing.
 *
 * A bundle lies in a row of the group, along the first dimension. Where rows are no whole numbers
 * of sub-groups, all rows are one (backend/groups/joined_rows.h): in any case work-items of a
 * sub-group follow each other by their linear ids, and all sub-groups but the last have all lanes.
 */
#include "sub_group_lanes.h"

ITEM_VALUES(local_size);
ITEM_VALUES(enqueued_local_size);

#define MASK_BITS 32

/* ---- work-item functions ---- */

HELPER uint count_sub_groups(ulong items)
{
	return (uint)((items + __tandem_lane_count() - 1) >> __builtin_ctz(__tandem_lane_count()));
}

HELPER ulong group_items(void)
{
	return local_size_0 * local_size_1 * local_size_2;
}

BUILTIN uint get_max_sub_group_size(void)
{
	return __tandem_lane_count();
}

BUILTIN uint get_sub_group_local_id(void)
{
	return __tandem_lane();
}

BUILTIN uint get_sub_group_id(void)
{
	/* Of all lanes it is the first one's. */
	uint id = (uint)(get_local_linear_id() >> __builtin_ctz(__tandem_lane_count()));

	return __tandem_lanes_read32(id, 0);
}

BUILTIN uint get_sub_group_size(void)
{
	uint size = __tandem_lane_count();
	ulong left = group_items() - (ulong)get_sub_group_id() * size;

	return left < size ? (uint)left : size;
}

BUILTIN uint get_num_sub_groups(void)
{
	return count_sub_groups(group_items());
}

BUILTIN uint get_enqueued_num_sub_groups(void)
{
	return count_sub_groups(enqueued_local_size_0 * enqueued_local_size_1 *
				enqueued_local_size_2);
}

/* ---- barriers ---- */

BUILTIN void sub_group_barrier(cl_mem_fence_flags flags, memory_scope scope)
{
	bool reaches_others = scope != memory_scope_work_item && scope != memory_scope_sub_group &&
			      scope != memory_scope_work_group;

	if (reaches_others)
		__c11_atomic_thread_fence(__ATOMIC_RELEASE);
	__tandem_lanes_barrier();
	if (reaches_others)
		__c11_atomic_thread_fence(__ATOMIC_ACQUIRE);
}

BUILTIN void sub_group_barrier(cl_mem_fence_flags flags)
{
	sub_group_barrier(flags, memory_scope_sub_group);
}

/* ---- votes and ballots ---- */

HELPER uint first_lane(void)
{
	return (uint)__builtin_ctz(__tandem_lanes_ballot(1));
}

HELPER uint low_bits(uint count)
{
	return count < MASK_BITS ? (1u << count) - 1 : ~0u;
}

#define VOTES(prefix)                                               \
	BUILTIN int prefix##_all(int predicate)                     \
	{                                                           \
		return __tandem_lanes_ballot(predicate == 0) == 0;  \
	}                                                           \
	BUILTIN int prefix##_any(int predicate)                     \
	{                                                           \
		return __tandem_lanes_ballot(predicate != 0) != 0;  \
	}

VOTES(sub_group)
VOTES(sub_group_non_uniform)

BUILTIN int sub_group_elect(void)
{
	return __tandem_lane() == first_lane();
}

BUILTIN uint4 sub_group_ballot(int predicate)
{
	return (uint4)(__tandem_lanes_ballot(predicate != 0), 0, 0, 0);
}

BUILTIN int sub_group_inverse_ballot(uint4 value)
{
	return (int)(value.x >> __tandem_lane() & 1);
}

BUILTIN int sub_group_ballot_bit_extract(uint4 value, uint index)
{
	return (int)(value.x >> (index & (MASK_BITS - 1)) & (index < MASK_BITS));
}

BUILTIN uint sub_group_ballot_bit_count(uint4 value)
{
	return (uint)__builtin_popcount(value.x & low_bits(get_max_sub_group_size()));
}

BUILTIN uint sub_group_ballot_inclusive_scan(uint4 value)
{
	return (uint)__builtin_popcount(value.x & low_bits(__tandem_lane() + 1));
}

BUILTIN uint sub_group_ballot_exclusive_scan(uint4 value)
{
	return (uint)__builtin_popcount(value.x & low_bits(__tandem_lane()));
}

BUILTIN uint sub_group_ballot_find_lsb(uint4 value)
{
	uint bits = value.x & low_bits(get_max_sub_group_size());

	return bits ? (uint)__builtin_ctz(bits) : MASK_BITS;
}

BUILTIN uint sub_group_ballot_find_msb(uint4 value)
{
	uint bits = value.x & low_bits(get_max_sub_group_size());

	return bits ? MASK_BITS - 1 - (uint)__builtin_clz(bits) : MASK_BITS;
}

HELPER uint4 mask_of(uint bits)
{
	return (uint4)(bits & low_bits(get_max_sub_group_size()), 0, 0, 0);
}

BUILTIN uint4 get_sub_group_eq_mask(void)
{
	return mask_of(1u << __tandem_lane());
}

BUILTIN uint4 get_sub_group_ge_mask(void)
{
	return mask_of(~low_bits(__tandem_lane()));
}

BUILTIN uint4 get_sub_group_gt_mask(void)
{
	return mask_of(~low_bits(__tandem_lane() + 1));
}

BUILTIN uint4 get_sub_group_le_mask(void)
{
	return mask_of(low_bits(__tandem_lane() + 1));
}

BUILTIN uint4 get_sub_group_lt_mask(void)
{
	return mask_of(low_bits(__tandem_lane()));
}

/* ---- values of other lanes ---- */

#define DEFINE_LANES(type, word, bits)                                                           \
	/* x, and in lanes that are not there @otherwise. */                                     \
	HELPER type filled(type x, type otherwise)                                               \
	{                                                                                        \
		return __builtin_astype(                                                         \
			(word)__tandem_lanes_fill##bits(__builtin_astype(x, word),               \
							__builtin_astype(otherwise, word)),      \
			type);                                                                   \
	}                                                                                        \
	BUILTIN type sub_group_broadcast(type x, uint lane)                                      \
	{                                                                                        \
		return read_lane(x, lane);                                                       \
	}                                                                                        \
	BUILTIN type sub_group_non_uniform_broadcast(type x, uint lane)                          \
	{                                                                                        \
		return read_lane(x, lane);                                                       \
	}                                                                                        \
	BUILTIN type sub_group_broadcast_first(type x)                                           \
	{                                                                                        \
		return read_lane(x, first_lane());                                               \
	}                                                                                        \
	BUILTIN int sub_group_non_uniform_all_equal(type x)                                      \
	{                                                                                        \
		return __tandem_lanes_ballot(!(x == read_lane(x, first_lane()))) == 0;           \
	}                                                                                        \
	BUILTIN type sub_group_shuffle(type x, uint lane)                                        \
	{                                                                                        \
		return read_lane(x, lane);                                                       \
	}                                                                                        \
	BUILTIN type sub_group_shuffle_xor(type x, uint mask)                                    \
	{                                                                                        \
		return read_lane(x, __tandem_lane() ^ mask);                                     \
	}                                                                                        \
	BUILTIN type sub_group_shuffle_up(type x, uint delta)                                    \
	{                                                                                        \
		return read_lane(x, __tandem_lane() - delta);                                    \
	}                                                                                        \
	BUILTIN type sub_group_shuffle_down(type x, uint delta)                                  \
	{                                                                                        \
		return read_lane(x, __tandem_lane() + delta);                                    \
	}                                                                                        \
	BUILTIN type sub_group_rotate(type x, int delta)                                         \
	{                                                                                        \
		uint last = get_max_sub_group_size() - 1;                                        \
                                                                                                 \
		return read_lane(x, (__tandem_lane() + (uint)delta) & last);                     \
	}                                                                                        \
	BUILTIN type sub_group_clustered_rotate(type x, int delta, uint cluster)                 \
	{                                                                                        \
		uint lane = __tandem_lane(), last = cluster - 1;                                 \
                                                                                                 \
		return read_lane(x, (lane & ~last) | ((lane + (uint)delta) & last));             \
	}

DEFINE_LANES(char, uchar, 8)
DEFINE_LANES(uchar, uchar, 8)
DEFINE_LANES(short, ushort, 16)
DEFINE_LANES(ushort, ushort, 16)
DEFINE_LANES(int, uint, 32)
DEFINE_LANES(uint, uint, 32)
DEFINE_LANES(long, ulong, 64)
DEFINE_LANES(ulong, ulong, 64)
DEFINE_LANES(half, ushort, 16)
DEFINE_LANES(float, uint, 32)
DEFINE_LANES(double, ulong, 64)

#define VECTOR_BROADCASTS(type, n)                                                        \
	BUILTIN PASTE_2(type, n) sub_group_broadcast(PASTE_2(type, n) x, uint lane)       \
	{                                                                                 \
		return read_lane(x, lane);                                                \
	}                                                                                 \
	BUILTIN PASTE_2(type, n)                                                          \
		sub_group_non_uniform_broadcast(PASTE_2(type, n) x, uint lane)            \
	{                                                                                 \
		return read_lane(x, lane);                                                \
	}

#define ALL_VECTOR_BROADCASTS(type) \
	VECTOR_BROADCASTS(type, 2)  \
	VECTOR_BROADCASTS(type, 3)  \
	VECTOR_BROADCASTS(type, 4)  \
	VECTOR_BROADCASTS(type, 8)  \
	VECTOR_BROADCASTS(type, 16)

ALL_VECTOR_BROADCASTS(char)
ALL_VECTOR_BROADCASTS(uchar)
ALL_VECTOR_BROADCASTS(short)
ALL_VECTOR_BROADCASTS(ushort)
ALL_VECTOR_BROADCASTS(int)
ALL_VECTOR_BROADCASTS(uint)
ALL_VECTOR_BROADCASTS(long)
ALL_VECTOR_BROADCASTS(ulong)
ALL_VECTOR_BROADCASTS(half)
ALL_VECTOR_BROADCASTS(float)
ALL_VECTOR_BROADCASTS(double)

/* ---- reductions and scans ---- */

#define ADD(a, b)	  ((a) + (b))
#define MUL(a, b)	  ((a) * (b))
#define MIN(a, b)	  ((b) < (a) ? (b) : (a))
#define MAX(a, b)	  ((a) < (b) ? (b) : (a))
#define AND(a, b)	  ((a) & (b))
#define OR(a, b)	  ((a) | (b))
#define XOR(a, b)	  ((a) ^ (b))
#define LOGICAL_AND(a, b) ((a) != 0 & (b) != 0)
#define LOGICAL_OR(a, b)  ((a) != 0 | (b) != 0)
#define LOGICAL_XOR(a, b) ((a) != 0 ^ (b) != 0)

/* How an operation takes a value. */
#define AS_IT_IS(x) (x)
#define AS_TRUTH(x) ((x) != 0)

/* A lane with the one that is @distance away, in pieces of lanes of twice that. */
#define MEET(type, OPERATOR, distance, size)                       \
	{                                                          \
		type other = read_lane(x, lane ^ (distance));      \
                                                                   \
		x = (distance) < (size) ? (type)OPERATOR(x, other) : x; \
	}

/* A lane with the one that is @distance before it. */
#define FOLLOW(type, OPERATOR, distance)                                   \
	{                                                                  \
		type other = read_lane(x, lane - (distance));              \
                                                                           \
		x = lane >= (distance) ? (type)OPERATOR(other, x) : x;     \
	}

/* @neutral: what changes no other value; @identity: what a scan gives that has none before. */
#define OPERATION(type, name, OPERATOR, TAKE, neutral, identity)                             \
	HELPER type reduce_pieces_##name(type given, uint size)                              \
	{                                                                                    \
		type x = filled(TAKE(given), neutral);                                       \
		uint lane = __tandem_lane();                                                 \
                                                                                             \
		MEET(type, OPERATOR, 16, size)                                               \
		MEET(type, OPERATOR, 8, size)                                                \
		MEET(type, OPERATOR, 4, size)                                                \
		MEET(type, OPERATOR, 2, size)                                                \
		MEET(type, OPERATOR, 1, size)                                                \
		return x;                                                                    \
	}                                                                                    \
	HELPER type scan_##name(type given)                                                  \
	{                                                                                    \
		type x = filled(TAKE(given), neutral);                                       \
		uint lane = __tandem_lane();                                                 \
                                                                                             \
		FOLLOW(type, OPERATOR, 1)                                                    \
		FOLLOW(type, OPERATOR, 2)                                                    \
		FOLLOW(type, OPERATOR, 4)                                                    \
		FOLLOW(type, OPERATOR, 8)                                                    \
		FOLLOW(type, OPERATOR, 16)                                                   \
		return x;                                                                    \
	}                                                                                    \
	HELPER type scan_before_##name(type given)                                           \
	{                                                                                    \
		uint lane = __tandem_lane();                                                 \
		type before = read_lane(scan_##name(given), lane - 1);                       \
		uint present = __tandem_lanes_ballot(1) & low_bits(lane);                    \
                                                                                             \
		return present ? before : identity;                                          \
	}                                                                                    \
	/* All lanes have the same, so that it is the first one's. */                        \
	HELPER type reduce_##name(type x)                                                    \
	{                                                                                    \
		return read_lane(reduce_pieces_##name(x, __tandem_lane_count()), 0);         \
	}                                                                                    \
	BUILTIN type sub_group_clustered_reduce_##name(type x, uint size)                    \
	{                                                                                    \
		return reduce_pieces_##name(x, size);                                        \
	}                                                                                    \
	PREFIXED(type, name, sub_group_non_uniform)

#define PREFIXED(type, name, prefix)                           \
	BUILTIN type prefix##_reduce_##name(type x)            \
	{                                                      \
		return reduce_##name(x);                       \
	}                                                      \
	BUILTIN type prefix##_scan_inclusive_##name(type x)    \
	{                                                      \
		return scan_##name(x);                         \
	}                                                      \
	BUILTIN type prefix##_scan_exclusive_##name(type x)    \
	{                                                      \
		return scan_before_##name(x);                  \
	}

#define NUMBERS(type, least, greatest, zero)                                    \
	OPERATION(type, add, ADD, AS_IT_IS, (type)(zero), (type)0)              \
	OPERATION(type, mul, MUL, AS_IT_IS, (type)1, (type)1)                   \
	OPERATION(type, min, MIN, AS_IT_IS, (type)(greatest), (type)(greatest)) \
	OPERATION(type, max, MAX, AS_IT_IS, (type)(least), (type)(least))       \
	PREFIXED(type, add, sub_group)                                          \
	PREFIXED(type, min, sub_group)                                          \
	PREFIXED(type, max, sub_group)

#define BITS(type)                                              \
	OPERATION(type, and, AND, AS_IT_IS, (type)-1, (type)-1) \
	OPERATION(type, or, OR, AS_IT_IS, (type)0, (type)0)     \
	OPERATION(type, xor, XOR, AS_IT_IS, (type)0, (type)0)

NUMBERS(char, CHAR_MIN, CHAR_MAX, 0)
NUMBERS(uchar, 0, UCHAR_MAX, 0)
NUMBERS(short, SHRT_MIN, SHRT_MAX, 0)
NUMBERS(ushort, 0, USHRT_MAX, 0)
NUMBERS(int, INT_MIN, INT_MAX, 0)
NUMBERS(uint, 0, UINT_MAX, 0)
NUMBERS(long, LONG_MIN, LONG_MAX, 0)
NUMBERS(ulong, 0, ULONG_MAX, 0)
NUMBERS(half, -INFINITY, INFINITY, -0.0f)
NUMBERS(float, -INFINITY, INFINITY, -0.0f)
NUMBERS(double, -INFINITY, INFINITY, -0.0f)
BITS(char)
BITS(uchar)
BITS(short)
BITS(ushort)
BITS(int)
BITS(uint)
BITS(long)
BITS(ulong)
OPERATION(int, logical_and, LOGICAL_AND, AS_TRUTH, 1, 1)
OPERATION(int, logical_or, LOGICAL_OR, AS_TRUTH, 0, 0)
OPERATION(int, logical_xor, LOGICAL_XOR, AS_TRUTH, 0, 0)
