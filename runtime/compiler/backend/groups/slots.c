// SPDX-License-Identifier: MIT
#include "slots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cuts.h"
#include "kept_slots.h"
#include "program/hooks.h"
#include "slot_sharing.h"
#include "uniformity.h"
#include "util/alloc.h"

/* A value is computed again, rather than kept, if that takes no more instructions. */
#define CHEAP_INSTRUCTIONS 8
/* Kept over cuts (cuts.h), at most, for each work-item: groups of all sizes have room for it. */
#define MOST_KEPT_BYTES (6u << 10)

/* ---- computing again ---- */

static bool is_arithmetic(LLVMValueRef value)
{
	return LLVMIsABinaryOperator(value) || LLVMIsACastInst(value) || LLVMIsAICmpInst(value) ||
	       LLVMIsASelectInst(value) || LLVMIsAGetElementPtrInst(value) ||
	       tandem_ir_is_arithmetic_intrinsic(value);
}

/* Instructions it takes to compute the value from arguments and constants; many where it can't be. */
static unsigned int cost(LLVMValueRef value, unsigned int limit)
{
	unsigned int sum = 1;

	if (LLVMIsAArgument(value) || LLVMIsAConstant(value) || LLVMIsAAllocaInst(value))
		return 0;
	if (!limit || !LLVMIsAInstruction(value) || !is_arithmetic(value))
		return CHEAP_INSTRUCTIONS + 1;
	for (int i = 0; i < LLVMGetNumOperands(value) && sum <= limit; i++)
		sum += cost(LLVMGetOperand(value, i), limit - 1);
	return sum;
}

/* The value, computed anew at the builder's place. */
static LLVMValueRef compute_again(struct tandem_compilation *compilation, LLVMValueRef value)
{
	LLVMValueRef copy, *operands;
	int count;

	if (!LLVMIsAInstruction(value) || LLVMIsAAllocaInst(value))
		return value;
	count = LLVMGetNumOperands(value);
	operands = tandem_new_array(operands, count + 1);
	if (!operands) {
		tandem_ir_error(compilation, "no memory");
		return value;
	}
	for (int i = 0; i < count; i++)
		operands[i] = compute_again(compilation, LLVMGetOperand(value, i));
	copy = LLVMInstructionClone(value);
	LLVMInsertIntoBuilder(compilation->builder, copy);
	for (int i = 0; i < count; i++)
		LLVMSetOperand(copy, i, operands[i]);
	free(operands);
	return copy;
}

/* Whether an operand is a value of another block. */
static bool comes_from_outside(LLVMValueRef instruction, LLVMValueRef operand)
{
	return LLVMIsAInstruction(operand) && !LLVMIsAAllocaInst(operand) &&
	       LLVMGetInstructionParent(operand) != LLVMGetInstructionParent(instruction);
}

static void compute_cheap_values_again(struct tandem_compilation *compilation,
				       LLVMValueRef function)
{
	tandem_ir_for_each(function, block, instruction, next) {
		for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
			LLVMValueRef operand = LLVMGetOperand(instruction, i);

			if (!comes_from_outside(instruction, operand) ||
			    cost(operand, CHEAP_INSTRUCTIONS) > CHEAP_INSTRUCTIONS)
				continue;
			LLVMPositionBuilderBefore(compilation->builder, instruction);
			LLVMSetOperand(instruction, i, compute_again(compilation, operand));
		}
	}
}

/* ---- moving values to slots ---- */

/*
 * What a value is in memory: of whole bytes, as many as a power of two, so that the values of
 * several work-items can be loaded and stored as a vector.
 */
static LLVMTypeRef type_in_memory(struct tandem_compilation *compilation, LLVMTypeRef type)
{
	bool is_vector = LLVMGetTypeKind(type) == LLVMVectorTypeKind;
	LLVMTypeRef element = is_vector ? LLVMGetElementType(type) : type;
	unsigned int width = 8;

	if (LLVMGetTypeKind(element) != LLVMIntegerTypeKind || LLVMGetIntTypeWidth(element) > 64)
		return type;
	while (width < LLVMGetIntTypeWidth(element))
		width *= 2;
	element = LLVMIntTypeInContext(compilation->context, width);
	return is_vector ? LLVMVectorType(element, LLVMGetVectorSize(type)) : element;
}

static LLVMValueRef add_variable(struct tandem_compilation *compilation, LLVMValueRef function,
				 LLVMTypeRef type)
{
	LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(function);

	LLVMPositionBuilderBefore(compilation->builder, LLVMGetFirstInstruction(entry));
	return LLVMBuildAlloca(compilation->builder, type_in_memory(compilation, type), "");
}

/* Both where the builder is. */
static void store_value(struct tandem_compilation *compilation, LLVMValueRef value,
			LLVMValueRef variable)
{
	LLVMTypeRef type = LLVMGetAllocatedType(variable);

	if (LLVMTypeOf(value) != type)
		value = LLVMBuildZExt(compilation->builder, value, type, "");
	LLVMBuildStore(compilation->builder, value, variable);
}

static LLVMValueRef load_value(struct tandem_compilation *compilation, LLVMTypeRef type,
			       LLVMValueRef variable)
{
	LLVMTypeRef stored = LLVMGetAllocatedType(variable);
	LLVMValueRef value = LLVMBuildLoad2(compilation->builder, stored, variable, "");

	return stored == type ? value : LLVMBuildTrunc(compilation->builder, value, type, "");
}

static void move_phi(struct tandem_compilation *compilation, LLVMValueRef function,
		     LLVMValueRef phi)
{
	LLVMBasicBlockRef block = LLVMGetInstructionParent(phi);
	LLVMValueRef variable = add_variable(compilation, function, LLVMTypeOf(phi)), load;

	for (unsigned int i = 0; i < LLVMCountIncoming(phi); i++) {
		LLVMBasicBlockRef from = LLVMGetIncomingBlock(phi, i);

		LLVMPositionBuilderBefore(compilation->builder, LLVMGetBasicBlockTerminator(from));
		store_value(compilation, LLVMGetIncomingValue(phi, i), variable);
	}
	LLVMPositionBuilderBefore(compilation->builder, tandem_ir_insertion_point(block));
	load = load_value(compilation, LLVMTypeOf(phi), variable);
	LLVMReplaceAllUsesWith(phi, load);
	LLVMInstructionEraseFromParent(phi);
}

/* Stores a value where it is computed, and loads it in the other blocks that use it. */
static void move_value(struct tandem_compilation *compilation, LLVMValueRef function,
		       LLVMValueRef value)
{
	LLVMBasicBlockRef block = LLVMGetInstructionParent(value);
	LLVMValueRef variable = NULL;
	LLVMUseRef use, next_use;

	for (use = LLVMGetFirstUse(value); use; use = next_use) {
		LLVMValueRef user = LLVMGetUser(use), load;

		next_use = LLVMGetNextUse(use);
		if (LLVMGetInstructionParent(user) == block)
			continue;
		if (!variable)
			variable = add_variable(compilation, function, LLVMTypeOf(value));
		LLVMPositionBuilderBefore(compilation->builder, user);
		load = load_value(compilation, LLVMTypeOf(value), variable);
		for (int i = 0; i < LLVMGetNumOperands(user); i++) {
			if (LLVMGetOperand(user, i) == value)
				LLVMSetOperand(user, i, load);
		}
		/* The user may have stood in the list more than once. */
		next_use = LLVMGetFirstUse(value);
		while (next_use && LLVMGetInstructionParent(LLVMGetUser(next_use)) == block)
			next_use = LLVMGetNextUse(next_use);
	}
	if (!variable)
		return;
	LLVMPositionBuilderBefore(compilation->builder, LLVMGetNextInstruction(value));
	store_value(compilation, value, variable);
}

static void move_phis(struct tandem_compilation *compilation, LLVMValueRef function)
{
	tandem_ir_for_each(function, block, phi, next) {
		if (LLVMIsAPHINode(phi))
			move_phi(compilation, function, phi);
	}
}

static void move_values(struct tandem_compilation *compilation, LLVMValueRef function)
{
	tandem_ir_for_each(function, block, value, next) {
		if (!LLVMIsAAllocaInst(value) && !LLVMIsATerminatorInst(value))
			move_value(compilation, function, value);
	}
}

void tandem_slots_split_behind(struct tandem_compilation *compilation, LLVMValueRef instruction)
{
	LLVMBasicBlockRef block = LLVMGetInstructionParent(instruction), behind;
	LLVMValueRef moved;

	behind = LLVMAppendBasicBlockInContext(compilation->context, LLVMGetBasicBlockParent(block),
					       "");
	LLVMMoveBasicBlockAfter(behind, block);
	LLVMPositionBuilderAtEnd(compilation->builder, behind);
	while ((moved = LLVMGetNextInstruction(instruction))) {
		LLVMInstructionRemoveFromParent(moved);
		LLVMInsertIntoBuilder(compilation->builder, moved);
	}
	LLVMPositionBuilderAtEnd(compilation->builder, block);
	LLVMBuildBr(compilation->builder, behind);
}

static void split_at_barriers(struct tandem_compilation *compilation, LLVMValueRef function)
{
	LLVMBasicBlockRef block;
	LLVMValueRef instruction;

	for (block = LLVMGetFirstBasicBlock(function); block;
	     block = LLVMGetNextBasicBlock(block)) {
		for (instruction = LLVMGetFirstInstruction(block); instruction;
		     instruction = LLVMGetNextInstruction(instruction)) {
			if (tandem_ir_calls(instruction, TANDEM_BARRIER)) {
				tandem_slots_split_behind(compilation, instruction);
				break;
			}
		}
	}
}

/* ---- blocks ---- */

static int add_block(struct tandem_slots *slots, LLVMBasicBlockRef block, unsigned int index)
{
	struct tandem_slot_block *entry = &slots->blocks[index];
	LLVMValueRef terminator = LLVMGetBasicBlockTerminator(block);
	LLVMValueRef before = LLVMGetPreviousInstruction(terminator);

	entry->block = block;
	entry->ends_at_barrier = before && tandem_ir_calls(before, TANDEM_BARRIER);
	entry->successor_count = LLVMGetNumSuccessors(terminator);
	if (entry->successor_count > 2) {
		entry->more_successors =
			tandem_new_array(entry->more_successors, entry->successor_count);
		if (!entry->more_successors)
			return -1;
	}
	for (unsigned int i = 0; i < entry->successor_count; i++) {
		unsigned int *successors = entry->more_successors ? entry->more_successors :
								    entry->successors;
		const void *key = LLVMGetSuccessor(terminator, i);

		successors[i] =
			(unsigned int)(uintptr_t)tandem_pointer_map_get(&slots->block_index, key) -
			1;
	}
	return 0;
}

static int collect_blocks(struct tandem_slots *slots, LLVMValueRef function)
{
	LLVMBasicBlockRef block;
	unsigned int index = 0;

	slots->block_count = LLVMCountBasicBlocks(function);
	slots->blocks = tandem_new_array(slots->blocks, slots->block_count);
	if (!slots->blocks)
		return -1;
	for (block = LLVMGetFirstBasicBlock(function); block; block = LLVMGetNextBasicBlock(block))
		tandem_pointer_map_set(&slots->block_index, block, (void *)(uintptr_t)++index);
	if (slots->block_index.failed)
		return -1;
	index = 0;
	for (block = LLVMGetFirstBasicBlock(function); block;
	     block = LLVMGetNextBasicBlock(block)) {
		if (add_block(slots, block, index++))
			return -1;
	}
	return 0;
}

/* ---- slots ---- */

static bool is_lifetime_mark(LLVMValueRef instruction)
{
	const char *name = tandem_ir_intrinsic(instruction);

	return name && !strncmp(name, "lifetime.", 9);
}

static bool accesses_whole(LLVMValueRef user, LLVMValueRef variable, LLVMTypeRef type)
{
	if (LLVMIsALoadInst(user))
		return LLVMTypeOf(user) == type && !LLVMGetVolatile(user);
	if (LLVMIsAStoreInst(user))
		return LLVMGetOperand(user, 1) == variable && LLVMGetOperand(user, 0) != variable &&
		       LLVMTypeOf(LLVMGetOperand(user, 0)) == type && !LLVMGetVolatile(user);
	return false;
}

/* Erases the marks of a variable's life, which would not hold for what stands in for it. */
static void erase_lifetime_marks(LLVMValueRef function)
{
	tandem_ir_for_each(function, block, instruction, next) {
		if (is_lifetime_mark(instruction))
			LLVMInstructionEraseFromParent(instruction);
	}
}

static int collect_slots(struct tandem_slots *slots, LLVMValueRef function)
{
	LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(function);
	LLVMValueRef instruction;
	unsigned int count = 0;

	for (instruction = LLVMGetFirstInstruction(entry); instruction;
	     instruction = LLVMGetNextInstruction(instruction))
		count += LLVMIsAAllocaInst(instruction) ? 1 : 0;
	slots->slots = tandem_new_array(slots->slots, count + 1);
	if (!slots->slots)
		return -1;
	for (instruction = LLVMGetFirstInstruction(entry); instruction;
	     instruction = LLVMGetNextInstruction(instruction)) {
		struct tandem_slot *slot = &slots->slots[slots->slot_count];
		LLVMUseRef use;

		if (!LLVMIsAAllocaInst(instruction))
			continue;
		slot->variable = instruction;
		slot->type = LLVMGetAllocatedType(instruction);
		slot->is_simple = true;
		for (use = LLVMGetFirstUse(instruction); use; use = LLVMGetNextUse(use)) {
			if (!accesses_whole(LLVMGetUser(use), instruction, slot->type))
				slot->is_simple = false;
		}
		slots->slot_count++;
		tandem_pointer_map_set(&slots->slot_index, instruction,
				       (void *)(uintptr_t)slots->slot_count);
	}
	return slots->slot_index.failed ? -1 : 0;
}

struct tandem_slot *tandem_slot_of(const struct tandem_slots *slots, LLVMValueRef variable)
{
	uintptr_t number = (uintptr_t)tandem_pointer_map_get(&slots->slot_index, variable);

	return number ? &slots->slots[number - 1] : NULL;
}

/* ---- what is kept over barriers ---- */

/* What outlives a barrier, and what of it is the same for all work-items. */
static int classify(struct tandem_slots *slots, unsigned int first_local_id)
{
	bool *kept = tandem_new_array(kept, slots->slot_count + 1);
	bool *is_cut = tandem_new_array(is_cut, slots->block_count);
	struct tandem_uniformity uniformity = { 0 };
	int error = kept && is_cut ? 0 : -ENOMEM;

	for (unsigned int i = 0; !error && i < slots->block_count; i++) {
		is_cut[i] |= slots->blocks[i].is_cut;
		if (slots->blocks[i].ends_at_barrier)
			is_cut[tandem_slot_successor(&slots->blocks[i], 0)] = true;
	}
	if (!error)
		error = tandem_kept_slots_find(slots, is_cut, kept);
	if (!error)
		error = tandem_uniformity_find(&uniformity, slots, first_local_id,
					       TANDEM_DIMENSIONS);
	for (unsigned int i = 0; !error && i < slots->block_count; i++) {
		const struct tandem_slot_block *block = &slots->blocks[i];

		if (uniformity.is_divergent[i] &&
		    (block->ends_at_barrier || block->is_cut || !block->successor_count))
			slots->exits_diverge = true;
	}
	for (unsigned int i = 0; !error && i < slots->slot_count; i++) {
		slots->slots[i].is_kept = kept[i];
		slots->slots[i].is_uniform = slots->slots[i].is_simple &&
					     !uniformity.slot_differs[i] && !slots->exits_diverge;
	}
	tandem_uniformity_finish(&uniformity);
	free(kept);
	free(is_cut);
	return error;
}

/* Takes the cuts back where groups would have to be small for what is kept over them. */
static int limit_cuts(struct tandem_slots *slots, struct tandem_compilation *compilation,
		      unsigned int first_local_id)
{
	uint64_t bytes = 0;

	if (!slots->has_cuts)
		return 0;
	for (unsigned int i = 0; i < slots->slot_count; i++) {
		const struct tandem_slot *slot = &slots->slots[i];

		if (slot->is_kept && !slot->is_uniform)
			bytes += LLVMABISizeOfType(compilation->layout, slot->type);
	}
	if (bytes <= MOST_KEPT_BYTES)
		return 0;
	for (unsigned int i = 0; i < slots->block_count; i++)
		slots->blocks[i].is_cut = false;
	slots->has_cuts = slots->exits_diverge = false;
	return classify(slots, first_local_id);
}

void tandem_slots_init(struct tandem_slots *slots, struct tandem_compilation *compilation,
		       LLVMValueRef function, unsigned int first_local_id)
{
	*slots = (struct tandem_slots){ 0 };
	erase_lifetime_marks(function);
	move_phis(compilation, function);
	split_at_barriers(compilation, function);
	tandem_cuts_divide_blocks(compilation, function);
	compute_cheap_values_again(compilation, function);
	move_values(compilation, function);
	if (collect_blocks(slots, function) || collect_slots(slots, function) ||
	    (compilation->request->optimise && tandem_cuts_place(slots)) ||
	    classify(slots, first_local_id) ||
	    (compilation->request->optimise && tandem_slots_share(slots)) ||
	    limit_cuts(slots, compilation, first_local_id))
		tandem_ir_error(compilation, "no memory");
}

void tandem_slots_finish(struct tandem_slots *slots)
{
	for (unsigned int i = 0; slots->blocks && i < slots->block_count; i++)
		free(slots->blocks[i].more_successors);
	free(slots->blocks);
	free(slots->slots);
	tandem_pointer_map_finish(&slots->block_index);
	tandem_pointer_map_finish(&slots->slot_index);
}
