// SPDX-License-Identifier: MIT
/*
 * What a benchmark is, for the files that define some and for those that run them.
 *
 * Overview
 *	The program that the user starts never calls OpenCL. It starts a worker for each
 *	implementation to be measured (side.h) and tells it which benchmark to run next.
 *	A worker (worker.c) sets a benchmark up when it is first asked for, finds out how
 *	many iterations fill the time to measure, and from then on runs that many each time
 *	it is asked. An implementation that crashes or hangs takes only a worker with it.
 *
 * A benchmark
 *	verifies what the device computed in every run; a wrong result is a failure and
 *	never a time. What it needs and the device lacks makes it skipped, with the reason.
 */
#pragma once

#include "common.h"

enum bench_status {
	BENCH_OK,
	BENCH_SKIPPED,
	BENCH_FAILED,
};

/* How elapsed time and work make the figure that is reported. */
enum bench_unit {
	BENCH_NS, /* elapsed time / work; less is better, as in the next two */
	BENCH_US,
	BENCH_MS,
	BENCH_GB_PER_S, /* work, in bytes / elapsed time; more is better, as in the next */
	BENCH_MILLION_PER_S,
	BENCH_TIMES, /* a ratio of times, elapsed time / work, in ns; more is better */
};

/* What a worker has at hand. */
struct bench_session {
	struct sample_session cl;
	const char *wanted_device; /* --device, or NULL */
	const char *scratch_dir; /* a directory that is emptied at the end */
	char reason[256]; /* why the last benchmark was skipped or failed */
};

struct bench_timing {
	uint64_t elapsed_ns;
	double work; /* what was done in that time: launches, elements, bytes */
	uint64_t by_hand_ns; /* for the same work by hand-vectorised C; 0: there is none */
};

struct bench {
	const char *name;
	const char *summary;
	enum bench_unit unit;
	unsigned int parameter; /* tells benchmarks that share functions from each other */
	const void *subject; /* what functions of several benchmarks are to measure, or NULL */
	uint64_t most_iterations; /* 1 for what is done once in each round; 0: any number */

	/* Makes the state that the other two get. Not timed. */
	enum bench_status (*setup)(struct bench_session *session, const struct bench *bench,
				   void **state);
	/* Does it @iterations times, verifies the result and reports the time. */
	enum bench_status (*run)(struct bench_session *session, const struct bench *bench,
				 void *state, uint64_t iterations, struct bench_timing *timing);
	/* Not called where setup() did not return BENCH_OK. */
	void (*teardown)(struct bench_session *session, void *state);
};

struct bench_group {
	const struct bench *benches;
	size_t count;
};

#define BENCH_GROUP(array)                                                      \
	{                                                                       \
		.benches = (array), .count = sizeof(array) / sizeof((array)[0]) \
	}

extern const struct bench_group bench_launch_group;
extern const struct bench_group bench_recorded_group;
extern const struct bench_group bench_build_group;
extern const struct bench_group bench_memory_group;
extern const struct bench_group bench_compute_group;
extern const struct bench_group bench_kernels_group;
extern const struct bench_group bench_atomics_group;
extern const struct bench_group bench_pingpong_group;
extern const struct bench_group bench_alloc_group;
extern const struct bench_group bench_selftest_group;

/*
 * The benchmark at a position in the list of all, or NULL behind the last. The
 * self-tests, which show that wrong, crashing and hanging benchmarks are reported as
 * such, stand at the end; bench_is_selftest() tells them apart.
 */
const struct bench *bench_at(size_t position);
size_t bench_count(void);
const struct bench *bench_by_name(const char *name);
bool bench_is_selftest(const struct bench *bench);

const char *bench_unit_name(enum bench_unit unit);
bool bench_unit_more_is_better(enum bench_unit unit);
double bench_figure(enum bench_unit unit, const struct bench_timing *timing);

/* --- for the benchmarks (session.c) --- */

/* Notes why, and returns BENCH_SKIPPED or BENCH_FAILED. */
enum bench_status bench_skip(struct bench_session *session, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
enum bench_status bench_fail(struct bench_session *session, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* BENCH_OK for CL_SUCCESS; else notes that @call failed and returns BENCH_FAILED. */
enum bench_status bench_cl(struct bench_session *session, cl_int error, const char *call);

/* Skips where the device lacks an SVM capability, or OpenCL C atomics if atomics are asked. */
enum bench_status bench_need_svm(struct bench_session *session, cl_device_svm_capabilities needed);

/* Builds device code and takes one kernel from it. */
enum bench_status bench_kernel(struct bench_session *session, const char *source,
			       size_t source_bytes, const char *name, cl_kernel *kernel);

/* Enqueues a one-dimensional range; local size 0 leaves it to the implementation. */
enum bench_status bench_enqueue(struct bench_session *session, cl_kernel kernel, size_t global,
				size_t local);
enum bench_status bench_finish(struct bench_session *session);

enum bench_status bench_arg(struct bench_session *session, cl_kernel kernel, cl_uint index,
			    size_t bytes, const void *value);
enum bench_status bench_arg_svm(struct bench_session *session, cl_kernel kernel, cl_uint index,
				const void *pointer);

/* Fine-grain SVM, with atomics if asked; the contents are undefined. */
enum bench_status bench_svm_alloc(struct bench_session *session, size_t bytes, bool atomics,
				  void **memory);
void bench_svm_free(struct bench_session *session, void *memory);

/* A cl_mem of @bytes, filled from @contents unless that is NULL. */
enum bench_status bench_buffer(struct bench_session *session, size_t bytes, const void *contents,
			       cl_mem *buffer);
enum bench_status bench_read(struct bench_session *session, cl_mem buffer, size_t bytes,
			     void *contents);

/* --- the hidden process that bench_build.c starts --- */

/*
 * Builds and runs @program_count different programs, with @unique in their source, and
 * sends a line with the nanoseconds of each, or the reason why not, to @fd.
 * Returns an exit status.
 */
int bench_build_child(const char *wanted_device, unsigned int program_count, const char *unique,
		      int fd);
