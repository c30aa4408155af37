// SPDX-License-Identifier: MIT
#include "window_atomics_x86_64.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "util/alloc.h"

/* Words share a lock by chance only; a power of two. */
#define LOCKS 1024
/* A core that waits longer lets others run: the holder may wait for a page. */
#define SPINS 200

static struct device_lock {
	_Alignas(64) atomic_bool is_held;
} locks[LOCKS];

static struct device_lock *take_lock(const volatile void *address)
{
	/* Both halves of a 64-bit word have the same one. */
	uint64_t word = (uintptr_t)address / 8;
	struct device_lock *lock = &locks[word * 0x9e3779b97f4a7c15u >> 54];

	while (atomic_exchange_explicit(&lock->is_held, true, memory_order_acquire)) {
		for (int spins = 0; atomic_load_explicit(&lock->is_held, memory_order_relaxed);) {
			if (++spins < SPINS)
				__builtin_ia32_pause();
			else
				sched_yield();
		}
	}
	return lock;
}

static void give_lock(struct device_lock *lock)
{
	atomic_store_explicit(&lock->is_held, false, memory_order_release);
}

static uint32_t unlocked_add_32(volatile uint32_t *address, uint32_t operand)
{
	__asm__ volatile("xaddl %0, %1" : "+r"(operand), "+m"(*address) : : "cc", "memory");
	return operand;
}

static uint64_t unlocked_add_64(volatile uint64_t *address, uint64_t operand)
{
	__asm__ volatile("xaddq %0, %1" : "+r"(operand), "+m"(*address) : : "cc", "memory");
	return operand;
}

static uint32_t unlocked_compare_exchange_32(volatile uint32_t *address, uint32_t expected,
					     uint32_t desired)
{
	__asm__ volatile("cmpxchgl %2, %1"
			 : "+a"(expected), "+m"(*address)
			 : "r"(desired)
			 : "cc", "memory");
	return expected;
}

static uint64_t unlocked_compare_exchange_64(volatile uint64_t *address, uint64_t expected,
					     uint64_t desired)
{
	__asm__ volatile("cmpxchgq %2, %1"
			 : "+a"(expected), "+m"(*address)
			 : "r"(desired)
			 : "cc", "memory");
	return expected;
}

#define ADDITIONS(bits)                                                                            \
	static uint##bits##_t add_##bits(volatile uint##bits##_t *address, uint##bits##_t operand) \
	{                                                                                          \
		struct device_lock *lock = take_lock(address);                                     \
		uint##bits##_t old = unlocked_add_##bits(address, operand);                        \
                                                                                                   \
		give_lock(lock);                                                                   \
		return old;                                                                        \
	}                                                                                          \
	static uint##bits##_t subtract_##bits(volatile uint##bits##_t *address,                    \
					      uint##bits##_t operand)                              \
	{                                                                                          \
		return add_##bits(address, -operand);                                              \
	}                                                                                          \
	static uint##bits##_t compare_exchange_##bits(                                             \
		volatile uint##bits##_t *address, uint##bits##_t expected, uint##bits##_t desired) \
	{                                                                                          \
		struct device_lock *lock = take_lock(address);                                     \
		uint##bits##_t old = unlocked_compare_exchange_##bits(address, expected, desired); \
                                                                                                   \
		give_lock(lock);                                                                   \
		return old;                                                                        \
	}

ADDITIONS(32)
ADDITIONS(64)

/* What no single instruction does, and returns the old value: compare and exchange until it holds. */
#define MODIFICATION(name, bits, desired)                                                         \
	static uint##bits##_t name##_##bits(volatile uint##bits##_t *address,                     \
					    uint##bits##_t operand)                               \
	{                                                                                         \
		struct device_lock *lock = take_lock(address);                                    \
		uint##bits##_t old = *address, seen;                                              \
                                                                                                  \
		while ((seen = unlocked_compare_exchange_##bits(address, old, (desired))) != old) \
			old = seen;                                                               \
		give_lock(lock);                                                                  \
		return old;                                                                       \
	}
#define MODIFICATIONS(bits)                                                                  \
	MODIFICATION(exchange, bits, operand)                                                \
	MODIFICATION(and, bits, old &operand)                                                \
	MODIFICATION(or, bits, old | operand)                                                \
	MODIFICATION(xor, bits, old ^ operand)                                               \
	MODIFICATION(unsigned_max, bits, old > operand ? old : operand)                      \
	MODIFICATION(unsigned_min, bits, old < operand ? old : operand)                      \
	MODIFICATION(max, bits, (int##bits##_t)old > (int##bits##_t)operand ? old : operand) \
	MODIFICATION(min, bits, (int##bits##_t)old < (int##bits##_t)operand ? old : operand)

MODIFICATIONS(32)
MODIFICATIONS(64)

void *tandem_window_atomic_find(const char *name)
{
	static const struct {
		const char *name;
		void *function;
	} operations[] = {
#define OPERATION(operation, bits) { #operation "_" #bits, (void *)operation##_##bits }
#define OPERATIONS(operation)	   OPERATION(operation, 32), OPERATION(operation, 64)
		OPERATIONS(add),
		OPERATIONS(subtract),
		OPERATIONS(exchange),
		OPERATIONS(and),
		OPERATIONS(or),
		OPERATIONS(xor),
		OPERATIONS(min),
		OPERATIONS(max),
		OPERATIONS(unsigned_min),
		OPERATIONS(unsigned_max),
		OPERATIONS(compare_exchange),
#undef OPERATIONS
#undef OPERATION
	};
	const size_t prefix = sizeof(TANDEM_WINDOW_ATOMIC_PREFIX) - 1;

	if (strncmp(name, TANDEM_WINDOW_ATOMIC_PREFIX, prefix))
		return NULL;
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(operations); i++) {
		if (!strcmp(operations[i].name, name + prefix))
			return operations[i].function;
	}
	return NULL;
}
