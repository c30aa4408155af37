// SPDX-License-Identifier: MIT
/* Integer functions (OpenCL C 6.15.3) but for the counting and 24-bit ones. */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "integer.cl"
#include "builtins.h"
#include "for_each_integer.h"
#else

BUILTIN V(UNSIGNED) abs(V(TYPE) x)
{
#if IS_SIGNED
	return AS(UNSIGNED, (V(TYPE))(__builtin_elementwise_abs(x)));
#else
	return x;
#endif
}

BUILTIN V(UNSIGNED) abs_diff(V(TYPE) x, V(TYPE) y)
{
	V(UNSIGNED) unsigned_x = AS(UNSIGNED, x);
	V(UNSIGNED) unsigned_y = AS(UNSIGNED, y);

	return x > y ? (V(UNSIGNED))(unsigned_x - unsigned_y) :
		       (V(UNSIGNED))(unsigned_y - unsigned_x);
}

#if IS_SCALAR && BITS < 32
/* clang 19 would promote the operands to int, and saturate that. */
BUILTIN TYPE add_sat(TYPE x, TYPE y)
{
	return (TYPE)__builtin_elementwise_min(__builtin_elementwise_max(x + y, TYPE_MIN), TYPE_MAX);
}

BUILTIN TYPE sub_sat(TYPE x, TYPE y)
{
	return (TYPE)__builtin_elementwise_min(__builtin_elementwise_max(x - y, TYPE_MIN), TYPE_MAX);
}
#else
BUILTIN V(TYPE) add_sat(V(TYPE) x, V(TYPE) y)
{
	return __builtin_elementwise_add_sat(x, y);
}

BUILTIN V(TYPE) sub_sat(V(TYPE) x, V(TYPE) y)
{
	return __builtin_elementwise_sub_sat(x, y);
}
#endif

BUILTIN V(TYPE) hadd(V(TYPE) x, V(TYPE) y)
{
	const V(TYPE) one = (V(TYPE))(1);

	return (x >> one) + (y >> one) + (x & y & one);
}

BUILTIN V(TYPE) rhadd(V(TYPE) x, V(TYPE) y)
{
	const V(TYPE) one = (V(TYPE))(1);

	return (x >> one) + (y >> one) + ((x | y) & one);
}

BUILTIN V(TYPE) max(V(TYPE) x, V(TYPE) y)
{
	return __builtin_elementwise_max(x, y);
}

BUILTIN V(TYPE) min(V(TYPE) x, V(TYPE) y)
{
	return __builtin_elementwise_min(x, y);
}

BUILTIN V(TYPE) clamp(V(TYPE) x, V(TYPE) low, V(TYPE) high)
{
	return __builtin_elementwise_min(__builtin_elementwise_max(x, low), high);
}

#if !IS_SCALAR
BUILTIN V(TYPE) max(V(TYPE) x, TYPE y)
{
	return __builtin_elementwise_max(x, (V(TYPE))(y));
}

BUILTIN V(TYPE) min(V(TYPE) x, TYPE y)
{
	return __builtin_elementwise_min(x, (V(TYPE))(y));
}

BUILTIN V(TYPE) clamp(V(TYPE) x, TYPE low, TYPE high)
{
	return clamp(x, (V(TYPE))(low), (V(TYPE))(high));
}
#endif

#ifdef WIDER
BUILTIN V(TYPE) mul_hi(V(TYPE) x, V(TYPE) y)
{
	return CONVERT(TYPE, (CONVERT(WIDER, x) * CONVERT(WIDER, y)) >> (V(WIDER))(BITS));
}

BUILTIN V(TYPE) mad_sat(V(TYPE) a, V(TYPE) b, V(TYPE) c)
{
	V(WIDER) product = CONVERT(WIDER, a) * CONVERT(WIDER, b);
	V(WIDER) sum = product + CONVERT(WIDER, c);
	V(WIDER) above = __builtin_elementwise_max(sum, (V(WIDER))(TYPE_MIN));

	return CONVERT(TYPE, __builtin_elementwise_min(above, (V(WIDER))(TYPE_MAX)));
}
#else
/* From four products of 32-bit halves: 128-bit integers stop vectorisation. */
BUILTIN V(TYPE) mul_hi(V(TYPE) x, V(TYPE) y)
{
	const V(ulong) low_half = (V(ulong))(0xffffffff);
	const V(ulong) half_bits = (V(ulong))(32);
	V(ulong) x_low = AS(ulong, x) & low_half;
	V(ulong) y_low = AS(ulong, y) & low_half;
	/* Arithmetic shifts where the type is signed. */
	V(TYPE) x_high = x >> AS(TYPE, half_bits);
	V(TYPE) y_high = y >> AS(TYPE, half_bits);
	V(ulong) low = x_low * y_low;
	V(TYPE) middle = x_high * AS(TYPE, y_low) + AS(TYPE, low >> half_bits);
	V(TYPE) middle_low = AS(TYPE, AS(ulong, middle) & low_half);
	V(TYPE) other = AS(TYPE, x_low) * y_high + middle_low;

	return x_high * y_high + (middle >> AS(TYPE, half_bits)) + (other >> AS(TYPE, half_bits));
}

BUILTIN V(TYPE) mad_sat(V(TYPE) a, V(TYPE) b, V(TYPE) c)
{
	V(TYPE) high = mul_hi(a, b);
	V(ulong) product = AS(ulong, a) * AS(ulong, b);
	V(ulong) low = product + AS(ulong, c);
#if IS_SIGNED
	const V(long) zero = (V(long))(0);
	const V(long) one = (V(long))(1);

	high += (low < product ? one : zero) - (c < zero ? one : zero);
	return high == (AS(long, low) >> (V(long))(63)) ? AS(long, low) :
	       high < zero				? (V(long))(LONG_MIN) :
							  (V(long))(LONG_MAX);
#else
	const V(ulong) zero = (V(ulong))(0);
	const V(ulong) all_ones = (V(ulong))(ULONG_MAX);

	return high != zero ? all_ones : (low < product ? all_ones : low);
#endif
}
#endif

BUILTIN V(TYPE) mad_hi(V(TYPE) a, V(TYPE) b, V(TYPE) c)
{
	return mul_hi(a, b) + c;
}

BUILTIN V(TYPE) rotate(V(TYPE) x, V(TYPE) count)
{
	const V(UNSIGNED) mask = (V(UNSIGNED))(BITS - 1);
	V(UNSIGNED) bits = AS(UNSIGNED, x);
	V(UNSIGNED) left = AS(UNSIGNED, count) & mask;
	V(UNSIGNED) right = (V(UNSIGNED))((V(UNSIGNED))(BITS) - left) & mask;

	return AS(TYPE, (V(UNSIGNED))((bits << left) | (bits >> right)));
}

#ifdef WIDER
BUILTIN V(WIDER) upsample(V(TYPE) high, V(UNSIGNED) low)
{
	return (V(WIDER))((CONVERT(WIDER, high) << (V(WIDER))(BITS)) | CONVERT(WIDER, low));
}
#endif

#endif
