// SPDX-License-Identifier: MIT
#include "item_function.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/group_context.h"
#include "joined_rows.h"
#include "program/address_spaces.h"
#include "program/kernel_metadata.h"
#include "program/local_memory.h"
#include "util/alloc.h"

/* Where the item function has a value. */
static LLVMValueRef item_argument(const struct tandem_work_group *work_group,
				  enum tandem_item_value value)
{
	return LLVMGetParam(work_group->item, work_group->parameters + value);
}

/*
 * The kernel gets a copy of each argument by value, as its own: inlining makes
 * it. The item function's argument is the original in the argument block. What it sees of
 * an image, no kernel changes: it gets the original.
 */
static void pass_by_value(const struct tandem_work_group *work_group, LLVMValueRef call,
			  unsigned int count)
{
	static const char *const names[] = { "byval", "align" };
	LLVMValueRef kernel = work_group->kernel;

	for (unsigned int parameter = 1; parameter <= count; parameter++) {
		if (!tandem_by_value_type(kernel, parameter - 1))
			continue;
		if (work_group->description->info.arguments[parameter - 1].kind ==
		    TANDEM_ARGUMENT_IMAGE) {
			tandem_pass_by_reference(kernel, parameter - 1);
			continue;
		}
		for (size_t i = 0; i < TANDEM_ARRAY_SIZE(names); i++) {
			unsigned int kind =
				LLVMGetEnumAttributeKindForName(names[i], strlen(names[i]));
			LLVMAttributeRef attribute =
				LLVMGetEnumAttributeAtIndex(kernel, parameter, kind);

			if (attribute)
				LLVMAddCallSiteAttribute(call, parameter, attribute);
		}
	}
}

/* Says that all arguments have a value, so that no freeze makes another value of one. */
static void mark_defined(struct tandem_compilation *compilation, LLVMValueRef function)
{
	unsigned int kind = LLVMGetEnumAttributeKindForName("noundef", 7);
	LLVMAttributeRef noundef = LLVMCreateEnumAttribute(compilation->context, kind, 0);

	for (unsigned int parameter = 1; parameter <= LLVMCountParams(function); parameter++)
		LLVMAddAttributeAtIndex(function, parameter, noundef);
}

bool tandem_item_value_has_limits(const struct tandem_compilation *compilation,
				  enum tandem_item_value value, uint64_t *least, uint64_t *end)
{
	*least = value >= TANDEM_ITEM_LOCAL_SIZE;
	*end = compilation->request->max_group + *least;
	return value < TANDEM_ITEM_ENQUEUED_LOCAL_SIZE + TANDEM_DIMENSIONS;
}

void tandem_item_function_limit_values(struct tandem_compilation *compilation,
				       const struct tandem_work_group *work_group,
				       LLVMValueRef function)
{
	uint64_t least, end;

	for (int i = 0; i < TANDEM_ITEM_VALUES; i++) {
		if (tandem_item_value_has_limits(compilation, i, &least, &end))
			tandem_ir_limit_parameter(compilation, function, work_group->parameters + i,
						  least, end);
	}
}

void tandem_item_function_add(struct tandem_compilation *compilation,
			      struct tandem_work_group *work_group)
{
	unsigned int count = LLVMCountParams(work_group->kernel);
	LLVMTypeRef *types = tandem_new_array(types, count + TANDEM_ITEM_VALUES);
	LLVMValueRef *arguments = tandem_new_array(arguments, count + 1);
	LLVMTypeRef type = LLVMGlobalGetValueType(work_group->kernel);
	LLVMBuilderRef builder = compilation->builder;
	struct tandem_text name = { 0 };
	LLVMValueRef call;

	tandem_text_print(&name, "tandem.item.%s", tandem_ir_name(work_group->kernel));
	if (!types || !arguments || name.failed) {
		tandem_ir_error(compilation, "no memory");
		goto out;
	}
	LLVMGetParamTypes(type, types);
	for (int i = 0; i < TANDEM_ITEM_VALUES; i++)
		types[count + i] = i >= TANDEM_ITEM_LOCAL_MEMORY ? compilation->pointer :
								   compilation->i64;
	work_group->parameters = count;
	work_group->item =
		LLVMAddFunction(compilation->module, name.bytes,
				LLVMFunctionType(LLVMVoidTypeInContext(compilation->context), types,
						 count + TANDEM_ITEM_VALUES, 0));
	tandem_ir_add_attribute(compilation, work_group->item, "nounwind");
	mark_defined(compilation, work_group->item);
	tandem_item_function_limit_values(compilation, work_group, work_group->item);
	LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(compilation->context,
									work_group->item, ""));
	for (unsigned int i = 0; i < count; i++)
		arguments[i] = LLVMGetParam(work_group->item, i);
	call = LLVMBuildCall2(builder, type, work_group->kernel, arguments, count, "");
	pass_by_value(work_group, call, count);
	LLVMBuildRetVoid(builder);
out:
	tandem_text_finish(&name);
	free(types);
	free(arguments);
}

/*
 * The placeholder's loads in the item function become a sum of @value and @addend,
 * or the first alone without a second. Returns whether there were any
 * whose value is used.
 */
static bool bind_placeholder(struct tandem_compilation *compilation,
			     const struct tandem_work_group *work_group, const char *name,
			     LLVMValueRef value, LLVMValueRef addend)
{
	LLVMValueRef placeholder = LLVMGetNamedGlobal(compilation->module, name);
	LLVMUseRef use, next;
	bool is_used = false;

	if (!placeholder)
		return false;
	for (use = LLVMGetFirstUse(placeholder); use; use = next) {
		LLVMValueRef load = LLVMGetUser(use), bound = value;

		next = LLVMGetNextUse(use);
		if (!LLVMIsALoadInst(load) ||
		    LLVMGetBasicBlockParent(LLVMGetInstructionParent(load)) != work_group->item)
			continue;
		if (addend) {
			LLVMPositionBuilderBefore(compilation->builder, load);
			bound = tandem_ir_add(compilation, value, addend);
		}
		is_used |= LLVMGetFirstUse(load) != NULL;
		LLVMReplaceAllUsesWith(load, bound);
		LLVMInstructionEraseFromParent(load);
	}
	return is_used;
}

/* Returns whether the kernel asks for something of its group. */
static bool bind_placeholders(struct tandem_compilation *compilation,
			      const struct tandem_work_group *work_group)
{
	LLVMValueRef values[TANDEM_ITEM_VALUES];
	bool sees_groups = false;

	for (int i = 0; i < TANDEM_ITEM_VALUES; i++)
		values[i] = item_argument(work_group, i);
	if (work_group->joins_rows)
		tandem_joined_rows_bind(compilation, work_group, values);
	for (unsigned int i = 0; i < TANDEM_DIMENSIONS; i++)
		bind_placeholder(compilation, work_group, tandem_global_index_name(i),
				 values[TANDEM_ITEM_GROUP_START + i],
				 values[TANDEM_ITEM_LOCAL_ID + i]);
	for (int i = 0; i < TANDEM_ITEM_VALUES; i++) {
		bool is_used = bind_placeholder(compilation, work_group, tandem_item_value_name(i),
						values[i], NULL);

		/* Ids, sizes and counts. */
		sees_groups |= is_used && i < TANDEM_ITEM_GROUP_START;
	}
	return sees_groups;
}

bool tandem_uses_local_memory(const struct tandem_kernel_info *info)
{
	if (info->local_bytes)
		return true;
	for (uint32_t i = 0; i < info->argument_count; i++) {
		if (info->arguments[i].kind == TANDEM_ARGUMENT_LOCAL)
			return true;
	}
	return false;
}

void tandem_item_function_bind(struct tandem_compilation *compilation,
			       struct tandem_work_group *work_group)
{
	struct tandem_kernel_info *info = &work_group->description->info;
	bool asks;

	tandem_joined_rows_choose(compilation, work_group);
	asks = bind_placeholders(compilation, work_group);
	info->local_bytes = tandem_local_memory_place(
		compilation, work_group->item, item_argument(work_group, TANDEM_ITEM_LOCAL_MEMORY),
		&work_group->local_alignment);
	/* Room for the base to be moved up. */
	if (work_group->local_alignment > TANDEM_GROUP_MEMORY_ALIGNMENT)
		info->local_bytes += work_group->local_alignment - TANDEM_GROUP_MEMORY_ALIGNMENT;
	tandem_address_spaces_rebase(compilation, work_group->item);
	tandem_ir_for_each(work_group->item, block, instruction, next) {
		if (tandem_ir_calls(instruction, TANDEM_BARRIER))
			work_group->has_barrier = true;
	}
	info->sees_groups = asks || tandem_uses_local_memory(info) || work_group->has_barrier;
}
