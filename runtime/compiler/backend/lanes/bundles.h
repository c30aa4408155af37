// SPDX-License-Identifier: MIT
/*
 * Bundles: neighbouring work-items that go through a kernel together, as vectors.
 *
 * Overview
 *	An item function (work_group.h) runs one work-item. From it a bundle function is
 *	made, which runs a fixed number of work-items that are neighbours in the first
 *	dimension: its lanes. What LLVM's loop vectoriser does with a loop around simple
 *	code, this does with any control flow, private arrays and OpenCL's vectors.
 *
 *	Values. A value that is the same in all lanes stays a scalar (uniform). One that
 *	grows by a known number from lane to lane is a scalar too, the first lane's. Any
 *	other is a vector with an element for each lane; an OpenCL vector is as many of
 *	these as it has components (shapes.c).
 *
 *	Control flow. A branch on a uniform value stays a branch. Of a branch on one that
 *	varies, both ways are run, one after the other, each with a mask of the lanes that
 *	go it; a loop runs until no lane is left in it. Blocks are put in an order in which
 *	a loop's blocks are together, and each but a loop's first comes behind all that
 *	lead to it. Lanes that are to go to a block wait for it, while earlier ones are
 *	run in which others are: which blocks lanes may wait for is found out beforehand
 *	(ways.c), so that where none can wait, a branch leads on directly. That is partial
 *	control-flow linearisation (Moll, Hack: Partial Control-Flow Linearization, 2018)
 *	by means of sets.
 *
 *	What is used behind a loop that lanes leave in different turns is kept for each when it
 *	leaves. In an outermost loop, turns in which none does go past that. What is stored into
 *	private arrays right behind a loop, at places that depend on the turn, is stored as lanes
 *	leave: they all have one place then (ways_out.c).
 *
 *	A block is never run without a lane, but for ways out of loops that do no more than to
 *	store into private arrays (ways_out.c). So what is uniform is done once, by a scalar
 *	instruction, as if by all lanes: a load of one place, a division, a store of which
 *	the last lane's value counts. What varies is done for the lanes of the mask only
 *	where it could be noticed: memory is accessed by masked operations, and a division
 *	has a divisor of 1 in other lanes.
 *
 *	Accesses to neighbouring places, or to places a few elements apart, are done as a
 *	whole (accesses.c), any other as a gather or scatter. A private array of one kind
 *	of element is kept with the lanes' elements next to each other, so that a uniform
 *	index reaches a vector; others lie one lane's behind the other's.
 *
 *	What has no form for vectors, lanes do one after the other: atomic operations,
 *	volatile accesses, calls (turns.c). An atomic operation on one word, whose result
 *	nobody looks at, is done once for all.
 *
 *	Lanes. There are as many as fill a vector of 32 bits each. Where operations wait for
 *	each other there is a second bundle function with two or four times as many, so that
 *	the processor has something to do meanwhile (pace.c); what does not fill one of its
 *	bundles is left to the first.
 *
 * Order
 *	Of a lane, accesses happen in their order. Lanes do an instruction at the same
 *	time, or take turns in it. Nothing is promised to LLVM of accesses being independent.
 *
 * Limits
 *	Lanes that wait for each other outside barriers would wait forever, if one that is
 *	waited for stands in another branch: a lane that holds a lock, and one that tries to
 *	get it. Waiting takes a loop, and an access by which others are seen. So no kernel is
 *	taken that has atomics, fences or volatile accesses in a loop, but for atomic operations
 *	whose results nobody looks at: nothing waits by these. For what else is not taken, see
 *	refusals.c.
 *
 *	The item function may be brought into another form that means the same (simplify.c).
 */
#ifndef TANDEM_COMPILER_BACKEND_BUNDLES_H
#define TANDEM_COMPILER_BACKEND_BUNDLES_H

#include "groups/work_group.h"

/* A bundle function: it has the item function's parameters, of the first lane. */
struct tandem_bundle_function {
	LLVMValueRef function; /* NULL where there is none */
	LLVMValueRef check; /* of the same parameters: whether the function is right for them */
	unsigned int lanes;
	/* It is of sub-groups: it takes how many lanes there are as well, and is always right. */
	bool takes_count;
	/* The same with more lanes, which goes first, where that is faster; or NULL and 0. */
	LLVMValueRef wide_function, wide_check;
	unsigned int wide_lanes;
};

#define TANDEM_BUNDLE_MOST_VARYING 2 /* parameters */

/*
 * Makes a bundle function of the function @item without barriers, whose parameters @varying
 * grow by 1 from lane to lane, where that is possible and promises to be faster, and
 * one with more lanes where that promises so. @required: the work-items of a row, where
 * the kernel says so; else 0. @name is for the notes on how kernels are run.
 */
void tandem_bundles_make(struct tandem_compilation *compilation, LLVMValueRef item,
			 const unsigned int *varying, unsigned int varying_count,
			 unsigned int required, const char *name,
			 struct tandem_bundle_function *bundle);

/*
 * Goes through a row in bundles, as long as there are whole ones for which the bundle
 * function is right: where the builder is, which is then behind them. @arguments is for
 * the row's first work-item, with NULL for 0 among those that vary; these are given anew
 * for each bundle. Work-items from @end on, which is at most the row's @length, do nothing:
 * bundles end there, or behind the sub-group that it is in. Returns the first work-item
 * behind the bundles.
 */
LLVMValueRef tandem_bundles_build_row(struct tandem_compilation *compilation, LLVMValueRef group,
				      const struct tandem_bundle_function *bundle,
				      LLVMValueRef *arguments, const unsigned int *varying,
				      unsigned int varying_count, LLVMValueRef length,
				      LLVMValueRef end);

/* The group function of a kernel with a bundle function: see tandem_work_group_loop(). */
void tandem_bundles_loop(struct tandem_compilation *compilation,
			 struct tandem_work_group *work_group,
			 const struct tandem_bundle_function *bundle);

/* The same of a kernel without barriers as a whole. False where there is none. */
bool tandem_bundles_make_kernel(struct tandem_compilation *compilation,
				const struct tandem_work_group *work_group,
				struct tandem_bundle_function *bundle);

/* Takes back a bundle function that is not to be used. */
void tandem_bundles_drop(struct tandem_bundle_function *bundle);

#endif
