// SPDX-License-Identifier: MIT
/* Binaries: bytes that the runtime keeps and hands on, and a driver alone understands. */
#ifndef TANDEM_PROGRAM_BINARY_H
#define TANDEM_PROGRAM_BINARY_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that stand for a compiled object, a library or an executable. */
struct tandem_binary {
	void *bytes; /* from malloc */
	size_t length;
	/* What made it has looked at all of it, or written it: no need to do so again. */
	bool is_known;
};

enum tandem_binary_kind {
	TANDEM_BINARY_INVALID, /* damaged, or of another version or driver */
	TANDEM_BINARY_OBJECT,
	TANDEM_BINARY_LIBRARY,
	TANDEM_BINARY_EXECUTABLE,
};

/* Frees what @binary holds and empties it. */
void tandem_binary_finish(struct tandem_binary *binary);

/* The same bytes again. -ENOMEM. */
int tandem_binary_copy(const struct tandem_binary *binary, struct tandem_binary *copy);

#endif
