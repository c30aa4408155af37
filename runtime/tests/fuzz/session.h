// SPDX-License-Identifier: MIT
/* A session: many batches, some at a time, and what came of them. */
#ifndef TANDEM_TESTS_FUZZ_SESSION_H
#define TANDEM_TESTS_FUZZ_SESSION_H

#include "run.h"

struct settings {
	uint64_t first, count, classes;
	int jobs;
	int per_batch;
	int reduce; /* failures to reduce at most */
	int tries; /* for each of them */
	int seconds; /* for a program by itself */
	enum plant plant;
	const char *keep; /* folder for sources of failures, or NULL */
};

struct failure {
	uint64_t seed;
	struct report report;
};

struct session {
	const struct settings *settings;
	uint64_t counts[OUTCOME_COUNT];
	struct failure *failures;
	size_t failure_count, failure_room;
};

/* Runs all programs; 0 or a negative errno. */
int session_run(struct session *session);

/* Whether a failure of the program is one like @like. */
bool reduce_fails_alike(struct program *program, const struct settings *settings,
			const struct report *like, struct report *seen);
/* Makes a program smaller that fails as @like says. */
void reduce_program(struct program *program, const struct settings *settings,
		    const struct report *like);

#endif
