// SPDX-License-Identifier: MIT
/*
 * Devices whose cores are threads of the process, and whose programs are therefore
 * the host's machine code: what their drivers have in common. What tells them
 * apart is how they reach memory.
 */
#ifndef TANDEM_DRIVER_NATIVE_H
#define TANDEM_DRIVER_NATIVE_H

#include "compiler/compiler.h"
#include "driver.h"
#include "worker.h"

/* Drivers embed it in a structure of their own, or use it as it is. */
struct tandem_native_device {
	struct tandem_device_core core;
	struct tandem_text features; /* the compiler's list */
	struct tandem_compile_target target;
	uint64_t form_items; /* with images, that are worth a form of a kernel: TANDEM_FORM_ITEMS */
	/* Where the device shows the arena (compiler/backend/groups/windows.h), or NULL both. */
	char *plain_window;
	char *atomic_window;
	/*
	 * Calls @body with @argument, as a core of the device that runs a part of @launch;
	 * an error where the core has left it. NULL: any thread may just call it.
	 */
	int (*run_core)(struct tandem_native_device *device, struct tandem_worker *worker,
			struct tandem_launch *launch, void (*body)(void *argument), void *argument);
};

/*
 * Fills in the properties that all such devices share, and what the compiler must
 * know. The ops, the windows and the rest of the properties, SVM capabilities and
 * whether there are images included, must be there. -ENOMEM; tandem_native_finish in any case.
 */
int tandem_native_init(struct tandem_native_device *device,
		       const struct tandem_device_memory *memory);
void tandem_native_finish(struct tandem_native_device *device);

/*
 * What choose_local_size is for most devices: groups that are long along the first
 * dimension, where work-items become the lanes of vectors, and small enough that there are
 * some for all compute units.
 */
void tandem_native_choose_local_size(const struct tandem_kernel_info *kernel,
				     uint32_t compute_units, uint32_t dimensions,
				     const uint64_t *global_size, bool uneven,
				     uint64_t *local_size);

/* The operations of struct tandem_device_ops on programs and launches. */
int tandem_native_compile(struct tandem_device_core *core, const struct tandem_compile_input *input,
			  struct tandem_binary *object, struct tandem_text *log);
int tandem_native_link(struct tandem_device_core *core, const struct tandem_link_input *input,
		       struct tandem_binary *linked, struct tandem_text *log);
int tandem_native_build(struct tandem_device_core *core, const struct tandem_compile_input *input,
			struct tandem_binary *executable, struct tandem_text *log);
enum tandem_binary_kind tandem_native_inspect(struct tandem_device_core *core,
					      const struct tandem_binary *binary);
int tandem_native_load(struct tandem_device_core *core, const struct tandem_binary *executable,
		       unsigned int zeroed, struct tandem_loaded_program **program,
		       struct tandem_text *log);
void tandem_native_unload(struct tandem_device_core *core, struct tandem_loaded_program *program);
int tandem_native_prepare_kernels(struct tandem_device_core *core,
				  struct tandem_loaded_program *program, uint32_t first,
				  uint32_t count, struct tandem_text *log);
uint64_t tandem_native_local_bytes(struct tandem_device_core *core,
				   const struct tandem_kernel_info *kernel,
				   const struct tandem_argument_value *values);
uint64_t tandem_native_pack_arguments(struct tandem_device_core *core,
				      const struct tandem_launch *launch,
				      const struct tandem_argument_value *values, void *block);
int tandem_native_choose_form(struct tandem_device_core *core, struct tandem_launch *launch,
			      const struct tandem_argument_value *values);
int tandem_native_begin_launch(struct tandem_device_core *core, struct tandem_launch *launch);
void tandem_native_end_launch(struct tandem_device_core *core, struct tandem_launch *launch);
int tandem_native_run_groups(struct tandem_device_core *core, struct tandem_launch *launch,
			     struct tandem_worker *worker, uint64_t first, uint64_t count);

#define TANDEM_NATIVE_OPS                                                                         \
	.compile = tandem_native_compile, .link = tandem_native_link,                             \
	.build = tandem_native_build, .inspect = tandem_native_inspect,                           \
	.load = tandem_native_load, .unload = tandem_native_unload,                               \
	.prepare_kernels = tandem_native_prepare_kernels,                                         \
	.local_bytes = tandem_native_local_bytes, .pack_arguments = tandem_native_pack_arguments, \
	.choose_form = tandem_native_choose_form, .begin_launch = tandem_native_begin_launch,     \
	.end_launch = tandem_native_end_launch, .run_groups = tandem_native_run_groups

#endif
