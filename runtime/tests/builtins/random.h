/* SPDX-License-Identifier: MIT */
/* Reproducible pseudo-random numbers for tests (splitmix64). */
#ifndef TANDEM_TEST_RANDOM_H
#define TANDEM_TEST_RANDOM_H

#include <stdint.h>

struct tandem_random {
	uint64_t state;
};

static inline uint64_t tandem_random_bits(struct tandem_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* Below count, which is small next to 2^64. */
static inline uint64_t tandem_random_below(struct tandem_random *random, uint64_t count)
{
	return tandem_random_bits(random) % count;
}

static inline double tandem_random_between(struct tandem_random *random, double low, double high)
{
	return low + (high - low) * ((double)(tandem_random_bits(random) >> 11) * 0x1p-53);
}

#endif
