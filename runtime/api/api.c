// SPDX-License-Identifier: MIT
#include "api.h"

#include <stdarg.h>
#include <stdio.h>

_Thread_local const char *tandem_current_call;

cl_int tandem_api_fail(cl_int code, const char *format, ...)
{
	char reason[512];
	va_list arguments;

	if (!tandem_log_enabled(TANDEM_LOG_API))
		return code;
	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	tandem_log_write(TANDEM_LOG_API, "%s: error %d: %s", tandem_current_call, code, reason);
	return code;
}

cl_int tandem_api_result(int error)
{
	cl_int code = tandem_error_code(error);

	if (code != CL_SUCCESS)
		tandem_api_fail(code, "%s", strerror(-error));
	return code;
}

cl_int tandem_answer_bytes(const struct tandem_answer *answer, const void *value, size_t bytes)
{
	if (answer->target) {
		if (answer->room < bytes)
			return tandem_api_fail(CL_INVALID_VALUE,
					       "the answer has %zu bytes, room is for %zu", bytes,
					       answer->room);
		if (bytes)
			memcpy(answer->target, value, bytes);
	}
	if (answer->size)
		*answer->size = bytes;
	return CL_SUCCESS;
}

cl_int tandem_answer_feature_names(const struct tandem_device_properties *properties,
				   enum tandem_feature_kind kind,
				   const struct tandem_answer *answer)
{
	const struct tandem_feature *feature = NULL;
	struct tandem_text names = { 0 };
	cl_int code;

	while ((feature = tandem_feature_next(properties, kind, feature)))
		tandem_text_print(&names, names.length ? " %s" : "%s", feature->name);
	code = names.failed ? fail(CL_OUT_OF_HOST_MEMORY, "no memory") :
			      answer_string(answer, tandem_text_string(&names));
	tandem_text_finish(&names);
	return code;
}

cl_int tandem_answer_features(const struct tandem_device_properties *properties,
			      enum tandem_feature_kind kind, const struct tandem_answer *answer)
{
	const struct tandem_feature *feature = NULL;
	cl_name_version versions[64] = { 0 };
	unsigned int count = 0;

	while ((feature = tandem_feature_next(properties, kind, feature)) &&
	       count < TANDEM_ARRAY_SIZE(versions)) {
		versions[count].version = feature->version;
		strncpy(versions[count].name, feature->name, CL_NAME_VERSION_MAX_NAME_SIZE - 1);
		count++;
	}
	return answer_bytes(answer, versions, count * sizeof(versions[0]));
}

cl_int tandem_api_wait_list(const struct tandem_context *context, cl_uint count,
			    const cl_event *events, struct tandem_wait_list *wait)
{
	if (!count != !events)
		return tandem_api_fail(CL_INVALID_EVENT_WAIT_LIST,
				       "%u events in the wait list at %p", count,
				       (const void *)events);
	for (cl_uint i = 0; i < count; i++) {
		const struct tandem_event *event = event_of(events[i]);

		if (!event)
			return tandem_api_fail(CL_INVALID_EVENT_WAIT_LIST,
					       "entry %u of the wait list is no event", i);
		if (event->context != context)
			return tandem_api_fail(CL_INVALID_CONTEXT,
					       "event %u of the wait list is of another context",
					       i);
	}
	/* Handles are pointers to the objects, see handles.h. */
	wait->events = (struct tandem_event *const *)(const void *)events;
	wait->count = count;
	return CL_SUCCESS;
}

cl_int tandem_api_submit(struct tandem_command *command, bool blocking, cl_event *event)
{
	struct tandem_event *shown = NULL;
	cl_int status = tandem_command_submit(command, blocking, event ? &shown : NULL);

	if (status < 0) {
		/* A call that fails gives no event: the caller would not release it. */
		if (shown)
			tandem_event_release(shown);
		return tandem_api_fail(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
				       "the command ended with status %d", status);
	}
	if (event)
		*event = event_handle(shown);
	return CL_SUCCESS;
}
