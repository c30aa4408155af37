// SPDX-License-Identifier: MIT
/*
 * Atomic operations of a device with windows, as code that is inlined.
 *
 * Overview
 *	Device cores are atomic among each other by locks (compiler/window_locks.h).
 *	Each operation is then one instruction without the lock prefix: to a CPU that
 *	writes the same word it is NOT atomic. What keeps CPUs away is the
 *	device-exclusive grant of the page, and that a page is taken from the device
 *	between two instructions, never inside one. What no instruction does, and
 *	returns the old value, compares and exchanges until it holds.
 *
 * Orders
 *	Each operation releases what came before and acquires for what comes behind.
 *	A sequentially consistent one needs a fence behind it in addition.
 */
#ifndef TANDEM_COMPILER_BACKEND_WINDOW_ATOMICS_X86_64_H
#define TANDEM_COMPILER_BACKEND_WINDOW_ATOMICS_X86_64_H

#include "ir.h"

/*
 * The function of an operation with operands of 32 or 64 bits: of the address, in the
 * atomic window, the number of the thread, and the operand, it makes what was there before. "compare_exchange"
 * has what is expected and what is desired as operands. NULL with an error in the log.
 */
LLVMValueRef tandem_window_atomic(struct tandem_compilation *compilation, const char *operation,
				  unsigned int bits);

#endif
