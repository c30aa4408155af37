// SPDX-License-Identifier: MIT
/*
 * The contract between the runtime and a driver, which makes a kind of device
 * usable.
 *
 * Overview
 *	A driver finds its devices (probe) and fills in their properties. For each
 *	it then compiles and links programs, loads what was linked, and runs groups
 *	of work-items. Everything else that OpenCL asks for (queues, events, memory
 *	objects, copies) is done above, by the runtime, for all drivers alike.
 *
 * Memory
 *	Every cl_mem and every SVM allocation of the runtime lies in the SVM arena
 *	and has one address, the same for CPU and device. Arguments are such
 *	addresses. A device whose view of them differs translates by itself.
 *
 * Arguments
 *	The runtime keeps what a kernel's arguments were set to as values, and knows
 *	no more of them. In which form a device reads them is its driver's, which
 *	packs them when a launch is enqueued.
 *
 * Threads and locks
 *	The runtime calls run_groups on several of its threads at once, for one and
 *	for different launches, or run_launch, which gets a whole launch, for
 *	different ones; and the program operations from application threads, several
 *	at once for different programs. It holds no lock of its own while it calls a
 *	driver, but for probe.
 *
 * Errors
 *	Operations return 0 or a negative errno: -ENOMEM where memory is short,
 *	-ENODEV where the device is gone, others as their comments say. The runtime
 *	turns them into OpenCL's codes.
 */
#ifndef TANDEM_DRIVER_DRIVER_H
#define TANDEM_DRIVER_DRIVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/format.h"
#include "program/device_memory.h"
#include "program/program.h"
#include "util/text.h"

struct tandem_device_ops;
struct tandem_exclusive_ranges;
struct tandem_worker;

/* Elements of a vector, for each type that has vectors. */
struct tandem_vector_widths {
	uint32_t chars, shorts, ints, longs, halves, floats, doubles;
};

/* Images, all zeros where there are none. Sizes are in pixels. */
struct tandem_image_properties {
	uint32_t supported; /* CL_TRUE or CL_FALSE */
	uint32_t read_arguments, write_arguments, read_write_arguments; /* most of a kernel */
	uint32_t samplers; /* most of a kernel */
	uint64_t max_2d[2]; /* of all types but 3D and over buffers */
	uint64_t max_3d[TANDEM_DIMENSIONS];
	uint64_t max_buffer; /* of a 1D image over a buffer */
	uint64_t max_layers; /* of an array */
	uint32_t pitch_alignment, base_alignment; /* of a 2D image over a buffer */
	const struct tandem_image_format *formats;
	unsigned int format_count;
};

/*
 * What a device is and can do: plain data, filled in once by its driver.
 * device_queries.h has which query of clGetDeviceInfo is answered by which field.
 */
#define TANDEM_UUID_BYTES 16

struct tandem_device_properties {
	char name[128];
	char vendor[64];
	char driver_version[64];
	uint32_t c_versions[8]; /* of OpenCL C, from CL_MAKE_VERSION, the newest first; 0 behind */
	const char *driver_name;
	uint32_t vendor_id;
	uint8_t uuid[TANDEM_UUID_BYTES], driver_uuid[TANDEM_UUID_BYTES]; /* uuid.h */
	uint64_t type; /* CL_DEVICE_TYPE_CPU, ... */
	uint32_t compute_units; /* at least 1; threads that run groups at once */
	uint32_t clock_mhz; /* 0 where it is not known */
	uint64_t max_work_group_size; /* also of each of its dimensions, for native devices */
	uint64_t max_work_group_sizes[TANDEM_DIMENSIONS];
	uint64_t preferred_group_multiple;
	struct tandem_vector_widths preferred_width; /* 1: scalar code is best */
	struct tandem_vector_widths native_width;
	uint64_t half_fp_config; /* CL_FP_* */
	uint64_t single_fp_config;
	uint64_t double_fp_config;
	uint64_t max_parameter_bytes; /* of a kernel's arguments together */
	uint32_t max_constant_arguments;
	uint64_t global_memory_bytes;
	uint64_t max_allocation_bytes;
	uint64_t max_constant_bytes; /* of an argument in constant memory */
	uint32_t shares_host_memory; /* CL_TRUE or CL_FALSE */
	uint32_t corrects_errors; /* CL_TRUE or CL_FALSE */
	uint32_t cache_type; /* CL_READ_WRITE_CACHE, ... */
	uint64_t global_cache_bytes;
	uint32_t cache_line_bytes;
	uint32_t local_memory_type; /* CL_LOCAL or CL_GLOBAL */
	uint64_t local_memory_bytes;
	uint64_t max_global_variable_bytes;
	uint64_t printf_buffer_bytes;
	uint64_t svm_capabilities; /* CL_DEVICE_SVM_* */
	uint64_t atomic_capabilities; /* CL_DEVICE_ATOMIC_* */
	uint64_t fence_capabilities;
	struct {
		uint32_t platform, global, local; /* 0: an atomic type's own alignment will do */
	} atomic_alignment;
	/*
	 * What may be done with unified shared memory of each type, that of the application's
	 * allocator last: CL_UNIFIED_SHARED_MEMORY_*_INTEL, or 0 for none.
	 */
	struct {
		uint64_t host, device, one_device, devices, system;
	} unified_memory;
	struct tandem_image_properties images;
	bool reaches_arena_only; /* not memory that the application allocates otherwise */
	bool knows_one_stretch; /* of the arena: it must not grow by pieces elsewhere */
	bool has_compiler; /* source can be compiled and linked */
	bool has_uneven_groups; /* kernels that ask for them get non-uniform work-groups */
	bool takes_spirv; /* the compiler does */
	bool is_indivisible; /* a launch runs as a whole: no sub-devices */
	bool lost_by_fork; /* a child of the process cannot use the device */
	uint32_t max_sub_groups; /* of a group; 0 where there are none */
	uint32_t sub_group_sizes[8]; /* that kernels may require, the last ones 0 */
	uint64_t missing_features[2]; /* set by tandem_features_restrict (features.h) */
	char no_svm_atomics_reason[160]; /* empty where SVM atomics are reported */
};

/* A device as its driver sees it. Drivers embed it in a structure of their own. */
struct tandem_device_core {
	const struct tandem_device_ops *ops;
	struct tandem_device_properties properties;
	struct tandem_exclusive_ranges *exclusive_ranges; /* NULL without; exclusive_ranges.h */
};

struct tandem_driver {
	const char *name; /* as TANDEM_DEVICES gives it */
	bool only_by_name; /* its devices are there where TANDEM_DEVICES names it only */
	/*
	 * Makes the driver's devices: up to @room of them into @devices, their number
	 * into @count; none is no error. Called once in a process; @memory lives as long.
	 */
	int (*probe)(const struct tandem_device_memory *memory, struct tandem_device_core **devices,
		     unsigned int room, unsigned int *count);
};

/* A memory object, as drivers see it. */
struct tandem_memory_view {
	uint32_t type; /* CL_MEM_OBJECT_* */
	void *address;
	uint64_t bytes;
};

/* ---- launches ---- */

/* One kernel over an index space. The runtime owns it; it outlives the launch. */
struct tandem_launch {
	struct tandem_loaded_program *program;
	const struct tandem_kernel_info *kernel; /* the program's, or what choose_form gave */
	const void *arguments; /* what pack_arguments made; NULL without it */
	const struct tandem_argument_value *values; /* NULL with it */
	/*
	 * For each argument what create_resource made for its memory object; NULL where the
	 * argument has none. Without create_resource: NULL.
	 */
	void *const *resources;
	uint32_t dimensions;
	uint64_t global_offset[TANDEM_DIMENSIONS];
	uint64_t global_size[TANDEM_DIMENSIONS];
	/* Divides it if the kernel sees_groups, unless it allows_uneven_groups. */
	uint64_t local_size[TANDEM_DIMENSIONS];
	uint64_t group_count[TANDEM_DIMENSIONS];
	uint64_t local_bytes; /* of a group, see the operation local_bytes */
	bool is_recorded; /* it is run any number of times, as it is */
	void *driver_data; /* the driver's, between begin_launch and end_launch */
	_Atomic int error; /* the driver's, for what it needs to know of an early end; 0 at first */
	char *failure; /* from malloc: what the application is told where the launch failed */
};

/* All are there, but for those whose comment begins with NULL: what that stands for. */
struct tandem_device_ops {
	void (*destroy)(struct tandem_device_core *device);

	/*
	 * Source to object. -ENOEXEC where the source has errors, -ENOENT where the
	 * compiler is missing, -EINVAL for an option that this device's compiler cannot be
	 * given; what there is to say of it is added to @log in any case.
	 */
	int (*compile)(struct tandem_device_core *device, const struct tandem_compile_input *input,
		       struct tandem_binary *object, struct tandem_text *log);
	/* Objects and libraries to an executable or a library. -ENOEXEC as above. */
	int (*link)(struct tandem_device_core *device, const struct tandem_link_input *input,
		    struct tandem_binary *linked, struct tandem_text *log);
	/* compile and link in one: what a cache knows how to skip. */
	int (*build)(struct tandem_device_core *device, const struct tandem_compile_input *input,
		     struct tandem_binary *executable, struct tandem_text *log);
	/* What @binary is, without trusting it. */
	enum tandem_binary_kind (*inspect)(struct tandem_device_core *device,
					   const struct tandem_binary *binary);
	/*
	 * Makes an executable ready to run. -ENOEXEC where it is damaged. An executable made
	 * for another processor, or with other memory @zeroed (TANDEM_ZEROED_*), is translated
	 * anew. None is zeroed of devices without cl_khr_initialize_memory.
	 */
	int (*load)(struct tandem_device_core *device, const struct tandem_binary *executable,
		    unsigned int zeroed, struct tandem_loaded_program **program,
		    struct tandem_text *log);
	void (*unload)(struct tandem_device_core *device, struct tandem_loaded_program *program);
	/*
	 * NULL: load does all. Makes the kernels @first to @first + @count - 1 ready to be
	 * launched where they are not; nothing but names and arguments is known of them before.
	 * The program's lock is held, and kernels that are ready may run meanwhile. -ENOEXEC,
	 * with text in @log, -ENOMEM; those that are ready by then stay so.
	 */
	int (*prepare_kernels)(struct tandem_device_core *device,
			       struct tandem_loaded_program *program, uint32_t first,
			       uint32_t count, struct tandem_text *log);

	/*
	 * NULL where the kernels' descriptions have the sizes of all values. Whether argument
	 * @index of @kernel can be set to so many bytes: -EINVAL where it cannot. It takes one
	 * size only.
	 */
	int (*takes_value)(struct tandem_device_core *device, struct tandem_loaded_program *program,
			   const struct tandem_kernel_info *kernel, uint32_t index,
			   const void *value, size_t bytes);
	/*
	 * Bytes of local memory that a group of @kernel takes, which has arguments there: its
	 * own variables and those of @values that are set. NULL: these sizes added up.
	 */
	uint64_t (*local_bytes)(struct tandem_device_core *device,
				const struct tandem_kernel_info *kernel,
				const struct tandem_argument_value *values);
	/*
	 * Puts the arguments of @launch, all set, into the form in which the device reads them:
	 * into @block, packed_bytes of zeros, aligned to 128. It is called when the launch is
	 * enqueued, on the application's thread; of the launch there are program, kernel and
	 * resources. Returns what local_bytes does. NULL: a launch has a copy of the values
	 * themselves.
	 */
	uint64_t (*pack_arguments)(struct tandem_device_core *device,
				   const struct tandem_launch *launch,
				   const struct tandem_argument_value *values, void *block);

	/*
	 * NULL: a kernel has one form. The form in which a launch, of which all but the kernel
	 * is settled, is to run: launch->kernel as it is, or put there another made of it, for
	 * images and samplers such as those that @values are, or for groups of all sizes
	 * where it has_whole_groups_only or has_whole_rows_only. It lasts as long as the
	 * program. It is called when the launch is enqueued, on the application's thread, and
	 * may compile for long.
	 * -ENOMEM; -EFAULT where the form that it needs cannot be made.
	 */
	int (*choose_form)(struct tandem_device_core *device, struct tandem_launch *launch,
			   const struct tandem_argument_value *values);

	/*
	 * Chooses the size of groups where the application gives none, for a kernel that
	 * requires none: one that @kernel can be launched with. @compute_units of the device's
	 * are what the launch runs on. Where @uneven it need not divide the global size if the
	 * kernel cannot tell (sees_groups), or allows_uneven_groups. NULL:
	 * tandem_native_choose_local_size (native.h).
	 */
	void (*choose_local_size)(struct tandem_device_core *device,
				  const struct tandem_kernel_info *kernel, uint32_t compute_units,
				  uint32_t dimensions, const uint64_t *global_size, bool uneven,
				  uint64_t *local_size);

	/*
	 * NULL: nothing is to be done. Before the first group of a launch, and after the last,
	 * on one thread each.
	 */
	int (*begin_launch)(struct tandem_device_core *device, struct tandem_launch *launch);
	void (*end_launch)(struct tandem_device_core *device, struct tandem_launch *launch);
	/*
	 * NULL: there is run_launch. Runs the groups @first to @first + @count - 1 of a launch,
	 * counted along the first dimension first, on the calling thread. Returns when they are
	 * done, or at the first that tandem_worker_begins() says is no more the worker's. An
	 * error ends the launch; its failure may say more.
	 */
	int (*run_groups)(struct tandem_device_core *device, struct tandem_launch *launch,
			  struct tandem_worker *worker, uint64_t first, uint64_t count);
	/*
	 * NULL: there is run_groups. In its place: runs the whole launch, and returns when it is
	 * done. The calling thread may sleep meanwhile. Several launches run at once.
	 */
	int (*run_launch)(struct tandem_device_core *device, const struct tandem_launch *launch);

	/*
	 * NULL: nothing is kept. What the device keeps of its own for a memory object, such as
	 * what describes an image to it: made when the first launch is enqueued of which it is an
	 * argument (resources of struct tandem_launch), and destroyed with the memory object.
	 * Several threads may make it at once; one is kept. -ENOMEM.
	 */
	int (*create_resource)(struct tandem_device_core *device,
			       const struct tandem_memory_view *memory, void **resource);
	void (*destroy_resource)(struct tandem_device_core *device, void *resource);

	/*
	 * NULL: any memory will do. Tells the device of an SVM allocation with atomics, and of
	 * its end.
	 */
	int (*attach_svm_atomics)(struct tandem_device_core *device, void *address, size_t bytes);
	void (*detach_svm_atomics)(struct tandem_device_core *device, void *address, size_t bytes);
	/*
	 * NULL: nothing moves. Moves a range towards the device, or back to the host: of SVM,
	 * and of the memory of a memory object.
	 */
	int (*migrate_svm)(struct tandem_device_core *device, void *address, size_t bytes,
			   bool to_host);
	int (*migrate_memory)(struct tandem_device_core *device, void *address, size_t bytes,
			      bool to_host);
};

/* The drivers that this build has, in the order in which their devices are reported. */
extern const struct tandem_driver *const tandem_drivers[];
extern const unsigned int tandem_driver_count;

#endif
