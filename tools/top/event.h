// SPDX-License-Identifier: MIT
/*
 * A line of ftrace about an exclusive range, and what it says.
 *
 * Lines come from the kernel, but not all that is in them does: a thread's name is its
 * own choice. It has 16 columns of its own, and a newline in it breaks the line there.
 * So fields are found by their place, not by what they look like, and a line that is not
 * whole is none.
 */
#ifndef TANDEM_TOP_EVENT_H
#define TANDEM_TOP_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/drm/drm_exclusive.h"

#define TOP_PAGE_BYTES 4096
/* Of a thread's name, with the zero byte. */
#define TOP_NAME_BYTES 16

/* As enum drm_exclusive_cause; the last stands for those that a newer kernel may have. */
#define TOP_CAUSE_OTHER (DRM_EXCLUSIVE_CAUSE_PRESSURE + 1)
#define TOP_CAUSE_COUNT (TOP_CAUSE_OTHER + 1)

enum top_event_kind {
	TOP_EVENT_REGISTER,
	TOP_EVENT_UNREGISTER,
	TOP_EVENT_GRANT,
	TOP_EVENT_FAULT,
	TOP_EVENT_RETRY,
	TOP_EVENT_DEGRADE,
	TOP_EVENT_REVOKE,
	TOP_EVENT_LOST, /* events were dropped, as the buffer was full; has only a value */
};

struct top_event {
	enum top_event_kind kind;
	char thread[TOP_NAME_BYTES]; /* the name of the task that it happened in */
	int tid;
	int pid; /* of the task's process, 0 where the kernel does not know it */
	uint64_t ns; /* of the trace's clock, to a microsecond */
	uint64_t exclusive; /* which process on which GPU; names nothing else */
	uint64_t start, end; /* addresses; at least a byte */
	/* Pages granted or revoked; a fault's negative errno; tries; epochs; events lost. */
	int64_t value;
	unsigned int cause; /* of a revocation */
};

/* Reads @length bytes without a newline. False for a line that is none of these. */
bool top_event_parse(const char *line, size_t length, struct top_event *event);

/* What a cause is called in the trace; "other" for the last. */
const char *top_cause_name(unsigned int cause);

/* How many pages the event's addresses span. */
static inline uint64_t top_event_pages(const struct top_event *event)
{
	return (event->end - event->start + TOP_PAGE_BYTES - 1) / TOP_PAGE_BYTES;
}

#endif
