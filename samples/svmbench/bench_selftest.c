// SPDX-License-Identifier: MIT
/*
 * Benchmarks that show how the program treats others that go wrong. They run with
 * --selftest only.
 */
#include "bench.h"

#include "kernels/kernels.h"

#include <stdlib.h>
#include <unistd.h>

static enum bench_status nothing_setup(struct bench_session *session, const struct bench *bench,
				       void **state)
{
	return BENCH_OK;
}

static void nothing_teardown(struct bench_session *session, void *state)
{
}

static enum bench_status good_run(struct bench_session *session, const struct bench *bench,
				  void *state, uint64_t iterations, struct bench_timing *timing)
{
	timing->elapsed_ns = 1000 * iterations;
	timing->work = (double)iterations;
	return BENCH_OK;
}

static enum bench_status wrong_run(struct bench_session *session, const struct bench *bench,
				   void *state, uint64_t iterations, struct bench_timing *timing)
{
	return bench_fail(session, "element 0 is \"1\", not 2");
}

static enum bench_status skip_setup(struct bench_session *session, const struct bench *bench,
				    void **state)
{
	return bench_skip(session, "it asks for what no device has");
}

static enum bench_status crash_run(struct bench_session *session, const struct bench *bench,
				   void *state, uint64_t iterations, struct bench_timing *timing)
{
	abort();
}

static enum bench_status hang_run(struct bench_session *session, const struct bench *bench,
				  void *state, uint64_t iterations, struct bench_timing *timing)
{
	/* pause() returns -1 only, after a signal. */
	while (pause())
		;
	return BENCH_OK;
}

static const struct bench selftest_benches[] = {
	{
		.name = "selftest-good",
		.summary = "takes one microsecond by its own account",
		.unit = BENCH_US,
		.most_iterations = 1000,
		.setup = nothing_setup,
		.run = good_run,
		.teardown = nothing_teardown,
	},
	{
		.name = "selftest-wrong",
		.summary = "has a wrong result",
		.unit = BENCH_US,
		.setup = nothing_setup,
		.run = wrong_run,
		.teardown = nothing_teardown,
	},
	{
		.name = "selftest-skip",
		.summary = "is not supported",
		.unit = BENCH_US,
		.setup = skip_setup,
		.run = good_run,
		.teardown = nothing_teardown,
	},
	{
		.name = "selftest-crash",
		.summary = "ends its process",
		.unit = BENCH_US,
		.setup = nothing_setup,
		.run = crash_run,
		.teardown = nothing_teardown,
	},
	{
		.name = "selftest-kernel",
		.summary = "is a kernel that differs from its reference",
		.unit = BENCH_MS,
		.subject = &kernel_selftest_wrong,
		.setup = kernel_setup,
		.run = kernel_run,
		.teardown = kernel_teardown,
	},
	{
		.name = "selftest-hang",
		.summary = "never returns",
		.unit = BENCH_US,
		.setup = nothing_setup,
		.run = hang_run,
		.teardown = nothing_teardown,
	},
};

const struct bench_group bench_selftest_group = BENCH_GROUP(selftest_benches);
