// SPDX-License-Identifier: MIT
/*
 * The order of a function's blocks. Each must stand behind those that all ways to it go through;
 * translators write them in the order that LLVM had them in, which may be any.
 */
#include <stdlib.h>
#include <string.h>

#include "spirv_rewriting.h"
#include "util/alloc.h"

enum {
	OP_BRANCH = 249,
	OP_BRANCH_CONDITIONAL = 250,
	OP_SWITCH = 251,
	OP_UNREACHABLE = 255,
};

#define NO_BLOCK UINT32_MAX

struct block {
	uint32_t place, end; /* words of the module */
	uint32_t last; /* the place of what ends it; 0 for nothing */
	bool is_reached; /* by one that is */
	bool is_early; /* stands before all that leads to it, if anything does */
	bool is_written;
};

struct ordering {
	const struct tandem_spirv_rewriting *rewriting;
	struct block *blocks; /* of one function */
	uint32_t count;
	uint32_t *block_of; /* an id, if it is a label of the function; NO_BLOCK for all else */
	uint32_t *stack; /* of blocks: one for each way out of any */
	uint32_t depth;
	uint32_t *ordered; /* the module, once something in it stands elsewhere; or NULL */
	bool failed; /* no memory */
};

static void push(struct ordering *ordering, uint32_t label)
{
	uint32_t block = label < ordering->rewriting->words[3] ? ordering->block_of[label] :
								 NO_BLOCK;

	if (block != NO_BLOCK)
		ordering->stack[ordering->depth++] = block;
}

/* Puts on the stack what comes behind a block, the first of it on top. */
static void push_successors(struct ordering *ordering, const struct block *block)
{
	const struct tandem_spirv_rewriting *rewriting = ordering->rewriting;
	const uint32_t *last = rewriting->words + block->last;
	uint32_t length = block->last ? tandem_spirv_length(last[0]) : 0, words;

	if (length < 2)
		return;
	switch (tandem_spirv_operation(last[0])) {
	case OP_BRANCH:
		push(ordering, last[1]);
		break;
	case OP_BRANCH_CONDITIONAL:
		for (uint32_t i = 3; i > 1 && length > 3; i--)
			push(ordering, last[i]);
		break;
	case OP_SWITCH:
		/* Each number takes as many words as the type of what is looked at. */
		words = tandem_spirv_scalar_words(rewriting,
						  tandem_spirv_find(rewriting, last[1])->type);
		for (uint32_t i = 3 + words; words && i < length; i += words + 1)
			push(ordering, last[i]);
		if (length > 2)
			push(ordering, last[2]);
		break;
	}
}

/* Whether a block stands before all those that lead to it. */
static bool is_disordered(struct ordering *ordering)
{
	bool disordered = false;

	ordering->blocks[0].is_reached = true;
	for (uint32_t i = 0; i < ordering->count; i++) {
		ordering->blocks[i].is_early = !ordering->blocks[i].is_reached;
		if (ordering->blocks[i].is_early)
			continue;
		push_successors(ordering, &ordering->blocks[i]);
		while (ordering->depth)
			ordering->blocks[ordering->stack[--ordering->depth]].is_reached = true;
	}
	for (uint32_t i = 0; i < ordering->count; i++)
		disordered |= ordering->blocks[i].is_early && ordering->blocks[i].is_reached;
	return disordered;
}

static uint32_t *write_block(const struct ordering *ordering, struct block *block, uint32_t *out)
{
	uint32_t words = block->end - block->place;

	block->is_written = true;
	memcpy(out, ordering->rewriting->words + block->place, words * sizeof(*out));
	return out + words;
}

/* Each behind one that leads to it, and what nothing leads to at the end. */
static void write_blocks(struct ordering *ordering)
{
	const struct tandem_spirv_rewriting *rewriting = ordering->rewriting;
	uint32_t *out;

	if (!ordering->ordered) {
		ordering->ordered = tandem_new_array(ordering->ordered, rewriting->word_count);
		ordering->failed |= !ordering->ordered;
		if (ordering->failed)
			return;
		memcpy(ordering->ordered, rewriting->words,
		       rewriting->word_count * sizeof(*ordering->ordered));
	}
	out = ordering->ordered + ordering->blocks[0].place;
	ordering->stack[ordering->depth++] = 0;
	while (ordering->depth) {
		struct block *block = &ordering->blocks[ordering->stack[--ordering->depth]];

		if (block->is_written)
			continue;
		out = write_block(ordering, block, out);
		push_successors(ordering, block);
	}
	for (uint32_t i = 0; i < ordering->count; i++) {
		if (!ordering->blocks[i].is_written)
			out = write_block(ordering, &ordering->blocks[i], out);
	}
}

static void end_function(struct ordering *ordering)
{
	if (ordering->count && is_disordered(ordering))
		write_blocks(ordering);
	for (uint32_t i = 0; i < ordering->count; i++)
		ordering->block_of[ordering->rewriting->words[ordering->blocks[i].place + 1]] =
			NO_BLOCK;
	ordering->count = 0;
}

static void begin_block(struct ordering *ordering, uint32_t place)
{
	const uint32_t *label = ordering->rewriting->words + place;

	if (tandem_spirv_length(label[0]) < 2 || label[1] >= ordering->rewriting->words[3])
		return;
	ordering->block_of[label[1]] = ordering->count;
	ordering->blocks[ordering->count++] = (struct block){ .place = place };
}

static void order(struct ordering *ordering)
{
	const struct tandem_spirv_rewriting *rewriting = ordering->rewriting;
	uint32_t place = TANDEM_SPIRV_HEADER_WORDS, length;

	for (; place < rewriting->word_count && !ordering->failed; place += length) {
		uint32_t operation = tandem_spirv_operation(rewriting->words[place]);
		struct block *block;

		length = tandem_spirv_length(rewriting->words[place]);
		if (operation == TANDEM_SPIRV_FUNCTION || operation == TANDEM_SPIRV_FUNCTION_END)
			end_function(ordering);
		else if (operation == TANDEM_SPIRV_LABEL)
			begin_block(ordering, place);
		if (!ordering->count)
			continue;
		block = &ordering->blocks[ordering->count - 1];
		block->end = place + length;
		if (operation >= OP_BRANCH && operation <= OP_UNREACHABLE)
			block->last = place;
	}
}

uint32_t *tandem_spirv_order_blocks(struct tandem_spirv_rewriting *rewriting)
{
	struct ordering ordering = { .rewriting = rewriting };
	uint32_t labels = 0, place = TANDEM_SPIRV_HEADER_WORDS;

	for (; place < rewriting->word_count; place += tandem_spirv_length(rewriting->words[place]))
		labels += tandem_spirv_operation(rewriting->words[place]) == TANDEM_SPIRV_LABEL;
	ordering.blocks = tandem_new_array(ordering.blocks, labels + 1);
	ordering.block_of = tandem_new_array(ordering.block_of, rewriting->words[3]);
	/* Every word may be a way. */
	ordering.stack = tandem_new_array(ordering.stack, rewriting->word_count + 1);
	ordering.failed = !ordering.blocks || !ordering.block_of || !ordering.stack;
	for (uint32_t i = 0; !ordering.failed && i < rewriting->words[3]; i++)
		ordering.block_of[i] = NO_BLOCK;
	if (!ordering.failed)
		order(&ordering);
	rewriting->failed |= ordering.failed;
	free(ordering.blocks);
	free(ordering.block_of);
	free(ordering.stack);
	return ordering.ordered;
}
