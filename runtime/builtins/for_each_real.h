// SPDX-License-Identifier: MIT
/*
 * Includes FOR_EACH_BODY for each floating-point type and vector width, with what
 * for_each_width.h gives and
 *	TYPE		the element type
 *	SIGNED, UNSIGNED the integer types of its size
 *	BITS		32 or 64
 *	IS_REAL		1
 *	R(x)		the literal x, written as a double, with this type
 */
#define IS_REAL 1

#define TYPE	 float
#define SIGNED	 int
#define UNSIGNED uint
#define BITS	 32
#define R(x)	 x##f
#include "for_each_width.h"
#undef TYPE
#undef SIGNED
#undef UNSIGNED
#undef BITS
#undef R

#define TYPE	 double
#define SIGNED	 long
#define UNSIGNED ulong
#define BITS	 64
#define R(x)	 x
#include "for_each_width.h"
#undef TYPE
#undef SIGNED
#undef UNSIGNED
#undef BITS
#undef R

#undef IS_REAL
