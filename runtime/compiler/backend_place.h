// SPDX-License-Identifier: MIT
/*
 * Where the back end works: in this process, or, for modules that were not made here, in a
 * process of its own (isolated_backend.h). What it makes becomes a binary.
 */
#ifndef TANDEM_COMPILER_BACKEND_PLACE_H
#define TANDEM_COMPILER_BACKEND_PLACE_H

#include "container.h"
#include "isolated_backend.h"

/* All zero but for the first is one that nothing was prepared for. */
struct tandem_backend_place {
	bool trusted; /* the modules are, see container.h */
	bool is_started; /* the process is, or could not be */
	struct tandem_isolated_backend isolated; /* where they are not trusted */
};

/*
 * Has the back end loaded from now on, in a thread or in the process that it is to be: beside a
 * front end, which is another process, at no cost. Need not be called.
 */
void tandem_backend_place_prepare(struct tandem_backend_place *place);

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
