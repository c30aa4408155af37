/* SPDX-License-Identifier: MIT */
/* The arguments that a math function is tested with. */
#ifndef TANDEM_TEST_MATH_POINTS_H
#define TANDEM_TEST_MATH_POINTS_H

#include <stdint.h>

#include "math_function.h"

struct math_points {
	size_t count;
	double *real[3]; /* values that the format has */
	int *integer;
};

/*
 * Special values (all combinations of a selection for functions of several
 * arguments), then random ones: any bits, and what is interesting for the
 * function. At least wanted points, in an order that the seed determines.
 */
void math_points_init(struct math_points *points, const struct math_function *function,
		      const struct math_format *format, size_t wanted, uint64_t seed);
void math_points_finish(struct math_points *points);

#endif
