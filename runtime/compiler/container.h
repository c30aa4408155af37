// SPDX-License-Identifier: MIT
/*
 * The form of a program's binary, as applications get it and as it lies in the
 * cache: bitcode, and for an executable machine code with its description.
 *
 * An executable keeps its bitcode, so that it can be translated anew on another
 * processor or by another version of the runtime, and so that kernels which were
 * deferred can be compiled. What is compiled of these has no bitcode of its own: it
 * lies in the cache only.
 */
#ifndef TANDEM_COMPILER_CONTAINER_H
#define TANDEM_COMPILER_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

#include "program/binary.h"
#include "util/text.h"

enum tandem_container_section {
	TANDEM_SECTION_BITCODE,
	TANDEM_SECTION_OBJECT, /* an ELF file, aligned to 16 if the container is */
	TANDEM_SECTION_DESCRIPTION, /* see description.h */
	TANDEM_SECTION_LOG, /* what the compiler said */
	TANDEM_SECTION_COUNT,
};

struct tandem_container {
	enum tandem_binary_kind kind;
	bool optimised; /* not built with -cl-opt-disable */
	bool is_foreign; /* the bitcode is not clang's, but of SPIR-V or from elsewhere */
	unsigned int zeroed; /* TANDEM_ZEROED_*: what machine code is for, see program/program.h */
	bool uses_windows; /* machine code is for devices with windows, see backend/windows.h */
	bool is_ours; /* made here, see origin.h */
	bool is_native; /* and by this version for this processor */
	struct tandem_container_bytes {
		const void *bytes;
		size_t length;
	} sections[TANDEM_SECTION_COUNT];
};

/* What is to be in a section; the bytes stay where they are. */
void tandem_container_set(struct tandem_container *container, enum tandem_container_section section,
			  const struct tandem_text *text);

/* Whether the bitcode is what clang made here: only then is the back end run in this process. */
bool tandem_container_is_trusted(const struct tandem_container *container);

/*
 * The bytes of a container, which is known then. is_ours and is_native are taken to be true.
 * -ENOMEM.
 */
int tandem_container_write(const struct tandem_container *container, struct tandem_binary *binary);

/*
 * Reads a container whose sections stay in the bytes. -ENOEXEC where it is
 * damaged or none.
 */
int tandem_container_read(struct tandem_container *container, const void *bytes, size_t length);

/* The same of a binary. One that is known is ours, and its contents are not looked at. */
int tandem_container_read_binary(struct tandem_container *container,
				 const struct tandem_binary *binary);

#endif
