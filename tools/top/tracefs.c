// SPDX-License-Identifier: MIT
#include "tracefs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "processes.h"
#include "util/alloc.h"

#define INSTANCE_PREFIX "tandem-top-"

/* Settings that an instance takes over from the system's, where they change what lines look like. */
static const struct {
	const char *file, *value;
	bool needed;
} settings[] = {
	{ "tracing_on", "0", true },
	{ "trace_clock", "mono", true },
	{ "options/context-info", "1", false },
	{ "options/irq-info", "1", false },
	{ "options/record-tgid", "1", false },
	{ "options/raw", "0", false },
	{ "options/hex", "0", false },
	{ "options/bin", "0", false },
	{ "options/fields", "0", false },
	{ "options/verbose", "0", false },
	{ "options/latency-format", "0", false },
	{ "options/stacktrace", "0", false },
	{ "options/userstacktrace", "0", false },
	{ "options/overwrite", "1", false },
	/* Wakes who waits for the pipe when a quarter of the buffer is full. */
	{ "buffer_percent", "25", false },
};

/* 0, or a negative errno. @directory may end in "" for the file itself. */
static int write_file(const char *directory, const char *name, const char *value)
{
	char path[PATH_MAX + 64];
	int file, error = 0;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	if (write(file, value, strlen(value)) < 0)
		error = -errno;
	close(file);
	return error;
}

static bool find_mount(char *path, size_t bytes)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *entry;
	bool found = false;

	while (mounts && !found && (entry = getmntent(mounts))) {
		found = !strcmp(entry->mnt_type, "tracefs");
		if (found)
			snprintf(path, bytes, "%s", entry->mnt_dir);
	}
	if (mounts)
		endmntent(mounts);
	return found;
}

static int explain_denied(const char *path)
{
	fprintf(stderr,
		"tandem-top: %s: %s\n"
		"Tracing is for root: start tandem-top as root, or with sudo.\n",
		path, strerror(EACCES));
	return -EACCES;
}

/* Whether there is a tracefs with what is needed; if not, says why. */
static int check_mount(const char *mount)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/instances", mount);
	if (access(path, F_OK)) {
		if (errno == EACCES)
			return explain_denied(mount);
		fprintf(stderr, "tandem-top: %s is no tracefs: it has no folder 'instances'.\n",
			mount);
		return -ENOENT;
	}
	snprintf(path, sizeof(path), "%s/events/drm_exclusive", mount);
	if (!access(path, F_OK))
		return 0;
	if (errno == EACCES)
		return explain_denied(path);
	fprintf(stderr,
		"tandem-top: this kernel has no tracepoints of drm_exclusive (%s is not there).\n"
		"It needs a kernel with the patches of kmd-patches/, and its module drm_exclusive "
		"loaded.\n",
		path);
	return -ENOENT;
}

/* Instances of processes that were killed. One that is in use cannot be removed. */
static void remove_stale(const char *instances)
{
	DIR *directory = opendir(instances);
	const struct dirent *entry;
	char path[PATH_MAX + 512];

	while (directory && (entry = readdir(directory))) {
		char *end;
		long pid;

		if (strncmp(entry->d_name, INSTANCE_PREFIX, strlen(INSTANCE_PREFIX)) != 0)
			continue;
		pid = strtol(entry->d_name + strlen(INSTANCE_PREFIX), &end, 10);
		if (pid <= 0 || *end || !kill((pid_t)pid, 0) || errno != ESRCH)
			continue;
		snprintf(path, sizeof(path), "%s/%s", instances, entry->d_name);
		rmdir(path);
	}
	if (directory)
		closedir(directory);
}

static int apply_settings(const struct top_tracefs *trace, unsigned int buffer_kib)
{
	char number[16];
	int error;

	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(settings); i++) {
		error = write_file(trace->instance, settings[i].file, settings[i].value);
		if (!error || !settings[i].needed)
			continue;
		fprintf(stderr, "tandem-top: %s/%s cannot be set to %s: %s\n", trace->instance,
			settings[i].file, settings[i].value, strerror(-error));
		return error;
	}
	snprintf(number, sizeof(number), "%u", buffer_kib);
	/* Without the memory for that, with what there is: losses are counted. */
	write_file(trace->instance, "buffer_size_kb", number);
	return 0;
}

static int start(struct top_tracefs *trace)
{
	char path[PATH_MAX + 64];
	int error = 0;

	snprintf(path, sizeof(path), "%s/trace_pipe", trace->instance);
	trace->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (trace->pipe < 0) {
		error = -errno;
	} else {
		snprintf(path, sizeof(path), "%s/events/drm_exclusive/enable", trace->instance);
		error = write_file(trace->instance, "events/drm_exclusive/enable", "1");
	}
	if (!error) {
		snprintf(path, sizeof(path), "%s/tracing_on", trace->instance);
		error = write_file(trace->instance, "tracing_on", "1");
	}
	if (error)
		fprintf(stderr, "tandem-top: %s: %s\n", path, strerror(-error));
	return error;
}

int top_tracefs_open(struct top_tracefs *trace, const char *mount, unsigned int buffer_kib)
{
	char found[PATH_MAX];
	int error;

	trace->instance[0] = 0;
	trace->pipe = -1;
	trace->length = 0;
	trace->skips = false;
	if (!mount) {
		if (!find_mount(found, sizeof(found))) {
			fprintf(stderr, "tandem-top: no tracefs is mounted. As root:\n"
					"  mount -t tracefs trace /sys/kernel/tracing\n");
			return -ENOENT;
		}
		mount = found;
	}
	error = check_mount(mount);
	if (error)
		return error;
	snprintf(trace->instance, sizeof(trace->instance), "%.*s/instances", PATH_MAX - 64, mount);
	remove_stale(trace->instance);
	snprintf(trace->instance, sizeof(trace->instance), "%.*s/instances/" INSTANCE_PREFIX "%d",
		 PATH_MAX - 64, mount, (int)getpid());
	if (mkdir(trace->instance, 0750)) {
		error = -errno;
		if (error == -EACCES || error == -EPERM)
			explain_denied(trace->instance);
		else
			fprintf(stderr, "tandem-top: %s: %s\n", trace->instance, strerror(-error));
		trace->instance[0] = 0;
		return error;
	}
	error = apply_settings(trace, buffer_kib);
	if (!error)
		error = start(trace);
	if (error)
		top_tracefs_close(trace);
	return error;
}

static void take_line(const char *line, size_t length, top_event_taker taker, void *context)
{
	struct top_event event;

	if (!top_event_parse(line, length, &event))
		return;
	/* The kernel has a small memory for names. */
	if (!strcmp(event.thread, "<...>"))
		top_name_of(event.tid, event.thread);
	taker(context, &event);
}

static void take_lines(struct top_tracefs *trace, top_event_taker taker, void *context)
{
	char *line = trace->lines, *end = trace->lines + trace->length, *newline;

	while ((newline = memchr(line, '\n', (size_t)(end - line)))) {
		if (!trace->skips)
			take_line(line, (size_t)(newline - line), taker, context);
		trace->skips = false;
		line = newline + 1;
	}
	trace->length = (size_t)(end - line);
	memmove(trace->lines, line, trace->length);
	if (trace->length == sizeof(trace->lines)) {
		trace->length = 0;
		trace->skips = true;
	}
}

int top_tracefs_read(struct top_tracefs *trace, size_t most, top_event_taker taker, void *context)
{
	size_t taken = 0;

	while (taken < most) {
		ssize_t length = read(trace->pipe, trace->lines + trace->length,
				      sizeof(trace->lines) - trace->length);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (!length)
			return 0;
		trace->length += (size_t)length;
		taken += (size_t)length;
		take_lines(trace, taker, context);
	}
	return 1;
}

void top_tracefs_close(struct top_tracefs *trace)
{
	if (trace->pipe >= 0) {
		write_file(trace->instance, "tracing_on", "0");
		close(trace->pipe);
		trace->pipe = -1;
	}
	if (trace->instance[0] && rmdir(trace->instance))
		fprintf(stderr, "tandem-top: %s cannot be removed: %s\n", trace->instance,
			strerror(errno));
	trace->instance[0] = 0;
}
