// SPDX-License-Identifier: MIT
#include "directions.h"

#include <stdlib.h>

/* Values that are computed of each other. */
#define MOST_DEPTH 12
/* Bytes between places that are near each other, at most, and that are far, at least. */
#define NEAR 64
#define FAR  1024

/* How much a value grows with an id: by a number, by one that is not known, or who knows how. */
#define BY_MUCH (UINT64_C(1) << 40)
#define UNKNOWN UINT64_MAX

static uint64_t growth_of(LLVMValueRef value, LLVMValueRef id, LLVMTargetDataRef layout,
			  unsigned int depth);

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t multiple(uint64_t growth, uint64_t factor)
{
	if (!growth || growth == UNKNOWN)
		return growth;
	return growth >= BY_MUCH || factor >= BY_MUCH / growth ? BY_MUCH : growth * factor;
}

/* Multiplied by what does not grow. */
static uint64_t times(uint64_t growth, LLVMValueRef factor)
{
	return multiple(growth, LLVMIsAConstantInt(factor) ?
					(uint64_t)llabs(LLVMConstIntGetSExtValue(factor)) :
					BY_MUCH);
}

static uint64_t product(LLVMValueRef instruction, LLVMValueRef id, LLVMTargetDataRef layout,
			unsigned int depth)
{
	LLVMValueRef a = LLVMGetOperand(instruction, 0), b = LLVMGetOperand(instruction, 1);
	uint64_t growth = growth_of(a, id, layout, depth), other = growth_of(b, id, layout, depth);

	if (!growth)
		return times(other, a);
	return other ? UNKNOWN : times(growth, b);
}

/* The most of what is added up, and of anything else that it grows at all. */
static uint64_t growth_of_operands(LLVMValueRef instruction, LLVMValueRef id,
				   LLVMTargetDataRef layout, unsigned int depth)
{
	uint64_t most = 0;

	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef operand = LLVMGetOperand(instruction, (unsigned int)i);

		if (!LLVMIsAFunction(operand) && !LLVMValueIsBasicBlock(operand))
			most = larger(most, growth_of(operand, id, layout, depth));
	}
	return most;
}

/* A shift by a constant, which is less than 64; else UINT64_MAX. */
static uint64_t shift_of(LLVMValueRef value, LLVMOpcode opcode)
{
	LLVMValueRef by;

	if (!LLVMIsAInstruction(value) || LLVMGetInstructionOpcode(value) != opcode)
		return UINT64_MAX;
	by = LLVMGetOperand(value, 1);
	return LLVMIsAConstantInt(by) ? LLVMConstIntGetZExtValue(by) : UINT64_MAX;
}

/* To the left, or first that and then back to the right, as numbers in fewer bits are widened. */
static uint64_t shifted(LLVMValueRef instruction, LLVMValueRef id, LLVMTargetDataRef layout,
			unsigned int depth)
{
	LLVMValueRef from = LLVMGetOperand(instruction, 0);
	uint64_t left = shift_of(instruction, LLVMShl), right = 0;

	if (left == UINT64_MAX) {
		right = shift_of(instruction, LLVMGetInstructionOpcode(instruction));
		left = shift_of(from, LLVMShl);
		if (left != UINT64_MAX)
			from = LLVMGetOperand(from, 0);
	}
	if (left != UINT64_MAX && left >= right && left - right < 40)
		return multiple(growth_of(from, id, layout, depth), UINT64_C(1) << (left - right));
	return growth_of_operands(instruction, id, layout, depth) ? UNKNOWN : 0;
}

static uint64_t address(LLVMValueRef instruction, LLVMValueRef id, LLVMTargetDataRef layout,
			unsigned int depth)
{
	uint64_t growth = growth_of(LLVMGetOperand(instruction, 0), id, layout, depth);
	unsigned int count = (unsigned int)LLVMGetNumOperands(instruction);
	LLVMTypeRef type;

	for (unsigned int i = 1; i < count; i++) {
		struct tandem_ir_step step = tandem_ir_address_step(layout, instruction, i, &type);

		if (step.index)
			growth = larger(growth, multiple(growth_of(step.index, id, layout, depth),
							 step.bytes));
	}
	return growth;
}

static uint64_t growth_of(LLVMValueRef value, LLVMValueRef id, LLVMTargetDataRef layout,
			  unsigned int depth)
{
	if (value == id)
		return 1;
	if (!LLVMIsAInstruction(value))
		return 0;
	if (!depth)
		return UNKNOWN;
	switch (LLVMGetInstructionOpcode(value)) {
	case LLVMMul:
		return product(value, id, layout, depth - 1);
	case LLVMShl:
	case LLVMAShr:
	case LLVMLShr:
		return shifted(value, id, layout, depth - 1);
	case LLVMGetElementPtr:
		return address(value, id, layout, depth - 1);
	case LLVMAdd:
	case LLVMSub:
	case LLVMSExt:
	case LLVMZExt:
	case LLVMTrunc:
	case LLVMAddrSpaceCast:
		return growth_of_operands(value, id, layout, depth - 1);
	default:
		return growth_of_operands(value, id, layout, depth - 1) ? UNKNOWN : 0;
	}
}

static bool crosses(LLVMValueRef pointer, LLVMValueRef first_id, LLVMValueRef second_id,
		    LLVMTargetDataRef layout)
{
	uint64_t first = growth_of(pointer, first_id, layout, MOST_DEPTH);
	uint64_t second = growth_of(pointer, second_id, layout, MOST_DEPTH);

	return first >= FAR && first <= BY_MUCH && second && second <= NEAR;
}

bool tandem_directions_cross(const struct tandem_compilation *compilation,
			     const struct tandem_work_group *work_group)
{
	unsigned int first_id = work_group->parameters + TANDEM_ITEM_LOCAL_ID;

	tandem_ir_for_each(work_group->item, block, instruction, next) {
		LLVMValueRef pointer;

		if (!LLVMIsALoadInst(instruction) && !LLVMIsAStoreInst(instruction))
			continue;
		pointer = LLVMGetOperand(instruction, tandem_ir_pointer_operand(instruction));
		if (LLVMGetPointerAddressSpace(LLVMTypeOf(pointer)) != TANDEM_AS_LOCAL &&
		    crosses(pointer, LLVMGetParam(work_group->item, first_id),
			    LLVMGetParam(work_group->item, first_id + 1), compilation->layout))
			return true;
	}
	return false;
}
