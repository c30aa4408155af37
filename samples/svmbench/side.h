// SPDX-License-Identifier: MIT
/*
 * One implementation that is measured: the worker process that calls it, and what came
 * of each benchmark there.
 */
#pragma once

#include "bench.h"
#include "process.h"

struct outcome {
	enum bench_status status;
	char reason[256]; /* where status is not BENCH_OK */
	double *figures; /* one for each round that was done */
	double *by_hand; /* how long hand-vectorised C took, as a part of that; 0: there is none */
	unsigned int figure_count;
};

struct side_options {
	const char *wanted_device; /* or NULL */
	unsigned int rounds;
	unsigned int measure_ms; /* how long a benchmark shall run in a round */
	unsigned int timeout_s; /* for one answer of the worker */
};

struct side {
	const struct side_options *options;
	const char *vendor_file; /* for OCL_ICD_VENDORS, or NULL to leave that alone */
	char scratch_dir[256];
	struct process worker;
	char device[256], platform[256], driver[256], scope[64];
	struct outcome *outcomes; /* by position of the benchmark, see bench_at() */
};

/*
 * Prepares a side and starts its worker, which tells the device.
 * @scratch_dir: an existing directory for this side alone.
 * Returns SAMPLE_OK, SAMPLE_UNSUPPORTED where there is no device, or SAMPLE_FAILED, with
 * the reason on stderr.
 */
int side_init(struct side *side, const struct side_options *options, const char *vendor_file,
	      const char *scratch_dir);

/*
 * Runs a benchmark for one round and stores the figure. Does nothing where it was skipped
 * or has failed before. A worker that crashes or does not answer is a failure of this
 * benchmark, and is replaced.
 * Returns false where a signal came: the caller shall end.
 */
bool side_run(struct side *side, size_t position);

void side_finish(struct side *side);
