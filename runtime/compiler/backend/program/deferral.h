// SPDX-License-Identifier: MIT
/*
 * Programs of many kernels whose machine code is made kernel by kernel, once each is
 * wanted: the build makes the bitcode and the description only.
 *
 * Overview
 *	Whoever builds a program is told of every error then. So a program is deferred
 *	only where it is certain that none of its kernels has an error that shows later:
 *	that one may call itself, keep too much, or use what the device has not. Bounds
 *	from above are enough for that, and one doubtful kernel has all of the program
 *	compiled at once.
 *
 * Limits
 *	Kernels of a program share its variables in the global address space, and an
 *	object has these for itself. A program that has such is compiled at once.
 */
#ifndef TANDEM_COMPILER_BACKEND_DEFERRAL_H
#define TANDEM_COMPILER_BACKEND_DEFERRAL_H

#include "ir.h"

/*
 * Whether the kernels, of which the description has names, arguments and required groups,
 * are to be compiled later. All that they call is linked.
 */
bool tandem_deferral_is_possible(struct tandem_compilation *compilation);

#endif
