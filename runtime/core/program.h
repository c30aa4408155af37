// SPDX-License-Identifier: MIT
/*
 * Programs. For each device a program has a binary, which is an object, a library
 * or an executable; an executable is loaded at once, so that building tells of
 * every error. The driver may make kernels ready when they are created.
 */
#ifndef TANDEM_CORE_PROGRAM_H
#define TANDEM_CORE_PROGRAM_H

#include "context.h"
#include "fork.h"
#include "program/spirv.h"

typedef void(CL_CALLBACK *tandem_program_notify)(cl_program, void *);

struct tandem_program_build {
	struct tandem_device *device; /* a reference is held */
	struct tandem_binary binary;
	cl_program_binary_type type;
	cl_build_status status;
	unsigned int zeroed; /* TANDEM_ZEROED_*, as the context has it */
	char *options; /* of the last build, compile or link; NULL before */
	struct tandem_text log;
	struct tandem_loaded_program *loaded; /* of an executable that was built */
};

struct tandem_program {
	struct tandem_object object;
	struct tandem_context *context;
	char *source; /* NULL for a program that is not from source */
	size_t source_length;
	void *il; /* as it was given; NULL for a program that is not from IL */
	size_t il_length;
	struct tandem_spirv spirv; /* the IL, read; under lock, as its constants may be set */
	bool is_linked; /* made by clLinkProgram: what it is stays */
	struct tandem_long_lock lock; /* held over a build; guards builds and kernels */
	struct tandem_program_build *builds;
	unsigned int build_count;
	/* Kernel objects, and launches that have not ended: they forbid another build. */
	_Atomic unsigned int users;
};

/* Another user, for which the program stays; the caller has a reference. No lock is needed. */
void tandem_program_add_user(struct tandem_program *program);
void tandem_program_remove_user(struct tandem_program *program);

/* -ENOMEM. */
int tandem_program_create_with_source(struct tandem_context *context, const char *const *strings,
				      const size_t *lengths, unsigned int count,
				      struct tandem_program **program);

/* -EINVAL where the bytes are no SPIR-V, of a version that is taken; -ENOMEM. */
int tandem_program_create_with_il(struct tandem_context *context, const void *il, size_t length,
				  struct tandem_program **program);

/* Whether there is something to compile. */
bool tandem_program_has_source(const struct tandem_program *program);

/* A program for @devices without binaries, to be filled in. -ENOMEM. */
int tandem_program_create_empty(struct tandem_context *context,
				struct tandem_device *const *devices, unsigned int count,
				struct tandem_program **program);

/* Gives the program's build @index a copy of @binary. -ENOEXEC where it is none. -ENOMEM. */
int tandem_program_set_binary(struct tandem_program *program, unsigned int index,
			      const struct tandem_binary *binary);

/* The build for @device, or NULL where the program is not for it. */
struct tandem_program_build *tandem_program_find(struct tandem_program *program,
						 const struct tandem_device *device);

/*
 * The build that @device uses: its own, or where nothing was ever built for it that of
 * the nearest device it is part of. NULL where nothing was built for any of them.
 */
struct tandem_program_build *tandem_program_find_used(struct tandem_program *program,
						      const struct tandem_device *device);

/* A header that a source includes by @name. */
struct tandem_program_header {
	const char *name;
	const struct tandem_program *program;
};

/*
 * Builds, compiles or links for one device, with the lock held. 0, -EINVAL for
 * bad options, -ENOEXEC for errors in the source or between the objects (both
 * with text in the log), -ENOENT without a compiler, -ENOMEM.
 */
int tandem_program_build_locked(struct tandem_program *program, struct tandem_program_build *build,
				const char *options);
int tandem_program_compile_locked(struct tandem_program *program,
				  struct tandem_program_build *build, const char *options,
				  const struct tandem_program_header *headers,
				  unsigned int header_count);
int tandem_program_link_locked(struct tandem_program_build *build, const char *options,
			       const struct tandem_binary *inputs, unsigned int input_count);

/*
 * Has the device make @count kernels from @first on ready to be launched, with the lock held.
 * -ENOEXEC, with text in the build's log; -ENOMEM.
 */
int tandem_program_prepare_locked(struct tandem_program_build *build, uint32_t first,
				  uint32_t count);

/* Whether some device's executable is there. */
bool tandem_program_has_executable(struct tandem_program *program);

/* The information on the kernels: of the first device with an executable. NULL without one. */
const struct tandem_loaded_program *tandem_program_kernels(struct tandem_program *program);

#endif
