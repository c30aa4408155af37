// SPDX-License-Identifier: MIT
#pragma once

#include <stddef.h>

/* Quartiles are interpolated between the two nearest values. */
struct stats {
	double minimum, first_quartile, median, third_quartile, maximum;
};

/* Sorts @values in place. @count must not be 0. */
struct stats stats_of(double *values, size_t count);
