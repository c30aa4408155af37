// SPDX-License-Identifier: MIT
/*
 * What the arena grows by: zones anywhere in the address space, for what its own two
 * have no room for.
 *
 * Overview
 *	A large allocation has a piece of its own, as large as it is, which goes back to
 *	the system with it. Small ones share pieces, which stay. The more shared pieces
 *	there are, the larger is the next, or as large as can still be had. Before and
 *	behind a piece lies a page at which nothing ever is.
 *
 * Locking
 *	One lock is held for all pieces; their own are not used. All functions but lock
 *	and unlock take it, and may be called from any thread. An address is looked up in
 *	logarithmic time, and without the lock as long as there are no pieces.
 */
#ifndef TANDEM_SVM_PIECES_H
#define TANDEM_SVM_PIECES_H

#include <stdbool.h>

#include "arena.h"

/* See tandem_arena_allocate and tandem_arena_owner. */
void *tandem_pieces_allocate(enum tandem_arena_zone_kind kind, size_t bytes, void *owner);
void *tandem_pieces_owner(const void *address);

/* False where no piece has an allocation at @address. */
bool tandem_pieces_free(void *address);

/* Around fork. */
void tandem_pieces_lock(void);
void tandem_pieces_unlock(void);

#endif
