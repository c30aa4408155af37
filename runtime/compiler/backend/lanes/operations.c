// SPDX-License-Identifier: MIT
/* Instructions that compute each component of each lane by itself, and addresses. */
#include "body.h"

#define MOST_OPERANDS 8

static bool is_scalar(const struct tandem_lane_value *value)
{
	return value->shape.kind != TANDEM_SHAPE_VARYING;
}

static LLVMValueRef form(struct tandem_body *body, LLVMValueRef operand, unsigned int c,
			 bool scalar)
{
	return scalar ? tandem_lanes_scalar(body, operand, c) :
			tandem_lanes_vector(body, operand, c);
}

/*
 * Whether an instruction is done with the same operands by all lanes, so that what it
 * promises of them holds. Of other scalars the first lane's are taken, which may not do it.
 */
static bool is_same_for_all(const struct tandem_body *body, LLVMValueRef instruction)
{
	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef operand = LLVMGetOperand(instruction, (unsigned int)i);

		if (!LLVMIsAFunction(operand) &&
		    !tandem_shape_is_uniform(tandem_body_shape(body, operand, body->block)))
			return false;
	}
	return true;
}

/* What an instruction promises of its result, which is not so for a lane that does not do it. */
static void copy_flags(LLVMValueRef from, LLVMValueRef to)
{
	if (!LLVMIsAInstruction(to) ||
	    LLVMGetInstructionOpcode(from) != LLVMGetInstructionOpcode(to))
		return;
	switch (LLVMGetInstructionOpcode(from)) {
	case LLVMAdd:
	case LLVMSub:
	case LLVMMul:
	case LLVMShl:
		LLVMSetNUW(to, LLVMGetNUW(from));
		LLVMSetNSW(to, LLVMGetNSW(from));
		break;
	case LLVMUDiv:
	case LLVMSDiv:
	case LLVMLShr:
	case LLVMAShr:
		LLVMSetExact(to, LLVMGetExact(from));
		break;
	case LLVMOr:
		LLVMSetIsDisjoint(to, LLVMGetIsDisjoint(from));
		break;
	default:
		break;
	}
	tandem_ir_copy_fast_math(from, to);
}

static LLVMValueRef build_component(struct tandem_body *body, LLVMValueRef instruction,
				    LLVMValueRef *operands, unsigned int c, bool scalar)
{
	struct tandem_lane_value *value = tandem_body_value(body, instruction);
	LLVMTypeRef type = scalar ? value->element : tandem_lanes_type(body, value->element);

	if (tandem_lanes_is_division(instruction) && !scalar)
		return tandem_lanes_divide(body, instruction, operands, c);
	/* That no bit is set in both need not be so for the first lane. */
	if (LLVMGetInstructionOpcode(instruction) == LLVMOr && scalar &&
	    !is_same_for_all(body, instruction))
		return LLVMBuildAdd(body->compilation->builder, operands[0], operands[1], "");
	return tandem_ir_build_like(body->compilation, instruction, operands, type);
}

/* Whether an operand of an intrinsic is a constant that says what to do. */
static bool is_immediate(LLVMValueRef instruction, unsigned int operand)
{
	LLVMValueRef value = LLVMGetOperand(instruction, operand);
	LLVMTypeRef type = LLVMTypeOf(value);

	return LLVMIsACallInst(instruction) && operand && LLVMIsAConstantInt(value) &&
	       (type != LLVMTypeOf(LLVMGetOperand(instruction, 0)));
}

static void build_components(struct tandem_body *body, struct tandem_lane_value *value)
{
	LLVMValueRef instruction = value->original, operands[MOST_OPERANDS], computed;
	bool scalar = is_scalar(value);
	unsigned int count = tandem_ir_operand_count(instruction);

	if (count > MOST_OPERANDS) {
		tandem_body_refuse(body, "an instruction has many operands");
		return;
	}
	for (unsigned int c = 0; c < value->components; c++) {
		for (unsigned int i = 0; i < count; i++) {
			LLVMValueRef operand = LLVMGetOperand(instruction, i);
			bool is_one = LLVMGetTypeKind(LLVMTypeOf(operand)) != LLVMVectorTypeKind;

			if (is_immediate(instruction, i))
				operands[i] = operand;
			else
				operands[i] = form(body, operand, is_one ? 0 : c, scalar);
		}
		computed = build_component(body, instruction, operands, c, scalar);
		if (!scalar || is_same_for_all(body, instruction))
			copy_flags(instruction, computed);
		tandem_lanes_set(body, value, c, computed);
	}
}

/* ---- components of vectors ---- */

static void insert_component(struct tandem_body *body, struct tandem_lane_value *value)
{
	LLVMValueRef index = LLVMGetOperand(value->original, 2);
	bool scalar = is_scalar(value);

	for (unsigned int c = 0; c < value->components; c++) {
		bool is_new = LLVMConstIntGetZExtValue(index) == c;

		tandem_lanes_set(body, value, c,
				 form(body, LLVMGetOperand(value->original, is_new), is_new ? 0 : c,
				      scalar));
	}
}

static void extract_component(struct tandem_body *body, struct tandem_lane_value *value)
{
	LLVMValueRef vector = LLVMGetOperand(value->original, 0);
	uint64_t index = LLVMConstIntGetZExtValue(LLVMGetOperand(value->original, 1));
	LLVMTypeRef type = is_scalar(value) ? value->element :
					      tandem_lanes_type(body, value->element);

	tandem_lanes_set(body, value, 0,
			 index < LLVMGetVectorSize(LLVMTypeOf(vector)) ?
				 form(body, vector, (unsigned int)index, is_scalar(value)) :
				 LLVMGetPoison(type));
}

static void shuffle_components(struct tandem_body *body, struct tandem_lane_value *value)
{
	LLVMValueRef shuffle = value->original;
	unsigned int room = LLVMGetVectorSize(LLVMTypeOf(LLVMGetOperand(shuffle, 0)));
	LLVMTypeRef type = is_scalar(value) ? value->element :
					      tandem_lanes_type(body, value->element);

	for (unsigned int c = 0; c < value->components; c++) {
		int from = LLVMGetMaskValue(shuffle, c);
		LLVMValueRef component = LLVMGetPoison(type);

		if (from >= 0 && (unsigned int)from < 2 * room)
			component = form(body, LLVMGetOperand(shuffle, (unsigned int)from >= room),
					 (unsigned int)from % room, is_scalar(value));
		tandem_lanes_set(body, value, c, component);
	}
}

/* ---- addresses ---- */

/* An index as 64 bits. */
static LLVMValueRef wide_index(struct tandem_body *body, LLVMValueRef index, bool scalar)
{
	LLVMTypeRef type = body->compilation->i64;
	LLVMValueRef value = form(body, index, 0, scalar);

	if (!scalar)
		type = tandem_lanes_type(body, type);
	return LLVMBuildIntCast2(body->compilation->builder, value, type, 1, "");
}

/* The number of bytes from an array's beginning. */
static void build_offset(struct tandem_body *body, struct tandem_lane_value *value)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef gep = value->original, offset;
	unsigned int count = (unsigned int)LLVMGetNumOperands(gep);
	bool scalar = is_scalar(value);
	LLVMTypeRef type;

	offset = form(body, LLVMGetOperand(gep, 0), 0, scalar);
	for (unsigned int i = 1; i < count; i++) {
		struct tandem_ir_step step =
			tandem_ir_address_step(compilation->layout, gep, i, &type);
		LLVMValueRef bytes = LLVMConstInt(compilation->i64, step.bytes, 0);

		if (!scalar)
			bytes = tandem_lanes_splat(body, bytes);
		if (step.index)
			bytes = LLVMBuildMul(builder, wide_index(body, step.index, scalar), bytes,
					     "");
		offset = LLVMBuildAdd(builder, offset, bytes, "");
	}
	tandem_lanes_set(body, value, 0, offset);
}

static void build_address(struct tandem_body *body, struct tandem_lane_value *value)
{
	LLVMValueRef gep = value->original, indices[MOST_OPERANDS], base;
	unsigned int count = (unsigned int)LLVMGetNumOperands(gep) - 1;
	LLVMTypeRef type = LLVMGetGEPSourceElementType(gep);
	bool scalar = is_scalar(value), in_bounds;

	if (value->array) {
		build_offset(body, value);
		return;
	}
	if (count > MOST_OPERANDS) {
		tandem_body_refuse(body, "an instruction has many operands");
		return;
	}
	for (unsigned int i = 0; i <= count; i++) {
		LLVMValueRef operand = LLVMGetOperand(gep, i);
		bool same = tandem_shape_is_uniform(tandem_body_shape(body, operand, body->block));

		*(i ? &indices[i - 1] : &base) = form(body, operand, 0, scalar || same);
	}
	in_bounds = LLVMIsInBounds(gep) && (!scalar || is_same_for_all(body, gep));
	tandem_lanes_set(body, value, 0,
			 tandem_ir_address(body->compilation, type, base, indices, count,
					   in_bounds));
}

/* ---- all of them ---- */

static bool is_widened(const struct tandem_lane_value *value)
{
	switch (LLVMGetInstructionOpcode(value->original)) {
	case LLVMSExt:
	case LLVMZExt:
	case LLVMAnd:
	case LLVMAShr:
	case LLVMLShr:
		return is_scalar(value) && value->shape.stride;
	default:
		return false;
	}
}

void tandem_lanes_build_operation(struct tandem_body *body, LLVMValueRef instruction)
{
	struct tandem_lane_value *value = tandem_body_value(body, instruction);

	if (!value->components ||
	    (LLVMIsACallInst(instruction) && tandem_lanes_ignore_intrinsic(instruction)))
		return;
	if (is_widened(value)) {
		tandem_lanes_set(body, value, 0, tandem_body_widen(body, instruction));
	} else {
		switch (LLVMGetInstructionOpcode(instruction)) {
		case LLVMExtractElement:
			extract_component(body, value);
			break;
		case LLVMInsertElement:
			insert_component(body, value);
			break;
		case LLVMShuffleVector:
			shuffle_components(body, value);
			break;
		case LLVMGetElementPtr:
			build_address(body, value);
			break;
		case LLVMExtractValue:
			tandem_lanes_set(body, value, 0,
					 tandem_lanes_vector(body, LLVMGetOperand(instruction, 0),
							     0));
			break;
		default:
			if (tandem_lanes_joins_or_divides(instruction))
				tandem_lanes_build_regrouping(body, value);
			else
				build_components(body, value);
		}
	}
	tandem_lanes_keep(body, value);
}
