/* SPDX-License-Identifier: MIT */
/* Which variables of work-items outlive places where these stop. */
#ifndef TANDEM_COMPILER_BACKEND_KEPT_SLOTS_H
#define TANDEM_COMPILER_BACKEND_KEPT_SLOTS_H

#include "slots.h"

/*
 * For each slot: whether some of the blocks that @is_cut marks is entered with a
 * value in it that is needed from there on. @kept: an element for each slot.
 * -ENOMEM.
 */
int tandem_kept_slots_find(const struct tandem_slots *slots, const bool *is_cut, bool *kept);

#endif
