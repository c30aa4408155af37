// SPDX-License-Identifier: MIT
#ifndef TANDEM_COMPILER_BITCODE_CHECK_H
#define TANDEM_COMPILER_BITCODE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the bytes are LLVM bitcode from its first block to the end of its last: what a
 * compiler that failed or was ended early does not leave. What the blocks hold is not
 * looked at.
 */
bool tandem_bitcode_is_complete(const void *bytes, size_t length);

#endif
