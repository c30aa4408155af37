// SPDX-License-Identifier: MIT
/* What memory holds before a launch, and the generator of numbers: the same everywhere. */
#ifndef TANDEM_TESTS_FUZZ_CONTENTS_H
#define TANDEM_TESTS_FUZZ_CONTENTS_H

#include "tree.h"

struct random {
	uint64_t state;
};

uint64_t random_next(struct random *random);
/* Below @count, which is at least 1. */
unsigned int random_below(struct random *random, unsigned int count);

/* Elements of an array of the kernel for a launch. */
size_t array_elements(const struct program *program, int array, int launch);
/* The value of a scalar element, as its type converts it. */
int64_t array_value(const struct program *program, int array, size_t place, int launch);
/* Fills the memory of an array that is for the kernel. */
void array_fill(const struct program *program, int array, int launch, void *memory);

#endif
