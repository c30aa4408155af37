// SPDX-License-Identifier: MIT
#include "child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/signals.h"

/* ---- descriptors ---- */

static void close_end(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

int tandem_child_move_up(int descriptor)
{
	int moved, error;

	if (descriptor > STDERR_FILENO)
		return descriptor;
	moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	error = errno;
	close(descriptor);
	errno = error;
	return moved;
}

static int add_stream(struct tandem_child *child, bool to_child,
		      struct tandem_child_stream **stream, int *descriptor)
{
	struct tandem_child_stream *added = &child->streams[child->stream_count];
	int ends[2], error = 0;

	if (child->stream_count == TANDEM_CHILD_STREAMS)
		return -ENOSPC;
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	for (int i = 0; i < 2; i++) {
		ends[i] = tandem_child_move_up(ends[i]);
		if (ends[i] < 0)
			error = -errno;
	}
	*added = (struct tandem_child_stream){ .parent = ends[to_child], .child = ends[!to_child] };
	child->stream_count++;
	if (!error && fcntl(added->parent, F_SETFL, O_NONBLOCK))
		error = -errno;
	if (descriptor)
		*descriptor = added->child;
	*stream = added;
	return error;
}

/* A file in memory with @bytes, or -errno. */
static int make_file(const void *bytes, size_t length)
{
	int file = memfd_create("tandem", MFD_CLOEXEC), error;

	if (file >= 0)
		file = tandem_child_move_up(file);
	if (file < 0)
		return -errno;
	error = tandem_write_all(file, bytes, length);
	if (error)
		close(file);
	return error ? error : file;
}

/* Whether the process may write a file of so many bytes. */
static bool may_have_file(size_t length)
{
	struct rlimit limit;

	return !getrlimit(RLIMIT_FSIZE, &limit) && length <= limit.rlim_cur;
}

static int feed_by_pipe(struct tandem_child *child, const void *bytes, size_t length,
			int *descriptor)
{
	struct tandem_child_stream *stream;
	int error = add_stream(child, true, &stream, descriptor);

	if (error)
		return error;
	stream->bytes = bytes;
	stream->length = length;
	return 0;
}

/* Of a pipe, processes that the application forks meanwhile hold the end open. */
int tandem_child_feed(struct tandem_child *child, const void *bytes, size_t length, int *descriptor)
{
	int file;

	if (!may_have_file(length))
		return feed_by_pipe(child, bytes, length, descriptor);
	if (child->stream_count == TANDEM_CHILD_STREAMS)
		return -ENOSPC;
	file = make_file(bytes, length);
	if (file < 0)
		return file;
	lseek(file, 0, SEEK_SET);
	child->streams[child->stream_count++] =
		(struct tandem_child_stream){ .parent = -1, .child = file };
	if (descriptor)
		*descriptor = file;
	return 0;
}

int tandem_child_feed_later(struct tandem_child *child)
{
	struct tandem_child_stream *stream;
	int error = add_stream(child, true, &stream, NULL);

	if (!error)
		stream->is_awaited = true;
	return error;
}

void tandem_child_say(struct tandem_child *child, const void *bytes, size_t length)
{
	child->streams[STDIN_FILENO].bytes = bytes;
	child->streams[STDIN_FILENO].length = length;
	child->streams[STDIN_FILENO].is_awaited = false;
}

int tandem_child_collect(struct tandem_child *child, struct tandem_text *text, int *descriptor)
{
	struct tandem_child_stream *stream;
	int error = add_stream(child, false, &stream, descriptor);

	if (error)
		return error;
	stream->text = text;
	return 0;
}

int tandem_child_give(struct tandem_child *child, int descriptor)
{
	struct tandem_child_stream *added = &child->streams[child->stream_count];
	int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (copy < 0)
		return -errno;
	*added = (struct tandem_child_stream){ .parent = -1, .child = copy };
	child->stream_count++;
	return 0;
}

int tandem_child_share(struct tandem_child *child, const void *bytes, size_t length,
		       int *descriptor)
{
	int *more = realloc(child->files, (child->file_count + 1) * sizeof(*more)), file;

	if (!more)
		return -ENOMEM;
	child->files = more;
	file = make_file(bytes, length);
	if (file < 0)
		return file;
	more[child->file_count++] = file;
	*descriptor = file;
	return 0;
}

/* ---- start ---- */

/* What the child is to know: where the libraries are of a program that is not installed. */
static int make_environment(char **environment)
{
	const char *libraries = secure_getenv("LD_LIBRARY_PATH");
	struct tandem_text text = { 0 };

	environment[0] = (char *)"LC_ALL=C";
	environment[1] = (char *)"PATH=/usr/bin:/bin";
	environment[2] = NULL;
	environment[3] = NULL;
	if (!libraries)
		return 0;
	tandem_text_print(&text, "LD_LIBRARY_PATH=%s", libraries);
	environment[2] = text.bytes;
	return text.failed ? -ENOMEM : 0;
}

static int add_descriptors(const struct tandem_child *child, posix_spawn_file_actions_t *actions)
{
	int error = 0;

	for (unsigned int i = 0; i < child->stream_count && !error; i++) {
		int end = child->streams[i].child;

		error = posix_spawn_file_actions_adddup2(actions, end,
							 i <= STDERR_FILENO ? (int)i : end);
	}
	for (unsigned int i = 0; i < child->file_count && !error; i++)
		error = posix_spawn_file_actions_adddup2(actions, child->files[i], child->files[i]);
	if (!error && child->alone)
		error = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
	return error;
}

static int spawn(const struct tandem_child *child, char *const *arguments, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, usual;
	char *environment[4];
	int error = make_environment(environment);

	if (error)
		return error;
	/* Neither the caller's blocked signals nor what it does about these. */
	posix_spawnattr_init(&attributes);
	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGCHLD);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &usual);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&actions);
	error = add_descriptors(child, &actions);
	if (!error)
		error = posix_spawn(pid, arguments[0], &actions, &attributes, arguments,
				    environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	free(environment[2]);
	return -error;
}

/* ---- exchange ---- */

/* Writes a part of what is left; the end closes the stream, as does a child that reads no more. */
static void feed(struct tandem_child_stream *stream)
{
	ssize_t written = tandem_write_quietly(stream->parent, stream->bytes, stream->length);

	if (written > 0) {
		stream->bytes += written;
		stream->length -= (size_t)written;
	} else if (written != -EAGAIN) {
		stream->length = 0;
	}
	if (!stream->length)
		close_end(&stream->parent);
}

static int collect(struct tandem_child_stream *stream, uint64_t most_bytes)
{
	char *room = tandem_text_reserve(stream->text, 65536);
	ssize_t got;

	if (!room)
		return -ENOMEM;
	got = read(stream->parent, room, 65536);
	if (got > 0) {
		stream->text->length += (size_t)got;
		stream->text->bytes[stream->text->length] = 0;
		if (most_bytes && stream->text->length > most_bytes)
			return -EFBIG;
	} else if (!got || (errno != EAGAIN && errno != EINTR)) {
		close_end(&stream->parent);
	}
	return 0;
}

/* How long to wait until @end_ns; -1 for as long as it takes. */
static int time_left_ms(uint64_t end_ns)
{
	uint64_t now = tandem_clock_ns();

	if (end_ns == UINT64_MAX)
		return -1;
	return now >= end_ns ? 0 : (int)((end_ns - now) / 1000000) + 1;
}

static int serve(struct tandem_child *child, const struct pollfd *polls)
{
	int error = 0;

	for (unsigned int i = 0; i < child->stream_count && !error; i++) {
		if (!polls[i].revents)
			continue;
		if (child->streams[i].text)
			error = collect(&child->streams[i], child->most_output_bytes);
		else
			feed(&child->streams[i]);
	}
	return error;
}

/* Takes what the child has written before it ended. */
static int collect_rest(struct tandem_child *child)
{
	int error = 0;

	for (unsigned int i = 0; i < child->stream_count; i++) {
		struct tandem_child_stream *stream = &child->streams[i];
		size_t before = SIZE_MAX;

		while (!error && stream->text && stream->parent >= 0 &&
		       stream->text->length != before) {
			before = stream->text->length;
			error = collect(stream, child->most_output_bytes);
		}
	}
	return error;
}

/*
 * Exchanges data with the child until it has closed what it writes to, or @ended, where it
 * is not -1, can be read: processes that the application has forked meanwhile may hold the
 * other ends open for long.
 */
static int converse(struct tandem_child *child, int ended, uint64_t end_ns)
{
	for (;;) {
		struct pollfd polls[TANDEM_CHILD_STREAMS + 1];
		bool writes = false;
		int ready, error;

		for (unsigned int i = 0; i < child->stream_count; i++) {
			const struct tandem_child_stream *stream = &child->streams[i];

			polls[i] = (struct pollfd){ stream->parent, stream->text ? POLLIN : POLLOUT,
						    0 };
			writes |= stream->text && stream->parent >= 0;
		}
		if (!writes)
			return 0;
		polls[child->stream_count] = (struct pollfd){ ended, POLLIN, 0 };
		ready = poll(polls, child->stream_count + 1, time_left_ms(end_ns));
		if (!ready)
			return -ETIME;
		if (ready < 0 && errno != EINTR)
			return -errno;
		error = ready > 0 ? serve(child, polls) : 0;
		if (error)
			return error;
		if (ready > 0 && polls[child->stream_count].revents)
			return collect_rest(child);
	}
}

/* Closes what is the child's; what is left open, it still has to hear or to say. */
static void hand_over(struct tandem_child *child)
{
	for (unsigned int i = 0; i < child->stream_count; i++) {
		close_end(&child->streams[i].child);
		if (!child->streams[i].text && !child->streams[i].length &&
		    !child->streams[i].is_awaited)
			close_end(&child->streams[i].parent);
	}
}

/* What the child still has to say or to hear goes nowhere: it ends. */
static void hang_up(struct tandem_child *child)
{
	for (unsigned int i = 0; i < child->stream_count; i++)
		close_end(&child->streams[i].parent);
}

int tandem_child_exchange(struct tandem_child *child, int ended)
{
	int error;

	hand_over(child);
	error = converse(child, ended, UINT64_MAX);
	hang_up(child);
	return error;
}

/* ---- end ---- */

/* Not by the process's number, which may be another's once the application has taken the status. */
static int wait_for(const struct tandem_child *child, siginfo_t *status)
{
	int result;

	do
		result = child->pidfd >= 0 ? waitid(P_PIDFD, (id_t)child->pidfd, status, WEXITED) :
					     waitid(P_PID, (id_t)child->pid, status, WEXITED);
	while (result && errno == EINTR);
	return result ? -errno : 0;
}

static int end(struct tandem_child *child, const char *name, struct tandem_text *log)
{
	siginfo_t status = { 0 };
	int error = wait_for(child, &status);

	close_end(&child->pidfd);
	child->pid = 0;
	if (error)
		return error == -ECHILD ? 0 : error;
	if (status.si_code == CLD_EXITED)
		return status.si_status ? -ENOEXEC : 0;
	tandem_text_print(log, "error: %s was ended by signal %d\n", name, status.si_status);
	return -ENOEXEC;
}

static void stop(const struct tandem_child *child)
{
	siginfo_t status;

	if (child->pidfd >= 0)
		syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, 0);
	else if (!waitid(P_PID, (id_t)child->pid, &status, WEXITED | WNOHANG | WNOWAIT))
		kill(child->pid, SIGKILL);
}

/* It has only begun: what it takes until then is little. Sanitizers take terabytes at once. */
static void limit(const struct tandem_child *child)
{
	const struct rlimit none = { 0, 0 };

	if (!child->most_memory_bytes)
		return;
	prlimit(child->pid, RLIMIT_CORE, &none, NULL);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	const struct rlimit memory = { child->most_memory_bytes, child->most_memory_bytes };

	prlimit(child->pid, RLIMIT_AS, &memory, NULL);
#endif
}

int tandem_child_start(struct tandem_child *child, char *const *arguments, struct tandem_text *log)
{
	int error = spawn(child, arguments, &child->pid);

	if (error) {
		tandem_text_print(log, "error: %s cannot be started: %s\n", arguments[0],
				  strerror(-error));
		child->pid = 0;
		return error;
	}
	limit(child);
	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	hand_over(child);
	return 0;
}

int tandem_child_end(struct tandem_child *child, const char *name, int limit_ms,
		     struct tandem_text *log)
{
	uint64_t end_ns = limit_ms < 0 ? UINT64_MAX :
					 tandem_clock_ns() + (uint64_t)limit_ms * 1000000;
	int error, ended;

	if (!child->pid)
		return -ESRCH;
	error = converse(child, child->pidfd, end_ns);
	hang_up(child);
	if (error)
		stop(child);
	ended = end(child, name, log);
	return error ? error : ended;
}

int tandem_child_run(struct tandem_child *child, char *const *arguments, int limit_ms,
		     struct tandem_text *log)
{
	int error = tandem_child_start(child, arguments, log);

	return error ? error : tandem_child_end(child, arguments[0], limit_ms, log);
}

void tandem_child_finish(struct tandem_child *child)
{
	struct tandem_text unheard = { 0 };

	if (child->pid) {
		stop(child);
		end(child, "", &unheard);
		tandem_text_finish(&unheard);
	}
	for (unsigned int i = 0; i < child->stream_count; i++) {
		close_end(&child->streams[i].parent);
		close_end(&child->streams[i].child);
	}
	for (unsigned int i = 0; i < child->file_count; i++)
		close(child->files[i]);
	free(child->files);
	*child = (struct tandem_child){ 0 };
}
