// SPDX-License-Identifier: MIT
/* Writing without the signals that it may raise, which would end the application. */
#ifndef TANDEM_UTIL_SIGNALS_H
#define TANDEM_UTIL_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A time in which this thread may write to files and pipes without SIGPIPE and SIGXFSZ. */
struct tandem_quiet {
	sigset_t before;
	bool was_pending;
};

void tandem_quiet_begin(struct tandem_quiet *quiet);
void tandem_quiet_end(const struct tandem_quiet *quiet);

/*
 * write(), again where it is interrupted. The number of bytes written, or -errno: -EPIPE
 * and -EFBIG without SIGPIPE and SIGXFSZ. Any thread may call it.
 */
ssize_t tandem_write_quietly(int file, const void *bytes, size_t length);

/* Writes all of it. 0 or -errno. */
int tandem_write_all(int file, const void *bytes, size_t length);

#endif
