// SPDX-License-Identifier: MIT
/*
 * The environment options, all of them. A program that runs with raised
 * privileges (set-user-id and the like) sees none of them.
 */
#ifndef TANDEM_UTIL_OPTIONS_H
#define TANDEM_UTIL_OPTIONS_H

#include <stdint.h>
#include <stdio.h>

/* X(identifier, variable, what it does) */
#define TANDEM_OPTIONS(X)                                                                           \
	X(DEVICES, "TANDEM_DEVICES",                                                                \
	  "comma-separated names of the drivers to use (host, vsvm, mesa), in the order to "        \
	  "report their devices; host and vsvm without it")                                         \
	X(DEBUG, "TANDEM_DEBUG",                                                                    \
	  "comma-separated topics to log to standard error: api, sched, svm, compiler, cache, "     \
	  "driver, leaks, or all; help lists these options")                                        \
	X(CACHE_DIR, "TANDEM_CACHE_DIR",                                                            \
	  "folder of the kernel cache; empty for no cache; without it $XDG_CACHE_HOME/tandem "      \
	  "or ~/.cache/tandem")                                                                     \
	X(CACHE_MIB, "TANDEM_CACHE_MIB", "size that the kernel cache is kept below, in MiB (512)")  \
	X(THREADS, "TANDEM_THREADS",                                                                \
	  "compute units of the host device (the processors the process may run on)")               \
	X(GROUP_THREADS, "TANDEM_GROUP_THREADS",                                                    \
	  "groups of a launch that may run at once, on further threads, where some run for long "   \
	  "while others have not begun: they may wait for those; 0 for none (256)")                 \
	X(CLANG, "TANDEM_CLANG",                                                                    \
	  "path of the clang to compile OpenCL C with; it must be of the release Tandem was "       \
	  "built with")                                                                             \
	X(LANES, "TANDEM_LANES",                                                                    \
	  "neighbouring work-items that go through a kernel together, as vectors: 2, 4, 8, 16, "    \
	  "32 or 64, wherever that is possible; 1 for none (as many as suit the processor, where "  \
	  "it pays)")                                                                               \
	X(FORM_ITEMS, "TANDEM_FORM_ITEMS",                                                          \
	  "work-items that a kernel runs with images of some formats, and samplers of some kinds, " \
	  "before it is compiled for these alone; 0 for at once (1048576)")                         \
	X(LLVM_SPIRV, "TANDEM_LLVM_SPIRV",                                                          \
	  "path of the llvm-spirv to read SPIR-V with (the one that Tandem was built beside)")      \
	X(MESA_LIBRARY, "TANDEM_MESA_LIBRARY",                                                      \
	  "Mesa's OpenCL driver for the driver mesa (libRusticlOpenCL.so.1, then "                  \
	  "libMesaOpenCL.so.1)")                                                                    \
	X(DUMP_DIR, "TANDEM_DUMP_DIR", "folder to write each program's source and LLVM code to")    \
	X(TRACE, "TANDEM_TRACE",                                                                    \
	  "file to append a line to when a launch begins and ends; tandem-top reads it")

enum tandem_option {
#define TANDEM_OPTION_ID(identifier, variable, help) TANDEM_OPTION_##identifier,
	TANDEM_OPTIONS(TANDEM_OPTION_ID)
#undef TANDEM_OPTION_ID
		TANDEM_OPTION_COUNT
};

struct tandem_option_description {
	const char *variable;
	const char *help;
};

/* Describes @option. */
const struct tandem_option_description *tandem_option_describe(enum tandem_option option);

/* The option's value, or NULL where it is not set. */
const char *tandem_option_value(enum tandem_option option);

/*
 * The option's value as a number from @low to @high. Without a value, or with
 * one that is no such number (which is logged), @otherwise.
 */
uint64_t tandem_option_number(enum tandem_option option, uint64_t low, uint64_t high,
			      uint64_t otherwise);

/* Writes a line for each option. */
void tandem_options_print(FILE *stream);

#endif
