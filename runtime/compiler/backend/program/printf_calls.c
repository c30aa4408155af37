// SPDX-License-Identifier: MIT
#include "printf_calls.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/group_context.h"
#include "hooks.h"
#include "util/alloc.h"

/* Each argument begins at a multiple of this in the record. */
#define VALUE_ALIGNMENT 8

/* Whether an instruction gives its operand's address, as a string's first character has it. */
static bool is_same_address(LLVMValueRef value)
{
	if (!LLVMIsAGetElementPtrInst(value))
		return LLVMIsABitCastInst(value) || LLVMIsAAddrSpaceCastInst(value);
	for (int i = 1; i < LLVMGetNumOperands(value); i++) {
		LLVMValueRef index = LLVMGetOperand(value, i);

		if (!LLVMIsAConstantInt(index) || LLVMConstIntGetZExtValue(index))
			return false;
	}
	return true;
}

/* The text of a constant string that @value points to, or NULL. */
static const char *constant_string(LLVMValueRef value, size_t *length)
{
	while (LLVMIsAConstantExpr(value) || is_same_address(value))
		value = LLVMGetOperand(value, 0);
	if (!LLVMIsAGlobalVariable(value) ||
	    (!LLVMIsGlobalConstant(value) &&
	     LLVMGetPointerAddressSpace(LLVMTypeOf(value)) != TANDEM_AS_CONSTANT))
		return NULL;
	value = LLVMGetInitializer(value);
	if (!value)
		return NULL;
	if (LLVMIsAConstantAggregateZero(value)) {
		*length = 0;
		return "";
	}
	if (!LLVMIsAConstantDataArray(value) || !LLVMIsConstantString(value))
		return NULL;
	return LLVMGetAsString(value, length);
}

static bool describe(struct tandem_compilation *compilation, LLVMTypeRef type,
		     struct tandem_printf_value *value)
{
	LLVMTypeRef element = type;

	value->elements = 1;
	if (LLVMGetTypeKind(type) == LLVMVectorTypeKind) {
		element = LLVMGetElementType(type);
		value->elements = LLVMGetVectorSize(type);
	}
	value->element_bytes = (uint32_t)LLVMABISizeOfType(compilation->layout, element);
	switch (LLVMGetTypeKind(element)) {
	case LLVMIntegerTypeKind:
		value->kind = TANDEM_PRINTF_INTEGER;
		return true;
	case LLVMHalfTypeKind:
	case LLVMFloatTypeKind:
	case LLVMDoubleTypeKind:
		value->kind = TANDEM_PRINTF_FLOAT;
		return true;
	case LLVMPointerTypeKind:
		value->kind = TANDEM_PRINTF_POINTER;
		return true;
	default:
		return false;
	}
}

/* Notes the format in the description; returns its number, or -1. */
static int add_format(struct tandem_compilation *compilation, LLVMValueRef call)
{
	struct tandem_description *description = &compilation->description;
	uint32_t count = LLVMGetNumArgOperands(call) - 1;
	struct tandem_printf_format *formats, *format;
	size_t length;
	const char *text = constant_string(LLVMGetOperand(call, 0), &length);

	if (!text) {
		tandem_ir_error(compilation, "the format of printf is no string literal");
		return -1;
	}
	formats = realloc(description->formats,
			  (description->format_count + 1) * sizeof(*description->formats));
	if (!formats) {
		tandem_ir_error(compilation, "no memory");
		return -1;
	}
	description->formats = formats;
	format = &formats[description->format_count];
	format->format = strndup(text, length);
	format->value_count = count;
	format->values = tandem_new_array(format->values, count + 1);
	description->format_count++;
	if (!format->format || !format->values) {
		tandem_ir_error(compilation, "no memory");
		return -1;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (!describe(compilation, LLVMTypeOf(LLVMGetOperand(call, i + 1)),
			      &format->values[i])) {
			tandem_ir_error(compilation, "argument %u of printf cannot be printed",
					i + 2);
			return -1;
		}
	}
	return (int)description->format_count - 1;
}

static uint64_t value_bytes(struct tandem_compilation *compilation, LLVMValueRef value)
{
	return tandem_align_up(LLVMABISizeOfType(compilation->layout, LLVMTypeOf(value)),
			       VALUE_ALIGNMENT);
}

static LLVMValueRef reserve_function(struct tandem_compilation *compilation)
{
	LLVMValueRef function =
		LLVMGetNamedFunction(compilation->module, TANDEM_PRINTF_RESERVE_SYMBOL);
	LLVMTypeRef types[] = { compilation->pointer, compilation->i32, compilation->i32,
				compilation->i32 };

	if (function)
		return function;
	function = LLVMAddFunction(compilation->module, TANDEM_PRINTF_RESERVE_SYMBOL,
				   LLVMFunctionType(compilation->pointer, types, 4, 0));
	tandem_ir_add_attribute(compilation, function, "nounwind");
	return function;
}

/* get_local_linear_id(), which is linked with the other built-in functions. */
static LLVMValueRef linear_id_function(struct tandem_compilation *compilation)
{
	static const char name[] = "_Z19get_local_linear_idv";
	LLVMValueRef function = LLVMGetNamedFunction(compilation->module, name);

	if (function)
		return function;
	return LLVMAddFunction(compilation->module, name,
			       LLVMFunctionType(compilation->i64, NULL, 0, 0));
}

/* The record, or NULL, from code at the builder's place. */
static LLVMValueRef build_reserve(struct tandem_compilation *compilation, uint32_t format,
				  uint64_t bytes)
{
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef function = reserve_function(compilation);
	LLVMValueRef linear = linear_id_function(compilation);
	LLVMValueRef context = tandem_item_placeholder(compilation, TANDEM_ITEM_CONTEXT);
	LLVMValueRef arguments[4];

	arguments[0] = LLVMBuildLoad2(builder, compilation->pointer, context, "");
	arguments[1] = LLVMConstInt(compilation->i32, format, 0);
	arguments[2] = LLVMConstInt(compilation->i32, bytes, 0);
	arguments[3] = LLVMBuildTrunc(builder,
				      LLVMBuildCall2(builder, LLVMGlobalGetValueType(linear),
						     linear, NULL, 0, ""),
				      compilation->i32, "");
	return LLVMBuildCall2(builder, LLVMGlobalGetValueType(function), function, arguments, 4,
			      "");
}

/*
 * A function that does what one call of printf does, with the same arguments but
 * for the format.
 */
static LLVMValueRef build_record_function(struct tandem_compilation *compilation, LLVMValueRef call,
					  uint32_t format)
{
	unsigned int count = LLVMGetNumArgOperands(call) - 1;
	LLVMTypeRef *types = tandem_new_array(types, count + 1);
	LLVMBuilderRef builder = compilation->builder;
	LLVMBasicBlockRef store, finish;
	LLVMValueRef function, record, none;
	uint64_t bytes = 0;

	if (!types) {
		tandem_ir_error(compilation, "no memory");
		return NULL;
	}
	for (unsigned int i = 0; i < count; i++) {
		types[i] = LLVMTypeOf(LLVMGetOperand(call, i + 1));
		bytes += value_bytes(compilation, LLVMGetOperand(call, i + 1));
	}
	function = LLVMAddFunction(compilation->module, "tandem.printf",
				   LLVMFunctionType(compilation->i32, types, count, 0));
	LLVMSetLinkage(function, LLVMInternalLinkage);
	LLVMPositionBuilderAtEnd(builder,
				 LLVMAppendBasicBlockInContext(compilation->context, function, ""));
	store = LLVMAppendBasicBlockInContext(compilation->context, function, "store");
	finish = LLVMAppendBasicBlockInContext(compilation->context, function, "full");
	record = build_reserve(compilation, format, bytes);
	none = LLVMBuildIsNull(builder, record, "");
	LLVMBuildCondBr(builder, none, finish, store);
	LLVMPositionBuilderAtEnd(builder, finish);
	LLVMBuildRet(builder, LLVMConstInt(compilation->i32, -1, 1));
	LLVMPositionBuilderAtEnd(builder, store);
	bytes = 0;
	for (unsigned int i = 0; i < count; i++) {
		LLVMValueRef value = LLVMGetParam(function, i);
		LLVMValueRef place = tandem_ir_offset(compilation, record, bytes);

		LLVMSetAlignment(LLVMBuildStore(builder, value, place), VALUE_ALIGNMENT);
		bytes += value_bytes(compilation, value);
	}
	LLVMBuildRet(builder, LLVMConstInt(compilation->i32, 0, 0));
	free(types);
	return function;
}

static void lower(struct tandem_compilation *compilation, LLVMValueRef call)
{
	unsigned int count = LLVMGetNumArgOperands(call) - 1;
	LLVMValueRef *arguments = tandem_new_array(arguments, count + 1);
	int format = add_format(compilation, call);
	LLVMValueRef function = NULL, result;

	if (format >= 0 && arguments)
		function = build_record_function(compilation, call, (uint32_t)format);
	if (function) {
		for (unsigned int i = 0; i < count; i++)
			arguments[i] = LLVMGetOperand(call, i + 1);
		LLVMPositionBuilderBefore(compilation->builder, call);
		result = LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(function),
					function, arguments, count, "");
		LLVMReplaceAllUsesWith(call, result);
	} else {
		compilation->failed = true;
		LLVMReplaceAllUsesWith(call, LLVMConstInt(compilation->i32, -1, 1));
	}
	LLVMInstructionEraseFromParent(call);
	free(arguments);
}

void tandem_printf_calls_lower(struct tandem_compilation *compilation)
{
	LLVMValueRef function = LLVMGetNamedFunction(compilation->module, "printf");
	LLVMUseRef use;

	if (!function)
		return;
	while ((use = LLVMGetFirstUse(function))) {
		LLVMValueRef call = LLVMGetUser(use);

		if (!LLVMIsACallInst(call) || LLVMGetCalledValue(call) != function) {
			tandem_ir_error(compilation, "printf is used as a value");
			return;
		}
		lower(compilation, call);
	}
	LLVMDeleteFunction(function);
}

bool tandem_printf_calls_in(LLVMValueRef function)
{
	tandem_ir_for_each(function, block, instruction, next) {
		if (tandem_ir_calls(instruction, TANDEM_PRINTF_RESERVE_SYMBOL))
			return true;
	}
	return false;
}
