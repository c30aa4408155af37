// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <math.h>
#include <string.h>

#define SHA256_ITEMS 65536
#define MD5_ITEMS    131072
#define SHA1_ITEMS   131072

KERNEL_DECLARE_SOURCE(hashes);

static uint32_t rotate(uint32_t value, unsigned int by)
{
	return value << by | value >> (32 - by);
}

/* The first 32 bits behind the point of the cube root of a prime number. */
static uint32_t sha256_round_word(unsigned int round)
{
	unsigned int prime = 1, seen = 0, divisor;
	double root;

	while (seen <= round) {
		prime++;
		for (divisor = 2; divisor * divisor <= prime && prime % divisor; divisor++)
			;
		seen += divisor * divisor > prime;
	}
	root = cbrt(prime);
	return (uint32_t)((root - floor(root)) * 0x1p32);
}

static void sha256_one(uint32_t number, const uint32_t *keys, uint32_t *state)
{
	static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	uint32_t w[64], *s = state, t1, t2;
	unsigned int i;

	for (i = 0; i < 16; i++)
		w[i] = number * 16 + i;
	for (; i < 64; i++)
		w[i] = w[i - 16] + w[i - 7] +
		       (rotate(w[i - 15], 25) ^ rotate(w[i - 15], 14) ^ w[i - 15] >> 3) +
		       (rotate(w[i - 2], 15) ^ rotate(w[i - 2], 13) ^ w[i - 2] >> 10);
	memcpy(s, start, sizeof(start));
	for (i = 0; i < 64; i++) {
		t1 = s[7] + (rotate(s[4], 26) ^ rotate(s[4], 21) ^ rotate(s[4], 7)) +
		     ((s[4] & s[5]) ^ (~s[4] & s[6])) + keys[i] + w[i];
		t2 = (rotate(s[0], 30) ^ rotate(s[0], 19) ^ rotate(s[0], 10)) +
		     ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += t1;
		s[0] = t1 + t2;
	}
}

static void sha256_reference(void *const *memory)
{
	uint32_t keys[64], *digests = memory[0], i;

	for (i = 0; i < 64; i++)
		keys[i] = sha256_round_word(i);
	for (i = 0; i < SHA256_ITEMS; i++)
		sha256_one(i, keys, digests + (size_t)i * 8);
}

static void candidate(uint32_t number, uint32_t *w)
{
	uint32_t i;

	for (i = 0; i < 16; i++)
		w[i] = 0x61626364u * i;
	w[0] = number;
}

static void md5_one(uint32_t number, const uint32_t *keys, uint32_t *state)
{
	static const unsigned int shifts[4][4] = {
		{ 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 }
	};
	static const unsigned int first[4] = { 0, 1, 5, 0 }, step[4] = { 1, 5, 3, 7 };
	uint32_t w[16], a = 0x67452301, b = 0xefcdab89, c = 0x98badcfe, d = 0x10325476, f, i;

	candidate(number, w);
	for (i = 0; i < 64; i++) {
		f = i < 16 ? (b & c) | (~b & d) :
		    i < 32 ? (d & b) | (~d & c) :
		    i < 48 ? b ^ c ^ d :
			     c ^ (b | ~d);
		f += a + keys[i] + w[(first[i / 16] + step[i / 16] * i) % 16];
		a = d;
		d = c;
		c = b;
		b += rotate(f, shifts[i / 16][i % 4]);
	}
	memcpy(state, (uint32_t[]){ a, b, c, d }, 4 * sizeof(*state));
}

static void md5_reference(void *const *memory)
{
	uint32_t keys[64], *digests = memory[0], i;

	for (i = 0; i < 64; i++)
		keys[i] = (uint32_t)(fabs(sin(i + 1.0)) * 0x1p32);
	for (i = 0; i < MD5_ITEMS; i++)
		md5_one(i, keys, digests + (size_t)i * 4);
}

static void sha1_one(uint32_t number, uint32_t *state)
{
	uint32_t w[80], a = 0x67452301, b = 0xefcdab89, c = 0x98badcfe, d = 0x10325476;
	uint32_t e = 0xc3d2e1f0, next, i;

	candidate(number, w);
	for (i = 16; i < 80; i++)
		w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (i = 0; i < 80; i++) {
		next = rotate(a, 5) + e + w[i];
		if (i < 20)
			next += ((b & c) | (~b & d)) + 0x5a827999;
		else if (i < 40)
			next += (b ^ c ^ d) + 0x6ed9eba1;
		else if (i < 60)
			next += ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
		else
			next += (b ^ c ^ d) + 0xca62c1d6;
		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = next;
	}
	memcpy(state, (uint32_t[]){ a, b, c, d, e }, 5 * sizeof(*state));
}

static void sha1_reference(void *const *memory)
{
	uint32_t *digests = memory[0], i;

	for (i = 0; i < SHA1_ITEMS; i++)
		sha1_one(i, digests + (size_t)i * 5);
}

const struct kernel_case kernel_sha256 = {
	KERNEL_SOURCE(hashes),
	.function = "sha256",
	.dimensions = 1,
	.global = { SHA256_ITEMS },
	.arguments = { { KERNEL_OUT, KERNEL_UINT, SHA256_ITEMS * 8 } },
	.reference = sha256_reference,
	.by_hand = BY_HAND_SHA256,
};

const struct kernel_case kernel_md5 = {
	KERNEL_SOURCE(hashes),
	.function = "md5",
	.dimensions = 1,
	.global = { MD5_ITEMS },
	.arguments = { { KERNEL_OUT, KERNEL_UINT, MD5_ITEMS * 4 } },
	.reference = md5_reference,
};

const struct kernel_case kernel_sha1 = {
	KERNEL_SOURCE(hashes),
	.function = "sha1",
	.dimensions = 1,
	.global = { SHA1_ITEMS },
	.arguments = { { KERNEL_OUT, KERNEL_UINT, SHA1_ITEMS * 5 } },
	.reference = sha1_reference,
};
