// SPDX-License-Identifier: MIT
/*
 * check-symbols [--declared DECLARED.bc] BUILTINS.bc MODULE.bc...
 * check-symbols --names DECLARED.bc BUILTINS.bc - links the library of
 * built-in functions into modules that call all of them, as the compiler links it into
 * a kernel, and fails with a list of what is missing. DECLARED.bc defines every function
 * that there should be: those that the library lacks, or has with other types, and those
 * that no module calls are listed too. With --names nothing but the names counts, as of
 * functions of images, whose types are clang's own. Exit status: 0, 1 if something is missing.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/BitReader.h>
#include <llvm-c/Core.h>
#include <llvm-c/Linker.h>

/* What the compiler provides when it links a kernel; without parameter types. */
static const char *const provided[] = {
	"printf",
	"__tandem_barrier",
	"__tandem_clock",
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

static bool have_one_type(LLVMValueRef one, LLVMValueRef other)
{
	char *one_type = LLVMPrintTypeToString(LLVMGlobalGetValueType(one));
	char *other_type = LLVMPrintTypeToString(LLVMGlobalGetValueType(other));
	bool is_same = !strcmp(one_type, other_type);

	LLVMDisposeMessage(one_type);
	LLVMDisposeMessage(other_type);
	return is_same;
}

/* How many functions that @declared defines @library has not; @count gets how many it has. */
static size_t count_unlike_declared(LLVMModuleRef declared, LLVMModuleRef library, size_t *count)
{
	size_t missing = 0;

	for (LLVMValueRef function = LLVMGetFirstFunction(declared); function;
	     function = LLVMGetNextFunction(function)) {
		size_t length;
		const char *name = LLVMGetValueName2(function, &length);
		LLVMValueRef found = LLVMGetNamedFunction(library, name);

		if (LLVMIsDeclaration(function))
			continue;
		(*count)++;
		if (is_provided(name))
			continue;
		if (found && !LLVMIsDeclaration(found) && have_one_type(function, found))
			continue;
		printf("%s: %s\n", found ? "of another type" : "not in the library", name);
		missing++;
	}
	return missing;
}

/* Takes what @module calls out of @declared. */
static void remove_called(LLVMModuleRef declared, LLVMModuleRef module)
{
	for (LLVMValueRef function = LLVMGetFirstFunction(module); function;
	     function = LLVMGetNextFunction(function)) {
		size_t length;
		LLVMValueRef found =
			LLVMGetNamedFunction(declared, LLVMGetValueName2(function, &length));

		if (found && LLVMGetFirstUse(function))
			LLVMDeleteFunction(found);
	}
}

static size_t count_uncalled(LLVMModuleRef declared)
{
	size_t uncalled = 0;

	for (LLVMValueRef function = LLVMGetFirstFunction(declared); function;
	     function = LLVMGetNextFunction(function)) {
		size_t length;

		if (LLVMIsDeclaration(function))
			continue;
		printf("never called: %s\n", LLVMGetValueName2(function, &length));
		uncalled++;
	}
	return uncalled;
}

/* How many functions are missing, or not called by the modules @paths. */
static size_t check_declared(const char *declared_path, const char *library_path, char **paths)
{
	LLVMContextRef context = LLVMContextCreate();
	LLVMModuleRef library = read_module(context, library_path, true);
	LLVMModuleRef declared = read_module(context, declared_path, false);
	size_t count = 0;
	size_t missing = count_unlike_declared(declared, library, &count);
	size_t uncalled;

	for (; *paths; paths++) {
		LLVMModuleRef module = read_module(context, *paths, false);

		remove_called(declared, module);
		LLVMDisposeModule(module);
	}
	uncalled = count_uncalled(declared);
	printf("%zu functions declared, %zu missing, %zu never called\n", count, missing, uncalled);
	LLVMDisposeModule(declared);
	LLVMDisposeModule(library);
	LLVMContextDispose(context);
	/* A header that declares nothing would be a mistake of this test. */
	return count ? missing + uncalled : 1;
}

/* How many functions that DECLARED.bc defines the library has not under the same name. */
static size_t check_names(const char *declared_path, const char *library_path)
{
	LLVMContextRef context = LLVMContextCreate();
	LLVMModuleRef library = read_module(context, library_path, true);
	LLVMModuleRef declared = read_module(context, declared_path, false);
	size_t count = 0, missing = 0;

	for (LLVMValueRef function = LLVMGetFirstFunction(declared); function;
	     function = LLVMGetNextFunction(function)) {
		size_t length;
		const char *name = LLVMGetValueName2(function, &length);
		LLVMValueRef found = LLVMGetNamedFunction(library, name);

		if (LLVMIsDeclaration(function))
			continue;
		count++;
		if (found && !LLVMIsDeclaration(found))
			continue;
		printf("not in the library: %s\n", name);
		missing++;
	}
	printf("%zu functions declared, %zu missing\n", count, missing);
	LLVMDisposeModule(declared);
	LLVMDisposeModule(library);
	LLVMContextDispose(context);
	return count ? missing : 1;
}

/* How many functions that the modules @paths call are missing. */
static size_t check_called(const char *library_path, char **paths)
{
	size_t missing = 0;
	size_t called = 0;

	for (; *paths; paths++) {
		LLVMContextRef context = LLVMContextCreate();
		LLVMModuleRef library = read_module(context, library_path, true);
		LLVMModuleRef module = read_module(context, *paths, false);

		LLVMSetTarget(module, LLVMGetTarget(library));
		LLVMSetDataLayout(module, LLVMGetDataLayoutStr(library));
		if (LLVMLinkModules2(module, library))
			fail(*paths, "cannot be linked");
		missing += count_missing(module, *paths, &called);
		LLVMDisposeModule(module);
		LLVMContextDispose(context);
	}
	printf("%zu functions called, %zu missing\n", called, missing);
	return missing;
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{ "declared", required_argument, NULL, 'd' },
		{ "names", required_argument, NULL, 'n' },
		{ 0 },
	};
	const char *declared = NULL, *names_only = NULL;
	size_t problems = 0;
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) > 0 && option != '?')
		*(option == 'd' ? &declared : &names_only) = optarg;
	if (names_only && option == -1 && argc - optind == 1)
		return check_names(names_only, argv[optind]) ? 1 : 0;
	if (option != -1 || names_only || argc - optind < 2) {
		fprintf(stderr, "usage: check-symbols [--declared DECLARED.bc] BUILTINS.bc "
				"MODULE.bc...\n"
				"       check-symbols --names DECLARED.bc BUILTINS.bc\n");
		return 2;
	}
	if (declared)
		problems = check_declared(declared, argv[optind], argv + optind + 1);
	problems += check_called(argv[optind], argv + optind + 1);
	return problems ? 1 : 0;
}
