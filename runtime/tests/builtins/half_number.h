/* SPDX-License-Identifier: MIT */
/* Numbers of half precision, as doubles and as bits. */
#ifndef TANDEM_TEST_HALF_NUMBER_H
#define TANDEM_TEST_HALF_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#define HALF_COUNT 65536

double half_value(uint16_t bits);

/* A number rounded to half: 0 and 1 to the nearest, 2 towards zero, 3 upwards, 4 downwards. */
uint16_t half_bits(double x, int rounding);

/* The half after x, a half, in the direction of another number. */
double half_next(double x, double towards);

bool half_is_nan(uint16_t bits);

#endif
