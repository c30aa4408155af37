// SPDX-License-Identifier: MIT
/*
 * A module of SPIR-V while it is written anew, for spirv_repairs.c and the files beside it: what
 * its ids are, and what is put in.
 *
 * A module need not be a valid one: all that is looked up may be missing, or be another thing
 * than it should, and types may contain themselves. What is looked through of types is
 * limited.
 */
#ifndef TANDEM_COMPILER_SPIRV_REWRITING_H
#define TANDEM_COMPILER_SPIRV_REWRITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program/spirv.h"
#include "util/text.h"

#define TANDEM_SPIRV_MOST_COMPONENTS 16 /* of a vector */

struct tandem_spirv_id {
	uint32_t place; /* of the instruction that defines a type or a constant; 0 for all else */
	uint32_t type; /* of a value; 0 for all else */
	uint32_t sub_groups_mode; /* place of what says how many of them a kernel's groups have */
	bool is_packed; /* a structure without gaps */
};

/* A constant that the module lacks. */
struct tandem_spirv_addition {
	uint32_t type, id;
	uint64_t value;
};

/* A way to read a clock: what spirv_clocks.c puts in for it; zeros where the module has none. */
struct tandem_spirv_clock {
	uint32_t type; /* of what is read */
	uint32_t function, signature;
};

#define TANDEM_SPIRV_CLOCKS 2 /* as 64 bits, and as two times 32 */

struct tandem_spirv_rewriting {
	const uint32_t *words;
	size_t word_count;
	struct tandem_text *out; /* what is written at present */
	struct tandem_spirv_id *ids;
	uint32_t bound; /* of the ids, those that were added too */
	uint32_t wide_type; /* unsigned, of 64 bits; 0 while there is none */
	bool adds_wide_type;
	struct tandem_spirv_addition *additions;
	size_t addition_count;
	struct tandem_text initial_stores; /* that stand behind the function's variables */
	uint32_t first_mark, mark_count; /* ids of what spirv_sub_groups.c puts in */
	struct tandem_spirv_clock clocks[TANDEM_SPIRV_CLOCKS];
	bool lacks_fast_math; /* the name of an extension: spirv_hints.c */
	bool calls_pointers; /* to functions, by an extension */
	bool in_functions; /* what is noted at present stands in one */
	bool failed; /* no memory */
};

/* Notes what an instruction defines; they come in the module's order. */
void tandem_spirv_note(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction);

/* ---- looking up ---- */

/* What is known of @id; nothing, where it is none. */
const struct tandem_spirv_id *tandem_spirv_find(const struct tandem_spirv_rewriting *rewriting,
						uint32_t id);

/* The instruction that defines type or constant @id where it is @operation and has at least
 * @length words; NULL where it does not. */
const uint32_t *tandem_spirv_definition(const struct tandem_spirv_rewriting *rewriting, uint32_t id,
					uint32_t operation, uint32_t length);

/* How many components a vector's type has; 0 where it is no such. */
uint32_t tandem_spirv_components(const struct tandem_spirv_rewriting *rewriting, uint32_t type);

/* How many words a number of the scalar type takes; 0 where it is none. */
uint32_t tandem_spirv_scalar_words(const struct tandem_spirv_rewriting *rewriting, uint32_t type);

/* Whether @id is a constant integer, whose value is known then. */
bool tandem_spirv_number(const struct tandem_spirv_rewriting *rewriting, uint32_t id,
			 uint64_t *value);

/* Whether an instruction names that capability, or the extension with a @name of @bytes. */
bool tandem_spirv_is_capability(const uint32_t *instruction, uint32_t capability);
bool tandem_spirv_is_extension(const uint32_t *instruction, const char *name, size_t bytes);

/* The size of a type's values in memory, as OpenCL has it; 0 where it is not known. */
uint64_t tandem_spirv_type_bytes(const struct tandem_spirv_rewriting *rewriting, uint32_t type);

/* ---- what is put in ---- */

/* The id of a constant of an integer's type. */
uint32_t tandem_spirv_constant(struct tandem_spirv_rewriting *rewriting, uint32_t type,
			       uint64_t value);

/* The type of integers of 64 bits. */
uint32_t tandem_spirv_wide_type(struct tandem_spirv_rewriting *rewriting);

void tandem_spirv_write(struct tandem_spirv_rewriting *rewriting, const uint32_t *words,
			size_t count);

/* The first word of an instruction with @length words. */
void tandem_spirv_write_head(struct tandem_spirv_rewriting *rewriting, uint32_t operation,
			     uint32_t length);

/* The types and constants that were asked for. */
void tandem_spirv_write_additions(struct tandem_spirv_rewriting *rewriting);

/* ---- numbers of sub-groups, which translators lose ---- */

/* Whether it is the mode that says how many a kernel's groups have, by a number or a constant. */
bool tandem_spirv_is_sub_groups_mode(const uint32_t *instruction);

/*
 * Puts in variables by whose names the back end knows them (TANDEM_SUB_GROUPS_MARK): first the
 * names, with the module's own, then, with types and constants, the variables.
 */
void tandem_spirv_write_mark_names(struct tandem_spirv_rewriting *rewriting);
void tandem_spirv_write_marks(struct tandem_spirv_rewriting *rewriting);

/* ---- clocks, which translators may not know ---- */

/* Notes a clock that is read, by an instruction behind all types. */
void tandem_spirv_note_clock(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction);

/*
 * Puts in functions by whose names the back end knows them (TANDEM_SPIRV_CALL_MARK): the names,
 * with the module's own, then types, with these, and behind all functions theirs.
 */
void tandem_spirv_write_clock_names(struct tandem_spirv_rewriting *rewriting);
void tandem_spirv_write_clock_types(struct tandem_spirv_rewriting *rewriting);
void tandem_spirv_write_clocks(struct tandem_spirv_rewriting *rewriting);

/* Writes a call in place of a reading, and leaves out what names the extension. */
bool tandem_spirv_write_reading(struct tandem_spirv_rewriting *rewriting,
				const uint32_t *instruction);

/* ---- the order of blocks ---- */

/*
 * The module with all functions' blocks in an order that they may have, from malloc; NULL where
 * they have, or without memory.
 */
uint32_t *tandem_spirv_order_blocks(struct tandem_spirv_rewriting *rewriting);

/* ---- what is said to the optimiser ---- */

/* Notes what lacks an extension's name, which then is put in, before @instruction. */
void tandem_spirv_note_hints(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction);
bool tandem_spirv_write_extension(struct tandem_spirv_rewriting *rewriting,
				  const uint32_t *instruction);
bool tandem_spirv_leave_out_aliasing(struct tandem_spirv_rewriting *rewriting,
				     const uint32_t *instruction);

/* ---- instructions in other words: whether @instruction was one, and has been written ---- */

bool tandem_spirv_write_comparison(struct tandem_spirv_rewriting *rewriting,
				   const uint32_t *instruction);
bool tandem_spirv_write_difference(struct tandem_spirv_rewriting *rewriting,
				   const uint32_t *instruction);
bool tandem_spirv_write_size(struct tandem_spirv_rewriting *rewriting, const uint32_t *instruction);
bool tandem_spirv_write_pointer_type(struct tandem_spirv_rewriting *rewriting,
				     const uint32_t *instruction);
bool tandem_spirv_write_composite(struct tandem_spirv_rewriting *rewriting,
				  const uint32_t *instruction);
bool tandem_spirv_write_logical_copy(struct tandem_spirv_rewriting *rewriting,
				     const uint32_t *instruction);
bool tandem_spirv_write_memory_copy(struct tandem_spirv_rewriting *rewriting,
				    const uint32_t *instruction);
bool tandem_spirv_write_variable(struct tandem_spirv_rewriting *rewriting,
				 const uint32_t *instruction);

#endif
