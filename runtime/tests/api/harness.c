// SPDX-License-Identifier: MIT
#include "harness.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sample.h"

static const char *volatile current_step = "start";

static void say(const char *text)
{
	/* Nothing better can be done where even this fails. */
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		return;
}

static void step_took_too_long(int signal_number)
{
	say("no end of: ");
	say(current_step);
	say("\n");
	_exit(1);
}

void test_step(const char *what)
{
	current_step = what;
	signal(SIGALRM, step_took_too_long);
	alarm(TEST_STEP_SECONDS);
}

void test_await(const _Atomic int *word, int wanted)
{
	while (atomic_load(word) != wanted)
		sched_yield();
}

struct test_setup test_open(void)
{
	struct test_setup setup;
	cl_int code;

	setvbuf(stdout, NULL, _IOLBF, 0);
	test_step("opening the device");
	code = clGetPlatformIDs(1, &setup.platform, NULL);
	check_fatal(code == CL_SUCCESS, "no platform: %d", code);
	code = clGetDeviceIDs(setup.platform, CL_DEVICE_TYPE_ALL, 1, &setup.device, NULL);
	check_fatal(code == CL_SUCCESS, "no device: %d", code);
	setup.context = clCreateContext(NULL, 1, &setup.device, NULL, NULL, &code);
	check_fatal(code == CL_SUCCESS, "no context: %d", code);
	setup.queue = test_queue(&setup, 0);
	return setup;
}

void test_close(struct test_setup *setup)
{
	check_success(clReleaseCommandQueue(setup->queue));
	check_success(clReleaseContext(setup->context));
}

struct test_pair test_open_pair(void)
{
	struct test_pair pair;
	cl_platform_id platform;
	cl_uint count = 0;
	cl_int code;

	test_step("opening both devices");
	check_success_fatal(clGetPlatformIDs(1, &platform, NULL));
	check_success_fatal(
		clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, TEST_PAIR, pair.devices, &count));
	check_fatal(count == TEST_PAIR, "%u devices", count);
	pair.context = clCreateContext(NULL, TEST_PAIR, pair.devices, NULL, NULL, &code);
	check_success_fatal(code);
	for (int i = 0; i < TEST_PAIR; i++) {
		pair.queues[i] = clCreateCommandQueueWithProperties(pair.context, pair.devices[i],
								    NULL, &code);
		check_success_fatal(code);
	}
	return pair;
}

void test_close_pair(struct test_pair *pair)
{
	for (int i = 0; i < TEST_PAIR; i++)
		check_success(clReleaseCommandQueue(pair->queues[i]));
	check_success(clReleaseContext(pair->context));
}

cl_command_queue test_queue(const struct test_setup *setup, cl_command_queue_properties flags)
{
	const cl_queue_properties properties[] = { CL_QUEUE_PROPERTIES, flags, 0 };
	cl_int code;
	cl_command_queue queue = clCreateCommandQueueWithProperties(setup->context, setup->device,
								    properties, &code);

	check_fatal(code == CL_SUCCESS, "no queue: %d", code);
	return queue;
}

static void print_log(cl_context context, cl_program program)
{
	cl_device_id device;
	static char log[65536];

	if (clGetContextInfo(context, CL_CONTEXT_DEVICES, sizeof(device), &device, NULL) !=
		    CL_SUCCESS ||
	    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, sizeof(log), log, NULL) !=
		    CL_SUCCESS)
		return;
	printf("%s\n", log);
}

cl_program test_build(cl_context context, const char *source, const char *options)
{
	cl_int code;
	cl_program program = clCreateProgramWithSource(context, 1, &source, NULL, &code);

	check_fatal(code == CL_SUCCESS, "no program: %d", code);
	code = clBuildProgram(program, 0, NULL, options, NULL, NULL);
	if (code != CL_SUCCESS)
		print_log(context, program);
	check_fatal(code == CL_SUCCESS, "the program does not build: %d", code);
	return program;
}

unsigned char *test_binary(cl_program program, size_t *bytes)
{
	unsigned char *binary;

	check_success_fatal(
		clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof(*bytes), bytes, NULL));
	binary = malloc(*bytes);
	check_fatal(binary && *bytes, "no binary");
	check_success_fatal(
		clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof(binary), &binary, NULL));
	return binary;
}

cl_kernel test_kernel(cl_program program, const char *name)
{
	cl_int code;
	cl_kernel kernel = clCreateKernel(program, name, &code);

	check_fatal(code == CL_SUCCESS, "no kernel '%s': %d", name, code);
	return kernel;
}

cl_mem test_buffer(cl_context context, size_t bytes, const void *contents)
{
	cl_mem_flags flags = CL_MEM_READ_WRITE | (contents ? CL_MEM_COPY_HOST_PTR : 0);
	cl_int code;
	cl_mem buffer = clCreateBuffer(context, flags, bytes, (void *)contents, &code);

	check_fatal(code == CL_SUCCESS, "no buffer of %zu bytes: %d", bytes, code);
	return buffer;
}

cl_uint test_event_info(cl_event event, cl_event_info name)
{
	cl_uint value = 0;

	check_success(clGetEventInfo(event, name, sizeof(value), &value, NULL));
	return value;
}

cl_int test_event_status(cl_event event)
{
	return (cl_int)test_event_info(event, CL_EVENT_COMMAND_EXECUTION_STATUS);
}

uint64_t test_random_next(struct test_random *random)
{
	uint64_t mixed;

	/* splitmix64 */
	random->state += 0x9e3779b97f4a7c15;
	mixed = random->state;
	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
	return mixed ^ (mixed >> 31);
}

uint64_t test_seed(uint64_t otherwise)
{
	const char *text = getenv("TANDEM_TEST_SEED");
	uint64_t seed = text && *text ? strtoull(text, NULL, 0) : otherwise;

	printf("seed %llu\n", (unsigned long long)seed);
	return seed;
}

int test_rounds(int usual)
{
	int rounds = usual / (int)test_sample();

	return rounds > 0 ? rounds : 1;
}
