// SPDX-License-Identifier: MIT
/* A recording: every event to a file, while a command runs, or until a signal. */
#include "modes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gpus.h"
#include "launches.h"
#include "perfetto.h"
#include "signals.h"
#include "tracefs.h"
#include "util/clock.h"

#define BUFFER_KIB 16384
/* Text that is taken in at once; then signals have their turn. */
#define TURN_BYTES (4u << 20)
#define GPUS_NS	   200000000u
/* A command that was asked to end and has not is killed. */
#define PATIENCE_NS 5000000000u

struct recording {
	const struct top_options *options;
	struct top_tracefs trace;
	struct top_ledger ledger;
	struct top_gpus gpus;
	struct top_perfetto perfetto;
	char launches[64]; /* the file that the runtime writes; empty: none */
	int signals;
	pid_t child; /* 0: none, or it has ended */
	bool ends; /* nothing more is waited for than the child */
	uint64_t start_ns, gpus_ns, kill_ns; /* kill_ns 0: not yet */
	int status;
};

static void take_event(void *context, const struct top_event *event)
{
	struct recording *recording = context;
	const struct top_context *owner = top_ledger_take(&recording->ledger, event);

	if (event->kind == TOP_EVENT_LOST)
		top_perfetto_lost(&recording->perfetto, tandem_clock_ns(), (uint64_t)event->value);
	if (owner && (!recording->options->pid || owner->pid == recording->options->pid))
		top_perfetto_event(&recording->perfetto, owner, event);
}

/* Takes what is there. False where no more can come. */
static bool take_events(struct recording *recording)
{
	int result = top_tracefs_read(&recording->trace, TURN_BYTES, take_event, recording);

	top_perfetto_flush(&recording->perfetto);
	if (result >= 0)
		return true;
	fprintf(stderr, "tandem-top: trace_pipe: %s\n", strerror(-result));
	recording->status = TOP_EXIT_FAILED;
	return false;
}

/* ---- the command ---- */

static int make_launches_file(struct recording *recording)
{
	const char *folder = getenv("TMPDIR");
	int file;

	if (!folder || !*folder || strlen(folder) > 32)
		folder = "/tmp";
	snprintf(recording->launches, sizeof(recording->launches), "%s/tandem-top-XXXXXX", folder);
	file = mkostemp(recording->launches, O_CLOEXEC);
	if (file < 0) {
		int error = errno;

		fprintf(stderr, "tandem-top: %s: %s\n", recording->launches, strerror(error));
		recording->launches[0] = 0;
		return -error;
	}
	close(file);
	/* The runtime appends to it in this process' children. */
	if (setenv("TANDEM_TRACE", recording->launches, 1))
		return -errno;
	return 0;
}

static int start_command(struct recording *recording)
{
	char **command = recording->options->command;
	posix_spawnattr_t attributes;
	int error;

	if (!command)
		return 0;
	if (make_launches_file(recording))
		return TOP_EXIT_FAILED;
	error = posix_spawnattr_init(&attributes);
	if (!error)
		error = top_signals_restore_in(&attributes);
	if (!error)
		error = posix_spawnp(&recording->child, command[0], NULL, &attributes, command,
				     environ);
	posix_spawnattr_destroy(&attributes);
	if (!error)
		return 0;
	recording->child = 0;
	fprintf(stderr, "tandem-top: %s: %s\n", command[0], strerror(error));
	return error == ENOENT ? TOP_EXIT_NO_COMMAND : TOP_EXIT_CANNOT_RUN;
}

static void ask_child_to_end(struct recording *recording, int signal)
{
	if (!recording->child)
		return;
	if (signal)
		kill(recording->child, signal);
	if (!recording->kill_ns)
		recording->kill_ns = tandem_clock_ns() + PATIENCE_NS;
}

static void reap_child(struct recording *recording)
{
	int status;

	if (!recording->child || waitpid(recording->child, &status, WNOHANG) != recording->child)
		return;
	recording->child = 0;
	recording->ends = true;
	if (recording->status)
		return;
	if (WIFEXITED(status))
		recording->status = WEXITSTATUS(status);
	else if (WIFSIGNALED(status))
		recording->status = TOP_EXIT_SIGNAL + WTERMSIG(status);
}

static void take_signals(struct recording *recording)
{
	struct signalfd_siginfo info;

	while (top_signals_read(recording->signals, &info)) {
		if (top_signal_ends(&info)) {
			/* What the terminal sends, the command has got as well. */
			int signal = info.ssi_code == SI_KERNEL ? 0 : (int)info.ssi_signo;

			recording->ends = true;
			ask_child_to_end(recording, signal);
		} else if (info.ssi_signo == SIGTSTP) {
			raise(SIGSTOP);
		}
	}
	reap_child(recording);
}

/* ---- the recording ---- */

static void look_at_clock(struct recording *recording)
{
	uint64_t now_ns = tandem_clock_ns();
	double seconds = recording->options->seconds;

	if (now_ns - recording->gpus_ns >= GPUS_NS) {
		take_events(recording);
		top_gpus_update(&recording->gpus, &recording->ledger);
		top_ledger_next_round(&recording->ledger);
		recording->gpus_ns = now_ns;
	}
	if (seconds > 0 && !recording->ends &&
	    (double)(now_ns - recording->start_ns) >= seconds * 1e9) {
		recording->ends = true;
		ask_child_to_end(recording, SIGTERM);
	}
	if (recording->child && recording->kill_ns && now_ns >= recording->kill_ns) {
		kill(recording->child, SIGKILL);
		recording->kill_ns = UINT64_MAX;
	}
}

static void run(struct recording *recording)
{
	while (!recording->ends || recording->child) {
		struct pollfd files[] = {
			{ .fd = recording->signals, .events = POLLIN },
			{ .fd = recording->trace.pipe, .events = POLLIN },
		};

		poll(files, 2, (int)(GPUS_NS / 1000000u / 2));
		take_signals(recording);
		if (files[1].revents && !take_events(recording)) {
			recording->ends = true;
			ask_child_to_end(recording, SIGTERM);
		}
		look_at_clock(recording);
	}
	/* All that happened until now. */
	while (top_tracefs_read(&recording->trace, TURN_BYTES, take_event, recording) > 0 &&
	       tandem_clock_ns() - recording->gpus_ns < PATIENCE_NS)
		;
}

static uint64_t add_launches(struct recording *recording, uint64_t end_ns)
{
	FILE *file = recording->launches[0] ? fopen(recording->launches, "re") : NULL;
	uint64_t launches = 0;

	if (file) {
		launches = top_launches_add(&recording->perfetto, file, end_ns);
		fclose(file);
	}
	return launches;
}

static void finish(struct recording *recording)
{
	uint64_t end_ns = tandem_clock_ns(), launches;
	const struct top_perfetto *perfetto = &recording->perfetto;
	int error;

	top_gpus_update(&recording->gpus, &recording->ledger);
	launches = add_launches(recording, end_ns);
	error = top_perfetto_close(&recording->perfetto, &recording->ledger, end_ns);
	if (error) {
		fprintf(stderr, "tandem-top: %s: %s\n", recording->options->record,
			strerror(-error));
		recording->status = TOP_EXIT_FAILED;
		return;
	}
	fprintf(stderr,
		"tandem-top: %s: %llu device faults, %llu grants, %llu revocations, %llu "
		"launches, %llu events lost\n",
		recording->options->record, (unsigned long long)perfetto->faults,
		(unsigned long long)perfetto->grants, (unsigned long long)perfetto->revocations,
		(unsigned long long)launches, (unsigned long long)recording->ledger.lost);
}

static int record(struct recording *recording)
{
	int error, status;

	recording->signals = top_signals_open();
	if (recording->signals < 0) {
		fprintf(stderr, "tandem-top: signals: %s\n", strerror(-recording->signals));
		return TOP_EXIT_FAILED;
	}
	if (top_tracefs_open(&recording->trace, recording->options->tracefs, BUFFER_KIB))
		return TOP_EXIT_CANNOT_TRACE;
	error = top_perfetto_open(&recording->perfetto, recording->options->record);
	if (error) {
		fprintf(stderr, "tandem-top: %s: %s\n", recording->options->record,
			strerror(-error));
		status = TOP_EXIT_FAILED;
		goto close_trace;
	}
	top_ledger_init(&recording->ledger);
	top_gpus_update(&recording->gpus, &recording->ledger);
	recording->start_ns = recording->gpus_ns = tandem_clock_ns();
	recording->status = start_command(recording);
	if (!recording->status)
		run(recording);
	finish(recording);
	if (recording->launches[0])
		unlink(recording->launches);
	top_gpus_finish(&recording->gpus);
	top_ledger_finish(&recording->ledger);
	status = recording->status;
close_trace:
	top_tracefs_close(&recording->trace);
	return status;
}

int top_record(const struct top_options *options)
{
	struct recording *recording = calloc(1, sizeof(*recording));
	int status;

	if (!recording)
		return TOP_EXIT_FAILED;
	recording->options = options;
	status = record(recording);
	free(recording);
	return status;
}
