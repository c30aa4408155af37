// SPDX-License-Identifier: MIT
/* One page with everything in it, to look at in a browser. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "harness.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<title>SVM atomics conformance</title>\n<style>\n"
	"body{font:15px/1.5 system-ui,sans-serif;max-width:62em;margin:2em auto;padding:0 1em}\n"
	"table{border-collapse:collapse}td,th{padding:.2em .8em;border-bottom:1px solid #ddd;"
	"text-align:left}\n"
	"td.n{text-align:right}.fail{color:#b00020}.pass{color:#1b7a2f}.skip{color:#8a6d00}\n"
	"code,pre{background:#f4f4f4;padding:.1em .3em;white-space:pre-wrap;overflow-wrap:anywhere}\n"
	"svg{background:#fafafa;border:1px solid #ddd;max-width:100%;height:auto}summary{cursor:pointer}\n"
	"</style></head><body>\n<h1>SVM atomics conformance</h1>\n";

void svm_print_html(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '<' || *text == '>' || *text == '&')
			fprintf(file, "&#%d;", *text);
		else
			putc(*text, file);
	}
}

/* ---- what it ran on ---- */

static void print_row(FILE *file, const char *name, const char *text)
{
	fprintf(file, "<tr><th>%s</th><td>", name);
	svm_print_html(file, text);
	fprintf(file, "</td></tr>\n");
}

static void print_device(FILE *file, const struct svm_device *device)
{
	static const struct {
		cl_device_svm_capabilities bit;
		const char *name;
	} capabilities[] = {
		{ CL_DEVICE_SVM_COARSE_GRAIN_BUFFER, "coarse-grain buffers" },
		{ CL_DEVICE_SVM_FINE_GRAIN_BUFFER, "fine-grain buffers" },
		{ CL_DEVICE_SVM_FINE_GRAIN_SYSTEM, "system memory" },
		{ CL_DEVICE_SVM_ATOMICS, "atomics" },
	};
	const char *between = "";

	print_row(file, "device", device->name);
	if (!device->handle)
		return;
	print_row(file, "platform", device->platform_name);
	print_row(file, "driver", device->driver_version);
	print_row(file, "version", device->version);
	fprintf(file, "<tr><th>compute units</th><td>%u</td></tr>\n", device->compute_units);
	fprintf(file, "<tr><th>SVM</th><td>");
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		if (!(device->svm & capabilities[i].bit))
			continue;
		fprintf(file, "%s%s", between, capabilities[i].name);
		between = ", ";
	}
	fprintf(file, "%s</td></tr>\n", *between ? "" : "none");
}

/* The value that /proc/cpuinfo has for the first processor's model. */
static void find_processor(char *text, size_t bytes)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[256];

	snprintf(text, bytes, "unknown");
	while (file && fgets(line, sizeof(line), file)) {
		const char *value = strchr(line, ':');

		if (strncmp(line, "model name", strlen("model name")) != 0 || !value)
			continue;
		line[strcspn(line, "\n")] = 0;
		snprintf(text, bytes, "%s", value + 2);
		break;
	}
	if (file)
		fclose(file);
}

static void print_machine(FILE *file)
{
	struct utsname system = { 0 };
	char processor[200], text[640];

	uname(&system);
	snprintf(text, sizeof(text), "%s %s %s, %s", system.sysname, system.release, system.version,
		 system.machine);
	print_row(file, "kernel", text);
	find_processor(processor, sizeof(processor));
	snprintf(text, sizeof(text), "%s, %ld online", processor, sysconf(_SC_NPROCESSORS_ONLN));
	print_row(file, "processors", text);
}

static void print_run(FILE *file, const struct svm_report *report)
{
	char date[64] = "";
	struct tm utc;

	fprintf(file, "<h2>What it ran on</h2>\n<table>\n");
	for (unsigned int i = 0; i < report->devices.count; i++)
		print_device(file, &report->devices.devices[i]);
	print_machine(file);
	if (gmtime_r(&report->began, &utc))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &utc);
	print_row(file, "date", date);
	fprintf(file, "<tr><th>options</th><td>");
	for (char *const *argument = report->arguments + 1; *argument; argument++) {
		fprintf(file, "<code>");
		svm_print_html(file, *argument);
		fprintf(file, "</code> ");
	}
	fprintf(file, "%s</td></tr>\n", report->arguments[1] ? "" : "none");
	fprintf(file,
		"<tr><th>cases</th><td>%u, in %.1f s, seed %llu, one in %u rounds, %u at a "
		"time, each %u s at most</td></tr>\n</table>\n",
		report->cases.count, (double)report->elapsed_ns / 1e9,
		(unsigned long long)report->options->seed, report->options->sample,
		report->options->jobs, report->options->timeout_s);
}

/* ---- the tables ---- */

static void print_counts(FILE *file, const struct svm_report *report, const char *area)
{
	for (unsigned int i = 0; i < report->devices.count; i++) {
		struct svm_counts counts = svm_count(report, i, area);

		fprintf(file,
			"<td class=\"n pass\">%u</td><td class=\"n%s\">%u</td>"
			"<td class=\"n skip\">%u</td>",
			counts.passed, counts.failed ? " fail" : "", counts.failed, counts.skipped);
	}
	fprintf(file, "</tr>\n");
}

static void print_areas(FILE *file, const struct svm_report *report)
{
	fprintf(file, "<h2>Results</h2>\n<table><tr><th>area</th>");
	for (unsigned int i = 0; i < report->devices.count; i++) {
		fprintf(file, "<th colspan=\"3\">");
		svm_print_html(file, report->devices.devices[i].name);
		fprintf(file, "</th>");
	}
	fprintf(file, "</tr><tr><th></th>");
	for (unsigned int i = 0; i < report->devices.count; i++)
		fprintf(file, "<th>pass</th><th>fail</th><th>skip</th>");
	fprintf(file, "</tr>\n");
	for (unsigned int i = 0; i < report->cases.count; i++) {
		const char *name = report->cases.cases[i]->name;

		if (i && svm_same_area(name, report->cases.cases[i - 1]->name))
			continue;
		fprintf(file, "<tr><td>%.*s</td>", (int)svm_area_length(name), name);
		print_counts(file, report, name);
	}
	fprintf(file, "<tr><th>all</th>");
	print_counts(file, report, NULL);
	fprintf(file, "</table>\n");
}

static void print_failure(FILE *file, const struct svm_report *report, unsigned int device,
			  unsigned int test)
{
	const struct svm_case *it = report->cases.cases[test];
	const struct svm_result *result = svm_result_of(report, device, test);

	fprintf(file, "<h3 class=\"fail\">%s</h3>\n<p>", it->name);
	svm_print_html(file, it->claim);
	fprintf(file, " <small>(%s)</small></p>\n<pre>", it->section);
	svm_print_html(file, result->message);
	if (result->has_iteration)
		fprintf(file, "\nseed %llu, iteration %llu",
			(unsigned long long)report->options->seed,
			(unsigned long long)result->iteration);
	if (result->output[0]) {
		fputs("\n\n", file);
		svm_print_html(file, result->output);
	}
	fprintf(file, "</pre>\n<p>Repeat it: <code>");
	svm_print_repeat(file, report, device, test);
	fprintf(file, "</code></p>\n");
}

static void print_failures(FILE *file, const struct svm_report *report, unsigned int device)
{
	if (!svm_count(report, device, NULL).failed)
		return;
	fprintf(file, "<h2>Failures on ");
	svm_print_html(file, report->devices.devices[device].name);
	fprintf(file, "</h2>\n");
	for (unsigned int i = 0; i < report->cases.count; i++) {
		if (svm_result_of(report, device, i)->status == SVM_STATUS_FAIL)
			print_failure(file, report, device, i);
	}
}

static void print_cases(FILE *file, const struct svm_report *report, unsigned int device)
{
	fprintf(file, "<details><summary>All cases on ");
	svm_print_html(file, report->devices.devices[device].name);
	fprintf(file, "</summary><table>\n");
	for (unsigned int i = 0; i < report->cases.count; i++) {
		const struct svm_case *it = report->cases.cases[i];
		const struct svm_result *result = svm_result_of(report, device, i);
		const char *status = svm_status_name(result->status);

		fprintf(file, "<tr><td class=\"%s\">%s</td><td>%s</td><td>", status, status,
			it->name);
		svm_print_html(file, it->claim);
		if (result->runs > 1) {
			fprintf(file, "<br><small>run %u times; at first %s: ", result->runs,
				svm_status_name(result->first_status));
			svm_print_html(file, result->first_message);
			fprintf(file, "</small>");
		}
		if (result->status == SVM_STATUS_SKIP) {
			fprintf(file, "<br><small>");
			svm_print_html(file, result->message);
			fprintf(file, "</small>");
		}
		fprintf(file, "</td><td class=\"n\">%.2f s</td></tr>\n",
			(double)result->elapsed_ns / 1e9);
	}
	fprintf(file, "</table></details>\n");
}

/* ---- the plots ---- */

static void print_plots(FILE *file, const struct svm_report *report)
{
	bool has_title = false;

	for (unsigned int i = 0; i < report->devices.count; i++) {
		for (unsigned int j = 0; j < report->cases.count; j++) {
			const struct svm_result *result = svm_result_of(report, i, j);

			if (!svm_has_plot(result))
				continue;
			if (!has_title)
				fprintf(file, "<h2>CPU and device together</h2>\n");
			has_title = true;
			fprintf(file, "<h3>%s on ", report->cases.cases[j]->name);
			svm_print_html(file, report->devices.devices[i].name);
			fprintf(file, "</h3>\n<p>");
			svm_print_html(file, report->cases.cases[j]->claim);
			fprintf(file, "</p>\n");
			svm_print_plot(file, result);
		}
	}
}

int svm_write_html(const struct svm_report *report, const char *path)
{
	FILE *file = fopen(path, "we");
	bool failed;

	if (!file)
		return -errno;
	fputs(head, file);
	print_run(file, report);
	print_areas(file, report);
	for (unsigned int i = 0; i < report->devices.count; i++)
		print_failures(file, report, i);
	print_plots(file, report);
	fprintf(file, "<h2>Cases</h2>\n");
	for (unsigned int i = 0; i < report->devices.count; i++)
		print_cases(file, report, i);
	fprintf(file, "</body></html>\n");
	failed = ferror(file);
	if (fclose(file) || failed)
		return errno ? -errno : -EIO;
	return 0;
}
