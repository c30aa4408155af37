// SPDX-License-Identifier: MIT
/* erf and erfc (OpenCL C 6.15.2). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_erf.cl"
#include "builtins.h"
#include "math_exp_tables.h"
#include "math_pow_tables.h"

/* erf(x) / x in x^2 for |x| <= 1, with errors of 2^-29 and 2^-56. */
static __constant double erf_table_for_float[] = {
	0x1.20dd74fe3e95p0,   -0x1.81273ddc79674p-2,  0x1.ce2cf4a6fb8fep-4,  -0x1.b7f8dc37f88p-6,
	0x1.540416606d7a4p-8, -0x1.a3ea9908bb4cdp-11, 0x1.4946853539b7bp-14,
};
static __constant double erf_table_double[] = {
	0x1.20dd750429b6dp0,   -0x1.812746b0379cap-2,  0x1.ce2f21a041df5p-4,
	-0x1.b82ce31256574p-6, 0x1.565bcd07fd6aep-8,   -0x1.c02db2fa65cd4p-11,
	0x1.f9a30b6c2280ap-14, -0x1.f4d06178f4b21p-17, 0x1.b9cd90bef538ep-20,
	-0x1.5e95cc2ddca31p-23, 0x1.f25cdceb44cc7p-27, -0x1.292c592be6afp-30,
	0x1.bd6c47e9da339p-35,
};

/* erfc(x) * exp(x^2) * (1 + 2 * x) in (x - 4) / (x + 4) for x from 0 to 11, with an
 * error of 2^-30, and from 0 to 28, with one of 2^-54. */
static __constant double erfc_table_for_float[] = {
	0x1.3ba591711872ep0,   -0x1.1df1af5acb2d8p-3, 0x1.f7f5146de879fp-7,
	0x1.16edd161f933ep-4,  -0x1.9dd7fb1612579p-4, 0x1.7fe351c204efep-4,
	-0x1.0fd77b3cf448ep-4, 0x1.30bb4e35905cp-5,   -0x1.06412873572a3p-6,
	0x1.4f871a9843af3p-8,  -0x1.17f0dbb7bf36ep-10, -0x1.45d39a3bf7516p-11,
};
static __constant double erfc_table_double[] = {
	0x1.3ba5916e9fd7fp0,	-0x1.1df1ad154a29cp-3,	0x1.f7f5df66fcaebp-7,
	0x1.16ecefcfa6023p-4,	-0x1.9ddb23c3e54bap-4,	0x1.7fee004df76d5p-4,
	-0x1.0fb06dfe8ede8p-4,	0x1.3079edf9d017bp-5,	-0x1.09623878f34e1p-6,
	0x1.49c671a22408fp-8,	-0x1.8d4aa4f4055dp-11,	-0x1.a1de922b60306p-13,
	0x1.3be1159ab94a2p-13,	-0x1.9967f9faaab6bp-16, -0x1.78b10171bccf7p-17,
	0x1.7f9b90915334cp-18,	0x1.457c634e9bf4cp-22,	-0x1.befcbb1418922p-21,
	0x1.09553d845c21fp-24,	0x1.e61247f8d9cedp-24,	-0x1.0e840c9a67071p-27,
	-0x1.bb0b030d98e28p-27, -0x1.a864ae21d34a8p-30,
};

#include "for_each_real.h"
#else

#include "horner.h"

#if BITS == 32

#include "math_pow.h"
#define LOG2_E_WIDE 0x1.71547652b82fep+0

/* erfc of a number from 0 on, or NaN. */
HELPER V(double) erfc_of_wide_size(V(double) size)
{
	V(double) within = clamp_for_pow(size, 0, 11);
	V(double) q = (within - 4) / (within + 4);
	V(double) power = exp2_wide(within * within * -LOG2_E_WIDE);

	return power * HORNER_WIDE(q, erfc_table_for_float) /
	       multiply_add(within, (V(double))(2), (V(double))(1));
}

BUILTIN V(float) erfc(V(float) x)
{
	V(double) wide = CONVERT(double, x);
	V(double) part = erfc_of_wide_size(__builtin_elementwise_abs(wide));

	return CONVERT(float, wide < (V(double))(0) ? 2 - part : part);
}

BUILTIN V(float) erf(V(float) x)
{
	V(double) size = CONVERT(double, __builtin_elementwise_abs(x));
	V(double) near = size * HORNER_WIDE(size * size, erf_table_for_float);
	V(double) far = 1 - erfc_of_wide_size(size);

	return __builtin_elementwise_copysign(
		CONVERT(float, size < (V(double))(1) ? near : far), x);
}

#include "math_pow_end.h"
#undef LOG2_E_WIDE

#else

#include "math_exp.h"

/* erfc of a number from 0 on, or NaN. */
HELPER V(double) erfc_of_size(V(double) size)
{
	V(double) within = clamp_or_nan(size, 0, 28);
	V(double) square = within * within;
	V(double) square_low = FMA(within, within, -square);
	V(double) q = (within - 4) / (within + 4);
	V(long) n;
	V(double) r = reduce_exponent(-square, &n) - square_low;
	V(double) power = 1 + exp_minus_one(r);
	V(double) part = HORNER(q, erfc_table_double) /
			 multiply_add(within, (V(double))(2), (V(double))(1));

	return scale_by_power(power * part, n);
}

BUILTIN V(double) erfc(V(double) x)
{
	V(double) size = __builtin_elementwise_abs(x);
	V(double) near = multiply_add(-x, HORNER(size * size, erf_table_double), (V(double))(1));
	V(double) far = erfc_of_size(size);

	far = x < (V(double))(0) ? 2 - far : far;
	return size < (V(double))(0.5) ? near : far;
}

BUILTIN V(double) erf(V(double) x)
{
	V(double) size = __builtin_elementwise_abs(x);
	V(double) near = size * HORNER(size * size, erf_table_double);
	V(double) far = 1 - erfc_of_size(size);

	return __builtin_elementwise_copysign(size < (V(double))(1) ? near : far, x);
}

#include "math_exp_end.h"

#endif

#endif
