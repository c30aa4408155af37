// SPDX-License-Identifier: MIT
/* Bit counts and 24-bit arithmetic (OpenCL C 6.15.3). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "integer_bits.cl"
#include "builtins.h"

/* The element-wise forms of these came with clang 20 and 21. */
#if __has_builtin(__builtin_elementwise_clzg) && __has_builtin(__builtin_elementwise_ctzg) && \
	__has_builtin(__builtin_elementwise_popcount)
#define HAS_ELEMENTWISE_COUNTS 1
#else
#define HAS_ELEMENTWISE_COUNTS 0
#endif

#include "for_each_integer.h"
#else

#if IS_SCALAR
BUILTIN TYPE clz(TYPE x)
{
	return (TYPE)__builtin_clzg((UNSIGNED)x, BITS);
}

BUILTIN TYPE ctz(TYPE x)
{
	return (TYPE)__builtin_ctzg((UNSIGNED)x, BITS);
}

BUILTIN TYPE popcount(TYPE x)
{
	return (TYPE)__builtin_popcountg((UNSIGNED)x);
}
#elif HAS_ELEMENTWISE_COUNTS
BUILTIN V(TYPE) clz(V(TYPE) x)
{
	return __builtin_elementwise_clzg(x, (V(TYPE))(BITS));
}

BUILTIN V(TYPE) ctz(V(TYPE) x)
{
	return __builtin_elementwise_ctzg(x, (V(TYPE))(BITS));
}

BUILTIN V(TYPE) popcount(V(TYPE) x)
{
	return __builtin_elementwise_popcount(x);
}
#else
BUILTIN V(TYPE) clz(V(TYPE) x)
{
	return MAP(TYPE, clz, x);
}

BUILTIN V(TYPE) ctz(V(TYPE) x)
{
	return MAP(TYPE, ctz, x);
}

BUILTIN V(TYPE) popcount(V(TYPE) x)
{
	return MAP(TYPE, popcount, x);
}
#endif

#if BITS == 32
/* Only arguments of 24 significant bits are defined. */
BUILTIN V(TYPE) mul24(V(TYPE) x, V(TYPE) y)
{
	return x * y;
}

BUILTIN V(TYPE) mad24(V(TYPE) x, V(TYPE) y, V(TYPE) z)
{
	return x * y + z;
}
#endif

#endif
