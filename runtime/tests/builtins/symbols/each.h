// SPDX-License-Identifier: MIT
/* Macros that write a function for each type and width, for the symbol test. */
#ifndef EACH_H
#define EACH_H

#pragma OPENCL EXTENSION cl_khr_fp16 : enable
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
#pragma OPENCL EXTENSION cl_khr_int64_extended_atomics : enable

/* DO(type, width, ...) for each width; the scalar's is nothing. */
#define EACH_VECTOR(DO, type, ...)     \
	DO(type, 2, __VA_ARGS__)       \
	DO(type, 3, __VA_ARGS__)       \
	DO(type, 4, __VA_ARGS__)       \
	DO(type, 8, __VA_ARGS__)       \
	DO(type, 16, __VA_ARGS__)
#define EACH_WIDTH(DO, type, ...)      \
	DO(type, , __VA_ARGS__)        \
	EACH_VECTOR(DO, type, __VA_ARGS__)

/* DO(type, ...) */
#define EACH_REAL(DO, ...)         \
	DO(half, __VA_ARGS__)      \
	DO(float, __VA_ARGS__)     \
	DO(double, __VA_ARGS__)

/* DO(type, signed type, unsigned type, ...) */
#define EACH_INTEGER(DO, ...)                      \
	DO(char, char, uchar, __VA_ARGS__)         \
	DO(uchar, char, uchar, __VA_ARGS__)        \
	DO(short, short, ushort, __VA_ARGS__)      \
	DO(ushort, short, ushort, __VA_ARGS__)     \
	DO(int, int, uint, __VA_ARGS__)            \
	DO(uint, int, uint, __VA_ARGS__)           \
	DO(long, long, ulong, __VA_ARGS__)         \
	DO(ulong, long, ulong, __VA_ARGS__)
#define EACH_TYPE(DO, ...)                         \
	EACH_INTEGER(DO, __VA_ARGS__)              \
	DO(half, short, ushort, __VA_ARGS__)       \
	DO(float, int, uint, __VA_ARGS__)          \
	DO(double, long, ulong, __VA_ARGS__)

/*
 * DO(space, ...) for each address space that a result can be stored to: pointers to
 * all of them become generic where there are such pointers.
 */
#ifdef __opencl_c_generic_address_space
#define HAS_GENERIC 1
#elif __OPENCL_C_VERSION__ >= 200 && __OPENCL_C_VERSION__ < 300
#define HAS_GENERIC 1
#else
#define HAS_GENERIC 0
#endif

#define EACH_NAMED_SPACE(DO, ...)         \
	DO(__global, __VA_ARGS__)         \
	DO(__local, __VA_ARGS__)          \
	DO(__private, __VA_ARGS__)
#if HAS_GENERIC
#define EACH_SPACE(DO, ...)               \
	EACH_NAMED_SPACE(DO, __VA_ARGS__) \
	DO(__generic, __VA_ARGS__)
#else
#define EACH_SPACE(DO, ...) EACH_NAMED_SPACE(DO, __VA_ARGS__)
#endif
#define EACH_LOADED_SPACE(DO, ...)        \
	EACH_SPACE(DO, __VA_ARGS__)       \
	DO(__constant, __VA_ARGS__)

/* Functions of the same name tell their types apart. */
#define TEST __attribute__((overloadable))

#endif
