// SPDX-License-Identifier: MIT
/* vloadn and vstoren (OpenCL C 6.15.7), aligned to an element only. */
#ifndef FOR_EACH_BODY
#define FOR_EACH_BODY "vload_vstore.cl"
#include "builtins.h"

#define VLOAD_3(space)                                                                      \
	BUILTIN V(TYPE) vload3(size_t offset, const space TYPE *p)                          \
	{                                                                                   \
		p += 3 * offset;                                                            \
		return (V(TYPE))(p[0], p[1], p[2]);                                         \
	}
#define VSTORE_3(space)                                                                     \
	BUILTIN void vstore3(V(TYPE) data, size_t offset, space TYPE *p)                    \
	{                                                                                   \
		p += 3 * offset;                                                            \
		p[0] = data.s0;                                                             \
		p[1] = data.s1;                                                             \
		p[2] = data.s2;                                                             \
	}
#define VLOAD_N(space)                                                                      \
	BUILTIN V(TYPE) PASTE_2(vload, WIDTH)(size_t offset, const space TYPE *p)           \
	{                                                                                   \
		return *(const space UNALIGNED(TYPE) *)(p + WIDTH * offset);                \
	}
#define VSTORE_N(space)                                                                     \
	BUILTIN void PASTE_2(vstore, WIDTH)(V(TYPE) data, size_t offset, space TYPE *p)     \
	{                                                                                   \
		*(space UNALIGNED(TYPE) *)(p + WIDTH * offset) = data;                      \
	}
#define UNALIGNED(type) PASTE_3(type, WIDTH, _unaligned)

#include "for_each_type.h"
#elif WIDTH == 3

VLOAD_3(__private)
VLOAD_3(__global)
VLOAD_3(__constant)
VLOAD_3(__local)
VLOAD_3(__generic)
VSTORE_3(__private)
VSTORE_3(__global)
VSTORE_3(__local)
VSTORE_3(__generic)

#elif WIDTH != 1

typedef V(TYPE) __attribute__((aligned(sizeof(TYPE)))) UNALIGNED(TYPE);
VLOAD_N(__private)
VLOAD_N(__global)
VLOAD_N(__constant)
VLOAD_N(__local)
VLOAD_N(__generic)
VSTORE_N(__private)
VSTORE_N(__global)
VSTORE_N(__local)
VSTORE_N(__generic)

#endif
