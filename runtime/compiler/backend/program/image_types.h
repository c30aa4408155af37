// SPDX-License-Identifier: MIT
/*
 * Images and samplers, which clang hands over as types of their own. Here an image becomes
 * a pointer to what kernels see of it (image/view.h), which a kernel is given by value, and a
 * sampler the bits of its value. The built-in functions are compiled with these types. Those of
 * SPIR-V (translated_images.h) become the same.
 *
 * Limits: such values come from arguments, and samplers from constants; which one, no
 * condition decides. Where a program has another way, or none, it is an error.
 */
#ifndef TANDEM_COMPILER_BACKEND_IMAGE_TYPES_H
#define TANDEM_COMPILER_BACKEND_IMAGE_TYPES_H

#include "ir.h"

/* Does it in the module, before built-in functions are linked. */
void tandem_image_types_lower(struct tandem_compilation *compilation);

#endif
