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

/* What to compile. Nothing of it is kept after the call. */
struct tandem_compile_input {
	enum tandem_language language;
	const char *source;
	size_t length; /* bytes */
	const struct tandem_build_options *options;
	const struct tandem_source_header *headers; /* none for SPIR-V */
	unsigned int header_count;
};

struct tandem_link_input {
	const struct tandem_binary *binaries; /* objects and libraries */
	unsigned int count;
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
