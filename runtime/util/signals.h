// SPDX-License-Identifier: MIT
/* Writing without the signals that it may raise, which would end the application. */
#ifndef TANDEM_UTIL_SIGNALS_H
#define TANDEM_UTIL_SIGNALS_H

#include <stddef.h>
#include <sys/types.h>

/*
 * write(), again where it is interrupted. The number of bytes written, or -errno: -EPIPE
 * and -EFBIG without SIGPIPE and SIGXFSZ. Any thread may call it.
 */
ssize_t tandem_write_quietly(int file, const void *bytes, size_t length);

/* Writes all of it. 0 or -errno. */
int tandem_write_all(int file, const void *bytes, size_t length);

#endif
