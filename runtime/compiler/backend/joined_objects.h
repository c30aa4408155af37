/* SPDX-License-Identifier: MIT */
/* Several ELF objects of one program as one, for the loader. */
#ifndef TANDEM_COMPILER_BACKEND_JOINED_OBJECTS_H
#define TANDEM_COMPILER_BACKEND_JOINED_OBJECTS_H

#include "util/text.h"

/*
 * Adds to @joined, which is empty, an object with the code, the data and the symbols of all
 * @objects, which LLVM has made: what one of them has under a global name, the others mean by it.
 * -ENOMEM; -ENOEXEC where two have the same name, or one is of another kind.
 */
int tandem_objects_join(const struct tandem_text *objects, unsigned int count,
			struct tandem_text *joined);

#endif
