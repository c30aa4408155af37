// SPDX-License-Identifier: MIT
#include "halves.h"

#include <string.h>

#include "util/alloc.h"

/* @element, or a vector of as many of it as @type has. */
static LLVMTypeRef with_element(LLVMTypeRef type, LLVMTypeRef element)
{
	return LLVMGetTypeKind(type) == LLVMVectorTypeKind ?
		       LLVMVectorType(element, LLVMGetVectorSize(type)) :
		       element;
}

static LLVMTypeKind element_kind(LLVMTypeRef type)
{
	return LLVMGetTypeKind(
		LLVMGetTypeKind(type) == LLVMVectorTypeKind ? LLVMGetElementType(type) : type);
}

static LLVMTypeRef floats(struct tandem_compilation *compilation, LLVMTypeRef type)
{
	return with_element(type, LLVMFloatTypeInContext(compilation->context));
}

/* An intrinsic of one argument. */
static LLVMValueRef call(struct tandem_compilation *compilation, unsigned int id, LLVMValueRef x)
{
	LLVMTypeRef type = LLVMTypeOf(x);
	LLVMValueRef function = LLVMGetIntrinsicDeclaration(compilation->module, id, &type, 1);

	return LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(function), function, &x,
			      1, "");
}

static LLVMValueRef magnitude(struct tandem_compilation *compilation, LLVMValueRef x)
{
	return call(compilation, LLVMLookupIntrinsicID("llvm.fabs", strlen("llvm.fabs")), x);
}

/*
 * The half next to a number that @nearest, a float, is next to. Where @exact does not hold, the
 * number is further away from zero or, where @towards_zero has ones, nearer to it. Of the two
 * floats around it the odd one is taken: rounding that once more gives what rounding once would.
 */
static LLVMValueRef round_by_odd(struct tandem_compilation *compilation, LLVMTypeRef type,
				 LLVMValueRef nearest, LLVMValueRef exact,
				 LLVMValueRef towards_zero)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef integers = with_element(type, compilation->i32);
	LLVMValueRef bits = LLVMBuildBitCast(builder, nearest, integers, "");
	LLVMValueRef odd;

	bits = LLVMBuildAdd(builder, bits, towards_zero, "");
	bits = LLVMBuildOr(builder, bits, LLVMBuildNeg(builder, LLVMConstAllOnes(integers), ""),
			   "");
	odd = LLVMBuildBitCast(builder, bits, LLVMTypeOf(nearest), "");
	return LLVMBuildFPTrunc(builder, LLVMBuildSelect(builder, exact, nearest, odd, ""), type,
				"");
}

/* A half of a double. */
static LLVMValueRef narrow(struct tandem_compilation *compilation, LLVMValueRef instruction)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef type = LLVMTypeOf(instruction);
	LLVMValueRef wide = LLVMGetOperand(instruction, 0);
	LLVMValueRef nearest, back, exact, above;

	nearest = LLVMBuildFPTrunc(builder, wide, floats(compilation, type), "");
	back = LLVMBuildFPExt(builder, nearest, LLVMTypeOf(wide), "");
	/* NaN counts as exact. */
	exact = LLVMBuildFCmp(builder, LLVMRealUEQ, back, wide, "");
	above = LLVMBuildFCmp(builder, LLVMRealOGT, magnitude(compilation, back),
			      magnitude(compilation, wide), "");
	above = LLVMBuildSExt(builder, above, with_element(type, compilation->i32), "");
	return round_by_odd(compilation, type, nearest, exact, above);
}

/*
 * A float has room for the product of two halves, and what the sum with a third one loses is
 * a float again (Knuth's TwoSum). Infinite sums and NaN lose NaN, which counts as nothing.
 */
static LLVMValueRef multiply_add(struct tandem_compilation *compilation, LLVMValueRef instruction)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMTypeRef type = LLVMTypeOf(instruction), wide = floats(compilation, type);
	LLVMTypeRef integers = with_element(type, compilation->i32);
	LLVMValueRef terms[3], product, sum, added, lost, signs, exact;

	for (unsigned int i = 0; i < 3; i++)
		terms[i] = LLVMBuildFPExt(builder, LLVMGetOperand(instruction, i), wide, "");
	product = LLVMBuildFMul(builder, terms[0], terms[1], "");
	sum = LLVMBuildFAdd(builder, product, terms[2], "");
	added = LLVMBuildFSub(builder, sum, product, "");
	lost = LLVMBuildFSub(builder, product, LLVMBuildFSub(builder, sum, added, ""), "");
	lost = LLVMBuildFAdd(builder, lost, LLVMBuildFSub(builder, terms[2], added, ""), "");
	exact = LLVMBuildFCmp(builder, LLVMRealUEQ, lost, LLVMConstNull(wide), "");
	/* What is lost of the other sign makes the sum smaller. */
	signs = LLVMBuildXor(builder, LLVMBuildBitCast(builder, lost, integers, ""),
			     LLVMBuildBitCast(builder, sum, integers, ""), "");
	signs = LLVMBuildICmp(builder, LLVMIntSLT, signs, LLVMConstNull(integers), "");
	signs = LLVMBuildSExt(builder, signs, integers, "");
	return round_by_odd(compilation, type, sum, exact, signs);
}

/* Whether an intrinsic of one half may as well be that of a float, whose result is rounded. */
static bool is_done_in_float(const char *intrinsic)
{
	static const char *const prefixes[] = { "sqrt.", "floor.",     "ceil.",	     "trunc.",
						"rint.", "nearbyint.", "roundeven.", "round." };

	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(prefixes); i++) {
		if (!strncmp(intrinsic, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	return false;
}

static LLVMValueRef by_float(struct tandem_compilation *compilation, LLVMValueRef instruction)
{
	LLVMTypeRef type = LLVMTypeOf(instruction);
	unsigned int id = LLVMGetIntrinsicID(LLVMGetCalledValue(instruction));
	LLVMValueRef wide = LLVMBuildFPExt(compilation->builder, LLVMGetOperand(instruction, 0),
					   floats(compilation, type), "");

	return LLVMBuildFPTrunc(compilation->builder, call(compilation, id, wide), type, "");
}

/* What stands for an instruction, built in front of it, or NULL. */
static LLVMValueRef expansion(struct tandem_compilation *compilation, LLVMValueRef instruction)
{
	const char *intrinsic;

	if (element_kind(LLVMTypeOf(instruction)) != LLVMHalfTypeKind)
		return NULL;
	LLVMPositionBuilderBefore(compilation->builder, instruction);
	if (LLVMIsAFPTruncInst(instruction))
		return element_kind(LLVMTypeOf(LLVMGetOperand(instruction, 0))) ==
				       LLVMDoubleTypeKind ?
			       narrow(compilation, instruction) :
			       NULL;
	intrinsic = LLVMIsACallInst(instruction) ? tandem_ir_intrinsic(instruction) : NULL;
	if (!intrinsic)
		return NULL;
	if (!strncmp(intrinsic, "fma.", strlen("fma.")))
		return multiply_add(compilation, instruction);
	return is_done_in_float(intrinsic) ? by_float(compilation, instruction) : NULL;
}

static bool has_instructions(LLVMTargetMachineRef machine)
{
	char *features = LLVMGetTargetMachineFeatureString(machine);
	bool has = strstr(features, "+avx512fp16");

	LLVMDisposeMessage(features);
	return has;
}

void tandem_halves_expand(struct tandem_compilation *compilation)
{
	if (has_instructions(compilation->machine))
		return;
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		tandem_ir_for_each(function, block, instruction, next) {
			LLVMValueRef expanded = expansion(compilation, instruction);

			if (!expanded)
				continue;
			LLVMReplaceAllUsesWith(instruction, expanded);
			LLVMInstructionEraseFromParent(instruction);
		}
	}
}
