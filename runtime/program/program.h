// SPDX-License-Identifier: MIT
/* Programs: what they are compiled and linked from, and what there is once one is loaded. */
#ifndef TANDEM_PROGRAM_PROGRAM_H
#define TANDEM_PROGRAM_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "binary.h"
#include "build_options.h"
#include "kernel_info.h"

struct tandem_source_header {
	const char *name; /* as #include gives it */
	const char *text;
	size_t length;
};

enum tandem_language {
	TANDEM_OPENCL_C,
	TANDEM_SPIRV, /* the words of a module as tandem_spirv_read has them, see spirv.h */
};

/*
 * Memory of a program's kernels that reads as zero where they have not written to it: a set,
 * with the bits of CL_CONTEXT_MEMORY_INITIALIZE_*_KHR, which not all headers have.
 */
enum tandem_zeroed {
	TANDEM_ZEROED_LOCAL = 1 << 0,
	TANDEM_ZEROED_PRIVATE = 1 << 1,
};

/* What to compile. Nothing of it is kept after the call. */
struct tandem_compile_input {
	enum tandem_language language;
	const char *source;
	size_t length; /* bytes */
	const struct tandem_build_options *options;
	const struct tandem_source_header *headers; /* none for SPIR-V */
	unsigned int header_count;
	unsigned int zeroed; /* TANDEM_ZEROED_*, for build: objects are for any */
};

struct tandem_link_input {
	const struct tandem_binary *binaries; /* objects and libraries */
	unsigned int count;
	unsigned int zeroed; /* TANDEM_ZEROED_* */
	const struct tandem_build_options *options; /* make_library says what it is to be */
};

/* A program made ready to run on one device. Drivers embed it. */
struct tandem_loaded_program {
	uint32_t kernel_count;
	const struct tandem_kernel_info *kernels;
	uint64_t global_variable_bytes;
};

/* The index of the kernel @name in @program, or -1. */
int tandem_loaded_program_find(const struct tandem_loaded_program *program, const char *name);

#endif
