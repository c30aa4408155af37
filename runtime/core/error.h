// SPDX-License-Identifier: MIT
#ifndef TANDEM_CORE_ERROR_H
#define TANDEM_CORE_ERROR_H

#include <CL/cl.h>

/*
 * OpenCL's code for a negative errno of the layers below; CL_SUCCESS for 0. The
 * only place where the one becomes the other.
 */
cl_int tandem_error_code(int error);

#endif
