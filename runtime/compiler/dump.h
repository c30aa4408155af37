// SPDX-License-Identifier: MIT
/* What TANDEM_DUMP_DIR asks for: programs, on their way through the compiler, as files. */
#ifndef TANDEM_COMPILER_DUMP_H
#define TANDEM_COMPILER_DUMP_H

#include <stddef.h>

#include "util/text.h"

/*
 * Writes a source down, in a file that ends in @suffix; *@prefix becomes the beginning of the
 * names of what else is written of this program, or stays empty. The files are in a folder of
 * this process's own.
 */
void tandem_dump_source(const char *source, size_t length, const char *suffix,
			struct tandem_text *prefix);

#endif
