// SPDX-License-Identifier: MIT
/*
 * A process that has clang loaded and forks for each compilation, so that a program does not
 * pay for its start. The first compilation starts it; it ends with this process, or when
 * nothing was compiled for a while.
 *
 * It has none of this process's descriptors, environment and working folder, but what each
 * compilation is given. It keeps this process's limits of the time when it was started. It is
 * not asked where this process has other rights, or sees other files, than it had then; nor by
 * processes that orphans become children of.
 */
#ifndef TANDEM_COMPILER_COMPILE_SERVER_H
#define TANDEM_COMPILER_COMPILE_SERVER_H

#include <stddef.h>

#include "child_process.h"

/* Writes the path of the server's program to @path; "" where it cannot be told. */
void tandem_compile_server_path(char *path, size_t room);

/*
 * Compiles as tandem_child_run does with @arguments, whose first is the path of the clang
 * that was there when Tandem was built. -ENOTCONN, with nothing done, where there is no
 * server to be had; -EAGAIN where the server has failed, so that the streams may have been
 * used: with new ones the compilation may be tried otherwise. Any thread may call it.
 */
int tandem_compile_server_run(struct tandem_child *child, char *const *arguments,
			      struct tandem_text *log);

#endif
