// SPDX-License-Identifier: MIT
/*
 * What a kernel of the group "kernels" is: device code as applications have it, what it
 * is given, and a C function that computes the same.
 *
 * Overview
 *	table.c lists all kernels. A file describes one or a family of them as constants
 *	of struct kernel_case, with the C reference; its device code is in the .cl file of
 *	the same name. run.c makes a benchmark of a case: it launches the kernel, compares
 *	each output with the reference's, and does the same with the hand-vectorised form
 *	(by_hand.h) of those that have one.
 *
 * Results
 *	Integers have to be right bit for bit. So are numbers that are compared or rounded
 *	to integers: such kernels turn contraction off (FP_CONTRACT), as these files do by
 *	a compiler option. Other numbers have a tolerance.
 */
#pragma once

#include "svmbench/bench.h"

#include "by_hand.h"

#define KERNEL_ARGUMENTS_MOST 8

enum kernel_role {
	KERNEL_NO_ARGUMENT,
	KERNEL_IN, /* a buffer that is filled once */
	KERNEL_OUT, /* a buffer whose contents are verified after each run */
	KERNEL_NUMBER, /* a uint, passed by value */
};

enum kernel_type {
	KERNEL_UINT,
	KERNEL_UCHAR,
	KERNEL_FLOAT,
	KERNEL_DOUBLE,
};

struct kernel_argument {
	enum kernel_role role;
	enum kernel_type type;
	size_t elements; /* of @type: a buffer of 10 float4 has 40 */
	cl_uint number; /* for KERNEL_NUMBER */

	/* KERNEL_IN: numbers from low to below high at random, unless there is fill(). */
	double low, high;
	void (*fill)(void *memory, size_t elements);

	/* KERNEL_OUT: |seen - expected| is to be at most tolerance * max(1, |expected|). */
	double tolerance;
	bool zeroed; /* it is 0 in the beginning; else it holds a pattern that no result is */
	bool adds; /* each launch adds to what is there: uint, and zeroed */
};

struct kernel_case {
	const char *source;
	const size_t *source_bytes;
	const char *function; /* the kernel's name in the source */
	unsigned int dimensions;
	size_t global[3];
	size_t local[3]; /* 0: the implementation's choice */
	struct kernel_argument arguments[KERNEL_ARGUMENTS_MOST];

	/*
	 * Computes what the kernel shall: @memory has a pointer for each argument, of
	 * which those of KERNEL_IN are filled and those of KERNEL_OUT zero.
	 */
	void (*reference)(void *const *memory);
	enum by_hand_form by_hand;
};

/* Names the device code that CMakeLists.txt embeds: KERNEL_SOURCE(nbody) is nbody.cl. */
#define KERNEL_SOURCE(name) \
	.source = bench_kernels_##name##_cl, .source_bytes = &bench_kernels_##name##_cl_size
#define KERNEL_DECLARE_SOURCE(name)                    \
	extern const char bench_kernels_##name##_cl[]; \
	extern const size_t bench_kernels_##name##_cl_size

/* The same numbers in every process: one for each @index. */
uint32_t kernel_random(uint32_t index);

/* One of which the reference is wrong, for the self-tests. */
extern const struct kernel_case kernel_selftest_wrong;

/* Of struct bench, for a kernel_case as its subject (run.c). */
enum bench_status kernel_setup(struct bench_session *session, const struct bench *bench,
			       void **state);
enum bench_status kernel_run(struct bench_session *session, const struct bench *bench, void *state,
			     uint64_t iterations, struct bench_timing *timing);
void kernel_teardown(struct bench_session *session, void *state);
