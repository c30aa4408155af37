// SPDX-License-Identifier: MIT
/* One page with everything in it, to look at in a browser. */
#include <errno.h>
#include <string.h>

#include "harness.h"

#define PLOT_WIDTH  640
#define PLOT_HEIGHT 200

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<title>SVM atomics conformance</title>\n<style>\n"
	"body{font:15px/1.5 system-ui,sans-serif;max-width:62em;margin:2em auto;padding:0 1em}\n"
	"table{border-collapse:collapse}td,th{padding:.2em .8em;border-bottom:1px solid #ddd;"
	"text-align:left}\n"
	"td.n{text-align:right}.fail{color:#b00020}.pass{color:#1b7a2f}.skip{color:#8a6d00}\n"
	"code,pre{background:#f4f4f4;padding:.1em .3em;white-space:pre-wrap}\n"
	"svg{background:#fafafa;border:1px solid #ddd}summary{cursor:pointer}\n"
	"</style></head><body>\n<h1>SVM atomics conformance</h1>\n";

static void print_text(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '<' || *text == '>' || *text == '&')
			fprintf(file, "&#%d;", *text);
		else
			putc(*text, file);
	}
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
	fprintf(file, "<table><tr><th>area</th>");
	for (unsigned int i = 0; i < report->devices.count; i++) {
		fprintf(file, "<th colspan=\"3\">");
		print_text(file, report->devices.devices[i].name);
		fprintf(file, "<br><small>%s, driver %s</small></th>",
			report->devices.devices[i].platform_name,
			report->devices.devices[i].driver_version);
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
	print_text(file, it->claim);
	fprintf(file, " <small>(%s)</small></p>\n<pre>", it->section);
	print_text(file, result->message);
	if (result->has_iteration)
		fprintf(file, "\nseed %llu, iteration %llu",
			(unsigned long long)report->options->seed,
			(unsigned long long)result->iteration);
	if (result->output[0]) {
		fputs("\n\n", file);
		print_text(file, result->output);
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
	print_text(file, report->devices.devices[device].name);
	fprintf(file, "</h2>\n");
	for (unsigned int i = 0; i < report->cases.count; i++) {
		if (svm_result_of(report, device, i)->status == SVM_STATUS_FAIL)
			print_failure(file, report, device, i);
	}
}

static void print_cases(FILE *file, const struct svm_report *report, unsigned int device)
{
	fprintf(file, "<details><summary>All cases on ");
	print_text(file, report->devices.devices[device].name);
	fprintf(file, "</summary><table>\n");
	for (unsigned int i = 0; i < report->cases.count; i++) {
		const struct svm_case *it = report->cases.cases[i];
		const struct svm_result *result = svm_result_of(report, device, i);
		const char *status = svm_status_name(result->status);

		fprintf(file, "<tr><td class=\"%s\">%s</td><td>%s</td><td>", status, status,
			it->name);
		print_text(file, it->claim);
		if (result->status == SVM_STATUS_SKIP) {
			fprintf(file, "<br><small>");
			print_text(file, result->message);
			fprintf(file, "</small>");
		}
		fprintf(file, "</td><td class=\"n\">%.2f s</td></tr>\n",
			(double)result->elapsed_ns / 1e9);
	}
	fprintf(file, "</table></details>\n");
}

/* ---- the plots ---- */

static double largest(const struct svm_result *result)
{
	double most = 0;

	for (int i = 0; i < SVM_SERIES_COUNT; i++) {
		for (unsigned int j = 0; j < result->curves[i].count; j++) {
			if (result->curves[i].values[j] > most)
				most = result->curves[i].values[j];
		}
	}
	return most;
}

static void print_curve(FILE *file, const struct svm_curve *curve, double most, const char *stroke)
{
	fprintf(file, "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" points=\"", stroke);
	for (unsigned int i = 0; i < curve->count; i++)
		fprintf(file, "%.1f,%.1f ",
			(double)i * PLOT_WIDTH / (curve->count > 1 ? curve->count - 1 : 1),
			PLOT_HEIGHT - curve->values[i] / most * (PLOT_HEIGHT - 10));
	fprintf(file, "\"/>");
}

static void print_plot(FILE *file, const struct svm_report *report, unsigned int device,
		       unsigned int test)
{
	static const char *const strokes[SVM_SERIES_COUNT] = { "#1f5fbf", "#c2570c" };
	const struct svm_result *result = svm_result_of(report, device, test);
	double most = largest(result);

	if (most <= 0)
		return;
	fprintf(file, "<h3>%s</h3><p>", report->cases.cases[test]->name);
	print_text(file, report->cases.cases[test]->claim);
	fprintf(file, "<br>Top of the plot: %g %s.", most, result->curves[0].unit);
	for (int i = 0; i < SVM_SERIES_COUNT; i++) {
		if (result->curves[i].count)
			fprintf(file, " <span style=\"color:%s\">&#9632; %s</span>", strokes[i],
				result->curves[i].name);
	}
	fprintf(file, "</p>\n<svg width=\"%d\" height=\"%d\">", PLOT_WIDTH, PLOT_HEIGHT);
	for (int i = 0; i < SVM_SERIES_COUNT; i++) {
		if (result->curves[i].count)
			print_curve(file, &result->curves[i], most, strokes[i]);
	}
	fprintf(file, "</svg>\n");
}

int svm_write_html(const struct svm_report *report, const char *path)
{
	FILE *file = fopen(path, "we");
	bool failed;

	if (!file)
		return -errno;
	fputs(head, file);
	fprintf(file, "<p>%u cases, %.1f s, seed %llu.</p>\n", report->cases.count,
		(double)report->elapsed_ns / 1e9, (unsigned long long)report->options->seed);
	print_areas(file, report);
	for (unsigned int i = 0; i < report->devices.count; i++)
		print_failures(file, report, i);
	fprintf(file, "<h2>CPU and device together</h2>\n");
	for (unsigned int i = 0; i < report->devices.count; i++) {
		for (unsigned int j = 0; j < report->cases.count; j++)
			print_plot(file, report, i, j);
	}
	fprintf(file, "<h2>Cases</h2>\n");
	for (unsigned int i = 0; i < report->devices.count; i++)
		print_cases(file, report, i);
	fprintf(file, "</body></html>\n");
	failed = ferror(file);
	if (fclose(file) || failed)
		return errno ? -errno : -EIO;
	return 0;
}
