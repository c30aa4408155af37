// SPDX-License-Identifier: MIT
#include "zeroed_memory.h"

#include <string.h>

#include "program/program.h"

/* What is no memory, such as an event, has no bytes. */
static bool has_bytes(LLVMValueRef variable)
{
	return LLVMGetTypeKind(LLVMGetAllocatedType(variable)) != LLVMTargetExtTypeKind;
}

/* At the builder's place. */
static void zero_variable(struct tandem_compilation *compilation, LLVMValueRef variable)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef count =
		LLVMBuildIntCast2(builder, LLVMGetOperand(variable, 0), compilation->i64, 0, "");
	uint64_t bytes = LLVMABISizeOfType(compilation->layout, LLVMGetAllocatedType(variable));

	LLVMBuildMemSet(builder, variable, LLVMConstInt(compilation->i8, 0, 0),
			LLVMBuildMul(builder, count, LLVMConstInt(compilation->i64, bytes, 0), ""),
			LLVMGetAlignment(variable));
}

/* The variable whose life begins here, or NULL. */
static LLVMValueRef begun_variable(LLVMValueRef instruction)
{
	static const char begin[] = "lifetime.start";
	const char *name = tandem_ir_intrinsic(instruction);
	LLVMValueRef variable;

	if (!name || strncmp(name, begin, strlen(begin)) != 0)
		return NULL;
	/* Releases of LLVM differ in what stands before it. */
	variable = LLVMGetOperand(instruction, LLVMGetNumArgOperands(instruction) - 1);
	return LLVMIsAAllocaInst(variable) ? variable : NULL;
}

/* Behind the variables that follow directly: they stay together. */
static void position_behind(struct tandem_compilation *compilation, LLVMValueRef instruction)
{
	LLVMValueRef next = LLVMGetNextInstruction(instruction);

	while (LLVMIsAAllocaInst(next))
		next = LLVMGetNextInstruction(next);
	LLVMPositionBuilderBefore(compilation->builder, next);
}

/* Where a program goes around what begins a variable's life, it has been zero from the start. */
void tandem_zeroed_variables(struct tandem_compilation *compilation)
{
	LLVMValueRef function;

	if (!(compilation->request->zeroed & TANDEM_ZEROED_PRIVATE))
		return;
	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		tandem_ir_for_each(function, block, instruction, next) {
			LLVMValueRef variable = LLVMIsAAllocaInst(instruction) ?
							instruction :
							begun_variable(instruction);

			if (!variable || !has_bytes(variable))
				continue;
			position_behind(compilation, instruction);
			zero_variable(compilation, variable);
		}
	}
}

void tandem_zeroed_local_memory(struct tandem_compilation *compilation, LLVMValueRef base,
				LLVMValueRef end)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef bytes;

	if (!(compilation->request->zeroed & TANDEM_ZEROED_LOCAL))
		return;
	bytes = LLVMBuildSub(builder, LLVMBuildPtrToInt(builder, end, compilation->i64, ""),
			     LLVMBuildPtrToInt(builder, base, compilation->i64, ""), "");
	LLVMBuildMemSet(builder, base, LLVMConstInt(compilation->i8, 0, 0), bytes, 1);
}
