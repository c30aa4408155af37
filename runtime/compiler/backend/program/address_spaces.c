// SPDX-License-Identifier: MIT
#include "address_spaces.h"

#include <stdlib.h>

#include "util/alloc.h"

/* The same address, computed in the address space of the chain's root. */
static LLVMValueRef rebase(struct tandem_compilation *compilation, LLVMValueRef pointer)
{
	LLVMValueRef base, rebased, *indices, result;
	unsigned int count;

	if (LLVMIsAAddrSpaceCastInst(pointer) &&
	    LLVMGetPointerAddressSpace(LLVMTypeOf(pointer)) == TANDEM_AS_GENERIC)
		return rebase(compilation, LLVMGetOperand(pointer, 0));
	if (!LLVMIsAGetElementPtrInst(pointer))
		return pointer;
	base = LLVMGetOperand(pointer, 0);
	rebased = rebase(compilation, base);
	if (rebased == base)
		return pointer;
	count = LLVMGetNumIndices(pointer);
	indices = tandem_new_array(indices, count + 1);
	if (!indices)
		return pointer;
	for (unsigned int i = 0; i < count; i++)
		indices[i] = LLVMGetOperand(pointer, i + 1);
	LLVMPositionBuilderBefore(compilation->builder, pointer);
	result = tandem_ir_address(compilation, LLVMGetGEPSourceElementType(pointer), rebased,
				   indices, count, LLVMIsInBounds(pointer));
	free(indices);
	return result;
}

void tandem_address_spaces_rebase(struct tandem_compilation *compilation, LLVMValueRef function)
{
	tandem_ir_for_each(function, block, instruction, next) {
		int operand = tandem_ir_pointer_operand(instruction);
		LLVMValueRef pointer, rebased;

		if (operand < 0)
			continue;
		pointer = LLVMGetOperand(instruction, operand);
		rebased = rebase(compilation, pointer);
		if (rebased != pointer)
			LLVMSetOperand(instruction, operand, rebased);
	}
}
