// SPDX-License-Identifier: MIT
/*
 * Readings of a clock (SPV_KHR_shader_clock), which translators may not know. They become calls of
 * functions that are put in, and that the back end knows by their names. All scopes have the
 * device's clock.
 */
#include <string.h>

#include "spirv_repairs.h"
#include "spirv_rewriting.h"

enum {
	OP_TYPE_FUNCTION = 33,
	OP_FUNCTION_CALL = 57,
	OP_RETURN_VALUE = 254,
	OP_READ_CLOCK = 5056,
};

#define SHADER_CLOCK 5055 /* the capability */

static const char extension[24] = "SPV_KHR_shader_clock";

/* In the order of struct tandem_spirv_clock's. */
static const char names[][64] = { TANDEM_SPIRV_CALL_MARK "_Z17clock_read_devicev",
				  TANDEM_SPIRV_CALL_MARK "_Z22clock_read_hilo_devicev" };

static bool is_reading(const uint32_t *instruction)
{
	return tandem_spirv_operation(instruction[0]) == OP_READ_CLOCK &&
	       tandem_spirv_length(instruction[0]) == 4;
}

/* The clock that is read as a value of @type, 64 bits or two times 32; NULL where there is none. */
static struct tandem_spirv_clock *find_clock(struct tandem_spirv_rewriting *rewriting,
					     uint32_t type)
{
	const uint32_t *vector =
		tandem_spirv_definition(rewriting, type, TANDEM_SPIRV_TYPE_VECTOR, 4);
	const uint32_t *whole = tandem_spirv_definition(rewriting, vector ? vector[2] : type,
							TANDEM_SPIRV_TYPE_INT, 4);

	if (!whole || (vector && vector[3] != 2) || whole[2] != (vector ? 32 : 64))
		return NULL;
	return &rewriting->clocks[vector != NULL];
}

void tandem_spirv_note_clock(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction)
{
	struct tandem_spirv_clock *clock =
		is_reading(instruction) ? find_clock(rewriting, instruction[1]) : NULL;

	if (clock)
		clock->type = instruction[1];
}

void tandem_spirv_write_clock_names(struct tandem_spirv_rewriting *rewriting)
{
	for (unsigned int i = 0; i < TANDEM_SPIRV_CLOCKS; i++) {
		struct tandem_spirv_clock *clock = &rewriting->clocks[i];
		size_t words = strlen(names[i]) / sizeof(uint32_t) + 1;

		if (!clock->type)
			continue;
		clock->function = rewriting->bound++;
		tandem_spirv_write_head(rewriting, TANDEM_SPIRV_NAME, 2 + (uint32_t)words);
		tandem_spirv_write(rewriting, &clock->function, 1);
		tandem_text_add(rewriting->out, names[i], words * sizeof(uint32_t));
	}
}

/* The module's own type of a function, which there may be once only; 0 where it has none. */
static uint32_t find_signature(const struct tandem_spirv_rewriting *rewriting, uint32_t type)
{
	const uint32_t *words = rewriting->words;

	for (size_t place = TANDEM_SPIRV_HEADER_WORDS; place < rewriting->word_count;
	     place += tandem_spirv_length(words[place])) {
		if (words[place] == (3u << 16 | OP_TYPE_FUNCTION) && words[place + 2] == type)
			return words[place + 1];
	}
	return 0;
}

void tandem_spirv_write_clock_types(struct tandem_spirv_rewriting *rewriting)
{
	for (unsigned int i = 0; i < TANDEM_SPIRV_CLOCKS; i++) {
		struct tandem_spirv_clock *clock = &rewriting->clocks[i];

		if (!clock->type)
			continue;
		clock->signature = find_signature(rewriting, clock->type);
		if (clock->signature)
			continue;
		clock->signature = rewriting->bound++;
		tandem_spirv_write_head(rewriting, OP_TYPE_FUNCTION, 3);
		tandem_spirv_write(rewriting, (uint32_t[]){ clock->signature, clock->type }, 2);
	}
}

void tandem_spirv_write_clocks(struct tandem_spirv_rewriting *rewriting)
{
	for (unsigned int i = 0; i < TANDEM_SPIRV_CLOCKS; i++) {
		const struct tandem_spirv_clock *clock = &rewriting->clocks[i];
		const uint32_t label = rewriting->bound, value = label + 1;

		if (!clock->type)
			continue;
		rewriting->bound += 2;
		tandem_spirv_write_head(rewriting, TANDEM_SPIRV_FUNCTION, 5);
		tandem_spirv_write(
			rewriting,
			(uint32_t[]){ clock->type, clock->function, 0, clock->signature }, 4);
		tandem_spirv_write_head(rewriting, TANDEM_SPIRV_LABEL, 2);
		tandem_spirv_write(rewriting, &label, 1);
		tandem_spirv_write_head(rewriting, TANDEM_SPIRV_UNDEF, 3);
		tandem_spirv_write(rewriting, (uint32_t[]){ clock->type, value }, 2);
		tandem_spirv_write_head(rewriting, OP_RETURN_VALUE, 2);
		tandem_spirv_write(rewriting, &value, 1);
		tandem_spirv_write_head(rewriting, TANDEM_SPIRV_FUNCTION_END, 1);
	}
}

bool tandem_spirv_write_reading(struct tandem_spirv_rewriting *rewriting,
				const uint32_t *instruction)
{
	const struct tandem_spirv_clock *clock;

	if (tandem_spirv_is_capability(instruction, SHADER_CLOCK) ||
	    tandem_spirv_is_extension(instruction, extension, sizeof(extension)))
		return true;
	clock = is_reading(instruction) ? find_clock(rewriting, instruction[1]) : NULL;
	if (!clock)
		return false;
	tandem_spirv_write_head(rewriting, OP_FUNCTION_CALL, 4);
	tandem_spirv_write(rewriting, (uint32_t[]){ clock->type, instruction[2], clock->function },
			   3);
	return true;
}
