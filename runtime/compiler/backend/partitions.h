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
 */
#ifndef TANDEM_COMPILER_BACKEND_PARTITIONS_H
#define TANDEM_COMPILER_BACKEND_PARTITIONS_H

#include "ir.h"
#include "pointer_map.h"

struct tandem_partitions {
	struct tandem_partition *partitions;
	unsigned int count; /* 0: the program is not divided */
	LLVMMemoryBufferRef bitcode; /* of the whole program */
};

/* Takes the parts out of a program that is to be divided, before it is optimised. */
void tandem_partitions_divide(struct tandem_compilation *compilation,
			      struct tandem_partitions *partitions);

/* Optimises all partitions and makes their machine code; marks the compilation as failed. */
void tandem_partitions_compile(struct tandem_compilation *compilation,
			       struct tandem_partitions *partitions);

/* Tells of the stack that the parts take, for tandem_stack_use(). After they are compiled. */
void tandem_partitions_stack_use(const struct tandem_compilation *compilation,
				 const struct tandem_partitions *partitions,
				 struct tandem_pointer_map *known);

/* Joins the code that the result has with that of the partitions. */
void tandem_partitions_join(struct tandem_compilation *compilation,
			    struct tandem_partitions *partitions);

void tandem_partitions_finish(struct tandem_partitions *partitions);

#endif
