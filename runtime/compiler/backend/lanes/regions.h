// SPDX-License-Identifier: MIT
/*
 * Bundles in regions, of kernels with barriers (barriers.h).
 *
 * A region is made a function of its own for one work-item first. What a work-item keeps
 * over barriers is loaded where the function begins and stored where it ends, if it is a
 * simple value, so that in between it is a value like others.
 */
#ifndef TANDEM_COMPILER_BACKEND_LANES_REGIONS_H
#define TANDEM_COMPILER_BACKEND_LANES_REGIONS_H

#include "bundles.h"
#include "groups/splitting.h"

/*
 * Goes through a row in bundles, where the builder is, if the region can be run so; @ids and
 * @linear_id are its first work-item's. *@end is the row's length, and less afterwards where
 * those from there on have nothing to do in the region. The slots that the region touches have
 * been found. Returns the first work-item behind the bundles, or NULL where nothing was built.
 */
LLVMValueRef tandem_region_build_bundles(struct tandem_splitting *splitting, unsigned int region,
					 const LLVMValueRef *ids, LLVMValueRef linear_id,
					 LLVMValueRef *end);

#endif
