// SPDX-License-Identifier: MIT
/*
 * Atomic functions of OpenCL C 1.x: atomic_* and the older atom_*, which
 * cl_khr_int64_base_atomics and cl_khr_int64_extended_atomics give for 64 bits.
 * They order nothing (relaxed).
 */
#include "builtins.h"

#define RELAXED memory_order_relaxed, memory_scope_all_svm_devices
#define OBJECT(space, type) ((volatile space atomic_##type *)p)

#define FETCH(prefix, space, type, name, operation)                                        \
	BUILTIN type prefix##_##name(volatile space type *p, type value)                   \
	{                                                                                  \
		return __opencl_atomic_##operation(OBJECT(space, type), value, RELAXED);   \
	}
#define STEP(prefix, space, type, name, operation)                                         \
	BUILTIN type prefix##_##name(volatile space type *p)                               \
	{                                                                                  \
		return __opencl_atomic_##operation(OBJECT(space, type), (type)1, RELAXED); \
	}
#define COMPARE_EXCHANGE(prefix, space, type)                                              \
	BUILTIN type prefix##_cmpxchg(volatile space type *p, type compare, type value)    \
	{                                                                                  \
		__opencl_atomic_compare_exchange_strong(OBJECT(space, type), &compare,     \
							value, memory_order_relaxed,       \
							RELAXED);                          \
		return compare;                                                            \
	}

#define ATOMICS_IN(prefix, space, type)                     \
	FETCH(prefix, space, type, add, fetch_add)          \
	FETCH(prefix, space, type, sub, fetch_sub)          \
	FETCH(prefix, space, type, xchg, exchange)          \
	FETCH(prefix, space, type, min, fetch_min)          \
	FETCH(prefix, space, type, max, fetch_max)          \
	FETCH(prefix, space, type, and, fetch_and)          \
	FETCH(prefix, space, type, or, fetch_or)            \
	FETCH(prefix, space, type, xor, fetch_xor)          \
	STEP(prefix, space, type, inc, fetch_add)           \
	STEP(prefix, space, type, dec, fetch_sub)           \
	COMPARE_EXCHANGE(prefix, space, type)
#define ATOMICS(prefix, type)              \
	ATOMICS_IN(prefix, __global, type) \
	ATOMICS_IN(prefix, __local, type)

ATOMICS(atomic, int)
ATOMICS(atomic, uint)
ATOMICS(atom, int)
ATOMICS(atom, uint)
ATOMICS(atom, long)
ATOMICS(atom, ulong)

FETCH(atomic, __global, float, xchg, exchange)
FETCH(atomic, __local, float, xchg, exchange)
