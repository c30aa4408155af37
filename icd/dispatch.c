// SPDX-License-Identifier: MIT
/*
 * What the OpenCL loader sees: the dispatch table that objects point to, and the
 * functions by which it finds the platform.
 */
#include <CL/cl_icd.h>

#include "api/entry_points.h"
#include "core/callbacks.h"
#include "core/device.h"

#define EXPORT __attribute__((visibility("default")))

/* Sharing with Direct3D and DirectX, whose types exist on Windows only. */
static cl_int not_on_linux(void)
{
	return CL_INVALID_OPERATION;
}

static void *nothing_on_linux(void)
{
	return NULL;
}

#if TANDEM_TABLE_OF_3_1
#define LATER_SLOTS
#define LATER_SLOT(name) .slots.name = (void *)tandem_##name,
#else
/* Loaders of OpenCL 3.1 look for these behind what older headers have of the table. */
#define LATER_MEMBER(name) __typeof__(name) *name;
#define LATER_SLOTS	   TANDEM_CORE_3_1_ENTRY_POINTS(LATER_MEMBER)
#define LATER_SLOT(name)   .name = tandem_##name,
#endif

static const struct {
	cl_icd_dispatch slots;
	LATER_SLOTS
} dispatch = {
#define SLOT(name) .slots.name = tandem_##name,
	TANDEM_CORE_ENTRY_POINTS(SLOT) TANDEM_ALIAS_ENTRY_POINTS(SLOT) TANDEM_SHARING_ENTRY_POINTS(
		SLOT)
#undef SLOT
#define SLOT(name) .slots.name = (void *)not_on_linux,
		SLOT(clGetDeviceIDsFromD3D10KHR) SLOT(clEnqueueAcquireD3D10ObjectsKHR) SLOT(
			clEnqueueReleaseD3D10ObjectsKHR) SLOT(clGetDeviceIDsFromD3D11KHR)
			SLOT(clEnqueueAcquireD3D11ObjectsKHR) SLOT(clEnqueueReleaseD3D11ObjectsKHR) SLOT(
				clGetDeviceIDsFromDX9MediaAdapterKHR)
				SLOT(clEnqueueAcquireDX9MediaSurfacesKHR) SLOT(
					clEnqueueReleaseDX9MediaSurfacesKHR)
#undef SLOT
#define SLOT(name) .slots.name = (void *)nothing_on_linux,
					SLOT(clCreateFromD3D10BufferKHR) SLOT(
						clCreateFromD3D10Texture2DKHR)
						SLOT(clCreateFromD3D10Texture3DKHR) SLOT(
							clCreateFromD3D11BufferKHR)
							SLOT(clCreateFromD3D11Texture2DKHR) SLOT(
								clCreateFromD3D11Texture3DKHR)
								SLOT(clCreateFromDX9MediaSurfaceKHR)
#undef SLOT
									TANDEM_CORE_3_1_ENTRY_POINTS(
										LATER_SLOT)
};

__attribute__((constructor)) static void load(void)
{
	tandem_object_set_dispatch(&dispatch.slots);
}

__attribute__((destructor)) static void unload(void)
{
	tandem_callbacks_finish();
	tandem_platform_finish();
}

EXPORT void *CL_API_CALL clGetExtensionFunctionAddress(const char *name)
{
	return tandem_clGetExtensionFunctionAddress(name);
}

EXPORT cl_int CL_API_CALL clIcdGetPlatformIDsKHR(cl_uint num_entries, cl_platform_id *platforms,
						 cl_uint *num_platforms)
{
	return tandem_clIcdGetPlatformIDsKHR(num_entries, platforms, num_platforms);
}

EXPORT cl_int CL_API_CALL clGetPlatformInfo(cl_platform_id platform, cl_platform_info name,
					    size_t size, void *value, size_t *size_ret)
{
	return tandem_clGetPlatformInfo(platform, name, size, value, size_ret);
}
