// SPDX-License-Identifier: MIT
/*
 * From a kernel, which runs one work-item, to a group function, which runs all of
 * a group (tandem_group_function).
 *
 * Overview
 *	For each kernel there is first an item function: the kernel's body with
 *	everything inlined, and with the work-item's place in the index space as
 *	further arguments (hooks.h). A kernel without barriers becomes nested
 *	loops around it, the first dimension innermost, whose iterations are marked
 *	as independent for the vectoriser. The other two are one loop, where the
 *	kernel does not ask where it is in them. A kernel with barriers is cut at them
 *	first, see barriers.h.
 */
#ifndef TANDEM_COMPILER_BACKEND_WORK_GROUP_H
#define TANDEM_COMPILER_BACKEND_WORK_GROUP_H

#include "program/hooks.h"
#include "ir.h"

/* A kernel on its way to a group function. */
struct tandem_work_group {
	struct tandem_kernel_description *description;
	LLVMValueRef kernel; /* until it is inlined into the item function */
	LLVMValueRef item; /* the item function */
	LLVMValueRef group; /* the group function, or the part of it that is being built */
	LLVMValueRef called; /* the function that runs a group, which may call that one */
	unsigned int parameters; /* of the kernel: the item's come behind them */
	bool has_barrier;
	bool has_loops; /* the program, before some were written out */
	bool in_parts; /* what the group function does is in functions that it calls */
	bool defers_smaller_groups; /* it may be for whole groups only, see program/deferral.h */
	bool joins_rows; /* all of a group are one row, see joined_rows.h */
	uint64_t local_alignment; /* of the memory for its __local variables */
};

/* What is said of a loop's iterations to the optimiser. */
enum tandem_loop_kind {
	TANDEM_LOOP_PLAIN,
	TANDEM_LOOP_ROWS, /* it has one over a row's work-items in it */
	TANDEM_LOOP_ITEMS, /* they are independent, as far as accesses are marked so */
	TANDEM_LOOP_PART_ITEMS, /* the same, in a part (parts.h): little code is worth more than speed */
	TANDEM_LOOP_BUNDLE, /* they are independent, and all of them make one vector */
};

/* A counted loop, being built. */
struct tandem_item_loop {
	LLVMBasicBlockRef head, latch, after;
	LLVMValueRef counter;
	LLVMValueRef mark; /* of its iterations, or NULL */
	LLVMValueRef parallel; /* what marks an access as independent between iterations */
};

/*
 * Loops over the rows of work-items, along the first dimension, being built: one over the
 * second dimension in one over the third, or a single loop over all rows.
 */
struct tandem_rows {
	LLVMValueRef ids[TANDEM_DIMENSIONS]; /* of a row's work-items, but the first */
	LLVMValueRef index; /* of the row, as it counts for linear ids */
	struct tandem_item_loop loops[2]; /* the inner one first */
	LLVMValueRef limits[2]; /* of their counters */
	unsigned int loop_count;
};

/* How many work-items a row has, where the kernel requires that; else 0. */
unsigned int tandem_work_group_row_length(const struct tandem_work_group *work_group);

/* What a value of a group is, in the group's @context, or what the kernel requires it to be. */
LLVMValueRef tandem_work_group_load_value(struct tandem_compilation *compilation,
					  const struct tandem_work_group *work_group,
					  LLVMValueRef context, enum tandem_item_value value);

/*
 * Begins the group function: an entry block that loads what is the same for all
 * items. @values gets the arguments of an item function, but for the local ids.
 */
void tandem_work_group_begin(struct tandem_compilation *compilation,
			     struct tandem_work_group *work_group, LLVMValueRef *values);

/*
 * The same for a part of a group function, which becomes @work_group's group. It takes
 * one pointer more, and returns an i32.
 */
#define TANDEM_PART_NAME "tandem.part" /* and a number */
void tandem_work_group_begin_part(struct tandem_compilation *compilation,
				  struct tandem_work_group *work_group, LLVMValueRef *values);

/* Takes out of the entry block what was loaded and computed there and is not used. */
void tandem_work_group_drop_unused(LLVMValueRef group);

/* The group function of a kernel without barriers. */
void tandem_work_group_loop(struct tandem_compilation *compilation,
			    struct tandem_work_group *work_group);

/*
 * The same without what goes along a row of work-items, in the first dimension: the builder
 * is where that belongs, and then where it ends. Between the two calls, the item function's
 * arguments, but the place in the row; NULL without memory. @parallel: what marks the item function's
 * accesses as independent along the row.
 */
LLVMValueRef *tandem_work_group_begin_rows(struct tandem_compilation *compilation,
					   struct tandem_work_group *work_group,
					   struct tandem_rows *rows);
void tandem_work_group_end_rows(struct tandem_compilation *compilation,
				struct tandem_work_group *work_group, LLVMValueRef *values,
				struct tandem_rows *rows, LLVMValueRef parallel);

/*
 * Begins a loop at the builder's place, which it ends, that counts from @start on.
 * The builder is then in the loop's first block; every way through it must end in
 * the latch.
 */
void tandem_item_loop_begin(struct tandem_compilation *compilation, LLVMValueRef function,
			    LLVMValueRef start, enum tandem_loop_kind kind,
			    struct tandem_item_loop *loop);

/*
 * Ends the loop: it counts on by @step while that leads to @limit, or below by as
 * much. It runs once at least. The builder is then behind it.
 */
void tandem_item_loop_end(struct tandem_compilation *compilation, struct tandem_item_loop *loop,
			  uint64_t step, LLVMValueRef limit);

/*
 * Begins loops over the rows of a group of @sizes. Without @needs_ids the work-items do not
 * ask for their ids in the second and third dimension, which are said to be zero.
 */
void tandem_rows_begin(struct tandem_compilation *compilation, LLVMValueRef group,
		       const LLVMValueRef *sizes, bool needs_ids, struct tandem_rows *rows);

/* Ends them, where the builder is at the end of a row. It is then behind all of them. */
void tandem_rows_end(struct tandem_compilation *compilation, struct tandem_rows *rows);

/*
 * Marks a load or store of memory that is not private as one that work-items
 * make independently of each other: with the loop's own mark this is what lets
 * it be vectorised. @parallel: the loop's.
 */
void tandem_mark_parallel(struct tandem_compilation *compilation, LLVMValueRef instruction,
			  LLVMValueRef parallel);

#endif
