// SPDX-License-Identifier: MIT
/*
 * Child processes that run this same program and talk in lines over a socket.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The number of the socket in the child. */
#define PROCESS_CHILD_FD 3

struct process {
	pid_t pid; /* 0: not running */
	int fd;
	char received[1024];
	size_t received_bytes;
};

/*
 * Starts this program anew. What it prints on standard output goes to standard error.
 * @arguments: argv, ended by NULL.
 * @settings: NAME=VALUE strings that replace or add to the environment, ended by NULL.
 * Returns 0 or -errno.
 */
int process_start(struct process *process, const char *const *arguments,
		  const char *const *settings);

/* In the child: end with the parent, and keep the socket to oneself. */
void process_child_init(void);

/* Sends text and a newline to @fd. Returns 0 or -errno. */
int process_send(int fd, const char *text);

/*
 * Receives a line, without its newline. Returns 0, -ETIMEDOUT, -EPIPE where the child has
 * closed its end, -EINTR where a signal came, -EMSGSIZE for a line that does not fit.
 */
int process_receive(struct process *process, uint64_t timeout_ns, char *line, size_t line_bytes);

/*
 * Closes the socket, on which the child ends, waits for it and kills it where it does not
 * end soon or @at_once is set. Returns its status as waitpid() does.
 */
int process_end(struct process *process, bool at_once);
