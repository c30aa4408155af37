// SPDX-License-Identifier: MIT
/* Calls every integer, common, geometric and relational function in every form. */
#include "each.h"

/* Integer functions. */
#define INTEGER(t, s, u, w)                                                            \
	TEST u##w test_abs(t##w a) { return abs(a); }                                  \
	TEST u##w test_abs_diff(t##w a, t##w b) { return abs_diff(a, b); }             \
	TEST t##w test_add_sat(t##w a, t##w b) { return add_sat(a, b); }               \
	TEST t##w test_sub_sat(t##w a, t##w b) { return sub_sat(a, b); }               \
	TEST t##w test_hadd(t##w a, t##w b) { return hadd(a, b); }                     \
	TEST t##w test_rhadd(t##w a, t##w b) { return rhadd(a, b); }                   \
	TEST t##w test_clamp(t##w a, t##w b, t##w c) { return clamp(a, b, c); }        \
	TEST t##w test_clz(t##w a) { return clz(a); }                                  \
	TEST t##w test_mad_hi(t##w a, t##w b, t##w c) { return mad_hi(a, b, c); }      \
	TEST t##w test_mad_sat(t##w a, t##w b, t##w c) { return mad_sat(a, b, c); }    \
	TEST t##w test_max(t##w a, t##w b) { return max(a, b); }                       \
	TEST t##w test_min(t##w a, t##w b) { return min(a, b); }                       \
	TEST t##w test_mul_hi(t##w a, t##w b) { return mul_hi(a, b); }                 \
	TEST t##w test_rotate(t##w a, t##w b) { return rotate(a, b); }                 \
	TEST t##w test_popcount(t##w a) { return popcount(a); }
#define INTEGER_VECTOR(t, s, u, w)                                                     \
	TEST t##w test_clamp(t##w a, t b, t c) { return clamp(a, b, c); }              \
	TEST t##w test_max(t##w a, t b) { return max(a, b); }                          \
	TEST t##w test_min(t##w a, t b) { return min(a, b); }
#define INTEGERS(t, s, u, ...)                                                         \
	INTEGER(t, s, u, )                                                             \
	INTEGER(t, s, u, 2)                                                            \
	INTEGER(t, s, u, 3)                                                            \
	INTEGER(t, s, u, 4)                                                            \
	INTEGER(t, s, u, 8)                                                            \
	INTEGER(t, s, u, 16)                                                           \
	INTEGER_VECTOR(t, s, u, 2)                                                     \
	INTEGER_VECTOR(t, s, u, 3)                                                     \
	INTEGER_VECTOR(t, s, u, 4)                                                     \
	INTEGER_VECTOR(t, s, u, 8)                                                     \
	INTEGER_VECTOR(t, s, u, 16)
EACH_INTEGER(INTEGERS)

#if __OPENCL_C_VERSION__ >= 200
#define CTZ(t, w, ...) \
	TEST t##w test_ctz(t##w a) { return ctz(a); }
#define CTZS(t, s, u, ...) EACH_WIDTH(CTZ, t)
EACH_INTEGER(CTZS)
#endif

#ifdef cl_khr_extended_bit_ops
#define BIT_FIELDS(t, s, u, w)                                                         \
	TEST t##w test_bitfield_insert(t##w a, t##w b, uint offset, uint count)        \
	{                                                                              \
		return bitfield_insert(a, b, offset, count);                           \
	}                                                                              \
	TEST s##w test_bitfield_extract_signed(t##w a, uint offset, uint count)        \
	{                                                                              \
		return bitfield_extract_signed(a, offset, count);                      \
	}                                                                              \
	TEST u##w test_bitfield_extract_unsigned(t##w a, uint offset, uint count)      \
	{                                                                              \
		return bitfield_extract_unsigned(a, offset, count);                    \
	}                                                                              \
	TEST t##w test_bit_reverse(t##w a) { return bit_reverse(a); }
#define BIT_FIELDS_OF_ALL_WIDTHS(t, s, u, ...)                                         \
	BIT_FIELDS(t, s, u, )                                                          \
	BIT_FIELDS(t, s, u, 2)                                                         \
	BIT_FIELDS(t, s, u, 3)                                                         \
	BIT_FIELDS(t, s, u, 4)                                                         \
	BIT_FIELDS(t, s, u, 8)                                                         \
	BIT_FIELDS(t, s, u, 16)
EACH_INTEGER(BIT_FIELDS_OF_ALL_WIDTHS)
#endif

#ifdef __opencl_c_integer_dot_product_input_4x8bit
#define DOT(r, a, b, suffix)                                                           \
	TEST r test_dot(a##4 x, b##4 y) { return dot(x, y); }                          \
	TEST r test_dot_acc_sat(a##4 x, b##4 y, r z) { return dot_acc_sat(x, y, z); }  \
	TEST r test_dot_packed_##suffix(uint x, uint y)                                \
	{                                                                              \
		return dot_4x8packed_##suffix(x, y);                                   \
	}                                                                              \
	TEST r test_dot_acc_sat_packed_##suffix(uint x, uint y, r z)                   \
	{                                                                              \
		return dot_acc_sat_4x8packed_##suffix(x, y, z);                        \
	}
DOT(uint, uchar, uchar, uu_uint)
DOT(int, char, char, ss_int)
DOT(int, uchar, char, us_int)
DOT(int, char, uchar, su_int)
#undef DOT
#endif

#define UPSAMPLE(wide, w, narrow, unsigned_narrow)                                     \
	TEST wide##w test_upsample(narrow##w a, unsigned_narrow##w b)                  \
	{                                                                              \
		return upsample(a, b);                                                 \
	}
EACH_WIDTH(UPSAMPLE, short, char, uchar)
EACH_WIDTH(UPSAMPLE, ushort, uchar, uchar)
EACH_WIDTH(UPSAMPLE, int, short, ushort)
EACH_WIDTH(UPSAMPLE, uint, ushort, ushort)
EACH_WIDTH(UPSAMPLE, long, int, uint)
EACH_WIDTH(UPSAMPLE, ulong, uint, uint)

#define BITS_24(t, w, ...)                                                             \
	TEST t##w test_mul24(t##w a, t##w b) { return mul24(a, b); }                   \
	TEST t##w test_mad24(t##w a, t##w b, t##w c) { return mad24(a, b, c); }
EACH_WIDTH(BITS_24, int)
EACH_WIDTH(BITS_24, uint)

/* Common functions. */
#define COMMON(t, w, ...)                                                              \
	TEST t##w test_clamp(t##w a, t##w b, t##w c) { return clamp(a, b, c); }        \
	TEST t##w test_degrees(t##w a) { return degrees(a); }                          \
	TEST t##w test_max(t##w a, t##w b) { return max(a, b); }                       \
	TEST t##w test_min(t##w a, t##w b) { return min(a, b); }                       \
	TEST t##w test_mix(t##w a, t##w b, t##w c) { return mix(a, b, c); }            \
	TEST t##w test_radians(t##w a) { return radians(a); }                          \
	TEST t##w test_step(t##w a, t##w b) { return step(a, b); }                     \
	TEST t##w test_smoothstep(t##w a, t##w b, t##w c) { return smoothstep(a, b, c); } \
	TEST t##w test_sign(t##w a) { return sign(a); }
#define COMMON_VECTOR(t, w, ...)                                                       \
	TEST t##w test_clamp(t##w a, t b, t c) { return clamp(a, b, c); }              \
	TEST t##w test_max(t##w a, t b) { return max(a, b); }                          \
	TEST t##w test_min(t##w a, t b) { return min(a, b); }                          \
	TEST t##w test_mix(t##w a, t##w b, t c) { return mix(a, b, c); }               \
	TEST t##w test_step(t a, t##w b) { return step(a, b); }                        \
	TEST t##w test_smoothstep(t a, t b, t##w c) { return smoothstep(a, b, c); }
#define COMMONS(t, ...)              \
	EACH_WIDTH(COMMON, t)        \
	EACH_VECTOR(COMMON_VECTOR, t)
EACH_REAL(COMMONS)

/* Geometric functions. */
#define GEOMETRIC(t, w)                                                                \
	TEST t test_dot(t##w a, t##w b) { return dot(a, b); }                          \
	TEST t test_distance(t##w a, t##w b) { return distance(a, b); }                \
	TEST t test_length(t##w a) { return length(a); }                               \
	TEST t##w test_normalize(t##w a) { return normalize(a); }
#define FAST_GEOMETRIC(w)                                                              \
	TEST float test_fast_distance(float##w a, float##w b) { return fast_distance(a, b); } \
	TEST float test_fast_length(float##w a) { return fast_length(a); }             \
	TEST float##w test_fast_normalize(float##w a) { return fast_normalize(a); }
#define CROSS(t, w) \
	TEST t##w test_cross(t##w a, t##w b) { return cross(a, b); }
#define GEOMETRICS(t, ...)           \
	GEOMETRIC(t, )               \
	GEOMETRIC(t, 2)              \
	GEOMETRIC(t, 3)              \
	GEOMETRIC(t, 4)              \
	CROSS(t, 3)                  \
	CROSS(t, 4)
EACH_REAL(GEOMETRICS)
FAST_GEOMETRIC()
FAST_GEOMETRIC(2)
FAST_GEOMETRIC(3)
FAST_GEOMETRIC(4)

/* Relational functions. */
#define RELATION(t, r, w)                                                              \
	TEST r##w test_isequal(t##w a, t##w b) { return isequal(a, b); }               \
	TEST r##w test_isnotequal(t##w a, t##w b) { return isnotequal(a, b); }         \
	TEST r##w test_isgreater(t##w a, t##w b) { return isgreater(a, b); }           \
	TEST r##w test_isgreaterequal(t##w a, t##w b) { return isgreaterequal(a, b); } \
	TEST r##w test_isless(t##w a, t##w b) { return isless(a, b); }                 \
	TEST r##w test_islessequal(t##w a, t##w b) { return islessequal(a, b); }       \
	TEST r##w test_islessgreater(t##w a, t##w b) { return islessgreater(a, b); }   \
	TEST r##w test_isordered(t##w a, t##w b) { return isordered(a, b); }           \
	TEST r##w test_isunordered(t##w a, t##w b) { return isunordered(a, b); }       \
	TEST r##w test_isfinite(t##w a) { return isfinite(a); }                        \
	TEST r##w test_isinf(t##w a) { return isinf(a); }                              \
	TEST r##w test_isnan(t##w a) { return isnan(a); }                              \
	TEST r##w test_isnormal(t##w a) { return isnormal(a); }                        \
	TEST r##w test_signbit(t##w a) { return signbit(a); }
#define RELATIONS(t, r)              \
	RELATION(t, int, )           \
	RELATION(t, r, 2)            \
	RELATION(t, r, 3)            \
	RELATION(t, r, 4)            \
	RELATION(t, r, 8)            \
	RELATION(t, r, 16)
RELATIONS(half, short)
RELATIONS(float, int)
RELATIONS(double, long)

#define ANY_ALL(t, w, ...)                                                             \
	TEST int test_any(t##w a) { return any(a); }                                   \
	TEST int test_all(t##w a) { return all(a); }
EACH_WIDTH(ANY_ALL, char)
EACH_WIDTH(ANY_ALL, short)
EACH_WIDTH(ANY_ALL, int)
EACH_WIDTH(ANY_ALL, long)

#define SELECT(t, w, s, u)                                                             \
	TEST t##w test_bitselect(t##w a, t##w b, t##w c) { return bitselect(a, b, c); } \
	TEST t##w test_select(t##w a, t##w b, s##w c) { return select(a, b, c); }      \
	TEST t##w test_select(t##w a, t##w b, u##w c) { return select(a, b, c); }
#define SELECTS(t, s, u, ...) EACH_WIDTH(SELECT, t, s, u)
EACH_TYPE(SELECTS)
