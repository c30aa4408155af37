// SPDX-License-Identifier: MIT
/*
 * Relational functions (OpenCL C 6.15.6). A comparison gives 0 or 1 for scalars
 * and 0 or -1, in integers of the size of the elements, for vectors.
 */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "relational.cl"
#include "builtins.h"
#include "for_each_type.h"
#else

#if IS_REAL
#if IS_SCALAR
#define RESULT int
#else
#define RESULT V(SIGNED)
#endif

BUILTIN RESULT isequal(V(TYPE) x, V(TYPE) y)
{
	return x == y;
}

BUILTIN RESULT isnotequal(V(TYPE) x, V(TYPE) y)
{
	return x != y;
}

BUILTIN RESULT isgreater(V(TYPE) x, V(TYPE) y)
{
	return x > y;
}

BUILTIN RESULT isgreaterequal(V(TYPE) x, V(TYPE) y)
{
	return x >= y;
}

BUILTIN RESULT isless(V(TYPE) x, V(TYPE) y)
{
	return x < y;
}

BUILTIN RESULT islessequal(V(TYPE) x, V(TYPE) y)
{
	return x <= y;
}

BUILTIN RESULT islessgreater(V(TYPE) x, V(TYPE) y)
{
	return (x < y) | (x > y);
}

BUILTIN RESULT isordered(V(TYPE) x, V(TYPE) y)
{
	return (x == x) & (y == y);
}

BUILTIN RESULT isunordered(V(TYPE) x, V(TYPE) y)
{
	return (x != x) | (y != y);
}

BUILTIN RESULT isnan(V(TYPE) x)
{
	return x != x;
}

BUILTIN RESULT isinf(V(TYPE) x)
{
	return __builtin_elementwise_abs(x) == (V(TYPE))(INFINITY);
}

BUILTIN RESULT isfinite(V(TYPE) x)
{
	return __builtin_elementwise_abs(x) < (V(TYPE))(INFINITY);
}

BUILTIN RESULT isnormal(V(TYPE) x)
{
	V(TYPE) size = __builtin_elementwise_abs(x);
	V(TYPE) least = (V(TYPE))(BITS == 16 ? 0x1p-14 : BITS == 32 ? FLT_MIN : DBL_MIN);

	return (size >= least) & (size < (V(TYPE))(INFINITY));
}

BUILTIN RESULT signbit(V(TYPE) x)
{
	return AS(SIGNED, x) < (V(SIGNED))(0);
}

#undef RESULT

#elif IS_SIGNED

#if IS_SCALAR
BUILTIN int any(TYPE x)
{
	return x < 0;
}

BUILTIN int all(TYPE x)
{
	return x < 0;
}
#elif WIDTH == 3
BUILTIN int any(V(TYPE) x)
{
	return (x.s0 | x.s1 | x.s2) < 0;
}

BUILTIN int all(V(TYPE) x)
{
	return (x.s0 & x.s1 & x.s2) < 0;
}
#else
BUILTIN int any(V(TYPE) x)
{
	return __builtin_reduce_or(x) < 0;
}

BUILTIN int all(V(TYPE) x)
{
	return __builtin_reduce_and(x) < 0;
}
#endif

#endif /* IS_SIGNED */

BUILTIN V(TYPE) bitselect(V(TYPE) a, V(TYPE) b, V(TYPE) c)
{
	V(UNSIGNED) mask = AS(UNSIGNED, c);

	return AS(TYPE, (V(UNSIGNED))((AS(UNSIGNED, a) & ~mask) | (AS(UNSIGNED, b) & mask)));
}

#if IS_SCALAR
BUILTIN TYPE select(TYPE a, TYPE b, SIGNED c)
{
	return c ? b : a;
}

BUILTIN TYPE select(TYPE a, TYPE b, UNSIGNED c)
{
	return c ? b : a;
}
#else
BUILTIN V(TYPE) select(V(TYPE) a, V(TYPE) b, V(SIGNED) c)
{
	return c < (V(SIGNED))(0) ? b : a;
}

BUILTIN V(TYPE) select(V(TYPE) a, V(TYPE) b, V(UNSIGNED) c)
{
	return select(a, b, AS(SIGNED, c));
}
#endif

#endif
