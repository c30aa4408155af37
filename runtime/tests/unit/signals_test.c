// SPDX-License-Identifier: MIT
/* Writing where a signal would end the process: to nobody, and beyond the limit of files. */
#include "util/signals.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t seen;

static void count(int signal_number)
{
	seen++;
}

static void test_pipe(void)
{
	int ends[2];

	check_fatal(!pipe(ends), "pipe");
	check_equal(1, tandem_write_quietly(ends[1], "a", 1));
	close(ends[0]);
	check_equal(-EPIPE, tandem_write_quietly(ends[1], "a", 1));
	check_equal(-EPIPE, tandem_write_all(ends[1], "a", 1));
	close(ends[1]);
	check_equal(-EBADF, tandem_write_all(ends[1], "a", 1));
}

static void test_limit(void)
{
	struct tandem_quiet quiet;
	struct rlimit before, limit;
	FILE *file = tmpfile();

	check_fatal(file && !getrlimit(RLIMIT_FSIZE, &before), "tmpfile, getrlimit");
	limit = (struct rlimit){ 10, before.rlim_max };
	check_equal(0, setrlimit(RLIMIT_FSIZE, &limit));
	check_equal(-EFBIG, tandem_write_all(fileno(file), "0123456789abcdef", 16));
	tandem_quiet_begin(&quiet);
	check(fputs("more", file) < 0 || fflush(file), "a write beyond the limit");
	fclose(file);
	tandem_quiet_end(&quiet);
	check_equal(0, setrlimit(RLIMIT_FSIZE, &before));
}

/* A signal from elsewhere is not swallowed. */
static void test_others(void)
{
	struct tandem_quiet quiet;
	sigset_t set;

	signal(SIGPIPE, count);
	tandem_quiet_begin(&quiet);
	tandem_quiet_end(&quiet);
	check_equal(0, seen);
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGPIPE);
	test_pipe();
	check_equal(0, seen);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	check_equal(1, seen);
	/* Nor is one that comes when nothing is written. */
	raise(SIGPIPE);
	check_equal(2, seen);
}

int main(void)
{
	test_pipe();
	test_others();
	signal(SIGPIPE, SIG_DFL);
	test_pipe();
	test_limit();
	return check_result();
}
