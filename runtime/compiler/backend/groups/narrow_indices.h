// SPDX-License-Identifier: MIT
/*
 * Indices that wrap around.
 *
 * An index that is computed in fewer bits than an address has, as in a[j & 3] or with
 * j an uchar, grows evenly only as long as it does not wrap around. LLVM's loop
 * vectoriser takes it to grow evenly and checks, in front of the loop, that it does not
 * wrap. With indices of different widths in one loop, releases 20 to 22 take the check
 * of a wider one for a check of a narrower one too, where that is started from and
 * grows by no more (SCEVWrapPredicate::implies has no regard to widths). So only the
 * widest may be such indices; how the others grow is hidden.
 */
#ifndef TANDEM_COMPILER_BACKEND_NARROW_INDICES_H
#define TANDEM_COMPILER_BACKEND_NARROW_INDICES_H

#include "control_flow.h"
#include "ir.h"

/* For all innermost loops; to be called just before the loop vectoriser. */
void tandem_narrow_indices_hide(struct tandem_compilation *compilation,
				const struct tandem_flow *flow);

#endif
