// SPDX-License-Identifier: MIT
/*
 * check-symbols BUILTINS.bc MODULE.bc... - links the library of built-in functions
 * into modules that call all of them, as the compiler links it into a kernel, and
 * fails with a list of what is missing. Exit status: 0, 1 if something is missing.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/BitReader.h>
#include <llvm-c/Core.h>
#include <llvm-c/Linker.h>

/* What the compiler provides when it links a kernel; without parameter types. */
static const char *const provided[] = {
	"_Z12get_work_dim",
	"_Z15get_global_size",
	"_Z13get_global_id",
	"_Z14get_local_size",
	"_Z23get_enqueued_local_size",
	"_Z12get_local_id",
	"_Z14get_num_groups",
	"_Z12get_group_id",
	"_Z17get_global_offset",
	"_Z20get_global_linear_id",
	"_Z19get_local_linear_id",
	"_Z9get_fence",
	"__to_global",
	"__to_local",
	"__to_private",
	"printf",
	"__tandem_barrier",
	"__tandem_group_scratch",
};

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "check-symbols: %s: %s\n", what, why ? why : "failed");
	exit(2);
}

static LLVMModuleRef read_module(LLVMContextRef context, const char *path, bool is_lazy)
{
	LLVMMemoryBufferRef buffer;
	LLVMModuleRef module;
	char *message = NULL;

	if (LLVMCreateMemoryBufferWithContentsOfFile(path, &buffer, &message))
		fail(path, message);
	/* The lazy reader keeps the buffer. */
	if (is_lazy ? LLVMGetBitcodeModuleInContext2(context, buffer, &module) :
		      LLVMParseBitcodeInContext2(context, buffer, &module))
		fail(path, "not LLVM bitcode");
	if (!is_lazy)
		LLVMDisposeMemoryBuffer(buffer);
	return module;
}

static bool is_provided(const char *name)
{
	for (size_t i = 0; i < sizeof(provided) / sizeof(provided[0]); i++) {
		if (!strncmp(name, provided[i], strlen(provided[i])))
			return true;
	}
	return false;
}

static size_t count_missing(LLVMModuleRef module, const char *path, size_t *called)
{
	size_t missing = 0;

	for (LLVMValueRef function = LLVMGetFirstFunction(module); function;
	     function = LLVMGetNextFunction(function)) {
		size_t length;
		const char *name = LLVMGetValueName2(function, &length);

		if (LLVMGetIntrinsicID(function) || !LLVMGetFirstUse(function))
			continue;
		(*called)++;
		if (!LLVMIsDeclaration(function) || is_provided(name))
			continue;
		printf("%s: undefined: %s\n", path, name);
		missing++;
	}
	return missing;
}

int main(int argc, char **argv)
{
	size_t missing = 0;
	size_t called = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: check-symbols BUILTINS.bc MODULE.bc...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		LLVMContextRef context = LLVMContextCreate();
		LLVMModuleRef library = read_module(context, argv[1], true);
		LLVMModuleRef module = read_module(context, argv[i], false);

		LLVMSetTarget(module, LLVMGetTarget(library));
		LLVMSetDataLayout(module, LLVMGetDataLayoutStr(library));
		if (LLVMLinkModules2(module, library))
			fail(argv[i], "cannot be linked");
		missing += count_missing(module, argv[i], &called);
		LLVMDisposeModule(module);
		LLVMContextDispose(context);
	}
	printf("%zu functions called, %zu missing\n", called, missing);
	return missing ? 1 : 0;
}
