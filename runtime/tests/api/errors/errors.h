// SPDX-License-Identifier: MIT
/*
 * The table of errors: for every entry point of OpenCL 3.1 every error condition
 * of its specification ("returns one of the following errors"), with the code
 * that must come.
 *
 * Rows are made by the macros below, in functions for one part of the API each.
 * These run twice: in the first pass calls go through the OpenCL loader, in the
 * second straight to the functions of the ICD's dispatch table. The expression of
 * a row calls through cl, which is the one or the other.
 */
#ifndef TANDEM_TESTS_API_ERRORS_H
#define TANDEM_TESTS_API_ERRORS_H

#include <CL/cl_icd.h>

#include "../harness.h"

#define ERROR_BUFFER_BYTES 4096u
#define ERROR_SVM_BYTES	   1024u

/* What calls may write to. Filled with a pattern before each; a failing call leaves it. */
struct error_outputs {
	size_t size;
	size_t sizes[4];
	cl_uint number;
	cl_ulong times[2];
	cl_event event;
	cl_platform_id platforms[2];
	cl_device_id devices[8];
	cl_kernel kernels[8];
	cl_image_format formats[4];
	cl_command_queue_properties queue_properties;
	unsigned char bytes[512];
};

enum error_handle_kind {
	ERROR_PLATFORM,
	ERROR_DEVICE,
	ERROR_CONTEXT,
	ERROR_QUEUE,
	ERROR_MEMORY,
	ERROR_PROGRAM,
	ERROR_KERNEL,
	ERROR_EVENT,
	ERROR_SAMPLER,
	ERROR_COMMAND_BUFFER,
	ERROR_MUTABLE_COMMAND,
	ERROR_KIND_COUNT,
};

/* Valid objects in all the states that conditions need, each in its obvious way. */
struct error_world {
	struct test_setup base;
	cl_device_id sub_device; /* of one compute unit; NULL where the device has only one */
	cl_context other_context;
	cl_command_queue plain_queue; /* without profiling */
	cl_command_queue profiled_queue;
	cl_command_queue stuck_queue; /* out of order; commands there wait for gate */
	cl_command_queue other_queue; /* of other_context, as all that is other */
	cl_mem buffer, other_buffer, sub_buffer, far_sub_buffer;
	cl_mem write_only, read_only; /* for kernels */
	cl_mem host_write_only, host_read_only, host_no_access;
	char *svm;
	cl_program built, other_built;
	cl_program unbuilt, broken; /* a good source and one with an error */
	cl_program from_binary; /* valid, not built */
	cl_program object, library, undefined_object; /* compiled; the last lacks a function */
	cl_program linked, described_program;
	cl_kernel ready, unset, other_kernel, required, local_user;
	cl_kernel described; /* with information on its arguments */
	cl_event complete, unprofiled, failed, other_event;
	cl_event gate; /* a user event, not set */
	cl_event pending; /* of a command that waits for gate */
	cl_event set_event; /* a user event, set */
	void *bad_handles[ERROR_KIND_COUNT][4];

	const cl_icd_dispatch *cl;
	bool direct; /* the second pass */
	struct error_outputs out;
};

/* Fills the world; errors_world_finish undoes it. */
void error_world_init(struct error_world *world);
void error_world_finish(struct error_world *world);

/* Each adds the rows of one part of the API. */
void error_rows_platform(struct error_world *world);
void error_rows_device(struct error_world *world);
void error_rows_context(struct error_world *world);
void error_rows_queue(struct error_world *world);
void error_rows_buffer(struct error_world *world);
void error_rows_transfer(struct error_world *world);
void error_rows_copy(struct error_world *world);
void error_rows_map(struct error_world *world);
void error_rows_svm(struct error_world *world);
void error_rows_program(struct error_world *world);
void error_rows_build(struct error_world *world);
void error_rows_kernel(struct error_world *world);
void error_rows_launch(struct error_world *world);
void error_rows_event(struct error_world *world);
void error_rows_absent(struct error_world *world);
/* Of extensions, some of which loaders do not export: for the second pass only. */
void error_rows_extensions(struct error_world *world);
void error_rows_command_buffer(struct error_world *world);
void error_rows_unified_memory(struct error_world *world);
void error_rows_unified_svm(struct error_world *world);

/* ---- rows ---- */

/* The rows that follow are of the entry point @name. */
void error_entry_point(const char *name);

/* Begins a row; the outputs are filled with the pattern. */
void error_row_begin(struct error_world *world, cl_int expected, const char *condition);
/* Ends it: a call that returns a code has returned @code. */
void error_row_end(struct error_world *world, cl_int code);
/* A call that returns something else, @made, and gave @code to errcode_ret; once without. */
void error_row_made(struct error_world *world, const void *made, cl_int code);
void error_row_made_quietly(struct error_world *world, const void *made);

/* A condition that cannot be provoked here. */
void error_not_provocable(struct error_world *world, cl_int expected, const char *condition,
			  const char *reason);

bool error_has_sub_groups(cl_device_id device);

/* CL_OUT_OF_RESOURCES and CL_OUT_OF_HOST_MEMORY, which nearly all entry points list. */
void error_resources(struct error_world *world);

/* Nothing was written to the outputs. Set by hand where an error is an answer as well. */
void error_row_may_write(void);

/*
 * The invalid handle @index of a kind, with @condition telling what it is. Objects
 * of other kinds, released ones, and NULL, which the loader would answer itself,
 * in the second pass. False behind the last.
 */
bool error_bad_handle(struct error_world *world, enum error_handle_kind kind, unsigned int *index,
		      void **handle, const char **condition);

/* A call that returns its code. */
#define ROW(expected, condition, call)                         \
	do {                                                   \
		error_row_begin(world, (expected), condition); \
		error_row_end(world, (call));                  \
	} while (0)

/* A call that returns an object and stores its code to errcode. */
#define ROW_CREATE(expected, condition, call)                         \
	do {                                                          \
		cl_int row_code_ = CL_SUCCESS, *errcode = &row_code_; \
		const void *row_made_;                                \
                                                                      \
		error_row_begin(world, (expected), condition);        \
		row_made_ = (const void *)(call);                     \
		error_row_made(world, row_made_, row_code_);          \
		errcode = NULL;                                       \
		row_made_ = (const void *)(call);                     \
		error_row_made_quietly(world, row_made_);             \
	} while (0)

/* A row for each invalid handle, which the call has as bad. */
#define ROWS_BAD(kind, type, expected, call)                                                   \
	do {                                                                                   \
		const char *rows_condition_;                                                   \
		void *rows_handle_;                                                            \
                                                                                               \
		for (unsigned int rows_index_ = 0; error_bad_handle(                           \
			     world, (kind), &rows_index_, &rows_handle_, &rows_condition_);) { \
			type bad = rows_handle_;                                               \
                                                                                               \
			ROW(expected, rows_condition_, call);                                  \
		}                                                                              \
	} while (0)

#define ROWS_BAD_CREATE(kind, type, expected, call)                                            \
	do {                                                                                   \
		const char *rows_condition_;                                                   \
		void *rows_handle_;                                                            \
                                                                                               \
		for (unsigned int rows_index_ = 0; error_bad_handle(                           \
			     world, (kind), &rows_index_, &rows_handle_, &rows_condition_);) { \
			type bad = rows_handle_;                                               \
                                                                                               \
			ROW_CREATE(expected, rows_condition_, call);                           \
		}                                                                              \
	} while (0)

/*
 * The rows of a clGet*Info function: @call has name, size, value and size_ret.
 * @known: a parameter name whose value is not empty.
 */
#define ROWS_QUERY(known, call)                                                                    \
	do {                                                                                       \
		cl_uint name = 0x7fff;                                                             \
		size_t size = sizeof(world->out.bytes), *size_ret = &world->out.size;              \
		void *value = world->out.bytes;                                                    \
                                                                                                   \
		ROW(CL_INVALID_VALUE, "param_name is not one of the supported values", call);      \
		name = (known);                                                                    \
		size = 1;                                                                          \
		ROW(CL_INVALID_VALUE, "param_value_size is less than the size of the type", call); \
		size = 0;                                                                          \
		ROW(CL_INVALID_VALUE, "param_value_size is 0, param_value is not NULL", call);     \
	} while (0)

/*
 * The rows of a command's wait list, which @call has as count and list. @row: ROW
 * or ROW_CREATE.
 */
#define ROWS_WAIT(row, call)                                                                 \
	do {                                                                                 \
		const char *wait_condition_;                                                 \
		cl_event wait_events_[1] = { world->complete };                              \
		const cl_event *list = wait_events_;                                         \
		void *wait_handle_;                                                          \
		cl_uint count = 0;                                                           \
                                                                                             \
		row(CL_INVALID_EVENT_WAIT_LIST,                                              \
		    "event_wait_list is not NULL and num_events_in_wait_list is 0", call);   \
		list = NULL;                                                                 \
		count = 1;                                                                   \
		row(CL_INVALID_EVENT_WAIT_LIST,                                              \
		    "event_wait_list is NULL and num_events_in_wait_list is not 0", call);   \
		list = wait_events_;                                                         \
		for (unsigned int wait_index_ = 0;                                           \
		     error_bad_handle(world, ERROR_EVENT, &wait_index_, &wait_handle_,       \
				      &wait_condition_);) {                                  \
			wait_events_[0] = wait_handle_;                                      \
			row(CL_INVALID_EVENT_WAIT_LIST, wait_condition_, call);              \
		}                                                                            \
		wait_events_[0] = world->other_event;                                        \
		row(CL_INVALID_CONTEXT, "an event of event_wait_list is of another context", \
		    call);                                                                   \
	} while (0)

/* A blocking command, @call, whose list holds an event that failed. */
#define ROW_WAIT_FAILED(row, call)                                                                \
	do {                                                                                      \
		const cl_event *list = &world->failed;                                            \
		cl_uint count = 1;                                                                \
                                                                                                  \
		row(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,                                 \
		    "blocking, and the status of an event of event_wait_list is negative", call); \
	} while (0)

#endif
