// SPDX-License-Identifier: MIT
/*
 * Brings an ELF object of the back end's into memory, ready to run. Without LLVM:
 * a program from the cache runs without it.
 */
#ifndef TANDEM_COMPILER_OBJECT_LOADER_X86_64_H
#define TANDEM_COMPILER_OBJECT_LOADER_X86_64_H

#include <stddef.h>
#include <stdint.h>

#include "program/device_memory.h"
#include "util/text.h"

struct tandem_object_image {
	char *memory; /* one mapping: code, constants, address tables */
	size_t bytes;
	const struct tandem_device_memory *device_memory; /* where the variables are */
	char *variables; /* NULL where there are none */
	size_t variable_bytes;
	struct tandem_object_symbol *symbols; /* functions that the object defines */
	uint32_t symbol_count;
};

/* The address of a function of the runtime's that code calls by @name, or NULL. */
typedef void *(*tandem_object_resolver)(const char *name);

/*
 * The variables of the object go to @memory, which must outlive the image.
 * -ENOEXEC with a line in @log where the object is damaged or needs what is not there; -ENOMEM.
 */
int tandem_object_load(struct tandem_object_image *image, const void *bytes, size_t length,
		       const struct tandem_device_memory *memory, tandem_object_resolver resolver,
		       struct tandem_text *log);
void tandem_object_unload(struct tandem_object_image *image);

/* The address of the function @name, or NULL. */
void *tandem_object_find(const struct tandem_object_image *image, const char *name);

#endif
