// SPDX-License-Identifier: MIT
/*
 * Runs cases in child processes.
 *
 * Overview
 *	Each child leads a process group. It tells its verdict in memory it shares with
 *	the parent, and its output goes to a file without a name. The parent sleeps
 *	until a child ends or a bound is reached: first SIGTERM, on which the child
 *	tells its device code to stop, and STOP_GRACE_NS later SIGKILL. Processes
 *	that a child leaves behind in its group are killed, and fail the case.
 *
 *	Each of several jobs has a stretch of the cases, and half of another's when it is
 *	through. Cases side by side often build the same program: one after the other, they
 *	find it in the implementation's cache, if it has one.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define STOP_GRACE_NS 1000000000ull
#define MAX_JOBS      64

struct job {
	pid_t pid; /* 0: the place is free */
	int ended_fd;
	int output_fd;
	unsigned int next, end; /* what is left of its stretch: case and device in one number */
	unsigned int device, test;
	uint64_t began_ns, deadline_ns;
	bool timed_out;
	struct svm_result *result;
};

struct runner {
	struct svm_report *report;
	struct job jobs[MAX_JOBS];
	unsigned int done, failed, total;
};

static uint64_t seed_of(uint64_t seed, const char *name)
{
	/* FNV-1a */
	uint64_t hash = 0xcbf29ce484222325u ^ seed;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
	return hash;
}

/* ---- the child ---- */

_Noreturn static void run_child(const struct svm_report *report, const struct job *job)
{
	const struct svm_case *test = report->cases.cases[job->test];
	struct svm_run run = { .test = test,
			       .seed = report->options->seed,
			       .seconds = report->options->seconds,
			       .sample = report->options->sample };
	struct svm_device_list devices = { .count = 0 };
	bool uses_device = !(test->needs & SVM_NO_DEVICE);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(job->output_fd, STDOUT_FILENO);
	dup2(job->output_fd, STDERR_FILENO);
	svm_child_begin(job->result, report->options->timeout_s);
	run.random.state = seed_of(run.seed, test->name);
	if (uses_device) {
		svm_step("looking for the device");
		svm_list_devices(&devices);
		for (unsigned int i = 0; i < devices.count; i++) {
			if (devices.devices[i].index == report->devices.devices[job->device].index)
				run.device = devices.devices[i];
		}
		svm_expect(run.device.handle, "the device is no longer there");
		svm_session_open(&run);
	}
	test->run(&run);
	if (uses_device)
		svm_session_close(&run);
	job->result->status = SVM_STATUS_PASS;
	/* With all that a driver does when its process ends: that must go well too. */
	exit(0);
}

static void start(struct runner *runner, struct job *job, unsigned int device, unsigned int test)
{
	struct svm_report *report = runner->report;

	job->test = test;
	job->device = device;
	job->result = &report->results[device * report->cases.count + test];
	job->result->runs++;
	job->timed_out = false;
	job->output_fd = memfd_create("svm-case-output", MFD_CLOEXEC);
	job->began_ns = svm_now_ns();
	job->deadline_ns = job->began_ns + report->options->timeout_s * 1000000000ull +
			   report->options->seconds * 1000000000ull;
	svm_terminal_running(report->cases.cases[job->test]->name, runner->done, runner->failed);
	fflush(NULL);
	job->pid = fork();
	if (!job->pid)
		run_child(report, job);
	if (job->pid < 0 || job->output_fd < 0) {
		perror("a case's process could not be started");
		exit(SVM_EXIT_FAILED);
	}
	/* In both processes: whoever comes first. */
	setpgid(job->pid, job->pid);
	job->ended_fd = (int)syscall(SYS_pidfd_open, job->pid, 0);
	if (job->ended_fd < 0) {
		perror("pidfd_open");
		exit(SVM_EXIT_FAILED);
	}
}

/* ---- the verdict ---- */

__attribute__((format(printf, 2, 3))) static void fail(struct svm_result *result,
						       const char *format, ...)
{
	char where[256] = "";
	va_list arguments;
	int length;

	result->status = SVM_STATUS_FAIL;
	va_start(arguments, format);
	length = vsnprintf(result->message, sizeof(result->message), format, arguments);
	va_end(arguments);
	if (result->step[0])
		snprintf(where, sizeof(where), "; last step: %s", result->step);
	if (length < (int)sizeof(result->message))
		snprintf(result->message + length, sizeof(result->message) - (size_t)length, "%s",
			 where);
}

static void read_output(struct job *job)
{
	off_t bytes = lseek(job->output_fd, 0, SEEK_END);
	off_t room = (off_t)sizeof(job->result->output) - 1;
	off_t from = bytes > room ? bytes - room : 0;
	ssize_t got = pread(job->output_fd, job->result->output, (size_t)room, from);

	job->result->output[got > 0 ? got : 0] = 0;
	close(job->output_fd);
}

/* Whether the case left processes behind; they are killed. */
static bool left_processes(pid_t group)
{
	if (kill(-group, 0))
		return false;
	kill(-group, SIGKILL);
	return true;
}

static void judge(struct job *job, int status, bool left, unsigned int timeout_s)
{
	struct svm_result *result = job->result;

	if (job->timed_out)
		fail(result, "hang: no end after %u s", timeout_s);
	else if (WIFSIGNALED(status))
		fail(result, "crash: %s%s", strsignal(WTERMSIG(status)),
		     result->status == SVM_STATUS_PASS ? " after the case had passed" : "");
	else if (result->status == SVM_STATUS_NONE)
		fail(result, "the process ended by itself, exit status %d", WEXITSTATUS(status));
	else if (result->status == SVM_STATUS_PASS && WEXITSTATUS(status))
		fail(result, "exit status %d after the case had passed", WEXITSTATUS(status));
	else if (left)
		fail(result, "leak: processes were left behind");
}

static void finish(struct runner *runner, struct job *job)
{
	const struct svm_options *options = runner->report->options;
	int status = 0;
	bool left;

	waitpid(job->pid, &status, 0);
	left = left_processes(job->pid);
	read_output(job);
	close(job->ended_fd);
	job->result->elapsed_ns = svm_now_ns() - job->began_ns;
	judge(job, status, left, options->timeout_s + options->seconds);
	job->pid = 0;
	runner->done++;
	runner->failed += job->result->status == SVM_STATUS_FAIL;
	svm_terminal_result(runner->report, job->device, job->test);
}

/* ---- waiting ---- */

static void stop(struct job *job, uint64_t now_ns)
{
	if (!job->timed_out) {
		job->timed_out = true;
		job->deadline_ns = now_ns + STOP_GRACE_NS;
		kill(job->pid, SIGTERM);
		return;
	}
	kill(-job->pid, SIGKILL);
	kill(job->pid, SIGKILL);
	job->deadline_ns = UINT64_MAX;
}

/* Sleeps until a child ends or is late. */
static void wait_for_children(struct runner *runner)
{
	struct pollfd fds[MAX_JOBS];
	struct job *jobs[MAX_JOBS];
	uint64_t now_ns = svm_now_ns(), next_ns = now_ns + 1000000000u;
	nfds_t count = 0;

	for (unsigned int i = 0; i < runner->report->options->jobs; i++) {
		struct job *job = &runner->jobs[i];

		if (!job->pid)
			continue;
		jobs[count] = job;
		fds[count++] = (struct pollfd){ .fd = job->ended_fd, .events = POLLIN };
		if (job->deadline_ns < next_ns)
			next_ns = job->deadline_ns;
	}
	if (poll(fds, count, next_ns > now_ns ? (int)((next_ns - now_ns) / 1000000) + 1 : 0) < 0)
		return;
	now_ns = svm_now_ns();
	for (nfds_t i = 0; i < count; i++) {
		if (fds[i].revents)
			finish(runner, jobs[i]);
		else if (now_ns >= jobs[i]->deadline_ns)
			stop(jobs[i], now_ns);
	}
}

/* ---- which case is next ---- */

static void share_out(struct runner *runner, unsigned int jobs)
{
	for (unsigned int i = 0; i < jobs; i++) {
		runner->jobs[i].next = (unsigned int)((uint64_t)runner->total * i / jobs);
		runner->jobs[i].end = (unsigned int)((uint64_t)runner->total * (i + 1) / jobs);
	}
}

/* Gives a job that is through its stretch the second half of the longest that is left. */
static void take_half(struct runner *runner, unsigned int jobs, struct job *job)
{
	struct job *longest = job;

	for (unsigned int i = 0; i < jobs; i++) {
		if (runner->jobs[i].end - runner->jobs[i].next > longest->end - longest->next)
			longest = &runner->jobs[i];
	}
	job->end = longest->end;
	longest->end -= (longest->end - longest->next + 1) / 2;
	job->next = longest->end;
}

static void start_next(struct runner *runner, unsigned int jobs, struct job *job)
{
	unsigned int cases = runner->report->cases.count;

	if (job->next == job->end)
		take_half(runner, jobs, job);
	if (job->next == job->end)
		return;
	job->next++;
	start(runner, job, (job->next - 1) / cases, (job->next - 1) % cases);
}

void svm_run_all(struct svm_report *report)
{
	unsigned int jobs = report->options->jobs;
	struct runner runner = { .report = report };
	uint64_t began_ns = svm_now_ns();
	size_t bytes;

	runner.total = report->cases.count * report->devices.count;
	bytes = runner.total * sizeof(*report->results) + 1;
	report->results =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report->results == MAP_FAILED) {
		perror("no memory for the results");
		exit(SVM_EXIT_FAILED);
	}
	svm_terminal_begin(runner.total);
	share_out(&runner, jobs);
	while (runner.done < runner.total) {
		for (unsigned int i = 0; i < jobs; i++) {
			if (!runner.jobs[i].pid)
				start_next(&runner, jobs, &runner.jobs[i]);
		}
		wait_for_children(&runner);
	}
	report->elapsed_ns = svm_now_ns() - began_ns;
}

void svm_run_again(struct svm_report *report, unsigned int device, unsigned int test)
{
	struct svm_result *result = &report->results[device * report->cases.count + test];
	const struct svm_result before = *result;
	struct runner runner = { .report = report, .total = 1 };
	uint64_t began_ns = svm_now_ns();

	*result = (struct svm_result){ .runs = before.runs, .first_status = before.status };
	if (before.runs > 1)
		result->first_status = before.first_status;
	memcpy(result->first_message, before.runs > 1 ? before.first_message : before.message,
	       sizeof(result->first_message));
	start(&runner, &runner.jobs[0], device, test);
	while (runner.done < runner.total)
		wait_for_children(&runner);
	report->elapsed_ns += svm_now_ns() - began_ns;
}
