// SPDX-License-Identifier: MIT
#include "api.h"

#include "util/new_names.h"
#include "version.h"

/*
 * Reports the only platform, as clGetPlatformIDs. @none: the code where there is
 * none, or none with a device.
 */
static cl_int get_platforms(cl_uint room, cl_platform_id *platforms, cl_uint *count, cl_int none)
{
	struct tandem_platform *platform;

	if ((!room && platforms) || (!platforms && !count))
		return fail(CL_INVALID_VALUE, "room for %u platforms at %p, their number to %p",
			    room, (void *)platforms, (void *)count);
	platform = tandem_platform_get();
	if (!platform || !platform->device_count)
		return fail(none, "no driver has found a device");
	if (platforms)
		platforms[0] = platform_handle(platform);
	if (count)
		*count = 1;
	return CL_SUCCESS;
}

cl_int tandem_clGetPlatformIDs(cl_uint num_entries, cl_platform_id *platforms,
			       cl_uint *num_platforms)
{
	ENTRY_POINT;

	return get_platforms(num_entries, platforms, num_platforms, CL_PLATFORM_NOT_FOUND_KHR);
}

cl_int tandem_clIcdGetPlatformIDsKHR(cl_uint num_entries, cl_platform_id *platforms,
				     cl_uint *num_platforms)
{
	ENTRY_POINT;

	return get_platforms(num_entries, platforms, num_platforms, CL_PLATFORM_NOT_FOUND_KHR);
}

cl_int tandem_clGetPlatformInfo(cl_platform_id handle, cl_platform_info name, size_t size,
				void *value, size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };

	if (!platform_of(handle))
		return fail(CL_INVALID_PLATFORM, "%p is no platform", (void *)handle);
	switch (name) {
	case CL_PLATFORM_PROFILE:
		return answer_string(&answer, "FULL_PROFILE");
	case CL_PLATFORM_VERSION:
		return answer_string(&answer, "OpenCL 3.1 Tandem " TANDEM_VERSION);
	case CL_PLATFORM_NUMERIC_VERSION:
		return answer_value(&answer, cl_version, CL_MAKE_VERSION(3, 1, 0));
	case CL_PLATFORM_NAME:
		return answer_string(&answer, "Tandem");
	case CL_PLATFORM_VENDOR:
		return answer_string(&answer, "The Tandem authors");
	case CL_PLATFORM_EXTENSIONS:
		return tandem_answer_feature_names(NULL, TANDEM_PLATFORM_EXTENSION, &answer);
	case CL_PLATFORM_EXTENSIONS_WITH_VERSION:
		return tandem_answer_features(NULL, TANDEM_PLATFORM_EXTENSION, &answer);
	case CL_PLATFORM_HOST_TIMER_RESOLUTION:
		return answer_value(&answer, cl_ulong, 0);
	case CL_PLATFORM_SVM_TYPE_CAPABILITIES_KHR:
		return tandem_answer_svm_types(NULL, &answer);
	case CL_PLATFORM_ICD_SUFFIX_KHR:
		return answer_string(&answer, "TANDEM");
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

static const struct {
	const char *name;
	void *address;
} functions[] = {
#define FUNCTION(name) { #name, (void *)tandem_##name },
	TANDEM_CORE_ENTRY_POINTS(FUNCTION) TANDEM_CORE_3_1_ENTRY_POINTS(FUNCTION)
		TANDEM_ALIAS_ENTRY_POINTS(FUNCTION) TANDEM_EXTENSION_ENTRY_POINTS(FUNCTION)
			TANDEM_UNIFIED_SVM_ENTRY_POINTS(FUNCTION)
				TANDEM_UNIFIED_MEMORY_ENTRY_POINTS(FUNCTION)
					TANDEM_COMMAND_BUFFER_ENTRY_POINTS(FUNCTION)
#undef FUNCTION
};

static void *find_function(const char *name)
{
	for (size_t i = 0; name && i < TANDEM_ARRAY_SIZE(functions); i++) {
		if (!strcmp(functions[i].name, name))
			return functions[i].address;
	}
	return NULL;
}

void *tandem_clGetExtensionFunctionAddress(const char *name)
{
	ENTRY_POINT;

	return find_function(name);
}

void *tandem_clGetExtensionFunctionAddressForPlatform(cl_platform_id handle, const char *name)
{
	ENTRY_POINT;

	return platform_of(handle) ? find_function(name) : NULL;
}

cl_int tandem_clUnloadPlatformCompiler(cl_platform_id handle)
{
	ENTRY_POINT;

	return platform_of(handle) ? CL_SUCCESS :
				     fail(CL_INVALID_PLATFORM, "%p is no platform", (void *)handle);
}

cl_int tandem_clUnloadCompiler(void)
{
	ENTRY_POINT;

	return CL_SUCCESS;
}
