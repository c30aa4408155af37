// SPDX-License-Identifier: MIT
/*
 * Events of copies within a group: clang has a type of LLVM's for them, the translator has
 * pointers. They mean nothing, as the copies are done when they are asked for, so the
 * functions that are called hand the event on, and give the library's another.
 *
 * Strides of such copies: 64 bits wide, but 32 in modules of some makers.
 *
 * Dot products: by the names of SPIR-V's instructions, with vectors of bytes of no sign, or words
 * and the number of how they are packed.
 *
 * Functions that were put in for what translators do not know: by a name of ours.
 */
#include "translated_calls.h"

#include <string.h>

#include "compiler/spirv_repairs.h"
#include "util/alloc.h"

/* ---- copies in a group ---- */

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

static void define_copy(struct tandem_compilation *compilation, LLVMValueRef function)
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

/* ---- functions of the library by a name of ours ---- */

static const char mark[] = TANDEM_PROGRAM_PREFIX TANDEM_SPIRV_CALL_MARK;

static bool stands_for_another(LLVMValueRef function)
{
	return !strncmp(tandem_ir_name(function), mark, sizeof(mark) - 1);
}

/* The library's function, whose name ends where modules with the same one were linked. */
static LLVMValueRef find_called(struct tandem_compilation *compilation, LLVMValueRef function)
{
	const char *begin = tandem_ir_name(function) + sizeof(mark) - 1;
	struct tandem_text name = { 0 };
	LLVMValueRef called = NULL;

	tandem_text_add(&name, begin, strcspn(begin, "."));
	if (!name.failed)
		called = LLVMGetNamedFunction(compilation->module, tandem_text_string(&name));
	if (!name.failed && !called)
		called = LLVMAddFunction(compilation->module, tandem_text_string(&name),
					 LLVMGlobalGetValueType(function));
	tandem_text_finish(&name);
	return called;
}

static void define_call(struct tandem_compilation *compilation, LLVMValueRef function)
{
	LLVMTypeRef type = LLVMGlobalGetValueType(function);
	LLVMValueRef called = find_called(compilation, function);

	if (!called || LLVMCountParams(function) || LLVMCountBasicBlocks(function) > 1 ||
	    LLVMGetReturnType(type) == LLVMVoidTypeInContext(compilation->context) ||
	    LLVMGlobalGetValueType(called) != type) {
		tandem_ir_error(compilation, "'%s' is called in no way that is known",
				tandem_ir_name(function));
		return;
	}
	if (!LLVMIsDeclaration(function))
		LLVMDeleteBasicBlock(LLVMGetFirstBasicBlock(function));
	LLVMPositionBuilderAtEnd(compilation->builder,
				 LLVMAppendBasicBlockInContext(compilation->context, function, ""));
	LLVMBuildRet(compilation->builder,
		     LLVMBuildCall2(compilation->builder, type, called, NULL, 0, ""));
	LLVMSetLinkage(function, LLVMInternalLinkage);
}

/* ---- dot products ---- */

static const struct dot_product {
	const char *instruction, *of_vectors, *of_words;
} dot_products[] = {
	{ "__spirv_SDotKHR_R", "_Z3dotDv4_cS_", "_Z20dot_4x8packed_ss_intjj" },
	{ "__spirv_UDotKHR_R", "_Z3dotDv4_hS_", "_Z21dot_4x8packed_uu_uintjj" },
	{ "__spirv_SUDotKHR_R", "_Z3dotDv4_cDv4_h", "_Z20dot_4x8packed_su_intjj" },
	{ "__spirv_SDotAccSatKHR_R", "_Z11dot_acc_satDv4_cS_i",
	  "_Z28dot_acc_sat_4x8packed_ss_intjji" },
	{ "__spirv_UDotAccSatKHR_R", "_Z11dot_acc_satDv4_hS_j",
	  "_Z29dot_acc_sat_4x8packed_uu_uintjjj" },
	{ "__spirv_SUDotAccSatKHR_R", "_Z11dot_acc_satDv4_cDv4_hi",
	  "_Z28dot_acc_sat_4x8packed_su_intjji" },
};

static const struct dot_product *find_dot_product(LLVMValueRef function)
{
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(dot_products); i++) {
		if (strstr(tandem_ir_name(function), dot_products[i].instruction))
			return &dot_products[i];
	}
	return NULL;
}

/* The first two parameters' type, where all is as it is known: NULL where it is not. */
static LLVMTypeRef dot_product_input(struct tandem_compilation *compilation, LLVMValueRef function,
				     unsigned int *count)
{
	LLVMTypeRef vector = LLVMVectorType(compilation->i8, 4), type;
	unsigned int parameters = LLVMCountParams(function);

	if (parameters < 2 ||
	    LLVMGetReturnType(LLVMGlobalGetValueType(function)) != compilation->i32)
		return NULL;
	type = LLVMTypeOf(LLVMGetParam(function, 0));
	if (type != vector && type != compilation->i32)
		return NULL;
	/* How words are packed comes last, and is not handed on. */
	*count = type == vector ? parameters : parameters - 1;
	for (unsigned int i = 0; i < parameters; i++) {
		if (LLVMTypeOf(LLVMGetParam(function, i)) != (i < 2 ? type : compilation->i32))
			return NULL;
	}
	return *count == 2 || *count == 3 ? type : NULL;
}

static void define_dot_product(struct tandem_compilation *compilation, LLVMValueRef function,
			       const struct dot_product *product)
{
	bool accumulates = strstr(product->instruction, "AccSat");
	unsigned int count = 0;
	LLVMTypeRef input = dot_product_input(compilation, function, &count), type;
	LLVMTypeRef types[] = { input, input, compilation->i32 };
	LLVMValueRef arguments[3], called, result;
	const char *name;

	if (!input || count != 2u + accumulates) {
		tandem_ir_error(compilation, "a dot product of numbers that are not supported");
		return;
	}
	name = input == compilation->i32 ? product->of_words : product->of_vectors;
	type = LLVMFunctionType(compilation->i32, types, count, 0);
	called = LLVMGetNamedFunction(compilation->module, name);
	if (!called)
		called = LLVMAddFunction(compilation->module, name, type);
	for (unsigned int i = 0; i < count; i++)
		arguments[i] = LLVMGetParam(function, i);
	LLVMPositionBuilderAtEnd(compilation->builder,
				 LLVMAppendBasicBlockInContext(compilation->context, function, ""));
	result = LLVMBuildCall2(compilation->builder, type, called, arguments, count, "");
	LLVMBuildRet(compilation->builder, result);
	LLVMSetLinkage(function, LLVMInternalLinkage);
}

void tandem_translated_calls_map(struct tandem_compilation *compilation)
{
	LLVMValueRef function, next;

	for (function = LLVMGetFirstFunction(compilation->module); function; function = next) {
		next = LLVMGetNextFunction(function);
		if (stands_for_another(function))
			define_call(compilation, function);
		if (!LLVMIsDeclaration(function))
			continue;
		if (is_copy(function) && has_pointer_event(function))
			define_copy(compilation, function);
		else if (find_dot_product(function))
			define_dot_product(compilation, function, find_dot_product(function));
	}
}
