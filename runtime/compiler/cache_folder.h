// SPDX-License-Identifier: MIT
/*
 * The folder of the kernel cache, and what in it can be trusted: machine code from there
 * runs in this process. So the folder and the files are this user's, and nobody else may
 * write to them; files are no links, pipes or devices. That is checked of what was opened,
 * each time, and paths are not used after it.
 */
#ifndef TANDEM_COMPILER_CACHE_FOLDER_H
#define TANDEM_COMPILER_CACHE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Whether there is a folder to use. Any thread may call it, as all of these. */
bool tandem_cache_folder_is_there(void);

/* Opens the folder, which the caller closes. -errno. */
int tandem_cache_folder_open(void);

/* Opens the file @name for reading; its status goes to @status. -EPERM for one not to be trusted. */
int tandem_cache_folder_read(int folder, const char *name, struct stat *status);

/* Makes a file for writing, whose name begins with @prefix and goes to @name. -errno. */
int tandem_cache_folder_create(int folder, const char *prefix, char *name, size_t room);

#endif
