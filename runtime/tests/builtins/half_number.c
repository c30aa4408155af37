// SPDX-License-Identifier: MIT
#include "half_number.h"

#include <math.h>
#include <stdbool.h>

#define HALF_DIGITS   11
#define HALF_MIN_EXP  (-14)
#define HALF_LARGEST  65504.0
#define HALF_INFINITY 0x7c00
#define HALF_NAN      0x7e00

double half_value(uint16_t bits)
{
	int exponent = bits >> 10 & 0x1f;
	int mantissa = bits & 0x3ff;
	double size;

	if (exponent == 0x1f)
		size = mantissa ? NAN : INFINITY;
	else if (exponent == 0)
		size = ldexp(mantissa, HALF_MIN_EXP - (HALF_DIGITS - 1));
	else
		size = ldexp(mantissa | 0x400, exponent - 15 - (HALF_DIGITS - 1));
	return bits & 0x8000 ? -size : size;
}

/* Rounds a whole number of quanta; the mode is that of half_bits(). */
static double round_quanta(double quanta, int rounding)
{
	switch (rounding) {
	case 2:
		return trunc(quanta);
	case 3:
		return ceil(quanta);
	case 4:
		return floor(quanta);
	default:
		return nearbyint(quanta);
	}
}

uint16_t half_bits(double x, int rounding)
{
	uint16_t sign = signbit(x) ? 0x8000 : 0;
	int exponent;
	double rounded;

	if (isnan(x))
		return HALF_NAN;
	if (isinf(x))
		return sign | HALF_INFINITY;
	if (x == 0)
		return sign;
	exponent = ilogb(x) < HALF_MIN_EXP ? HALF_MIN_EXP : ilogb(x);
	/* Numbers far below the smallest keep their sign and that they are not zero. */
	if (fabs(x) < 0x1p-60)
		x = copysign(0x1p-60, x);
	exponent -= HALF_DIGITS - 1;
	rounded = fabs(ldexp(round_quanta(ldexp(x, -exponent), rounding), exponent));
	if (rounded > HALF_LARGEST) {
		/* Away from infinity only where the mode forbids it. */
		bool stays = rounding == 2 || (rounding == 3 && sign) || (rounding == 4 && !sign);

		return sign | (stays ? HALF_INFINITY - 1 : HALF_INFINITY);
	}
	if (rounded < ldexp(1, HALF_MIN_EXP))
		return sign | (uint16_t)ldexp(rounded, HALF_DIGITS - 1 - HALF_MIN_EXP);
	exponent = ilogb(rounded);
	return sign | (uint16_t)((exponent + 15) << 10) |
	       (uint16_t)((int)ldexp(rounded, HALF_DIGITS - 1 - exponent) & 0x3ff);
}

double half_next(double x, double towards)
{
	uint16_t bits = half_bits(x, 0);
	bool is_above = towards > half_value(bits);

	if (isnan(x) || isnan(towards) || half_value(bits) == towards)
		return x;
	if (half_value(bits) == 0)
		return is_above ? half_value(1) : -half_value(1);
	return half_value((uint16_t)(is_above == !(bits & 0x8000) ? bits + 1 : bits - 1));
}

bool half_is_nan(uint16_t bits)
{
	return (bits & 0x7fff) > HALF_INFINITY;
}
