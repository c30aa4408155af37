/* SPDX-License-Identifier: MIT */
/* Gathers and scatters of what lies together for each lane. */
#ifndef TANDEM_COMPILER_BACKEND_ROWS_H
#define TANDEM_COMPILER_BACKEND_ROWS_H

#include "ir.h"

/*
 * Lanes that each go through a piece of memory of their own, as the fields of a structure, take
 * a gather or scatter for each element of it. Where those of a block have pieces of 4, 8 or 16
 * neighbouring elements at a constant distance from each other, all lanes take part, and nothing
 * in between may see or change that memory: loads or stores each piece as a whole, and
 * transposes what is in registers. Called once functions are optimised.
 */
void tandem_rows_combine(struct tandem_compilation *compilation);

#endif
