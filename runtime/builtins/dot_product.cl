// SPDX-License-Identifier: MIT
/*
 * Dot products of four 8-bit integers (cl_khr_integer_dot_product). None of them comes near
 * the ends of 32 bits, so that only adding to what was accumulated saturates.
 */
#include "builtins.h"

#define DOT(result, a_type, b_type, suffix)                                                 \
	BUILTIN result dot(a_type##4 a, b_type##4 b)                                        \
	{                                                                                   \
		return (result)a.s0 * (result)b.s0 + (result)a.s1 * (result)b.s1 +          \
		       (result)a.s2 * (result)b.s2 + (result)a.s3 * (result)b.s3;           \
	}                                                                                   \
	BUILTIN result dot_acc_sat(a_type##4 a, b_type##4 b, result accumulated)            \
	{                                                                                   \
		return add_sat(dot(a, b), accumulated);                                     \
	}                                                                                   \
	BUILTIN result dot_4x8packed_##suffix(uint a, uint b)                               \
	{                                                                                   \
		return dot(as_##a_type##4(a), as_##b_type##4(b));                           \
	}                                                                                   \
	BUILTIN result dot_acc_sat_4x8packed_##suffix(uint a, uint b, result accumulated)   \
	{                                                                                   \
		return add_sat(dot(as_##a_type##4(a), as_##b_type##4(b)), accumulated);     \
	}

DOT(uint, uchar, uchar, uu_uint)
DOT(int, char, char, ss_int)
DOT(int, uchar, char, us_int)
DOT(int, char, uchar, su_int)
