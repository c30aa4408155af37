// SPDX-License-Identifier: MIT
/*
 * The blocks of LLVM's bitstream at its outermost level: each begins, at a multiple of
 * four bytes, with 2 bits for the abbreviation (1: a block) and 8 for the block's number,
 * where that is below 128; the next four bytes are the number of words that follow.
 */
#include "bitcode_check.h"

#include <stdint.h>
#include <string.h>

#define ENTER_BLOCK  1
#define MODULE_BLOCK 8

static uint32_t word_at(const unsigned char *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

bool tandem_bitcode_is_complete(const void *bytes, size_t length)
{
	const unsigned char *next = bytes;
	size_t left = length;
	bool has_module = false;

	if (length < 4 || length % 4 || memcmp(bytes, "BC\xc0\xde", 4))
		return false;
	next += 4;
	left -= 4;
	while (left) {
		uint64_t content_bytes;

		if (left < 8 || (word_at(next) & 3) != ENTER_BLOCK)
			return false;
		has_module |= (word_at(next) >> 2 & 0xff) == MODULE_BLOCK;
		content_bytes = 4 * (uint64_t)word_at(next + 4);
		if (content_bytes > left - 8)
			return false;
		next += 8 + content_bytes;
		left -= 8 + content_bytes;
	}
	return has_module;
}
