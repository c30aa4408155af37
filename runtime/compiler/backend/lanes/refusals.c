// SPDX-License-Identifier: MIT
/* What has no form for lanes, and what is not worth one. */
#include <string.h>

#include "body.h"
#include "groups/joined_rows.h"
#include "util/alloc.h"

#define MOST_INSTRUCTIONS 3000
#define MOST_BLOCKS	  250
/* Of a program with functions that stay functions, which takes long anyway. */
#define MOST_WITH_CALLS 500
/* Values that are computed of each other, where it is asked what they are of. */
#define MOST_DEPTH 8
/* Instructions of straight code that is not taken for a loop which has been written out. */
#define MOST_WRITTEN_OUT 64

static bool has_prefix(const char *name, const char *const *prefixes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	return false;
}

bool tandem_lanes_have_intrinsic(LLVMValueRef call)
{
	static const char *const prefixes[] = {
		"fma.",	       "fmuladd.", "sqrt.",	  "fabs.",	"floor.",    "ceil.",
		"trunc.",      "rint.",	   "nearbyint.",  "roundeven.", "copysign.", "minnum.",
		"maxnum.",     "minimum.", "maximum.",	  "umin.",	"umax.",     "smin.",
		"smax.",       "abs.",	   "ctpop.",	  "ctlz.",	"cttz.",     "bswap.",
		"bitreverse.", "fshl.",	   "fshr.",	  "uadd.sat.",	"sadd.sat.", "usub.sat.",
		"ssub.sat.",   "round.",   "is.fpclass.",
	};
	const char *name = tandem_ir_intrinsic(call);

	return name && has_prefix(name, prefixes, TANDEM_ARRAY_SIZE(prefixes));
}

bool tandem_lanes_ignore_intrinsic(LLVMValueRef call)
{
	static const char *const prefixes[] = {
		"assume",
		"experimental.noalias.scope.decl",
		"lifetime.",
		"sideeffect",
	};
	const char *name = tandem_ir_intrinsic(call);

	return name && has_prefix(name, prefixes, TANDEM_ARRAY_SIZE(prefixes));
}

static bool is_element(LLVMTypeRef type)
{
	switch (LLVMGetTypeKind(type)) {
	case LLVMIntegerTypeKind:
		return LLVMGetIntTypeWidth(type) <= 64;
	case LLVMHalfTypeKind:
	case LLVMFloatTypeKind:
	case LLVMDoubleTypeKind:
	case LLVMPointerTypeKind:
		return true;
	default:
		return false;
	}
}

/* Whether elements lie in memory as they do in an array of them. */
static bool is_in_memory(const struct tandem_body *body, LLVMTypeRef type)
{
	uint64_t bits;

	if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
		type = LLVMGetElementType(type);
	bits = LLVMSizeOfTypeInBits(body->compilation->layout, type);
	return is_element(type) && bits >= 8 && tandem_is_power_of_two(bits);
}

/*
 * What others see, or see to: in a loop, lanes might wait for each other by it. Nothing waits by an
 * operation whose result it does not look at.
 */
static void look_at_turns(struct tandem_body *body, LLVMValueRef instruction)
{
	if (LLVMIsAAtomicRMWInst(instruction) && !LLVMGetFirstUse(instruction))
		return;
	if (tandem_ir_is_seen_by_others(instruction) &&
	    tandem_flow_loop_of(&body->flow, instruction) != TANDEM_NO_LOOP)
		tandem_body_refuse(body, "it has atomics, fences or volatile accesses in a loop");
}

static void look_at_access(struct tandem_body *body, LLVMValueRef instruction)
{
	LLVMTypeRef type = LLVMTypeOf(
		LLVMIsAStoreInst(instruction) ? LLVMGetOperand(instruction, 0) : instruction);

	if (!is_in_memory(body, type))
		tandem_body_refuse(body, "it accesses memory as a type without lanes");
}

/* Where a change of type joins or divides components, they must be of whole bytes. */
static void look_at_cast(struct tandem_body *body, LLVMValueRef instruction)
{
	LLVMValueRef from = LLVMGetOperand(instruction, 0);

	if (tandem_lanes_joins_or_divides(instruction) &&
	    (!is_in_memory(body, LLVMTypeOf(from)) || !is_in_memory(body, LLVMTypeOf(instruction))))
		tandem_body_refuse(body, "it takes vectors apart by a change of type");
}

static void look_at_constant_index(struct tandem_body *body, LLVMValueRef index)
{
	if (!LLVMIsAConstantInt(index))
		tandem_body_refuse(body, "it picks a vector's component by an index");
}

static void look_at_operands(struct tandem_body *body, LLVMValueRef instruction)
{
	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef value = LLVMGetOperand(instruction, i);
		LLVMTypeRef type;

		if (LLVMIsAFunction(value) || LLVMValueIsBasicBlock(value))
			continue;
		type = LLVMIsAAtomicCmpXchgInst(value) ? LLVMTypeOf(LLVMGetOperand(value, 2)) :
							 LLVMTypeOf(value);
		if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
			type = LLVMGetElementType(type);
		if (!is_element(type))
			tandem_body_refuse(body, "it has values of a type without lanes");
	}
}

static void look_at_type(struct tandem_body *body, LLVMValueRef instruction)
{
	LLVMTypeRef type = LLVMTypeOf(instruction);

	if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
		type = LLVMGetElementType(type);
	if (LLVMIsAAtomicCmpXchgInst(instruction))
		type = LLVMTypeOf(LLVMGetOperand(instruction, 2));
	if (LLVMGetTypeKind(type) != LLVMVoidTypeKind && !is_element(type))
		tandem_body_refuse(body, "it has values of a type without lanes");
}

static void look_at_call(struct tandem_body *body, LLVMValueRef call)
{
	if (!tandem_lanes_have_intrinsic(call) && !tandem_lanes_call_of(call) &&
	    !tandem_lanes_call_in_turn(body, call))
		tandem_body_refuse(body, "it calls '%s'",
				   tandem_ir_source_name(LLVMGetCalledValue(call)));
}

static void look_at(struct tandem_body *body, LLVMValueRef instruction)
{
	if (LLVMIsACallInst(instruction) && tandem_lanes_ignore_intrinsic(instruction))
		return;
	if (tandem_lanes_is_reduction(instruction))
		return;
	look_at_type(body, instruction);
	look_at_operands(body, instruction);
	look_at_turns(body, instruction);
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMLoad:
	case LLVMStore:
		look_at_access(body, instruction);
		break;
	case LLVMBitCast:
		look_at_cast(body, instruction);
		break;
	case LLVMExtractElement:
		look_at_constant_index(body, LLVMGetOperand(instruction, 1));
		break;
	case LLVMInsertElement:
		look_at_constant_index(body, LLVMGetOperand(instruction, 2));
		break;
	case LLVMCall:
		look_at_call(body, instruction);
		break;
	case LLVMExtractValue:
		if (!LLVMIsAAtomicCmpXchgInst(LLVMGetOperand(instruction, 0)))
			tandem_body_refuse(body, "it has values of a type without lanes");
		break;
	case LLVMAtomicRMW:
	case LLVMAtomicCmpXchg:
	case LLVMFence:
		break;
	case LLVMGetElementPtr:
		if (LLVMGetTypeKind(LLVMTypeOf(instruction)) == LLVMVectorTypeKind)
			tandem_body_refuse(body, "it has vectors of pointers");
		break;
	case LLVMUnreachable:
		tandem_body_refuse(body, "it has an end that nothing comes to");
		break;
	case LLVMRet:
	case LLVMBr:
	case LLVMSwitch:
	case LLVMAlloca:
	case LLVMPHI:
	case LLVMSelect:
	case LLVMICmp:
	case LLVMFCmp:
	case LLVMFNeg:
	case LLVMFreeze:
	case LLVMShuffleVector:
		break;
	default:
		if (!LLVMIsABinaryOperator(instruction) && !LLVMIsACastInst(instruction))
			tandem_body_refuse(body, "it has an instruction without lanes");
	}
}

/* ---- the whole ---- */

/* Whether a value may differ between lanes, by what it is computed of. */
static bool may_vary(const struct tandem_body *body, LLVMValueRef value, unsigned int depth)
{
	if (!LLVMIsAInstruction(value)) {
		for (unsigned int i = 0; i < body->varying_count; i++) {
			if (LLVMGetParam(body->item, body->varying_parameters[i]) == value)
				return true;
		}
		return false;
	}
	if (!depth || LLVMIsAPHINode(value))
		return true;
	for (int i = 0; i < LLVMGetNumOperands(value); i++) {
		if (may_vary(body, LLVMGetOperand(value, (unsigned int)i), depth - 1))
			return true;
	}
	return false;
}

/* Whether a value is computed of something that lanes load from different places. */
static bool is_of_loaded(const struct tandem_body *body, LLVMValueRef value, unsigned int depth)
{
	if (!depth || !LLVMIsAInstruction(value))
		return false;
	if (LLVMIsALoadInst(value))
		return may_vary(body, LLVMGetOperand(value, 0), depth);
	for (int i = 0; i < LLVMGetNumOperands(value); i++) {
		if (is_of_loaded(body, LLVMGetOperand(value, (unsigned int)i), depth - 1))
			return true;
	}
	return false;
}

/*
 * Whether lanes that find something by what they load store it in one place, which the loop
 * vectoriser does not do.
 */
static bool stores_what_is_found(const struct tandem_body *body)
{
	bool chooses = false, stores = false;

	for (unsigned int i = LLVMCountParams(body->item); i < body->value_count; i++) {
		LLVMValueRef value = body->values[i].original;
		unsigned int block = tandem_body_block_of(body, value);

		if (LLVMIsABranchInst(value) && LLVMIsConditional(value))
			chooses |= is_of_loaded(body, LLVMGetCondition(value), MOST_DEPTH);
		if (LLVMIsAStoreInst(value) && !tandem_set_has(body->post_dominators, block))
			stores |= !may_vary(body, LLVMGetOperand(value, 1), MOST_DEPTH);
	}
	return chooses && stores;
}

/*
 * Straight code that has a form for vectors as it is, LLVM's loop vectoriser does well. It makes
 * as many divisions of one as a vector has elements.
 */
static bool is_plain(const struct tandem_body *body)
{
	unsigned int parameters = LLVMCountParams(body->item);

	if (body->flow.loop_count ||
	    (body->compilation->has_loops && body->value_count - parameters > MOST_WRITTEN_OUT))
		return false;
	for (unsigned int i = 0; i < body->value_count; i++) {
		LLVMValueRef value = body->values[i].original;

		if (body->values[i].components > 1 || LLVMIsAAllocaInst(value) ||
		    tandem_lanes_take_turns(value))
			return false;
		if (tandem_lanes_is_division(value) && !LLVMIsConstant(LLVMGetOperand(value, 1)))
			return false;
	}
	return !stores_what_is_found(body);
}

static bool calls_functions(const struct tandem_body *body)
{
	for (unsigned int i = LLVMCountParams(body->item); i < body->value_count; i++) {
		LLVMValueRef value = body->values[i].original;

		if (LLVMIsACallInst(value) && !tandem_ir_intrinsic(value) &&
		    !tandem_lanes_call_of(value))
			return true;
	}
	return false;
}

void tandem_body_look_for_refusals(struct tandem_body *body)
{
	unsigned int count = body->value_count;

	/* Another form of the kernel is to have sub-groups of the same size. */
	if (body->compilation->may_join_rows)
		count += TANDEM_JOINED_ROWS_VALUES;
	if (body->flow.block_count > MOST_BLOCKS || count > MOST_INSTRUCTIONS ||
	    (count > MOST_WITH_CALLS && calls_functions(body)))
		tandem_body_refuse(body, "it is large");
	for (unsigned int i = LLVMCountParams(body->item); i < body->value_count; i++)
		look_at(body, body->values[i].original);
	body->is_plain = !tandem_body_is_refused(body) && !body->are_lanes_forced && is_plain(body);
}

void tandem_body_refuse_plain(struct tandem_body *body)
{
	if (body->is_plain && !body->has_likely && body->widening == 1)
		tandem_body_refuse(body, "it is simple enough for the loop vectoriser");
}
