// SPDX-License-Identifier: MIT
/* How each case ended, as --record writes it and --expect reads it: on the first device. */
#include <errno.h>
#include <string.h>

#include "harness.h"

struct expectation {
	char name[256];
	char wanted[16]; /* a status, or several with '|' between them */
};

int svm_write_record(const struct svm_report *report, const char *path)
{
	FILE *file = fopen(path, "we");
	bool failed;

	if (!file)
		return -errno;
	fprintf(file, "{\n");
	for (unsigned int i = 0; i < report->cases.count; i++)
		fprintf(file, "\t\"%s\": \"%s\"%s\n", report->cases.cases[i]->name,
			svm_status_name(svm_result_of(report, 0, i)->status),
			i + 1 < report->cases.count ? "," : "");
	fprintf(file, "}\n");
	failed = ferror(file);
	if (fclose(file) || failed)
		return errno ? -errno : -EIO;
	return 0;
}

/* The next `"name": "status"` of @file. */
static bool next_expectation(FILE *file, struct expectation *it)
{
	char line[512];

	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, " \"%255[^\"]\": \"%15[^\"]\"", it->name, it->wanted) == 2)
			return true;
	}
	return false;
}

static bool find_case(const struct svm_report *report, const char *name, unsigned int *index)
{
	for (unsigned int i = 0; i < report->cases.count; i++) {
		if (!strcmp(report->cases.cases[i]->name, name)) {
			*index = i;
			return true;
		}
	}
	return false;
}

static bool is_wanted(const char *wanted, enum svm_status status)
{
	const char *seen = svm_status_name(status);
	size_t length = strlen(seen);

	for (; *wanted; wanted += strcspn(wanted, "|"), wanted += *wanted == '|') {
		if (!strncmp(wanted, seen, length) && (!wanted[length] || wanted[length] == '|'))
			return true;
	}
	return false;
}

void svm_run_differing(struct svm_report *report, const char *path)
{
	FILE *file = fopen(path, "re");
	struct expectation it;
	unsigned int index;

	if (!file)
		return;
	while (next_expectation(file, &it)) {
		const struct svm_result *result;

		if (!find_case(report, it.name, &index))
			continue;
		result = svm_result_of(report, 0, index);
		while (!is_wanted(it.wanted, result->status) &&
		       result->runs <= report->options->again) {
			printf("again: %s: expected %s, seen %s\n", it.name, it.wanted,
			       svm_status_name(result->status));
			svm_run_again(report, 0, index);
		}
	}
	fclose(file);
}

/* Prints how a case ended, if that or its first run was not as expected. Returns whether it was. */
static bool compare_case(const struct expectation *it, const struct svm_result *result)
{
	bool same = is_wanted(it->wanted, result->status);

	if (same && result->runs == 1)
		return true;
	printf("%s: %s: expected %s, seen %s", same ? "run again" : "differs", it->name, it->wanted,
	       svm_status_name(result->runs > 1 ? result->first_status : result->status));
	if (result->runs > 1)
		printf(" at first, %s in run %u", svm_status_name(result->status), result->runs);
	putchar('\n');
	if (result->runs > 1 && result->first_message[0])
		printf("    at first: %s\n", result->first_message);
	if (!same && result->message[0])
		printf("    %s\n", result->message);
	return same;
}

int svm_compare(const struct svm_report *report, const char *path)
{
	FILE *file = fopen(path, "re");
	struct expectation it;
	unsigned int index, known = 0;
	int differences = 0;

	if (!file)
		return -errno;
	while (next_expectation(file, &it)) {
		if (find_case(report, it.name, &index)) {
			known++;
			differences += !compare_case(&it, svm_result_of(report, 0, index));
		} else if (!report->options->filter) {
			printf("differs: %s: expected %s, there is no such case\n", it.name,
			       it.wanted);
			differences++;
		}
	}
	fclose(file);
	if (known < report->cases.count) {
		printf("differs: %u cases are not in %s\n", report->cases.count - known, path);
		differences++;
	}
	return differences;
}
