// SPDX-License-Identifier: MIT
/*
 * Numbers that grow evenly from lane to lane, and are widened.
 *
 * In fewer bits than an address has, a number may wrap around between two lanes. Where an
 * addition must not wrap around, the sum of the widened numbers is the same, and grows
 * evenly, whether or not the first lane does it. What is computed of arguments alone is
 * tested in a check function: for which the bundle function is not right, work-items are
 * run one by one.
 */
#include <stdlib.h>

#include "body.h"
#include "util/alloc.h"

/* Instructions that it may take to compute a number of arguments. */
#define MOST_INSTRUCTIONS 16
#define MOST_CHECKS	  16

/* ---- what a widening keeps ---- */

/* Its number, and how many low bits of that must not wrap around. False where it is none. */
static bool what_is_kept(LLVMValueRef instruction, struct tandem_lane_check *kept)
{
	LLVMValueRef from = LLVMGetOperand(instruction, 0), by;
	unsigned int width = LLVMGetTypeKind(LLVMTypeOf(from)) == LLVMIntegerTypeKind ?
				     LLVMGetIntTypeWidth(LLVMTypeOf(from)) :
				     0;
	LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
	uint64_t bits;

	if (!width || width > 64)
		return false;
	*kept = (struct tandem_lane_check){ from, width, opcode == LLVMSExt };
	if (opcode == LLVMSExt || opcode == LLVMZExt)
		return LLVMGetIntTypeWidth(LLVMTypeOf(instruction)) <= 64;
	by = LLVMGetOperand(instruction, 1);
	if (!LLVMIsAConstantInt(by))
		return false;
	bits = LLVMConstIntGetZExtValue(by);
	if (opcode == LLVMAnd) {
		if (!bits || bits & (bits + 1) || bits == UINT64_MAX)
			return false;
		kept->bits = (unsigned int)__builtin_ctzll(~bits);
		return kept->bits < width;
	}
	/* A shift to the right keeps all, see shifts_evenly(). */
	kept->is_signed = opcode == LLVMAShr;
	return bits < width;
}

/* ---- arguments ---- */

static bool is_simple(LLVMValueRef instruction)
{
	return tandem_ir_is_integer_operation(instruction) &&
	       LLVMGetTypeKind(LLVMTypeOf(instruction)) == LLVMIntegerTypeKind;
}

/* Instructions that compute a number of arguments; more than the limit where they are not simple. */
static unsigned int cost(LLVMValueRef value, unsigned int limit)
{
	unsigned int sum = 1;

	if (LLVMIsAArgument(value) || LLVMIsAConstantInt(value))
		return 0;
	if (!limit || !LLVMIsAInstruction(value) || !is_simple(value))
		return MOST_INSTRUCTIONS + 1;
	for (int i = 0; i < LLVMGetNumOperands(value) && sum <= limit; i++)
		sum += cost(LLVMGetOperand(value, i), limit - 1);
	return sum;
}

static bool is_of_arguments(LLVMValueRef value)
{
	return cost(value, MOST_INSTRUCTIONS) <= MOST_INSTRUCTIONS;
}

/* Whether at most one number in @bits bits is left out between the lanes. */
static bool is_small(const struct tandem_body *body, int64_t stride, unsigned int bits)
{
	int64_t most = INT64_C(1) << (bits > 62 ? 61 : bits - 1);

	return stride > -most / TANDEM_MOST_LANES && stride < most / TANDEM_MOST_LANES &&
	       body->lanes <= TANDEM_MOST_LANES;
}

/* ---- what widens ---- */

/* The operands' factors: a sum of them; false where it is no sum that must not wrap around. */
static bool is_sum(LLVMValueRef value, bool is_signed)
{
	if (!LLVMIsAInstruction(value))
		return false;
	switch (LLVMGetInstructionOpcode(value)) {
	case LLVMAdd:
	case LLVMSub:
		return is_signed ? LLVMGetNSW(value) : LLVMGetNUW(value);
	case LLVMMul:
	case LLVMShl:
		return LLVMIsAConstantInt(LLVMGetOperand(value, 1)) &&
		       (is_signed ? LLVMGetNSW(value) : LLVMGetNUW(value));
	default:
		return false;
	}
}

static bool widens(const struct tandem_body *body, LLVMValueRef value, unsigned int bits,
		   bool is_signed, unsigned int block, unsigned int depth)
{
	struct tandem_shape shape = tandem_body_shape(body, value, block);

	if (tandem_shape_is_uniform(shape))
		return true;
	if (shape.kind != TANDEM_SHAPE_EVEN || !is_small(body, shape.stride, bits))
		return false;
	if (is_of_arguments(value))
		return !body->has_sub_groups;
	if (tandem_lanes_call_of(value) == TANDEM_LANES_NUMBER)
		return true;
	if (!depth || LLVMGetIntTypeWidth(LLVMTypeOf(value)) != bits || !is_sum(value, is_signed))
		return false;
	for (int i = 0; i < LLVMGetNumOperands(value); i++) {
		if (!widens(body, LLVMGetOperand(value, i), bits, is_signed, block, depth - 1))
			return false;
	}
	return true;
}

/* A shift to the right of what grows by a multiple of what it divides by. */
static bool shifts_evenly(const struct tandem_body *body, LLVMValueRef shift, LLVMValueRef value)
{
	uint64_t bits = LLVMConstIntGetZExtValue(LLVMGetOperand(shift, 1));
	struct tandem_shape shape =
		tandem_body_shape(body, value, tandem_body_block_of(body, shift));

	return bits < 63 && shape.kind == TANDEM_SHAPE_EVEN &&
	       !(shape.stride & ((INT64_C(1) << bits) - 1));
}

bool tandem_body_widens_evenly(const struct tandem_body *body, LLVMValueRef instruction)
{
	LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
	struct tandem_lane_check kept;

	if (!what_is_kept(instruction, &kept))
		return false;
	if (opcode != LLVMSExt && opcode != LLVMZExt &&
	    (!is_of_arguments(kept.value) || body->has_sub_groups))
		return false;
	if ((opcode == LLVMAShr || opcode == LLVMLShr) &&
	    !shifts_evenly(body, instruction, kept.value))
		return false;
	return widens(body, kept.value, kept.bits, kept.is_signed,
		      tandem_body_block_of(body, instruction), 4);
}

struct tandem_shape tandem_body_widened_unless_wraps(const struct tandem_body *body,
						     LLVMValueRef value, unsigned int block)
{
	struct tandem_shape shape = { TANDEM_SHAPE_VARYING, 0 }, number;
	LLVMTypeRef type;

	if (!LLVMIsASExtInst(value) && !LLVMIsAZExtInst(value))
		return shape;
	type = LLVMTypeOf(LLVMGetOperand(value, 0));
	if (LLVMGetTypeKind(type) != LLVMIntegerTypeKind || LLVMGetIntTypeWidth(type) < 8)
		return shape;
	number = tandem_body_shape(body, LLVMGetOperand(value, 0), block);
	if (number.kind != TANDEM_SHAPE_EVEN ||
	    !is_small(body, number.stride, LLVMGetIntTypeWidth(type)))
		return shape;
	return number;
}

/* ---- building ---- */

static void add_check(struct tandem_body *body, LLVMValueRef value, unsigned int bits,
		      bool is_signed)
{
	struct tandem_lane_check *checks;

	for (unsigned int i = 0; i < body->check_count; i++) {
		if (body->checks[i].value == value && body->checks[i].bits == bits &&
		    body->checks[i].is_signed == is_signed)
			return;
	}
	if (body->check_count == MOST_CHECKS) {
		tandem_body_refuse(body, "more than %u indices may wrap around", MOST_CHECKS);
		return;
	}
	checks = body->checks ? body->checks : tandem_new_array(checks, MOST_CHECKS);
	body->checks = checks;
	if (!checks) {
		body->failed = true;
		return;
	}
	checks[body->check_count++] = (struct tandem_lane_check){ value, bits, is_signed };
}

static LLVMValueRef extend(const struct tandem_body *body, LLVMValueRef value, LLVMTypeRef type,
			   bool is_signed)
{
	LLVMBuilderRef builder = body->compilation->builder;

	return is_signed ? LLVMBuildSExt(builder, value, type, "") :
			   LLVMBuildZExt(builder, value, type, "");
}

/* As widen() goes. */
static void note_leaves(struct tandem_body *body, LLVMValueRef value, unsigned int block)
{
	if (!LLVMIsAInstruction(value))
		return;
	if (tandem_shape_is_uniform(tandem_body_shape(body, value, block)) ||
	    is_of_arguments(value) || tandem_lanes_call_of(value)) {
		tandem_body_note(body, value, block);
		return;
	}
	for (int i = 0; i < LLVMGetNumOperands(value); i++)
		note_leaves(body, LLVMGetOperand(value, (unsigned int)i), block);
}

void tandem_body_note_widening(struct tandem_body *body, LLVMValueRef instruction)
{
	LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);

	if ((opcode == LLVMSExt || opcode == LLVMZExt) &&
	    tandem_body_widens_evenly(body, instruction))
		note_leaves(body, LLVMGetOperand(instruction, 0),
			    tandem_body_block_of(body, instruction));
}

static LLVMValueRef widen(struct tandem_body *body, LLVMValueRef value, LLVMTypeRef type,
			  bool is_signed, unsigned int block)
{
	LLVMValueRef operands[2];
	LLVMOpcode opcode;

	if (tandem_shape_is_uniform(tandem_body_shape(body, value, block)))
		return extend(body, tandem_lanes_scalar(body, value, 0), type, is_signed);
	if (is_of_arguments(value)) {
		add_check(body, value, LLVMGetIntTypeWidth(LLVMTypeOf(value)), is_signed);
		return extend(body, tandem_lanes_scalar(body, value, 0), type, is_signed);
	}
	if (tandem_lanes_call_of(value))
		return extend(body, tandem_lanes_scalar(body, value, 0), type, is_signed);
	opcode = LLVMGetInstructionOpcode(value);
	operands[0] = widen(body, LLVMGetOperand(value, 0), type, is_signed, block);
	/* A shift's amount has no sign. */
	operands[1] =
		widen(body, LLVMGetOperand(value, 1), type, is_signed && opcode != LLVMShl, block);
	return LLVMBuildBinOp(body->compilation->builder, opcode, operands[0], operands[1], "");
}

LLVMValueRef tandem_body_widen(struct tandem_body *body, LLVMValueRef instruction)
{
	LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
	struct tandem_lane_check kept;

	what_is_kept(instruction, &kept);
	if (opcode == LLVMSExt || opcode == LLVMZExt)
		return widen(body, kept.value, LLVMTypeOf(instruction), kept.is_signed,
			     tandem_body_block_of(body, instruction));
	add_check(body, kept.value, kept.bits, kept.is_signed);
	/* The same as the instruction, of the first lane. */
	return LLVMBuildBinOp(body->compilation->builder, opcode,
			      tandem_lanes_scalar(body, LLVMGetOperand(instruction, 0), 0),
			      LLVMGetOperand(instruction, 1), "");
}

/* ---- the check function ---- */

/* The number, computed of the check function's arguments. */
static LLVMValueRef compute(struct tandem_body *body, LLVMValueRef check, LLVMValueRef value)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMValueRef a, b;

	if (LLVMIsAArgument(value)) {
		for (unsigned int i = 0; i < LLVMCountParams(body->item); i++) {
			if (LLVMGetParam(body->item, i) == value)
				return LLVMGetParam(check, i);
		}
	}
	if (!LLVMIsAInstruction(value))
		return value;
	a = compute(body, check, LLVMGetOperand(value, 0));
	if (LLVMIsACastInst(value))
		return LLVMBuildCast(builder, LLVMGetInstructionOpcode(value), a, LLVMTypeOf(value),
				     "");
	b = compute(body, check, LLVMGetOperand(value, 1));
	return LLVMBuildBinOp(builder, LLVMGetInstructionOpcode(value), a, b, "");
}

static LLVMIntPredicate order_of(bool is_signed, bool grows)
{
	if (is_signed)
		return grows ? LLVMIntSLT : LLVMIntSGT;
	return grows ? LLVMIntULT : LLVMIntUGT;
}

/* Whether from the first lane's number to the last one's is as far in few bits as in all. */
static LLVMValueRef is_right(struct tandem_body *body, LLVMValueRef function,
			     const struct tandem_lane_check *check)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef narrow = LLVMIntTypeInContext(compilation->context, check->bits);
	int64_t stride = tandem_body_value(body, check->value)->shape.stride;
	LLVMValueRef all =
		LLVMConstInt(compilation->i64, (uint64_t)(stride * (int64_t)(body->lanes - 1)), 1);
	LLVMValueRef first = compute(body, function, check->value), last, way;

	if (LLVMGetIntTypeWidth(LLVMTypeOf(first)) > check->bits)
		first = LLVMBuildTrunc(builder, first, narrow, "");
	last = LLVMBuildAdd(
		builder, first,
		LLVMConstInt(narrow, (uint64_t)(stride * (int64_t)(body->lanes - 1)), 1), "");
	if (check->bits == 64)
		return LLVMBuildICmp(builder, order_of(check->is_signed, stride > 0), first, last,
				     "");
	way = LLVMBuildSub(builder, extend(body, last, compilation->i64, check->is_signed),
			   extend(body, first, compilation->i64, check->is_signed), "");
	return LLVMBuildICmp(builder, LLVMIntEQ, way, all, "");
}

void tandem_body_build_check(struct tandem_body *body, LLVMValueRef check)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef result = LLVMConstInt(compilation->i1, 1, 0);

	LLVMPositionBuilderAtEnd(builder,
				 LLVMAppendBasicBlockInContext(compilation->context, check, ""));
	for (unsigned int i = 0; i < body->check_count; i++)
		result = LLVMBuildAnd(builder, result, is_right(body, check, &body->checks[i]), "");
	LLVMBuildRet(builder, result);
}
