/* SPDX-License-Identifier: MIT */
/*
 * How much of what tests try many of, random or alike, is tried: all of it, or one in N where
 * the environment variable TANDEM_TEST_SAMPLE is N. That is for where the same is tried whole
 * elsewhere, and processors are slow: under sanitizers, and emulated.
 */
#ifndef TANDEM_TESTS_SAMPLE_H
#define TANDEM_TESTS_SAMPLE_H

#include <stdlib.h>

/* N, at least 1. */
static inline unsigned long test_sample(void)
{
	const char *text = getenv("TANDEM_TEST_SAMPLE");
	unsigned long sample = text ? strtoul(text, NULL, 10) : 1;

	return sample ? sample : 1;
}

#endif
