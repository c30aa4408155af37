// SPDX-License-Identifier: MIT
/*
 * The front end for SPIR-V: the programs spirv-val, of spirv-tools, and llvm-spirv, Khronos'
 * translator, as processes of their own, from SPIR-V to LLVM bitcode for spir64.
 *
 * The bitcode is what a translator made of bytes from anywhere, without many of the checks
 * that clang makes of OpenCL C: what is done with it is for a process of its own as well.
 */
#ifndef TANDEM_COMPILER_SPIRV_FRONTEND_H
#define TANDEM_COMPILER_SPIRV_FRONTEND_H

#include <stdbool.h>
#include <stddef.h>

#include "util/text.h"

/* Whether both programs are there. */
bool tandem_spirv_is_available(void);

/* The translator that is used: TANDEM_LLVM_SPIRV, or the one found when Tandem was built. */
const char *tandem_spirv_translator(void);

/*
 * Translates @length bytes, the words of a module that tandem_spirv_read has let pass.
 * -ENOEXEC, with what the programs say in @log, where the module is not valid, or the
 * translator does not come to an end with it; -ENOMEM, or what else went wrong.
 */
int tandem_spirv_compile(const void *words, size_t length, struct tandem_text *bitcode,
			 struct tandem_text *log);

/* All that makes a difference to that but the module and the programs' files. */
const char *tandem_spirv_describe(void);

/* The validator's path; "" without. */
const char *tandem_spirv_validator(void);

#endif
