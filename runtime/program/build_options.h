// SPDX-License-Identifier: MIT
/*
 * The options of clBuildProgram, clCompileProgram and clLinkProgram: which there
 * are, and what they mean. They are taken apart once, by core; compilers and drivers
 * get what came of it.
 */
#ifndef TANDEM_PROGRAM_BUILD_OPTIONS_H
#define TANDEM_PROGRAM_BUILD_OPTIONS_H

#include <stdbool.h>

#include "util/text.h"

/* Which of the calls a string of options is for: they allow different ones. */
enum tandem_build_step {
	TANDEM_STEP_BUILD, /* compiles and links, but makes no library */
	TANDEM_STEP_COMPILE,
	TANDEM_STEP_LINK,
};

/* An option that compilers understand as it stands. */
struct tandem_build_argument {
	const char *name;
	const char *value; /* of -D, -U and -I; "" for others */
};

/* A string of options, taken apart. */
struct tandem_build_options {
	struct tandem_build_argument *arguments; /* beside those below, in their order */
	unsigned int argument_count;
	const char *standard; /* -cl-std, the last one; NULL without */
	bool no_warnings; /* -w */
	bool warnings_are_errors; /* -Werror */
	bool argument_information; /* -cl-kernel-arg-info */
	bool optimise; /* not -cl-opt-disable */
	bool strict_aliasing; /* -cl-strict-aliasing */
	bool make_library; /* -create-library */
	bool link_options; /* -enable-link-options */
	char *words; /* what the strings point into */
};

/*
 * Takes @options apart. -EINVAL with a line in @log for an option that does not
 * exist or does not belong to @step, -ENOMEM. Freed by
 * tandem_build_options_finish in any case.
 */
int tandem_build_options_parse(struct tandem_build_options *parsed, const char *options,
			       enum tandem_build_step step, struct tandem_text *log);
void tandem_build_options_finish(struct tandem_build_options *parsed);

#endif
