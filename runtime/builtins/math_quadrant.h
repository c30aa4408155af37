// SPDX-License-Identifier: MIT
/* For a body of for_each_real.h: what the quadrant of an angle does to a sine. */

HELPER V(SIGNED) is_odd(V(SIGNED) quadrant)
{
	return MASK(SIGNED, (quadrant & (V(SIGNED))(1)) != (V(SIGNED))(0));
}

/* x with its sign changed if bit 1 of quadrant is set. */
HELPER V(TYPE) change_sign(V(TYPE) x, V(SIGNED) quadrant)
{
	V(SIGNED) sign = (quadrant & (V(SIGNED))(2)) << (V(SIGNED))(BITS - 2);

	return AS(TYPE, AS(SIGNED, x) ^ sign);
}

/* x with its sign changed if sign is negative. */
HELPER V(TYPE) with_sign_of(V(TYPE) x, V(TYPE) sign)
{
	V(SIGNED) sign_bit = AS(SIGNED, sign) & AS(SIGNED, (V(TYPE))(R(-0.0)));

	return AS(TYPE, AS(SIGNED, x) ^ sign_bit);
}
