// SPDX-License-Identifier: MIT
/*
 * The order of a work-item's accesses, in loops over work-items.
 *
 * Such a loop is marked: its turns do not depend on each other. LLVM's loop
 * vectoriser then looks at no dependences at all, not even at those inside one turn.
 * That does no harm where each access becomes a vector of its own, in its place. But
 * loads, or stores, of neighbouring places with gaps between the lanes become one
 * access, an interleaved group: its loads all happen where the first of them stands,
 * its stores where the last does, past what stands between them.
 *
 * So where something between them may be in their way, the mark is taken away: then
 * LLVM looks for itself, at dependences and, when the code runs, at whether memory
 * overlaps.
 */
#ifndef TANDEM_COMPILER_BACKEND_ACCESS_ORDER_H
#define TANDEM_COMPILER_BACKEND_ACCESS_ORDER_H

#include "control_flow.h"
#include "ir.h"

/* For all innermost loops; to be called just before the loop vectoriser. */
void tandem_access_order_keep(struct tandem_compilation *compilation,
			      const struct tandem_flow *flow);

#endif
