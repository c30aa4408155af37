/* SPDX-License-Identifier: MIT */
/*
 * Vectors of which only the first components count.
 *
 * What all lanes of a sub-group have together, as their sum, is computed in steps in which each
 * lane meets another one, and is the same in all of them, or is read from one. So each step needs
 * only half of the lanes that the one before it needed. Processors do shorter vectors
 * with more of their units, and with less to move.
 */
#ifndef TANDEM_COMPILER_BACKEND_NARROW_VECTORS_H
#define TANDEM_COMPILER_BACKEND_NARROW_VECTORS_H

#include "ir.h"

/*
 * Makes such vectors, and the instructions that they are computed by, as short as what is read of
 * them in the end, where components change places on the way. To be called after LLVM's own
 * passes.
 */
void tandem_narrow_vectors(struct tandem_compilation *compilation);

#endif
