// SPDX-License-Identifier: MIT
/* Clang as a function: what its driver and its compiler do as a program. */
#ifndef TANDEM_COMPILER_CLANG_SERVER_CLANG_H
#define TANDEM_COMPILER_CLANG_SERVER_CLANG_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Runs clang with @count arguments, the first of which is its path. What it says goes to
 * standard error, what it makes where its arguments say. The status that it would exit
 * with. To be called once in a process: what it leaves behind is not cleared away.
 */
int tandem_clang_run(int count, const char *const *arguments);

/* Makes what each compilation needs, so that processes forked later have it: no output. */
void tandem_clang_warm_up(const char *path);

#ifdef __cplusplus
}
#endif

#endif
