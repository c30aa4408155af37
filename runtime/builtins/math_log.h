// SPDX-License-Identifier: MIT
/*
 * For a body of for_each_real.h: the parts of logarithms,
 * x = 2^e * (1 + f), sqrt(1/2) <= 1 + f < sqrt(2).
 */
#if BITS == 32
#define SQRT_HALF_BITS	0x3f3504f3
#define LOG_MANTISSA	0x007fffff
#define LOG_SMALLEST	0x1p-126f
#define LOG_RESCUE	0x1p+23f
#define LOG_RESCUE_BITS 23
#define LOG_LN2_HIGH	0x1.62e4p-1f
#define LOG_LN2_LOW	0x1.7f7d1cp-20f
#else
#define SQRT_HALF_BITS	0x3fe6a09e667f3bcd
#define LOG_MANTISSA	0x000fffffffffffff
#define LOG_SMALLEST	0x1p-1022
#define LOG_RESCUE	0x1p+52
#define LOG_RESCUE_BITS 52
#define LOG_LN2_HIGH	0x1.62e42feep-1
#define LOG_LN2_LOW	0x1.a39ef35793c76p-33
#endif

/* f of a positive normal number. */
HELPER V(TYPE) split_normal(V(TYPE) x, V(SIGNED) * e)
{
	V(SIGNED) offset = AS(SIGNED, x) - (V(SIGNED))(SQRT_HALF_BITS);
	V(SIGNED) mantissa = (offset & (V(SIGNED))(LOG_MANTISSA)) + (V(SIGNED))(SQRT_HALF_BITS);

	*e = offset >> (V(SIGNED))(BITS == 32 ? 23 : 52);
	return AS(TYPE, mantissa) - (V(TYPE))(1);
}

/* f of any positive number. */
HELPER V(TYPE) split_number(V(TYPE) x, V(TYPE) * e)
{
	V(SIGNED) is_small = MASK(SIGNED, x < (V(TYPE))(LOG_SMALLEST));
	V(SIGNED) exponent;
	V(TYPE) f = split_normal(is_small ? x * (V(TYPE))(LOG_RESCUE) : x, &exponent);

	*e = CONVERT(TYPE, exponent - (is_small & (V(SIGNED))(LOG_RESCUE_BITS)));
	return f;
}

/* log(2^e * (1 + f)) */
HELPER V(TYPE) log_of_parts(V(TYPE) e, V(TYPE) f)
{
	V(TYPE) half_square = (V(TYPE))(R(0.5)) * f * f;
#if BITS == 32
	V(TYPE) rest = multiply_add(f * f * f, HORNER(f, log_table_float), e * LOG_LN2_LOW);

	return multiply_add(e, (V(TYPE))(LOG_LN2_HIGH), f + (rest - half_square));
#else
	V(TYPE) s = f / (f + 2);
	V(TYPE) z = s * s;
	V(TYPE) rest = multiply_add(z, HORNER(z, log_table_double), half_square);

	rest = multiply_add(s, rest, e * LOG_LN2_LOW);
	return multiply_add(e, (V(TYPE))(LOG_LN2_HIGH), f - (half_square - rest));
#endif
}

/* What logarithms of special numbers are; result for the others. */
HELPER V(TYPE) log_special(V(TYPE) x, V(TYPE) result)
{
	result = x == (V(TYPE))(INFINITY) ? x : result;
	result = x == (V(TYPE))(0) ? (V(TYPE))(-INFINITY) : result;
	return x >= (V(TYPE))(0) ? result : (V(TYPE))(NAN);
}

/* log(1 + x) for finite x > -1. */
HELPER V(TYPE) log1p_in_range(V(TYPE) x)
{
	V(TYPE) sum = x + 1;
	V(TYPE) added = sum - 1;
	/* What the sum has lost. */
	V(TYPE) lost = (1 - (sum - added)) + (x - added);
	V(SIGNED) e;
	V(TYPE) f = split_normal(sum, &e);
	/* Of large numbers nothing is lost that would count. */
	V(SIGNED) small_e = __builtin_elementwise_min(e, (V(SIGNED))(64));
	V(SIGNED) bias = (V(SIGNED))(BITS == 32 ? 127 : 1023);
	V(TYPE) scale = AS(TYPE, (bias - small_e) << (V(SIGNED))(BITS == 32 ? 23 : 52));

	return log_of_parts(CONVERT(TYPE, e), multiply_add(lost, scale, f));
}
