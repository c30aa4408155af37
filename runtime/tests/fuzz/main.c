// SPDX-License-Identifier: MIT
/* kernel-fuzz: random kernels on the device, against the same in C. See --help. */
#include "generate.h"
#include "print.h"
#include "session.h"

#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
	"Usage: kernel-fuzz [OPTION]...\n"
	"Makes random OpenCL C programs, runs each with and without optimisation and as C, and\n"
	"compares what they leave in memory.\n\n"
	"  --seed N        first program (1)\n"
	"  --count N       how many (200)\n"
	"  --class NAME    only statements of this class, and of others that are named so\n"
	"  --without NAME  none of this class\n"
	"  --jobs N        batches at a time (processors)\n"
	"  --batch N       programs in a batch (16)\n"
	"  --reduce N      reduce as many failures at most (3)\n"
	"  --tries N       for each of these, smaller programs to try at most (600)\n"
	"  --seconds N     what a program may take by itself (20)\n"
	"  --keep DIR      write the sources of failures there\n"
	"  --list          print the classes\n"
	"  --print SEED    print a program, as OpenCL C and as C, and end\n"
	"  --help          print this\n\n"
	"The last line counts the programs. Ends with 0 where none failed, 77 without a device.\n";

static uint64_t class_of(const char *name)
{
	for (int i = 0; i < CLASS_COUNT; i++) {
		if (!strcmp(name, class_names[i]))
			return 1ull << i;
	}
	fprintf(stderr, "kernel-fuzz: there is no class %s; --list names them\n", name);
	exit(2);
}

static uint64_t number_of(const char *text, uint64_t least, uint64_t most)
{
	char *end;
	uint64_t number = strtoull(text, &end, 0);

	if (!*text || *end || number < least || number > most) {
		fprintf(stderr, "kernel-fuzz: %s is not a number from %" PRIu64 " to %" PRIu64 "\n",
			text, least, most);
		exit(2);
	}
	return number;
}

static enum plant plant_of(const char *name)
{
	static const char *const names[PLANT_COUNT] = { "nothing", "difference", "crash", "hang",
							"refusal" };

	for (int i = 0; i < PLANT_COUNT; i++) {
		if (!strcmp(name, names[i]))
			return (enum plant)i;
	}
	exit(2);
}

static void print_launches(FILE *file, const struct program *program)
{
	fprintf(file, "// classes:");
	for (int i = 0; i < CLASS_COUNT; i++) {
		if (program->classes >> i & 1)
			fprintf(file, " %s", class_names[i]);
	}
	fprintf(file, "\n");
	for (int i = 0; i < program->launches; i++) {
		const struct launch *launch = &program->launch[i];

		fprintf(file, "// launch %d: %u dimensions, global %zu %zu %zu,", i,
			program->dimensions, launch->global[0], launch->global[1],
			launch->global[2]);
		if (program->chosen_groups)
			fprintf(file, " no local size");
		else
			fprintf(file, " local %zu %zu %zu", launch->local[0], launch->local[1],
				launch->local[2]);
		if (program->offsets)
			fprintf(file, ", offset %zu %zu %zu", launch->offset[0], launch->offset[1],
				launch->offset[2]);
		for (int j = 0; j < program->variables; j++) {
			if (program->variable[j].used && program->variable[j].role == ROLE_ARGUMENT)
				fprintf(file, ", n%d = %" PRId64, j,
					program->variable[j].values[i]);
		}
		fprintf(file, "\n");
	}
}

static char *text_of(struct program *program, enum dialect dialect)
{
	struct source *source = source_create(dialect);

	if (!source)
		return NULL;
	source_add(source, program, false);
	return source_finish(source);
}

static int print_program(FILE *file, struct program *program, bool reference)
{
	char *opencl = text_of(program, DIALECT_OPENCL);
	char *c = reference ? text_of(program, DIALECT_REFERENCE) : NULL;

	if (opencl) {
		print_launches(file, program);
		fprintf(file, "%s", opencl);
	}
	if (c)
		fprintf(file, "\n// ---- reference\n%s", c);
	free(opencl);
	free(c);
	return 0;
}

static void keep_program(const struct settings *settings, struct program *program, const char *what)
{
	char name[512];
	FILE *file;

	if (!settings->keep)
		return;
	snprintf(name, sizeof(name), "%s/%" PRIu64 "%s.cl", settings->keep, program->seed, what);
	file = fopen(name, "w");
	if (!file) {
		perror(name);
		return;
	}
	print_program(file, program, false);
	fclose(file);
}

static const char *const outcome_names[OUTCOME_COUNT] = { [OUTCOME_DIFFERS] = "differs",
							  [OUTCOME_CRASHES] = "crashes",
							  [OUTCOME_HANGS] = "hangs",
							  [OUTCOME_NOT_BUILT] = "is not built" };

static void print_failure(const struct settings *settings, const struct failure *failure,
			  bool reduce)
{
	struct program *program = generate(failure->seed, settings->classes);
	const struct report *report = &failure->report;
	struct report seen = *report;

	if (!program)
		return;
	program_mark_used(program);
	printf("program %" PRIu64 " %s with %s, launch %d", failure->seed,
	       outcome_names[report->outcome], option_texts[report->options], report->launch);
	if (report->outcome == OUTCOME_DIFFERS)
		printf(": element %" PRIu64 " of array %d: expected %s, seen %s", report->element,
		       report->array, report->expected, report->seen);
	else if (report->outcome == OUTCOME_CRASHES)
		printf(": %s %d", report->signal < 0 ? "exit code" : "signal", abs(report->signal));
	printf("\n");
	fflush(stdout);
	keep_program(settings, program, "");
	if (reduce) {
		reduce_program(program, settings, report);
		if (reduce_fails_alike(program, settings, report, &seen) &&
		    seen.outcome == OUTCOME_DIFFERS)
			printf("reduced: launch %d, element %" PRIu64
			       " of array %d: expected %s, seen %s\n",
			       seen.launch, seen.element, seen.array, seen.expected, seen.seen);
		print_program(stdout, program, false);
		keep_program(settings, program, "-reduced");
	}
	fflush(stdout);
	program_destroy(program);
}

/* The batches' processes end with this one, and their files are unlinked while in use. */
static void end_session(int signal)
{
	rmdir(run_folder);
	_exit(128 + signal);
}

/* What the command line asks for beside settings. */
struct selection {
	uint64_t with, without; /* classes */
	uint64_t print; /* a program's seed */
	bool prints;
};

/* Ends the program where @option tells to, or where it is none. */
static void take_option(int option, struct settings *settings, struct selection *selection)
{
	switch (option) {
	case 's':
		settings->first = number_of(optarg, 0, UINT64_MAX);
		break;
	case 'c':
		settings->count = number_of(optarg, 1, UINT32_MAX);
		break;
	case 'C':
		selection->with |= class_of(optarg);
		break;
	case 'W':
		selection->without |= class_of(optarg);
		break;
	case 'j':
		settings->jobs = (int)number_of(optarg, 1, 64);
		break;
	case 'b':
		settings->per_batch = (int)number_of(optarg, 1, MOST_PROGRAMS);
		break;
	case 'r':
		settings->reduce = (int)number_of(optarg, 0, 100000);
		break;
	case 't':
		settings->tries = (int)number_of(optarg, 1, 1000000);
		break;
	case 'S':
		settings->seconds = (int)number_of(optarg, 1, 3600);
		break;
	case 'k':
		settings->keep = optarg;
		break;
	case 'l':
		for (int i = 0; i < CLASS_COUNT; i++)
			printf("%s\n", class_names[i]);
		exit(0);
	case 'p':
		selection->print = number_of(optarg, 0, UINT64_MAX);
		selection->prints = true;
		break;
	case 'P':
		settings->plant = plant_of(optarg);
		break;
	case 'h':
		printf("%s", help);
		exit(0);
	default:
		exit(2);
	}
}

static _Noreturn void print_and_exit(uint64_t seed, uint64_t classes)
{
	struct program *program = generate(seed, classes);

	if (program)
		print_program(stdout, program, true);
	program_destroy(program);
	exit(program ? 0 : 1);
}

static int parse(int argc, char **argv, struct settings *settings)
{
	static const struct option options[] = {
		{ "seed", 1, NULL, 's' },    { "count", 1, NULL, 'c' }, { "class", 1, NULL, 'C' },
		{ "without", 1, NULL, 'W' }, { "jobs", 1, NULL, 'j' },	{ "batch", 1, NULL, 'b' },
		{ "reduce", 1, NULL, 'r' },  { "tries", 1, NULL, 't' }, { "seconds", 1, NULL, 'S' },
		{ "keep", 1, NULL, 'k' },    { "list", 0, NULL, 'l' },	{ "print", 1, NULL, 'p' },
		{ "help", 0, NULL, 'h' },    { "plant", 1, NULL, 'P' }, { NULL, 0, NULL, 0 }
	};
	struct selection selection = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		take_option(option, settings, &selection);
	settings->classes = (selection.with ? selection.with : CLASS_ALL) & ~selection.without;
	if (!settings->classes || optind < argc) {
		fprintf(stderr, "%s", help);
		exit(2);
	}
	if (selection.prints)
		print_and_exit(selection.print, settings->classes);
	return 0;
}

static int finish(const struct session *session, int error)
{
	const uint64_t *counts = session->counts;
	uint64_t failed = counts[OUTCOME_DIFFERS] + counts[OUTCOME_CRASHES] +
			  counts[OUTCOME_HANGS] + counts[OUTCOME_NOT_BUILT];
	uint64_t all = failed + counts[OUTCOME_RIGHT] + counts[OUTCOME_INVALID];

	if (counts[OUTCOME_SKIPPED]) {
		printf("skipped: there is no OpenCL device\n");
		return 77;
	}
	printf("%" PRIu64 " programs: %" PRIu64 " differ, %" PRIu64 " crash, %" PRIu64
	       " hang, %" PRIu64 " not built, %" PRIu64 " invalid\n",
	       all, counts[OUTCOME_DIFFERS], counts[OUTCOME_CRASHES], counts[OUTCOME_HANGS],
	       counts[OUTCOME_NOT_BUILT], counts[OUTCOME_INVALID]);
	/* What makes mostly programs that mean nothing tests nothing. */
	if (error || failed || all != session->settings->count ||
	    counts[OUTCOME_INVALID] * 10 > all)
		return 1;
	return 0;
}

int main(int argc, char **argv)
{
	struct settings settings = { .first = 1,
				     .count = 200,
				     .classes = CLASS_ALL,
				     .per_batch = 16,
				     .reduce = 3,
				     .tries = 600,
				     .seconds = 20 };
	struct session session = { .settings = &settings };
	const char *temporary = getenv("TMPDIR");
	int error, code;

	settings.jobs = (int)sysconf(_SC_NPROCESSORS_ONLN);
	settings.jobs = settings.jobs < 1 ? 1 : settings.jobs > 64 ? 64 : settings.jobs;
	parse(argc, argv, &settings);
	if (access(FUZZ_CC, X_OK)) {
		printf("skipped: there is no C compiler %s\n", FUZZ_CC);
		return 77;
	}
	setenv("TANDEM_CACHE_DIR", "", 1);
	snprintf(run_folder, sizeof(run_folder), "%s/kernel-fuzz-XXXXXX",
		 temporary && strlen(temporary) < 200 ? temporary : "/tmp");
	if (!mkdtemp(run_folder)) {
		perror(run_folder);
		return 1;
	}
	signal(SIGINT, end_session);
	signal(SIGTERM, end_session);
	error = session_run(&session);
	if (error)
		fprintf(stderr, "kernel-fuzz: %s\n", strerror(-error));
	for (size_t i = 0; i < session.failure_count; i++)
		print_failure(&settings, &session.failures[i], (int)i < settings.reduce);
	code = finish(&session, error);
	free(session.failures);
	rmdir(run_folder);
	return code;
}
