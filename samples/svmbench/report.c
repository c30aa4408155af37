// SPDX-License-Identifier: MIT
#include "report.h"

#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- figures --- */

static struct stats stats_of_copy(const double *values, size_t count)
{
	double *copy = calloc(count, sizeof(*copy));
	struct stats stats;

	if (!copy) {
		fprintf(stderr, "No memory for %zu figures\n", count);
		exit(SAMPLE_FAILED);
	}
	memcpy(copy, values, count * sizeof(*copy));
	stats = stats_of(copy, count);
	free(copy);
	return stats;
}

static bool complete(const struct outcome *outcome)
{
	return outcome->status == BENCH_OK && outcome->figure_count;
}

/*
 * How many times faster the first side was in each round; above 1 it is better whatever
 * the unit. @ratios has room for all rounds. Returns how many there are.
 */
static unsigned int pair_ratios(const struct run *run, size_t position, double *ratios)
{
	const struct outcome *a = &run->sides[0].outcomes[position];
	const struct outcome *b = &run->sides[1].outcomes[position];
	bool more_is_better = bench_unit_more_is_better(bench_at(position)->unit);
	unsigned int i;

	if (!complete(a) || !complete(b) || a->figure_count != b->figure_count)
		return 0;
	for (i = 0; i < a->figure_count; i++)
		ratios[i] = more_is_better ? a->figures[i] / b->figures[i] :
					     b->figures[i] / a->figures[i];
	return a->figure_count;
}

/*
 * How much of the speed of hand-written code was reached: the median over the rounds, or 0
 * where there is no such code.
 */
static double of_hand_written(const struct outcome *outcome)
{
	return complete(outcome) ? stats_of_copy(outcome->by_hand, outcome->figure_count).median :
				   0;
}

/* --- table --- */

struct cell {
	char text[32];
};

/* About four digits that matter. */
static struct cell figure_cell(double figure)
{
	struct cell cell;
	int decimals = figure >= 1000 ? 0 : figure >= 100 ? 1 : figure >= 10 ? 2 : 3;

	snprintf(cell.text, sizeof(cell.text), "%.*f", decimals, figure);
	return cell;
}

static void print_side(const struct side *side, const char *label)
{
	if (side->vendor_file)
		printf("%-9s%s\n", label, side->vendor_file);
	printf("Device   %s\nPlatform %s, driver %s\nScope    %s%s\n", side->device, side->platform,
	       side->driver, side->scope,
	       strcmp(side->scope, "memory_scope_device") ?
		       "" :
		       " (FALLBACK: memory_scope_all_svm_devices is missing)");
}

static void print_trouble(const struct outcome *outcome)
{
	if (outcome->status == BENCH_SKIPPED)
		printf("skipped: %s", outcome->reason);
	else if (outcome->status == BENCH_FAILED)
		printf("%sFAILED: %s%s", sample_red(), outcome->reason, sample_colour_end());
	else
		printf("not run");
}

static void print_alone(const struct run *run, size_t position)
{
	const struct outcome *outcome = &run->sides[0].outcomes[position];
	const struct bench *bench = bench_at(position);
	struct stats stats;

	printf("%-25s ", bench->name);
	if (!complete(outcome)) {
		print_trouble(outcome);
		printf("\n");
		return;
	}
	stats = stats_of_copy(outcome->figures, outcome->figure_count);
	printf("%9s %-5s %9s %9s %9s %9s  %s", figure_cell(stats.median).text,
	       bench_unit_name(bench->unit), figure_cell(stats.first_quartile).text,
	       figure_cell(stats.third_quartile).text, figure_cell(stats.minimum).text,
	       figure_cell(stats.maximum).text,
	       bench_unit_more_is_better(bench->unit) ? "more" : "less");
	if (of_hand_written(outcome) > 0)
		printf("  %s of hand-written", figure_cell(of_hand_written(outcome)).text);
	printf("\n");
}

static void print_half(const struct outcome *outcome)
{
	struct stats stats;

	if (!complete(outcome)) {
		printf(" %9s %23s", outcome->status == BENCH_SKIPPED ? "skipped" : "FAILED", "");
		return;
	}
	stats = stats_of_copy(outcome->figures, outcome->figure_count);
	printf(" %9s [%9s .. %9s]", figure_cell(stats.median).text, figure_cell(stats.minimum).text,
	       figure_cell(stats.maximum).text);
}

static void print_of_hand_written(const struct run *run, size_t position)
{
	const double a = of_hand_written(&run->sides[0].outcomes[position]);
	const double b = of_hand_written(&run->sides[1].outcomes[position]);

	if (a > 0 && b > 0)
		printf("  of hand-written: A %s, B %s", figure_cell(a).text, figure_cell(b).text);
}

static void print_pair(const struct run *run, size_t position, double *ratios)
{
	const struct bench *bench = bench_at(position);
	unsigned int count = pair_ratios(run, position, ratios), i;
	struct stats stats;

	printf("%-25s %-5s", bench->name, bench_unit_name(bench->unit));
	for (i = 0; i < 2; i++)
		print_half(&run->sides[i].outcomes[position]);
	if (count) {
		stats = stats_of(ratios, count);
		printf("  %s%8s%s [%s .. %s]",
		       stats.first_quartile > 1 ? sample_green() :
		       stats.third_quartile < 1 ? sample_red() :
						  "",
		       figure_cell(stats.median).text,
		       stats.first_quartile > 1 || stats.third_quartile < 1 ? sample_colour_end() :
									      "",
		       figure_cell(stats.minimum).text, figure_cell(stats.maximum).text);
	}
	print_of_hand_written(run, position);
	printf("\n");
	for (i = 0; i < 2; i++) {
		if (complete(&run->sides[i].outcomes[position]))
			continue;
		printf("%-25s   %c ", "", "AB"[i]);
		print_trouble(&run->sides[i].outcomes[position]);
		printf("\n");
	}
}

/* Of the medians that are printed. @ratios has room for all rounds. */
static void print_mean(const struct run *run, double *ratios)
{
	unsigned int count, pairs = 0;
	double logarithms = 0;
	size_t position;

	for (position = 0; bench_at(position); position++) {
		count = pair_ratios(run, position, ratios);
		if (!count)
			continue;
		logarithms += log(stats_of(ratios, count).median);
		pairs++;
	}
	if (pairs)
		printf("\ngeometric mean of %u: %s\n", pairs,
		       figure_cell(exp(logarithms / pairs)).text);
}

void report_table(const struct run *run)
{
	double *ratios = calloc(run->rounds, sizeof(*ratios));
	size_t position;

	if (!ratios) {
		fprintf(stderr, "No memory for %u rounds\n", run->rounds);
		exit(SAMPLE_FAILED);
	}
	if (run->side_count == 2) {
		print_side(&run->sides[0], "A");
		print_side(&run->sides[1], "B");
		printf("\n%u rounds, taking turns; ratios are of figures of the same round.\n\n",
		       run->rounds);
		printf("%-25s %-5s %9s [%9s .. %9s] %9s [%9s .. %9s]  %s\n", "benchmark", "unit",
		       "A median", "min", "max", "B median", "min", "max",
		       "A is x times faster [min .. max]");
	} else {
		print_side(&run->sides[0], "ICD");
		printf("\n%u rounds\n\n%-25s %9s %-5s %9s %9s %9s %9s  %s\n", run->rounds,
		       "benchmark", "median", "unit", "quartile", "quartile", "min", "max",
		       "better");
	}
	for (position = 0; bench_at(position); position++) {
		if (!run->selected[position])
			continue;
		if (run->side_count == 2)
			print_pair(run, position, ratios);
		else
			print_alone(run, position);
	}
	if (run->side_count == 2)
		print_mean(run, ratios);
	free(ratios);
}

/* --- JSON --- */

static void json_string(FILE *stream, const char *text)
{
	const unsigned char *byte;

	fputc('"', stream);
	for (byte = (const unsigned char *)text; *byte; byte++) {
		if (*byte == '"' || *byte == '\\')
			fprintf(stream, "\\%c", *byte);
		else if (*byte < 0x20)
			fprintf(stream, "\\u%04x", *byte);
		else
			fputc(*byte, stream);
	}
	fputc('"', stream);
}

static void json_member(FILE *stream, const char *name, const char *text, const char *end)
{
	fprintf(stream, "\"%s\": ", name);
	json_string(stream, text);
	fputs(end, stream);
}

/* Summary and single values, without the braces. */
static void json_figures(FILE *stream, const double *figures, unsigned int count)
{
	struct stats stats = stats_of_copy(figures, count);
	unsigned int i;

	fprintf(stream,
		"\"median\": %.9g, \"first_quartile\": %.9g, \"third_quartile\": %.9g, "
		"\"min\": %.9g, \"max\": %.9g, \"rounds\": [",
		stats.median, stats.first_quartile, stats.third_quartile, stats.minimum,
		stats.maximum);
	for (i = 0; i < count; i++)
		fprintf(stream, "%s%.9g", i ? ", " : "", figures[i]);
	fputs("]", stream);
}

static void json_outcome(FILE *stream, const struct outcome *outcome)
{
	if (complete(outcome)) {
		fputs("{\"status\": \"ok\", ", stream);
		json_figures(stream, outcome->figures, outcome->figure_count);
		if (of_hand_written(outcome) > 0) {
			fputs(", \"of_hand_written\": {", stream);
			json_figures(stream, outcome->by_hand, outcome->figure_count);
			fputs("}", stream);
		}
	} else {
		fprintf(stream, "{\"status\": \"%s\", ",
			outcome->status == BENCH_SKIPPED ? "skipped" :
			outcome->status == BENCH_FAILED	 ? "failed" :
							   "not run");
		json_member(stream, "reason", outcome->reason, "");
	}
	fputs("}", stream);
}

static void json_bench(FILE *stream, const struct run *run, size_t position, double *ratios)
{
	const struct bench *bench = bench_at(position);
	unsigned int count, i;

	fputs("\t\t{", stream);
	json_member(stream, "name", bench->name, ", ");
	json_member(stream, "summary", bench->summary, ", ");
	json_member(stream, "unit", bench_unit_name(bench->unit), ", ");
	json_member(stream, "better", bench_unit_more_is_better(bench->unit) ? "more" : "less",
		    ",\n\t\t \"sides\": [");
	for (i = 0; i < run->side_count; i++) {
		if (i)
			fputs(",\n\t\t           ", stream);
		json_outcome(stream, &run->sides[i].outcomes[position]);
	}
	fputs("]", stream);
	if (run->side_count == 2) {
		count = pair_ratios(run, position, ratios);
		fputs(",\n\t\t \"times_faster\": ", stream);
		if (count) {
			fputs("{", stream);
			json_figures(stream, ratios, count);
			fputs("}", stream);
		} else {
			fputs("null", stream);
		}
	}
	fputs("}", stream);
}

static void json_side(FILE *stream, const struct side *side)
{
	fputs("\t\t{", stream);
	json_member(stream, "vendor_file", side->vendor_file ? side->vendor_file : "", ", ");
	json_member(stream, "device", side->device, ", ");
	json_member(stream, "platform", side->platform, ", ");
	json_member(stream, "driver", side->driver, ", ");
	json_member(stream, "scope", side->scope, "}");
}

void report_json(const struct run *run, FILE *stream)
{
	double *ratios = calloc(run->rounds, sizeof(*ratios));
	const char *separator = "";
	size_t position;
	unsigned int i;

	if (!ratios) {
		fprintf(stderr, "No memory for %u rounds\n", run->rounds);
		exit(SAMPLE_FAILED);
	}
	fprintf(stream,
		"{\n\t\"program\": \"svmbench\",\n\t\"rounds\": %u,\n\t\"measure_ms\": %u,\n"
		"\t\"sides\": [\n",
		run->rounds, run->measure_ms);
	for (i = 0; i < run->side_count; i++) {
		fputs(i ? ",\n" : "", stream);
		json_side(stream, &run->sides[i]);
	}
	fputs("\n\t],\n\t\"benchmarks\": [\n", stream);
	for (position = 0; bench_at(position); position++) {
		if (!run->selected[position])
			continue;
		fputs(separator, stream);
		separator = ",\n";
		json_bench(stream, run, position, ratios);
	}
	fputs("\n\t]\n}\n", stream);
	free(ratios);
}

int report_status(const struct run *run)
{
	bool any_done = false;
	size_t position;
	unsigned int i;

	for (position = 0; bench_at(position); position++) {
		for (i = 0; i < run->side_count && run->selected[position]; i++) {
			const struct outcome *outcome = &run->sides[i].outcomes[position];

			if (outcome->status == BENCH_FAILED)
				return SAMPLE_FAILED;
			any_done |= complete(outcome);
		}
	}
	return any_done ? SAMPLE_OK : SAMPLE_UNSUPPORTED;
}
