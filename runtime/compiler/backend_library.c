// SPDX-License-Identifier: MIT
#include "backend_library.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/thread.h"

/* Beside the library, in a folder of its own. */
#define BACKEND "tandem/libtandem-backend.so"

static char path[PATH_MAX];

static char failure[1024];
static tandem_backend_function function;
static pthread_once_t function_once = PTHREAD_ONCE_INIT;
static _Atomic int requested;

static bool set_path(const char *library)
{
	const char *slash = strrchr(library, '/');
	int length = slash ? (int)(slash - library) : 0;

	return slash && snprintf(path, sizeof(path), "%.*s/" BACKEND, length, library) < PATH_MAX &&
	       !access(path, R_OK);
}

/*
 * When the library is loaded: a relative name that it was loaded by may lead nowhere later.
 * Beside the file that a link leads to, or else beside the link.
 */
__attribute__((constructor)) static void find_path(void)
{
	char real[PATH_MAX];
	Dl_info info;

	if (!dladdr((void *)find_path, &info) || !info.dli_fname)
		return;
	if (!realpath(info.dli_fname, real) || !set_path(real))
		set_path(info.dli_fname);
}

const char *tandem_backend_path(void)
{
	return path;
}

bool tandem_backend_sibling(const char *name, char *sibling, size_t room)
{
	const char *slash = strrchr(path, '/');

	return slash &&
	       snprintf(sibling, room, "%.*s/%s", (int)(slash - path), path, name) < (int)room;
}

static void load(void)
{
	const char *reason;
	void *library;

	atomic_store(&requested, 1);
	library = dlopen(tandem_backend_path(), RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
	if (library)
		*(void **)&function = dlsym(library, TANDEM_BACKEND_SYMBOL);
	if (function)
		return;
	reason = dlerror();
	snprintf(failure, sizeof(failure), "%s", reason ? reason : "unknown error");
}

tandem_backend_function tandem_backend_get(struct tandem_text *log)
{
	pthread_once(&function_once, load);
	if (!function)
		tandem_text_print(log, "error: the compiler's back end cannot be loaded: %s\n",
				  failure);
	return function;
}

static void *prefetch_main(void *unused)
{
	pthread_once(&function_once, load);
	return unused;
}

void tandem_backend_prefetch(void)
{
	if (atomic_exchange(&requested, 1))
		return;
	/* Where there is no thread to be had, the call to come loads it. */
	tandem_thread_start(prefetch_main, NULL, 0);
}
