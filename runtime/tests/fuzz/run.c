// SPDX-License-Identifier: MIT
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

char run_folder[256];

int64_t run_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int run_start(struct batch *batch)
{
	int ends[2];

	memset(batch->reports, 0, sizeof(batch->reports));
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	fflush(NULL);
	batch->process = fork();
	if (batch->process < 0) {
		int error = -errno;

		close(ends[0]);
		close(ends[1]);
		return error;
	}
	if (!batch->process) {
		close(ends[0]);
		/* So that what it starts can be ended with it, and it with this process. */
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run_batch(batch, ends[1]);
	}
	setpgid(batch->process, batch->process);
	close(ends[1]);
	batch->pipe = ends[0];
	batch->deadline_ms = run_clock_ms() + (int64_t)batch->seconds * 1000;
	return 0;
}

bool run_receive(struct batch *batch)
{
	struct report report;
	ssize_t bytes = read(batch->pipe, &report, sizeof(report));

	if (bytes < 0 && errno == EINTR)
		return false;
	if (bytes != (ssize_t)sizeof(report))
		return true;
	for (int i = 0; i < batch->count; i++) {
		if (report.program < 0 || report.program == i)
			batch->reports[i] = report;
	}
	return false;
}

static void remove_files(pid_t process)
{
	char name[320];

	snprintf(name, sizeof(name), "%s/%d.c", run_folder, (int)process);
	unlink(name);
	snprintf(name, sizeof(name), "%s/%d.so", run_folder, (int)process);
	unlink(name);
}

void run_finish(struct batch *batch, bool hung)
{
	int status = 0;

	if (hung)
		kill(-batch->process, SIGKILL);
	while (waitpid(batch->process, &status, 0) < 0 && errno == EINTR)
		;
	/* What it may have started and not waited for. */
	kill(-batch->process, SIGKILL);
	close(batch->pipe);
	remove_files(batch->process);
	for (int i = 0; i < batch->count; i++) {
		struct report *report = &batch->reports[i];

		/* As the fixture says that there is no device. */
		if (!hung && WIFEXITED(status) && WEXITSTATUS(status) == 77)
			report->outcome = OUTCOME_SKIPPED;
		/* What was begun and not ended, by one or, before a kernel runs, by all. */
		if (report->outcome != OUTCOME_RUNS &&
		    !(report->outcome == OUTCOME_NONE && batch->count == 1))
			continue;
		report->outcome = hung ? OUTCOME_HANGS : OUTCOME_CRASHES;
		report->signal = WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
	}
}

int run_wait(struct batch *batch)
{
	int error = run_start(batch);
	bool over = false;

	while (!error && !over) {
		struct pollfd ready = { .fd = batch->pipe, .events = POLLIN };
		int64_t left = batch->deadline_ms - run_clock_ms();

		if (left <= 0)
			break;
		if (poll(&ready, 1, (int)left) > 0)
			over = run_receive(batch);
	}
	if (!error)
		run_finish(batch, !over);
	return error;
}
