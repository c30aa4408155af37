// SPDX-License-Identifier: MIT
#include "parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* Instructions of parts whose code is made with all care. */
#define MOST_WITH_COUNTERS 12000
/* The parameter of a part that is the frame. */
#define FRAME_PARAMETER 2

static bool is_in_frame(const struct tandem_slot *slot)
{
	return slot->is_kept && slot->is_uniform;
}

int tandem_parts_lay_out_frame(struct tandem_splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;
	LLVMTypeRef *types = tandem_new_array(types, slots->slot_count + 1);
	unsigned int count = 0;

	if (!types)
		return -ENOMEM;
	for (unsigned int i = 0; i < slots->slot_count; i++) {
		if (is_in_frame(&slots->slots[i]))
			types[count++] = slots->slots[i].type;
	}
	splitting->frame =
		LLVMStructTypeInContext(splitting->compilation->context, types, count, 0);
	free(types);
	return 0;
}

LLVMValueRef tandem_parts_shared(struct tandem_splitting *splitting, unsigned int slot)
{
	LLVMValueRef frame = LLVMGetParam(splitting->work_group->group, FRAME_PARAMETER);
	unsigned int element = 0;

	for (unsigned int i = 0; i < slot; i++)
		element += is_in_frame(&splitting->slots.slots[i]);
	return LLVMBuildStructGEP2(splitting->compilation->builder, splitting->frame, frame,
				   element, "");
}

void tandem_parts_call(struct tandem_splitting *splitting, const LLVMValueRef *parts)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef group = splitting->work_group->group, next, choice, returned;
	LLVMValueRef arguments[] = { LLVMGetParam(group, 0), LLVMGetParam(group, 1),
				     LLVMBuildAlloca(builder, splitting->frame, "") };
	LLVMValueRef first = LLVMConstInt(compilation->i32, splitting->entry_region, 0);
	LLVMBasicBlockRef entry = LLVMGetInsertBlock(builder), turn, finish, call;

	turn = LLVMAppendBasicBlockInContext(compilation->context, group, "next");
	finish = LLVMAppendBasicBlockInContext(compilation->context, group, "finish");
	LLVMBuildBr(builder, turn);
	LLVMPositionBuilderAtEnd(builder, finish);
	LLVMBuildRetVoid(builder);
	LLVMPositionBuilderAtEnd(builder, turn);
	next = LLVMBuildPhi(builder, compilation->i32, "");
	LLVMAddIncoming(next, &first, &entry, 1);
	choice = LLVMBuildSwitch(builder, next, finish, splitting->region_count);
	for (unsigned int i = 0; i < splitting->region_count; i++) {
		call = LLVMAppendBasicBlockInContext(compilation->context, group, "part");
		LLVMAddCase(choice, LLVMConstInt(compilation->i32, i, 0), call);
		LLVMPositionBuilderAtEnd(builder, call);
		returned = LLVMBuildCall2(builder, LLVMGlobalGetValueType(parts[i]), parts[i],
					  arguments, FRAME_PARAMETER + 1, "");
		LLVMBuildBr(builder, turn);
		LLVMAddIncoming(next, &returned, &call, 1);
	}
}

bool tandem_parts_is_one(LLVMValueRef function)
{
	return !LLVMIsDeclaration(function) &&
	       !strncmp(tandem_ir_name(function), TANDEM_PART_NAME, strlen(TANDEM_PART_NAME));
}

/* Whether a value is that of the phi in the turn before, and something. */
static bool is_next_of(LLVMValueRef value, LLVMValueRef phi)
{
	return LLVMIsAInstruction(value) && LLVMGetInstructionOpcode(value) == LLVMAdd &&
	       (LLVMGetOperand(value, 0) == phi || LLVMGetOperand(value, 1) == phi);
}

/*
 * Lets a phi take a value through llvm.expect: the code generator makes nothing of it, and
 * what it asks of how values grow from turn to turn does not see through it.
 */
static void hide(struct tandem_compilation *compilation, LLVMValueRef phi, unsigned int incoming)
{
	LLVMValueRef value = LLVMGetIncomingValue(phi, incoming), hidden;
	LLVMTypeRef type = LLVMTypeOf(value);
	unsigned int id = LLVMLookupIntrinsicID("llvm.expect", 11);
	LLVMValueRef expect = LLVMGetIntrinsicDeclaration(compilation->module, id, &type, 1);
	LLVMValueRef arguments[] = { value, LLVMConstNull(type) };

	LLVMPositionBuilderBefore(compilation->builder, LLVMGetNextInstruction(value));
	hidden = LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(expect), expect,
				arguments, 2, "");
	LLVMSetOperand(phi, incoming, hidden);
}

static void hide_counters(struct tandem_compilation *compilation, LLVMValueRef part)
{
	tandem_ir_for_each(part, block, instruction, next) {
		if (!LLVMIsAPHINode(instruction) ||
		    LLVMGetTypeKind(LLVMTypeOf(instruction)) != LLVMIntegerTypeKind)
			continue;
		for (unsigned int i = 0; i < LLVMCountIncoming(instruction); i++) {
			if (is_next_of(LLVMGetIncomingValue(instruction, i), instruction))
				hide(compilation, instruction, i);
		}
	}
}

void tandem_parts_hide_counters(struct tandem_compilation *compilation)
{
	size_t count = 0;
	LLVMValueRef function;

	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (tandem_parts_is_one(function))
			count += tandem_ir_count_instructions(function);
	}
	if (count <= MOST_WITH_COUNTERS && !compilation->is_partition)
		return;
	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (tandem_parts_is_one(function))
			hide_counters(compilation, function);
	}
}
