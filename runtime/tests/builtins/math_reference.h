/* SPDX-License-Identifier: MIT */
/*
 * What each math function should give, computed with MPFR. Edge cases follow
 * C99 Annex F and OpenCL C 7.5.1 ("Additional requirements beyond C99 TC2").
 */
#ifndef TANDEM_TEST_MATH_REFERENCE_H
#define TANDEM_TEST_MATH_REFERENCE_H

#include "math_function.h"

/* One mpfr function of one argument each. */
#define MATH_UNARY_REFERENCES(DEFINE)     \
	DEFINE(acos, mpfr_acos)           \
	DEFINE(acosh, mpfr_acosh)         \
	DEFINE(acospi, mpfr_acospi)       \
	DEFINE(asin, mpfr_asin)           \
	DEFINE(asinh, mpfr_asinh)         \
	DEFINE(asinpi, mpfr_asinpi)       \
	DEFINE(atan, mpfr_atan)           \
	DEFINE(atanh, mpfr_atanh)         \
	DEFINE(atanpi, mpfr_atanpi)       \
	DEFINE(cbrt, mpfr_cbrt)           \
	DEFINE(ceil, mpfr_rint_ceil)      \
	DEFINE(cos, mpfr_cos)             \
	DEFINE(cosh, mpfr_cosh)           \
	DEFINE(cospi, mpfr_cospi)         \
	DEFINE(erf, mpfr_erf)             \
	DEFINE(erfc, mpfr_erfc)           \
	DEFINE(exp, mpfr_exp)             \
	DEFINE(exp10, mpfr_exp10)         \
	DEFINE(exp2, mpfr_exp2)           \
	DEFINE(expm1, mpfr_expm1)         \
	DEFINE(fabs, mpfr_abs)            \
	DEFINE(floor, mpfr_rint_floor)    \
	DEFINE(log, mpfr_log)             \
	DEFINE(log10, mpfr_log10)         \
	DEFINE(log1p, mpfr_log1p)         \
	DEFINE(log2, mpfr_log2)           \
	DEFINE(rint, mpfr_rint_roundeven) \
	DEFINE(round, mpfr_rint_round)    \
	DEFINE(sin, mpfr_sin)             \
	DEFINE(sinh, mpfr_sinh)           \
	DEFINE(sinpi, mpfr_sinpi)         \
	DEFINE(sqrt, mpfr_sqrt)           \
	DEFINE(tan, mpfr_tan)             \
	DEFINE(tanh, mpfr_tanh)           \
	DEFINE(tanpi, mpfr_tanpi)         \
	DEFINE(tgamma, mpfr_gamma)        \
	DEFINE(trunc, mpfr_rint_trunc)

/* One mpfr function of two arguments each. */
#define MATH_BINARY_REFERENCES(DEFINE) \
	DEFINE(add, mpfr_add)          \
	DEFINE(subtract, mpfr_sub)     \
	DEFINE(multiply, mpfr_mul)     \
	DEFINE(divide, mpfr_div)       \
	DEFINE(atan2, mpfr_atan2)      \
	DEFINE(atan2pi, mpfr_atan2pi)  \
	DEFINE(fmod, mpfr_fmod)        \
	DEFINE(hypot, mpfr_hypot)      \
	DEFINE(pow, mpfr_pow)          \
	DEFINE(remainder, mpfr_remainder)

#define MATH_OTHER_REFERENCES(DEFINE) \
	DEFINE(copysign)              \
	DEFINE(degrees)               \
	DEFINE(fdim)                  \
	DEFINE(fma)                   \
	DEFINE(fmax)                  \
	DEFINE(fmin)                  \
	DEFINE(fract)                 \
	DEFINE(frexp)                 \
	DEFINE(ilogb)                 \
	DEFINE(ldexp)                 \
	DEFINE(lgamma)                \
	DEFINE(lgamma_r)              \
	DEFINE(logb)                  \
	DEFINE(maxmag)                \
	DEFINE(minmag)                \
	DEFINE(modf)                  \
	DEFINE(nan)                   \
	DEFINE(nextafter)             \
	DEFINE(pown)                  \
	DEFINE(powr)                  \
	DEFINE(radians)               \
	DEFINE(recip)                 \
	DEFINE(remquo)                \
	DEFINE(rootn)                 \
	DEFINE(rsqrt)                 \
	DEFINE(sign)                  \
	DEFINE(sincos)                \
	DEFINE(step)

#define DECLARE(name, ...) math_evaluate reference_##name;
MATH_UNARY_REFERENCES(DECLARE)
MATH_BINARY_REFERENCES(DECLARE)
MATH_OTHER_REFERENCES(DECLARE)
#undef DECLARE

#endif
