// SPDX-License-Identifier: MIT
/*
 * Places that are likely to follow each other, though not always.
 *
 * What limits a number, as clamp(x + 1, 0, width - 1) does at a border, or turns it round, as
 * (x + 1) % width, leaves most lanes' numbers one behind the other: all but few bundles have
 * neighbouring places. Whether they have is seen where the access is done, by a comparison of
 * all lanes' numbers with those that follow the first lane's.
 */
#include <string.h>

#include "accesses.h"
#include "two_ways.h"

/* Of a number that is widened: as many as there may be lanes do not wrap around in it at once. */
#define LEAST_BITS 8
/* Values that a number is computed of. */
#define MOST_DEPTH 8

/* ---- numbers ---- */

static bool limits(LLVMValueRef call)
{
	const char *name = tandem_ir_intrinsic(call);

	return name && (!strncmp(name, "smin.", 5) || !strncmp(name, "smax.", 5) ||
			!strncmp(name, "umin.", 5) || !strncmp(name, "umax.", 5));
}

/* Whether a number is turned round so soon that it mostly happens between the lanes of a bundle. */
static bool turns_soon(const struct tandem_body *body, LLVMValueRef value)
{
	LLVMValueRef limit;

	if (!LLVMIsAInstruction(value) || LLVMGetNumOperands(value) != 2)
		return false;
	limit = LLVMGetOperand(value, 1);
	return LLVMIsAConstantInt(limit) && LLVMGetIntTypeWidth(LLVMTypeOf(limit)) <= 64 &&
	       LLVMConstIntGetZExtValue(limit) < 2 * (uint64_t)body->lanes;
}

/* The first of the operands that make a number, and how many there are; 0: it may be any. */
static unsigned int operands_of(const struct tandem_body *body, LLVMValueRef value,
				unsigned int *first)
{
	*first = 0;
	switch (LLVMGetInstructionOpcode(value)) {
	case LLVMSelect:
		*first = 1;
		return 2;
	case LLVMAdd:
	case LLVMSub:
		return 2;
	case LLVMAnd:
		return turns_soon(body, value) ? 0 : 2;
	case LLVMURem:
	case LLVMSRem:
		return turns_soon(body, value) ? 0 : 1;
	case LLVMSExt:
	case LLVMZExt:
	case LLVMTrunc:
	case LLVMFreeze:
		return 1;
	case LLVMCall:
		return limits(value) ? 2 : 0;
	default:
		return 0;
	}
}

/* Whether a number is made, by what mostly keeps neighbours, of one that grows from lane to lane. */
static bool mostly_grows(const struct tandem_body *body, LLVMValueRef value, unsigned int block,
			 unsigned int depth, bool *grows)
{
	struct tandem_shape shape = tandem_body_shape(body, value, block);
	unsigned int first, count;

	if (shape.kind != TANDEM_SHAPE_VARYING) {
		*grows |= shape.kind == TANDEM_SHAPE_EVEN && shape.stride;
		return true;
	}
	if (!depth || !LLVMIsAInstruction(value))
		return false;
	block = tandem_body_block_of(body, value);
	count = operands_of(body, value, &first);
	for (unsigned int i = first; i < first + count; i++) {
		if (!mostly_grows(body, LLVMGetOperand(value, i), block, depth - 1, grows))
			return false;
	}
	return count;
}

static bool is_widening(LLVMValueRef value)
{
	return LLVMIsASExtInst(value) || LLVMIsAZExtInst(value);
}

/* The index of an address that varies, if all else of it is uniform; else 0. */
static unsigned int varying_index(const struct tandem_body *body, LLVMValueRef pointer,
				  unsigned int block)
{
	unsigned int index = 0;

	for (int i = 0; i < LLVMGetNumOperands(pointer); i++) {
		struct tandem_shape shape =
			tandem_body_shape(body, LLVMGetOperand(pointer, (unsigned int)i), block);

		if (tandem_shape_is_uniform(shape))
			continue;
		if (!i || index || shape.kind != TANDEM_SHAPE_VARYING)
			return 0;
		index = (unsigned int)i;
	}
	return index;
}

bool tandem_likely_find(const struct tandem_body *body, LLVMValueRef pointer, unsigned int block,
			struct tandem_likely *likely)
{
	const struct tandem_lane_value *value = tandem_body_value(body, pointer);
	struct tandem_ir_step step = { 0 };
	bool grows = false;
	LLVMTypeRef type;

	*likely = (struct tandem_likely){ 0 };
	if (!value || value->array || !LLVMIsAGetElementPtrInst(pointer) ||
	    LLVMGetNumOperands(pointer) > TANDEM_LIKELY_MOST_INDICES + 1 ||
	    value->shape.kind != TANDEM_SHAPE_VARYING)
		return false;
	likely->operand = varying_index(body, pointer, block);
	if (!likely->operand)
		return false;
	for (unsigned int i = 1; i <= likely->operand; i++)
		step = tandem_ir_address_step(body->compilation->layout, pointer, i, &type);
	likely->stride = (int64_t)step.bytes;
	likely->number = LLVMGetOperand(pointer, likely->operand);
	if (!step.index || !mostly_grows(body, likely->number, block, MOST_DEPTH, &grows) || !grows)
		return false;
	if (is_widening(likely->number)) {
		likely->widening = likely->number;
		likely->number = LLVMGetOperand(likely->widening, 0);
	}
	type = LLVMTypeOf(likely->number);
	return !tandem_body_leaves_loop(body, likely->number, block) &&
	       LLVMGetTypeKind(type) == LLVMIntegerTypeKind &&
	       LLVMGetIntTypeWidth(type) >= (likely->widening ? LEAST_BITS : 64);
}

void tandem_likely_note(struct tandem_body *body, LLVMValueRef pointer, unsigned int block,
			const struct tandem_likely *likely)
{
	for (int i = 0; i < LLVMGetNumOperands(pointer); i++) {
		if ((unsigned int)i != likely->operand)
			tandem_body_note(body, LLVMGetOperand(pointer, (unsigned int)i), block);
	}
	tandem_body_note(body, likely->number, block);
}

/* ---- building ---- */

/* Numbers that follow @first, one a lane. */
static LLVMValueRef followers(struct tandem_body *body, LLVMValueRef first)
{
	LLVMValueRef numbers[TANDEM_MOST_LANES];

	for (unsigned int i = 0; i < body->lanes; i++)
		numbers[i] = LLVMConstInt(LLVMTypeOf(first), i, 0);
	return LLVMBuildAdd(body->compilation->builder, tandem_lanes_splat(body, first),
			    LLVMConstVector(numbers, body->lanes), "");
}

LLVMValueRef tandem_likely_build(struct tandem_body *body, LLVMValueRef pointer,
				 const struct tandem_likely *likely, LLVMValueRef *first_place)
{
	LLVMBuilderRef builder = body->compilation->builder;
	unsigned int count = (unsigned int)LLVMGetNumOperands(pointer) - 1;
	LLVMValueRef numbers, first, follow, indices[TANDEM_LIKELY_MOST_INDICES];

	/* Lanes that do not access may have no value: what is decided must be one all the same. */
	numbers = LLVMBuildFreeze(builder, tandem_lanes_vector(body, likely->number, 0), "");
	first = LLVMBuildExtractElement(builder, numbers,
					LLVMConstInt(body->compilation->i32, 0, 0), "");
	follow = tandem_two_ways_all(body, LLVMBuildICmp(builder, LLVMIntEQ, numbers,
							 followers(body, first), ""));
	if (likely->widening) {
		follow = LLVMBuildAnd(builder, follow,
				      tandem_body_stays(body, likely->widening, first, 1), "");
		first = LLVMBuildCast(builder, LLVMGetInstructionOpcode(likely->widening), first,
				      LLVMTypeOf(likely->widening), "");
	}
	for (unsigned int i = 0; i < count; i++)
		indices[i] = i + 1 == likely->operand ?
				     first :
				     tandem_lanes_scalar(body, LLVMGetOperand(pointer, i + 1), 0);
	*first_place = tandem_ir_address(body->compilation, LLVMGetGEPSourceElementType(pointer),
					 tandem_lanes_scalar(body, LLVMGetOperand(pointer, 0), 0),
					 indices, count, false);
	return follow;
}
