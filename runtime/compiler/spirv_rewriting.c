// SPDX-License-Identifier: MIT
#include "spirv_rewriting.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum {
	OP_EXT_INST = 12,
	OP_TYPE_VOID = 19,
	OP_TYPE_PIPE = 38,
	OP_SPEC_CONSTANT_OP = 52,
	OP_GROUP_MEMBER_DECORATE = 75,
};

#define CPACKED		  10 /* the decoration */
#define FUNCTION_POINTERS 5603 /* the capability */

/* ---- what there is ---- */

static struct tandem_spirv_id *find(const struct tandem_spirv_rewriting *rewriting, uint32_t id)
{
	return &rewriting->ids[id < rewriting->words[3] ? id : 0];
}

static bool is_type(uint32_t operation)
{
	return operation >= OP_TYPE_VOID && operation <= OP_TYPE_PIPE;
}

static bool is_constant(uint32_t operation)
{
	return operation >= TANDEM_SPIRV_CONSTANT_TRUE && operation <= OP_SPEC_CONSTANT_OP;
}

/* What begins with a type, but for decorations, is what makes a value of that type. */
static bool may_be_value(uint32_t operation)
{
	bool is_value = operation >= TANDEM_SPIRV_CONSTANT_TRUE ||
			operation == TANDEM_SPIRV_UNDEF || operation == OP_EXT_INST;

	return is_value &&
	       (operation < TANDEM_SPIRV_DECORATE || operation > OP_GROUP_MEMBER_DECORATE) &&
	       operation != TANDEM_SPIRV_DECORATE_ID && operation != TANDEM_SPIRV_DECORATE_STRING;
}

static bool names_type(const struct tandem_spirv_rewriting *rewriting, uint32_t id)
{
	uint32_t place = tandem_spirv_find(rewriting, id)->place;

	return place && is_type(tandem_spirv_operation(rewriting->words[place]));
}

static bool is_wide_type(const uint32_t *instruction)
{
	return tandem_spirv_operation(instruction[0]) == TANDEM_SPIRV_TYPE_INT &&
	       tandem_spirv_length(instruction[0]) == 4 && instruction[2] == 64 && !instruction[3];
}

static void note_declaration(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction,
			     bool is_value)
{
	uint32_t operation = tandem_spirv_operation(instruction[0]);
	uint32_t length = tandem_spirv_length(instruction[0]);
	uint32_t place = (uint32_t)(instruction - rewriting->words);

	if (operation == TANDEM_SPIRV_DECORATE && length == 3 && instruction[2] == CPACKED)
		find(rewriting, instruction[1])->is_packed = true;
	if (tandem_spirv_is_sub_groups_mode(instruction))
		find(rewriting, instruction[1])->sub_groups_mode = place;
	if (operation == TANDEM_SPIRV_OP_CAPABILITY && instruction[1] == FUNCTION_POINTERS)
		rewriting->calls_pointers = true;
	if (is_type(operation))
		find(rewriting, instruction[1])->place = place;
	if (is_wide_type(instruction))
		rewriting->wide_type = instruction[1];
	if (is_value && is_constant(operation))
		find(rewriting, instruction[2])->place = place;
}

void tandem_spirv_note(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction)
{
	uint32_t operation = tandem_spirv_operation(instruction[0]);
	uint32_t length = tandem_spirv_length(instruction[0]);
	bool is_value;

	if (length < 2)
		return;
	is_value = length >= 3 && may_be_value(operation) && names_type(rewriting, instruction[1]);
	if (is_value)
		find(rewriting, instruction[2])->type = instruction[1];
	/* Functions have nothing else; what is there all the same may be moved with its block. */
	rewriting->in_functions |= operation == TANDEM_SPIRV_FUNCTION;
	if (!rewriting->in_functions)
		note_declaration(rewriting, instruction, is_value);
	/* What an id names that is none of the module's own is noted there, and means nothing. */
	rewriting->ids[0] = (struct tandem_spirv_id){ 0 };
}

/* ---- looking up ---- */

const struct tandem_spirv_id *tandem_spirv_find(const struct tandem_spirv_rewriting *rewriting,
						uint32_t id)
{
	return find(rewriting, id);
}

const uint32_t *tandem_spirv_definition(const struct tandem_spirv_rewriting *rewriting, uint32_t id,
					uint32_t operation, uint32_t length)
{
	uint32_t place = tandem_spirv_find(rewriting, id)->place;
	const uint32_t *instruction = rewriting->words + place;

	if (!place || tandem_spirv_operation(instruction[0]) != operation ||
	    tandem_spirv_length(instruction[0]) < length)
		return NULL;
	return instruction;
}

uint32_t tandem_spirv_components(const struct tandem_spirv_rewriting *rewriting, uint32_t type)
{
	const uint32_t *vector =
		tandem_spirv_definition(rewriting, type, TANDEM_SPIRV_TYPE_VECTOR, 4);

	return vector ? vector[3] : 0;
}

uint32_t tandem_spirv_scalar_words(const struct tandem_spirv_rewriting *rewriting, uint32_t type)
{
	const uint32_t *scalar = tandem_spirv_definition(rewriting, type, TANDEM_SPIRV_TYPE_INT, 3);

	if (!scalar)
		scalar = tandem_spirv_definition(rewriting, type, TANDEM_SPIRV_TYPE_FLOAT, 3);
	if (scalar)
		return scalar[2] > 32 ? 2 : 1;
	/* What was put in itself. */
	return type && type == rewriting->wide_type ? 2 : 0;
}

bool tandem_spirv_number(const struct tandem_spirv_rewriting *rewriting, uint32_t id,
			 uint64_t *value)
{
	uint32_t type = tandem_spirv_find(rewriting, id)->type;
	uint32_t words = tandem_spirv_scalar_words(rewriting, type);
	const uint32_t *number;

	if (!tandem_spirv_definition(rewriting, type, TANDEM_SPIRV_TYPE_INT, 3))
		return false;
	*value = 0;
	if (tandem_spirv_definition(rewriting, id, TANDEM_SPIRV_CONSTANT_NULL, 3))
		return true;
	number = tandem_spirv_definition(rewriting, id, TANDEM_SPIRV_CONSTANT, 3 + words);
	if (!number)
		number = tandem_spirv_definition(rewriting, id, TANDEM_SPIRV_SPEC_CONSTANT,
						 3 + words);
	if (!number)
		return false;
	*value = number[3];
	if (words == 2)
		*value |= (uint64_t)number[4] << 32;
	return true;
}

bool tandem_spirv_is_capability(const uint32_t *instruction, uint32_t capability)
{
	return tandem_spirv_operation(instruction[0]) == TANDEM_SPIRV_OP_CAPABILITY &&
	       tandem_spirv_length(instruction[0]) == 2 && instruction[1] == capability;
}

bool tandem_spirv_is_extension(const uint32_t *instruction, const char *name, size_t bytes)
{
	size_t room = (tandem_spirv_length(instruction[0]) - 1) * sizeof(uint32_t);

	return tandem_spirv_operation(instruction[0]) == TANDEM_SPIRV_OP_EXTENSION &&
	       room >= bytes && !memcmp(instruction + 1, name, bytes);
}

/* ---- sizes ---- */

/* Deeper than any type is, and more members than are worth looking at. */
#define MOST_DEPTH   16
#define MOST_MEMBERS 65536
#define MOST_BYTES   (UINT64_C(1) << 40)

/* What a look at types may still cost, and what it has found out. */
struct measure {
	const struct tandem_spirv_rewriting *rewriting;
	unsigned int depth, members;
};

struct layout {
	uint64_t bytes, alignment; /* 0 where they are not known */
};

static struct layout measure(struct measure *work, uint32_t type);

static struct layout scalar_layout(const struct measure *work, uint32_t type)
{
	uint64_t bytes = tandem_spirv_scalar_words(work->rewriting, type);
	const uint32_t *scalar =
		tandem_spirv_definition(work->rewriting, type, TANDEM_SPIRV_TYPE_INT, 3);

	if (!scalar)
		scalar = tandem_spirv_definition(work->rewriting, type, TANDEM_SPIRV_TYPE_FLOAT, 3);
	if (scalar)
		bytes = scalar[2] % 8 || scalar[2] > 64 ? 0 : scalar[2] / 8;
	else if (tandem_spirv_definition(work->rewriting, type, TANDEM_SPIRV_TYPE_BOOL, 2))
		bytes = 1;
	else if (tandem_spirv_definition(work->rewriting, type, TANDEM_SPIRV_TYPE_POINTER, 4))
		bytes = 8;
	return (struct layout){ bytes, bytes };
}

/* A vector of three has the size of four. */
static struct layout vector_layout(const struct measure *work, const uint32_t *vector)
{
	uint64_t bytes = scalar_layout(work, vector[2]).bytes * (vector[3] == 3 ? 4 : vector[3]);

	return (struct layout){ bytes, bytes };
}

static struct layout array_layout(struct measure *work, const uint32_t *array)
{
	struct layout element = measure(work, array[2]);
	uint64_t length = 0;

	if (!tandem_spirv_number(work->rewriting, array[3], &length) || !element.bytes || !length ||
	    length > MOST_BYTES / element.bytes)
		return (struct layout){ 0 };
	return (struct layout){ element.bytes * length, element.alignment };
}

static struct layout structure_layout(struct measure *work, const uint32_t *structure)
{
	bool is_packed = tandem_spirv_find(work->rewriting, structure[1])->is_packed;
	uint32_t length = tandem_spirv_length(structure[0]);
	struct layout whole = { 0, 1 };

	for (uint32_t i = 2; i < length; i++) {
		struct layout member = measure(work, structure[i]);

		if (!member.bytes || whole.bytes > MOST_BYTES)
			return (struct layout){ 0 };
		if (is_packed)
			member.alignment = 1;
		whole.bytes = tandem_align_up(whole.bytes, member.alignment) + member.bytes;
		whole.alignment = tandem_max_u64(whole.alignment, member.alignment);
	}
	whole.bytes = tandem_align_up(whole.bytes, whole.alignment);
	return whole;
}

static struct layout measure(struct measure *work, uint32_t type)
{
	const uint32_t *vector =
		tandem_spirv_definition(work->rewriting, type, TANDEM_SPIRV_TYPE_VECTOR, 4);
	const uint32_t *array =
		tandem_spirv_definition(work->rewriting, type, TANDEM_SPIRV_TYPE_ARRAY, 4);
	const uint32_t *structure =
		tandem_spirv_definition(work->rewriting, type, TANDEM_SPIRV_TYPE_STRUCT, 2);
	struct layout layout;

	if (work->depth >= MOST_DEPTH || work->members >= MOST_MEMBERS)
		return (struct layout){ 0 };
	work->members++;
	work->depth++;
	if (vector)
		layout = vector_layout(work, vector);
	else if (array)
		layout = array_layout(work, array);
	else if (structure)
		layout = structure_layout(work, structure);
	else
		layout = scalar_layout(work, type);
	work->depth--;
	return layout;
}

uint64_t tandem_spirv_type_bytes(const struct tandem_spirv_rewriting *rewriting, uint32_t type)
{
	return measure(&(struct measure){ .rewriting = rewriting }, type).bytes;
}

/* ---- what is put in ---- */

uint32_t tandem_spirv_constant(struct tandem_spirv_rewriting *rewriting, uint32_t type,
			       uint64_t value)
{
	struct tandem_spirv_addition *more;

	for (size_t i = 0; i < rewriting->addition_count; i++) {
		const struct tandem_spirv_addition *addition = &rewriting->additions[i];

		if (addition->type == type && addition->value == value)
			return addition->id;
	}
	more = realloc(rewriting->additions, (rewriting->addition_count + 1) * sizeof(*more));
	if (!more) {
		rewriting->failed = true;
		return 0;
	}
	rewriting->additions = more;
	more[rewriting->addition_count++] =
		(struct tandem_spirv_addition){ type, rewriting->bound, value };
	return rewriting->bound++;
}

uint32_t tandem_spirv_wide_type(struct tandem_spirv_rewriting *rewriting)
{
	if (!rewriting->wide_type) {
		rewriting->wide_type = rewriting->bound++;
		rewriting->adds_wide_type = true;
	}
	return rewriting->wide_type;
}

void tandem_spirv_write(struct tandem_spirv_rewriting *rewriting, const uint32_t *words,
			size_t count)
{
	tandem_text_add(rewriting->out, words, count * sizeof(*words));
}

void tandem_spirv_write_head(struct tandem_spirv_rewriting *rewriting, uint32_t operation,
			     uint32_t length)
{
	const uint32_t head = length << 16 | operation;

	tandem_spirv_write(rewriting, &head, 1);
}

void tandem_spirv_write_additions(struct tandem_spirv_rewriting *rewriting)
{
	const uint32_t wide_type[] = { rewriting->wide_type, 64, 0 };

	if (rewriting->adds_wide_type) {
		tandem_spirv_write_head(rewriting, TANDEM_SPIRV_TYPE_INT, 4);
		tandem_spirv_write(rewriting, wide_type, 3);
	}
	for (size_t i = 0; i < rewriting->addition_count; i++) {
		const struct tandem_spirv_addition *addition = &rewriting->additions[i];
		const uint32_t constant[] = { addition->type, addition->id,
					      (uint32_t)addition->value,
					      (uint32_t)(addition->value >> 32) };
		uint32_t words = 2 + tandem_spirv_scalar_words(rewriting, addition->type);

		tandem_spirv_write_head(rewriting, TANDEM_SPIRV_CONSTANT, 1 + words);
		tandem_spirv_write(rewriting, constant, words);
	}
}
