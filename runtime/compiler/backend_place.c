// SPDX-License-Identifier: MIT
#include "backend_place.h"

#include <errno.h>
#include <string.h>

#include "backend_library.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/signals.h"

static void start(struct tandem_backend_place *place)
{
	if (!place->is_started)
		tandem_isolated_backend_start(&place->isolated);
	place->is_started = true;
}

void tandem_backend_place_prepare(struct tandem_backend_place *place)
{
	if (place->trusted)
		tandem_backend_prefetch();
	else
		start(place);
}

static int run_backend_here(const struct tandem_backend_request *request,
			    struct tandem_backend_result *result, struct tandem_text *log)
{
	tandem_backend_function backend = tandem_backend_get(log);
	struct tandem_quiet quiet;
	int error;

	if (!backend)
		return -ENOENT;
	/* It may write files, see dump.h. */
	tandem_quiet_begin(&quiet);
	error = backend(request, result);
	tandem_quiet_end(&quiet);
	return error;
}

static int run_backend_isolated(struct tandem_backend_place *place,
				const struct tandem_backend_request *request,
				struct tandem_backend_result *result)
{
	start(place);
	return tandem_isolated_backend_compile(&place->isolated, request, result);
}

/* A line of the log for each line of the notes: lines of the log are not of any length. */
static void log_notes(const struct tandem_text *notes)
{
	const char *line = notes->bytes, *end;

	for (; line && *line; line = end + (*end == '\n')) {
		end = strchrnul(line, '\n');
		tandem_log(TANDEM_LOG_COMPILER, "%.*s", (int)(end - line), line);
	}
}

int tandem_backend_place_run(struct tandem_backend_place *place,
			     const struct tandem_backend_request *request,
			     const struct tandem_text *warnings, struct tandem_binary *binary,
			     struct tandem_text *log)
{
	struct tandem_container container = {
		.kind = request->make_library ? TANDEM_BINARY_LIBRARY : TANDEM_BINARY_EXECUTABLE,
		.optimised = request->optimise,
		.zeroed = request->zeroed,
		.uses_windows = request->uses_windows,
		.is_foreign = !place->trusted,
	};
	struct tandem_backend_result result = { 0 };
	uint64_t start = tandem_clock_ns();
	int error;

	error = place->trusted ? run_backend_here(request, &result, log) :
				 run_backend_isolated(place, request, &result);
	tandem_log(TANDEM_LOG_COMPILER, "back end: %.1f ms", (tandem_clock_ns() - start) * 1e-6);
	log_notes(&result.notes);
	tandem_text_add(log, tandem_text_string(&result.log), result.log.length);
	if (!error) {
		tandem_container_set(&container, TANDEM_SECTION_BITCODE, &result.bitcode);
		tandem_container_set(&container, TANDEM_SECTION_OBJECT, &result.object);
		tandem_container_set(&container, TANDEM_SECTION_DESCRIPTION, &result.description);
		if (warnings)
			tandem_container_set(&container, TANDEM_SECTION_LOG, warnings);
		error = tandem_container_write(&container, binary);
	}
	tandem_backend_result_finish(&result);
	return error;
}

void tandem_backend_place_finish(struct tandem_backend_place *place)
{
	if (place->is_started)
		tandem_isolated_backend_finish(&place->isolated);
}
