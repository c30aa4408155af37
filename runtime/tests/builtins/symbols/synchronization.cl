// SPDX-License-Identifier: MIT
/* Calls every atomic, barrier, fence and work-group function in every form. */
#include "each.h"

#define OLD_ATOMICS(space, prefix, t)                                                            \
	TEST t test_##prefix##_add(volatile space t *p, t a) { return prefix##_add(p, a); }      \
	TEST t test_##prefix##_sub(volatile space t *p, t a) { return prefix##_sub(p, a); }      \
	TEST t test_##prefix##_xchg(volatile space t *p, t a) { return prefix##_xchg(p, a); }    \
	TEST t test_##prefix##_inc(volatile space t *p) { return prefix##_inc(p); }              \
	TEST t test_##prefix##_dec(volatile space t *p) { return prefix##_dec(p); }              \
	TEST t test_##prefix##_cmpxchg(volatile space t *p, t a, t b)                            \
	{                                                                                        \
		return prefix##_cmpxchg(p, a, b);                                                \
	}                                                                                        \
	TEST t test_##prefix##_min(volatile space t *p, t a) { return prefix##_min(p, a); }      \
	TEST t test_##prefix##_max(volatile space t *p, t a) { return prefix##_max(p, a); }      \
	TEST t test_##prefix##_and(volatile space t *p, t a) { return prefix##_and(p, a); }      \
	TEST t test_##prefix##_or(volatile space t *p, t a) { return prefix##_or(p, a); }        \
	TEST t test_##prefix##_xor(volatile space t *p, t a) { return prefix##_xor(p, a); }
#define OLD_ATOMICS_IN(space)            \
	OLD_ATOMICS(space, atomic, int)  \
	OLD_ATOMICS(space, atomic, uint) \
	OLD_ATOMICS(space, atom, int)    \
	OLD_ATOMICS(space, atom, uint)   \
	OLD_ATOMICS(space, atom, long)   \
	OLD_ATOMICS(space, atom, ulong)  \
	TEST float test_atomic_xchg(volatile space float *p, float a) { return atomic_xchg(p, a); }
OLD_ATOMICS_IN(__global)
OLD_ATOMICS_IN(__local)

void test_barriers(void)
{
	barrier(CLK_LOCAL_MEM_FENCE);
	mem_fence(CLK_LOCAL_MEM_FENCE);
	read_mem_fence(CLK_LOCAL_MEM_FENCE);
	write_mem_fence(CLK_LOCAL_MEM_FENCE);
}

size_t test_work_items(uint dimension)
{
	return get_work_dim() + get_global_size(dimension) + get_global_id(dimension) +
	       get_local_size(dimension) + get_local_id(dimension) + get_num_groups(dimension) +
	       get_group_id(dimension) + get_global_offset(dimension);
}

#define COPIES(to, from)                                                                          \
	__attribute__((overloadable)) event_t async_work_group_copy_2D2D(                         \
		to void *, size_t, const from void *, size_t, size_t, size_t, size_t, size_t,     \
		size_t, event_t);                                                                 \
	__attribute__((overloadable)) event_t async_work_group_copy_3D3D(                         \
		to void *, size_t, const from void *, size_t, size_t, size_t, size_t, size_t,     \
		size_t, size_t, size_t, size_t, event_t);                                         \
	TEST event_t test_copies(to void *p, const from void *q, size_t n, event_t e)             \
	{                                                                                         \
		e = async_work_group_copy_2D2D(p, n, q, n, n, n, n, n, n, e);                     \
		return async_work_group_copy_3D3D(p, n, q, n, n, n, n, n, n, n, n, n, e);         \
	}
COPIES(__local, __global)
COPIES(__global, __local)

#define CLOCK(scope)                                                     \
	__attribute__((overloadable)) ulong clock_read_##scope(void);    \
	__attribute__((overloadable)) uint2 clock_read_hilo_##scope(void); \
	TEST ulong test_clock_##scope(void)                              \
	{                                                                \
		return clock_read_##scope() + clock_read_hilo_##scope().x; \
	}
CLOCK(device)
CLOCK(work_group)

__attribute__((overloadable)) void async_work_group_copy_fence(cl_mem_fence_flags flags);

void test_copy_fence(void)
{
	async_work_group_copy_fence(CLK_LOCAL_MEM_FENCE);
}

void test_printf(void)
{
	printf("%d\n", 1);
}

#if __OPENCL_C_VERSION__ >= 200

size_t test_linear_ids(uint dimension)
{
	return get_enqueued_local_size(dimension) + get_global_linear_id() +
	       get_local_linear_id();
}

void test_work_group_barriers(memory_order order, memory_scope scope)
{
	work_group_barrier(CLK_LOCAL_MEM_FENCE);
	work_group_barrier(CLK_LOCAL_MEM_FENCE, memory_scope_device);
	atomic_work_item_fence(CLK_GLOBAL_MEM_FENCE, memory_order_seq_cst, memory_scope_device);
	atomic_work_item_fence(CLK_GLOBAL_MEM_FENCE, order, scope);
}

/* The three forms of a function: plain, with an order, with order and scope. */
#define FORMS_0(result, name, object)                                                            \
	TEST result test_##name(object *p)                                                       \
	{                                                                                        \
		return name(p);                                                                  \
	}                                                                                        \
	TEST result test_##name(object *p, memory_order o)                                       \
	{                                                                                        \
		return name##_explicit(p, o);                                                    \
	}                                                                                        \
	TEST result test_##name(object *p, memory_order o, memory_scope s)                       \
	{                                                                                        \
		return name##_explicit(p, o, s);                                                 \
	}
#define FORMS_1(result, name, object, operand)                                                   \
	TEST result test_##name(object *p, operand a)                                            \
	{                                                                                        \
		return name(p, a);                                                               \
	}                                                                                        \
	TEST result test_##name(object *p, operand a, memory_order o)                            \
	{                                                                                        \
		return name##_explicit(p, a, o);                                                 \
	}                                                                                        \
	TEST result test_##name(object *p, operand a, memory_order o, memory_scope s)            \
	{                                                                                        \
		return name##_explicit(p, a, o, s);                                              \
	}
#define FORMS_EXCHANGE(expected_space, name, object, t)                                          \
	TEST bool test_##name(object *p, expected_space t *e, t a)                               \
	{                                                                                        \
		return name(p, e, a);                                                            \
	}                                                                                        \
	TEST bool test_##name(object *p, expected_space t *e, t a, memory_order o)               \
	{                                                                                        \
		return name##_explicit(p, e, a, o, o);                                           \
	}                                                                                        \
	TEST bool test_##name(object *p, expected_space t *e, t a, memory_order o, memory_scope s) \
	{                                                                                        \
		return name##_explicit(p, e, a, o, o, s);                                        \
	}

#define MEMORY(space, t, o)                                                                      \
	TEST void test_atomic_init(volatile space o *p, t a) { atomic_init(p, a); }              \
	FORMS_0(t, atomic_load, volatile space o)                                                \
	FORMS_1(void, atomic_store, volatile space o, t)                                         \
	FORMS_1(t, atomic_exchange, volatile space o, t)                                         \
	EACH_SPACE(FORMS_EXCHANGE, atomic_compare_exchange_strong, volatile space o, t)          \
	EACH_SPACE(FORMS_EXCHANGE, atomic_compare_exchange_weak, volatile space o, t)
#define ARITHMETIC(space, t, o, operand)                               \
	FORMS_1(t, atomic_fetch_add, volatile space o, operand)        \
	FORMS_1(t, atomic_fetch_sub, volatile space o, operand)
#define BITWISE(space, t, o, operand)                                  \
	FORMS_1(t, atomic_fetch_or, volatile space o, operand)         \
	FORMS_1(t, atomic_fetch_xor, volatile space o, operand)        \
	FORMS_1(t, atomic_fetch_and, volatile space o, operand)        \
	FORMS_1(t, atomic_fetch_min, volatile space o, operand)        \
	FORMS_1(t, atomic_fetch_max, volatile space o, operand)
#define INTEGER(space, t, o)             \
	MEMORY(space, t, o)              \
	ARITHMETIC(space, t, o, t)       \
	BITWISE(space, t, o, t)
#define FLAG(space)                                                    \
	FORMS_0(bool, atomic_flag_test_and_set, volatile space atomic_flag) \
	FORMS_0(void, atomic_flag_clear, volatile space atomic_flag)

/* The pointer-sized types are those of 64 bits; operands of the other sign count. */
#define ATOMICS_IN(space)                                      \
	INTEGER(space, int, atomic_int)                        \
	INTEGER(space, uint, atomic_uint)                      \
	INTEGER(space, long, atomic_long)                      \
	INTEGER(space, ulong, atomic_ulong)                    \
	MEMORY(space, float, atomic_float)                     \
	MEMORY(space, double, atomic_double)                   \
	FLAG(space)                                            \
	ARITHMETIC(space, uintptr_t, atomic_uintptr_t, ptrdiff_t)

/* What may point to an atomic object. */
ATOMICS_IN(__global)
ATOMICS_IN(__local)
#if HAS_GENERIC
ATOMICS_IN(__generic)
#endif

/* Operands have the type that the specification gives them. */
#define POINTER_SIZED(o, t, difference)                                        \
	TEST t test_##o(volatile __global o *p, t a, difference d)             \
	{                                                                      \
		a += atomic_fetch_add(p, d) + atomic_fetch_sub(p, d);          \
		a += atomic_fetch_or(p, a) + atomic_fetch_xor(p, a);           \
		a += atomic_fetch_and(p, a) + atomic_fetch_min(p, a);          \
		a += atomic_fetch_max(p, a) + atomic_load(p);                  \
		return a + atomic_exchange(p, a);                              \
	}
POINTER_SIZED(atomic_size_t, size_t, size_t)
POINTER_SIZED(atomic_ptrdiff_t, ptrdiff_t, ptrdiff_t)
POINTER_SIZED(atomic_intptr_t, intptr_t, ptrdiff_t)
POINTER_SIZED(atomic_uintptr_t, uintptr_t, ptrdiff_t)

#if HAS_GENERIC
void test_address_spaces(int *p, const int *q)
{
	*to_global(p) = (int)get_fence(p);
	*to_local(p) = (int)get_fence(q);
	*to_private(p) = 0;
}

void test_wait_generic(int n, __generic event_t *events)
{
	wait_group_events(n, events);
}
#endif

#if __OPENCL_C_VERSION__ < 300 || defined(__opencl_c_work_group_collective_functions)
#define COLLECTIVE(t)                                                                            \
	TEST t test_broadcast(t a, size_t x) { return work_group_broadcast(a, x); }              \
	TEST t test_broadcast(t a, size_t x, size_t y) { return work_group_broadcast(a, x, y); } \
	TEST t test_broadcast(t a, size_t x, size_t y, size_t z)                                 \
	{                                                                                        \
		return work_group_broadcast(a, x, y, z);                                         \
	}                                                                                        \
	TEST t test_collective(t a)                                                              \
	{                                                                                        \
		a = work_group_reduce_add(a) + work_group_reduce_min(a) +                        \
		    work_group_reduce_max(a);                                                    \
		a = work_group_scan_inclusive_add(a) + work_group_scan_inclusive_min(a) +        \
		    work_group_scan_inclusive_max(a);                                            \
		return work_group_scan_exclusive_add(a) + work_group_scan_exclusive_min(a) +     \
		       work_group_scan_exclusive_max(a);                                         \
	}
COLLECTIVE(int)
COLLECTIVE(uint)
COLLECTIVE(long)
COLLECTIVE(ulong)
COLLECTIVE(half)
COLLECTIVE(float)
COLLECTIVE(double)

int test_predicates(int a)
{
	return work_group_all(a) + work_group_any(a);
}
#endif

#endif
