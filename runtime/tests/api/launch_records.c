// SPDX-License-Identifier: MIT
/*
 * What TANDEM_TRACE writes: each launch begins and ends once, threads join and leave it in
 * between, by the clock that the host reads, and nothing else is in the file.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define LAUNCHES     20
#define MOST_THREADS 64

struct open_launch {
	bool open;
	unsigned long long launch, begin_ns, last_leave_ns;
	int joined;
	unsigned int parts;
};

struct file_state {
	struct open_launch now; /* launches of an in-order queue do not overlap */
	unsigned int ended;
	int inside[MOST_THREADS]; /* threads that have joined and not left */
	unsigned long long least_ns, most_ns; /* between which all must be */
};

static unsigned long long host_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * 1000000000u + (unsigned long long)now.tv_nsec;
}

static int *find_inside(struct file_state *state, int tid)
{
	for (int i = 0; i < MOST_THREADS; i++) {
		if (state->inside[i] == tid)
			return &state->inside[i];
	}
	return NULL;
}

static void take_begin(struct file_state *state, unsigned long long ns, const char *rest)
{
	unsigned long long launch;
	char kernel[64], device[128];

	check_fatal(sscanf(rest, "%llx %63s %127[^\n]", &launch, kernel, device) == 3,
		    "begin: '%s'", rest);
	check(!strcmp(kernel, "count"), "the kernel is called '%s'", kernel);
	check(strlen(device) > 2, "the device is called '%s'", device);
	check(!state->now.open, "a launch begins before the one before it has ended");
	state->now = (struct open_launch){ .open = true, .launch = launch, .begin_ns = ns };
}

static void take_part(struct file_state *state, unsigned long long ns, int tid, bool joins,
		      const char *rest)
{
	int *place = find_inside(state, joins ? 0 : tid);
	unsigned long long launch;
	char thread[64] = "";
	int fields = sscanf(rest, "%llx %63[^\n]", &launch, thread);

	check(fields == (joins ? 2 : 1), "%s: '%s'", joins ? "join" : "leave", rest);
	check(state->now.open && state->now.launch == launch, "launch %llx is not running", launch);
	check(ns >= state->now.begin_ns, "before the launch began");
	if (!check(place && !(joins && find_inside(state, tid)), "thread %d, twice or never", tid))
		return;
	*place = joins ? tid : 0;
	state->now.joined += joins ? 1 : -1;
	state->now.parts += joins;
}

static void take_end(struct file_state *state, const char *rest)
{
	unsigned long long launch;

	check_fatal(sscanf(rest, "%llx", &launch) == 1, "end: '%s'", rest);
	check(state->now.open && state->now.launch == launch, "launch %llx is not running", launch);
	check_equal(0, state->now.joined);
	check(state->now.parts >= 1, "no thread has worked on it");
	state->now.open = false;
	state->ended++;
}

static void take_line(struct file_state *state, const char *line, unsigned int number)
{
	char kind[16];
	unsigned long long ns;
	int pid, tid, rest = 0, fields;

	fields = sscanf(line, "%15s %llu %d %d %n", kind, &ns, &pid, &tid, &rest);
	check_fatal(fields == 4 && rest, "line %u: '%s'", number, line);
	check_equal(getpid(), pid);
	check(ns >= state->least_ns && ns <= state->most_ns, "line %u: at %llu ns", number, ns);
	if (!strcmp(kind, "process"))
		check(!number && !strncmp(line + rest, "1 api-launch", 12), "line %u: '%s'", number,
		      line);
	else if (!strcmp(kind, "begin"))
		take_begin(state, ns, line + rest);
	else if (!strcmp(kind, "join") || !strcmp(kind, "leave"))
		take_part(state, ns, tid, kind[0] == 'j', line + rest);
	else if (!strcmp(kind, "end"))
		take_end(state, line + rest);
	else
		check(false, "line %u: '%s'", number, line);
}

static void check_file(const char *path, unsigned long long least_ns)
{
	struct file_state state = { .least_ns = least_ns, .most_ns = host_ns() };
	FILE *file = fopen(path, "re");
	unsigned int number = 0;
	char line[1024];

	check_fatal(file, "%s: not there", path);
	while (fgets(line, sizeof(line), file))
		take_line(&state, line, number++);
	fclose(file);
	check_equal(LAUNCHES, state.ended);
	check(!state.now.open, "the last launch has not ended");
}

static void run_launches(void)
{
	struct test_setup setup = test_open();
	cl_program program = test_build(
		setup.context,
		"kernel void count(global int *n) { atomic_inc(n + get_global_id(0) % 64); }",
		NULL);
	cl_kernel kernel = test_kernel(program, "count");
	cl_mem buffer = test_buffer(setup.context, 256, NULL);
	const size_t items = 4096, group = 64;

	test_step("launches");
	check_success(clSetKernelArg(kernel, 0, sizeof(buffer), &buffer));
	for (int i = 0; i < LAUNCHES; i++)
		check_success(clEnqueueNDRangeKernel(setup.queue, kernel, 1, NULL, &items, &group,
						     0, NULL, NULL));
	check_success(clFinish(setup.queue));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseProgram(program));
	test_close(&setup);
}

int main(void)
{
	char path[] = "/tmp/tandem-launch-records-XXXXXX";
	unsigned long long least_ns = host_ns();
	int file = mkstemp(path);

	check_fatal(file >= 0, "no temporary file");
	close(file);
	/* Before the library looks. */
	setenv("TANDEM_TRACE", path, 1);
	run_launches();
	check_file(path, least_ns);
	unlink(path);
	return check_result();
}
