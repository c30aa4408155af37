// SPDX-License-Identifier: MIT
#ifndef TANDEM_COMPILER_BACKEND_LOCKSTEP_H
#define TANDEM_COMPILER_BACKEND_LOCKSTEP_H

#include "splitting.h"

/* Work-items in a bundle: two vector registers of floats, where registers hold eight. */
#define TANDEM_BUNDLE_LANES 16

/*
 * Builds, where the builder is, the part of a region for the bundle of work-items
 * that are @first_id and its neighbours in the first dimension; @ids has the other
 * dimensions' local ids, @first_linear_id is the bundle's first. The builder ends
 * behind it.
 */
void tandem_lockstep_build(struct tandem_splitting *splitting,
			   const struct tandem_lockstep_plan *plan, unsigned int region,
			   LLVMValueRef first_id, const LLVMValueRef *ids,
			   LLVMValueRef first_linear_id);

#endif
