// SPDX-License-Identifier: MIT
/*
 * A program that is run as a process of its own, and talked to through pipes and files in
 * memory only: no file is left behind however the two processes end, and no limit on the size of
 * files, but for what is shared, or of command lines counts.
 *
 * The child has a minimal environment: what the caller's environment says is none of
 * its business, least of all in a program with raised privileges. Whether it succeeded
 * is for its output to say: the application may ignore SIGCHLD, or collect the status
 * of all its children.
 */
#ifndef TANDEM_COMPILER_CHILD_PROCESS_H
#define TANDEM_COMPILER_CHILD_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/text.h"

#define TANDEM_CHILD_STREAMS 8

struct tandem_child_stream {
	int parent, child; /* descriptors, -1 where closed */
	const char *bytes; /* what is left to write, or */
	size_t length;
	bool is_awaited; /* what to write is not known yet: it stays open until it is */
	struct tandem_text *text; /* where to add what is read */
};

/* All zero is a child without streams that has not been started. */
struct tandem_child {
	struct tandem_child_stream streams[TANDEM_CHILD_STREAMS]; /* first: standard ones */
	unsigned int stream_count;
	int *files; /* that the child gets under the same numbers */
	unsigned int file_count;
	uint64_t most_memory_bytes; /* of its address space, and no core file; 0 for no limits */
	uint64_t most_output_bytes; /* that are read of each stream; 0 for any number */
	bool alone; /* it gets no descriptors but the standard ones, of which there are all */
	pid_t pid; /* 0 where it has not been started, or has ended */
	int pidfd; /* of it; -1 where none was to be had */
};

/*
 * Adds what the child reads @bytes from, until their end: a file in memory or, where the process
 * may write none so large, a pipe. @bytes must outlive the run. The second adds a pipe whose
 * input is added to @text. The first three are the child's standard input, output and error
 * output; of others its descriptor goes to @descriptor. -errno.
 */
int tandem_child_feed(struct tandem_child *child, const void *bytes, size_t length,
		      int *descriptor);
int tandem_child_collect(struct tandem_child *child, struct tandem_text *text, int *descriptor);

/*
 * As tandem_child_feed for the standard input, of bytes that tandem_child_say() has, and that must
 * outlive the run. A pipe: the child must not read until its end, which may not come while
 * processes live that the application has forked since. -errno.
 */
int tandem_child_feed_later(struct tandem_child *child);
void tandem_child_say(struct tandem_child *child, const void *bytes, size_t length);

/* Hands over what @descriptor leads to as the next standard stream. -errno. */
int tandem_child_give(struct tandem_child *child, int descriptor);

/* Hands a file in memory over, which may be read from its start any number of times. -errno. */
int tandem_child_share(struct tandem_child *child, const void *bytes, size_t length,
		       int *descriptor);

/* Starts arguments[0]. 0 or, with a line in @log, -errno. */
int tandem_child_start(struct tandem_child *child, char *const *arguments, struct tandem_text *log);

/*
 * Exchanges what there is with a child that was started, whose name is @name, until it has ended
 * or, where @limit_ms is not negative, that time has passed: then it is killed. 0, also where its
 * status is not to be had; -ENOEXEC where it failed, with a line in @log where a signal ended it;
 * -ETIME; -EFBIG where it wrote more than it may; -ESRCH where it was not started; other -errno.
 */
int tandem_child_end(struct tandem_child *child, const char *name, int limit_ms,
		     struct tandem_text *log);

/* Both, with the same errors. */
int tandem_child_run(struct tandem_child *child, char *const *arguments, int limit_ms,
		     struct tandem_text *log);

/*
 * The part of a run that is in between, for a child that was started by other means and has
 * its descriptors: exchanges what there is, until the child has closed what it writes to,
 * or @ended can be read. 0, -ENOMEM or other -errno.
 */
int tandem_child_exchange(struct tandem_child *child, int ended);

/* Kills a child that was started and has not ended, and closes and frees all that is for it. */
void tandem_child_finish(struct tandem_child *child);

/*
 * The same file with a number behind the standard streams', which the application may have
 * closed; the old number is closed. -1 with errno.
 */
int tandem_child_move_up(int descriptor);

#endif
