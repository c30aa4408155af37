/* SPDX-License-Identifier: MIT */
/*
 * One OpenCL device with a context and a queue, for tests that are ordinary
 * OpenCL programs. What cannot be done ends the program with a message: exit
 * status 77 where there is no device or it lacks a feature, 2 for failed calls.
 */
#ifndef TANDEM_TEST_SESSION_H
#define TANDEM_TEST_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include <CL/cl.h>

#define TEST_SKIPPED 77

struct tandem_session {
	cl_device_id device;
	cl_context context;
	cl_command_queue queue;
	bool has_half;
	bool has_double;
	/* Division and square root of float can be asked to be correctly rounded. */
	bool has_exact_divide;
	char name[128];
};

/* Opens the first device of the first platform that has one. */
void tandem_session_open(struct tandem_session *session);
void tandem_session_close(struct tandem_session *session);

/* Whether the device reports an OpenCL C feature macro (OpenCL 3.0). */
bool tandem_session_has_feature(const struct tandem_session *session, const char *feature);
bool tandem_session_has_extension(const struct tandem_session *session, const char *extension);

/* Asked by a test of many programs before each of them: whether it is tried (sample.h). */
bool tandem_session_takes_next(void);

/*
 * Builds a program from source. NULL if it does not build, with the build log on
 * stderr. tandem_program_release() ends it.
 */
cl_program tandem_program_build(const struct tandem_session *session, const char *source,
				const char *options);
void tandem_program_release(cl_program program);

cl_kernel tandem_kernel_create(cl_program program, const char *name);
void tandem_kernel_release(cl_kernel kernel);
void tandem_kernel_set(cl_kernel kernel, cl_uint index, size_t size_bytes, const void *value);

cl_mem tandem_buffer_create(const struct tandem_session *session, size_t size_bytes,
			    const void *content);
void tandem_buffer_read(const struct tandem_session *session, cl_mem buffer, size_t size_bytes,
			void *content);
void tandem_buffer_release(cl_mem buffer);

/* Runs a kernel in one dimension and waits for it; local_size 0 leaves it to OpenCL. */
void tandem_kernel_run(const struct tandem_session *session, cl_kernel kernel, size_t global_size,
		       size_t local_size);
void tandem_kernel_run_3d(const struct tandem_session *session, cl_kernel kernel,
			  const size_t global_size[3], const size_t local_size[3]);

#endif
