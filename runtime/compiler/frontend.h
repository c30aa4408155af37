// SPDX-License-Identifier: MIT
/* The front end: clang, as a process of its own, from OpenCL C to LLVM bitcode. */
#ifndef TANDEM_COMPILER_FRONTEND_H
#define TANDEM_COMPILER_FRONTEND_H

#include "program/build_options.h"
#include "program/program.h"

struct tandem_frontend_input {
	const char *source;
	size_t length;
	const struct tandem_source_header *headers; /* that #include finds by their names */
	unsigned int header_count;
	const struct tandem_build_options *options;
	const char *features; /* names with spaces between them, see driver/features.h */
	bool has_images;
};

/* What a program was made of, besides its source and options. */
struct tandem_frontend_reading {
	struct tandem_text files; /* that were read, as a rule of make */
	bool tells_time; /* something asked for the date or the time */
};

/* The clang that is used: TANDEM_CLANG, or the one found when Tandem was built. */
const char *tandem_frontend_clang(void);

/* All that clang is told of @input but the source and the headers. */
void tandem_frontend_describe(const struct tandem_frontend_input *input, struct tandem_text *text);

/*
 * Compiles to @bitcode. -ENOEXEC where the source has errors, -ENOENT where
 * clang cannot be started, -ENOMEM, or what else went wrong with the process.
 * What clang says is added to @log in any case. Where @reading is not NULL it is
 * filled in; its text is the caller's to free.
 */
int tandem_frontend_compile(const struct tandem_frontend_input *input,
			    struct tandem_frontend_reading *reading, struct tandem_text *bitcode,
			    struct tandem_text *log);

#endif
