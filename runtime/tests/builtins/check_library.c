// SPDX-License-Identifier: MIT
/*
 * check-library BUILTINS.bc - whether the library of built-in functions has the form
 * that the compiler relies on. Exit status: 0, 1 if not, with what is wrong.
 *
 *  - functions are linkonce_odr or internal, and nothing is left of attributes that
 *    choose a processor or keep a function from being inlined;
 *  - only what reaches the barrier is convergent, and all of that is;
 *  - atomic functions are one atomic instruction, of system scope, and call nothing.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/BitReader.h>
#include <llvm-c/Core.h>

#define FUNCTION_INDEX ((LLVMAttributeIndex)LLVMAttributeFunctionIndex)

static size_t problems;

static void report(LLVMValueRef function, const char *problem)
{
	size_t length;

	printf("%s: %s\n", LLVMGetValueName2(function, &length), problem);
	problems++;
}

static bool has_attribute(LLVMValueRef function, const char *name)
{
	unsigned int kind = LLVMGetEnumAttributeKindForName(name, strlen(name));

	return LLVMGetEnumAttributeAtIndex(function, FUNCTION_INDEX, kind) != NULL;
}

static bool has_string_attribute(LLVMValueRef function, const char *name)
{
	return LLVMGetStringAttributeAtIndex(function, FUNCTION_INDEX, name,
					     (unsigned int)strlen(name)) != NULL;
}

static void check_attributes(LLVMValueRef function)
{
	static const char *const unwanted[] = { "noinline", "optnone" };
	static const char *const unwanted_strings[] = { "target-cpu", "target-features",
							"no-builtins", "frame-pointer" };

	for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++) {
		if (has_attribute(function, unwanted[i]))
			report(function, unwanted[i]);
	}
	for (size_t i = 0; i < sizeof(unwanted_strings) / sizeof(unwanted_strings[0]); i++) {
		if (has_string_attribute(function, unwanted_strings[i]))
			report(function, unwanted_strings[i]);
	}
}

/* Calls visit(instruction, data) for each instruction. */
static void visit_instructions(LLVMValueRef function, void (*visit)(LLVMValueRef, void *),
			       void *data)
{
	for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
	     block = LLVMGetNextBasicBlock(block)) {
		for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
		     instruction = LLVMGetNextInstruction(instruction))
			visit(instruction, data);
	}
}

/* Set in *data: whether a call reaches a convergent function. */
static void find_convergent_call(LLVMValueRef instruction, void *data)
{
	bool *found = data;
	LLVMValueRef callee;

	if (!LLVMIsACallInst(instruction))
		return;
	callee = LLVMGetCalledValue(instruction);
	if (LLVMIsAFunction(callee) && !LLVMGetIntrinsicID(callee) &&
	    has_attribute(callee, "convergent"))
		*found = true;
}

static void check_convergence(LLVMValueRef function)
{
	bool calls_convergent = false;

	visit_instructions(function, find_convergent_call, &calls_convergent);
	if (calls_convergent && !has_attribute(function, "convergent"))
		report(function, "reaches the barrier but is not convergent");
	if (!calls_convergent && has_attribute(function, "convergent"))
		report(function, "convergent without a barrier");
}

struct atomic_counts {
	size_t calls;
	size_t atomics;
	bool is_single_thread;
};

static bool is_atomic_access(LLVMValueRef instruction)
{
	switch (LLVMGetInstructionOpcode(instruction)) {
	case LLVMAtomicRMW:
	case LLVMAtomicCmpXchg:
		return true;
	case LLVMLoad:
	case LLVMStore:
		return LLVMGetOrdering(instruction) != LLVMAtomicOrderingNotAtomic;
	default:
		return false;
	}
}

static void count_atomics(LLVMValueRef instruction, void *data)
{
	struct atomic_counts *counts = data;

	if (LLVMIsACallInst(instruction) && !LLVMGetIntrinsicID(LLVMGetCalledValue(instruction)))
		counts->calls++;
	if (!is_atomic_access(instruction))
		return;
	counts->atomics++;
	if (LLVMIsAtomicSingleThread(instruction))
		counts->is_single_thread = true;
}

/* A function with an order as parameter has an instruction for each order. */
static void check_atomics(LLVMValueRef function, const char *name)
{
	struct atomic_counts counts = { 0 };
	bool is_init = strstr(name, "atomic_init") != NULL;

	visit_instructions(function, count_atomics, &counts);
	if (counts.calls)
		report(function, "atomic function with a call");
	if (counts.is_single_thread)
		report(function, "atomic function of one thread's scope");
	if (is_init ? counts.atomics != 0 : counts.atomics == 0)
		report(function, "atomic function without an atomic instruction");
	if (!strstr(name, "_explicit") && counts.atomics > 1)
		report(function, "atomic function of several atomic instructions");
}

static bool is_atomic_function(const char *name)
{
	return (strstr(name, "atomic_") || strstr(name, "atom_")) &&
	       !strstr(name, "atomic_work_item_fence");
}

int main(int argc, char **argv)
{
	LLVMContextRef context = LLVMContextCreate();
	LLVMMemoryBufferRef buffer;
	LLVMModuleRef module;
	char *message = NULL;
	size_t functions = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: check-library BUILTINS.bc\n");
		return 2;
	}
	if (LLVMCreateMemoryBufferWithContentsOfFile(argv[1], &buffer, &message) ||
	    LLVMParseBitcodeInContext2(context, buffer, &module)) {
		fprintf(stderr, "check-library: %s: cannot be read\n", argv[1]);
		return 2;
	}
	for (LLVMValueRef function = LLVMGetFirstFunction(module); function;
	     function = LLVMGetNextFunction(function)) {
		LLVMLinkage linkage = LLVMGetLinkage(function);
		size_t length;
		const char *name = LLVMGetValueName2(function, &length);

		if (LLVMIsDeclaration(function))
			continue;
		functions++;
		if (linkage != LLVMLinkOnceODRLinkage && linkage != LLVMInternalLinkage)
			report(function, "neither linkonce_odr nor internal");
		check_attributes(function);
		check_convergence(function);
		if (is_atomic_function(name))
			check_atomics(function, name);
	}
	printf("%zu functions, %zu problems\n", functions, problems);
	LLVMDisposeModule(module);
	LLVMDisposeMemoryBuffer(buffer);
	LLVMContextDispose(context);
	return problems || !functions ? 1 : 0;
}
