// SPDX-License-Identifier: MIT
/*
 * What the loop vectoriser leaves of a loop: the turns that fill no vector, one by one.
 *
 * Where vectors depend on a check before the loop, the vectoriser takes it for possible that
 * most turns are left, and the unroller writes them out. The checks that loops over
 * work-items get are whether indices wrap around, which they do not in practice.
 */
#ifndef TANDEM_COMPILER_BACKEND_REMAINDERS_H
#define TANDEM_COMPILER_BACKEND_REMAINDERS_H

#include "ir.h"

/* Lets loops that are vectorised, and what is left of them, stay as they are. */
void tandem_remainders_settle(struct tandem_compilation *compilation);

#endif
