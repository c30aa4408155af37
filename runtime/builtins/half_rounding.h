// SPDX-License-Identifier: MIT
/*
 * For a body of for_each_real.h: half_bits(x), half_bits_rte(x) and so on are the bits of the
 * half that x is rounded to.
 *
 * The machine rounds to the nearest half; the other rounding modes step to the
 * neighbour where that went the wrong way. A double becomes a float that is
 * rounded to odd first: rounding that once more gives what rounding once would.
 */
#if BITS == 32
HELPER V(float) prepare(V(float) x)
{
	return x;
}
#else
/* x as a float that is even only where it is exact. */
HELPER V(float) prepare(V(double) x)
{
	V(float) nearest = CONVERT(float, x);
	V(double) size = __builtin_elementwise_abs(x);
	V(double) back = __builtin_elementwise_abs(CONVERT(double, nearest));
	V(uint) towards_zero = AS(uint, nearest) + MASK(uint, back > size);

	return MASK(int, back == size) ? nearest : AS(float, towards_zero | (V(uint))(1));
}
#endif

HELPER V(ushort) half_bits_rte(V(TYPE) x)
{
	V(half) nearest = CONVERT(half, prepare(x));

	return AS(ushort, nearest);
}

HELPER V(ushort) half_bits(V(TYPE) x)
{
	return half_bits_rte(x);
}

HELPER V(ushort) half_bits_rtz(V(TYPE) x)
{
	V(float) value = prepare(x);
	V(half) nearest = CONVERT(half, value);
	V(float) size = __builtin_elementwise_abs(value);
	V(float) back = __builtin_elementwise_abs(CONVERT(float, nearest));

	return AS(ushort, nearest) + MASK(ushort, back > size);
}

HELPER V(ushort) half_bits_rtp(V(TYPE) x)
{
	V(float) value = prepare(x);
	V(half) nearest = CONVERT(half, value);
	V(float) back = CONVERT(float, nearest);
	/* To the next larger number: away from zero, or towards it. */
	V(ushort) step = MASK(ushort, AS(int, value) < (V(int))(0)) | (V(ushort))(1);

	return AS(ushort, nearest) + (step & MASK(ushort, back < value));
}

HELPER V(ushort) half_bits_rtn(V(TYPE) x)
{
	V(float) value = prepare(x);
	V(half) nearest = CONVERT(half, value);
	V(float) back = CONVERT(float, nearest);
	V(ushort) step = MASK(ushort, AS(int, value) < (V(int))(0)) | (V(ushort))(1);

	return AS(ushort, nearest) - (step & MASK(ushort, back > value));
}
