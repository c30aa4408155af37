// SPDX-License-Identifier: MIT
#include "error.h"

#include <errno.h>

#include "sched/task.h"

cl_int tandem_error_code(int error)
{
	switch (error) {
	case 0:
		return CL_SUCCESS;
	case -ENOMEM:
		return CL_OUT_OF_HOST_MEMORY;
	case -ENOSPC: /* the arena is full */
		return CL_MEM_OBJECT_ALLOCATION_FAILURE;
	case TANDEM_TASK_DEPENDENCY_FAILED:
		return CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;
	case -ENOENT: /* no compiler */
		return CL_COMPILER_NOT_AVAILABLE;
	case -ENOEXEC: /* a source with errors, or a damaged binary */
		return CL_INVALID_PROGRAM_EXECUTABLE;
	case -ESTALE: /* an argument whose buffer was released */
		return CL_INVALID_KERNEL_ARGS;
	case -EINVAL:
		return CL_INVALID_VALUE;
	default: /* -ENODEV, -EFAULT and what else a device may say */
		return CL_OUT_OF_RESOURCES;
	}
}
