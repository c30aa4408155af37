// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include "harness.h"

static int list_cases(const struct svm_case_list *cases)
{
	for (unsigned int i = 0; i < cases->count; i++)
		printf("%-44s %s (%s)\n", cases->cases[i]->name, cases->cases[i]->claim,
		       cases->cases[i]->section);
	return SVM_EXIT_PASSED;
}

/* Whether any case uses a device; then those that --device chooses are left in the list. */
static bool needs_device(const struct svm_case_list *cases)
{
	for (unsigned int i = 0; i < cases->count; i++) {
		if (!(cases->cases[i]->needs & SVM_NO_DEVICE))
			return true;
	}
	return false;
}

/* Also this is tried again where cases are. */
static bool scan_devices(const struct svm_options *options, struct svm_device_list *found)
{
	for (unsigned int i = 0; i <= options->again; i++) {
		if (svm_scan_devices(found, options->timeout_s))
			return true;
	}
	return false;
}

static int choose_devices(struct svm_report *report)
{
	struct svm_device_list found;
	const char *wanted = report->options->device;

	if (!needs_device(&report->cases)) {
		snprintf(report->devices.devices[0].name, sizeof(found.devices[0].name), "none");
		report->devices.count = 1;
		return SVM_EXIT_PASSED;
	}
	if (!scan_devices(report->options, &found)) {
		fprintf(stderr, "An OpenCL implementation crashed or hung while its devices were "
				"listed.\n");
		return SVM_EXIT_FAILED;
	}
	if (!found.count) {
		fprintf(stderr,
			"No OpenCL device was found: the loader knows of no implementation "
			"that has one.\nVendor files are looked for in /etc/OpenCL/vendors, or "
			"where OCL_ICD_VENDORS says.\n");
		return SVM_EXIT_SKIPPED;
	}
	for (unsigned int i = 0; i < found.count; i++) {
		if (svm_device_matches(&found.devices[i], wanted))
			report->devices.devices[report->devices.count++] = found.devices[i];
	}
	if (report->devices.count)
		return SVM_EXIT_PASSED;
	fprintf(stderr, "No device matches --device %s. There are:\n", wanted);
	for (unsigned int i = 0; i < found.count; i++)
		fprintf(stderr, "  %u: %s (%s)\n", i, found.devices[i].name,
			found.devices[i].platform_name);
	return SVM_EXIT_SKIPPED;
}

static bool write_file(const struct svm_report *report, const char *path,
		       int (*write)(const struct svm_report *, const char *))
{
	int error = path ? write(report, path) : 0;

	if (error)
		fprintf(stderr, "%s: %s\n", path, strerror(-error));
	return !error;
}

static int exit_status(const struct svm_report *report)
{
	const char *expected = report->options->expect;
	unsigned int passed = 0, failed = 0;
	int differences;

	if (expected) {
		differences = svm_compare(report, expected);
		if (differences < 0)
			fprintf(stderr, "%s: %s\n", expected, strerror(-differences));
		else
			printf("%d differences from %s\n", differences, expected);
		return differences ? SVM_EXIT_FAILED : SVM_EXIT_PASSED;
	}
	for (unsigned int i = 0; i < report->devices.count; i++) {
		struct svm_counts counts = svm_count(report, i, NULL);

		passed += counts.passed;
		failed += counts.failed;
	}
	return failed ? SVM_EXIT_FAILED : passed ? SVM_EXIT_PASSED : SVM_EXIT_SKIPPED;
}

int main(int argc, char **argv)
{
	static struct svm_report report;
	static struct svm_options options; /* the report refers to it */
	bool written;
	int status;

	if (!svm_parse_options(argc, argv, &options, &status))
		return status;
	report.arguments = argv;
	report.began = time(NULL);
	report.options = &options;
	report.cases = svm_select(options.filter);
	if (!report.cases.count) {
		fprintf(stderr, "No case matches --filter %s\n", options.filter);
		return SVM_EXIT_USAGE;
	}
	if (options.list)
		return list_cases(&report.cases);
	status = choose_devices(&report);
	if (status != SVM_EXIT_PASSED)
		return status;
	svm_run_all(&report);
	if (options.again)
		svm_run_differing(&report, options.expect);
	svm_terminal_summary(&report);
	written = write_file(&report, options.json, svm_write_json);
	written &= write_file(&report, options.junit, svm_write_junit);
	written &= write_file(&report, options.html, svm_write_html);
	written &= write_file(&report, options.record, svm_write_record);
	status = exit_status(&report);
	return written ? status : SVM_EXIT_FAILED;
}
