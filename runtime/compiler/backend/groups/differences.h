// SPDX-License-Identifier: MIT
/*
 * Indices like id - width, in 32 bits, where id is at least width.
 *
 * Such an index may wrap around for all that LLVM's loop vectoriser can tell, which leaves
 * the loop over ids to scalar code: it has no regard to the condition. What is subtracted
 * on the condition that there is as much does not wrap around, so it is done in 64 bits.
 */
#ifndef TANDEM_COMPILER_BACKEND_DIFFERENCES_H
#define TANDEM_COMPILER_BACKEND_DIFFERENCES_H

#include "control_flow.h"
#include "ir.h"

/* For all loops; to be called just before the loop vectoriser. */
void tandem_differences_widen(struct tandem_compilation *compilation,
			      const struct tandem_flow *flow);

#endif
