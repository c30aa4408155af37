// SPDX-License-Identifier: MIT
/*
 * Two devices over one small arena: one that reaches it as the process does, and
 * one through windows, which are further mappings of the same memory here.
 */
#ifndef TANDEM_TESTS_COMPILER_WINDOWS_FIXTURE_H
#define TANDEM_TESTS_COMPILER_WINDOWS_FIXTURE_H

#include "driver/native.h"

/* Of the arena, programs' variables take the end; the rest is the test's. */
#define ARENA_BYTES    (64u << 20)
#define VARIABLE_BYTES (1u << 20)
#define DATA_BYTES     (ARENA_BYTES - VARIABLE_BYTES)

struct windows_fixture {
	char *arena;
	struct tandem_device_memory memory;
	struct tandem_native_device plain; /* no windows */
	struct tandem_native_device windowed;
	struct tandem_worker worker;
};

/* Ends the test where something is missing, as skipped where it is the compiler. */
void windows_fixture_open(struct windows_fixture *fixture);
void windows_fixture_close(struct windows_fixture *fixture);

/* Builds @source, of @length bytes, for a device; ends the test where that fails. */
struct tandem_loaded_program *windows_fixture_build(struct tandem_native_device *device,
						    const char *source, size_t length,
						    const char *options);

/*
 * Runs a kernel over @groups groups of @local work-items in one dimension, on the
 * calling thread. Its arguments are 8 bytes each: pointers and integers; those for
 * local memory are sizes, and those for images pointers to their views (image/view.h).
 */
void windows_fixture_run(struct tandem_native_device *device, struct tandem_worker *worker,
			 struct tandem_loaded_program *program, const char *kernel, uint64_t groups,
			 uint64_t local, const uint64_t *arguments);

/* Lets nobody reach the arena but through windows, or all again. */
void windows_fixture_hide_arena(struct windows_fixture *fixture, bool hide);

#endif
