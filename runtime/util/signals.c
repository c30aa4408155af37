// SPDX-License-Identifier: MIT
#include "signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

ssize_t tandem_write_quietly(int file, const void *bytes, size_t length)
{
	const struct timespec at_once = { 0 };
	sigset_t raised, before, pending;
	bool was_pending;
	ssize_t written;

	sigemptyset(&raised);
	sigaddset(&raised, SIGPIPE);
	sigaddset(&raised, SIGXFSZ);
	sigemptyset(&pending);
	pthread_sigmask(SIG_BLOCK, &raised, &before);
	sigpending(&pending);
	was_pending = sigismember(&pending, SIGPIPE) > 0 || sigismember(&pending, SIGXFSZ) > 0;
	do
		written = write(file, bytes, length);
	while (written < 0 && errno == EINTR);
	if (written < 0) {
		written = -errno;
		/* The signal goes to this thread; one that was there before is not ours. */
		if (!was_pending && (written == -EPIPE || written == -EFBIG))
			sigtimedwait(&raised, NULL, &at_once);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return written;
}

int tandem_write_all(int file, const void *bytes, size_t length)
{
	const char *next = bytes;

	while (length) {
		ssize_t written = tandem_write_quietly(file, next, length);

		if (written <= 0)
			return written ? (int)written : -EIO;
		next += written;
		length -= (size_t)written;
	}
	return 0;
}
