// SPDX-License-Identifier: MIT
#include "backend_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static char path[4096];
static pthread_once_t path_once = PTHREAD_ONCE_INIT;

static char failure[1024];
static tandem_backend_function function;
static pthread_once_t function_once = PTHREAD_ONCE_INIT;
static _Atomic int requested;

static void find_path(void)
{
	const char *slash;
	Dl_info info;

	if (!dladdr((void *)find_path, &info) || !info.dli_fname)
		return;
	slash = strrchr(info.dli_fname, '/');
	if (slash)
		snprintf(path, sizeof(path), "%.*s/tandem/libtandem-backend.so",
			 (int)(slash - info.dli_fname), info.dli_fname);
}

const char *tandem_backend_path(void)
{
	pthread_once(&path_once, find_path);
	return path;
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
	sigset_t every, before;
	pthread_t thread;

	if (atomic_exchange(&requested, 1))
		return;
	sigfillset(&every);
	pthread_sigmask(SIG_SETMASK, &every, &before);
	/* Where there is no thread to be had, the call to come loads it. */
	if (!pthread_create(&thread, NULL, prefetch_main, NULL))
		pthread_detach(thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
