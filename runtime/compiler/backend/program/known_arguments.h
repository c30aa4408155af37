// SPDX-License-Identifier: MIT
/*
 * Kernels for arguments of which something is known.
 *
 * Overview
 *	What pixels of an image are like, and what a sampler does, is in arguments: the
 *	functions that read and write pixels have a way for each format, and stay functions
 *	(helpers.h). Where a kernel is compiled for a launch, the words of its arguments that
 *	say so are constants of the request. They are put in the place of what loads them. A
 *	function that gets a view of which words are known, or a constant, is made anew for
 *	these, so that one way is left of it, and that way becomes part of the kernel.
 */
#ifndef TANDEM_COMPILER_BACKEND_KNOWN_ARGUMENTS_H
#define TANDEM_COMPILER_BACKEND_KNOWN_ARGUMENTS_H

#include "ir.h"
#include "pointer_map.h"

/*
 * Puts the request's constants into @item, an item function of the kernel @info with everything
 * inlined but @helpers, and says of what is read of images that it does not change. What is made
 * anew and stays a function is added to the helpers. Other functions must be whole: passes run on
 * them. Sets compilation->failed on errors.
 */
void tandem_known_arguments_put(struct tandem_compilation *compilation, LLVMValueRef item,
				const struct tandem_kernel_info *info,
				struct tandem_pointer_map *helpers);

#endif
