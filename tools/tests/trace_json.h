// SPDX-License-Identifier: MIT
/*
 * A strict reader of JSON, for traces: an array of objects, each an event of Chrome's
 * format. It knows nothing of the program that writes them.
 */
#ifndef TANDEM_TOP_TESTS_TRACE_JSON_H
#define TANDEM_TOP_TESTS_TRACE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#define TRACE_TEXT_BYTES 128

struct trace_event {
	char ph; /* 0 where it was not there, and so below */
	long long pid, tid;
	double ts_us, dur_us; /* negative where they were not there */
	char name[TRACE_TEXT_BYTES]; /* the first bytes; escapes stay as they are */
	char cat[TRACE_TEXT_BYTES];
	char named[TRACE_TEXT_BYTES]; /* args.name */
	char cause[TRACE_TEXT_BYTES]; /* args.cause */
};

struct trace {
	struct trace_event *events;
	size_t count, room;
};

/* Returns false, and in *@where the offset, where @text is not JSON or no array of objects. */
bool trace_read(const char *text, size_t length, struct trace *trace, size_t *where);

/* The same of a file; says on stdout what is wrong. */
bool trace_read_file(const char *path, struct trace *trace);

void trace_finish(struct trace *trace);

#endif
