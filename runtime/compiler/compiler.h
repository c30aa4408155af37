// SPDX-License-Identifier: MIT
/*
 * OpenCL C to something that runs: what drivers whose devices execute the host's
 * machine code compile with. The functions are those of struct tandem_device_ops,
 * with the same errors; any thread may call them.
 */
#ifndef TANDEM_COMPILER_COMPILER_H
#define TANDEM_COMPILER_COMPILER_H

#include "backend/backend.h"
#include "description.h"
#include "program/device_memory.h"
#include "program/program.h"
#include "group_context.h"
#include "object_loader_x86_64.h"

/* What a device wants of the compiler. */
struct tandem_compile_target {
	const struct tandem_device_memory *memory; /* where programs have their variables */
	const char *features; /* names with spaces between them, see driver/features.h */
	uint32_t max_group; /* work-items in a group */
	bool uses_windows; /* memory is reached through windows, see backend/windows.h */
	bool has_images; /* kernels may have images and samplers as arguments */
};

bool tandem_compiler_is_available(void);

int tandem_compiler_compile(const struct tandem_compile_target *target,
			    const struct tandem_compile_input *input, struct tandem_binary *object,
			    struct tandem_text *log);
int tandem_compiler_link(const struct tandem_compile_target *target,
			 const struct tandem_link_input *input, struct tandem_binary *linked,
			 struct tandem_text *log);
int tandem_compiler_build(const struct tandem_compile_target *target,
			  const struct tandem_compile_input *input,
			  struct tandem_binary *executable, struct tandem_text *log);
enum tandem_binary_kind tandem_compiler_inspect(const struct tandem_binary *binary);

/* An executable in memory. */
struct tandem_compiled_program {
	struct tandem_binary container; /* what description points into */
	struct tandem_description description;
	struct tandem_object_image image;
	tandem_group_function *functions; /* of the description's kernels; NULL where deferred */
	unsigned int zeroed; /* TANDEM_ZEROED_* */
	bool optimise, is_deferred;
	bool may_have_forms; /* tandem_compiler_load_form */
};

/* -ENOEXEC with a line in @log where the executable is damaged; -ENOMEM. */
int tandem_compiler_load(const struct tandem_compile_target *target,
			 const struct tandem_binary *executable, unsigned int zeroed,
			 struct tandem_compiled_program *program, struct tandem_text *log);

/*
 * Compiles kernels of a deferred program, or takes them from the cache. @kernels: indices
 * into its description; @part gets a description of these alone, by name in any order,
 * and is to be unloaded. -ENOEXEC and -ENOENT with a line in @log where the back end does
 * not come to an end, or is missing; -ENOMEM. @program is only read.
 */
int tandem_compiler_load_kernels(const struct tandem_compile_target *target,
				 const struct tandem_compiled_program *program,
				 const uint32_t *kernels, uint32_t count,
				 struct tandem_compiled_program *part, struct tandem_text *log);

/*
 * The same of one kernel of a program that may have forms, deferred or not, for launches of which
 * the @constants of its arguments are known, if any, and for groups of all sizes. -ENOENT where
 * @only_cached and it is not in the cache.
 */
int tandem_compiler_load_form(const struct tandem_compile_target *target,
			      const struct tandem_compiled_program *program, uint32_t kernel,
			      const struct tandem_backend_constant *constants, unsigned int count,
			      bool only_cached, struct tandem_compiled_program *part,
			      struct tandem_text *log);
void tandem_compiler_unload(struct tandem_compiled_program *program);

#endif
