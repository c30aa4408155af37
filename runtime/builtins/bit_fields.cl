// SPDX-License-Identifier: MIT
/* Bits of integers as fields and in reverse order (cl_khr_extended_bit_ops). */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "bit_fields.cl"
#include "builtins.h"

/* The least @count bits, of which there may be none: a shift by all bits is one by none. */
#define LOW_BITS(type, bits, count) ((count) ? (type)((type)~(type)0 >> ((bits) - (count))) : (type)0)

#include "for_each_integer.h"
#else

BUILTIN V(TYPE) bitfield_insert(V(TYPE) base, V(TYPE) insert, uint offset, uint count)
{
	UNSIGNED field = (UNSIGNED)(LOW_BITS(UNSIGNED, BITS, count) << (offset % BITS));
	V(UNSIGNED) mask = (V(UNSIGNED))(field);
	V(UNSIGNED) placed = AS(UNSIGNED, insert) << (V(UNSIGNED))((UNSIGNED)(offset % BITS));

	return AS(TYPE, (V(UNSIGNED))((AS(UNSIGNED, base) & ~mask) | (placed & mask)));
}

BUILTIN V(UNSIGNED) bitfield_extract_unsigned(V(TYPE) base, uint offset, uint count)
{
	V(UNSIGNED) moved = AS(UNSIGNED, base) >> (V(UNSIGNED))((UNSIGNED)(offset % BITS));

	return moved & (V(UNSIGNED))(LOW_BITS(UNSIGNED, BITS, count));
}

/* The field is moved to the top and down again, which repeats its sign. */
BUILTIN V(SIGNED) bitfield_extract_signed(V(TYPE) base, uint offset, uint count)
{
	UNSIGNED above = (UNSIGNED)((BITS - offset - count) % BITS);
	SIGNED below = (SIGNED)((BITS - count) % BITS);
	V(SIGNED) top = AS(SIGNED, (V(UNSIGNED))(AS(UNSIGNED, base) << (V(UNSIGNED))(above)));

	return (V(SIGNED))(top >> (V(SIGNED))(below)) & (V(SIGNED))(count ? (SIGNED)-1 : (SIGNED)0);
}

#if IS_SCALAR
BUILTIN TYPE bit_reverse(TYPE base)
{
	return (TYPE)PASTE_2(__builtin_bitreverse, BITS)((UNSIGNED)base);
}
#else
BUILTIN V(TYPE) bit_reverse(V(TYPE) base)
{
	return __builtin_elementwise_bitreverse(base);
}
#endif

#endif
