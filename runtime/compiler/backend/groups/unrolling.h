// SPDX-License-Identifier: MIT
/*
 * Loops of the program's own, and writing them out.
 *
 * Those of a few turns, whose number is known, are written out before work-items are put
 * together: what is private and indexed by their counters goes to registers. Others turn
 * seldom or often, nobody knows; what it takes to write some turns out ahead of a loop, is lost
 * on short ones, and work-items come by often.
 */
#ifndef TANDEM_COMPILER_BACKEND_GROUPS_UNROLLING_H
#define TANDEM_COMPILER_BACKEND_GROUPS_UNROLLING_H

#include "ir.h"

/*
 * Before that is done: keeps loops with barriers from it, which would make code without end.
 * Whether there are loops.
 */
bool tandem_unrolling_begin(struct tandem_compilation *compilation, LLVMValueRef function);

/* Behind it: the loops that @function has by now stay such, unless the program asks for more. */
void tandem_unrolling_end(struct tandem_compilation *compilation, LLVMValueRef function);

#endif
