// SPDX-License-Identifier: MIT
/*
 * Locks of objects that are held for a few instructions: on lists of callbacks, of
 * mappings, of allocations. Objects share them, by their addresses, so that a fork can
 * wait for all; who holds one takes no other lock.
 */
#ifndef TANDEM_UTIL_SHORT_LOCKS_H
#define TANDEM_UTIL_SHORT_LOCKS_H

void tandem_short_lock(const void *object);
void tandem_short_unlock(const void *object);

/* Takes all of them, and gives all back. */
void tandem_short_locks_take_all(void);
void tandem_short_locks_give_all(void);

#endif
