// SPDX-License-Identifier: MIT
#ifndef TANDEM_TOP_OPTIONS_H
#define TANDEM_TOP_OPTIONS_H

#include <stdbool.h>

/* Exit statuses; of a recorded command that has one of its own it is that. */
enum top_exit {
	TOP_EXIT_OK = 0,
	TOP_EXIT_FAILED = 1,
	TOP_EXIT_USAGE = 2,
	TOP_EXIT_CANNOT_TRACE = 77,
	TOP_EXIT_CANNOT_RUN = 126,
	TOP_EXIT_NO_COMMAND = 127,
	TOP_EXIT_SIGNAL = 128, /* and the number of the signal that ended the command */
};

enum top_sort {
	TOP_SORT_REVOCATIONS,
	TOP_SORT_GRANTS,
	TOP_SORT_HELD,
	TOP_SORT_PROCESS,
	TOP_SORT_ADDRESS,
	TOP_SORT_COUNT,
};

struct top_options {
	double delay_s;
	unsigned int rounds; /* 0: without end */
	bool batch;
	int pid; /* 0: all processes */
	enum top_sort sort;
	const char *record; /* the file, NULL for the live view */
	double seconds; /* of a recording, 0: without end */
	const char *tracefs; /* NULL: to be found */
	char **command; /* of a recording, ends with NULL; NULL where there is none */
};

/* The key that sorts in that way, and what is sorted by. */
char top_sort_key(enum top_sort sort);
const char *top_sort_name(enum top_sort sort);
/* False for a key that is none. */
bool top_sort_by_key(int key, enum top_sort *sort);

/* False where the program is to end at once with *status. */
bool top_parse_options(int argc, char **argv, struct top_options *options, int *status);

#endif
