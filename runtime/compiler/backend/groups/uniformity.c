// SPDX-License-Identifier: MIT
/*
 * A value differs if it comes from a local id, from memory that may hold
 * different values, or from a variable that does. A block is divergent if a
 * branch on a value that differs decides whether it is reached. A variable
 * differs if a value that differs is stored in it, or if a divergent block
 * stores in it. These depend on each other, so they are found by repetition,
 * from everything being uniform on.
 */
#include "uniformity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

struct uniformity {
	const struct tandem_slots *slots;
	unsigned int first_local_id; /* the parameter */
	unsigned int dimensions; /* in which work-items differ, from the first on */
	size_t words; /* of a set of blocks */
	uint64_t *post_dominators; /* a set for each block */
	bool *differs; /* for each slot */
	bool *is_divergent; /* for each block */
	struct tandem_pointer_map values; /* those of the current block that differ */
	bool changed;
};

static bool set_has(const uint64_t *set, unsigned int block)
{
	return set[block / 64] >> (block % 64) & 1;
}

/* ---- post-dominators ---- */

static bool *find_blocks_to_exit(const struct tandem_slots *slots)
{
	bool *reaches = tandem_new_array(reaches, slots->block_count);
	bool changed = true;

	while (reaches && changed) {
		changed = false;
		for (unsigned int i = slots->block_count; i--;) {
			const struct tandem_slot_block *block = &slots->blocks[i];
			bool does = !block->successor_count;

			for (unsigned int k = 0; k < block->successor_count; k++)
				does |= reaches[tandem_slot_successor(block, k)];
			if (does && !reaches[i])
				changed = reaches[i] = true;
		}
	}
	return reaches;
}

/*
 * The set of each block's post-dominators, itself among them. A block from which
 * no way leads out has none but itself: nothing is known of when it ends.
 */
static int find_post_dominators(struct uniformity *uniformity)
{
	const struct tandem_slots *slots = uniformity->slots;
	size_t words = (slots->block_count + 63) / 64;
	bool *reaches_exit = find_blocks_to_exit(slots);
	uint64_t *sets = tandem_new_array(sets, words * slots->block_count);
	uint64_t *meet = tandem_new_array(meet, words);
	bool changed = true;

	if (!reaches_exit || !sets || !meet) {
		free(reaches_exit);
		free(sets);
		free(meet);
		return -1;
	}
	memset(sets, 0xff, words * slots->block_count * sizeof(*sets));
	while (changed) {
		changed = false;
		for (unsigned int i = slots->block_count; i--;) {
			const struct tandem_slot_block *block = &slots->blocks[i];
			uint64_t *set = sets + i * words;

			memset(meet, block->successor_count && reaches_exit[i] ? 0xff : 0,
			       words * sizeof(*meet));
			for (unsigned int k = 0; k < block->successor_count; k++) {
				unsigned int next = tandem_slot_successor(block, k);

				for (size_t w = 0; w < words; w++)
					meet[w] &= sets[next * words + w];
			}
			meet[i / 64] |= UINT64_C(1) << (i % 64);
			if (memcmp(meet, set, words * sizeof(*meet))) {
				memcpy(set, meet, words * sizeof(*meet));
				changed = true;
			}
		}
	}
	free(reaches_exit);
	free(meet);
	uniformity->words = words;
	uniformity->post_dominators = sets;
	return 0;
}

/* Marks the blocks between a divergent branch and where its ways meet again. */
static void diverge_from(struct uniformity *uniformity, unsigned int from, unsigned int block)
{
	const struct tandem_slots *slots = uniformity->slots;
	const uint64_t *meeting = uniformity->post_dominators + from * uniformity->words;

	if (uniformity->is_divergent[block] || (block != from && set_has(meeting, block)))
		return;
	uniformity->is_divergent[block] = true;
	uniformity->changed = true;
	for (unsigned int k = 0; k < slots->blocks[block].successor_count; k++)
		diverge_from(uniformity, from, tandem_slot_successor(&slots->blocks[block], k));
}

static void branch_diverges(struct uniformity *uniformity, unsigned int from)
{
	const struct tandem_slot_block *block = &uniformity->slots->blocks[from];

	for (unsigned int k = 0; k < block->successor_count; k++)
		diverge_from(uniformity, from, tandem_slot_successor(block, k));
}

/* ---- values ---- */

static bool value_differs(const struct uniformity *uniformity, LLVMValueRef value)
{
	if (LLVMIsAArgument(value)) {
		LLVMValueRef function = LLVMGetParamParent(value);

		for (unsigned int i = 0; i < uniformity->dimensions; i++) {
			if (LLVMGetParam(function, uniformity->first_local_id + i) == value)
				return true;
		}
		return false;
	}
	if (!LLVMIsAInstruction(value))
		return false;
	/* Each work-item has variables of its own: their addresses differ. */
	return LLVMIsAAllocaInst(value) || tandem_pointer_map_get(&uniformity->values, value);
}

static bool operands_differ(const struct uniformity *uniformity, LLVMValueRef instruction)
{
	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		if (value_differs(uniformity, LLVMGetOperand(instruction, i)))
			return true;
	}
	return false;
}

static bool load_differs(const struct uniformity *uniformity, LLVMValueRef load)
{
	LLVMValueRef pointer = LLVMGetOperand(load, 0);
	const struct tandem_slot *slot = tandem_slot_of(uniformity->slots, pointer);

	if (slot && slot->is_simple)
		return uniformity->differs[slot - uniformity->slots->slots];
	/* Constant memory does not change while the kernel runs, nor does what says so. */
	if (LLVMGetPointerAddressSpace(LLVMTypeOf(pointer)) == TANDEM_AS_CONSTANT ||
	    tandem_ir_is_invariant(load))
		return value_differs(uniformity, pointer);
	return true;
}

/* Whether the function called computes a value of its operands alone. */
static bool is_pure(LLVMValueRef call)
{
	return tandem_ir_intrinsic(call) && tandem_ir_has_no_memory(call);
}

static bool instruction_differs(const struct uniformity *uniformity, LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMLoad:
		return load_differs(uniformity, instruction);
	case LLVMCall:
		return !is_pure(instruction) || operands_differ(uniformity, instruction);
	case LLVMAtomicRMW:
	case LLVMAtomicCmpXchg:
	case LLVMFreeze:
		return true;
	default:
		return operands_differ(uniformity, instruction);
	}
}

static void visit_store(struct uniformity *uniformity, unsigned int block, LLVMValueRef store)
{
	struct tandem_slot *slot = tandem_slot_of(uniformity->slots, LLVMGetOperand(store, 1));
	bool *differs;

	if (!slot)
		return;
	differs = &uniformity->differs[slot - uniformity->slots->slots];
	if (*differs || (!uniformity->is_divergent[block] &&
			 !value_differs(uniformity, LLVMGetOperand(store, 0))))
		return;
	*differs = true;
	uniformity->changed = true;
}

static void visit_block(struct uniformity *uniformity, unsigned int index)
{
	const struct tandem_slot_block *block = &uniformity->slots->blocks[index];
	LLVMValueRef instruction, terminator = LLVMGetBasicBlockTerminator(block->block);

	/* Values don't leave their block. */
	tandem_pointer_map_clear(&uniformity->values);
	for (instruction = LLVMGetFirstInstruction(block->block); instruction != terminator;
	     instruction = LLVMGetNextInstruction(instruction)) {
		if (LLVMIsAStoreInst(instruction))
			visit_store(uniformity, index, instruction);
		else if (instruction_differs(uniformity, instruction))
			tandem_pointer_map_set(&uniformity->values, instruction, instruction);
	}
	if (block->successor_count > 1 && value_differs(uniformity, LLVMGetOperand(terminator, 0)))
		branch_diverges(uniformity, index);
}

int tandem_uniformity_find(struct tandem_uniformity *result, const struct tandem_slots *slots,
			   unsigned int first_local_id, unsigned int dimensions)
{
	struct uniformity uniformity = {
		.slots = slots,
		.first_local_id = first_local_id,
		.dimensions = dimensions,
		.changed = true,
	};
	int error = -ENOMEM;

	uniformity.differs = tandem_new_array(uniformity.differs, slots->slot_count + 1);
	uniformity.is_divergent = tandem_new_array(uniformity.is_divergent, slots->block_count);
	if (uniformity.differs && uniformity.is_divergent && !find_post_dominators(&uniformity)) {
		while (uniformity.changed) {
			uniformity.changed = false;
			for (unsigned int i = 0; i < slots->block_count; i++)
				visit_block(&uniformity, i);
		}
		error = uniformity.values.failed ? -ENOMEM : 0;
	}
	result->slot_differs = uniformity.differs;
	result->is_divergent = uniformity.is_divergent;
	free(uniformity.post_dominators);
	tandem_pointer_map_finish(&uniformity.values);
	if (error)
		tandem_uniformity_finish(result);
	return error;
}

void tandem_uniformity_finish(struct tandem_uniformity *result)
{
	free(result->slot_differs);
	free(result->is_divergent);
	*result = (struct tandem_uniformity){ 0 };
}
