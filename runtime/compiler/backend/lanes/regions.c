// SPDX-License-Identifier: MIT
#include "regions.h"

#include <stdlib.h>
#include <string.h>

#include "groups/item_function.h"
#include "row_limits.h"
#include "sub_groups.h"
#include "util/alloc.h"

/* Work-items that are run faster one by one than as a bundle of which others do nothing. */
#define MOST_ONE_BY_ONE 4

/* What the number of a row's work-items that have to be run is called in dumps. */
#define ROW_LIMIT "row.limit"

/* The parameters of a region's function behind the item function's. */
enum { LINEAR_ID, NEXT_REGION, POINTERS };

struct outline {
	struct tandem_splitting *splitting;
	unsigned int parameters; /* of the item function */
	LLVMValueRef *arguments; /* with which the group function calls it */
	unsigned int argument_count;
	LLVMValueRef function;
	/* What the group function has, while the region's function stands in for it. */
	LLVMValueRef *values, *variables, *shared, next_region;
};

/* ---- parameters ---- */

static bool is_used(const struct tandem_splitting *splitting, unsigned int slot)
{
	return splitting->variables[slot] && splitting->is_touched[slot];
}

static void add_argument(struct outline *outline, LLVMValueRef argument)
{
	outline->arguments[outline->argument_count++] = argument;
}

/* Those of the slots: where an array is; of a uniform one where it comes from and goes to. */
static void collect_arguments(struct outline *outline, const LLVMValueRef *ids,
			      LLVMValueRef linear_id)
{
	struct tandem_splitting *splitting = outline->splitting;
	unsigned int first_id = splitting->work_group->parameters + TANDEM_ITEM_LOCAL_ID;

	for (unsigned int i = 0; i < outline->parameters; i++)
		add_argument(outline, splitting->values[i]);
	outline->arguments[first_id] = NULL;
	outline->arguments[first_id + 1] = ids[1];
	outline->arguments[first_id + 2] = ids[2];
	add_argument(outline, linear_id);
	add_argument(outline, splitting->next_region);
	for (unsigned int i = 0; i < splitting->slots.slot_count; i++) {
		if (!is_used(splitting, i) || !splitting->slots.slots[i].is_kept)
			continue;
		add_argument(outline, splitting->variables[i]);
		if (splitting->shared[i])
			add_argument(outline, splitting->shared[i]);
	}
}

static bool add_function(struct outline *outline)
{
	struct tandem_compilation *compilation = outline->splitting->compilation;
	LLVMTypeRef *types = tandem_new_array(types, outline->argument_count);

	if (!types)
		return false;
	LLVMGetParamTypes(LLVMGlobalGetValueType(outline->splitting->work_group->item), types);
	types[outline->parameters + LINEAR_ID] = compilation->i64;
	for (unsigned int i = outline->parameters + NEXT_REGION; i < outline->argument_count; i++)
		types[i] = compilation->pointer;
	outline->function =
		LLVMAddFunction(compilation->module, "tandem.region",
				LLVMFunctionType(LLVMVoidTypeInContext(compilation->context), types,
						 outline->argument_count, 0));
	LLVMSetLinkage(outline->function, LLVMInternalLinkage);
	tandem_ir_add_attribute(compilation, outline->function, "nounwind");
	tandem_item_function_limit_values(compilation, outline->splitting->work_group,
					  outline->function);
	tandem_ir_limit_parameter(compilation, outline->function, outline->parameters + LINEAR_ID,
				  0, compilation->request->max_group);
	free(types);
	return true;
}

/* ---- the region for one work-item ---- */

/* Where a slot is kept for the work-item, or NULL if it is not. */
static LLVMValueRef kept_place(struct outline *outline, unsigned int slot, bool at_end)
{
	struct tandem_splitting *splitting = outline->splitting;
	unsigned int parameter = outline->parameters + POINTERS;

	for (unsigned int i = 0; i < slot; i++) {
		if (outline->variables[i] && splitting->is_touched[i] &&
		    splitting->slots.slots[i].is_kept)
			parameter += outline->shared[i] ? 2 : 1;
	}
	if (!splitting->slots.slots[slot].is_kept)
		return NULL;
	if (outline->shared[slot] && !at_end)
		parameter++;
	return LLVMGetParam(outline->function, parameter);
}

/* Variables for all slots that are simple or not kept, others stay where they are. */
static void add_variables(struct outline *outline, struct tandem_copying *copying)
{
	struct tandem_splitting *splitting = outline->splitting;
	LLVMBuilderRef builder = splitting->compilation->builder;

	for (unsigned int i = 0; i < splitting->slots.slot_count; i++) {
		const struct tandem_slot *slot = &splitting->slots.slots[i];

		splitting->variables[i] = copying->pointers[i] = NULL;
		if (outline->variables[i] && splitting->is_touched[i] &&
		    (slot->is_simple || !slot->is_kept))
			copying->pointers[i] = tandem_splitting_add_variable(splitting, slot);
	}
	for (unsigned int i = 0; i < splitting->slots.slot_count; i++) {
		const struct tandem_slot *slot = &splitting->slots.slots[i];
		LLVMValueRef place;

		if (!outline->variables[i] || !splitting->is_touched[i] || !slot->is_kept)
			continue;
		place = splitting->variables[i] = kept_place(outline, i, false);
		if (tandem_slot_is_array(slot))
			place = tandem_splitting_element(splitting, slot, copying->linear_id);
		if (copying->pointers[i])
			LLVMBuildStore(builder, LLVMBuildLoad2(builder, slot->type, place, ""),
				       copying->pointers[i]);
		else
			copying->pointers[i] = place;
	}
}

static void store_kept(struct outline *outline, const struct tandem_copying *copying)
{
	struct tandem_splitting *splitting = outline->splitting;
	LLVMBuilderRef builder = splitting->compilation->builder;

	for (unsigned int i = 0; i < splitting->slots.slot_count; i++) {
		const struct tandem_slot *slot = &splitting->slots.slots[i];
		LLVMValueRef place;

		if (!outline->variables[i] || !splitting->is_touched[i] || !slot->is_kept ||
		    !slot->is_simple)
			continue;
		place = splitting->variables[i] = kept_place(outline, i, true);
		if (tandem_slot_is_array(slot))
			place = tandem_splitting_element(splitting, slot, copying->linear_id);
		LLVMBuildStore(builder,
			       LLVMBuildLoad2(builder, slot->type, copying->pointers[i], ""),
			       place);
	}
}

static void fill_in(struct outline *outline, struct tandem_copying *copying, unsigned int region)
{
	struct tandem_splitting *splitting = outline->splitting;
	struct tandem_compilation *compilation = splitting->compilation;
	unsigned int first_id = splitting->work_group->parameters + TANDEM_ITEM_LOCAL_ID;
	LLVMBuilderRef builder = compilation->builder;
	LLVMBasicBlockRef entry;

	for (unsigned int i = 0; i < outline->parameters; i++)
		splitting->values[i] = LLVMGetParam(outline->function, i);
	splitting->next_region = LLVMGetParam(outline->function, outline->parameters + NEXT_REGION);
	for (unsigned int i = 0; i < TANDEM_DIMENSIONS; i++)
		copying->local_id[i] = LLVMGetParam(outline->function, first_id + i);
	copying->linear_id = LLVMGetParam(outline->function, outline->parameters + LINEAR_ID);
	entry = LLVMAppendBasicBlockInContext(compilation->context, outline->function, "entry");
	copying->latch =
		LLVMAppendBasicBlockInContext(compilation->context, outline->function, "end");
	LLVMPositionBuilderAtEnd(builder, entry);
	add_variables(outline, copying);
	tandem_copying_run(splitting, copying, splitting->region_starts[region]);
	LLVMPositionBuilderAtEnd(builder, copying->latch);
	store_kept(outline, copying);
	LLVMBuildRetVoid(builder);
}

/* The group function's values are put aside meanwhile. */
static bool build_function(struct outline *outline, unsigned int region)
{
	struct tandem_splitting *splitting = outline->splitting;
	LLVMBuilderRef builder = splitting->compilation->builder;
	LLVMBasicBlockRef here = LLVMGetInsertBlock(builder);
	size_t slots = splitting->slots.slot_count, slot_bytes = slots * sizeof(LLVMValueRef);
	size_t value_bytes = outline->parameters * sizeof(LLVMValueRef);
	struct tandem_copying copying;
	bool is_built;

	outline->values = tandem_new_array(outline->values, outline->parameters + 1);
	outline->variables = tandem_new_array(outline->variables, slots + 1);
	outline->shared = tandem_new_array(outline->shared, slots + 1);
	is_built = !tandem_copying_init(splitting, &copying) && outline->values &&
		   outline->variables && outline->shared && add_function(outline);
	if (is_built) {
		memcpy(outline->values, splitting->values, value_bytes);
		memcpy(outline->variables, splitting->variables, slot_bytes);
		memcpy(outline->shared, splitting->shared, slot_bytes);
		outline->next_region = splitting->next_region;
		fill_in(outline, &copying, region);
		memcpy(splitting->values, outline->values, value_bytes);
		memcpy(splitting->variables, outline->variables, slot_bytes);
		memcpy(splitting->shared, outline->shared, slot_bytes);
		splitting->next_region = outline->next_region;
		LLVMPositionBuilderAtEnd(builder, here);
	}
	tandem_copying_finish(&copying);
	free(outline->values);
	free(outline->variables);
	free(outline->shared);
	return is_built;
}

/* ---- bundles ---- */

/* What a region does with the group's scratch memory. */
struct scratch_uses {
	bool loads, stores;
};

static bool is_in_region(const struct tandem_splitting *splitting, LLVMValueRef instruction)
{
	const void *block = LLVMGetInstructionParent(instruction);
	uintptr_t number = (uintptr_t)tandem_pointer_map_get(&splitting->slots.block_index, block);

	return number && splitting->is_member[number - 1];
}

static void find_scratch_uses(const struct tandem_splitting *splitting, LLVMValueRef address,
			      struct scratch_uses *uses)
{
	for (LLVMUseRef use = LLVMGetFirstUse(address); use; use = LLVMGetNextUse(use)) {
		LLVMValueRef user = LLVMGetUser(use);

		if (LLVMIsAGetElementPtrInst(user) || LLVMIsACastInst(user)) {
			find_scratch_uses(splitting, user, uses);
		} else if (LLVMIsALoadInst(user)) {
			uses->loads |= is_in_region(splitting, user);
		} else if (LLVMIsAStoreInst(user) && LLVMGetOperand(user, 1) == address) {
			uses->stores |= is_in_region(splitting, user);
		} else {
			/* It may be anything, anywhere. */
			uses->loads = uses->stores = true;
		}
	}
}

/*
 * Whether the region passes values from one work-item to the next, in their order: by what each
 * stores in the group's scratch memory, and the next one loads.
 */
static bool has_order(const struct tandem_splitting *splitting)
{
	unsigned int scratch = splitting->work_group->parameters + TANDEM_ITEM_SCRATCH;
	struct scratch_uses uses = { 0 };

	find_scratch_uses(splitting, LLVMGetParam(splitting->work_group->item, scratch), &uses);
	return uses.loads && uses.stores;
}

/*
 * How many of a row's work-items have to be run, as far as that is seen from the region's
 * function; else NULL. The first one notes where all of them go on.
 */
static LLVMValueRef build_limit(const struct outline *outline, const unsigned int *varying)
{
	struct tandem_compilation *compilation = outline->splitting->compilation;
	const struct tandem_row_call call = {
		.work_group = outline->splitting->work_group,
		.function = outline->function,
		.arguments = outline->arguments,
		.id = varying[0],
		.linear_id = varying[1],
		.first_kept = outline->parameters + NEXT_REGION,
	};
	LLVMValueRef one = LLVMConstInt(compilation->i64, 1, 0);
	LLVMValueRef limit = tandem_row_limit_build(compilation, &call);

	if (!limit)
		return NULL;
	limit = tandem_ir_greater(compilation, limit, one);
	if (LLVMIsAInstruction(limit))
		LLVMSetValueName2(limit, ROW_LIMIT, sizeof(ROW_LIMIT) - 1);
	return limit;
}

/*
 * Where a row of @length ends whose first @limit work-items do something: the last few of these
 * are run one by one, more as a bundle, with others that do nothing. Sub-groups are run whole.
 */
static LLVMValueRef build_end(struct tandem_compilation *compilation, LLVMValueRef limit,
			      LLVMValueRef length, const struct tandem_bundle_function *bundle)
{
	LLVMValueRef last = LLVMConstInt(compilation->i64, bundle->lanes - 1, 0);
	LLVMValueRef few = LLVMConstInt(compilation->i64, MOST_ONE_BY_ONE, 0);
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef rest = LLVMBuildAnd(builder, limit, last, ""), whole;

	whole = LLVMBuildAnd(builder, LLVMBuildAdd(builder, limit, last, ""),
			     LLVMBuildNot(builder, last, ""), "");
	if (!bundle->takes_count)
		whole = LLVMBuildSelect(builder, LLVMBuildICmp(builder, LLVMIntULT, rest, few, ""),
					limit, whole, "");
	return tandem_ir_smaller(compilation, whole, length);
}

/* @limit: of the work-items that do something, or NULL; @end: see tandem_region_build_bundles(). */
static LLVMValueRef build_bundles(struct outline *outline, const unsigned int *varying,
				  const char *name, LLVMValueRef limit, LLVMValueRef *end)
{
	const struct tandem_work_group *work_group = outline->splitting->work_group;
	struct tandem_compilation *compilation = outline->splitting->compilation;
	LLVMBasicBlockRef here = LLVMGetInsertBlock(compilation->builder);
	struct tandem_bundle_function bundle;
	LLVMValueRef length = *end;

	tandem_bundles_make(compilation, outline->function, varying, 2,
			    tandem_work_group_row_length(work_group), name, &bundle);
	LLVMPositionBuilderAtEnd(compilation->builder, here);
	if (!bundle.function)
		return NULL;
	if (limit)
		*end = build_end(compilation, tandem_ir_smaller(compilation, limit, length), length,
				 &bundle);
	return tandem_bundles_build_row(compilation, work_group->group, &bundle, outline->arguments,
					varying, 2, length, *end);
}

/* @end: see tandem_region_build_bundles(). */
static LLVMValueRef build_row(struct outline *outline, unsigned int region, LLVMValueRef *end)
{
	struct tandem_splitting *splitting = outline->splitting;
	struct tandem_compilation *compilation = splitting->compilation;
	const unsigned int varying[] = {
		splitting->work_group->parameters + TANDEM_ITEM_LOCAL_ID,
		outline->parameters + LINEAR_ID,
	};
	struct tandem_text name = { 0 };
	LLVMValueRef rest = NULL, limit;

	if (!build_function(outline, region)) {
		tandem_ir_error(compilation, "no memory");
		return NULL;
	}
	tandem_text_print(&name, "kernel '%s', part %u",
			  splitting->work_group->description->info.name, region);
	tandem_ir_run_passes_on(compilation, outline->function, TANDEM_SIMPLIFY_ITEM);
	limit = build_limit(outline, varying);
	if (limit && LLVMIsAConstantInt(limit) &&
	    LLVMConstIntGetZExtValue(limit) < MOST_ONE_BY_ONE &&
	    !tandem_lanes_are_used_in(outline->function)) {
		tandem_text_print(&compilation->result->notes,
				  "%s has no bundles: few of its work-items do anything\n",
				  tandem_text_string(&name));
		*end = tandem_ir_smaller(compilation, limit, *end);
		rest = LLVMConstInt(compilation->i64, 0, 0);
	} else {
		rest = build_bundles(outline, varying, tandem_text_string(&name), limit, end);
	}
	LLVMDeleteFunction(outline->function);
	tandem_text_finish(&name);
	return rest;
}

/* Whether the region has calls of sub-groups. */
static bool asks_lanes(const struct tandem_splitting *splitting)
{
	tandem_ir_for_each(splitting->work_group->item, block, instruction, next) {
		if (tandem_lanes_call_of(instruction) && is_in_region(splitting, instruction))
			return true;
	}
	return false;
}

/* The region has no bundles: its sub-groups, if it has any, cannot have several work-items. */
static void refuse_sub_groups(const struct tandem_splitting *splitting, const char *reason)
{
	struct tandem_text name = { 0 };

	if (!asks_lanes(splitting))
		return;
	tandem_text_print(&name, "kernel '%s'", splitting->work_group->description->info.name);
	tandem_sub_groups_refuse(splitting->compilation, tandem_text_string(&name), reason);
	tandem_text_finish(&name);
}

LLVMValueRef tandem_region_build_bundles(struct tandem_splitting *splitting, unsigned int region,
					 const LLVMValueRef *ids, LLVMValueRef linear_id,
					 LLVMValueRef *end)
{
	struct tandem_compilation *compilation = splitting->compilation;
	struct outline outline = {
		.splitting = splitting,
		.parameters = splitting->work_group->parameters + TANDEM_ITEM_VALUES,
	};
	LLVMValueRef rest = NULL;

	if (!compilation->request->optimise || compilation->request->uses_windows)
		return NULL;
	if (tandem_splitting_may_part(splitting)) {
		refuse_sub_groups(splitting, "its work-items may be at different barriers");
		return NULL;
	}
	if (has_order(splitting)) {
		refuse_sub_groups(splitting, "it passes values from work-item to work-item");
		return NULL;
	}
	outline.arguments = tandem_new_array(outline.arguments,
					     outline.parameters + POINTERS +
						     2 * (size_t)splitting->slots.slot_count);
	if (outline.arguments) {
		collect_arguments(&outline, ids, linear_id);
		rest = build_row(&outline, region, end);
	} else {
		tandem_ir_error(compilation, "no memory");
	}
	free(outline.arguments);
	return rest;
}
