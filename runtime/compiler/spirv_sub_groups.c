// SPDX-License-Identifier: MIT
/*
 * Translators lose SubgroupsPerWorkgroup. Names of variables they keep. The variables
 * are empty structures, of a type of their own, so that nothing else has to be there.
 */
#include <stdio.h>
#include <string.h>

#include "spirv_repairs.h"
#include "spirv_rewriting.h"

enum { OP_ENTRY_POINT = 15, OP_VARIABLE = 59 };

#define STORAGE_CLASS 0 /* UniformConstant */
#define MOST_WORDS    UINT16_MAX /* of an instruction */

bool tandem_spirv_is_sub_groups_mode(const uint32_t *instruction)
{
	uint32_t operation = tandem_spirv_operation(instruction[0]);
	uint32_t mode = operation == TANDEM_SPIRV_EXECUTION_MODE    ? TANDEM_SPIRV_SUB_GROUPS :
			operation == TANDEM_SPIRV_EXECUTION_MODE_ID ? TANDEM_SPIRV_SUB_GROUPS_ID :
								      0;

	return mode && tandem_spirv_length(instruction[0]) == 4 && instruction[2] == mode;
}

/* What a mode says; 0 for a constant of which that is not known. */
static uint32_t number_of(const struct tandem_spirv_rewriting *rewriting, const uint32_t *mode)
{
	uint64_t number = mode[3];

	if (tandem_spirv_operation(mode[0]) == TANDEM_SPIRV_EXECUTION_MODE_ID &&
	    !tandem_spirv_number(rewriting, mode[3], &number))
		return 0;
	return number > UINT32_MAX ? 0 : (uint32_t)number;
}

static void write_name(struct tandem_spirv_rewriting *rewriting, uint32_t number, const char *name,
		       size_t length)
{
	const uint32_t id = rewriting->bound;
	char begin[sizeof(TANDEM_SUB_GROUPS_MARK) + 16];
	size_t begin_length, words;

	snprintf(begin, sizeof(begin), TANDEM_SUB_GROUPS_MARK "%u.", number);
	begin_length = strlen(begin);
	words = 2 + (begin_length + length) / sizeof(uint32_t) + 1;
	/* No kernel's name is that long: translators end there. */
	if (words > MOST_WORDS)
		return;
	tandem_spirv_write_head(rewriting, TANDEM_SPIRV_NAME, (uint32_t)words);
	tandem_spirv_write(rewriting, &id, 1);
	tandem_text_add(rewriting->out, begin, begin_length);
	tandem_text_add(rewriting->out, name, length);
	tandem_text_add(rewriting->out, "\0\0\0",
			sizeof(uint32_t) - (begin_length + length) % sizeof(uint32_t));
	rewriting->bound++;
	rewriting->mark_count++;
}

void tandem_spirv_write_mark_names(struct tandem_spirv_rewriting *rewriting)
{
	const uint32_t *words = rewriting->words;

	rewriting->first_mark = rewriting->bound;
	for (size_t place = TANDEM_SPIRV_HEADER_WORDS; place < rewriting->word_count;
	     place += tandem_spirv_length(words[place])) {
		const uint32_t *instruction = words + place;
		size_t bytes = tandem_spirv_length(instruction[0]) * sizeof(uint32_t);
		const char *name = (const char *)(instruction + 3);
		size_t room = bytes - 3 * sizeof(uint32_t), length, mode;

		if (tandem_spirv_operation(instruction[0]) != OP_ENTRY_POINT ||
		    bytes <= 3 * sizeof(uint32_t))
			continue;
		mode = tandem_spirv_find(rewriting, instruction[2])->sub_groups_mode;
		length = strnlen(name, room);
		if (mode && length < room)
			write_name(rewriting, number_of(rewriting, words + mode), name, length);
	}
}

void tandem_spirv_write_marks(struct tandem_spirv_rewriting *rewriting)
{
	const uint32_t structure = rewriting->bound, pointer = structure + 1, null = structure + 2;

	if (!rewriting->mark_count)
		return;
	rewriting->bound += 3;
	tandem_spirv_write_head(rewriting, TANDEM_SPIRV_TYPE_STRUCT, 2);
	tandem_spirv_write(rewriting, &structure, 1);
	tandem_spirv_write_head(rewriting, TANDEM_SPIRV_TYPE_POINTER, 4);
	tandem_spirv_write(rewriting, (uint32_t[]){ pointer, STORAGE_CLASS, structure }, 3);
	tandem_spirv_write_head(rewriting, TANDEM_SPIRV_CONSTANT_NULL, 3);
	tandem_spirv_write(rewriting, (uint32_t[]){ structure, null }, 2);
	for (uint32_t i = 0; i < rewriting->mark_count; i++) {
		tandem_spirv_write_head(rewriting, OP_VARIABLE, 5);
		tandem_spirv_write(
			rewriting,
			(uint32_t[]){ pointer, rewriting->first_mark + i, STORAGE_CLASS, null }, 4);
	}
}

void tandem_spirv_drop_modes(struct tandem_text *module)
{
	uint32_t *words = (uint32_t *)module->bytes;
	size_t count = module->length / sizeof(*words), kept = TANDEM_SPIRV_HEADER_WORDS;

	for (size_t place = kept; place < count;) {
		uint32_t length = tandem_spirv_length(words[place]);
		bool is_dropped = tandem_spirv_is_sub_groups_mode(words + place);

		if (!is_dropped)
			memmove(words + kept, words + place, length * sizeof(*words));
		kept += is_dropped ? 0 : length;
		place += length;
	}
	module->length = kept * sizeof(*words);
}
