// SPDX-License-Identifier: MIT
/*
 * What the tests of the API share: a device to work on, programs, random
 * numbers, and a bound on every wait. The tests are ordinary OpenCL applications.
 */
#ifndef TANDEM_TESTS_API_HARNESS_H
#define TANDEM_TESTS_API_HARNESS_H

#include <CL/cl.h>
#include <CL/cl_ext.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "check.h"

/* The first device of the first platform, with a context and an in-order queue. */
struct test_setup {
	cl_platform_id platform;
	cl_device_id device;
	cl_context context;
	cl_command_queue queue;
};

/* Ends the test where there is no device. */
struct test_setup test_open(void);
void test_close(struct test_setup *setup);

#define TEST_PAIR 2

/* Both devices of the first platform in one context, with an in-order queue each. */
struct test_pair {
	cl_device_id devices[TEST_PAIR];
	cl_context context;
	cl_command_queue queues[TEST_PAIR];
};

/* Ends the test where there are not two devices. */
struct test_pair test_open_pair(void);
void test_close_pair(struct test_pair *pair);

/* A queue of the setup's context, CL_QUEUE_*_ENABLE in @flags. */
cl_command_queue test_queue(const struct test_setup *setup, cl_command_queue_properties flags);

/* Builds for all devices of the context; prints the log and ends the test on an error. */
cl_program test_build(cl_context context, const char *source, const char *options);

/* The binary of a program for one device, of @bytes, to be freed. */
unsigned char *test_binary(cl_program program, size_t *bytes);

cl_kernel test_kernel(cl_program program, const char *name);

/* A buffer of @bytes, with the contents of @contents where that is not NULL. */
cl_mem test_buffer(cl_context context, size_t bytes, const void *contents);

/* The seconds that a step may take: more than any does, also under valgrind on a busy machine. */
#define TEST_STEP_SECONDS 600

/*
 * From here on the test does @what. Where that has not ended, with the next step,
 * after TEST_STEP_SECONDS, the process ends and says so.
 */
void test_step(const char *what);

/* Spins until *@word is @wanted, giving the processor away meanwhile; bounded by the step. */
void test_await(const _Atomic int *word, int wanted);

cl_uint test_event_info(cl_event event, cl_event_info name);
cl_int test_event_status(cl_event event);

/* Numbers that follow from a seed: the same test fails in the same way again. */
struct test_random {
	uint64_t state;
};

uint64_t test_random_next(struct test_random *random);

/* A number from 0 to @limit - 1. */
static inline uint64_t test_random_below(struct test_random *random, uint64_t limit)
{
	return test_random_next(random) % limit;
}

/* The seed of a test: of the environment variable TANDEM_TEST_SEED, or @otherwise. */
uint64_t test_seed(uint64_t otherwise);

/* How often a test repeats what is random: @usual, or as much less of it as sample.h says. */
int test_rounds(int usual);

/* Fails where an OpenCL call did not succeed. */
#define check_success(call) check_equal(CL_SUCCESS, call)

/* The same, and ends the test: what follows needs it. */
#define check_success_fatal(call)         \
	do {                              \
		if (!check_success(call)) \
			exit(1);          \
	} while (0)

#endif
