// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <math.h>

#define OPTIONS 131072
#define PLANETS 65536
#define NUMBERS 262144
#define TURNS	16

KERNEL_DECLARE_SOURCE(formulas);

static double normal_sum(double x)
{
	return erfc(-x / sqrt(2)) / 2;
}

static void black_scholes_reference(void *const *memory)
{
	const float *prices = memory[0], *strikes = memory[1], *years = memory[2];
	float *calls = memory[3], *puts = memory[4];
	double price, later, d1, d2;
	size_t i;

	for (i = 0; i < OPTIONS; i++) {
		price = (double)prices[i];
		later = (double)strikes[i] * exp(-0.02 * (double)years[i]);
		d1 = log(price / later) / (0.3 * sqrt((double)years[i])) +
		     0.15 * sqrt((double)years[i]);
		d2 = d1 - 0.3 * sqrt((double)years[i]);
		calls[i] = (float)(price * normal_sum(d1) - later * normal_sum(d2));
		puts[i] = (float)(later * normal_sum(-d2) - price * normal_sum(-d1));
	}
}

/* First by repeating x = mean + eccentricity * sin(x), then a few steps of Newton's. */
static void kepler_reference(void *const *memory)
{
	const double *means = memory[0], *eccentricities = memory[1];
	double *anomalies = memory[2], x, step;
	size_t i;
	int turn;

	for (i = 0; i < PLANETS; i++) {
		x = means[i];
		for (turn = 0; turn < 8; turn++)
			x = means[i] + eccentricities[i] * sin(x);
		for (turn = 0; turn < 4; turn++) {
			step = (x - eccentricities[i] * sin(x) - means[i]) /
			       (1 - eccentricities[i] * cos(x));
			x -= step;
		}
		anomalies[i] = x;
	}
}

static void arithmetic_reference(void *const *memory)
{
	const float *in = memory[0];
	float *out = memory[1];
	double x, y;
	size_t i;
	int turn;

	for (i = 0; i < NUMBERS; i++) {
		x = y = (double)in[i];
		for (turn = 0; turn < TURNS * 4; turn++) {
			x = x * -0.999 + y;
			y = y * -0.999 + x;
		}
		out[i] = (float)(x + y);
	}
}

/* The polynomial is good to 1e-7; prices are up to 30. */
const struct kernel_case kernel_black_scholes = {
	KERNEL_SOURCE(formulas),
	.function = "black_scholes",
	.dimensions = 1,
	.global = { OPTIONS },
	.arguments = {
		{ KERNEL_IN, KERNEL_FLOAT, OPTIONS, .low = 5, .high = 30 },
		{ KERNEL_IN, KERNEL_FLOAT, OPTIONS, .low = 1, .high = 50 },
		{ KERNEL_IN, KERNEL_FLOAT, OPTIONS, .low = 0.25, .high = 5 },
		{ KERNEL_OUT, KERNEL_FLOAT, OPTIONS, .tolerance = 1e-4 },
		{ KERNEL_OUT, KERNEL_FLOAT, OPTIONS, .tolerance = 1e-4 },
	},
	.reference = black_scholes_reference,
};

const struct kernel_case kernel_kepler_double = {
	KERNEL_SOURCE(formulas),
	.function = "kepler_double",
	.dimensions = 1,
	.global = { PLANETS },
	.arguments = {
		{ KERNEL_IN, KERNEL_DOUBLE, PLANETS, .low = 0, .high = 3.14 },
		{ KERNEL_IN, KERNEL_DOUBLE, PLANETS, .low = 0, .high = 0.7 },
		{ KERNEL_OUT, KERNEL_DOUBLE, PLANETS, .tolerance = 1e-12 },
	},
	.reference = kepler_reference,
};

#define ARITHMETIC_CASE(name, width) \
	const struct kernel_case kernel_arithmetic_##name = {                               \
		KERNEL_SOURCE(formulas),                                                    \
		.function = "arithmetic_" #name,                                            \
		.dimensions = 1,                                                            \
		.global = { NUMBERS / (width) },                                            \
		.arguments = {                                                              \
			{ KERNEL_IN, KERNEL_FLOAT, NUMBERS, .low = -1, .high = 1 },         \
			{ KERNEL_OUT, KERNEL_FLOAT, NUMBERS, .tolerance = 1e-4 },           \
			{ KERNEL_NUMBER, .number = TURNS },                                 \
		},                                                                          \
		.reference = arithmetic_reference,                                          \
	}

ARITHMETIC_CASE(float, 1);
ARITHMETIC_CASE(float2, 2);
ARITHMETIC_CASE(float4, 4);
