/* SPDX-License-Identifier: MIT */
/* Blocks so long that the code generator's schedulers would take most of a build's time. */
#ifndef TANDEM_COMPILER_BACKEND_LONG_BLOCKS_H
#define TANDEM_COMPILER_BACKEND_LONG_BLOCKS_H

#include "ir.h"

/*
 * Marks the blocks of all functions where stretches of them may be scheduled by themselves.
 * LLVM's schedulers of machine code compare each access to memory with all those before it,
 * and look for each pair through the list of pairs, so that their time grows with the third
 * power of the accesses in a stretch: a kernel that converts a vector of 16 numbers in ten ways
 * has 1,000 in bundles. The marks become labels, which are no code. Called last.
 */
void tandem_long_blocks_divide(struct tandem_compilation *compilation);

#endif
