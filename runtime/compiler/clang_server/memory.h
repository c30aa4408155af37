/* SPDX-License-Identifier: MIT */
/*
 * The memory of the compile server and of its compilations: malloc and its family, in place
 * of the C library's.
 *
 * A compilation is a process that is forked, runs for some milliseconds, and ends. Most of
 * what these cost is faults of pages: of those that it shares with the server, when it takes
 * a free piece of one, and of each 4 KiB that are new. So it takes nothing of what the server
 * has free, and new memory comes in pages of 2 MiB where the kernel gives such.
 */
#ifndef TANDEM_COMPILER_CLANG_SERVER_MEMORY_H
#define TANDEM_COMPILER_CLANG_SERVER_MEMORY_H

/*
 * To be called by a process that was forked, while it has one thread. What was allocated
 * before stays as it is, and is not used again when it is freed.
 */
void tandem_memory_begin_anew(void);

#endif
