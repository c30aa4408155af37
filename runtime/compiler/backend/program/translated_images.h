// SPDX-License-Identifier: MIT
/*
 * Images and samplers in modules made of SPIR-V (compiler/spirv_frontend.h): the translators make
 * of them pointers to structures that are never defined, of which LLVM has left pointers like any
 * others. What is one is told by the names of the functions that get them, and by what is said of
 * kernels' arguments.
 */
#ifndef TANDEM_COMPILER_BACKEND_TRANSLATED_IMAGES_H
#define TANDEM_COMPILER_BACKEND_TRANSLATED_IMAGES_H

#include "compiler/backend/ir.h"
#include "pointer_map.h"

/* Whether there may be such in the module. */
bool tandem_translated_images_exist(struct tandem_compilation *compilation);

/*
 * Enters each parameter that is one, of all functions, with the type that it becomes: a pointer,
 * or the bits of a sampler. It is an error where one is used otherwise than to be handed on.
 */
void tandem_translated_images_find(struct tandem_compilation *compilation,
				   struct tandem_pointer_map *parameters);

#endif
