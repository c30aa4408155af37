// SPDX-License-Identifier: MIT
/*
 * A case's curves as a drawing for a page (SVG): axes with what they are, numbers and lines at
 * round ones. An axis is logarithmic where a tenth of the values is two decades or more below the
 * greatest; so that of a time at which values were taken is not. A zero is drawn at its lower end
 * then, which says so.
 */
#include <math.h>
#include <stdlib.h>

#include "harness.h"

#define WIDTH			720
#define HEIGHT			300
#define LEFT			90 /* what the numbers and titles take around the plot */
#define RIGHT			20
#define TOP			12
#define BOTTOM			50
#define MOST_STEPS		6 /* of a linear axis, about */
#define LOG_SPAN		100
#define MOST_DECADES_WITH_LINES 4

enum direction { X, Y };

/* An axis, from its lower end to the upper. */
struct axis {
	enum direction direction;
	bool is_log, has_zero;
	double low, high;
	double step; /* of a linear one */
};

/* ---- where things are ---- */

static double place(const struct axis *axis, double value)
{
	const double start = axis->direction == X ? LEFT : HEIGHT - BOTTOM;
	const double end = axis->direction == X ? WIDTH - RIGHT : TOP;
	double part;

	if (!axis->is_log)
		part = (value - axis->low) / (axis->high - axis->low);
	else if (value <= axis->low)
		part = 0;
	else
		part = log10(value / axis->low) / log10(axis->high / axis->low);
	return start + part * (end - start);
}

/* 1, 2 or 5 times a power of ten, and not less than @least. */
static double round_step(double least)
{
	double power = pow(10, floor(log10(least)));

	if (least <= power)
		return power;
	if (least <= 2 * power)
		return 2 * power;
	return least <= 5 * power ? 5 * power : 10 * power;
}

/* The values of an axis above 0, in order. */
struct values {
	double sorted[SVM_SERIES_COUNT * SVM_SERIES_POINTS];
	unsigned int count;
	bool has_zero;
};

static int by_value(const void *one, const void *other)
{
	double first = *(const double *)one, second = *(const double *)other;

	return (first > second) - (first < second);
}

static struct values values_of(const struct svm_result *result, enum direction direction)
{
	struct values values = { .count = 0 };

	for (int i = 0; i < SVM_SERIES_COUNT; i++) {
		const struct svm_curve *curve = &result->curves[i];

		for (unsigned int j = 0; j < curve->count; j++) {
			double value = direction == X ? curve->x[j] : curve->y[j];

			if (value > 0)
				values.sorted[values.count++] = value;
			else
				values.has_zero = true;
		}
	}
	qsort(values.sorted, values.count, sizeof(values.sorted[0]), by_value);
	return values;
}

static struct axis axis_of(const struct values *values, enum direction direction)
{
	struct axis axis = { .direction = direction, .has_zero = values->has_zero };
	const double most = values->count ? values->sorted[values->count - 1] : 1;

	axis.is_log = values->count && values->sorted[values->count / 10] * LOG_SPAN <= most;
	if (axis.is_log) {
		axis.low = pow(10, floor(log10(values->sorted[0])));
		axis.high = pow(10, ceil(log10(most)));
		return axis;
	}
	axis.step = round_step(most / MOST_STEPS);
	axis.high = axis.step * ceil(most / axis.step);
	return axis;
}

/* ---- the axes ---- */

static void print_line(FILE *file, const struct axis *axis, double value, const char *stroke)
{
	double at = place(axis, value);

	if (axis->direction == X)
		fprintf(file, "<path stroke=\"%s\" d=\"M%.1f %dV%d\"/>", stroke, at, TOP,
			HEIGHT - BOTTOM);
	else
		fprintf(file, "<path stroke=\"%s\" d=\"M%d %.1fH%d\"/>", stroke, LEFT, at,
			WIDTH - RIGHT);
}

static void print_number(FILE *file, const struct axis *axis, double at_value, double number)
{
	double at = place(axis, at_value);

	print_line(file, axis, at_value, "#d0d0d0");
	if (axis->direction == X)
		fprintf(file, "<text text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">%.10g</text>\n", at,
			HEIGHT - BOTTOM + 17, number);
	else
		fprintf(file, "<text text-anchor=\"end\" x=\"%d\" y=\"%.1f\">%.10g</text>\n",
			LEFT - 7, at + 4, number);
}

static void print_decades(FILE *file, const struct axis *axis)
{
	const bool has_lines = axis->high / axis->low <= pow(10, MOST_DECADES_WITH_LINES) * 1.5;

	int count = (int)floor(log10(axis->high * 1.5 / axis->low)) + 1;

	for (int k = 0; k < count; k++) {
		double decade = axis->low * pow(10, k);

		print_number(file, axis, decade, axis->has_zero && !k ? 0 : decade);
		for (int i = 2; has_lines && i < 10 && decade * i < axis->high; i++)
			print_line(file, axis, decade * i, "#efefef");
	}
}

static void print_steps(FILE *file, const struct axis *axis)
{
	for (int i = 0; i * axis->step < axis->high * 1.001; i++)
		print_number(file, axis, i * axis->step, i * axis->step);
}

static void print_axis(FILE *file, const struct axis *axis, const char *title)
{
	const int middle_x = (LEFT + WIDTH - RIGHT) / 2, middle_y = (TOP + HEIGHT - BOTTOM) / 2;

	if (axis->is_log)
		print_decades(file, axis);
	else
		print_steps(file, axis);
	if (axis->direction == X)
		fprintf(file, "<text text-anchor=\"middle\" x=\"%d\" y=\"%d\">", middle_x,
			HEIGHT - 10);
	else
		fprintf(file,
			"<text text-anchor=\"middle\" transform=\"translate(16 %d) "
			"rotate(-90)\">",
			middle_y);
	svm_print_html(file, title);
	fprintf(file, "%s</text>\n", axis->is_log ? ", logarithmic" : "");
}

/* ---- the curves ---- */

static const char *const strokes[SVM_SERIES_COUNT] = { "#1f5fbf", "#c2570c" };

static void print_curve(FILE *file, const struct svm_curve *curve, const struct axis axes[2],
			const char *stroke)
{
	fprintf(file, "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" points=\"", stroke);
	for (unsigned int i = 0; i < curve->count; i++)
		fprintf(file, "%.1f,%.1f ", place(&axes[X], curve->x[i]),
			place(&axes[Y], curve->y[i]));
	fprintf(file, "\"/>\n");
}

static void print_legend(FILE *file, const struct svm_result *result)
{
	fprintf(file, "<p>");
	for (int i = 0; i < SVM_SERIES_COUNT; i++) {
		if (!result->curves[i].count)
			continue;
		fprintf(file, "<span style=\"color:%s\">&#9632; ", strokes[i]);
		svm_print_html(file, result->curves[i].name);
		fprintf(file, "</span> ");
	}
	fprintf(file, "</p>\n");
}

bool svm_has_plot(const struct svm_result *result)
{
	return values_of(result, Y).count;
}

void svm_print_plot(FILE *file, const struct svm_result *result)
{
	struct axis axes[2];

	for (int i = X; i <= Y; i++) {
		struct values values = values_of(result, (enum direction)i);

		axes[i] = axis_of(&values, (enum direction)i);
	}
	print_legend(file, result);
	fprintf(file,
		"<svg viewBox=\"0 0 %d %d\" width=\"%d\" font-size=\"12\" fill=\"#333\" "
		"role=\"img\">\n",
		WIDTH, HEIGHT, WIDTH);
	for (int i = X; i <= Y; i++)
		print_axis(file, &axes[i], result->axes[i]);
	fprintf(file, "<path fill=\"none\" stroke=\"#888\" d=\"M%d %dV%dH%d\"/>\n", LEFT, TOP,
		HEIGHT - BOTTOM, WIDTH - RIGHT);
	for (int i = 0; i < SVM_SERIES_COUNT; i++) {
		if (result->curves[i].count)
			print_curve(file, &result->curves[i], axes, strokes[i]);
	}
	fprintf(file, "</svg>\n");
}
