// SPDX-License-Identifier: MIT
/*
 * Addresses by numbers that may wrap around.
 *
 * A number in fewer bits than an address has, such as j * width + x in 32, may wrap around
 * between two lanes, so that what they access is not certain to lie together. Where it is not
 * of arguments alone, no check in front of the bundle function can tell (checks.c); but where the
 * access is done, the first lane's number says whether it does.
 */
#include "body.h"

/*
 * Of all accesses that have two ways. LLVM threads the choices of many with each other, and looks
 * for what is alike in their ends: that takes the third power of their number.
 */
#define MOST_COMPONENTS 32
/* Addresses that are made of each other. */
#define MOST_DEPTH   4
#define MOST_INDICES 8

static bool is_address(const struct tandem_body *body, LLVMValueRef pointer)
{
	return LLVMIsAGetElementPtrInst(pointer) && !tandem_body_value(body, pointer)->array &&
	       LLVMGetNumOperands(pointer) <= MOST_INDICES + 1;
}

/* ---- finding them ---- */

static struct tandem_shape find(const struct tandem_body *body, LLVMValueRef pointer,
				unsigned int block, LLVMValueRef *widening, unsigned int depth)
{
	struct tandem_shape shape = tandem_body_shape(body, pointer, block), part;
	LLVMValueRef operand;

	if (shape.kind != TANDEM_SHAPE_VARYING || !depth || !is_address(body, pointer))
		return shape;
	shape = find(body, LLVMGetOperand(pointer, 0), block, widening, depth - 1);
	for (int i = 1; i < LLVMGetNumOperands(pointer); i++) {
		operand = LLVMGetOperand(pointer, (unsigned int)i);
		part = tandem_body_shape(body, operand, block);
		if (part.kind == TANDEM_SHAPE_VARYING && (!*widening || *widening == operand)) {
			part = tandem_body_widened_unless_wraps(body, operand, block);
			*widening = operand;
		}
		shape = tandem_body_add_index(body, shape, pointer, (unsigned int)i, part);
	}
	return shape;
}

struct tandem_shape tandem_body_shape_unless_wraps(const struct tandem_body *body,
						   LLVMValueRef pointer, unsigned int block,
						   LLVMValueRef *widening)
{
	struct tandem_shape shape;

	*widening = NULL;
	if (body->has_many_wrapping)
		return tandem_body_shape(body, pointer, block);
	shape = find(body, pointer, block, widening, MOST_DEPTH);
	if (shape.kind == TANDEM_SHAPE_VARYING)
		*widening = NULL;
	return shape;
}

void tandem_body_count_wrapping(struct tandem_body *body)
{
	unsigned int components = 0;

	for (unsigned int i = LLVMCountParams(body->item); i < body->value_count; i++) {
		LLVMValueRef access = body->values[i].original, pointer, widening;
		LLVMTypeRef type;

		if (!LLVMIsALoadInst(access) && !LLVMIsAStoreInst(access))
			continue;
		pointer = LLVMGetOperand(access, tandem_ir_pointer_operand(access));
		tandem_body_shape_unless_wraps(body, pointer, tandem_body_block_of(body, access),
					       &widening);
		type = LLVMTypeOf(LLVMIsALoadInst(access) ? access : LLVMGetOperand(access, 0));
		if (widening)
			components += LLVMGetTypeKind(type) == LLVMVectorTypeKind ?
					      LLVMGetVectorSize(type) :
					      1;
	}
	body->has_many_wrapping = components > MOST_COMPONENTS;
}

/* ---- building them ---- */

void tandem_body_note(struct tandem_body *body, LLVMValueRef value, unsigned int block)
{
	if (LLVMIsAInstruction(value))
		tandem_body_value(body, value)->needs_slot |= LLVMGetInstructionParent(value) !=
							      body->flow.blocks[block];
}

/* As first_place() goes. */
static void note_leaves(struct tandem_body *body, LLVMValueRef pointer, unsigned int block,
			LLVMValueRef widening)
{
	if (tandem_body_shape(body, pointer, block).kind != TANDEM_SHAPE_VARYING) {
		tandem_body_note(body, pointer, block);
		return;
	}
	note_leaves(body, LLVMGetOperand(pointer, 0), block, widening);
	for (int i = 1; i < LLVMGetNumOperands(pointer); i++) {
		LLVMValueRef index = LLVMGetOperand(pointer, (unsigned int)i);

		tandem_body_note(body, index == widening ? LLVMGetOperand(widening, 0) : index,
				 block);
	}
}

void tandem_body_note_place(struct tandem_body *body, LLVMValueRef access)
{
	unsigned int block = tandem_body_block_of(body, access);
	LLVMValueRef pointer = LLVMGetOperand(access, tandem_ir_pointer_operand(access)), widening;

	tandem_body_shape_unless_wraps(body, pointer, block, &widening);
	if (widening)
		note_leaves(body, pointer, block, widening);
}

LLVMValueRef tandem_body_first_place(struct tandem_body *body, LLVMValueRef pointer,
				     LLVMValueRef widening)
{
	LLVMValueRef base, indices[MOST_INDICES];
	unsigned int count = (unsigned int)LLVMGetNumOperands(pointer) - 1;

	if (tandem_body_shape(body, pointer, body->block).kind != TANDEM_SHAPE_VARYING)
		return tandem_lanes_scalar(body, pointer, 0);
	base = tandem_body_first_place(body, LLVMGetOperand(pointer, 0), widening);
	for (unsigned int i = 0; i < count; i++) {
		LLVMValueRef index = LLVMGetOperand(pointer, i + 1);

		indices[i] = index != widening ?
				     tandem_lanes_scalar(body, index, 0) :
				     LLVMBuildCast(body->compilation->builder,
						   LLVMGetInstructionOpcode(widening),
						   tandem_lanes_scalar(
							   body, LLVMGetOperand(widening, 0), 0),
						   LLVMTypeOf(widening), "");
	}
	return tandem_ir_address(body->compilation, LLVMGetGEPSourceElementType(pointer), base,
				 indices, count, false);
}

LLVMValueRef tandem_body_stays(struct tandem_body *body, LLVMValueRef widening, LLVMValueRef first,
			       int64_t stride)
{
	bool is_signed = LLVMGetInstructionOpcode(widening) == LLVMSExt;
	unsigned int bits = LLVMGetIntTypeWidth(LLVMTypeOf(first));
	uint64_t all = UINT64_MAX >> (64 - bits), most = is_signed ? all >> 1 : all;
	uint64_t way = (uint64_t)(stride * (int64_t)(body->lanes - 1));
	bool grows = stride > 0;
	LLVMIntPredicate order = is_signed ? (grows ? LLVMIntSLE : LLVMIntSGE) :
					     (grows ? LLVMIntULE : LLVMIntUGE);
	/* The least number is the one behind the most. */
	uint64_t limit = ((grows ? most : most + 1) - way) & all;

	return LLVMBuildICmp(body->compilation->builder, order, first,
			     LLVMConstInt(LLVMTypeOf(first), limit, 0), "");
}

LLVMValueRef tandem_body_stays_even(struct tandem_body *body, LLVMValueRef widening)
{
	LLVMValueRef number = LLVMGetOperand(widening, 0);

	return tandem_body_stays(body, widening, tandem_lanes_scalar(body, number, 0),
				 tandem_body_shape(body, number, body->block).stride);
}
