// SPDX-License-Identifier: MIT
/*
 * Runs programs in a process of its own, so that a crash or a hang is that process's.
 *
 * The process compiles the reference, runs it, builds the OpenCL C with each choice of
 * options, runs that, and reports through a pipe: of each program when it begins and how
 * it ended. The one that started it never opens OpenCL, so that it may fork.
 */
#ifndef TANDEM_TESTS_FUZZ_RUN_H
#define TANDEM_TESTS_FUZZ_RUN_H

#include <sys/types.h>

#include "tree.h"

enum outcome {
	OUTCOME_NONE, /* has not been run to its end */
	OUTCOME_RUNS, /* reported before something that may crash */
	OUTCOME_RIGHT,
	OUTCOME_INVALID, /* by the reference: not a program that means something */
	OUTCOME_DIFFERS,
	OUTCOME_CRASHES,
	OUTCOME_HANGS,
	OUTCOME_NOT_BUILT,
	OUTCOME_SKIPPED, /* no device */
	OUTCOME_COUNT
};

/* Choices of build options; a mask of them says which to run. */
enum options { OPTIONS_DEFAULT, OPTIONS_DISABLE, OPTIONS_COUNT };

extern const char *const option_texts[OPTIONS_COUNT];

struct report {
	int program; /* of the batch, or -1: all of them */
	uint8_t outcome, options, launch, array;
	uint64_t element; /* the first one that differs */
	int signal; /* that ended the process, or its exit code, negated */
	char expected[40], seen[40];
	char refusal[64]; /* the build log's first error, without numbers: a smaller program's differ */
};

/*
 * What programs are made wrong on purpose: those with seeds that 5 divides. The refusal is another
 * one where a program has no loop.
 */
enum plant { PLANT_NONE, PLANT_DIFFERENCE, PLANT_CRASH, PLANT_HANG, PLANT_REFUSAL, PLANT_COUNT };

#define MOST_PROGRAMS 64

struct batch {
	int count;
	uint64_t seeds[MOST_PROGRAMS];
	uint64_t classes;
	struct program *program; /* in place of the seeds; count is 1 */
	unsigned int options; /* mask */
	enum plant plant;
	int seconds; /* it may take */
	/* while it runs */
	pid_t process;
	int pipe;
	int64_t deadline_ms;
	struct report reports[MOST_PROGRAMS]; /* the last of each program */
};

/* The folder for files of the batches, made by main. */
extern char run_folder[256];

/* Milliseconds of a clock that only goes on. */
int64_t run_clock_ms(void);

/* Starts a process for a batch; 0 or a negative errno. */
int run_start(struct batch *batch);
/* Takes what has been reported. Returns whether the process has closed its pipe. */
bool run_receive(struct batch *batch);
/*
 * Ends the process of a batch that is over, or has hung, and completes the reports: a
 * program that was running crashed or hung; those it kept from running have OUTCOME_NONE.
 */
void run_finish(struct batch *batch, bool hung);
/* All of these, for one batch. */
int run_wait(struct batch *batch);

/* In the process: does it all; does not return. */
_Noreturn void run_batch(struct batch *batch, int pipe);

#endif
