// SPDX-License-Identifier: MIT
/*
 * What every source of the built-in library includes first.
 *
 * The sources are compiled for spir64, where pointers of address space 0 are
 * private and unqualified pointers are generic, so that each function has the
 * mangled name that a kernel calls.
 */
#ifndef TANDEM_BUILTINS_H
#define TANDEM_BUILTINS_H

#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
#pragma OPENCL EXTENSION cl_khr_int64_extended_atomics : enable

/* A function that kernels call. */
#define BUILTIN __attribute__((overloadable))
/* A helper that is gone once the library is optimised. */
#define HELPER static inline __attribute__((overloadable, always_inline))
/*
 * A function that stays one function of a kernel wherever it can (backend/program/helpers.h): what
 * is large, and would be all the larger where it is called often.
 */
#define OUTLINED(type, name, parameters)                          \
	type name parameters __asm__("__tandem_outlined_" #name); \
	__attribute__((noinline)) type name parameters

#define PASTE_2_(a, b)	  a##b
#define PASTE_2(a, b)	  PASTE_2_(a, b)
#define PASTE_3_(a, b, c) a##b##c
#define PASTE_3(a, b, c)  PASTE_3_(a, b, c)

/* a * b + c rounded once, whatever that costs. */
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)

/* a * b + c rounded once or twice, whichever is faster. The sources are compiled
 * without contraction, so that nothing else is fused. */
#define DEFINE_MULTIPLY_ADD(type)                                  \
	HELPER type multiply_add(type a, type b, type c)           \
	{                                                          \
		_Pragma("clang fp contract(on)") return a * b + c; \
	}
DEFINE_MULTIPLY_ADD(half)
DEFINE_MULTIPLY_ADD(half2)
DEFINE_MULTIPLY_ADD(half3)
DEFINE_MULTIPLY_ADD(half4)
DEFINE_MULTIPLY_ADD(half8)
DEFINE_MULTIPLY_ADD(half16)
DEFINE_MULTIPLY_ADD(float)
DEFINE_MULTIPLY_ADD(float2)
DEFINE_MULTIPLY_ADD(float3)
DEFINE_MULTIPLY_ADD(float4)
DEFINE_MULTIPLY_ADD(float8)
DEFINE_MULTIPLY_ADD(float16)
DEFINE_MULTIPLY_ADD(double)
DEFINE_MULTIPLY_ADD(double2)
DEFINE_MULTIPLY_ADD(double3)
DEFINE_MULTIPLY_ADD(double4)
DEFINE_MULTIPLY_ADD(double8)
DEFINE_MULTIPLY_ADD(double16)

/*
 * A value of the work-item, which the compiler fills in: name_index here, tandem.name.index
 * there (compiler/backend/program/hooks.c).
 */
#define ITEM_VALUE(type, name, index) \
	extern constant type name##_##index __asm__("tandem." #name "." #index)
/* One for each dimension. */
#define ITEM_VALUES(name)           \
	ITEM_VALUE(ulong, name, 0); \
	ITEM_VALUE(ulong, name, 1); \
	ITEM_VALUE(ulong, name, 2)

/*
 * a + b and a * b, of which is known that they wrap around neither as signed nor as unsigned
 * numbers. The optimiser gets far with that, but OpenCL C cannot say it of unsigned numbers:
 * merge makes instructions of the calls.
 */
__attribute__((const)) ulong __tandem_sum(ulong a, ulong b);
__attribute__((const)) ulong __tandem_product(ulong a, ulong b);

/* Whether @value is a constant once the kernel has been inlined into one function. */
__attribute__((const)) bool __tandem_is_constant(uint value);

/* Provided when a kernel is linked. The work-items of a group run one after
 * another, in the order of their linear local id, between two barriers without a
 * loop between them. */
__attribute__((convergent)) void __tandem_barrier(void);
/*
 * What is known of the lanes of a sub-group, and told by one to another
 * (compiler/backend/lanes/sub_groups.h).
 */
#define LANES __attribute__((const, convergent))
LANES uint __tandem_lane(void);
LANES uint __tandem_lane_count(void);
/* A bit for each lane that is here and has a predicate that is not 0. */
LANES uint __tandem_lanes_ballot(int predicate);
/* What another lane has. */
LANES uchar __tandem_lanes_read8(uchar x, uint lane);
LANES ushort __tandem_lanes_read16(ushort x, uint lane);
LANES uint __tandem_lanes_read32(uint x, uint lane);
LANES ulong __tandem_lanes_read64(ulong x, uint lane);
/* x; others read @otherwise of a lane that is not here. */
LANES uchar __tandem_lanes_fill8(uchar x, uchar otherwise);
LANES ushort __tandem_lanes_fill16(ushort x, ushort otherwise);
LANES uint __tandem_lanes_fill32(uint x, uint otherwise);
LANES ulong __tandem_lanes_fill64(ulong x, ulong otherwise);
/* What lanes access before, all of them access before what any accesses behind. */
__attribute__((convergent)) void __tandem_lanes_barrier(void);
/* Nanoseconds of a clock that all threads see alike. */
ulong __tandem_clock(void);
/* 512 bytes, aligned to 128, shared by the work-items of a group; see address_space.cl. */
__private ulong *__tandem_group_scratch(void);

#endif
