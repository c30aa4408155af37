// SPDX-License-Identifier: MIT
#include "local_memory.h"

#include <stdlib.h>

#include "pointer_map.h"
#include "util/alloc.h"

/* At least this, for the vectoriser. */
#define LEAST_ALIGNMENT 16

struct placement {
	struct tandem_compilation *compilation;
	LLVMValueRef base; /* of the group's local memory */
	struct tandem_pointer_map offsets; /* of the variables placed so far, plus one */
	uint64_t end;
	uint64_t alignment; /* of the variable with the most */
};

static bool is_local_variable(LLVMValueRef value)
{
	return LLVMIsAGlobalVariable(value) &&
	       LLVMGetPointerAddressSpace(LLVMTypeOf(value)) == TANDEM_AS_LOCAL;
}

/* Whether a constant is a local variable's address, or made of one. */
static bool uses_local_variable(LLVMValueRef value)
{
	if (is_local_variable(value))
		return true;
	if (!LLVMIsAConstantExpr(value) && !LLVMIsAConstantVector(value) &&
	    !LLVMIsAConstantStruct(value) && !LLVMIsAConstantArray(value))
		return false;
	for (int i = 0; i < LLVMGetNumOperands(value); i++) {
		if (uses_local_variable(LLVMGetOperand(value, i)))
			return true;
	}
	return false;
}

static uint64_t place_variable(struct placement *placement, LLVMValueRef variable)
{
	uintptr_t known = (uintptr_t)tandem_pointer_map_get(&placement->offsets, variable);
	LLVMTypeRef type = LLVMGlobalGetValueType(variable);
	uint64_t alignment = tandem_max_u64(LLVMGetAlignment(variable), LEAST_ALIGNMENT);
	uint64_t offset;

	/* An attribute may ask for less than its type has, which pointers to it still rely on. */
	alignment = tandem_max_u64(alignment,
				   LLVMABIAlignmentOfType(placement->compilation->layout, type));

	if (known)
		return known - 1;
	placement->alignment = tandem_max_u64(placement->alignment, alignment);
	offset = tandem_align_up(placement->end, alignment);
	placement->end = offset + LLVMABISizeOfType(placement->compilation->layout, type);
	tandem_pointer_map_set(&placement->offsets, variable, (void *)(uintptr_t)(offset + 1));
	return offset;
}

/* The variable's address. It hangs on an argument, so that the builder makes no constant of it. */
static LLVMValueRef variable_address(struct placement *placement, LLVMValueRef variable)
{
	struct tandem_compilation *compilation = placement->compilation;
	uint64_t offset = place_variable(placement, variable);

	return LLVMBuildAddrSpaceCast(compilation->builder,
				      tandem_ir_offset(compilation, placement->base, offset),
				      LLVMTypeOf(variable), "");
}

static LLVMValueRef expand(struct placement *placement, LLVMValueRef value);

static LLVMValueRef expand_address(struct placement *placement, LLVMValueRef value)
{
	int count = LLVMGetNumOperands(value);
	LLVMValueRef *operands = tandem_new_array(operands, count);
	LLVMValueRef address;

	if (!operands) {
		tandem_ir_error(placement->compilation, "no memory");
		return value;
	}
	for (int i = 0; i < count; i++)
		operands[i] = expand(placement, LLVMGetOperand(value, i));
	address = tandem_ir_address(placement->compilation, LLVMGetGEPSourceElementType(value),
				    operands[0], operands + 1, count - 1, LLVMIsInBounds(value));
	free(operands);
	return address;
}

/* Vectors of addresses and the like, element by element. */
static LLVMValueRef expand_vector(struct placement *placement, LLVMValueRef value)
{
	struct tandem_compilation *compilation = placement->compilation;
	LLVMValueRef vector = LLVMGetUndef(LLVMTypeOf(value));

	for (int i = 0; i < LLVMGetNumOperands(value); i++)
		vector = LLVMBuildInsertElement(compilation->builder, vector,
						expand(placement, LLVMGetOperand(value, i)),
						LLVMConstInt(compilation->i32, i, 0), "");
	return vector;
}

/* Instructions at the builder's place that compute a constant made of a variable's address. */
static LLVMValueRef expand(struct placement *placement, LLVMValueRef value)
{
	LLVMBuilderRef builder = placement->compilation->builder;

	if (is_local_variable(value))
		return variable_address(placement, value);
	if (!uses_local_variable(value))
		return value;
	if (LLVMIsAConstantVector(value))
		return expand_vector(placement, value);
	if (!LLVMIsAConstantExpr(value)) {
		tandem_ir_error(placement->compilation,
				"the address of a __local variable in a constant structure");
		return value;
	}
	if (LLVMGetConstOpcode(value) == LLVMGetElementPtr)
		return expand_address(placement, value);
	if (LLVMGetNumOperands(value) == 1)
		return LLVMBuildCast(builder, LLVMGetConstOpcode(value),
				     expand(placement, LLVMGetOperand(value, 0)), LLVMTypeOf(value),
				     "");
	return LLVMBuildBinOp(builder, LLVMGetConstOpcode(value),
			      expand(placement, LLVMGetOperand(value, 0)),
			      expand(placement, LLVMGetOperand(value, 1)), "");
}

/* Puts the builder where operand @index of the instruction must be known. */
static void position_before_operand(struct tandem_compilation *compilation,
				    LLVMValueRef instruction, int index)
{
	LLVMValueRef place = instruction;

	if (LLVMIsAPHINode(instruction))
		place = LLVMGetBasicBlockTerminator(LLVMGetIncomingBlock(instruction, index));
	LLVMPositionBuilderBefore(compilation->builder, place);
}

/*
 * Each use of an address computes it anew: a value computed once would have to be
 * kept over barriers.
 */
uint64_t tandem_local_memory_place(struct tandem_compilation *compilation, LLVMValueRef function,
				   LLVMValueRef base, uint64_t *alignment)
{
	struct placement placement = { .compilation = compilation, .base = base };

	tandem_ir_for_each(function, block, instruction, next) {
		for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
			LLVMValueRef operand = LLVMGetOperand(instruction, i);

			if (!LLVMIsAConstant(operand) || !uses_local_variable(operand))
				continue;
			position_before_operand(compilation, instruction, i);
			LLVMSetOperand(instruction, i, expand(&placement, operand));
		}
	}
	if (placement.offsets.failed)
		tandem_ir_error(compilation, "no memory");
	tandem_pointer_map_finish(&placement.offsets);
	*alignment = placement.alignment;
	return placement.end;
}
