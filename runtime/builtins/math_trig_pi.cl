// SPDX-License-Identifier: MIT
/* sinpi, cospi, tanpi (OpenCL C 6.15.2): angles in half turns reduce exactly. */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_trig_pi.cl"
#include "builtins.h"

/* With z = r^2 and |r| <= 1/4: sin(pi * r) / r - 3 and (cos(pi * r) - 1) / z, for
 * errors of 2^-27 and 2^-29; then for doubles, of 2^-57 and 2^-58. */
static __constant float sinpi_table_float[] = {
	0x1.21fb52p-3f, -0x1.4abbb6p2f, 0x1.465dep1f, -0x1.2d7a44p-1f,
};
static __constant float cospi_table_float[] = {
	-0x1.3bd3ccp2f, 0x1.03c19ep2f, -0x1.55a5d2p0f, 0x1.d0a81cp-3f,
};
static __constant double sinpi_table_double[] = {
	0x1.21fb54442d184p-3, -0x1.4abbce625be4p2,  0x1.466bc6775864fp1,  -0x1.32d2cce2ca7e2p-1,
	0x1.50782fbfedd55p-4, -0x1.e3005a17744d5p-8, 0x1.e3eb730a4d972p-12,
};
static __constant double cospi_table_double[] = {
	-0x1.3bd3cc9be45dep2, 0x1.03c1f081b5a25p2,   -0x1.55d3c7e3b7e7dp0, 0x1.e1f50665cfc3ep-3,
	-0x1.a6d1d3def9326p-6, 0x1.f9b89be23da72p-10, -0x1.ac5d8422374e9p-14,
};

#include "for_each_real.h"
#else

#include "horner.h"
#include "math_quadrant.h"

#if BITS == 32
#define ALL_EVEN    0x1p+24f
#define SINPI_TABLE sinpi_table_float
#define COSPI_TABLE cospi_table_float
#else
#define ALL_EVEN    0x1p+53
#define SINPI_TABLE sinpi_table_double
#define COSPI_TABLE cospi_table_double
#endif

/*
 * The sine and cosine of pi * r, where r is what |x| is above or below the nearest
 * multiple of 1/2; quadrant is that multiple. Infinity and NaN become NaN.
 */
HELPER V(TYPE) sines_pi(V(TYPE) x, V(TYPE) * cosine, V(SIGNED) * quadrant)
{
	V(TYPE) size = __builtin_elementwise_abs(x);
	V(TYPE) within = size < (V(TYPE))(ALL_EVEN) ? size : (V(TYPE))(0);
	V(TYPE) halves = __builtin_elementwise_rint(within + within);
	/* Zero, but NaN for what is not finite. */
	V(TYPE) r = multiply_add(halves, (V(TYPE))(R(-0.5)), within) + (x - x);
	V(TYPE) z = r * r;

	*quadrant = CONVERT(SIGNED, halves);
	*cosine = multiply_add(z, HORNER(z, COSPI_TABLE), (V(TYPE))(1));
	return multiply_add(r, (V(TYPE))(3), r * HORNER(z, SINPI_TABLE));
}

/* Zeros have the sign of x. */
BUILTIN V(TYPE) sinpi(V(TYPE) x)
{
	V(TYPE) cosine;
	V(SIGNED) quadrant;
	V(TYPE) sine = sines_pi(x, &cosine, &quadrant);
	V(TYPE) result = change_sign(is_odd(quadrant) ? cosine : sine, quadrant);

	return with_sign_of(result == (V(TYPE))(0) ? (V(TYPE))(0) : result, x);
}

/* Zeros are positive. */
BUILTIN V(TYPE) cospi(V(TYPE) x)
{
	V(TYPE) cosine;
	V(SIGNED) quadrant;
	V(TYPE) sine = sines_pi(x, &cosine, &quadrant);
	V(TYPE) result = is_odd(quadrant) ? sine : cosine;

	return change_sign(result, quadrant + (V(SIGNED))(1)) + (V(TYPE))(0);
}

/* Zeros at even numbers have the sign of x, at odd ones the other; infinities are
 * positive above even numbers, and negative above odd ones. */
BUILTIN V(TYPE) tanpi(V(TYPE) x)
{
	V(TYPE) cosine;
	V(SIGNED) quadrant;
	V(TYPE) sine = sines_pi(x, &cosine, &quadrant);
	V(SIGNED) odd = is_odd(quadrant);
	V(TYPE) ratio = (odd ? -cosine : sine) / (odd ? sine : cosine);
	V(SIGNED) is_special = MASK(SIGNED, sine == (V(TYPE))(0));
	V(TYPE) special = change_sign(__builtin_elementwise_abs(ratio), quadrant);

	return with_sign_of(is_special ? special : ratio, x);
}

#undef ALL_EVEN
#undef SINPI_TABLE
#undef COSPI_TABLE

#endif
