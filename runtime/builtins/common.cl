// SPDX-License-Identifier: MIT
/* Common functions (OpenCL C 6.15.4). Those of half that round are in half_by_float.cl. */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "common.cl"
#include "builtins.h"
#include "for_each_half.h"
#include "for_each_real.h"
#else

BUILTIN V(TYPE) max(V(TYPE) x, V(TYPE) y)
{
	return x < y ? y : x;
}

BUILTIN V(TYPE) min(V(TYPE) x, V(TYPE) y)
{
	return y < x ? y : x;
}

BUILTIN V(TYPE) clamp(V(TYPE) x, V(TYPE) low, V(TYPE) high)
{
	return min(max(x, low), high);
}

BUILTIN V(TYPE) step(V(TYPE) edge, V(TYPE) x)
{
	return x < edge ? (V(TYPE))(0) : (V(TYPE))(1);
}

BUILTIN V(TYPE) sign(V(TYPE) x)
{
	V(TYPE) unit = __builtin_elementwise_copysign((V(TYPE))(1), x);

	return x != x ? (V(TYPE))(0) : (x == (V(TYPE))(0) ? x : unit);
}

#if !IS_SCALAR
BUILTIN V(TYPE) max(V(TYPE) x, TYPE y)
{
	return max(x, (V(TYPE))(y));
}

BUILTIN V(TYPE) min(V(TYPE) x, TYPE y)
{
	return min(x, (V(TYPE))(y));
}

BUILTIN V(TYPE) clamp(V(TYPE) x, TYPE low, TYPE high)
{
	return clamp(x, (V(TYPE))(low), (V(TYPE))(high));
}

BUILTIN V(TYPE) step(TYPE edge, V(TYPE) x)
{
	return step((V(TYPE))(edge), x);
}

#endif

#if BITS != 16
BUILTIN V(TYPE) degrees(V(TYPE) radians)
{
	return radians * (V(TYPE))(R(57.295779513082320876798));
}

BUILTIN V(TYPE) radians(V(TYPE) degrees)
{
	return degrees * (V(TYPE))(R(0.017453292519943295769237));
}

BUILTIN V(TYPE) mix(V(TYPE) x, V(TYPE) y, V(TYPE) a)
{
	return multiply_add(y - x, a, x);
}

BUILTIN V(TYPE) smoothstep(V(TYPE) edge_0, V(TYPE) edge_1, V(TYPE) x)
{
	V(TYPE) t = clamp((x - edge_0) / (edge_1 - edge_0), (V(TYPE))(0), (V(TYPE))(1));

	return t * t * (R(3.0) - R(2.0) * t);
}

#if !IS_SCALAR
BUILTIN V(TYPE) mix(V(TYPE) x, V(TYPE) y, TYPE a)
{
	return mix(x, y, (V(TYPE))(a));
}

BUILTIN V(TYPE) smoothstep(TYPE edge_0, TYPE edge_1, V(TYPE) x)
{
	return smoothstep((V(TYPE))(edge_0), (V(TYPE))(edge_1), x);
}
#endif

#endif /* BITS */

#endif
