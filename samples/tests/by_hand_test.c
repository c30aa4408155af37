// SPDX-License-Identifier: MIT
/*
 * The hand-vectorised forms of svmbench compute the same for each width of vectors that the
 * processor has, and in any number of parts. svmbench itself verifies the widest ones.
 */
#include "svmbench/kernels/by_hand.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As large as the largest input or output: 64 Ki digests of 8 words. */
#define WORDS	(65536 * 8)
#define BUFFERS 3

struct form {
	const char *name;
	enum by_hand_form number;
	unsigned int output; /* the buffer that is written */
	size_t words; /* that are */
	bool is_float;
};

static const struct form forms[] = {
	{ "nbody", BY_HAND_NBODY, 1, 2048 * 4, true },
	{ "sha256", BY_HAND_SHA256, 0, 65536 * 8, false },
	{ "private-sort", BY_HAND_PRIVATE_SORT, 1, 32768 * 16, false },
	{ "binary-search", BY_HAND_BINARY_SEARCH, 2, 65536, false },
	{ "mandelbrot", BY_HAND_MANDELBROT, 0, 512 * 512, false },
	{ "sgemm", BY_HAND_SGEMM, 2, 384 * 384, true },
};

static void *buffers[BUFFERS], *expected;

/* Ascending numbers in the first buffer, to be searched; any others in the second. */
static void fill(const struct form *form)
{
	uint32_t *ascending = buffers[0], *any = buffers[1], number;
	size_t i;

	for (i = 0; i < WORDS; i++) {
		number = (uint32_t)i * 2654435761u;
		ascending[i] = (uint32_t)i * 8000;
		any[i] = number;
		if (!form->is_float)
			continue;
		((float *)buffers[0])[i] = (float)(number >> 16) / 65536;
		((float *)buffers[1])[i] = (float)(number >> 8 & 65535) / 65536;
	}
	if (form->number == BY_HAND_PRIVATE_SORT)
		memcpy(ascending, any, WORDS * sizeof(*any));
	memset(buffers[form->output], 0xfe, WORDS * sizeof(*any));
}

static bool is_same(const struct form *form, size_t i)
{
	const float *seen = buffers[form->output], *wanted = expected;

	if (form->is_float)
		return fabsf(seen[i] - wanted[i]) <= 1e-4f * fmaxf(1, fabsf(wanted[i]));
	return ((const uint32_t *)buffers[form->output])[i] == ((const uint32_t *)expected)[i];
}

/* Returns the number of failures. */
static int try_form(const struct form *form, unsigned int lanes, unsigned int parts)
{
	by_hand_function *const *functions = by_hand_forms(lanes);
	unsigned int part;
	size_t i;

	fill(form);
	for (part = 0; part < parts; part++)
		functions[form->number](buffers, part, parts);
	for (i = 0; i < form->words; i++) {
		if (is_same(form, i))
			continue;
		printf("%s, %u lanes, %u parts: element %zu differs\n", form->name, lanes, parts,
		       i);
		return 1;
	}
	return 0;
}

int main(void)
{
	unsigned int lanes;
	int failures = 0;
	size_t i;

	for (i = 0; i < BUFFERS; i++)
		buffers[i] = aligned_alloc(64, WORDS * sizeof(uint32_t));
	expected = malloc(WORDS * sizeof(uint32_t));
	if (!buffers[0] || !buffers[1] || !buffers[2] || !expected)
		return 1;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		fill(&forms[i]);
		by_hand_forms(4)[forms[i].number](buffers, 0, 1);
		memcpy(expected, buffers[forms[i].output], WORDS * sizeof(uint32_t));
		for (lanes = 4; lanes <= 16 && by_hand_forms(lanes); lanes *= 2) {
			failures += try_form(&forms[i], lanes, 1);
			failures += try_form(&forms[i], lanes, 5);
		}
	}
	for (i = 0; i < BUFFERS; i++)
		free(buffers[i]);
	free(expected);
	return failures != 0;
}
