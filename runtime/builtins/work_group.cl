// SPDX-License-Identifier: MIT
/*
 * Work-group functions (OpenCL C 6.15.16).
 *
 * All work-items of a group run on one thread. From one barrier to the next they
 * do so one after another, in the order of their linear local id, where there is
 * neither a loop nor a way around it between the two. So a value passes from each
 * work-item to the next through the group's scratch memory, and what the last one
 * leaves there is the result of all. The barrier that each function begins with
 * keeps apart from that what the kernel does before, in whatever order, and what
 * others have still to read of the function before.
 */
#include "builtins.h"

#define IS_FIRST (get_local_linear_id() == 0)

#define ADD(a, b) ((a) + (b))
#define MIN(a, b) ((b) < (a) ? (b) : (a))
#define MAX(a, b) ((a) < (b) ? (b) : (a))

#define OPERATION(type, name, OPERATOR, identity)                          \
	BUILTIN type work_group_reduce_##name(type x)                      \
	{                                                                  \
		__private type *total = SHARED(type);                      \
                                                                           \
		__tandem_barrier();                                        \
		*total = IS_FIRST ? x : OPERATOR(*total, x);               \
		__tandem_barrier();                                        \
		return *total;                                             \
	}                                                                  \
	BUILTIN type work_group_scan_inclusive_##name(type x)              \
	{                                                                  \
		__private type *total = SHARED(type);                      \
		type result;                                               \
                                                                           \
		__tandem_barrier();                                        \
		result = IS_FIRST ? x : OPERATOR(*total, x);               \
		*total = result;                                           \
		__tandem_barrier();                                        \
		return result;                                             \
	}                                                                  \
	BUILTIN type work_group_scan_exclusive_##name(type x)              \
	{                                                                  \
		__private type *total = SHARED(type);                      \
		type result;                                               \
                                                                           \
		__tandem_barrier();                                        \
		result = IS_FIRST ? identity : *total;                     \
		*total = OPERATOR(result, x);                              \
		__tandem_barrier();                                        \
		return result;                                             \
	}

#define BROADCAST(type, parameters, is_source)                             \
	BUILTIN type work_group_broadcast parameters                       \
	{                                                                  \
		__private type *shared = SHARED(type);                     \
                                                                           \
		__tandem_barrier();                                        \
		if (is_source)                                             \
			*shared = x;                                       \
		__tandem_barrier();                                        \
		return *shared;                                            \
	}

#define SHARED(type) ((__private type *)__tandem_group_scratch())

#define FUNCTIONS(type, least, greatest)                                                       \
	OPERATION(type, add, ADD, (type)0)                                                     \
	OPERATION(type, min, MIN, (type)(greatest))                                            \
	OPERATION(type, max, MAX, (type)(least))                                               \
	BROADCAST(type, (type x, size_t id_0), get_local_id(0) == id_0)                        \
	BROADCAST(type, (type x, size_t id_0, size_t id_1),                                    \
		  get_local_id(0) == id_0 && get_local_id(1) == id_1)                          \
	BROADCAST(type, (type x, size_t id_0, size_t id_1, size_t id_2),                       \
		  get_local_id(0) == id_0 && get_local_id(1) == id_1 && get_local_id(2) == id_2)

FUNCTIONS(int, INT_MIN, INT_MAX)
FUNCTIONS(uint, 0, UINT_MAX)
FUNCTIONS(long, LONG_MIN, LONG_MAX)
FUNCTIONS(ulong, 0, ULONG_MAX)
FUNCTIONS(half, -INFINITY, INFINITY)
FUNCTIONS(float, -INFINITY, INFINITY)
FUNCTIONS(double, -INFINITY, INFINITY)

BUILTIN int work_group_all(int predicate)
{
	return work_group_reduce_min((int)(predicate != 0));
}

BUILTIN int work_group_any(int predicate)
{
	return work_group_reduce_max((int)(predicate != 0));
}
