// SPDX-License-Identifier: MIT
/*
 * Executables of this user's runtime, loaded as a whole (compiler.h), with a right seal
 * around what is damaged. The first byte has no meaning.
 */
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	fuzz_load(bytes, length, FUZZ_SEAL_ALL);
	return 0;
}
