// SPDX-License-Identifier: MIT
#include "if_conversion.h"

#include <stdbool.h>
#include <stdint.h>

#include "control_flow.h"

/* More take longer than a branch that was foreseen wrongly. */
#define MOST_STORES 2
#define MOST_LOADS  2
#define MOST_OTHERS 8
/* Operations between a condition and what it depends on. */
#define MOST_STEPS	10
#define PLACE_BYTES	8
#define MOST_DEPENDENTS 32

/* A block that is entered under a condition, and leads to where one comes without it, too. */
struct condition {
	LLVMBasicBlockRef before, block, behind;
	LLVMValueRef branch;
	bool holds_if_true;
};

/* Where a function stores and loads what is not wanted, once it has such places. */
struct places {
	LLVMValueRef stored, loaded;
};

/* ---- which conditions ---- */

static bool find_condition(const struct tandem_compilation *compilation, LLVMBasicBlockRef block,
			   struct condition *found)
{
	LLVMUseRef use = LLVMGetFirstUse(LLVMBasicBlockAsValue(block));
	LLVMValueRef branch = use && !LLVMGetNextUse(use) ? LLVMGetUser(use) : NULL;
	LLVMValueRef end = LLVMGetBasicBlockTerminator(block);

	if (!branch || !LLVMIsABranchInst(branch) || !LLVMIsConditional(branch) ||
	    LLVMGetMetadata(branch, compilation->branch_weights) || !LLVMIsABranchInst(end) ||
	    LLVMIsConditional(end))
		return false;
	*found = (struct condition){ .before = LLVMGetInstructionParent(branch),
				     .block = block,
				     .behind = LLVMGetSuccessor(end, 0),
				     .branch = branch,
				     .holds_if_true = LLVMGetSuccessor(branch, 0) == block };
	return LLVMGetSuccessor(branch, found->holds_if_true) == found->behind &&
	       found->behind != block && found->behind != found->before;
}

static bool is_small(const struct tandem_compilation *compilation, LLVMTypeRef type)
{
	switch (LLVMGetTypeKind(type)) {
	case LLVMIntegerTypeKind:
	case LLVMHalfTypeKind:
	case LLVMFloatTypeKind:
	case LLVMDoubleTypeKind:
	case LLVMPointerTypeKind:
		return LLVMStoreSizeOfType(compilation->layout, type) <= PLACE_BYTES;
	default:
		return false;
	}
}

/* Whether an instruction may be run in vain, and takes little. */
static bool is_cheap(LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMFAdd:
	case LLVMFSub:
	case LLVMFMul:
	case LLVMFNeg:
	case LLVMBitCast:
	case LLVMFreeze:
	case LLVMGetElementPtr:
	case LLVMAddrSpaceCast:
	case LLVMICmp:
	case LLVMFCmp:
	case LLVMSelect:
		return true;
	default:
		return tandem_ir_is_integer_operation(instruction);
	}
}

static bool is_small_block(const struct tandem_compilation *compilation, LLVMBasicBlockRef block)
{
	unsigned int stores = 0, loads = 0, others = 0;
	LLVMValueRef end = LLVMGetBasicBlockTerminator(block), value;

	for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction != end;
	     instruction = LLVMGetNextInstruction(instruction)) {
		value = instruction;
		if (tandem_ir_is_seen_by_others(instruction))
			return false;
		if (LLVMIsAStoreInst(instruction)) {
			stores++;
			value = LLVMGetOperand(instruction, 0);
		} else if (LLVMIsALoadInst(instruction)) {
			loads++;
		} else if (is_cheap(instruction)) {
			others++;
		} else {
			return false;
		}
		if (!is_small(compilation, LLVMTypeOf(value)))
			return false;
	}
	return stores && stores <= MOST_STORES && loads <= MOST_LOADS && others <= MOST_OTHERS;
}

/*
 * Whether a value depends on what the loop loads from where something else that it loads says;
 * of an address, whether it depends on anything that the loop loads.
 */
static bool is_looked_up(const struct tandem_flow *flow, unsigned int loop, LLVMValueRef value,
			 unsigned int steps, bool is_address)
{
	bool found = false;

	if (!steps || !LLVMIsAInstruction(value) || tandem_flow_is_outside(flow, loop, value))
		return false;
	if (LLVMIsALoadInst(value))
		return is_address ||
		       is_looked_up(flow, loop, LLVMGetOperand(value, 0), steps - 1, true);
	if (!is_cheap(value))
		return false;
	for (int i = 0; i < LLVMGetNumOperands(value) && !found; i++)
		found = is_looked_up(flow, loop, LLVMGetOperand(value, (unsigned int)i), steps - 1,
				     is_address);
	return found;
}

/* ---- what waits for what ---- */

/* Values of a loop that depend on one, itself included. */
struct dependents {
	LLVMValueRef values[MOST_DEPENDENTS];
	unsigned int count;
};

/* False where there are too many. */
static bool add_dependent(struct dependents *dependents, LLVMValueRef value)
{
	for (unsigned int i = 0; i < dependents->count; i++) {
		if (dependents->values[i] == value)
			return true;
	}
	if (dependents->count == MOST_DEPENDENTS)
		return false;
	dependents->values[dependents->count++] = value;
	return true;
}

/* Adds what @value is an operand of; false where that is, or may lead to, where a load is from. */
static bool add_users(const struct tandem_flow *flow, unsigned int loop,
		      struct dependents *dependents, LLVMValueRef value)
{
	for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);

		if (tandem_flow_is_outside(flow, loop, user) || LLVMIsAStoreInst(user) ||
		    LLVMIsATerminatorInst(user))
			continue;
		if (!(LLVMIsAPHINode(user) || is_cheap(user)) || !add_dependent(dependents, user))
			return false;
	}
	return true;
}

/*
 * Whether the loop may load from where @phi says. A branch lets the next turn begin with what is
 * foreseen; a choice has it wait for all that the condition depends on.
 */
static bool is_waited_for(const struct tandem_flow *flow, unsigned int loop, LLVMValueRef phi)
{
	struct dependents dependents = { .values = { phi }, .count = 1 };

	for (unsigned int i = 0; i < dependents.count; i++) {
		if (!add_users(flow, loop, &dependents, dependents.values[i]))
			return true;
	}
	return false;
}

static LLVMValueRef incoming(LLVMValueRef phi, LLVMBasicBlockRef block)
{
	unsigned int i = 0;

	while (LLVMGetIncomingBlock(phi, i) != block)
		i++;
	return LLVMGetIncomingValue(phi, i);
}

static bool has_waiting(const struct tandem_flow *flow, unsigned int loop,
			const struct condition *condition)
{
	for (LLVMValueRef phi = LLVMGetFirstInstruction(condition->behind); LLVMIsAPHINode(phi);
	     phi = LLVMGetNextInstruction(phi)) {
		if (incoming(phi, condition->block) != incoming(phi, condition->before) &&
		    is_waited_for(flow, loop, phi))
			return true;
	}
	return false;
}

/* ---- conversion ---- */

static LLVMValueRef build_place(struct tandem_compilation *compilation,
				const struct condition *condition)
{
	LLVMValueRef function = LLVMGetBasicBlockParent(condition->block), place;
	LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(function);

	LLVMPositionBuilderBefore(compilation->builder, LLVMGetFirstInstruction(entry));
	place = LLVMBuildAlloca(compilation->builder, LLVMArrayType2(compilation->i8, PLACE_BYTES),
				"");
	LLVMSetAlignment(place, PLACE_BYTES);
	return place;
}

/* @there where the condition holds, else @elsewhere. */
static LLVMValueRef build_choice(struct tandem_compilation *compilation,
				 const struct condition *condition, LLVMValueRef there,
				 LLVMValueRef elsewhere)
{
	unsigned int unpredictable =
		LLVMGetMDKindIDInContext(compilation->context, "unpredictable", 13);
	LLVMValueRef choice;

	LLVMPositionBuilderBefore(compilation->builder, condition->branch);
	choice = LLVMBuildSelect(compilation->builder, LLVMGetCondition(condition->branch),
				 condition->holds_if_true ? there : elsewhere,
				 condition->holds_if_true ? elsewhere : there, "");
	if (LLVMIsAInstruction(choice))
		LLVMSetMetadata(choice, unpredictable, compilation->no_operands);
	return choice;
}

/* An address to access instead of @address, with @place where the condition does not hold. */
static LLVMValueRef build_address(struct tandem_compilation *compilation,
				  const struct condition *condition, LLVMValueRef address,
				  LLVMValueRef *place)
{
	if (!*place)
		*place = build_place(compilation, condition);
	LLVMPositionBuilderBefore(compilation->builder, condition->branch);
	return build_choice(compilation, condition, address,
			    LLVMBuildAddrSpaceCast(compilation->builder, *place,
						   LLVMTypeOf(address), ""));
}

/* What is promised of a load or a store does not hold of the place that it may be of now. */
static void move(struct tandem_compilation *compilation, const struct condition *condition,
		 struct places *places, LLVMValueRef instruction)
{
	LLVMValueRef address, moved;

	if (LLVMIsAStoreInst(instruction)) {
		address = build_address(compilation, condition, LLVMGetOperand(instruction, 1),
					&places->stored);
		moved = LLVMBuildStore(compilation->builder, LLVMGetOperand(instruction, 0),
				       address);
	} else if (LLVMIsALoadInst(instruction)) {
		address = build_address(compilation, condition, LLVMGetOperand(instruction, 0),
					&places->loaded);
		moved = LLVMBuildLoad2(compilation->builder, LLVMTypeOf(instruction), address, "");
		LLVMReplaceAllUsesWith(instruction, moved);
	} else {
		LLVMPositionBuilderBefore(compilation->builder, condition->branch);
		LLVMInstructionRemoveFromParent(instruction);
		LLVMInsertIntoBuilder(compilation->builder, instruction);
		return;
	}
	LLVMSetAlignment(moved, LLVMGetAlignment(instruction) < PLACE_BYTES ?
					LLVMGetAlignment(instruction) :
					PLACE_BYTES);
	LLVMInstructionEraseFromParent(instruction);
}

/* Makes @phi one of what comes from other blocks than the condition's. */
static void end_phi(struct tandem_compilation *compilation, const struct condition *condition,
		    LLVMValueRef phi)
{
	LLVMValueRef there = incoming(phi, condition->block), value;
	LLVMValueRef elsewhere = incoming(phi, condition->before), narrower;

	value = there == elsewhere ? there : build_choice(compilation, condition, there, elsewhere);
	LLVMPositionBuilderBefore(compilation->builder, phi);
	narrower = LLVMBuildPhi(compilation->builder, LLVMTypeOf(phi), "");
	for (unsigned int i = 0; i < LLVMCountIncoming(phi); i++) {
		LLVMBasicBlockRef from = LLVMGetIncomingBlock(phi, i);
		LLVMValueRef incoming_value =
			from == condition->before ? value : LLVMGetIncomingValue(phi, i);

		if (from != condition->block)
			LLVMAddIncoming(narrower, &incoming_value, &from, 1);
	}
	LLVMReplaceAllUsesWith(phi, narrower);
	LLVMInstructionEraseFromParent(phi);
}

static void convert(struct tandem_compilation *compilation, const struct condition *condition,
		    struct places *places)
{
	LLVMValueRef end = LLVMGetBasicBlockTerminator(condition->block), instruction, next;

	for (instruction = LLVMGetFirstInstruction(condition->block); instruction != end;
	     instruction = next) {
		next = LLVMGetNextInstruction(instruction);
		move(compilation, condition, places, instruction);
	}
	for (instruction = LLVMGetFirstInstruction(condition->behind); LLVMIsAPHINode(instruction);
	     instruction = next) {
		next = LLVMGetNextInstruction(instruction);
		end_phi(compilation, condition, instruction);
	}
	LLVMPositionBuilderAtEnd(compilation->builder, condition->before);
	LLVMInstructionEraseFromParent(condition->branch);
	LLVMBuildBr(compilation->builder, condition->behind);
	LLVMDeleteBasicBlock(condition->block);
}

/* Blocks that go do not change loops, nor what comes before what. */
static void convert_all(struct tandem_compilation *compilation, const struct tandem_flow *flow)
{
	struct places places = { 0 };
	struct condition condition;
	unsigned int loop;

	for (unsigned int i = 0; i < flow->block_count; i++) {
		if (!find_condition(compilation, flow->blocks[i], &condition))
			continue;
		loop = tandem_flow_loop_of(flow, condition.branch);
		if (loop != TANDEM_NO_LOOP && is_small_block(compilation, condition.block) &&
		    is_looked_up(flow, loop, LLVMGetCondition(condition.branch), MOST_STEPS,
				 false) &&
		    !has_waiting(flow, loop, &condition))
			convert(compilation, &condition, &places);
	}
}

static bool has_conditions(const struct tandem_compilation *compilation, LLVMValueRef function)
{
	struct condition condition;

	for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
	     block = LLVMGetNextBasicBlock(block)) {
		if (find_condition(compilation, block, &condition) &&
		    is_small_block(compilation, block))
			return true;
	}
	return false;
}

void tandem_if_conversion(struct tandem_compilation *compilation)
{
	struct tandem_flow flow;

	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (!has_conditions(compilation, function))
			continue;
		if (tandem_flow_find(&flow, function)) {
			tandem_ir_error(compilation, "no memory");
			return;
		}
		convert_all(compilation, &flow);
		tandem_flow_finish(&flow);
	}
}
