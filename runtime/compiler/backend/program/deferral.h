// SPDX-License-Identifier: MIT
/*
 * Machine code that is made once it is wanted.
 *
 * Overview
 *	Of programs of many kernels the build makes the bitcode and the description only,
 *	and their code is made kernel by kernel. Of a kernel that requires the size of its
 *	groups, and may have smaller ones at the ends of a range, it makes the code for
 *	whole groups only: the other is as long to make, and few ranges have ends.
 *
 *	Whoever builds a program is told of every error then. So code is deferred only
 *	where it is certain that the kernel has no error that shows later: that it may call
 *	itself, keep too much, or use what the device has not. Bounds from above are enough
 *	for that. One doubtful kernel has all of a program of many compiled at once.
 *
 * Limits
 *	Kernels of a program share its variables in the global address space, and an
 *	object has these for itself. A program that has such is compiled at once, and so is
 *	one with assembly of its own.
 */
#ifndef TANDEM_COMPILER_BACKEND_DEFERRAL_H
#define TANDEM_COMPILER_BACKEND_DEFERRAL_H

#include "groups/work_group.h"
#include "ir.h"

/*
 * Decides what is to be compiled later: description.is_deferred, and defers_smaller_groups of
 * each of @work_groups, of which descriptions have names, arguments and required groups; and
 * whether kernels_can_be_alone. All that the kernels call is linked. Sets compilation->failed
 * without memory.
 */
void tandem_deferral_decide(struct tandem_compilation *compilation,
			    struct tandem_work_group *work_groups);

#endif
