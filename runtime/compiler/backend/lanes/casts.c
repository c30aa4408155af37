// SPDX-License-Identifier: MIT
/*
 * Changes of type that join or divide components: of each lane, a component is put together
 * of smaller ones, or is a part of a larger one, the first in the lowest bits.
 */
#include "body.h"

static unsigned int components_of(LLVMTypeRef type)
{
	return LLVMGetTypeKind(type) == LLVMVectorTypeKind ? LLVMGetVectorSize(type) : 1;
}

bool tandem_lanes_joins_or_divides(LLVMValueRef instruction)
{
	return LLVMIsABitCastInst(instruction) &&
	       components_of(LLVMTypeOf(instruction)) !=
		       components_of(LLVMTypeOf(LLVMGetOperand(instruction, 0)));
}

struct regrouping {
	struct tandem_body *body;
	LLVMValueRef from; /* operand of the cast */
	bool is_scalar;
	unsigned int bits; /* of its components */
};

/* The type, of one lane or of all. */
static LLVMTypeRef type_of(const struct regrouping *regrouping, LLVMTypeRef element)
{
	return regrouping->is_scalar ? element : tandem_lanes_type(regrouping->body, element);
}

static LLVMTypeRef integer(const struct regrouping *regrouping, unsigned int bits)
{
	return type_of(regrouping,
		       LLVMIntTypeInContext(regrouping->body->compilation->context, bits));
}

/* A component of the operand, as an integer. */
static LLVMValueRef component(const struct regrouping *regrouping, unsigned int c)
{
	struct tandem_body *body = regrouping->body;
	LLVMValueRef value = regrouping->is_scalar ?
				     tandem_lanes_scalar(body, regrouping->from, c) :
				     tandem_lanes_vector(body, regrouping->from, c);

	return LLVMBuildBitCast(body->compilation->builder, value,
				integer(regrouping, regrouping->bits), "");
}

static LLVMValueRef shift(const struct regrouping *regrouping, LLVMOpcode opcode,
			  LLVMValueRef value, unsigned int by)
{
	LLVMTypeRef type = LLVMTypeOf(value);
	LLVMValueRef amount;

	if (!by)
		return value;
	if (regrouping->is_scalar)
		amount = LLVMConstInt(type, by, 0);
	else
		amount = tandem_lanes_splat(regrouping->body,
					    LLVMConstInt(LLVMGetElementType(type), by, 0));
	return LLVMBuildBinOp(regrouping->body->compilation->builder, opcode, value, amount, "");
}

/* The part of a larger component. */
static LLVMValueRef divide(const struct regrouping *regrouping, unsigned int c, unsigned int bits)
{
	unsigned int parts = regrouping->bits / bits;
	LLVMValueRef whole = component(regrouping, c / parts);

	whole = shift(regrouping, LLVMLShr, whole, c % parts * bits);
	return LLVMBuildTrunc(regrouping->body->compilation->builder, whole,
			      integer(regrouping, bits), "");
}

static LLVMValueRef join(const struct regrouping *regrouping, unsigned int c, unsigned int bits)
{
	LLVMBuilderRef builder = regrouping->body->compilation->builder;
	unsigned int parts = bits / regrouping->bits;
	LLVMValueRef whole = NULL;

	for (unsigned int i = 0; i < parts; i++) {
		/* One of no value, as a vector of three has, must not take the others'. */
		LLVMValueRef part =
			LLVMBuildFreeze(builder, component(regrouping, c * parts + i), "");

		part = LLVMBuildZExt(builder, part, integer(regrouping, bits), "");
		part = shift(regrouping, LLVMShl, part, i * regrouping->bits);
		whole = whole ? LLVMBuildOr(builder, whole, part, "") : part;
	}
	return whole;
}

static unsigned int bits_of(const struct tandem_body *body, LLVMTypeRef type)
{
	if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
		type = LLVMGetElementType(type);
	return (unsigned int)LLVMSizeOfTypeInBits(body->compilation->layout, type);
}

void tandem_lanes_build_regrouping(struct tandem_body *body, struct tandem_lane_value *value)
{
	struct regrouping regrouping = {
		.body = body,
		.from = LLVMGetOperand(value->original, 0),
		.is_scalar = value->shape.kind != TANDEM_SHAPE_VARYING,
	};
	unsigned int bits = bits_of(body, value->element);

	regrouping.bits = bits_of(body, LLVMTypeOf(regrouping.from));
	for (unsigned int c = 0; c < value->components; c++) {
		LLVMValueRef whole = bits < regrouping.bits ? divide(&regrouping, c, bits) :
							      join(&regrouping, c, bits);

		tandem_lanes_set(body, value, c,
				 LLVMBuildBitCast(body->compilation->builder, whole,
						  type_of(&regrouping, value->element), ""));
	}
}
