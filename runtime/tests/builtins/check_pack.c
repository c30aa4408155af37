// SPDX-License-Identifier: MIT
/*
 * check-pack BUILTINS.bc BUILTINS.pack - whether the pack has every function of the
 * library: in a part that defines it and calls nothing that is not there. Exit status:
 * 0, 1 if something is missing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/BitReader.h>
#include <llvm-c/Core.h>

#include "builtins/pack.h"

static size_t problems;

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "check-pack: %s: %s\n", what, why ? why : "failed");
	exit(2);
}

static LLVMMemoryBufferRef read_file(const char *path)
{
	LLVMMemoryBufferRef buffer;
	char *message = NULL;

	if (LLVMCreateMemoryBufferWithContentsOfFile(path, &buffer, &message))
		fail(path, message);
	return buffer;
}

/* What a part leaves undefined must be undefined in the library as well. */
static void check_calls(LLVMModuleRef library, LLVMModuleRef part)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(part); function;
	     function = LLVMGetNextFunction(function)) {
		size_t length;
		const char *name = LLVMGetValueName2(function, &length);
		LLVMValueRef in_library = LLVMGetNamedFunction(library, name);

		if (!LLVMIsDeclaration(function) || LLVMGetIntrinsicID(function))
			continue;
		if (!in_library || !LLVMIsDeclaration(in_library)) {
			printf("%s: a part that calls it does not define it\n", name);
			problems++;
		}
	}
}

/* Parts are read once each, in the order in which functions lead to them. */
static void check_function(LLVMModuleRef library, const void *pack, const char *name)
{
	static const void *checked[4096];
	static LLVMModuleRef parts[4096];
	static size_t count;
	LLVMMemoryBufferRef part;
	LLVMValueRef function;
	const void *bytes;
	size_t size_bytes;
	size_t i = 0;

	if (!tandem_pack_find(pack, name, &bytes, &size_bytes)) {
		printf("%s: not in the pack\n", name);
		problems++;
		return;
	}
	while (i < count && checked[i] != bytes)
		i++;
	if (i == count) {
		if (count == sizeof(checked) / sizeof(checked[0]))
			fail(name, "more parts than this test expects");
		part = LLVMCreateMemoryBufferWithMemoryRange(bytes, size_bytes, "part", 0);
		if (LLVMParseBitcodeInContext2(LLVMGetModuleContext(library), part, &parts[i]))
			fail(name, "its part is not LLVM bitcode");
		LLVMDisposeMemoryBuffer(part);
		checked[count++] = bytes;
		check_calls(library, parts[i]);
	}
	function = LLVMGetNamedFunction(parts[i], name);
	if (!function || LLVMIsDeclaration(function) ||
	    LLVMGetLinkage(function) != LLVMLinkOnceODRLinkage) {
		printf("%s: its part does not define it\n", name);
		problems++;
	}
}

int main(int argc, char **argv)
{
	LLVMContextRef context = LLVMContextCreate();
	const void *module;
	LLVMModuleRef library;
	LLVMMemoryBufferRef bitcode, pack;
	size_t functions = 0;
	size_t size_bytes;

	if (argc != 3) {
		fprintf(stderr, "usage: check-pack BUILTINS.bc BUILTINS.pack\n");
		return 2;
	}
	bitcode = read_file(argv[1]);
	if (LLVMParseBitcodeInContext2(context, bitcode, &library))
		fail(argv[1], "not LLVM bitcode");
	LLVMDisposeMemoryBuffer(bitcode);
	pack = read_file(argv[2]);
	if (((const struct tandem_pack_header *)LLVMGetBufferStart(pack))->magic !=
	    TANDEM_PACK_MAGIC)
		fail(argv[2], "not a pack");
	for (LLVMValueRef function = LLVMGetFirstFunction(library); function;
	     function = LLVMGetNextFunction(function)) {
		size_t length;

		if (LLVMIsDeclaration(function))
			continue;
		functions++;
		check_function(library, LLVMGetBufferStart(pack),
			       LLVMGetValueName2(function, &length));
	}
	if (tandem_pack_find(LLVMGetBufferStart(pack), "no such function", &module, &size_bytes)) {
		printf("a function that does not exist is in the pack\n");
		problems++;
	}
	LLVMDisposeMemoryBuffer(pack);
	printf("%zu functions, %zu problems\n", functions, problems);
	return problems || !functions ? 1 : 0;
}
