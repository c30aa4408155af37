// SPDX-License-Identifier: MIT
#include "barriers.h"

#include <stdlib.h>

#include "compiler/group_context.h"
#include "slots.h"
#include "util/alloc.h"

#define NO_REGION UINT32_MAX

struct splitting {
	struct tandem_compilation *compilation;
	struct tandem_work_group *work_group;
	struct tandem_slots slots;
	LLVMValueRef *values; /* the item function's arguments, but for the local ids */
	LLVMValueRef item_count;

	unsigned int region_count;
	unsigned int *region_starts; /* blocks */
	unsigned int *region_of_start; /* for each block; NO_REGION where none starts there */
	LLVMBasicBlockRef *region_heads; /* in the group function */
	LLVMBasicBlockRef finish; /* the group function's end */

	/* For each slot: the variable in the group function, or the array of one that is kept and
	 * not uniform; and of one that is kept and uniform what holds it between regions. */
	LLVMValueRef *variables;
	LLVMValueRef *shared;
	LLVMValueRef *pointers; /* for each slot, in the region that is being built */
	LLVMValueRef next_region; /* variable: where the work-items go */
	LLVMValueRef progress; /* array: where each does, if they may part */

	struct tandem_item_loops loops; /* of the region that is being built */
	struct tandem_pointer_map copies; /* of instructions and blocks, in that region */
	LLVMBasicBlockRef *copied_blocks; /* by block index, NULL for those outside */
};

/* ---- regions ---- */

static int find_regions(struct splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;
	unsigned int count = slots->block_count;

	splitting->region_starts = tandem_new_array(splitting->region_starts, count + 1);
	splitting->region_of_start = tandem_new_array(splitting->region_of_start, count);
	splitting->region_heads = tandem_new_array(splitting->region_heads, count + 1);
	splitting->copied_blocks = tandem_new_array(splitting->copied_blocks, count);
	if (!splitting->region_starts || !splitting->region_of_start || !splitting->region_heads ||
	    !splitting->copied_blocks)
		return -1;
	for (unsigned int i = 0; i < count; i++)
		splitting->region_of_start[i] = NO_REGION;
	splitting->region_of_start[0] = splitting->region_count++;
	for (unsigned int i = 0; i < count; i++) {
		unsigned int start;

		if (!slots->blocks[i].ends_at_barrier)
			continue;
		start = tandem_slot_successor(&slots->blocks[i], 0);
		if (splitting->region_of_start[start] != NO_REGION)
			continue;
		splitting->region_starts[splitting->region_count] = start;
		splitting->region_of_start[start] = splitting->region_count++;
	}
	return 0;
}

/* ---- variables ---- */

/* Orders slots by falling alignment, so that their arrays need no gaps between them. */
static unsigned int slot_alignment(const struct splitting *splitting,
				   const struct tandem_slot *slot)
{
	return tandem_max_u64(LLVMABIAlignmentOfType(splitting->compilation->layout, slot->type),
			      LLVMGetAlignment(slot->variable));
}

/* Bytes from a slot's element for one work-item to that for the next. */
static uint64_t stride(const struct splitting *splitting, const struct tandem_slot *slot)
{
	return tandem_align_up(LLVMABISizeOfType(splitting->compilation->layout, slot->type),
			       slot_alignment(splitting, slot));
}

/* An array with an element of @bytes for each work-item, behind what is in the state already. */
static LLVMValueRef add_array(struct splitting *splitting, uint64_t bytes)
{
	struct tandem_compilation *compilation = splitting->compilation;
	struct tandem_kernel_description *description = splitting->work_group->description;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef offset = LLVMConstInt(compilation->i64, description->item_state_bytes, 0);
	LLVMValueRef state = splitting->variables[splitting->slots.slot_count];

	description->item_state_bytes += bytes;
	offset = LLVMBuildNUWMul(builder, offset, splitting->item_count, "");
	return LLVMBuildInBoundsGEP2(builder, compilation->i8, state, &offset, 1, "");
}

static void add_arrays(struct splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;

	for (unsigned int alignment = 4096; alignment; alignment /= 2) {
		if (slots->exits_diverge && alignment == sizeof(uint32_t))
			splitting->progress = add_array(splitting, sizeof(uint32_t));
		for (unsigned int i = 0; i < slots->slot_count; i++) {
			const struct tandem_slot *slot = &slots->slots[i];

			if (!slot->is_kept || slot->is_uniform ||
			    slot_alignment(splitting, slot) != alignment)
				continue;
			splitting->variables[i] = add_array(splitting, stride(splitting, slot));
		}
	}
}

static LLVMValueRef add_variable(struct splitting *splitting, const struct tandem_slot *slot)
{
	LLVMValueRef variable = LLVMBuildAlloca(splitting->compilation->builder, slot->type, "");

	LLVMSetAlignment(variable, slot_alignment(splitting, slot));
	return variable;
}

/* In the group function's entry block. */
static int add_variables(struct splitting *splitting)
{
	struct tandem_compilation *compilation = splitting->compilation;
	const struct tandem_slots *slots = &splitting->slots;
	LLVMValueRef context = LLVMGetParam(splitting->work_group->group, 1), place;

	splitting->variables = tandem_new_array(splitting->variables, slots->slot_count + 1);
	splitting->shared = tandem_new_array(splitting->shared, slots->slot_count + 1);
	splitting->pointers = tandem_new_array(splitting->pointers, slots->slot_count + 1);
	if (!splitting->variables || !splitting->shared || !splitting->pointers)
		return -1;
	place = tandem_ir_offset(compilation, context,
				 offsetof(struct tandem_group_context, item_state));
	splitting->variables[slots->slot_count] = tandem_ir_invariant(
		compilation, LLVMBuildLoad2(compilation->builder, compilation->pointer, place, ""));
	for (unsigned int i = 0; i < slots->slot_count; i++) {
		const struct tandem_slot *slot = &slots->slots[i];

		if (slot->is_kept && !slot->is_uniform)
			continue;
		splitting->variables[i] = add_variable(splitting, slot);
		if (slot->is_kept)
			splitting->shared[i] = add_variable(splitting, slot);
	}
	splitting->next_region = LLVMBuildAlloca(compilation->builder, compilation->i32, "");
	add_arrays(splitting);
	return 0;
}

/* The current work-item's element of a slot's array. */
static LLVMValueRef element(struct splitting *splitting, const struct tandem_slot *slot,
			    LLVMValueRef array)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMTypeRef bytes = LLVMArrayType2(compilation->i8, stride(splitting, slot));

	return LLVMBuildInBoundsGEP2(compilation->builder, bytes, array,
				     &splitting->loops.linear_id, 1, "");
}

/* Where the slots are for the work-item of the loops that are being built. */
static void point_to_slots(struct splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;
	LLVMBuilderRef builder = splitting->compilation->builder;

	for (unsigned int i = 0; i < slots->slot_count; i++) {
		const struct tandem_slot *slot = &slots->slots[i];

		splitting->pointers[i] = splitting->variables[i];
		if (!slot->is_kept)
			continue;
		if (slot->is_uniform)
			LLVMBuildStore(builder,
				       LLVMBuildLoad2(builder, slot->type, splitting->shared[i],
						      ""),
				       splitting->variables[i]);
		else
			splitting->pointers[i] = element(splitting, slot, splitting->variables[i]);
	}
}

/* Behind a region: what all work-items agree on is what the last one says. */
static void share_uniform_slots(struct splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;
	LLVMBuilderRef builder = splitting->compilation->builder;

	for (unsigned int i = 0; i < slots->slot_count; i++) {
		const struct tandem_slot *slot = &slots->slots[i];

		if (slot->is_kept && slot->is_uniform)
			LLVMBuildStore(builder,
				       LLVMBuildLoad2(builder, slot->type, splitting->variables[i],
						      ""),
				       splitting->shared[i]);
	}
}

/* ---- copying blocks ---- */

static LLVMValueRef copy_of(struct splitting *splitting, LLVMValueRef value)
{
	const struct tandem_slot *slot;

	if (LLVMIsAArgument(value)) {
		LLVMValueRef item = splitting->work_group->item;
		unsigned int first_id = splitting->work_group->parameters + TANDEM_ITEM_LOCAL_ID;

		for (unsigned int i = 0; i < LLVMCountParams(item); i++) {
			if (LLVMGetParam(item, i) != value)
				continue;
			if (i >= first_id && i < first_id + TANDEM_DIMENSIONS)
				return splitting->loops.local_id[i - first_id];
			return splitting->values[i];
		}
	}
	if (!LLVMIsAInstruction(value))
		return value;
	slot = tandem_slot_of(&splitting->slots, value);
	if (slot)
		return splitting->pointers[slot - splitting->slots.slots];
	return tandem_pointer_map_get(&splitting->copies, value);
}

/* Whether an access goes to an element of the item state, directly or somewhere inside it. */
static bool accesses_item_state(const struct splitting *splitting, LLVMValueRef instruction)
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
	return slot && slot->is_kept && !slot->is_uniform;
}

static void copy_instruction(struct splitting *splitting, LLVMValueRef instruction)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMValueRef copy = LLVMInstructionClone(instruction);

	LLVMInsertIntoBuilder(compilation->builder, copy);
	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef operand = LLVMGetOperand(instruction, i);

		if (!LLVMValueIsBasicBlock(operand))
			LLVMSetOperand(copy, i, copy_of(splitting, operand));
	}
	tandem_pointer_map_set(&splitting->copies, instruction, copy);
	if (accesses_item_state(splitting, instruction) && splitting->loops.parallel)
		LLVMSetMetadata(copy, compilation->access_group, splitting->loops.parallel);
	else
		tandem_mark_parallel(compilation, copy, &splitting->loops);
}

/* Ends a work-item's part of the region: @next is the region it goes on with. */
static void leave_region(struct splitting *splitting, unsigned int next)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef number = LLVMConstInt(compilation->i32, next, 0), place;

	if (splitting->progress) {
		place = LLVMBuildInBoundsGEP2(builder, compilation->i32, splitting->progress,
					      &splitting->loops.linear_id, 1, "");
		LLVMBuildStore(builder, number, place);
	}
	/* One that is done does not say where the others go. */
	if (!splitting->progress || next != splitting->region_count)
		LLVMBuildStore(builder, number, splitting->next_region);
	LLVMBuildBr(builder, splitting->loops.latch);
}

static void copy_block(struct splitting *splitting, unsigned int index)
{
	const struct tandem_slot_block *block = &splitting->slots.blocks[index];
	LLVMBuilderRef builder = splitting->compilation->builder;
	LLVMValueRef terminator = LLVMGetBasicBlockTerminator(block->block), instruction, copy;

	LLVMPositionBuilderAtEnd(builder, splitting->copied_blocks[index]);
	for (instruction = LLVMGetFirstInstruction(block->block); instruction != terminator;
	     instruction = LLVMGetNextInstruction(instruction)) {
		if (!LLVMIsAAllocaInst(instruction) &&
		    !tandem_ir_calls(instruction, TANDEM_BARRIER))
			copy_instruction(splitting, instruction);
	}
	if (block->ends_at_barrier) {
		leave_region(splitting,
			     splitting->region_of_start[tandem_slot_successor(block, 0)]);
	} else if (LLVMIsAReturnInst(terminator)) {
		leave_region(splitting, splitting->region_count);
	} else {
		copy_instruction(splitting, terminator);
		copy = LLVMGetBasicBlockTerminator(splitting->copied_blocks[index]);
		for (unsigned int i = 0; i < block->successor_count; i++)
			LLVMSetSuccessor(copy, i,
					 splitting->copied_blocks[tandem_slot_successor(block, i)]);
	}
}

/* Gives each block that the region reaches a block in the group function. */
static void add_blocks(struct splitting *splitting, unsigned int index)
{
	const struct tandem_slot_block *block = &splitting->slots.blocks[index];

	if (splitting->copied_blocks[index])
		return;
	splitting->copied_blocks[index] = LLVMInsertBasicBlockInContext(
		splitting->compilation->context, splitting->loops.latch, "");
	if (block->ends_at_barrier)
		return;
	for (unsigned int i = 0; i < block->successor_count; i++)
		add_blocks(splitting, tandem_slot_successor(block, i));
}

static void copy_blocks(struct splitting *splitting, unsigned int region)
{
	/*
	 * Values are used in their own block only, so blocks can be copied in any
	 * order.
	 */
	for (unsigned int i = 0; i < splitting->slots.block_count; i++)
		splitting->copied_blocks[i] = NULL;
	add_blocks(splitting, splitting->region_starts[region]);
	for (unsigned int i = 0; i < splitting->slots.block_count; i++) {
		if (splitting->copied_blocks[i]) {
			tandem_pointer_map_clear(&splitting->copies);
			copy_block(splitting, i);
		}
	}
}

/* ---- the group function ---- */

/* Lets only those work-items into the region that have come to it; notes where others are. */
static void guard_region(struct splitting *splitting, unsigned int region)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef place, state, here, done, next;
	LLVMBasicBlockRef enter, skip;

	enter = LLVMInsertBasicBlockInContext(compilation->context, splitting->loops.latch, "");
	skip = LLVMInsertBasicBlockInContext(compilation->context, splitting->loops.latch, "");
	place = LLVMBuildInBoundsGEP2(builder, compilation->i32, splitting->progress,
				      &splitting->loops.linear_id, 1, "");
	state = LLVMBuildLoad2(builder, compilation->i32, place, "");
	here = LLVMBuildICmp(builder, LLVMIntEQ, state, LLVMConstInt(compilation->i32, region, 0),
			     "");
	LLVMBuildCondBr(builder, here, enter, skip);
	LLVMPositionBuilderAtEnd(builder, skip);
	done = LLVMBuildICmp(builder, LLVMIntEQ, state,
			     LLVMConstInt(compilation->i32, splitting->region_count, 0), "");
	next = LLVMBuildLoad2(builder, compilation->i32, splitting->next_region, "");
	LLVMBuildStore(builder, LLVMBuildSelect(builder, done, next, state, ""),
		       splitting->next_region);
	LLVMBuildBr(builder, splitting->loops.latch);
	LLVMPositionBuilderAtEnd(builder, enter);
}

/* From behind a region's loops to the region that the work-items have come to. */
static void dispatch(struct splitting *splitting)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef next = LLVMBuildLoad2(builder, compilation->i32, splitting->next_region, "");
	LLVMValueRef choice =
		LLVMBuildSwitch(builder, next, splitting->finish, splitting->region_count);

	for (unsigned int i = 0; i < splitting->region_count; i++)
		LLVMAddCase(choice, LLVMConstInt(compilation->i32, i, 0),
			    splitting->region_heads[i]);
}

static void build_region(struct splitting *splitting, unsigned int region)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef *item_values = splitting->values + splitting->work_group->parameters;

	LLVMPositionBuilderAtEnd(builder, splitting->region_heads[region]);
	LLVMBuildStore(builder, LLVMConstInt(compilation->i32, splitting->region_count, 0),
		       splitting->next_region);
	tandem_item_loops_build(compilation, splitting->work_group->group,
				&item_values[TANDEM_ITEM_LOCAL_SIZE], &splitting->loops);
	/* All work-items begin with the first region; later they may come there by a barrier. */
	if (splitting->progress && region)
		guard_region(splitting, region);
	point_to_slots(splitting);
	{
		LLVMBasicBlockRef from = LLVMGetInsertBlock(builder);

		copy_blocks(splitting, region);
		LLVMPositionBuilderAtEnd(builder, from);
		LLVMBuildBr(builder, splitting->copied_blocks[splitting->region_starts[region]]);
	}
	LLVMPositionBuilderAtEnd(builder, splitting->loops.after);
	share_uniform_slots(splitting);
	dispatch(splitting);
}

static void build_group(struct splitting *splitting)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef *item_values;

	tandem_work_group_begin(compilation, splitting->work_group, splitting->values);
	item_values = splitting->values + splitting->work_group->parameters;
	splitting->item_count =
		LLVMBuildNUWMul(builder,
				LLVMBuildNUWMul(builder, item_values[TANDEM_ITEM_LOCAL_SIZE],
						item_values[TANDEM_ITEM_LOCAL_SIZE + 1], ""),
				item_values[TANDEM_ITEM_LOCAL_SIZE + 2], "");
	if (add_variables(splitting)) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	for (unsigned int i = 0; i < splitting->region_count; i++)
		splitting->region_heads[i] = LLVMAppendBasicBlockInContext(
			compilation->context, splitting->work_group->group, "region");
	splitting->finish = LLVMAppendBasicBlockInContext(compilation->context,
							  splitting->work_group->group, "finish");
	LLVMBuildBr(builder, splitting->region_heads[0]);
	LLVMPositionBuilderAtEnd(builder, splitting->finish);
	LLVMBuildRetVoid(builder);
	for (unsigned int i = 0; i < splitting->region_count; i++)
		build_region(splitting, i);
	if (splitting->copies.failed)
		tandem_ir_error(compilation, "no memory");
}

void tandem_barriers_split(struct tandem_compilation *compilation,
			   struct tandem_work_group *work_group)
{
	struct splitting splitting = { .compilation = compilation, .work_group = work_group };

	splitting.values =
		tandem_new_array(splitting.values, work_group->parameters + TANDEM_ITEM_VALUES);
	tandem_slots_init(&splitting.slots, compilation, work_group->item,
			  work_group->parameters + TANDEM_ITEM_LOCAL_ID);
	if (!compilation->failed && (!splitting.values || find_regions(&splitting)))
		tandem_ir_error(compilation, "no memory");
	if (!compilation->failed)
		build_group(&splitting);
	/* The group function has copies of everything. */
	LLVMSetLinkage(work_group->item, LLVMInternalLinkage);
	tandem_slots_finish(&splitting.slots);
	tandem_pointer_map_finish(&splitting.copies);
	free(splitting.values);
	free(splitting.region_starts);
	free(splitting.region_of_start);
	free(splitting.region_heads);
	free(splitting.copied_blocks);
	free(splitting.variables);
	free(splitting.shared);
	free(splitting.pointers);
}
