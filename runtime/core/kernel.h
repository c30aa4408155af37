// SPDX-License-Identifier: MIT
/*
 * Kernels: a function of a program, with the arguments for its next launch in
 * the form in which the device reads them (struct tandem_kernel_argument).
 *
 * As OpenCL says, a kernel object is not to be changed and launched by several
 * threads at once.
 */
#ifndef TANDEM_CORE_KERNEL_H
#define TANDEM_CORE_KERNEL_H

#include "memory.h"
#include "program.h"

struct tandem_kernel_value {
	bool is_set;
	struct tandem_memory *memory; /* what a pointer was set from: watched, no reference */
	size_t local_bytes; /* of an argument in local memory */
};

struct tandem_kernel {
	struct tandem_object object;
	struct tandem_program *program;
	const struct tandem_kernel_info
		*info; /* of the first device; arguments are the same on all */
	struct tandem_kernel_value *values;
	unsigned int unset; /* arguments not set yet */
	char *block; /* argument_block_bytes, aligned to 128 */
	bool svm_system; /* CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM */
	void **svm_pointers; /* CL_KERNEL_EXEC_INFO_SVM_PTRS */
	size_t svm_pointer_count;
};

/*
 * -ENOENT where the program has no such kernel, -EINVAL where its arguments
 * differ between devices, -ENOMEM.
 */
int tandem_kernel_create(struct tandem_program *program, const char *name,
			 struct tandem_kernel **kernel);

/* A copy with the same arguments. -ENOMEM. */
int tandem_kernel_clone(const struct tandem_kernel *source, struct tandem_kernel **kernel);

/* The kernel as it is on @device, and the program it is in; NULL where it was not built for it. */
const struct tandem_kernel_info *tandem_kernel_on(const struct tandem_kernel *kernel,
						  const struct tandem_device *device,
						  struct tandem_loaded_program **loaded);

/* These set an argument whose kind and size were checked. */
void tandem_kernel_set_value(struct tandem_kernel *kernel, unsigned int index, const void *value);
void tandem_kernel_set_pointer(struct tandem_kernel *kernel, unsigned int index,
			       const void *address, struct tandem_memory *memory);
void tandem_kernel_set_local(struct tandem_kernel *kernel, unsigned int index, size_t bytes);

/* Bytes of local memory of a group, with the arguments that are set. */
uint64_t tandem_kernel_local_bytes(const struct tandem_kernel *kernel,
				   const struct tandem_kernel_info *info);

/* Notes the pointers of CL_KERNEL_EXEC_INFO_SVM_PTRS, a copy. -ENOMEM. */
int tandem_kernel_set_svm_pointers(struct tandem_kernel *kernel, void *const *pointers,
				   size_t count);

#endif
