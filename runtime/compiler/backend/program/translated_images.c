// SPDX-License-Identifier: MIT
#include "translated_images.h"

#include <stdlib.h>
#include <string.h>

#include "kernel_metadata.h"

#define IMAGE		  "ocl_image"
#define SAMPLER		  "11ocl_sampler"
#define SPIR_KERNEL	  76 /* the calling convention */
#define IMAGE_SPACE	  1
#define SAMPLER_SPACE	  2
#define MOST_NAME_LETTERS 1024

struct search {
	struct tandem_compilation *compilation;
	struct tandem_pointer_map *parameters;
	bool changes;
};

/* The translators leave a word of theirs in each module. */
static bool is_translated(LLVMModuleRef module)
{
	return LLVMGetNamedMetadata(module, "spirv.MemoryModel", strlen("spirv.MemoryModel"));
}

static bool is_pointer(LLVMValueRef parameter, unsigned int space)
{
	LLVMTypeRef type = LLVMTypeOf(parameter);

	return LLVMGetTypeKind(type) == LLVMPointerTypeKind &&
	       LLVMGetPointerAddressSpace(type) == space;
}

static bool is_kernel(LLVMValueRef function)
{
	return LLVMGetFunctionCallConv(function) == SPIR_KERNEL;
}

static void enter(struct search *search, LLVMValueRef function, unsigned int index, bool is_image)
{
	struct tandem_compilation *compilation = search->compilation;
	LLVMValueRef parameter;

	if (index >= LLVMCountParams(function) || tandem_by_value_type(function, index))
		return;
	parameter = LLVMGetParam(function, index);
	if (!is_pointer(parameter, is_image ? IMAGE_SPACE : SAMPLER_SPACE) ||
	    tandem_pointer_map_get(search->parameters, parameter))
		return;
	tandem_pointer_map_set(search->parameters, parameter,
			       is_image ? compilation->pointer : compilation->i32);
	search->changes = true;
}

/* ---- what is told ---- */

/* Behind a mangled name's length and letters; NULL where it has none. */
static const char *skip_name(const char *mangled)
{
	char *end;
	unsigned long letters = strtoul(mangled, &end, 10);

	if (end == mangled || letters > MOST_NAME_LETTERS || strnlen(end, letters) < letters)
		return NULL;
	return end + letters;
}

/* A function that gets an image has it first, and a sampler next. */
static void enter_by_name(struct search *search, LLVMValueRef function)
{
	const char *name = tandem_ir_name(function), *types, *image;

	if (strncmp(name, "_Z", 2) != 0)
		return;
	types = skip_name(name + 2);
	image = types ? types + strspn(types, "0123456789") : NULL;
	if (!image || strncmp(image, IMAGE, strlen(IMAGE)) != 0)
		return;
	enter(search, function, 0, true);
	types = skip_name(types);
	if (types && !strncmp(types, SAMPLER, strlen(SAMPLER)))
		enter(search, function, 1, false);
}

static void enter_by_metadata(struct search *search, LLVMValueRef kernel)
{
	unsigned int count = LLVMCountParams(kernel);

	for (unsigned int i = 0; i < count; i++) {
		enum tandem_own_type type = tandem_own_type(search->compilation, kernel, i);

		if (type != TANDEM_OWN_NONE)
			enter(search, kernel, i, type == TANDEM_OWN_IMAGE);
	}
}

static void enter_told(struct search *search, LLVMValueRef function)
{
	if (is_kernel(function))
		enter_by_metadata(search, function);
	else
		enter_by_name(search, function);
}

/* ---- what follows of it ---- */

/* A parameter of a function with a body and what that hands on are the same, whoever gets it. */
static void enter_by_call(struct search *search, LLVMValueRef call)
{
	LLVMValueRef called = LLVMGetCalledValue(call);
	unsigned int count = LLVMGetNumArgOperands(call);

	if (!LLVMIsAFunction(called) || LLVMCountParams(called) != count)
		return;
	for (unsigned int i = 0; i < count; i++) {
		LLVMValueRef argument = LLVMGetOperand(call, i);
		LLVMTypeRef type =
			tandem_pointer_map_get(search->parameters, LLVMGetParam(called, i));

		if (!LLVMIsAArgument(argument))
			continue;
		if (type && !is_kernel(LLVMGetParamParent(argument))) {
			LLVMValueRef function = LLVMGetParamParent(argument);
			unsigned int place = 0;

			while (LLVMGetParam(function, place) != argument)
				place++;
			enter(search, function, place, type == search->compilation->pointer);
		}
		type = tandem_pointer_map_get(search->parameters, argument);
		if (type && !LLVMIsDeclaration(called))
			enter(search, called, i, type == search->compilation->pointer);
	}
}

static void enter_by_calls(struct search *search)
{
	LLVMValueRef function;

	for (function = LLVMGetFirstFunction(search->compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		tandem_ir_for_each(function, block, instruction, next) {
			if (LLVMIsACallInst(instruction))
				enter_by_call(search, instruction);
		}
	}
}

/* ---- whether that is all ---- */

/* Whether a use of @parameter is to hand it on to a function that takes such. */
static bool is_handed_on(const struct search *search, LLVMValueRef parameter, LLVMValueRef user)
{
	LLVMValueRef called = LLVMIsACallInst(user) ? LLVMGetCalledValue(user) : NULL;
	unsigned int count = called ? LLVMGetNumArgOperands(user) : 0;

	if (!called || !LLVMIsAFunction(called) || LLVMCountParams(called) != count)
		return false;
	for (unsigned int i = 0; i < count; i++) {
		LLVMValueRef other = LLVMGetParam(called, i);

		/* One of clang's has a type of its own. */
		if (LLVMGetOperand(user, i) == parameter &&
		    !tandem_pointer_map_get(search->parameters, other) &&
		    LLVMGetTypeKind(LLVMTypeOf(other)) != LLVMTargetExtTypeKind)
			return false;
	}
	return true;
}

static void check_uses(const struct search *search, LLVMValueRef function)
{
	unsigned int count = LLVMCountParams(function);

	for (unsigned int i = 0; i < count; i++) {
		LLVMValueRef parameter = LLVMGetParam(function, i);
		LLVMUseRef use;

		if (!tandem_pointer_map_get(search->parameters, parameter))
			continue;
		for (use = LLVMGetFirstUse(parameter); use; use = LLVMGetNextUse(use)) {
			if (is_handed_on(search, parameter, LLVMGetUser(use)))
				continue;
			tandem_ir_error(search->compilation,
					"function '%s' uses an image or sampler as it were memory",
					tandem_ir_source_name(function));
			return;
		}
	}
}

bool tandem_translated_images_exist(struct tandem_compilation *compilation)
{
	struct tandem_pointer_map parameters = { 0 };
	struct search search = { compilation, &parameters, false };
	LLVMValueRef function = LLVMGetFirstFunction(compilation->module);

	if (!is_translated(compilation->module))
		return false;
	for (; function && !search.changes; function = LLVMGetNextFunction(function))
		enter_told(&search, function);
	tandem_pointer_map_finish(&parameters);
	return search.changes;
}

void tandem_translated_images_find(struct tandem_compilation *compilation,
				   struct tandem_pointer_map *parameters)
{
	struct search search = { compilation, parameters, false };
	LLVMValueRef function;

	if (!is_translated(compilation->module))
		return;
	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function))
		enter_told(&search, function);
	do {
		search.changes = false;
		enter_by_calls(&search);
	} while (search.changes && !parameters->failed);
	for (function = LLVMGetFirstFunction(compilation->module); function && !compilation->failed;
	     function = LLVMGetNextFunction(function))
		check_uses(&search, function);
	if (parameters->failed)
		tandem_ir_error(compilation, "no memory");
}
