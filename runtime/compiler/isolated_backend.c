// SPDX-License-Identifier: MIT
#include "isolated_backend.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "backend_library.h"
#include "child_process.h"

#define PROGRAM "tandem-backend-run"
/* Far longer than any program takes. */
#define LIMIT_MS 120000

static int talk(const struct tandem_text *request, struct tandem_text *answer,
		struct tandem_text *said, struct tandem_text *log)
{
	char path[PATH_MAX], *const arguments[] = { path, (char *)tandem_backend_path(), NULL };
	struct tandem_child child = { 0 };
	int error;

	if (!tandem_backend_sibling(PROGRAM, path, sizeof(path)))
		return -ENOENT;
	error = tandem_child_feed(&child, request->bytes, request->length, NULL);
	if (!error)
		error = tandem_child_collect(&child, answer, NULL);
	if (!error)
		error = tandem_child_collect(&child, said, NULL);
	if (!error)
		error = tandem_child_run(&child, arguments, LIMIT_MS, log);
	tandem_child_finish(&child);
	return error;
}

int tandem_isolated_backend(const struct tandem_backend_request *request,
			    struct tandem_backend_result *result)
{
	struct tandem_text bytes = { 0 }, answer = { 0 }, said = { 0 };
	int error, outcome = -ENOEXEC;

	tandem_backend_write_request(request, &bytes);
	error = bytes.failed ? -ENOMEM : talk(&bytes, &answer, &said, &result->log);
	if (!error && !tandem_backend_read_result(result, &outcome, answer.bytes, answer.length))
		error = -ENOEXEC;
	if (error && error != -ENOMEM) {
		tandem_text_print(&result->log,
				  "error: the binary was not made here, and the back end does "
				  "not come to an end with it: %s%s\n",
				  error == -ETIME ? "it takes too long" : strerror(-error),
				  error == -ENOEXEC ? ", the binary is damaged" : "");
		error = -ENOEXEC;
	}
	tandem_text_finish(&bytes);
	tandem_text_finish(&answer);
	tandem_text_finish(&said);
	return error ? error : outcome;
}
