// SPDX-License-Identifier: MIT
#include "kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What each byte of an output is before a run: as a number of any type far off results. */
#define PATTERN 0xfe

struct kernel_state {
	const struct kernel_case *subject;
	cl_kernel kernel;
	cl_mem buffers[KERNEL_ARGUMENTS_MOST];
	/* For outputs what has been read, and what the reference gave. */
	void *memory[KERNEL_ARGUMENTS_MOST], *expected[KERNEL_ARGUMENTS_MOST];
};

uint32_t kernel_random(uint32_t index)
{
	index = (index ^ (index >> 16)) * 0x7feb352du;
	index = (index ^ (index >> 15)) * 0x846ca68bu;
	return index ^ (index >> 16);
}

static size_t type_bytes(enum kernel_type type)
{
	switch (type) {
	case KERNEL_UINT:
		return sizeof(cl_uint);
	case KERNEL_UCHAR:
		return sizeof(cl_uchar);
	case KERNEL_FLOAT:
		return sizeof(cl_float);
	case KERNEL_DOUBLE:
		return sizeof(cl_double);
	}
	return 0;
}

static size_t argument_bytes(const struct kernel_argument *argument)
{
	return argument->elements * type_bytes(argument->type);
}

static bool is_buffer(const struct kernel_argument *argument)
{
	return argument->role == KERNEL_IN || argument->role == KERNEL_OUT;
}

static double element(const void *memory, enum kernel_type type, size_t i)
{
	switch (type) {
	case KERNEL_UINT:
		return ((const cl_uint *)memory)[i];
	case KERNEL_UCHAR:
		return ((const cl_uchar *)memory)[i];
	case KERNEL_FLOAT:
		return (double)((const cl_float *)memory)[i];
	case KERNEL_DOUBLE:
		return ((const cl_double *)memory)[i];
	}
	return 0;
}

/* --- inputs and the reference's outputs --- */

static void fill_at_random(const struct kernel_argument *argument, uint32_t seed, void *memory)
{
	double value;
	size_t i;

	for (i = 0; i < argument->elements; i++) {
		value = kernel_random((uint32_t)i ^ seed << 24) * 0x1p-32;
		value = argument->low + value * (argument->high - argument->low);
		if (argument->type == KERNEL_UINT)
			((cl_uint *)memory)[i] = (cl_uint)value;
		else if (argument->type == KERNEL_UCHAR)
			((cl_uchar *)memory)[i] = (cl_uchar)value;
		else if (argument->type == KERNEL_FLOAT)
			((cl_float *)memory)[i] = (cl_float)value;
		else
			((cl_double *)memory)[i] = value;
	}
}

static enum bench_status make_memory(struct bench_session *session, struct kernel_state *state)
{
	const struct kernel_argument *argument;
	unsigned int i;

	for (i = 0; i < KERNEL_ARGUMENTS_MOST; i++) {
		argument = &state->subject->arguments[i];
		if (!is_buffer(argument))
			continue;
		/* The vectors of the forms by hand are loaded as a whole. */
		state->memory[i] = aligned_alloc(64, (argument_bytes(argument) + 63) / 64 * 64);
		if (argument->role == KERNEL_OUT)
			state->expected[i] = calloc(1, argument_bytes(argument));
		else
			state->expected[i] = state->memory[i];
		if (!state->memory[i] || !state->expected[i])
			return bench_fail(session, "no memory");
		if (argument->role == KERNEL_OUT)
			continue;
		if (argument->fill)
			argument->fill(state->memory[i], argument->elements);
		else
			fill_at_random(argument, i, state->memory[i]);
	}
	state->subject->reference(state->expected);
	return BENCH_OK;
}

/* --- the kernel --- */

static enum bench_status check_device(struct bench_session *session,
				      const struct kernel_case *subject)
{
	cl_device_fp_config doubles = 0;
	unsigned int i;

	clGetDeviceInfo(session->cl.device.device, CL_DEVICE_DOUBLE_FP_CONFIG, sizeof(doubles),
			&doubles, NULL);
	for (i = 0; i < KERNEL_ARGUMENTS_MOST && !doubles; i++) {
		if (subject->arguments[i].type == KERNEL_DOUBLE)
			return bench_skip(session, "the device has no numbers of double precision");
	}
	return BENCH_OK;
}

static enum bench_status check_group_size(struct bench_session *session,
					  const struct kernel_state *state)
{
	size_t most = 0, wanted = 1;
	enum bench_status status;
	unsigned int i;

	status = bench_cl(session,
			  clGetKernelWorkGroupInfo(state->kernel, session->cl.device.device,
						   CL_KERNEL_WORK_GROUP_SIZE, sizeof(most), &most,
						   NULL),
			  "clGetKernelWorkGroupInfo");
	for (i = 0; i < state->subject->dimensions; i++) {
		if (state->subject->local[i])
			wanted *= state->subject->local[i];
	}
	if (!status && most < wanted)
		return bench_skip(session, "the device's work-groups have at most %zu items", most);
	return status;
}

static enum bench_status set_arguments(struct bench_session *session, struct kernel_state *state)
{
	enum bench_status status = BENCH_OK;
	const struct kernel_argument *argument;
	unsigned int i;

	for (i = 0; i < KERNEL_ARGUMENTS_MOST && !status; i++) {
		argument = &state->subject->arguments[i];
		if (argument->role == KERNEL_NUMBER)
			status = bench_arg(session, state->kernel, i, sizeof(argument->number),
					   &argument->number);
		if (!is_buffer(argument))
			continue;
		status = bench_buffer(session, argument_bytes(argument),
				      argument->role == KERNEL_IN ? state->memory[i] : NULL,
				      &state->buffers[i]);
		if (!status)
			status = bench_arg(session, state->kernel, i, sizeof(cl_mem),
					   &state->buffers[i]);
	}
	return status;
}

void kernel_teardown(struct bench_session *session, void *opaque)
{
	struct kernel_state *state = opaque;
	unsigned int i;

	for (i = 0; i < KERNEL_ARGUMENTS_MOST; i++) {
		if (state->buffers[i])
			clReleaseMemObject(state->buffers[i]);
		if (state->expected[i] != state->memory[i])
			free(state->expected[i]);
		free(state->memory[i]);
	}
	if (state->kernel)
		clReleaseKernel(state->kernel);
	free(state);
}

enum bench_status kernel_setup(struct bench_session *session, const struct bench *bench,
			       void **opaque)
{
	const struct kernel_case *subject = bench->subject;
	struct kernel_state *state = calloc(1, sizeof(*state));
	enum bench_status status;

	if (!state)
		return bench_fail(session, "no memory");
	state->subject = subject;
	status = check_device(session, subject);
	if (!status)
		status = make_memory(session, state);
	if (!status)
		status = bench_kernel(session, subject->source, *subject->source_bytes,
				      subject->function, &state->kernel);
	if (!status)
		status = check_group_size(session, state);
	if (!status)
		status = set_arguments(session, state);
	if (status) {
		kernel_teardown(session, state);
		return status;
	}
	*opaque = state;
	return BENCH_OK;
}

/* --- a run --- */

static void clear_memory(const struct kernel_state *state)
{
	const struct kernel_argument *argument;
	unsigned int i;

	for (i = 0; i < KERNEL_ARGUMENTS_MOST; i++) {
		argument = &state->subject->arguments[i];
		if (argument->role == KERNEL_OUT)
			memset(state->memory[i], argument->zeroed ? 0 : PATTERN,
			       argument_bytes(argument));
	}
}

/* So that a run which computes nothing cannot pass. */
static enum bench_status clear_outputs(struct bench_session *session, struct kernel_state *state)
{
	enum bench_status status = BENCH_OK;
	unsigned int i;

	clear_memory(state);
	for (i = 0; i < KERNEL_ARGUMENTS_MOST && !status; i++) {
		const struct kernel_argument *argument = &state->subject->arguments[i];

		if (argument->role == KERNEL_OUT)
			status = bench_cl(session,
					  clEnqueueWriteBuffer(session->cl.queue, state->buffers[i],
							       CL_TRUE, 0, argument_bytes(argument),
							       state->memory[i], 0, NULL, NULL),
					  "clEnqueueWriteBuffer");
	}
	return status;
}

static enum bench_status read_outputs(struct bench_session *session, struct kernel_state *state)
{
	enum bench_status status = BENCH_OK;
	unsigned int i;

	for (i = 0; i < KERNEL_ARGUMENTS_MOST && !status; i++) {
		if (state->subject->arguments[i].role == KERNEL_OUT)
			status = bench_read(session, state->buffers[i],
					    argument_bytes(&state->subject->arguments[i]),
					    state->memory[i]);
	}
	return status;
}

/* @who did it, for the reason; @launches as often. */
static enum bench_status verify_output(struct bench_session *session,
				       const struct kernel_state *state, unsigned int index,
				       const char *who, uint64_t launches)
{
	const struct kernel_argument *argument = &state->subject->arguments[index];
	double seen, expected;
	size_t i;

	if (!argument->adds &&
	    !memcmp(state->memory[index], state->expected[index], argument_bytes(argument)))
		return BENCH_OK;
	for (i = 0; i < argument->elements; i++) {
		seen = element(state->memory[index], argument->type, i);
		expected = element(state->expected[index], argument->type, i);
		if (argument->adds)
			expected = (cl_uint)((uint64_t)expected * launches);
		/* Written so that a NaN fails. */
		if (!(fabs(seen - expected) <= argument->tolerance * fmax(1, fabs(expected))))
			return bench_fail(session, "%sargument %u, element %zu is %.17g, not %.17g",
					  who, index, i, seen, expected);
	}
	return BENCH_OK;
}

static enum bench_status verify(struct bench_session *session, const struct kernel_state *state,
				const char *who, uint64_t launches)
{
	enum bench_status status = BENCH_OK;
	unsigned int i;

	for (i = 0; i < KERNEL_ARGUMENTS_MOST && !status; i++) {
		if (state->subject->arguments[i].role == KERNEL_OUT)
			status = verify_output(session, state, i, who, launches);
	}
	return status;
}

static enum bench_status launch(struct bench_session *session, const struct kernel_state *state,
				uint64_t iterations, struct bench_timing *timing)
{
	const struct kernel_case *subject = state->subject;
	uint64_t start_ns = sample_now_ns(), i;
	enum bench_status status = BENCH_OK;

	for (i = 0; i < iterations && !status; i++)
		status = bench_cl(session,
				  clEnqueueNDRangeKernel(session->cl.queue, state->kernel,
							 subject->dimensions, NULL, subject->global,
							 subject->local[0] ? subject->local : NULL,
							 0, NULL, NULL),
				  "clEnqueueNDRangeKernel");
	if (!status)
		status = bench_finish(session);
	timing->elapsed_ns = sample_now_ns() - start_ns;
	timing->work = (double)iterations;
	return status;
}

static enum bench_status run_by_hand(struct bench_session *session,
				     const struct kernel_state *state, uint64_t iterations,
				     struct bench_timing *timing)
{
	uint64_t start_ns;
	int error;

	clear_memory(state);
	start_ns = sample_now_ns();
	error = by_hand_run(state->subject->by_hand, state->memory, iterations);
	timing->by_hand_ns = sample_now_ns() - start_ns;
	if (error)
		return bench_fail(session, "no threads for the form by hand: %s", strerror(-error));
	return verify(session, state, "by hand: ", iterations);
}

enum bench_status kernel_run(struct bench_session *session, const struct bench *bench, void *opaque,
			     uint64_t iterations, struct bench_timing *timing)
{
	struct kernel_state *state = opaque;
	enum bench_status status;

	status = clear_outputs(session, state);
	if (!status)
		status = launch(session, state, iterations, timing);
	if (!status)
		status = read_outputs(session, state);
	if (!status)
		status = verify(session, state, "", iterations);
	if (!status && state->subject->by_hand)
		status = run_by_hand(session, state, iterations, timing);
	return status;
}
