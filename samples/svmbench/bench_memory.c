// SPDX-License-Identifier: MIT
/* Memory bandwidth: the triad of the STREAM benchmark on fine-grain SVM. */
#include "bench.h"

#include <stdlib.h>

/* 3 arrays: 1.5 MiB, which fits in a second-level cache, and 192 MiB, which fits in none. */
#define CACHE_ARRAY_BYTES (512u << 10)
#define DRAM_ARRAY_BYTES  (64u << 20)

extern const char bench_triad_cl[];
extern const size_t bench_triad_cl_size;

struct triad_state {
	cl_kernel kernel;
	size_t elements;
	float *sum, *left, *right; /* fine-grain SVM */
};

static void triad_teardown(struct bench_session *session, void *state)
{
	struct triad_state *triad = state;

	bench_svm_free(session, triad->sum);
	bench_svm_free(session, triad->left);
	bench_svm_free(session, triad->right);
	if (triad->kernel)
		clReleaseKernel(triad->kernel);
	free(triad);
}

/* Small whole numbers, so that float arithmetic is exact. */
static float left_value(size_t i)
{
	return (float)(i % 1000);
}

static float right_value(size_t i)
{
	return (float)(i % 77);
}

static float factor_value(uint64_t iteration)
{
	return (float)(1 + iteration % 8);
}

static enum bench_status triad_prepare(struct bench_session *session, struct triad_state *triad)
{
	size_t bytes = triad->elements * sizeof(float), i;
	enum bench_status status;

	status =
		bench_kernel(session, bench_triad_cl, bench_triad_cl_size, "triad", &triad->kernel);
	if (!status)
		status = bench_svm_alloc(session, bytes, false, (void **)&triad->sum);
	if (!status)
		status = bench_svm_alloc(session, bytes, false, (void **)&triad->left);
	if (!status)
		status = bench_svm_alloc(session, bytes, false, (void **)&triad->right);
	if (!status)
		status = bench_arg_svm(session, triad->kernel, 0, triad->sum);
	if (!status)
		status = bench_arg_svm(session, triad->kernel, 1, triad->left);
	if (!status)
		status = bench_arg_svm(session, triad->kernel, 2, triad->right);
	if (status)
		return status;
	for (i = 0; i < triad->elements; i++) {
		triad->sum[i] = -1;
		triad->left[i] = left_value(i);
		triad->right[i] = right_value(i);
	}
	return BENCH_OK;
}

static enum bench_status triad_setup(struct bench_session *session, const struct bench *bench,
				     void **state)
{
	enum bench_status status;
	struct triad_state *triad;

	status = bench_need_svm(session, CL_DEVICE_SVM_FINE_GRAIN_BUFFER);
	if (status)
		return status;
	triad = calloc(1, sizeof(*triad));
	if (!triad)
		return bench_fail(session, "no memory");
	triad->elements = bench->parameter / sizeof(float);
	status = triad_prepare(session, triad);
	if (status) {
		triad_teardown(session, triad);
		return status;
	}
	*state = triad;
	return BENCH_OK;
}

static enum bench_status triad_run(struct bench_session *session, const struct bench *bench,
				   void *state, uint64_t iterations, struct bench_timing *timing)
{
	struct triad_state *triad = state;
	uint64_t start_ns = sample_now_ns(), i;
	enum bench_status status;
	float factor = 0;

	for (i = 0; i < iterations; i++) {
		factor = factor_value(i);
		status = bench_arg(session, triad->kernel, 3, sizeof(factor), &factor);
		if (!status)
			status = bench_enqueue(session, triad->kernel, triad->elements, 0);
		if (status)
			return status;
	}
	status = bench_finish(session);
	if (status)
		return status;
	timing->elapsed_ns = sample_now_ns() - start_ns;
	timing->work = 3.0 * (double)(triad->elements * sizeof(float)) * (double)iterations;

	for (i = 0; i < triad->elements; i++) {
		float expected = left_value(i) + factor * right_value(i);

		if (triad->sum[i] != expected)
			return bench_fail(session, "element %llu is %g, not %g",
					  (unsigned long long)i, (double)triad->sum[i],
					  (double)expected);
		triad->sum[i] = -1;
	}
	return BENCH_OK;
}

static const struct bench memory_benches[] = {
	{
		.name = "triad-cache",
		.summary = "a = b + f * c on fine-grain SVM, 3 x 512 KiB, launches included",
		.unit = BENCH_GB_PER_S,
		.parameter = CACHE_ARRAY_BYTES,
		.setup = triad_setup,
		.run = triad_run,
		.teardown = triad_teardown,
	},
	{
		.name = "triad-dram",
		.summary = "the same, 3 x 64 MiB",
		.unit = BENCH_GB_PER_S,
		.parameter = DRAM_ARRAY_BYTES,
		.setup = triad_setup,
		.run = triad_run,
		.teardown = triad_teardown,
	},
};

const struct bench_group bench_memory_group = BENCH_GROUP(memory_benches);
