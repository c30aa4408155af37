// SPDX-License-Identifier: MIT
/* A fault for selftest.sh: inputs that begin with some letters are read beyond their end. */
#include <stdlib.h>

#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char *copy = fuzz_copy(bytes, length);

	if (length > 2 && copy[0] == 'b' && copy[1] == 'a' && copy[2] == 'd')
		fuzz_touch(copy, length + 1);
	free(copy);
	return 0;
}
