// SPDX-License-Identifier: MIT
#ifndef TANDEM_UTIL_ALLOC_H
#define TANDEM_UTIL_ALLOC_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/*
 * Allocates one zeroed object of the pointer's type, or an array of @count of
 * them. NULL where memory is short or the product overflows. free() releases.
 */
#define tandem_new(pointer)		 ((__typeof__(pointer))calloc(1, sizeof(*(pointer))))
#define tandem_new_array(pointer, count) ((__typeof__(pointer))calloc((count), sizeof(*(pointer))))

#define tandem_container_of(pointer, type, member) \
	((type *)((char *)(pointer)-offsetof(type, member)))

#define TANDEM_ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Rounds @value up to a multiple of @alignment, a power of two. */
static inline uint64_t tandem_align_up(uint64_t value, uint64_t alignment)
{
	return (value + alignment - 1) & ~(alignment - 1);
}

static inline int tandem_is_power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

static inline uint64_t tandem_min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t tandem_max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
