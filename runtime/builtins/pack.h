/* SPDX-License-Identifier: MIT */
/*
 * The library of built-in functions in parts.
 *
 * Reading a module takes a microsecond or two for each function that it has, needed or
 * not, and the library has more than ten thousand. So the back end gets it as a pack:
 * modules of some dozens of functions each, which do not need one another, and an index
 * that tells in which of them a function is.
 *
 * A pack begins with struct tandem_pack_header; the parts and then the functions, sorted
 * by hash, follow. Numbers are those of the machine, as the library is. The bytes of a
 * part are aligned to 16 if the pack is.
 */
#ifndef TANDEM_BUILTINS_PACK_H
#define TANDEM_BUILTINS_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TANDEM_PACK_MAGIC 0x4b434150u /* "PACK" */

struct tandem_pack_header {
	uint32_t magic;
	uint32_t part_count;
	uint32_t function_count;
	uint32_t padding;
};

/* A module of LLVM bitcode. */
struct tandem_pack_part {
	uint64_t offset_bytes; /* from the header */
	uint64_t size_bytes;
};

struct tandem_pack_function {
	uint64_t hash; /* of its name; no two are the same */
	uint32_t part;
	uint32_t padding;
};

/* FNV-1a */
static inline uint64_t tandem_pack_hash(const char *name)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
	return hash;
}

/* Finds the module that defines a function. False if none does. */
static inline bool tandem_pack_find(const void *pack, const char *name, const void **module,
				    size_t *size_bytes)
{
	const struct tandem_pack_header *header = (const struct tandem_pack_header *)pack;
	const struct tandem_pack_part *parts = (const struct tandem_pack_part *)(header + 1);
	const struct tandem_pack_function *functions =
		(const struct tandem_pack_function *)(parts + header->part_count);
	uint64_t hash = tandem_pack_hash(name);
	uint32_t low = 0;
	uint32_t high = header->function_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (functions[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == header->function_count || functions[low].hash != hash)
		return false;
	*module = (const char *)pack + parts[functions[low].part].offset_bytes;
	*size_bytes = (size_t)parts[functions[low].part].size_bytes;
	return true;
}

#endif
