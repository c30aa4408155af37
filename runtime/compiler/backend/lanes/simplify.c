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

/* ---- atomics ---- */

/*
 * Whether an exchange was done follows from the old value, where it does not fail otherwise.
 * False where the instruction asks nothing of the kind.
 */
static bool simplify_exchange(struct tandem_compilation *compilation, LLVMValueRef success)
{
	LLVMValueRef exchange, old, equal;

	if (!LLVMIsAExtractValueInst(success) || !*LLVMGetIndices(success))
		return false;
	exchange = LLVMGetOperand(success, 0);
	if (!LLVMIsAAtomicCmpXchgInst(exchange))
		return false;
	LLVMSetWeak(exchange, 0);
	LLVMPositionBuilderBefore(compilation->builder, success);
	old = LLVMBuildExtractValue(compilation->builder, exchange, 0, "");
	equal = LLVMBuildICmp(compilation->builder, LLVMIntEQ, old, LLVMGetOperand(exchange, 1),
			      "");
	LLVMReplaceAllUsesWith(success, equal);
	LLVMInstructionEraseFromParent(success);
	return true;
}

/* ---- vectors ---- */

/*
 * Lanes have each component of a vector by itself. As values of their own, the components differ
 * between lanes by themselves too: a row does not because the column beside it does. Of very
 * many it would take long.
 */
#define MOST_COMPONENTS 1000
static const char split_vectors[] = "scalarizer";

/* How many values the vectors are. */
static size_t count_components(LLVMValueRef item)
{
	size_t count = 0;

	tandem_ir_for_each(item, block, instruction, next) {
		LLVMTypeRef type = LLVMTypeOf(instruction);

		if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
			count += LLVMGetVectorSize(type);
	}
	return count;
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

bool tandem_lanes_prepare(struct tandem_compilation *compilation, LLVMValueRef item)
{
	bool changed = tandem_lanes_expand_copies(compilation, item);
	size_t components;

	changed |= tandem_lanes_expand_reductions(compilation, item);
	components = count_components(item);
	if (components && components <= MOST_COMPONENTS) {
		tandem_ir_run_passes_on(compilation, item, split_vectors);
		changed = true;
	}
	changed |= tandem_lanes_narrow_counters(compilation, item);
	tandem_ir_for_each(item, block, instruction, next)
		changed |= simplify_exchange(compilation, instruction);
	changed |= tandem_lanes_store_on_ways_out(compilation, item);
	return changed;
}
