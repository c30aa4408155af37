// SPDX-License-Identifier: MIT
/* What an item function has that has no form for lanes, but another form that has one. */
#include "body.h"

/* ---- switches ---- */

static bool is_unreachable(LLVMBasicBlockRef block)
{
	return LLVMIsAUnreachableInst(LLVMGetFirstInstruction(block)) != NULL;
}

/* A switch whose default nothing goes has the last case's way as the default instead. */
static void simplify_switch(struct tandem_compilation *compilation, LLVMValueRef branch)
{
	LLVMBasicBlockRef nowhere = LLVMGetSwitchDefaultDest(branch), last;
	unsigned int count = LLVMGetNumSuccessors(branch);
	LLVMValueRef simpler;

	if (count < 2 || !is_unreachable(nowhere))
		return;
	last = LLVMGetSuccessor(branch, count - 1);
	if (is_unreachable(last))
		return;
	LLVMPositionBuilderBefore(compilation->builder, branch);
	simpler = LLVMBuildSwitch(compilation->builder, LLVMGetOperand(branch, 0), last, count - 2);
	for (unsigned int i = 1; i < count - 1; i++)
		LLVMAddCase(simpler, tandem_ir_case(branch, i), LLVMGetSuccessor(branch, i));
	LLVMInstructionEraseFromParent(branch);
	if (!LLVMGetFirstUse(LLVMBasicBlockAsValue(nowhere)))
		LLVMDeleteBasicBlock(nowhere);
}

/* ---- all ---- */

void tandem_lanes_simplify(struct tandem_compilation *compilation, LLVMValueRef item)
{
	LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(item), next;

	for (; block; block = next) {
		LLVMValueRef branch = LLVMGetBasicBlockTerminator(block);

		if (LLVMIsASwitchInst(branch))
			simplify_switch(compilation, branch);
		next = LLVMGetNextBasicBlock(block);
	}
}
