// SPDX-License-Identifier: MIT
/*
 * Integer divisions and remainders.
 *
 * In OpenCL C a division by zero, or one whose quotient is out of range, gives
 * some value and has no other effect (6.4, arithmetic operators). To LLVM it is
 * undefined, and the processor traps. So each division gets a divisor with which
 * it is defined, before anything is concluded from it.
 *
 * LLVM's loop vectoriser does a division that is the same in all turns of a loop
 * for the first lane alone, under that lane's condition, and hands the result to
 * lanes whose conditions differ; and it may divide ahead of the loop for a check of
 * an index, whatever the conditions are. So before it runs, such divisions are
 * done ahead of the loop.
 */
#ifndef TANDEM_COMPILER_BACKEND_DIVISIONS_H
#define TANDEM_COMPILER_BACKEND_DIVISIONS_H

#include "control_flow.h"
#include "ir.h"

/* Lets no division of the module trap, whatever is divided. */
void tandem_divisions_guard(struct tandem_compilation *compilation);

/* Shifts in place of unsigned divisions by powers of two that become known as such by a shift. */
void tandem_divisions_shift(struct tandem_compilation *compilation, LLVMValueRef function);

/*
 * Moves divisions that do not change in an innermost loop in front of it, and hides of
 * others how they come about; to be called just before the loop vectoriser. Those of vectors
 * stay as they are: it leaves loops alone that have any.
 */
void tandem_divisions_hoist(struct tandem_compilation *compilation, const struct tandem_flow *flow);

/*
 * Keeps innermost loops with divisions left from the vectoriser, which makes as many
 * divisions of each as a vector has elements: much code, and hardly faster.
 */
void tandem_divisions_keep_scalar(struct tandem_compilation *compilation,
				  const struct tandem_flow *flow);

#endif
