// SPDX-License-Identifier: MIT
#include "local_atomics.h"

#include <string.h>

/* Addresses that are made of each other. */
#define MOST_DEPTH 8

static bool is_local(LLVMValueRef pointer)
{
	for (unsigned int depth = 0; depth < MOST_DEPTH; depth++) {
		LLVMOpcode opcode;

		if (LLVMGetPointerAddressSpace(LLVMTypeOf(pointer)) == TANDEM_AS_LOCAL)
			return true;
		if (!LLVMIsAInstruction(pointer))
			return false;
		opcode = LLVMGetInstructionOpcode(pointer);
		if (opcode != LLVMGetElementPtr && opcode != LLVMAddrSpaceCast)
			return false;
		pointer = LLVMGetOperand(pointer, 0);
	}
	return false;
}

static const char *intrinsic_of(LLVMAtomicRMWBinOp operation)
{
	switch (operation) {
	case LLVMAtomicRMWBinOpMax:
		return "llvm.smax";
	case LLVMAtomicRMWBinOpMin:
		return "llvm.smin";
	case LLVMAtomicRMWBinOpUMax:
		return "llvm.umax";
	case LLVMAtomicRMWBinOpUMin:
		return "llvm.umin";
	case LLVMAtomicRMWBinOpFMax:
		return "llvm.maxnum";
	case LLVMAtomicRMWBinOpFMin:
		return "llvm.minnum";
	default:
		return NULL;
	}
}

/* The instruction that computes an operation's new value; 0 for none. */
static LLVMOpcode opcode_of(LLVMAtomicRMWBinOp operation)
{
	switch (operation) {
	case LLVMAtomicRMWBinOpAdd:
		return LLVMAdd;
	case LLVMAtomicRMWBinOpSub:
		return LLVMSub;
	case LLVMAtomicRMWBinOpAnd:
		return LLVMAnd;
	case LLVMAtomicRMWBinOpOr:
		return LLVMOr;
	case LLVMAtomicRMWBinOpXor:
		return LLVMXor;
	case LLVMAtomicRMWBinOpFAdd:
		return LLVMFAdd;
	case LLVMAtomicRMWBinOpFSub:
		return LLVMFSub;
	default:
		return 0;
	}
}

static bool is_known(LLVMAtomicRMWBinOp operation)
{
	return operation == LLVMAtomicRMWBinOpXchg || intrinsic_of(operation) ||
	       opcode_of(operation);
}

bool tandem_local_atomics_is_one(LLVMValueRef instruction)
{
	if (LLVMIsAAtomicRMWInst(instruction) && !is_known(LLVMGetAtomicRMWBinOp(instruction)))
		return false;
	return (LLVMIsAAtomicRMWInst(instruction) || LLVMIsAAtomicCmpXchgInst(instruction)) &&
	       is_local(LLVMGetOperand(instruction, 0));
}

static LLVMValueRef compute(struct tandem_compilation *compilation, LLVMValueRef atomic,
			    LLVMValueRef old)
{
	LLVMAtomicRMWBinOp operation = LLVMGetAtomicRMWBinOp(atomic);
	const char *intrinsic = intrinsic_of(operation);
	LLVMValueRef operands[] = { old, LLVMGetOperand(atomic, 1) }, function;
	LLVMTypeRef type = LLVMTypeOf(old);

	if (operation == LLVMAtomicRMWBinOpXchg)
		return operands[1];
	if (!intrinsic)
		return LLVMBuildBinOp(compilation->builder, opcode_of(operation), operands[0],
				      operands[1], "");
	function = LLVMGetIntrinsicDeclaration(
		compilation->module, LLVMLookupIntrinsicID(intrinsic, strlen(intrinsic)), &type, 1);
	return LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(function), function,
			      operands, 2, "");
}

static bool has_order(LLVMValueRef atomic)
{
	if (!LLVMIsAAtomicCmpXchgInst(atomic))
		return LLVMGetOrdering(atomic) > LLVMAtomicOrderingMonotonic;
	return LLVMGetCmpXchgSuccessOrdering(atomic) > LLVMAtomicOrderingMonotonic ||
	       LLVMGetCmpXchgFailureOrdering(atomic) > LLVMAtomicOrderingMonotonic;
}

/* That the compiler moves nothing past the operation, if that has an order. */
static void keep_order(struct tandem_compilation *compilation, bool is_ordered)
{
	if (is_ordered)
		LLVMBuildFence(compilation->builder, LLVMAtomicOrderingSequentiallyConsistent, true,
			       "");
}

static void mark(LLVMValueRef access, LLVMValueRef atomic)
{
	LLVMSetOrdering(access, LLVMAtomicOrderingMonotonic);
	LLVMSetAlignment(access, LLVMGetAlignment(atomic));
}

/* What is seen of a comparison: the old value, and whether it was the expected one. */
static LLVMValueRef outcome(struct tandem_compilation *compilation, LLVMValueRef atomic,
			    LLVMValueRef old, LLVMValueRef is_same)
{
	LLVMValueRef both = LLVMBuildInsertValue(compilation->builder,
						 LLVMGetPoison(LLVMTypeOf(atomic)), old, 0, "");

	return LLVMBuildInsertValue(compilation->builder, both, is_same, 1, "");
}

static void expand(struct tandem_compilation *compilation, LLVMValueRef atomic)
{
	LLVMBuilderRef builder = compilation->builder;
	bool compares = LLVMIsAAtomicCmpXchgInst(atomic) != NULL;
	bool is_ordered = has_order(atomic);
	LLVMValueRef pointer = LLVMGetOperand(atomic, 0), old, new, is_same = NULL;

	LLVMPositionBuilderBefore(builder, atomic);
	keep_order(compilation, is_ordered);
	old = LLVMBuildLoad2(builder, LLVMTypeOf(LLVMGetOperand(atomic, compares ? 2 : 1)), pointer,
			     "");
	mark(old, atomic);
	if (compares) {
		is_same = LLVMBuildICmp(builder, LLVMIntEQ, old, LLVMGetOperand(atomic, 1), "");
		new = LLVMBuildSelect(builder, is_same, LLVMGetOperand(atomic, 2), old, "");
	} else {
		new = compute(compilation, atomic, old);
	}
	mark(LLVMBuildStore(builder, new, pointer), atomic);
	keep_order(compilation, is_ordered);
	LLVMReplaceAllUsesWith(atomic, compares ? outcome(compilation, atomic, old, is_same) : old);
	LLVMInstructionEraseFromParent(atomic);
}

void tandem_local_atomics_expand(struct tandem_compilation *compilation)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		tandem_ir_for_each(function, block, instruction, next) {
			if (tandem_local_atomics_is_one(instruction))
				expand(compilation, instruction);
		}
	}
}
