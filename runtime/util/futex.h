// SPDX-License-Identifier: MIT
/* Waiting for an atomic word to change, see futex(2). */
#ifndef TANDEM_UTIL_FUTEX_H
#define TANDEM_UTIL_FUTEX_H

#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Sleeps while *@word is @expected; may wake without a cause. */
static inline void tandem_futex_wait(_Atomic int *word, int expected)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

static inline void tandem_futex_wake_all(_Atomic int *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

#endif
