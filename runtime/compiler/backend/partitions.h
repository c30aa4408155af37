/* SPDX-License-Identifier: MIT */
/*
 * Machine code of very large kernels, made by several threads.
 *
 * Overview
 *	The parts of a kernel (groups/parts.h) do not look into each other, and a very large one
 *	has many. Where those of a program are so large together that threads pay, they are divided
 *	into partitions of some parts each: a partition is a module of its own in a context of its
 *	own, so that LLVM optimises it and makes its code beside the others. What is left of the
 *	program calls the parts, and the objects are joined (joined_objects.h).
 *
 *	How a program is divided depends on nothing but the program: the code is the same whatever
 *	the processors and however many threads there are.
 *
 * Threads
 *	The one that has the compilation calls all of these; a partition is one thread's while it is
 *	compiled. Beside those that call there are, in the whole process, one thread less than it may
 *	use processors, and none where its memory is limited.
 *
 * Limits
 *	Functions that parts call (program/helpers.h) are in each partition that needs them, so
 *	partitions are larger where these are. Programs with aliases of variables are not divided.
 */
#ifndef TANDEM_COMPILER_BACKEND_PARTITIONS_H
#define TANDEM_COMPILER_BACKEND_PARTITIONS_H

#include "ir.h"
#include "pointer_map.h"

struct tandem_partitions {
	struct tandem_partition *partitions;
	unsigned int count; /* 0: the program is not divided */
	struct part *parts; /* of all partitions */
	unsigned int part_count;
	LLVMMemoryBufferRef bitcode; /* of the whole program */
};

/*
 * Takes the parts out of a program that is to be divided, before it is optimised. Fails where
 * memory is short; @partitions is to be finished in any case, as after all that follows.
 */
void tandem_partitions_divide(struct tandem_compilation *compilation,
			      struct tandem_partitions *partitions);

/*
 * Optimises all partitions and makes their machine code, and takes over what they log and note.
 * The compilation has failed where one of them has.
 */
void tandem_partitions_compile(struct tandem_compilation *compilation,
			       struct tandem_partitions *partitions);

/* Tells of the stack that the parts take, for tandem_stack_use(). After they are compiled. */
void tandem_partitions_stack_use(const struct tandem_compilation *compilation,
				 const struct tandem_partitions *partitions,
				 struct tandem_pointer_map *known);

/* Joins the code that the result has, if the program is divided, with that of the partitions. */
void tandem_partitions_join(struct tandem_compilation *compilation,
			    struct tandem_partitions *partitions);

void tandem_partitions_finish(struct tandem_partitions *partitions);

#endif
