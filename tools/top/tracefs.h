// SPDX-License-Identifier: MIT
/*
 * A private instance of the kernel's tracing: its buffer and its settings are nobody
 * else's, and it is gone when this is closed.
 */
#ifndef TANDEM_TOP_TRACEFS_H
#define TANDEM_TOP_TRACEFS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "event.h"

#define TOP_LINES_BYTES 65536

struct top_tracefs {
	char instance[PATH_MAX]; /* empty while there is none */
	int pipe; /* the events, as text; for poll() */
	char lines[TOP_LINES_BYTES]; /* what was read and is not a whole line yet */
	size_t length;
	bool skips; /* up to the next newline: the line is too long */
};

typedef void (*top_event_taker)(void *context, const struct top_event *event);

/*
 * Begins to trace the events of exclusive ranges, by CLOCK_MONOTONIC.
 * @mount: where tracefs is, or NULL to look for it.
 * @buffer_kib: for each processor.
 * On errors, says on stderr what is missing and how to get it, and returns a negative
 * errno; nothing is left behind.
 */
int top_tracefs_open(struct top_tracefs *trace, const char *mount, unsigned int buffer_kib);

/*
 * Gives all events that are there to @taker, and does not wait for more; but ends after
 * @most bytes of text, lest events come faster than they are taken. Returns whether there
 * may be more, or a negative errno.
 */
int top_tracefs_read(struct top_tracefs *trace, size_t most, top_event_taker taker, void *context);

/* Ends tracing and removes the instance. May be called twice. */
void top_tracefs_close(struct top_tracefs *trace);

#endif
