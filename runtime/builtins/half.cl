// SPDX-License-Identifier: MIT
/*
 * vload_half, vstore_half and their vector and aligned forms (OpenCL C 6.15.7).
 *
 * The machine rounds to the nearest half; the other rounding modes step to the
 * neighbour where that went the wrong way. A double becomes a float that is
 * rounded to odd first: rounding that once more gives what rounding once would.
 */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "half.cl"
#include "builtins.h"

/* One definition for each address space. */
#define VLOADS(DEFINE)     \
	DEFINE(__private)  \
	DEFINE(__global)   \
	DEFINE(__constant) \
	DEFINE(__local)    \
	DEFINE(__generic)
/* One definition for each address space and rounding mode. */
#define VSTORES_OF(DEFINE, space) \
	DEFINE(space, )           \
	DEFINE(space, _rte)       \
	DEFINE(space, _rtz)       \
	DEFINE(space, _rtp)       \
	DEFINE(space, _rtn)
#define VSTORES(DEFINE)               \
	VSTORES_OF(DEFINE, __private) \
	VSTORES_OF(DEFINE, __global)  \
	VSTORES_OF(DEFINE, __local)   \
	VSTORES_OF(DEFINE, __generic)

#define VLOAD_HALF(space)                                                                          \
	BUILTIN float vload_half(size_t offset, const space half *p)                               \
	{                                                                                          \
		return (float)p[offset];                                                           \
	}
#define VSTORE_HALF(space, suffix)                                                                 \
	BUILTIN void PASTE_2(vstore_half, suffix)(TYPE data, size_t offset, space half *p)         \
	{                                                                                          \
		((space ushort *)p)[offset] = PASTE_2(half_bits, suffix)(data);                    \
	}

#define VLOAD_HALF_3(space)                                                                        \
	BUILTIN float3 vload_half3(size_t offset, const space half *p)                             \
	{                                                                                          \
		p += 3 * offset;                                                                   \
		return (float3)((float)p[0], (float)p[1], (float)p[2]);                            \
	}                                                                                          \
	BUILTIN float3 vloada_half3(size_t offset, const space half *p)                            \
	{                                                                                          \
		p += 4 * offset;                                                                   \
		return (float3)((float)p[0], (float)p[1], (float)p[2]);                            \
	}
#define STORE_THREE(space)                                                                         \
	HELPER void store_three(ushort3 bits, space ushort *p)                                     \
	{                                                                                          \
		p[0] = bits.s0;                                                                    \
		p[1] = bits.s1;                                                                    \
		p[2] = bits.s2;                                                                    \
	}
/* A vector of three takes the room of four in the aligned form. */
#define VSTORE_HALF_3(space, suffix)                                                               \
	BUILTIN void PASTE_2(vstore_half3, suffix)(V(TYPE) data, size_t offset, space half *p)     \
	{                                                                                          \
		store_three(PASTE_2(half_bits, suffix)(data), (space ushort *)p + 3 * offset);     \
	}                                                                                          \
	BUILTIN void PASTE_2(vstorea_half3, suffix)(V(TYPE) data, size_t offset, space half *p)    \
	{                                                                                          \
		store_three(PASTE_2(half_bits, suffix)(data), (space ushort *)p + 4 * offset);     \
	}

#define UNALIGNED(type) PASTE_3(type, WIDTH, _unaligned)
#define VLOAD_HALF_N(space)                                                                        \
	BUILTIN V(float) PASTE_2(vload_half, WIDTH)(size_t offset, const space half *p)            \
	{                                                                                          \
		return CONVERT(float, *(const space UNALIGNED(half) *)(p + WIDTH * offset));       \
	}                                                                                          \
	BUILTIN V(float) PASTE_2(vloada_half, WIDTH)(size_t offset, const space half *p)           \
	{                                                                                          \
		return CONVERT(float, *(const space V(half) *)(p + WIDTH * offset));               \
	}
#define VSTORE_HALF_N(space, suffix)                                                               \
	BUILTIN void PASTE_3(vstore_half, WIDTH, suffix)(V(TYPE) data, size_t offset,              \
							 space half *p)                            \
	{                                                                                          \
		space ushort *to = (space ushort *)p + WIDTH * offset;                             \
                                                                                                   \
		*(space UNALIGNED(ushort) *)to = PASTE_2(half_bits, suffix)(data);                 \
	}                                                                                          \
	BUILTIN void PASTE_3(vstorea_half, WIDTH, suffix)(V(TYPE) data, size_t offset,             \
							  space half *p)                           \
	{                                                                                          \
		space ushort *to = (space ushort *)p + WIDTH * offset;                             \
                                                                                                   \
		*(space V(ushort) *)to = PASTE_2(half_bits, suffix)(data);                         \
	}

typedef half2 __attribute__((aligned(2))) half2_unaligned;
typedef half4 __attribute__((aligned(2))) half4_unaligned;
typedef half8 __attribute__((aligned(2))) half8_unaligned;
typedef half16 __attribute__((aligned(2))) half16_unaligned;
typedef ushort2 __attribute__((aligned(2))) ushort2_unaligned;
typedef ushort4 __attribute__((aligned(2))) ushort4_unaligned;
typedef ushort8 __attribute__((aligned(2))) ushort8_unaligned;
typedef ushort16 __attribute__((aligned(2))) ushort16_unaligned;

STORE_THREE(__private)
STORE_THREE(__global)
STORE_THREE(__local)
STORE_THREE(__generic)

#include "for_each_real.h"
#else

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

#if WIDTH == 1
#if BITS == 32
VLOADS(VLOAD_HALF)
#endif
VSTORES(VSTORE_HALF)
#elif WIDTH == 3
#if BITS == 32
VLOADS(VLOAD_HALF_3)
#endif
VSTORES(VSTORE_HALF_3)
#else
#if BITS == 32
VLOADS(VLOAD_HALF_N)
#endif
VSTORES(VSTORE_HALF_N)
#endif

#endif
