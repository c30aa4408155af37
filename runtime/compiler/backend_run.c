// SPDX-License-Identifier: MIT
/*
 * tandem-backend-run BACKEND: the back end as a process, see compiler/isolated_backend.h.
 * The runtime starts it for SPIR-V and binaries from elsewhere; it is of no use by hand.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "compiler/isolated_backend.h"

#define MOST_MEMORY_BYTES (4ull << 30)
#define MOST_CPU_SECONDS  100
#define PIECE_BYTES	  65536

static void set_limits(void)
{
	const struct rlimit none = { 0, 0 }, time = { MOST_CPU_SECONDS, MOST_CPU_SECONDS };

	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_CPU, &time);
	/* Sanitizers take terabytes of addresses for themselves. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	const struct rlimit memory = { MOST_MEMORY_BYTES, MOST_MEMORY_BYTES };

	setrlimit(RLIMIT_AS, &memory);
#endif
}

/* Adds @length bytes of the standard input; false where there are not so many. */
static bool read_input(struct tandem_text *input, uint64_t length)
{
	while (length) {
		size_t most = length < PIECE_BYTES ? (size_t)length : PIECE_BYTES;
		char *room = tandem_text_reserve(input, most);
		ssize_t got = room ? read(STDIN_FILENO, room, most) : -1;

		if (got <= 0)
			return false;
		input->length += (size_t)got;
		length -= (uint64_t)got;
	}
	return true;
}

static bool read_request(struct tandem_backend_request *request, struct tandem_text *input)
{
	return read_input(input, TANDEM_REQUEST_HEAD) &&
	       read_input(input, tandem_backend_request_length(input->bytes)) &&
	       tandem_backend_read_request(request, input->bytes + TANDEM_REQUEST_HEAD,
					   input->length - TANDEM_REQUEST_HEAD);
}

int main(int count, char **arguments)
{
	struct tandem_text input = { 0 }, output = { 0 };
	struct tandem_backend_result result = { 0 };
	struct tandem_backend_request request;
	tandem_backend_function backend = NULL;
	void *library;
	int error;

	set_limits();
	library = count == 2 ? dlopen(arguments[1], RTLD_LAZY | RTLD_LOCAL) : NULL;
	if (library)
		*(void **)&backend = dlsym(library, TANDEM_BACKEND_SYMBOL);
	if (!backend || !read_request(&request, &input)) {
		fprintf(stderr, "usage: tandem-backend-run BACKEND <REQUEST\n");
		return 2;
	}
	error = backend(&request, &result);
	tandem_backend_write_result(&result, error, &output);
	if (output.failed || fwrite(output.bytes, 1, output.length, stdout) != output.length ||
	    fflush(stdout))
		return 1;
	/* What the library has at its end is not worth the time. */
	_exit(0);
}
