// SPDX-License-Identifier: MIT
/*
 * Hand-vectorised C forms of some kernels: what the processor can do, against which a
 * kernel's time is set. They use the vectors of GNU C and all processors that the process
 * may use. by_hand_vectors.c is compiled for each width that processors have; the widest
 * that this one has is taken.
 */
#pragma once

#include <stdint.h>

enum by_hand_form {
	BY_HAND_NONE,
	BY_HAND_NBODY,
	BY_HAND_SHA256,
	BY_HAND_PRIVATE_SORT,
	BY_HAND_BINARY_SEARCH,
	BY_HAND_MANDELBROT,
	BY_HAND_SGEMM,
	BY_HAND_COUNT,
};

/*
 * Does part number @part of @parts of the work; parts run on threads of their own.
 * @memory: as for a reference (struct kernel_case).
 */
typedef void by_hand_function(void *const *memory, unsigned int part, unsigned int parts);

extern by_hand_function *const by_hand_vectors_4[BY_HAND_COUNT];
extern by_hand_function *const by_hand_vectors_8[BY_HAND_COUNT];
extern by_hand_function *const by_hand_vectors_16[BY_HAND_COUNT];

/* The forms for vectors of 4, 8 or 16 lanes; NULL where the processor has none so wide. */
by_hand_function *const *by_hand_forms(unsigned int lanes);

/* Does the whole work @iterations times. Returns 0 or -errno. */
int by_hand_run(enum by_hand_form form, void *const *memory, uint64_t iterations);
