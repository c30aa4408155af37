// SPDX-License-Identifier: MIT
/*
 * Kernels: a function of a program, with what its arguments were set to for the next
 * launch, on whichever device that is.
 *
 * As OpenCL says, a kernel object is not to be changed and launched by several
 * threads at once.
 */
#ifndef TANDEM_CORE_KERNEL_H
#define TANDEM_CORE_KERNEL_H

#include "image.h"
#include "memory.h"
#include "program.h"
#include "sampler.h"

/* What an argument was set to, beside what drivers see of it. */
struct tandem_kernel_setting {
	bool is_set;
	struct tandem_memory *memory; /* what a pointer was set from: watched, no reference */
	void *value; /* where the bytes of a value are: small, or from malloc */
	char small[16];
};

struct tandem_kernel {
	struct tandem_object object;
	struct tandem_program *program;
	const struct tandem_kernel_info
		*info; /* of the first device; arguments are the same on all */
	struct tandem_argument_value *values; /* for drivers; their kinds hold from the start */
	struct tandem_kernel_setting *settings; /* of the same arguments */
	unsigned int unset; /* arguments not set yet */
	bool has_local; /* an argument in local memory */
	bool has_images; /* an argument that is an image */
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

/*
 * These set an argument whose kind was checked. -EINVAL where it has no values of
 * @bytes, -ENODEV where the device that has to tell is not there, -ENOMEM; the argument
 * keeps what it was set to.
 */
int tandem_kernel_set_value(struct tandem_kernel *kernel, unsigned int index, const void *value,
			    size_t bytes);
void tandem_kernel_set_pointer(struct tandem_kernel *kernel, unsigned int index,
			       const void *address, struct tandem_memory *memory);
/* The image that an argument was set to, what it is like even where it was released since. */
const struct tandem_image *tandem_kernel_image(const struct tandem_kernel *kernel,
					       unsigned int index);

/* The same of an image, whose view goes with it, and of a sampler. -EINVAL, -ENOMEM as above. */
int tandem_kernel_set_image(struct tandem_kernel *kernel, unsigned int index,
			    struct tandem_image *image);
int tandem_kernel_set_sampler(struct tandem_kernel *kernel, unsigned int index,
			      const struct tandem_sampler *sampler);
void tandem_kernel_set_local(struct tandem_kernel *kernel, unsigned int index, size_t bytes);

/* Bytes of local memory of a group on @device, where @info is the kernel's. */
uint64_t tandem_kernel_local_bytes(const struct tandem_kernel *kernel,
				   const struct tandem_device *device,
				   const struct tandem_kernel_info *info);

/* What a launch needs to have its arguments, all of which are set: bytes of a block. */
size_t tandem_kernel_block_bytes(const struct tandem_kernel *kernel,
				 const struct tandem_device *device,
				 const struct tandem_kernel_info *info);

/*
 * Gives @launch, whose program and kernel are there, its arguments, in @block of so many
 * zeros, aligned to 128. Their memory objects are held. An error of the driver's, where it
 * keeps something for them.
 */
int tandem_kernel_hand_over(const struct tandem_kernel *kernel, const struct tandem_device *device,
			    struct tandem_launch *launch, void *block);

/* Notes the pointers of CL_KERNEL_EXEC_INFO_SVM_PTRS, a copy. -ENOMEM. */
int tandem_kernel_set_svm_pointers(struct tandem_kernel *kernel, void *const *pointers,
				   size_t count);

#endif
