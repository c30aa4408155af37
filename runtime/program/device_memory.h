// SPDX-License-Identifier: MIT
/* The SVM arena, as drivers see it, and the programs whose variables lie in it. */
#ifndef TANDEM_PROGRAM_DEVICE_MEMORY_H
#define TANDEM_PROGRAM_DEVICE_MEMORY_H

#include <stddef.h>

struct tandem_device_memory {
	char *base;
	size_t bytes;
	size_t guard_bytes; /* so many before and behind are never mapped; whole pages, not 0 */
	/* The part for memory without SVM atomics: no attach_svm_atomics tells of it. */
	char *shared_base;
	size_t shared_bytes;
	/* Zeros in the shared part, or NULL. Any thread may call. */
	void *(*allocate)(size_t bytes);
	void (*free)(void *address, size_t bytes);
};

#endif
