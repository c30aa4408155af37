// SPDX-License-Identifier: MIT
/* A device, and running kernels on it, for tests of what the compiler makes. */
#ifndef TANDEM_TESTS_COMPILER_FIXTURE_H
#define TANDEM_TESTS_COMPILER_FIXTURE_H

#include <CL/cl.h>
#include <stdbool.h>
#include <string.h>

#include "check.h"

struct fixture {
	cl_platform_id platform;
	cl_device_id device;
	cl_context context;
	cl_command_queue queue;
};

/* One argument of a launch: a value, an SVM pointer, or local memory where value is NULL. */
struct fixture_argument {
	const void *value;
	size_t bytes;
	bool is_svm;
};

#define fixture_svm(pointer)                    \
	{                                       \
		(pointer), sizeof(void *), true \
	}
#define fixture_value(variable)                      \
	{                                            \
		&(variable), sizeof(variable), false \
	}
#define fixture_local(local_bytes)         \
	{                                  \
		NULL, (local_bytes), false \
	}

/* Opens the first device; skips the test where there is none. */
void fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture);

/* Builds, or ends the test with the log. Release with clReleaseProgram. */
cl_program fixture_build(struct fixture *fixture, const char *source, const char *options);

/* The same with what the runtime notes of it on standard error, in @notes. */
cl_program fixture_build_noted(struct fixture *fixture, const char *source, const char *options,
			       char *notes, size_t room);

/* Builds what must not build: the code, with the log in @log. */
cl_int fixture_build_error(struct fixture *fixture, const char *source, const char *options,
			   char *log, size_t room);

/* SVM for @bytes, all of them zero. */
void *fixture_alloc(struct fixture *fixture, size_t bytes);
void fixture_free(struct fixture *fixture, void *pointer);

/* A launch; @local may be NULL. */
struct fixture_launch {
	const char *kernel;
	cl_uint dimensions;
	const size_t *offset, *global, *local;
	const struct fixture_argument *arguments;
	cl_uint argument_count;
};

/* Runs a kernel and waits for it. */
void fixture_run(struct fixture *fixture, cl_program program, const struct fixture_launch *launch);

/* The same in one dimension. */
void fixture_run_1d(struct fixture *fixture, cl_program program, const char *kernel, size_t global,
		    size_t local, const struct fixture_argument *arguments, cl_uint argument_count);

#define FIXTURE_COUNT(array) ((cl_uint)(sizeof(array) / sizeof((array)[0])))

#endif
