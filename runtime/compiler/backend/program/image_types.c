// SPDX-License-Identifier: MIT
#include "image_types.h"

#include <stdlib.h>
#include <string.h>

#include "image/view.h"
#include "pointer_map.h"
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

static LLVMTypeRef lowered_type(struct tandem_compilation *compilation, LLVMTypeRef type)
{
	switch (opaque_kind(type)) {
	case IMAGE:
		return compilation->pointer;
	case SAMPLER:
		return compilation->i32;
	default:
		return type;
	}
}

/* The type with lowered parameters; NULL where none of them changes. */
static LLVMTypeRef lowered_function_type(struct tandem_compilation *compilation, LLVMTypeRef type)
{
	unsigned int count = LLVMCountParamTypes(type);
	LLVMTypeRef *types = tandem_new_array(types, count + 1), lowered = NULL;
	bool changes = false;

	if (!types) {
		tandem_ir_error(compilation, "no memory");
		return NULL;
	}
	LLVMGetParamTypes(type, types);
	for (unsigned int i = 0; i < count; i++) {
		changes |= opaque_kind(types[i]) != NOT_OPAQUE;
		types[i] = lowered_type(compilation, types[i]);
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

static void take_parameters(struct tandem_compilation *compilation, LLVMValueRef function,
			    LLVMValueRef lowered)
{
	unsigned int count = LLVMCountParams(function);

	for (unsigned int i = 0; i < count; i++) {
		LLVMValueRef old = LLVMGetParam(function, i), new = LLVMGetParam(lowered, i);

		replace_uses(old, new);
		if (opaque_kind(LLVMTypeOf(old)) == IMAGE &&
		    LLVMGetFunctionCallConv(function) == SPIR_KERNEL)
			pass_by_value(compilation, lowered, i);
		copy_attributes(function, lowered, i + 1);
	}
}

static LLVMValueRef lower_function(struct tandem_compilation *compilation, LLVMValueRef function,
				   LLVMTypeRef type)
{
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
	take_parameters(compilation, function, lowered);
	LLVMSetValueName2(function, "", 0);
	LLVMSetValueName2(lowered, tandem_text_string(&name), name.length);
	if (name.failed)
		tandem_ir_error(compilation, "no memory");
	tandem_text_finish(&name);
	return lowered;
}

/* ---- calls ---- */

static void lower_call(struct tandem_compilation *compilation, LLVMValueRef call,
		       LLVMValueRef lowered)
{
	unsigned int count = LLVMGetNumArgOperands(call);
	LLVMValueRef *arguments = tandem_new_array(arguments, count + 1), new_call;

	if (!arguments) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	for (unsigned int i = 0; i < count; i++)
		arguments[i] = LLVMGetOperand(call, i);
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

static void lower_body(struct tandem_compilation *compilation, LLVMValueRef function,
		       const struct tandem_pointer_map *lowered)
{
	tandem_ir_for_each(function, block, instruction, next) {
		const char *reason = why_refused(instruction);
		LLVMValueRef called;

		if (reason) {
			tandem_ir_error(compilation, "function '%s' %s",
					tandem_ir_source_name(function), reason);
			return;
		}
		called = LLVMIsACallInst(instruction) ? LLVMGetCalledValue(instruction) : NULL;
		if (called && tandem_pointer_map_get(lowered, called))
			lower_call(compilation, instruction,
				   tandem_pointer_map_get(lowered, called));
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

static void lower_functions(struct tandem_compilation *compilation,
			    struct tandem_pointer_map *lowered)
{
	LLVMValueRef last = LLVMGetLastFunction(compilation->module), function, next;

	for (function = LLVMGetFirstFunction(compilation->module); function; function = next) {
		LLVMTypeRef type =
			lowered_function_type(compilation, LLVMGlobalGetValueType(function));

		next = function == last ? NULL : LLVMGetNextFunction(function);
		if (type)
			tandem_pointer_map_set(lowered, function,
					       lower_function(compilation, function, type));
	}
	if (lowered->failed)
		tandem_ir_error(compilation, "no memory");
}

static void delete_functions(struct tandem_compilation *compilation,
			     const struct tandem_pointer_map *lowered)
{
	LLVMValueRef function, next;

	for (function = LLVMGetFirstFunction(compilation->module); function; function = next) {
		next = LLVMGetNextFunction(function);
		if (tandem_pointer_map_get(lowered, function) ||
		    (!strcmp(tandem_ir_name(function), CONSTANT_SAMPLER) &&
		     !LLVMGetFirstUse(function)))
			LLVMDeleteFunction(function);
	}
}

/*
 * Khronos' translator makes of images pointers to structures that are never defined: what calls
 * the functions of images by such is refused.
 */
static void refuse_translated_images(struct tandem_compilation *compilation)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		const char *name = tandem_ir_name(function);

		if (!LLVMIsDeclaration(function) || strncmp(name, "_Z", 2) != 0 ||
		    !strstr(name, "ocl_image") || !LLVMCountParams(function))
			continue;
		if (opaque_kind(LLVMTypeOf(LLVMGetParam(function, 0))) != IMAGE) {
			tandem_ir_error(compilation,
					"function '%s': programs from SPIR-V cannot use images",
					name);
			return;
		}
	}
}

void tandem_image_types_lower(struct tandem_compilation *compilation)
{
	struct tandem_pointer_map lowered = { 0 };
	LLVMValueRef function;

	refuse_translated_images(compilation);
	if (compilation->failed || !has_opaque_values(compilation->module))
		return;
	/* What clang keeps in variables becomes arguments of calls. */
	tandem_ir_run_passes(compilation, "function(sroa,mem2reg)");
	lower_functions(compilation, &lowered);
	for (function = LLVMGetFirstFunction(compilation->module); function && !compilation->failed;
	     function = LLVMGetNextFunction(function))
		lower_constant_samplers(compilation, function);
	for (function = LLVMGetFirstFunction(compilation->module); function && !compilation->failed;
	     function = LLVMGetNextFunction(function))
		lower_body(compilation, function, &lowered);
	if (!compilation->failed)
		delete_functions(compilation, &lowered);
	tandem_pointer_map_finish(&lowered);
}
