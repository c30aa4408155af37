// SPDX-License-Identifier: MIT
/* What the tests of SPIR-V share: modules from files. */
#ifndef TANDEM_TESTS_IL_IL_H
#define TANDEM_TESTS_IL_IL_H

#include "../api/harness.h"

struct il_file {
	unsigned char *bytes; /* one more than @length, which is 0 */
	size_t length;
};

/* Ends the test where it cannot be read. */
struct il_file il_read(const char *path);

/* As il_read, of FOLDER/NAME.spv. */
struct il_file il_read_module(const char *folder, const char *name);

void il_free(struct il_file *file);

/* Ends the test as skipped where the device takes no SPIR-V. */
void il_require(cl_device_id device);

/* A program of the module; ends the test where there is none. */
cl_program il_program(cl_context context, const struct il_file *module);

/* The build log, to be freed. */
char *il_log(cl_program program, cl_device_id device);

/* Builds the program; prints the log and ends the test on an error. */
void il_build(cl_program program, cl_device_id device);

#endif
