// SPDX-License-Identifier: MIT
/* vload_half, vstore_half and their vector and aligned forms (OpenCL C 6.15.7). */
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

#include "half_rounding.h"

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
