// SPDX-License-Identifier: MIT
#include "long_blocks.h"

#include <stdbool.h>
#include <string.h>

/*
 * Twice as many take half as long again to schedule. Fewer save little, and leave the
 * schedulers less to choose from.
 */
#define STRETCH_ACCESSES 100

static bool accesses_memory(LLVMValueRef instruction)
{
	const char *intrinsic = tandem_ir_intrinsic(instruction);

	if (intrinsic)
		return !strncmp(intrinsic, "masked.", 7) || !strncmp(intrinsic, "mem", 3);
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMLoad:
	case LLVMStore:
	case LLVMCall:
		return true;
	default:
		return false;
	}
}

/* What has no meaning but a place: a label that nothing refers to. */
static void mark(struct tandem_compilation *compilation, LLVMValueRef before)
{
	static const char name[] = "llvm.codeview.annotation";
	LLVMValueRef function = LLVMGetIntrinsicDeclaration(
		compilation->module, LLVMLookupIntrinsicID(name, strlen(name)), NULL, 0);
	LLVMMetadataRef text = LLVMMDStringInContext2(compilation->context, "", 0);
	LLVMValueRef node = LLVMMetadataAsValue(
		compilation->context, LLVMMDNodeInContext2(compilation->context, &text, 1));

	LLVMPositionBuilderBefore(compilation->builder, before);
	LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(function), function, &node, 1,
		       "");
}

static void divide(struct tandem_compilation *compilation, LLVMBasicBlockRef block)
{
	unsigned int accesses = 0;

	for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
	     instruction = LLVMGetNextInstruction(instruction)) {
		if (!accesses_memory(instruction))
			continue;
		if (++accesses % STRETCH_ACCESSES == 0)
			mark(compilation, instruction);
	}
}

void tandem_long_blocks_divide(struct tandem_compilation *compilation)
{
	LLVMValueRef function;
	LLVMBasicBlockRef block;

	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		for (block = LLVMGetFirstBasicBlock(function); block;
		     block = LLVMGetNextBasicBlock(block))
			divide(compilation, block);
	}
}
