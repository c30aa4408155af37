// SPDX-License-Identifier: MIT
/* clSVMAlloc() and clSVMFree() in pairs, with the first store to the memory in between. */
#include "bench.h"

/* Alignment 0 means that of the largest type of OpenCL C, long16. */
#define DEFAULT_ALIGNMENT_BYTES 128

static enum bench_status alloc_setup(struct bench_session *session, const struct bench *bench,
				     void **state)
{
	return bench_need_svm(session, CL_DEVICE_SVM_FINE_GRAIN_BUFFER | CL_DEVICE_SVM_ATOMICS);
}

static enum bench_status alloc_run(struct bench_session *session, const struct bench *bench,
				   void *state, uint64_t iterations, struct bench_timing *timing)
{
	uint64_t start_ns = sample_now_ns(), i;
	enum bench_status status;
	uintptr_t address_bits = 0;
	void *memory;

	for (i = 0; i < iterations; i++) {
		status = bench_svm_alloc(session, bench->parameter, true, &memory);
		if (status)
			return status;
		*(volatile uint64_t *)memory = i;
		address_bits |= (uintptr_t)memory;
		clSVMFree(session->cl.context, memory);
	}
	timing->elapsed_ns = sample_now_ns() - start_ns;
	timing->work = (double)iterations;
	if (address_bits % DEFAULT_ALIGNMENT_BYTES)
		return bench_fail(session, "an allocation was not aligned to %d bytes",
				  DEFAULT_ALIGNMENT_BYTES);
	return BENCH_OK;
}

static void alloc_teardown(struct bench_session *session, void *state)
{
}

static const struct bench alloc_benches[] = {
	{
		.name = "alloc-4k",
		.summary = "clSVMAlloc with atomics of 4 KiB, a store, clSVMFree",
		.unit = BENCH_US,
		.parameter = 4u << 10,
		.setup = alloc_setup,
		.run = alloc_run,
		.teardown = alloc_teardown,
	},
	{
		.name = "alloc-2m",
		.summary = "the same with 2 MiB",
		.unit = BENCH_US,
		.parameter = 2u << 20,
		.setup = alloc_setup,
		.run = alloc_run,
		.teardown = alloc_teardown,
	},
};

const struct bench_group bench_alloc_group = BENCH_GROUP(alloc_benches);
