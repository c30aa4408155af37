// SPDX-License-Identifier: MIT
/* What /proc says about processes and threads; these may be gone at any moment. */
#ifndef TANDEM_TOP_PROCESSES_H
#define TANDEM_TOP_PROCESSES_H

#include <stdbool.h>

#include "event.h"

/* The process that the thread @tid belongs to, 0 where it is gone. */
int top_process_of(int tid);

/* Whether @tid is a thread of the kernel. */
bool top_is_kernel_thread(int tid);

bool top_process_exists(int pid);

/* The name of a process or thread as it is now; false, and @name stays, where it is gone. */
bool top_name_of(int tid, char name[TOP_NAME_BYTES]);

/*
 * Of the files that the process has open, the only one whose path begins with @prefix: copies
 * what follows the last slash of its path. False where there is none, or there are several.
 */
bool top_only_open_file(int pid, const char *prefix, char *name, size_t bytes);

#endif
