// SPDX-License-Identifier: MIT
/*
 * Executables that another runtime made: their bitcode goes to a process of its own
 * (isolated_backend.h). That may crash; the runtime says what became of it. The first byte
 * has no meaning.
 */
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	fuzz_load(bytes, length, FUZZ_SEAL_MAGIC | FUZZ_SEAL_NATIVE | FUZZ_SEAL_CHECKSUM);
	return 0;
}
