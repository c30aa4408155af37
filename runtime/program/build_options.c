// SPDX-License-Identifier: MIT
#include "build_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum {
	FOR_COMPILER = 1,
	FOR_LINKER = 2,
	FOR_BOTH = FOR_COMPILER | FOR_LINKER,
};

enum form {
	ALONE,
	WITH_VALUE, /* in the same word or in the next */
	WITH_STANDARD, /* -cl-std= and its value */
	WITH_LANGUAGE, /* -x and a language, in the same word or in the next */
};

enum meaning {
	AS_IT_STANDS, /* for the compiler */
	NOTHING, /* the default, or without a meaning here */
	STANDARD,
	NO_WARNINGS,
	WARNINGS_ARE_ERRORS,
	ARGUMENT_INFORMATION,
	NO_OPTIMISATION,
	STRICT_ALIASING,
	LIBRARY,
	LINK_OPTIONS,
};

static const struct option {
	const char *name;
	unsigned int steps;
	enum form form;
	enum meaning meaning;
} options_table[] = {
	{ "-D", FOR_COMPILER, WITH_VALUE, AS_IT_STANDS },
	{ "-U", FOR_COMPILER, WITH_VALUE, AS_IT_STANDS },
	{ "-I", FOR_COMPILER, WITH_VALUE, AS_IT_STANDS },
	{ "-w", FOR_COMPILER, ALONE, NO_WARNINGS },
	{ "-Werror", FOR_COMPILER, ALONE, WARNINGS_ARE_ERRORS },
	{ "-g", FOR_COMPILER, ALONE, NOTHING },
	{ "-x", FOR_COMPILER, WITH_LANGUAGE, NOTHING },
	{ "-cl-std=", FOR_COMPILER, WITH_STANDARD, STANDARD },
	{ "-cl-kernel-arg-info", FOR_COMPILER, ALONE, ARGUMENT_INFORMATION },
	{ "-cl-opt-disable", FOR_COMPILER, ALONE, NO_OPTIMISATION },
	{ "-cl-single-precision-constant", FOR_COMPILER, ALONE, AS_IT_STANDS },
	{ "-cl-fp32-correctly-rounded-divide-sqrt", FOR_COMPILER, ALONE, AS_IT_STANDS },
	{ "-cl-uniform-work-group-size", FOR_COMPILER, ALONE, AS_IT_STANDS },
	{ "-cl-strict-aliasing", FOR_COMPILER, ALONE, STRICT_ALIASING },
	{ "-cl-no-subgroup-ifp", FOR_BOTH, ALONE, NOTHING },
	{ "-cl-denorms-are-zero", FOR_BOTH, ALONE, AS_IT_STANDS },
	{ "-cl-mad-enable", FOR_BOTH, ALONE, AS_IT_STANDS },
	{ "-cl-no-signed-zeros", FOR_BOTH, ALONE, AS_IT_STANDS },
	{ "-cl-unsafe-math-optimizations", FOR_BOTH, ALONE, AS_IT_STANDS },
	{ "-cl-finite-math-only", FOR_BOTH, ALONE, AS_IT_STANDS },
	{ "-cl-fast-relaxed-math", FOR_BOTH, ALONE, AS_IT_STANDS },
	{ "-create-library", FOR_LINKER, ALONE, LIBRARY },
	{ "-enable-link-options", FOR_LINKER, ALONE, LINK_OPTIONS },
};

/*
 * The standards that -cl-std takes. CL2.0 and its like are not among what the
 * device reports, since it lacks some of their features; programs that use the
 * others get what they ask for.
 */
static const char *const standards[] = { "CL1.0", "CL1.1", "CL1.2",    "CL2.0",	   "CL3.0",
					 "CL3.1", "CLC++", "CLC++1.0", "CLC++2021" };

static bool is_standard(const char *name)
{
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(standards); i++) {
		if (!strcmp(standards[i], name))
			return true;
	}
	return false;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * Cuts the next word off *@text, in place: spaces separate words, quotes and
 * backslashes keep them together. NULL at the end.
 */
static char *next_word(char **text)
{
	char *from = *text, *word, *to, quote = 0;

	while (is_space(*from))
		from++;
	if (!*from)
		return NULL;
	word = to = from;
	for (; *from && (quote || !is_space(*from)); from++) {
		if (*from == '\\' && from[1] &&
		    (from[1] == '"' || from[1] == '\\' || from[1] == ' ')) {
			*to++ = *++from;
		} else if (quote ? *from == quote : *from == '"' || *from == '\'') {
			quote = quote ? 0 : *from;
		} else {
			*to++ = *from;
		}
	}
	*text = *from ? from + 1 : from;
	*to = 0;
	return word;
}

static const struct option *find_option(const char *word)
{
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(options_table); i++) {
		const struct option *option = &options_table[i];
		size_t length = strlen(option->name);

		if (option->form == ALONE ? !strcmp(word, option->name) :
					    !strncmp(word, option->name, length))
			return option;
	}
	return NULL;
}

static void add_argument(struct tandem_build_options *parsed, const char *name, const char *value)
{
	parsed->arguments[parsed->argument_count++] = (struct tandem_build_argument){ name, value };
}

/* The value of @word in the next word; NULL with a line in @log where there is none. */
static const char *next_value(char **rest, const char *word, struct tandem_text *log)
{
	const char *value = next_word(rest);

	if (!value)
		tandem_text_print(log, "error: option '%s' has no value\n", word);
	return value;
}

/* C++ for OpenCL has versions of its own for -cl-std; OpenCL C is what there is anyway. */
static int use_language(struct tandem_build_options *parsed, const char *word, const char *value,
			char **rest, struct tandem_text *log)
{
	if (!*value)
		value = next_value(rest, word, log);
	if (!value)
		return -EINVAL;
	if (!strcmp(value, "clc++") || !strcmp(value, "clcpp")) {
		parsed->standard = "CLC++";
	} else if (strcmp(value, "cl")) {
		tandem_text_print(log, "error: '-x %s': there is no such language here\n", value);
		return -EINVAL;
	}
	return 0;
}

/* What an option without a value of its own says. */
static void note(struct tandem_build_options *parsed, const struct option *option)
{
	switch (option->meaning) {
	case AS_IT_STANDS:
		add_argument(parsed, option->name, "");
		break;
	case NO_WARNINGS:
		parsed->no_warnings = true;
		break;
	case WARNINGS_ARE_ERRORS:
		parsed->warnings_are_errors = true;
		break;
	case ARGUMENT_INFORMATION:
		parsed->argument_information = true;
		break;
	case NO_OPTIMISATION:
		parsed->optimise = false;
		break;
	case STRICT_ALIASING:
		parsed->strict_aliasing = true;
		break;
	case LIBRARY:
		parsed->make_library = true;
		break;
	case LINK_OPTIONS:
		parsed->link_options = true;
		break;
	default:
		break;
	}
}

static int use_option(struct tandem_build_options *parsed, const struct option *option, char *word,
		      char **rest, struct tandem_text *log)
{
	const char *value = word + strlen(option->name);

	switch (option->form) {
	case WITH_LANGUAGE:
		return use_language(parsed, word, value, rest, log);
	case WITH_STANDARD:
		if (!is_standard(value)) {
			tandem_text_print(
				log, "error: '%s': there is no such version of OpenCL C here\n",
				word);
			return -EINVAL;
		}
		parsed->standard = value;
		return 0;
	case WITH_VALUE:
		if (!*value)
			value = next_value(rest, word, log);
		if (!value)
			return -EINVAL;
		add_argument(parsed, option->name, value);
		return 0;
	default:
		note(parsed, option);
		return 0;
	}
}

static int parse(struct tandem_build_options *parsed, unsigned int steps, struct tandem_text *log)
{
	char *rest = parsed->words, *word;

	while ((word = next_word(&rest))) {
		const struct option *option = find_option(word);
		int error;

		if (!option) {
			tandem_text_print(log, "error: unknown option '%s'\n", word);
			return -EINVAL;
		}
		if (!(option->steps & steps)) {
			tandem_text_print(log, "error: option '%s' is not for this step\n", word);
			return -EINVAL;
		}
		error = use_option(parsed, option, word, &rest, log);
		if (error)
			return error;
	}
	if (parsed->link_options && !parsed->make_library) {
		tandem_text_print(log, "error: '-enable-link-options' is for libraries\n");
		return -EINVAL;
	}
	return 0;
}

int tandem_build_options_parse(struct tandem_build_options *parsed, const char *options,
			       enum tandem_build_step step, struct tandem_text *log)
{
	unsigned int steps = step == TANDEM_STEP_LINK ? FOR_LINKER : FOR_COMPILER;

	*parsed = (struct tandem_build_options){ .optimise = true };
	parsed->words = strdup(options);
	/* No word is shorter than one character and the space behind it. */
	parsed->arguments = tandem_new_array(parsed->arguments, strlen(options) / 2 + 2);
	if (!parsed->words || !parsed->arguments)
		return -ENOMEM;
	return parse(parsed, steps, log);
}

void tandem_build_options_finish(struct tandem_build_options *parsed)
{
	free(parsed->arguments);
	free(parsed->words);
	*parsed = (struct tandem_build_options){ 0 };
}
