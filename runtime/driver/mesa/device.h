// SPDX-License-Identifier: MIT
/*
 * A device of Mesa's, as the files of this driver see it, and what they share.
 *
 * Locking
 *	Mesa's objects are safe to use from several threads, but for kernels: their
 *	arguments belong to one launch at a time. So launches take kernels and queues
 *	out of stores, which have locks, and make new ones where these are empty.
 *
 * Limits
 *	Mesa's objects of a device (context, queues) are not released at the end of the
 *	process: by then Mesa may have shut itself down.
 */
#ifndef TANDEM_DRIVER_MESA_DEVICE_H
#define TANDEM_DRIVER_MESA_DEVICE_H

#include <CL/cl.h>
#include <CL/cl_icd.h>
#include <pthread.h>

#include "driver/driver.h"
#include "driver/exclusive_ranges.h"

/* Objects of one kind that no launch uses. */
struct tandem_mesa_store {
	pthread_mutex_t lock; /* guards first */
	struct tandem_mesa_stored {
		void *object; /* a cl_kernel or a cl_command_queue */
		struct tandem_mesa_stored *next;
	} * first;
};

struct tandem_mesa_device {
	struct tandem_device_core core;
	const cl_icd_dispatch *cl; /* Mesa's entry points */
	cl_device_id id;
	cl_context context;
	int node; /* the GPU's render node, where exclusive ranges are registered; else -1 */
	struct tandem_exclusive_ranges ranges;
	struct tandem_mesa_store queues;
};

struct tandem_mesa_program {
	struct tandem_loaded_program base;
	cl_program handle;
	struct tandem_kernel_info *kernels; /* base.kernel_count of them */
	struct tandem_mesa_store *instances; /* of each kernel */
};

static inline struct tandem_mesa_device *tandem_mesa_device(struct tandem_device_core *core)
{
	return (struct tandem_mesa_device *)((char *)core -
					     offsetof(struct tandem_mesa_device, core));
}

static inline struct tandem_mesa_program *tandem_mesa_program(struct tandem_loaded_program *base)
{
	return (struct tandem_mesa_program *)((char *)base -
					      offsetof(struct tandem_mesa_program, base));
}

/* ---- library.c ---- */

/*
 * The devices of Mesa's library of the number @index, at most @room of them into
 * @devices; their number, or -ENOENT where there is no such number. A library that
 * cannot be loaded has none.
 */
int tandem_mesa_find_devices(unsigned int index, cl_device_id *devices, cl_uint room);

/* An error of Mesa's as negative errno, with a line in the log; 0 for CL_SUCCESS. */
int tandem_mesa_error(const char *step, cl_int code);

/* ---- properties.c ---- */

/* Fills in what Mesa says of the device, SVM atomics aside. -ENOMEM. */
int tandem_mesa_fill_properties(struct tandem_mesa_device *device);

/* Whether @word is one of the @words, which spaces separate. */
bool tandem_mesa_has_word(const char *words, const char *word);

/* What Mesa says to a query that it answers with a string, from malloc; NULL without memory. */
char *tandem_mesa_device_string(const struct tandem_mesa_device *device, cl_device_info name);

/* ---- render_node.c ---- */

/*
 * Opens the GPU's render node and has atomic faults of its ordinary memory served.
 * Sets node and ranges, and SVM atomics among the capabilities; where they cannot be
 * had, the reason.
 */
void tandem_mesa_find_svm_atomics(struct tandem_mesa_device *device,
				  const struct tandem_device_memory *memory);

/* ---- binaries.c ---- */

/* What a binary is. */
struct tandem_mesa_binary_kind {
	enum tandem_binary_kind kind;
	bool tells_arguments; /* built with -cl-kernel-arg-info */
};

/* Wraps what Mesa has as the binary of @program. -ENOMEM, and what Mesa says. */
int tandem_mesa_binary_write(const struct tandem_mesa_device *device, cl_program program,
			     const struct tandem_mesa_binary_kind *kind,
			     struct tandem_binary *binary);

/* A program of Mesa's from such a binary. -ENOEXEC where it is damaged or none of this device's. */
int tandem_mesa_binary_read(const struct tandem_mesa_device *device,
			    const struct tandem_binary *binary,
			    struct tandem_mesa_binary_kind *kind, cl_program *program);

/* ---- programs.c; see struct tandem_device_ops ---- */

int tandem_mesa_compile(struct tandem_device_core *core, const struct tandem_compile_input *input,
			struct tandem_binary *object, struct tandem_text *log);
int tandem_mesa_link(struct tandem_device_core *core, const struct tandem_link_input *input,
		     struct tandem_binary *linked, struct tandem_text *log);
int tandem_mesa_build(struct tandem_device_core *core, const struct tandem_compile_input *input,
		      struct tandem_binary *executable, struct tandem_text *log);
enum tandem_binary_kind tandem_mesa_inspect(struct tandem_device_core *core,
					    const struct tandem_binary *binary);
int tandem_mesa_load(struct tandem_device_core *core, const struct tandem_binary *executable,
		     unsigned int zeroed, struct tandem_loaded_program **program,
		     struct tandem_text *log);
void tandem_mesa_unload(struct tandem_device_core *core, struct tandem_loaded_program *program);

/* ---- kernels.c ---- */

/*
 * Fills in what Mesa says of a kernel. -ENOEXEC, with a line in @log, for a kernel with
 * arguments that the runtime does not have; -ENOMEM. tandem_mesa_kernel_finish in any case.
 */
int tandem_mesa_kernel_init(const struct tandem_mesa_device *device, cl_kernel kernel,
			    struct tandem_kernel_info *info, struct tandem_text *log);
/* Drops the names and types of the arguments, which the application did not ask for. */
void tandem_mesa_kernel_forget_names(struct tandem_kernel_info *info);
void tandem_mesa_kernel_finish(struct tandem_kernel_info *info);

/* ---- launches.c ---- */

void tandem_mesa_store_init(struct tandem_mesa_store *store);
/* Releases what is left in a store of kernels. */
void tandem_mesa_store_finish(struct tandem_mesa_store *store, const cl_icd_dispatch *cl);
/* See struct tandem_device_ops. */
int tandem_mesa_takes_value(struct tandem_device_core *core, struct tandem_loaded_program *program,
			    const struct tandem_kernel_info *kernel, uint32_t index,
			    const void *value, size_t bytes);
int tandem_mesa_run_launch(struct tandem_device_core *core, const struct tandem_launch *launch);

#endif
