// SPDX-License-Identifier: MIT
/* atomic_fetch_add by many work-items on SVM with atomics: one counter, and 4,096. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define WORK_ITEMS 4096
#define LOCAL_SIZE 64
#define ADDS_EACH  64

extern const char bench_atomics_cl[];
extern const size_t bench_atomics_cl_size;

struct atomics_state {
	cl_kernel kernel;
	_Atomic uint32_t *counters; /* SVM with atomics */
	uint64_t *sums_of_old; /* SVM */
};

static void atomics_teardown(struct bench_session *session, void *state)
{
	struct atomics_state *atomics = state;

	bench_svm_free(session, (void *)atomics->counters);
	bench_svm_free(session, atomics->sums_of_old);
	if (atomics->kernel)
		clReleaseKernel(atomics->kernel);
	free(atomics);
}

static enum bench_status atomics_prepare(struct bench_session *session,
					 struct atomics_state *atomics, cl_uint counter_count)
{
	const cl_uint counter_mask = counter_count - 1;
	const cl_uint adds_each = ADDS_EACH;
	enum bench_status status;

	status = bench_kernel(session, bench_atomics_cl, bench_atomics_cl_size, "add",
			      &atomics->kernel);
	if (!status)
		status = bench_svm_alloc(session, counter_count * sizeof(*atomics->counters), true,
					 (void **)&atomics->counters);
	if (!status)
		status = bench_svm_alloc(session, WORK_ITEMS * sizeof(*atomics->sums_of_old), false,
					 (void **)&atomics->sums_of_old);
	if (!status)
		status = bench_arg_svm(session, atomics->kernel, 0, (void *)atomics->counters);
	if (!status)
		status =
			bench_arg(session, atomics->kernel, 1, sizeof(counter_mask), &counter_mask);
	if (!status)
		status = bench_arg(session, atomics->kernel, 2, sizeof(adds_each), &adds_each);
	if (!status)
		status = bench_arg_svm(session, atomics->kernel, 3, atomics->sums_of_old);
	return status;
}

static enum bench_status atomics_setup(struct bench_session *session, const struct bench *bench,
				       void **state)
{
	struct atomics_state *atomics;
	enum bench_status status;

	status = bench_need_svm(session, CL_DEVICE_SVM_FINE_GRAIN_BUFFER | CL_DEVICE_SVM_ATOMICS);
	if (status)
		return status;
	atomics = calloc(1, sizeof(*atomics));
	if (!atomics)
		return bench_fail(session, "no memory");
	status = atomics_prepare(session, atomics, bench->parameter);
	if (status) {
		atomics_teardown(session, atomics);
		return status;
	}
	*state = atomics;
	return BENCH_OK;
}

/*
 * Every counter gets the same number of additions. Those of the last launch saw the old
 * values from its start on, each exactly once, whatever their order.
 */
static enum bench_status check_counters(struct bench_session *session,
					const struct atomics_state *atomics, unsigned int counters,
					uint64_t iterations)
{
	uint64_t adds = (uint64_t)WORK_ITEMS * ADDS_EACH / counters;
	uint64_t before_last = adds * (iterations - 1);
	uint64_t expected_sum = counters * (before_last * adds + adds * (adds - 1) / 2);
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < counters; i++) {
		uint32_t seen = atomic_load(&atomics->counters[i]);

		if (seen != (uint32_t)(adds * iterations))
			return bench_fail(session, "counter %u is %u, not %u", i, seen,
					  (uint32_t)(adds * iterations));
	}
	for (i = 0; i < WORK_ITEMS; i++)
		sum += atomics->sums_of_old[i];
	if (sum != expected_sum)
		return bench_fail(session, "the old values add up to %llu, not %llu",
				  (unsigned long long)sum, (unsigned long long)expected_sum);
	return BENCH_OK;
}

static enum bench_status atomics_run(struct bench_session *session, const struct bench *bench,
				     void *state, uint64_t iterations, struct bench_timing *timing)
{
	struct atomics_state *atomics = state;
	enum bench_status status;
	uint64_t start_ns, i;

	memset((void *)atomics->counters, 0, bench->parameter * sizeof(*atomics->counters));
	memset(atomics->sums_of_old, 0, WORK_ITEMS * sizeof(*atomics->sums_of_old));
	start_ns = sample_now_ns();
	for (i = 0; i < iterations; i++) {
		status = bench_enqueue(session, atomics->kernel, WORK_ITEMS, LOCAL_SIZE);
		if (status)
			return status;
	}
	status = bench_finish(session);
	if (status)
		return status;
	timing->elapsed_ns = sample_now_ns() - start_ns;
	timing->work = (double)iterations * WORK_ITEMS * ADDS_EACH;
	return check_counters(session, atomics, bench->parameter, iterations);
}

/*
 * The counters are 32 bits wide and must not wrap around: with one counter a launch adds
 * 2^18 to it.
 */
#define MOST_LAUNCHES ((1u << 14) - 1)

static const struct bench atomics_benches[] = {
	{
		.name = "atomic-one",
		.summary = "atomic_fetch_add by the device, all on one counter in SVM",
		.unit = BENCH_MILLION_PER_S,
		.parameter = 1,
		.most_iterations = MOST_LAUNCHES,
		.setup = atomics_setup,
		.run = atomics_run,
		.teardown = atomics_teardown,
	},
	{
		.name = "atomic-4096",
		.summary = "the same, spread over 4,096 counters",
		.unit = BENCH_MILLION_PER_S,
		.parameter = 4096,
		.most_iterations = MOST_LAUNCHES,
		.setup = atomics_setup,
		.run = atomics_run,
		.teardown = atomics_teardown,
	},
};

const struct bench_group bench_atomics_group = BENCH_GROUP(atomics_benches);
