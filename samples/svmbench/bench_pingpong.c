// SPDX-License-Identifier: MIT
/*
 * A flag that goes to and fro: the CPU writes an odd number, the running kernel answers
 * by the next even one. The time for both ways is what a hand-over between CPU and device
 * costs at least. Two CPU threads that do the same are the reference.
 *
 * Neither side pauses between two looks: a pause takes longer than the way of the flag.
 */
#include "bench.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_NS	    (10 * SAMPLE_NS_PER_S)
#define SPINS_BETWEEN_LOOKS 4096
#define DEVICE_IDLE_LIMIT   1000000000u
/* The numbers are 32 bits wide and grow by two in a round. */
#define MOST_ROUNDS (1u << 30)

extern const char bench_pingpong_cl[];
extern const size_t bench_pingpong_cl_size;

/* Shared with the device; the same structure stands in pingpong.cl. */
struct table {
	_Atomic uint32_t ball; /* odd: the CPU has played it, even: the device has */
	uint32_t padding_ball[31];
	_Atomic uint32_t ready; /* the other side is there */
	_Atomic uint32_t stop; /* the CPU has given up */
};

/* Waits until @word is @value. Returns false where it is not within the time allowed. */
static bool wait_for(_Atomic uint32_t *word, uint32_t value)
{
	uint64_t start_ns = 0;
	unsigned int spins = 0;

	while (atomic_load_explicit(word, memory_order_acquire) != value) {
		if (++spins % SPINS_BETWEEN_LOOKS)
			continue;
		if (!start_ns)
			start_ns = sample_now_ns();
		if (sample_now_ns() - start_ns > PATIENCE_NS)
			return false;
	}
	return true;
}

/* The CPU's half, once the other side has been started. */
static enum bench_status play(struct bench_session *session, struct table *table, uint64_t rounds,
			      const char *who, struct bench_timing *timing)
{
	uint64_t start_ns, i;

	if (!wait_for(&table->ready, 1)) {
		atomic_store(&table->stop, 1);
		return bench_fail(session, "the CPU waited %llu s for %s to start",
				  PATIENCE_NS / SAMPLE_NS_PER_S, who);
	}
	start_ns = sample_now_ns();
	for (i = 0; i < rounds; i++) {
		uint32_t ball = (uint32_t)(2 * i + 1);

		atomic_store_explicit(&table->ball, ball, memory_order_release);
		if (!wait_for(&table->ball, ball + 1)) {
			atomic_store(&table->stop, 1);
			return bench_fail(session,
					  "the CPU waited %llu s for %s to answer %u; the flag is "
					  "%u",
					  PATIENCE_NS / SAMPLE_NS_PER_S, who, ball,
					  atomic_load(&table->ball));
		}
	}
	timing->elapsed_ns = sample_now_ns() - start_ns;
	timing->work = (double)rounds;
	return BENCH_OK;
}

static enum bench_status check_answered(struct bench_session *session, const char *who,
					uint32_t answered, uint64_t rounds)
{
	if (answered == rounds)
		return BENCH_OK;
	return bench_fail(session, "%s answered %u times, not %llu", who, answered,
			  (unsigned long long)rounds);
}

/* --- CPU and device --- */

struct pingpong_state {
	cl_kernel kernel;
	struct table *table; /* SVM with atomics */
	uint32_t *answered; /* SVM */
};

static void device_teardown(struct bench_session *session, void *state)
{
	struct pingpong_state *pingpong = state;

	bench_svm_free(session, pingpong->table);
	bench_svm_free(session, pingpong->answered);
	if (pingpong->kernel)
		clReleaseKernel(pingpong->kernel);
	free(pingpong);
}

static enum bench_status device_prepare(struct bench_session *session,
					struct pingpong_state *pingpong)
{
	const cl_uint idle_limit = DEVICE_IDLE_LIMIT;
	enum bench_status status;

	status = bench_kernel(session, bench_pingpong_cl, bench_pingpong_cl_size, "answer",
			      &pingpong->kernel);
	if (!status)
		status = bench_svm_alloc(session, sizeof(*pingpong->table), true,
					 (void **)&pingpong->table);
	if (!status)
		status = bench_svm_alloc(session, sizeof(*pingpong->answered), false,
					 (void **)&pingpong->answered);
	if (!status)
		status = bench_arg_svm(session, pingpong->kernel, 0, pingpong->table);
	if (!status)
		status = bench_arg(session, pingpong->kernel, 2, sizeof(idle_limit), &idle_limit);
	if (!status)
		status = bench_arg_svm(session, pingpong->kernel, 3, pingpong->answered);
	return status;
}

static enum bench_status device_setup(struct bench_session *session, const struct bench *bench,
				      void **state)
{
	const struct sample_device *device = &session->cl.device;
	struct pingpong_state *pingpong;
	enum bench_status status;

	status = bench_need_svm(session, CL_DEVICE_SVM_FINE_GRAIN_BUFFER | CL_DEVICE_SVM_ATOMICS);
	if (status)
		return status;
	if (device->version_major > 2 &&
	    !sample_device_has_feature(device->device, "__opencl_c_atomic_order_acq_rel"))
		return bench_skip(session, "the device has no acquire and release");
	pingpong = calloc(1, sizeof(*pingpong));
	if (!pingpong)
		return bench_fail(session, "no memory");
	status = device_prepare(session, pingpong);
	if (status) {
		device_teardown(session, pingpong);
		return status;
	}
	*state = pingpong;
	return BENCH_OK;
}

static enum bench_status device_run(struct bench_session *session, const struct bench *bench,
				    void *state, uint64_t iterations, struct bench_timing *timing)
{
	struct pingpong_state *pingpong = state;
	const cl_uint rounds = (cl_uint)iterations;
	enum bench_status status, finish_status;

	memset(pingpong->table, 0, sizeof(*pingpong->table));
	*pingpong->answered = 0;
	status = bench_arg(session, pingpong->kernel, 1, sizeof(rounds), &rounds);
	if (!status)
		status = bench_enqueue(session, pingpong->kernel, 1, 1);
	if (!status)
		status = bench_cl(session, clFlush(session->cl.queue), "clFlush");
	if (status)
		return status;
	status = play(session, pingpong->table, iterations, "the kernel", timing);
	/* The memory must not be freed under a kernel that still runs. */
	finish_status = status ? BENCH_OK : bench_finish(session);
	if (status)
		clFinish(session->cl.queue);
	if (status || finish_status)
		return status ? status : finish_status;
	return check_answered(session, "the kernel", *pingpong->answered, iterations);
}

/* --- two CPU threads --- */

struct answering_thread {
	struct table table;
	uint32_t rounds, answered;
};

static void *answer(void *argument)
{
	struct answering_thread *self = argument;
	uint32_t expected = 1;

	atomic_store_explicit(&self->table.ready, 1, memory_order_release);
	while (self->answered < self->rounds && !atomic_load(&self->table.stop)) {
		if (!wait_for(&self->table.ball, expected))
			break;
		atomic_store_explicit(&self->table.ball, expected + 1, memory_order_release);
		expected += 2;
		self->answered++;
	}
	return NULL;
}

static enum bench_status threads_setup(struct bench_session *session, const struct bench *bench,
				       void **state)
{
	/* On cache lines of its own, as SVM is. */
	*state = aligned_alloc(128, (sizeof(struct answering_thread) + 127) / 128 * 128);
	return *state ? BENCH_OK : bench_fail(session, "no memory");
}

static enum bench_status threads_run(struct bench_session *session, const struct bench *bench,
				     void *state, uint64_t iterations, struct bench_timing *timing)
{
	struct answering_thread *other = state;
	enum bench_status status;
	pthread_t handle;

	memset(other, 0, sizeof(*other));
	other->rounds = (uint32_t)iterations;
	if (pthread_create(&handle, NULL, answer, other))
		return bench_fail(session, "no second thread");
	status = play(session, &other->table, iterations, "the other thread", timing);
	pthread_join(handle, NULL);
	if (status)
		return status;
	return check_answered(session, "the other thread", other->answered, iterations);
}

static void threads_teardown(struct bench_session *session, void *state)
{
	free(state);
}

static const struct bench pingpong_benches[] = {
	{
		.name = "pingpong-device",
		.summary = "a flag from the CPU to a running kernel and back",
		.unit = BENCH_NS,
		.most_iterations = MOST_ROUNDS,
		.setup = device_setup,
		.run = device_run,
		.teardown = device_teardown,
	},
	{
		.name = "pingpong-threads",
		.summary = "reference without OpenCL: from a CPU thread to another and back",
		.unit = BENCH_NS,
		.most_iterations = MOST_ROUNDS,
		.setup = threads_setup,
		.run = threads_run,
		.teardown = threads_teardown,
	},
};

const struct bench_group bench_pingpong_group = BENCH_GROUP(pingpong_benches);
