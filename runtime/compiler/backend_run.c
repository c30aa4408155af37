// SPDX-License-Identifier: MIT
/*
 * tandem-backend-run BACKEND: the back end as a process, see compiler/isolated_backend.h.
 * The runtime starts it for binaries from elsewhere; it is of no use by hand.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "compiler/isolated_backend.h"

#define MOST_MEMORY_BYTES (4ull << 30)
#define MOST_CPU_SECONDS  100

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

static int read_input(struct tandem_text *input)
{
	ssize_t got = 1;

	while (got > 0) {
		char *room = tandem_text_reserve(input, 65536);

		got = room ? read(STDIN_FILENO, room, 65536) : -1;
		if (got > 0)
			input->length += (size_t)got;
	}
	return (int)got;
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
	if (!backend || read_input(&input) ||
	    !tandem_backend_read_request(&request, input.bytes, input.length)) {
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
