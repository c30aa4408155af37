// SPDX-License-Identifier: MIT
#include "bundles.h"

#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "target_x86_64.h"
#include "util/alloc.h"

/* Fewer lanes than this gain too little, unless they are asked for. */
#define LEAST_LANES 8
/* Processors with as many floats in a vector have scatters and masked gathers. */
#define FLOATS_WITH_SCATTERS 16

/* It takes the item function's arguments, and an i64 where it @takes_count. */
static LLVMValueRef add_function(struct tandem_compilation *compilation, LLVMValueRef item,
				 const char *name, LLVMTypeRef result, bool takes_count)
{
	unsigned int count = LLVMCountParams(item);
	LLVMTypeRef *types = tandem_new_array(types, count + 1);
	LLVMValueRef function = NULL;

	if (!types) {
		tandem_ir_error(compilation, "no memory");
		return NULL;
	}
	LLVMGetParamTypes(LLVMGlobalGetValueType(item), types);
	if (takes_count)
		types[count++] = compilation->i64;
	function = LLVMAddFunction(compilation->module, name,
				   LLVMFunctionType(result, types, count, 0));
	LLVMSetLinkage(function, LLVMInternalLinkage);
	tandem_ir_add_attribute(compilation, function, "nounwind");
	tandem_ir_add_attribute(compilation, function, "alwaysinline");
	free(types);
	return function;
}

/* @required: work-items of a row, where that is known; else 0. */
static void choose_lanes(struct tandem_body *body, unsigned int required)
{
	unsigned int floats = tandem_target_float_lanes(),
		     lanes = body->compilation->request->lanes;

	body->has_scatters = floats >= FLOATS_WITH_SCATTERS;
	body->has_sub_groups = tandem_lanes_are_used_in(body->item);
	body->are_lanes_forced = lanes != 0 || body->has_sub_groups;
	body->lanes = lanes ? lanes : floats;
	if (body->has_sub_groups)
		body->lanes = body->compilation->sub_group_lanes;
	else if (lanes == 1)
		tandem_body_refuse(body, "it was asked for none");
	else if (!lanes && floats < LEAST_LANES)
		tandem_body_refuse(body, "the processor's vectors are short");
	while (!body->are_lanes_forced && required && body->lanes > required)
		body->lanes /= 2;
	if (!body->are_lanes_forced && body->lanes < LEAST_LANES)
		tandem_body_refuse(body, "its work-groups are narrow");
}

static void analyse(struct tandem_body *body)
{
	const struct tandem_body begun = *body;

	tandem_lanes_simplify(body->compilation, body->item);
	tandem_body_init(body);
	if (!tandem_body_is_refused(body))
		tandem_body_look_for_refusals(body);
	if (!tandem_body_is_refused(body) && tandem_lanes_prepare(body->compilation, body->item)) {
		tandem_body_finish(body);
		*body = begun;
		tandem_body_init(body);
	}
	if (!tandem_body_is_refused(body))
		tandem_body_find_arrays(body);
	if (!tandem_body_is_refused(body))
		tandem_body_find_shapes(body);
	if (!tandem_body_is_refused(body))
		tandem_body_count_wrapping(body);
	if (!tandem_body_is_refused(body))
		tandem_lanes_count_accesses(body);
	if (!tandem_body_is_refused(body) && !body->are_lanes_forced)
		tandem_body_find_widening(body);
	if (!tandem_body_is_refused(body))
		tandem_body_refuse_plain(body);
	if (!tandem_body_is_refused(body))
		tandem_body_compare_costs(body);
	if (!tandem_body_is_refused(body))
		tandem_body_find_ways(body);
}

static void build(struct tandem_body *body, struct tandem_bundle_function *bundle)
{
	struct tandem_compilation *compilation = body->compilation;

	bundle->takes_count = body->has_sub_groups;
	bundle->function = add_function(compilation, body->item, "tandem.bundle",
					LLVMVoidTypeInContext(compilation->context),
					bundle->takes_count);
	bundle->check =
		add_function(compilation, body->item, "tandem.check", compilation->i1, false);
	if (!bundle->function || !bundle->check)
		return;
	body->function = bundle->function;
	tandem_body_build(body);
	if (!tandem_body_is_refused(body))
		tandem_body_build_check(body, bundle->check);
	if (tandem_body_is_refused(body))
		tandem_bundles_drop(bundle);
}

/* The function with so many lanes: whatever is in its way, there is the first. */
static void add_wide(const struct tandem_body *begun, unsigned int lanes,
		     struct tandem_bundle_function *bundle)
{
	struct tandem_text refusal = { 0 };
	struct tandem_body body = *begun;
	struct tandem_bundle_function wide = { 0 };

	body.lanes = lanes;
	body.are_lanes_forced = true;
	body.refusal = &refusal;
	analyse(&body);
	if (!tandem_body_is_refused(&body))
		build(&body, &wide);
	if (body.failed)
		tandem_ir_error(body.compilation, "no memory");
	bundle->wide_function = wide.function;
	bundle->wide_check = wide.check;
	bundle->wide_lanes = wide.function ? body.lanes : 0;
	tandem_body_finish(&body);
	tandem_text_finish(&refusal);
}

static void note(struct tandem_compilation *compilation, const char *name,
		 const struct tandem_bundle_function *bundle, const char *refusal)
{
	struct tandem_text *notes = &compilation->result->notes;

	if (!bundle->function)
		tandem_text_print(notes, "%s has no bundles: %s\n", name, refusal);
	else if (bundle->wide_function)
		tandem_text_print(notes, "%s runs in bundles of %u and %u work-items\n", name,
				  bundle->wide_lanes, bundle->lanes);
	else
		tandem_text_print(notes, "%s runs in bundles of %u work-items\n", name,
				  bundle->lanes);
}

void tandem_bundles_make(struct tandem_compilation *compilation, LLVMValueRef item,
			 const unsigned int *varying, unsigned int varying_count,
			 unsigned int required, const char *name,
			 struct tandem_bundle_function *bundle)
{
	struct tandem_text refusal = { 0 };
	struct tandem_body body = {
		.compilation = compilation,
		.item = item,
		.varying_parameters = varying,
		.varying_count = varying_count,
		.refusal = &refusal,
		.widening = 1,
	}, begun;
	unsigned int widening = 1;

	choose_lanes(&body, required);
	begun = body;
	*bundle = (struct tandem_bundle_function){ .lanes = body.lanes };
	if (!tandem_body_is_refused(&body))
		analyse(&body);
	if (!tandem_body_is_refused(&body)) {
		widening = body.widening;
		while (required && widening * body.lanes > required)
			widening /= 2;
		build(&body, bundle);
	}
	if (body.failed)
		tandem_ir_error(compilation, "no memory");
	tandem_body_finish(&body);
	if (widening > 1 && bundle->function && !compilation->failed)
		add_wide(&begun, widening * begun.lanes, bundle);
	note(compilation, name, bundle, tandem_text_string(&refusal));
	if (body.has_sub_groups && !bundle->function)
		tandem_sub_groups_refuse(compilation, name, tandem_text_string(&refusal));
	tandem_text_finish(&refusal);
}

bool tandem_bundles_make_kernel(struct tandem_compilation *compilation,
				const struct tandem_work_group *work_group,
				struct tandem_bundle_function *bundle)
{
	const unsigned int varying = work_group->parameters + TANDEM_ITEM_LOCAL_ID;
	struct tandem_text name = { 0 };

	*bundle = (struct tandem_bundle_function){ 0 };
	if (!compilation->request->optimise || compilation->request->uses_windows ||
	    work_group->has_barrier)
		return false;
	tandem_text_print(&name, "kernel '%s'", work_group->description->info.name);
	tandem_bundles_make(compilation, work_group->item, &varying, 1,
			    tandem_work_group_row_length(work_group), tandem_text_string(&name),
			    bundle);
	tandem_text_finish(&name);
	return bundle->function != NULL;
}

void tandem_bundles_drop(struct tandem_bundle_function *bundle)
{
	if (bundle->function)
		LLVMDeleteFunction(bundle->function);
	if (bundle->check)
		LLVMDeleteFunction(bundle->check);
	if (bundle->wide_function)
		LLVMDeleteFunction(bundle->wide_function);
	if (bundle->wide_check)
		LLVMDeleteFunction(bundle->wide_check);
	*bundle = (struct tandem_bundle_function){ 0 };
}

/* ---- the group function ---- */

static LLVMValueRef call(struct tandem_compilation *compilation, LLVMValueRef function,
			 LLVMValueRef *values)
{
	return LLVMBuildCall2(compilation->builder, LLVMGlobalGetValueType(function), function,
			      values, LLVMCountParams(function), "");
}

/* Calls the bundle function, for @count work-items where it takes that. */
static void call_bundle(struct tandem_compilation *compilation,
			const struct tandem_bundle_function *bundle, const LLVMValueRef *arguments,
			LLVMValueRef count)
{
	unsigned int parameters = LLVMCountParams(bundle->function);
	LLVMValueRef *all = tandem_new_array(all, parameters);

	if (!all) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	memcpy(all, arguments, (parameters - bundle->takes_count) * sizeof(*all));
	if (bundle->takes_count)
		all[parameters - 1] = count;
	call(compilation, bundle->function, all);
	free(all);
}

/*
 * Goes through a row from @start on by one function. @firsts: the arguments that vary, as of the
 * row's first work-item. Returns the first work-item behind.
 */
static LLVMValueRef go_through(struct tandem_compilation *compilation, LLVMValueRef group,
			       const struct tandem_bundle_function *bundle, LLVMValueRef start,
			       LLVMValueRef *arguments, const unsigned int *varying,
			       const LLVMValueRef *firsts, unsigned int varying_count,
			       LLVMValueRef length)
{
	LLVMValueRef lanes = LLVMConstInt(compilation->i64, bundle->lanes, 0);
	LLVMBuilderRef builder = compilation->builder;
	LLVMBasicBlockRef before = LLVMGetInsertBlock(builder), blocks[4], last;
	static const char *const names[] = { "bundles", "check", "bundle", "rest" };
	LLVMValueRef counter, next, is_whole;

	for (unsigned int i = 0; i < 4; i++)
		blocks[i] = LLVMAppendBasicBlockInContext(compilation->context, group, names[i]);
	LLVMBuildBr(builder, blocks[0]);
	LLVMPositionBuilderAtEnd(builder, blocks[0]);
	counter = LLVMBuildPhi(builder, compilation->i64, "");
	next = tandem_ir_add(compilation, counter, lanes);
	is_whole = LLVMBuildICmp(builder, LLVMIntULE, next, length, "");
	LLVMBuildCondBr(builder, is_whole, blocks[1], blocks[3]);
	LLVMPositionBuilderAtEnd(builder, blocks[1]);
	for (unsigned int i = 0; i < varying_count; i++)
		arguments[varying[i]] = firsts[i] ? tandem_ir_add(compilation, firsts[i], counter) :
						    counter;
	/* Sub-groups run whatever there is to check. */
	if (bundle->takes_count)
		LLVMBuildBr(builder, blocks[2]);
	else
		LLVMBuildCondBr(builder, call(compilation, bundle->check, arguments), blocks[2],
				blocks[3]);
	LLVMPositionBuilderAtEnd(builder, blocks[2]);
	call_bundle(compilation, bundle, arguments, lanes);
	last = LLVMGetInsertBlock(builder);
	LLVMBuildBr(builder, blocks[0]);
	LLVMAddIncoming(counter, &start, &before, 1);
	LLVMAddIncoming(counter, &next, &last, 1);
	LLVMPositionBuilderAtEnd(builder, blocks[3]);
	return counter;
}

/*
 * The same in sub-groups: to the row's end, or to the first that begins at @end. All of them but
 * the last one have all lanes.
 */
static void go_through_sub_groups(struct tandem_compilation *compilation, LLVMValueRef group,
				  const struct tandem_bundle_function *bundle,
				  LLVMValueRef *arguments, const unsigned int *varying,
				  const LLVMValueRef *firsts, unsigned int varying_count,
				  LLVMValueRef length, LLVMValueRef end)
{
	LLVMValueRef zero = LLVMConstInt(compilation->i64, 0, 0), counter, left;
	LLVMBuilderRef builder = compilation->builder;
	LLVMBasicBlockRef some, rest;

	counter = go_through(compilation, group, bundle, zero, arguments, varying, firsts,
			     varying_count, end);
	some = LLVMAppendBasicBlockInContext(compilation->context, group, "some");
	rest = LLVMAppendBasicBlockInContext(compilation->context, group, "rest");
	LLVMBuildCondBr(builder, LLVMBuildICmp(builder, LLVMIntULT, counter, end, ""), some, rest);
	LLVMPositionBuilderAtEnd(builder, some);
	for (unsigned int i = 0; i < varying_count; i++)
		arguments[varying[i]] = firsts[i] ? tandem_ir_add(compilation, firsts[i], counter) :
						    counter;
	left = LLVMBuildSub(builder, length, counter, "");
	call_bundle(compilation, bundle, arguments, left);
	LLVMBuildBr(builder, rest);
	LLVMPositionBuilderAtEnd(builder, rest);
}

LLVMValueRef tandem_bundles_build_row(struct tandem_compilation *compilation, LLVMValueRef group,
				      const struct tandem_bundle_function *bundle,
				      LLVMValueRef *arguments, const unsigned int *varying,
				      unsigned int varying_count, LLVMValueRef length,
				      LLVMValueRef end)
{
	const struct tandem_bundle_function wide = {
		.function = bundle->wide_function,
		.check = bundle->wide_check,
		.lanes = bundle->wide_lanes,
	};
	LLVMValueRef start = LLVMConstInt(compilation->i64, 0, 0);
	LLVMValueRef firsts[TANDEM_BUNDLE_MOST_VARYING] = { 0 };

	for (unsigned int i = 0; i < varying_count; i++)
		firsts[i] = arguments[varying[i]];
	if (bundle->takes_count) {
		go_through_sub_groups(compilation, group, bundle, arguments, varying, firsts,
				      varying_count, length, end);
		return length;
	}
	if (wide.function)
		start = go_through(compilation, group, &wide, start, arguments, varying, firsts,
				   varying_count, end);
	return go_through(compilation, group, bundle, start, arguments, varying, firsts,
			  varying_count, end);
}

/* A row's work-items from @first on, one by one. Returns the mark of the loop's accesses. */
static LLVMValueRef build_items(struct tandem_compilation *compilation,
				const struct tandem_work_group *work_group, LLVMValueRef *values,
				LLVMValueRef first)
{
	LLVMValueRef *item_values = values + work_group->parameters;
	LLVMBuilderRef builder = compilation->builder;
	LLVMBasicBlockRef items, done;
	struct tandem_item_loop loop;
	LLVMValueRef any;

	items = LLVMAppendBasicBlockInContext(compilation->context, work_group->group, "");
	done = LLVMAppendBasicBlockInContext(compilation->context, work_group->group, "");
	any = LLVMBuildICmp(builder, LLVMIntULT, first, item_values[TANDEM_ITEM_LOCAL_SIZE], "");
	LLVMBuildCondBr(builder, any, items, done);
	LLVMPositionBuilderAtEnd(builder, items);
	tandem_item_loop_begin(compilation, work_group->group, first, TANDEM_LOOP_PART_ITEMS,
			       &loop);
	item_values[TANDEM_ITEM_LOCAL_ID] = loop.counter;
	call(compilation, work_group->item, values);
	LLVMBuildBr(builder, loop.latch);
	tandem_item_loop_end(compilation, &loop, 1, item_values[TANDEM_ITEM_LOCAL_SIZE]);
	LLVMBuildBr(builder, done);
	LLVMPositionBuilderAtEnd(builder, done);
	return loop.parallel;
}

void tandem_bundles_loop(struct tandem_compilation *compilation,
			 struct tandem_work_group *work_group,
			 const struct tandem_bundle_function *bundle)
{
	const unsigned int varying = work_group->parameters + TANDEM_ITEM_LOCAL_ID;
	struct tandem_rows rows;
	LLVMValueRef *values = tandem_work_group_begin_rows(compilation, work_group, &rows);
	LLVMValueRef first, parallel, length;

	if (!values)
		return;
	length = values[work_group->parameters + TANDEM_ITEM_LOCAL_SIZE];
	first = tandem_bundles_build_row(compilation, work_group->group, bundle, values, &varying,
					 1, length, length);
	parallel = build_items(compilation, work_group, values, first);
	tandem_work_group_end_rows(compilation, work_group, values, &rows, parallel);
}
