// SPDX-License-Identifier: MIT
#include "spirv_repairs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "program/spirv.h"
#include "spirv_rewriting.h"
#include "util/alloc.h"

enum {
	OP_SOURCE_CONTINUED = 2,
	OP_STRING = 7,
	OP_EXT_INST_IMPORT = 11,
	OP_MEMORY_MODEL = 14,
	OP_VECTOR_SHUFFLE = 79,
	OP_CONTROL_BARRIER = 224,
	OP_MEMORY_BARRIER = 225,
	OP_ATOMIC_LOAD = 227,
	OP_ATOMIC_STORE = 228,
	OP_ATOMIC_COMPARE_EXCHANGE = 230,
	OP_ATOMIC_COMPARE_EXCHANGE_WEAK = 231,
	OP_ATOMIC_XOR = 242,
	OP_ATOMIC_FLAG_TEST_AND_SET = 318,
	OP_ATOMIC_FLAG_CLEAR = 319,
	OP_MEMBER_DECORATE_STRING = 5633,
};

enum mode {
	LOCAL_SIZE = 17,
	LOCAL_SIZE_HINT = 18,
	SUB_GROUPS = TANDEM_SPIRV_SUB_GROUPS,
	SUB_GROUPS_ID = TANDEM_SPIRV_SUB_GROUPS_ID,
	LOCAL_SIZE_ID = 38,
	LOCAL_SIZE_HINT_ID = 39,
};

enum decoration {
	ALIGNMENT = 44,
	MAX_BYTE_OFFSET = 45,
	ALIGNMENT_ID = 46,
	MAX_BYTE_OFFSET_ID = 47,
};

enum scope { CROSS_DEVICE, DEVICE, WORKGROUP, SUBGROUP, INVOCATION };

#define ACQUIRE		0x2u
#define RELEASE		0x4u
#define ACQUIRE_RELEASE 0x8u
#define SEQUENTIAL	0x10u
#define ORDERS		(ACQUIRE | RELEASE | ACQUIRE_RELEASE | SEQUENTIAL)
/* The kinds of memory that OpenCL has: 0x80 is the sub-group's, the last one images. */
#define MEMORIES 0xb80u

/* ---- constants that operands should be ---- */

static uint32_t right_semantics(uint32_t value)
{
	uint32_t order = value & ORDERS;

	if (order & SEQUENTIAL)
		order = SEQUENTIAL;
	else if (order & (order - 1))
		order = ACQUIRE_RELEASE;
	return order | (value & MEMORIES);
}

static uint32_t right_scope(uint32_t value)
{
	return value <= INVOCATION ? value : CROSS_DEVICE;
}

static uint32_t right_execution_scope(uint32_t value)
{
	return value == SUBGROUP ? SUBGROUP : WORKGROUP;
}

/* What operand @index of an instruction is, or should be where it is a constant. */
static uint32_t right_operand(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction,
			      uint32_t index, uint32_t (*right)(uint32_t value))
{
	uint32_t operand = instruction[index];
	uint32_t type = tandem_spirv_find(rewriting, operand)->type;
	uint64_t value;

	if (tandem_spirv_scalar_words(rewriting, type) != 1 ||
	    !tandem_spirv_number(rewriting, operand, &value) || right((uint32_t)value) == value)
		return operand;
	return tandem_spirv_constant(rewriting, type, right((uint32_t)value));
}

/* Which operands of an instruction are scopes and semantics; 0 for none. */
struct places {
	uint32_t execution, scope, semantics, unequal;
};

static struct places find_places(uint32_t operation)
{
	switch (operation) {
	case OP_CONTROL_BARRIER:
		return (struct places){ .execution = 1, .scope = 2, .semantics = 3 };
	case OP_MEMORY_BARRIER:
		return (struct places){ .scope = 1, .semantics = 2 };
	case OP_ATOMIC_STORE:
	case OP_ATOMIC_FLAG_CLEAR:
		return (struct places){ .scope = 2, .semantics = 3 };
	case OP_ATOMIC_COMPARE_EXCHANGE:
	case OP_ATOMIC_COMPARE_EXCHANGE_WEAK:
		return (struct places){ .scope = 4, .semantics = 5, .unequal = 6 };
	case OP_ATOMIC_FLAG_TEST_AND_SET:
		return (struct places){ .scope = 4, .semantics = 5 };
	default:
		if (operation >= OP_ATOMIC_LOAD && operation <= OP_ATOMIC_XOR)
			return (struct places){ .scope = 4, .semantics = 5 };
		return (struct places){ 0 };
	}
}

static bool write_synchronization(struct tandem_spirv_rewriting *rewriting,
				  const uint32_t *instruction)
{
	struct places places = find_places(tandem_spirv_operation(instruction[0]));
	uint32_t length = tandem_spirv_length(instruction[0]);
	const uint32_t last = places.unequal ? places.unequal : places.semantics;

	if (!places.scope || last >= length)
		return false;
	for (uint32_t i = 0; i < length; i++) {
		uint32_t word = instruction[i];

		if (i && i == places.execution)
			word = right_operand(rewriting, instruction, i, right_execution_scope);
		else if (i == places.scope)
			word = right_operand(rewriting, instruction, i, right_scope);
		else if (i && (i == places.semantics || i == places.unequal))
			word = right_operand(rewriting, instruction, i, right_semantics);
		if (!i && tandem_spirv_operation(word) == OP_ATOMIC_COMPARE_EXCHANGE_WEAK)
			word = length << 16 | OP_ATOMIC_COMPARE_EXCHANGE;
		tandem_spirv_write(rewriting, &word, 1);
	}
	return true;
}

/* ---- vectors ---- */

#define NO_COMPONENT UINT32_MAX

/* The same vector with as many components as type @type has, the last ones without a value. */
static uint32_t write_longer(struct tandem_spirv_rewriting *rewriting, uint32_t type,
			     uint32_t vector)
{
	uint32_t length =
		tandem_spirv_components(rewriting, tandem_spirv_find(rewriting, vector)->type);
	const uint32_t words[] = { type, rewriting->bound, vector, vector };
	uint32_t count = tandem_spirv_components(rewriting, type);

	tandem_spirv_write_head(rewriting, OP_VECTOR_SHUFFLE, 5 + count);
	tandem_spirv_write(rewriting, words, 4);
	for (uint32_t i = 0; i < count; i++)
		tandem_spirv_write(rewriting, i < length ? &i : &(uint32_t){ NO_COMPONENT }, 1);
	return rewriting->bound++;
}

/* Whether it was a choice among components of two vectors of different types. */
static bool write_shuffle(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction)
{
	uint32_t length = tandem_spirv_length(instruction[0]), types[2], counts[2], vectors[2];
	int shorter;

	if (tandem_spirv_operation(instruction[0]) != OP_VECTOR_SHUFFLE || length < 5)
		return false;
	for (int i = 0; i < 2; i++) {
		types[i] = tandem_spirv_find(rewriting, instruction[3 + i])->type;
		counts[i] = tandem_spirv_components(rewriting, types[i]);
		vectors[i] = instruction[3 + i];
	}
	if (types[0] == types[1] || !counts[0] || !counts[1] ||
	    counts[0] > TANDEM_SPIRV_MOST_COMPONENTS || counts[1] > TANDEM_SPIRV_MOST_COMPONENTS)
		return false;
	shorter = counts[0] >= counts[1];
	vectors[shorter] = write_longer(rewriting, types[!shorter], vectors[shorter]);
	tandem_spirv_write(rewriting, instruction, 3);
	tandem_spirv_write(rewriting, vectors, 2);
	for (uint32_t i = 5; i < length; i++) {
		uint32_t component = instruction[i];

		/* The second vector's are counted from behind the first one's. */
		if (component != NO_COMPONENT && component >= counts[0])
			component += shorter ? 0 : counts[1] - counts[0];
		tandem_spirv_write(rewriting, &component, 1);
	}
	return true;
}

/* ---- constants and what is said of functions ---- */

/* Whether it was a null of a scalar type, or with its type once more at its end. */
static bool write_null(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction)
{
	static const uint32_t zeros[2] = { 0 };
	uint32_t length = tandem_spirv_length(instruction[0]), operation, words;

	if (tandem_spirv_operation(instruction[0]) != TANDEM_SPIRV_CONSTANT_NULL)
		return false;
	if (length != 3 && (length != 4 || instruction[3] != instruction[1]))
		return false;
	words = tandem_spirv_scalar_words(rewriting, instruction[1]);
	operation = words ? TANDEM_SPIRV_CONSTANT : TANDEM_SPIRV_CONSTANT_NULL;
	if (tandem_spirv_definition(rewriting, instruction[1], TANDEM_SPIRV_TYPE_BOOL, 2))
		operation = TANDEM_SPIRV_CONSTANT_FALSE;
	tandem_spirv_write_head(rewriting, operation, 3 + words);
	tandem_spirv_write(rewriting, instruction + 1, 2);
	tandem_spirv_write(rewriting, zeros, words);
	return true;
}

/* What mode or decoration by numbers says the same as one by constants; 0 for none. */
static uint32_t literal_mode(uint32_t mode)
{
	return mode == LOCAL_SIZE_ID	  ? LOCAL_SIZE :
	       mode == LOCAL_SIZE_HINT_ID ? LOCAL_SIZE_HINT :
	       mode == SUB_GROUPS_ID	  ? SUB_GROUPS :
					    0;
}

static uint32_t literal_decoration(uint32_t decoration)
{
	return decoration == ALIGNMENT_ID	? ALIGNMENT :
	       decoration == MAX_BYTE_OFFSET_ID ? MAX_BYTE_OFFSET :
						  0;
}

/* What is said of groups, and what is decorated, by constants are written as by numbers. */
static bool write_numbers(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction)
{
	bool is_mode = tandem_spirv_operation(instruction[0]) == TANDEM_SPIRV_EXECUTION_MODE_ID;
	uint32_t length = tandem_spirv_length(instruction[0]), words[5] = { 0 };

	if (!is_mode && tandem_spirv_operation(instruction[0]) != TANDEM_SPIRV_DECORATE_ID)
		return false;
	if (length < 4)
		return false;
	words[0] = instruction[1];
	words[1] = is_mode ? literal_mode(instruction[2]) : literal_decoration(instruction[2]);
	if (!words[1] || length != (is_mode && words[1] != SUB_GROUPS ? 6 : 4))
		return false;
	for (uint32_t i = 2; i < length - 1; i++) {
		uint64_t number;

		if (!tandem_spirv_number(rewriting, instruction[1 + i], &number))
			return false;
		words[i] = (uint32_t)number;
	}
	tandem_spirv_write_head(
		rewriting, is_mode ? TANDEM_SPIRV_EXECUTION_MODE : TANDEM_SPIRV_DECORATE, length);
	tandem_spirv_write(rewriting, words, length - 1);
	return true;
}

/* Decorations by strings say what people mean, and nothing that a device does. */
static bool leave_out_string(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction)
{
	uint32_t operation = tandem_spirv_operation(instruction[0]);

	(void)rewriting;
	return operation == TANDEM_SPIRV_DECORATE_STRING || operation == OP_MEMBER_DECORATE_STRING;
}

/* What a module calls its own says nothing to the back end; what it exports, to itself alone. */
static bool leave_out_mark(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction)
{
	static const char mark[] = "tandem.";
	uint32_t length = tandem_spirv_length(instruction[0]);

	(void)rewriting;
	return tandem_spirv_operation(instruction[0]) == TANDEM_SPIRV_NAME &&
	       length * sizeof(uint32_t) > 2 * sizeof(uint32_t) + sizeof(mark) &&
	       !memcmp(instruction + 2, mark, sizeof(mark) - 1);
}

/* ---- the module ---- */

static bool (*const repairs[])(struct tandem_spirv_rewriting *rewriting,
			       const uint32_t *instruction) = {
	tandem_spirv_write_extension,
	/* Before all of functions, as what it kept stands before any that is no variable. */
	tandem_spirv_write_variable,
	tandem_spirv_leave_out_aliasing,
	tandem_spirv_write_reading,
	write_null,
	write_numbers,
	leave_out_string,
	leave_out_mark,
	write_shuffle,
	write_synchronization,
	tandem_spirv_write_comparison,
	tandem_spirv_write_difference,
	tandem_spirv_write_size,
	tandem_spirv_write_pointer_type,
	tandem_spirv_write_composite,
	tandem_spirv_write_logical_copy,
	tandem_spirv_write_memory_copy,
};

static void write_instruction(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction)
{
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(repairs); i++) {
		if (repairs[i](rewriting, instruction))
			return;
	}
	tandem_spirv_write(rewriting, instruction, tandem_spirv_length(instruction[0]));
}

enum section { BEFORE_NAMES, BEFORE_FUNCTIONS, FUNCTIONS };

/* Whether it stands before a module's names, or is one. */
static bool is_before_names(uint32_t operation)
{
	return (operation >= OP_SOURCE_CONTINUED && operation <= OP_STRING) ||
	       operation == TANDEM_SPIRV_OP_EXTENSION || operation == OP_EXT_INST_IMPORT ||
	       (operation >= OP_MEMORY_MODEL && operation <= TANDEM_SPIRV_OP_CAPABILITY) ||
	       operation == TANDEM_SPIRV_EXECUTION_MODE_ID;
}

/* Writes the instructions of a section, from @place on; says where it ends. */
static size_t write_instructions(struct tandem_spirv_rewriting *rewriting, size_t place,
				 enum section section)
{
	while (place < rewriting->word_count) {
		const uint32_t *instruction = rewriting->words + place;
		uint32_t operation = tandem_spirv_operation(instruction[0]);

		if (section == BEFORE_NAMES && !is_before_names(operation))
			break;
		if (section == BEFORE_FUNCTIONS && operation == TANDEM_SPIRV_FUNCTION)
			break;
		write_instruction(rewriting, instruction);
		place += tandem_spirv_length(instruction[0]);
	}
	return place;
}

/* What functions turn out to need stands before them. */
static void write_module(struct tandem_spirv_rewriting *rewriting)
{
	struct tandem_text *out = rewriting->out, functions = { 0 };
	size_t place;

	tandem_spirv_write(rewriting, rewriting->words, TANDEM_SPIRV_HEADER_WORDS);
	place = write_instructions(rewriting, TANDEM_SPIRV_HEADER_WORDS, BEFORE_NAMES);
	tandem_spirv_write_mark_names(rewriting);
	tandem_spirv_write_clock_names(rewriting);
	place = write_instructions(rewriting, place, BEFORE_FUNCTIONS);
	tandem_spirv_write_clock_types(rewriting);
	rewriting->out = &functions;
	write_instructions(rewriting, place, FUNCTIONS);
	tandem_spirv_write_clocks(rewriting);
	rewriting->out = out;
	tandem_spirv_write_additions(rewriting);
	tandem_spirv_write_marks(rewriting);
	tandem_text_add(out, functions.bytes, functions.length);
	rewriting->failed |= functions.failed;
	tandem_text_finish(&functions);
}

int tandem_spirv_repair(const uint32_t *words, size_t word_count, struct tandem_text *repaired)
{
	struct tandem_spirv_rewriting rewriting = {
		.words = words, .word_count = word_count, .out = repaired, .bound = words[3]
	};
	size_t start = repaired->length;
	uint32_t *ordered;

	rewriting.ids = tandem_new_array(rewriting.ids, words[3]);
	if (!rewriting.ids)
		return -ENOMEM;
	for (size_t place = TANDEM_SPIRV_HEADER_WORDS; place < word_count;
	     place += tandem_spirv_length(words[place])) {
		tandem_spirv_note(&rewriting, words + place);
		tandem_spirv_note_hints(&rewriting, words + place);
		tandem_spirv_note_clock(&rewriting, words + place);
	}
	/* Where types and constants are does not change. */
	ordered = tandem_spirv_order_blocks(&rewriting);
	if (ordered)
		rewriting.words = ordered;
	write_module(&rewriting);
	free(ordered);
	free(rewriting.ids);
	free(rewriting.additions);
	rewriting.failed |= rewriting.initial_stores.failed;
	tandem_text_finish(&rewriting.initial_stores);
	if (rewriting.failed || repaired->failed)
		return -ENOMEM;
	memcpy(repaired->bytes + start + 3 * sizeof(uint32_t), &rewriting.bound, sizeof(uint32_t));
	return 0;
}
