// SPDX-License-Identifier: MIT
/*
 * Programs of the devices that native.h is for, as they are loaded.
 *
 * Overview
 *	A program is one object with all its kernels, or it is deferred (compiler.h): then
 *	there is an object for each kernel, or for some of them, from when kernels are
 *	created. Several that are created at once are compiled by several threads.
 *
 * Locking
 *	What is changed when kernels are made ready is theirs alone, is not read before
 *	they are, and is guarded by the lock that the operation prepare_kernels is called
 *	under. Names and arguments never change.
 */
#ifndef TANDEM_DRIVER_NATIVE_PROGRAM_H
#define TANDEM_DRIVER_NATIVE_PROGRAM_H

#include "compiler/compiler.h"
#include "driver.h"
#include "util/alloc.h"

struct tandem_native_kernel {
	const struct tandem_compiled_program *part; /* NULL: it is not ready */
	uint32_t index; /* in there */
};

struct tandem_native_program {
	struct tandem_loaded_program base;
	struct tandem_compiled_program whole;
	struct tandem_native_kernel *kernels;
	/* Of a deferred program, what is compiled of it; there is room for one for each kernel. */
	struct tandem_compiled_program **parts;
	uint32_t part_count;
};

static inline struct tandem_native_program *
tandem_native_program_of(struct tandem_loaded_program *base)
{
	return tandem_container_of(base, struct tandem_native_program, base);
}

/* The kernel, which is one of the program's and ready. */
static inline const struct tandem_native_kernel *
tandem_native_kernel_of(struct tandem_loaded_program *base, const struct tandem_kernel_info *info)
{
	return &tandem_native_program_of(base)->kernels[info - base->kernels];
}

#endif
