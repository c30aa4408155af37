// SPDX-License-Identifier: MIT
/* What a person sees while and after the cases run. */
#include <string.h>
#include <unistd.h>

#include "harness.h"

static unsigned int total_count;
static bool on_terminal;

const char *svm_status_name(enum svm_status status)
{
	switch (status) {
	case SVM_STATUS_PASS:
		return "pass";
	case SVM_STATUS_FAIL:
		return "fail";
	case SVM_STATUS_SKIP:
		return "skip";
	case SVM_STATUS_NONE:
		break;
	}
	return "none";
}

static const char *colour(enum svm_status status)
{
	if (!isatty(STDOUT_FILENO))
		return "";
	return status == SVM_STATUS_PASS ? "\033[32m" :
	       status == SVM_STATUS_FAIL ? "\033[31m" :
					   "\033[33m";
}

static const char *colour_end(void)
{
	return isatty(STDOUT_FILENO) ? "\033[0m" : "";
}

const struct svm_result *svm_result_of(const struct svm_report *report, unsigned int device,
				       unsigned int test)
{
	return &report->results[device * report->cases.count + test];
}

struct svm_counts svm_count(const struct svm_report *report, unsigned int device, const char *area)
{
	struct svm_counts counts = { 0 };

	for (unsigned int i = 0; i < report->cases.count; i++) {
		enum svm_status status = svm_result_of(report, device, i)->status;

		if (area && !svm_same_area(area, report->cases.cases[i]->name))
			continue;
		counts.passed += status == SVM_STATUS_PASS;
		counts.failed += status == SVM_STATUS_FAIL;
		counts.skipped += status == SVM_STATUS_SKIP;
	}
	return counts;
}

void svm_print_repeat(FILE *stream, const struct svm_report *report, unsigned int device,
		      unsigned int test)
{
	fprintf(stream, "%s --device %u --seed %llu --filter %s", report->arguments[0],
		report->devices.devices[device].index, (unsigned long long)report->options->seed,
		report->cases.cases[test]->name);
	if (report->options->seconds)
		fprintf(stream, " --seconds %u", report->options->seconds);
	if (report->options->sample > 1)
		fprintf(stream, " --sample %u", report->options->sample);
}

void svm_terminal_begin(unsigned int total)
{
	total_count = total;
	on_terminal = isatty(STDERR_FILENO);
}

static void clear_progress(void)
{
	if (on_terminal)
		fputs("\r\033[K", stderr);
}

void svm_terminal_running(const char *name, unsigned int done, unsigned int failed)
{
	if (on_terminal)
		fprintf(stderr, "\r\033[K[%u of %u, %u failed] %s", done, total_count, failed,
			name);
}

void svm_terminal_result(const struct svm_report *report, unsigned int device, unsigned int test)
{
	const struct svm_result *result = svm_result_of(report, device, test);

	clear_progress();
	printf("%s%s%s  %s (%.2f s)\n", colour(result->status), svm_status_name(result->status),
	       colour_end(), report->cases.cases[test]->name, (double)result->elapsed_ns / 1e9);
	if (result->status == SVM_STATUS_PASS)
		return;
	printf("      %s\n", result->message);
	if (result->status == SVM_STATUS_SKIP)
		return;
	printf("      claim: %s (%s)\n", report->cases.cases[test]->claim,
	       report->cases.cases[test]->section);
	if (result->has_iteration)
		printf("      seed %llu, iteration %llu\n",
		       (unsigned long long)report->options->seed,
		       (unsigned long long)result->iteration);
	printf("      repeat: ");
	svm_print_repeat(stdout, report, device, test);
	putchar('\n');
	if (result->output[0])
		printf("      it printed: %s\n", result->output);
}

static void print_table(const struct svm_report *report, unsigned int device)
{
	const struct svm_device *it = &report->devices.devices[device];
	struct svm_counts all = svm_count(report, device, NULL);

	printf("\nDevice %u: %s (%s, driver %s)\n", it->index, it->name, it->platform_name,
	       it->driver_version);
	printf("%-14s %6s %6s %6s\n", "area", "pass", "fail", "skip");
	for (unsigned int i = 0; i < report->cases.count; i++) {
		const char *name = report->cases.cases[i]->name;
		struct svm_counts counts;

		if (i && svm_same_area(name, report->cases.cases[i - 1]->name))
			continue;
		counts = svm_count(report, device, name);
		printf("%-14.*s %6u %6u %6u\n", (int)svm_area_length(name), name, counts.passed,
		       counts.failed, counts.skipped);
	}
	printf("%-14s %6u %6u %6u\n", "all", all.passed, all.failed, all.skipped);
}

void svm_terminal_summary(const struct svm_report *report)
{
	clear_progress();
	for (unsigned int i = 0; i < report->devices.count; i++)
		print_table(report, i);
	printf("%.1f s, seed %llu\n", (double)report->elapsed_ns / 1e9,
	       (unsigned long long)report->options->seed);
}
