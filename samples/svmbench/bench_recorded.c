// SPDX-License-Identifier: MIT
/* What launches cost that were recorded into a command buffer (cl_khr_command_buffer). */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define RECORDED 1000
/* Commands have properties since this revision; before, functions take other parameters. */
#define FIRST_REVISION CL_MAKE_VERSION(0, 9, 5)
#define EXTENSION      "cl_khr_command_buffer"

extern const char bench_launch_cl[];
extern const size_t bench_launch_cl_size;

/* Of the extension, which not all headers have, or in an older revision. */
typedef void *command_buffer;

struct functions {
	command_buffer (*create)(cl_uint num_queues, const cl_command_queue *queues,
				 const cl_ulong *properties, cl_int *error);
	cl_int (*launch)(command_buffer buffer, cl_command_queue queue, const cl_ulong *properties,
			 cl_kernel kernel, cl_uint dimensions, const size_t *offset,
			 const size_t *global, const size_t *local, cl_uint num_points,
			 const cl_uint *points, cl_uint *point, void **handle);
	cl_int (*finalize)(command_buffer buffer);
	cl_int (*enqueue)(cl_uint num_queues, cl_command_queue *queues, command_buffer buffer,
			  cl_uint num_events, const cl_event *events, cl_event *event);
	cl_int (*release)(command_buffer buffer);
};

struct recorded_state {
	struct functions functions;
	cl_kernel kernel;
	cl_mem counter;
	command_buffer buffer;
};

static void recorded_teardown(struct bench_session *session, void *state)
{
	struct recorded_state *recorded = state;

	if (recorded->buffer)
		recorded->functions.release(recorded->buffer);
	if (recorded->counter)
		clReleaseMemObject(recorded->counter);
	if (recorded->kernel)
		clReleaseKernel(recorded->kernel);
	free(recorded);
}

/* Skips where the device has not a revision of the extension that this is written for. */
static enum bench_status need_extension(struct bench_session *session)
{
	cl_name_version extensions[512];
	size_t bytes = 0;

	if (clGetDeviceInfo(session->cl.device.device, CL_DEVICE_EXTENSIONS_WITH_VERSION,
			    sizeof(extensions), extensions, &bytes))
		return bench_skip(session, "the device tells no versions of extensions");
	for (size_t i = 0; i < bytes / sizeof(extensions[0]); i++) {
		cl_version version = extensions[i].version;

		if (strcmp(extensions[i].name, EXTENSION))
			continue;
		if (version < FIRST_REVISION)
			return bench_skip(session, EXTENSION " is %u.%u.%u, too old",
					  CL_VERSION_MAJOR(version), CL_VERSION_MINOR(version),
					  CL_VERSION_PATCH(version));
		return BENCH_OK;
	}
	return bench_skip(session, "the device lacks " EXTENSION);
}

static enum bench_status load_functions(struct bench_session *session, struct functions *functions)
{
	const struct {
		const char *name;
		void *place;
	} names[] = {
		{ "clCreateCommandBufferKHR", &functions->create },
		{ "clCommandNDRangeKernelKHR", &functions->launch },
		{ "clFinalizeCommandBufferKHR", &functions->finalize },
		{ "clEnqueueCommandBufferKHR", &functions->enqueue },
		{ "clReleaseCommandBufferKHR", &functions->release },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		void *address = clGetExtensionFunctionAddressForPlatform(
			session->cl.device.platform, names[i].name);

		if (!address)
			return bench_fail(session, "there is no %s", names[i].name);
		memcpy(names[i].place, &address, sizeof(address));
	}
	return BENCH_OK;
}

static enum bench_status record(struct bench_session *session, struct recorded_state *recorded)
{
	const struct functions *functions = &recorded->functions;
	const size_t one = 1;
	cl_int error = CL_SUCCESS;
	enum bench_status status;

	recorded->buffer = functions->create(1, &session->cl.queue, NULL, &error);
	status = bench_cl(session, error, "clCreateCommandBufferKHR");
	for (unsigned int i = 0; !status && i < RECORDED; i++)
		status = bench_cl(session,
				  functions->launch(recorded->buffer, NULL, NULL, recorded->kernel,
						    1, NULL, &one, &one, 0, NULL, NULL, NULL),
				  "clCommandNDRangeKernelKHR");
	if (!status)
		status = bench_cl(session, functions->finalize(recorded->buffer),
				  "clFinalizeCommandBufferKHR");
	return status;
}

static enum bench_status recorded_setup(struct bench_session *session, const struct bench *bench,
					void **state)
{
	struct recorded_state *recorded;
	enum bench_status status = need_extension(session);

	if (status)
		return status;
	recorded = calloc(1, sizeof(*recorded));
	if (!recorded)
		return bench_fail(session, "no memory");
	status = load_functions(session, &recorded->functions);
	if (!status)
		status = bench_kernel(session, bench_launch_cl, bench_launch_cl_size, "count",
				      &recorded->kernel);
	if (!status)
		status = bench_buffer(session, sizeof(cl_uint), NULL, &recorded->counter);
	if (!status)
		status =
			bench_arg(session, recorded->kernel, 0, sizeof(cl_mem), &recorded->counter);
	if (!status)
		status = record(session, recorded);
	if (status) {
		recorded_teardown(session, recorded);
		return status;
	}
	*state = recorded;
	return BENCH_OK;
}

static enum bench_status enqueue_recorded(struct bench_session *session,
					  const struct recorded_state *recorded)
{
	return bench_cl(session,
			recorded->functions.enqueue(0, NULL, recorded->buffer, 0, NULL, NULL),
			"clEnqueueCommandBufferKHR");
}

static enum bench_status clear_counter(struct bench_session *session,
				       const struct recorded_state *recorded)
{
	const cl_uint zero = 0;

	return bench_cl(session,
			clEnqueueWriteBuffer(session->cl.queue, recorded->counter, CL_TRUE, 0,
					     sizeof(zero), &zero, 0, NULL, NULL),
			"clEnqueueWriteBuffer");
}

static enum bench_status check_counter(struct bench_session *session,
				       const struct recorded_state *recorded, uint64_t launches)
{
	cl_uint counted = 0;
	enum bench_status status =
		bench_read(session, recorded->counter, sizeof(counted), &counted);

	if (!status && counted != (cl_uint)launches)
		return bench_fail(session, "%u launches counted to %u", (cl_uint)launches, counted);
	return status;
}

static enum bench_status recorded_run(struct bench_session *session, const struct bench *bench,
				      void *state, uint64_t iterations, struct bench_timing *timing)
{
	const struct recorded_state *recorded = state;
	enum bench_status status = clear_counter(session, recorded);
	uint64_t start_ns = sample_now_ns();

	for (uint64_t i = 0; !status && i < iterations; i++)
		status = enqueue_recorded(session, recorded);
	if (!status)
		status = bench_finish(session);
	timing->elapsed_ns = sample_now_ns() - start_ns;
	timing->work = (double)iterations * RECORDED;
	return status ? status : check_counter(session, recorded, iterations * RECORDED);
}

/* The time of the host thread alone: what comes of it is waited for, but not timed. */
static enum bench_status host_run(struct bench_session *session, const struct bench *bench,
				  void *state, uint64_t iterations, struct bench_timing *timing)
{
	const struct recorded_state *recorded = state;
	enum bench_status status = clear_counter(session, recorded);
	uint64_t enqueues_ns = 0, recorded_ns = 0;

	for (uint64_t i = 0; !status && i < iterations; i++) {
		uint64_t start_ns = sample_now_ns();

		for (unsigned int k = 0; !status && k < RECORDED; k++)
			status = bench_enqueue(session, recorded->kernel, 1, 1);
		enqueues_ns += sample_now_ns() - start_ns;
		if (!status)
			status = bench_finish(session);
		start_ns = sample_now_ns();
		if (!status)
			status = enqueue_recorded(session, recorded);
		recorded_ns += sample_now_ns() - start_ns;
		if (!status)
			status = bench_finish(session);
	}
	timing->elapsed_ns = enqueues_ns;
	timing->work = (double)recorded_ns;
	return status ? status : check_counter(session, recorded, 2 * iterations * RECORDED);
}

static const struct bench recorded_benches[] = {
	{
		.name = "launch-recorded",
		.summary = "a launch among 1,000 of a command buffer, enqueued, with clFinish",
		.unit = BENCH_US,
		.setup = recorded_setup,
		.run = recorded_run,
		.teardown = recorded_teardown,
	},
	{
		.name = "launch-recorded-host",
		.summary =
			"the host's time to enqueue 1,000 launches, by that for a command buffer",
		.unit = BENCH_TIMES,
		.setup = recorded_setup,
		.run = host_run,
		.teardown = recorded_teardown,
	},
};

const struct bench_group bench_recorded_group = BENCH_GROUP(recorded_benches);
