// SPDX-License-Identifier: MIT
/*
 * The options of clBuildProgram, clCompileProgram and clLinkProgram: which there
 * are, and what they mean for clang and for the back end.
 */
#ifndef TANDEM_COMPILER_BUILD_OPTIONS_H
#define TANDEM_COMPILER_BUILD_OPTIONS_H

#include <stdbool.h>

#include "util/text.h"

enum tandem_build_step {
	TANDEM_STEP_BUILD,
	TANDEM_STEP_COMPILE,
	TANDEM_STEP_LINK,
};

/* A string of options, taken apart. */
struct tandem_build_options {
	char **arguments; /* for clang, NULL at the end */
	unsigned int argument_count;
	bool optimise; /* not -cl-opt-disable */
	bool strict_aliasing; /* -cl-strict-aliasing */
	bool make_library; /* -create-library */
	bool link_options; /* -enable-link-options */
	char *words; /* what arguments point into */
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
