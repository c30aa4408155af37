// SPDX-License-Identifier: MIT
/* Arithmetic: two built-in functions on floats, and a reduction that lives on barriers. */
#include "bench.h"

#include <math.h>
#include <stdlib.h>

#define LOCAL_SIZE	    256
#define SINEXP_ONE_ELEMENTS (64u << 10)
#define SINEXP_ALL_ELEMENTS (1u << 20)
#define REDUCE_ELEMENTS	    (1u << 20)
/*
 * OpenCL allows sin 4 ulp and exp 3 ulp, and the product rounds once more. An ulp is at
 * most 2^-23 of the value.
 */
#define SINEXP_TOLERANCE (8 * 0x1p-23)

extern const char bench_compute_cl[];
extern const size_t bench_compute_cl_size;

struct compute_state {
	cl_kernel kernel;
	cl_mem in, out;
	size_t in_elements, out_elements;
	size_t global_size, local_size; /* local size 0: the implementation's choice */
	void *result, *expected; /* out_elements; float and double, or cl_uint both */
};

static void compute_teardown(struct bench_session *session, void *state)
{
	struct compute_state *compute = state;

	if (compute->in)
		clReleaseMemObject(compute->in);
	if (compute->out)
		clReleaseMemObject(compute->out);
	if (compute->kernel)
		clReleaseKernel(compute->kernel);
	free(compute->result);
	free(compute->expected);
	free(compute);
}

static enum bench_status check_group_size(struct bench_session *session, cl_kernel kernel)
{
	enum bench_status status;
	size_t most = 0;

	status = bench_cl(session,
			  clGetKernelWorkGroupInfo(kernel, session->cl.device.device,
						   CL_KERNEL_WORK_GROUP_SIZE, sizeof(most), &most,
						   NULL),
			  "clGetKernelWorkGroupInfo");
	if (!status && most < LOCAL_SIZE)
		return bench_skip(session, "the device's work-groups have at most %zu items", most);
	return status;
}

/* Makes kernel and buffers; @contents are in_elements of 4 bytes. */
static enum bench_status compute_prepare(struct bench_session *session,
					 struct compute_state *compute, const char *kernel_name,
					 const void *contents)
{
	enum bench_status status;

	status = bench_kernel(session, bench_compute_cl, bench_compute_cl_size, kernel_name,
			      &compute->kernel);
	if (!status && compute->local_size)
		status = check_group_size(session, compute->kernel);
	if (!status)
		status = bench_buffer(session, compute->in_elements * sizeof(cl_uint), contents,
				      &compute->in);
	if (!status)
		status = bench_buffer(session, compute->out_elements * sizeof(cl_uint), NULL,
				      &compute->out);
	if (!status)
		status = bench_arg(session, compute->kernel, 0, sizeof(cl_mem), &compute->in);
	if (!status)
		status = bench_arg(session, compute->kernel, 1, sizeof(cl_mem), &compute->out);
	return status;
}

static enum bench_status compute_launches(struct bench_session *session,
					  struct compute_state *compute, uint64_t iterations,
					  struct bench_timing *timing)
{
	uint64_t start_ns = sample_now_ns(), i;
	enum bench_status status;

	for (i = 0; i < iterations; i++) {
		status = bench_enqueue(session, compute->kernel, compute->global_size,
				       compute->local_size);
		if (status)
			return status;
	}
	status = bench_finish(session);
	if (status)
		return status;
	timing->elapsed_ns = sample_now_ns() - start_ns;
	timing->work = (double)compute->in_elements * (double)iterations;
	return bench_read(session, compute->out, compute->out_elements * sizeof(cl_uint),
			  compute->result);
}

/* Overwrites the output, so that a run which computes nothing cannot pass. */
static enum bench_status clear_output(struct bench_session *session, struct compute_state *compute)
{
	const cl_uint pattern = 0xdeadbeef;
	enum bench_status status;

	status = bench_cl(
		session,
		clEnqueueFillBuffer(session->cl.queue, compute->out, &pattern, sizeof(pattern), 0,
				    compute->out_elements * sizeof(pattern), 0, NULL, NULL),
		"clEnqueueFillBuffer");
	if (status)
		return status;
	return bench_finish(session);
}

/* --- sin(x) * exp(x) --- */

static enum bench_status sinexp_prepare(struct bench_session *session,
					struct compute_state *compute, bool one_group)
{
	size_t elements = one_group ? SINEXP_ONE_ELEMENTS : SINEXP_ALL_ELEMENTS, i;
	const cl_uint element_count = (cl_uint)elements;
	enum bench_status status;
	double *expected;
	float *contents;

	compute->in_elements = elements;
	compute->out_elements = elements;
	compute->global_size = one_group ? LOCAL_SIZE : elements;
	compute->local_size = one_group ? LOCAL_SIZE : 0;
	compute->result = calloc(elements, sizeof(float));
	compute->expected = expected = calloc(elements, sizeof(*expected));
	contents = calloc(elements, sizeof(*contents));
	if (!compute->result || !expected || !contents) {
		free(contents);
		return bench_fail(session, "no memory");
	}
	for (i = 0; i < elements; i++) {
		contents[i] = (float)i / (float)elements * 16 - 8;
		expected[i] = sin((double)contents[i]) * exp((double)contents[i]);
	}
	status = compute_prepare(session, compute, one_group ? "sinexp_one_group" : "sinexp_all",
				 contents);
	free(contents);
	if (status)
		return status;
	return bench_arg(session, compute->kernel, 2, sizeof(element_count), &element_count);
}

static enum bench_status sinexp_setup(struct bench_session *session, const struct bench *bench,
				      void **state)
{
	struct compute_state *compute = calloc(1, sizeof(*compute));
	enum bench_status status;

	if (!compute)
		return bench_fail(session, "no memory");
	status = sinexp_prepare(session, compute, bench->parameter == 1);
	if (status) {
		compute_teardown(session, compute);
		return status;
	}
	*state = compute;
	return BENCH_OK;
}

static enum bench_status sinexp_run(struct bench_session *session, const struct bench *bench,
				    void *state, uint64_t iterations, struct bench_timing *timing)
{
	struct compute_state *compute = state;
	const double *expected = compute->expected;
	const float *result = compute->result;
	enum bench_status status;
	size_t i;

	status = clear_output(session, compute);
	if (!status)
		status = compute_launches(session, compute, iterations, timing);
	if (status)
		return status;
	for (i = 0; i < compute->out_elements; i++) {
		/* Written so that a NaN fails. */
		if (!(fabs((double)result[i] - expected[i]) <=
		      SINEXP_TOLERANCE * fabs(expected[i])))
			return bench_fail(session, "element %zu is %.9g, not %.9g", i,
					  (double)result[i], expected[i]);
	}
	return BENCH_OK;
}

/* --- reduction in local memory --- */

static enum bench_status reduce_prepare(struct bench_session *session,
					struct compute_state *compute)
{
	enum bench_status status;
	cl_uint *expected, *contents;
	size_t i;

	compute->in_elements = REDUCE_ELEMENTS;
	compute->out_elements = REDUCE_ELEMENTS / LOCAL_SIZE;
	compute->global_size = REDUCE_ELEMENTS;
	compute->local_size = LOCAL_SIZE;
	compute->result = calloc(compute->out_elements, sizeof(cl_uint));
	compute->expected = expected = calloc(compute->out_elements, sizeof(*expected));
	contents = calloc(REDUCE_ELEMENTS, sizeof(*contents));
	if (!compute->result || !expected || !contents) {
		free(contents);
		return bench_fail(session, "no memory");
	}
	for (i = 0; i < REDUCE_ELEMENTS; i++) {
		contents[i] = (cl_uint)i * 2654435761u;
		expected[i / LOCAL_SIZE] += contents[i];
	}
	status = compute_prepare(session, compute, "reduce", contents);
	free(contents);
	return status;
}

static enum bench_status reduce_setup(struct bench_session *session, const struct bench *bench,
				      void **state)
{
	struct compute_state *compute = calloc(1, sizeof(*compute));
	enum bench_status status;

	if (!compute)
		return bench_fail(session, "no memory");
	status = reduce_prepare(session, compute);
	if (status) {
		compute_teardown(session, compute);
		return status;
	}
	*state = compute;
	return BENCH_OK;
}

static enum bench_status reduce_run(struct bench_session *session, const struct bench *bench,
				    void *state, uint64_t iterations, struct bench_timing *timing)
{
	struct compute_state *compute = state;
	const cl_uint *expected = compute->expected, *result = compute->result;
	enum bench_status status;
	size_t i;

	status = clear_output(session, compute);
	if (!status)
		status = compute_launches(session, compute, iterations, timing);
	if (status)
		return status;
	for (i = 0; i < compute->out_elements; i++) {
		if (result[i] != expected[i])
			return bench_fail(session, "the sum of group %zu is %u, not %u", i,
					  result[i], expected[i]);
	}
	return BENCH_OK;
}

static const struct bench compute_benches[] = {
	{
		.name = "sinexp-one-group",
		.summary = "sin(x) * exp(x) of a float, in a single work-group of 256: one core",
		.unit = BENCH_NS,
		.parameter = 1,
		.setup = sinexp_setup,
		.run = sinexp_run,
		.teardown = compute_teardown,
	},
	{
		.name = "sinexp-all",
		.summary = "sin(x) * exp(x) of a float, a work-item for each of 1 Mi elements",
		.unit = BENCH_NS,
		.parameter = 0,
		.setup = sinexp_setup,
		.run = sinexp_run,
		.teardown = compute_teardown,
	},
	{
		.name = "reduce-barrier",
		.summary = "an element of sums in local memory, 9 barriers in groups of 256",
		.unit = BENCH_NS,
		.setup = reduce_setup,
		.run = reduce_run,
		.teardown = compute_teardown,
	},
};

const struct bench_group bench_compute_group = BENCH_GROUP(compute_benches);
