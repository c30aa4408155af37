// SPDX-License-Identifier: MIT
#include "guarded_loops.h"

#include <stdint.h>

/* A loop that counts up by 1 until its counter would be @end, and tests it at the beginning. */
struct guarded_loop {
	LLVMValueRef start, end;
	LLVMValueRef counter;
	LLVMValueRef guard; /* the branch that leads past a turn */
	LLVMValueRef exit_compare;
	LLVMBasicBlockRef preheader, exit;
	LLVMBasicBlockRef body; /* where the guard leads to below the limit */
	struct tandem_guard_limit limit; /* of a value from outside the loop */
};

static bool is_inside(const struct tandem_flow *flow, unsigned int loop, unsigned int block)
{
	unsigned int inner = flow->loop_of[block];

	while (inner != loop && inner != TANDEM_NO_LOOP)
		inner = flow->loops[inner].parent;
	return inner == loop;
}

static bool is_inside_block(const struct tandem_flow *flow, unsigned int loop,
			    LLVMBasicBlockRef block)
{
	uintptr_t number = (uintptr_t)tandem_pointer_map_get(&flow->index, block);

	return number && is_inside(flow, loop, (unsigned int)number - 1);
}

static LLVMValueRef conditional_branch(LLVMBasicBlockRef block)
{
	LLVMValueRef branch = LLVMGetBasicBlockTerminator(block);

	return LLVMIsABranchInst(branch) && LLVMIsConditional(branch) ? branch : NULL;
}

/* The loop's counter: the only value that a turn tells the next one. */
static bool find_counter(const struct tandem_compilation *compilation,
			 const struct tandem_flow *flow, unsigned int loop,
			 struct guarded_loop *found, LLVMBasicBlockRef *latch)
{
	LLVMValueRef phi = LLVMGetFirstInstruction(flow->blocks[flow->loops[loop].header]);
	unsigned int from;

	if (!LLVMIsAPHINode(phi) || LLVMIsAPHINode(LLVMGetNextInstruction(phi)) ||
	    LLVMCountIncoming(phi) != 2 || LLVMTypeOf(phi) != compilation->i64)
		return false;
	from = LLVMGetIncomingBlock(phi, 0) == flow->loops[loop].preheader;
	if (LLVMGetIncomingBlock(phi, !from) != flow->loops[loop].preheader)
		return false;
	found->preheader = flow->loops[loop].preheader;
	found->counter = phi;
	found->start = LLVMGetIncomingValue(phi, !from);
	*latch = LLVMGetIncomingBlock(phi, from);
	return true;
}

/* The latch does nothing but count and leave the loop where the counter has come to its end. */
static bool look_at_latch(const struct tandem_flow *flow, unsigned int loop,
			  LLVMBasicBlockRef latch, struct guarded_loop *found)
{
	LLVMValueRef next = LLVMGetFirstInstruction(latch), branch = conditional_branch(latch);
	LLVMValueRef compare = next ? LLVMGetNextInstruction(next) : NULL, step;
	bool stays_if_false;

	if (!branch || !compare || LLVMGetNextInstruction(compare) != branch ||
	    LLVMGetCondition(branch) != compare || !LLVMIsAICmpInst(compare) ||
	    LLVMGetNextUse(LLVMGetFirstUse(compare)) || LLVMGetInstructionOpcode(next) != LLVMAdd ||
	    !LLVMGetNUW(next) || LLVMGetOperand(next, 0) != found->counter ||
	    LLVMGetOperand(compare, 0) != next)
		return false;
	step = LLVMGetOperand(next, 1);
	found->end = LLVMGetOperand(compare, 1);
	if (!LLVMIsAConstantInt(step) || LLVMConstIntGetZExtValue(step) != 1 ||
	    !tandem_flow_is_outside(flow, loop, found->end))
		return false;
	stays_if_false = LLVMGetICmpPredicate(compare) == LLVMIntEQ;
	if (!stays_if_false && LLVMGetICmpPredicate(compare) != LLVMIntNE)
		return false;
	found->exit_compare = compare;
	found->exit = LLVMGetSuccessor(branch, !stays_if_false);
	return LLVMGetSuccessor(branch, stays_if_false) == flow->blocks[flow->loops[loop].header] &&
	       !is_inside_block(flow, loop, found->exit) &&
	       !LLVMIsAPHINode(LLVMGetFirstInstruction(found->exit));
}

/* The comparisons of a counter with a limit that are known, ... */
enum relation { BELOW, SIGNED_BELOW, UP_TO, EQUAL, RELATIONS };

/* ... by the predicate: the counter is the first operand or the second, and it holds or not. */
static const LLVMIntPredicate predicates[RELATIONS][2][2] = {
	[BELOW] = { { LLVMIntULT, LLVMIntUGE }, { LLVMIntUGT, LLVMIntULE } },
	[SIGNED_BELOW] = { { LLVMIntSLT, LLVMIntSGE }, { LLVMIntSGT, LLVMIntSLE } },
	[UP_TO] = { { LLVMIntULE, LLVMIntUGT }, { LLVMIntUGE, LLVMIntULT } },
	[EQUAL] = { { LLVMIntEQ, LLVMIntNE }, { LLVMIntEQ, LLVMIntNE } },
};

static enum relation find_relation(LLVMIntPredicate predicate, unsigned int place, bool holds)
{
	enum relation relation = BELOW;

	while (relation < RELATIONS && predicates[relation][place][!holds] != predicate)
		relation++;
	return relation;
}

static bool is_wide(LLVMValueRef value)
{
	LLVMTypeRef type = LLVMTypeOf(value);

	return LLVMGetTypeKind(type) == LLVMIntegerTypeKind && LLVMGetIntTypeWidth(type) > 64;
}

/* Whether @value is the counter, or so many of its lower bits that no other one is set. */
static bool is_counter(LLVMValueRef value, LLVMValueRef counter)
{
	return value == counter || (LLVMIsATruncInst(value) && LLVMGetNUW(value) &&
				    LLVMGetOperand(value, 0) == counter);
}

bool tandem_guard_find_limit(LLVMValueRef condition, bool holds, LLVMValueRef counter,
			     LLVMValueRef start, struct tandem_guard_limit *limit)
{
	enum relation relation;
	unsigned int place;

	if (!LLVMIsAICmpInst(condition) || is_wide(LLVMGetOperand(condition, 0)))
		return false;
	place = !is_counter(LLVMGetOperand(condition, 0), counter);
	if (!is_counter(LLVMGetOperand(condition, place), counter))
		return false;
	relation = find_relation(LLVMGetICmpPredicate(condition), place, holds);
	*limit = (struct tandem_guard_limit){
		.value = LLVMGetOperand(condition, !place),
		.is_signed = relation == SIGNED_BELOW,
	};
	if (relation == BELOW || relation == SIGNED_BELOW)
		return true;
	/* All others are of constants: the one at which the counter starts, or a last one. */
	if (!LLVMIsAConstantInt(limit->value) ||
	    LLVMConstIntGetZExtValue(limit->value) >= INT32_MAX)
		return false;
	limit->beyond = 1;
	return relation == UP_TO ||
	       (relation == EQUAL && LLVMIsAConstantInt(start) &&
		LLVMConstIntGetZExtValue(limit->value) == LLVMConstIntGetZExtValue(start));
}

LLVMValueRef tandem_guard_build_limit(struct tandem_compilation *compilation,
				      const struct tandem_guard_limit *limit, LLVMValueRef value)
{
	LLVMValueRef zero = LLVMConstInt(LLVMTypeOf(value), 0, 0), is_more;
	LLVMBuilderRef builder = compilation->builder;

	/* The condition might not be asked for anything, and the limit be computed of nothing. */
	if (!LLVMIsConstant(value))
		value = LLVMBuildFreeze(builder, value, "");
	if (limit->is_signed) {
		is_more = LLVMBuildICmp(builder, LLVMIntSGT, value, zero, "");
		value = LLVMBuildSelect(builder, is_more, value, zero, "");
	}
	value = LLVMBuildZExt(builder, value, compilation->i64, "");
	return LLVMBuildAdd(builder, value, LLVMConstInt(compilation->i64, limit->beyond, 0), "");
}

/* Whether the counter is not negative where it is compared as a signed number. */
static bool counter_is_not_negative(const struct guarded_loop *loop)
{
	LLVMValueRef compare = LLVMGetCondition(loop->guard);

	if (!loop->limit.is_signed)
		return true;
	for (unsigned int i = 0; i < 2; i++) {
		LLVMValueRef value = LLVMGetOperand(compare, i);

		if (value != loop->limit.value && LLVMIsATruncInst(value) && LLVMGetNSW(value))
			return true;
	}
	return false;
}

/* Whether the header's condition is that the counter is below a limit. */
static bool look_at_guard(const struct tandem_flow *flow, unsigned int loop,
			  LLVMBasicBlockRef latch, struct guarded_loop *found)
{
	LLVMValueRef branch = conditional_branch(flow->blocks[flow->loops[loop].header]);
	unsigned int past;

	if (!branch)
		return false;
	past = LLVMGetSuccessor(branch, 1) == latch;
	found->guard = branch;
	found->body = LLVMGetSuccessor(branch, !past);
	return LLVMGetSuccessor(branch, past) == latch && found->body != latch &&
	       tandem_guard_find_limit(LLVMGetCondition(branch), past, found->counter, found->start,
				       &found->limit) &&
	       counter_is_not_negative(found) &&
	       tandem_flow_is_outside(flow, loop, found->limit.value);
}

/* Whether a value is used behind the loop, where it would be that of another turn, or of none. */
static bool is_used_behind(const struct tandem_flow *flow, unsigned int loop, LLVMValueRef value)
{
	for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
		if (!is_inside_block(flow, loop, LLVMGetInstructionParent(LLVMGetUser(use))))
			return true;
	}
	return false;
}

/*
 * Whether nothing leaves the loop but its latch, no value of a turn counts behind it, and the
 * header only decides.
 */
static bool is_simple(const struct tandem_flow *flow, unsigned int loop, LLVMBasicBlockRef latch)
{
	unsigned int header = flow->loops[loop].header;

	for (unsigned int i = header; i < flow->block_count; i++) {
		LLVMValueRef branch = LLVMGetBasicBlockTerminator(flow->blocks[i]), instruction;

		if (!is_inside(flow, loop, i))
			continue;
		if (flow->blocks[i] != latch && !LLVMGetNumSuccessors(branch))
			return false;
		for (unsigned int k = 0; k < LLVMGetNumSuccessors(branch); k++) {
			if (flow->blocks[i] != latch &&
			    !is_inside_block(flow, loop, LLVMGetSuccessor(branch, k)))
				return false;
		}
		for (instruction = LLVMGetFirstInstruction(flow->blocks[i]); instruction;
		     instruction = LLVMGetNextInstruction(instruction)) {
			if ((i == header && tandem_ir_is_noticed(instruction)) ||
			    is_used_behind(flow, loop, instruction))
				return false;
		}
	}
	return true;
}

/* Leads past the loop unless @starts, from in front of it. */
static void guard_loop(struct tandem_compilation *compilation, const struct guarded_loop *loop,
		       LLVMValueRef starts)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMBasicBlockRef header = LLVMGetInstructionParent(loop->counter), preheader, blocks[2];
	LLVMValueRef before = LLVMGetBasicBlockTerminator(loop->preheader), counter, values[2];
	unsigned int latch = LLVMGetIncomingBlock(loop->counter, 0) == loop->preheader;

	preheader = LLVMInsertBasicBlockInContext(compilation->context, header, "");
	LLVMPositionBuilderAtEnd(builder, preheader);
	LLVMBuildBr(builder, header);
	LLVMPositionBuilderBefore(builder, before);
	LLVMBuildCondBr(builder, starts, preheader, loop->exit);
	LLVMInstructionEraseFromParent(before);
	LLVMPositionBuilderBefore(builder, loop->counter);
	counter = LLVMBuildPhi(builder, LLVMTypeOf(loop->counter), "");
	LLVMReplaceAllUsesWith(loop->counter, counter);
	values[0] = loop->start;
	blocks[0] = preheader;
	values[1] = LLVMGetIncomingValue(loop->counter, latch);
	blocks[1] = LLVMGetIncomingBlock(loop->counter, latch);
	LLVMAddIncoming(counter, values, blocks, 2);
	LLVMInstructionEraseFromParent(loop->counter);
}

/* The loop is run only if it starts below the limit, and then ends there at the latest. */
static void end_loop(struct tandem_compilation *compilation, const struct guarded_loop *loop)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef limit, starts;

	LLVMPositionBuilderBefore(builder, LLVMGetBasicBlockTerminator(loop->preheader));
	limit = tandem_guard_build_limit(compilation, &loop->limit, loop->limit.value);
	LLVMSetOperand(loop->exit_compare, 1, tandem_ir_smaller(compilation, limit, loop->end));
	starts = LLVMBuildICmp(builder, LLVMIntULT, loop->start, limit, "");
	LLVMPositionBuilderBefore(builder, loop->guard);
	LLVMBuildBr(builder, loop->body);
	LLVMInstructionEraseFromParent(loop->guard);
	if (!LLVMIsConstant(starts) || LLVMIsNull(starts))
		guard_loop(compilation, loop, starts);
}

void tandem_guarded_loops_end(struct tandem_compilation *compilation,
			      const struct tandem_flow *flow)
{
	for (unsigned int i = 0; i < flow->loop_count; i++) {
		struct guarded_loop loop = { 0 };
		LLVMBasicBlockRef latch;

		if (flow->loops[i].preheader && find_counter(compilation, flow, i, &loop, &latch) &&
		    look_at_latch(flow, i, latch, &loop) && look_at_guard(flow, i, latch, &loop) &&
		    is_simple(flow, i, latch))
			end_loop(compilation, &loop);
	}
}
