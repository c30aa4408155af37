// SPDX-License-Identifier: MIT
#include "contents.h"

#include <string.h>

/* splitmix64: public domain, by Sebastiano Vigna. */
static uint64_t mix(uint64_t word)
{
	word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9ull;
	word = (word ^ word >> 27) * 0x94d049bb133111ebull;
	return word ^ word >> 31;
}

uint64_t random_next(struct random *random)
{
	random->state += 0x9e3779b97f4a7c15ull;
	return mix(random->state);
}

unsigned int random_below(struct random *random, unsigned int count)
{
	return (unsigned int)((random_next(random) >> 32) * count >> 32);
}

size_t array_elements(const struct program *program, int index, int launch)
{
	const struct array *array = &program->array[index];
	size_t items = array->space == SPACE_LOCAL ? launch_group_items(program, launch) :
						     launch_items(program, launch);

	if (!array->length)
		return items;
	return array->own ? items * (size_t)array->length : (size_t)array->length;
}

/* Any odd multiplier permutes a power of two; others are turned. */
static int64_t permuted(size_t place, size_t items)
{
	if (place >= items)
		return 0;
	if ((items & (items - 1)) == 0)
		return (int64_t)((place * 37 + 11) & (items - 1));
	return (int64_t)((place + items / 3) % items);
}

int64_t array_value(const struct program *program, int index, size_t place, int launch)
{
	static const int64_t divisors[] = { 0, 1, -1, 2, 3, 7, 10, -5 };
	uint64_t word = mix(program->seed ^ mix((uint64_t)index << 40 ^ place));

	switch (program->array[index].content) {
	case CONTENT_SMALL:
		return (int64_t)(word % 101);
	case CONTENT_SIGNED:
		return (int64_t)(word % 64) - 16;
	case CONTENT_NOT_POSITIVE:
		return -(int64_t)(word % 50);
	case CONTENT_PERMUTATION:
		return permuted(place, launch_items(program, launch));
	case CONTENT_DIVISORS:
		return divisors[word % 8];
	case CONTENT_ZERO:
		return 0;
	default:
		/* Small numbers and those at the ends among all others. */
		if (word >> 61 == 0)
			return (int64_t)(word & 7);
		if (word >> 61 == 1)
			return word & 1 ? INT64_MIN : -1;
		return (int64_t)word;
	}
}

static void store_element(enum base base, int64_t value, void *memory, size_t place)
{
	switch (base) {
	case BASE_FLOAT:
		((float *)memory)[place] = (float)(value % 1000);
		break;
	case BASE_DOUBLE:
		((double *)memory)[place] = (double)(value % 1000);
		break;
	default:
		/* The least number of a narrower type, too. */
		if (value == INT64_MIN)
			value >>= 64 - base_bits(base);
		memcpy((char *)memory + place * (base_bits(base) / 8), &value, base_bits(base) / 8);
	}
}

void array_fill(const struct program *program, int index, int launch, void *memory)
{
	const struct array *array = &program->array[index];
	size_t elements = array_elements(program, index, launch);
	size_t size = type_bytes(program, array->type);

	if (!array->type.record) {
		elements *= size / (base_bits(array->type.base) / 8);
		for (size_t i = 0; i < elements; i++)
			store_element(array->type.base, array_value(program, index, i, launch),
				      memory, i);
		return;
	}
	for (size_t i = 0; i < elements; i++) {
		const struct record *record = &program->record[array->type.record - 1];
		char *place = (char *)memory + i * size;

		for (int j = 0; j < record->fields; j++) {
			int64_t value =
				array_value(program, index, i * RECORD_FIELDS + (size_t)j, launch);

			store_element(record->type[j].base, value, place, 0);
			place += type_bytes(program, record->type[j]);
		}
	}
}
