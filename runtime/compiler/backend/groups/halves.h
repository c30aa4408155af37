/* SPDX-License-Identifier: MIT */
/*
 * Half precision, on processors without instructions for it.
 *
 * LLVM computes with halves as floats there, and rounds each result once more. Of some
 * operations it makes a call for each element of a vector: of double it knows no way to half but
 * a function of the C compiler's library, nor any for the fused multiplication and addition,
 * and it takes vectors apart to find a root or an integer. Here these become what the code
 * generator has vectors for.
 */
#ifndef TANDEM_COMPILER_BACKEND_HALVES_H
#define TANDEM_COMPILER_BACKEND_HALVES_H

#include "ir.h"

/*
 * Expands such operations in all functions. To be called before the loop vectoriser, which
 * would take them for expensive, and at the end, as passes make single operations of them again.
 */
void tandem_halves_expand(struct tandem_compilation *compilation);

#endif
