// SPDX-License-Identifier: MIT
#include "spirv.h"

#include <byteswap.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#define MAGIC 0x07230203u
/* The limit that the specification lets modules count on (2.17). */
#define MOST_IDS 4194304u

#define DECORATION_SPEC_ID 1

/* What is known of an id while constants are looked for. */
struct id {
	uint32_t spec_id;
	uint8_t bytes; /* of a scalar type's values; 0 for all else */
	bool has_spec_id, is_signed;
};

/* ---- the form ---- */

static bool has_valid_header(const uint32_t *words)
{
	return words[0] == MAGIC && (words[1] & 0xffff00ff) == 0x00010000 &&
	       (words[1] >> 8 & 0xff) <= TANDEM_SPIRV_MINOR && words[3] && words[3] <= MOST_IDS &&
	       !words[4];
}

static bool has_whole_instructions(const struct tandem_spirv *module)
{
	size_t place = TANDEM_SPIRV_HEADER_WORDS;

	while (place < module->word_count) {
		uint32_t length = tandem_spirv_length(module->words[place]);

		if (!length || length > module->word_count - place)
			return false;
		place += length;
	}
	return true;
}

static int copy_words(const void *il, size_t length, struct tandem_spirv *module)
{
	if (length % sizeof(uint32_t) || length < TANDEM_SPIRV_HEADER_WORDS * sizeof(uint32_t))
		return -EINVAL;
	module->words = malloc(length);
	if (!module->words)
		return -ENOMEM;
	memcpy(module->words, il, length);
	module->word_count = length / sizeof(uint32_t);
	if (module->words[0] == bswap_32(MAGIC)) {
		for (size_t i = 0; i < module->word_count; i++)
			module->words[i] = bswap_32(module->words[i]);
	}
	return has_valid_header(module->words) && has_whole_instructions(module) ? 0 : -EINVAL;
}

/* ---- constants ---- */

static int add_constant(struct tandem_spirv *module, const struct id *id, const struct id *type,
			size_t place)
{
	struct tandem_spirv_constant *more =
		realloc(module->constants, (module->constant_count + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	module->constants = more;
	more[module->constant_count++] = (struct tandem_spirv_constant){
		.spec_id = id->spec_id,
		.bytes = type->bytes,
		.is_signed = type->is_signed,
		.place = place,
	};
	return 0;
}

/* The id that operand @index of an instruction names; one of no meaning where it names none. */
static struct id *find_id(struct id *ids, const uint32_t *words, size_t place, uint32_t index)
{
	uint32_t id = 0;

	if (index < tandem_spirv_length(words[place]) && words[place + index] < words[3])
		id = words[place + index];
	return &ids[id];
}

static void note_type(struct id *type, const uint32_t *instruction)
{
	uint32_t width = tandem_spirv_length(instruction[0]) > 2 ? instruction[2] : 0;

	if (tandem_spirv_operation(instruction[0]) == TANDEM_SPIRV_TYPE_BOOL)
		width = 8;
	if (width == 8 || width == 16 || width == 32 || width == 64)
		type->bytes = (uint8_t)(width / 8);
	type->is_signed = tandem_spirv_operation(instruction[0]) == TANDEM_SPIRV_TYPE_INT &&
			  tandem_spirv_length(instruction[0]) > 3 && instruction[3];
}

/* A constant's value is what its instruction has behind its type and its id. */
static bool has_room(const struct tandem_spirv *module, size_t place, uint32_t bytes)
{
	uint32_t value_words = tandem_spirv_length(module->words[place]) - 3;

	if (tandem_spirv_operation(module->words[place]) != TANDEM_SPIRV_SPEC_CONSTANT)
		return bytes == 1;
	return bytes && value_words == (bytes + 3) / 4;
}

static int note_instruction(struct tandem_spirv *module, struct id *ids, size_t place)
{
	const uint32_t *words = module->words, length = tandem_spirv_length(words[place]);
	const struct id *type;
	struct id *id;

	switch (tandem_spirv_operation(words[place])) {
	case TANDEM_SPIRV_DECORATE:
		if (length != 4 || words[place + 2] != DECORATION_SPEC_ID)
			return 0;
		id = find_id(ids, words, place, 1);
		id->has_spec_id = true;
		id->spec_id = words[place + 3];
		return 0;
	case TANDEM_SPIRV_TYPE_BOOL:
	case TANDEM_SPIRV_TYPE_INT:
	case TANDEM_SPIRV_TYPE_FLOAT:
		note_type(find_id(ids, words, place, 1), words + place);
		return 0;
	case TANDEM_SPIRV_SPEC_CONSTANT_TRUE:
	case TANDEM_SPIRV_SPEC_CONSTANT_FALSE:
	case TANDEM_SPIRV_SPEC_CONSTANT:
		type = find_id(ids, words, place, 1);
		id = find_id(ids, words, place, 2);
		if (length < 3 || !id->has_spec_id || !has_room(module, place, type->bytes))
			return 0;
		return add_constant(module, id, type, place);
	default:
		return 0;
	}
}

/* Decorations and types stand before the constants that have them. */
static int find_constants(struct tandem_spirv *module)
{
	struct id *ids = tandem_new_array(ids, module->words[3]);
	size_t place = TANDEM_SPIRV_HEADER_WORDS;
	int error = ids ? 0 : -ENOMEM;

	while (!error && place < module->word_count) {
		error = note_instruction(module, ids, place);
		/* No id has this number: what names none is noted there. */
		ids[0] = (struct id){ 0 };
		place += tandem_spirv_length(module->words[place]);
	}
	free(ids);
	return error;
}

int tandem_spirv_read(const void *il, size_t length, struct tandem_spirv *module)
{
	int error;

	*module = (struct tandem_spirv){ 0 };
	error = copy_words(il, length, module);
	if (!error)
		error = find_constants(module);
	if (error)
		tandem_spirv_finish(module);
	return error;
}

static void set_value(uint32_t *instruction, const struct tandem_spirv_constant *constant,
		      const void *value)
{
	unsigned int unused = 64 - 8 * constant->bytes;
	uint64_t bits = 0;

	memcpy(&bits, value, constant->bytes);
	if (tandem_spirv_operation(instruction[0]) != TANDEM_SPIRV_SPEC_CONSTANT) {
		uint32_t operation = bits ? TANDEM_SPIRV_SPEC_CONSTANT_TRUE :
					    TANDEM_SPIRV_SPEC_CONSTANT_FALSE;

		instruction[0] = (instruction[0] & 0xffff0000) | operation;
		return;
	}
	/* Literals of less than a word are extended as their type is (2.2.1). */
	if (constant->is_signed && unused)
		bits = (uint64_t)((int64_t)(bits << unused) >> unused);
	instruction[3] = (uint32_t)bits;
	if (constant->bytes == 8)
		instruction[4] = (uint32_t)(bits >> 32);
}

int tandem_spirv_specialize(struct tandem_spirv *module, uint32_t spec_id, size_t bytes,
			    const void *value)
{
	bool found = false;

	for (size_t i = 0; i < module->constant_count; i++) {
		if (module->constants[i].spec_id != spec_id)
			continue;
		if (module->constants[i].bytes != bytes)
			return -EINVAL;
		found = true;
	}
	for (size_t i = 0; i < module->constant_count; i++) {
		if (module->constants[i].spec_id == spec_id)
			set_value(module->words + module->constants[i].place, &module->constants[i],
				  value);
	}
	return found ? 0 : -ENOENT;
}

void tandem_spirv_finish(struct tandem_spirv *module)
{
	free(module->words);
	free(module->constants);
	*module = (struct tandem_spirv){ 0 };
}
