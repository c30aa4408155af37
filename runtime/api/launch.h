// SPDX-License-Identifier: MIT
/* What launches that are enqueued, recorded and changed have in common. */
#ifndef TANDEM_API_LAUNCH_H
#define TANDEM_API_LAUNCH_H

#include "api.h"

struct launch_arguments {
	cl_uint dimensions;
	const size_t *offset, *global_size;
	const size_t *local_size; /* NULL where it is to be chosen */
	bool uneven; /* one that is chosen need not divide the global size, where no kernel can tell */
	bool deferred; /* not all arguments of the kernel need be set */
};

/*
 * Whether the queue's device can run the kernel so, and over which index space, with the
 * errors of clEnqueueNDRangeKernel.
 */
cl_int tandem_api_check_launch(const struct tandem_queue *queue, const struct tandem_kernel *kernel,
			       const struct launch_arguments *arguments,
			       struct tandem_index_space *space);

/*
 * What a query of a kernel is about: on the device that is given, or the only one that the kernel is
 * built for. CL_INVALID_KERNEL, CL_INVALID_DEVICE.
 */
cl_int tandem_api_find_queried(cl_kernel handle, cl_device_id device_handle,
			       struct tandem_kernel **kernel, const struct tandem_device **device,
			       const struct tandem_kernel_info **info);

/* As clSetKernelArg, clSetKernelArgSVMPointer and clSetKernelExecInfo. */
cl_int tandem_api_set_argument(struct tandem_kernel *kernel, cl_uint index, size_t size,
			       const void *value);
cl_int tandem_api_set_svm_argument(struct tandem_kernel *kernel, cl_uint index, const void *value);
cl_int tandem_api_set_exec_info(struct tandem_kernel *kernel, cl_kernel_exec_info name, size_t size,
				const void *value);

#endif
