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
/* What a work-item keeps of an instruction takes so much, at least, and may be there so often. */
#define LEAST_VALUE_BYTES 8
#define MOST_COPIES	  4
#define CERTAIN_ALIGNMENT 64
/* Sums end here: functions that call each other twice would come beyond any number. */
#define MOST_SUM (1ull << 40)

/* A function with all that it calls. */
struct size {
	bool is_open; /* what it calls is being looked at */
	bool is_doubtful;
	bool has_barrier;
	uint64_t variable_bytes;
	uint64_t value_bytes; /* of what its instructions give */
};

struct survey {
	struct tandem_compilation *compilation;
	struct tandem_pointer_map sizes; /* of functions */
	struct size *all;
	unsigned int count;
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
		size->is_doubtful = true;
		return;
	}
	/* How many work-items a sub-group has is known once there is code. */
	size->is_doubtful |= may_be_library_call(call) || tandem_lanes_have_function(called);
	size->has_barrier |= tandem_ir_calls(call, TANDEM_BARRIER);
	callee = LLVMIsDeclaration(called) ? NULL : size_of(survey, called);
	if (!callee)
		return;
	size->is_doubtful |= callee->is_open || callee->is_doubtful;
	size->has_barrier |= callee->has_barrier;
	add(&size->variable_bytes, callee->variable_bytes);
	add(&size->value_bytes, callee->value_bytes);
}

static void add_value(struct survey *survey, struct size *size, LLVMValueRef instruction)
{
	LLVMTypeRef type = LLVMTypeOf(instruction);

	if (!LLVMTypeIsSized(type))
		return;
	add(&size->value_bytes,
	    MOST_COPIES * tandem_max_u64(LLVMABISizeOfType(survey->compilation->layout, type),
					 LEAST_VALUE_BYTES));
}

static void add_variable(struct survey *survey, struct size *size, LLVMValueRef variable)
{
	LLVMTypeRef type = LLVMGetAllocatedType(variable);

	size->is_doubtful |= LLVMGetAlignment(variable) > CERTAIN_ALIGNMENT;
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
		add_value(survey, size, instruction);
		if (LLVMIsACallInst(instruction))
			add_call(survey, size, instruction);
		else if (LLVMIsAAllocaInst(instruction))
			add_variable(survey, size, instruction);
		else if (survey->compilation->request->uses_windows && is_atomic(instruction))
			size->is_doubtful |= !is_usual_atomic(survey, instruction);
	}
	size->is_open = false;
	return size;
}

static bool is_certain(struct survey *survey, const struct tandem_work_group *work_group)
{
	const struct tandem_kernel_info *info = &work_group->description->info;
	const struct size *size = size_of(survey, work_group->kernel);
	const uint32_t *group = info->required_group;
	uint64_t items = (uint64_t)group[0] * group[1] * group[2];

	return size && !size->is_doubtful && size->variable_bytes <= CERTAIN_BYTES &&
	       !info->required_sub_groups && items <= survey->compilation->request->max_group &&
	       (!size->has_barrier ||
		items * (size->variable_bytes + size->value_bytes) <= CERTAIN_STATE_BYTES);
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

static bool can_be_alone(LLVMModuleRef module)
{
	size_t assembly_bytes;

	LLVMGetModuleInlineAsm(module, &assembly_bytes);
	return !assembly_bytes && !has_doubtful_variables(module);
}

/* Returns how many kernels have no error for certain, and has those defer smaller groups. */
static uint32_t find_certain(struct survey *survey, struct tandem_work_group *work_groups)
{
	struct tandem_compilation *compilation = survey->compilation;
	const bool may_defer_smaller_groups = compilation->request->may_defer_smaller_groups;
	unsigned int functions = 0;
	uint32_t certain = 0;

	for (LLVMValueRef function = LLVMGetFirstFunction(compilation->module); function;
	     function = LLVMGetNextFunction(function))
		functions++;
	survey->all = tandem_new_array(survey->all, functions + 1);
	for (uint32_t i = 0; survey->all && i < compilation->description.kernel_count; i++) {
		if (!is_certain(survey, &work_groups[i]))
			continue;
		work_groups[i].defers_smaller_groups = may_defer_smaller_groups;
		certain++;
	}
	if (!survey->all || survey->sizes.failed)
		tandem_ir_error(compilation, "no memory");
	tandem_pointer_map_finish(&survey->sizes);
	free(survey->all);
	return certain;
}

void tandem_deferral_decide(struct tandem_compilation *compilation,
			    struct tandem_work_group *work_groups)
{
	const struct tandem_backend_request *request = compilation->request;
	struct tandem_description *description = &compilation->description;
	bool may_defer = request->may_defer && description->kernel_count > MOST_AT_ONCE;
	struct survey survey = { .compilation = compilation };

	compilation->kernels_can_be_alone = can_be_alone(compilation->module);
	if ((!may_defer && !request->may_defer_smaller_groups) ||
	    !compilation->kernels_can_be_alone)
		return;
	description->is_deferred =
		find_certain(&survey, work_groups) == description->kernel_count && may_defer;
}
