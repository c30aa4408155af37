// SPDX-License-Identifier: MIT
/*
 * Atomic functions in the form of C11 (OpenCL C 6.15.12).
 *
 * Each becomes one LLVM instruction with the order asked for; an order that is
 * no constant becomes a switch over them. Every scope is served by the widest,
 * which is the one that needs no syncscope.
 *
 * Objects are reached through generic pointers where the kernel has them, else
 * through pointers to global or local. Arithmetic on floating-point numbers is that of
 * cl_ext_float_atomics.
 */
#include "builtins.h"

#define WIDEST memory_scope_all_svm_devices

#define FOR_EACH_SPACE(DEFINE, ...)    \
	DEFINE(__global, __VA_ARGS__)  \
	DEFINE(__local, __VA_ARGS__)   \
	DEFINE(__generic, __VA_ARGS__)

/* The three forms: plain, with an order, with order and scope. */
#define FORMS(result, name, parameters, body)                                           \
	BUILTIN result atomic_##name(EXPAND parameters)                                 \
	{                                                                               \
		const memory_order order = memory_order_seq_cst;                        \
                                                                                        \
		body                                                                    \
	}                                                                               \
	BUILTIN result atomic_##name##_explicit(EXPAND parameters, memory_order order)  \
	{                                                                               \
		body                                                                    \
	}                                                                               \
	BUILTIN result atomic_##name##_explicit(EXPAND parameters, memory_order order,  \
						memory_scope scope)                     \
	{                                                                               \
		body                                                                    \
	}
#define EXPAND(...) __VA_ARGS__

#define EXCHANGES(space, type)                                                         \
	BUILTIN void atomic_init(volatile space atomic_##type *object, type value)     \
	{                                                                              \
		__opencl_atomic_init(object, value);                                   \
	}                                                                              \
	FORMS(type, load, (volatile space atomic_##type *object),                      \
	      return __opencl_atomic_load(object, order, WIDEST);)                     \
	FORMS(void, store, (volatile space atomic_##type *object, type desired),       \
	      __opencl_atomic_store(object, desired, order, WIDEST);)                  \
	FORMS(type, exchange, (volatile space atomic_##type *object, type desired),    \
	      return __opencl_atomic_exchange(object, desired, order, WIDEST);)

#define SUMS(space, type, operand_type)                       \
	FETCH(space, type, operand_type, fetch_add)           \
	FETCH(space, type, operand_type, fetch_sub)
#define ARITHMETIC(space, type)                               \
	SUMS(space, type, type)                               \
	FETCH(space, type, type, fetch_or)                    \
	FETCH(space, type, type, fetch_xor)                   \
	FETCH(space, type, type, fetch_and)                   \
	FETCH(space, type, type, fetch_min)                   \
	FETCH(space, type, type, fetch_max)
#define REAL_ARITHMETIC(space, type)                          \
	SUMS(space, type, type)                               \
	FETCH(space, type, type, fetch_min)                   \
	FETCH(space, type, type, fetch_max)
#define FETCH(space, type, operand_type, name)                                               \
	FORMS(type, name, (volatile space atomic_##type *object, operand_type operand),      \
	      return __opencl_atomic_##name(object, (type)operand, order, WIDEST);)

/* A kernel has generic pointers for both the object and what is expected, or none. */
#define COMPARE_EXCHANGES_IN(space, expected_space, type)         \
	COMPARE_EXCHANGE(space, type, strong, expected_space)     \
	COMPARE_EXCHANGE(space, type, weak, expected_space)
#define COMPARE_EXCHANGES(type)                                   \
	COMPARE_EXCHANGES_IN(__global, __private, type)           \
	COMPARE_EXCHANGES_IN(__global, __global, type)            \
	COMPARE_EXCHANGES_IN(__global, __local, type)             \
	COMPARE_EXCHANGES_IN(__local, __private, type)            \
	COMPARE_EXCHANGES_IN(__local, __global, type)             \
	COMPARE_EXCHANGES_IN(__local, __local, type)              \
	COMPARE_EXCHANGES_IN(__generic, __generic, type)
#define COMPARE_EXCHANGE_BODY(type, strength)                                                     \
	type seen = *expected;                                                                    \
	bool exchanged = __opencl_atomic_compare_exchange_##strength(object, &seen, desired,      \
								     success, failure, WIDEST);   \
                                                                                                  \
	if (!exchanged)                                                                           \
		*expected = seen;                                                                 \
	return exchanged;
#define COMPARE_EXCHANGE(space, type, strength, expected_space)                                   \
	BUILTIN bool atomic_compare_exchange_##strength(volatile space atomic_##type *object,     \
							expected_space type *expected,            \
							type desired)                             \
	{                                                                                         \
		const memory_order success = memory_order_seq_cst;                                \
		const memory_order failure = memory_order_seq_cst;                                \
		COMPARE_EXCHANGE_BODY(type, strength)                                             \
	}                                                                                         \
	BUILTIN bool atomic_compare_exchange_##strength##_explicit(                               \
		volatile space atomic_##type *object, expected_space type *expected,              \
		type desired, memory_order success, memory_order failure)                         \
	{                                                                                         \
		COMPARE_EXCHANGE_BODY(type, strength)                                             \
	}                                                                                         \
	BUILTIN bool atomic_compare_exchange_##strength##_explicit(                               \
		volatile space atomic_##type *object, expected_space type *expected,              \
		type desired, memory_order success, memory_order failure, memory_scope scope)     \
	{                                                                                         \
		COMPARE_EXCHANGE_BODY(type, strength)                                             \
	}

#define ATOMICS(type)                           \
	FOR_EACH_SPACE(EXCHANGES, type)         \
	COMPARE_EXCHANGES(type)

ATOMICS(int)
ATOMICS(uint)
ATOMICS(long)
ATOMICS(ulong)
ATOMICS(float)
ATOMICS(double)

FOR_EACH_SPACE(ARITHMETIC, int)
FOR_EACH_SPACE(ARITHMETIC, uint)
FOR_EACH_SPACE(ARITHMETIC, long)
FOR_EACH_SPACE(ARITHMETIC, ulong)
FOR_EACH_SPACE(REAL_ARITHMETIC, float)
FOR_EACH_SPACE(REAL_ARITHMETIC, double)
/* atomic_uintptr_t is atomic_ulong, and its difference is a ptrdiff_t. */
FOR_EACH_SPACE(SUMS, ulong, long)

#define FLAG(space, unused)                                                           \
	FORMS(bool, flag_test_and_set, (volatile space atomic_flag *object),          \
	      return __opencl_atomic_exchange(object, 1, order, WIDEST) != 0;)        \
	FORMS(void, flag_clear, (volatile space atomic_flag *object),                 \
	      __opencl_atomic_store(object, 0, order, WIDEST);)
FOR_EACH_SPACE(FLAG, )
