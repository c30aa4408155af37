// SPDX-License-Identifier: MIT
/*
 * Signals as something to read: whatever ends the program, the instance of tracefs is
 * removed and the terminal is as before.
 */
#ifndef TANDEM_TOP_SIGNALS_H
#define TANDEM_TOP_SIGNALS_H

#include <spawn.h>
#include <stdbool.h>
#include <sys/signalfd.h>

/*
 * Blocks the signals that are to be read: those that end a program, SIGTSTP, SIGCHLD and
 * SIGWINCH. Ignores SIGPIPE. Returns a file for poll(), or a negative errno.
 */
int top_signals_open(void);

/* Reads a signal; false where there is none. */
bool top_signals_read(int file, struct signalfd_siginfo *info);

/* Whether the signal asks the program to end. */
bool top_signal_ends(const struct signalfd_siginfo *info);

/* For a child: signals are in it as they were before top_signals_open(). 0 or an errno. */
int top_signals_restore_in(posix_spawnattr_t *attributes);

#endif
