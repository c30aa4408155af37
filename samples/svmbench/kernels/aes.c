// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <string.h>

#define BLOCKS 32768

KERNEL_DECLARE_SOURCE(aes);

/* x times 2 in the field of AES. */
static uint8_t doubled(uint8_t x)
{
	return (uint8_t)(x << 1 ^ (x & 0x80 ? 0x1b : 0));
}

static uint8_t multiplied(uint8_t a, uint8_t b)
{
	uint8_t product = 0;

	for (; b; b >>= 1, a = doubled(a)) {
		if (b & 1)
			product ^= a;
	}
	return product;
}

/* The inverse in the field, and each bit the sum of five of it (FIPS 197, 5.1.1). */
static uint8_t substitute(uint8_t x)
{
	uint8_t inverse = 1, result = 0x63;
	unsigned int i;

	for (i = 0; i < 254; i++)
		inverse = multiplied(inverse, x);
	for (i = 0; i < 5; i++)
		result ^= (uint8_t)(inverse << i | inverse >> (8 - i));
	return result;
}

static void fill_box(void *memory, size_t elements)
{
	uint32_t *box = memory;
	size_t i;

	for (i = 0; i < elements; i++)
		box[i] = substitute((uint8_t)i);
}

/* What a byte of the box contributes to a column that has been mixed. */
static void fill_tables(void *memory, size_t elements)
{
	uint32_t *tables = memory, word;
	size_t i;

	for (i = 0; i < 256; i++) {
		uint8_t s = substitute((uint8_t)i);

		word = doubled(s) | (uint32_t)s << 8 | (uint32_t)s << 16 |
		       (uint32_t)(doubled(s) ^ s) << 24;
		tables[i] = word;
		tables[256 + i] = word << 8 | word >> 24;
		tables[512 + i] = word << 16 | word >> 16;
		tables[768 + i] = word << 24 | word >> 8;
	}
}

static void add_key(uint8_t *state, const uint8_t *key)
{
	int i;

	for (i = 0; i < 16; i++)
		state[i] ^= key[i];
}

static void shift_rows(uint8_t *state)
{
	uint8_t old[16];
	int i;

	memcpy(old, state, sizeof(old));
	for (i = 0; i < 16; i++)
		state[i] = old[(i + i % 4 * 4) % 16];
}

static void mix_columns(uint8_t *state)
{
	uint8_t old[4];
	int column, i;

	for (column = 0; column < 4; column++, state += 4) {
		memcpy(old, state, sizeof(old));
		for (i = 0; i < 4; i++)
			state[i] = doubled(old[i]) ^ doubled(old[(i + 1) % 4]) ^ old[(i + 1) % 4] ^
				   old[(i + 2) % 4] ^ old[(i + 3) % 4];
	}
}

/* Byte by byte, without the tables of rounds. */
static void reference(void *const *memory)
{
	const uint8_t *blocks = memory[0], *round_keys = memory[4];
	const uint32_t *box = memory[3];
	uint8_t *state = memory[1];
	size_t block;
	int round, i;

	for (block = 0; block < BLOCKS; block++, state += 16) {
		memcpy(state, blocks + block * 16, 16);
		add_key(state, round_keys);
		for (round = 1; round <= 10; round++) {
			for (i = 0; i < 16; i++)
				state[i] = (uint8_t)box[state[i]];
			shift_rows(state);
			if (round < 10)
				mix_columns(state);
			add_key(state, round_keys + (size_t)round * 16);
		}
	}
}

const struct kernel_case kernel_aes_tables = {
	KERNEL_SOURCE(aes),
	.function = "aes_tables",
	.dimensions = 1,
	.global = { BLOCKS },
	.arguments = {
		{ KERNEL_IN, KERNEL_UINT, BLOCKS * 4, .high = 0x1p32 },
		{ KERNEL_OUT, KERNEL_UINT, BLOCKS * 4 },
		{ KERNEL_IN, KERNEL_UINT, 1024, .fill = fill_tables },
		{ KERNEL_IN, KERNEL_UINT, 256, .fill = fill_box },
		/* Keys of rounds need not follow from each other to be right. */
		{ KERNEL_IN, KERNEL_UINT, 44, .high = 0x1p32 },
	},
	.reference = reference,
};
