// SPDX-License-Identifier: MIT
/*
 * The functions of what no device has: pipes. They check what the specification has them
 * check first, and then fail as it says for devices without the feature.
 */
#include "api.h"

static cl_int no_creation(cl_context handle, const char *what)
{
	if (!context_of(handle))
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	return fail(CL_INVALID_OPERATION, "no device has %s", what);
}

cl_mem tandem_clCreatePipe(cl_context context, cl_mem_flags flags, cl_uint packet_size,
			   cl_uint max_packets, const cl_pipe_properties *properties,
			   cl_int *errcode_ret)
{
	ENTRY_POINT;

	set_code(errcode_ret, no_creation(context, "pipes"));
	return NULL;
}

cl_int tandem_clGetPipeInfo(cl_mem pipe, cl_pipe_info name, size_t size, void *value,
			    size_t *size_ret)
{
	ENTRY_POINT;

	return fail(CL_INVALID_MEM_OBJECT, "%p is no pipe", (void *)pipe);
}
