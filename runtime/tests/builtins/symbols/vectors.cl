// SPDX-License-Identifier: MIT
/* Calls every conversion, load, store, shuffle and copy in every form. */
#include "each.h"

#define CONVERSION(to, from, w, suffix)                                   \
	TEST to##w test_convert_##to##suffix(from##w a)                   \
	{                                                                 \
		return convert_##to##w##suffix(a);                        \
	}
#define ROUNDINGS(to, from, w, suffix)          \
	CONVERSION(to, from, w, suffix)         \
	CONVERSION(to, from, w, suffix##_rte)   \
	CONVERSION(to, from, w, suffix##_rtz)   \
	CONVERSION(to, from, w, suffix##_rtp)   \
	CONVERSION(to, from, w, suffix##_rtn)
#define CONVERSIONS(to, from, suffix)           \
	ROUNDINGS(to, from, , suffix)           \
	ROUNDINGS(to, from, 2, suffix)          \
	ROUNDINGS(to, from, 3, suffix)          \
	ROUNDINGS(to, from, 4, suffix)          \
	ROUNDINGS(to, from, 8, suffix)          \
	ROUNDINGS(to, from, 16, suffix)
#define TO_INTEGER(to, from)                    \
	CONVERSIONS(to, from, )                 \
	CONVERSIONS(to, from, _sat)
#define FROM(from, ...)                         \
	TO_INTEGER(char, from)                  \
	TO_INTEGER(uchar, from)                 \
	TO_INTEGER(short, from)                 \
	TO_INTEGER(ushort, from)                \
	TO_INTEGER(int, from)                   \
	TO_INTEGER(uint, from)                  \
	TO_INTEGER(long, from)                  \
	TO_INTEGER(ulong, from)                 \
	CONVERSIONS(half, from, )               \
	CONVERSIONS(float, from, )              \
	CONVERSIONS(double, from, )
EACH_TYPE(FROM)

#define LOAD(space, t, w)                                                              \
	TEST t##w test_vload##w(size_t i, const space t *p)                            \
	{                                                                              \
		return vload##w(i, p);                                                 \
	}
#define STORE(space, t, w)                                                             \
	TEST void test_vstore##w(t##w a, size_t i, space t *p)                         \
	{                                                                              \
		vstore##w(a, i, p);                                                    \
	}
#define LOAD_STORE(t, w, ...)                   \
	EACH_LOADED_SPACE(LOAD, t, w)           \
	EACH_SPACE(STORE, t, w)
#define LOADS_STORES(t, ...) EACH_VECTOR(LOAD_STORE, t)
EACH_TYPE(LOADS_STORES)

#define LOAD_HALF(space, w, name)                                                      \
	TEST float##w test_##name(size_t i, const space half *p)                       \
	{                                                                              \
		return name(i, p);                                                     \
	}
#define LOAD_HALVES(space, ...)                 \
	LOAD_HALF(space, , vload_half)          \
	LOAD_HALF(space, 2, vload_half2)        \
	LOAD_HALF(space, 3, vload_half3)        \
	LOAD_HALF(space, 4, vload_half4)        \
	LOAD_HALF(space, 8, vload_half8)        \
	LOAD_HALF(space, 16, vload_half16)      \
	LOAD_HALF(space, 2, vloada_half2)       \
	LOAD_HALF(space, 3, vloada_half3)       \
	LOAD_HALF(space, 4, vloada_half4)       \
	LOAD_HALF(space, 8, vloada_half8)       \
	LOAD_HALF(space, 16, vloada_half16)
EACH_LOADED_SPACE(LOAD_HALVES)

#define STORE_HALF(space, t, w, name)                                                  \
	TEST void test_##name(t##w a, size_t i, space half *p)                         \
	{                                                                              \
		name(a, i, p);                                                         \
	}
#define STORE_HALF_ROUNDINGS(space, t, w, name)  \
	STORE_HALF(space, t, w, name)            \
	STORE_HALF(space, t, w, name##_rte)      \
	STORE_HALF(space, t, w, name##_rtz)      \
	STORE_HALF(space, t, w, name##_rtp)      \
	STORE_HALF(space, t, w, name##_rtn)
#define STORE_HALVES(space, t)                           \
	STORE_HALF_ROUNDINGS(space, t, , vstore_half)    \
	STORE_HALF_ROUNDINGS(space, t, 2, vstore_half2)  \
	STORE_HALF_ROUNDINGS(space, t, 3, vstore_half3)  \
	STORE_HALF_ROUNDINGS(space, t, 4, vstore_half4)  \
	STORE_HALF_ROUNDINGS(space, t, 8, vstore_half8)  \
	STORE_HALF_ROUNDINGS(space, t, 16, vstore_half16) \
	STORE_HALF_ROUNDINGS(space, t, 2, vstorea_half2) \
	STORE_HALF_ROUNDINGS(space, t, 3, vstorea_half3) \
	STORE_HALF_ROUNDINGS(space, t, 4, vstorea_half4) \
	STORE_HALF_ROUNDINGS(space, t, 8, vstorea_half8) \
	STORE_HALF_ROUNDINGS(space, t, 16, vstorea_half16)
#define STORE_REALS(space, ...)          \
	STORE_HALVES(space, float)       \
	STORE_HALVES(space, double)
EACH_SPACE(STORE_REALS)

#define SHUFFLE(t, n, m, u)                                                            \
	TEST t##n test_shuffle(t##m a, u##n mask) { return shuffle(a, mask); }         \
	TEST t##n test_shuffle2(t##m a, t##m b, u##n mask) { return shuffle2(a, b, mask); }
#define SHUFFLES_TO(t, n, u)     \
	SHUFFLE(t, n, 2, u)      \
	SHUFFLE(t, n, 4, u)      \
	SHUFFLE(t, n, 8, u)      \
	SHUFFLE(t, n, 16, u)
#define SHUFFLES(t, s, u, ...)   \
	SHUFFLES_TO(t, 2, u)     \
	SHUFFLES_TO(t, 4, u)     \
	SHUFFLES_TO(t, 8, u)     \
	SHUFFLES_TO(t, 16, u)
EACH_TYPE(SHUFFLES)

#define COPY(t, w, ...)                                                                         \
	TEST event_t test_copy(__local t##w *l, const __global t##w *g, size_t n, event_t e)    \
	{                                                                                       \
		return async_work_group_copy(l, g, n, e);                                       \
	}                                                                                       \
	TEST event_t test_copy(__global t##w *g, const __local t##w *l, size_t n, event_t e)    \
	{                                                                                       \
		return async_work_group_copy(g, l, n, e);                                       \
	}                                                                                       \
	TEST event_t test_strided(__local t##w *l, const __global t##w *g, size_t n, event_t e) \
	{                                                                                       \
		return async_work_group_strided_copy(l, g, n, n, e);                            \
	}                                                                                       \
	TEST event_t test_strided(__global t##w *g, const __local t##w *l, size_t n, event_t e) \
	{                                                                                       \
		return async_work_group_strided_copy(g, l, n, n, e);                            \
	}                                                                                       \
	TEST void test_prefetch(const __global t##w *p, size_t n)                               \
	{                                                                                       \
		prefetch(p, n);                                                                 \
	}
#define COPIES(t, ...) EACH_WIDTH(COPY, t)
EACH_TYPE(COPIES)

void test_wait(int n, __private event_t *events)
{
	wait_group_events(n, events);
}
