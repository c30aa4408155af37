// SPDX-License-Identifier: MIT
#ifndef TANDEM_COMPILER_BACKEND_LIBRARY_H
#define TANDEM_COMPILER_BACKEND_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/backend.h"

/* The path of libtandem-backend.so, beside this library; "" where it cannot be told. */
const char *tandem_backend_path(void);

/*
 * Writes the path of the program @name beside the back end to @sibling, which has @room
 * bytes; false where there is none, or it does not fit.
 */
bool tandem_backend_sibling(const char *name, char *sibling, size_t room);

/*
 * The back end, loaded at the first call; NULL, with a line in @log, where it
 * cannot be. Any thread may call it.
 */
tandem_backend_function tandem_backend_get(struct tandem_text *log);

/* Begins to load the back end on a thread of its own, for a call of the above to come. */
void tandem_backend_prefetch(void);

#endif
