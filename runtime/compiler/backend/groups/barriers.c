// SPDX-License-Identifier: MIT
#include "barriers.h"

#include <errno.h>
#include <stdlib.h>

#include "control_flow.h"
#include "cuts.h"
#include "lanes/regions.h"
#include "lockstep.h"
#include "parts.h"
#include "splitting.h"
#include "util/alloc.h"

/* More regions become a function each. */
#define MOST_REGIONS_TOGETHER 48

/* ---- regions ---- */

static void add_region(struct tandem_splitting *splitting, unsigned int start)
{
	if (splitting->region_of_start[start] != TANDEM_NO_PIECE)
		return;
	splitting->region_starts[splitting->region_count] = start;
	splitting->region_of_start[start] = splitting->region_count++;
}

static int find_regions(struct tandem_splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;
	unsigned int count = slots->block_count;

	splitting->region_starts = tandem_new_array(splitting->region_starts, count + 1);
	splitting->region_of_start = tandem_new_array(splitting->region_of_start, count);
	splitting->region_heads = tandem_new_array(splitting->region_heads, count + 1);
	splitting->is_member = tandem_new_array(splitting->is_member, count);
	splitting->is_touched = tandem_new_array(splitting->is_touched, slots->slot_count + 1);
	if (!splitting->region_starts || !splitting->region_of_start || !splitting->region_heads ||
	    !splitting->is_member || !splitting->is_touched)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		splitting->region_of_start[i] = TANDEM_NO_PIECE;
	for (unsigned int i = 0; i < count; i++) {
		if (slots->blocks[i].is_cut)
			add_region(splitting, i);
	}
	splitting->entry_region = splitting->region_count;
	add_region(splitting, 0);
	for (unsigned int i = 0; i < count; i++) {
		if (slots->blocks[i].ends_at_barrier)
			add_region(splitting, tandem_slot_successor(&slots->blocks[i], 0));
	}
	splitting->in_parts = slots->has_cuts || splitting->region_count > MOST_REGIONS_TOGETHER;
	return 0;
}

static void mark_members(struct tandem_splitting *splitting, unsigned int block)
{
	const struct tandem_slot_block *entry = &splitting->slots.blocks[block];

	if (splitting->is_member[block])
		return;
	splitting->is_member[block] = true;
	for (unsigned int k = 0; !entry->ends_at_barrier && k < entry->successor_count; k++) {
		unsigned int next = tandem_slot_successor(entry, k);

		if (!splitting->slots.blocks[next].is_cut)
			mark_members(splitting, next);
	}
}

static void find_members(struct tandem_splitting *splitting, unsigned int region)
{
	for (unsigned int i = 0; i < splitting->slots.block_count; i++)
		splitting->is_member[i] = false;
	mark_members(splitting, splitting->region_starts[region]);
}

/* The slots that the members use. */
static void find_touched(struct tandem_splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;

	for (unsigned int i = 0; i < slots->slot_count; i++)
		splitting->is_touched[i] = false;
	for (unsigned int i = 0; i < slots->block_count; i++) {
		LLVMValueRef instruction = LLVMGetFirstInstruction(slots->blocks[i].block);

		for (; splitting->is_member[i] && instruction;
		     instruction = LLVMGetNextInstruction(instruction)) {
			for (int k = 0; k < LLVMGetNumOperands(instruction); k++) {
				const struct tandem_slot *slot =
					tandem_slot_of(slots, LLVMGetOperand(instruction, k));

				if (slot)
					splitting->is_touched[slot - slots->slots] = true;
			}
		}
	}
}

static int plan_region(struct tandem_splitting *splitting, unsigned int region,
		       struct tandem_lockstep_plan *plan)
{
	find_members(splitting, region);
	*plan = (struct tandem_lockstep_plan){ 0 };
	if (!splitting->compilation->request->optimise || tandem_splitting_may_part(splitting))
		return 0;
	return tandem_lockstep_plan_init(plan, &splitting->lanes, splitting->compilation,
					 &splitting->slots, splitting->is_member,
					 splitting->region_starts[region]);
}

/* ---- the group function ---- */

/* Lets only those work-items into the region that have come to it; notes where others are. */
static void guard_region(struct tandem_splitting *splitting, struct tandem_copying *copying,
			 unsigned int region)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef place, state, here, done, next;
	LLVMBasicBlockRef enter = tandem_copying_add_block(splitting, copying);
	LLVMBasicBlockRef skip = tandem_copying_add_block(splitting, copying);

	place = LLVMBuildInBoundsGEP2(builder, compilation->i32, splitting->progress,
				      &copying->linear_id, 1, "");
	state = LLVMBuildLoad2(builder, compilation->i32, place, "");
	here = LLVMBuildICmp(builder, LLVMIntEQ, state, LLVMConstInt(compilation->i32, region, 0),
			     "");
	LLVMBuildCondBr(builder, here, enter, skip);
	LLVMPositionBuilderAtEnd(builder, skip);
	if (splitting->slots.has_cuts) {
		/* The number of those that are done is the highest. */
		tandem_splitting_note_next(splitting, state);
	} else {
		done = LLVMBuildICmp(builder, LLVMIntEQ, state,
				     LLVMConstInt(compilation->i32, splitting->region_count, 0),
				     "");
		next = LLVMBuildLoad2(builder, compilation->i32, splitting->next_region, "");
		LLVMBuildStore(builder, LLVMBuildSelect(builder, done, next, state, ""),
			       splitting->next_region);
	}
	LLVMBuildBr(builder, copying->latch);
	LLVMPositionBuilderAtEnd(builder, enter);
}

/* From behind a region's loops to the region that the work-items have come to. */
static void dispatch(struct tandem_splitting *splitting)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef next = LLVMBuildLoad2(builder, compilation->i32, splitting->next_region, "");
	LLVMValueRef choice =
		LLVMBuildSwitch(builder, next, splitting->finish, splitting->region_count);

	for (unsigned int i = 0; i < splitting->region_count; i++)
		LLVMAddCase(choice, LLVMConstInt(compilation->i32, i, 0),
			    splitting->region_heads[i]);
}

/* A row of work-items, along the first dimension. */
struct row {
	LLVMValueRef ids[TANDEM_DIMENSIONS]; /* but for the first */
	LLVMValueRef linear_id; /* of its first work-item */
	LLVMValueRef length;
};

/* The region for the work-items of a row from @first up to @end, one by one. */
static void build_items(struct tandem_splitting *splitting, struct tandem_copying *copying,
			unsigned int region, const struct row *row, LLVMValueRef first,
			LLVMValueRef end)
{
	struct tandem_compilation *compilation = splitting->compilation;
	struct tandem_item_loop loop;

	tandem_item_loop_begin(compilation, splitting->work_group->group, first,
			       splitting->in_parts ? TANDEM_LOOP_PART_ITEMS : TANDEM_LOOP_ITEMS,
			       &loop);
	copying->latch = loop.latch;
	copying->parallel = loop.parallel;
	copying->local_id[0] = loop.counter;
	copying->local_id[1] = row->ids[1];
	copying->local_id[2] = row->ids[2];
	copying->linear_id = tandem_ir_add(compilation, row->linear_id, loop.counter);
	/* All work-items begin with the first region; later they may come there by a barrier. */
	if (splitting->progress && region != splitting->entry_region)
		guard_region(splitting, copying, region);
	tandem_copying_point_to_slots(splitting, copying);
	tandem_copying_run(splitting, copying, splitting->region_starts[region]);
	tandem_item_loop_end(compilation, &loop, 1, end);
}

/*
 * Goes through a row in bundles, as long as there are whole ones. Returns the
 * first work-item behind them.
 */
static LLVMValueRef build_bundles(struct tandem_splitting *splitting,
				  const struct tandem_lockstep_plan *plan, unsigned int region,
				  const struct row *row)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef group = splitting->work_group->group;
	LLVMValueRef lanes = LLVMConstInt(compilation->i64, TANDEM_BUNDLE_LANES, 0);
	LLVMValueRef zero = LLVMConstInt(compilation->i64, 0, 0), whole, rest;
	LLVMBasicBlockRef bundles, behind, from = LLVMGetInsertBlock(builder);
	struct tandem_item_loop loop;
	LLVMBasicBlockRef after;
	LLVMValueRef next;

	bundles = LLVMAppendBasicBlockInContext(compilation->context, group, "bundles");
	behind = LLVMAppendBasicBlockInContext(compilation->context, group, "rest");
	whole = LLVMBuildICmp(builder, LLVMIntUGE, row->length, lanes, "");
	LLVMBuildCondBr(builder, whole, bundles, behind);
	LLVMPositionBuilderAtEnd(builder, bundles);
	tandem_item_loop_begin(compilation, group, zero, TANDEM_LOOP_PLAIN, &loop);
	tandem_lockstep_build(splitting, plan, region, loop.counter, row->ids,
			      tandem_ir_add(compilation, row->linear_id, loop.counter));
	LLVMBuildBr(builder, loop.latch);
	tandem_item_loop_end(compilation, &loop, TANDEM_BUNDLE_LANES, row->length);
	next = tandem_ir_add(compilation, loop.counter, lanes);
	after = LLVMGetInsertBlock(builder);
	LLVMBuildBr(builder, behind);
	LLVMPositionBuilderAtEnd(builder, behind);
	rest = LLVMBuildPhi(builder, compilation->i64, "");
	LLVMAddIncoming(rest, &zero, &from, 1);
	LLVMAddIncoming(rest, &next, &after, 1);
	return rest;
}

static void build_row(struct tandem_splitting *splitting, struct tandem_copying *copying,
		      const struct tandem_lockstep_plan *plan, unsigned int region,
		      const struct row *row)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMBasicBlockRef items, done;
	LLVMValueRef rest, any, end = row->length;

	rest = tandem_region_build_bundles(splitting, region, row->ids, row->linear_id, &end);
	if (!rest && !plan->is_worthwhile) {
		build_items(splitting, copying, region, row, LLVMConstInt(compilation->i64, 0, 0),
			    end);
		return;
	}
	if (!rest) {
		tandem_text_print(&compilation->result->notes,
				  "loops of '%s', part %u, run in lockstep\n",
				  splitting->work_group->description->info.name, region);
		rest = build_bundles(splitting, plan, region, row);
	}
	items = LLVMAppendBasicBlockInContext(compilation->context, splitting->work_group->group,
					      "");
	done = LLVMAppendBasicBlockInContext(compilation->context, splitting->work_group->group,
					     "");
	any = LLVMBuildICmp(builder, LLVMIntULT, rest, end, "");
	LLVMBuildCondBr(builder, any, items, done);
	LLVMPositionBuilderAtEnd(builder, items);
	build_items(splitting, copying, region, row, rest, end);
	LLVMBuildBr(builder, done);
	LLVMPositionBuilderAtEnd(builder, done);
}

/* Whether the members ask for a work-item's id in the second or third dimension. */
static bool needs_row_ids(const struct tandem_splitting *splitting)
{
	const struct tandem_slots *slots = &splitting->slots;
	unsigned int first_id = splitting->work_group->parameters + TANDEM_ITEM_LOCAL_ID;

	for (unsigned int i = 1; i < TANDEM_DIMENSIONS; i++) {
		LLVMValueRef id = LLVMGetParam(splitting->work_group->item, first_id + i);

		for (LLVMUseRef use = LLVMGetFirstUse(id); use; use = LLVMGetNextUse(use)) {
			const void *block = LLVMGetInstructionParent(LLVMGetUser(use));
			uintptr_t number =
				(uintptr_t)tandem_pointer_map_get(&slots->block_index, block);

			if (splitting->is_member[number - 1])
				return true;
		}
	}
	return false;
}

/* Where the builder is; it is then behind it. */
static void build_region(struct tandem_splitting *splitting, struct tandem_copying *copying,
			 unsigned int region)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef *sizes =
		splitting->values + splitting->work_group->parameters + TANDEM_ITEM_LOCAL_SIZE;
	struct tandem_lockstep_plan plan;
	struct tandem_rows rows;
	struct row row = { .length = sizes[0] };

	if (plan_region(splitting, region, &plan)) {
		tandem_ir_error(compilation, "no memory");
		return;
	}
	find_touched(splitting);
	LLVMBuildStore(builder, LLVMConstInt(compilation->i32, splitting->region_count, 0),
		       splitting->next_region);
	tandem_rows_begin(compilation, splitting->work_group->group, sizes,
			  needs_row_ids(splitting), &rows);
	row.ids[1] = rows.ids[1];
	row.ids[2] = rows.ids[2];
	row.linear_id = tandem_ir_multiply(compilation, rows.index, sizes[0]);
	build_row(splitting, copying, &plan, region, &row);
	tandem_rows_end(compilation, &rows);
	tandem_splitting_share_uniform_slots(splitting);
	tandem_lockstep_plan_finish(&plan);
}

static void count_items(struct tandem_splitting *splitting)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMValueRef *sizes =
		splitting->values + splitting->work_group->parameters + TANDEM_ITEM_LOCAL_SIZE;

	splitting->item_count = tandem_ir_multiply(
		compilation, tandem_ir_multiply(compilation, sizes[0], sizes[1]), sizes[2]);
}

/* All regions in the group function. */
static void build_together(struct tandem_splitting *splitting, struct tandem_copying *copying)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef group;

	tandem_work_group_begin(compilation, splitting->work_group, splitting->values);
	group = splitting->work_group->group;
	count_items(splitting);
	tandem_splitting_add_variables(splitting);
	for (unsigned int i = 0; i < splitting->region_count; i++)
		splitting->region_heads[i] =
			LLVMAppendBasicBlockInContext(compilation->context, group, "region");
	splitting->finish = LLVMAppendBasicBlockInContext(compilation->context, group, "finish");
	LLVMBuildBr(builder, splitting->region_heads[0]);
	LLVMPositionBuilderAtEnd(builder, splitting->finish);
	LLVMBuildRetVoid(builder);
	for (unsigned int i = 0; i < splitting->region_count; i++) {
		LLVMPositionBuilderAtEnd(builder, splitting->region_heads[i]);
		build_region(splitting, copying, i);
		dispatch(splitting);
	}
}

/* A function for each region, which the group function calls. */
static int build_parts(struct tandem_splitting *splitting, struct tandem_copying *copying)
{
	struct tandem_compilation *compilation = splitting->compilation;
	LLVMBuilderRef builder = compilation->builder;
	LLVMValueRef *parts = tandem_new_array(parts, splitting->region_count);

	if (!parts || tandem_parts_lay_out_frame(splitting)) {
		free(parts);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < splitting->region_count && !compilation->failed; i++) {
		tandem_work_group_begin_part(compilation, splitting->work_group, splitting->values);
		parts[i] = splitting->work_group->group;
		find_members(splitting, i);
		find_touched(splitting);
		count_items(splitting);
		tandem_splitting_add_variables(splitting);
		splitting->region_heads[i] =
			LLVMAppendBasicBlockInContext(compilation->context, parts[i], "region");
		LLVMBuildBr(builder, splitting->region_heads[i]);
		LLVMPositionBuilderAtEnd(builder, splitting->region_heads[i]);
		build_region(splitting, copying, i);
		LLVMBuildRet(builder,
			     LLVMBuildLoad2(builder, compilation->i32, splitting->next_region, ""));
		tandem_work_group_drop_unused(parts[i]);
	}
	splitting->work_group->in_parts = true;
	tandem_work_group_begin(compilation, splitting->work_group, splitting->values);
	tandem_parts_call(splitting, parts);
	free(parts);
	return 0;
}

static void build_group(struct tandem_splitting *splitting)
{
	struct tandem_copying copying;
	int error = tandem_splitting_place_variables(splitting);

	if (!error)
		error = tandem_copying_init(splitting, &copying);
	if (!error && splitting->in_parts)
		error = build_parts(splitting, &copying);
	else if (!error)
		build_together(splitting, &copying);
	if (error)
		tandem_ir_error(splitting->compilation, "no memory");
	else
		tandem_copying_finish(&copying);
}

/* Whether there is something to cut: a barrier, or a loop that is worth running in lockstep. */
static bool is_worth_splitting(struct tandem_splitting *splitting)
{
	struct tandem_lockstep_plan plan;
	bool worthwhile;

	if (splitting->work_group->has_barrier || splitting->slots.has_cuts)
		return true;
	if (plan_region(splitting, 0, &plan)) {
		tandem_ir_error(splitting->compilation, "no memory");
		return false;
	}
	worthwhile = plan.is_worthwhile;
	tandem_lockstep_plan_finish(&plan);
	return worthwhile;
}

static void finish_splitting(struct tandem_splitting *splitting)
{
	tandem_slots_finish(&splitting->slots);
	tandem_lanes_finish(&splitting->lanes);
	free(splitting->values);
	free(splitting->region_starts);
	free(splitting->region_of_start);
	free(splitting->region_heads);
	free(splitting->is_member);
	free(splitting->is_touched);
	free(splitting->arrays);
	free(splitting->variables);
	free(splitting->shared);
}

/* Whether the kernel has loops that could be run in lockstep. */
static bool has_loops(struct tandem_compilation *compilation, LLVMValueRef item)
{
	struct tandem_flow flow;
	bool result;

	if (tandem_flow_find(&flow, item)) {
		tandem_ir_error(compilation, "no memory");
		return false;
	}
	result = flow.loop_count > 0;
	tandem_flow_finish(&flow);
	return result;
}

bool tandem_barriers_split(struct tandem_compilation *compilation,
			   struct tandem_work_group *work_group)
{
	unsigned int first_id = work_group->parameters + TANDEM_ITEM_LOCAL_ID;
	struct tandem_splitting splitting = { .compilation = compilation,
					      .work_group = work_group };
	bool split = false;

	if (!work_group->has_barrier && !has_loops(compilation, work_group->item) &&
	    !(compilation->request->optimise && tandem_cuts_is_large(work_group->item)))
		return false;
	splitting.values =
		tandem_new_array(splitting.values, work_group->parameters + TANDEM_ITEM_VALUES);
	tandem_slots_init(&splitting.slots, compilation, work_group->item, first_id);
	if (!compilation->failed &&
	    (!splitting.values || find_regions(&splitting) ||
	     tandem_lanes_init(&splitting.lanes, compilation, &splitting.slots, first_id)))
		tandem_ir_error(compilation, "no memory");
	if (!compilation->failed)
		split = is_worth_splitting(&splitting);
	if (split) {
		build_group(&splitting);
		/* The group function has copies of everything. */
		LLVMSetLinkage(work_group->item, LLVMInternalLinkage);
	}
	finish_splitting(&splitting);
	return split;
}
