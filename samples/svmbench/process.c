// SPDX-License-Identifier: MIT
#include "process.h"

#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define END_GRACE_MS 10000

static bool same_name(const char *setting, const char *other)
{
	size_t length = strcspn(setting, "=");

	return !strncmp(setting, other, length) && other[length] == '=';
}

/* The environment with @settings in it; the caller frees the array, not the strings. */
static const char **make_environment(const char *const *settings)
{
	size_t own = 0, added = 0, used = 0, i, j;
	const char **environment;

	while (environ[own])
		own++;
	while (settings[added])
		added++;
	environment = calloc(own + added + 1, sizeof(*environment));
	if (!environment)
		return NULL;
	for (i = 0; i < own; i++) {
		for (j = 0; j < added && !same_name(settings[j], environ[i]); j++)
			;
		if (j == added)
			environment[used++] = environ[i];
	}
	for (j = 0; j < added; j++)
		environment[used++] = settings[j];
	return environment;
}

int process_start(struct process *process, const char *const *arguments,
		  const char *const *settings)
{
	posix_spawn_file_actions_t actions;
	const char **environment;
	int sockets[2], error;

	environment = make_environment(settings);
	if (!environment)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets)) {
		error = errno;
		goto free_environment;
	}
	error = posix_spawn_file_actions_init(&actions);
	if (error)
		goto close_sockets;
	error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, sockets[1], PROCESS_CHILD_FD);
	if (!error)
		error = posix_spawn(&process->pid, "/proc/self/exe", &actions, NULL,
				    (char *const *)arguments, (char *const *)environment);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		goto close_sockets;
	close(sockets[1]);
	free(environment);
	process->fd = sockets[0];
	process->received_bytes = 0;
	return 0;

close_sockets:
	close(sockets[0]);
	close(sockets[1]);
free_environment:
	free(environment);
	process->pid = 0;
	return -error;
}

void process_child_init(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fcntl(PROCESS_CHILD_FD, F_SETFD, FD_CLOEXEC);
}

int process_send(int fd, const char *text)
{
	char line[1024];
	size_t bytes, sent = 0;
	ssize_t count;

	bytes = (size_t)snprintf(line, sizeof(line), "%s\n", text);
	if (bytes >= sizeof(line))
		return -EMSGSIZE;
	while (sent < bytes) {
		count = send(fd, line + sent, bytes - sent, MSG_NOSIGNAL);
		if (count < 0 && errno != EINTR)
			return -errno;
		if (count > 0)
			sent += (size_t)count;
	}
	return 0;
}

/* Waits until there is something to read. Returns 0, -ETIMEDOUT or -EINTR. */
static int wait_readable(int fd, uint64_t deadline_ns)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	uint64_t now_ns = sample_now_ns();
	int ready;

	if (now_ns >= deadline_ns)
		return -ETIMEDOUT;
	ready = poll(&wait, 1, (int)((deadline_ns - now_ns) / 1000000 + 1));
	if (ready < 0)
		return -errno;
	return ready ? 0 : -ETIMEDOUT;
}

int process_receive(struct process *process, uint64_t timeout_ns, char *line, size_t line_bytes)
{
	uint64_t deadline_ns = sample_now_ns() + timeout_ns;
	size_t length;
	ssize_t count;
	char *end;
	int error;

	for (;;) {
		end = memchr(process->received, '\n', process->received_bytes);
		if (end)
			break;
		if (process->received_bytes == sizeof(process->received))
			return -EMSGSIZE;
		error = wait_readable(process->fd, deadline_ns);
		if (error)
			return error;
		count = recv(process->fd, process->received + process->received_bytes,
			     sizeof(process->received) - process->received_bytes, 0);
		if (count <= 0)
			return -EPIPE;
		process->received_bytes += (size_t)count;
	}
	length = (size_t)(end - process->received);
	if (length >= line_bytes)
		return -EMSGSIZE;
	memcpy(line, process->received, length);
	line[length] = '\0';
	process->received_bytes -= length + 1;
	memmove(process->received, end + 1, process->received_bytes);
	return 0;
}

int process_end(struct process *process, bool at_once)
{
	struct pollfd wait = { .events = POLLIN };
	int status = 0;

	close(process->fd);
	if (!at_once) {
		wait.fd = pidfd_open(process->pid, 0);
		if (wait.fd < 0 || poll(&wait, 1, END_GRACE_MS) != 1)
			at_once = true;
		if (wait.fd >= 0)
			close(wait.fd);
	}
	if (at_once)
		kill(process->pid, SIGKILL);
	while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
		;
	process->pid = 0;
	return status;
}
