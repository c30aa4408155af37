// SPDX-License-Identifier: MIT
#include "linking.h"

#include <llvm-c/BitReader.h>
#include <llvm-c/Linker.h>
#include <string.h>

#include "builtins/pack.h"
#include "compiler/group_context.h"
#include "hooks.h"
#include "ir.h"
#include "kernel_metadata.h"
#include "lanes/sub_groups.h"
#include "target_x86_64.h"
#include "util/alloc.h"

/* runtime/builtins, compiled and divided into parts. */
extern const char tandem_builtins_pack[];

/* Functions that machine code may call, see object_loader_x86_64.c. */
static const char *const runtime_functions[] = {
	TANDEM_PRINTF_RESERVE_SYMBOL, TANDEM_CLOCK_SYMBOL, "memcpy", "memmove", "memset",
};

/* @lazily: functions are read as they are needed, so the bytes must outlive the module. */
static LLVMModuleRef read_module(struct tandem_compilation *compilation, const void *bytes,
				 size_t length, bool lazily)
{
	LLVMMemoryBufferRef buffer =
		LLVMCreateMemoryBufferWithMemoryRange(bytes, length, "module", 0);
	LLVMModuleRef module = NULL;

	if (lazily) {
		/* Reading takes the buffer. */
		if (LLVMGetBitcodeModuleInContext2(compilation->context, buffer, &module))
			tandem_ir_error(compilation, "the built-in functions cannot be read");
		return module;
	}
	if (LLVMParseBitcodeInContext2(compilation->context, buffer, &module))
		tandem_ir_error(compilation, "an object cannot be read");
	LLVMDisposeMemoryBuffer(buffer);
	return module;
}

/* Functions with inline may come with several objects, of a header that these share. */
static void weaken_inline_functions(LLVMModuleRef module)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(module); function;
	     function = LLVMGetNextFunction(function)) {
		if (!LLVMIsDeclaration(function) &&
		    LLVMGetLinkage(function) == LLVMExternalLinkage &&
		    tandem_ir_has_attribute(function, "inlinehint"))
			LLVMSetLinkage(function, LLVMWeakODRLinkage);
	}
}

void tandem_link_modules(struct tandem_compilation *compilation)
{
	const struct tandem_backend_request *request = compilation->request;

	for (unsigned int i = 0; i < request->module_count && !compilation->failed; i++) {
		LLVMModuleRef module = read_module(compilation, request->modules[i].bytes,
						   request->modules[i].length, false);

		if (!module)
			return;
		weaken_inline_functions(module);
		tandem_kernel_metadata_take_marks(compilation, module);
		if (!compilation->module)
			compilation->module = module;
		else if (LLVMLinkModules2(compilation->module, module))
			compilation->failed = true; /* the diagnostic handler has the reason */
	}
	if (compilation->failed && !compilation->result->log.length)
		tandem_ir_error(compilation, "the objects cannot be linked");
}

void tandem_link_retarget(struct tandem_compilation *compilation, LLVMModuleRef module)
{
	LLVMSetTarget(module, TANDEM_TARGET_TRIPLE);
	LLVMSetDataLayout(module, compilation->layout_string);
}

/* The part of the library that has a function which is called but not defined. */
static LLVMModuleRef find_missing_part(struct tandem_compilation *compilation)
{
	const void *bytes;
	size_t length;
	LLVMValueRef function;

	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		if (LLVMIsDeclaration(function) && LLVMGetFirstUse(function) &&
		    !LLVMGetIntrinsicID(function) &&
		    tandem_pack_find(tandem_builtins_pack, tandem_ir_name(function), &bytes,
				     &length))
			return read_module(compilation, bytes, length, true);
	}
	return NULL;
}

/* Each part defines at least the function that it was looked up for. */
void tandem_link_builtins(struct tandem_compilation *compilation)
{
	LLVMModuleRef part;

	while (!compilation->failed && (part = find_missing_part(compilation))) {
		tandem_link_retarget(compilation, part);
		if (LLVMLinkModules2(compilation->module, part))
			tandem_ir_error(compilation, "the built-in functions cannot be linked");
	}
}

static bool is_runtime_function(LLVMValueRef function)
{
	const char *name = tandem_ir_name(function);

	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(runtime_functions); i++) {
		if (!strcmp(name, runtime_functions[i]))
			return true;
	}
	return !strcmp(name, TANDEM_BARRIER) || !strncmp(name, "llvm.", 5) ||
	       tandem_lanes_have_function(function);
}

void tandem_link_check(struct tandem_compilation *compilation)
{
	LLVMValueRef value;

	for (value = LLVMGetFirstFunction(compilation->module); value;
	     value = LLVMGetNextFunction(value)) {
		if (LLVMIsDeclaration(value) && LLVMGetFirstUse(value) &&
		    !is_runtime_function(value))
			tandem_ir_error(compilation, "undefined function '%s'",
					tandem_ir_source_name(value));
	}
	for (value = LLVMGetFirstGlobal(compilation->module); value;
	     value = LLVMGetNextGlobal(value)) {
		if (LLVMIsDeclaration(value) && LLVMGetFirstUse(value) &&
		    !tandem_is_placeholder(tandem_ir_name(value)))
			tandem_ir_error(compilation, "undefined variable '%s'",
					tandem_ir_name(value));
	}
}
