// SPDX-License-Identifier: MIT
/*
 * Includes FOR_EACH_BODY for half and each vector width, with what for_each_real.h gives;
 * BITS is 16.
 */
#define IS_REAL	 1
#define TYPE	 half
#define SIGNED	 short
#define UNSIGNED ushort
#define BITS	 16
#define R(x)	 x##h
#include "for_each_width.h"
#undef TYPE
#undef SIGNED
#undef UNSIGNED
#undef BITS
#undef R
#undef IS_REAL
