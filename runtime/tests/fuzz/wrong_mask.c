// SPDX-License-Identifier: MIT
/*
 * Takes the place of a function of LLVM in the back end. This plants a fault in bundles: of a
 * branch on a condition that varies, the first lane does not go the way of those for which the
 * condition is false.
 */
#include <llvm-c/Core.h>

#define MOST_LANES 16

/* The linker has calls of LLVMBuildNot come here. */
LLVMValueRef __wrap_LLVMBuildNot(LLVMBuilderRef builder, LLVMValueRef value, const char *name);

LLVMValueRef __wrap_LLVMBuildNot(LLVMBuilderRef builder, LLVMValueRef value, const char *name)
{
	LLVMTypeRef type = LLVMTypeOf(value);
	LLVMValueRef others[MOST_LANES];

	value = LLVMBuildXor(builder, value, LLVMConstAllOnes(type), name);
	if (LLVMGetTypeKind(type) != LLVMVectorTypeKind || LLVMGetVectorSize(type) > MOST_LANES)
		return value;
	for (unsigned int i = 0; i < LLVMGetVectorSize(type); i++)
		others[i] = LLVMConstInt(LLVMGetElementType(type), i != 0, 0);
	return LLVMBuildAnd(builder, value, LLVMConstVector(others, LLVMGetVectorSize(type)), "");
}
