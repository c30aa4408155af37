// SPDX-License-Identifier: MIT
#include "cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "cache_folder.h"
#include "container.h"
#include "dependencies.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/options.h"
#include "util/signals.h"

/* Entries' names end with this; others in the folder are left alone. */
#define SUFFIX ".tdmc"
/* Unfinished files of processes that ended are removed when they are this old. */
#define STALE_SECONDS 3600
/* The folder is looked through once for so many entries stored. */
#define STORES_PER_CLEANING 32
#define DEFAULT_LIMIT_MIB   512
#define MOST_ENTRY_BYTES    (1u << 30)

/* ---- keys ---- */

struct tandem_cache_hash {
	XXH3_state_t *state;
};

struct tandem_cache_hash *tandem_cache_hash_create(void)
{
	struct tandem_cache_hash *hash = tandem_new(hash);

	if (!hash)
		return NULL;
	hash->state = XXH3_createState();
	if (!hash->state) {
		free(hash);
		return NULL;
	}
	XXH3_128bits_reset(hash->state);
	return hash;
}

void tandem_cache_hash_add(struct tandem_cache_hash *hash, const void *bytes, size_t length)
{
	XXH3_128bits_update(hash->state, bytes, length);
}

void tandem_cache_hash_add_string(struct tandem_cache_hash *hash, const char *string)
{
	tandem_cache_hash_add(hash, string, strlen(string) + 1);
}

void tandem_cache_hash_add_file(struct tandem_cache_hash *hash, const char *path)
{
	struct stat status;
	int64_t facts[5] = { -1 };

	if (!stat(path, &status)) {
		facts[0] = status.st_size;
		facts[1] = (int64_t)status.st_ino;
		facts[2] = (int64_t)status.st_dev;
		facts[3] = status.st_mtim.tv_sec;
		facts[4] = status.st_mtim.tv_nsec;
	}
	tandem_cache_hash_add(hash, facts, sizeof(facts));
}

struct tandem_cache_key tandem_cache_hash_finish(struct tandem_cache_hash *hash)
{
	XXH128_canonical_t canonical;
	struct tandem_cache_key key;

	XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(hash->state));
	memcpy(key.bytes, canonical.digest, sizeof(key.bytes));
	XXH3_freeState(hash->state);
	free(hash);
	return key;
}

bool tandem_cache_is_on(void)
{
	return tandem_cache_folder_is_there();
}

/* ---- entries ---- */

#define NAME_BYTES (2 * TANDEM_CACHE_KEY_BYTES + sizeof(SUFFIX))

static void name_entry(const struct tandem_cache_key *key, char name[NAME_BYTES])
{
	for (int i = 0; i < TANDEM_CACHE_KEY_BYTES; i++)
		snprintf(name + 2 * (size_t)i, 3, "%02x", key->bytes[i]);
	memcpy(name + 2 * (size_t)TANDEM_CACHE_KEY_BYTES, SUFFIX, sizeof(SUFFIX));
}

static const char magic[8] = "TANDEMC\1";

/* An entry begins with this; then come the dependencies, then the container. */
struct head {
	char magic[8];
	struct tandem_cache_key key;
	uint64_t dependency_bytes;
	uint64_t checksum; /* of the dependencies; a container has its own */
};

static int read_all(int file, void *bytes, size_t length)
{
	char *next = bytes;

	while (length) {
		ssize_t got = read(file, next, length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -EIO;
		next += got;
		length -= (size_t)got;
	}
	return 0;
}

/* -ESTALE where the dependencies no longer hold. */
static int read_dependencies(int file, size_t length, uint64_t checksum)
{
	char *bytes = malloc(length + 1);
	int error = bytes ? read_all(file, bytes, length) : -ENOMEM;

	if (!error && XXH3_64bits(bytes, length) != checksum)
		error = -EIO;
	if (!error && !tandem_dependencies_hold(bytes, length))
		error = -ESTALE;
	free(bytes);
	return error;
}

static int read_container(int file, size_t length, struct tandem_binary *binary)
{
	struct tandem_container container;
	int error;

	binary->length = length;
	binary->bytes = malloc(length);
	if (!binary->bytes)
		return -ENOMEM;
	error = read_all(file, binary->bytes, length);
	if (!error &&
	    (tandem_container_read(&container, binary->bytes, length) || !container.is_ours))
		error = -EIO;
	binary->is_known = !error;
	if (error)
		tandem_binary_finish(binary);
	return error;
}

static int read_entry(int file, off_t length, const struct tandem_cache_key *key,
		      struct tandem_binary *binary)
{
	struct head head;
	uint64_t left;
	int error;

	if (length <= (off_t)sizeof(head) || length > MOST_ENTRY_BYTES)
		return -EIO;
	left = (uint64_t)length - sizeof(head);
	error = read_all(file, &head, sizeof(head));
	if (error)
		return error;
	if (memcmp(head.magic, magic, sizeof(magic)) || memcmp(&head.key, key, sizeof(*key)) ||
	    head.dependency_bytes >= left)
		return -EIO;
	error = read_dependencies(file, head.dependency_bytes, head.checksum);
	return error ? error : read_container(file, left - head.dependency_bytes, binary);
}

static int load(int folder, const char *name, const struct tandem_cache_key *key,
		struct tandem_binary *binary)
{
	struct stat status;
	int file = tandem_cache_folder_read(folder, name, &status), error;

	if (file < 0)
		return file;
	error = read_entry(file, status.st_size, key, binary);
	/* Its time says when it was last used. */
	if (!error)
		futimens(file, NULL);
	close(file);
	return error;
}

int tandem_cache_load(const struct tandem_cache_key *key, struct tandem_binary *binary)
{
	int folder = tandem_cache_folder_open(), error;
	char name[NAME_BYTES];

	if (folder < 0)
		return -ENOENT;
	name_entry(key, name);
	error = load(folder, name, key, binary);
	if (!error) {
		tandem_log(TANDEM_LOG_CACHE, "%s: found", name);
	} else if (error == -ENOENT || error == -ENOMEM) {
		tandem_log(TANDEM_LOG_CACHE, "%s: %s", name,
			   error == -ENOENT ? "not there" : "no memory for it");
	} else if (error == -ESTALE) {
		tandem_log(TANDEM_LOG_CACHE, "%s is out of date", name);
	} else {
		tandem_log(TANDEM_LOG_CACHE, "%s is not usable, and removed", name);
		unlinkat(folder, name, 0);
	}
	close(folder);
	if (error == -ENOMEM)
		return error;
	return error ? -ENOENT : 0;
}

/* ---- cleaning ---- */

struct entry {
	char *name;
	struct timespec used;
	uint64_t bytes;
};

static int by_last_use(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;

	if (one->used.tv_sec != other->used.tv_sec)
		return one->used.tv_sec < other->used.tv_sec ? -1 : 1;
	return (one->used.tv_nsec > other->used.tv_nsec) -
	       (one->used.tv_nsec < other->used.tv_nsec);
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t length = strlen(name), end = strlen(suffix);

	return length > end && !strcmp(name + length - end, suffix);
}

/* Notes an entry for cleaning; removes an unfinished file that nobody finishes any more. */
static void note_entry(int directory, const char *name, struct entry **entries, size_t *count)
{
	struct stat status;
	struct entry *larger;

	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) || !S_ISREG(status.st_mode))
		return;
	if (strstr(name, SUFFIX ".")) {
		if (time(NULL) - status.st_mtim.tv_sec > STALE_SECONDS)
			unlinkat(directory, name, 0);
		return;
	}
	if (!ends_with(name, SUFFIX))
		return;
	larger = realloc(*entries, (*count + 1) * sizeof(**entries));
	if (!larger)
		return;
	*entries = larger;
	larger[*count] = (struct entry){ strdup(name), status.st_mtim, (uint64_t)status.st_size };
	if (larger[*count].name)
		(*count)++;
}

static void clean_folder(int folder)
{
	uint64_t limit =
		tandem_option_number(TANDEM_OPTION_CACHE_MIB, 1, UINT32_MAX, DEFAULT_LIMIT_MIB)
		<< 20;
	int opened = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = opened < 0 ? NULL : fdopendir(opened);
	struct entry *entries = NULL;
	const struct dirent *found;
	uint64_t total = 0;
	size_t count = 0;

	if (!directory) {
		if (opened >= 0)
			close(opened);
		return;
	}
	while ((found = readdir(directory)))
		note_entry(dirfd(directory), found->d_name, &entries, &count);
	for (size_t i = 0; i < count; i++)
		total += entries[i].bytes;
	if (total > limit)
		qsort(entries, count, sizeof(*entries), by_last_use);
	for (size_t i = 0; i < count; i++) {
		if (total > limit && !unlinkat(dirfd(directory), entries[i].name, 0))
			total -= entries[i].bytes;
		free(entries[i].name);
	}
	free(entries);
	closedir(directory);
}

/* ---- storing ---- */

static int write_entry(int file, const struct tandem_cache_key *key,
		       const struct tandem_text *dependencies, const struct tandem_binary *binary)
{
	struct head head = { .key = *key,
			     .dependency_bytes = dependencies->length,
			     .checksum = XXH3_64bits(dependencies->bytes, dependencies->length) };
	int error;

	memcpy(head.magic, magic, sizeof(magic));
	error = tandem_write_all(file, &head, sizeof(head));
	if (!error)
		error = tandem_write_all(file, dependencies->bytes, dependencies->length);
	return error ? error : tandem_write_all(file, binary->bytes, binary->length);
}

static int store(int folder, const char *name, const struct tandem_cache_key *key,
		 const struct tandem_text *dependencies, const struct tandem_binary *binary)
{
	char temporary[NAME_BYTES + 32];
	int file = tandem_cache_folder_create(folder, name, temporary, sizeof(temporary)), error;

	if (file < 0)
		return file;
	error = write_entry(file, key, dependencies, binary);
	if (close(file) && !error)
		error = -EIO;
	/* From one moment to the next the entry is there, all of it. */
	if (!error && renameat(folder, temporary, folder, name))
		error = -errno;
	if (error)
		unlinkat(folder, temporary, 0);
	return error;
}

void tandem_cache_store(const struct tandem_cache_key *key, const struct tandem_text *dependencies,
			const struct tandem_binary *binary)
{
	static _Atomic unsigned int stores;
	int folder = tandem_cache_folder_open(), error;
	char name[NAME_BYTES];

	if (folder < 0)
		return;
	name_entry(key, name);
	error = store(folder, name, key, dependencies, binary);
	if (error)
		tandem_log(TANDEM_LOG_CACHE, "%s was not stored: %s", name, strerror(-error));
	else
		tandem_log(TANDEM_LOG_CACHE, "%s: stored", name);
	if (!error && atomic_fetch_add(&stores, 1) % STORES_PER_CLEANING == 0)
		clean_folder(folder);
	close(folder);
}
