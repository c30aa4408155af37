// SPDX-License-Identifier: MIT
/*
 * For a body of for_each_real.h: sines and cosines of any angle.
 *
 * An angle is reduced to r, |r| <= pi / 4, and the number of the quadrant that r
 * is counted from. Large angles take part in that like small ones, without a
 * branch or a loop: an integer times a power of two is replaced by the integer times
 * what that power is modulo 2 * pi (or, times 2 / pi, modulo 4), a constant.
 */

#define TWO_OVER_PI   0x1.45f306dc9c883p-1
#define HALF_PI_HIGH  0x1.921fb54442d18p+0
#define HALF_PI_LOW   0x1.1a62633145c07p-54
#define ANGLE_ROUNDER 0x1.8p+52

#if BITS == 32

/*
 * Doubles hold the multiple of pi / 2 of a float exactly enough, up to 2^45. The
 * numbers above are integers times 2^22, 2^44, 2^66 or 2^88: the sum of two
 * constants is what that power is modulo 2 * pi.
 */
HELPER V(float) reduce_angle(V(float) size, V(int) * quadrant)
{
	V(float) scale = (V(float))(1);
	V(double) unit_high = (V(double))(1);
	V(double) unit_low = (V(double))(0);
	V(double) scaled, high, low, sum, whole, r;
	V(int) is_above;

	_Pragma("unroll") for (int i = 0; i < 4; i++)
	{
		is_above = MASK(int, size >= (V(float))(angle_rows_float[i].least));
		scale = is_above ? (V(float))(angle_rows_float[i].scale) : scale;
		unit_high = CONVERT(long, is_above) ? (V(double))(angle_rows_float[i].high) :
						      unit_high;
		unit_low = CONVERT(long, is_above) ? (V(double))(angle_rows_float[i].low) :
						     unit_low;
	}
	scaled = CONVERT(double, size *scale);
	high = scaled * unit_high;
	low = FMA(scaled, unit_high, -high) + scaled * unit_low;
	sum = high * TWO_OVER_PI + ANGLE_ROUNDER;
	whole = sum - ANGLE_ROUNDER;
	r = FMA(whole, (V(double))(-HALF_PI_HIGH), high) + low;
	*quadrant = CONVERT(int, AS(long, sum));
	return CONVERT(float, multiply_add(whole, (V(double))(-HALF_PI_LOW), r));
}

HELPER V(float) sin_reduced(V(float) r)
{
	V(float) z = r * r;

	return multiply_add(r * z, HORNER(z, sin_table_float), r);
}

HELPER V(float) cos_reduced(V(float) r)
{
	V(float) z = r * r;
	V(float) rest = multiply_add(z, HORNER(z, cos_table_float), (V(float))(-0.5f));

	return multiply_add(z, rest, (V(float))(1.0f));
}

HELPER V(float) sines(V(float) x, V(float) * cosine, V(int) * quadrant)
{
	V(float) r = reduce_angle(__builtin_elementwise_abs(x), quadrant);

	*cosine = cos_reduced(r);
	return sin_reduced(r);
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

/* a * b and what that loses */
HELPER V(double) multiply_exactly(V(double) a, V(double) b, V(double) * lost)
{
	V(double) product = a * b;

	*lost = FMA(a, b, -product);
	return product;
}

/*
 * The product with 2 / pi, modulo 4, of which all but 2^-117 must be known: doubles
 * come as close to multiples of pi / 2 as 2^-61. So 2 / pi is a sum of four numbers,
 * and what each product and sum of large terms loses is kept. r has a second part
 * for the same reason.
 */
HELPER V(double) reduce_angle(V(double) size, V(double) * r_low, V(long) * quadrant)
{
	const V(long) bias = (V(long))(1023);
	V(long) exponent = (AS(long, size) >> (V(long))(52)) - (V(long))(1023 + 52);
	V(long) row = __builtin_elementwise_max(exponent, (V(long))(0)) >> (V(long))(4);
	V(double) scaled = size * AS(double, (bias - (row << (V(long))(4))) << (V(long))(52));
	V(long) is_tiny = MASK(long, size < (V(double))(0x1p-200));
	V(double) product_0, product_1, product_2, rest_0, rest_1, rest_2;
	V(double) lost_1, lost_2, lost_3, lost_4, lost_5, lost_6;
	V(double) middle, whole, fraction, part, low, r;

	product_0 = multiply_exactly(scaled, MAP(double, angle_part_0, row), &rest_0);
	product_1 = multiply_exactly(scaled, MAP(double, angle_part_1, row), &rest_1);
	product_2 = multiply_exactly(scaled, MAP(double, angle_part_2, row), &rest_2);
	low = multiply_add(scaled, MAP(double, angle_part_3, row), rest_2);

	product_0 -= 4 * __builtin_elementwise_rint(product_0 * 0.25);
	middle = add_exactly(rest_0, product_1, &lost_1);
	whole = __builtin_elementwise_rint(product_0);
	fraction = product_0 - whole;
	part = __builtin_elementwise_rint(middle);
	whole += part;
	fraction = add_exactly(fraction, middle - part, &lost_2);
	part = __builtin_elementwise_rint(fraction);
	whole += part;
	fraction -= part;

	middle = add_exactly(rest_1, product_2, &lost_3);
	middle = add_exactly(middle, lost_1, &lost_4);
	middle = add_exactly(middle, lost_2, &lost_5);
	fraction = add_exactly(fraction, middle, &lost_6);
	low = lost_6 + (lost_5 + (lost_4 + (lost_3 + low)));

	*quadrant = AS(long, whole + ANGLE_ROUNDER);
	r = multiply_exactly(fraction, (V(double))(HALF_PI_HIGH), &rest_0);
	low = multiply_add(low, (V(double))(HALF_PI_HIGH), rest_0);
	low = multiply_add(fraction, (V(double))(HALF_PI_LOW), low);
	/* The products above have no room for what they lose of very small angles. */
	*r_low = is_tiny ? (V(double))(0) : low;
	return is_tiny ? size : r;
}

HELPER V(double) sines(V(double) x, V(double) * cosine, V(long) * quadrant)
{
	V(double) r_low;
	V(double) r = reduce_angle(__builtin_elementwise_abs(x), &r_low, quadrant);
	V(double) z = r * r;
	V(double) half_z = 0.5 * z;
	V(double) near_one = 1 - half_z;
	V(double) rest = multiply_add(z * z, HORNER(z, cos_table_double), -(r * r_low));

	*cosine = near_one + (((1 - near_one) - half_z) + rest);
	rest = multiply_add(-half_z, r_low, r_low);
	rest = multiply_add(r * z, HORNER(z, sin_table_double), rest);
	return r + rest;
}

#endif
