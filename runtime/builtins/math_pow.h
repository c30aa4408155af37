// SPDX-License-Identifier: MIT
/*
 * For a body of for_each_real.h: powers as 2^(y * log2(x)), where the product is
 * known to some 2^-30 (float) or 2^-55 at its largest. For float it is a double;
 * for double the sum of two of them.
 */

#define POW_ROUNDER	0x1.8p+52
#define POW_SQRT_HALF	0x3fe6a09e667f3bcd
#define POW_MANTISSA	0x000fffffffffffff
#define TWO_OVER_LN2	0x1.71547652b82fep+1
#define TWO_OVER_LN2_LOW 0x1.777d0ffda0d24p-55

/* What both types need is defined when the bodies for float come by, which are first. */
#if BITS == 32

/* m - 1, x = 2^e * m, of a positive normal number. */
HELPER V(double) split_for_pow(V(double) x, V(double) * e)
{
	V(long) offset = AS(long, x) - (V(long))(POW_SQRT_HALF);
	V(long) mantissa = (offset & (V(long))(POW_MANTISSA)) + (V(long))(POW_SQRT_HALF);

	*e = CONVERT(double, CONVERT(int, offset >> (V(long))(52)));
	return AS(double, mantissa) - 1;
}

/* Zeros are far below the smallest number, infinities far above the largest. */
HELPER V(double) log2_special(V(double) x, V(double) result)
{
	result = x < (V(double))(INFINITY) ? result : x;
	return x == (V(double))(0) ? (V(double))(-INFINITY) : result;
}

HELPER V(double) power_for_pow(V(long) n)
{
	return AS(double, (n + (V(long))(1023)) << (V(long))(52));
}

HELPER V(double) clamp_for_pow(V(double) x, double low, double high)
{
	V(double) above = x < (V(double))(low) ? (V(double))(low) : x;

	return above > (V(double))(high) ? (V(double))(high) : above;
}

/* For size >= 0 or NaN. */
HELPER V(double) log2_for_pow(V(float) size)
{
	V(double) x = CONVERT(double, size);
	V(double) e;
	V(double) f = split_for_pow(x, &e);
	V(double) s = f / (f + 2);

	return log2_special(x, multiply_add(s, HORNER_WIDE(s * s, log2_table_for_float), e));
}

/* 2^x with an error of 2^-28. */
HELPER V(double) exp2_wide(V(double) x)
{
	V(double) within = clamp_for_pow(x, -200, 130);
	V(double) sum = within + POW_ROUNDER;
	V(double) r = within - (sum - POW_ROUNDER);
	V(long) n = AS(long, sum) - AS(long, (V(double))(POW_ROUNDER));

	return HORNER_WIDE(r, exp2_table_for_float) * power_for_pow(n);
}

HELPER V(float) exp2_for_pow(V(double) x)
{
	return CONVERT(float, exp2_wide(x));
}

#else

/* log2(2^e * (1 + f)) */
HELPER V(double) log2_of_parts(V(double) e, V(double) f, V(double) * low)
{
	/* s = f / (2 + f), where 2 + f has lost a bit and s more. */
	V(double) below = f + 2;
	V(double) below_low = f - (below - 2);
	V(double) inverse = 1 / below;
	V(double) s = f * inverse;
	V(double) s_low = (FMA(-s, below, f) - s * below_low) * inverse;
	V(double) z = s * s;
	V(double) z_low = FMA(s, s, -z) + 2 * s * s_low;
	/* atanh(s) = s + s * (z / 3 + z^2 * ...) */
	V(double) third = z * 0x1.5555555555555p-2;
	V(double) third_low = FMA(z, (V(double))(0x1.5555555555555p-2), -third) +
			      (z * 0x1.5555555555555p-56 + z_low * 0x1.5555555555555p-2);
	V(double) rest = z * z * HORNER(z, atanh_table);
	V(double) sum = third + rest;
	V(double) sum_low = (third - sum) + rest + third_low;
	V(double) product = s * sum;
	V(double) product_low = FMA(s, sum, -product) + (s * sum_low + s_low * sum);
	V(double) atanh = s + product;
	V(double) atanh_low = (s - atanh) + product + (product_low + s_low);
	V(double) log = atanh * TWO_OVER_LN2;
	V(double) log_low = FMA(atanh, (V(double))(TWO_OVER_LN2), -log) +
			    (atanh * TWO_OVER_LN2_LOW + atanh_low * TWO_OVER_LN2);
	V(double) total = e + log;

	*low = (e - total) + log + log_low;
	return total;
}

/* For size >= 0 or NaN; low does not count where the result is not finite. */
HELPER V(double) log2_for_pow(V(double) size, V(double) * low)
{
	V(long) is_small = MASK(long, size < (V(double))(0x1p-1022));
	V(double) e;
	V(double) f = split_for_pow(is_small ? size * 0x1p+54 : size, &e);

	e -= is_small ? (V(double))(54) : (V(double))(0);
	return log2_special(size, log2_of_parts(e, f, low));
}

/* 2^(x + low), where low is small next to x, or anything where x is large. */
HELPER V(double) exp2_for_pow(V(double) x, V(double) low)
{
	V(double) within = clamp_for_pow(x, -1100, 1030);
	V(double) sum = within + POW_ROUNDER;
	V(double) r = within - (sum - POW_ROUNDER);
	V(long) n = AS(long, sum) - AS(long, (V(double))(POW_ROUNDER));
	V(long) half_n = n >> (V(long))(1);

	r += within == x ? low : (V(double))(0);
	return HORNER(r, exp2_table_for_pow) * power_for_pow(half_n) * power_for_pow(n - half_n);
}

#endif
