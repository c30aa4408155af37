// SPDX-License-Identifier: MIT
/* The command line. */
#include "common.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OPTIONS 32

static void print_help(FILE *stream, const char *program, const char *summary, const char *operands,
		       const struct sample_option *options)
{
	char column[64];

	fprintf(stream, "Usage: %s [OPTION]...%s%s\n\n%s\n\nOptions:\n", program,
		operands[0] ? " " : "", operands, summary);
	for (; options->kind != SAMPLE_OPTION_END; options++) {
		if (!options->help)
			continue;
		snprintf(column, sizeof(column), "--%s%s%s", options->name,
			 options->argument ? " " : "", options->argument ? options->argument : "");
		fprintf(stream, "  %-20s %s\n", column, options->help);
	}
	fprintf(stream, "  %-20s %s\n", "--help", "print this text");
}

static bool parse_number(const struct sample_option *option, const char *text)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || end == text || *end || text[0] == '-' || number < option->minimum ||
	    number > option->maximum) {
		fprintf(stderr, "--%s takes a number from %u to %u, not '%s'\n", option->name,
			option->minimum, option->maximum, text);
		return false;
	}
	*(unsigned int *)option->value = (unsigned int)number;
	return true;
}

static bool take_option(const struct sample_option *option, char *argument)
{
	switch (option->kind) {
	case SAMPLE_OPTION_FLAG:
		*(bool *)option->value = true;
		return true;
	case SAMPLE_OPTION_TEXT:
		*(const char **)option->value = argument;
		return true;
	case SAMPLE_OPTION_NUMBER:
		return parse_number(option, argument);
	case SAMPLE_OPTION_END:
		break;
	}
	return false;
}

bool sample_parse_options(int argc, char **argv, const char *summary, const char *operands,
			  const struct sample_option *options, int *first_operand, int *status)
{
	struct option table[MAX_OPTIONS + 2] = { 0 };
	const char *slash = strrchr(argv[0], '/');
	const char *program = slash ? slash + 1 : argv[0];
	int count, found;

	for (count = 0; count < MAX_OPTIONS && options[count].kind != SAMPLE_OPTION_END; count++) {
		table[count].name = options[count].name;
		table[count].has_arg =
			options[count].kind == SAMPLE_OPTION_FLAG ? no_argument : required_argument;
		table[count].val = count;
	}
	table[count].name = "help";
	table[count].val = count;

	*status = SAMPLE_USAGE;
	while ((found = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (found == count) {
			print_help(stdout, program, summary, operands, options);
			*status = SAMPLE_OK;
			return false;
		}
		/* On '?' getopt has said what is wrong. */
		if (found > count || !take_option(&options[found], optarg)) {
			fprintf(stderr, "Try '%s --help'.\n", program);
			return false;
		}
	}
	if (optind < argc && !operands[0]) {
		fprintf(stderr, "'%s' is no option.\nTry '%s --help'.\n", argv[optind], program);
		return false;
	}
	if (first_operand)
		*first_operand = optind;
	*status = SAMPLE_OK;
	return true;
}
