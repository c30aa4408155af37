// SPDX-License-Identifier: MIT
/* Results for programs: JSON and JUnit's XML. */
#include <errno.h>
#include <string.h>

#include "harness.h"

static void print_json_text(FILE *file, const char *text)
{
	putc('"', file);
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == '"' || byte == '\\')
			fprintf(file, "\\%c", byte);
		else if (byte == '\n')
			fputs("\\n", file);
		else if (byte < 0x20 || byte >= 0x7f)
			fprintf(file, "\\u%04x", byte);
		else
			putc(byte, file);
	}
	putc('"', file);
}

static void print_member(FILE *file, const char *name, const char *text)
{
	fprintf(file, ", \"%s\": ", name);
	print_json_text(file, text);
}

static int close_file(FILE *file)
{
	bool failed = ferror(file);

	if (fclose(file) || failed)
		return errno ? -errno : -EIO;
	return 0;
}

static void print_values(FILE *file, const char *name, const double *values, unsigned int count)
{
	fprintf(file, ", \"%s\": [", name);
	for (unsigned int i = 0; i < count; i++)
		fprintf(file, "%s%g", i ? ", " : "", values[i]);
	putc(']', file);
}

static void print_curves(FILE *file, const struct svm_result *result)
{
	const char *between = "";

	if (!svm_has_plot(result))
		return;
	print_member(file, "x", result->axes[0]);
	print_member(file, "y", result->axes[1]);
	fputs(", \"curves\": [", file);
	for (int i = 0; i < SVM_SERIES_COUNT; i++) {
		const struct svm_curve *curve = &result->curves[i];

		if (!curve->count)
			continue;
		fprintf(file, "%s{\"name\": ", between);
		print_json_text(file, curve->name);
		print_values(file, "x", curve->x, curve->count);
		print_values(file, "y", curve->y, curve->count);
		putc('}', file);
		between = ", ";
	}
	putc(']', file);
}

static void print_case(FILE *file, const struct svm_report *report, unsigned int device,
		       unsigned int test)
{
	const struct svm_case *it = report->cases.cases[test];
	const struct svm_result *result = svm_result_of(report, device, test);

	fprintf(file, "\t\t\t{\"name\": \"%s\", \"area\": \"%.*s\", \"status\": \"%s\"", it->name,
		(int)svm_area_length(it->name), it->name, svm_status_name(result->status));
	fprintf(file, ", \"seconds\": %.3f", (double)result->elapsed_ns / 1e9);
	print_member(file, "section", it->section);
	print_member(file, "claim", it->claim);
	if (result->message[0])
		print_member(file, "message", result->message);
	if (result->has_iteration)
		fprintf(file, ", \"iteration\": %llu", (unsigned long long)result->iteration);
	if (result->runs > 1) {
		fprintf(file, ", \"runs\": %u, \"first_status\": \"%s\"", result->runs,
			svm_status_name(result->first_status));
		print_member(file, "first_message", result->first_message);
	}
	if (result->output[0])
		print_member(file, "output", result->output);
	print_curves(file, result);
	fprintf(file, "}%s\n", test + 1 < report->cases.count ? "," : "");
}

int svm_write_json(const struct svm_report *report, const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return -errno;
	fprintf(file, "{\"seed\": %llu, \"seconds\": %.3f, \"devices\": [\n",
		(unsigned long long)report->options->seed, (double)report->elapsed_ns / 1e9);
	for (unsigned int i = 0; i < report->devices.count; i++) {
		const struct svm_device *device = &report->devices.devices[i];

		fprintf(file, "\t{\"index\": %u", device->index);
		print_member(file, "name", device->name);
		print_member(file, "platform", device->platform_name);
		print_member(file, "driver", device->driver_version);
		print_member(file, "version", device->version);
		fprintf(file, ", \"svm_capabilities\": %llu", (unsigned long long)device->svm);
		fprintf(file, ",\n\t\t\"results\": [\n");
		for (unsigned int j = 0; j < report->cases.count; j++)
			print_case(file, report, i, j);
		fprintf(file, "\t\t]}%s\n", i + 1 < report->devices.count ? "," : "");
	}
	fprintf(file, "]}\n");
	return close_file(file);
}

/* ---- XML ---- */

static void print_xml_text(FILE *file, const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == '<' || byte == '>' || byte == '&' || byte == '"')
			fprintf(file, "&#%d;", byte);
		else if (byte >= 0x20 || byte == '\n')
			putc(byte < 0x7f ? byte : '?', file);
	}
}

static void print_xml_case(FILE *file, const struct svm_report *report, unsigned int device,
			   unsigned int test)
{
	const char *name = report->cases.cases[test]->name;
	const struct svm_result *result = svm_result_of(report, device, test);

	fprintf(file, "\t\t<testcase classname=\"svm.%.*s\" name=\"%s\" time=\"%.3f\">",
		(int)svm_area_length(name), name, name, (double)result->elapsed_ns / 1e9);
	if (result->status != SVM_STATUS_PASS) {
		const char *tag = result->status == SVM_STATUS_SKIP ? "skipped" : "failure";

		fprintf(file, "<%s message=\"", tag);
		print_xml_text(file, result->message);
		fputs("\">", file);
		svm_print_repeat(file, report, device, test);
		fprintf(file, "\n");
		print_xml_text(file, result->output);
		fprintf(file, "</%s>", tag);
	}
	if (result->runs > 1) {
		fprintf(file, "<system-out>run %u times; at first %s: ", result->runs,
			svm_status_name(result->first_status));
		print_xml_text(file, result->first_message);
		fputs("</system-out>", file);
	}
	fprintf(file, "</testcase>\n");
}

int svm_write_junit(const struct svm_report *report, const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return -errno;
	fprintf(file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	for (unsigned int i = 0; i < report->devices.count; i++) {
		struct svm_counts counts = svm_count(report, i, NULL);

		fprintf(file, "\t<testsuite name=\"");
		print_xml_text(file, report->devices.devices[i].name);
		fprintf(file, "\" tests=\"%u\" failures=\"%u\" skipped=\"%u\">\n",
			report->cases.count, counts.failed, counts.skipped);
		for (unsigned int j = 0; j < report->cases.count; j++)
			print_xml_case(file, report, i, j);
		fprintf(file, "\t</testsuite>\n");
	}
	fprintf(file, "</testsuites>\n");
	return close_file(file);
}
