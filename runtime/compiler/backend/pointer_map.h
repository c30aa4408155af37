// SPDX-License-Identifier: MIT
/* A map from pointers to pointers, for passes over LLVM code. */
#ifndef TANDEM_COMPILER_BACKEND_POINTER_MAP_H
#define TANDEM_COMPILER_BACKEND_POINTER_MAP_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is an empty map. */
struct tandem_pointer_map {
	struct tandem_pointer_pair {
		const void *key; /* NULL where the place is free */
		void *value;
	} * pairs;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
	bool failed; /* memory ran short: something is missing */
};

void tandem_pointer_map_finish(struct tandem_pointer_map *map);
void tandem_pointer_map_clear(struct tandem_pointer_map *map);

/* @key is not NULL; its earlier value is replaced. */
void tandem_pointer_map_set(struct tandem_pointer_map *map, const void *key, void *value);

/* NULL where the key is not in the map. */
void *tandem_pointer_map_get(const struct tandem_pointer_map *map, const void *key);

#endif
