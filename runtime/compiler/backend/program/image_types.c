// SPDX-License-Identifier: MIT
#include "image_types.h"

#include <stdlib.h>
#include <string.h>

#include "image/view.h"
#include "pointer_map.h"
#include "translated_images.h"
#include "util/alloc.h"

/* What clang calls for a sampler that the program has as a constant. */
#define CONSTANT_SAMPLER "__translate_sampler_initializer"
#define SPIR_KERNEL	 76 /* the calling convention */

enum opaque {
	NOT_OPAQUE,
	IMAGE,
	SAMPLER,
};

static enum opaque opaque_kind(LLVMTypeRef type)
{
	enum opaque kind = NOT_OPAQUE;
	char *text;

	if (LLVMGetTypeKind(type) != LLVMTargetExtTypeKind)
		return NOT_OPAQUE;
	text = LLVMPrintTypeToString(type);
	if (!strncmp(text, "target(\"spirv.Image\"", strlen("target(\"spirv.Image\"")))
		kind = IMAGE;
	else if (!strcmp(text, "target(\"spirv.Sampler\")"))
		kind = SAMPLER;
	LLVMDisposeMessage(text);
	return kind;
}

/* What becomes of the module's functions. */
struct lowering {
	struct tandem_compilation *compilation;
	struct tandem_pointer_map functions; /* new ones, for those that have such parameters */
	struct tandem_pointer_map translated; /* types of parameters that are such, but look not so */
};

/* The type that an image or a sampler becomes; NULL for any other parameter. */
static LLVMTypeRef lowered_type(const struct lowering *lowering, LLVMValueRef parameter)
{
	switch (opaque_kind(LLVMTypeOf(parameter))) {
	case IMAGE:
		return lowering->compilation->pointer;
	case SAMPLER:
		return lowering->compilation->i32;
	default:
		return tandem_pointer_map_get(&lowering->translated, parameter);
	}
}

/* The type with lowered parameters; NULL where none of them changes. */
static LLVMTypeRef lowered_function_type(const struct lowering *lowering, LLVMValueRef function)
{
	LLVMTypeRef type = LLVMGlobalGetValueType(function), lowered = NULL;
	unsigned int count = LLVMCountParams(function);
	LLVMTypeRef *types = tandem_new_array(types, count + 1);
	bool changes = false;

	if (!types) {
		tandem_ir_error(lowering->compilation, "no memory");
		return NULL;
	}
	LLVMGetParamTypes(type, types);
	for (unsigned int i = 0; i < count; i++) {
		LLVMTypeRef other = lowered_type(lowering, LLVMGetParam(function, i));

		changes |= other != NULL;
		types[i] = other ? other : types[i];
	}
	if (changes)
		lowered = LLVMFunctionType(LLVMGetReturnType(type), types, count,
					   LLVMIsFunctionVarArg(type));
	free(types);
	return lowered;
}

/* ---- functions ---- */

static void copy_attributes(LLVMValueRef from, LLVMValueRef to, unsigned int index)
{
	unsigned int count = LLVMGetAttributeCountAtIndex(from, index);
	LLVMAttributeRef *attributes = tandem_new_array(attributes, count + 1);

	if (!attributes)
		return;
	LLVMGetAttributesAtIndex(from, index, attributes);
	for (unsigned int i = 0; i < count; i++)
		LLVMAddAttributeAtIndex(to, index, attributes[i]);
	free(attributes);
}

static void copy_metadata(LLVMValueRef from, LLVMValueRef to)
{
	size_t count;
	LLVMValueMetadataEntry *entries = LLVMGlobalCopyAllMetadata(from, &count);

	for (size_t i = 0; i < count; i++)
		LLVMGlobalSetMetadata(to, LLVMValueMetadataEntriesGetKind(entries, (unsigned)i),
				      LLVMValueMetadataEntriesGetMetadata(entries, (unsigned)i));
	LLVMDisposeValueMetadataEntries(entries);
}

/* Lets all that use @from use @to, of another type. */
static void replace_uses(LLVMValueRef from, LLVMValueRef to)
{
	LLVMUseRef use;

	while ((use = LLVMGetFirstUse(from))) {
		LLVMValueRef user = LLVMGetUser(use);
		unsigned int count = (unsigned int)LLVMGetNumOperands(user);

		for (unsigned int i = 0; i < count; i++) {
			if (LLVMGetOperand(user, i) == from)
				LLVMSetOperand(user, i, to);
		}
	}
}

static void move_body(LLVMValueRef from, LLVMValueRef to)
{
	LLVMBasicBlockRef block;

	while ((block = LLVMGetFirstBasicBlock(from))) {
		LLVMRemoveBasicBlockFromParent(block);
		LLVMAppendExistingBasicBlock(to, block);
	}
}

/* A kernel has what it sees of an image in its argument block. */
static void pass_by_value(struct tandem_compilation *compilation, LLVMValueRef kernel,
			  unsigned int parameter)
{
	LLVMTypeRef bytes = LLVMArrayType2(compilation->i8, TANDEM_IMAGE_VIEW_BYTES);
	unsigned int by_value = LLVMGetEnumAttributeKindForName("byval", 5);
	unsigned int align = LLVMGetEnumAttributeKindForName("align", 5);

	LLVMAddAttributeAtIndex(kernel, parameter + 1,
				LLVMCreateTypeAttribute(compilation->context, by_value, bytes));
	LLVMAddAttributeAtIndex(kernel, parameter + 1,
				LLVMCreateEnumAttribute(compilation->context, align,
							TANDEM_IMAGE_VIEW_ALIGNMENT));
}

/* What is said of a pointer holds of no image or sampler that took its place. */
static void take_parameters(const struct lowering *lowering, LLVMValueRef function,
			    LLVMValueRef lowered)
{
	struct tandem_compilation *compilation = lowering->compilation;
	unsigned int count = LLVMCountParams(function);

	for (unsigned int i = 0; i < count; i++) {
		LLVMValueRef old = LLVMGetParam(function, i), new = LLVMGetParam(lowered, i);

		replace_uses(old, new);
		if (lowered_type(lowering, old) == compilation->pointer &&
		    LLVMGetFunctionCallConv(function) == SPIR_KERNEL)
			pass_by_value(compilation, lowered, i);
		if (!tandem_pointer_map_get(&lowering->translated, old))
			copy_attributes(function, lowered, i + 1);
	}
}

static LLVMValueRef lower_function(const struct lowering *lowering, LLVMValueRef function,
				   LLVMTypeRef type)
{
	struct tandem_compilation *compilation = lowering->compilation;
	LLVMValueRef lowered = LLVMAddFunction(compilation->module, "", type);
	struct tandem_text name = { 0 };

	tandem_text_print(&name, "%s", tandem_ir_name(function));
	LLVMSetLinkage(lowered, LLVMGetLinkage(function));
	LLVMSetVisibility(lowered, LLVMGetVisibility(function));
	LLVMSetUnnamedAddress(lowered, LLVMGetUnnamedAddress(function));
	LLVMSetFunctionCallConv(lowered, LLVMGetFunctionCallConv(function));
	copy_attributes(function, lowered, (unsigned int)LLVMAttributeFunctionIndex);
	copy_attributes(function, lowered, LLVMAttributeReturnIndex);
	copy_metadata(function, lowered);
	move_body(function, lowered);
	take_parameters(lowering, function, lowered);
	LLVMSetValueName2(function, "", 0);
	LLVMSetValueName2(lowered, tandem_text_string(&name), name.length);
	if (name.failed)
		tandem_ir_error(compilation, "no memory");
	tandem_text_finish(&name);
	return lowered;
}

/* ---- calls ---- */

/* Reads the arguments of a call; whether they are what the function takes. */
static bool read_arguments(LLVMValueRef call, LLVMValueRef function, LLVMValueRef *arguments)
{
	unsigned int count = LLVMGetNumArgOperands(call);

	if (count != LLVMCountParams(function))
		return false;
	for (unsigned int i = 0; i < count; i++) {
		arguments[i] = LLVMGetOperand(call, i);
		if (LLVMTypeOf(arguments[i]) != LLVMTypeOf(LLVMGetParam(function, i)))
			return false;
	}
	return true;
}

static void lower_call(struct tandem_compilation *compilation, LLVMValueRef call,
		       LLVMValueRef lowered)
{
	unsigned int count = LLVMGetNumArgOperands(call);
	LLVMValueRef *arguments = tandem_new_array(arguments, count + 1), new_call;

	if (!arguments || !read_arguments(call, lowered, arguments)) {
		tandem_ir_error(compilation, "%s '%s'",
				arguments ? "something else than an image or sampler is given to" :
					    "no memory for",
				tandem_ir_source_name(lowered));
		free(arguments);
		return;
	}
	LLVMPositionBuilderBefore(compilation->builder, call);
	new_call = LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(lowered), lowered,
				  arguments, count, "");
	LLVMSetInstructionCallConv(new_call, LLVMGetInstructionCallConv(call));
	LLVMReplaceAllUsesWith(call, new_call);
	LLVMInstructionEraseFromParent(call);
	free(arguments);
}

/* The constant sampler becomes its bits; clang gives no others. */
static void lower_constant_samplers(struct tandem_compilation *compilation, LLVMValueRef function)
{
	tandem_ir_for_each(function, block, instruction, next) {
		LLVMValueRef bits;

		if (!tandem_ir_calls(instruction, CONSTANT_SAMPLER))
			continue;
		bits = LLVMGetOperand(instruction, 0);
		if (!LLVMIsAConstantInt(bits) || LLVMTypeOf(bits) != compilation->i32) {
			tandem_ir_error(compilation, "a sampler of function '%s' is no constant",
					tandem_ir_source_name(function));
			return;
		}
		replace_uses(instruction, bits);
		LLVMInstructionEraseFromParent(instruction);
	}
}

/* Whether an instruction makes or keeps such a value, which is not done away with. */
static bool is_left_over(LLVMValueRef instruction)
{
	if (LLVMIsAAllocaInst(instruction))
		return opaque_kind(LLVMGetAllocatedType(instruction)) != NOT_OPAQUE;
	return opaque_kind(LLVMTypeOf(instruction)) != NOT_OPAQUE;
}

/* Whether it uses a value that nothing has given: all that come from somewhere are lowered. */
static bool uses_no_value(LLVMValueRef instruction)
{
	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef operand = LLVMGetOperand(instruction, (unsigned int)i);

		if (!LLVMValueIsBasicBlock(operand) &&
		    opaque_kind(LLVMTypeOf(operand)) != NOT_OPAQUE)
			return true;
	}
	return false;
}

static const char *why_refused(LLVMValueRef instruction)
{
	if (is_left_over(instruction))
		return LLVMIsAPHINode(instruction) || LLVMIsASelectInst(instruction) ?
			       "chooses between images or samplers" :
			       "has an image or sampler that is no argument";
	return uses_no_value(instruction) ? "uses an image or sampler that has no value" : NULL;
}

static void lower_body(const struct lowering *lowering, LLVMValueRef function)
{
	struct tandem_compilation *compilation = lowering->compilation;

	tandem_ir_for_each(function, block, instruction, next) {
		const char *reason = why_refused(instruction);
		LLVMValueRef called;

		if (reason) {
			tandem_ir_error(compilation, "function '%s' %s",
					tandem_ir_source_name(function), reason);
			return;
		}
		called = LLVMIsACallInst(instruction) ? LLVMGetCalledValue(instruction) : NULL;
		if (called && tandem_pointer_map_get(&lowering->functions, called))
			lower_call(compilation, instruction,
				   tandem_pointer_map_get(&lowering->functions, called));
	}
}

/* ---- the module ---- */

static bool has_opaque_values(LLVMModuleRef module)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(module); function;
	     function = LLVMGetNextFunction(function)) {
		unsigned int count = LLVMCountParams(function);

		if (!strcmp(tandem_ir_name(function), CONSTANT_SAMPLER))
			return true;
		for (unsigned int i = 0; i < count; i++) {
			if (opaque_kind(LLVMTypeOf(LLVMGetParam(function, i))) != NOT_OPAQUE)
				return true;
		}
	}
	return false;
}

static void lower_functions(struct lowering *lowering)
{
	LLVMModuleRef module = lowering->compilation->module;
	LLVMValueRef last = LLVMGetLastFunction(module), function, next;

	for (function = LLVMGetFirstFunction(module); function; function = next) {
		LLVMTypeRef type = lowered_function_type(lowering, function);

		next = function == last ? NULL : LLVMGetNextFunction(function);
		if (type)
			tandem_pointer_map_set(&lowering->functions, function,
					       lower_function(lowering, function, type));
	}
	if (lowering->functions.failed)
		tandem_ir_error(lowering->compilation, "no memory");
}

static void delete_functions(const struct lowering *lowering)
{
	struct tandem_compilation *compilation = lowering->compilation;
	LLVMValueRef function, next;

	for (function = LLVMGetFirstFunction(compilation->module); function; function = next) {
		bool is_lowered = tandem_pointer_map_get(&lowering->functions, function);

		next = LLVMGetNextFunction(function);
		if (is_lowered && LLVMGetFirstUse(function))
			tandem_ir_error(compilation, "a function with images or samplers is used "
						     "otherwise than to be called");
		else if (is_lowered || (!strcmp(tandem_ir_name(function), CONSTANT_SAMPLER) &&
					!LLVMGetFirstUse(function)))
			LLVMDeleteFunction(function);
	}
}

static void lower(struct lowering *lowering)
{
	struct tandem_compilation *compilation = lowering->compilation;
	LLVMValueRef function;

	/* What clang keeps in variables becomes arguments of calls. */
	tandem_ir_run_passes(compilation, "function(sroa,mem2reg)");
	tandem_translated_images_find(compilation, &lowering->translated);
	if (compilation->failed)
		return;
	lower_functions(lowering);
	for (function = LLVMGetFirstFunction(compilation->module); function && !compilation->failed;
	     function = LLVMGetNextFunction(function))
		lower_constant_samplers(compilation, function);
	for (function = LLVMGetFirstFunction(compilation->module); function && !compilation->failed;
	     function = LLVMGetNextFunction(function))
		lower_body(lowering, function);
	if (!compilation->failed)
		delete_functions(lowering);
}

void tandem_image_types_lower(struct tandem_compilation *compilation)
{
	struct lowering lowering = { .compilation = compilation };

	if (has_opaque_values(compilation->module) || tandem_translated_images_exist(compilation))
		lower(&lowering);
	tandem_pointer_map_finish(&lowering.functions);
	tandem_pointer_map_finish(&lowering.translated);
}
