// SPDX-License-Identifier: MIT
/*
 * Where large kernels are cut, beside their barriers.
 *
 * Overview
 *	What LLVM does with a function takes time that grows faster than the function.
 *	And a region (barriers.h) reaches from a barrier to all that may come next: with
 *	barriers under conditions, that may be the rest of the kernel, once for each.
 *	So a large kernel is cut at further places, as if work-items met there. That is
 *	right anywhere: nothing is said of the order in which work-items run between
 *	barriers, but within a work-group function: it takes work-items one after another
 *	from a barrier to the next. Such short regions are left alone.
 *
 * Limits
 *	What outlives a cut is kept in memory, which slows the kernel down a little, so
 *	kernels of ordinary size are not cut. A cut inside a loop or a condition costs
 *	more, and is made only where a stretch without others is very long.
 */
#ifndef TANDEM_COMPILER_BACKEND_CUTS_H
#define TANDEM_COMPILER_BACKEND_CUTS_H

#include "slots.h"

/* Divides the very long blocks of a large function, so that it can be cut there. No phi is left. */
void tandem_cuts_divide_blocks(struct tandem_compilation *compilation, LLVMValueRef function);

/* Whether a function is so large that it is to be cut though nothing else asks for it. */
bool tandem_cuts_is_large(LLVMValueRef function);

/* Marks the blocks of a large kernel that are cuts. -ENOMEM. */
int tandem_cuts_place(struct tandem_slots *slots);

#endif
