// SPDX-License-Identifier: MIT
#include "pointer_map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void tandem_pointer_map_finish(struct tandem_pointer_map *map)
{
	free(map->pairs);
	*map = (struct tandem_pointer_map){ 0 };
}

void tandem_pointer_map_clear(struct tandem_pointer_map *map)
{
	if (map->pairs)
		memset(map->pairs, 0, map->capacity * sizeof(*map->pairs));
	map->count = 0;
}

/* Where the key is, or belongs. */
static struct tandem_pointer_pair *find_place(const struct tandem_pointer_map *map, const void *key)
{
	/* Multiplying by the golden ratio spreads addresses that are close together. */
	size_t place = ((uintptr_t)key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (map->capacity - 1);

	while (map->pairs[place].key && map->pairs[place].key != key)
		place = (place + 1) & (map->capacity - 1);
	return &map->pairs[place];
}

static void grow(struct tandem_pointer_map *map)
{
	struct tandem_pointer_map larger = { .capacity = map->capacity ? 2 * map->capacity : 64,
					     .count = map->count };

	larger.pairs = calloc(larger.capacity, sizeof(*larger.pairs));
	if (!larger.pairs) {
		map->failed = true;
		return;
	}
	for (size_t i = 0; i < map->capacity; i++) {
		if (map->pairs[i].key)
			*find_place(&larger, map->pairs[i].key) = map->pairs[i];
	}
	free(map->pairs);
	*map = larger;
}

void tandem_pointer_map_set(struct tandem_pointer_map *map, const void *key, void *value)
{
	struct tandem_pointer_pair *place;

	if (2 * map->count >= map->capacity)
		grow(map);
	if (map->failed)
		return;
	place = find_place(map, key);
	if (!place->key)
		map->count++;
	place->key = key;
	place->value = value;
}

void *tandem_pointer_map_get(const struct tandem_pointer_map *map, const void *key)
{
	return map->capacity ? find_place(map, key)->value : NULL;
}
