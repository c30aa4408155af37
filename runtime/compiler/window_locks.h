// SPDX-License-Identifier: MIT
/*
 * What makes the cores of a device with windows atomic among each other: a table
 * of locks, as a GPU has its cache. Compiled code takes and gives them
 * (backend/window_atomics_x86_64.h); the runtime has the table, and waits.
 */
#ifndef TANDEM_COMPILER_WINDOW_LOCKS_H
#define TANDEM_COMPILER_WINDOW_LOCKS_H

#include <stdint.h>

/*
 * A word's lock: bits of the product of the word's number (its address / 8) and an
 * odd number, so that neighbours have different ones.
 */
#define TANDEM_WINDOW_LOCKS	      1024
#define TANDEM_WINDOW_LOCK_BYTES      64
#define TANDEM_WINDOW_LOCK_MULTIPLIER 0x9e3779b97f4a7c15u
#define TANDEM_WINDOW_LOCK_SHIFT      54

/* Its first word: the thread that holds it, or 0. Symbol of the table in compiled code. */
struct tandem_window_lock {
	_Alignas(TANDEM_WINDOW_LOCK_BYTES) _Atomic uint32_t holder;
};
#define TANDEM_WINDOW_LOCKS_SYMBOL "tandem_window_locks"
extern struct tandem_window_lock tandem_window_locks[TANDEM_WINDOW_LOCKS];

/* Returns when a lock seems to be free. Compiled code calls it. */
#define TANDEM_WINDOW_WAIT_SYMBOL "tandem_window_wait"
void tandem_window_wait(const struct tandem_window_lock *lock);

/* Gives up what the thread @holder holds, which has left what it ran. */
void tandem_window_release(uint32_t holder);

#endif
