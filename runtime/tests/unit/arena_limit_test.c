// SPDX-License-Identifier: MIT
/* The arena under a limit of the address space (ulimit -v): it leaves most of the rest. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "check.h"
#include "svm/arena.h"

#define SPACE_BYTES ((size_t)2 << 30)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
int main(void)
{
	check_skip("sanitizers take more address space than the limit");
}
#else
int main(void)
{
	const struct rlimit limit = { SPACE_BYTES, SPACE_BYTES };
	void *others;
	char *memory;

	check_fatal(!setrlimit(RLIMIT_AS, &limit), "no limit can be set");
	check_fatal(!tandem_arena_init((uint64_t)64 << 30), "tandem_arena_init");
	check(tandem_arena_bytes() + 2 * tandem_arena_guard_bytes() <= SPACE_BYTES / 4,
	      "an arena of %zu bytes", tandem_arena_bytes());
	memory = tandem_arena_allocate(TANDEM_ARENA_PACKED, 50 << 20, NULL);
	check_fatal(memory, "no memory in the arena");
	memset(memory, 1, 50 << 20);
	others = malloc(SPACE_BYTES / 2);
	check(others, "no memory for the application");
	free(others);
	tandem_arena_free(memory, 50 << 20);
	return check_result();
}
#endif
