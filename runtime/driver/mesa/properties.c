// SPDX-License-Identifier: MIT
/* What a device of Mesa's is: it answers the queries that properties stand for. */
#include "device.h"

#include <CL/cl_ext.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/device_queries.h"
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

	/* It hears nothing of contexts' properties. */
	if (!strcmp(feature->name, "cl_khr_initialize_memory"))
		return false;
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
		snprintf(properties->driver_version, sizeof(properties->driver_version), "%s",
			 version);
	}
	free(name);
	free(vendor);
	free(version);
	return error;
}

/* The rows of device_queries.h that a device of Mesa's answers for itself. */
static const struct {
	cl_device_info query;
	size_t offset, bytes;
} fields[] = {
#define TANDEM_FIELD_ROW(query, type, field) \
	{ query, offsetof(struct tandem_device_properties, field), sizeof(type) },
	TANDEM_FIELD_QUERIES
#undef TANDEM_FIELD_ROW
};

static void fill_fields(struct tandem_mesa_device *device)
{
	struct tandem_device_properties *properties = &device->core.properties;

	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(fields); i++)
		ask(device, fields[i].query, fields[i].bytes,
		    (char *)properties + fields[i].offset);
	properties->compute_units = (uint32_t)tandem_max_u64(
		ask_value(device, CL_DEVICE_MAX_COMPUTE_UNITS, cl_uint), 1);
	properties->has_compiler = ask_value(device, CL_DEVICE_COMPILER_AVAILABLE, cl_bool) ==
				   CL_TRUE;
}

static void fill_c_versions(struct tandem_mesa_device *device)
{
	struct tandem_device_properties *properties = &device->core.properties;
	cl_name_version versions[TANDEM_ARRAY_SIZE(properties->c_versions)];
	size_t bytes = 0;

	if (device->cl->clGetDeviceInfo(device->id, CL_DEVICE_OPENCL_C_ALL_VERSIONS,
					sizeof(versions), versions, &bytes) != CL_SUCCESS)
		bytes = 0;
	for (size_t i = 0; i < bytes / sizeof(versions[0]); i++)
		properties->c_versions[i] = versions[i].version;
}

int tandem_mesa_fill_properties(struct tandem_mesa_device *device)
{
	struct tandem_device_properties *properties = &device->core.properties;
	int error = fill_strings(device);

	if (error)
		return error;
	fill_fields(device);
	fill_c_versions(device);
	properties->driver_name = tandem_mesa_driver.name;
	properties->is_indivisible = true;
	properties->lost_by_fork = true; /* Mesa's threads are not there */
	/* System SVM includes the other two: the memory is the process's own. */
	properties->svm_capabilities = CL_DEVICE_SVM_COARSE_GRAIN_BUFFER |
				       CL_DEVICE_SVM_FINE_GRAIN_BUFFER |
				       CL_DEVICE_SVM_FINE_GRAIN_SYSTEM;
	return restrict_features(device);
}
