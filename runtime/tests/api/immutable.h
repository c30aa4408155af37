// SPDX-License-Identifier: MIT
/* What the tests of immutable buffers and of immutable images share. */
#ifndef TANDEM_TESTS_API_IMMUTABLE_H
#define TANDEM_TESTS_API_IMMUTABLE_H

#include <string.h>

#include "api/harness.h"

/* Not in all headers. */
#ifndef CL_MEM_IMMUTABLE_EXT
#define CL_MEM_IMMUTABLE_EXT (1 << 6)
#endif

/* Ends the test where the device does not report the extension. */
static inline void need_immutable_memory(cl_device_id device)
{
	char names[4096] = "";

	check_success(clGetDeviceInfo(device, CL_DEVICE_EXTENSIONS, sizeof(names), names, NULL));
	if (!strstr(names, "cl_ext_immutable_memory_objects"))
		check_skip("the device has no cl_ext_immutable_memory_objects");
}

/* A command that would change immutable memory. */
#define refused(call) check_equal(CL_INVALID_OPERATION, call)

/* The same of one that maps; it gives its code in `code`. */
#define refused_mapping(call)                            \
	do {                                             \
		cl_int code = CL_SUCCESS;                \
                                                         \
		check(!(call), "mapped");                \
		check_equal(CL_INVALID_OPERATION, code); \
	} while (0)

#endif
