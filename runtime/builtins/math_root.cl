// SPDX-License-Identifier: MIT
/* cbrt and hypot (OpenCL C 6.15.2). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "math_root.cl"
#include "builtins.h"
#include "for_each_real.h"
#else

#if BITS == 32

/*
 * x^(-1/3) of a positive normal number: a guess of its bits, good to 4 %, and two
 * steps towards it, by the terms of (1 - h)^(-1/3), h = 1 - x * root^3, that count.
 */
HELPER V(double) inverse_cube_root(V(double) x)
{
	V(ulong) high = AS(ulong, x) >> (V(ulong))(32);
	V(ulong) third = (high * (V(ulong))(0x55555556)) >> (V(ulong))(32);
	V(double) root = AS(double, ((V(ulong))(0x553ef0ff) - third) << (V(ulong))(32));
	V(double) h = 1 - x * root * root * root;
	V(double) sum = multiply_add(h, (V(double))(91.0 / 729), (V(double))(35.0 / 243));

	sum = multiply_add(h, sum, (V(double))(14.0 / 81));
	sum = multiply_add(h, sum, (V(double))(2.0 / 9));
	sum = multiply_add(h, sum, (V(double))(1.0 / 3));
	root = multiply_add(root * h, sum, root);
	h = 1 - x * root * root * root;
	sum = multiply_add(h, (V(double))(2.0 / 9), (V(double))(1.0 / 3));
	return multiply_add(root * h, sum, root);
}

BUILTIN V(float) cbrt(V(float) x)
{
	V(float) size = __builtin_elementwise_abs(x);
	V(double) wide = CONVERT(double, size);
	V(double) inverse = inverse_cube_root(wide);
	V(float) root = CONVERT(float, wide * inverse * inverse);

	root = ((size > (V(float))(0)) & (size < (V(float))(INFINITY))) ? root : size;
	return __builtin_elementwise_copysign(root, x);
}

#else

BUILTIN V(double) cbrt(V(double) x)
{
	V(double) size = __builtin_elementwise_abs(x);
	V(long) is_small = MASK(long, size < (V(double))(0x1p-1022));
	V(double) scaled = is_small ? size * 0x1p+54 : size;
	V(double) inverse = inverse_cube_root(scaled);
	V(double) root = scaled * inverse * inverse;
	V(double) square = root * root;
	V(double) square_low = FMA(root, root, -square);
	/* What the cube is short of x, by the slope of the cube. */
	V(double) missing = FMA(-square, root, scaled) - square_low * root;

	root = multiply_add(missing, inverse * inverse * (1.0 / 3), root);
	root = is_small ? root * 0x1p-18 : root;
	root = ((size > (V(double))(0)) & (size < (V(double))(INFINITY))) ? root : size;
	return __builtin_elementwise_copysign(root, x);
}

#endif

/* The larger number is brought to where squares neither overflow nor lose digits. */
#if BITS == 32
#define HUGE_SIZE  0x1p+60f
#define TINY_SIZE  0x1p-40f
#define SCALE	   0x1p+100f
#else
#define HUGE_SIZE  0x1p+500
#define TINY_SIZE  0x1p-400
#define SCALE	   0x1p+600
#endif

BUILTIN V(TYPE) hypot(V(TYPE) x, V(TYPE) y)
{
	V(TYPE) size_x = __builtin_elementwise_abs(x);
	V(TYPE) size_y = __builtin_elementwise_abs(y);
	V(TYPE) larger = size_x < size_y ? size_y : size_x;
	V(SIGNED) is_huge = MASK(SIGNED, larger > (V(TYPE))(HUGE_SIZE));
	V(SIGNED) is_tiny = MASK(SIGNED, larger < (V(TYPE))(TINY_SIZE));
	V(TYPE) scale = is_huge ? (V(TYPE))(1 / SCALE) :
				  (is_tiny ? (V(TYPE))(SCALE) : (V(TYPE))(1));
	V(TYPE) scale_back = is_huge ? (V(TYPE))(SCALE) :
				       (is_tiny ? (V(TYPE))(1 / SCALE) : (V(TYPE))(1));
	V(TYPE) scaled_x = size_x * scale;
	V(TYPE) scaled_y = size_y * scale;
	V(TYPE) square = multiply_add(scaled_x, scaled_x, scaled_y * scaled_y);
	V(TYPE) result = __builtin_elementwise_sqrt(square) * scale_back;
	V(SIGNED) is_infinite = MASK(SIGNED, (size_x == (V(TYPE))(INFINITY)) |
						     (size_y == (V(TYPE))(INFINITY)));

	return is_infinite ? (V(TYPE))(INFINITY) : result;
}

#undef HUGE_SIZE
#undef TINY_SIZE
#undef SCALE

#endif
