// SPDX-License-Identifier: MIT
/*
 * Headers that a program brings along, as clang's overlay of the file system has them:
 * names in a folder that exists nowhere, each for a file in memory.
 */
#ifndef TANDEM_COMPILER_HEADER_OVERLAY_H
#define TANDEM_COMPILER_HEADER_OVERLAY_H

#include "child_process.h"
#include "program/program.h"

/*
 * Hands @headers to @child. The folder to search for them goes to @folder, the overlay's
 * description to @overlay. Names may lead out of the folder, by "..", or be absolute. Of
 * headers with one name the first counts. -ENOEXEC with a line in @log for a name that
 * is none; other -errno, likewise.
 */
int tandem_header_overlay(const struct tandem_source_header *headers, unsigned int count,
			  struct tandem_child *child, struct tandem_text *folder,
			  struct tandem_text *overlay, struct tandem_text *log);

#endif
