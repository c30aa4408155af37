// SPDX-License-Identifier: MIT
/*
 * A group function in parts.
 *
 * Overview
 *	Where a kernel has many regions (barriers.h), each becomes a function of its own,
 *	a part, so that each is optimised by itself and compiling takes time in proportion
 *	to their number. The group function calls the part of the region that work-items
 *	have come to, which returns the next. What all work-items share between regions
 *	is in a frame, a variable of the group function.
 */
#ifndef TANDEM_COMPILER_BACKEND_PARTS_H
#define TANDEM_COMPILER_BACKEND_PARTS_H

#include "splitting.h"

/* Gives the slots that are kept and uniform a place in the frame. -ENOMEM. */
int tandem_parts_lay_out_frame(struct tandem_splitting *splitting);

/* Where a kept and uniform slot is held between regions, for the part that is being built. */
LLVMValueRef tandem_parts_shared(struct tandem_splitting *splitting, unsigned int slot);

/* Whether a function of the module is a part. */
bool tandem_parts_is_one(LLVMValueRef function);

/*
 * Where the parts of a program, once they are optimised, are very large together: hides how
 * the counters of their loops grow. The code generator would try many ways to derive each
 * address from another, and take longer over that than over anything else; what it finds
 * makes some kernels a few percent faster. Those of a partition are some of very many.
 */
void tandem_parts_hide_counters(struct tandem_compilation *compilation);

/* Fills in the group function, whose entry block the builder is in. @parts: one for each region. */
void tandem_parts_call(struct tandem_splitting *splitting, const LLVMValueRef *parts);

#endif
