// SPDX-License-Identifier: MIT
/*
 * The back end in a process of its own, for bitcode that was not made here: LLVM trusts
 * what it reads, and damaged bitcode may crash it, hang it, or have it take all memory.
 *
 * The program tandem-backend-run, beside the back end, reads a request from its standard
 * input and writes the result to its standard output, both as below.
 */
#ifndef TANDEM_COMPILER_ISOLATED_BACKEND_H
#define TANDEM_COMPILER_ISOLATED_BACKEND_H

#include "backend/backend.h"

/*
 * As tandem_backend_compile, with the same errors; -ENOEXEC, with a line in the result's
 * log, also where the back end does not come to an end.
 */
int tandem_isolated_backend(const struct tandem_backend_request *request,
			    struct tandem_backend_result *result);

/* ---- how the two talk ---- */

void tandem_backend_write_request(const struct tandem_backend_request *request,
				  struct tandem_text *bytes);

/*
 * Reads what was written; modules stay in @bytes. request->modules is to be freed.
 * False where the bytes are no request.
 */
bool tandem_backend_read_request(struct tandem_backend_request *request, const void *bytes,
				 size_t length);

void tandem_backend_write_result(const struct tandem_backend_result *result, int error,
				 struct tandem_text *bytes);

/* Copies what was written. False where the bytes are no result, whole. */
bool tandem_backend_read_result(struct tandem_backend_result *result, int *error, const void *bytes,
				size_t length);

#endif
