// SPDX-License-Identifier: MIT
/* What the explicit conversions, convert_type[_sat][_rounding], share. */
#ifndef TANDEM_CONVERT_H
#define TANDEM_CONVERT_H

#define CONVERSION(to, suffix) BUILTIN V(to) PASTE_3(convert_, V(to), suffix)(V(TYPE) x)

/* Defines the conversion of x to a type; result is an expression of x. */
#define CONVERSION_AS(to, suffix, result) \
	CONVERSION(to, suffix)            \
	{                                 \
		return result;            \
	}

/* The same where rounding does not matter: all five names. */
#define CONVERSIONS_AS(to, suffix, result)               \
	CONVERSION_AS(to, suffix, result)                \
	CONVERSION_AS(to, PASTE_2(suffix, _rte), result) \
	CONVERSION_AS(to, PASTE_2(suffix, _rtz), result) \
	CONVERSION_AS(to, PASTE_2(suffix, _rtp), result) \
	CONVERSION_AS(to, PASTE_2(suffix, _rtn), result)

/* Calls DEFINE(type, signed type of its size, least value, greatest value). */
#define FOR_EACH_INTEGER_RESULT(DEFINE)          \
	DEFINE(char, char, CHAR_MIN, CHAR_MAX)   \
	DEFINE(uchar, char, 0, UCHAR_MAX)        \
	DEFINE(short, short, SHRT_MIN, SHRT_MAX) \
	DEFINE(ushort, short, 0, USHRT_MAX)      \
	DEFINE(int, int, INT_MIN, INT_MAX)       \
	DEFINE(uint, int, 0, UINT_MAX)           \
	DEFINE(long, long, LONG_MIN, LONG_MAX)   \
	DEFINE(ulong, long, 0, ULONG_MAX)

#endif
