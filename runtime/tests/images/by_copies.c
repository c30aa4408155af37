// SPDX-License-Identifier: MIT
#include "api/handles.h"

#define MOST_DEVICES 16

/* Before main, so that contexts know it from the beginning. */
__attribute__((constructor)) static void reach_the_arena_only(void)
{
	cl_device_id devices[MOST_DEVICES];
	cl_platform_id platform;
	cl_uint count = 0;

	if (clGetPlatformIDs(1, &platform, NULL) ||
	    clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, MOST_DEVICES, devices, &count))
		return;
	for (cl_uint i = 0; i < count && i < MOST_DEVICES; i++)
		device_of(devices[i])->core->properties.reaches_arena_only = true;
}
