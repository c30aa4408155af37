// SPDX-License-Identifier: MIT
/*
 * What it takes until the first result: clBuildProgram, clCreateKernel, the first launch
 * and clFinish, in a process that has built nothing before.
 *
 * That needs a process for each measurement: this program starts itself once more, with
 * the disk caches of the implementations that have one in an empty directory
 * (TANDEM_CACHE_DIR, POCL_CACHE_DIR). For others, a number that was never used before
 * stands in the source, so that no cache can know the program. "build-cached" runs a
 * second such process with the same source and the same directory.
 */
#include "bench.h"
#include "process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ELEMENTS       4096
#define LOCAL_SIZE     64
#define MATRIX_SIDE    64
#define CHILD_LIMIT_NS (50 * SAMPLE_NS_PER_S)

extern const char bench_build_first_cl[];
extern const size_t bench_build_first_cl_size;
extern const char bench_build_second_cl[];
extern const size_t bench_build_second_cl_size;

enum build_kind {
	BUILD_COLD,
	BUILD_SECOND,
	BUILD_CACHED,
};

/* --- in the process that is started for it --- */

static int compare_numbers(const void *left, const void *right)
{
	cl_uint a = *(const cl_uint *)left, b = *(const cl_uint *)right;

	return (a > b) - (a < b);
}

static void expect_first(const cl_uint *in, cl_uint *expected, cl_uint unique)
{
	unsigned int row, column, i;

	for (row = 0; row < MATRIX_SIDE; row++) {
		for (column = 0; column < MATRIX_SIDE; column++) {
			cl_uint sum = unique;

			for (i = 0; i < MATRIX_SIDE; i++)
				sum += in[row * MATRIX_SIDE + i] * in[i * MATRIX_SIDE + column];
			expected[row * MATRIX_SIDE + column] = sum;
		}
	}
}

static void expect_second(const cl_uint *in, cl_uint *expected, cl_uint unique)
{
	unsigned int i;

	memcpy(expected, in, ELEMENTS * sizeof(*in));
	for (i = 0; i < ELEMENTS; i += LOCAL_SIZE)
		qsort(expected + i, LOCAL_SIZE, sizeof(*expected), compare_numbers);
	for (i = 0; i < ELEMENTS; i++)
		expected[i] += unique;
}

static const struct build_program {
	const char *source;
	const size_t *source_bytes;
	void (*expect)(const cl_uint *in, cl_uint *expected, cl_uint unique);
} programs[] = {
	{ bench_build_first_cl, &bench_build_first_cl_size, expect_first },
	{ bench_build_second_cl, &bench_build_second_cl_size, expect_second },
};

struct build_data {
	cl_uint in[ELEMENTS], out[ELEMENTS], expected[ELEMENTS];
	cl_mem in_buffer, out_buffer;
};

static enum bench_status time_build(struct bench_session *session, struct build_data *data,
				    cl_program program, uint64_t *elapsed_ns)
{
	uint64_t start_ns = sample_now_ns();
	enum bench_status status;
	cl_kernel kernel;
	cl_int error;

	status = bench_cl(session,
			  clBuildProgram(program, 1, &session->cl.device.device, "", NULL, NULL),
			  "clBuildProgram");
	if (status)
		return status;
	kernel = clCreateKernel(program, "work", &error);
	status = bench_cl(session, error, "clCreateKernel");
	if (status)
		return status;
	status = bench_arg(session, kernel, 0, sizeof(cl_mem), &data->in_buffer);
	if (!status)
		status = bench_arg(session, kernel, 1, sizeof(cl_mem), &data->out_buffer);
	if (!status)
		status = bench_enqueue(session, kernel, ELEMENTS, LOCAL_SIZE);
	if (!status)
		status = bench_finish(session);
	*elapsed_ns = sample_now_ns() - start_ns;
	clReleaseKernel(kernel);
	return status;
}

static enum bench_status build_and_run(struct bench_session *session, struct build_data *data,
				       const struct build_program *build, cl_uint unique,
				       uint64_t *elapsed_ns)
{
	char prefix[64];
	const char *sources[] = { prefix, build->source };
	const size_t lengths[] = { 0, *build->source_bytes };
	enum bench_status status;
	cl_program program;
	unsigned int i;
	cl_int error;

	snprintf(prefix, sizeof(prefix), "#define UNIQUE %uu\n", unique);
	program = clCreateProgramWithSource(session->cl.context, 2, sources, lengths, &error);
	status = bench_cl(session, error, "clCreateProgramWithSource");
	if (status)
		return status;
	status = time_build(session, data, program, elapsed_ns);
	clReleaseProgram(program);
	if (!status)
		status = bench_read(session, data->out_buffer, sizeof(data->out), data->out);
	if (status)
		return status;
	build->expect(data->in, data->expected, unique);
	for (i = 0; i < ELEMENTS; i++) {
		if (data->out[i] != data->expected[i])
			return bench_fail(session, "element %u is %u, not %u", i, data->out[i],
					  data->expected[i]);
	}
	return BENCH_OK;
}

static enum bench_status build_all(struct bench_session *session, struct build_data *data,
				   unsigned int program_count, cl_uint unique, int fd)
{
	enum bench_status status;
	uint64_t elapsed_ns = 0;
	char line[64];
	unsigned int i;

	for (i = 0; i < ELEMENTS; i++)
		data->in[i] = i * 2654435761u;
	status = bench_buffer(session, sizeof(data->in), data->in, &data->in_buffer);
	if (!status)
		status = bench_buffer(session, sizeof(data->out), NULL, &data->out_buffer);
	for (i = 0; i < program_count && !status; i++) {
		status = build_and_run(session, data, &programs[i], unique, &elapsed_ns);
		if (status)
			break;
		snprintf(line, sizeof(line), "%llu", (unsigned long long)elapsed_ns);
		process_send(fd, line);
	}
	return status;
}

int bench_build_child(const char *wanted_device, unsigned int program_count, const char *unique,
		      int fd)
{
	struct bench_session session = { 0 };
	struct build_data *data = calloc(1, sizeof(*data));
	enum bench_status status;

	if (!data || sample_choose_device(wanted_device, 0,
					  CL_DEVICE_SVM_FINE_GRAIN_BUFFER | CL_DEVICE_SVM_ATOMICS,
					  &session.cl.device)) {
		process_send(fd, "no memory or no device");
		free(data);
		return SAMPLE_FAILED;
	}
	status = bench_cl(&session, sample_session_init(&session.cl), "clCreateContext");
	if (!status) {
		status = build_all(&session, data, program_count,
				   (cl_uint)strtoul(unique, NULL, 10), fd);
		if (data->in_buffer)
			clReleaseMemObject(data->in_buffer);
		if (data->out_buffer)
			clReleaseMemObject(data->out_buffer);
		sample_session_finish(&session.cl);
	}
	free(data);
	if (status)
		process_send(fd, session.reason);
	return status ? SAMPLE_FAILED : SAMPLE_OK;
}

/* --- in the worker --- */

struct build_state {
	unsigned int directories_made;
};

static cl_uint unique_number(void)
{
	static cl_uint serial;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (cl_uint)now.tv_sec * 1000003u ^ (cl_uint)now.tv_nsec ^ ((cl_uint)getpid() << 16) ^
	       ++serial;
}

/* Runs a child that builds @program_count programs; reports the time of the last. */
static enum bench_status run_child(struct bench_session *session, unsigned int program_count,
				   cl_uint unique, const char *cache_dir, uint64_t *elapsed_ns)
{
	char tandem_setting[512], pocl_setting[512], count_text[16], unique_text[16], line[300];
	const char *settings[] = { tandem_setting, pocl_setting, "POCL_KERNEL_CACHE=1", NULL };
	const char *arguments[] = { "svmbench",
				    "--build-child",
				    count_text,
				    "--unique",
				    unique_text,
				    session->wanted_device ? "--device" : NULL,
				    session->wanted_device,
				    NULL };
	struct process child = { 0 };
	unsigned int i;
	char *end;
	int error;

	snprintf(tandem_setting, sizeof(tandem_setting), "TANDEM_CACHE_DIR=%s", cache_dir);
	snprintf(pocl_setting, sizeof(pocl_setting), "POCL_CACHE_DIR=%s", cache_dir);
	snprintf(count_text, sizeof(count_text), "%u", program_count);
	snprintf(unique_text, sizeof(unique_text), "%u", unique);
	error = process_start(&child, arguments, settings);
	if (error)
		return bench_fail(session, "no process to build in: %s", strerror(-error));
	for (i = 0; i < program_count; i++) {
		error = process_receive(&child, CHILD_LIMIT_NS, line, sizeof(line));
		if (error) {
			process_end(&child, true);
			return bench_fail(session, "the process that builds program %u: %s", i,
					  error == -EPIPE ? "ended without a result" :
							    strerror(-error));
		}
		*elapsed_ns = strtoull(line, &end, 10);
		if (end == line || *end) {
			process_end(&child, false);
			return bench_fail(session, "in a new process: %s", line);
		}
	}
	process_end(&child, false);
	return BENCH_OK;
}

static enum bench_status build_setup(struct bench_session *session, const struct bench *bench,
				     void **state)
{
	cl_bool available = CL_FALSE;

	clGetDeviceInfo(session->cl.device.device, CL_DEVICE_COMPILER_AVAILABLE, sizeof(available),
			&available, NULL);
	if (!available)
		return bench_skip(session, "the device has no compiler");
	*state = calloc(1, sizeof(struct build_state));
	return *state ? BENCH_OK : bench_fail(session, "no memory");
}

static enum bench_status build_run(struct bench_session *session, const struct bench *bench,
				   void *state, uint64_t iterations, struct bench_timing *timing)
{
	struct build_state *build = state;
	unsigned int program_count = bench->parameter == BUILD_SECOND ? 2 : 1;
	cl_uint unique = unique_number();
	enum bench_status status;
	char cache_dir[400];

	snprintf(cache_dir, sizeof(cache_dir), "%s/%s-%u", session->scratch_dir, bench->name,
		 build->directories_made++);
	if (mkdir(cache_dir, 0700))
		return bench_fail(session, "%s: %s", cache_dir, strerror(errno));
	status = run_child(session, program_count, unique, cache_dir, &timing->elapsed_ns);
	if (!status && bench->parameter == BUILD_CACHED)
		status = run_child(session, program_count, unique, cache_dir, &timing->elapsed_ns);
	timing->work = 1;
	return status;
}

static void build_teardown(struct bench_session *session, void *state)
{
	free(state);
}

static const struct bench build_benches[] = {
	{
		.name = "build-cold",
		.summary = "build, first launch, clFinish in a new process, cache empty",
		.unit = BENCH_MS,
		.parameter = BUILD_COLD,
		.most_iterations = 1,
		.setup = build_setup,
		.run = build_run,
		.teardown = build_teardown,
	},
	{
		.name = "build-second",
		.summary = "the same for a second, different program in that process",
		.unit = BENCH_MS,
		.parameter = BUILD_SECOND,
		.most_iterations = 1,
		.setup = build_setup,
		.run = build_run,
		.teardown = build_teardown,
	},
	{
		.name = "build-cached",
		.summary = "as build-cold, but another process has built this source before",
		.unit = BENCH_MS,
		.parameter = BUILD_CACHED,
		.most_iterations = 1,
		.setup = build_setup,
		.run = build_run,
		.teardown = build_teardown,
	},
};

const struct bench_group bench_build_group = BENCH_GROUP(build_benches);
