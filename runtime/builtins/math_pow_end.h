// SPDX-License-Identifier: MIT
/* Takes back the macros of math_pow.h. */
#undef POW_ROUNDER
#undef POW_SQRT_HALF
#undef POW_MANTISSA
#undef TWO_OVER_LN2
#undef TWO_OVER_LN2_LOW
