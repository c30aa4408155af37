// SPDX-License-Identifier: MIT
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "options.h"
#include "signals.h"

#define FORMAT_VERSION	  1
#define LINE_BYTES	  512
#define THREAD_NAME_BYTES 16

bool tandem_trace_on;
static int trace_file = -1;

/* Appends a line; a name in it that has a control character cannot break it. */
static void write_record(const char *kind, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void write_record(const char *kind, const char *format, ...)
{
	char line[LINE_BYTES];
	va_list arguments;
	int length, rest, error;

	length = snprintf(line, sizeof(line), "%s %" PRIu64 " %d %d ", kind, tandem_clock_ns(),
			  (int)getpid(), (int)gettid());
	va_start(arguments, format);
	rest = vsnprintf(line + length, sizeof(line) - (size_t)length, format, arguments);
	va_end(arguments);
	if (rest < 0)
		return;
	length += rest;
	if ((size_t)length > sizeof(line) - 1)
		length = sizeof(line) - 1;
	for (int i = 0; i < length; i++) {
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	}
	line[length++] = '\n';
	/* A line that is lost, on a full disk for example, is no reason to stop a launch. */
	error = (int)tandem_write_quietly(trace_file, line, (size_t)length);
	if (error < 0)
		tandem_log(TANDEM_LOG_SCHED, "TANDEM_TRACE: %s", strerror(-error));
}

/* Not through a link that somebody else has put there. */
static int open_file(const char *path)
{
	const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
	int file = open(path, flags | O_NOFOLLOW, 0666);
	struct stat link;

	if (file >= 0 || errno != ELOOP)
		return file;
	if (lstat(path, &link))
		return -1;
	if (link.st_uid && link.st_uid != geteuid()) {
		errno = EPERM;
		return -1;
	}
	return open(path, flags, 0666);
}

void tandem_trace_init(void)
{
	const char *path = tandem_option_value(TANDEM_OPTION_TRACE);

	if (!path || !*path)
		return;
	trace_file = open_file(path);
	if (trace_file < 0) {
		tandem_warn("TANDEM_TRACE=%s: %s", path, strerror(errno));
		return;
	}
	write_record("process", "%d %s", FORMAT_VERSION, program_invocation_short_name);
	tandem_trace_on = true;
}

void tandem_trace_begin(const void *launch, const char *kernel, const char *device)
{
	write_record("begin", "%" PRIxPTR " %s %s", (uintptr_t)launch, kernel, device);
}

void tandem_trace_join(const void *launch)
{
	char name[THREAD_NAME_BYTES] = "";

	prctl(PR_GET_NAME, name);
	write_record("join", "%" PRIxPTR " %.*s", (uintptr_t)launch, THREAD_NAME_BYTES, name);
}

void tandem_trace_leave(const void *launch)
{
	write_record("leave", "%" PRIxPTR, (uintptr_t)launch);
}

void tandem_trace_end(const void *launch)
{
	write_record("end", "%" PRIxPTR, (uintptr_t)launch);
}
