// SPDX-License-Identifier: MIT
/* Where slots lie in a group function, and copies of blocks. See splitting.h. */
#include "splitting.h"

#include <errno.h>
#include <stdlib.h>

#include "compiler/group_context.h"
#include "parts.h"
#include "util/alloc.h"

/* Of a private variable that is kept over a barrier. */
#define MOST_ALIGNMENT (1u << 20)

/* ---- variables ---- */

unsigned int tandem_slot_alignment(const struct tandem_splitting *splitting,
				   const struct tandem_slot *slot)
{
	return tandem_max_u64(LLVMABIAlignmentOfType(splitting->compilation->layout, slot->type),
			      LLVMGetAlignment(slot->variable));
}

/* Bytes from a slot's element for one work-item to that for the next. */
static uint64_t stride(const struct tandem_splitting *splitting, const struct tandem_slot *slot)
{
	return tandem_align_up(LLVMABISizeOfType(splitting->compilation->layout, slot->type),
			       tandem_slot_alignment(splitting, slot));
}

LLVMValueRef tandem_splitting_element(struct tandem_splitting *splitting,
				      const struct tandem_slot *slot, LLVMValueRef linear_id)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMTypeRef bytes = LLVMArrayType2(compilation->i8, stride(splitting, slot));

	return LLVMBuildInBoundsGEP2(compilation->builder, bytes,
				     splitting->variables[slot - splitting->slots.slots],
				     &linear_id, 1, "");
}

/*
 * A place for an array with an element of @bytes for each work-item, behind what is in
 * the state already, where all has this alignment or more.
 */
static struct tandem_state_array place_array(struct tandem_splitting *splitting, uint64_t bytes,
					     uint64_t alignment)
{
	struct tandem_kernel_description *description = splitting->work_group->description;
	struct tandem_state_array array = { description->item_state_bytes, alignment };

	description->item_state_bytes += bytes;
	/* Room to move it up, in a group of one as well. */
	if (alignment > TANDEM_GROUP_MEMORY_ALIGNMENT)
		description->item_state_bytes += alignment;
	return array;
}

/* In the order of falling alignment, so that there need be no gaps between them. */
static int place_arrays(struct tandem_splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;

	splitting->arrays = tandem_new_array(splitting->arrays, slots->slot_count + 1);
	if (!splitting->arrays)
		return -ENOMEM;
	for (unsigned int alignment = MOST_ALIGNMENT; alignment; alignment /= 2) {
		if (tandem_splitting_may_part(splitting) && alignment == sizeof(uint32_t))
			splitting->progress_array =
				place_array(splitting, sizeof(uint32_t), sizeof(uint32_t));
		for (unsigned int i = 0; i < slots->slot_count; i++) {
			const struct tandem_slot *slot = &slots->slots[i];

			if (tandem_slot_is_array(slot) &&
			    tandem_slot_alignment(splitting, slot) == alignment)
				splitting->arrays[i] =
					place_array(splitting, stride(splitting, slot), alignment);
		}
	}
	return 0;
}

static LLVMValueRef build_array(struct tandem_splitting *splitting,
				const struct tandem_state_array *array)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMValueRef offset = LLVMConstInt(compilation->i64, array->offset, 0), start;

	offset = tandem_ir_multiply(compilation, offset, splitting->item_count);
	start = LLVMBuildInBoundsGEP2(compilation->builder, compilation->i8, splitting->item_state,
				      &offset, 1, "");
	if (array->alignment <= TANDEM_GROUP_MEMORY_ALIGNMENT)
		return start;
	return tandem_ir_align(compilation, start, array->alignment);
}

/* In the order in which they lie. */
static void add_arrays(struct tandem_splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;

	for (unsigned int alignment = MOST_ALIGNMENT; alignment; alignment /= 2) {
		if (tandem_splitting_may_part(splitting) && alignment == sizeof(uint32_t))
			splitting->progress = build_array(splitting, &splitting->progress_array);
		for (unsigned int i = 0; i < slots->slot_count; i++) {
			if (tandem_slot_is_array(&slots->slots[i]) &&
			    (!splitting->in_parts || splitting->is_touched[i]) &&
			    splitting->arrays[i].alignment == alignment)
				splitting->variables[i] =
					build_array(splitting, &splitting->arrays[i]);
		}
	}
}

LLVMValueRef tandem_splitting_add_variable(struct tandem_splitting *splitting,
					   const struct tandem_slot *slot)
{
	LLVMValueRef variable = LLVMBuildAlloca(splitting->compilation->builder, slot->type, "");

	LLVMSetAlignment(variable, tandem_slot_alignment(splitting, slot));
	return variable;
}

static void check_alignment(struct tandem_splitting *splitting, const struct tandem_slot *slot)
{
	if (tandem_slot_alignment(splitting, slot) > MOST_ALIGNMENT)
		tandem_ir_error(splitting->compilation,
				"a private variable is aligned to %u bytes, more than %u",
				tandem_slot_alignment(splitting, slot), MOST_ALIGNMENT);
}

int tandem_splitting_place_variables(struct tandem_splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;

	splitting->variables = tandem_new_array(splitting->variables, slots->slot_count + 1);
	splitting->shared = tandem_new_array(splitting->shared, slots->slot_count + 1);
	if (!splitting->variables || !splitting->shared || place_arrays(splitting))
		return -ENOMEM;
	for (unsigned int i = 0; i < slots->slot_count; i++) {
		if (tandem_slot_is_array(&slots->slots[i]))
			check_alignment(splitting, &slots->slots[i]);
	}
	return 0;
}

void tandem_splitting_add_variables(struct tandem_splitting *splitting)
{
	struct tandem_compilation *compilation = splitting->compilation;
	const struct tandem_slots *slots = &splitting->slots;
	LLVMValueRef context = LLVMGetParam(splitting->work_group->group, 1), place;

	place = tandem_ir_offset(compilation, context,
				 offsetof(struct tandem_group_context, item_state));
	splitting->item_state = tandem_ir_invariant(
		compilation, LLVMBuildLoad2(compilation->builder, compilation->pointer, place, ""));
	for (unsigned int i = 0; i < slots->slot_count; i++) {
		const struct tandem_slot *slot = &slots->slots[i];

		splitting->variables[i] = NULL;
		if (tandem_slot_is_array(slot) ||
		    (splitting->in_parts && !splitting->is_touched[i]))
			continue;
		splitting->variables[i] = tandem_splitting_add_variable(splitting, slot);
		if (slot->is_kept)
			splitting->shared[i] =
				splitting->in_parts ?
					tandem_parts_shared(splitting, i) :
					tandem_splitting_add_variable(splitting, slot);
	}
	splitting->next_region = LLVMBuildAlloca(compilation->builder, compilation->i32, "");
	add_arrays(splitting);
}

void tandem_splitting_go_to_entry(struct tandem_splitting *splitting)
{
	LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(splitting->work_group->group);

	LLVMPositionBuilderBefore(splitting->compilation->builder,
				  LLVMGetBasicBlockTerminator(entry));
}

void tandem_copying_point_to_slots(struct tandem_splitting *splitting,
				   struct tandem_copying *copying)
{
	const struct tandem_slots *slots = &splitting->slots;
	LLVMBuilderRef builder = splitting->compilation->builder;

	for (unsigned int i = 0; i < slots->slot_count; i++) {
		const struct tandem_slot *slot = &slots->slots[i];

		copying->pointers[i] = splitting->variables[i];
		copying->is_element[i] = tandem_slot_is_array(slot);
		if (!splitting->variables[i])
			continue;
		if (copying->is_element[i])
			copying->pointers[i] =
				tandem_splitting_element(splitting, slot, copying->linear_id);
		else if (slot->is_kept)
			LLVMBuildStore(builder,
				       LLVMBuildLoad2(builder, slot->type, splitting->shared[i],
						      ""),
				       splitting->variables[i]);
	}
}

void tandem_splitting_share_uniform_slots(struct tandem_splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;
	LLVMBuilderRef builder = splitting->compilation->builder;

	for (unsigned int i = 0; i < slots->slot_count; i++) {
		const struct tandem_slot *slot = &slots->slots[i];

		if (slot->is_kept && slot->is_uniform && splitting->variables[i])
			LLVMBuildStore(builder,
				       LLVMBuildLoad2(builder, slot->type, splitting->variables[i],
						      ""),
				       splitting->shared[i]);
	}
}

/* ---- copying blocks ---- */

int tandem_copying_init(struct tandem_splitting *splitting, struct tandem_copying *copying)
{
	*copying = (struct tandem_copying){ 0 };
	copying->pointers = tandem_new_array(copying->pointers, splitting->slots.slot_count + 1);
	copying->is_element =
		tandem_new_array(copying->is_element, splitting->slots.slot_count + 1);
	copying->blocks = tandem_new_array(copying->blocks, splitting->slots.block_count);
	return copying->pointers && copying->is_element && copying->blocks ? 0 : -ENOMEM;
}

void tandem_copying_finish(struct tandem_copying *copying)
{
	free(copying->pointers);
	free(copying->is_element);
	free(copying->blocks);
	tandem_pointer_map_finish(&copying->copies);
}

LLVMBasicBlockRef tandem_copying_add_block(struct tandem_splitting *splitting,
					   struct tandem_copying *copying)
{
	return LLVMInsertBasicBlockInContext(splitting->compilation->context, copying->latch, "");
}

static LLVMValueRef copy_of_argument(struct tandem_splitting *splitting,
				     struct tandem_copying *copying, LLVMValueRef argument)
{
	LLVMValueRef item = splitting->work_group->item;
	unsigned int first_id = splitting->work_group->parameters + TANDEM_ITEM_LOCAL_ID;

	for (unsigned int i = 0; i < LLVMCountParams(item); i++) {
		if (LLVMGetParam(item, i) != argument)
			continue;
		if (i >= first_id && i < first_id + TANDEM_DIMENSIONS)
			return copying->local_id[i - first_id];
		return splitting->values[i];
	}
	return argument;
}

static LLVMValueRef copy_of(struct tandem_splitting *splitting, struct tandem_copying *copying,
			    LLVMValueRef value)
{
	const struct tandem_slot *slot;

	if (LLVMIsAArgument(value))
		return copy_of_argument(splitting, copying, value);
	if (!LLVMIsAInstruction(value))
		return value;
	slot = tandem_slot_of(&splitting->slots, value);
	if (slot)
		return copying->pointers[slot - splitting->slots.slots];
	return tandem_pointer_map_get(&copying->copies, value);
}

/* Whether an access goes to a slot's element, directly or somewhere inside it. */
static bool accesses_element(const struct tandem_splitting *splitting,
			     const struct tandem_copying *copying, LLVMValueRef instruction)
{
	int operand = tandem_ir_pointer_operand(instruction);
	const struct tandem_slot *slot;
	LLVMValueRef pointer;

	if (operand < 0)
		return false;
	pointer = LLVMGetOperand(instruction, operand);
	while (LLVMIsAGetElementPtrInst(pointer) || LLVMIsACastInst(pointer))
		pointer = LLVMGetOperand(pointer, 0);
	slot = LLVMIsAAllocaInst(pointer) ? tandem_slot_of(&splitting->slots, pointer) : NULL;
	return slot && copying->is_element[slot - splitting->slots.slots];
}

static LLVMValueRef copy_instruction(struct tandem_splitting *splitting,
				     struct tandem_copying *copying, LLVMValueRef instruction)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMValueRef copy = LLVMInstructionClone(instruction);

	LLVMInsertIntoBuilder(compilation->builder, copy);
	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef operand = LLVMGetOperand(instruction, i);

		if (!LLVMValueIsBasicBlock(operand))
			LLVMSetOperand(copy, i, copy_of(splitting, copying, operand));
	}
	tandem_pointer_map_set(&copying->copies, instruction, copy);
	if (accesses_element(splitting, copying, instruction) && copying->parallel)
		LLVMSetMetadata(copy, compilation->access_group, copying->parallel);
	else
		tandem_mark_parallel(compilation, copy, copying->parallel);
	return copy;
}

void tandem_splitting_note_next(struct tandem_splitting *splitting, LLVMValueRef next)
{
	LLVMBuilderRef builder = splitting->compilation->builder;
	LLVMValueRef other;

	if (splitting->slots.has_cuts) {
		other = LLVMBuildLoad2(builder, LLVMTypeOf(next), splitting->next_region, "");
		next = tandem_ir_smaller(splitting->compilation, next, other);
	}
	LLVMBuildStore(builder, next, splitting->next_region);
}

/* Ends a work-item's part of the region: @next is the region it goes on with. */
static void leave_region(struct tandem_splitting *splitting, struct tandem_copying *copying,
			 unsigned int next)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef number = LLVMConstInt(compilation->i32, next, 0), place;

	if (splitting->progress) {
		place = LLVMBuildInBoundsGEP2(builder, compilation->i32, splitting->progress,
					      &copying->linear_id, 1, "");
		LLVMBuildStore(builder, number, place);
	}
	/* One that is done does not say where the others go. */
	if (!splitting->progress)
		LLVMBuildStore(builder, number, splitting->next_region);
	else if (next != splitting->region_count)
		tandem_splitting_note_next(splitting, number);
	if (copying->lockstep)
		tandem_lockstep_end_lane(splitting, copying);
	else
		LLVMBuildBr(builder, copying->latch);
}

/* Where a copied block goes for a successor: to its copy, or out of the piece. */
static LLVMBasicBlockRef way_to(struct tandem_splitting *splitting, struct tandem_copying *copying,
				unsigned int block)
{
	LLVMBasicBlockRef way = copying->blocks[block];

	bool leaves = splitting->slots.blocks[block].is_cut;

	if (!leaves && (!copying->lockstep || !tandem_lockstep_is_cut(copying, block)))
		return way;
	way = tandem_copying_add_block(splitting, copying);
	LLVMPositionBuilderAtEnd(splitting->compilation->builder, way);
	if (leaves)
		leave_region(splitting, copying, splitting->region_of_start[block]);
	else
		tandem_lockstep_leave(splitting, copying, block);
	return way;
}

static void copy_block(struct tandem_splitting *splitting, struct tandem_copying *copying,
		       unsigned int index)
{
	const struct tandem_slot_block *block = &splitting->slots.blocks[index];
	LLVMValueRef terminator = LLVMGetBasicBlockTerminator(block->block), instruction, copy;

	/* Values are used in their own block only. */
	tandem_pointer_map_clear(&copying->copies);
	LLVMPositionBuilderAtEnd(splitting->compilation->builder, copying->blocks[index]);
	for (instruction = LLVMGetFirstInstruction(block->block); instruction != terminator;
	     instruction = LLVMGetNextInstruction(instruction)) {
		if (!LLVMIsAAllocaInst(instruction) &&
		    !tandem_ir_calls(instruction, TANDEM_BARRIER))
			copy_instruction(splitting, copying, instruction);
	}
	if (block->ends_at_barrier) {
		leave_region(splitting, copying,
			     splitting->region_of_start[tandem_slot_successor(block, 0)]);
	} else if (LLVMIsAReturnInst(terminator)) {
		leave_region(splitting, copying, splitting->region_count);
	} else {
		copy = copy_instruction(splitting, copying, terminator);
		for (unsigned int i = 0; i < block->successor_count; i++)
			LLVMSetSuccessor(copy, i,
					 way_to(splitting, copying,
						tandem_slot_successor(block, i)));
	}
}

/* Gives each block that is reached a block in the group function. */
static void add_blocks(struct tandem_splitting *splitting, struct tandem_copying *copying,
		       unsigned int index)
{
	const struct tandem_slot_block *block = &splitting->slots.blocks[index];

	if (copying->blocks[index])
		return;
	copying->blocks[index] = tandem_copying_add_block(splitting, copying);
	for (unsigned int i = 0; !block->ends_at_barrier && i < block->successor_count; i++) {
		unsigned int next = tandem_slot_successor(block, i);

		if (!splitting->slots.blocks[next].is_cut &&
		    (!copying->lockstep || !tandem_lockstep_is_cut(copying, next)))
			add_blocks(splitting, copying, next);
	}
}

void tandem_copying_run(struct tandem_splitting *splitting, struct tandem_copying *copying,
			unsigned int start)
{
	LLVMBuilderRef builder = splitting->compilation->builder;
	LLVMBasicBlockRef from = LLVMGetInsertBlock(builder);

	for (unsigned int i = 0; i < splitting->slots.block_count; i++)
		copying->blocks[i] = NULL;
	add_blocks(splitting, copying, start);
	for (unsigned int i = 0; i < splitting->slots.block_count; i++) {
		if (copying->blocks[i])
			copy_block(splitting, copying, i);
	}
	if (copying->copies.failed)
		tandem_ir_error(splitting->compilation, "no memory");
	LLVMPositionBuilderAtEnd(builder, from);
	LLVMBuildBr(builder, copying->blocks[start]);
}
