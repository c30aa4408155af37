// SPDX-License-Identifier: MIT
#include "differences.h"

#include <stdint.h>

/* How many blocks of a chain of conditions are looked at. */
#define MOST_CONDITIONS 4

#define WRAP (UINT64_C(1) << 32)

static bool is_constant(LLVMValueRef value, uint64_t *number)
{
	if (!LLVMIsAConstantInt(value) || LLVMGetIntTypeWidth(LLVMTypeOf(value)) > 64)
		return false;
	*number = LLVMConstIntGetZExtValue(value);
	return true;
}

/* Whether a value is at most 2^32: a constant, or a load that is said to give no more. */
static bool is_limited(const struct tandem_compilation *compilation, LLVMValueRef value)
{
	unsigned int kind = LLVMGetMDKindIDInContext(compilation->context, "range", 5);
	LLVMValueRef range, limits[2];
	uint64_t number, least;

	if (is_constant(value, &number))
		return number <= WRAP;
	range = LLVMIsALoadInst(value) ? LLVMGetMetadata(value, kind) : NULL;
	if (!range || LLVMGetMDNodeNumOperands(range) != 2)
		return false;
	LLVMGetMDNodeOperands(range, limits);
	return is_constant(limits[0], &least) && is_constant(limits[1], &number) &&
	       least < number && number <= WRAP;
}

/* Whether the loop goes on only while the counter's next value, @next, has not come to a limit. */
static bool ends_at_limit(const struct tandem_compilation *compilation, LLVMBasicBlockRef latch,
			  LLVMBasicBlockRef header, LLVMValueRef next)
{
	LLVMValueRef branch = LLVMGetBasicBlockTerminator(latch), compare;

	if (!LLVMIsABranchInst(branch) || !LLVMIsConditional(branch))
		return false;
	compare = LLVMGetCondition(branch);
	return LLVMIsAICmpInst(compare) && LLVMGetICmpPredicate(compare) == LLVMIntEQ &&
	       LLVMGetOperand(compare, 0) == next && LLVMGetSuccessor(branch, 1) == header &&
	       LLVMGetSuccessor(branch, 0) != header &&
	       is_limited(compilation, LLVMGetOperand(compare, 1));
}

/* Whether @value counts the loop's turns from a small number on, and stays below 2^32. */
static bool is_counter(const struct tandem_compilation *compilation, const struct tandem_flow *flow,
		       unsigned int loop, LLVMValueRef value)
{
	LLVMBasicBlockRef header = flow->blocks[flow->loops[loop].header];
	unsigned int inside;
	LLVMValueRef next;
	uint64_t number;

	if (!LLVMIsAPHINode(value) || LLVMGetInstructionParent(value) != header ||
	    LLVMTypeOf(value) != compilation->i64 || LLVMCountIncoming(value) != 2)
		return false;
	inside = LLVMGetIncomingBlock(value, 0) == flow->loops[loop].preheader;
	next = LLVMGetIncomingValue(value, inside);
	return LLVMGetIncomingBlock(value, !inside) == flow->loops[loop].preheader &&
	       is_constant(LLVMGetIncomingValue(value, !inside), &number) && number < WRAP &&
	       LLVMIsAInstruction(next) && LLVMGetInstructionOpcode(next) == LLVMAdd &&
	       LLVMGetNUW(next) && LLVMGetOperand(next, 0) == value &&
	       is_constant(LLVMGetOperand(next, 1), &number) && number == 1 &&
	       ends_at_limit(compilation, LLVMGetIncomingBlock(value, inside), header, next);
}

/* The only block that leads to @block, or NULL. */
static LLVMBasicBlockRef only_predecessor(const struct tandem_flow *flow, LLVMBasicBlockRef block)
{
	LLVMUseRef use = LLVMGetFirstUse(LLVMBasicBlockAsValue(block));
	LLVMBasicBlockRef from = NULL;

	for (; use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);

		if (!LLVMIsATerminatorInst(user))
			continue;
		if (from || !tandem_pointer_map_get(&flow->index, LLVMGetInstructionParent(user)))
			return NULL;
		from = LLVMGetInstructionParent(user);
	}
	return from;
}

/* What @counter is at least where the branch of @from leads to @to. */
static uint64_t least_behind(LLVMBasicBlockRef from, LLVMBasicBlockRef to, LLVMValueRef counter)
{
	LLVMValueRef branch = LLVMGetBasicBlockTerminator(from), compare;
	LLVMIntPredicate predicate;
	uint64_t number;
	bool if_true;

	if (!LLVMIsABranchInst(branch) || !LLVMIsConditional(branch))
		return 0;
	compare = LLVMGetCondition(branch);
	if_true = LLVMGetSuccessor(branch, 0) == to;
	if (!LLVMIsAICmpInst(compare) || LLVMGetOperand(compare, 0) != counter ||
	    LLVMGetSuccessor(branch, 0) == LLVMGetSuccessor(branch, 1) ||
	    !is_constant(LLVMGetOperand(compare, 1), &number) || number >= WRAP)
		return 0;
	predicate = LLVMGetICmpPredicate(compare);
	if (predicate == (if_true ? LLVMIntUGE : LLVMIntULT))
		return number;
	if (predicate == (if_true ? LLVMIntUGT : LLVMIntULE))
		return number + 1;
	if (predicate == (if_true ? LLVMIntNE : LLVMIntEQ) && !number)
		return 1;
	return 0;
}

/* Whether @counter is at least @number in @block, by a condition on the way to it. */
static bool is_at_least(const struct tandem_flow *flow, LLVMBasicBlockRef block,
			LLVMValueRef counter, uint64_t number)
{
	for (unsigned int i = 0; i < MOST_CONDITIONS; i++) {
		LLVMBasicBlockRef from = only_predecessor(flow, block);

		if (!from)
			return false;
		if (least_behind(from, block, counter) >= number)
			return true;
		block = from;
	}
	return false;
}

/* The low 32 bits of a counter and 2^32 - n are counter - n, where that is not below zero. */
static void widen(struct tandem_compilation *compilation, const struct tandem_flow *flow,
		  LLVMValueRef low)
{
	LLVMValueRef sum = LLVMGetOperand(low, 0), counter, wide;
	LLVMBasicBlockRef block = LLVMGetInstructionParent(low);
	unsigned int loop = tandem_flow_loop_of(flow, low);
	uint64_t bits, addend;

	if (loop == TANDEM_NO_LOOP || LLVMTypeOf(low) != compilation->i64 ||
	    !is_constant(LLVMGetOperand(low, 1), &bits) || bits != WRAP - 1 ||
	    !LLVMIsAInstruction(sum) || LLVMGetInstructionOpcode(sum) != LLVMAdd ||
	    !is_constant(LLVMGetOperand(sum, 1), &addend) || addend >= WRAP || !addend)
		return;
	counter = LLVMGetOperand(sum, 0);
	if (!is_counter(compilation, flow, loop, counter) ||
	    !is_at_least(flow, block, counter, WRAP - addend))
		return;
	LLVMPositionBuilderBefore(compilation->builder, low);
	wide = LLVMBuildAdd(compilation->builder, counter,
			    LLVMConstInt(compilation->i64, addend - WRAP, 0), "");
	LLVMReplaceAllUsesWith(low, wide);
	LLVMInstructionEraseFromParent(low);
}

void tandem_differences_widen(struct tandem_compilation *compilation,
			      const struct tandem_flow *flow)
{
	for (unsigned int i = 0; i < flow->block_count; i++) {
		LLVMValueRef instruction = LLVMGetFirstInstruction(flow->blocks[i]), next;

		for (; instruction; instruction = next) {
			next = LLVMGetNextInstruction(instruction);
			if (LLVMGetInstructionOpcode(instruction) == LLVMAnd)
				widen(compilation, flow, instruction);
		}
	}
}
