// SPDX-License-Identifier: MIT
/* What the files of the API share: saying why a call failed, and answering queries. */
#ifndef TANDEM_API_API_H
#define TANDEM_API_API_H

#include <CL/cl.h>
#include <CL/cl_ext.h>
#include <string.h>

#include "core/error.h"
#include "driver/features.h"
#include "entry_points.h"
#include "handles.h"
#include "svm/arena.h"
#include "util/alloc.h"
#include "util/log.h"

/* The call of the application that the thread is in, by the name that OpenCL gives it. */
extern _Thread_local const char *tandem_current_call;

static inline const char *tandem_call_enter(const char *name)
{
	const char *outer = tandem_current_call;

	tandem_current_call = name;
	return outer;
}

static inline void tandem_call_leave(const char *const *outer)
{
	tandem_current_call = *outer;
}

/*
 * What each entry point begins with, and nothing else: functions of the runtime do not call
 * entry points. Where the application makes a call from a callback, the call that has
 * called back is the current one again afterwards.
 */
#define ENTRY_POINT                                                                   \
	const char *outer_call_ __attribute__((cleanup(tandem_call_leave), unused)) = \
		tandem_call_enter(&__func__[sizeof("tandem_") - 1])

/* Logs why the current call fails with @code, and returns the code. */
cl_int tandem_api_fail(cl_int code, const char *format, ...)
	__attribute__((format(printf, 2, 3), cold));

#define fail(code, ...) tandem_api_fail((code), __VA_ARGS__)

/* The code of a core function's error, logged where it is one. */
cl_int tandem_api_result(int error);

#define result(error) tandem_api_result(error)

/*
 * The devices of a type, as clGetDeviceIDs reports them. CL_INVALID_DEVICE_TYPE,
 * CL_INVALID_VALUE, CL_DEVICE_NOT_FOUND.
 */
cl_int tandem_api_find_devices(const struct tandem_platform *platform, cl_device_type type,
			       cl_uint room, cl_device_id *devices, cl_uint *count);

/* Answers a query with @bytes at @value, as all clGet*Info functions do. */
struct tandem_answer {
	size_t room; /* param_value_size */
	void *target; /* param_value, or NULL */
	size_t *size; /* param_value_size_ret, or NULL */
};

cl_int tandem_answer_bytes(const struct tandem_answer *answer, const void *value, size_t bytes);

#define answer_bytes(answer, value, bytes) tandem_answer_bytes((answer), (value), (bytes))
#define answer_string(answer, string)	   tandem_answer_bytes((answer), (string), strlen(string) + 1)
#define answer_value(answer, type, ...)                                      \
	({                                                                   \
		type answer_value_ = (type)(__VA_ARGS__);                    \
		tandem_answer_bytes((answer), &answer_value_, sizeof(type)); \
	})

/* Answers with the features of a kind that a device with @properties has, or the platform. */
cl_int tandem_answer_features(const struct tandem_device_properties *properties,
			      enum tandem_feature_kind kind, const struct tandem_answer *answer);
/* The same with their names, separated by spaces. */
cl_int tandem_answer_feature_names(const struct tandem_device_properties *properties,
				   enum tandem_feature_kind kind,
				   const struct tandem_answer *answer);

/* Answers with what a device with @properties can do with each type of SVM, or the platform. */
cl_int tandem_answer_svm_types(const struct tandem_device_properties *properties,
			       const struct tandem_answer *answer);

/*
 * Makes clRetain@suffix and clRelease@suffix of the objects that handles.h calls @name.
 * @what: the object in words. @lend and @release count the application's reference.
 */
#define RETAIN_AND_RELEASE(suffix, name, handle_type, invalid, what, lend, release) \
	cl_int tandem_clRetain##suffix(handle_type handle)                          \
	{                                                                           \
		ENTRY_POINT;                                                        \
		struct tandem_##name *object = name##_of(handle);                   \
                                                                                    \
		if (!object)                                                        \
			return fail(invalid, "%p is no " what, (void *)handle);     \
		lend(object);                                                       \
		return CL_SUCCESS;                                                  \
	}                                                                           \
                                                                                    \
	cl_int tandem_clRelease##suffix(handle_type handle)                         \
	{                                                                           \
		ENTRY_POINT;                                                        \
		struct tandem_##name *object = name##_held_of(handle);              \
                                                                                    \
		if (!object)                                                        \
			return fail(invalid, "%p is no " what, (void *)handle);     \
		release(object);                                                    \
		return CL_SUCCESS;                                                  \
	}

/* Where counting is all there is to do. */
#define LEND_OBJECT(object)    tandem_object_lend(&(object)->object)
#define RELEASE_OBJECT(object) tandem_object_drop(&(object)->object)

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
cl_int tandem_api_wait_list(const struct tandem_context *context, cl_uint count,
			    const cl_event *events, struct tandem_wait_list *wait);

#define check_wait_list(context, count, events, wait) \
	tandem_api_wait_list((context), (count), (events), (wait))

/*
 * Submits a command. The event goes to @event where that is not NULL, and where
 * the call succeeds: a blocking command may fail.
 */
cl_int tandem_api_submit(struct tandem_command *command, bool blocking, cl_event *event);

#define submit(command, blocking, event) tandem_api_submit((command), (blocking), (event))

#endif
