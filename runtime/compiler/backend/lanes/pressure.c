// SPDX-License-Identifier: MIT
/*
 * How many vectors are live at once, which says whether the processor's registers are enough
 * for more lanes.
 */
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "util/alloc.h"

struct liveness {
	const struct tandem_body *body;
	size_t words; /* of a set of values */
	uint64_t *begin; /* for each block: live at its beginning, phis included */
	uint64_t *now;
};

/* The number of a value that is a vector in the bundle function, or the count where it is none. */
static unsigned int number_of(const struct tandem_body *body, LLVMValueRef value)
{
	const struct tandem_lane_value *lane = tandem_body_value(body, value);

	if (!lane || !lane->components || lane->array || lane->shape.kind != TANDEM_SHAPE_VARYING)
		return body->value_count;
	return (unsigned int)(lane - body->values);
}

unsigned int tandem_body_vectors_of(const struct tandem_body *body, unsigned int number)
{
	const struct tandem_lane_value *lane = &body->values[number];
	uint64_t bits = LLVMSizeOfTypeInBits(body->compilation->layout, lane->element);

	return lane->components * (unsigned int)((tandem_max_u64(bits, 1) + 31) / 32);
}

static unsigned int vectors_in(const struct liveness *liveness, const uint64_t *set)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < liveness->body->value_count; i++) {
		if (tandem_set_has(set, i))
			sum += tandem_body_vectors_of(liveness->body, i);
	}
	return sum;
}

static void use(const struct liveness *liveness, LLVMValueRef value)
{
	unsigned int number = number_of(liveness->body, value);

	if (number < liveness->body->value_count)
		tandem_set_add(liveness->now, number);
}

/* What is live at the end of a block. */
static void begin_at_end(const struct liveness *liveness, unsigned int block)
{
	const struct tandem_body *body = liveness->body;

	memset(liveness->now, 0, liveness->words * sizeof(uint64_t));
	for (unsigned int i = 0; i < tandem_body_successors(body, block); i++) {
		unsigned int next = tandem_body_successor(body, block, i);
		LLVMValueRef phi = LLVMGetFirstInstruction(body->flow.blocks[next]);

		for (size_t w = 0; w < liveness->words; w++)
			liveness->now[w] |= liveness->begin[next * liveness->words + w];
		for (; LLVMIsAPHINode(phi); phi = LLVMGetNextInstruction(phi)) {
			for (unsigned int k = 0; k < LLVMCountIncoming(phi); k++) {
				if (LLVMGetIncomingBlock(phi, k) == body->flow.blocks[block])
					use(liveness, LLVMGetIncomingValue(phi, k));
			}
		}
	}
}

/* Goes through a block from its end. Returns how many are live at most. */
static unsigned int go_up(const struct liveness *liveness, unsigned int block)
{
	const struct tandem_body *body = liveness->body;
	LLVMValueRef instruction = LLVMGetLastInstruction(body->flow.blocks[block]);
	unsigned int most, live;

	begin_at_end(liveness, block);
	most = live = vectors_in(liveness, liveness->now);
	for (; instruction; instruction = LLVMGetPreviousInstruction(instruction)) {
		unsigned int number = number_of(body, instruction);

		if (number < body->value_count && tandem_set_has(liveness->now, number)) {
			tandem_set_remove(liveness->now, number);
			live -= tandem_body_vectors_of(body, number);
		}
		for (int i = 0; !LLVMIsAPHINode(instruction) && i < LLVMGetNumOperands(instruction);
		     i++) {
			LLVMValueRef operand = LLVMGetOperand(instruction, (unsigned int)i);

			if (LLVMValueIsBasicBlock(operand))
				continue;
			number = number_of(body, operand);
			if (number == body->value_count || tandem_set_has(liveness->now, number))
				continue;
			tandem_set_add(liveness->now, number);
			live += tandem_body_vectors_of(body, number);
		}
		most = live > most ? live : most;
	}
	return most;
}

static bool keep_beginning(const struct liveness *liveness, unsigned int block)
{
	uint64_t *begin = liveness->begin + block * liveness->words;
	bool changes = false;

	for (size_t w = 0; w < liveness->words; w++) {
		changes |= (begin[w] | liveness->now[w]) != begin[w];
		begin[w] |= liveness->now[w];
	}
	return changes;
}

/*
 * Vectors that private arrays may become, later: those of which lanes access the same element
 * at a time. Others stay in memory.
 */
static uint64_t vectors_of_arrays(const struct tandem_body *body)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < body->array_count; i++) {
		const struct tandem_private_array *array = &body->arrays[i];
		bool varies = !array->element_bytes;

		for (unsigned int k = 0; k < body->value_count; k++)
			varies |= body->values[k].array == array &&
				  !tandem_shape_is_uniform(body->values[k].shape);
		sum += varies ? 0 : (array->bytes + 3) / 4;
	}
	return tandem_min_u64(sum, UINT16_MAX);
}

unsigned int tandem_body_most_live(struct tandem_body *body)
{
	size_t words = body->value_count / 64 + 1;
	struct liveness liveness = {
		.body = body,
		.words = words,
		.begin = tandem_new_array(liveness.begin, words * body->flow.block_count),
		.now = tandem_new_array(liveness.now, words),
	};
	unsigned int most = 0;
	bool changes = liveness.begin && liveness.now;

	body->failed |= !changes;
	while (changes) {
		changes = false;
		most = 0;
		for (unsigned int block = body->flow.block_count; block--;) {
			unsigned int live = go_up(&liveness, block);

			changes |= keep_beginning(&liveness, block);
			if ((!body->flow.loop_count ||
			     body->flow.loop_of[block] != TANDEM_NO_LOOP) &&
			    live > most)
				most = live;
		}
	}
	free(liveness.begin);
	free(liveness.now);
	return most ? most + (unsigned int)vectors_of_arrays(body) : 0;
}
