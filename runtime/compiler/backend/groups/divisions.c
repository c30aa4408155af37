// SPDX-License-Identifier: MIT
#include "divisions.h"

#include <string.h>

#include "util/alloc.h"

/* How deep a chain of operands is followed. */
#define MOST_DEPTH 16

static bool is_division(LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMUDiv:
	case LLVMURem:
	case LLVMSDiv:
	case LLVMSRem:
		return true;
	default:
		return false;
	}
}

static bool is_signed_division(LLVMValueRef instruction)
{
	LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);

	return opcode == LLVMSDiv || opcode == LLVMSRem;
}

/* ---- divisors that cannot trap ---- */

/* A constant that neither divides by zero nor takes a quotient out of range. */
static bool is_harmless_scalar(LLVMValueRef divisor, bool is_signed)
{
	unsigned int width;

	if (!LLVMIsAConstantInt(divisor))
		return false;
	width = LLVMGetIntTypeWidth(LLVMTypeOf(divisor));
	return !LLVMIsNull(divisor) &&
	       !(is_signed && (width > 64 || LLVMConstIntGetSExtValue(divisor) == -1));
}

static bool is_harmless(LLVMValueRef divisor, bool is_signed)
{
	LLVMTypeRef type = LLVMTypeOf(divisor);

	if (LLVMGetTypeKind(type) != LLVMVectorTypeKind)
		return is_harmless_scalar(divisor, is_signed);
	if (!LLVMIsConstant(divisor))
		return false;
	for (unsigned int i = 0; i < LLVMGetVectorSize(type); i++) {
		LLVMValueRef element = LLVMGetAggregateElement(divisor, i);

		if (!element || !is_harmless_scalar(element, is_signed))
			return false;
	}
	return true;
}

/* @number in all elements of a type of integers. */
static LLVMValueRef constant(struct tandem_compilation *compilation, LLVMTypeRef type,
			     uint64_t number)
{
	if (LLVMGetTypeKind(type) != LLVMVectorTypeKind)
		return LLVMConstInt(type, number, 0);
	return tandem_ir_splat(compilation, LLVMConstInt(LLVMGetElementType(type), number, 0),
			       LLVMGetVectorSize(type));
}

/* The least number of a type of integers with a sign, in all elements. */
static LLVMValueRef least(struct tandem_compilation *compilation, LLVMTypeRef type)
{
	LLVMTypeRef element =
		LLVMGetTypeKind(type) == LLVMVectorTypeKind ? LLVMGetElementType(type) : type;

	return LLVMBuildShl(compilation->builder, constant(compilation, type, 1),
			    constant(compilation, type, LLVMGetIntTypeWidth(element) - 1), "");
}

/* One, where the division is not defined with @divisor; else @divisor. At the builder's place. */
static LLVMValueRef guarded(struct tandem_compilation *compilation, LLVMValueRef dividend,
			    LLVMValueRef divisor, bool is_signed)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef type = LLVMTypeOf(divisor);
	LLVMValueRef traps, overflows;

	/* Once for all that ask: what is not defined may seem to differ otherwise. */
	divisor = LLVMBuildFreeze(builder, divisor, "");
	traps = LLVMBuildICmp(builder, LLVMIntEQ, divisor, LLVMConstNull(type), "");
	if (is_signed) {
		overflows = LLVMBuildAnd(
			builder,
			LLVMBuildICmp(builder, LLVMIntEQ, divisor, LLVMConstAllOnes(type), ""),
			LLVMBuildICmp(builder, LLVMIntEQ, dividend, least(compilation, type), ""),
			"");
		traps = LLVMBuildOr(builder, traps, overflows, "");
	}
	return LLVMBuildSelect(builder, traps, constant(compilation, type, 1), divisor, "");
}

static void guard(struct tandem_compilation *compilation, LLVMValueRef division)
{
	LLVMValueRef dividend = LLVMGetOperand(division, 0);
	LLVMValueRef divisor = LLVMGetOperand(division, 1);
	bool is_signed = is_signed_division(division);

	if (is_harmless(divisor, is_signed))
		return;
	LLVMPositionBuilderBefore(compilation->builder, division);
	if (is_signed) {
		dividend = LLVMBuildFreeze(compilation->builder, dividend, "");
		LLVMSetOperand(division, 0, dividend);
	}
	LLVMSetOperand(division, 1, guarded(compilation, dividend, divisor, is_signed));
}

void tandem_divisions_guard(struct tandem_compilation *compilation)
{
	LLVMValueRef function;

	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		tandem_ir_for_each(function, block, instruction, next) {
			if (is_division(instruction))
				guard(compilation, instruction);
		}
	}
}

/* ---- divisors that are powers of two ---- */

/* Whether a number can shift others of so many bits: as OpenCL C takes the lowest bits of any. */
static bool is_shift(LLVMValueRef amount, unsigned int bits)
{
	LLVMValueRef mask;

	if (LLVMIsAZExtInst(amount))
		amount = LLVMGetOperand(amount, 0);
	if (!LLVMIsAInstruction(amount) || LLVMGetInstructionOpcode(amount) != LLVMAnd)
		return false;
	mask = LLVMGetOperand(amount, 1);
	return LLVMIsAConstantInt(mask) && LLVMConstIntGetZExtValue(mask) < bits;
}

/* By how many bits a one was shifted to give a number, or NULL. */
static LLVMValueRef shift_of_one(LLVMValueRef number)
{
	LLVMTypeRef type = LLVMTypeOf(number);

	if (!LLVMIsAInstruction(number) || LLVMGetInstructionOpcode(number) != LLVMShl ||
	    LLVMGetOperand(number, 0) != LLVMConstInt(type, 1, 0) ||
	    !is_shift(LLVMGetOperand(number, 1), LLVMGetIntTypeWidth(type)))
		return NULL;
	return LLVMGetOperand(number, 1);
}

/* The same behind a guard: its freezing hides what the number is, so the shift has that. */
static LLVMValueRef find_shift(struct tandem_compilation *compilation, LLVMValueRef divisor)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef frozen, shift;
	const char *name = LLVMIsACallInst(divisor) ? tandem_ir_intrinsic(divisor) : NULL;

	if (LLVMGetTypeKind(LLVMTypeOf(divisor)) != LLVMIntegerTypeKind)
		return NULL;
	if (name && !strncmp(name, "umax.", strlen("umax.")) &&
	    LLVMGetOperand(divisor, 1) == LLVMConstInt(LLVMTypeOf(divisor), 1, 0))
		divisor = LLVMGetOperand(divisor, 0);
	if (!LLVMIsAFreezeInst(divisor))
		return shift_of_one(divisor);
	frozen = divisor;
	shift = shift_of_one(LLVMGetOperand(frozen, 0));
	if (!shift)
		return NULL;
	LLVMPositionBuilderBefore(builder, frozen);
	shift = LLVMBuildFreeze(builder, shift, "");
	LLVMReplaceAllUsesWith(frozen,
			       LLVMBuildShl(builder, LLVMGetOperand(LLVMGetOperand(frozen, 0), 0),
					    shift, ""));
	LLVMInstructionEraseFromParent(frozen);
	return shift;
}

static void shift_instead(struct tandem_compilation *compilation, LLVMValueRef division)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef shift = find_shift(compilation, LLVMGetOperand(division, 1));
	/* Only now: it may have been the divisor as well, which is another value by now. */
	LLVMValueRef dividend = LLVMGetOperand(division, 0), low, result;
	LLVMTypeRef type = LLVMTypeOf(dividend);

	if (!shift)
		return;
	LLVMPositionBuilderBefore(builder, division);
	if (LLVMGetInstructionOpcode(division) == LLVMUDiv) {
		result = LLVMBuildLShr(builder, dividend, shift, "");
	} else {
		low = LLVMBuildShl(builder, LLVMConstAllOnes(type), shift, "");
		result = LLVMBuildAnd(builder, dividend, LLVMBuildNot(builder, low, ""), "");
	}
	LLVMReplaceAllUsesWith(division, result);
	LLVMInstructionEraseFromParent(division);
}

void tandem_divisions_shift(struct tandem_compilation *compilation, LLVMValueRef function)
{
	tandem_ir_for_each(function, block, instruction, next) {
		if (is_division(instruction) && !is_signed_division(instruction))
			shift_instead(compilation, instruction);
	}
}

/* ---- divisions ahead of a loop ---- */

/* What may be computed where nobody asks for it. */
static bool is_arithmetic(LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMICmp:
	case LLVMSelect:
	case LLVMFreeze:
	case LLVMExtractElement:
	case LLVMInsertElement:
	case LLVMShuffleVector:
		return true;
	default:
		return is_division(instruction) || tandem_ir_is_integer_operation(instruction) ||
		       tandem_ir_is_arithmetic_intrinsic(instruction);
	}
}

struct hoisting {
	struct tandem_compilation *compilation;
	const struct tandem_flow *flow;
	unsigned int loop;
};

/* Whether a value does not change in the loop, and may be computed ahead of it. */
static bool can_be_hoisted(const struct hoisting *hoisting, LLVMValueRef value, unsigned int depth)
{
	if (tandem_flow_is_outside(hoisting->flow, hoisting->loop, value))
		return true;
	if (depth == MOST_DEPTH || !is_arithmetic(value))
		return false;
	for (int i = 0; i < LLVMGetNumOperands(value); i++) {
		LLVMValueRef operand = LLVMGetOperand(value, (unsigned int)i);

		if (!LLVMIsAFunction(operand) && !can_be_hoisted(hoisting, operand, depth + 1))
			return false;
	}
	return true;
}

/*
 * Moves a value in front of the loop, behind what it is computed from. A guard that
 * stood under a condition may have been found needless there, so a division gets one.
 */
static void hoist(const struct hoisting *hoisting, LLVMValueRef value)
{
	const struct tandem_flow *flow = hoisting->flow;
	LLVMBuilderRef builder = hoisting->compilation->builder;

	if (tandem_flow_is_outside(flow, hoisting->loop, value))
		return;
	for (int i = 0; i < LLVMGetNumOperands(value); i++)
		hoist(hoisting, LLVMGetOperand(value, (unsigned int)i));
	LLVMPositionBuilderBefore(
		builder, LLVMGetBasicBlockTerminator(flow->loops[hoisting->loop].preheader));
	LLVMInstructionRemoveFromParent(value);
	LLVMInsertIntoBuilder(builder, value);
	if (is_division(value))
		guard(hoisting->compilation, value);
}

/* Lets a division that stays look as if it might be another in each turn. */
static void hide(const struct hoisting *hoisting, LLVMValueRef division)
{
	if (!is_harmless(LLVMGetOperand(division, 1), is_signed_division(division)))
		tandem_ir_hide(hoisting->compilation, division);
}

static void hoist_from(const struct hoisting *hoisting, LLVMBasicBlockRef block)
{
	bool is_possible = hoisting->flow->loops[hoisting->loop].preheader;
	LLVMValueRef instruction, next;

	for (instruction = LLVMGetFirstInstruction(block); instruction; instruction = next) {
		next = LLVMGetNextInstruction(instruction);
		if (!is_division(instruction) ||
		    LLVMGetTypeKind(LLVMTypeOf(instruction)) == LLVMVectorTypeKind)
			continue;
		if (is_possible && can_be_hoisted(hoisting, instruction, 0))
			hoist(hoisting, instruction);
		else
			hide(hoisting, instruction);
	}
}

void tandem_divisions_hoist(struct tandem_compilation *compilation, const struct tandem_flow *flow)
{
	for (unsigned int i = 0; i < flow->block_count; i++) {
		struct hoisting hoisting = { compilation, flow, flow->loop_of[i] };

		if (hoisting.loop != TANDEM_NO_LOOP && flow->loops[hoisting.loop].is_innermost)
			hoist_from(&hoisting, flow->blocks[i]);
	}
}

/* ---- loops that divide ---- */

/* Whether the loop has a division that is done in every turn, by what is no constant. */
static bool divides(const struct tandem_flow *flow, unsigned int loop)
{
	for (unsigned int i = 0; i < flow->block_count; i++) {
		LLVMValueRef instruction = LLVMGetFirstInstruction(flow->blocks[i]);

		for (; flow->loop_of[i] == loop && instruction;
		     instruction = LLVMGetNextInstruction(instruction)) {
			if (is_division(instruction) &&
			    !LLVMIsConstant(LLVMGetOperand(instruction, 1)))
				return true;
		}
	}
	return false;
}

static void keep_scalar(struct tandem_compilation *compilation, const struct tandem_flow *flow,
			unsigned int loop)
{
	static const char text[] = "define void @tandem.marks(ptr %p) {\n"
				   "  br label %next, !llvm.loop !0\n"
				   "next:\n"
				   "  ret void\n"
				   "}\n"
				   "!0 = distinct !{!0, !1, !2}\n"
				   "!1 = !{!\"llvm.loop.vectorize.enable\", i1 false}\n"
				   "!2 = !{!\"llvm.loop.unroll.disable\"}\n";

	for (unsigned int i = 0; i < flow->block_count; i++) {
		LLVMValueRef end = LLVMGetBasicBlockTerminator(flow->blocks[i]);
		LLVMValueRef mark = LLVMGetMetadata(end, compilation->loop);

		if (flow->loop_of[i] != loop || !tandem_flow_is_latch(flow, loop, i) ||
		    (mark && tandem_ir_mark_has(mark, "llvm.loop.vectorize.enable")))
			continue;
		mark = tandem_ir_loop_mark(compilation, text);
		if (mark)
			LLVMSetMetadata(end, compilation->loop, mark);
	}
}

void tandem_divisions_keep_scalar(struct tandem_compilation *compilation,
				  const struct tandem_flow *flow)
{
	for (unsigned int i = 0; i < flow->loop_count; i++) {
		if (flow->loops[i].is_innermost && divides(flow, i))
			keep_scalar(compilation, flow, i);
	}
}
