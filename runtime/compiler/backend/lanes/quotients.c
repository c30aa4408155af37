// SPDX-License-Identifier: MIT
/*
 * Divisions of integers, which processors have for no vectors.
 *
 * Numbers of 32 bits are divided as such of double precision: the true quotient of x and d, if it
 * is none itself, is 1 / d or more below the next whole number, and that is so much of it that
 * rounding does not get there. By one number for all lanes it is a product with the reciprocal,
 * which is made too large by 2 in 2 to the 52nd, so that no rounding leaves a whole quotient too
 * small; what it is too large by does not reach the next whole number either.
 *
 * Numbers of 64 bits go the same way where those of all lanes are small enough, which is seen
 * when they are divided. Where they are not, lanes divide one after the other.
 */
#include <string.h>

#include "two_ways.h"

/* Below two to this, both ways are right for numbers that are not negative. */
#define SMALL_BITS 46
/* One, and two in the last place: what a reciprocal is made larger by. */
#define LARGER 0x1.0000000000002p0
/* From 2 to the 52nd on, doubles are whole numbers, one apart, in their low 52 bits. */
#define WHOLE	   0x1p52
#define WHOLE_BITS 0x4330000000000000ull
#define WHOLE_MASK 0x000fffffffffffffull

/* In instructions. */
#define COST_OF_ONE_DIVISOR 12
#define COST_OF_DIVISORS    24
#define COST_OF_CHECK	    12

struct division {
	struct tandem_body *body;
	LLVMOpcode opcode;
	bool is_signed;
	unsigned int bits;
	LLVMTypeRef type; /* of one lane's numbers */
	LLVMValueRef dividend, divisor; /* of all lanes */
	LLVMValueRef one; /* the divisor, where it is the same for all; or NULL */
};

bool tandem_lanes_is_division(LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMUDiv:
	case LLVMSDiv:
	case LLVMURem:
	case LLVMSRem:
		return true;
	default:
		return false;
	}
}

/* ---- divisors that are the same for all ---- */

static bool compares(LLVMValueRef condition, LLVMValueRef value, uint64_t number)
{
	return LLVMIsAICmpInst(condition) && LLVMGetICmpPredicate(condition) == LLVMIntEQ &&
	       LLVMGetOperand(condition, 0) == value &&
	       LLVMGetOperand(condition, 1) == LLVMConstInt(LLVMTypeOf(value), number, 1);
}

static LLVMValueRef operand_of(LLVMValueRef instruction, LLVMOpcode opcode, unsigned int i)
{
	if (!LLVMIsAInstruction(instruction) || LLVMGetInstructionOpcode(instruction) != opcode)
		return NULL;
	return LLVMGetOperand(instruction, i);
}

/* Whether a condition says no more than that a division by @divisor is not defined. */
static bool is_guard(LLVMValueRef condition, LLVMValueRef divisor, LLVMValueRef dividend)
{
	uint64_t least = UINT64_C(1) << (LLVMGetIntTypeWidth(LLVMTypeOf(divisor)) - 1);
	LLVMValueRef a = operand_of(condition, LLVMOr, 0), b;

	if (compares(condition, divisor, 0))
		return true;
	if (a)
		return is_guard(a, divisor, dividend) &&
		       is_guard(LLVMGetOperand(condition, 1), divisor, dividend);
	a = operand_of(condition, LLVMAnd, 0);
	b = a ? LLVMGetOperand(condition, 1) : NULL;
	return a && ((compares(a, divisor, UINT64_MAX) && compares(b, dividend, least)) ||
		     (compares(b, divisor, UINT64_MAX) && compares(a, dividend, least)));
}

/*
 * The divisor, if it is the same for all lanes; or what a signed division has its guarded divisor
 * from, if that is. NULL where neither is.
 */
static LLVMValueRef same_for_all(const struct tandem_body *body, LLVMValueRef division)
{
	unsigned int block = tandem_body_block_of(body, division);
	LLVMValueRef divisor = LLVMGetOperand(division, 1), from;
	LLVMTypeRef type = LLVMTypeOf(divisor);

	if (tandem_shape_is_uniform(tandem_body_shape(body, divisor, block)))
		return divisor;
	if (!LLVMIsASelectInst(divisor) || LLVMGetTypeKind(type) != LLVMIntegerTypeKind ||
	    LLVMGetIntTypeWidth(type) > 64 ||
	    LLVMGetOperand(divisor, 1) != LLVMConstInt(type, 1, 0))
		return NULL;
	from = LLVMGetOperand(divisor, 2);
	if (!tandem_shape_is_uniform(tandem_body_shape(body, from, block)) ||
	    !is_guard(LLVMGetOperand(divisor, 0), from, LLVMGetOperand(division, 0)))
		return NULL;
	return from;
}

/*
 * The divisor for all lanes, or NULL. It need not be guarded against a quotient that is too
 * large: what that gives is no matter, and nothing traps.
 */
static LLVMValueRef find_one(struct tandem_body *body, LLVMValueRef division, unsigned int c)
{
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMValueRef from = same_for_all(body, division), is_zero;

	if (!from || from == LLVMGetOperand(division, 1))
		return from ? tandem_lanes_scalar(body, from, c) : NULL;
	from = tandem_lanes_scalar(body, from, 0);
	is_zero = LLVMBuildICmp(builder, LLVMIntEQ, from, LLVMConstNull(LLVMTypeOf(from)), "");
	return LLVMBuildSelect(builder, is_zero, LLVMConstInt(LLVMTypeOf(from), 1, 0), from, "");
}

/* ---- as doubles ---- */

/* A type for one number or all lanes', as @like is. */
static LLVMTypeRef type_like(const struct division *division, LLVMTypeRef element,
			     LLVMValueRef like)
{
	return LLVMGetTypeKind(LLVMTypeOf(like)) == LLVMVectorTypeKind ?
		       tandem_lanes_type(division->body, element) :
		       element;
}

static LLVMValueRef constant_like(const struct division *division, LLVMValueRef constant,
				  LLVMValueRef like)
{
	return LLVMGetTypeKind(LLVMTypeOf(like)) == LLVMVectorTypeKind ?
		       tandem_lanes_splat(division->body, constant) :
		       constant;
}

static LLVMTypeRef real_type(const struct division *division)
{
	return LLVMDoubleTypeInContext(division->body->compilation->context);
}

static LLVMValueRef to_real(const struct division *division, LLVMValueRef number)
{
	LLVMBuilderRef builder = division->body->compilation->builder;
	LLVMTypeRef type = type_like(division, real_type(division), number);
	LLVMValueRef whole;

	if (division->bits <= 32)
		return division->is_signed ? LLVMBuildSIToFP(builder, number, type, "") :
					     LLVMBuildUIToFP(builder, number, type, "");
	whole = LLVMConstInt(division->type, WHOLE_BITS, 0);
	number = LLVMBuildOr(builder, number, constant_like(division, whole, number), "");
	whole = LLVMConstReal(real_type(division), WHOLE);
	return LLVMBuildFSub(builder, LLVMBuildBitCast(builder, number, type, ""),
			     constant_like(division, whole, number), "");
}

static LLVMValueRef round_down(const struct division *division, LLVMValueRef real)
{
	unsigned int id = LLVMLookupIntrinsicID("llvm.trunc", strlen("llvm.trunc"));
	LLVMTypeRef type = LLVMTypeOf(real);
	LLVMValueRef function =
		LLVMGetIntrinsicDeclaration(division->body->compilation->module, id, &type, 1);

	return LLVMBuildCall2(division->body->compilation->builder,
			      LLVMGlobalGetValueType(function), function, &real, 1, "");
}

/* The whole number that a quotient of all lanes has; something where lanes do not divide. */
static LLVMValueRef from_real(const struct division *division, LLVMValueRef real)
{
	LLVMBuilderRef builder = division->body->compilation->builder;
	LLVMTypeRef type = tandem_lanes_type(division->body, division->type);
	LLVMValueRef whole, mask;

	if (division->bits <= 32) {
		real = division->is_signed ? LLVMBuildFPToSI(builder, real, type, "") :
					     LLVMBuildFPToUI(builder, real, type, "");
		return LLVMBuildFreeze(builder, real, "");
	}
	whole = tandem_lanes_splat(division->body, LLVMConstReal(real_type(division), WHOLE));
	mask = tandem_lanes_splat(division->body, LLVMConstInt(division->type, WHOLE_MASK, 0));
	real = LLVMBuildFAdd(builder, round_down(division, real), whole, "");
	return LLVMBuildAnd(builder, LLVMBuildBitCast(builder, real, type, ""), mask, "");
}

static LLVMValueRef reciprocal(const struct division *division)
{
	LLVMBuilderRef builder = division->body->compilation->builder;
	LLVMTypeRef type = real_type(division);
	LLVMValueRef exact = LLVMBuildFDiv(builder, LLVMConstReal(type, 1),
					   to_real(division, division->one), "");

	return LLVMBuildFMul(builder, exact, LLVMConstReal(type, LARGER), "");
}

static LLVMValueRef divide_as_reals(const struct division *division)
{
	LLVMBuilderRef builder = division->body->compilation->builder;
	LLVMValueRef dividend = to_real(division, division->dividend), quotient, divisor;

	if (division->one) {
		divisor = tandem_lanes_splat(division->body, reciprocal(division));
		quotient = LLVMBuildFMul(builder, dividend, divisor, "");
	} else {
		divisor = to_real(division, division->divisor);
		quotient = LLVMBuildFDiv(builder, dividend, divisor, "");
	}
	quotient = from_real(division, quotient);
	if (division->opcode == LLVMUDiv || division->opcode == LLVMSDiv)
		return quotient;
	divisor = division->one ? tandem_lanes_splat(division->body, division->one) :
				  division->divisor;
	return LLVMBuildSub(builder, division->dividend,
			    LLVMBuildMul(builder, quotient, divisor, ""), "");
}

/* ---- as they are ---- */

/* A divisor that is 1 in lanes that do not divide. */
static LLVMValueRef masked_divisor(struct tandem_body *body, LLVMValueRef divisor)
{
	LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(divisor));

	if (!body->mask || LLVMIsConstant(divisor))
		return divisor;
	return LLVMBuildSelect(body->compilation->builder, body->mask, divisor,
			       tandem_lanes_splat(body, LLVMConstInt(type, 1, 0)), "");
}

static LLVMValueRef are_small(const struct division *division)
{
	struct tandem_body *body = division->body;
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMValueRef limit = LLVMConstInt(division->type, UINT64_C(1) << SMALL_BITS, 0);
	LLVMValueRef both = LLVMBuildOr(builder, division->dividend, division->divisor, "");
	LLVMValueRef small =
		LLVMBuildICmp(builder, LLVMIntULT, both, tandem_lanes_splat(body, limit), "");

	/* What lanes have that do not divide may be of no value. */
	if (body->mask)
		small = LLVMBuildSelect(builder, body->mask, small,
					LLVMConstAllOnes(LLVMTypeOf(small)), "");
	return tandem_two_ways_all(body, LLVMBuildFreeze(builder, small, ""));
}

static LLVMValueRef divide_if_small(const struct division *division)
{
	struct tandem_body *body = division->body;
	struct tandem_two_ways ways = tandem_two_ways_part(body, are_small(division));
	LLVMBasicBlockRef from[2];
	LLVMValueRef quotients[2];

	quotients[0] = divide_as_reals(division);
	from[0] = tandem_two_ways_go_on(body, &ways, ways.fails);
	quotients[1] = LLVMBuildBinOp(body->compilation->builder, division->opcode,
				      division->dividend, division->divisor, "");
	from[1] = tandem_two_ways_go_on(body, &ways, ways.after);
	return tandem_two_ways_join(body, quotients, from);
}

/* ---- all of them ---- */

LLVMValueRef tandem_lanes_divide(struct tandem_body *body, LLVMValueRef instruction,
				 LLVMValueRef *operands, unsigned int c)
{
	LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
	LLVMTypeRef type = LLVMGetElementType(LLVMTypeOf(operands[0]));
	struct division division = {
		.body = body,
		.opcode = opcode,
		.is_signed = opcode == LLVMSDiv || opcode == LLVMSRem,
		.bits = LLVMGetIntTypeWidth(type),
		.type = type,
		.dividend = operands[0],
		.divisor = masked_divisor(body, operands[1]),
	};

	/* The optimiser makes other widths, too. */
	if (LLVMIsConstant(operands[1]) || (division.bits > 32 && division.bits != 64))
		return LLVMBuildBinOp(body->compilation->builder, opcode, division.dividend,
				      division.divisor, "");
	division.one = find_one(body, instruction, c);
	return division.bits <= 32 ? divide_as_reals(&division) : divide_if_small(&division);
}

unsigned int tandem_lanes_division_cost(const struct tandem_body *body, LLVMValueRef division)
{
	LLVMTypeRef type = LLVMTypeOf(division);
	unsigned int cost = same_for_all(body, division) ? COST_OF_ONE_DIVISOR : COST_OF_DIVISORS;

	if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
		type = LLVMGetElementType(type);
	return LLVMGetIntTypeWidth(type) > 32 ? cost + COST_OF_CHECK : cost;
}
