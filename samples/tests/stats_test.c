// SPDX-License-Identifier: MIT
/* The summary of a few figures whose quartiles are known. */
#include "svmbench/stats.h"

#include <stdio.h>

static int check(const char *what, double expected, double seen)
{
	if (expected == seen)
		return 0;
	printf("%s: %g, not %g\n", what, seen, expected);
	return 1;
}

int main(void)
{
	double five[] = { 50, 10, 40, 20, 30 };
	double four[] = { 4, 1, 3, 2 };
	double one[] = { 7 };
	struct stats stats;
	int wrong = 0;

	stats = stats_of(five, 5);
	wrong += check("minimum of five", 10, stats.minimum);
	wrong += check("first quartile of five", 20, stats.first_quartile);
	wrong += check("median of five", 30, stats.median);
	wrong += check("third quartile of five", 40, stats.third_quartile);
	wrong += check("maximum of five", 50, stats.maximum);
	stats = stats_of(four, 4);
	wrong += check("first quartile of four", 1.75, stats.first_quartile);
	wrong += check("median of four", 2.5, stats.median);
	wrong += check("third quartile of four", 3.25, stats.third_quartile);
	stats = stats_of(one, 1);
	wrong += check("minimum of one", 7, stats.minimum);
	wrong += check("median of one", 7, stats.median);
	wrong += check("maximum of one", 7, stats.maximum);
	return wrong != 0;
}
