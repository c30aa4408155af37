// SPDX-License-Identifier: MIT
#include "local_memory.h"

#include <stdlib.h>

#include "util/alloc.h"

/* At least this, for the vectoriser. */
#define LEAST_ALIGNMENT 16

static bool is_local_variable(LLVMValueRef value)
{
	return LLVMIsAGlobalVariable(value) &&
	       LLVMGetPointerAddressSpace(LLVMTypeOf(value)) == TANDEM_AS_LOCAL;
}

/* Whether a constant is made of a local variable's address. */
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

static LLVMValueRef expand(struct tandem_compilation *compilation, LLVMValueRef value);

static LLVMValueRef expand_address(struct tandem_compilation *compilation, LLVMValueRef value)
{
	int count = LLVMGetNumOperands(value);
	LLVMValueRef *operands = tandem_new_array(operands, count);
	LLVMValueRef address;

	if (!operands) {
		tandem_ir_error(compilation, "no memory");
		return value;
	}
	for (int i = 0; i < count; i++)
		operands[i] = expand(compilation, LLVMGetOperand(value, i));
	address = LLVMBuildGEP2(compilation->builder, LLVMGetGEPSourceElementType(value),
				operands[0], operands + 1, count - 1, "");
	LLVMSetIsInBounds(address, LLVMIsInBounds(value));
	free(operands);
	return address;
}

/* Vectors of addresses and the like, element by element. */
static LLVMValueRef expand_vector(struct tandem_compilation *compilation, LLVMValueRef value)
{
	LLVMValueRef vector = LLVMGetUndef(LLVMTypeOf(value));

	for (int i = 0; i < LLVMGetNumOperands(value); i++)
		vector = LLVMBuildInsertElement(compilation->builder, vector,
						expand(compilation, LLVMGetOperand(value, i)),
						LLVMConstInt(compilation->i32, i, 0), "");
	return vector;
}

/* Instructions at the builder's place for a constant that is made of a variable's address. */
static LLVMValueRef expand(struct tandem_compilation *compilation, LLVMValueRef value)
{
	LLVMBuilderRef builder = compilation->builder;

	if (is_local_variable(value) || !uses_local_variable(value))
		return value;
	if (LLVMIsAConstantVector(value))
		return expand_vector(compilation, value);
	if (!LLVMIsAConstantExpr(value)) {
		tandem_ir_error(compilation,
				"the address of a __local variable in a constant structure");
		return value;
	}
	if (LLVMGetConstOpcode(value) == LLVMGetElementPtr)
		return expand_address(compilation, value);
	if (LLVMGetNumOperands(value) == 1)
		return LLVMBuildCast(builder, LLVMGetConstOpcode(value),
				     expand(compilation, LLVMGetOperand(value, 0)),
				     LLVMTypeOf(value), "");
	return LLVMBuildBinOp(builder, LLVMGetConstOpcode(value),
			      expand(compilation, LLVMGetOperand(value, 0)),
			      expand(compilation, LLVMGetOperand(value, 1)), "");
}

/* Puts the builder where operand @index of the instruction must be known. */
static void position_before_operand(struct tandem_compilation *compilation,
				    LLVMValueRef instruction, int index)
{
	if (LLVMIsAPHINode(instruction))
		LLVMPositionBuilderBefore(
			compilation->builder,
			LLVMGetBasicBlockTerminator(LLVMGetIncomingBlock(instruction, index)));
	else
		LLVMPositionBuilderBefore(compilation->builder, instruction);
}

static void expand_constants(struct tandem_compilation *compilation, LLVMValueRef function)
{
	tandem_ir_for_each(function, block, instruction, next)
	{
		for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
			LLVMValueRef operand = LLVMGetOperand(instruction, i);

			if (is_local_variable(operand) || !LLVMIsAConstant(operand) ||
			    !uses_local_variable(operand))
				continue;
			position_before_operand(compilation, instruction, i);
			LLVMSetOperand(instruction, i, expand(compilation, operand));
		}
	}
}

/* An instruction of @function that uses the variable, or NULL. */
static LLVMValueRef user_in(LLVMValueRef function, LLVMValueRef variable)
{
	for (LLVMUseRef use = LLVMGetFirstUse(variable); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);

		if (LLVMIsAInstruction(user) &&
		    LLVMGetBasicBlockParent(LLVMGetInstructionParent(user)) == function)
			return user;
	}
	return NULL;
}

/*
 * Puts the variable's place for its address, anew at each use: a value computed
 * once would have to be kept over barriers.
 */
static bool replace_uses(struct tandem_compilation *compilation, LLVMValueRef function,
			 LLVMValueRef variable, LLVMValueRef base, uint64_t offset)
{
	LLVMValueRef user, address;
	bool used = false;

	while ((user = user_in(function, variable))) {
		used = true;
		for (int i = 0; i < LLVMGetNumOperands(user); i++) {
			if (LLVMGetOperand(user, i) != variable)
				continue;
			position_before_operand(compilation, user, i);
			address = tandem_ir_offset(compilation, base, offset);
			address = LLVMBuildAddrSpaceCast(compilation->builder, address,
							 LLVMTypeOf(variable), "");
			LLVMSetOperand(user, i, address);
		}
	}
	return used;
}

uint64_t tandem_local_memory_place(struct tandem_compilation *compilation, LLVMValueRef function,
				   LLVMValueRef base)
{
	LLVMValueRef variable;
	uint64_t end = 0;

	expand_constants(compilation, function);
	for (variable = LLVMGetFirstGlobal(compilation->module); variable;
	     variable = LLVMGetNextGlobal(variable)) {
		uint64_t alignment, offset;

		if (!is_local_variable(variable))
			continue;
		alignment = tandem_max_u64(LLVMGetAlignment(variable), LEAST_ALIGNMENT);
		offset = tandem_align_up(end, alignment);
		if (replace_uses(compilation, function, variable, base, offset))
			end = offset + LLVMABISizeOfType(compilation->layout,
							 LLVMGlobalGetValueType(variable));
	}
	return end;
}
