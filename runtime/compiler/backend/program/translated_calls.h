// SPDX-License-Identifier: MIT
/*
 * Built-in functions that modules made of SPIR-V (compiler/spirv_frontend.h) call by other
 * names, or with other types, than OpenCL C compiled by clang does, or by functions that stand for
 * them (TANDEM_SPIRV_CALL_MARK). Everything else is called alike.
 */
#ifndef TANDEM_COMPILER_BACKEND_TRANSLATED_CALLS_H
#define TANDEM_COMPILER_BACKEND_TRANSLATED_CALLS_H

#include "compiler/backend/ir.h"

/* Defines what is called so by what the library has. No-op for modules made by clang. */
void tandem_translated_calls_map(struct tandem_compilation *compilation);

#endif
