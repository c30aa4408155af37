// SPDX-License-Identifier: MIT
/*
 * Composites of values, and copies between types that are alike, member by member; copies in
 * memory, as loads and stores or, where they have a size, with one thing said of both sides, that
 * is true of both; and initial values of a function's variables, which are stored there.
 */
#include <stdlib.h>

#include "spirv_rewriting.h"
#include "util/alloc.h"

enum {
	OP_LINE = 8,
	OP_VARIABLE = 59,
	OP_LOAD = 61,
	OP_STORE = 62,
	OP_COPY_MEMORY = 63,
	OP_COPY_MEMORY_SIZED = 64,
	OP_COMPOSITE_CONSTRUCT = 80,
	OP_COMPOSITE_EXTRACT = 81,
	OP_COMPOSITE_INSERT = 82,
	OP_NO_LINE = 317,
	OP_COPY_LOGICAL = 400,
};

#define FUNCTION 7 /* the storage class */

/* ---- between types ---- */

/* Deeper than any type is, and more members than translators make of anything. */
#define MOST_DEPTH 16
#define MOST_PARTS 16384

/* How many members a structure or an array has; 0 for all else. */
static uint32_t count_members(const struct tandem_spirv_rewriting *rewriting, uint32_t type)
{
	const uint32_t *array =
		tandem_spirv_definition(rewriting, type, TANDEM_SPIRV_TYPE_ARRAY, 4);
	const uint32_t *structure =
		tandem_spirv_definition(rewriting, type, TANDEM_SPIRV_TYPE_STRUCT, 2);
	uint64_t length = 0;

	if (structure)
		return tandem_spirv_length(structure[0]) - 2;
	if (!array || !tandem_spirv_number(rewriting, array[3], &length) || length > MOST_PARTS)
		return 0;
	return (uint32_t)length;
}

static uint32_t member_type(const struct tandem_spirv_rewriting *rewriting, uint32_t type,
			    uint32_t member)
{
	const uint32_t *array =
		tandem_spirv_definition(rewriting, type, TANDEM_SPIRV_TYPE_ARRAY, 4);

	if (array)
		return array[2];
	return tandem_spirv_definition(rewriting, type, TANDEM_SPIRV_TYPE_STRUCT, 2)[2 + member];
}

/* Whether the types are alike; takes one from @parts for each value that it takes to copy one. */
static bool is_alike(const struct tandem_spirv_rewriting *rewriting, uint32_t to, uint32_t from,
		     unsigned int depth, unsigned int *parts)
{
	uint32_t count = count_members(rewriting, to);

	if (!*parts)
		return false;
	--*parts;
	if (to == from)
		return true;
	if (!count || depth >= MOST_DEPTH || count != count_members(rewriting, from) ||
	    !tandem_spirv_definition(rewriting, to, TANDEM_SPIRV_TYPE_ARRAY, 4) !=
		    !tandem_spirv_definition(rewriting, from, TANDEM_SPIRV_TYPE_ARRAY, 4))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (!is_alike(rewriting, member_type(rewriting, to, i),
			      member_type(rewriting, from, i), depth + 1, parts))
			return false;
	}
	return true;
}

/* Writes @result as a composite of @count values, at least one, one after another. */
static void write_members(struct tandem_spirv_rewriting *rewriting, uint32_t type, uint32_t result,
			  const uint32_t *members, uint32_t count)
{
	uint32_t whole = rewriting->bound++;

	tandem_spirv_write_head(rewriting, TANDEM_SPIRV_UNDEF, 3);
	tandem_spirv_write(rewriting, (uint32_t[]){ type, whole }, 2);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t next = i + 1 < count ? rewriting->bound++ : result;
		const uint32_t words[] = { type, next, members[i], whole, i };

		tandem_spirv_write_head(rewriting, OP_COMPOSITE_INSERT, 6);
		tandem_spirv_write(rewriting, words, 5);
		whole = next;
	}
}

/* The components of values that are scalars or vectors; how many, 0 for another number. */
static uint32_t write_components(struct tandem_spirv_rewriting *rewriting, uint32_t scalar,
				 const uint32_t *values, uint32_t count, uint32_t *components)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t type = tandem_spirv_find(rewriting, values[i])->type;
		uint32_t own = tandem_spirv_components(rewriting, type);

		if (found + (own ? own : 1) > TANDEM_SPIRV_MOST_COMPONENTS)
			return 0;
		if (!own)
			components[found++] = values[i];
		for (uint32_t j = 0; j < own; j++) {
			const uint32_t words[] = { scalar, rewriting->bound++, values[i], j };

			components[found++] = words[1];
			tandem_spirv_write_head(rewriting, OP_COMPOSITE_EXTRACT, 5);
			tandem_spirv_write(rewriting, words, 4);
		}
	}
	return found;
}

static bool write_vector(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction)
{
	const uint32_t *type =
		tandem_spirv_definition(rewriting, instruction[1], TANDEM_SPIRV_TYPE_VECTOR, 4);
	uint32_t length = tandem_spirv_length(instruction[0]);
	uint32_t components[TANDEM_SPIRV_MOST_COMPONENTS];

	if (!type || write_components(rewriting, type[2], instruction + 3, length - 3,
				      components) != type[3])
		return false;
	write_members(rewriting, instruction[1], instruction[2], components, type[3]);
	return true;
}

bool tandem_spirv_write_composite(struct tandem_spirv_rewriting *rewriting,
				  const uint32_t *instruction)
{
	uint32_t length = tandem_spirv_length(instruction[0]);

	if (tandem_spirv_operation(instruction[0]) != OP_COMPOSITE_CONSTRUCT || length < 4)
		return false;
	if (write_vector(rewriting, instruction))
		return true;
	if (count_members(rewriting, instruction[1]) != length - 3)
		return false;
	write_members(rewriting, instruction[1], instruction[2], instruction + 3, length - 3);
	return true;
}

/* Writes @result as the copy of @value; the types are alike, and are not the same. */
static void write_copy(struct tandem_spirv_rewriting *rewriting, uint32_t to, uint32_t result,
		       uint32_t from, uint32_t value)
{
	uint32_t count = count_members(rewriting, to);
	uint32_t *members = tandem_new_array(members, count + 1);

	if (!members) {
		rewriting->failed = true;
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t to_member = member_type(rewriting, to, i);
		uint32_t from_member = member_type(rewriting, from, i);
		const uint32_t words[] = { from_member, rewriting->bound++, value, i };

		members[i] = words[1];
		tandem_spirv_write_head(rewriting, OP_COMPOSITE_EXTRACT, 5);
		tandem_spirv_write(rewriting, words, 4);
		if (to_member != from_member) {
			members[i] = rewriting->bound++;
			write_copy(rewriting, to_member, members[i], from_member, words[1]);
		}
	}
	write_members(rewriting, to, result, members, count);
	free(members);
}

bool tandem_spirv_write_logical_copy(struct tandem_spirv_rewriting *rewriting,
				     const uint32_t *instruction)
{
	unsigned int parts = MOST_PARTS;
	uint32_t from;

	if (tandem_spirv_operation(instruction[0]) != OP_COPY_LOGICAL ||
	    tandem_spirv_length(instruction[0]) != 4)
		return false;
	from = tandem_spirv_find(rewriting, instruction[3])->type;
	if (instruction[1] == from || !is_alike(rewriting, instruction[1], from, 0, &parts))
		return false;
	write_copy(rewriting, instruction[1], instruction[2], from, instruction[3]);
	return true;
}

/* ---- in memory ---- */

#define VOLATILE    0x1u
#define ALIGNED	    0x2u
#define NONTEMPORAL 0x4u

/* What is said of one side of a copy. */
struct access {
	uint32_t mask, alignment, words; /* one word for the alignment, or none */
};

/*
 * Reads what is said at @place of an instruction, nothing if that is its end, and goes on to behind
 * it. Whether it is nothing but what OpenCL knows.
 */
static bool read_access(const uint32_t *instruction, uint32_t *place, struct access *access)
{
	uint32_t length = tandem_spirv_length(instruction[0]);

	*access = (struct access){ 0 };
	if (*place >= length)
		return *place == length;
	access->mask = instruction[(*place)++];
	if (access->mask & ~(VOLATILE | ALIGNED | NONTEMPORAL))
		return false;
	if (!(access->mask & ALIGNED))
		return true;
	access->words = 1;
	if (*place >= length)
		return false;
	access->alignment = instruction[(*place)++];
	return true;
}

/* The type of what two pointers lead to; 0 where it is not known, or not the same. */
static uint32_t common_type(const struct tandem_spirv_rewriting *rewriting,
			    const uint32_t *pointers)
{
	uint32_t types[2] = { 0 };

	for (int i = 0; i < 2; i++) {
		uint32_t type = tandem_spirv_find(rewriting, pointers[i])->type;
		const uint32_t *pointer =
			tandem_spirv_definition(rewriting, type, TANDEM_SPIRV_TYPE_POINTER, 4);

		types[i] = pointer ? pointer[3] : 0;
	}
	return types[0] == types[1] ? types[0] : 0;
}

/* As a value, of which each side has what is said of it. */
static bool write_typed_copy(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction,
			     const struct access *target, const struct access *source)
{
	uint32_t type = common_type(rewriting, instruction + 1);
	const uint32_t load[] = { type, rewriting->bound, instruction[2] };
	const uint32_t store[] = { instruction[1], rewriting->bound };

	if (!type)
		return false;
	rewriting->bound++;
	tandem_spirv_write_head(rewriting, OP_LOAD, 5 + source->words);
	tandem_spirv_write(rewriting, load, 3);
	tandem_spirv_write(rewriting, &source->mask, 1);
	tandem_spirv_write(rewriting, &source->alignment, source->words);
	tandem_spirv_write_head(rewriting, OP_STORE, 4 + target->words);
	tandem_spirv_write(rewriting, store, 2);
	tandem_spirv_write(rewriting, &target->mask, 1);
	tandem_spirv_write(rewriting, &target->alignment, target->words);
	return true;
}

/* With what is true of both sides. */
static void write_sized_copy(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction,
			     const struct access *target, const struct access *source)
{
	const uint32_t both[] = {
		((target->mask | source->mask) & VOLATILE) |
			(target->mask & source->mask & (ALIGNED | NONTEMPORAL)),
		target->alignment < source->alignment ? target->alignment : source->alignment,
	};
	uint32_t words = both[0] & ALIGNED ? 2 : 1;

	tandem_spirv_write_head(rewriting, OP_COPY_MEMORY_SIZED, 4 + words);
	tandem_spirv_write(rewriting, instruction + 1, 3);
	tandem_spirv_write(rewriting, both, words);
}

bool tandem_spirv_write_memory_copy(struct tandem_spirv_rewriting *rewriting,
				    const uint32_t *instruction)
{
	bool is_sized = tandem_spirv_operation(instruction[0]) == OP_COPY_MEMORY_SIZED;
	uint32_t length = tandem_spirv_length(instruction[0]), end = is_sized ? 4 : 3;
	struct access target, source;

	if ((!is_sized && tandem_spirv_operation(instruction[0]) != OP_COPY_MEMORY) ||
	    !read_access(instruction, &end, &target))
		return false;
	/* What is said once is said of both. */
	source = target;
	if (end < length && !read_access(instruction, &end, &source))
		return false;
	if (end != length)
		return false;
	if (!is_sized)
		return write_typed_copy(rewriting, instruction, &target, &source);
	write_sized_copy(rewriting, instruction, &target, &source);
	return true;
}

/* ---- initial values ---- */

/* Of a variable of a function, which is written when the last one of these has been. */
static bool has_initial_value(const uint32_t *instruction)
{
	return tandem_spirv_operation(instruction[0]) == OP_VARIABLE &&
	       tandem_spirv_length(instruction[0]) == 5 && instruction[3] == FUNCTION;
}

static bool stands_among_variables(const uint32_t *instruction)
{
	uint32_t operation = tandem_spirv_operation(instruction[0]);

	return operation == OP_VARIABLE || operation == OP_LINE || operation == OP_NO_LINE;
}

bool tandem_spirv_write_variable(struct tandem_spirv_rewriting *rewriting,
				 const uint32_t *instruction)
{
	struct tandem_text *stores = &rewriting->initial_stores;

	if (has_initial_value(instruction)) {
		const uint32_t store[] = { 3 << 16 | OP_STORE, instruction[2], instruction[4] };

		tandem_text_add(stores, (const char *)store, sizeof(store));
		tandem_spirv_write_head(rewriting, OP_VARIABLE, 4);
		tandem_spirv_write(rewriting, instruction + 1, 3);
		return true;
	}
	if (stores->length && !stands_among_variables(instruction)) {
		tandem_text_add(rewriting->out, stores->bytes, stores->length);
		stores->length = 0;
	}
	return false;
}
