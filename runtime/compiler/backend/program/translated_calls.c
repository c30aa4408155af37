// SPDX-License-Identifier: MIT
/*
 * Events of copies within a group: clang has a type of LLVM's for them, the translator has
 * pointers. They mean nothing, as the copies are done when they are asked for, so the
 * functions that are called hand the event on, and give the library's another.
 *
 * Strides of such copies: 64 bits wide, but 32 in modules of some makers.
 */
#include "translated_calls.h"

#include <string.h>

#define EVENT "9ocl_event"

/* The most arguments of a function on events. */
#define MOST_ARGUMENTS 5

static bool is_copy(LLVMValueRef function)
{
	return strstr(tandem_ir_name(function), "async_work_group_") &&
	       strstr(tandem_ir_name(function), EVENT);
}

/* Whether it is as the translator declares it: a pointer comes last, and is returned. */
static bool has_pointer_event(LLVMValueRef function)
{
	LLVMTypeRef type = LLVMGlobalGetValueType(function);
	unsigned int count = LLVMCountParams(function);

	return count >= 4 && count <= MOST_ARGUMENTS && !LLVMIsFunctionVarArg(type) &&
	       LLVMGetTypeKind(LLVMGetReturnType(type)) == LLVMPointerTypeKind &&
	       LLVMTypeOf(LLVMGetParam(function, count - 1)) == LLVMGetReturnType(type);
}

/* The name of the library's function, whose strides are of 64 bits. */
static void make_name(LLVMValueRef function, struct tandem_text *name)
{
	const char *own = tandem_ir_name(function), *event = strstr(own, EVENT);
	size_t length = (size_t)(event - own);

	tandem_text_add(name, own, length);
	if (LLVMCountParams(function) == MOST_ARGUMENTS && length && event[-1] == 'j')
		name->bytes[length - 1] = 'm';
	tandem_text_print(name, "%s", event);
}

static LLVMValueRef declare(struct tandem_compilation *compilation, LLVMValueRef function,
			    const char *name)
{
	LLVMTypeRef event =
		LLVMTargetExtTypeInContext(compilation->context, "spirv.Event", NULL, 0, NULL, 0);
	unsigned int count = LLVMCountParams(function);
	LLVMTypeRef types[MOST_ARGUMENTS];
	LLVMValueRef known = LLVMGetNamedFunction(compilation->module, name);

	if (known)
		return known;
	for (unsigned int i = 0; i < count; i++)
		types[i] = i < 2	  ? LLVMTypeOf(LLVMGetParam(function, i)) :
			   i == count - 1 ? event :
					    compilation->i64;
	return LLVMAddFunction(compilation->module, name, LLVMFunctionType(event, types, count, 0));
}

static void define(struct tandem_compilation *compilation, LLVMValueRef function)
{
	LLVMBuilderRef builder = compilation->builder;
	unsigned int count = LLVMCountParams(function);
	LLVMValueRef arguments[MOST_ARGUMENTS], called;
	struct tandem_text name = { 0 };

	make_name(function, &name);
	/* The library's function may have the same name: this one has none that matters. */
	LLVMSetValueName2(function, "tandem.copy", strlen("tandem.copy"));
	called = name.failed ? NULL : declare(compilation, function, tandem_text_string(&name));
	tandem_text_finish(&name);
	if (!called || LLVMCountParams(called) != count) {
		tandem_ir_error(compilation, "a copy in a group is called in no way that is known");
		return;
	}
	LLVMPositionBuilderAtEnd(builder,
				 LLVMAppendBasicBlockInContext(compilation->context, function, ""));
	for (unsigned int i = 0; i < count; i++) {
		LLVMValueRef argument = LLVMGetParam(function, i);

		if (i == count - 1)
			argument = LLVMConstNull(LLVMTypeOf(LLVMGetParam(called, i)));
		else if (i >= 2)
			argument = LLVMBuildZExtOrBitCast(builder, argument, compilation->i64, "");
		arguments[i] = argument;
	}
	LLVMBuildCall2(builder, LLVMGlobalGetValueType(called), called, arguments, count, "");
	LLVMBuildRet(builder, LLVMGetParam(function, count - 1));
	LLVMSetLinkage(function, LLVMInternalLinkage);
}

void tandem_translated_calls_map(struct tandem_compilation *compilation)
{
	LLVMValueRef function, next;

	for (function = LLVMGetFirstFunction(compilation->module); function; function = next) {
		next = LLVMGetNextFunction(function);
		if (LLVMIsDeclaration(function) && is_copy(function) && has_pointer_event(function))
			define(compilation, function);
	}
}
