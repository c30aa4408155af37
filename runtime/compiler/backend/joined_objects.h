/* SPDX-License-Identifier: MIT */
/* Several ELF objects of one program as one, for the loader. */
#ifndef TANDEM_COMPILER_BACKEND_JOINED_OBJECTS_H
#define TANDEM_COMPILER_BACKEND_JOINED_OBJECTS_H

#include "util/text.h"

/*
 * Adds to @joined, which is empty, an object with the code, the data and the symbols of all
 * @objects, of which there is one at least: what one of them has under a global name, the others
 * mean by it. Only LLVM's objects are known to be well formed: nothing of other origin is read.
 * -ENOMEM; -ENOEXEC where two have the same name, weak or not, or one is of another kind. @joined
 * is to be finished in any case.
 *
 * Limits
 *	Local and global symbols are mixed: the loader is the only one to read it.
 */
int tandem_joined_objects_make(const struct tandem_text *objects, unsigned int count,
			       struct tandem_text *joined);

#endif
