// SPDX-License-Identifier: MIT
/*
 * Where the back end works: in this process, or, for modules that were not made here, in a
 * process of its own (isolated_backend.h). What it makes becomes a binary.
 */
#ifndef TANDEM_COMPILER_BACKEND_PLACE_H
#define TANDEM_COMPILER_BACKEND_PLACE_H

#include "container.h"
#include "isolated_backend.h"

struct tandem_backend_place {
	bool trusted; /* the modules are, see container.h */
	struct tandem_isolated_backend isolated; /* where they are not */
};

/*
 * Starts the process, where it is to be one, which loads the back end: beside a front end, which
 * is another process, at no cost.
 */
void tandem_backend_place_begin(struct tandem_backend_place *place, bool trusted);

/*
 * Links and translates modules into a container, once, with @warnings, which may be NULL, as what
 * the front end said. Errors as tandem_backend_compile's, with lines in @log; -ENOENT where the
 * back end cannot be loaded here.
 */
int tandem_backend_place_run(struct tandem_backend_place *place,
			     const struct tandem_backend_request *request,
			     const struct tandem_text *warnings, struct tandem_binary *binary,
			     struct tandem_text *log);

void tandem_backend_place_finish(struct tandem_backend_place *place);

#endif
