// SPDX-License-Identifier: MIT
/*
 * Programs of the devices that native.h is for, as they are loaded.
 *
 * Overview
 *	A program is one object with all its kernels, or it is deferred (compiler.h): then
 *	there is an object for each kernel, or for some of them, from when kernels are
 *	created. Several that are created at once are compiled by several threads.
 *	Of kernels that are launched with images, or with groups of other sizes than they
 *	require, there are forms (native_forms.c), each an object too.
 *
 * Locking
 *	What is changed when kernels are made ready is theirs alone, is not read before
 *	they are, and is guarded by the lock that the operation prepare_kernels is called
 *	under. Names and arguments never change. Forms have the program's short lock.
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

/* Forms of a program for images, at most. */
#define TANDEM_MOST_FORMS 256

/* A kernel as it was compiled for some images and samplers, or other groups: see native_forms.c. */
struct tandem_native_form {
	struct tandem_native_form *next; /* guarded, as what follows up to constants */
	enum {
		TANDEM_FORM_NEW,
		TANDEM_FORM_NOT_WORTH_IT, /* as yet, and it is not in the cache */
		TANDEM_FORM_IN_THE_MAKING,
		TANDEM_FORM_READY,
		TANDEM_FORM_FAILED,
	} state;
	uint64_t items; /* that would have run in it */
	struct tandem_kernel_info info;
	struct tandem_native_kernel kernel;
	struct tandem_compiled_program part;
	/* What it is made for never changes. */
	uint32_t index; /* of the program's kernel */
	unsigned int constant_count;
	struct tandem_backend_constant constants[];
};

struct tandem_native_program {
	struct tandem_loaded_program base;
	struct tandem_compiled_program whole;
	struct tandem_native_kernel *kernels;
	/* Of a deferred program, what is compiled of it; there is room for one for each kernel. */
	struct tandem_compiled_program **parts;
	uint32_t part_count;
	struct tandem_native_form *forms;
	unsigned int form_count; /* of those for images */
};

static inline struct tandem_native_program *
tandem_native_program_of(struct tandem_loaded_program *base)
{
	return tandem_container_of(base, struct tandem_native_program, base);
}

/* The kernel, which is one of the program's, or a form of such, and ready. */
static inline const struct tandem_native_kernel *
tandem_native_kernel_of(struct tandem_loaded_program *base, const struct tandem_kernel_info *info)
{
	size_t index = ((uintptr_t)info - (uintptr_t)base->kernels) / sizeof(*info);

	if (index < base->kernel_count)
		return &tandem_native_program_of(base)->kernels[index];
	return &tandem_container_of(info, struct tandem_native_form, info)->kernel;
}

/* Ends all forms, which run no more. */
void tandem_native_finish_forms(struct tandem_native_program *program);

#endif
