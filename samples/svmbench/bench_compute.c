// SPDX-License-Identifier: MIT
/* Arithmetic: two built-in functions on floats, and a reduction that lives on barriers. */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* The ways to measure sin and exp. */
enum sinexp_way {
	SINEXP_ALL,
	SINEXP_ONE_GROUP,
	SINEXP_ONE_UNIT,
};

struct compute_state {
	struct sample_session one_unit; /* of a sub-device, for SINEXP_ONE_UNIT */
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
	if (compute->one_unit.context) {
		sample_session_finish(&compute->one_unit);
		clReleaseDevice(compute->one_unit.device.device);
	}
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
					struct compute_state *compute, enum sinexp_way way)
{
	const bool one_group = way == SINEXP_ONE_GROUP;
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

/* A sub-device of one compute unit: the first of as many as there are. */
static cl_int create_one_unit(cl_device_id device, cl_device_id *unit)
{
	const cl_device_partition_property single[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	cl_device_id *units;
	cl_uint count = 0;
	cl_int code = clCreateSubDevices(device, single, 0, NULL, &count);

	if (code != CL_SUCCESS)
		return code;
	units = calloc(count + 1, sizeof(*units));
	if (!units)
		return CL_OUT_OF_HOST_MEMORY;
	code = clCreateSubDevices(device, single, count, units, NULL);
	for (cl_uint i = 1; code == CL_SUCCESS && i < count; i++)
		clReleaseDevice(units[i]);
	*unit = units[0];
	free(units);
	return code;
}

/* Opens a session on a part of the device. */
static enum bench_status use_one_unit(struct bench_session *session, struct compute_state *compute)
{
	cl_device_id unit = NULL;
	cl_int code = create_one_unit(session->cl.device.device, &unit);

	if (code != CL_SUCCESS)
		return bench_skip(session, "the device cannot be divided (code %d)", code);
	compute->one_unit = session->cl;
	compute->one_unit.device.device = unit;
	code = sample_session_init(&compute->one_unit);
	if (code == CL_SUCCESS)
		return BENCH_OK;
	compute->one_unit.context = NULL;
	clReleaseDevice(unit);
	return bench_cl(session, code, "clCreateContext of a sub-device");
}

/* The session to measure in: the benchmark's own, where it has one. */
static struct bench_session own_session(const struct bench_session *session,
					const struct compute_state *compute)
{
	struct bench_session own = *session;

	if (compute->one_unit.context)
		own.cl = compute->one_unit;
	return own;
}

static enum bench_status sinexp_setup(struct bench_session *session, const struct bench *bench,
				      void **state)
{
	struct compute_state *compute = calloc(1, sizeof(*compute));
	enum bench_status status = BENCH_OK;
	struct bench_session own;

	if (!compute)
		return bench_fail(session, "no memory");
	if (bench->parameter == SINEXP_ONE_UNIT)
		status = use_one_unit(session, compute);
	if (!status) {
		own = own_session(session, compute);
		status = sinexp_prepare(&own, compute, bench->parameter);
		memcpy(session->reason, own.reason, sizeof(own.reason));
	}
	if (status) {
		compute_teardown(session, compute);
		return status;
	}
	*state = compute;
	return BENCH_OK;
}

static enum bench_status sinexp_measure(struct bench_session *session,
					struct compute_state *compute, uint64_t iterations,
					struct bench_timing *timing)
{
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

static enum bench_status sinexp_run(struct bench_session *session, const struct bench *bench,
				    void *state, uint64_t iterations, struct bench_timing *timing)
{
	struct compute_state *compute = state;
	struct bench_session own = own_session(session, compute);
	enum bench_status status = sinexp_measure(&own, compute, iterations, timing);

	memcpy(session->reason, own.reason, sizeof(own.reason));
	return status;
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
		.name = "sinexp-one-unit",
		.summary = "sin(x) * exp(x) of a float, a work-item for each of 1 Mi elements, on "
			   "a sub-device of one compute unit: one thread",
		.unit = BENCH_NS,
		.parameter = SINEXP_ONE_UNIT,
		.setup = sinexp_setup,
		.run = sinexp_run,
		.teardown = compute_teardown,
	},
	{
		.name = "sinexp-one-group",
		.summary = "sin(x) * exp(x) of a float, in a single work-group of 256 that "
			   "strides through the elements",
		.unit = BENCH_NS,
		.parameter = SINEXP_ONE_GROUP,
		.setup = sinexp_setup,
		.run = sinexp_run,
		.teardown = compute_teardown,
	},
	{
		.name = "sinexp-all",
		.summary = "sin(x) * exp(x) of a float, a work-item for each of 1 Mi elements",
		.unit = BENCH_NS,
		.parameter = SINEXP_ALL,
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
