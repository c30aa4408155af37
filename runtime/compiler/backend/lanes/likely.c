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
/* What a number grows by at most: others make places that lie apart. */
#define BITS_OF_GROWTH 6
#define MOST_GROWTH    (1 << BITS_OF_GROWTH)

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

/* By what constant a number is multiplied; 1: by none, or none that leaves places together. */
static int64_t factor_of(LLVMValueRef value)
{
	LLVMValueRef constant;
	int64_t number;

	if (!LLVMIsAInstruction(value) || LLVMGetNumOperands(value) != 2)
		return 1;
	constant = LLVMGetOperand(value, 1);
	if (!LLVMIsAConstantInt(constant) || LLVMGetIntTypeWidth(LLVMTypeOf(constant)) > 64)
		return 1;
	number = LLVMConstIntGetSExtValue(constant);
	switch (LLVMGetInstructionOpcode(value)) {
	case LLVMMul:
		return number > 0 && number <= MOST_GROWTH ? number : 1;
	case LLVMShl:
		return number >= 0 && number <= BITS_OF_GROWTH ? INT64_C(1) << number : 1;
	default:
		return 1;
	}
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
	case LLVMShl:
	case LLVMMul:
		return factor_of(value) > 1;
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

/* How a number grows of whose operands two grow so. */
static int64_t join(LLVMValueRef value, int64_t a, int64_t b)
{
	switch (LLVMGetInstructionOpcode(value)) {
	case LLVMAdd:
		return a + b;
	case LLVMSub:
		return a - b;
	default:
		/* One of both, most of the time. */
		return a ? a : b;
	}
}

/*
 * Whether a number is made, by what mostly keeps neighbours, of ones that grow evenly from lane
 * to lane; and by how much it mostly grows, 0 for not at all.
 */
static bool mostly_grows(const struct tandem_body *body, LLVMValueRef value, unsigned int block,
			 unsigned int depth, int64_t *growth)
{
	struct tandem_shape shape = tandem_body_shape(body, value, block);
	unsigned int first, count;
	int64_t of[2] = { 0 };

	if (shape.kind != TANDEM_SHAPE_VARYING) {
		*growth = shape.kind == TANDEM_SHAPE_EVEN ? shape.stride : 0;
		return *growth >= -MOST_GROWTH && *growth <= MOST_GROWTH;
	}
	if (!depth || !LLVMIsAInstruction(value))
		return false;
	block = tandem_body_block_of(body, value);
	count = operands_of(body, value, &first);
	for (unsigned int i = 0; i < count; i++) {
		if (!mostly_grows(body, LLVMGetOperand(value, first + i), block, depth - 1, &of[i]))
			return false;
	}
	if (!count)
		return false;
	*growth = join(value, of[0], of[1]) * factor_of(value);
	return *growth >= -MOST_GROWTH && *growth <= MOST_GROWTH;
}

static bool is_widening(LLVMValueRef value)
{
	return LLVMIsASExtInst(value) || LLVMIsAZExtInst(value);
}

/* ---- addresses ---- */

static bool is_short_address(LLVMValueRef pointer)
{
	return LLVMIsAGetElementPtrInst(pointer) &&
	       LLVMGetNumOperands(pointer) <= TANDEM_LIKELY_MOST_INDICES + 1;
}

/* Whether one operand of an address varies, and all others are uniform. */
static bool has_one_varying(const struct tandem_body *body, LLVMValueRef address,
			    unsigned int block, unsigned int *operand)
{
	unsigned int count = 0;

	for (int i = 0; i < LLVMGetNumOperands(address); i++) {
		struct tandem_shape shape =
			tandem_body_shape(body, LLVMGetOperand(address, (unsigned int)i), block);

		if (tandem_shape_is_uniform(shape))
			continue;
		if (shape.kind != TANDEM_SHAPE_VARYING)
			return false;
		*operand = (unsigned int)i;
		count++;
	}
	return count == 1;
}

/* Finds the index that makes an address vary, through those that add what is uniform to another. */
static bool find_index(const struct tandem_body *body, LLVMValueRef pointer, unsigned int block,
		       struct tandem_likely *likely)
{
	for (unsigned int depth = 0; depth < MOST_DEPTH && is_short_address(pointer); depth++) {
		if (!has_one_varying(body, pointer, block, &likely->operand))
			return false;
		likely->address = pointer;
		if (likely->operand)
			return true;
		pointer = LLVMGetOperand(pointer, 0);
	}
	return false;
}

/* What the index is computed of that is worth comparing: the narrower a number, the better. */
static void find_number(struct tandem_likely *likely)
{
	LLVMValueRef index = LLVMGetOperand(likely->address, likely->operand);
	int64_t factor = factor_of(index);
	LLVMValueRef number = factor > 1 ? LLVMGetOperand(index, 0) : index;

	likely->number = index;
	likely->factor = 1;
	if (!is_widening(number))
		return;
	likely->factor = factor;
	likely->widening = number;
	likely->number = LLVMGetOperand(number, 0);
}

/* Whether a number has so many bits that those of a bundle's lanes do not wrap around. */
static bool is_wide_enough(const struct tandem_likely *likely)
{
	LLVMTypeRef type = LLVMTypeOf(likely->number);
	unsigned int bits;

	if (LLVMGetTypeKind(type) != LLVMIntegerTypeKind)
		return false;
	bits = LLVMGetIntTypeWidth(type);
	return likely->widening ? bits >= LEAST_BITS + BITS_OF_GROWTH ||
					  (bits >= LEAST_BITS && likely->growth == 1) :
				  bits >= 64;
}

bool tandem_likely_find(const struct tandem_body *body, LLVMValueRef pointer, unsigned int block,
			struct tandem_likely *likely)
{
	const struct tandem_lane_value *value = tandem_body_value(body, pointer);
	struct tandem_ir_step step = { 0 };
	LLVMTypeRef type;

	*likely = (struct tandem_likely){ 0 };
	if (!value || value->array || value->shape.kind != TANDEM_SHAPE_VARYING ||
	    !find_index(body, pointer, block, likely))
		return false;
	for (unsigned int i = 1; i <= likely->operand; i++)
		step = tandem_ir_address_step(body->compilation->layout, likely->address, i, &type);
	find_number(likely);
	if (!step.index ||
	    !mostly_grows(body, likely->number, block, MOST_DEPTH, &likely->growth) ||
	    likely->growth <= 0)
		return false;
	likely->stride = (int64_t)step.bytes * likely->factor * likely->growth;
	return is_wide_enough(likely) && !tandem_body_leaves_loop(body, likely->number, block);
}

void tandem_likely_note(struct tandem_body *body, LLVMValueRef pointer, unsigned int block,
			const struct tandem_likely *likely)
{
	unsigned int varies;

	do {
		varies = pointer == likely->address ? likely->operand : 0;
		for (int i = 0; i < LLVMGetNumOperands(pointer); i++) {
			if ((unsigned int)i != varies)
				tandem_body_note(body, LLVMGetOperand(pointer, (unsigned int)i),
						 block);
		}
		pointer = LLVMGetOperand(pointer, 0);
	} while (!varies);
	tandem_body_note(body, likely->number, block);
}

/* ---- building ---- */

/* Numbers that follow @first, one a lane. */
static LLVMValueRef followers(struct tandem_body *body, LLVMValueRef first, int64_t growth)
{
	LLVMValueRef numbers[TANDEM_MOST_LANES];

	for (unsigned int i = 0; i < body->lanes; i++)
		numbers[i] = LLVMConstInt(LLVMTypeOf(first), (uint64_t)(growth * (int64_t)i), 1);
	return LLVMBuildAdd(body->compilation->builder, tandem_lanes_splat(body, first),
			    LLVMConstVector(numbers, body->lanes), "");
}

/* The address of the lane whose varying index is @index. */
static LLVMValueRef build_address(struct tandem_body *body, LLVMValueRef pointer,
				  const struct tandem_likely *likely, LLVMValueRef index)
{
	unsigned int count = (unsigned int)LLVMGetNumOperands(pointer) - 1;
	bool varies = pointer == likely->address;
	LLVMValueRef indices[TANDEM_LIKELY_MOST_INDICES], base = LLVMGetOperand(pointer, 0);

	base = varies ? tandem_lanes_scalar(body, base, 0) :
			build_address(body, base, likely, index);
	for (unsigned int i = 0; i < count; i++)
		indices[i] = varies && i + 1 == likely->operand ?
				     index :
				     tandem_lanes_scalar(body, LLVMGetOperand(pointer, i + 1), 0);
	return tandem_ir_address(body->compilation, LLVMGetGEPSourceElementType(pointer), base,
				 indices, count, false);
}

LLVMValueRef tandem_likely_build(struct tandem_body *body, LLVMValueRef pointer,
				 const struct tandem_likely *likely, LLVMValueRef *first_place)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMValueRef numbers, first, follow;

	/* Lanes that do not access may have no value: what is decided must be one all the same. */
	numbers = LLVMBuildFreeze(builder, tandem_lanes_vector(body, likely->number, 0), "");
	first = LLVMBuildExtractElement(builder, numbers,
					LLVMConstInt(body->compilation->i32, 0, 0), "");
	follow = tandem_two_ways_all(body,
				     LLVMBuildICmp(builder, LLVMIntEQ, numbers,
						   followers(body, first, likely->growth), ""));
	if (likely->widening) {
		follow = LLVMBuildAnd(
			builder, follow,
			tandem_body_stays(body, likely->widening, first, likely->growth), "");
		first = LLVMBuildCast(builder, LLVMGetInstructionOpcode(likely->widening), first,
				      LLVMTypeOf(likely->widening), "");
	}
	if (likely->factor > 1)
		first = LLVMBuildMul(builder, first,
				     LLVMConstInt(LLVMTypeOf(first), (uint64_t)likely->factor, 0),
				     "");
	*first_place = build_address(body, pointer, likely, first);
	return follow;
}
