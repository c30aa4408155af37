// SPDX-License-Identifier: MIT
/*
 * Includes FOR_EACH_BODY for each integer type and vector width, with what
 * for_each_width.h gives and
 *	TYPE		the element type
 *	SIGNED, UNSIGNED the signed and the unsigned type of its size
 *	WIDER		the type of twice its size; not defined for 64 bits
 *	BITS, TYPE_MIN, TYPE_MAX
 *	IS_SIGNED	1 or 0
 *	IS_REAL		0
 */
#define IS_REAL 0

#define TYPE	  char
#define SIGNED	  char
#define UNSIGNED  uchar
#define BITS	  8
#define WIDER	  short
#define TYPE_MIN  CHAR_MIN
#define TYPE_MAX  CHAR_MAX
#define IS_SIGNED 1
#include "for_each_width.h"
#undef TYPE
#undef SIGNED
#undef UNSIGNED
#undef BITS
#undef WIDER
#undef TYPE_MIN
#undef TYPE_MAX
#undef IS_SIGNED

#define TYPE	  uchar
#define SIGNED	  char
#define UNSIGNED  uchar
#define BITS	  8
#define WIDER	  ushort
#define TYPE_MIN  0
#define TYPE_MAX  UCHAR_MAX
#define IS_SIGNED 0
#include "for_each_width.h"
#undef TYPE
#undef SIGNED
#undef UNSIGNED
#undef BITS
#undef WIDER
#undef TYPE_MIN
#undef TYPE_MAX
#undef IS_SIGNED

#define TYPE	  short
#define SIGNED	  short
#define UNSIGNED  ushort
#define BITS	  16
#define WIDER	  int
#define TYPE_MIN  SHRT_MIN
#define TYPE_MAX  SHRT_MAX
#define IS_SIGNED 1
#include "for_each_width.h"
#undef TYPE
#undef SIGNED
#undef UNSIGNED
#undef BITS
#undef WIDER
#undef TYPE_MIN
#undef TYPE_MAX
#undef IS_SIGNED

#define TYPE	  ushort
#define SIGNED	  short
#define UNSIGNED  ushort
#define BITS	  16
#define WIDER	  uint
#define TYPE_MIN  0
#define TYPE_MAX  USHRT_MAX
#define IS_SIGNED 0
#include "for_each_width.h"
#undef TYPE
#undef SIGNED
#undef UNSIGNED
#undef BITS
#undef WIDER
#undef TYPE_MIN
#undef TYPE_MAX
#undef IS_SIGNED

#define TYPE	  int
#define SIGNED	  int
#define UNSIGNED  uint
#define BITS	  32
#define WIDER	  long
#define TYPE_MIN  INT_MIN
#define TYPE_MAX  INT_MAX
#define IS_SIGNED 1
#include "for_each_width.h"
#undef TYPE
#undef SIGNED
#undef UNSIGNED
#undef BITS
#undef WIDER
#undef TYPE_MIN
#undef TYPE_MAX
#undef IS_SIGNED

#define TYPE	  uint
#define SIGNED	  int
#define UNSIGNED  uint
#define BITS	  32
#define WIDER	  ulong
#define TYPE_MIN  0
#define TYPE_MAX  UINT_MAX
#define IS_SIGNED 0
#include "for_each_width.h"
#undef TYPE
#undef SIGNED
#undef UNSIGNED
#undef BITS
#undef WIDER
#undef TYPE_MIN
#undef TYPE_MAX
#undef IS_SIGNED

#define TYPE	  long
#define SIGNED	  long
#define UNSIGNED  ulong
#define BITS	  64
#define TYPE_MIN  LONG_MIN
#define TYPE_MAX  LONG_MAX
#define IS_SIGNED 1
#include "for_each_width.h"
#undef TYPE
#undef SIGNED
#undef UNSIGNED
#undef BITS
#undef TYPE_MIN
#undef TYPE_MAX
#undef IS_SIGNED

#define TYPE	  ulong
#define SIGNED	  long
#define UNSIGNED  ulong
#define BITS	  64
#define TYPE_MIN  0
#define TYPE_MAX  ULONG_MAX
#define IS_SIGNED 0
#include "for_each_width.h"
#undef TYPE
#undef SIGNED
#undef UNSIGNED
#undef BITS
#undef TYPE_MIN
#undef TYPE_MAX
#undef IS_SIGNED

#undef IS_REAL
