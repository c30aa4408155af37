// SPDX-License-Identifier: MIT
/*
 * Of a vector, one value of all its components, as any(), all() and the optimiser make it: in
 * lanes, the components are values of their own, and it is computed from one after another.
 */
#include <string.h>

#include "body.h"

enum kind {
	NO_REDUCTION,
	BY_INSTRUCTION,
	BY_INTRINSIC,
	OF_CONDITIONS, /* whether all hold, or any: the bits as one number, compared */
};

struct reduction {
	enum kind kind;
	LLVMValueRef vector;
	LLVMOpcode opcode;
	const char *intrinsic;
	bool is_negated; /* of conditions */
};

/* ---- calls ---- */

static void describe_call(LLVMValueRef call, struct reduction *reduction)
{
	static const struct {
		const char *name;
		LLVMOpcode opcode;
		const char *intrinsic;
	} known[] = {
		{ "vector.reduce.add.", LLVMAdd, NULL },
		{ "vector.reduce.mul.", LLVMMul, NULL },
		{ "vector.reduce.and.", LLVMAnd, NULL },
		{ "vector.reduce.or.", LLVMOr, NULL },
		{ "vector.reduce.xor.", LLVMXor, NULL },
		{ "vector.reduce.smax.", 0, "llvm.smax" },
		{ "vector.reduce.smin.", 0, "llvm.smin" },
		{ "vector.reduce.umax.", 0, "llvm.umax" },
		{ "vector.reduce.umin.", 0, "llvm.umin" },
	};
	const char *name = tandem_ir_intrinsic(call);

	for (size_t i = 0; name && i < sizeof(known) / sizeof(*known); i++) {
		if (strncmp(name, known[i].name, strlen(known[i].name)) != 0)
			continue;
		*reduction = (struct reduction){
			.kind = known[i].intrinsic ? BY_INTRINSIC : BY_INSTRUCTION,
			.vector = LLVMGetOperand(call, 0),
			.opcode = known[i].opcode,
			.intrinsic = known[i].intrinsic,
		};
	}
}

/* ---- conditions ---- */

/* Whether it is a vector of conditions, as bits of a number. */
static bool joins_conditions(LLVMValueRef value)
{
	LLVMTypeRef from;

	if (!LLVMIsABitCastInst(value) || LLVMGetTypeKind(LLVMTypeOf(value)) != LLVMIntegerTypeKind)
		return false;
	from = LLVMTypeOf(LLVMGetOperand(value, 0));
	return LLVMGetTypeKind(from) == LLVMVectorTypeKind &&
	       LLVMGetTypeKind(LLVMGetElementType(from)) == LLVMIntegerTypeKind &&
	       LLVMGetIntTypeWidth(LLVMGetElementType(from)) == 1;
}

static void describe_comparison(LLVMValueRef comparison, struct reduction *reduction)
{
	LLVMIntPredicate predicate = LLVMGetICmpPredicate(comparison);
	LLVMValueRef joined = LLVMGetOperand(comparison, 0);
	LLVMValueRef with = LLVMGetOperand(comparison, 1);
	bool is_none;

	if ((predicate != LLVMIntEQ && predicate != LLVMIntNE) || !joins_conditions(joined))
		return;
	is_none = LLVMIsNull(with);
	if (!is_none && with != LLVMConstAllOnes(LLVMTypeOf(with)))
		return;
	*reduction = (struct reduction){
		.kind = OF_CONDITIONS,
		.vector = LLVMGetOperand(joined, 0),
		.opcode = is_none ? LLVMOr : LLVMAnd,
		.is_negated = is_none == (predicate == LLVMIntEQ),
	};
}

static void describe(LLVMValueRef instruction, struct reduction *reduction)
{
	*reduction = (struct reduction){ .kind = NO_REDUCTION };
	if (LLVMIsACallInst(instruction))
		describe_call(instruction, reduction);
	else if (LLVMIsAICmpInst(instruction))
		describe_comparison(instruction, reduction);
}

bool tandem_lanes_is_reduction(LLVMValueRef instruction)
{
	struct reduction reduction;
	LLVMUseRef use;

	if (!joins_conditions(instruction)) {
		describe(instruction, &reduction);
		return reduction.kind != NO_REDUCTION;
	}
	/* It goes with those that use it. */
	for (use = LLVMGetFirstUse(instruction); use; use = LLVMGetNextUse(use)) {
		describe(LLVMGetUser(use), &reduction);
		if (reduction.kind != OF_CONDITIONS)
			return false;
	}
	return true;
}

/* ---- what they become ---- */

static LLVMValueRef combine(struct tandem_compilation *compilation,
			    const struct reduction *reduction, LLVMValueRef a, LLVMValueRef b)
{
	LLVMValueRef operands[] = { a, b }, function;
	LLVMTypeRef type = LLVMTypeOf(a);
	unsigned int id;

	if (reduction->kind != BY_INTRINSIC)
		return LLVMBuildBinOp(compilation->builder, reduction->opcode, a, b, "");
	id = LLVMLookupIntrinsicID(reduction->intrinsic, strlen(reduction->intrinsic));
	function = LLVMGetIntrinsicDeclaration(compilation->module, id, &type, 1);
	return LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(function), function,
			      operands, 2, "");
}

static void expand(struct tandem_compilation *compilation, LLVMValueRef instruction,
		   const struct reduction *reduction)
{
	LLVMBuilderRef builder = compilation->builder;
	unsigned int count = LLVMGetVectorSize(LLVMTypeOf(reduction->vector));
	LLVMValueRef joined = LLVMGetOperand(instruction, 0), result = NULL;

	LLVMPositionBuilderBefore(builder, instruction);
	for (unsigned int i = 0; i < count; i++) {
		LLVMValueRef component = LLVMBuildExtractElement(
			builder, reduction->vector, LLVMConstInt(compilation->i32, i, 0), "");

		result = result ? combine(compilation, reduction, result, component) : component;
	}
	if (reduction->is_negated)
		result = LLVMBuildNot(builder, result, "");
	LLVMReplaceAllUsesWith(instruction, result);
	LLVMInstructionEraseFromParent(instruction);
	if (reduction->kind == OF_CONDITIONS && !LLVMGetFirstUse(joined))
		LLVMInstructionEraseFromParent(joined);
}

bool tandem_lanes_expand_reductions(struct tandem_compilation *compilation, LLVMValueRef item)
{
	struct reduction reduction;
	bool any = false;

	/* What has been joined stands before: it is gone, and the next instruction is not. */
	tandem_ir_for_each(item, block, instruction, next) {
		describe(instruction, &reduction);
		if (reduction.kind == NO_REDUCTION)
			continue;
		expand(compilation, instruction, &reduction);
		any = true;
	}
	return any;
}
