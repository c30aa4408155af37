// SPDX-License-Identifier: MIT
#include "spirv_repairs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "program/spirv.h"
#include "util/alloc.h"

enum {
	OP_UNDEF = 1,
	OP_EXT_INST = 12,
	OP_EXECUTION_MODE = 16,
	OP_TYPE_VECTOR = 23,
	OP_FUNCTION = 54,
	OP_DECORATE = 71,
	OP_GROUP_MEMBER_DECORATE = 75,
	OP_VECTOR_SHUFFLE = 79,
	OP_CONVERT_PTR_TO_U = 117,
	OP_I_EQUAL = 170,
	OP_I_NOT_EQUAL = 171,
	OP_CONTROL_BARRIER = 224,
	OP_MEMORY_BARRIER = 225,
	OP_ATOMIC_LOAD = 227,
	OP_ATOMIC_STORE = 228,
	OP_ATOMIC_COMPARE_EXCHANGE = 230,
	OP_ATOMIC_COMPARE_EXCHANGE_WEAK = 231,
	OP_ATOMIC_XOR = 242,
	OP_ATOMIC_FLAG_TEST_AND_SET = 318,
	OP_ATOMIC_FLAG_CLEAR = 319,
	OP_EXECUTION_MODE_ID = 331,
	OP_DECORATE_ID = 332,
	OP_PTR_EQUAL = 401,
	OP_PTR_NOT_EQUAL = 402,
	OP_DECORATE_STRING = 5632,
};

enum mode { LOCAL_SIZE = 17, LOCAL_SIZE_ID = 38 };

enum scope { CROSS_DEVICE, DEVICE, WORKGROUP, SUBGROUP, INVOCATION };

#define ACQUIRE		0x2u
#define RELEASE		0x4u
#define ACQUIRE_RELEASE 0x8u
#define SEQUENTIAL	0x10u
#define ORDERS		(ACQUIRE | RELEASE | ACQUIRE_RELEASE | SEQUENTIAL)
/* The kinds of memory that OpenCL has: 0x80 is the sub-group's, the last one images. */
#define MEMORIES 0xb80u

/* What is known of an id. */
struct id {
	uint32_t type; /* of a constant that is an integer of 32 bits; 0 for all else */
	uint32_t value;
	uint8_t scalar_operation; /* of a scalar type; 0 for all else */
	uint8_t scalar_words;
	uint32_t vector_type; /* of a value that is a vector; 0 for all else */
	uint32_t components; /* of a vector's type; 0 for all else */
};

/* A constant that the module lacks. */
struct addition {
	uint32_t type, value, id;
};

struct repair {
	const uint32_t *words;
	size_t word_count;
	struct tandem_text *out;
	struct id *ids;
	uint32_t bound; /* of the ids, those that were added too */
	uint32_t wide_type; /* unsigned, of 64 bits; 0 while there is none */
	bool adds_wide_type;
	struct addition *additions;
	size_t addition_count;
	bool failed; /* no memory */
};

static void write_words(struct repair *repair, const uint32_t *words, size_t count)
{
	tandem_text_add(repair->out, (const char *)words, count * sizeof(*words));
}

static void write_head(struct repair *repair, uint32_t operation, uint32_t length)
{
	const uint32_t head = length << 16 | operation;

	write_words(repair, &head, 1);
}

static struct id *find_id(struct repair *repair, uint32_t id)
{
	return &repair->ids[id < repair->words[3] ? id : 0];
}

/* ---- what there is ---- */

static void note_scalar_type(struct repair *repair, const uint32_t *instruction)
{
	uint32_t length = tandem_spirv_length(instruction[0]);
	struct id *id;

	if (length < 2)
		return;
	id = find_id(repair, instruction[1]);
	id->scalar_operation = (uint8_t)tandem_spirv_operation(instruction[0]);
	id->scalar_words = length > 2 && instruction[2] > 32 ? 2 : 1;
	if (id->scalar_operation == TANDEM_SPIRV_TYPE_INT && length == 4 && instruction[2] == 64 &&
	    !instruction[3])
		repair->wide_type = instruction[1];
}

static void note_constant(struct repair *repair, const uint32_t *instruction)
{
	bool is_null = tandem_spirv_operation(instruction[0]) == TANDEM_SPIRV_CONSTANT_NULL;
	const struct id *type;
	struct id *id;

	if (tandem_spirv_length(instruction[0]) != (is_null ? 3 : 4))
		return;
	type = find_id(repair, instruction[1]);
	if (type->scalar_operation != TANDEM_SPIRV_TYPE_INT || type->scalar_words != 1)
		return;
	id = find_id(repair, instruction[2]);
	id->type = instruction[1];
	id->value = is_null ? 0 : instruction[3];
}

static void note_vector_type(struct repair *repair, const uint32_t *instruction)
{
	if (tandem_spirv_length(instruction[0]) == 4)
		find_id(repair, instruction[1])->components = instruction[3];
}

/* What begins with a type, but for decorations, is what makes a value of that type. */
static void note_vector(struct repair *repair, const uint32_t *instruction)
{
	uint32_t operation = tandem_spirv_operation(instruction[0]);
	bool is_value = operation >= TANDEM_SPIRV_CONSTANT_TRUE || operation == OP_UNDEF ||
			operation == OP_EXT_INST;

	if (!is_value || (operation >= OP_DECORATE && operation <= OP_GROUP_MEMBER_DECORATE) ||
	    operation == OP_DECORATE_ID || operation == OP_DECORATE_STRING)
		return;
	if (tandem_spirv_length(instruction[0]) >= 3 && find_id(repair, instruction[1])->components)
		find_id(repair, instruction[2])->vector_type = instruction[1];
}

/* ---- constants that operands should be ---- */

/* The id of a constant of the type of @like, with another value. */
static uint32_t find_constant(struct repair *repair, const struct id *like, uint32_t value)
{
	struct addition *more;

	for (size_t i = 0; i < repair->addition_count; i++) {
		const struct addition *addition = &repair->additions[i];

		if (addition->type == like->type && addition->value == value)
			return addition->id;
	}
	more = realloc(repair->additions, (repair->addition_count + 1) * sizeof(*more));
	if (!more) {
		repair->failed = true;
		return 0;
	}
	repair->additions = more;
	more[repair->addition_count++] = (struct addition){ like->type, value, repair->bound };
	return repair->bound++;
}

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
static uint32_t right_operand(struct repair *repair, const uint32_t *instruction, uint32_t index,
			      uint32_t (*right)(uint32_t value))
{
	uint32_t operand = instruction[index];
	const struct id *id = find_id(repair, operand);

	if (!id->type || right(id->value) == id->value)
		return operand;
	return find_constant(repair, id, right(id->value));
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

/* @write: what is there otherwise is only looked through for constants that are missing. */
static bool repair_synchronization(struct repair *repair, const uint32_t *instruction, bool write)
{
	struct places places = find_places(tandem_spirv_operation(instruction[0]));
	uint32_t length = tandem_spirv_length(instruction[0]);
	const uint32_t last = places.unequal ? places.unequal : places.semantics;

	if (!places.scope || last >= length)
		return false;
	for (uint32_t i = 0; i < length; i++) {
		uint32_t word = instruction[i];

		if (i && i == places.execution)
			word = right_operand(repair, instruction, i, right_execution_scope);
		else if (i == places.scope)
			word = right_operand(repair, instruction, i, right_scope);
		else if (i && (i == places.semantics || i == places.unequal))
			word = right_operand(repair, instruction, i, right_semantics);
		if (!i && tandem_spirv_operation(word) == OP_ATOMIC_COMPARE_EXCHANGE_WEAK)
			word = length << 16 | OP_ATOMIC_COMPARE_EXCHANGE;
		if (write)
			write_words(repair, &word, 1);
	}
	return true;
}

/* ---- pointers ---- */

static bool compares_pointers(const uint32_t *instruction)
{
	uint32_t operation = tandem_spirv_operation(instruction[0]);

	return (operation == OP_PTR_EQUAL || operation == OP_PTR_NOT_EQUAL) &&
	       tandem_spirv_length(instruction[0]) == 5;
}

static void write_comparison(struct repair *repair, const uint32_t *instruction)
{
	bool equal = tandem_spirv_operation(instruction[0]) == OP_PTR_EQUAL;
	const uint32_t addresses[] = { repair->bound, repair->bound + 1 };

	repair->bound += 2;
	for (int i = 0; i < 2; i++) {
		const uint32_t conversion[] = { repair->wide_type, addresses[i],
						instruction[3 + i] };

		write_head(repair, OP_CONVERT_PTR_TO_U, 4);
		write_words(repair, conversion, 3);
	}
	write_head(repair, equal ? OP_I_EQUAL : OP_I_NOT_EQUAL, 5);
	write_words(repair, instruction + 1, 2);
	write_words(repair, addresses, 2);
}

/* ---- vectors ---- */

#define NO_COMPONENT	UINT32_MAX
#define MOST_COMPONENTS 16

/* The same vector with as many components as type @type has, the last ones without a value. */
static uint32_t write_longer(struct repair *repair, uint32_t type, uint32_t vector)
{
	uint32_t length = find_id(repair, find_id(repair, vector)->vector_type)->components;
	const uint32_t words[] = { type, repair->bound, vector, vector };
	uint32_t count = find_id(repair, type)->components;

	write_head(repair, OP_VECTOR_SHUFFLE, 5 + count);
	write_words(repair, words, 4);
	for (uint32_t i = 0; i < count; i++)
		write_words(repair, i < length ? &i : &(uint32_t){ NO_COMPONENT }, 1);
	return repair->bound++;
}

/* Whether it was a choice among components of two vectors of different types. */
static bool write_shuffle(struct repair *repair, const uint32_t *instruction)
{
	uint32_t length = tandem_spirv_length(instruction[0]), types[2], counts[2], vectors[2];
	int shorter;

	if (tandem_spirv_operation(instruction[0]) != OP_VECTOR_SHUFFLE || length < 5)
		return false;
	for (int i = 0; i < 2; i++) {
		types[i] = find_id(repair, instruction[3 + i])->vector_type;
		counts[i] = find_id(repair, types[i])->components;
		vectors[i] = instruction[3 + i];
	}
	if (types[0] == types[1] || !counts[0] || !counts[1] || counts[0] > MOST_COMPONENTS ||
	    counts[1] > MOST_COMPONENTS)
		return false;
	shorter = counts[0] >= counts[1];
	vectors[shorter] = write_longer(repair, types[!shorter], vectors[shorter]);
	write_words(repair, instruction, 3);
	write_words(repair, vectors, 2);
	for (uint32_t i = 5; i < length; i++) {
		uint32_t component = instruction[i];

		/* The second vector's are counted from behind the first one's. */
		if (component != NO_COMPONENT && component >= counts[0])
			component += shorter ? 0 : counts[1] - counts[0];
		write_words(repair, &component, 1);
	}
	return true;
}

/* ---- the module ---- */

/* Types and constants stand before what uses them, and all of them before the functions. */
static void look_through(struct repair *repair)
{
	bool compares = false;
	uint32_t length;

	for (size_t place = TANDEM_SPIRV_HEADER_WORDS; place < repair->word_count;
	     place += length) {
		const uint32_t *instruction = repair->words + place;

		length = tandem_spirv_length(instruction[0]);
		note_vector(repair, instruction);
		switch (tandem_spirv_operation(instruction[0])) {
		case OP_TYPE_VECTOR:
			note_vector_type(repair, instruction);
			break;
		case TANDEM_SPIRV_TYPE_BOOL:
		case TANDEM_SPIRV_TYPE_INT:
		case TANDEM_SPIRV_TYPE_FLOAT:
			note_scalar_type(repair, instruction);
			break;
		case TANDEM_SPIRV_CONSTANT:
		case TANDEM_SPIRV_CONSTANT_NULL:
		case TANDEM_SPIRV_SPEC_CONSTANT:
			note_constant(repair, instruction);
			break;
		default:
			compares |= compares_pointers(instruction);
			repair_synchronization(repair, instruction, false);
		}
	}
	if (compares && !repair->wide_type) {
		repair->wide_type = repair->bound++;
		repair->adds_wide_type = true;
	}
}

static void write_additions(struct repair *repair)
{
	const uint32_t wide_type[] = { repair->wide_type, 64, 0 };

	if (repair->adds_wide_type) {
		write_head(repair, TANDEM_SPIRV_TYPE_INT, 4);
		write_words(repair, wide_type, 3);
	}
	for (size_t i = 0; i < repair->addition_count; i++) {
		const struct addition *addition = &repair->additions[i];
		const uint32_t constant[] = { addition->type, addition->id, addition->value };

		write_head(repair, TANDEM_SPIRV_CONSTANT, 4);
		write_words(repair, constant, 3);
	}
}

/* Whether it was a null of a scalar type, or with its type once more at its end. */
static bool write_null(struct repair *repair, const uint32_t *instruction)
{
	static const uint32_t zeros[2] = { 0 };
	const struct id *type;

	if (tandem_spirv_operation(instruction[0]) != TANDEM_SPIRV_CONSTANT_NULL)
		return false;
	if (tandem_spirv_length(instruction[0]) == 4 && instruction[3] == instruction[1]) {
		write_head(repair, TANDEM_SPIRV_CONSTANT_NULL, 3);
		write_words(repair, instruction + 1, 2);
		return true;
	}
	if (tandem_spirv_length(instruction[0]) != 3)
		return false;
	type = find_id(repair, instruction[1]);
	if (!type->scalar_operation)
		return false;
	if (type->scalar_operation == TANDEM_SPIRV_TYPE_BOOL) {
		write_head(repair, TANDEM_SPIRV_CONSTANT_FALSE, 3);
		write_words(repair, instruction + 1, 2);
	} else {
		write_head(repair, TANDEM_SPIRV_CONSTANT, 3 + type->scalar_words);
		write_words(repair, instruction + 1, 2);
		write_words(repair, zeros, type->scalar_words);
	}
	return true;
}

/* Whether it was the size of groups, by constants, which is written as numbers. */
static bool write_local_size(struct repair *repair, const uint32_t *instruction)
{
	uint32_t words[5] = { 0, LOCAL_SIZE };

	if (tandem_spirv_operation(instruction[0]) != OP_EXECUTION_MODE_ID ||
	    tandem_spirv_length(instruction[0]) != 6 || instruction[2] != LOCAL_SIZE_ID)
		return false;
	words[0] = instruction[1];
	for (int i = 0; i < 3; i++) {
		const struct id *size = find_id(repair, instruction[3 + i]);

		if (!size->type)
			return false;
		words[2 + i] = size->value;
	}
	write_head(repair, OP_EXECUTION_MODE, 6);
	write_words(repair, words, 5);
	return true;
}

static void write_module(struct repair *repair)
{
	bool in_functions = false;
	uint32_t length;

	write_words(repair, repair->words, TANDEM_SPIRV_HEADER_WORDS);
	for (size_t place = TANDEM_SPIRV_HEADER_WORDS; place < repair->word_count;
	     place += length) {
		const uint32_t *instruction = repair->words + place;

		length = tandem_spirv_length(instruction[0]);
		if (tandem_spirv_operation(instruction[0]) == OP_FUNCTION && !in_functions) {
			in_functions = true;
			write_additions(repair);
		}
		if (compares_pointers(instruction))
			write_comparison(repair, instruction);
		else if (!write_null(repair, instruction) && !write_shuffle(repair, instruction) &&
			 !write_local_size(repair, instruction) &&
			 !repair_synchronization(repair, instruction, true))
			write_words(repair, instruction, length);
	}
}

int tandem_spirv_repair(const uint32_t *words, size_t word_count, struct tandem_text *repaired)
{
	struct repair repair = {
		.words = words, .word_count = word_count, .out = repaired, .bound = words[3]
	};
	size_t start = repaired->length;

	repair.ids = tandem_new_array(repair.ids, words[3]);
	if (!repair.ids)
		return -ENOMEM;
	look_through(&repair);
	/* What an id names that is none of the module's own is noted there, and means nothing. */
	repair.ids[0] = (struct id){ 0 };
	write_module(&repair);
	free(repair.ids);
	free(repair.additions);
	if (repair.failed || repaired->failed)
		return -ENOMEM;
	memcpy(repaired->bytes + start + 3 * sizeof(uint32_t), &repair.bound, sizeof(uint32_t));
	return 0;
}
