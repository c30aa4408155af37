// SPDX-License-Identifier: MIT
#include "helpers.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* Instructions of all kernels with everything inlined, unoptimised: more make a program large. */
#define LARGE_PROGRAM 40000
/* A function with as many instructions stays a function, if it can. */
#define LARGE_HELPER 500
/* Sizes are not counted any further. */
#define MOST_SIZE (1ull << 40)

struct search {
	struct tandem_compilation *compilation;
	struct tandem_pointer_map *kept;
	struct tandem_pointer_map sizes; /* of functions, as sizes below; NULL where not yet seen */
	struct size {
		uint64_t inlined; /* instructions with everything inlined that it calls */
		uint64_t with_kept; /* the same, but for what stays a function */
		bool is_open; /* its calls are being looked at */
		bool stands_alone; /* it needs nothing of the work-item, nor do those it calls */
		bool needs_windows; /* it reaches memory that windows show, or those do */
		bool always_kept; /* it stays a function, however large the program is */
	} * all;
	unsigned int count;
	bool is_recursive;
};

/* ---- what a helper may do ---- */

/* The variable that an address lies in, or what else it comes from. */
static LLVMValueRef root_of(LLVMValueRef address)
{
	for (;;) {
		bool is_step = LLVMIsAGetElementPtrInst(address) ||
			       LLVMIsAAddrSpaceCastInst(address);

		if (LLVMIsAConstantExpr(address))
			is_step = LLVMGetConstOpcode(address) == LLVMGetElementPtr ||
				  LLVMGetConstOpcode(address) == LLVMAddrSpaceCast;
		if (!is_step)
			return address;
		address = LLVMGetOperand(address, 0);
	}
}

static bool refers_to_item(LLVMValueRef value)
{
	LLVMValueRef root = root_of(value);

	if (LLVMIsAGlobalVariable(root)) {
		unsigned int space = LLVMGetPointerAddressSpace(LLVMTypeOf(root));

		/* Only placeholders are declared and not defined. */
		return LLVMIsDeclaration(root) ||
		       (space != TANDEM_AS_GLOBAL && space != TANDEM_AS_CONSTANT);
	}
	if (!LLVMIsAConstantExpr(root) && !LLVMIsAConstantStruct(root) &&
	    !LLVMIsAConstantArray(root) && !LLVMIsAConstantVector(root))
		return false;
	for (int i = 0; i < LLVMGetNumOperands(root); i++) {
		if (refers_to_item(LLVMGetOperand(root, i)))
			return true;
	}
	return false;
}

/* Whether an address is one of memory that windows show. */
static bool is_shown_by_windows(LLVMValueRef address)
{
	LLVMValueRef root = root_of(address);
	unsigned int space = LLVMGetPointerAddressSpace(LLVMTypeOf(root));

	return space != TANDEM_AS_PRIVATE && space != TANDEM_AS_LOCAL &&
	       !(space == TANDEM_AS_CONSTANT && LLVMIsAGlobalVariable(root));
}

static bool needs_windows(LLVMValueRef instruction)
{
	int pointer = tandem_ir_pointer_operand(instruction);

	if (pointer >= 0)
		return is_shown_by_windows(LLVMGetOperand(instruction, pointer));
	if (!LLVMIsACallInst(instruction))
		return false;
	/* What an intrinsic does with addresses. */
	for (unsigned int i = 0; i < LLVMGetNumArgOperands(instruction); i++) {
		LLVMValueRef operand = LLVMGetOperand(instruction, i);

		if (tandem_ir_intrinsic(instruction) &&
		    LLVMGetTypeKind(LLVMTypeOf(operand)) == LLVMPointerTypeKind &&
		    is_shown_by_windows(operand))
			return true;
	}
	return false;
}

static bool stands_alone(LLVMValueRef instruction)
{
	for (int i = 0; i < LLVMGetNumOperands(instruction); i++) {
		LLVMValueRef operand = LLVMGetOperand(instruction, i);

		if (!LLVMValueIsBasicBlock(operand) && LLVMIsConstant(operand) &&
		    refers_to_item(operand))
			return false;
	}
	return true;
}

/* OUTLINED there. */
bool tandem_helpers_is_outlined(LLVMValueRef function)
{
	static const char prefix[] = "__tandem_outlined_";

	return !strncmp(tandem_ir_name(function), prefix, sizeof(prefix) - 1);
}

/* ---- sizes ---- */

static struct size *size_of(struct search *search, LLVMValueRef function);

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a + b < MOST_SIZE ? a + b : MOST_SIZE;
}

static void add_call(struct search *search, struct size *size, LLVMValueRef call)
{
	LLVMValueRef called = LLVMGetCalledValue(call);
	const struct size *callee;

	if (!LLVMIsAFunction(called) || (LLVMIsDeclaration(called) && !tandem_ir_intrinsic(call))) {
		size->stands_alone = false;
		return;
	}
	if (LLVMIsDeclaration(called))
		return;
	callee = size_of(search, called);
	if (!callee)
		return;
	search->is_recursive |= callee->is_open;
	if (!callee->always_kept)
		size->inlined = sum(size->inlined, callee->inlined);
	size->stands_alone &= callee->stands_alone;
	size->needs_windows |= callee->needs_windows && !callee->always_kept;
	if (!tandem_pointer_map_get(search->kept, called))
		size->with_kept = sum(size->with_kept, callee->with_kept);
}

static bool is_called_once(LLVMValueRef function)
{
	LLVMUseRef use = LLVMGetFirstUse(function);

	return !use || !LLVMGetNextUse(use);
}

/* NULL without room. */
static struct size *size_of(struct search *search, LLVMValueRef function)
{
	struct size *size = tandem_pointer_map_get(&search->sizes, function);
	bool uses_windows = search->compilation->request->uses_windows;

	if (size)
		return size;
	size = &search->all[search->count++];
	tandem_pointer_map_set(&search->sizes, function, size);
	if (search->sizes.failed)
		return NULL;
	*size = (struct size){ .is_open = true, .stands_alone = true };
	tandem_ir_for_each(function, block, instruction, next) {
		size->inlined = sum(size->inlined, 1);
		size->with_kept = sum(size->with_kept, 1);
		size->stands_alone &= stands_alone(instruction);
		size->needs_windows |= uses_windows && needs_windows(instruction);
		if (LLVMIsACallInst(instruction))
			add_call(search, size, instruction);
	}
	size->is_open = false;
	/* Of images they are told where windows show these (windows.h). */
	size->always_kept = size->stands_alone && tandem_helpers_is_outlined(function);
	if (size->always_kept || (size->stands_alone && !size->needs_windows &&
				  size->with_kept > LARGE_HELPER && !is_called_once(function)))
		tandem_pointer_map_set(search->kept, function, function);
	return size;
}

/* Leaves only those that are kept in a program of any size. */
static void keep_outlined_only(struct search *search)
{
	LLVMValueRef function;

	tandem_pointer_map_clear(search->kept);
	for (function = LLVMGetFirstFunction(search->compilation->module); function;
	     function = LLVMGetNextFunction(function)) {
		const struct size *size = tandem_pointer_map_get(&search->sizes, function);

		if (size && size->always_kept)
			tandem_pointer_map_set(search->kept, function, function);
	}
}

void tandem_helpers_find(struct tandem_compilation *compilation, struct tandem_pointer_map *kept)
{
	struct search search = { .compilation = compilation, .kept = kept };
	LLVMValueRef function;
	unsigned int count = 0;
	uint64_t inlined = 0;

	for (function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function))
		count++;
	search.all = tandem_new_array(search.all, count + 1);
	for (function = LLVMGetFirstFunction(compilation->module); search.all && function;
	     function = LLVMGetNextFunction(function)) {
		const struct size *size;

		/* Item functions: nothing calls them. */
		if (LLVMIsDeclaration(function) || LLVMGetFirstUse(function))
			continue;
		size = size_of(&search, function);
		inlined = sum(inlined, size ? size->inlined : 0);
	}
	if (search.is_recursive || inlined <= LARGE_PROGRAM)
		keep_outlined_only(&search);
	if (!search.all || search.sizes.failed || kept->failed)
		tandem_ir_error(compilation, "no memory");
	tandem_pointer_map_finish(&search.sizes);
	free(search.all);
}

void tandem_helpers_keep(struct tandem_compilation *compilation, LLVMValueRef function)
{
	unsigned int index = (unsigned int)LLVMAttributeFunctionIndex;
	unsigned int count = LLVMGetAttributeCountAtIndex(function, index);
	LLVMAttributeRef *attributes = tandem_new_array(attributes, count + 1);

	if (!attributes) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	/* What clang says of how to compile it would not hold for what is inlined, either. */
	LLVMGetAttributesAtIndex(function, index, attributes);
	for (unsigned int i = 0; i < count; i++) {
		unsigned int length;
		const char *kind;

		if (!LLVMIsStringAttribute(attributes[i]))
			continue;
		kind = LLVMGetStringAttributeKind(attributes[i], &length);
		LLVMRemoveStringAttributeAtIndex(function, index, kind, length);
	}
	free(attributes);
	LLVMAddAttributeAtIndex(function, index,
				LLVMCreateStringAttribute(compilation->context, "no-builtins", 11,
							  "", 0));
	tandem_ir_remove_attribute(function, "alwaysinline");
	tandem_ir_remove_attribute(function, "inlinehint");
	tandem_ir_add_attribute(compilation, function, "noinline");
	tandem_ir_add_attribute(compilation, function, "nounwind");
}
