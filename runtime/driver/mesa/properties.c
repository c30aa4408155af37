// SPDX-License-Identifier: MIT
/* What a device of Mesa's is, and what it answers by itself. */
#include "device.h"

#include <CL/cl_ext.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/features.h"
#include "mesa.h"
#include "util/alloc.h"

char *tandem_mesa_device_string(const struct tandem_mesa_device *device, cl_device_info name)
{
	size_t bytes = 0;
	char *string;

	if (device->cl->clGetDeviceInfo(device->id, name, 0, NULL, &bytes))
		bytes = 0;
	string = calloc(1, bytes + 1);
	if (string && bytes &&
	    device->cl->clGetDeviceInfo(device->id, name, bytes, string, NULL) != CL_SUCCESS)
		*string = 0;
	return string;
}

/* A query of a fixed size; 0 where Mesa does not know it. */
static void ask(const struct tandem_mesa_device *device, cl_device_info name, size_t bytes,
		void *value)
{
	memset(value, 0, bytes);
	device->cl->clGetDeviceInfo(device->id, name, bytes, value, NULL);
}

#define ask_value(device, name, type)                           \
	({                                                      \
		type value_;                                    \
                                                                \
		ask((device), (name), sizeof(value_), &value_); \
		value_;                                         \
	})

bool tandem_mesa_has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	while (*words) {
		size_t next = strcspn(words, " ");

		if (next == length && !strncmp(words, word, length))
			return true;
		words += next + (words[next] == ' ');
	}
	return false;
}

/* ---- extensions and features ---- */

struct abilities {
	char *extensions;
	cl_name_version *features;
	size_t feature_count;
};

static bool has_feature(const struct tandem_feature *feature, void *data)
{
	const struct abilities *abilities = data;

	if (feature->kind == TANDEM_EXTENSION)
		return tandem_mesa_has_word(abilities->extensions, feature->name);
	for (size_t i = 0; i < abilities->feature_count; i++) {
		if (!strcmp(abilities->features[i].name, feature->name))
			return true;
	}
	return false;
}

static int restrict_features(struct tandem_mesa_device *device)
{
	struct abilities abilities = {
		.extensions = tandem_mesa_device_string(device, CL_DEVICE_EXTENSIONS),
	};
	size_t bytes = 0;

	if (device->cl->clGetDeviceInfo(device->id, CL_DEVICE_OPENCL_C_FEATURES, 0, NULL, &bytes))
		bytes = 0;
	abilities.features = calloc(1, bytes + 1);
	if (!abilities.features || !abilities.extensions) {
		free(abilities.features);
		free(abilities.extensions);
		return -ENOMEM;
	}
	if (bytes && device->cl->clGetDeviceInfo(device->id, CL_DEVICE_OPENCL_C_FEATURES, bytes,
						 abilities.features, NULL) == CL_SUCCESS)
		abilities.feature_count = bytes / sizeof(*abilities.features);
	tandem_features_restrict(&device->core.properties, has_feature, &abilities);
	free(abilities.features);
	free(abilities.extensions);
	return 0;
}

/* ---- properties ---- */

static int fill_strings(struct tandem_mesa_device *device)
{
	struct tandem_device_properties *properties = &device->core.properties;
	char *name = tandem_mesa_device_string(device, CL_DEVICE_NAME);
	char *vendor = tandem_mesa_device_string(device, CL_DEVICE_VENDOR);
	char *version = tandem_mesa_device_string(device, CL_DRIVER_VERSION);
	int error = name && vendor && version ? 0 : -ENOMEM;

	if (!error) {
		snprintf(properties->name, sizeof(properties->name), "mesa: %s", name);
		snprintf(properties->vendor, sizeof(properties->vendor), "%s", vendor);
		snprintf(device->version, sizeof(device->version), "%s", version);
	}
	free(name);
	free(vendor);
	free(version);
	return error;
}

static void fill_sizes(struct tandem_mesa_device *device)
{
	struct tandem_device_properties *properties = &device->core.properties;

	properties->vendor_id = ask_value(device, CL_DEVICE_VENDOR_ID, cl_uint);
	properties->type = ask_value(device, CL_DEVICE_TYPE, cl_device_type);
	properties->compute_units = (uint32_t)tandem_max_u64(
		ask_value(device, CL_DEVICE_MAX_COMPUTE_UNITS, cl_uint), 1);
	properties->clock_mhz = ask_value(device, CL_DEVICE_MAX_CLOCK_FREQUENCY, cl_uint);
	properties->max_work_group_size = ask_value(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, size_t);
	properties->global_memory_bytes = ask_value(device, CL_DEVICE_GLOBAL_MEM_SIZE, cl_ulong);
	properties->max_allocation_bytes =
		ask_value(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, cl_ulong);
	properties->global_cache_bytes =
		ask_value(device, CL_DEVICE_GLOBAL_MEM_CACHE_SIZE, cl_ulong);
	properties->cache_line_bytes =
		ask_value(device, CL_DEVICE_GLOBAL_MEM_CACHELINE_SIZE, cl_uint);
	properties->local_memory_bytes = ask_value(device, CL_DEVICE_LOCAL_MEM_SIZE, cl_ulong);
	properties->max_global_variable_bytes =
		ask_value(device, CL_DEVICE_MAX_GLOBAL_VARIABLE_SIZE, size_t);
	properties->printf_buffer_bytes = ask_value(device, CL_DEVICE_PRINTF_BUFFER_SIZE, size_t);
	properties->has_compiler = ask_value(device, CL_DEVICE_COMPILER_AVAILABLE, cl_bool) ==
				   CL_TRUE;
	device->most_parameter_bytes = ask_value(device, CL_DEVICE_MAX_PARAMETER_SIZE, size_t);
}

int tandem_mesa_fill_properties(struct tandem_mesa_device *device)
{
	struct tandem_device_properties *properties = &device->core.properties;
	int error = fill_strings(device);

	if (error)
		return error;
	fill_sizes(device);
	properties->driver_name = tandem_mesa_driver.name;
	properties->is_indivisible = true;
	properties->lost_by_fork = true; /* Mesa's threads are not there */
	/* System SVM includes the other two: the memory is the process's own. */
	properties->svm_capabilities = CL_DEVICE_SVM_COARSE_GRAIN_BUFFER |
				       CL_DEVICE_SVM_FINE_GRAIN_BUFFER |
				       CL_DEVICE_SVM_FINE_GRAIN_SYSTEM;
	return restrict_features(device);
}

/* ---- answers ---- */

/* The queries to which the device's own answer is right, and the runtime's may not be. */
static bool is_own_answer(cl_device_info name)
{
	switch (name) {
	case CL_DRIVER_VERSION:
	case CL_DEVICE_OPENCL_C_ALL_VERSIONS:
	case CL_DEVICE_SINGLE_FP_CONFIG:
	case CL_DEVICE_DOUBLE_FP_CONFIG:
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_CHAR:
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_SHORT:
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_INT:
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_LONG:
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT:
	case CL_DEVICE_PREFERRED_VECTOR_WIDTH_DOUBLE:
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_CHAR:
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_SHORT:
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_INT:
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_LONG:
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT:
	case CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE:
	case CL_DEVICE_MAX_WORK_ITEM_SIZES:
	case CL_DEVICE_PREFERRED_WORK_GROUP_SIZE_MULTIPLE:
	case CL_DEVICE_MAX_CONSTANT_ARGS:
	case CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE:
	case CL_DEVICE_MAX_PARAMETER_SIZE:
	case CL_DEVICE_LOCAL_MEM_TYPE:
	case CL_DEVICE_GLOBAL_MEM_CACHE_TYPE:
	case CL_DEVICE_HOST_UNIFIED_MEMORY:
	case CL_DEVICE_ERROR_CORRECTION_SUPPORT:
	case CL_DEVICE_GENERIC_ADDRESS_SPACE_SUPPORT:
	case CL_DEVICE_WORK_GROUP_COLLECTIVE_FUNCTIONS_SUPPORT:
	case CL_DEVICE_ATOMIC_MEMORY_CAPABILITIES:
	case CL_DEVICE_ATOMIC_FENCE_CAPABILITIES:
	case CL_DEVICE_PREFERRED_PLATFORM_ATOMIC_ALIGNMENT:
	case CL_DEVICE_PREFERRED_GLOBAL_ATOMIC_ALIGNMENT:
	case CL_DEVICE_PREFERRED_LOCAL_ATOMIC_ALIGNMENT:
		return true;
	default:
		return false;
	}
}

int tandem_mesa_get_info(struct tandem_device_core *core, uint32_t name, void *value, size_t room,
			 size_t *bytes)
{
	const struct tandem_mesa_device *device = tandem_mesa_device(core);

	if (!is_own_answer(name) ||
	    device->cl->clGetDeviceInfo(device->id, name, room, value, bytes) != CL_SUCCESS)
		return -ENOENT;
	return 0;
}
