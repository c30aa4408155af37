// SPDX-License-Identifier: MIT
/*
 * tgamma, lgamma, lgamma_r (OpenCL C 6.15.2). Floats are computed with as doubles.
 */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_gamma.cl"
#include "builtins.h"
#include "math_pointers.h"
#include "math_pow_tables.h"

/*
 * Lanczos' approximation with 13 terms and g = 6.0246...:
 * gamma(x) = (x + g - 1/2)^(x - 1/2) * exp(-(x + g - 1/2)) * above(x) / (x * below(x)),
 * below(x) = (x + 1) * (x + 2) * ... * (x + 11), for x > 0 with an error of 2^-55.
 */
#define LANCZOS_SHIFT 0x1.61945b98p+2
static __constant double lanczos_above_table[] = {
	0x1.5ea5143c1a49ep+34, 0x1.3fc7075f54c57p+35, 0x1.0a132818ab61ap+35, 0x1.0b0b522e8261ap+34,
	0x1.67fc1b3a5a1e8p+32, 0x1.57418f5d3f33fp+30, 0x1.dab0c7bb95f2ap+27, 0x1.df876f95dcc98p+24,
	0x1.5f1e95080f44cp+21, 0x1.6b6421f8787ebp+17, 0x1.f87ac0858d804p+12, 0x1.a5a607bbc3b52p+7,
	0x1.40d931ff62705p+1,
};
static __constant double lanczos_below_table[] = {
	39916800, 120543840, 150917976, 105258076, 45995730, 13339535,
	2637558,  357423,    32670,	1925,	   66,	     1,
};

/* lgamma(1 + t) / t and lgamma(2 + t) / t for |t| <= 1/2, with errors of 2^-54 and 2^-57. */
static __constant double lgamma_1_table[] = {
	-0x1.2788cfc6fb619p-1, 0x1.a51a6625307dep-1,  -0x1.9a4d55beab2ecp-2, 0x1.151322ac7ae9ap-2,
	-0x1.a8b9c17aa107ap-3, 0x1.5b40cb12f7073p-3,  -0x1.2703a1dfbe277p-3, 0x1.010b35ed62478p-3,
	-0x1.c8066ef4fb27cp-4, 0x1.9a021c345d517p-4,  -0x1.748c6a0220f9fp-4, 0x1.5565b242dea9cp-4,
	-0x1.3b189ba4be509p-4, 0x1.24e56c2585839p-4,  -0x1.115f563420986p-4, 0x1.f9a2e1a6a7a4cp-5,
	-0x1.dbb5fb77f48d9p-5, 0x1.f49fa5f1945d8p-5,  -0x1.db4381594a2ep-5,  0x1.76b23d342cd58p-6,
	-0x1.5d74f3ab0a6d6p-6, 0x1.1116ae4a0d662p-3,  -0x1.0770e02c9a3fcp-3, -0x1.1239968affa53p-3,
	0x1.0a5f6b5965e57p-3,  0x1.bdfb119b3a68fp-3,  -0x1.af645395fc0ffp-3,
};
static __constant double lgamma_2_table[] = {
	0x1.b0ee6072093cep-2,	0x1.4a34cc4a60fa6p-2,  -0x1.13e001a557555p-4,
	0x1.51322ac7d8333p-6,	-0x1.e404fc21d8fe7p-8, 0x1.7add6eadfcc7bp-9,
	-0x1.38ac5bfce42c1p-10, 0x1.0b36af5972ed1p-11, -0x1.d3fd6a9087d23p-13,
	0x1.a127cd91ac95bp-14,	-0x1.78d8f868f383fp-15, 0x1.5808af19fa483p-16,
	-0x1.3d4ce65b1d70bp-17, 0x1.2620de1c78d97p-18, -0x1.08fccc794a9c7p-19,
	0x1.f038cb2f6a913p-21,	-0x1.37fd97eeee99dp-21, 0x1.2703c6effc4ebp-22,
};

/* x times what Stirling's formula lacks of lgamma(x), in 1 / x^2, for x >= 8. */
static __constant double stirling_table[] = {
	0x1.5555555555555p-4,  -0x1.6c16c16c149f4p-9,  0x1.a01a017dcf9e1p-11,
	-0x1.38134d4f8896fp-11, 0x1.b92c33f9445e5p-11, -0x1.ef8d748aeb0f2p-10,
	0x1.4bffc9d8b455bp-8,
};

#include "for_each_real.h"
#else

#include "horner.h"
#include "math_pow.h"

#if BITS == 32

/* Defined when the bodies for double come by. */
BUILTIN V(double) tgamma(V(double) x);

BUILTIN V(float) tgamma(V(float) x)
{
	return CONVERT(float, tgamma(CONVERT(double, x)));
}

#else

/* a + b and what that loses */
HELPER V(double) add_exactly(V(double) a, V(double) b, V(double) * lost)
{
	V(double) sum = a + b;
	V(double) added = sum - a;

	*lost = (a - (sum - added)) + (b - added);
	return sum;
}

/* log2 of the first two factors above, for x > 0. */
HELPER V(double) lanczos_exponent(V(double) x, V(double) * low)
{
	const V(double) log2_e = (V(double))(0.5 * TWO_OVER_LN2);
	V(double) base_low, power_low, log_low, lost;
	V(double) base = add_exactly(x, (V(double))(LANCZOS_SHIFT), &base_low);
	V(double) power = add_exactly(x, (V(double))(-0.5), &power_low);
	V(double) log = log2_for_pow(base, &log_low);
	V(double) product, product_low, less, less_low, total;

	log_low = multiply_add(base_low / base, log2_e, log_low);
	product = power * log;
	product_low = FMA(power, log, -product) + (power * log_low + power_low * log);
	less = base * log2_e;
	less_low = FMA(base, log2_e, -less) +
		   (base * (0.5 * TWO_OVER_LN2_LOW) + base_low * log2_e);
	total = add_exactly(product, -less, &lost);
	*low = lost + (product_low - less_low);
	return total;
}

/* factor * 2^(x + low), rounded once where that is subnormal. */
HELPER V(double) exp2_times(V(double) x, V(double) low, V(double) factor)
{
	V(double) within = clamp_for_pow(x, -1200, 1030);
	V(double) sum = within + POW_ROUNDER;
	V(double) r = within - (sum - POW_ROUNDER);
	V(long) n = AS(long, sum) - AS(long, (V(double))(POW_ROUNDER));
	V(long) half_n = n >> (V(long))(1);

	r += within == x ? low : (V(double))(0);
	factor *= HORNER(r, exp2_table_for_pow);
	return factor * power_for_pow(half_n) * power_for_pow(n - half_n);
}

/* For x < 0, gamma(x) = -pi / (sin(pi * |x|) * |x| * gamma(|x|)). */
BUILTIN V(double) tgamma(V(double) x)
{
	V(double) size = __builtin_elementwise_abs(x);
	V(long) is_negative = MASK(long, x < (V(double))(0));
	V(long) is_pole = is_negative & MASK(long, __builtin_elementwise_rint(x) == x);
	V(long) is_small = MASK(long, size < (V(double))(1));
	/* From there on it is too large, or its inverse too small; NaN is lost. */
	V(double) within = size < (V(double))(200) ? size : (V(double))(200);
	V(double) low;
	V(double) exponent = lanczos_exponent(within, &low);
	V(double) above = HORNER(within, lanczos_above_table);
	V(double) below = HORNER(within, lanczos_below_table);
	/* A factor 1 / x that may be too large by itself comes last. */
	V(double) inner = is_small ? (V(double))(1) : within;
	V(double) last = is_small & ~is_negative ? size : (V(double))(1);
	V(double) reflected = 0x1.921fb54442d18p+1 * below / (-sinpi(size) * above);
	V(double) factor = is_negative ? reflected : above / (below * inner);
	V(double) result;

	exponent = is_negative ? -exponent : exponent;
	low = is_negative ? -low : low;
	result = exp2_times(exponent, low, factor) / last;
	result = x == (V(double))(0) ? 1 / x : result;
	result = is_pole ? (V(double))(NAN) : result;
	return x == x ? result : x;
}

#endif

#if IS_SCALAR

#if BITS == 32

BUILTIN double lgamma(double x);

BUILTIN float lgamma(float x)
{
	return (float)lgamma((double)x);
}

#else

/* lgamma(x) for x > 0 or NaN. */
HELPER double lgamma_of_size(double x)
{
	double factor = 1;

	if (x >= 8) {
		double inverse = 1 / x;
		double rest = HORNER(inverse * inverse, stirling_table);

		/* (x - 1/2) * log(x) - x + log(2 * pi) / 2 + rest / x */
		return multiply_add(x - 0.5, log(x) - 1, 0x1.acfe390c97d68p-2 + inverse * rest);
	}
	if (x < 0.5)
		return x * HORNER(x, lgamma_1_table) - log(x);
	/* Adding zero makes a zero positive. */
	if (x < 1.5)
		return (x - 1) * HORNER(x - 1, lgamma_1_table) + 0.0;
	/* gamma(x) = (x - 1) * gamma(x - 1) */
	while (x > 2.5) {
		x -= 1;
		factor *= x;
	}
	return multiply_add(x - 2, HORNER(x - 2, lgamma_2_table), log(factor));
}

BUILTIN double lgamma(double x)
{
	double size = __builtin_elementwise_abs(x);

	if (x > 0 || x != x)
		return lgamma_of_size(x);
	/* Zero, minus infinity and the poles. */
	if (__builtin_elementwise_rint(x) == x)
		return INFINITY;
	if (size < 0x1p-60)
		return -log(size);
	/* log(pi) - log(|sin(pi * x)|) - log(gamma(1 - x)) */
	return 0x1.250d048e7a1bdp+0 - log(__builtin_elementwise_abs(sinpi(size))) -
	       lgamma_of_size(size + 1);
}

#endif

/* The sign of gamma(x), 0 at its poles. */
HELPER int gamma_sign(TYPE x)
{
	TYPE below = __builtin_elementwise_floor(x);

	if (!(x <= 0))
		return 1;
	if (below == x)
		return 0;
	return below * R(0.5) == __builtin_elementwise_floor(below * R(0.5)) ? 1 : -1;
}

#define LGAMMA_R(space)                                    \
	BUILTIN TYPE lgamma_r(TYPE x, space int *sign)     \
	{                                                  \
		*sign = gamma_sign(x);                     \
		return lgamma(x);                          \
	}
FOR_EACH_POINTER(LGAMMA_R)

#else

BUILTIN V(TYPE) lgamma(V(TYPE) x)
{
	return MAP(TYPE, lgamma, x);
}

#define LGAMMA_R(space)                                             \
	BUILTIN V(TYPE) lgamma_r(V(TYPE) x, space V(int) * sign)    \
	{                                                           \
		*sign = MAP(int, gamma_sign, x);                    \
		return lgamma(x);                                   \
	}
FOR_EACH_POINTER(LGAMMA_R)

#endif

#undef LGAMMA_R
#include "math_pow_end.h"

#endif
