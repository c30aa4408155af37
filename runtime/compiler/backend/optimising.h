// SPDX-License-Identifier: MIT
/* The passes that a module of group functions goes through before code is made of it. */
#ifndef TANDEM_COMPILER_BACKEND_OPTIMISING_H
#define TANDEM_COMPILER_BACKEND_OPTIMISING_H

#include "ir.h"

/* Loops of as many turns, known to the compiler, are no loops any more for the vectoriser. */
#define TANDEM_WRITTEN_OUT_TURNS 12

/* Optimises the module, or does the least where the program is not to be optimised. */
void tandem_optimise(struct tandem_compilation *compilation);

#endif
