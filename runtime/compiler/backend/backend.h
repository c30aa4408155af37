// SPDX-License-Identifier: MIT
/*
 * The back end: LLVM bitcode of OpenCL C to machine code.
 *
 * It is a library of its own, libtandem-backend.so, loaded when the first program
 * has to be compiled: a process that finds its programs in the cache never loads
 * LLVM. This header is the whole interface.
 */
#ifndef TANDEM_COMPILER_BACKEND_BACKEND_H
#define TANDEM_COMPILER_BACKEND_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/text.h"

/* Threads that compile at a time, at most: each takes some tens of MiB. */
#define TANDEM_MOST_COMPILE_THREADS 16

/* Work-items of a bundle, at most. */
#define TANDEM_MOST_LANES 64

struct tandem_backend_module {
	const void *bytes;
	size_t length;
};

/* Four bytes of a kernel's argument, from @offset on, that are @value in the launches meant. */
struct tandem_backend_constant {
	uint32_t argument, offset, value;
};

struct tandem_backend_request {
	const struct tandem_backend_module *modules; /* LLVM bitcode, as clang makes for spir64 */
	unsigned int module_count;
	bool make_library; /* link the modules and stop there */
	bool optimise; /* false for -cl-opt-disable */
	bool uses_windows; /* memory is reached through windows, see windows.h */
	uint32_t max_group; /* work-items in a group, at most */
	uint32_t zeroed; /* TANDEM_ZEROED_*, see program/program.h */
	/*
	 * Work-items of a bundle, see lanes/bundles.h, whatever it costs; 1: no bundles; 0: as
	 * many as suit the processor, where that promises to be faster.
	 */
	uint32_t lanes;
	/* The only kernels that are wanted, by name; NULL: all. The result has no bitcode then. */
	const char *const *kernels;
	unsigned int kernel_count;
	/* What is known of the arguments of the only kernel: program/known_arguments.h. */
	const struct tandem_backend_constant *constants;
	unsigned int constant_count;
	/* Of many kernels make the description only; of others code for whole groups only. */
	bool may_defer, may_defer_smaller_groups; /* see program/deferral.h */
	/* Of kernels with sub-groups make code for groups with rows of every length. */
	bool takes_all_rows; /* see groups/joined_rows.h */
	/* Path to begin the names of dumped files with, or NULL. Not for a process of its own. */
	const char *dump_prefix;
};

struct tandem_backend_result {
	struct tandem_text bitcode; /* the modules, linked */
	struct tandem_text object; /* ELF relocatable object; empty for a library, or deferred */
	struct tandem_text description; /* of its kernels, see description.h */
	struct tandem_text log; /* errors and warnings, a line each */
	struct tandem_text notes; /* how kernels are run, a line each, for those who ask */
};

static inline void tandem_backend_result_finish(struct tandem_backend_result *result)
{
	tandem_text_finish(&result->bitcode);
	tandem_text_finish(&result->object);
	tandem_text_finish(&result->description);
	tandem_text_finish(&result->log);
	tandem_text_finish(&result->notes);
}

/*
 * 0, -ENOEXEC for errors in the modules or between them, with text in the log,
 * -ENOMEM. Several threads may call it at once; for very large kernels it has others help.
 */
int tandem_backend_compile(const struct tandem_backend_request *request,
			   struct tandem_backend_result *result);

#define TANDEM_BACKEND_SYMBOL "tandem_backend_compile"
typedef int (*tandem_backend_function)(const struct tandem_backend_request *request,
				       struct tandem_backend_result *result);

#endif
