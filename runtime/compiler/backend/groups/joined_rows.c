// SPDX-License-Identifier: MIT
#include "joined_rows.h"

#include "lanes/sub_groups.h"
#include "program/sub_groups.h"

/* ---- whether they are joined ---- */

static bool are_required_rows_whole(const struct tandem_kernel_info *info)
{
	const uint32_t *size = info->required_group;
	const uint64_t local[TANDEM_DIMENSIONS] = { size[0], size[1], size[2] };

	return tandem_sub_groups_fill_rows(info, local);
}

/* Whether every group that the kernel can be launched with has whole rows, or is one row. */
static bool are_rows_always_whole(const struct tandem_kernel_info *info)
{
	const uint32_t *size = info->required_group;

	return size[0] && are_required_rows_whole(info) &&
	       (!info->allows_uneven_groups || size[1] * size[2] == 1);
}

void tandem_joined_rows_choose(struct tandem_compilation *compilation,
			       struct tandem_work_group *work_group)
{
	struct tandem_kernel_info *info = &work_group->description->info;

	if (info->sub_group_lanes <= 1 || !tandem_lanes_are_used_in(work_group->item) ||
	    are_rows_always_whole(info))
		return;
	work_group->joins_rows = compilation->request->takes_all_rows ||
				 !compilation->kernels_can_be_alone ||
				 (info->required_group[0] && !are_required_rows_whole(info));
	info->has_whole_rows_only = !work_group->joins_rows;
}

/* ---- what work-items see ---- */

static LLVMValueRef narrow(struct tandem_compilation *compilation, LLVMValueRef value)
{
	return LLVMBuildTrunc(compilation->builder, value, compilation->i32, "");
}

static LLVMValueRef widen(struct tandem_compilation *compilation, LLVMValueRef value)
{
	return LLVMBuildZExt(compilation->builder, value, compilation->i64, "");
}

void tandem_joined_rows_bind(struct tandem_compilation *compilation,
			     const struct tandem_work_group *work_group, LLVMValueRef *values)
{
	LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(work_group->item);
	LLVMValueRef context = values[TANDEM_ITEM_CONTEXT];
	LLVMValueRef left, size;
	LLVMBuilderRef builder = compilation->builder;

	LLVMPositionBuilderBefore(builder, tandem_ir_insertion_point(entry));
	/* The sizes of groups, and those that were enqueued. */
	for (int i = TANDEM_ITEM_LOCAL_SIZE; i < TANDEM_ITEM_GROUP_COUNT; i++)
		values[i] = tandem_work_group_load_value(compilation, work_group, context, i);
	left = narrow(compilation, values[TANDEM_ITEM_LOCAL_ID]);
	for (unsigned int i = 0; i < TANDEM_DIMENSIONS - 1; i++) {
		size = narrow(compilation, values[TANDEM_ITEM_LOCAL_SIZE + i]);
		values[TANDEM_ITEM_LOCAL_ID + i] =
			widen(compilation, LLVMBuildURem(builder, left, size, ""));
		left = LLVMBuildUDiv(builder, left, size, "");
	}
	values[TANDEM_ITEM_LOCAL_ID + TANDEM_DIMENSIONS - 1] = widen(compilation, left);
}

/* ---- the group ---- */

void tandem_joined_rows_join(struct tandem_compilation *compilation, LLVMValueRef *sizes)
{
	sizes[0] = tandem_ir_multiply(
		compilation, tandem_ir_multiply(compilation, sizes[0], sizes[1]), sizes[2]);
	sizes[1] = sizes[2] = LLVMConstInt(compilation->i64, 1, 0);
}
