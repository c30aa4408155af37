/* SPDX-License-Identifier: MIT */
/*
 * Stores under conditions that no processor foresees.
 *
 * Where a loop looks something up by an index that it has loaded, as whether the node at the end
 * of an edge has been visited, and stores where that holds, a branch is often foreseen wrongly:
 * each time costs as much as some ten stores. LLVM keeps the branch, since it may not store where
 * the program does not. What is always or never so takes a third longer without the branch, what
 * is so every second time a tenth of the time.
 */
#ifndef TANDEM_COMPILER_BACKEND_IF_CONVERSION_H
#define TANDEM_COMPILER_BACKEND_IF_CONVERSION_H

#include "ir.h"

/*
 * Has such loops store, and load, in each turn: there or, where the condition does not hold, to
 * a place on the stack. To be called after LLVM's own passes, which put several stores to one
 * place together.
 */
void tandem_if_conversion(struct tandem_compilation *compilation);

#endif
