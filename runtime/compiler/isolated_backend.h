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

#include <limits.h>

#include "backend/backend.h"
#include "child_process.h"

struct tandem_isolated_backend {
	struct tandem_child child;
	struct tandem_text answer, said;
	char path[PATH_MAX]; /* of the program */
	int error; /* of the start */
};

/* Starts the process, which loads the back end while it waits for a request. */
void tandem_isolated_backend_start(struct tandem_isolated_backend *isolated);

/*
 * As tandem_backend_compile, with the same errors; -ENOEXEC, with a line in the result's
 * log, also where the back end does not come to an end. Once for each start.
 */
int tandem_isolated_backend_compile(struct tandem_isolated_backend *isolated,
				    const struct tandem_backend_request *request,
				    struct tandem_backend_result *result);

/* Ends the process where it has got no request. */
void tandem_isolated_backend_finish(struct tandem_isolated_backend *isolated);

/* ---- how the two talk ---- */

/*
 * Bytes that a request begins with, and how many more follow them: nobody has to wait for the
 * other end to be closed, which may be open in processes that the application has forked.
 */
#define TANDEM_REQUEST_HEAD 8
uint64_t tandem_backend_request_length(const void *head);

void tandem_backend_write_request(const struct tandem_backend_request *request,
				  struct tandem_text *bytes);

/*
 * Reads what was written, behind its head, once in a process: modules and names stay in @bytes,
 * and the lists of them are never freed. False where the bytes are no request.
 */
bool tandem_backend_read_request(struct tandem_backend_request *request, const void *bytes,
				 size_t length);

void tandem_backend_write_result(const struct tandem_backend_result *result, int error,
				 struct tandem_text *bytes);

/* Copies what was written. False where the bytes are no result, whole. */
bool tandem_backend_read_result(struct tandem_backend_result *result, int *error, const void *bytes,
				size_t length);

#endif
