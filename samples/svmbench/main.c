// SPDX-License-Identifier: MIT
/*
 * svmbench: figures for any OpenCL implementation, alone or side by side with another.
 *
 * All benchmarks take turns: a round runs each of them once, and a comparison runs each
 * on A and on B before it goes on, with the other one first in the next round. What
 * disturbs the machine for a moment, or slows it down as it gets warm, so meets all alike.
 */
#include "report.h"
#include "worker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUMMARY                                                                               \
	"Measures the OpenCL implementation that the loader gives (OCL_ICD_VENDORS chooses\n" \
	"one), and verifies what it computes. With --compare A.icd B.icd, measures two in\n"  \
	"turn and prints how many times faster A is (above 1: A is better).\n"                \
	"\n"                                                                                  \
	"Exit status: 0 all measured, 1 a benchmark failed, 2 wrong usage, 77 nothing that\n" \
	"the device supports."

struct options {
	struct side_options side;
	const char *filter, *json, *build_unique, *worker;
	unsigned int build_child;
	bool list, compare, selftest;
};

static volatile sig_atomic_t interrupted;

static void note_signal(int signal_number)
{
	interrupted = signal_number;
}

static void catch_signals(void)
{
	/* Without SA_RESTART: a wait for a worker must end. */
	struct sigaction action = { .sa_handler = note_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* --- a directory for caches that is gone afterwards --- */

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	remove(path);
	return 0;
}

static void remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static bool make_scratch(char *path, size_t path_bytes)
{
	const char *parent = getenv("TMPDIR");

	snprintf(path, path_bytes, "%.180s/svmbench-XXXXXX", parent && parent[0] ? parent : "/tmp");
	if (mkdtemp(path))
		return true;
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return false;
}

/* --- the run --- */

static bool select_benches(struct run *run, const struct options *options)
{
	const struct bench *bench;
	size_t chosen = 0, i;

	run->selected = calloc(bench_count(), sizeof(*run->selected));
	if (!run->selected) {
		fprintf(stderr, "No memory\n");
		return false;
	}
	for (i = 0; (bench = bench_at(i)); i++) {
		run->selected[i] = bench_is_selftest(bench) == options->selftest &&
				   (!options->filter || !fnmatch(options->filter, bench->name, 0));
		chosen += run->selected[i];
	}
	if (!chosen)
		fprintf(stderr, "No benchmark is called '%s'; --list names them.\n",
			options->filter ? options->filter : "");
	return chosen;
}

static void list_benches(const struct run *run)
{
	const struct bench *bench;
	size_t i;

	for (i = 0; (bench = bench_at(i)); i++) {
		if (run->selected[i])
			printf("%-25s %-5s %s\n", bench->name, bench_unit_name(bench->unit),
			       bench->summary);
	}
}

static void measure(struct run *run)
{
	const struct bench *bench;
	unsigned int round, turn;
	size_t i;

	for (round = 0; round < run->rounds; round++) {
		for (i = 0; (bench = bench_at(i)); i++) {
			if (!run->selected[i])
				continue;
			sample_progress("round %u of %u: %s", round + 1, run->rounds, bench->name);
			for (turn = 0; turn < run->side_count; turn++) {
				if (!side_run(&run->sides[(turn + round) % run->side_count], i) ||
				    interrupted)
					return;
			}
		}
	}
}

static int write_json(const struct run *run, const char *path)
{
	FILE *stream = fopen(path, "w");
	bool failed;

	if (!stream) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return SAMPLE_FAILED;
	}
	report_json(run, stream);
	failed = ferror(stream);
	if (fclose(stream) || failed) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return SAMPLE_FAILED;
	}
	return SAMPLE_OK;
}

static int report(const struct run *run, const struct options *options)
{
	int status = report_status(run);

	report_table(run);
	if (options->json && write_json(run, options->json))
		return SAMPLE_FAILED;
	return status;
}

/* @vendor_files: one for each side, or NULL where the environment decides. */
static int run_sides(struct run *run, const struct options *options, char *const *vendor_files)
{
	char scratch[200], side_dir[220];
	unsigned int started;
	int status = SAMPLE_OK;

	if (!make_scratch(scratch, sizeof(scratch)))
		return SAMPLE_FAILED;
	catch_signals();
	for (started = 0; started < run->side_count && !status; started++) {
		snprintf(side_dir, sizeof(side_dir), "%s/%c", scratch, "AB"[started]);
		if (mkdir(side_dir, 0700)) {
			fprintf(stderr, "%s: %s\n", side_dir, strerror(errno));
			status = SAMPLE_FAILED;
			break;
		}
		status = side_init(&run->sides[started], &options->side,
				   vendor_files ? vendor_files[started] : NULL, side_dir);
	}
	if (!status) {
		measure(run);
		sample_progress_end();
		if (!interrupted)
			status = report(run, options);
	}
	while (started--)
		side_finish(&run->sides[started]);
	remove_tree(scratch);
	return interrupted ? 128 + interrupted : status;
}

/* --- usage --- */

static bool resolve_vendor_files(char **operands, int count, char **resolved)
{
	int i;

	if (count != 2) {
		fprintf(stderr, "--compare takes two vendor files, not %d\n", count);
		return false;
	}
	for (i = 0; i < count; i++) {
		resolved[i] = realpath(operands[i], NULL);
		if (!resolved[i] || access(resolved[i], R_OK)) {
			fprintf(stderr, "%s: %s\n", operands[i], strerror(errno));
			return false;
		}
	}
	return true;
}

static int run_user_command(struct options *options, char **operands, int operand_count)
{
	struct run run = { .side_count = 1,
			   .rounds = options->side.rounds,
			   .measure_ms = options->side.measure_ms };
	char *vendor_files[2] = { NULL, NULL };
	int status = SAMPLE_USAGE;

	if (operand_count && !options->compare) {
		fprintf(stderr, "'%s' is no option; see --help.\n", operands[0]);
		return SAMPLE_USAGE;
	}
	if (!select_benches(&run, options))
		goto out;
	if (options->list) {
		list_benches(&run);
		status = SAMPLE_OK;
		goto out;
	}
	if (options->compare) {
		run.side_count = 2;
		if (!resolve_vendor_files(operands, operand_count, vendor_files))
			goto out;
	}
	status = run_sides(&run, options, options->compare ? vendor_files : NULL);
out:
	free(vendor_files[0]);
	free(vendor_files[1]);
	free(run.selected);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = { .side = { .rounds = 7, .measure_ms = 60, .timeout_s = 120 } };
	const struct sample_option table[] = {
		{ "list", SAMPLE_OPTION_FLAG, &options.list, 0, 0, NULL,
		  "name the benchmarks and do nothing else" },
		{ "filter", SAMPLE_OPTION_TEXT, &options.filter, 0, 0, "GLOB",
		  "only benchmarks whose names match, such as 'launch-*'" },
		{ "compare", SAMPLE_OPTION_FLAG, &options.compare, 0, 0, NULL,
		  "measure the two vendor files A.icd and B.icd" },
		{ "device", SAMPLE_OPTION_TEXT, &options.side.wanted_device, 0, 0, "NAME",
		  "part of a device's or platform's name, or an index" },
		{ "rounds", SAMPLE_OPTION_NUMBER, &options.side.rounds, 1, 10000, "N",
		  "how often each benchmark runs (default 7)" },
		{ "measure-ms", SAMPLE_OPTION_NUMBER, &options.side.measure_ms, 1, 10000, "MS",
		  "how long each shall run in a round (default 60)" },
		{ "timeout", SAMPLE_OPTION_NUMBER, &options.side.timeout_s, 1, 3600, "S",
		  "give up a benchmark that takes longer (default 120)" },
		{ "json", SAMPLE_OPTION_TEXT, &options.json, 0, 0, "FILE",
		  "write all figures to FILE" },
		{ "selftest", SAMPLE_OPTION_FLAG, &options.selftest, 0, 0, NULL, NULL },
		{ "worker", SAMPLE_OPTION_TEXT, &options.worker, 0, 0, NULL, NULL },
		{ "build-child", SAMPLE_OPTION_NUMBER, &options.build_child, 1, 2, NULL, NULL },
		{ "unique", SAMPLE_OPTION_TEXT, &options.build_unique, 0, 0, NULL, NULL },
		{ .kind = SAMPLE_OPTION_END },
	};
	int first_operand, status;

	if (!sample_parse_options(argc, argv, SUMMARY, "[--compare A.icd B.icd]", table,
				  &first_operand, &status))
		return status;
	if (options.worker) {
		process_child_init();
		return worker_main(options.side.wanted_device, options.worker,
				   options.side.measure_ms * 1000000ull);
	}
	if (options.build_child && options.build_unique) {
		process_child_init();
		return bench_build_child(options.side.wanted_device, options.build_child,
					 options.build_unique, PROCESS_CHILD_FD);
	}
	return run_user_command(&options, argv + first_operand, argc - first_operand);
}
