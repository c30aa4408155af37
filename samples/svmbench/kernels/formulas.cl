// SPDX-License-Identifier: MIT

/* The normal distribution's sums, by a polynomial. */
static float normal_sum(float x)
{
	float k = 1 / (1 + 0.2316419f * fabs(x));
	float rest = 0.39894228f * exp(-0.5f * x * x) * k *
		     (0.319381530f +
		      k * (-0.356563782f +
			   k * (1.781477937f + k * (-1.821255978f + k * 1.330274429f))));

	return x > 0 ? 1 - rest : rest;
}

kernel void black_scholes(global const float *prices, global const float *strikes,
			  global const float *years, global float *calls, global float *puts)
{
	const float rate = 0.02f, volatility = 0.3f;
	size_t self = get_global_id(0);
	float price = prices[self], strike = strikes[self], time = years[self];
	float root = sqrt(time);
	float d1 = (log(price / strike) + (rate + 0.5f * volatility * volatility) * time) /
		   (volatility * root);
	float n1 = normal_sum(d1), n2 = normal_sum(d1 - volatility * root);
	float later = strike * exp(-rate * time);

	calls[self] = price * n1 - later * n2;
	puts[self] = later * (1 - n2) - price * (1 - n1);
}

/* Where planets are: Newton's method on Kepler's equation, until it is good enough. */
kernel void kepler_double(global const double *means, global const double *eccentricities,
			  global double *anomalies)
{
	size_t self = get_global_id(0);
	double mean = means[self], eccentricity = eccentricities[self], x = mean, step;
	int turn;

	for (turn = 0; turn < 30; turn++) {
		step = (x - eccentricity * sin(x) - mean) / (1 - eccentricity * cos(x));
		x -= step;
		if (fabs(step) < 1e-13)
			break;
	}
	anomalies[self] = x;
}

/* As much arithmetic in each: a work-item of a vector does that of as many others. */
#define DEFINE_ARITHMETIC(type)                                                         \
	kernel void arithmetic_##type(global const type *in, global type *out, uint turns)      \
	{                                                                                       \
		type x = in[get_global_id(0)], y = x;                                           \
		const type factor = -0.999f;                                                    \
		uint i;                                                                         \
                                                                                                \
		for (i = 0; i < turns; i++) {                                                   \
			x = mad(x, factor, y);                                                  \
			y = mad(y, factor, x);                                                  \
			x = mad(x, factor, y);                                                  \
			y = mad(y, factor, x);                                                  \
			x = mad(x, factor, y);                                                  \
			y = mad(y, factor, x);                                                  \
			x = mad(x, factor, y);                                                  \
			y = mad(y, factor, x);                                                  \
		}                                                                               \
		out[get_global_id(0)] = x + y;                                                  \
	}

DEFINE_ARITHMETIC(float)
DEFINE_ARITHMETIC(float2)
DEFINE_ARITHMETIC(float4)
