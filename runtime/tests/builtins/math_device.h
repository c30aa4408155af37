/* SPDX-License-Identifier: MIT */
/* Runs a math function on the device under test. */
#ifndef TANDEM_TEST_MATH_DEVICE_H
#define TANDEM_TEST_MATH_DEVICE_H

#include "math_function.h"
#include "math_points.h"
#include "session.h"

/* What came back for each point: the value as a double, and the second result. */
struct math_results {
	size_t count;
	double *value;
	double *other;
	int *integer;
};

/*
 * Evaluates function at each point, as a scalar, and at some of the points in
 * vectors of every width: vector_points of them, spread evenly, once for each
 * width; vectors->count is MATH_VECTOR_WIDTHS times vector_points. False if the
 * program does not build.
 */
bool math_device_run(const struct tandem_session *session, const struct math_function *function,
		     const struct math_format *format, const struct math_points *points,
		     struct math_results *scalars, struct math_results *vectors);
void math_results_finish(struct math_results *results);

#define MATH_VECTOR_WIDTHS 5
#define MATH_VECTOR_POINTS 960

extern const int math_vector_widths[MATH_VECTOR_WIDTHS];

/* The point that a vector result belongs to, and the width of the vector. */
size_t math_vector_point(const struct math_points *points, size_t result, int *width);

#endif
