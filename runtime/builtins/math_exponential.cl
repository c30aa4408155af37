// SPDX-License-Identifier: MIT
/* exp, exp2, exp10, expm1 and their half_ and native_ forms (OpenCL C 6.15.2). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_exponential.cl"
#include "builtins.h"
#include "math_exp_tables.h"

/* 2^r for |r| <= 1/2, with an error of 2^-27; then with one of 2^-57. */
static __constant float exp2_table_float[] = {
	1.0f,		 0x1.62e43p-1f,	  0x1.ebfbd8p-3f,  0x1.c6af6cp-5f,
	0x1.3b309p-7f,	 0x1.5f12bap-10f, 0x1.3fbecp-13f,
};
static __constant double exp2_table_double[] = {
	1.0,		       0x1.62e42fefa39efp-1,  0x1.ebfbdff82c5a7p-3,
	0x1.c6b08d704a115p-5,  0x1.3b2ab6fb9f9d4p-7,  0x1.5d87fe78a3dcap-10,
	0x1.430913105d38p-13,  0x1.ffcbfc4cd566dp-17, 0x1.62bfc3a51efadp-20,
	0x1.b52555a8c797dp-24, 0x1.e6226b12ddf19p-28, 0x1.e92c6bfd7b681p-32,
};

/* 10^r for |r| <= log10(2) / 2, likewise. */
static __constant float exp10_table_float[] = {
	1.0f,		0x1.26bb1cp1f,	 0x1.535248p1f,	 0x1.046f96p1f,
	0x1.2bdbd2p0f,	0x1.156faap-1f,	 0x1.a4ad56p-3f,
};
static __constant double exp10_table_double[] = {
	1.0,		       0x1.26bb1bbb55516p1,   0x1.53524c73cea79p1,
	0x1.0470591de2b4ap1,   0x1.2bd7609fd4974p0,   0x1.1429ffd21e78p-1,
	0x1.a7ed70a38c87ep-3,  0x1.16e4def14572ap-4,  0x1.41165b6ab238ap-6,
	0x1.4899c9cd80678p-8,  0x1.2f780ae449445p-10, 0x1.f7a42bd3374c6p-13,
};

#include "for_each_real.h"
#else

#include "horner.h"
#include "math_exp.h"

/* The arguments beyond which results are zero or infinite; -1 for expm1. */
#if BITS == 32
#define EXP_LEAST     -104.5f
#define EXP_MOST      89.5f
#define EXP2_LEAST    -151.0f
#define EXP2_MOST     129.0f
#define EXP10_LEAST   -45.5f
#define EXP10_MOST    39.0f
#define EXPM1_LEAST   -18.0f
#define EXPM1_MOST    89.0f
#define LOG2_10	      0x1.a934fp+1f
#define LOG10_2_HIGH  0x1.344p-2f
#define LOG10_2_LOW   0x1.3509f8p-18f
#define EXP2_TABLE    exp2_table_float
#define EXP10_TABLE   exp10_table_float
#else
#define EXP_LEAST     -746.0
#define EXP_MOST      710.5
#define EXP2_LEAST    -1076.0
#define EXP2_MOST     1025.0
#define EXP10_LEAST   -324.5
#define EXP10_MOST    309.0
#define EXPM1_LEAST   -40.0
#define EXPM1_MOST    710.0
#define LOG2_10	      0x1.a934f0979a371p+1
#define LOG10_2_HIGH  0x1.34413509p-2
#define LOG10_2_LOW   0x1.ef3fde623e256p-35
#define EXP2_TABLE    exp2_table_double
#define EXP10_TABLE   exp10_table_double
#endif

BUILTIN V(TYPE) exp(V(TYPE) x)
{
	V(SIGNED) n;
	V(TYPE) r = reduce_exponent(clamp_or_nan(x, EXP_LEAST, EXP_MOST), &n);

	return scale_by_power((V(TYPE))(1) + exp_minus_one(r), n);
}

BUILTIN V(TYPE) exp2(V(TYPE) x)
{
	V(TYPE) within = clamp_or_nan(x, EXP2_LEAST, EXP2_MOST);
	V(TYPE) sum = within + (V(TYPE))(ROUNDER);
	V(TYPE) r = within - (sum - (V(TYPE))(ROUNDER));

	return scale_by_power(HORNER(r, EXP2_TABLE), rounded_integer(sum));
}

BUILTIN V(TYPE) exp10(V(TYPE) x)
{
	V(TYPE) within = clamp_or_nan(x, EXP10_LEAST, EXP10_MOST);
	V(TYPE) sum = multiply_add(within, (V(TYPE))(LOG2_10), (V(TYPE))(ROUNDER));
	V(TYPE) whole = sum - (V(TYPE))(ROUNDER);
	V(TYPE) r = multiply_add(whole, (V(TYPE))(-LOG10_2_HIGH), within);

	r = multiply_add(whole, (V(TYPE))(-LOG10_2_LOW), r);
	return scale_by_power(HORNER(r, EXP10_TABLE), rounded_integer(sum));
}

BUILTIN V(TYPE) expm1(V(TYPE) x)
{
	return expm1_in_range(clamp_or_nan(x, EXPM1_LEAST, EXPM1_MOST));
}

#undef EXP_LEAST
#undef EXP_MOST
#undef EXP2_LEAST
#undef EXP2_MOST
#undef EXP10_LEAST
#undef EXP10_MOST
#undef EXPM1_LEAST
#undef EXPM1_MOST
#undef LOG2_10
#undef LOG10_2_HIGH
#undef LOG10_2_LOW
#undef EXP2_TABLE
#undef EXP10_TABLE
#include "math_exp_end.h"

#endif
