// SPDX-License-Identifier: MIT
/*
 * Who made a binary. Machine code and the descriptions beside it are used as they are only
 * where this user's runtime made them here: where they carry a keyed hash, SipHash-2-4, with
 * a key that is in the kernel cache's folder, or, without a cache, this process's alone.
 */
#ifndef TANDEM_COMPILER_ORIGIN_H
#define TANDEM_COMPILER_ORIGIN_H

#include <stddef.h>
#include <stdint.h>

#define TANDEM_ORIGIN_BYTES 16

/* The hash of @length bytes. Any thread may call it. */
void tandem_origin_sign(const void *bytes, size_t length, unsigned char hash[TANDEM_ORIGIN_BYTES]);

/* The same for a given key, of 16 bytes. */
void tandem_siphash(const unsigned char key[16], const void *bytes, size_t length,
		    unsigned char hash[TANDEM_ORIGIN_BYTES]);

#endif
