// SPDX-License-Identifier: MIT
#include "deferral.h"

#include <stdlib.h>
#include <string.h>

#include "lanes/sub_groups.h"
#include "pointer_map.h"
#include "util/alloc.h"
#include "util/stack.h"

/* Fewer kernels are compiled together: that LLVM starts anew for each takes as long. */
#define MOST_AT_ONCE 8
/* Bytes of variables that a work-item may have without a doubt: there is room for more. */
#define CERTAIN_BYTES (TANDEM_WORKER_STACK_BYTES / 8)
/* The same of what a whole group keeps over barriers. */
#define CERTAIN_STATE_BYTES (16u << 20)
/* What an instruction may have a work-item keep: a vector. */
#define VALUE_BYTES	  128
#define CERTAIN_ALIGNMENT 64
/* Sums end here: functions that call each other twice would come beyond any number. */
#define MOST_SUM (1ull << 40)

/* A function with all that it calls. */
struct size {
	bool is_open; /* what it calls is being looked at */
	uint64_t variable_bytes;
	uint64_t instructions;
};

struct survey {
	struct tandem_compilation *compilation;
	struct tandem_pointer_map sizes; /* of functions */
	struct size *all;
	unsigned int count;
	bool is_doubtful;
};

static struct size *size_of(struct survey *survey, LLVMValueRef function);

static void add(uint64_t *sum, uint64_t more)
{
	*sum = tandem_min_u64(*sum + more, MOST_SUM);
}

/* Intrinsics that may become calls of the C library, which are errors once there is code. */
static bool may_be_library_call(LLVMValueRef call)
{
	static const char *const names[] = {
		"acos.",    "asin.", "atan",   "cos",	  "exp",   "frexp.", "ldexp.", "llrint.",
		"llround.", "log",   "lrint.", "lround.", "modf.", "pow",    "sin",    "tan",
	};
	const char *name = tandem_ir_intrinsic(call);

	for (size_t i = 0; name && i < TANDEM_ARRAY_SIZE(names); i++) {
		if (!strncmp(name, names[i], strlen(names[i])))
			return true;
	}
	return false;
}

static void add_call(struct survey *survey, struct size *size, LLVMValueRef call)
{
	LLVMValueRef called = LLVMGetCalledValue(call);
	const struct size *callee;

	/* The assembler, at last, tells whether it knows an instruction. */
	if (LLVMIsAInlineAsm(called) || !LLVMIsAFunction(called)) {
		survey->is_doubtful = true;
		return;
	}
	/* How many work-items a sub-group has is known once there is code. */
	survey->is_doubtful |= may_be_library_call(call) || tandem_lanes_have_function(called);
	callee = LLVMIsDeclaration(called) ? NULL : size_of(survey, called);
	if (!callee)
		return;
	survey->is_doubtful |= callee->is_open;
	add(&size->variable_bytes, callee->variable_bytes);
	add(&size->instructions, callee->instructions);
}

static void add_variable(struct survey *survey, struct size *size, LLVMValueRef variable)
{
	LLVMTypeRef type = LLVMGetAllocatedType(variable);

	survey->is_doubtful |= LLVMGetAlignment(variable) > CERTAIN_ALIGNMENT;
	add(&size->variable_bytes, LLVMABISizeOfType(survey->compilation->layout, type));
}

/* Whether every device has an atomic operation for it: of the usual kinds and sizes. */
static bool is_usual_atomic(const struct survey *survey, LLVMValueRef instruction)
{
	LLVMTypeRef type;
	uint64_t bits;

	if (LLVMIsAStoreInst(instruction))
		type = LLVMTypeOf(LLVMGetOperand(instruction, 0));
	else
		type = LLVMTypeOf(LLVMGetOperand(instruction, 1));
	bits = LLVMSizeOfTypeInBits(survey->compilation->layout, type);
	if (LLVMIsAAtomicRMWInst(instruction) &&
	    (LLVMGetTypeKind(type) != LLVMIntegerTypeKind ||
	     LLVMGetAtomicRMWBinOp(instruction) > LLVMAtomicRMWBinOpUMin ||
	     LLVMGetAtomicRMWBinOp(instruction) == LLVMAtomicRMWBinOpNand))
		return false;
	return bits == 32 || bits == 64;
}

static bool is_atomic(LLVMValueRef instruction)
{
	return LLVMIsAAtomicRMWInst(instruction) || LLVMIsAAtomicCmpXchgInst(instruction) ||
	       (LLVMIsAStoreInst(instruction) &&
		LLVMGetOrdering(instruction) != LLVMAtomicOrderingNotAtomic);
}

/* NULL without room. */
static struct size *size_of(struct survey *survey, LLVMValueRef function)
{
	struct size *size = tandem_pointer_map_get(&survey->sizes, function);

	if (size)
		return size;
	size = &survey->all[survey->count++];
	tandem_pointer_map_set(&survey->sizes, function, size);
	if (survey->sizes.failed)
		return NULL;
	size->is_open = true;
	tandem_ir_for_each(function, block, instruction, next) {
		add(&size->instructions, 1);
		if (LLVMIsACallInst(instruction))
			add_call(survey, size, instruction);
		else if (LLVMIsAAllocaInst(instruction))
			add_variable(survey, size, instruction);
		else if (survey->compilation->request->uses_windows && is_atomic(instruction))
			survey->is_doubtful |= !is_usual_atomic(survey, instruction);
	}
	size->is_open = false;
	return size;
}

static void look_at_kernel(struct survey *survey, const struct tandem_kernel_info *kernel)
{
	LLVMValueRef function = LLVMGetNamedFunction(survey->compilation->module, kernel->name);
	const struct size *size = function ? size_of(survey, function) : NULL;
	const uint32_t *group = kernel->required_group;
	uint64_t items = (uint64_t)group[0] * group[1] * group[2];

	if (!size || size->variable_bytes > CERTAIN_BYTES || kernel->required_sub_groups ||
	    items > survey->compilation->request->max_group ||
	    items * (size->variable_bytes + VALUE_BYTES * size->instructions) > CERTAIN_STATE_BYTES)
		survey->is_doubtful = true;
}

/* Whether a constant that is no expression has the address. */
static bool is_in_structure(LLVMValueRef value)
{
	for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);

		if (LLVMIsAConstant(user) && (!LLVMIsAConstantExpr(user) || is_in_structure(user)))
			return true;
	}
	return false;
}

/* Whether kernels share a variable, or have one that may be an error. */
static bool has_doubtful_variables(LLVMModuleRef module)
{
	for (LLVMValueRef variable = LLVMGetFirstGlobal(module); variable;
	     variable = LLVMGetNextGlobal(variable)) {
		unsigned int space = LLVMGetPointerAddressSpace(LLVMTypeOf(variable));

		if ((space == TANDEM_AS_GLOBAL && !LLVMIsDeclaration(variable)) ||
		    (space == TANDEM_AS_LOCAL && is_in_structure(variable)))
			return true;
	}
	return false;
}

bool tandem_deferral_is_possible(struct tandem_compilation *compilation)
{
	const struct tandem_description *description = &compilation->description;
	struct survey survey = { .compilation = compilation };
	unsigned int count = 0;
	size_t assembly_bytes;

	if (!compilation->request->may_defer || description->kernel_count <= MOST_AT_ONCE ||
	    has_doubtful_variables(compilation->module))
		return false;
	LLVMGetModuleInlineAsm(compilation->module, &assembly_bytes);
	if (assembly_bytes)
		return false;
	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function))
		count++;
	survey.all = tandem_new_array(survey.all, count + 1);
	for (uint32_t i = 0; survey.all && i < description->kernel_count; i++)
		look_at_kernel(&survey, &description->kernels[i].info);
	if (!survey.all || survey.sizes.failed)
		tandem_ir_error(compilation, "no memory");
	tandem_pointer_map_finish(&survey.sizes);
	free(survey.all);
	return !survey.is_doubtful;
}
