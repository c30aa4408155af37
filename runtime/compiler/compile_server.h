// SPDX-License-Identifier: MIT
/*
 * A process that has clang's libraries loaded and forks for each compilation, so that a
 * program does not pay for their start. The first compilation starts it; it ends with this
 * process, or when nothing was compiled for a while.
 *
 * It has none of this process's descriptors, environment and working folder, but what each
 * compilation is given. It is not asked where this process has other rights, or another root
 * folder, than it had when it was started.
 */
#ifndef TANDEM_COMPILER_COMPILE_SERVER_H
#define TANDEM_COMPILER_COMPILE_SERVER_H

#include "child_process.h"

/*
 * Compiles as tandem_child_run does with @arguments, whose first is the path of the clang
 * that was there when Tandem was built. -ENOTCONN, with nothing done, where there is no
 * server to be had. Any thread may call it.
 */
int tandem_compile_server_run(struct tandem_child *child, char *const *arguments,
			      struct tandem_text *log);

#endif
