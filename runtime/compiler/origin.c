// SPDX-License-Identifier: MIT
#include "origin.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <unistd.h>

#include "cache_folder.h"
#include "util/log.h"
#include "util/signals.h"

/* Not counted among the cache's entries. */
#define KEY_NAME ".key"

static unsigned char key[16];
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

/* ---- SipHash-2-4, with 128 bits (Aumasson and Bernstein, 2012; reference code, 2014) ---- */

static uint64_t rotate(uint64_t value, int bits)
{
	return value << bits | value >> (64 - bits);
}

static void mix(uint64_t v[4], int rounds)
{
	for (int i = 0; i < rounds; i++) {
		v[0] += v[1];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[0] = rotate(v[0], 32);
		v[2] += v[3];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[2] = rotate(v[2], 32);
	}
}

static uint64_t word_at(const unsigned char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

static void absorb(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	mix(v, 2);
	v[0] ^= word;
}

void tandem_siphash(const unsigned char secret[16], const void *bytes, size_t length,
		    unsigned char hash[TANDEM_ORIGIN_BYTES])
{
	uint64_t k0 = word_at(secret), k1 = word_at(secret + 8), half;
	uint64_t v[] = { k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d ^ 0xee,
			 k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573 };
	const unsigned char *next = bytes;
	uint64_t last = (uint64_t)length << 56;
	size_t left = length;

	for (; left >= 8; left -= 8, next += 8)
		absorb(v, word_at(next));
	for (size_t i = 0; i < left; i++)
		last |= (uint64_t)next[i] << 8 * i;
	absorb(v, last);
	v[2] ^= 0xee;
	mix(v, 4);
	half = v[0] ^ v[1] ^ v[2] ^ v[3];
	memcpy(hash, &half, sizeof(half));
	v[1] ^= 0xdd;
	mix(v, 4);
	half = v[0] ^ v[1] ^ v[2] ^ v[3];
	memcpy(hash + 8, &half, sizeof(half));
}

/* ---- the key ---- */

static bool read_key(int folder, unsigned char *bytes)
{
	struct stat status;
	int file = tandem_cache_folder_read(folder, KEY_NAME, &status);
	bool done;

	if (file < 0)
		return false;
	/* Others must not read it either. */
	done = !(status.st_mode & 077) && status.st_size == sizeof(key) &&
	       read(file, bytes, sizeof(key)) == sizeof(key);
	close(file);
	return done;
}

/* Stores a key, unless another process has done so. */
static void store_key(int folder, const unsigned char *bytes)
{
	char name[64];
	int file = tandem_cache_folder_create(folder, KEY_NAME, name, sizeof(name));

	if (file < 0)
		return;
	if (!tandem_write_all(file, bytes, sizeof(key)))
		linkat(folder, name, folder, KEY_NAME, 0);
	close(file);
	unlinkat(folder, name, 0);
}

static void make_random_key(void)
{
	size_t done = 0;

	while (done < sizeof(key)) {
		ssize_t got = getrandom(key + done, sizeof(key) - done, 0);

		if (got > 0)
			done += (size_t)got;
		else if (errno != EINTR)
			break;
	}
	/* The kernel has put some random bytes there for each process. */
	if (done < sizeof(key) && getauxval(AT_RANDOM))
		memcpy(key, (const void *)getauxval(AT_RANDOM), sizeof(key));
}

static void find_key(void)
{
	int folder = tandem_cache_folder_open();

	make_random_key();
	if (folder < 0)
		return;
	if (!read_key(folder, key)) {
		unsigned char stored[sizeof(key)];

		/* One that is not to be trusted makes room. */
		unlinkat(folder, KEY_NAME, 0);
		store_key(folder, key);
		if (read_key(folder, stored))
			memcpy(key, stored, sizeof(key));
		else
			tandem_log(TANDEM_LOG_CACHE, "no key: binaries count as made elsewhere");
	}
	close(folder);
}

void tandem_origin_sign(const void *bytes, size_t length, unsigned char hash[TANDEM_ORIGIN_BYTES])
{
	pthread_once(&key_once, find_key);
	tandem_siphash(key, bytes, length, hash);
}
