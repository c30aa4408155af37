// SPDX-License-Identifier: MIT
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "version.h"

#define DEFAULT_DELAY_S 1.0
#define LEAST_DELAY_S	0.05
#define MOST_SECONDS	86400.0

static const struct {
	const char *name;
	char letter;
	const char *argument;
	const char *help;
} descriptions[] = {
	{ "delay", 'd', "SECONDS", "time between two views, such as 0.5; 1 without it" },
	{ "rounds", 'n', "N", "end after N views" },
	{ "batch", 'b', NULL, "plain lines, for logs; so it is where the output is no terminal" },
	{ "pid", 'p', "PID", "only this process" },
	{ "sort", 's', "KEY", "how lines are sorted: one of the keys below" },
	{ "record", 'r', "FILE", "write a trace for Perfetto to FILE instead" },
	{ "seconds", 't', "SECONDS", "end the recording, and COMMAND with it, after this time" },
	{ "tracefs", 'T', "FOLDER", "where tracefs is mounted; it is found without this" },
	{ "help", 'h', NULL, "print this text" },
	{ "version", 'V', NULL, "print the version" },
};
#define OPTION_COUNT (sizeof(descriptions) / sizeof(descriptions[0]))

static const struct {
	char key;
	const char *name;
} sorts[TOP_SORT_COUNT] = {
	[TOP_SORT_REVOCATIONS] = { 'r', "revocations" }, [TOP_SORT_GRANTS] = { 'g', "grants" },
	[TOP_SORT_HELD] = { 'h', "pages held" },	 [TOP_SORT_PROCESS] = { 'p', "process" },
	[TOP_SORT_ADDRESS] = { 'a', "address" },
};

char top_sort_key(enum top_sort sort)
{
	return sorts[sort].key;
}

const char *top_sort_name(enum top_sort sort)
{
	return sorts[sort].name;
}

bool top_sort_by_key(int key, enum top_sort *sort)
{
	for (int i = 0; i < TOP_SORT_COUNT; i++) {
		if (sorts[i].key == key) {
			*sort = (enum top_sort)i;
			return true;
		}
	}
	return false;
}

static void print_help(void)
{
	char column[64];

	printf("Usage: tandem-top [OPTION]...\n"
	       "       tandem-top [OPTION]... --record FILE [--] [COMMAND [ARGUMENT]...]\n\n"
	       "Shows which processes' memory is exclusive to which GPU, how fast GPUs are granted\n"
	       "pages and lose them, and which CPU threads take them back. With --record, writes\n"
	       "that and the kernels of COMMAND, a program that uses Tandem, as a trace that\n"
	       "ui.perfetto.dev shows. Needs root, and a kernel with drm_exclusive.\n\nOptions:\n");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		snprintf(column, sizeof(column), "--%s, -%c%s%s", descriptions[i].name,
			 descriptions[i].letter, descriptions[i].argument ? " " : "",
			 descriptions[i].argument ? descriptions[i].argument : "");
		printf("  %-22s %s\n", column, descriptions[i].help);
	}
	printf("\nKeys: q ends; lines are sorted by");
	for (int i = 0; i < TOP_SORT_COUNT; i++)
		printf("%s %s (%c)", i ? "," : "", sorts[i].name, sorts[i].key);
	printf(".\n\nExit status: 0 done; 1 it failed; 2 wrong usage; 77 nothing can be traced here;\n"
	       "of a recorded COMMAND its own, 126 where it cannot be run, 127 where it is not\n"
	       "found, 128 + N where signal N ended it.\n");
}

static bool take_seconds(const char *name, const char *text, double *seconds)
{
	char *end;

	errno = 0;
	*seconds = strtod(text, &end);
	if (!errno && end != text && !*end && isfinite(*seconds) && *seconds >= LEAST_DELAY_S &&
	    *seconds <= MOST_SECONDS)
		return true;
	fprintf(stderr, "tandem-top: --%s takes seconds from %g to %g, not '%s'\n", name,
		LEAST_DELAY_S, MOST_SECONDS, text);
	return false;
}

static bool take_number(const char *name, const char *text, int *number)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (!errno && end != text && !*end && value >= 1 && value <= 1000000000) {
		*number = (int)value;
		return true;
	}
	fprintf(stderr, "tandem-top: --%s takes a number from 1 on, not '%s'\n", name, text);
	return false;
}

static bool take_sort(const char *text, enum top_sort *sort)
{
	if (text[0] && !text[1] && top_sort_by_key(text[0], sort))
		return true;
	fprintf(stderr, "tandem-top: --sort takes one of");
	for (int i = 0; i < TOP_SORT_COUNT; i++)
		fprintf(stderr, "%s %c", i ? "," : "", sorts[i].key);
	fprintf(stderr, ", not '%s'\n", text);
	return false;
}

static bool take(int letter, struct top_options *options)
{
	int rounds;

	switch (letter) {
	case 'd':
		return take_seconds("delay", optarg, &options->delay_s);
	case 'n':
		if (!take_number("rounds", optarg, &rounds))
			return false;
		options->rounds = (unsigned int)rounds;
		return true;
	case 'b':
		options->batch = true;
		return true;
	case 'p':
		return take_number("pid", optarg, &options->pid);
	case 's':
		return take_sort(optarg, &options->sort);
	case 'r':
		options->record = optarg;
		return true;
	case 't':
		return take_seconds("seconds", optarg, &options->seconds);
	case 'T':
		options->tracefs = optarg;
		return true;
	}
	return false;
}

static bool check_together(const struct top_options *options)
{
	if (!options->record && options->command)
		fprintf(stderr, "tandem-top: '%s': a command is for --record only\n",
			options->command[0]);
	else if (!options->record && options->seconds > 0)
		fprintf(stderr, "tandem-top: --seconds is for --record only\n");
	else if (options->record && (options->rounds || options->batch))
		fprintf(stderr, "tandem-top: --record shows nothing: no --rounds, no --batch\n");
	else if (options->command && options->pid)
		fprintf(stderr, "tandem-top: --pid is for processes that run already, not for a "
				"command\n");
	else
		return true;
	return false;
}

bool top_parse_options(int argc, char **argv, struct top_options *options, int *status)
{
	struct option table[OPTION_COUNT + 1] = { 0 };
	char letters[2 * OPTION_COUNT + 2] = "+";
	size_t length = 1;
	int found;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		table[i].name = descriptions[i].name;
		table[i].has_arg = descriptions[i].argument ? required_argument : no_argument;
		table[i].val = (unsigned char)descriptions[i].letter;
		letters[length++] = descriptions[i].letter;
		if (descriptions[i].argument)
			letters[length++] = ':';
	}
	letters[length] = 0;
	*options = (struct top_options){ .delay_s = DEFAULT_DELAY_S };
	*status = TOP_EXIT_OK;
	while ((found = getopt_long(argc, argv, letters, table, NULL)) != -1) {
		if (found == 'h') {
			print_help();
			return false;
		}
		if (found == 'V') {
			printf("tandem-top " TANDEM_VERSION "\n");
			return false;
		}
		if (found == '?' || !take(found, options)) {
			*status = TOP_EXIT_USAGE;
			break;
		}
	}
	if (optind < argc)
		options->command = argv + optind;
	if (!*status && !check_together(options))
		*status = TOP_EXIT_USAGE;
	if (*status)
		fprintf(stderr, "Try 'tandem-top --help'.\n");
	return !*status;
}
