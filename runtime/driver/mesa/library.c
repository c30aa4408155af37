// SPDX-License-Identifier: MIT
/* Mesa's OpenCL driver, loaded by its vendor library's name. */
#include "device.h"

#include <dlfcn.h>
#include <errno.h>

#include "util/alloc.h"
#include "util/log.h"
#include "util/options.h"

static const char *const default_libraries[] = { "libRusticlOpenCL.so.1", "libMesaOpenCL.so.1" };

typedef cl_int (*get_platforms_function)(cl_uint, cl_platform_id *, cl_uint *);
typedef void *(*get_address_function)(const char *);

/* The name of the library of a number, or NULL. */
static const char *library_name(unsigned int index)
{
	const char *chosen = tandem_option_value(TANDEM_OPTION_MESA_LIBRARY);

	if (chosen && *chosen)
		return index ? NULL : chosen;
	return index < TANDEM_ARRAY_SIZE(default_libraries) ? default_libraries[index] : NULL;
}

/* Whether @function is of the library that this one is in. */
static bool is_own(void *function)
{
	Dl_info own, other;

	return dladdr((void *)is_own, &own) && dladdr(function, &other) &&
	       own.dli_fbase == other.dli_fbase;
}

/* Whether the library has OpenCL's own functions, but not a driver's: it is a loader. */
static bool is_loader(void *library)
{
	return dlsym(library, "clCreateContext") && !dlsym(library, "clIcdGetPlatformIDsKHR");
}

/*
 * The function that gives the platforms of a library. Never that of an OpenCL loader
 * or of this runtime: each would ask for the platform that is being made.
 */
static get_platforms_function find_entry(const char *name, void *library)
{
	void *entry = dlsym(library, "clIcdGetPlatformIDsKHR");
	get_address_function get_address;

	if (is_loader(library)) {
		tandem_warn("mesa: %s is an OpenCL loader, not a driver", name);
		return NULL;
	}
	if (!entry) {
		get_address = (get_address_function)dlsym(library, "clGetExtensionFunctionAddress");
		entry = get_address ? get_address("clIcdGetPlatformIDsKHR") : NULL;
	}
	if (!entry) {
		tandem_warn("mesa: %s is no OpenCL driver", name);
		return NULL;
	}
	if (is_own(entry)) {
		tandem_warn("mesa: %s is Tandem", name);
		return NULL;
	}
	return (get_platforms_function)entry;
}

static cl_uint devices_of(cl_platform_id platform, cl_device_id *devices, cl_uint room)
{
	const cl_icd_dispatch *cl = *(const cl_icd_dispatch **)platform;
	cl_uint count = 0;

	if (cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, room, devices, &count))
		return 0;
	return count < room ? count : room;
}

int tandem_mesa_find_devices(unsigned int index, cl_device_id *devices, cl_uint room)
{
	const char *name = library_name(index);
	cl_platform_id platforms[4];
	cl_uint platform_count = 0, count = 0;
	get_platforms_function get_platforms;
	void *library;

	if (!name)
		return -ENOENT;
	/*
	 * It stays for ever, as its threads may. Its names are kept apart from those of
	 * the application and of the back end, which may have another LLVM.
	 */
	library = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!library) {
		tandem_log(TANDEM_LOG_DRIVER, "mesa: %s", dlerror());
		return 0;
	}
	get_platforms = find_entry(name, library);
	if (!get_platforms)
		return 0;
	if (get_platforms(TANDEM_ARRAY_SIZE(platforms), platforms, &platform_count))
		platform_count = 0;
	for (cl_uint i = 0; i < platform_count && i < TANDEM_ARRAY_SIZE(platforms); i++)
		count += devices_of(platforms[i], devices + count, room - count);
	if (!count)
		tandem_log(TANDEM_LOG_DRIVER,
			   "mesa: %s has no device; RUSTICL_ENABLE names the drivers it may use",
			   name);
	return (int)count;
}

int tandem_mesa_error(const char *step, cl_int code)
{
	if (code == CL_SUCCESS)
		return 0;
	tandem_log(TANDEM_LOG_DRIVER, "mesa: %s failed with %d", step, code);
	switch (code) {
	case CL_OUT_OF_HOST_MEMORY:
		return -ENOMEM;
	case CL_MEM_OBJECT_ALLOCATION_FAILURE:
		return -ENOSPC;
	case CL_COMPILER_NOT_AVAILABLE:
	case CL_LINKER_NOT_AVAILABLE:
		return -ENOENT;
	case CL_BUILD_PROGRAM_FAILURE:
	case CL_COMPILE_PROGRAM_FAILURE:
	case CL_LINK_PROGRAM_FAILURE:
	case CL_INVALID_BINARY:
		return -ENOEXEC;
	case CL_INVALID_BUILD_OPTIONS:
	case CL_INVALID_COMPILER_OPTIONS:
	case CL_INVALID_LINKER_OPTIONS:
		return -EINVAL;
	default:
		return -EIO;
	}
}
