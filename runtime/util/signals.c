// SPDX-License-Identifier: MIT
#include "signals.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

static void set_raised(sigset_t *raised)
{
	sigemptyset(raised);
	sigaddset(raised, SIGPIPE);
	sigaddset(raised, SIGXFSZ);
}

static bool is_pending(void)
{
	sigset_t pending;

	sigemptyset(&pending);
	sigpending(&pending);
	return sigismember(&pending, SIGPIPE) > 0 || sigismember(&pending, SIGXFSZ) > 0;
}

void tandem_quiet_begin(struct tandem_quiet *quiet)
{
	sigset_t raised;

	set_raised(&raised);
	pthread_sigmask(SIG_BLOCK, &raised, &quiet->before);
	quiet->was_pending = is_pending();
}

void tandem_quiet_end(const struct tandem_quiet *quiet)
{
	const struct timespec at_once = { 0 };
	int error = errno;
	sigset_t raised;

	set_raised(&raised);
	/* A write's signal goes to this thread; one that was there before is not ours. */
	while (!quiet->was_pending && is_pending()) {
		if (sigtimedwait(&raised, NULL, &at_once) < 0 && errno != EINTR)
			break;
	}
	pthread_sigmask(SIG_SETMASK, &quiet->before, NULL);
	errno = error;
}

ssize_t tandem_write_quietly(int file, const void *bytes, size_t length)
{
	struct tandem_quiet quiet;
	ssize_t written;

	tandem_quiet_begin(&quiet);
	do
		written = write(file, bytes, length);
	while (written < 0 && errno == EINTR);
	if (written < 0)
		written = -errno;
	tandem_quiet_end(&quiet);
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
