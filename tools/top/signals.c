// SPDX-License-Identifier: MIT
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "util/alloc.h"

static const int to_read[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCHLD, SIGWINCH };
static sigset_t mask_before;
static bool pipe_was_ignored;

int top_signals_open(void)
{
	struct sigaction before;
	sigset_t set;
	int file;

	sigemptyset(&set);
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(to_read); i++) {
		/* What the caller ignores, as nohup does, stays ignored. */
		if (sigaction(to_read[i], NULL, &before) || before.sa_handler != SIG_IGN ||
		    to_read[i] == SIGCHLD)
			sigaddset(&set, to_read[i]);
	}
	/* Children of a program that ignores it cannot be waited for. */
	signal(SIGCHLD, SIG_DFL);
	pipe_was_ignored = signal(SIGPIPE, SIG_IGN) == SIG_IGN;
	if (sigprocmask(SIG_BLOCK, &set, &mask_before))
		return -errno;
	file = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return file < 0 ? -errno : file;
}

bool top_signals_read(int file, struct signalfd_siginfo *info)
{
	return read(file, info, sizeof(*info)) == (ssize_t)sizeof(*info);
}

bool top_signal_ends(const struct signalfd_siginfo *info)
{
	return info->ssi_signo == SIGINT || info->ssi_signo == SIGTERM ||
	       info->ssi_signo == SIGHUP || info->ssi_signo == SIGQUIT;
}

int top_signals_restore_in(posix_spawnattr_t *attributes)
{
	sigset_t defaults;
	int error;

	sigemptyset(&defaults);
	if (!pipe_was_ignored)
		sigaddset(&defaults, SIGPIPE);
	error = posix_spawnattr_setsigdefault(attributes, &defaults);
	if (!error)
		error = posix_spawnattr_setsigmask(attributes, &mask_before);
	if (!error)
		error = posix_spawnattr_setflags(attributes,
						 POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	return error;
}
