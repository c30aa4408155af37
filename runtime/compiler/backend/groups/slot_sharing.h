// SPDX-License-Identifier: MIT
/*
 * Slots whose values are never needed at the same time become one.
 *
 * Each slot that is kept over barriers is an array with an element for each work-item. A
 * variable of the kernel that changes between barriers comes in many slots: one for each
 * value that is stored, and for each place where ways with different values meet. As one
 * slot it takes one array, and nothing is copied from one to the next.
 *
 * Two slots may be one where no store to either finds the other needed behind it, or finds
 * it holding the same value (Chaitin's condition, with live ranges of whole classes).
 */
#ifndef TANDEM_COMPILER_BACKEND_SLOT_SHARING_H
#define TANDEM_COMPILER_BACKEND_SLOT_SHARING_H

#include "slots.h"

/*
 * Shares the slots that are kept and not uniform, first between which values are copied, and
 * takes the others out of @slots. -ENOMEM.
 */
int tandem_slots_share(struct tandem_slots *slots);

#endif
