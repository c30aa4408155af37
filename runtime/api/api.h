// SPDX-License-Identifier: MIT
/* What the files of the API share: saying why a call failed, and answering queries. */
#ifndef TANDEM_API_API_H
#define TANDEM_API_API_H

#include <CL/cl.h>
#include <CL/cl_ext.h>
#include <string.h>

#include "core/error.h"
#include "entry_points.h"
#include "handles.h"
#include "svm/arena.h"
#include "util/alloc.h"
#include "util/log.h"

/* Logs why @function fails with @code, and returns the code. */
cl_int tandem_api_fail(const char *function, cl_int code, const char *format, ...)
	__attribute__((format(printf, 3, 4), cold));

#define fail(code, ...) tandem_api_fail(__func__, (code), __VA_ARGS__)

/* The code of a core function's error, logged where it is one. */
cl_int tandem_api_result(const char *function, int error);

#define result(error) tandem_api_result(__func__, (error))

/* Answers a query with @bytes at @value, as all clGet*Info functions do. */
struct tandem_answer {
	size_t room; /* param_value_size */
	void *target; /* param_value, or NULL */
	size_t *size; /* param_value_size_ret, or NULL */
};

cl_int tandem_answer_bytes(const char *function, const struct tandem_answer *answer,
			   const void *value, size_t bytes);

#define answer_bytes(answer, value, bytes) tandem_answer_bytes(__func__, (answer), (value), (bytes))
#define answer_string(answer, string) \
	tandem_answer_bytes(__func__, (answer), (string), strlen(string) + 1)
#define answer_value(answer, type, ...)                                                \
	({                                                                             \
		type answer_value_ = (type)(__VA_ARGS__);                              \
		tandem_answer_bytes(__func__, (answer), &answer_value_, sizeof(type)); \
	})

/* Stores what a clCreate* function returns beside its object. */
static inline void set_code(cl_int *target, cl_int code)
{
	if (target)
		*target = code;
}

/*
 * Checks the wait list of a command that goes to @context, and gives it in
 * @wait. CL_INVALID_EVENT_WAIT_LIST, CL_INVALID_CONTEXT.
 */
cl_int tandem_api_wait_list(const char *function, const struct tandem_context *context,
			    cl_uint count, const cl_event *events, struct tandem_wait_list *wait);

#define check_wait_list(context, count, events, wait) \
	tandem_api_wait_list(__func__, (context), (count), (events), (wait))

/*
 * Submits a command. The event goes to @event where that is not NULL, and where
 * the call succeeds: a blocking command may fail.
 */
cl_int tandem_api_submit(const char *function, struct tandem_command *command, bool blocking,
			 cl_event *event);

#define submit(command, blocking, event) tandem_api_submit(__func__, (command), (blocking), (event))

#endif
