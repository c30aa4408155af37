// SPDX-License-Identifier: MIT
/*
 * A trace in Chrome's JSON format, an array of events, which Perfetto opens.
 *
 * Events are written as they come, and need no order. Should the end of the file be missing,
 * as the program was killed, the format still allows it.
 *
 * Processes and threads have the numbers that the kernel gives them. A context of a GPU is
 * a process of its own, with a number that no process has.
 */
#ifndef TANDEM_TOP_PERFETTO_H
#define TANDEM_TOP_PERFETTO_H

#include <stdio.h>

#include "ledger.h"

/* A thread whose name was written. */
struct top_named {
	int pid, tid;
};

struct top_perfetto {
	FILE *file;
	int error; /* the first one of writing, a negative errno */
	bool any; /* event was written */
	struct top_pages pages; /* those that are held, with the time */
	size_t page_tracks;
	struct top_named *named; /* sorted; tid 0 is the process */
	size_t named_count, named_room;
	uint64_t last_ns;
	uint64_t faults, grants, revocations; /* written */
};

/* Creates the file. 0 or a negative errno. */
int top_perfetto_open(struct top_perfetto *perfetto, const char *path);

/* Writes what an event of the context shows. @event may be of any kind. */
void top_perfetto_event(struct top_perfetto *perfetto, const struct top_context *context,
			const struct top_event *event);

/* Lets the file have all that was written so far. */
void top_perfetto_flush(struct top_perfetto *perfetto);

/* Events are missing from here on. */
void top_perfetto_lost(struct top_perfetto *perfetto, uint64_t ns, uint64_t events);

/* Names a process or, with a @tid that is not 0, a thread; once is enough, and more does no harm. */
void top_perfetto_name(struct top_perfetto *perfetto, int pid, int tid, const char *name);

/* A track of a process for launches on a device: what to give as @tid for its slices. */
int top_perfetto_lane(struct top_perfetto *perfetto, int pid, unsigned int lane,
		      const char *device);

/* Something that lasted. @unfinished: and did not end in the recording. */
void top_perfetto_slice(struct top_perfetto *perfetto, int pid, int tid, const char *name,
			uint64_t begin_ns, uint64_t end_ns, bool unfinished);

/*
 * Ends what is under way at @end_ns, names the contexts of @ledger, and closes the file. 0,
 * or a negative errno where something could not be written.
 */
int top_perfetto_close(struct top_perfetto *perfetto, const struct top_ledger *ledger,
		       uint64_t end_ns);

#endif
