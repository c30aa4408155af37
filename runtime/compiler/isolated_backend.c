// SPDX-License-Identifier: MIT
#include "isolated_backend.h"

#include <errno.h>
#include <string.h>

#include "backend_library.h"

#define PROGRAM "tandem-backend-run"
/* Far longer than any program takes. */
#define LIMIT_MS 120000

static int start(struct tandem_isolated_backend *isolated)
{
	char *const arguments[] = { isolated->path, (char *)tandem_backend_path(), NULL };
	struct tandem_child *child = &isolated->child;
	int error;

	if (!tandem_backend_sibling(PROGRAM, isolated->path, sizeof(isolated->path)))
		return -ENOENT;
	error = tandem_child_feed_later(child);
	if (!error)
		error = tandem_child_collect(child, &isolated->answer, NULL);
	if (!error)
		error = tandem_child_collect(child, &isolated->said, NULL);
	if (!error)
		error = tandem_child_start(child, arguments, &isolated->said);
	return error;
}

void tandem_isolated_backend_start(struct tandem_isolated_backend *isolated)
{
	*isolated = (struct tandem_isolated_backend){ 0 };
	isolated->error = start(isolated);
}

static int talk(struct tandem_isolated_backend *isolated, const struct tandem_text *request,
		struct tandem_text *log)
{
	if (isolated->error)
		return isolated->error;
	tandem_child_say(&isolated->child, request->bytes, request->length);
	return tandem_child_end(&isolated->child, isolated->path, LIMIT_MS, log);
}

int tandem_isolated_backend_compile(struct tandem_isolated_backend *isolated,
				    const struct tandem_backend_request *request,
				    struct tandem_backend_result *result)
{
	struct tandem_text bytes = { 0 };
	int error, outcome = -ENOEXEC;

	/* Why it was not started. */
	if (isolated->error)
		tandem_text_add(&result->log, tandem_text_string(&isolated->said),
				isolated->said.length);
	tandem_backend_write_request(request, &bytes);
	error = bytes.failed ? -ENOMEM : talk(isolated, &bytes, &result->log);
	if (!error && !tandem_backend_read_result(result, &outcome, isolated->answer.bytes,
						  isolated->answer.length))
		error = -ENOEXEC;
	if (error && error != -ENOMEM) {
		tandem_text_print(&result->log,
				  "error: the program was not made here, and the back end does "
				  "not come to an end with it: %s%s\n",
				  error == -ETIME ? "it takes too long" : strerror(-error),
				  error == -ENOEXEC ? ", it is damaged" : "");
		error = -ENOEXEC;
	}
	tandem_text_finish(&bytes);
	return error ? error : outcome;
}

void tandem_isolated_backend_finish(struct tandem_isolated_backend *isolated)
{
	tandem_child_finish(&isolated->child);
	tandem_text_finish(&isolated->answer);
	tandem_text_finish(&isolated->said);
}
