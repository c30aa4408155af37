// SPDX-License-Identifier: MIT
#include "row_limits.h"

#include "groups/guarded_loops.h"
#include "sub_groups.h"

/* Of branches, one behind the other. */
#define MOST_BRANCHES 6
/* Of instructions that are done once more, for a row. */
#define MOST_COPIED 64

struct limits {
	struct tandem_compilation *compilation;
	const struct tandem_row_call *call;
	unsigned int copied;
};

static LLVMValueRef number(const struct limits *limits, uint64_t value)
{
	return LLVMConstInt(limits->compilation->i64, value, 0);
}

/* The number of the function's parameter that @value is, or how many there are. */
static unsigned int parameter_of(const struct limits *limits, LLVMValueRef value)
{
	unsigned int count = LLVMCountParams(limits->call->function), i = 0;

	while (i < count && LLVMGetParam(limits->call->function, i) != value)
		i++;
	return i;
}

static bool is_kept(const struct limits *limits, LLVMValueRef pointer)
{
	return LLVMIsAArgument(pointer) &&
	       parameter_of(limits, pointer) >= limits->call->first_kept;
}

/* ---- what is the same for a row ---- */

static bool is_only_loaded(LLVMValueRef pointer)
{
	for (LLVMUseRef use = LLVMGetFirstUse(pointer); use; use = LLVMGetNextUse(use)) {
		if (!LLVMIsALoadInst(LLVMGetUser(use)))
			return false;
	}
	return true;
}

/*
 * Whether an instruction on integers can be done wherever its operands are known. What is computed
 * of floating-point numbers need not be the same the second time: operations may be joined.
 */
static bool is_computing(LLVMValueRef instruction)
{
	LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);

	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef operand = LLVMGetOperand(instruction, (unsigned int)i);

		if (!LLVMIsAFunction(operand) &&
		    LLVMGetTypeKind(LLVMTypeOf(operand)) != LLVMIntegerTypeKind)
			return false;
	}
	if (LLVMIsABinaryOperator(instruction))
		return opcode != LLVMUDiv && opcode != LLVMSDiv && opcode != LLVMURem &&
		       opcode != LLVMSRem;
	return LLVMIsACastInst(instruction) || LLVMIsAICmpInst(instruction) ||
	       LLVMIsASelectInst(instruction) || LLVMIsAFreezeInst(instruction) ||
	       tandem_ir_is_arithmetic_intrinsic(instruction) ||
	       tandem_ir_begins_with(tandem_ir_intrinsic(instruction), "cttz.");
}

/* A value where the builder is, or NULL if it may differ from work-item to work-item. */
static LLVMValueRef build_same(struct limits *limits, LLVMValueRef value)
{
	struct tandem_compilation *compilation = limits->compilation;
	const struct tandem_row_call *call = limits->call;
	LLVMValueRef operands[3];

	if (LLVMIsAArgument(value)) {
		unsigned int parameter = parameter_of(limits, value);

		return parameter == call->id || parameter == call->linear_id ?
			       NULL :
			       call->arguments[parameter];
	}
	if (!LLVMIsAInstruction(value))
		return value;
	if (++limits->copied > MOST_COPIED)
		return NULL;
	if (LLVMIsALoadInst(value)) {
		LLVMValueRef pointer = LLVMGetOperand(value, 0);

		return is_kept(limits, pointer) && is_only_loaded(pointer) ?
			       LLVMBuildLoad2(compilation->builder, LLVMTypeOf(value),
					      call->arguments[parameter_of(limits, pointer)], "") :
			       NULL;
	}
	if (tandem_lanes_call_of(value) == TANDEM_LANES_COUNT)
		return LLVMConstInt(compilation->i32, compilation->sub_group_lanes, 0);
	if (!is_computing(value) || tandem_ir_operand_count(value) > 3)
		return NULL;
	for (unsigned int i = 0; i < tandem_ir_operand_count(value); i++) {
		operands[i] = build_same(limits, LLVMGetOperand(value, i));
		if (!operands[i])
			return NULL;
	}
	return tandem_ir_build_like(compilation, value, operands, LLVMTypeOf(value));
}

/* ---- what grows with the local id ---- */

/* Which of the item function's values @value is, or how many there are, if it is none of them. */
static unsigned int item_value(const struct limits *limits, LLVMValueRef value)
{
	unsigned int first = limits->call->work_group->parameters, parameter;

	if (!LLVMIsAArgument(value))
		return TANDEM_ITEM_VALUES;
	parameter = parameter_of(limits, value);
	return parameter >= first && parameter < first + TANDEM_ITEM_VALUES ? parameter - first :
									      TANDEM_ITEM_VALUES;
}

static bool is_operation(LLVMValueRef value, LLVMOpcode opcode)
{
	return LLVMIsAInstruction(value) && LLVMGetInstructionOpcode(value) == opcode;
}

/*
 * Whether @value is the work-item's place in the dimensions from this one on: its id here, and
 * the size times its place in those behind.
 */
static bool is_place(const struct limits *limits, LLVMValueRef value, unsigned int dimension)
{
	if (dimension == TANDEM_DIMENSIONS - 1)
		return item_value(limits, value) == TANDEM_ITEM_LOCAL_ID + dimension;
	for (unsigned int i = 0; is_operation(value, LLVMAdd) && i < 2; i++) {
		LLVMValueRef rows = LLVMGetOperand(value, i);

		if (item_value(limits, LLVMGetOperand(value, !i)) !=
			    TANDEM_ITEM_LOCAL_ID + dimension ||
		    !is_operation(rows, LLVMMul))
			continue;
		for (unsigned int k = 0; k < 2; k++) {
			if (item_value(limits, LLVMGetOperand(rows, k)) ==
				    TANDEM_ITEM_LOCAL_SIZE + dimension &&
			    is_place(limits, LLVMGetOperand(rows, !k), dimension + 1))
				return true;
		}
	}
	return false;
}

static uint64_t largest(const struct limits *limits, LLVMValueRef value);

/* Of a sum, or a product; UINT64_MAX where it may wrap around. */
static uint64_t largest_of_two(const struct limits *limits, LLVMValueRef value)
{
	uint64_t a = largest(limits, LLVMGetOperand(value, 0)), result;
	uint64_t b = largest(limits, LLVMGetOperand(value, 1));
	bool wraps = is_operation(value, LLVMAdd) ? __builtin_add_overflow(a, b, &result) :
						    __builtin_mul_overflow(a, b, &result);

	return wraps ? UINT64_MAX : result;
}

/* What an unsigned integer is at most, as far as that is easily seen; else UINT64_MAX. */
static uint64_t largest(const struct limits *limits, LLVMValueRef value)
{
	unsigned int bits = LLVMGetIntTypeWidth(LLVMTypeOf(value));
	unsigned int item = item_value(limits, value);
	uint64_t most = limits->compilation->request->max_group, result = UINT64_MAX;

	if (bits > 64)
		return UINT64_MAX;
	if (LLVMIsAConstantInt(value))
		return LLVMConstIntGetZExtValue(value);
	if (item < TANDEM_ITEM_LOCAL_SIZE ||
	    (LLVMIsAArgument(value) && parameter_of(limits, value) == limits->call->linear_id) ||
	    is_place(limits, value, 0))
		return most - 1;
	if (item < TANDEM_ITEM_GROUP_COUNT)
		return most;
	if (is_operation(value, LLVMZExt) || is_operation(value, LLVMTrunc) ||
	    is_operation(value, LLVMLShr))
		result = largest(limits, LLVMGetOperand(value, 0));
	else if (is_operation(value, LLVMAdd) || is_operation(value, LLVMMul))
		result = largest_of_two(limits, value);
	return bits < 64 && result >> bits ? UINT64_MAX : result;
}

/* The value that another one is made of without a change, for all of a sub-group or for one. */
static LLVMValueRef unchanged(const struct limits *limits, LLVMValueRef value)
{
	LLVMValueRef from;
	unsigned int bits;

	if (!LLVMIsAInstruction(value))
		return NULL;
	from = LLVMGetOperand(value, 0);
	if (LLVMIsAZExtInst(value) || LLVMIsAFreezeInst(value))
		return from;
	/* A sub-group does something if its first work-item does, and is run as a whole then. */
	if (tandem_lanes_call_of(value) == TANDEM_LANES_READ &&
	    LLVMIsAConstantInt(LLVMGetOperand(value, 1)) &&
	    !LLVMConstIntGetZExtValue(LLVMGetOperand(value, 1)))
		return from;
	if (!LLVMIsATruncInst(value))
		return NULL;
	bits = LLVMGetIntTypeWidth(LLVMTypeOf(value));
	return bits < 64 && !(largest(limits, from) >> bits) ? from : NULL;
}

/* @bound without what is added to the id, but not below 0. */
static LLVMValueRef build_without(const struct limits *limits, LLVMValueRef bound,
				  LLVMValueRef added)
{
	struct tandem_compilation *compilation = limits->compilation;

	added = LLVMBuildZExt(compilation->builder, added, compilation->i64, "");
	return LLVMBuildSub(compilation->builder, bound,
			    tandem_ir_smaller(compilation, added, bound), "");
}

/* A number that is below @bound once it is shifted right, by what is the same for all. */
static LLVMValueRef build_before_shift(const struct limits *limits, LLVMValueRef bound,
				       LLVMValueRef bits)
{
	struct tandem_compilation *compilation = limits->compilation;

	/* Neither the shifted number nor the result has more than 32 bits. */
	bound = tandem_ir_smaller(compilation, bound, number(limits, UINT32_MAX));
	bits = LLVMBuildZExt(compilation->builder, bits, compilation->i64, "");
	bits = tandem_ir_smaller(compilation, bits, number(limits, 32));
	return LLVMBuildShl(compilation->builder, bound, bits, "");
}

/*
 * Below which local id @value is below @bound, which has 64 bits, and not from there on. NULL
 * if that is not known.
 */
static LLVMValueRef build_below(struct limits *limits, LLVMValueRef value, LLVMValueRef bound)
{
	const struct tandem_row_call *call = limits->call;
	LLVMValueRef same = NULL, other;

	if (LLVMIsAArgument(value) && parameter_of(limits, value) == call->id)
		return bound;
	if (LLVMIsAArgument(value) && parameter_of(limits, value) == call->linear_id)
		return build_without(limits, bound, call->arguments[call->linear_id]);
	other = unchanged(limits, value);
	if (other)
		return build_below(limits, other, bound);
	if (is_operation(value, LLVMLShr) && largest(limits, value) < UINT32_MAX) {
		same = build_same(limits, LLVMGetOperand(value, 1));
		return same ? build_below(limits, LLVMGetOperand(value, 0),
					  build_before_shift(limits, bound, same)) :
			      NULL;
	}
	if (!is_operation(value, LLVMAdd) || largest(limits, value) == UINT64_MAX)
		return NULL;
	for (unsigned int i = 0; i < 2 && !same; i++) {
		same = build_same(limits, LLVMGetOperand(value, i));
		other = LLVMGetOperand(value, !i);
	}
	return same ? build_below(limits, other, build_without(limits, bound, same)) : NULL;
}

/* ---- branches ---- */

/* Below which local id @condition, or, unless @holds, its opposite does; NULL if not known. */
static LLVMValueRef limit_of_compare(struct limits *limits, LLVMValueRef compare, bool holds)
{
	for (unsigned int i = 0; i < 2; i++) {
		LLVMValueRef value = LLVMGetOperand(compare, i), bound, zero;
		struct tandem_guard_limit limit;

		if (LLVMGetTypeKind(LLVMTypeOf(value)) != LLVMIntegerTypeKind)
			continue;
		zero = LLVMConstInt(LLVMTypeOf(value), 0, 0);
		if (!tandem_guard_find_limit(compare, holds, value, zero, &limit))
			continue;
		bound = build_same(limits, limit.value);
		if (!bound)
			continue;
		/* The id is never taken for a negative number. */
		if (limit.is_signed &&
		    largest(limits, value) >> (LLVMGetIntTypeWidth(LLVMTypeOf(value)) - 1))
			continue;
		bound = tandem_guard_build_limit(limits->compilation, &limit, bound);
		bound = build_below(limits, value, bound);
		if (bound)
			return bound;
	}
	return NULL;
}

/* The same of conditions that are joined, of which it is enough to know one. */
static LLVMValueRef limit_of(struct limits *limits, LLVMValueRef condition, bool holds)
{
	LLVMValueRef a, b;

	if (LLVMIsAICmpInst(condition))
		return limit_of_compare(limits, condition, holds);
	if (!is_operation(condition, holds ? LLVMAnd : LLVMOr))
		return NULL;
	a = limit_of(limits, LLVMGetOperand(condition, 0), holds);
	b = limit_of(limits, LLVMGetOperand(condition, 1), holds);
	return a && b ? tandem_ir_smaller(limits->compilation, a, b) : a ? a : b;
}

/* Whether others notice that a work-item does it; all of a sub-group or none of it does. */
static bool is_noticed(const struct limits *limits, LLVMValueRef instruction)
{
	enum tandem_lanes_call call = tandem_lanes_call_of(instruction);

	if (LLVMIsAStoreInst(instruction) && is_kept(limits, LLVMGetOperand(instruction, 1)))
		return false; /* the same for all of the group */
	if (call != TANDEM_LANES_NONE)
		return call == TANDEM_LANES_BARRIER;
	return tandem_ir_is_noticed(instruction);
}

static bool does_something(const struct limits *limits, LLVMBasicBlockRef block)
{
	for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
	     instruction = LLVMGetNextInstruction(instruction)) {
		if (is_noticed(limits, instruction))
			return true;
	}
	return false;
}

static LLVMValueRef limit_from(struct limits *limits, LLVMBasicBlockRef block,
			       unsigned int branches);

static LLVMValueRef limit_behind_choice(struct limits *limits, LLVMValueRef branch,
					unsigned int branches)
{
	LLVMValueRef condition = LLVMGetCondition(branch), sides[2], same, all, limit;
	LLVMBuilderRef builder = limits->compilation->builder;

	for (unsigned int i = 0; i < 2; i++)
		sides[i] = limit_from(limits, LLVMGetSuccessor(branch, i), branches + 1);
	same = sides[0] || sides[1] ? build_same(limits, condition) : NULL;
	if (same) {
		/* Nobody may come here, and the condition be computed of nothing. */
		if (!LLVMIsConstant(same))
			same = LLVMBuildFreeze(builder, same, "");
		all = number(limits, limits->compilation->request->max_group);
		return LLVMBuildSelect(builder, same, sides[0] ? sides[0] : all,
				       sides[1] ? sides[1] : all, "");
	}
	for (unsigned int i = 0; i < 2; i++) {
		if (!sides[!i] || !LLVMIsConstant(sides[!i]) || !LLVMIsNull(sides[!i]))
			continue;
		limit = limit_of(limits, condition, i == 0);
		if (limit)
			return sides[i] ? tandem_ir_smaller(limits->compilation, limit, sides[i]) :
					  limit;
	}
	return sides[0] && sides[1] ? tandem_ir_greater(limits->compilation, sides[0], sides[1]) :
				      NULL;
}

/* How many do something from the block on, of those that come there. */
static LLVMValueRef limit_from(struct limits *limits, LLVMBasicBlockRef block,
			       unsigned int branches)
{
	LLVMValueRef end = LLVMGetBasicBlockTerminator(block);

	if (does_something(limits, block) || branches > MOST_BRANCHES)
		return NULL;
	if (LLVMIsAReturnInst(end))
		return number(limits, 0);
	if (!LLVMIsABranchInst(end))
		return NULL;
	if (!LLVMIsConditional(end))
		return limit_from(limits, LLVMGetSuccessor(end, 0), branches + 1);
	return limit_behind_choice(limits, end, branches);
}

LLVMValueRef tandem_row_limit_build(struct tandem_compilation *compilation,
				    const struct tandem_row_call *call)
{
	struct limits limits = { .compilation = compilation, .call = call };

	return limit_from(&limits, LLVMGetEntryBasicBlock(call->function), 0);
}
