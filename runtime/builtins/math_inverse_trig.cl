// SPDX-License-Identifier: MIT
/* asin, acos, atan, atan2 and the same in half turns (OpenCL C 6.15.2). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_inverse_trig.cl"
#include "builtins.h"

/* (asin(s) / s - 1) / z, z = s^2, for |s| <= 1/2, with errors of 2^-30 and 2^-58. */
static __constant float asin_table_float[] = {
	0x1.555554p-3f, 0x1.3334cap-4f, 0x1.6d3f84p-5f,
	0x1.ffa6e2p-6f, 0x1.104b94p-6f, 0x1.1a7c54p-5f,
};
static __constant double asin_table_double[] = {
	0x1.5555555555556p-3, 0x1.3333333332db7p-4, 0x1.6db6db6e463cdp-5,  0x1.f1c71c131510ep-6,
	0x1.6e8bb3498f0e6p-6, 0x1.1c4d14b2bc353p-6, 0x1.c9d2b04c6b34ap-7,  0x1.7803ed612228bp-7,
	0x1.531aee6df9183p-7, 0x1.5e939342b2479p-8, 0x1.21cefa2fa8ab5p-6,  -0x1.f519254d9fba7p-7,
	0x1.dc028e9e92a11p-6,
};

/* (atan(t) / t - 1) / z, z = t^2, for |t| <= tan(pi / 8), with errors of 2^-28 and 2^-57. */
static __constant float atan_table_float[] = {
	-0x1.555554p-2f, 0x1.999704p-3f, -0x1.241c4ep-3f, 0x1.b7cf06p-4f, -0x1.078f44p-4f,
};
static __constant double atan_table_double[] = {
	-0x1.5555555555555p-2, 0x1.9999999999402p-3,  -0x1.249249243af8ap-3, 0x1.c71c71870dbd7p-4,
	-0x1.745d0b55a44efp-4, 0x1.3b126565d778p-4,   -0x1.10fa87f6ff07bp-4, 0x1.dfe683b07878dp-5,
	-0x1.a09734a7d4813p-5, 0x1.41536c9db0922p-5,  -0x1.39fb38833695ep-6,
};

#include "for_each_real.h"
#else

#include "horner.h"

#if BITS == 32
#define PI_HIGH	   0x1.921fb6p+1f
#define PI_LOW	   -0x1.777a5cp-24f
#define ONE_OVER_PI 0x1.45f306p-2f
#define TOO_LARGE  0x1p+125f
#define TOO_SMALL  0x1p-100f
#define ENLARGEMENT 0x1p+30f
#define ASIN_TABLE asin_table_float
#define ATAN_TABLE atan_table_float
#else
#define PI_HIGH	   0x1.921fb54442d18p+1
#define PI_LOW	   0x1.1a62633145c07p-53
#define ONE_OVER_PI 0x1.45f306dc9c883p-2
#define TOO_LARGE  0x1p+1021
#define TOO_SMALL  0x1p-950
#define ENLARGEMENT 0x1p+60
#define ASIN_TABLE asin_table_double
#define ATAN_TABLE atan_table_double
#endif

/*
 * asin(size) for size <= 1/2; half of acos(size) above that, from
 * acos(x) = 2 * asin(sqrt((1 - x) / 2)).
 */
HELPER V(TYPE) asin_part(V(TYPE) size, V(SIGNED) * is_large)
{
	V(SIGNED) large = MASK(SIGNED, size > (V(TYPE))(R(0.5)));
	V(TYPE) square = large ? R(0.5) * (1 - size) : size * size;
	V(TYPE) s = large ? __builtin_elementwise_sqrt(square) : size;

	*is_large = large;
	return multiply_add(s * square, HORNER(square, ASIN_TABLE), s);
}

BUILTIN V(TYPE) asin(V(TYPE) x)
{
	V(SIGNED) is_large;
	V(TYPE) part = asin_part(__builtin_elementwise_abs(x), &is_large);
	V(TYPE) above = R(0.5) * PI_HIGH - (2 * part - R(0.5) * PI_LOW);

	return __builtin_elementwise_copysign(is_large ? above : part, x);
}

BUILTIN V(TYPE) asinpi(V(TYPE) x)
{
	V(SIGNED) is_large;
	V(TYPE) part = asin_part(__builtin_elementwise_abs(x), &is_large);
	V(TYPE) above = multiply_add(part, (V(TYPE))(-2 * ONE_OVER_PI), (V(TYPE))(R(0.5)));

	return __builtin_elementwise_copysign(is_large ? above : part * ONE_OVER_PI, x);
}

BUILTIN V(TYPE) acos(V(TYPE) x)
{
	V(SIGNED) is_large;
	V(TYPE) part = asin_part(__builtin_elementwise_abs(x), &is_large);
	V(TYPE) signed_part = __builtin_elementwise_copysign(part, x);
	V(TYPE) middle = R(0.5) * PI_HIGH - (signed_part - R(0.5) * PI_LOW);
	V(TYPE) ends = x > (V(TYPE))(0) ? 2 * part : PI_HIGH - (2 * part - PI_LOW);

	return is_large ? ends : middle;
}

BUILTIN V(TYPE) acospi(V(TYPE) x)
{
	V(SIGNED) is_large;
	V(TYPE) part = asin_part(__builtin_elementwise_abs(x), &is_large);
	V(TYPE) signed_part = __builtin_elementwise_copysign(part, x);
	V(TYPE) middle = multiply_add(signed_part, (V(TYPE))(-ONE_OVER_PI), (V(TYPE))(R(0.5)));
	V(TYPE) below = multiply_add(part, (V(TYPE))(-2 * ONE_OVER_PI), (V(TYPE))(1));
	V(TYPE) ends = x > (V(TYPE))(0) ? 2 * part * ONE_OVER_PI : below;

	return is_large ? ends : middle;
}

/*
 * The angle of the ratio of two positive numbers, as the sum of the result and of
 * eighths of a half turn: atan(y / x), or that of the ratio turned by a quarter or
 * half of a right angle, so that it is small.
 */
HELPER V(TYPE) atan_part(V(TYPE) y, V(TYPE) x, V(TYPE) * half_turns)
{
	V(SIGNED) is_steep = MASK(SIGNED, y > R(2.414213562373095) * x);
	V(SIGNED) is_middle = MASK(SIGNED, y > R(0.4142135623730950) * x);
	V(TYPE) above = is_steep ? -x : (is_middle ? y - x : y);
	V(TYPE) below = is_steep ? y : (is_middle ? y + x : x);
	V(TYPE) t = above / below;
	V(TYPE) z = t * t;

	*half_turns = is_steep ? (V(TYPE))(R(0.5)) :
				 (is_middle ? (V(TYPE))(R(0.25)) : (V(TYPE))(0));
	return multiply_add(t * z, HORNER(z, ATAN_TABLE), t);
}

HELPER V(TYPE) atan_of_ratio(V(TYPE) y, V(TYPE) x)
{
	V(TYPE) half_turns;
	V(TYPE) part = atan_part(y, x, &half_turns);

	return multiply_add(half_turns, (V(TYPE))(PI_HIGH), half_turns * PI_LOW + part);
}

HELPER V(TYPE) atanpi_of_ratio(V(TYPE) y, V(TYPE) x)
{
	V(TYPE) half_turns;
	V(TYPE) part = atan_part(y, x, &half_turns);

	return multiply_add(part, (V(TYPE))(ONE_OVER_PI), half_turns);
}

BUILTIN V(TYPE) atan(V(TYPE) x)
{
	V(TYPE) size = __builtin_elementwise_abs(x);

	return __builtin_elementwise_copysign(atan_of_ratio(size, (V(TYPE))(1)), x);
}

BUILTIN V(TYPE) atanpi(V(TYPE) x)
{
	V(TYPE) size = __builtin_elementwise_abs(x);

	return __builtin_elementwise_copysign(atanpi_of_ratio(size, (V(TYPE))(1)), x);
}

/*
 * The sizes of two coordinates, or others with the same angle between them where
 * their ratio would be NaN, their sum overflow, or products of the second have few digits.
 */
HELPER V(TYPE) sizes(V(TYPE) y, V(TYPE) x, V(TYPE) * size_x)
{
	V(TYPE) a = __builtin_elementwise_abs(y);
	V(TYPE) b = __builtin_elementwise_abs(x);
	V(SIGNED) is_equal = MASK(SIGNED, a == b);
	V(SIGNED) is_large = MASK(SIGNED, (a > (V(TYPE))(TOO_LARGE)) | (b > (V(TYPE))(TOO_LARGE)));
	V(TYPE) small = b < (V(TYPE))(TOO_SMALL) ? (V(TYPE))(ENLARGEMENT) : (V(TYPE))(1);
	V(TYPE) scale = is_large ? (V(TYPE))(R(0.125)) : small;

	*size_x = is_equal ? (V(TYPE))(1) : b * scale;
	return is_equal ? (a == (V(TYPE))(0) ? a : (V(TYPE))(1)) : a * scale;
}

BUILTIN V(TYPE) atan2(V(TYPE) y, V(TYPE) x)
{
	V(TYPE) size_x;
	V(TYPE) size_y = sizes(y, x, &size_x);
	V(TYPE) angle = atan_of_ratio(size_y, size_x);

	angle = AS(SIGNED, x) < (V(SIGNED))(0) ? PI_HIGH - (angle - PI_LOW) : angle;
	return __builtin_elementwise_copysign(angle, y);
}

BUILTIN V(TYPE) atan2pi(V(TYPE) y, V(TYPE) x)
{
	V(TYPE) size_x;
	V(TYPE) size_y = sizes(y, x, &size_x);
	V(TYPE) angle = atanpi_of_ratio(size_y, size_x);

	angle = AS(SIGNED, x) < (V(SIGNED))(0) ? 1 - angle : angle;
	return __builtin_elementwise_copysign(angle, y);
}

#undef PI_HIGH
#undef PI_LOW
#undef ONE_OVER_PI
#undef TOO_LARGE
#undef TOO_SMALL
#undef ENLARGEMENT
#undef ASIN_TABLE
#undef ATAN_TABLE

#endif
