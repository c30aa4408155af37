// SPDX-License-Identifier: MIT
#include "stats.h"

#include <stdlib.h>

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double quantile(const double *sorted, size_t count, double fraction)
{
	double position = fraction * (double)(count - 1);
	size_t below = (size_t)position;

	if (below + 1 >= count)
		return sorted[count - 1];
	return sorted[below] + (position - (double)below) * (sorted[below + 1] - sorted[below]);
}

struct stats stats_of(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return (struct stats){
		.minimum = values[0],
		.first_quartile = quantile(values, count, 0.25),
		.median = quantile(values, count, 0.5),
		.third_quartile = quantile(values, count, 0.75),
		.maximum = values[count - 1],
	};
}
