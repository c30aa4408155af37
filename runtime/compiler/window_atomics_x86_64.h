// SPDX-License-Identifier: MIT
/*
 * Atomic operations of a device whose cores are threads of the process, on
 * addresses in its atomic window (backend/windows.h).
 *
 * Overview
 *	Device cores are atomic among each other by a table of locks, as a GPU's are
 *	by its cache. Each operation is then one instruction without the lock prefix:
 *	to a CPU that writes the same word it is NOT atomic. What keeps CPUs away is
 *	the device-exclusive grant of the page, and that a page is taken from the
 *	device between two instructions, never inside one.
 *
 * Orders
 *	Each operation releases what came before and acquires for what comes behind.
 *	A sequentially consistent one needs a fence behind it in addition.
 */
#ifndef TANDEM_COMPILER_WINDOW_ATOMICS_X86_64_H
#define TANDEM_COMPILER_WINDOW_ATOMICS_X86_64_H

/*
 * Compiled code calls PREFIX<operation>_<bits>(address, operand), which returns what
 * was there before; compare_exchange takes what is expected and what is desired.
 * Bits: 32, 64. The address is aligned to the operand's size.
 */
#define TANDEM_WINDOW_ATOMIC_PREFIX "tandem_window_atomic_"

/* The address of the function @name, or NULL where there is no such operation. */
void *tandem_window_atomic_find(const char *name);

#endif
