// SPDX-License-Identifier: MIT
/* log, log2, log10, log1p (OpenCL C 6.15.2). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_logarithm.cl"
#include "builtins.h"
#include "math_log_tables.h"

/* log2(1 + f) / f - 1.5 and log10(1 + f) / f - 0.4375, for an error of 2^-27. */
static __constant float log2_table_float[] = {
	-0x1.d57134p-5f, -0x1.71547p-1f,  0x1.ec7068p-2f,  -0x1.715ae2p-2f, 0x1.27872cp-2f,
	-0x1.eab38cp-3f, 0x1.a1ceeap-3f,  -0x1.868288p-3f, 0x1.8434e8p-3f,  -0x1.d60f88p-4f,
};
static __constant float log10_table_float[] = {
	-0x1.a42754p-9f, -0x1.bcb7aap-3f, 0x1.287a6p-3f,   -0x1.bcbf52p-4f, 0x1.63d706p-4f,
	-0x1.276e74p-4f, 0x1.f76828p-5f,  -0x1.d680aap-5f, 0x1.d1eeb2p-5f,  -0x1.18bc18p-5f,
};

#include "for_each_real.h"
#else

#include "horner.h"
#include "math_log.h"

BUILTIN V(TYPE) log(V(TYPE) x)
{
	V(TYPE) e;
	V(TYPE) f = split_number(x, &e);

	return log_special(x, log_of_parts(e, f));
}

BUILTIN V(TYPE) log1p(V(TYPE) x)
{
	V(TYPE) result = log1p_in_range(x);

	result = x < (V(TYPE))(INFINITY) ? result : x;
	result = x == (V(TYPE))(-1) ? (V(TYPE))(-INFINITY) : result;
	result = x < (V(TYPE))(-1) ? (V(TYPE))(NAN) : result;
	return x == (V(TYPE))(0) ? x : result;
}

#if BITS == 32

BUILTIN V(float) log2(V(float) x)
{
	V(float) e;
	V(float) f = split_number(x, &e);
	V(float) rest = f * HORNER(f, log2_table_float);

	return log_special(x, e + multiply_add(f, (V(float))(1.5f), rest));
}

BUILTIN V(float) log10(V(float) x)
{
	V(float) e;
	V(float) f = split_number(x, &e);
	V(float) rest = multiply_add(f, HORNER(f, log10_table_float), e * 0x1.3509f8p-18f);

	rest = multiply_add(f, (V(float))(0.4375f), rest);
	return log_special(x, multiply_add(e, (V(float))(0x1.344p-2f), rest));
}

#else

/* log(1 + f) as a sum, the first term of which has 21 significant bits. */
HELPER V(double) log_in_two(V(double) f, V(double) * low)
{
	V(double) half_square = 0.5 * f * f;
	V(double) s = f / (f + 2);
	V(double) z = s * s;
	V(double) rest = s * multiply_add(z, HORNER(z, log_table_double), half_square);
	V(double) sum = f - half_square;
	V(double) high = AS(double, AS(ulong, sum) & (V(ulong))(0xffffffff00000000));

	*low = ((f - high) - half_square) + rest;
	return high;
}

/* In the constants below, the first part of each has 32 significant bits. */
BUILTIN V(double) log2(V(double) x)
{
	V(double) e;
	V(double) low;
	V(double) high = log_in_two(split_number(x, &e), &low);
	V(double) main = high * 0x1.71547652p+0;
	V(double) rest = multiply_add(low + high, (V(double))(0x1.705fc2eefa2p-33),
				      low * 0x1.71547652p+0);
	V(double) sum = e + main;

	return log_special(x, sum + (((e - sum) + main) + rest));
}

BUILTIN V(double) log10(V(double) x)
{
	V(double) e;
	V(double) low;
	V(double) high = log_in_two(split_number(x, &e), &low);
	V(double) main = high * 0x1.bcb7b152p-2;
	V(double) rest = multiply_add(low + high, (V(double))(0x1.b9438ca9aadd5p-36),
				      low * 0x1.bcb7b152p-2);
	V(double) whole = e * 0x1.34413509p-2;
	V(double) sum = whole + main;

	rest = multiply_add(e, (V(double))(0x1.ef3fde623e256p-35), rest);
	return log_special(x, sum + (((whole - sum) + main) + rest));
}

#endif

#include "math_log_end.h"

#endif
