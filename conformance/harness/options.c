// SPDX-License-Identifier: MIT
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#define DEFAULT_TIMEOUT_S 60
#define DEFAULT_SEED	  1

enum option_id {
	OPTION_LIST = 256,
	OPTION_FILTER,
	OPTION_DEVICE,
	OPTION_SECONDS,
	OPTION_SAMPLE,
	OPTION_SEED,
	OPTION_JOBS,
	OPTION_TIMEOUT,
	OPTION_JSON,
	OPTION_JUNIT,
	OPTION_HTML,
	OPTION_EXPECT,
	OPTION_AGAIN,
	OPTION_RECORD,
	OPTION_HELP,
};

static const struct {
	const char *name;
	enum option_id id;
	const char *argument;
	const char *help;
} descriptions[] = {
	{ "list", OPTION_LIST, NULL, "name the cases, with what each claims, and do nothing else" },
	{ "filter", OPTION_FILTER, "GLOB",
	  "only cases whose names match, such as 'litmus_*'; several with commas" },
	{ "device", OPTION_DEVICE, "NAME",
	  "part of a device's or platform's name, an index, or 'all'; the first without it" },
	{ "seconds", OPTION_SECONDS, "S",
	  "let cases that repeat themselves go on for so long; without it a fixed number of rounds" },
	{ "sample", OPTION_SAMPLE, "N",
	  "only one in N of that number of rounds, as for emulated devices; 1 without it" },
	{ "seed", OPTION_SEED, "N", "where random choices begin; 1 without it" },
	{ "jobs", OPTION_JOBS, "N", "so many cases at a time; 1 without it" },
	{ "timeout", OPTION_TIMEOUT, "S",
	  "a case that takes longer is killed, and has failed; 60 without it" },
	{ "json", OPTION_JSON, "FILE", "write all results to FILE" },
	{ "junit", OPTION_JUNIT, "FILE", "the same in JUnit's form" },
	{ "html", OPTION_HTML, "FILE", "the same as a page to look at" },
	{ "expect", OPTION_EXPECT, "FILE", "succeed only if each case ends as FILE says" },
	{ "again", OPTION_AGAIN, "N",
	  "with --expect: run a case that ends otherwise again, alone, N times at most, until it "
	  "ends so; for implementations that fail now and then" },
	{ "record", OPTION_RECORD, "FILE", "write how each case ended, for --expect" },
	{ "help", OPTION_HELP, NULL, "print this text" },
};
#define OPTION_COUNT (sizeof(descriptions) / sizeof(descriptions[0]))

static void print_help(const char *program)
{
	char column[64];

	printf("Usage: %s [OPTION]...\n\n"
	       "Finds out what works of shared virtual memory and its atomics on an OpenCL "
	       "device.\nEach case runs in a process of its own, and checks one claim of the "
	       "specification.\n\nOptions:\n",
	       program);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		snprintf(column, sizeof(column), "--%s%s%s", descriptions[i].name,
			 descriptions[i].argument ? " " : "",
			 descriptions[i].argument ? descriptions[i].argument : "");
		printf("  %-16s %s\n", column, descriptions[i].help);
	}
	printf("\nExit status: 0 nothing failed; 1 a case failed, or differs from --expect;\n"
	       "2 wrong usage; 77 there is no device, or every case was skipped.\n");
}

static bool parse_number(const char *name, const char *text, uint64_t low, uint64_t high,
			 uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	if (!errno && end != text && !*end && text[0] != '-' && *number >= low && *number <= high)
		return true;
	fprintf(stderr, "--%s takes a number from %llu to %llu, not '%s'\n", name,
		(unsigned long long)low, (unsigned long long)high, text);
	return false;
}

static bool take_small_number(const char *name, uint64_t low, uint64_t high, unsigned int *value)
{
	uint64_t number;

	if (!parse_number(name, optarg, low, high, &number))
		return false;
	*value = (unsigned int)number;
	return true;
}

static bool take(int id, struct svm_options *options)
{
	switch (id) {
	case OPTION_LIST:
		options->list = true;
		return true;
	case OPTION_FILTER:
		options->filter = optarg;
		return true;
	case OPTION_DEVICE:
		options->device = optarg;
		return true;
	case OPTION_SECONDS:
		return take_small_number("seconds", 1, 86400, &options->seconds);
	case OPTION_SAMPLE:
		return take_small_number("sample", 1, 1000, &options->sample);
	case OPTION_SEED:
		return parse_number("seed", optarg, 0, UINT64_MAX, &options->seed);
	case OPTION_JOBS:
		return take_small_number("jobs", 1, 64, &options->jobs);
	case OPTION_TIMEOUT:
		return take_small_number("timeout", 1, 86400, &options->timeout_s);
	case OPTION_JSON:
		options->json = optarg;
		return true;
	case OPTION_JUNIT:
		options->junit = optarg;
		return true;
	case OPTION_HTML:
		options->html = optarg;
		return true;
	case OPTION_EXPECT:
		options->expect = optarg;
		return true;
	case OPTION_AGAIN:
		return take_small_number("again", 1, 100, &options->again);
	case OPTION_RECORD:
		options->record = optarg;
		return true;
	}
	return false;
}

bool svm_parse_options(int argc, char **argv, struct svm_options *options, int *status)
{
	struct option table[OPTION_COUNT + 1] = { 0 };
	int found;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		table[i].name = descriptions[i].name;
		table[i].has_arg = descriptions[i].argument ? required_argument : no_argument;
		table[i].val = (int)descriptions[i].id;
	}
	*options = (struct svm_options){
		.sample = 1, .jobs = 1, .timeout_s = DEFAULT_TIMEOUT_S, .seed = DEFAULT_SEED
	};
	*status = SVM_EXIT_USAGE;
	while ((found = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (found == OPTION_HELP) {
			print_help(argv[0]);
			*status = SVM_EXIT_PASSED;
			return false;
		}
		if (found == '?' || !take(found, options)) {
			fprintf(stderr, "Try '%s --help'.\n", argv[0]);
			return false;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "'%s' is no option.\nTry '%s --help'.\n", argv[optind], argv[0]);
		return false;
	}
	if (options->again && !options->expect) {
		fprintf(stderr, "--again needs --expect\n");
		return false;
	}
	return true;
}
