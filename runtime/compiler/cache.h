// SPDX-License-Identifier: MIT
/*
 * The kernel cache: containers in files named by a hash of source, options and all else
 * that is known before a program is compiled. What is known afterwards only, the files
 * that it includes, stands in front of the container, and is looked at again. Many processes may use a folder at once: a file appears there complete, and
 * one that is damaged counts as missing. The oldest go when there are too many.
 */
#ifndef TANDEM_COMPILER_CACHE_H
#define TANDEM_COMPILER_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "program/binary.h"
#include "util/text.h"

#define TANDEM_CACHE_KEY_BYTES 16

struct tandem_cache_key {
	unsigned char bytes[TANDEM_CACHE_KEY_BYTES];
};

/* What a key is made of, piece by piece. NULL without memory. */
struct tandem_cache_hash *tandem_cache_hash_create(void);
void tandem_cache_hash_add(struct tandem_cache_hash *hash, const void *bytes, size_t length);
/* A string with its end, so that two strings in a row differ from one. */
void tandem_cache_hash_add_string(struct tandem_cache_hash *hash, const char *string);
/* A file by its size, number and time of change; a missing one by that. */
void tandem_cache_hash_add_file(struct tandem_cache_hash *hash, const char *path);
/* Frees the hash. */
struct tandem_cache_key tandem_cache_hash_finish(struct tandem_cache_hash *hash);

/* Whether there is a cache, or TANDEM_CACHE_DIR says that there is none. */
bool tandem_cache_is_on(void);

/*
 * Reads the entry of @key, a sound container, where what it was stored with still holds.
 * -ENOENT where there is none, -ENOMEM.
 */
int tandem_cache_load(const struct tandem_cache_key *key, struct tandem_binary *binary);

/*
 * Stores @binary under @key, or says in the log why not. @dependencies is a record as in
 * dependencies.h.
 */
void tandem_cache_store(const struct tandem_cache_key *key, const struct tandem_text *dependencies,
			const struct tandem_binary *binary);

#endif
