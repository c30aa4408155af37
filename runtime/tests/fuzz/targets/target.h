// SPDX-License-Identifier: MIT
/*
 * What the targets of libFuzzer share. Each is a program that reads damaged bytes with the
 * code that the runtime reads them with, under AddressSanitizer and
 * UndefinedBehaviorSanitizer; run.sh runs them.
 *
 * An input begins with a byte of which each target says what it chooses. Checksums and
 * keyed hashes are put right behind the mutations, so that what they guard is reached.
 */
#ifndef TANDEM_TESTS_FUZZ_TARGET_H
#define TANDEM_TESTS_FUZZ_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler/compiler.h"

/* Called by libFuzzer for each input. 0: the input may go to the corpus. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Ends the program, as a fault that libFuzzer keeps the input of. */
#define fuzz_require(condition)                                       \
	do {                                                          \
		if (!(condition))                                     \
			fuzz_fail(__FILE__, __LINE__, "" #condition); \
	} while (0)

_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

/*
 * A copy whose end AddressSanitizer guards, aligned as the runtime has its binaries. Freed
 * by free().
 */
void *fuzz_copy(const uint8_t *bytes, size_t length);

/* Reads all the bytes, so that those outside of what may be read are found. */
void fuzz_touch(const void *bytes, size_t length);

/* A device that is nothing but memory. */
extern const struct tandem_compile_target fuzz_device;

/* ---- containers ---- */

enum fuzz_seal {
	FUZZ_SEAL_MAGIC = 1, /* what tells a container of this version, and its length */
	FUZZ_SEAL_ORIGIN = 2, /* the keyed hash: made here */
	FUZZ_SEAL_CHECKSUM = 4,
	FUZZ_SEAL_NATIVE =
		8, /* an executable for this processor, by this version, without windows */
	FUZZ_SEAL_ALL = 15,
};

/*
 * Loads the executable behind the first byte, with right what @parts name, and unloads it. A
 * damaged one is refused with a line in the log.
 */
void fuzz_load(const uint8_t *bytes, size_t length, unsigned int parts);

/* Puts right what @parts name of the container at @bytes, where there is room for a head. */
void fuzz_seal(void *bytes, size_t length, unsigned int parts);

#endif
