// SPDX-License-Identifier: MIT
/*
 * Groups whose rows are one row.
 *
 * Overview
 *	Sub-groups lie along a row of work-items (lanes/sub_groups.h). Where a group has several
 *	rows that are no whole numbers of sub-groups, as one of 4 x 4 has, they are run as a
 *	single row, one behind the other. Work-items then find their ids by their place in it,
 *	which takes divisions, and what is neighbouring in memory is no longer known to be.
 *
 *	So a kernel that uses sub-groups is compiled for whole rows where it may be launched with
 *	such: it has_whole_rows_only. The first launch with others waits for another form of it,
 *	which takes all (driver/native_forms.c). A program that can have no forms, since its
 *	kernels share variables, has code for all rows at once.
 *
 *	What is told of a kernel is to hold for both forms: the first one leaves room for what
 *	the other needs besides, of instructions and of what work-items keep over barriers.
 *
 * Limits
 *	A form for certain images is for whole rows only, too: where rows are joined, the kernel
 *	takes all formats.
 */
#ifndef TANDEM_COMPILER_BACKEND_JOINED_ROWS_H
#define TANDEM_COMPILER_BACKEND_JOINED_ROWS_H

#include "work_group.h"

/* Instructions and bytes of a work-item, at most, by which its ids are computed. */
#define TANDEM_JOINED_ROWS_VALUES 64
#define TANDEM_JOINED_ROWS_BYTES  128

/* Decides on it, once everything is inlined into the item function. */
void tandem_joined_rows_choose(struct tandem_compilation *compilation,
			       struct tandem_work_group *work_group);

/*
 * Puts into @values, which has the item function's arguments, what its work-items see of their
 * ids and of sizes: computed where the item function begins.
 */
void tandem_joined_rows_bind(struct tandem_compilation *compilation,
			     const struct tandem_work_group *work_group, LLVMValueRef *values);

/* Makes of three @sizes those of a single row, where the builder is. */
void tandem_joined_rows_join(struct tandem_compilation *compilation, LLVMValueRef *sizes);

#endif
