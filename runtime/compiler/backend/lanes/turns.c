// SPDX-License-Identifier: MIT
/*
 * Instructions that have no form for vectors: the lanes of the mask do them one after the
 * other, the first one first. Atomic operations outside loops are such, volatile accesses,
 * and calls of functions that stay functions.
 *
 * An atomic operation on one word whose result nobody looks at is done once for all lanes,
 * where their operands can be put together before: what is seen of it is what is seen where
 * they follow each other directly.
 *
 * A lane that waits for another must not be in its way. It waits in a loop, by what it reads
 * there with an atomic or a volatile access: no kernel with such a loop is taken, and nothing
 * is called that has such accesses.
 */
#include <string.h>

#include "body.h"
#include "compiler/group_context.h"
#include "util/alloc.h"
#include "waiting.h"

#define MOST_OPERANDS 32

/* ---- which ---- */

static bool has_turns_intrinsic(LLVMValueRef call)
{
	static const char *const prefixes[] = {
		"memcpy.", "memmove.", "memset.", "prefetch.", "ldexp.", "powi.",
	};
	const char *name = tandem_ir_intrinsic(call);

	for (size_t i = 0; name && i < TANDEM_ARRAY_SIZE(prefixes); i++) {
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	return false;
}

bool tandem_lanes_call_in_turn(struct tandem_body *body, LLVMValueRef call)
{
	LLVMValueRef called = LLVMGetCalledValue(call);

	if (LLVMGetNumArgOperands(call) > MOST_OPERANDS || !LLVMIsAFunction(called))
		return false;
	if (tandem_ir_intrinsic(call))
		return has_turns_intrinsic(call);
	/* A kernel that prints, and has no sub-groups, is as well off without bundles. */
	if (tandem_ir_calls(call, TANDEM_PRINTF_RESERVE_SYMBOL))
		return body->has_sub_groups;
	return tandem_ir_calls(call, TANDEM_CLOCK_SYMBOL) ||
	       (!LLVMIsDeclaration(called) && tandem_waits_for_nobody(&body->harmless, called));
}

/* ---- once for all ---- */

static const char *reduction_of(LLVMValueRef atomic)
{
	switch (LLVMGetAtomicRMWBinOp(atomic)) {
	case LLVMAtomicRMWBinOpAdd:
	case LLVMAtomicRMWBinOpSub:
		return "llvm.vector.reduce.add";
	case LLVMAtomicRMWBinOpAnd:
		return "llvm.vector.reduce.and";
	case LLVMAtomicRMWBinOpOr:
		return "llvm.vector.reduce.or";
	case LLVMAtomicRMWBinOpXor:
		return "llvm.vector.reduce.xor";
	case LLVMAtomicRMWBinOpMax:
		return "llvm.vector.reduce.smax";
	case LLVMAtomicRMWBinOpMin:
		return "llvm.vector.reduce.smin";
	case LLVMAtomicRMWBinOpUMax:
		return "llvm.vector.reduce.umax";
	case LLVMAtomicRMWBinOpUMin:
		return "llvm.vector.reduce.umin";
	default:
		return NULL;
	}
}

/* The operand with which the operation changes nothing. */
static LLVMValueRef neutral(LLVMValueRef atomic, LLVMTypeRef type)
{
	unsigned int width = LLVMGetIntTypeWidth(type);

	switch (LLVMGetAtomicRMWBinOp(atomic)) {
	case LLVMAtomicRMWBinOpAnd:
	case LLVMAtomicRMWBinOpUMin:
		return LLVMConstAllOnes(type);
	case LLVMAtomicRMWBinOpMax:
		return LLVMConstInt(type, UINT64_C(1) << (width - 1), 0);
	case LLVMAtomicRMWBinOpMin:
		return LLVMConstInt(type, (UINT64_C(1) << (width - 1)) - 1, 0);
	default:
		return LLVMConstInt(type, 0, 0);
	}
}

bool tandem_lanes_is_atomic_for_all(const struct tandem_body *body, LLVMValueRef instruction,
				    unsigned int block)
{
	return LLVMIsAAtomicRMWInst(instruction) && !LLVMGetFirstUse(instruction) &&
	       !LLVMGetVolatile(instruction) && reduction_of(instruction) &&
	       LLVMGetTypeKind(LLVMTypeOf(instruction)) == LLVMIntegerTypeKind &&
	       tandem_shape_is_uniform(
		       tandem_body_shape(body, LLVMGetOperand(instruction, 0), block));
}

static void build_for_all(struct tandem_body *body, LLVMValueRef atomic)
{
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	const char *name = reduction_of(atomic);
	LLVMValueRef values = tandem_lanes_vector(body, LLVMGetOperand(atomic, 1), 0), all, copy;
	LLVMTypeRef type = LLVMTypeOf(values);
	LLVMValueRef function = LLVMGetIntrinsicDeclaration(
		compilation->module, LLVMLookupIntrinsicID(name, strlen(name)), &type, 1);

	if (body->mask)
		values = LLVMBuildSelect(
			builder, body->mask, values,
			tandem_lanes_splat(body, neutral(atomic, LLVMTypeOf(atomic))), "");
	all = LLVMBuildCall2(builder, LLVMGlobalGetValueType(function), function, &values, 1, "");
	copy = LLVMInstructionClone(atomic);
	LLVMSetOperand(copy, 0, tandem_lanes_scalar(body, LLVMGetOperand(atomic, 0), 0));
	LLVMSetOperand(copy, 1, all);
	LLVMInsertIntoBuilder(builder, copy);
}

/* ---- one after the other ---- */

struct turns {
	struct tandem_body *body;
	LLVMValueRef instruction;
	unsigned int count; /* of operands that may differ */
	/* Of operands that do: for each component, the lanes. */
	LLVMValueRef vectors[MOST_OPERANDS][TANDEM_MOST_COMPONENTS];
	LLVMValueRef operands[MOST_OPERANDS]; /* of the lane whose turn it is */
	LLVMValueRef results[TANDEM_MOST_COMPONENTS]; /* variables with the lanes' results */
};

static LLVMValueRef number(const struct turns *turns, unsigned int value)
{
	return LLVMConstInt(turns->body->compilation->i32, value, 0);
}

static unsigned int components_of(LLVMTypeRef type)
{
	return LLVMGetTypeKind(type) == LLVMVectorTypeKind ? LLVMGetVectorSize(type) : 1;
}

/* In front of the turns: the vectors of what differs, and whole values of what does not. */
static void prepare_operand(struct turns *turns, unsigned int i)
{
	struct tandem_body *body = turns->body;
	LLVMValueRef operand = LLVMGetOperand(turns->instruction, i);
	unsigned int components = components_of(LLVMTypeOf(operand));
	LLVMValueRef whole;

	if (!tandem_body_value(body, operand)) {
		turns->operands[i] = operand;
		return;
	}
	if (!tandem_shape_is_uniform(tandem_body_shape(body, operand, body->block))) {
		for (unsigned int c = 0; c < components; c++)
			turns->vectors[i][c] = tandem_lanes_vector(body, operand, c);
		return;
	}
	whole = LLVMGetPoison(LLVMTypeOf(operand));
	for (unsigned int c = 0; c < components; c++) {
		LLVMValueRef one = tandem_lanes_scalar(body, operand, c);

		whole = LLVMGetTypeKind(LLVMTypeOf(operand)) != LLVMVectorTypeKind ?
				one :
				LLVMBuildInsertElement(body->compilation->builder, whole, one,
						       number(turns, c), "");
	}
	turns->operands[i] = whole;
}

static LLVMValueRef operand_of(const struct turns *turns, unsigned int i, LLVMValueRef lane)
{
	LLVMTypeRef type = LLVMTypeOf(LLVMGetOperand(turns->instruction, i));
	LLVMBuilderRef builder = turns->body->compilation->builder;
	LLVMValueRef whole = LLVMGetPoison(type);

	if (turns->operands[i])
		return turns->operands[i];
	for (unsigned int c = 0; c < components_of(type); c++) {
		LLVMValueRef one = LLVMBuildExtractElement(builder, turns->vectors[i][c], lane, "");

		if (LLVMGetTypeKind(type) != LLVMVectorTypeKind)
			return one;
		whole = LLVMBuildInsertElement(builder, whole, one, number(turns, c), "");
	}
	return whole;
}

/* What an element is in the variable: a condition has a byte there. */
static LLVMTypeRef result_type(const struct turns *turns, LLVMTypeRef element)
{
	return element == turns->body->compilation->i1 ? turns->body->compilation->i8 : element;
}

static void keep_result(const struct turns *turns, const struct tandem_lane_value *value,
			LLVMValueRef done, LLVMValueRef lane)
{
	LLVMBuilderRef builder = turns->body->compilation->builder;
	LLVMTypeRef type = result_type(turns, value->element);

	if (LLVMIsAAtomicCmpXchgInst(turns->instruction))
		done = LLVMBuildExtractValue(builder, done, 0, "");
	for (unsigned int c = 0; c < value->components; c++) {
		LLVMValueRef place = LLVMBuildGEP2(builder, type, turns->results[c], &lane, 1, "");
		LLVMValueRef one = done;

		if (LLVMGetTypeKind(LLVMTypeOf(done)) == LLVMVectorTypeKind)
			one = LLVMBuildExtractElement(builder, done, number(turns, c), "");
		if (LLVMTypeOf(one) != type)
			one = LLVMBuildZExt(builder, one, type, "");
		LLVMBuildStore(builder, one, place);
	}
}

static void load_results(const struct turns *turns, struct tandem_lane_value *value)
{
	struct tandem_body *body = turns->body;
	LLVMBuilderRef builder = body->compilation->builder;
	LLVMTypeRef type = tandem_lanes_type(body, result_type(turns, value->element));

	for (unsigned int c = 0; c < value->components; c++) {
		LLVMValueRef all = LLVMBuildLoad2(builder, type, turns->results[c], "");

		if (result_type(turns, value->element) != value->element)
			all = LLVMBuildTrunc(builder, all, tandem_lanes_type(body, value->element),
					     "");
		tandem_lanes_set(body, value, c, all);
	}
	tandem_lanes_keep(body, value);
}

static void build_turn(const struct turns *turns, struct tandem_lane_value *value,
		       LLVMValueRef lane)
{
	LLVMValueRef copy = LLVMInstructionClone(turns->instruction);

	for (unsigned int i = 0; i < turns->count; i++)
		LLVMSetOperand(copy, i, operand_of(turns, i, lane));
	LLVMInsertIntoBuilder(turns->body->compilation->builder, copy);
	if (value->components)
		keep_result(turns, value, copy, lane);
}

/* The number of the lowest bit that is set. */
static LLVMValueRef lowest(const struct turns *turns, LLVMValueRef bits)
{
	struct tandem_compilation *compilation = turns->body->compilation;
	LLVMTypeRef type = LLVMTypeOf(bits);
	LLVMValueRef function = LLVMGetIntrinsicDeclaration(
		compilation->module, LLVMLookupIntrinsicID("llvm.cttz", 9), &type, 1);
	LLVMValueRef arguments[] = { bits, LLVMConstInt(compilation->i1, 1, 0) };
	LLVMValueRef lane = LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(function),
					   function, arguments, 2, "");

	return LLVMBuildIntCast2(compilation->builder, lane, compilation->i32, 0, "");
}

/* A loop over the lanes of the mask, of which there is one at least. */
static void build_loop(const struct turns *turns, struct tandem_lane_value *value)
{
	struct tandem_body *body = turns->body;
	struct tandem_compilation *compilation = body->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef type = LLVMIntTypeInContext(compilation->context, body->lanes);
	LLVMBasicBlockRef before = LLVMGetInsertBlock(builder), turn, done;
	LLVMValueRef all = LLVMBuildBitCast(builder, tandem_lanes_mask(body), type, ""), left, next;

	turn = LLVMAppendBasicBlockInContext(compilation->context, body->function, "turn");
	done = LLVMAppendBasicBlockInContext(compilation->context, body->function, "turned");
	LLVMBuildBr(builder, turn);
	LLVMPositionBuilderAtEnd(builder, turn);
	left = LLVMBuildPhi(builder, type, "");
	build_turn(turns, value, lowest(turns, left));
	next = LLVMBuildAnd(builder, left,
			    LLVMBuildSub(builder, left, LLVMConstInt(type, 1, 0), ""), "");
	LLVMBuildCondBr(builder, LLVMBuildICmp(builder, LLVMIntNE, next, LLVMConstNull(type), ""),
			turn, done);
	LLVMAddIncoming(left, &all, &before, 1);
	LLVMAddIncoming(left, &next, &turn, 1);
	LLVMPositionBuilderAtEnd(builder, done);
}

void tandem_lanes_build_in_turn(struct tandem_body *body, LLVMValueRef instruction)
{
	struct tandem_lane_value *value = tandem_body_value(body, instruction);
	struct turns turns = { .body = body, .instruction = instruction };

	if (tandem_lanes_is_atomic_for_all(body, instruction, body->block)) {
		build_for_all(body, instruction);
		return;
	}
	if (LLVMIsAFenceInst(instruction)) {
		LLVMInsertIntoBuilder(body->compilation->builder,
				      LLVMInstructionClone(instruction));
		return;
	}
	turns.count = LLVMIsACallInst(instruction) ? LLVMGetNumArgOperands(instruction) :
						     (unsigned int)LLVMGetNumOperands(instruction);
	for (unsigned int i = 0; i < turns.count; i++)
		prepare_operand(&turns, i);
	for (unsigned int c = 0; c < value->components; c++) {
		LLVMTypeRef type = tandem_lanes_type(body, result_type(&turns, value->element));

		turns.results[c] = tandem_lanes_add_slot(body, type);
	}
	build_loop(&turns, value);
	load_results(&turns, value);
}
