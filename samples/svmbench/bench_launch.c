// SPDX-License-Identifier: MIT
/* What a launch costs: alone, among thousands, and with an SVM pointer to look up. */
#include "bench.h"

#include <stdlib.h>

#define LAUNCHES_AT_ONCE      10000
#define LIVE_ALLOCATION_BYTES 4096

extern const char bench_launch_cl[];
extern const size_t bench_launch_cl_size;

struct launch_state {
	cl_kernel kernel;
	cl_mem counter;
};

static void launch_teardown(struct bench_session *session, void *state)
{
	struct launch_state *launch = state;

	if (launch->counter)
		clReleaseMemObject(launch->counter);
	clReleaseKernel(launch->kernel);
	free(launch);
}

/* Returns NULL where that fails, with the reason noted in the session. */
static struct launch_state *launch_create(struct bench_session *session, const char *kernel_name)
{
	struct launch_state *launch;

	launch = calloc(1, sizeof(*launch));
	if (!launch) {
		bench_fail(session, "no memory");
		return NULL;
	}
	if (bench_kernel(session, bench_launch_cl, bench_launch_cl_size, kernel_name,
			 &launch->kernel)) {
		free(launch);
		return NULL;
	}
	return launch;
}

/* --- one launch, then a finish --- */

static enum bench_status empty_setup(struct bench_session *session, const struct bench *bench,
				     void **state)
{
	*state = launch_create(session, "empty");
	return *state ? BENCH_OK : BENCH_FAILED;
}

/* An empty kernel has no result; that its last launch completed must do. */
static enum bench_status check_completes(struct bench_session *session, cl_kernel kernel)
{
	const size_t one = 1;
	enum bench_status status;
	cl_int execution = CL_QUEUED;
	cl_event event;

	status = bench_cl(session,
			  clEnqueueNDRangeKernel(session->cl.queue, kernel, 1, NULL, &one, &one, 0,
						 NULL, &event),
			  "clEnqueueNDRangeKernel");
	if (status)
		return status;
	status = bench_finish(session);
	if (!status)
		status = bench_cl(session,
				  clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS,
						 sizeof(execution), &execution, NULL),
				  "clGetEventInfo");
	clReleaseEvent(event);
	if (!status && execution != CL_COMPLETE)
		return bench_fail(session, "after clFinish the kernel's status is %d, not %d",
				  execution, CL_COMPLETE);
	return status;
}

static enum bench_status empty_run(struct bench_session *session, const struct bench *bench,
				   void *state, uint64_t iterations, struct bench_timing *timing)
{
	struct launch_state *launch = state;
	uint64_t start_ns = sample_now_ns(), i;
	enum bench_status status;

	for (i = 0; i < iterations; i++) {
		status = bench_enqueue(session, launch->kernel, 1, 1);
		if (!status)
			status = bench_finish(session);
		if (status)
			return status;
	}
	timing->elapsed_ns = sample_now_ns() - start_ns;
	timing->work = (double)iterations;
	return check_completes(session, launch->kernel);
}

/* --- many launches, then one finish --- */

static enum bench_status many_setup(struct bench_session *session, const struct bench *bench,
				    void **state)
{
	struct launch_state *launch = launch_create(session, "count");
	enum bench_status status;

	if (!launch)
		return BENCH_FAILED;
	status = bench_buffer(session, sizeof(cl_uint), NULL, &launch->counter);
	if (!status)
		status = bench_arg(session, launch->kernel, 0, sizeof(cl_mem), &launch->counter);
	if (status) {
		launch_teardown(session, launch);
		return status;
	}
	*state = launch;
	return BENCH_OK;
}

static enum bench_status many_run(struct bench_session *session, const struct bench *bench,
				  void *state, uint64_t iterations, struct bench_timing *timing)
{
	struct launch_state *launch = state;
	const cl_uint zero = 0;
	enum bench_status status;
	cl_uint counted = 0;
	uint64_t start_ns;
	unsigned int i;

	status = bench_cl(session,
			  clEnqueueWriteBuffer(session->cl.queue, launch->counter, CL_TRUE, 0,
					       sizeof(zero), &zero, 0, NULL, NULL),
			  "clEnqueueWriteBuffer");
	if (status)
		return status;
	start_ns = sample_now_ns();
	for (i = 0; i < LAUNCHES_AT_ONCE; i++) {
		status = bench_enqueue(session, launch->kernel, 1, 1);
		if (status)
			return status;
	}
	status = bench_finish(session);
	if (status)
		return status;
	timing->elapsed_ns = sample_now_ns() - start_ns;
	timing->work = LAUNCHES_AT_ONCE;

	status = bench_read(session, launch->counter, sizeof(counted), &counted);
	if (!status && counted != LAUNCHES_AT_ONCE)
		return bench_fail(session, "%d launches counted to %u", LAUNCHES_AT_ONCE, counted);
	return status;
}

/* --- a launch with an SVM pointer among many allocations --- */

static enum bench_status pointer_setup(struct bench_session *session, const struct bench *bench,
				       void **state)
{
	enum bench_status status;

	status = bench_need_svm(session, CL_DEVICE_SVM_FINE_GRAIN_BUFFER);
	if (status)
		return status;
	*state = launch_create(session, "count");
	return *state ? BENCH_OK : BENCH_FAILED;
}

static enum bench_status pointer_launches(struct bench_session *session, cl_kernel kernel,
					  cl_uint **counters, unsigned int live,
					  uint64_t iterations)
{
	enum bench_status status;
	uint64_t i;

	for (i = 0; i < iterations; i++) {
		status = bench_arg_svm(session, kernel, 0, counters[i % live]);
		if (!status)
			status = bench_enqueue(session, kernel, 1, 1);
		if (!status)
			status = bench_finish(session);
		if (status)
			return status;
	}
	return BENCH_OK;
}

static enum bench_status check_counters(struct bench_session *session, cl_uint **counters,
					unsigned int live, uint64_t iterations)
{
	unsigned int i;

	for (i = 0; i < live; i++) {
		cl_uint expected = (cl_uint)(iterations / live + (i < iterations % live));

		if (*counters[i] != expected)
			return bench_fail(session, "allocation %u counted %u launches, not %u", i,
					  *counters[i], expected);
	}
	return BENCH_OK;
}

static enum bench_status pointer_run(struct bench_session *session, const struct bench *bench,
				     void *state, uint64_t iterations, struct bench_timing *timing)
{
	struct launch_state *launch = state;
	unsigned int live = bench->parameter, i;
	enum bench_status status = BENCH_OK;
	uint64_t start_ns;
	cl_uint **counters;

	/* Live only while this benchmark runs, so that they burden no other. */
	counters = calloc(live, sizeof(*counters));
	if (!counters)
		return bench_fail(session, "no memory");
	for (i = 0; i < live && !status; i++) {
		status = bench_svm_alloc(session, LIVE_ALLOCATION_BYTES, false,
					 (void **)&counters[i]);
		if (!status)
			*counters[i] = 0;
	}
	if (!status) {
		start_ns = sample_now_ns();
		status = pointer_launches(session, launch->kernel, counters, live, iterations);
		timing->elapsed_ns = sample_now_ns() - start_ns;
		timing->work = (double)iterations;
	}
	if (!status)
		status = check_counters(session, counters, live, iterations);
	clFinish(session->cl.queue); /* a failure may have left launches under way */
	for (i = 0; i < live; i++)
		bench_svm_free(session, counters[i]);
	free(counters);
	return status;
}

static const struct bench launch_benches[] = {
	{
		.name = "launch-empty",
		.summary = "one launch of an empty kernel and clFinish",
		.unit = BENCH_US,
		.setup = empty_setup,
		.run = empty_run,
		.teardown = launch_teardown,
	},
	{
		.name = "launch-10000",
		.summary = "a launch among 10,000 with one clFinish at the end",
		.unit = BENCH_US,
		.most_iterations = 1,
		.setup = many_setup,
		.run = many_run,
		.teardown = launch_teardown,
	},
	{
		.name = "launch-svm-1",
		.summary = "clSetKernelArgSVMPointer, launch, clFinish; 1 live SVM allocation",
		.unit = BENCH_US,
		.parameter = 1,
		.setup = pointer_setup,
		.run = pointer_run,
		.teardown = launch_teardown,
	},
	{
		.name = "launch-svm-1000",
		.summary = "the same with 1,000 live SVM allocations, each in turn",
		.unit = BENCH_US,
		.parameter = 1000,
		.setup = pointer_setup,
		.run = pointer_run,
		.teardown = launch_teardown,
	},
};

const struct bench_group bench_launch_group = BENCH_GROUP(launch_benches);
